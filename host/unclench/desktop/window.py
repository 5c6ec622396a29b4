"""The dashboard window. It only shows: pipeline, rings and recorder run without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.bars import Banner, Footer, Header
from unclench.desktop.channel import ChannelRow
from unclench.desktop.channelrows import ChannelRows
from unclench.desktop.figures import FigureWindows
from unclench.desktop.helpdialog import HelpDialog
from unclench.desktop.looks import Looks
from unclench.desktop.recording import Recording
from unclench.desktop.theme import style_sheet
from unclench.desktop.training.safety import SafetyDialog
from unclench.desktop.trialbar import TrialBar
from unclench.desktop.trialwatch import TrialWatch
from unclench.desktop.words import HELP
from unclench.live.rings import DisplayRings
from unclench.live.words import connection_words, removed_words
from unclench.running.run import Run
from unclench.settings import Settings, sessions_dir
from unclench.translation import tr
from unclench.trial.words import SHOWN_NOTE
from unclench.wording import exactly

_FRAME_MS = 16
_WORDS_MS = 200
_SUM_UP_EVERY = 5  # every so many of those: slow figures are laid out less often
_NO_RAW = tr("The raw signal would show tension, and today's block is without feedback.")


class Dashboard(QtWidgets.QMainWindow):
    """Live tension, its signal's state, recording and marking.

    Parameters
    ----------
    run, rings
        Started. Only what a person changes in the window goes into the run's settings, which apply
        at the next start.
    settings
        What applies now, including command-line options.
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
        self.choices = Looks(settings, run.settings)
        self._recording = Recording(run, lambda: sessions_dir(settings))
        self._drawn_row = -1
        self._paused = False
        self._n_marks = 0
        self._n_updates = 0
        self.on_frame: Callable[[float], None] | None = (
            None  # gets the arrival time of what is drawn
        )
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
        self._trial = TrialWatch(run.trial, self._trial_bar)
        self._raw_tip = self._footer.raw.toolTip()
        self._figures = FigureWindows(self.choices, run.settings, self._trial)
        self._lay_out()
        self._connect_actions()
        self.apply_looks()
        for row in self._rows:
            row.trace.set_scale(settings.scale_uv)
        self._frames = self._timer(_FRAME_MS, self._draw)
        self._words = self._timer(_WORDS_MS, self._update_words)
        self._trial.refresh()

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
        footer.theme.clicked.connect(self.choices.toggle_theme)
        footer.help.clicked.connect(self.show_help)
        footer.train.clicked.connect(self.train_wanted)
        footer.review.clicked.connect(self._figures.show_review)
        footer.history.clicked.connect(self._figures.show_history)
        self.choices.looks_changed.connect(self._change_looks)
        self.choices.trouble.connect(self._banner.show_news)
        self._figures.looks_changed.connect(self._change_looks)
        self._trial.changed.connect(self._set_feedback)
        self._trial.shown.connect(self._note_shown)
        self._trial.trouble.connect(self._banner.show_news)
        self._recording.said.connect(self._banner.show_news)
        self._recording.failed.connect(self._remember_trouble)
        footer.span_changed.connect(self._set_span)
        footer.scale_changed.connect(self._set_scale)
        for keys, slot in (
            ("R", self.toggle_recording),
            ("M", self.mark),
            ("Shift+M", self.mark_with_note),
            ("P", self.toggle_pause),
            ("W", self.toggle_raw),
            ("T", self.choices.toggle_theme),
            ("G", self.train_wanted.emit),
            ("V", self._figures.show_review),
            ("H", self._figures.show_history),
            ("F1", self.show_help),
            ("Ctrl++", lambda: self.choices.scale_text(+0.1)),
            ("Ctrl+=", lambda: self.choices.scale_text(+0.1)),
            ("Ctrl+-", lambda: self.choices.scale_text(-0.1)),
            ("Ctrl+0", lambda: self.choices.scale_text(None)),
            ("Ctrl+Q", self.close),
            ("F11", self._toggle_full_screen),
        ):
            QtWidgets.QShortcut(QtGui.QKeySequence(keys), self, slot)

    # What a person can do

    def toggle_recording(self) -> None:
        """Start recording to a dated folder, or stop."""
        self._recording.toggle()
        self._update_words()

    def mark(self) -> None:
        """Mark this moment."""
        self._n_marks += 1
        words = tr("Marker {n}", n=self._n_marks)
        self._put_mark(words, self._pipeline.mark(words))

    def mark_with_note(self) -> None:
        """Mark this moment, then ask for a note."""
        sample = self._pipeline.sample_now()
        text, agreed = QtWidgets.QInputDialog.getText(self, tr("Mark this moment"), tr("Note:"))
        if agreed:
            self._n_marks += 1
            words = text.strip() or tr("Marker {n}", n=self._n_marks)
            self._put_mark(words, self._pipeline.mark(words, sample))

    def toggle_pause(self) -> None:
        """Freeze the display; everything else continues."""
        self._paused = not self._paused
        self._update_words()

    def toggle_raw(self) -> None:
        """Show or hide the raw traces."""
        if not self._trial.feedback:
            self._banner.show_news(_NO_RAW)
            return
        self.choices.remember(raw_shown=not self._settings.raw_shown)
        for row in self._rows:
            row.raw.setVisible(self._settings.raw_shown)
        self._drawn_row = -1
        self._update_words()

    def show_help(self) -> None:
        """Show the help page."""
        dialog = HelpDialog(self, HELP, self._settings.text_scale)
        safety = QtWidgets.QPushButton(tr("Safety"))
        safety.clicked.connect(self._show_safety)
        dialog.foot.insertWidget(0, safety)
        dialog.open()

    def _show_safety(self) -> None:
        scale = self._settings.text_scale
        SafetyDialog(self, self.choices.theme, again=True, text_scale=scale).open()

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop the recording first, so that closing loses nothing."""
        self.closing.emit()
        self._frames.stop()
        self._words.stop()
        self._trial.close()
        self._figures.close()
        self._recording.end()
        self.choices.trouble.connect(self._remember_trouble)
        size = (self.width(), self.height())
        normal = not self.isMaximized() and not self.isFullScreen()
        changed = {"window": size} if normal and size != self._settings.window else {}
        self.choices.remember(maximized=self.isMaximized(), **changed)
        super().closeEvent(event)

    closing_trouble: str | None = None  # printed in the terminal once the window is closed

    def _remember_trouble(self, trouble: str) -> None:
        self.closing_trouble = trouble

    # Looks

    def _change_looks(self) -> None:
        self.apply_looks()
        self.looks_changed.emit()

    def apply_looks(self) -> None:
        """Apply the current colours and text size."""
        theme, scale = self.choices.theme, self._settings.text_scale
        self.setStyleSheet(style_sheet(theme, scale))
        self._header.set_theme(theme)
        for row in self._rows:
            row.set_theme(theme, scale)
        self._figures.apply_looks()
        self._drawn_row = -1

    def _set_span(self, span_s: float) -> None:
        self.choices.remember(span_s=span_s)
        for row in self._rows:
            row.trace.set_span(span_s)
        self._drawn_row = -1

    def _set_scale(self, top_uv: float) -> None:
        self.choices.remember(scale_uv=top_uv or None)
        for row in self._rows:
            row.trace.set_scale(self._settings.scale_uv)
        self._drawn_row = -1

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ QtCore.Qt.WindowState.WindowFullScreen)

    # A self-trial

    def _set_feedback(self, feedback: bool) -> None:
        """Show tension, or hide it and everything derived from it."""
        for row in self._rows:
            row.set_feedback(feedback)
        self._footer.raw.setEnabled(feedback)
        self._footer.raw.setToolTip(self._raw_tip if feedback else _NO_RAW)
        self._update_words()

    def _note_shown(self) -> None:
        if self._recording.recorder is not None:
            self._recording.show_anyway()
            self._pipeline.mark(SHOWN_NOTE)

    # Drawing

    def refresh(self) -> None:
        """Bring traces and words up to date."""
        self._draw()
        self._update_words()

    def _draw(self) -> None:
        """Draw new rows; called at the screen's rate."""
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

    def _update_words(self) -> None:
        """Update numbers and words."""
        status = self._pipeline.status
        info = self._pipeline.info
        self._recording.check()
        if not self._paused:
            _, tension_uv, trusted = self._rings.tension(self._settings.span_s)
            self._n_updates += 1
            sum_up = self._n_updates % _SUM_UP_EVERY == 1
            span = exactly(self._settings.span_s)
            for k, row in enumerate(self._rows):
                if sum_up:
                    row.show_summary(tension_uv[:, k], trusted[:, k], span)
                if k < len(status.state):
                    row.show_reading(
                        tension_uv[:, k],
                        self._rings.row_s,
                        status.state[k],
                        status.trusted[k],
                        status.left_hz[k],
                        removed_words(status.removed[k], status.heart[k]),
                        status.connected,
                    )
        recording_s = self._recording.lasted_s
        self._header.show_status(status, info.fs_hz, recording_s, self._paused)
        raw_shown = self._settings.raw_shown and self._trial.feedback
        self._footer.show_switches(recording_s is not None, self._paused, raw_shown)
        if trouble := connection_words(status):
            self._banner.hold(trouble)
        else:
            self._banner.release()

    def _put_mark(self, text: str, sample: int) -> None:
        time_s = sample / self._pipeline.info.fs_hz
        for row in self._rows:
            row.trace.add_mark(time_s, text)


def picture(window: Dashboard, path: Path) -> bool:
    """Save the window as PNG, traces and words of one moment; return whether that worked."""
    window.refresh()
    QtWidgets.QApplication.processEvents()  # new words may need a new layout
    return bool(window.grab().save(str(path), "PNG"))
