"""An open session beside the window: loaded, measured and edited without holding the picture up."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.review.session.tagedits import Clock, Events
from unclench.desktop.review.tasks import Newest, Token
from unclench.desktop.review.trace.scene import NO_MARKS, Scene, full_scene, quick_scene
from unclench.errors import InputError, UnclenchError
from unclench.review.marks import read_marks
from unclench.review.results import Marks, Span
from unclench.review.session import SessionReview, open_review
from unclench.settings import load_settings
from unclench.store import open_session
from unclench.store.session.edit import ChangedMeanwhileError, edit_events
from unclench.store.session.folder import is_session
from unclench.store.session.reader import Session


class Desk(QtCore.QObject):
    """One session at a time; signals come in the window's thread."""

    drawn = QtCore.pyqtSignal(object, bool)  # Scene; whether it is of what was shown already
    ready = QtCore.pyqtSignal(object)  # SessionReview
    measured = QtCore.pyqtSignal(object, object)  # Figures, ChannelContext
    edited = QtCore.pyqtSignal()
    trouble = QtCore.pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.path: Path | None = None
        self.scene: Scene | None = None
        self.review: SessionReview | None = None
        self._events: Events = ()
        self._before: list[Events] = []
        self._loading = Newest("review: load")
        self._measuring = Newest("review: figures", only_newest=False)
        self._loading.told.connect(self._draw)
        self._loading.done.connect(self._loaded)
        self._measuring.done.connect(lambda made: self.measured.emit(*made))
        for worker in (self._loading, self._measuring):
            worker.failed.connect(self.trouble)

    # Opening

    def open(self, path: Path) -> None:
        """Open a session folder or a CSV; what was open before is let go."""
        self.leave()
        self.path = path
        self._loading.ask(lambda token: _load(path, token))

    def leave(self) -> None:
        """Let go of what is open."""
        self._loading.drop()
        self._measuring.drop()
        self.path = self.scene = self.review = None
        self._events, self._before = (), []

    def close(self) -> None:
        """End at once."""
        self._loading.close()
        self._measuring.close()

    def _draw(self, scene: Scene) -> None:
        again = self.scene is not None
        self.scene = scene
        self.drawn.emit(scene, again)

    def _loaded(self, made: tuple[SessionReview, Scene, Events]) -> None:
        self.review, scene, self._events = made
        self._draw(scene)
        self.ready.emit(self.review)

    # Figures

    def measure(self, channel: int, span: Span | None) -> None:
        """Ask for figures; the newest question is answered."""
        review = self.review
        if review is not None:
            self._measuring.ask(lambda _: (review.figures(channel, span), review.contexts[channel]))

    # Editing

    @property
    def why_fixed(self) -> str:
        """Why tags cannot be changed, "" if they can."""
        if self.review is None:
            return "The session is still being read: wait a moment."
        if self.review.folder is None:
            return (
                "This is a CSV file without a session, so there is no place for tags: bring it in "
                "with `unclench import` first."
            )
        return ""

    @property
    def undoable(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._before)

    @property
    def events(self) -> Events:
        """What is in events.csv now."""
        return self._events

    @property
    def clock(self) -> Clock:
        """Samples and seconds of the session that is open."""
        assert self.review is not None
        return Clock(self.review.recording.fs_hz, self.review.duration_s)

    def keep(self, events: Events) -> None:
        """Write changed events. Raises UnclenchError in a sentence."""
        before = self._events
        self._write(events)
        self._before.append(before)
        self.edited.emit()

    def undo(self) -> None:
        """Take the last change back. Raises UnclenchError in a sentence."""
        if not self._before:
            raise InputError("There is no change to take back.")
        self._write(self._before[-1])
        self._before.pop()
        self.edited.emit()

    def _write(self, events: Events) -> None:
        if self.why_fixed:
            raise InputError(self.why_fixed)
        assert self.review is not None
        assert self.review.folder is not None
        folder = self.review.folder
        try:
            edit_events(folder, events, before=self._events)
        except ChangedMeanwhileError:
            self._before.clear()  # taking back would take the others' changes back, too
            self._hold(tuple(open_session(folder).events()))
            self.edited.emit()
            raise
        self._hold(events)

    def _hold(self, events: Events) -> None:
        """Show what is in events.csv now."""
        assert self.review is not None
        assert self.scene is not None
        self._events = events
        self.review = self.review.with_events(events)
        self._draw(self.scene.with_marks(self.review.marks))


def _load(path: Path, token: Token) -> tuple[SessionReview, Scene, Events]:
    """Open a session: first what draws at once, then all of it."""
    if path.is_dir() or is_session(path.parent):
        session = open_session(path)
        quick = quick_scene(session, _quick_marks(session))
        if quick is not None:
            token.tell(quick)
    review = open_review(path, limits=load_settings().sustained)
    return review, full_scene(review), tuple(review.events)


def _quick_marks(session: Session) -> Marks:
    try:
        events = session.events()
    except UnclenchError:  # told when the review reads them
        return NO_MARKS
    return read_marks(events, float(session.meta.constants.rate), session.meta.duration_s)
