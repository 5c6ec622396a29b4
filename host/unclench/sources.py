"""SOURCE on the command line: a board, the virtual board or a recording, opened in one way."""

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
from unclench.translation import tr
from unclench.wording import capital
from unclench_dsp import seen_rails_uv
from unclench_wire import ids

DEFAULT_SCENARIO = "desk-work"
_WHOLE = ("channels", "rate", "seed")  # settings of sim that are whole numbers
_NAMED: dict[str, Mapping[str, object]] = {"board": BOARDS, "sensor": SENSORS}  # known profiles


@dataclass(frozen=True)
class Source:
    """Something that can be opened and speaks the wire."""

    name: str  # for titles and messages
    open: Callable[[], Transport]
    board: VirtualBoard | None = None  # if there is no real board
    speed: float = 1.0
    channel_names: tuple[str, ...] = ()  # if the source knows them
    notes: tuple[str, ...] = ()  # sentences to show once
    replay: Provenance | None = None  # provenance of a session made by replaying a recording
    situation: Situation | None = None  # of a virtual person, who does what a session asks
    clock: Clock = TRUE_TIME  # the time of a virtual board, and of what waits for it

    @property
    def recording(self) -> bool:
        """True for a recording that is replayed."""
        return self.replay is not None

    def reader(self) -> LinkReader:
        """Return the thread that reads this source."""
        board = self.board
        return LinkReader(
            self.open,
            self.name,
            lossless=self.speed == MAX_SPEED,
            ended=lambda: board is not None and board.finished,
            # A virtual person at full speed waits for the session, however slow the machine is.
            may_pause=self.recording or (self.situation is not None and self.speed == MAX_SPEED),
            true_time=self.speed == 1.0,
            clock=self.clock,
        )

    def close(self) -> None:
        """Switch off a virtual board."""
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
        raise InputError(
            tr("Speed '{text}' is not valid. Use a number from 0.01 to 1000, or max.", text=text)
        )
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
    """Open SOURCE; the rate, columns and unit apply to CSV files.

    `clock` is the time of a virtual board or a recording; real boards ignore it.

    Raises InputError or SourceError.
    """
    is_board = text in ("auto", "sim") or text.startswith(("sim:", "sim?"))
    is_board = is_board or "://" in text or _is_port(text)
    if is_board and (fs_hz is not None or columns or unit is not None):
        raise InputError(
            tr(
                "--fs, --column and --unit are for files only; {text} announces its own values.",
                text=text,
            )
        )
    if text == "auto":
        return _auto(speed, clock)
    if text == "sim" or text.startswith(("sim:", "sim?")):
        return _virtual_source(text, speed, clock)
    if "://" in text or _is_port(text):
        if speed != 1.0:
            raise InputError(
                tr(
                    "--speed is for recordings and sim only; {text} is a board and runs in real "
                    "time.",
                    text=text,
                )
            )
        return _port_source(text, None)
    if text and _exists(text):
        return recorded_source(Path(text).expanduser(), speed, fs_hz, columns, unit, clock)
    raise InputError(
        tr(
            "There is no source '{text}'. Use auto, sim, sim:NAME ({names}), a serial port, a URL "
            "such as socket://127.0.0.1:4040, or an existing session folder or CSV file.",
            text=text,
            names=", ".join(SCENARIOS),
        )
    )


def synthetic_board(text: str, speed: float, clock: Clock = TRUE_TIME) -> VirtualBoard:
    """Make the virtual board of "sim:NAME?key=value&...". Raises InputError.

    Keys: channels, rate, seed, board, sensor, and every field of `Faults`.
    """
    body, _, query = text.removeprefix("sim").removeprefix(":").partition("?")
    scenario = body or DEFAULT_SCENARIO
    if scenario not in SCENARIOS:
        raise InputError(
            tr(
                "There is no scenario '{scenario}'. Choose one of {names}.",
                scenario=scenario,
                names=", ".join(SCENARIOS),
            )
        )
    numbers: dict[str, float] = {}
    named = {"board": BOARD.name, "sensor": SENSOR.name}
    known = [*_WHOLE, *_NAMED, *(f.name for f in fields(Faults))]
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in known:
            raise InputError(
                tr(
                    "'{key}' is not a setting of sim. Choose from {names}.",
                    key=key,
                    names=", ".join(known),
                )
            )
        if key in _NAMED:
            if value not in _NAMED[key]:
                raise InputError(
                    tr(
                        "'{value}' is not a valid {key} of sim. Choose from {names}.",
                        key=key,
                        value=value,
                        names=", ".join(_NAMED[key]),
                    )
                )
            named[key] = value
            continue
        try:
            numbers[key] = int(value) if key in _WHOLE else float(value)
        except ValueError:
            if key in _WHOLE:
                raise InputError(
                    tr("{key} of sim must be a whole number, not '{value}'.", key=key, value=value)
                ) from None
            raise InputError(
                tr("{key} of sim must be a number, not '{value}'.", key=key, value=value)
            ) from None
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
        raise InputError(tr("The virtual board refused: {error}.", error=error)) from error
    return VirtualBoard(analog, speed, faults, clock)


def recorded_source(
    path: Path,
    speed: float,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
    clock: Clock = TRUE_TIME,
) -> Source:
    """Return a source that replays a session folder or CSV. Raises InputError or StoreError."""
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
            tr(
                "{path} has {n} channels ({names}), but at most {most} can be replayed. Choose "
                "channels with --column.",
                path=path,
                n=units.shape[1],
                names=", ".join(recording.channels),
                most=ids.MAX_CHANNELS,
            )
        )
    board = VirtualBoard(RecordedInput(hello, recording.sample, units), speed, clock=clock)
    names, notes = recording.channels, recording.notes
    replay = replayed(recording.origin)
    return Source(label, board.plug_in, board, speed, names, notes, replay, clock=clock)


def _auto(speed: float, clock: Clock) -> Source:
    for found in (boards := discovery.find_boards()):
        if found.hello is not None:
            return _port_source(found.port, found.serial_number)
    reason = " ".join(b.trouble for b in boards if b.trouble) or tr("No board is plugged in.")
    note = tr(
        "{reason} Showing the virtual board (sim:{scenario}) instead.",
        reason=reason,
        scenario=DEFAULT_SCENARIO,
    )
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
            # A reconnected board may get another port name; its serial number stays.
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
    except (OSError, RuntimeError):  # name too long, folder not readable, no such user
        return False
