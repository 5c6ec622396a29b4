"""Finds out whether Qt can open a window, before Qt itself would abort the program.

Qt ends the process when its platform plugin cannot start, so a child process tries first.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from unclench.desktop.libraries import install_command, installed_binding, missing_libraries
from unclench.errors import DisplayError
from unclench.translation import tr

_TRY = (
    "import {binding}.QtWidgets\n"  # pyqtgraph hides why a binding cannot be imported
    "from pyqtgraph.Qt import QtWidgets\n"
    "app = QtWidgets.QApplication([])\n"
    "print('usable')\n"
)


@dataclass(frozen=True)
class NoScreen:
    """Neither X11 nor Wayland is set up."""


@dataclass(frozen=True)
class ScreenUnreachable:
    """The configured screen does not answer."""

    screen: str


@dataclass(frozen=True)
class LibrariesMissing:
    """The system lacks libraries that Qt is linked to, by their loader names."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class QtFailed:
    """Qt cannot start for another reason, given in its last line of output."""

    last_words: str


Trouble: TypeAlias = NoScreen | ScreenUnreachable | LibrariesMissing | QtFailed


def check_display(into_file: bool = False, instead: str = "") -> None:
    """Return if Qt can open a window here, else raise DisplayError.

    Parameters
    ----------
    into_file
        Only a picture is wanted: without a screen, Qt's offscreen platform is chosen.
    instead
        Appended to the error: what works without a window, as a sentence.
    """
    if not sys.platform.startswith("linux"):
        return  # a screen can only be missing with X11 and Wayland
    if into_file and _platform_of(os.environ) is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    trouble = find_trouble(os.environ)
    if trouble is not None:
        said = words(trouble, _os_release(), as_root=os.geteuid() == 0)
        raise DisplayError(f"{said} {instead}".rstrip())


def find_trouble(environ: Mapping[str, str]) -> Trouble | None:
    """Return why Qt cannot open a window in this environment; None if it can."""
    qt_platform = _platform_of(environ)
    if qt_platform is None:
        return NoScreen()
    binding = installed_binding(environ)
    if binding is None:
        return QtFailed(tr("no Qt binding is installed: python -m pip install PyQt5"))
    trial = subprocess.run(
        [sys.executable, "-c", _TRY.format(binding=binding)],
        env=environ,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )
    if trial.returncode == 0 and "usable" in trial.stdout:
        return None
    missing = missing_libraries(binding, qt_platform)
    if missing:
        return LibrariesMissing(missing)
    if "could not connect to display" in trial.stderr or "Failed to create wl" in trial.stderr:
        return ScreenUnreachable(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") or "")
    lines = [line for line in trial.stderr.splitlines() if line.strip()]
    return QtFailed(lines[-1].strip() if lines else tr("it gave no reason"))


def words(trouble: Trouble, os_release: Mapping[str, str], as_root: bool) -> str:
    """Say why there is no window, and what to do about it."""
    if isinstance(trouble, NoScreen):
        return tr("There is no screen to open a window on.")
    if isinstance(trouble, ScreenUnreachable):
        return tr(
            "The screen '{screen}' does not answer. Check the variable DISPLAY.",
            screen=trouble.screen,
        )
    if isinstance(trouble, QtFailed):
        return tr("Qt cannot start here: {cause}.", cause=trouble.last_words.rstrip("."))
    command = install_command(trouble.names, os_release, as_root)
    missing = ", ".join(trouble.names)
    if command is None:
        return tr(
            "Qt cannot start because these system libraries are missing: {missing}. "
            "Install the packages that contain them.",
            missing=missing,
        )
    return tr(
        "Qt cannot start because these system libraries are missing: {missing}. "
        "Install them with `{command}`.",
        missing=missing,
        command=command,
    )


def _platform_of(environ: Mapping[str, str]) -> str | None:
    """Return the name of the Qt platform that Qt will use; None without a screen."""
    if chosen := environ.get("QT_QPA_PLATFORM"):
        return chosen.partition(";")[0].partition(":")[0]
    if environ.get("DISPLAY"):
        return "xcb"
    return "wayland" if environ.get("WAYLAND_DISPLAY") else None


def _os_release() -> Mapping[str, str]:
    with suppress(OSError):
        return platform.freedesktop_os_release()
    return {}
