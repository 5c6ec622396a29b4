"""Starts the dashboard on a running pipeline and waits for its end."""

from __future__ import annotations

import signal
import sys
import traceback
from pathlib import Path
from types import TracebackType

import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.window import Dashboard, picture
from unclench.errors import StoreError
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.settings import Settings

_IDLE_WORDS = ("propagateSizeHints", "XDG_RUNTIME_DIR not set")
_LAST_LOOK_MS = 400  # after the end, for the last samples to be drawn


def run_dashboard(
    pipeline: Pipeline,
    rings: DisplayRings,
    settings: Settings,
    saved: Settings,
    *,
    recorder: Recorder | None,
    notes: tuple[str, ...],
    close_after_s: float | None,
    screenshot: Path | None,
) -> None:
    """Show the dashboard until it is closed, or until `close_after_s` of signal or its end.

    Raises StoreError if something could not be written, after all else was.
    """
    pg.setConfigOptions(antialias=False, useOpenGL=False)
    QtCore.qInstallMessageHandler(_pass_on)
    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    app.setApplicationName("unclench")
    window = Dashboard(pipeline, rings, settings, saved, recorder, notes)
    troubles: list[str] = []

    def failed(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        # An error inside a slot would end the process; the recording comes first.
        traceback.print_exception(kind, error, trace)
        troubles.append(f"The dashboard stopped by a fault of its own: {kind.__name__}: {error}.")
        window.close()

    def finish() -> None:
        if screenshot is not None and not picture(window, screenshot):
            troubles.append(
                f"{screenshot} cannot be written: give a name in a folder that you may write to."
            )
        window.close()

    def look_for_end() -> None:
        status = pipeline.status
        if close_after_s is not None and (
            status.ended or status.n_samples >= close_after_s * pipeline.info.fs_hz
        ):
            watch.stop()
            QtCore.QTimer.singleShot(_LAST_LOOK_MS, finish)

    previous_hook, sys.excepthook = sys.excepthook, failed
    previous = {s: signal.signal(s, lambda *_: window.close()) for s in _ending_signals()}
    watch = QtCore.QTimer(timeout=look_for_end)
    watch.start(100)
    try:
        if settings.maximized and screenshot is None:
            window.showMaximized()
        else:
            window.show()
        app.exec_()
    finally:
        sys.excepthook = previous_hook
        for number, handler in previous.items():
            signal.signal(number, handler)
    if window.closing_trouble:
        troubles.append(window.closing_trouble)
    if troubles:
        raise StoreError(" ".join(troubles))


def _pass_on(kind: QtCore.QtMsgType, context: QtCore.QMessageLogContext, text: str) -> None:
    """Print what Qt has to say, but for what nobody can do anything about."""
    if not any(known in text for known in _IDLE_WORDS):
        print(text, file=sys.stderr)  # noqa: T201


def _ending_signals() -> tuple[signal.Signals, ...]:
    return (signal.SIGINT, signal.SIGTERM)
