"""SOURCE on the command line: a board, the virtual board or a recording, all behind one door."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import parse_qsl

import serial.tools.list_ports

from unclench.errors import InputError, SourceError
from unclench.link import discovery
from unclench.link.reader import LinkReader
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import Transport, open_transport
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.faults import Faults
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput, recording_hello
from unclench.link.virtual.scenarios import SCENARIOS
from unclench.link.virtual.situation import Situation
from unclench.profiles.known import BOARD, BOARDS, SENSOR, SENSORS
from unclench.store.provenance import RECORDING, Provenance, replayed
from unclench.store.recording import load_recording
from unclench.wording import capital
from unclench_dsp import seen_rails_uv
from unclench_wire import ids

DEFAULT_SCENARIO = "desk-work"
_WHOLE = ("channels", "rate", "seed")  # settings of sim that are whole numbers
_NAMED: dict[str, Mapping[str, object]] = {"board": BOARDS, "sensor": SENSORS}  # of what is known


@dataclass(frozen=True)
class Source:
    """Something that can be opened and speaks the wire."""

    name: str  # in words, for titles and messages
    open: Callable[[], Transport]
    board: VirtualBoard | None = None  # where there is no real one
    speed: float = 1.0
    channel_names: tuple[str, ...] = ()  # where the source knows them
    notes: tuple[str, ...] = ()  # what a person should be told once
    replay: Provenance | None = None  # of the session that a recording played again makes
    situation: Situation | None = None  # of a virtual person, who does what a session asks
    clock: Clock = TRUE_TIME  # that a virtual board lives by, and who talks to it waits by

    @property
    def recording(self) -> bool:
        """Whether it is a recording that is played."""
        return self.replay is not None

    def reader(self) -> LinkReader:
        """Thread that reads this source."""
        board = self.board
        return LinkReader(
            self.open,
            self.name,
            lossless=self.speed == MAX_SPEED,
            ended=lambda: board is not None and board.finished,
            may_pause=self.recording,
            true_time=self.speed == 1.0,
            clock=self.clock,
        )

    def close(self) -> None:
        """Switch a virtual board off."""
        if self.board is not None:
            self.board.close()


def parse_speed(text: str) -> float:
    """Read a speed: a number above 0, or "max". Raises InputError."""
    if text == "max":
        return MAX_SPEED
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.01 <= speed <= 1000:
        raise InputError(f"Speed '{text}' is not usable: give a number from 0.01 to 1000, or max.")
    return speed


def open_source(
    text: str,
    *,
    speed: float = 1.0,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
    clock: Clock = TRUE_TIME,
) -> Source:
    """Understand SOURCE; the rate, columns and unit apply to CSV files.

    A virtual board and a recording live by `clock`; nothing else can.

    Raises InputError or SourceError in one sentence.
    """
    is_board = text in ("auto", "sim") or text.startswith(("sim:", "sim?"))
    is_board = is_board or "://" in text or _is_port(text)
    if is_board and (fs_hz is not None or columns or unit is not None):
        raise InputError(f"--fs, --column and --unit are for files; {text} tells its own.")
    if text == "auto":
        return _auto(speed, clock)
    if text == "sim" or text.startswith(("sim:", "sim?")):
        return _virtual_source(text, speed, clock)
    if "://" in text or _is_port(text):
        if speed != 1.0:
            raise InputError(
                f"{text} is a board and runs in its own time; --speed is for recordings and sim."
            )
        return _port_source(text, None)
    if text and _exists(text):
        return recorded_source(Path(text).expanduser(), speed, fs_hz, columns, unit, clock)
    raise InputError(
        f"There is no source '{text}': expected auto, sim, sim:NAME ({', '.join(SCENARIOS)}), "
        "a serial port, a URL such as socket://127.0.0.1:4040, or an existing session folder or "
        "CSV file."
    )


def synthetic_board(text: str, speed: float, clock: Clock = TRUE_TIME) -> VirtualBoard:
    """Make the virtual board of "sim:NAME?key=value&...". Raises InputError.

    Keys: channels, rate, seed, board, sensor, and every field of `Faults`.
    """
    body, _, query = text.removeprefix("sim").removeprefix(":").partition("?")
    scenario = body or DEFAULT_SCENARIO
    if scenario not in SCENARIOS:
        raise InputError(
            f"There is no scenario '{scenario}': choose one of {', '.join(SCENARIOS)}."
        )
    numbers: dict[str, float] = {}
    named = {"board": BOARD.name, "sensor": SENSOR.name}
    known = [*_WHOLE, *_NAMED, *(f.name for f in fields(Faults))]
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in known:
            raise InputError(f"'{key}' is no setting of sim: choose from {', '.join(known)}.")
        if key in _NAMED:
            if value not in _NAMED[key]:
                raise InputError(
                    f"'{value}' for {key} of sim is not known: choose from "
                    f"{', '.join(_NAMED[key])}."
                )
            named[key] = value
            continue
        try:
            numbers[key] = int(value) if key in _WHOLE else float(value)
        except ValueError:
            kind = "a whole number" if key in _WHOLE else "a number"
            raise InputError(f"'{value}' for {key} of sim is not {kind}.") from None
    try:
        analog = SyntheticInput(
            scenario,
            channels=int(numbers.pop("channels", 1)),
            rate_hz=int(numbers.pop("rate", 2000)),
            seed=int(numbers.pop("seed", 1)),
            board=BOARDS[named["board"]],
            sensor=SENSORS[named["sensor"]],
        )
        faults = Faults(**numbers)
    except ValueError as error:
        raise InputError(f"The virtual board refuses: {error}.") from error
    return VirtualBoard(analog, speed, faults, clock)


def recorded_source(
    path: Path,
    speed: float,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
    clock: Clock = TRUE_TIME,
) -> Source:
    """Source that plays a session folder or CSV. Raises InputError or StoreError."""
    recording = load_recording(path, fs_hz=fs_hz, columns=columns, unit=unit)
    label = f"{RECORDING}{recording.name}"
    if recording.constants is not None:
        hello, units = recording.constants.to_hello(), recording.units()
    else:
        noise = recording.noise_uv or (None,) * len(recording.channels)
        rate = (recording.rate.numerator, recording.rate.denominator)
        rails_uv = seen_rails_uv(recording.emg_uv)
        hello, units = recording_hello(recording.emg_uv, rate, label, noise, rails_uv)
    if units.shape[1] > ids.MAX_CHANNELS:
        raise InputError(
            f"{path} has {units.shape[1]} channels ({', '.join(recording.channels)}), the wire "
            f"carries {ids.MAX_CHANNELS}: choose with --column."
        )
    board = VirtualBoard(RecordedInput(hello, recording.sample, units), speed, clock=clock)
    names, notes = recording.channels, recording.notes
    replay = replayed(recording.origin)
    return Source(label, board.plug_in, board, speed, names, notes, replay, clock=clock)


def _auto(speed: float, clock: Clock) -> Source:
    for found in (boards := discovery.find_boards()):
        if found.hello is not None:
            return _port_source(found.port, found.serial_number)
    why = " ".join(b.trouble for b in boards if b.trouble) or "No board is plugged in."
    note = f"{why} Showing the virtual board (sim:{DEFAULT_SCENARIO}) instead."
    return _virtual_source("sim", speed, clock, note)


def _virtual_source(text: str, speed: float, clock: Clock, *notes: str) -> Source:
    board = synthetic_board(text, speed, clock)
    name = capital(board.label)
    return Source(
        name, board.plug_in, board, speed, notes=notes, situation=board.situation, clock=clock
    )


def _port_source(url: str, serial_number: str | None) -> Source:
    if serial_number is None:
        for port, number in discovery.candidate_ports():
            if port == url:
                serial_number = number

    def open_again() -> Transport:
        try:
            return open_transport(url)
        except SourceError:
            # A board that comes back may get another name; its serial number stays.
            moved = discovery.port_of(serial_number) if serial_number else None
            if moved is None or moved == url:
                raise
            return open_transport(moved)

    return Source(url, open_again)


def _is_port(text: str) -> bool:
    if re.fullmatch(r"(?i)com\d+|\\\\\.\\com\d+", text) or text.startswith("/dev/"):
        return True
    if text in {port.device for port in serial.tools.list_ports.comports()}:
        return True
    try:
        return stat.S_ISCHR(Path(text).stat().st_mode)
    except OSError:
        return False


def _exists(text: str) -> bool:
    try:
        return Path(text).expanduser().exists()
    except (OSError, RuntimeError):  # name too long, folder shut, no such user
        return False
