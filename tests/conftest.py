"""What every test gets: a home of its own, no screen, the same surroundings on every machine."""

from __future__ import annotations

import contextlib
import gc
import locale
import os
import signal
import site
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests import startup  # noqa: F401  # comes first

# isort: split
import pytest
from tests import needs, profiles

from unclench.notices import fresh_run

# Variables by which the surroundings change what programs do.
_UNSET = (
    *("DISPLAY", "WAYLAND_DISPLAY"),
    *("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"),
    "PYTHONWARNINGS",
)
_LOCALE = "C.UTF-8"  # a test that is about another one sets it
# Memory that is free goes back to the system at once: a worker stays a third smaller.
_LEAN = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "1000000"}
_LEAN |= {"ARROW_DEFAULT_MEMORY_POOL": "system"}
_home_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of our own."""
    group = parser.getgroup("pico", "the whole board, emulated (tests/pico)")
    group.addoption("--pico-uf2", type=Path, help="a MicroPython image for RPI_PICO, v1.28")
    group.addoption("--pico-bootrom", type=Path, help="the RP2040's boot ROM B1, 16 KiB")
    parser.addoption(
        "--exhaustive",
        action="store_true",
        help="run the tests marked exhaustive too, and try 20 times as many generated examples",
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Keep a run of single files or tests in this process: starting workers takes longer."""
    chosen = [Path(argument.partition("::")[0]) for argument in config.args]
    return 0 if chosen and all(path.is_file() for path in chosen) else None


def pytest_configure(config: pytest.Config) -> None:
    """Make the surroundings the same, before a worker or a program under test inherits them."""
    profiles.choose(exhaustive=config.getoption("--exhaustive"))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # under nohup, in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in _UNSET:
        os.environ.pop(name, None)
    os.environ["LC_ALL"] = _LOCALE  # Qt gives this process the locale that it finds here
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, _LOCALE)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.update(_LEAN)
    # Packages of a user install are still found by programs that run in a test's own home.
    os.environ.setdefault("PYTHONUSERBASE", site.getuserbase())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is exhaustive unless it is asked for."""
    if config.getoption("--exhaustive"):
        return
    left_out = [item for item in items if "exhaustive" in item.keywords]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if "exhaustive" not in item.keywords]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum up what was skipped: a line for each reason, which says how to get it."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    if reasons:
        terminalreporter.section("skipped, and what they need", sep="-")
    for reason, n in sorted(reasons.items()):
        terminalreporter.line(f"{n:4d}  {reason}")


def pytest_collection_finish() -> None:
    """Leave what imports have made out of the search for garbage, which is then quick."""
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _garbage() -> Iterator[None]:
    """Give back what a file's tests have left, before the next file's begin."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _notices() -> Iterator[None]:
    """Nothing has been told yet."""
    with fresh_run():
        yield


def _live_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder the person's home: settings, sessions and the log go there."""
    home.mkdir()  # as everybody's: the trash is looked for on its disk
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))  # Windows
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(home / "documents"))
    for name in ("APPDATA", "LOCALAPPDATA"):  # Windows
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(scope="session", autouse=True)
def _home_of_shared_fixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what a whole file's fixtures run out of the person's own home, too."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        _live_in(tmp_path_factory.getbasetemp() / "home-shared", monkeypatch)
        yield


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    _live_in(tmp_path_factory.getbasetemp() / f"home-{next(_home_numbers)}", monkeypatch)


@pytest.fixture(scope="session")
def micropython() -> str:
    """The command of a real MicroPython, or skip."""
    return needs.micropython()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A Chromium of this system, started once in a worker; skipped where there is none."""
    playwright = needs.module("playwright.sync_api")
    path = needs.path_of_browser()
    with playwright.sync_playwright() as driver:
        # As root in a container Chromium refuses to be sandboxed.
        running = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(name="qt")
def _qt() -> None:
    """Qt, drawing offscreen; skipped where it cannot start."""
    needs.qt()
