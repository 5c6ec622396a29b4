"""Recording from the dashboard: one at a time, started and stopped by a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.newfolder import new_folder
from unclench.errors import StoreError
from unclench.running.run import Run
from unclench.translation import tr
from unclench.wording import length


class Recording(QtCore.QObject):
    """Starts and stops recordings; `said` carries where one was saved, or why it ended.

    Parameters
    ----------
    run
        Started; a recording that it already makes continues.
    sessions
        Returns the folder in which the next one is made.
    """

    said = QtCore.pyqtSignal(str)
    failed = QtCore.pyqtSignal(str)  # some of it could not be written

    def __init__(self, run: Run, sessions: Callable[[], Path]) -> None:
        super().__init__()
        self._run, self._sessions = run, sessions
        self.recorder = run.recorder
        self._began_s = time.monotonic()

    @property
    def lasted_s(self) -> float | None:
        """Length so far; None while nothing is recorded."""
        return None if self.recorder is None else time.monotonic() - self._began_s

    def toggle(self) -> None:
        """Start a recording in a dated folder, or stop it."""
        if self.recorder is not None:
            self.end()
            return
        try:
            self.recorder = self._run.record(new_folder(self._sessions()))
        except StoreError as error:
            self.said.emit(str(error))
            return
        self._began_s = time.monotonic()
        self._run.follow(self.recorder)

    def check(self) -> None:
        """Stop the recording if the disk has refused data."""
        if self.recorder is not None and self.recorder.error is not None:
            self.end()

    def end(self) -> None:
        """Stop the recording, if there is one."""
        recorder, self.recorder = self.recorder, None
        if recorder is None:
            return
        try:
            meta = self._run.end_recording(recorder)
        except StoreError as error:
            self.said.emit(str(error))
            self.failed.emit(str(error))
        else:
            self.said.emit(
                tr(
                    "Saved {duration} to {folder}",
                    duration=length(meta.duration_s),
                    folder=recorder.folder,
                )
            )

    def show_anyway(self) -> None:
        """Record that tension was shown in a block of a self-trial without feedback."""
        if self.recorder is not None:
            self.recorder.update(**self._run.trial.in_session())
