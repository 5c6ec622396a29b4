"""The clock of a session, with its pauses: where in the program a moment is."""

from __future__ import annotations

from dataclasses import dataclass, field

from unclench.training.steps.step import Step


@dataclass
class Timeline:
    """Counts a session's time by the stream's samples, without pauses.

    A step begins exactly where the previous one ended, so nothing drifts; a step that waits for the
    person ends on request.
    """

    steps: tuple[Step, ...]
    fs_hz: float
    began: int  # sample of the stream at which the session began
    number: int = 0
    step_began: int = field(init=False)
    paused_since: int | None = None
    _paused_n: int = 0  # samples paused in this step
    _paused_all_n: int = 0  # in the session

    def __post_init__(self) -> None:
        self.step_began = self.began

    @property
    def step(self) -> Step:
        """The current step; the last one after the end."""
        return self.steps[min(self.number, len(self.steps) - 1)]

    @property
    def over(self) -> bool:
        """Whether all steps are over."""
        return self.number >= len(self.steps)

    def step_s(self, sample: float) -> float:
        """Seconds into the step."""
        return max(0.0, self._active(sample) - self.step_began - self._paused_n) / self.fs_hz

    def session_s(self, sample: float) -> float:
        """Seconds since the session began."""
        return max(0.0, self._active(sample) - self.began - self._paused_all_n) / self.fs_hz

    def step_left_s(self, sample: float) -> float | None:
        """Seconds to the end of the step at most; None if it waits for the person."""
        if self.over:
            return 0.0
        if self.step.asks():
            return None
        return max(0.0, self.step.longest_s() - self.step_s(sample))

    def left_s(self, sample: float) -> float:
        """Seconds to the end at most, without questions."""
        later = sum(step.longest_s() for step in self.steps[self.number + 1 :])
        return later + (self.step_left_s(sample) or 0.0)

    def pause(self, sample: int) -> None:
        """Stop the clock."""
        if self.paused_since is None:
            self.paused_since = sample

    def resume(self, sample: int) -> None:
        """Start the clock again."""
        if self.paused_since is not None:
            self._paused_n += max(0, sample - self.paused_since)
            self._paused_all_n += max(0, sample - self.paused_since)
            self.paused_since = None

    def due(self, sample: int) -> int | None:
        """Sample at which the step's time was over, if it is by `sample`."""
        if self.over or self.paused_since is not None or self.step.asks():
            return None
        end = self.step_began + self._paused_n + round(self.step.longest_s() * self.fs_hz)
        return end if sample >= end else None

    def next(self, sample: int) -> None:
        """End the step now and begin the next."""
        self.number += 1
        self.step_began = sample
        self._paused_n = 0
        if self.paused_since is not None:  # skipped while paused: the next step is paused, too
            self._paused_all_n += max(0, sample - self.paused_since)
            self.paused_since = sample

    def restart_step(self, sample: int) -> None:
        """Begin the step again."""
        self.number -= 1
        self.next(sample)

    def _active(self, sample: float) -> float:
        return sample if self.paused_since is None else min(sample, self.paused_since)
