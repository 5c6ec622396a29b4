"""A running session in the window: its page, its sounds and its tags."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from pyqtgraph.Qt import QtCore

from unclench.desktop.training.guide import GuidePage, TraceRows
from unclench.errors import StoreError
from unclench.live.recorder import Recorder
from unclench.live.rings import DisplayRings
from unclench.live.words import removed_words
from unclench.running.run import Run
from unclench.running.trialnow import TrialNow
from unclench.store.events.event import Event, Noted, TagEnded
from unclench.store.events.words import text_of
from unclench.training.session.outcome import Outcome
from unclench.training.session.sink import Session
from unclench.training.session.snapshot import Snapshot
from unclench.training.sound import Synth
from unclench.training.tags import Tag, TagBoard
from unclench.translation import tr
from unclench.trial.words import SHOWN_NOTE

_SPAN_S = 60.0
_PATIENCE_S = 1.0  # without a signal, before the page says so
_SOFT = 0.4  # of the bell's volume, between the parts of a step


class Running(QtCore.QObject):
    """Connects a session to its page.

    Parameters
    ----------
    run, rings
        Started.
    session
        New, not on the stream yet.
    recorder
        Records it, if it is kept.
    page
        Shows it.
    tags
        The person's own tags.
    synth
        Makes its sounds.
    """

    over = QtCore.pyqtSignal()
    trouble = QtCore.pyqtSignal(str)  # a sentence; the session continues

    def __init__(
        self,
        run: Run,
        rings: DisplayRings,
        session: Session,
        recorder: Recorder | None,
        page: GuidePage,
        tags: tuple[Tag, ...],
        synth: Synth,
    ) -> None:
        super().__init__()
        self._run, self._pipeline = run, run.pipeline
        self._rings = rings
        self.session = session
        self._recorder = recorder
        self.folder: Path | None = recorder.folder if recorder is not None else None
        self.page = page
        self._board = TagBoard(tags, run.info.fs_hz)
        self._synth = synth
        self._trial = TrialNow(run.standing)  # its own: another window can show tension anyway
        self._snapshot: Snapshot | None = None
        self._step = self._part = 0
        self._drawn = (-1, False)
        self._began_s = time.monotonic()
        self._note_at = 0
        self._trouble_shown = False
        self.marked: list[str] = []
        page.pause.connect(session.toggle_pause)
        page.skip.connect(session.skip)
        page.end.connect(session.end)
        page.answer.connect(session.answer)
        page.tag.connect(self._tag)
        page.note_begun.connect(self._begin_note)
        page.note.connect(self._note)
        page.feedback_wanted.connect(self._show_anyway)
        if self._trial.words:
            page.show_trial(self._trial.words, self.feedback)
        run.follow(*([session] if recorder is None else [session, recorder]))

    @property
    def feedback(self) -> bool:
        """Whether tension is shown."""
        return self._trial.shown

    def frame(self) -> None:
        """Move pacer and trace; called at the screen's rate."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        step_s = self._step_s(snapshot)
        if snapshot.pacer is not None and snapshot.phase == "running":
            breath = snapshot.pacer.at(step_s)
            self._synth.breath(breath.part, breath.fullness)
        trace = None
        lost = snapshot.phase == "lost"
        drawn = (self._rings.next_row, lost)
        if snapshot.pacer is None and drawn != self._drawn and self.feedback:
            self._drawn = drawn
            rows, tension_uv, trusted = self._rings.tension(_SPAN_S)
            # Old rows are grey while the board is disconnected.
            shown = np.zeros_like(trusted) if lost else trusted
            trace = TraceRows(rows, tension_uv, shown, self._rings.row_s)
        self.page.tick(step_s, trace)

    def _removed(self) -> str:
        """What is removed from the trained channels now, in words."""
        now = self._pipeline.status
        trained = self.session.trained if now.connected else ()
        known = [k for k in trained if k < len(now.state) and now.trusted[k]]
        hearts = [heart for k in known if (heart := now.heart[k]) is not None]
        hearts.sort(key=lambda heart: heart.bpm is None)
        return removed_words(
            [line for k in known for line in now.removed[k]], hearts[0] if hearts else None
        )

    def poll(self) -> None:
        """Follow the session; called a few times a second."""
        recorder = self._recorder
        if recorder is not None and recorder.error is not None and not self._trouble_shown:
            self._trouble_shown = True
            self.trouble.emit(
                tr("{error} The session continues, but is not kept.", error=recorder.error)
            )
        snapshot = self.session.snapshot()
        if snapshot is not None:
            self._snapshot = snapshot
            self._sound(snapshot)
            self.page.show_snapshot(snapshot, self._removed())
        elif time.monotonic() - self._began_s > _PATIENCE_S:
            self.page.show_waiting()
        if self.session.over:
            self.over.emit()

    def finish(self) -> Outcome | None:
        """End the session, if it is not over, and close the recording."""
        self._synth.mute()
        ended = self.session.ended_at
        for event in self._board.end_all(self._pipeline.sample_now() if ended is None else ended):
            self._put(event)
        if not self.session.over:
            self.session.end()
        self._pipeline.remove_sink(self.session)
        self._pipeline.catch_up()  # pending actions belong in the recording
        outcome = self.session.outcome()
        try:
            if outcome is not None and outcome.moved:
                self._run.mark_moved(outcome.moved)
            if self._recorder is not None:
                self._run.end_recording(self._recorder)
        except StoreError as error:
            if not self._trouble_shown:
                self.trouble.emit(str(error))
        return outcome

    def _step_s(self, snapshot: Snapshot) -> float:
        if snapshot.phase != "running" or not self._pipeline.true_time:
            return snapshot.step_s
        fs_hz = self._pipeline.info.fs_hz
        return snapshot.step_s + (self._pipeline.sample_now() - snapshot.sample) / fs_hz

    def _sound(self, snapshot: Snapshot) -> None:
        synth = self._synth
        if snapshot.step_number != self._step:
            self._step, self._part = snapshot.step_number, snapshot.part
            synth.bell()
        elif snapshot.part != self._part:
            self._part = snapshot.part
            synth.bell(_SOFT)
        if snapshot.phase != "running" or snapshot.pacer is None:
            synth.breath(None)
        ratio = None
        heard = self.feedback and snapshot.phase == "running" and snapshot.scoring
        if heard and snapshot.cue.action != "tense":
            pairs = zip(snapshot.tension_uv, snapshot.goal_uv, strict=True)
            ratios = [uv / goal for uv, goal in pairs if uv is not None and goal is not None]
            ratio = max(ratios, default=None)
        synth.set_tension(ratio)

    # Actions

    def _show_anyway(self) -> None:
        """Show tension in a block without feedback; session and trial record it."""
        try:
            self._trial.show_anyway("a session")
        except StoreError as error:
            self.trouble.emit(str(error))
        self.page.show_trial(self._trial.words, self.feedback)
        if self._recorder is not None:
            self._recorder.update(**self._trial.in_session())
        here = self._pipeline.sample_now()
        self.session.put(Event(here, Noted(SHOWN_NOTE)))

    def _tag(self, key: str) -> None:
        event = self._board.press(key, self._pipeline.sample_now())
        if event is not None:
            self._put(event)
        self.page.show_tags([tag.key for tag in self._board.open])

    def _begin_note(self) -> None:
        self._note_at = self._pipeline.sample_now()

    def _note(self, text: str) -> None:
        if (event := self._board.note(text, self._note_at)) is not None:
            self._put(event)

    def _put(self, event: Event) -> None:
        self.session.put(event)
        if not isinstance(event.payload, TagEnded):
            self.marked.append(text_of(event))
