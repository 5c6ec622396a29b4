"""Reads the history beside the window, which waits for no figure that is still to be made."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.errors import UnclenchError
from unclench.review.history import load_history


class _StoppedError(Exception):
    """Nobody waits for it any more."""


class Loading(QtCore.QThread):
    """One reading of a folder of sessions."""

    made = QtCore.pyqtSignal(int, int)  # of how many missing figures
    done = QtCore.pyqtSignal(object)  # History
    failed = QtCore.pyqtSignal(str)

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def run(self) -> None:
        """Read; in the thread."""
        try:
            self.done.emit(load_history(self._root, progress=self._progress))
        except UnclenchError as error:
            self.failed.emit(str(error))
        except _StoppedError:
            pass

    def end(self) -> None:
        """Leave it, after the session it is at."""
        self.requestInterruption()
        self.wait()

    def _progress(self, done: int, of: int) -> None:
        if self.isInterruptionRequested():
            raise _StoppedError
        self.made.emit(done, of)
