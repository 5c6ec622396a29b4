"""A session's page: its trace, the figures of a span, and its tags and notes to edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.flowarea import FlowArea
from unclench.desktop.review.reviewpage import ReviewPage
from unclench.desktop.review.session import tagedits
from unclench.desktop.review.session.desk import Desk
from unclench.desktop.review.session.figurewords import span_words
from unclench.desktop.review.session.panel import Panel, is_own
from unclench.desktop.review.session.restrow import RestRow, rest_items
from unclench.desktop.review.session.tagrow import WordsRow
from unclench.desktop.review.trace.axes import time_words
from unclench.desktop.review.trace.scene import NO_MARKS, Scene
from unclench.desktop.review.trace.trace import TraceView
from unclench.desktop.training.parts import button, label, say
from unclench.errors import UnclenchError
from unclench.report.words import treated_words
from unclench.review.restedits import Offer
from unclench.review.results import ChannelContext, Figures, NamedRest, Remark, Span, TagSpan
from unclench.review.session import SessionReview
from unclench.store.events.event import Kind
from unclench.training.tags import Tag
from unclench.translation import tr
from unclench.wording import capital, day, length, weekday

_TEXT_OF = (tr("Text of the note:"), tr("Text of the marker:"))


class SessionPage(ReviewPage):
    """One session. Signals carry the commands that lead to other pages."""

    back = QtCore.pyqtSignal()
    changed = QtCore.pyqtSignal(object)  # folder of a session whose events changed
    report_wanted = QtCore.pyqtSignal(object)
    export_wanted = QtCore.pyqtSignal(object)
    help_wanted = QtCore.pyqtSignal()
    message = QtCore.pyqtSignal(str)

    def __init__(self, desk: Desk, tags: tuple[Tag, ...]) -> None:
        super().__init__()
        self.desk = desk
        self._tags = tags
        self._keep: Callable[[str], None] | None = None
        self._prompt: Callable[[], str] | None = None
        self._title = label("title")
        self._facts = label("quiet")
        self._notes = label("quiet")
        self.trace = TraceView()
        self.panel = Panel()
        self._status = label("quiet")
        self.row = WordsRow()
        self.rest_row = RestRow()
        self._back = button(tr("Sessions (Esc)"), tr("Back to the list"))
        self._fit = button(tr("All (0)"), tr("Show the whole session"))
        self._close_up = button(tr("Selection (S)"), tr("Fill the view with the selected span"))
        self._log = button(
            tr("Log scale (L)"),
            tr("Logarithmic scale: rest and contractions are both visible"),
            switch=True,
        )
        self._rest = button(
            tr("Rest (M)"),
            tr("Use the selected span, or a calibration, as rest of the channel shown"),
        )
        self._report = button(tr("Report (R)"), tr("Create the report and open it in the browser"))
        self._export = button(tr("Export (X)"), tr("Save as EDF, BDF, CSV or Parquet"))
        self._help = button(tr("Help (F1)"), tr("Explains this window and lists all keys"))
        self._foot = FlowArea()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QtWidgets.QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._title)
        head.addWidget(self._facts)
        top = QtWidgets.QHBoxLayout()
        top.addWidget(self._back)
        top.addLayout(head, 1)
        middle = QtWidgets.QHBoxLayout()
        middle.setSpacing(8)
        middle.addWidget(self.trace, 1)
        middle.addWidget(self.panel)
        view = (self._fit, self._close_up, self._log)
        for each in (*view, self._rest, self._report, self._export, self._help):
            self._foot.add(each)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._notes)
        column.addLayout(middle, 1)
        column.addWidget(self.row)
        column.addWidget(self.rest_row)
        column.addWidget(self._status)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        desk, trace, panel = self.desk, self.trace, self.panel
        desk.drawn.connect(self._draw)
        desk.ready.connect(self._ready)
        desk.measured.connect(self._show_figures)
        desk.edited.connect(self._edited)
        desk.trouble.connect(self._trouble)
        trace.selected.connect(lambda _: self._measure())
        trace.cursor_moved.connect(lambda _: self._show_cursor())
        trace.pointed.connect(panel.choose_mark)
        trace.scaled.connect(lambda log, _: self._log.setChecked(log))
        panel.channel_chosen.connect(lambda _: self._measure())
        panel.mark_chosen.connect(self._go_to)
        panel.commanded.connect(self._do)
        self.row.kept.connect(self._words_kept)
        self.row.cancelled.connect(self._leave_words)
        self.rest_row.kept.connect(self._name_rest)
        self.rest_row.cancelled.connect(self._leave_words)
        self._back.clicked.connect(self.back)
        self._fit.clicked.connect(trace.fit)
        self._close_up.clicked.connect(trace.fit_selection)
        self._log.clicked.connect(trace.toggle_log)
        self._rest.clicked.connect(lambda: self._do("rest"))
        self._report.clicked.connect(lambda: self._want(self.report_wanted))
        self._export.clicked.connect(lambda: self._want(self.export_wanted))
        self._help.clicked.connect(self.help_wanted)

    # Opening

    def open(self, path: Path, title: str) -> None:
        """Show a session as soon as it is loaded."""
        self._leave_words()
        self.trace.show_scene(None)
        self.panel.empty()
        say(self._title, title)
        say(self._status, "")
        say(self._facts, tr("Loading the session…"))
        say(self._notes, "")
        self._make_room()
        self._allow()
        self.desk.open(path)
        self.trace.setFocus()

    def _draw(self, scene: Scene, again: bool) -> None:
        self.trace.show_scene(scene, keep_view=again)
        names = (lane.label for lane in scene.lanes)
        self.panel.show_marks(scene.marks, dict(zip(scene.channels, names, strict=False)))
        if not again:
            self.panel.name_channels(tuple(lane.label for lane in scene.lanes))
            self.panel.show_text(tr("Calculating the figures…"))
        self.panel.show_span(self.trace.selection, scene.duration_s)
        self._show_cursor()

    def _ready(self, review: SessionReview) -> None:
        meta = review.meta
        facts = [length(review.duration_s), f"{review.recording.fs_hz:g} Hz"]
        if meta is not None:
            facts.insert(0, f"{weekday(meta.created)} {day(meta.created)}, {meta.created:%H:%M}")
        facts.append(f"{review.signal.band.low_hz:g}–{review.signal.band.high_hz:g} Hz")
        say(self._facts, "  ·  ".join(facts))
        self._show_notes(review)
        self._allow()
        self._measure()

    def _show_notes(self, review: SessionReview) -> None:
        say(self._notes, " ".join(capital(note) for note in review.notes))
        self._make_room()

    def _trouble(self, sentence: str) -> None:
        say(self._facts, "")
        self.panel.show_text(sentence)
        self.message.emit(sentence)

    # Figures

    def _measure(self) -> None:
        scene = self.desk.scene
        if scene is not None:
            self.panel.show_span(self.trace.selection, scene.duration_s)
            self.desk.measure(self.panel.channel, self.trace.selection)
            self._show_cursor()

    def _show_figures(self, figures: Figures, context: ChannelContext) -> None:
        review, k, treated = self.desk.review, context.index, ""
        if review is not None and self.trace.selection is None:
            treated = treated_words(review.removed(k), review.left(k))
        self.panel.show_figures(figures, context, treated)

    def _show_cursor(self) -> None:
        """Update the line below the trace and the prompt of the row of words."""
        scene = self.desk.scene
        if scene is None:
            return
        at_s = self.trace.cursor_s
        values = [f"{each.label} {each.words_at(at_s)}" for each in scene.lanes if not each.empty]
        parts = [tr("Cursor {time}", time=time_words(at_s, 0.1)), *values]
        if self.trace.selection is None:
            parts.append(tr("drag with Shift, or press [ and ], to select a span"))
        say(self._status, "  ·  ".join(parts))
        if self._prompt is not None:
            self.row.set_prompt(self._prompt())

    def _go_to(self, mark: object) -> None:
        if isinstance(mark, Remark):
            self.trace.move_cursor(mark.time_s)
        elif isinstance(mark, Span):
            self.trace.show_span(Span(mark.start_s, mark.stop_s))
        self._show_cursor()

    # Tags and notes

    def _do(self, what: str) -> None:
        if self.desk.locked:
            self.message.emit(self.desk.locked)
            return
        if what == "undo":
            self._try(self.desk.undo)
        elif what == "tag":
            self._ask("", self._tags, self._tag_prompt, self._add_tag)
        elif what == "note":
            self._ask("", (), self._note_prompt, self._add_note)
        elif what == "rest":
            self._ask_rest()
        elif is_own(mark := self.panel.mark):
            if what == "remove":
                self._remove(mark)
            else:
                self._change(mark)

    def _remove(self, mark: object) -> None:
        if isinstance(mark, TagSpan):
            self._edit(tagedits.remove_tag, mark)
        elif isinstance(mark, Remark):
            self._edit(tagedits.remove_note, mark)
        elif isinstance(mark, NamedRest):
            self._try(lambda: self.desk.measured_rest(mark.channel))

    def _change(self, mark: object) -> None:
        if isinstance(mark, TagSpan):
            self.trace.show_span(Span(mark.start_s, mark.stop_s))
            change_tag = lambda words: self._change_tag(mark, words)  # noqa: E731
            self._ask(mark.words, self._tags, self._tag_prompt, change_tag)
        elif isinstance(mark, Remark):
            change = lambda words: self._edit(tagedits.change_note, mark, words)  # noqa: E731
            self._ask(mark.text, (), lambda: _TEXT_OF[mark.kind == Kind.MARKER], change)
        elif isinstance(mark, NamedRest):
            self._ask_rest()

    def _ask_rest(self) -> None:
        """Offer the selected span, what was measured, and the calibrations as rest."""
        review, channel, span = self.desk.review, self.panel.channel, self.trace.selection
        assert review is not None
        items = rest_items(review, channel, span, self.desk.offers(channel))
        self._leave_words()
        if span is None:
            self.message.emit(
                tr(
                    "To use a stretch as rest, select it first (drag with Shift, or press [ and "
                    "]), then press M."
                )
            )
        if items:
            self.rest_row.ask(tr("Rest of {label}:", label=review.contexts[channel].label), items)

    def _name_rest(self, what: Span | Offer | None) -> None:
        self._try(lambda: self.desk.name_rest(self.panel.channel, what))

    def _ask(
        self,
        words: str,
        choices: tuple[Tag, ...],
        prompt: Callable[[], str],
        keep: Callable[[str], None],
    ) -> None:
        self._leave_words()
        self._prompt, self._keep = prompt, keep
        self.row.ask(words, choices)
        self.row.set_prompt(prompt())

    def _tag_prompt(self) -> str:
        return tr("Tag {span}:", span=span_words(self._span(), 0.0))

    def _note_prompt(self) -> str:
        return tr("Note at {time}:", time=time_words(self.trace.cursor_s, 0.1))

    def _span(self) -> Span:
        """What a tag applies to: the selected span, or the moment at the cursor."""
        return self.trace.selection or Span(self.trace.cursor_s, self.trace.cursor_s)

    def _add_tag(self, words: str) -> None:
        self._edit(tagedits.add_tag, words, self._span())

    def _change_tag(self, tag: TagSpan, words: str) -> None:
        self._edit(tagedits.change_tag, tag, words, self._span())

    def _add_note(self, words: str) -> None:
        self._edit(tagedits.add_note, words, self.trace.cursor_s)

    def _edit(self, change: Callable[..., tagedits.Events], *what: object) -> None:
        self._try(lambda: self.desk.keep(change(self.desk.events, self.desk.clock, *what)))

    def _try(self, do: Callable[[], None]) -> None:
        before = self._own_marks()
        try:
            do()
        except UnclenchError as error:
            self.message.emit(str(error))
            return
        self._leave_words()
        for mark in self._own_marks():
            if mark not in before:  # the changed mark stays selected
                self.panel.choose_mark(mark)

    def _own_marks(self) -> tuple[TagSpan | Remark | NamedRest, ...]:
        marks = self.desk.scene.marks if self.desk.scene is not None else NO_MARKS
        return (*marks.tags, *marks.remarks, *marks.rests)

    def _words_kept(self, words: str) -> None:
        if self._keep is not None:
            self._keep(words)

    def _leave_words(self) -> None:
        self._keep = self._prompt = None
        for row in (self.row, self.rest_row):
            if row.isVisible():
                row.hide()
                self.trace.setFocus()

    def _edited(self) -> None:
        if self.desk.review is not None:
            self._show_notes(self.desk.review)
        self._allow()
        self._measure()
        if self.desk.path is not None:
            self.changed.emit(self.desk.path)

    def _allow(self) -> None:
        self.panel.allow(not self.desk.locked, self.desk.undoable)
        self._rest.setEnabled(not self.desk.locked)
        for each in (self._report, self._export):
            each.setEnabled(self.desk.review is not None)

    def _want(self, what: object) -> None:
        if self.desk.path is not None and self.desk.review is not None:
            what.emit(self.desk.path)  # type: ignore[attr-defined]

    # Keys

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Handle the keys that the trace and the list ignore."""
        keys = QtCore.Qt.Key
        if event.matches(QtGui.QKeySequence.StandardKey.Undo):
            self._do("undo")
            return
        if event.modifiers() & QtCore.Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        actions: dict[int, Callable[[], object]] = {
            keys.Key_Escape: self._escape,
            keys.Key_A: lambda: self._do("tag"),
            keys.Key_N: lambda: self._do("note"),
            keys.Key_M: lambda: self._do("rest"),
            keys.Key_E: lambda: self._do("change"),
            keys.Key_Delete: lambda: self._do("remove"),
            keys.Key_R: self._report.click,
            keys.Key_X: self._export.click,
            keys.Key_S: self.trace.fit_selection,
            keys.Key_L: self.trace.toggle_log,
        }
        if event.key() in actions:
            actions[event.key()]()
        elif keys.Key_1 <= event.key() <= keys.Key_9:
            self.panel.choose_channel(event.key() - keys.Key_1)
        elif not self.trace.hasFocus() and event.text() in ("+", "=", "-", "0", "[", "]"):
            self.trace.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _escape(self) -> None:
        if self.row.isVisible() or self.rest_row.isVisible():
            self._leave_words()
        elif self.trace.selection is not None:
            self.trace.select(None)
        else:
            self.back.emit()

    def _make_room(self) -> None:
        self._notes.setVisible(bool(self._notes.text()) and not self.crowded)
        for each in (self._facts, self._status):
            each.setVisible(not self.crowded)
        self._foot.keep_to_one_line(self.crowded)
        self.panel.make_room(self.crowded)

    def _apply_looks(self) -> None:
        self.trace.set_looks(self.theme, self.text_scale)
        self.panel.set_looks(self.theme, self.text_scale)
