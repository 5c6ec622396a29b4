"""Sessions of the training window, one at a time: begins and keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyqtgraph.Qt import QtCore

from unclench.desktop.newfolder import new_folder
from unclench.desktop.training.choices import Choices
from unclench.desktop.training.guide import GuidePage
from unclench.desktop.training.running import Running
from unclench.errors import InputError, StoreError
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.running.run import Run
from unclench.settings import sessions_dir
from unclench.training.placement.values import TrainedChannel
from unclench.training.programs.file import NamedProgram, find_program
from unclench.training.session.outcome import Outcome
from unclench.training.session.setup import trained_channels
from unclench.training.session.sink import Session
from unclench.training.tags import own_tags
from unclench.translation import tr


@dataclass(frozen=True)
class Finished:
    """A finished session."""

    running: Running
    named: NamedProgram
    outcome: Outcome | None  # None: no signal came

    @property
    def calibrates(self) -> bool:
        """Whether it was a calibration."""
        return self.named.name.startswith("calibrate-") and self.named.shipped


class Sessions(QtCore.QObject):
    """Begins sessions, passes their page on, and reports their end.

    Parameters
    ----------
    run, rings
        Started.
    choices
        Looks and sounds of the window.
    out
        Folder of the first session; later ones go to the sessions folder.
    """

    begun = QtCore.pyqtSignal(object)  # the page to show
    over = QtCore.pyqtSignal(object)  # Finished
    trouble = QtCore.pyqtSignal(str)  # a sentence; a running session continues

    def __init__(
        self, run: Run, rings: DisplayRings, choices: Choices, out: Path | None = None
    ) -> None:
        super().__init__()
        self._run, self._rings, self._choices, self._out = run, rings, choices, out
        self.running: Running | None = None
        self.latest: NamedProgram | None = None
        self._tags = own_tags(keep=True)

    def channels(self) -> tuple[TrainedChannel, ...]:
        """Return the trained channels; the first channel if the sites do not fit the board."""
        try:
            return self._run.channels()
        except InputError as error:
            self.trouble.emit(str(error))
            return trained_channels(self._run.info, (), self._run.book)

    def check(self, named: NamedProgram) -> None:
        """Raise InputError if a program still needs something."""
        self._run.session(named, self.channels())

    def begin(self, named: NamedProgram) -> None:
        """Begin a program and record it. Raises InputError if it still needs something."""
        session = self._run.session(named, self.channels())
        folder = self._out or new_folder(sessions_dir(self._choices.settings))
        self._out = None
        recorder = None
        try:
            recorder = self._run.record(folder, guided=self.channels())
            session.keep(recorder, named.text)
        except StoreError as error:
            self.trouble.emit(tr("{error} The session continues, but is not kept.", error=error))
        self._follow(named, session, recorder)

    def begin_calibration(self, name: str) -> None:
        """Begin a shipped calibration program."""
        named = find_program(name)
        self._follow(named, self._run.session(named, self.channels(), fresh=True), None)

    def keep_calibration(self, outcome: Outcome) -> bool:
        """Keep what was measured; return whether anything was."""
        try:
            return bool(self._run.keep_calibration(outcome))
        except StoreError as error:
            self.trouble.emit(str(error))
            return True

    def frame(self) -> None:
        """Move the running session; called at the screen's rate."""
        if self.running is not None:
            self.running.frame()

    def poll(self) -> None:
        """Follow the running session; called a few times a second."""
        if self.running is not None:
            if self._run.pipeline.status.ended:
                self.running.session.end()
            self.running.poll()

    def close(self) -> None:
        """End and keep the running session."""
        running, self.running = self.running, None
        if running is not None:
            running.finish()

    def _follow(self, named: NamedProgram, session: Session, recorder: Recorder | None) -> None:
        self.latest = named
        choices, settings = self._choices, self._choices.settings
        page = GuidePage(named.program.title, self.channels(), self._tags, settings.sound)
        page.set_looks(choices.theme, settings.text_scale)
        page.sound.connect(choices.toggle_sound)
        page.theme_wanted.connect(choices.toggle_theme)
        self.running = Running(
            self._run, self._rings, session, recorder, page, self._tags, choices.synth
        )
        self.running.trouble.connect(self.trouble)
        self.running.over.connect(self._end)
        self.begun.emit(page)

    def _end(self) -> None:
        running, self.running = self.running, None
        assert running is not None
        assert self.latest is not None
        self.over.emit(Finished(running, self.latest, running.finish()))
