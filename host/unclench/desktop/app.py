"""Starts Qt, shows a window on a running pipeline and waits for its end."""

from __future__ import annotations

import signal
import sys
import traceback
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Protocol

import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.theme import DARK, LIGHT
from unclench.desktop.training.safety import SafetyDialog
from unclench.desktop.training.window import TrainingWindow
from unclench.desktop.window import Dashboard, picture
from unclench.errors import StoreError
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.settings import Place, Settings, save_settings
from unclench.training.programfile import NamedProgram
from unclench.training.session import Situation

_IDLE_WORDS = ("propagateSizeHints", "XDG_RUNTIME_DIR not set")
_LAST_LOOK_MS = 400  # after the end, for the last samples to be drawn


class _Window(Protocol):
    closing_trouble: str | None

    def close(self) -> bool: ...
    def show(self) -> None: ...
    def showMaximized(self) -> None: ...  # noqa: N802 - Qt's name


def run_dashboard(
    pipeline: Pipeline,
    rings: DisplayRings,
    settings: Settings,
    saved: Settings,
    *,
    recorder: Recorder | None,
    situation: Situation | None,
    notes: tuple[str, ...],
    close_after_s: float | None,
    screenshot: Path | None,
) -> None:
    """Show the dashboard until it is closed, or until `close_after_s` of signal or its end.

    Raises StoreError if something could not be written, after all else was.
    """
    app = _start_qt()
    watched = close_after_s is None and screenshot is None
    if watched and settings.safety_read is None:
        theme = DARK if settings.theme == "dark" else LIGHT
        if not SafetyDialog(None, theme, again=False, text_scale=settings.text_scale).exec_():
            return
        settings.safety_read = saved.safety_read = date.today()
        save_settings(saved)
    window = Dashboard(pipeline, rings, settings, saved, recorder, notes)
    troubles: list[str] = []
    training: list[TrainingWindow] = []

    def train() -> None:
        if training and training[-1].isVisible():
            training[-1].raise_()
            return
        training[:] = [TrainingWindow(pipeline, rings, settings, saved, situation=situation)]
        training[0].show()

    window.train_wanted.connect(train)
    window.closing.connect(lambda: [each.close() for each in training])

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

    watch = QtCore.QTimer(timeout=look_for_end)
    watch.start(100)
    _show_until_closed(app, window, troubles, settings.maximized and screenshot is None)


def run_training(
    pipeline: Pipeline,
    rings: DisplayRings,
    settings: Settings,
    saved: Settings,
    *,
    situation: Situation | None,
    program: NamedProgram | None,
    out: Path | None,
    places: tuple[Place, ...],
    notes: tuple[str, ...],
) -> None:
    """Show the training window until it is closed. Raises StoreError as `run_dashboard` does."""
    app = _start_qt()
    window = TrainingWindow(
        pipeline,
        rings,
        settings,
        saved,
        situation=situation,
        program=program,
        out=out,
        places=places,
        notes=notes,
    )
    _show_until_closed(app, window, [], settings.maximized)


def _start_qt() -> QtWidgets.QApplication:
    """Return Qt's application, which is gone as soon as nobody holds it."""
    pg.setConfigOptions(antialias=False, useOpenGL=False)
    QtCore.qInstallMessageHandler(_pass_on)
    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    app.setApplicationName("unclench")
    return app


def _show_until_closed(
    app: QtWidgets.QApplication, window: _Window, troubles: list[str], maximized: bool
) -> None:
    def failed(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        # An error inside a slot would end the process; the recording comes first.
        traceback.print_exception(kind, error, trace)
        troubles.append(f"The window closed by a fault of its own: {kind.__name__}: {error}.")
        window.close()

    previous_hook, sys.excepthook = sys.excepthook, failed
    previous = {s: signal.signal(s, lambda *_: window.close()) for s in _ending_signals()}
    wake = QtCore.QTimer(timeout=lambda: None)  # lets Python see signals between events
    wake.start(100)
    try:
        (window.showMaximized if maximized else window.show)()
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
