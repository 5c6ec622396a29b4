"""The plan of a self-trial: fixed before its first day, and kept in one small file.

Blocks of days with and without feedback come in pairs; the order in each pair is drawn when the
plan is made. Because of that draw the verdict's test stays valid whatever else happens: good and
bad weeks, trends, days that resemble the day before.
"""

from __future__ import annotations

import random
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from unclench.errors import InputError
from unclench.ownfile import OwnFile
from unclench.settings import own_dir
from unclench.store.provenance import Provenance
from unclench.translation import tr
from unclench_dsp import Band

Measure = Literal["mean_uv", "p50_uv", "rest_share"]
MEASURE_WORDS: dict[Measure, str] = {
    "mean_uv": tr("mean tension"),
    "p50_uv": tr("median tension"),
    "rest_share": tr("time at rest"),
}
FEWEST_PAIRS, MOST_PAIRS = 6, 12  # with 5 pairs p <= 0.05 is not possible: 2 / 2**5 = 0.0625
PAIRS, BLOCK_DAYS = 10, 3  # two months; docs/trial.md says why
LONGEST_BLOCK_DAYS = 28


class Deviation(BaseModel):
    """A moment at which the plan was not followed."""

    model_config = ConfigDict(extra="allow", frozen=True)

    at: AwareDatetime
    what: str  # "tension shown in the dashboard"


class Trial(BaseModel):
    """One trial. Unknown keys of later versions are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    site: str = Field(min_length=1, max_length=80)  # as sessions name it: "Left shoulder"
    band: Band
    virtual: bool = False  # on the virtual board, to try a trial out
    measure: Measure = "mean_uv"
    starts: date
    block_days: int = Field(ge=1, le=LONGEST_BLOCK_DAYS)
    feedback_first: tuple[bool, ...] = Field(min_length=FEWEST_PAIRS, max_length=MOST_PAIRS)
    seed: int
    planned: AwareDatetime
    stopped: date | None = None  # sessions from this day on do not count
    deviations: tuple[Deviation, ...] = ()

    @property
    def provenance(self) -> Provenance:
        """Provenance of the sessions that count."""
        return Provenance.VIRTUAL if self.virtual else Provenance.BOARD

    @property
    def pairs(self) -> int:
        """Number of pairs of blocks."""
        return len(self.feedback_first)


class Trials(BaseModel):
    """trial.json: all trials that were planned, the latest last."""

    model_config = ConfigDict(extra="allow")

    format: Literal[1] = 1
    trials: list[Trial] = Field(default_factory=list)

    @property
    def latest(self) -> Trial | None:
        """The trial that runs, or ran last."""
        return self.trials[-1] if self.trials else None

    def replace_latest(self, trial: Trial) -> None:
        """Replace the latest trial by a changed copy."""
        self.trials[-1] = trial


def make_trial(
    site: str,
    band: Band,
    starts: date,
    planned: datetime,
    *,
    measure: Measure = "p50_uv",
    block_days: int = BLOCK_DAYS,
    pairs: int = PAIRS,
    seed: int | None = None,
    virtual: bool = False,
) -> Trial:
    """Plan a trial and draw its order. Raises InputError for a plan that cannot be judged."""
    if not FEWEST_PAIRS <= pairs <= MOST_PAIRS:
        raise InputError(
            tr(
                "A trial cannot have {pairs} pairs of blocks: give {fewest} to {most}. With fewer, "
                "no effect can be distinguished from chance.",
                pairs=pairs,
                fewest=FEWEST_PAIRS,
                most=MOST_PAIRS,
            )
        )
    if not 1 <= block_days <= LONGEST_BLOCK_DAYS:
        raise InputError(
            tr(
                "A block cannot have {days} days: give 1 to {most}.",
                days=block_days,
                most=LONGEST_BLOCK_DAYS,
            )
        )
    if starts < planned.date():
        raise InputError(
            tr(
                "A trial cannot begin in the past ({day}), because its order must be drawn before "
                "the first day: give today or later.",
                day=starts,
            )
        )
    if not site.strip() or len(site) > 80:
        raise InputError(
            tr(
                "'{site}' is not a valid site for a trial: give a name of 1 to 80 characters.",
                site=site,
            )
        )
    seed = secrets.randbits(32) if seed is None else seed
    return Trial(
        site=site,
        band=band,
        virtual=virtual,
        measure=measure,
        starts=starts,
        block_days=block_days,
        feedback_first=draw(seed, pairs),
        seed=seed,
        planned=planned,
    )


def draw(seed: int, pairs: int) -> tuple[bool, ...]:
    """Draw for each pair whether the block with feedback comes first, with a fair coin."""
    coin = random.Random(seed)
    return tuple(coin.getrandbits(1) == 1 for _ in range(pairs))


def trials_path() -> Path:
    """Return the path of the plan on this system."""
    return own_dir() / "trial.json"


_FILE = OwnFile(
    Trials,
    called=tr("self-trials"),
    instead=tr("no trial runs"),
    unsaved=tr("the plan stays as it was"),
)


def load_trials(path: Path | None = None) -> Trials:
    """Read the plan; empty, with a notice, if the file cannot be used."""
    return _FILE.load(path or trials_path())


def save_trials(trials: Trials, path: Path | None = None) -> None:
    """Write the plan as a whole or not at all. Raises StoreError."""
    _FILE.save(trials, path or trials_path())
