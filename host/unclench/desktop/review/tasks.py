"""Background work: it runs in a thread of its own, so the window never waits for it."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable
from typing import Any

from pyqtgraph.Qt import QtCore

from unclench.errors import UnclenchError

_ALL: weakref.WeakSet[Newest] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    """Let running work finish: Python cannot exit while its libraries are at work."""
    workers = list(_ALL)
    for worker in workers:
        worker.close()
    for worker in workers:
        worker.join()


class Token:
    """Tells long work whether its result is still wanted; the work checks now and then."""

    def __init__(self, report: Callable[[Token, Any], None]) -> None:
        self._lock = threading.Lock()
        self.wanted = True
        self._report = report
        self._end: Callable[[], None] | None = None

    def report(self, partial: Any) -> None:
        """Hand over an intermediate result."""
        self._report(self, partial)

    def when_dropped(self, end: Callable[[], None]) -> None:
        """Call `end` when the result is no longer wanted: from any thread, perhaps at once."""
        with self._lock:
            self._end = end
            if not self.wanted:
                end()

    def drop(self) -> None:
        """Mark the result as no longer wanted."""
        with self._lock:
            self.wanted = False
            if self._end is not None:
                self._end()


class Newest(QtCore.QObject):
    """Does one task at a time; a newer request replaces one that waits.

    Signals arrive in the window's thread. Internal errors are raised there, too.

    Parameters
    ----------
    name
        Name of the thread.
    only_newest
        True: a newer request also discards the task that is running. False: the running task still
        delivers its result first, so that figures keep up with a span that is being dragged.
    """

    progress = QtCore.pyqtSignal(object)
    done = QtCore.pyqtSignal(object)
    failed = QtCore.pyqtSignal(str)  # a sentence
    _delivered = QtCore.pyqtSignal(object, str, object)

    def __init__(self, name: str, *, only_newest: bool = True) -> None:
        super().__init__()
        self._only_newest = only_newest
        self._changed = threading.Condition()
        self._next: tuple[Token, Callable[[Token], Any]] | None = None
        self._open: list[Token] = []  # requested, neither answered nor replaced
        self._closed = False
        self._delivered.connect(self._pass_on)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        _ALL.add(self)

    def ask(self, work: Callable[[Token], Any]) -> None:
        """Request work; it is called with its token."""
        with self._changed:
            if self._only_newest:
                self._forget()
            elif self._next is not None:
                self._open.remove(self._next[0])
            token = Token(lambda token, partial: self._send(token, "progress", partial))
            self._open.append(token)
            self._next = token, work
            self._changed.notify()

    def drop(self) -> None:
        """Drop all requests."""
        with self._changed:
            self._forget()

    def close(self) -> None:
        """Stop at once; the running task is discarded."""
        with self._changed:
            self._forget()
            self._closed = True
            self._changed.notify()

    def join(self) -> None:
        """Wait for the thread to end after `close`."""
        self._thread.join()

    def _forget(self) -> None:
        self._next = None
        for token in self._open:
            token.drop()
        self._open.clear()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._next is None and not self._closed:
                    self._changed.wait()
                if self._next is None:
                    return
                token, work = self._next
                self._next = None
            try:
                made = work(token)
            except UnclenchError as error:
                self._send(token, "failed", str(error))
            except Exception as error:  # noqa: BLE001 - raised in the window's thread
                self._send(token, "broke", error)
            else:
                self._send(token, "done", made)

    def _send(self, token: Token, how: str, result: Any) -> None:
        with self._changed:  # never to a closed window
            if token.wanted:
                self._delivered.emit(token, how, result)

    def _pass_on(self, token: Token, how: str, result: Any) -> None:
        if not token.wanted:  # replaced in the meantime
            return
        if how != "progress":
            self._open.remove(token)
        if how == "broke":
            raise result
        getattr(self, how).emit(result)
