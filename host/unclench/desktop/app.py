"""Starts Qt, shows a window on a running pipeline and waits until it is closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Protocol

from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.eventloop import start_qt, stopped_by_signals_and_faults, theme_of
from unclench.desktop.training.safety import SafetyDialog
from unclench.desktop.training.window import TrainingWindow
from unclench.desktop.window import Dashboard, picture
from unclench.errors import StoreError
from unclench.live.rings import DisplayRings
from unclench.running.run import Run
from unclench.settings import Settings, save_settings
from unclench.training.programs.file import NamedProgram
from unclench.translation import tr

_LAST_LOOK_MS = 400  # time to draw the last samples before closing


class _Window(Protocol):
    closing_trouble: str | None

    def close(self) -> bool: ...
    def show(self) -> None: ...
    def showMaximized(self) -> None: ...  # noqa: N802 - Qt's name


def run_dashboard(
    run: Run, settings: Settings, *, close_after_s: float | None, screenshot: Path | None
) -> None:
    """Start a run and show the dashboard until it is closed or has seen `close_after_s` of signal.

    `settings` apply now; those of the run are saved for the next start. Raises StoreError if
    something could not be written, after everything else was.
    """
    pipeline, saved = run.pipeline, run.settings
    rings = DisplayRings(run.info)
    run.start(rings)
    app = start_qt()
    watched = close_after_s is None and screenshot is None
    if watched and settings.safety_read is None:
        theme = theme_of(settings.theme)
        dialog = SafetyDialog(None, theme, again=False, text_scale=settings.text_scale)
        with stopped_by_signals_and_faults(dialog.reject):
            agreed = dialog.exec_()
        if not agreed:
            print(tr("The dashboard opens once you have agreed to the safety page."))  # noqa: T201
            return
        settings.safety_read = saved.safety_read = date.today()
        save_settings(saved)
    window = Dashboard(run, rings, settings)
    troubles: list[str] = []
    training: list[TrainingWindow] = []

    def train() -> None:
        if training and training[0].isVisible():
            if training[0].isMinimized():
                training[0].showNormal()
            training[0].raise_()
            training[0].activateWindow()
            return
        made = TrainingWindow(run, rings, settings)
        training[:] = [made]
        made.choices.looks_changed.connect(window.apply_looks)
        made.show()

    window.train_wanted.connect(train)

    def restyle() -> None:
        for each in training:
            each.apply_looks()

    window.looks_changed.connect(restyle)
    window.closing.connect(lambda: [each.close() for each in training])

    def finish() -> None:
        if screenshot is not None and not picture(window, screenshot):
            troubles.append(
                tr(
                    "{screenshot} cannot be written. Choose a folder that you can write to.",
                    screenshot=screenshot,
                )
            )
        window.close()

    def close_at_end() -> None:
        status = pipeline.status
        if close_after_s is not None and (
            status.ended or status.n_samples >= close_after_s * pipeline.info.fs_hz
        ):
            watch.stop()
            QtCore.QTimer.singleShot(_LAST_LOOK_MS, finish)

    watch = QtCore.QTimer(timeout=close_at_end)
    watch.start(100)
    try:
        _show_until_closed(app, window, troubles, settings.maximized and screenshot is None)
    finally:
        watch.stop()  # otherwise it fires after everything here is gone


def run_training(run: Run, *, program: NamedProgram | None, out: Path | None) -> None:
    """Start a run and show the training window until it is closed.

    Raises StoreError as `run_dashboard` does.
    """
    rings = DisplayRings(run.info)
    run.start(rings)
    app = start_qt()
    settings = run.settings.model_copy()
    window = TrainingWindow(run, rings, settings, program=program, out=out)
    _show_until_closed(app, window, [], settings.maximized)


def _show_until_closed(
    app: QtWidgets.QApplication, window: _Window, troubles: list[str], maximized: bool
) -> None:
    with stopped_by_signals_and_faults(window.close) as failures:
        (window.showMaximized if maximized else window.show)()
        app.exec_()
    for error in failures:
        kind = type(error).__name__
        troubles.append(
            tr(
                "The window closed because of an internal error: {kind}: {error}.",
                kind=kind,
                error=error,
            )
        )
    if window.closing_trouble:
        troubles.append(window.closing_trouble)
    if troubles:
        raise StoreError(" ".join(troubles))
