"""Qt's application and its event loop, which signals and errors end as a person does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import DARK, LIGHT, Theme
from unclench.logs import internal_error

_HARMLESS = ("propagateSizeHints", "XDG_RUNTIME_DIR not set")
_WAKE_MS = 100


def start_qt() -> QtWidgets.QApplication:
    """Return Qt's one application; pyqtgraph keeps it alive."""
    pg.setConfigOptions(antialias=False, useOpenGL=False)
    QtCore.qInstallMessageHandler(_pass_on)
    return pg.mkQApp("unclench")


def theme_of(wanted: str) -> Theme:
    """Return the theme of a name; "system" follows the desktop's colours."""
    if wanted == "system":
        ground = QtWidgets.QApplication.palette().color(QtGui.QPalette.ColorRole.Window)
        wanted = "dark" if ground.lightness() < 128 else "light"
    return DARK if wanted == "dark" else LIGHT


class _Queue(QtCore.QObject):
    """Passes a request to stop to the event loop, which handles it between two events."""

    asked = QtCore.pyqtSignal()

    def __init__(self, stop: Callable[[], object]) -> None:
        super().__init__()
        self.asked.connect(stop, QtCore.Qt.ConnectionType.QueuedConnection)


@contextmanager
def stopped_by_signals_and_faults(stop: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Call `stop` on Ctrl-C, SIGTERM, SIGHUP, and on errors inside slots, which are collected.

    The event loop makes the call between two events, since a signal arrives in the middle of one.
    An error would end the process, but the recording has to be closed first. A signal that was
    ignored from the start, as in a background job or under nohup, stays ignored.
    """
    failures: list[BaseException] = []
    queue = _Queue(stop)

    def failed(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        print(internal_error(error), file=sys.stderr)  # noqa: T201
        failures.append(error)
        queue.asked.emit()

    previous_hook, sys.excepthook = sys.excepthook, failed
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    previous = {
        number: signal.signal(number, lambda *_: queue.asked.emit())
        for number in numbers  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN
    }
    wake = QtCore.QTimer(timeout=lambda: None)  # lets Python see signals between events
    wake.start(_WAKE_MS)
    try:
        yield failures
    finally:
        wake.stop()
        sys.excepthook = previous_hook
        for number, handler in previous.items():
            signal.signal(number, handler)


def _pass_on(kind: QtCore.QtMsgType, context: QtCore.QMessageLogContext, text: str) -> None:
    """Print Qt's messages, except those that nobody can do anything about."""
    if not any(known in text for known in _HARMLESS):
        print(text, file=sys.stderr)  # noqa: T201
