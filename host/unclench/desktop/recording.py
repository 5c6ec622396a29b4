"""Recording from the dashboard: one at a time, begun and ended by a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.newfolder import new_folder
from unclench.errors import StoreError
from unclench.running.run import Run


class Recording(QtCore.QObject):
    """Says in `said` where a recording is, or why it has ended.

    Parameters
    ----------
    run
        Started; a recording that it began with is gone on with.
    sessions
        Tells in which folder the next one is made.
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
        """For how long it has been running; None where there is none."""
        return None if self.recorder is None else time.monotonic() - self._began_s

    def toggle(self) -> None:
        """Begin one in a dated folder, or end it."""
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
        """End it where the disk has refused to take more."""
        if self.recorder is not None and self.recorder.error is not None:
            self.end()

    def end(self) -> None:
        """End it, if there is one."""
        recorder, self.recorder = self.recorder, None
        if recorder is None:
            return
        try:
            meta = self._run.end_recording(recorder)
        except StoreError as error:
            self.said.emit(str(error))
            self.failed.emit(str(error))
        else:
            self.said.emit(f"Saved {meta.duration_s:.0f} s to {recorder.folder}")

    def show_anyway(self) -> None:
        """Keep that tension was shown in a block of a self-trial without feedback."""
        if self.recorder is not None:
            self.recorder.update(**self._run.trial.in_session())
