"""The training window: from safety and placement to a session and its summary."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.bars import Banner
from unclench.desktop.helpdialog import HelpDialog
from unclench.desktop.theme import style_sheet
from unclench.desktop.training.calibratepage import CalibratePage
from unclench.desktop.training.checking import Checking
from unclench.desktop.training.checkpage import CheckPage
from unclench.desktop.training.choices import Choices
from unclench.desktop.training.closing import Closing
from unclench.desktop.training.guide import GuidePage
from unclench.desktop.training.home import HomePage
from unclench.desktop.training.parts import Page
from unclench.desktop.training.placement import PlacementPage
from unclench.desktop.training.programlist import program_infos
from unclench.desktop.training.safety import SafetyPage
from unclench.desktop.training.sessions import Finished, Sessions
from unclench.desktop.training.summary import SummaryPage
from unclench.desktop.training.words import HELP, end_words
from unclench.desktop.trialbar import TrialBar
from unclench.errors import InputError, StoreError
from unclench.live.rings import DisplayRings
from unclench.live.words import connection_words
from unclench.running.run import Run
from unclench.settings import Place, Settings, sessions_dir
from unclench.training.programs.file import NamedProgram, find_program
from unclench.training.session.setup import calibration_words
from unclench.translation import tr
from unclench.trial.today import sessions_on
from unclench.trial.words import standing_words
from unclench.wording import capital

_FIRST_PLACES = (Place(channel=1, site="shoulder", side="left"),)  # an example to start from
_FRAME_MS = 16
_POLL_MS = 150


class TrainingWindow(QtWidgets.QMainWindow):
    """One page at a time, each leading to the next.

    Parameters
    ----------
    run, rings, settings
        See `Dashboard`.
    program
        Begins once everything that it needs is there.
    out
        Session folder of that program; others go to the sessions folder.
    """

    def __init__(
        self,
        run: Run,
        rings: DisplayRings,
        settings: Settings,
        *,
        program: NamedProgram | None = None,
        out: Path | None = None,
    ) -> None:
        super().__init__()
        self._run, self._pipeline = run, run.pipeline
        self._settings = settings
        self.choices = Choices(settings, run.settings)
        self._sessions = Sessions(run, rings, self.choices, out)
        self._wanted = program
        self._banner = Banner()
        self._trial_bar = TrialBar()
        self._stack = QtWidgets.QStackedWidget()
        names = [capital(name) for name in run.info.channels]
        self._safety, self._summary = SafetyPage(), SummaryPage()
        self._closing_figures = Closing(self._summary, run.review_of)
        self._placement = PlacementPage(len(names))
        self._check_page = CheckPage(names)
        self._checking = Checking(run, self._check_page)
        self._calibrate = CalibratePage()
        self._home = HomePage(settings.sound, settings.volume)
        self._lay_out()
        self._connect()
        self.apply_looks()
        self._frames = self._timer(_FRAME_MS, self._frame)
        self._polls = self._timer(_POLL_MS, self._poll)
        self._go_on()

    closing_trouble: str | None = None  # printed in the terminal once the window is closed

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("unclench training – {source}", source=self._pipeline.info.source))
        page = QtWidgets.QWidget(objectName="page")
        column = QtWidgets.QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        held = QtWidgets.QVBoxLayout()
        held.setContentsMargins(12, 8, 12, 0)
        held.addWidget(self._banner)
        held.addWidget(self._trial_bar)
        column.addLayout(held)
        column.addWidget(self._stack, 1)
        for each in self._pages():
            self._stack.addWidget(each)
        self.setCentralWidget(page)
        self.resize(*self._settings.window)

    def _pages(self) -> tuple[Page, ...]:
        return (
            *(self._safety, self._placement, self._check_page, self._calibrate, self._home),
            self._summary,
        )

    def _connect(self) -> None:
        self._safety.agreed.connect(self._agree)
        self._safety.back.connect(self._show_home)
        self._placement.chosen.connect(self._place)
        self._placement.back.connect(self._show_home)
        self._check_page.next.connect(self._checked)
        self._check_page.back.connect(self._show_home)
        self._calibrate.chosen.connect(self._begin_calibration)
        self._calibrate.back.connect(self._calibrated)
        home = self._home
        home.begin.connect(self._begin_named)
        home.sensors.connect(self._show_placement)
        home.check.connect(self._show_check)
        home.calibrate.connect(lambda: self._show_calibrate(""))
        home.moved.connect(self._moved)
        home.help.connect(self._show_help)
        home.safety.connect(lambda: self._show_safety(again=True))
        home.sound_changed.connect(self.choices.set_sound)
        home.volume_changed.connect(self.choices.set_volume)
        self.choices.looks_changed.connect(self.apply_looks)
        self.choices.sound_changed.connect(self._show_sound)
        self.choices.trouble.connect(self._banner.show_news)
        self._summary.home.connect(self._show_home)
        self._summary.again.connect(self._again)
        self._sessions.begun.connect(self._show_session)
        self._sessions.over.connect(self._session_over)
        self._sessions.trouble.connect(self._banner.show_news)
        for keys, slot in (
            ("Ctrl++", lambda: self.choices.scale_text(+0.1)),
            ("Ctrl+=", lambda: self.choices.scale_text(+0.1)),
            ("Ctrl+-", lambda: self.choices.scale_text(-0.1)),
            ("Ctrl+0", lambda: self.choices.scale_text(None)),
            ("Ctrl+T", self.choices.toggle_theme),
            ("F1", self._show_help),
            ("Ctrl+Q", self.close),
            ("F11", self._toggle_full_screen),
        ):
            QtWidgets.QShortcut(QtGui.QKeySequence(keys), self, slot)

    # From page to page

    def _go_on(self) -> None:
        """Show what is needed next: safety, a site, or the requested program."""
        if self._settings.safety_read is None:
            self._show_safety(again=False)
        elif not self._run.places:
            self._show_placement()
        elif self._wanted is not None:
            self._begin(self._wanted)
        else:
            self._show_home()

    def _show(self, page: Page) -> None:
        self._stack.setCurrentWidget(page)

    def _show_safety(self, again: bool) -> None:
        self._safety.show_again(again)
        self._show(self._safety)

    def _agree(self) -> None:
        self.choices.remember(safety_read=date.today())
        self._go_on()

    def _show_placement(self) -> None:
        self._placement.show_places(self._run.places or _FIRST_PLACES)
        self._show(self._placement)

    def _place(self, places: tuple[Place, ...]) -> None:
        changed = places != self._run.places
        self._run.places = places
        self.choices.remember(places=places)
        if changed and places:
            self._show_check()
        else:
            self._show_home()

    def _show_check(self) -> None:
        self._checking.name_channels()
        self._show(self._check_page)

    def _checked(self) -> None:
        if any(channel.baseline is None for channel in self._sessions.channels()):
            self._show_calibrate("")
        else:
            self._calibrated()

    def _show_calibrate(self, reason: str) -> None:
        if not self._run.places:
            self._banner.show_news(
                tr("A calibration belongs to a site. First choose where the sensors are.")
            )
            self._show_placement()
            return
        self._calibrate.show_reason(reason)
        self._show(self._calibrate)

    def _calibrated(self) -> None:
        """Begin the requested program, if any, after a calibration or without one; else go home."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self._is_ready(wanted):
            self._begin(wanted)
        else:
            self._show_home()

    def _show_home(self) -> None:
        self._wanted = None
        self._show_trial()
        self._home.show_programs(program_infos())
        band = self._pipeline.info.settings.band
        self._home.show_places(
            [calibration_words(self._run.book, p, band) for p in self._run.places]
        )
        self._show(self._home)

    def _moved(self) -> None:
        try:
            self._run.mark_moved()
        except StoreError as error:
            self._banner.show_news(str(error))
        self._show_calibrate(tr("A sensor moved, so the calibration no longer holds."))

    # Sessions

    def _is_ready(self, named: NamedProgram) -> bool:
        try:
            self._sessions.check(named)
        except InputError as error:
            self._banner.show_news(str(error))
            return False
        return True

    def _begin_named(self, name: str) -> None:
        try:
            self._begin(find_program(name))
        except InputError as error:
            self._banner.show_news(str(error))

    def _begin(self, named: NamedProgram) -> None:
        if self._pipeline.status.ended:  # the banner says so, and what to do
            self._show_home()
            return
        self._wanted = named
        try:
            self._sessions.begin(named)
        except InputError as error:
            self._show_calibrate(str(error))
        else:
            self._wanted = None

    def _begin_calibration(self, name: str) -> None:
        if self._pipeline.status.ended:
            self._show_home()
        else:
            self._sessions.begin_calibration(name)

    def _show_session(self, page: GuidePage) -> None:
        page.full_screen_wanted.connect(self._toggle_full_screen)
        self._stack.addWidget(page)
        self._trial_bar.hide()  # the page has its own
        self._show(page)

    def _show_trial(self) -> None:
        standing = self._run.standing()
        if standing is not None:
            done = sessions_on(sessions_dir(self._settings), standing.trial, standing.day)
            self._trial_bar.show_words(standing_words(standing, done), hidden=False)
        else:
            self._trial_bar.hide()

    def _session_over(self, finished: Finished) -> None:
        running, outcome = finished.running, finished.outcome
        self._stack.removeWidget(running.page)
        running.page.deleteLater()
        if outcome is None:
            self._show_home()
        elif finished.calibrates:
            kept = self._sessions.keep_calibration(outcome)
            for note in outcome.notes:
                self._banner.show_news(note)
            if kept or outcome.state == "done":
                self._calibrated()
            else:
                self._show_home()
        else:
            self._show_trial()
            marked = tuple(running.marked)
            self._closing_figures.begin(outcome, running.folder, marked, running.feedback)
            self._show(self._summary)

    def _again(self) -> None:
        if self._sessions.latest is not None:
            self._begin(self._sessions.latest)

    # Timers

    def _timer(self, interval_ms: int, slot: Any) -> QtCore.QTimer:
        timer = QtCore.QTimer(self)
        timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        timer.start(interval_ms)
        return timer

    def _frame(self) -> None:
        self._sessions.frame()
        self._checking.frame()

    def _poll(self) -> None:
        self._sessions.poll()
        self._checking.poll()
        status = self._pipeline.status
        if status.ended:
            self._banner.hold(end_words(status))
        elif not status.connected and self._sessions.running is None:
            self._banner.hold(connection_words(status))
        else:
            self._banner.release()

    # Choices and looks

    def _show_sound(self, on: bool) -> None:
        self._home.show_sound(on)
        if self._sessions.running is not None:
            self._sessions.running.page.show_sound(on)

    def apply_looks(self) -> None:
        """Apply the current colours and text size."""
        theme, scale = self.choices.theme, self._settings.text_scale
        self.setStyleSheet(style_sheet(theme, scale))
        for page in self._pages():
            page.set_looks(theme, scale)
        if self._sessions.running is not None:
            self._sessions.running.page.set_looks(theme, scale)

    def page(self) -> Page:
        """The current page."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def _show_help(self) -> None:
        HelpDialog(self, HELP, self._settings.text_scale).open()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ QtCore.Qt.WindowState.WindowFullScreen)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End and keep a running session, so that closing loses nothing."""
        for timer in (self._frames, self._polls):
            timer.stop()
        self._sessions.trouble.connect(self._closing)
        self._sessions.close()
        self._checking.close()
        self._closing_figures.close()
        self.choices.close()
        if not self.isMaximized() and not self.isFullScreen():
            self.choices.remember(window=(self.width(), self.height()))
        super().closeEvent(event)

    def _closing(self, trouble: str) -> None:
        self.closing_trouble = trouble
