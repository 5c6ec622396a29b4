"""The page of a running session: one thing to do, with the pacer or the trace in the middle."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.cuewords import instruction, part_done, status
from unclench.desktop.training.middle import Middle
from unclench.desktop.training.numbers import Figures
from unclench.desktop.training.parts import LINE, TEXT_PT, Page, label, say
from unclench.desktop.training.progressline import ProgressLine
from unclench.desktop.training.strip import Strip, TagBar
from unclench.desktop.training.words import left_words
from unclench.desktop.trialbar import TrialBar
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Phase, Snapshot
from unclench.training.tags import Tag
from unclench.translation import tr

_PART_WIDTH = 220  # pixels at a scale of 1
_FEWEST_LINES = {
    "tags": 36,
    "figures": 31,
    "keys": 31,
    "headline": 27,
    "note": 22,
    "detail": 22,
}  # of the page's height: the fewest at which a part shows
_LINES_A_CHANNEL = 2.2  # more for the table of figures, for each channel beyond three


@dataclass(frozen=True)
class TraceRows:
    """Rows of tension for the trace, as `DisplayRings.tension` gives them."""

    rows: IntArray  # (k,)
    tension_uv: FloatArray  # (k, channels of the stream)
    trusted: BoolArray  # (k, channels of the stream)
    row_s: float


class GuidePage(Page):
    """A running session.

    Parameters
    ----------
    title
        Title of the program.
    channels
        The trained channels, in the snapshot's order.
    tags
        The person's own tags.
    span_s
        Span of the tension trace.
    """

    pause = QtCore.pyqtSignal()  # pause or resume
    skip = QtCore.pyqtSignal()
    end = QtCore.pyqtSignal()  # early, once confirmed
    tag = QtCore.pyqtSignal(str)  # the tag's key
    note = QtCore.pyqtSignal(str)
    note_begun = QtCore.pyqtSignal()  # the next note is about this moment
    answer = QtCore.pyqtSignal(str)
    sound = QtCore.pyqtSignal()  # switch on or off
    theme_wanted = QtCore.pyqtSignal()
    full_screen_wanted = QtCore.pyqtSignal()
    feedback_wanted = QtCore.pyqtSignal()  # in a block of a self-trial without it

    def __init__(
        self,
        title: str,
        channels: tuple[TrainedChannel, ...],
        tags: tuple[Tag, ...] = (),
        sound_on: bool = True,
        span_s: float = 60.0,
    ) -> None:
        super().__init__()
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Session: {title}", title=title))
        self._sound_on = sound_on
        self._asking = False
        self._roomy = True
        self._feedback = True
        self._phase: Phase | None = None
        self._title = label("quiet", title)
        self._left = label("quiet")
        self._left.setAlignment(QtCore.Qt.AlignmentFlag.AlignRight)
        self._progress = ProgressLine(tr("Progress of the session"))
        self._headline = label("headline", centred=True)
        self._detail = label("quietLead", centred=True)
        self._detail.setAlignment(
            QtCore.Qt.AlignmentFlag.AlignHCenter | QtCore.Qt.AlignmentFlag.AlignTop
        )
        self._part = ProgressLine(tr("Progress of this part"))
        self._part.setSizePolicy(_kept(self._part))
        self._middle = Middle(channels, span_s)
        self._trial = TrialBar()
        self._status = label("quiet", centred=True)
        self._figures = Figures(channels)
        self._table_lines = _LINES_A_CHANNEL * max(0, len(channels) - 3)
        self._tags = TagBar(tags)
        self._strip = Strip()
        self._lay_out()
        self._connect()
        self._strip.show_switches(False, sound_on)

    def _lay_out(self) -> None:
        top = QtWidgets.QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._left, 1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._progress)
        column.addWidget(self._headline)
        column.addWidget(self._detail)
        column.addWidget(self._part, 0, QtCore.Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._middle, 1)
        for widget in (self._trial, self._status, self._figures, self._tags, self._strip):
            column.addWidget(widget)

    def _connect(self) -> None:
        strip = self._strip
        for theirs, ours in (
            (strip.pause, self.pause),
            (strip.skip, self.skip),
            (strip.end, self.end),
            (strip.note, self.note),
            (strip.sound, self.sound),
            (strip.theme_wanted, self.theme_wanted),
            (strip.full_screen_wanted, self.full_screen_wanted),
            (strip.note_begun, self.note_begun),
            (self._tags.tag, self.tag),
            (self._middle.answer, self.answer),
        ):
            theirs.connect(ours)
        strip.closed.connect(self._take_focus)
        self._trial.closed.connect(self._take_focus)
        self._trial.shown.connect(self.feedback_wanted)

    def _apply_looks(self) -> None:
        """See Page; without room, the least important parts are hidden first."""
        theme, text_scale = self.theme, self.text_scale
        self._progress.set_theme(theme)
        self._part.set_theme(theme)
        self._part.setFixedWidth(round(_PART_WIDTH * text_scale))
        self._fit()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show the parts that fit."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Give the keys to the page."""
        super().showEvent(event)
        self._take_focus()

    # Display

    def show_waiting(self) -> None:
        """Show that there is no signal to begin with yet."""
        say(self._headline, tr("Waiting for a signal"))
        say(self._detail, tr("The session begins with the first signal."))

    def show_trial(self, words: str, feedback: bool) -> None:
        """Show the state of a self-trial; without `feedback`, hide all that follows tension."""
        self._feedback = feedback
        self._trial.show_words(words, hidden=not feedback)
        self._middle.set_feedback(feedback)
        self._fit()

    def show_snapshot(self, snapshot: Snapshot, removed: str = "") -> None:
        """Show the state of the session, and what is removed from its signal.

        Called a few times a second.
        """
        self._middle.show_snapshot(snapshot)
        headline, detail = instruction(snapshot, self._feedback)
        say(self._headline, headline)
        say(self._detail, detail)
        part = part_done(snapshot)
        self._part.setVisible(part is not None)
        self._part.set_share(part or 0.0)
        asking = snapshot.question is not None and snapshot.phase in ("running", "asked")
        if self._asking != asking:
            self._asking = asking
            self._fit()
        left = left_words(snapshot.session_left_s)
        step_words = tr(
            "Step {number} of {n_steps}",
            number=snapshot.step_number + 1,
            n_steps=snapshot.n_steps,
        )
        say(self._left, f"{step_words}  ·  {left}" if self._roomy else left)
        whole_s = snapshot.session_s + snapshot.session_left_s
        self._progress.set_share(snapshot.session_s / whole_s if whole_s > 0 else 0.0)
        say(self._status, status(snapshot, self._feedback, removed))
        if self._feedback:
            self._figures.show_scores(snapshot.step_score)
        self._strip.show_switches(snapshot.phase == "paused", self._sound_on)
        if snapshot.phase != self._phase:
            self._phase = snapshot.phase
            if snapshot.phase in ("running", "asked") and not self._strip.asks:
                self._take_focus()

    def tick(self, step_s: float, trace: TraceRows | None = None) -> None:
        """Move pacer or trace; called at the screen's rate."""
        self._middle.tick(step_s)
        if trace is not None:
            self._middle.draw(trace.rows, trace.tension_uv, trace.trusted, trace.row_s)

    def show_tags(self, under_way: Collection[str]) -> None:
        """Show which tags are under way, by their keys."""
        self._tags.show_tags(under_way)

    def show_sound(self, sound_on: bool) -> None:
        """Show whether sounds are on."""
        self._sound_on = sound_on

    def set_channels(self, channels: tuple[TrainedChannel, ...]) -> None:
        """Take new figures of the same channels, for example after a calibration in the program."""
        self._middle.set_channels(channels)

    # Keys

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Handle keys that the focused control ignored."""
        keys = QtCore.Qt.Key
        shift = bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier)
        others = event.modifiers() & ~QtCore.Qt.KeyboardModifier.ShiftModifier
        others &= ~QtCore.Qt.KeyboardModifier.KeypadModifier
        key, strip = event.key(), self._strip
        if not others and self._middle.take_key(event):
            return
        if event.isAutoRepeat() or others != QtCore.Qt.KeyboardModifier.NoModifier:
            event.ignore()
        elif key == keys.Key_Space:
            self.pause.emit()
        elif key == keys.Key_N and shift:
            strip.ask_note()
        elif key in (keys.Key_Right, keys.Key_N):
            self.skip.emit()
        elif key == keys.Key_Escape:
            strip.ask_end()
        elif key == keys.Key_S:
            self.sound.emit()
        elif key == keys.Key_T:
            self.theme_wanted.emit()
        elif key == keys.Key_F11:
            self.full_screen_wanted.emit()
        elif self._tags.has(event.text()):
            self.tag.emit(event.text())
        else:
            event.ignore()

    def _take_focus(self) -> None:
        if not self._middle.take_focus():
            self.setFocus()

    def _fit(self) -> None:
        lines = self.height() / (LINE * self.text_scale)
        room = {name: lines >= fewest for name, fewest in _FEWEST_LINES.items()}
        room["figures"] = lines >= _FEWEST_LINES["figures"] + self._table_lines
        self._tags.set_roomy(room["tags"], away=self._asking)
        self._status.setVisible(not self._asking)
        self._figures.setVisible(room["figures"] and not self._asking and self._feedback)
        self._strip.set_roomy(room["keys"], room["note"])
        small = f"font-size: {1.6 * TEXT_PT * self.text_scale:.1f}pt"
        self._headline.setStyleSheet("" if room["headline"] else small)
        self._roomy = room["detail"]
        self._detail.setVisible(self._roomy and not self._asking)
        self._headline.setVisible(not self._asking)
        # Always two lines: the middle must not jump when the words above it change.
        self._detail.ensurePolished()
        self._detail.setMinimumHeight(2 * self._detail.fontMetrics().lineSpacing())
        self._status.setMinimumHeight(round(LINE * self.text_scale))
        self._middle.set_looks(self.theme, self.text_scale)


def _kept(widget: QtWidgets.QWidget) -> QtWidgets.QSizePolicy:
    """Return a size policy that keeps a hidden widget's space."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    return policy
