"""Which block a day belongs to. Only the block of the day itself is ever shown to a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from unclench.trial.plan import Deviation, Trial, Trials, load_trials, save_trials
from unclench_dsp import Band


@dataclass(frozen=True)
class Block:
    """A block of days with or without feedback."""

    number: int  # from 0
    pair: int  # from 0
    feedback: bool
    first: date
    last: date  # inclusive


@dataclass(frozen=True)
class Standing:
    """Where a trial stands on a day."""

    trial: Trial
    day: date
    state: Literal["to come", "running", "over", "stopped"]
    block: Block | None  # of the day, while the trial runs
    placed: bool = True  # True if the sensor is known to be at the trial's site

    @property
    def feedback(self) -> bool:
        """True if tension may be shown."""
        return self.block is None or self.block.feedback

    @property
    def days_left(self) -> int:
        """Number of days of this block after this day."""
        return 0 if self.block is None else (self.block.last - self.day).days

    def in_session(self, shown: bool = False) -> dict[str, Any]:
        """Return entries of session.json; `shown`: tension is shown although it should not be."""
        assert self.block is not None
        trial = {
            "planned": self.trial.planned.isoformat(),
            "block": self.block.number + 1,
            "pair": self.block.pair + 1,
            "feedback": self.block.feedback,
        }
        if shown:
            trial["shown"] = True
        return {"feedback": self.block.feedback or shown, "trial": trial}


def blocks_of(trial: Trial) -> tuple[Block, ...]:
    """Return all blocks, in the order of their days."""
    length = timedelta(days=trial.block_days)
    made = []
    for number in range(2 * trial.pairs):
        pair, second = divmod(number, 2)
        first = trial.starts + number * length
        feedback = trial.feedback_first[pair] != bool(second)
        made.append(Block(number, pair, feedback, first, first + length - timedelta(days=1)))
    return tuple(made)


def last_day(trial: Trial) -> date:
    """Return the last planned day."""
    return trial.starts + timedelta(days=2 * trial.pairs * trial.block_days - 1)


def block_on(trial: Trial, day: date) -> Block | None:
    """Return the block of a day; None outside of the trial, and after it was stopped."""
    if trial.stopped is not None and day >= trial.stopped:
        return None
    number, rest = divmod((day - trial.starts).days, trial.block_days)
    return blocks_of(trial)[number] if 0 <= number < 2 * trial.pairs and rest >= 0 else None


def standing_of(trial: Trial, day: date) -> Standing:
    """Return where a trial stands on a day."""
    block = block_on(trial, day)
    if block is not None:
        return Standing(trial, day, "running", block)
    if trial.stopped is not None and day >= trial.stopped:
        return Standing(trial, day, "stopped", None)
    return Standing(trial, day, "to come" if day < trial.starts else "over", None)


def running_now(
    sites: Collection[str | None],
    band: Band,
    virtual: bool,
    now: datetime | None = None,
) -> Standing | None:
    """Return the trial that a session on these sites in this band belongs to; None if none runs.

    Without sites it is not known where the sensors are, so a trial in this band applies.
    """
    trial = load_trials().latest
    if trial is None or (trial.band, trial.virtual) != (band, virtual):
        return None
    if sites and trial.site not in sites:
        return None
    standing = standing_of(trial, (now or datetime.now().astimezone()).date())
    return replace(standing, placed=bool(sites)) if standing.block is not None else None


def note_deviation(where: str, now: datetime | None = None) -> None:
    """Record that tension was shown in a block without feedback. Raises StoreError."""
    trials = load_trials()
    if trials.latest is None:
        return
    at = now or datetime.now().astimezone().replace(microsecond=0)
    deviation = Deviation(at=at, what=f"tension shown in {where}")
    kept = trials.latest.deviations
    trials.replace_latest(trials.latest.model_copy(update={"deviations": (*kept, deviation)}))
    save_trials(trials)


def stop(trials: Trials, day: date) -> Trial:
    """End the latest trial for good, from `day` on."""
    assert trials.latest is not None
    stopped = trials.latest.model_copy(update={"stopped": day})
    trials.replace_latest(stopped)
    return stopped
