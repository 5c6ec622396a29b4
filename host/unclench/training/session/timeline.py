"""Where in a program a moment lies: the clock of a session, with its pauses."""

from __future__ import annotations

from dataclasses import dataclass, field

from unclench.training.steps.step import Step


@dataclass
class Timeline:
    """Counts a session's time on the stream's samples, pauses left out.

    A step begins exactly where the one before it has ended, so nothing drifts; one that waits for a
    person ends where it is told to.
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
        """The step under way; the last one after the end."""
        return self.steps[min(self.number, len(self.steps) - 1)]

    @property
    def over(self) -> bool:
        """Whether all steps are."""
        return self.number >= len(self.steps)

    def step_s(self, sample: float) -> float:
        """Seconds into the step."""
        return max(0.0, self._active(sample) - self.step_began - self._paused_n) / self.fs_hz

    def session_s(self, sample: float) -> float:
        """Seconds since the session began."""
        return max(0.0, self._active(sample) - self.began - self._paused_all_n) / self.fs_hz

    def step_left_s(self, sample: float) -> float | None:
        """Seconds to the end of the step at most; None where it waits for a person."""
        if self.over:
            return 0.0
        if self.step.asks():
            return None
        return max(0.0, self.step.longest_s() - self.step_s(sample))

    def left_s(self, sample: float) -> float:
        """Seconds to the end at most; questions take none."""
        later = sum(step.longest_s() for step in self.steps[self.number + 1 :])
        return later + (self.step_left_s(sample) or 0.0)

    def pause(self, sample: int) -> None:
        """Stop the clock."""
        if self.paused_since is None:
            self.paused_since = sample

    def resume(self, sample: int) -> None:
        """Let it run on."""
        if self.paused_since is not None:
            self._paused_n += max(0, sample - self.paused_since)
            self._paused_all_n += max(0, sample - self.paused_since)
            self.paused_since = None

    def due(self, sample: int) -> int | None:
        """Sample at which the step has run out, if it has by `sample`."""
        if self.over or self.paused_since is not None or self.step.asks():
            return None
        end = self.step_began + self._paused_n + round(self.step.longest_s() * self.fs_hz)
        return end if sample >= end else None

    def next(self, sample: int) -> None:
        """End the step here and begin the next."""
        self.number += 1
        self.step_began = sample
        self._paused_n = 0
        if self.paused_since is not None:  # skipped while paused: the pause goes on, in the next
            self._paused_all_n += max(0, sample - self.paused_since)
            self.paused_since = sample

    def again(self, sample: int) -> None:
        """Begin the step anew here."""
        self.number -= 1
        self.next(sample)

    def _active(self, sample: float) -> float:
        return sample if self.paused_since is None else min(sample, self.paused_since)
