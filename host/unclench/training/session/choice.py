"""When a session's own baseline differs clearly from the calibration: which of the two holds?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from unclench.store.events.event import BaselineMeasured
from unclench.training.placement.values import TrainedChannel
from unclench.training.steps.step import Question
from unclench.translation import tr

MOVED, TENSE = "moved", "tense"
"""Answers: the sensor was moved since the calibration; the muscle is still tense."""
_CHOICES = {MOVED: tr("The sensor was moved"), TENSE: tr("I am still tense")}


@dataclass(frozen=True)
class Choice:
    """One channel's two baselines. Without an answer, the session's own holds."""

    number: int  # of the channel among those trained, from 0
    calibrated: TrainedChannel
    measured: TrainedChannel
    payload: BaselineMeasured

    @property
    def question(self) -> Question:
        """What the person is asked."""
        return Question(
            tr(
                "{label} now rests at {now_uv:.1f} µV; its calibration says {before_uv:.1f} µV.",
                label=self.payload.channel,
                now_uv=self.payload.mean_uv,
                before_uv=self.payload.before_uv,
            ),
            tr(
                "If the sensor was moved, this session uses what it measured, and the calibration "
                "ends. If you are still tense, the calibration stays in use."
            ),
            "choice",
            choices=_CHOICES,
        )

    def decided(self, answer: str) -> tuple[TrainedChannel, BaselineMeasured]:
        """Return the channel as it continues, and the event."""
        if answer == TENSE:
            return self.calibrated, replace(self.payload, kept_uv=self.payload.before_uv)
        return self.measured, self.payload
