"""The virtual board: paces an analog input in time and speaks the firmware's own wire code."""

from __future__ import annotations

import threading

from unclench.errors import SourceError
from unclench.link.timing import TRUE_TIME, Clock, SimulatedTime
from unclench.link.transport import Transport, TransportClosed, socket_pair
from unclench.link.virtual.faults import NO_FAULTS, Faults, FaultyTransport
from unclench.link.virtual.inputs import AnalogInput, SyntheticInput, Units
from unclench.link.virtual.line import Life, SimulatedLine
from unclench.link.virtual.situation import Situation
from unclench_wire import ids
from unclench_wire.board import Board
from unclench_wire.messages import SAMPLE_BYTES, SAMPLES_HEAD_LEN, Stamp

MAX_SPEED = float("inf")
_LONGEST_WAIT_S = 0.05  # so soon it notices that it is switched off


class VirtualBoard:
    """A board without hardware.

    Parameters
    ----------
    analog
        What it converts.
    speed
        Signal seconds per second of `clock`: MAX_SPEED as fast as the host reads.
    faults
        What goes wrong on the line.
    clock
        The time it lives by. In simulated time it has no thread: it lives while the host, which
        must wait by the same clock, reads from it.
    """

    def __init__(
        self,
        analog: AnalogInput,
        speed: float = 1.0,
        faults: Faults = NO_FAULTS,
        clock: Clock = TRUE_TIME,
    ) -> None:
        self._analog = analog
        self._speed = speed
        self._faults = faults
        self._clock = clock
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._gone_until_s = 0.0
        self.finished = False

    @property
    def label(self) -> str:
        """What it is, in words."""
        return self._analog.hello().label

    @property
    def situation(self) -> Situation | None:
        """What its virtual person is in, if it has one."""
        return self._analog.situation if isinstance(self._analog, SyntheticInput) else None

    @property
    def closed(self) -> bool:
        """Whether it has been switched off."""
        return self._closing.is_set()

    def gone_s(self) -> float:
        """How much longer the board stays unplugged."""
        return max(0.0, self._gone_until_s - self._clock.now_s())

    def plug_in(self) -> Transport:
        """Connect in-process and return the host's end. Raises SourceError while unplugged."""
        if self.gone_s() > 0:
            raise SourceError("The virtual board is unplugged.")
        if isinstance(self._clock, SimulatedTime):
            return SimulatedLine(self._live, self._clock)
        if self._thread is not None:
            self._thread.join()
        ours, host = socket_pair()
        self._thread = threading.Thread(
            target=self.serve, args=(ours,), name="unclench-virtual-board", daemon=True
        )
        self._thread.start()
        return host

    def close(self) -> None:
        """Switch the board off."""
        self._closing.set()
        if self.situation is not None:
            self.situation.told_until(float("inf"))
        if self._thread is not None:
            self._thread.join()

    def serve(self, transport: Transport) -> None:
        """Be the board on `transport` until it closes, the recording ends or `close` is called."""
        life = self._live(transport)
        try:
            wait_s = next(life)
            while True:
                wait_s = life.send(transport.read(min(wait_s, _LONGEST_WAIT_S)))
        except (StopIteration, TransportClosed):
            return
        finally:
            transport.close()

    def _live(self, transport: Transport) -> Life:
        """Be the board on `transport`, which others read from."""
        if self._faults.damage:
            transport = FaultyTransport(transport, self._faults, seed=1, clock=self._clock)
        hardware = _Hardware(self._analog, self._faults.clock_ppm, self._clock)
        board = Board(hardware, lambda data: self._send(transport, data))
        unplug_at_s = self._clock.now_s() + (self._faults.unplug_every_s or float("inf"))
        beacon_s = 0.0
        self.finished = False
        while not self.closed and not hardware.ended:
            now_s = self._clock.now_s()
            if now_s > unplug_at_s:
                self._gone_until_s = now_s + self._faults.unplug_s
                return
            if board.streaming:
                due_s = hardware.due_s(self._speed)
                board.receive((yield max(0.0, due_s - now_s)))  # commands are heard at once
                if board.streaming and self._clock.now_s() >= due_s:
                    hardware.send_frame(board)
            elif now_s >= beacon_s:
                board.beacon()
                beacon_s = now_s + ids.BEACON_MS / 1000
            else:
                board.receive((yield beacon_s - now_s))
        if hardware.ended:
            self.finished = True
            transport.drain()

    def _send(self, transport: Transport, data: bytes | memoryview) -> int:
        """Write as a board does; at full speed wait for the host instead of losing a byte."""
        sent = transport.write(data)
        while sent < len(data) and self._speed == MAX_SPEED and not self.closed:
            sent += transport.write(data[sent:])
        return sent


class _Hardware:
    """The acquisition under `unclench_wire.board.Board`: an analog input with a clock."""

    def __init__(self, analog: AnalogInput, clock_ppm: float, clock: Clock = TRUE_TIME) -> None:
        self._analog = analog
        self._clock = clock
        self._rate_error = 1.0 + clock_ppm * 1e-6
        self.hello = analog.hello
        self.set_rate = analog.set_rate
        self.set_channels = analog.set_channels
        self.set_gain = analog.set_gain
        self.set_step = analog.set_step
        self.set_noise = analog.set_noise
        self.set_defaults = analog.set_defaults
        self.histogram = analog.histogram
        self.noise = analog.noise
        self.ended = False
        self._started_s = 0.0
        self._fs_hz = 0.0
        self._frame_n = 1
        self._next: tuple[int, Units] | None = None

    def start(self) -> None:
        hello = self._analog.hello()
        self._fs_hz = hello.fs_hz()
        fitting_n = (ids.MAX_PAYLOAD - SAMPLES_HEAD_LEN) // (SAMPLE_BYTES * len(hello.channels))
        wanted_n = round(self._fs_hz * ids.FRAME_MS / 1000)
        self._frame_n = min(max(1, wanted_n), fitting_n)
        self._analog.restart()
        self.ended = False
        self._started_s = self._clock.now_s()
        self._fetch()

    def stop(self) -> None:
        self._next = None

    def micros(self) -> int:
        passed_s = self._clock.now_s() - self._started_s
        return int(passed_s * self._rate_error * 1e6) & 0xFFFFFFFF

    def counters(self) -> tuple[int, int, int]:
        return (0, 0, 0)

    def blink(self, seconds: int) -> None:
        """Do nothing: there is no light, and a board without one still answers (4.12)."""

    def light(self, by_host: bool, brightness: int) -> None:
        """See `blink`."""

    def check_prompt(self) -> None:
        raise ValueError("a virtual board has no prompt")

    def due_s(self, speed: float) -> float:
        """Host time at which the frame that waits is complete.

        Against a target that accumulates from the start, so that nothing drifts.
        """
        if self._next is None:
            return self._started_s
        first, units = self._next
        samples_per_s = self._fs_hz * speed * self._rate_error
        return self._started_s + (first + len(units)) / samples_per_s

    def send_frame(self, board: Board) -> None:
        if self._next is None:
            self.ended = True
            return
        first, units = self._next
        raw = units.astype("<i4").reshape(-1, 1).view("u1").reshape(-1, 4)[:, :SAMPLE_BYTES]
        board.sample_buffer()[: raw.size] = raw.tobytes()
        end_us = int((first + len(units)) / self._fs_hz * 1e6)
        board.send_samples(units.shape[1], len(units), Stamp(first, end_us), 0)
        self._fetch()

    def _fetch(self) -> None:
        self._next = self._analog.read(self._frame_n)
