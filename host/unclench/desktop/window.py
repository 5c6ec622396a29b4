"""The dashboard's one window. It looks on: pipeline, rings and recorder run without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.bars import Banner, Footer, Header
from unclench.desktop.channel import ChannelRow
from unclench.desktop.channelrows import ChannelRows
from unclench.desktop.eventloop import theme_of
from unclench.desktop.helpdialog import HelpDialog
from unclench.desktop.history.window import HistoryWindow
from unclench.desktop.newfolder import new_folder
from unclench.desktop.review.window import ReviewWindow
from unclench.desktop.theme import DARK, Theme, style_sheet
from unclench.desktop.training.safety import SafetyDialog
from unclench.desktop.trialbar import TrialBar
from unclench.desktop.words import HELP, span_words
from unclench.errors import StoreError
from unclench.live.rings import DisplayRings
from unclench.live.words import connection_words
from unclench.running.run import Run
from unclench.settings import Settings, save_settings, sessions_dir
from unclench.trial.phases import note_deviation
from unclench.trial.words import SHOWN_NOTE, figures_question

_FRAME_MS = 16
_TRIAL_MS = 30_000  # a day may end while the window is open
_WORDS_MS = 200
_SUM_UP_EVERY = 5  # of those: figures that hardly change need not be laid out so often
_TEXT_STEPS = (0.7, 2.5, 0.1)
_NO_RAW = "The raw signal shows tension, and today is in a block without feedback."


class Dashboard(QtWidgets.QMainWindow):
    """Live tension, its signal's state, recording and marking.

    Parameters
    ----------
    run, rings
        Started. Only what a person changes in the window goes into the run's settings, which hold
        at the next start.
    settings
        What holds now, options of the command line included.
    """

    train_wanted = QtCore.pyqtSignal()
    looks_changed = QtCore.pyqtSignal()  # by a person, in this window
    closing = QtCore.pyqtSignal()

    def __init__(
        self,
        run: Run,
        rings: DisplayRings,
        settings: Settings,
    ) -> None:
        super().__init__()
        self._run = run
        self._pipeline = run.pipeline
        self._rings = rings
        self._settings = settings
        self._saved = run.settings
        self._recorder = run.recorder
        self._record_began_s = time.monotonic()
        self._drawn_row = -1
        self._paused = False
        self._n_marks = 0
        self._told = 0
        self.on_frame: Callable[[float], None] | None = None  # told the arrival time of what shows
        info = run.info
        self._header = Header(info.source)
        self._banner = Banner()
        n = len(info.channels)
        self._rows = [
            ChannelRow(k, name, info.noise_uv[k], settings, n, reference_uv)
            for k, (name, reference_uv) in enumerate(run.titles())
        ]
        self._footer = Footer(settings)
        self._trial_bar = TrialBar()
        self._trial_words, self._feedback = "", True
        self._raw_tip = self._footer.raw.toolTip()
        self._history: HistoryWindow | None = None
        self._review: ReviewWindow | None = None
        self._lay_out()
        self._connect_actions()
        self.apply_looks()
        for row in self._rows:
            row.trace.set_scale(settings.scale_uv)
        run.tell_to(self._banner.tell)
        self._frames = self._timer(_FRAME_MS, self._draw)
        self._words = self._timer(_WORDS_MS, self._tell)
        self._trial = self._timer(_TRIAL_MS, self._heed_trial)
        self._heed_trial()

    def _lay_out(self) -> None:
        self.setWindowTitle(f"unclench – {self._pipeline.info.source}")
        page = QtWidgets.QWidget(objectName="page")
        column = QtWidgets.QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addWidget(self._header)
        column.addWidget(self._banner)
        column.addWidget(self._trial_bar)
        column.addWidget(ChannelRows(self._rows), 1)
        column.addWidget(self._footer)
        self.setCentralWidget(page)
        self.resize(*self._settings.window)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QtCore.QTimer:
        timer = QtCore.QTimer(self)
        timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        timer.start(interval_ms)
        return timer

    def _connect_actions(self) -> None:
        footer = self._footer
        footer.record.clicked.connect(self.toggle_recording)
        footer.mark.clicked.connect(self.mark)
        footer.pause.clicked.connect(self.toggle_pause)
        footer.raw.clicked.connect(self.toggle_raw)
        footer.theme.clicked.connect(self.toggle_theme)
        footer.help.clicked.connect(self.show_help)
        footer.train.clicked.connect(self.train_wanted)
        footer.review.clicked.connect(self.show_review)
        footer.history.clicked.connect(self.show_history)
        self._trial_bar.shown.connect(self._show_all_the_same)
        footer.span_changed.connect(self._set_span)
        footer.scale_changed.connect(self._set_scale)
        for keys, slot in (
            ("R", self.toggle_recording),
            ("M", self.mark),
            ("Shift+M", self.mark_with_note),
            ("P", self.toggle_pause),
            ("W", self.toggle_raw),
            ("T", self.toggle_theme),
            ("G", self.train_wanted.emit),
            ("V", self.show_review),
            ("H", self.show_history),
            ("F1", self.show_help),
            ("Ctrl++", lambda: self._scale_text(+1)),
            ("Ctrl+=", lambda: self._scale_text(+1)),
            ("Ctrl+-", lambda: self._scale_text(-1)),
            ("Ctrl+0", lambda: self._scale_text(0)),
            ("Ctrl+Q", self.close),
            ("F11", self._toggle_full_screen),
        ):
            QtWidgets.QShortcut(QtGui.QKeySequence(keys), self, slot)

    # What a person can do

    def toggle_recording(self) -> None:
        """Start recording into a dated folder, or end it."""
        if self._recorder is not None:
            self._end_recording()
            return
        folder = new_folder(sessions_dir(self._settings))
        try:
            self._recorder = self._run.record(folder)
        except StoreError as error:
            self._banner.tell(str(error))
            return
        self._record_began_s = time.monotonic()
        self._run.follow(self._recorder)
        self._tell()

    def mark(self) -> None:
        """Mark this moment."""
        self._n_marks += 1
        self._put_mark(f"Marker {self._n_marks}", self._pipeline.mark(f"Marker {self._n_marks}"))

    def mark_with_note(self) -> None:
        """Mark this moment, and ask for words afterwards."""
        sample = self._pipeline.sample_now()
        text, agreed = QtWidgets.QInputDialog.getText(self, "Mark this moment", "Note:")
        if agreed:
            self._n_marks += 1
            words = text.strip() or f"Marker {self._n_marks}"
            self._put_mark(words, self._pipeline.mark(words, sample))

    def toggle_pause(self) -> None:
        """Hold the picture still; everything else goes on."""
        self._paused = not self._paused
        self._tell()

    def toggle_raw(self) -> None:
        """Show or hide the raw traces."""
        if not self._feedback:
            self._banner.tell(_NO_RAW)
            return
        self._remember(raw_shown=not self._settings.raw_shown)
        for row in self._rows:
            row.raw.setVisible(self._settings.raw_shown)
        self._drawn_row = -1
        self._tell()

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self._remember(theme="light" if self._theme() is DARK else "dark")
        self._change_looks()

    def show_review(self) -> None:
        """Show what was recorded; in a block without feedback ask first."""
        if self._review is not None and self._review.isVisible():
            self._open_review()
        else:
            self._unless_hidden("review", self._open_review)

    def _open_review(self) -> None:
        if self._review is None or not self._review.isVisible():
            self._review = ReviewWindow(sessions_dir(self._settings), self._settings, self._saved)
            self._review.choices.looks_changed.connect(self._change_looks)
            self._review.show()
        self._review.raise_()
        self._review.activateWindow()

    def show_history(self) -> None:
        """Show the sessions of all weeks; in a block without feedback ask first."""
        if self._history is not None and self._history.isVisible():
            self._open_history()
        else:
            self._unless_hidden("history", self._open_history)

    def _open_history(self) -> None:
        if self._history is None:
            self._history = HistoryWindow(sessions_dir(self._settings))
        self._history.set_looks(self._theme(), self._settings.text_scale)
        self._history.reload()
        self._history.show()
        self._history.raise_()
        self._history.activateWindow()

    def show_help(self) -> None:
        """Explain the window."""
        dialog = HelpDialog(self, HELP, self._settings.text_scale)
        safety = QtWidgets.QPushButton("Safety")
        safety.clicked.connect(self._show_safety)
        dialog.foot.insertWidget(0, safety)
        dialog.open()

    def _show_safety(self) -> None:
        scale = self._settings.text_scale
        SafetyDialog(self, self._theme(), again=True, text_scale=scale).open()

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the recording first: closing loses nothing."""
        self.closing.emit()
        self._frames.stop()
        self._words.stop()
        self._trial.stop()
        if self._review is not None:
            self._review.close()
        if self._history is not None:
            self._history.close()
        if self._recorder is not None:
            self._end_recording()
        size = (self.width(), self.height())
        normal = not self.isMaximized() and not self.isFullScreen()
        if normal and size != self._settings.window:
            self._remember(window=size)
        self._remember(maximized=self.isMaximized())
        try:
            save_settings(self._saved)
        except StoreError as error:
            self.closing_trouble = str(error)
        super().closeEvent(event)

    closing_trouble: str | None = None  # to be told in the terminal once the window is gone

    def _remember(self, **choices: Any) -> None:
        """Keep what a person chose, for now and for the next start."""
        for name, value in choices.items():
            setattr(self._settings, name, value)
            setattr(self._saved, name, value)

    # Looks

    def _theme(self) -> Theme:
        return theme_of(self._settings.theme)

    def _change_looks(self) -> None:
        self.apply_looks()
        self.looks_changed.emit()

    def apply_looks(self) -> None:
        """Dress in the colours and the text size that hold now."""
        theme, scale = self._theme(), self._settings.text_scale
        self.setStyleSheet(style_sheet(theme, scale))
        self._header.set_theme(theme)
        for row in self._rows:
            row.set_theme(theme, scale)
        if self._review is not None:
            self._review.apply_looks()
        if self._history is not None:
            self._history.set_looks(theme, scale)
        self._drawn_row = -1

    def _scale_text(self, step: int) -> None:
        low, high, by = _TEXT_STEPS
        wanted = 1.0 if step == 0 else self._settings.text_scale + step * by
        self._remember(text_scale=round(min(high, max(low, wanted)), 2))
        self._change_looks()

    def _set_span(self, span_s: float) -> None:
        self._remember(span_s=span_s)
        for row in self._rows:
            row.trace.set_span(span_s)
        self._drawn_row = -1

    def _set_scale(self, top_uv: float) -> None:
        self._remember(scale_uv=top_uv or None)
        for row in self._rows:
            row.trace.set_scale(self._settings.scale_uv)
        self._drawn_row = -1

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ QtCore.Qt.WindowState.WindowFullScreen)

    # A self-trial

    def _heed_trial(self) -> None:
        """Show what today's block of a self-trial asks for."""
        trial = self._run.trial
        trial.look_now()
        words, feedback = trial.words, trial.shown
        if words != self._trial_words or feedback != self._feedback:
            self._trial_words, self._feedback = words, feedback
            self._trial_bar.tell(words, hidden=not feedback)
            for row in self._rows:
                row.set_feedback(feedback)
            self._footer.raw.setEnabled(feedback)
            self._footer.raw.setToolTip(self._raw_tip if feedback else _NO_RAW)
            self._tell()

    def _show_all_the_same(self) -> None:
        trial = self._run.trial
        trial.look_now()
        try:
            trial.show_anyway("the dashboard")
        except StoreError as error:
            self._banner.tell(str(error))
        if self._recorder is not None and trial.now is not None:
            self._recorder.update(**trial.in_session())
            self._pipeline.mark(SHOWN_NOTE)
        self._heed_trial()

    def _unless_hidden(self, what: str, show: Callable[[], None]) -> None:
        """Show past figures; where tension is not shown only to who agrees, which is kept."""
        trial = self._run.trial
        trial.look_now()
        if trial.now is None or trial.shown:
            show()
            return

        def open_it() -> None:
            try:
                note_deviation(f"the {what}")
            except StoreError as error:
                self._banner.tell(str(error))
            show()

        do = (f"Open the {what}", "See figures, and keep that they were seen")
        self._trial_bar.ask(figures_question(trial.now, what), do, open_it)

    # The picture

    def refresh(self) -> None:
        """Bring trace and words up to this moment."""
        self._draw()
        self._tell()

    def _draw(self) -> None:
        """Draw what is new; called at the screen's rate."""
        row = self._rings.next_row
        if self._paused or row in (self._drawn_row, 0):
            return
        self._drawn_row = row
        arrived_s = self._rings.arrived_s
        rings = self._rings
        rows, tension_uv, trusted = rings.tension(self._settings.span_s)
        for k, channel in enumerate(self._rows):
            channel.draw(rows, tension_uv[:, k], trusted[:, k], rings.row_s)
        if self._settings.raw_shown:
            buckets, range_uv = rings.raw(self._rows[0].raw.span_s)
            for k, channel in enumerate(self._rows):
                channel.raw.draw(buckets, range_uv[:, :, k], rings.bucket_s)
        if self.on_frame is not None:
            self.on_frame(arrived_s)

    def _tell(self) -> None:
        """Update numbers and words."""
        status = self._pipeline.status
        info = self._pipeline.info
        if self._recorder is not None and self._recorder.error is not None:
            self._end_recording()
        if not self._paused:
            _, tension_uv, trusted = self._rings.tension(self._settings.span_s)
            self._told += 1
            sum_up = self._told % _SUM_UP_EVERY == 1
            span = span_words(self._settings.span_s)
            for k, row in enumerate(self._rows):
                if sum_up:
                    row.tell_span(tension_uv[:, k], trusted[:, k], span)
                if k < len(status.state):
                    row.tell(
                        tension_uv[:, k],
                        self._rings.row_s,
                        status.state[k],
                        status.trusted[k],
                        status.notched_hz[k],
                        status.connected,
                    )
        recording_s = None if self._recorder is None else time.monotonic() - self._record_began_s
        self._header.tell(status, info.fs_hz, recording_s, self._paused)
        raw_shown = self._settings.raw_shown and self._feedback
        self._footer.tell(self._recorder is not None, self._paused, raw_shown)
        if trouble := connection_words(status):
            self._banner.hold(trouble)
        else:
            self._banner.release()

    def _put_mark(self, text: str, sample: int) -> None:
        time_s = sample / self._pipeline.info.fs_hz
        for row in self._rows:
            row.trace.add_mark(time_s, text)

    def _end_recording(self) -> None:
        recorder, self._recorder = self._recorder, None
        assert recorder is not None
        try:
            meta = self._run.end_recording(recorder)
        except StoreError as error:
            self._banner.tell(str(error))
            self.closing_trouble = str(error)
        else:
            self._banner.tell(f"Saved {meta.duration_s:.0f} s to {recorder.folder}")


def picture(window: Dashboard, path: Path) -> bool:
    """Save what the window shows as PNG, trace and words of one moment; say whether that worked."""
    window.refresh()
    QtWidgets.QApplication.processEvents()  # new words may need laying out
    return bool(window.grab().save(str(path), "PNG"))
