"""The training window: from safety and placement to a session and what came of it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.bars import Banner
from unclench.desktop.helpdialog import HelpDialog
from unclench.desktop.newfolder import new_folder
from unclench.desktop.theme import style_sheet
from unclench.desktop.training.calibratepage import CalibratePage
from unclench.desktop.training.checkpage import CheckPage
from unclench.desktop.training.choices import Choices
from unclench.desktop.training.closing import Closing
from unclench.desktop.training.guide import GuidePage
from unclench.desktop.training.home import HomePage
from unclench.desktop.training.parts import Page
from unclench.desktop.training.placement import PlacementPage
from unclench.desktop.training.programlist import program_infos
from unclench.desktop.training.running import Running
from unclench.desktop.training.safety import SafetyPage
from unclench.desktop.training.summary import SummaryPage
from unclench.desktop.training.words import HELP, end_words
from unclench.desktop.trialbar import TrialBar
from unclench.errors import InputError, StoreError
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.running.run import Run
from unclench.settings import Place, Settings, sessions_dir
from unclench.training.placement.check import ITEMS, Light, SensorCheck
from unclench.training.placement.sites import place_label
from unclench.training.programs.file import (
    NamedProgram,
    find_program,
)
from unclench.training.session.outcome import Outcome
from unclench.training.session.setup import calibration_words, trained_channels
from unclench.training.session.sink import Session
from unclench.training.tags import own_tags
from unclench.trial.today import sessions_on
from unclench.trial.words import standing_words

_FIRST_PLACES = (Place(channel=1, site="shoulder", side="left"),)  # to see how it is meant
_AWAY = tuple(Light(item, "grey", "", "The sensor is away.") for item in ITEMS)
_FRAME_MS = 16
_LOOK_MS = 150
_CHECK_MS = 500


class TrainingWindow(QtWidgets.QMainWindow):
    """One page at a time, each leading to the next.

    Parameters
    ----------
    run, rings, settings
        See `Dashboard`.
    program
        To begin with, once all that it needs is there.
    out
        Session folder of that program; others go where sessions are kept.
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
        self._run, self._pipeline, self._rings = run, run.pipeline, rings
        self._settings = settings
        self.choices = Choices(settings, run.settings)
        self._wanted, self._out = program, out
        self._latest = program
        self._running: Running | None = None
        self._frame_s = time.monotonic()
        self._check = SensorCheck(run.info)
        run.follow(self._check)
        self._banner = Banner()
        self._trial_bar = TrialBar()
        self._stack = QtWidgets.QStackedWidget()
        names = [name[:1].upper() + name[1:] for name in run.info.channels]
        self._safety, self._summary = SafetyPage(), SummaryPage()
        self._closing_figures = Closing(self._summary, run.review_of)
        self._placement = PlacementPage(len(names))
        self._check_page = CheckPage(names)
        self._calibrate = CalibratePage()
        self._home = HomePage(settings.sound, settings.volume)
        self._lay_out()
        self._connect()
        self.apply_looks()
        self._told_before = run.tell  # by the window that opened this one
        run.tell_to(self._banner.tell)
        self._tags, tags_trouble = own_tags()
        if tags_trouble:
            self._banner.tell(tags_trouble)
        self._frames = self._timer(_FRAME_MS, self._frame)
        self._looks = self._timer(_LOOK_MS, self._look)
        self._checks = self._timer(_CHECK_MS, self._judge)
        self._go_on()

    closing_trouble: str | None = None  # to be told in the terminal once the window is gone

    def _lay_out(self) -> None:
        self.setWindowTitle(f"unclench training – {self._pipeline.info.source}")
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
        self.choices.trouble.connect(self._banner.tell)
        self._summary.home.connect(self._show_home)
        self._summary.again.connect(self._again)
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

    # The way from page to page

    def _go_on(self) -> None:
        """Show what is needed next: safety, a place, or the program that was asked for."""
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
        names = [f"Channel {k + 1}" for k in range(len(self._pipeline.info.channels))]
        for place in self._run.places:
            if place.channel <= len(names):
                names[place.channel - 1] = place_label(place)
        self._check_page.name_channels(names)
        self._show(self._check_page)

    def _checked(self) -> None:
        if any(channel.baseline is None for channel in self._channels()):
            self._show_calibrate("")
        else:
            self._calibrated()

    def _show_calibrate(self, reason: str) -> None:
        if not self._run.places:
            self._banner.tell("A calibration belongs to a place: say first where the sensors are.")
            self._show_placement()
            return
        self._calibrate.show_reason(reason)
        self._show(self._calibrate)

    def _calibrated(self) -> None:
        """After a calibration, or without one: the program that was asked for, or home."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self._is_ready(wanted):
            self._begin(wanted)
        else:
            self._show_home()

    def _show_home(self) -> None:
        self._wanted = None
        self._tell_trial()
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
            self._banner.tell(str(error))
        self._show_calibrate("The sensor moved, so what was measured there no longer holds.")

    # Sessions

    def _channels(self) -> tuple[Any, ...]:
        try:
            return self._run.channels()
        except InputError as error:
            self._banner.tell(str(error))
            return trained_channels(self._run.info, (), self._run.book)

    def _is_ready(self, named: NamedProgram) -> bool:
        try:
            self._run.session(named, self._channels())
        except InputError as error:
            self._banner.tell(str(error))
            return False
        return True

    def _begin_named(self, name: str) -> None:
        try:
            self._begin(find_program(name))
        except InputError as error:
            self._banner.tell(str(error))

    def _begin(self, named: NamedProgram) -> None:
        if self._pipeline.status.ended:  # which the banner says, and what to do
            self._show_home()
            return
        try:
            session = self._run.session(named, self._channels())
        except InputError as error:
            self._wanted = named
            self._show_calibrate(str(error))
            return
        folder = self._out or new_folder(sessions_dir(self._settings))
        self._out, self._wanted = None, None
        recorder = None
        try:
            recorder = self._run.record(folder, guided=self._channels())
            session.keep(recorder, named.text)
        except StoreError as error:
            self._banner.tell(f"{error} The session goes on without being kept.")
        self._follow(named, session, recorder)

    def _begin_calibration(self, name: str) -> None:
        if self._pipeline.status.ended:
            self._show_home()
            return
        named = find_program(name)
        self._follow(named, self._run.session(named, self._channels(), fresh=True), None)

    def _follow(self, named: NamedProgram, session: Session, recorder: Recorder | None) -> None:
        self._latest = named
        page = GuidePage(named.program.title, self._channels(), self._tags, self._settings.sound)
        page.set_looks(self.choices.theme, self._settings.text_scale)
        page.sound.connect(self.choices.toggle_sound)
        page.theme_wanted.connect(self.choices.toggle_theme)
        page.full_screen_wanted.connect(self._toggle_full_screen)
        self._running = Running(
            self._run, self._rings, session, recorder, page, self._tags, self.choices.synth
        )
        self._running.trouble.connect(self._banner.tell)
        self._running.over.connect(self._session_over)
        self._stack.addWidget(page)
        self._trial_bar.hide()  # the page has its own
        self._show(page)

    def _tell_trial(self) -> None:
        standing = self._run.standing()
        if standing is not None:
            done = sessions_on(sessions_dir(self._settings), standing.trial, standing.day)
            self._trial_bar.tell(standing_words(standing, done), hidden=False)
        else:
            self._trial_bar.hide()

    def _session_over(self) -> None:
        running, self._running = self._running, None
        assert running is not None
        outcome = running.finish()
        self._stack.removeWidget(running.page)
        running.page.deleteLater()
        assert self._latest is not None
        if outcome is None:
            self._show_home()
        elif self._latest.name.startswith("calibrate-") and self._latest.shipped:
            entries = self._keep_calibration(outcome)
            for note in outcome.notes:
                self._banner.tell(note)
            if entries or outcome.state == "done":
                self._calibrated()
            else:
                self._show_home()
        else:
            self._tell_trial()
            marked = tuple(running.marked)
            self._closing_figures.begin(outcome, running.folder, marked, running.feedback)
            self._show(self._summary)

    def _keep_calibration(self, outcome: Outcome) -> bool:
        """Keep what was measured; say whether anything was."""
        try:
            return bool(self._run.keep_calibration(outcome))
        except StoreError as error:
            self._banner.tell(str(error))
            return True

    def _again(self) -> None:
        if self._latest is not None:
            self._begin(self._latest)

    # Timers

    def _timer(self, interval_ms: int, slot: Any) -> QtCore.QTimer:
        timer = QtCore.QTimer(self)
        timer.setTimerType(QtCore.Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        timer.start(interval_ms)
        return timer

    def _frame(self) -> None:
        now_s = time.monotonic()
        elapsed_s, self._frame_s = now_s - self._frame_s, now_s
        if self._running is not None:
            self._running.frame()
        elif self._stack.currentWidget() is self._check_page:
            self._check_page.tick(elapsed_s)

    def _look(self) -> None:
        status = self._pipeline.status
        if self._running is not None:
            if status.ended:
                self._running.session.end()
            self._running.look()
        if status.ended:
            self._banner.hold(end_words(status))
        elif not status.connected and not status.ended and self._running is None:
            self._banner.hold(f"The sensor is away ({status.why}).")
        else:
            self._banner.release()
        if self._stack.currentWidget() is self._check_page:
            interference = self._check.interference(self._check_page.channel)
            self._check_page.show_interference(interference if status.connected else None)

    def _judge(self) -> None:
        if self._stack.currentWidget() is self._check_page:
            for k in range(len(self._pipeline.info.channels)):
                here = self._pipeline.status.connected
                self._check_page.show_lights(k, self._check.result(k) if here else _AWAY)

    # Choices and looks

    def _show_sound(self, on: bool) -> None:
        self._home.show_sound(on)
        if self._running is not None:
            self._running.page.show_sound(on)

    def apply_looks(self) -> None:
        """Dress in the colours and the text size that hold now."""
        theme, scale = self.choices.theme, self._settings.text_scale
        self.setStyleSheet(style_sheet(theme, scale))
        for page in self._pages():
            page.set_looks(theme, scale)
        if self._running is not None:
            self._running.page.set_looks(theme, scale)

    def page(self) -> Page:
        """The page that is shown."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def _show_help(self) -> None:
        HelpDialog(self, HELP, self._settings.text_scale).open()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ QtCore.Qt.WindowState.WindowFullScreen)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """A session that runs is ended and kept: closing loses nothing."""
        for timer in (self._frames, self._looks, self._checks):
            timer.stop()
        running, self._running = self._running, None
        if running is not None:
            running.trouble.connect(self._closing)
            running.finish()
        self._pipeline.remove_sink(self._check)
        self._run.tell = self._told_before
        self._closing_figures.close()
        self.choices.close()
        if not self.isMaximized() and not self.isFullScreen():
            self.choices.remember(window=(self.width(), self.height()))
        super().closeEvent(event)

    def _closing(self, trouble: str) -> None:
        self.closing_trouble = trouble
