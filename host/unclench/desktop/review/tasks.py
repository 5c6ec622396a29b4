"""Work beside the window: in a thread of its own, so that the picture never waits for it."""

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
    """What is under way finishes first: Python cannot go while libraries of its own are at work."""
    workers = list(_ALL)
    for worker in workers:
        worker.close()
    for worker in workers:
        worker.join()


class Token:
    """Whether somebody still wants what is being made; long work asks now and then."""

    def __init__(self, tell: Callable[[Token, Any], None]) -> None:
        self._lock = threading.Lock()
        self.wanted = True
        self._tell = tell
        self._end: Callable[[], None] | None = None

    def tell(self, what: Any) -> None:
        """Pass on something on the way to the result."""
        self._tell(self, what)

    def when_dropped(self, end: Callable[[], None]) -> None:
        """Call `end` as soon as it is no longer wanted, from any thread; perhaps at once."""
        with self._lock:
            self._end = end
            if not self.wanted:
                end()

    def drop(self) -> None:
        """It is no longer wanted."""
        with self._lock:
            self.wanted = False
            if self._end is not None:
                self._end()


class Newest(QtCore.QObject):
    """Does one thing at a time; a newer request replaces one that waits.

    Signals come in the thread of the window. A fault of our own is raised there, too.

    Parameters
    ----------
    name
        Of the thread.
    only_newest
        Whether what is under way is thrown away as well when something newer is asked for. If not,
        it comes all the same, before the newer: figures follow a hand that drags.
    """

    told = QtCore.pyqtSignal(object)
    done = QtCore.pyqtSignal(object)
    failed = QtCore.pyqtSignal(str)  # in a sentence
    _came = QtCore.pyqtSignal(object, str, object)

    def __init__(self, name: str, *, only_newest: bool = True) -> None:
        super().__init__()
        self._only_newest = only_newest
        self._changed = threading.Condition()
        self._next: tuple[Token, Callable[[Token], Any]] | None = None
        self._open: list[Token] = []  # asked for, and neither answered nor overtaken
        self._closed = False
        self._came.connect(self._pass_on)
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()
        _ALL.add(self)

    def ask(self, work: Callable[[Token], Any]) -> None:
        """Ask for work; it is given its token."""
        with self._changed:
            if self._only_newest:
                self._forget()
            elif self._next is not None:
                self._open.remove(self._next[0])
            token = Token(lambda token, what: self._say(token, "told", what))
            self._open.append(token)
            self._next = token, work
            self._changed.notify()

    def drop(self) -> None:
        """Nothing is wanted any more."""
        with self._changed:
            self._forget()

    def close(self) -> None:
        """End it at once; what is under way is thrown away."""
        with self._changed:
            self._forget()
            self._closed = True
            self._changed.notify()

    def join(self) -> None:
        """Wait for the thread to be gone, once it is closed."""
        self._thread.join()

    def _forget(self) -> None:
        self._next = None
        for token in self._open:
            token.drop()
        self._open.clear()

    def _live(self) -> None:
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
                self._say(token, "failed", str(error))
            except Exception as error:  # noqa: BLE001 - raised where the window tells it
                self._say(token, "broke", error)
            else:
                self._say(token, "done", made)

    def _say(self, token: Token, how: str, what: Any) -> None:
        with self._changed:  # never to a window that is gone
            if token.wanted:
                self._came.emit(token, how, what)

    def _pass_on(self, token: Token, how: str, what: Any) -> None:
        if not token.wanted:  # overtaken on the way
            return
        if how != "told":
            self._open.remove(token)
        if how == "broke":
            raise what
        getattr(self, how).emit(what)
