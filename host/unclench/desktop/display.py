"""Whether there is a screen to draw on, found out before Qt would abort the whole program.

Qt ends the process when its platform plugin cannot start, so a child process tries first. What it
says about missing libraries is turned into one sentence.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from unclench.errors import DisplayError

_RECORD = "`unclench record --source auto --seconds 60 --out DIR` records without a window"
_DEBIAN_PACKAGES = (
    "libgl1 libfontconfig1 libglib2.0-0 libdbus-1-3 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 "
    "libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
)
_TRY = (
    "from pyqtgraph.Qt import QtWidgets; app = QtWidgets.QApplication([]); "
    "print('usable', app.platformName())"
)


def check_display(into_file: bool = False) -> None:
    """Return if Qt can open a window here, else raise DisplayError in one sentence.

    Parameters
    ----------
    into_file
        Only a picture is wanted: where there is no screen Qt's own offscreen one is chosen.
    """
    if not sys.platform.startswith("linux"):
        return  # a missing screen is a matter of X11 and Wayland
    has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not has_screen and not os.environ.get("QT_QPA_PLATFORM"):
        if not into_file:
            raise DisplayError(
                f"There is no display to open a window on: {_RECORD}, and `unclench live "
                "--screenshot FILE.png` draws into a file."
            )
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    trial = subprocess.run(
        [sys.executable, "-c", _TRY],
        env={**os.environ, "QT_DEBUG_PLUGINS": "1"},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )
    if trial.returncode != 0 or "usable" not in trial.stdout:
        raise DisplayError(f"{_explain(trial.stderr)}; meanwhile {_RECORD}.")


def _explain(said: str) -> str:
    """Turn what Qt wrote into the reason why it cannot start."""
    missing = re.findall(r"(\S+\.so[.\d]*): cannot open shared object file", said)
    if missing:
        names = ", ".join(dict.fromkeys(name.strip("('\"") for name in missing))
        return (
            f"Qt cannot start because the system library {names} is missing: install what it needs "
            f"(on Debian and Ubuntu `apt-get install {_DEBIAN_PACKAGES}`)"
        )
    if "could not connect to display" in said or "Failed to create wl_display" in said:
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        return f"The display '{screen}' cannot be reached: check DISPLAY"
    lines = [line for line in said.splitlines() if line.strip()]
    return f"Qt cannot start here ({lines[-1].strip() if lines else 'it said nothing'})"
