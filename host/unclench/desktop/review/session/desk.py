"""An open session: loaded, measured and edited in the background, so the window never waits."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.review.session.tagedits import Clock, Events
from unclench.desktop.review.tasks import Newest, Token
from unclench.desktop.review.trace.scene import NO_MARKS, Scene, full_scene, quick_scene
from unclench.errors import InputError, UnclenchError
from unclench.review.marks import read_marks
from unclench.review.restedits import Offer, choose, mark, offers, with_rest, without_rest
from unclench.review.results import Marks, Span
from unclench.review.session import SessionReview, open_review
from unclench.settings import load_settings
from unclench.store import open_session
from unclench.store.session.edit import ChangedMeanwhileError, edit_events
from unclench.store.session.folder import is_session
from unclench.store.session.reader import Session
from unclench.training.placement.calibrations import book_path, load_book
from unclench.translation import tr


class Desk(QtCore.QObject):
    """Holds one session at a time; signals arrive in the window's thread."""

    drawn = QtCore.pyqtSignal(object, bool)  # Scene; True if it redraws the session on screen
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
        self._loading.progress.connect(self._draw)
        self._loading.done.connect(self._loaded)
        self._measuring.done.connect(lambda made: self.measured.emit(*made))
        for worker in (self._loading, self._measuring):
            worker.failed.connect(self.trouble)

    # Opening

    def open(self, path: Path) -> None:
        """Open a session folder or a CSV file; the session open before is closed."""
        self.leave()
        self.path = path
        self._loading.ask(lambda token: _load(path, token))

    def leave(self) -> None:
        """Close the open session."""
        self._loading.drop()
        self._measuring.drop()
        self.path = self.scene = self.review = None
        self._events, self._before = (), []

    def close(self) -> None:
        """Stop at once."""
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
        """Request figures; only the newest request is answered."""
        review = self.review
        if review is not None:
            self._measuring.ask(lambda _: (review.figures(channel, span), review.contexts[channel]))

    # Editing

    @property
    def locked(self) -> str:
        """A sentence that says why tags cannot be changed; "" if they can."""
        if self.review is None:
            return tr("The session is still loading. Wait a moment, then try again.")
        if self.review.folder is None:
            return tr("A CSV file cannot hold tags. Import it with `unclench import` to add some.")
        return ""

    @property
    def undoable(self) -> bool:
        """True if there is a change to undo."""
        return bool(self._before)

    @property
    def events(self) -> Events:
        """The current events of events.csv."""
        return self._events

    @property
    def clock(self) -> Clock:
        """Converts between samples and seconds of the open session."""
        assert self.review is not None
        return Clock(self.review.recording.fs_hz, self.review.duration_s)

    def offers(self, channel: int) -> tuple[Offer, ...]:
        """Return the stored calibrations, and which of them can be a channel's rest."""
        assert self.review is not None
        virtual = self.review.meta is not None and self.review.meta.constants.virtual
        return offers(self.review, channel, load_book(book_path(virtual)))

    def name_rest(self, channel: int, what: Span | Offer | None) -> None:
        """Use a span or a calibration as a channel's rest, or what was measured (None).

        Raises UnclenchError with a sentence.
        """
        assert self.review is not None
        if isinstance(what, Span):
            self.keep(with_rest(self._events, mark(self.review, channel, what)))
        elif what is not None:
            self.keep(with_rest(self._events, choose(self.review, channel, what)))
        else:
            self.measured_rest(self.review.signal.info.channels[channel])

    def measured_rest(self, channel: str) -> None:
        """Use what was measured as a channel's rest again. Raises UnclenchError."""
        self.keep(without_rest(self._events, channel))

    def keep(self, events: Events) -> None:
        """Write changed events. Raises UnclenchError with a sentence."""
        before = self._events
        self._write(events)
        self._before.append(before)
        self.edited.emit()

    def undo(self) -> None:
        """Undo the last change. Raises UnclenchError with a sentence."""
        if not self._before:
            raise InputError(tr("There is no change to undo."))
        self._write(self._before[-1])
        self._before.pop()
        self.edited.emit()

    def _write(self, events: Events) -> None:
        if self.locked:
            raise InputError(self.locked)
        assert self.review is not None
        assert self.review.folder is not None
        folder = self.review.folder
        try:
            edit_events(folder, events, before=self._events)
        except ChangedMeanwhileError:
            self._before.clear()  # undoing would also undo the other program's changes
            self._hold(tuple(open_session(folder).events()))
            self.edited.emit()
            raise
        self._hold(events)

    def _hold(self, events: Events) -> None:
        """Show the events that events.csv now holds."""
        assert self.review is not None
        assert self.scene is not None
        self._events = events
        self.review = self.review.with_events(events)
        self._draw(self.scene.with_marks(self.review.marks))


def _load(path: Path, token: Token) -> tuple[SessionReview, Scene, Events]:
    """Open a session: first what can be drawn at once, then everything."""
    if path.is_dir() or is_session(path.parent):
        session = open_session(path)
        quick = quick_scene(session, _quick_marks(session))
        if quick is not None:
            token.report(quick)
    review = open_review(path, limits=load_settings().sustained)
    return review, full_scene(review), tuple(review.events)


def _quick_marks(session: Session) -> Marks:
    try:
        events = session.events()
    except UnclenchError:  # reported when the review reads them
        return NO_MARKS
    return read_marks(events, float(session.meta.constants.rate), session.meta.duration_s)
