"""Reads the history in a thread, so that the window does not wait for figures."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.errors import UnclenchError
from unclench.review.history import load_history


class _StoppedError(Exception):
    """The window no longer needs the history."""


class Loading(QtCore.QThread):
    """Reads a folder of sessions once."""

    made = QtCore.pyqtSignal(int, int)  # computed, of how many missing figures
    done = QtCore.pyqtSignal(object)  # History
    failed = QtCore.pyqtSignal(str)

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def run(self) -> None:
        """Read the sessions; runs in the thread."""
        try:
            self.done.emit(load_history(self._root, progress=self._progress))
        except UnclenchError as error:
            self.failed.emit(str(error))
        except _StoppedError:
            pass

    def end(self) -> None:
        """Stop after the current session."""
        self.requestInterruption()
        self.wait()

    def _progress(self, done: int, of: int) -> None:
        if self.isInterruptionRequested():
            raise _StoppedError
        self.made.emit(done, of)
