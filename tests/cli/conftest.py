"""Ways to run `unclench ...`: in this process, in a process of its own, on a terminal."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import needs
from tests.commandline import Ran, lent_process, run_command, status_of
from tests.known import known
from tests.limits import HANG_LIMIT_S
from tests.processes import unclench

from unclench.errors import SourceError
from unclench.link.transport import Transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import AnalogInput, SyntheticInput, Units
from unclench.training.placement.calibrations import StoredCalibration, book_path, load_book

POLL_S = 0.02  # between two looks at a condition


class Terminal:
    """A pseudo-terminal of this system: keeps what a program shows, and can be typed on."""

    def __init__(self) -> None:
        self._ours, self.theirs = os.openpty()
        self._shown = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        """Close it once all that the program showed has been read."""
        self.let_go()
        self._reader.join(HANG_LIMIT_S)
        os.close(self._ours)

    @property
    def shown(self) -> str:
        """The text that was shown so far, the keyboard's echo included, without colours."""
        return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", self._shown.decode(errors="replace"))

    def type(self, text: str) -> None:
        """Press these keys; a program that reads later still gets them."""
        os.write(self._ours, text.encode())

    def let_go(self) -> None:
        """Leave the program's end to the program alone: it closes with it."""
        if self.theirs >= 0:
            os.close(self.theirs)
            self.theirs = -1

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Linux says so when the other end is closed
            while part := os.read(self._ours, 65536):
                self._shown += part


class UnpluggedInput(SyntheticInput):
    """The analog side of a relaxed board that is unplugged after some seconds of signal."""

    def __init__(self, after_s: float) -> None:
        super().__init__("relaxed")
        self._last = after_s * self.hello().fs_hz()

    def read(self, n: int) -> tuple[int, Units] | None:  # type: ignore[override]  # it ends
        """See AnalogInput.read."""
        first, units = super().read(n)
        return (first, units) if first < self._last else None


def until(happened: Callable[[], object]) -> None:
    """Wait for a condition."""
    deadline_s = time.monotonic() + HANG_LIMIT_S
    while not happened():
        assert time.monotonic() < deadline_s, "it never happened"
        time.sleep(POLL_S)


@contextlib.contextmanager
def small_files(most_bytes: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes: a write fails half-way, as on a full disk."""
    needs.require_posix()
    import resource  # Windows has none

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def _signalled(number: int, when: Callable[[], object] | None) -> Iterator[None]:
    """Send a signal to this process, once `when` becomes true and the block still runs."""
    if when is None:
        yield
        return
    ended, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        while not ended.wait(POLL_S):
            if when():
                with lock:
                    if not ended.is_set():
                        signal.pthread_kill(known(threading.main_thread().ident), number)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            ended.set()
        watcher.join()


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make output the same whatever terminal the tests are run from."""
    for name in ("TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def run() -> Callable[..., Ran]:
    """Run `unclench ...` in this process, as if its streams were pipes.

    `typed` is what its standard input holds; `signal_when` is a condition that, once true, sends
    the signal `number` (Ctrl-C's unless given).
    """

    def run_here(
        *arguments: object,
        typed: str = "",
        signal_when: Callable[[], object] | None = None,
        number: int = signal.SIGINT,
    ) -> Ran:
        return run_command(*arguments, typed=typed, during=_signalled(number, signal_when))

    return run_here


@pytest.fixture
def run_on_terminal() -> Callable[..., Ran]:
    """Run `unclench ...` in this process, on a terminal of its own.

    `out` is all that was shown, the echo of what was `typed` beforehand included.
    """
    needs.require_posix()

    def run_there(*arguments: object, typed: str = "") -> Ran:
        with Terminal() as terminal, contextlib.ExitStack() as opened:
            terminal.type(typed)
            stdin, stdout, stderr = (
                opened.enter_context(open(os.dup(terminal.theirs), mode, encoding="utf-8"))  # noqa: PTH123
                for mode in ("r", "w", "w")
            )
            with lent_process(stdin, stdout, stderr):
                status = status_of(arguments, stderr)
        return Ran(status, terminal.shown, "")

    return run_there


@pytest.fixture
def no_screen() -> dict[str, str]:
    """The environment without any screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {k: v for k, v in os.environ.items() if k not in screens}


@pytest.fixture
def run_apart() -> Callable[..., Ran]:
    """Run `unclench ...` in a process of its own; it takes a second and a half of CPU."""

    def run_there(*arguments: object, **options: Any) -> Ran:
        done = subprocess.run(
            unclench(*arguments),
            capture_output=True,
            text=True,
            timeout=HANG_LIMIT_S,
            check=False,
            **options,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run_there


@pytest.fixture
def spawn() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `unclench ...` in a process of its own, and kill it if it outlives the test."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
            process = subprocess.Popen(unclench(*arguments), text=True, **pipes)
            stack.enter_context(process)
            stack.callback(process.kill)  # which does nothing to one that has ended
            return process

        yield start


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Plug boards into a serial port, each when the one before is gone; return the port's name."""
    boards: list[VirtualBoard] = []

    def plug(*inputs: AnalogInput, speed: float) -> str:
        boards.extend(VirtualBoard(analog, speed) for analog in inputs)
        waiting = iter(tuple(boards))

        def open_port(_url: str) -> Transport:
            board = next(waiting, None)
            if board is None:
                raise SourceError("No board is plugged in.")
            return board.plug_in()

        monkeypatch.setattr("unclench.sources.open_transport", open_port)
        return "COM77"

    yield plug
    for board in boards:
        board.close()


@pytest.fixture
def made_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], object]], Path]:
    """A path that the first test which wants it makes; for all others to copy."""

    def find(name: str, make: Callable[[Path], object]) -> Path:
        path = tmp_path_factory.getbasetemp() / f"made-once-{name}"
        if not path.exists():
            make(path)
        return path

    return find


@pytest.fixture
def session(
    run: Callable[..., Ran],
    made_once: Callable[[str, Callable[[Path], object]], Path],
    tmp_path: Path,
) -> Path:
    """A session of two seconds with two channels."""

    def record(folder: Path) -> None:
        signal_of = ("--source", "sim:relaxed?channels=2", "--seconds", 2, "--speed", "max")
        assert run("record", *signal_of, "--out", folder).status == 0

    folder = tmp_path / "session"
    shutil.copytree(made_once("session", record), folder)
    return folder


@pytest.fixture
def calibrated(
    run: Callable[..., Ran], made_once: Callable[[str, Callable[[Path], object]], Path]
) -> StoredCalibration:
    """What `unclench calibrate` keeps of a left shoulder of the virtual person on channel 1."""

    def calibrate(book: Path) -> None:
        what = ("--source", "sim:person", "--speed", "max", "--place", "1:shoulder:left")
        assert run("calibrate", *what).status == 0
        book_path(virtual=True).rename(book)

    book = book_path(virtual=True)
    kept = made_once("calibrations", calibrate)
    book.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(kept, book)
    (entry,) = load_book(book).calibrations
    return entry
