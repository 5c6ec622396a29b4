"""The plan of a self-trial: fixed before its first day, and kept in one small file.

Blocks of days with and without feedback come in pairs; which of a pair comes first is drawn when
the plan is made. Because of that draw the verdict's test holds whatever else goes on: good and bad
weeks, trends, days that are like the day before.
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
    "mean_uv": "mean tension",
    "p50_uv": "median tension",
    "rest_share": "time at rest",
}
FEWEST_PAIRS, MOST_PAIRS = 6, 12  # with 5 pairs no outcome at all has p <= 0.05: 2 / 2**5 = 0.0625
PAIRS, BLOCK_DAYS = 10, 3  # two months; why so is in docs/trial.md
LONGEST_BLOCK_DAYS = 28


class Deviation(BaseModel):
    """The plan was not kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    at: AwareDatetime
    what: str  # "tension shown in the dashboard"


class Trial(BaseModel):
    """One trial. Keys of later versions are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    site: str = Field(min_length=1, max_length=80)  # as sessions name it: "Left shoulder"
    band: Band
    virtual: bool = False  # of the virtual board, to try a trial out
    measure: Measure = "mean_uv"
    starts: date
    block_days: int = Field(ge=1, le=LONGEST_BLOCK_DAYS)
    feedback_first: tuple[bool, ...] = Field(min_length=FEWEST_PAIRS, max_length=MOST_PAIRS)
    seed: int
    planned: AwareDatetime
    stopped: date | None = None  # from this day on nothing counts
    deviations: tuple[Deviation, ...] = ()

    @property
    def provenance(self) -> Provenance:
        """Of the sessions that count."""
        return Provenance.VIRTUAL if self.virtual else Provenance.BOARD

    @property
    def pairs(self) -> int:
        """How many pairs of blocks there are."""
        return len(self.feedback_first)


class Trials(BaseModel):
    """trial.json: all trials ever planned, the latest last."""

    model_config = ConfigDict(extra="allow")

    format: Literal[1] = 1
    trials: list[Trial] = Field(default_factory=list)

    @property
    def latest(self) -> Trial | None:
        """The one that runs, or ran last."""
        return self.trials[-1] if self.trials else None

    def replace_latest(self, trial: Trial) -> None:
        """Put in what has changed."""
        self.trials[-1] = trial


def make_trial(
    site: str,
    band: Band,
    starts: date,
    planned: datetime,
    *,
    measure: Measure = "mean_uv",
    block_days: int = BLOCK_DAYS,
    pairs: int = PAIRS,
    seed: int | None = None,
    virtual: bool = False,
) -> Trial:
    """Plan a trial and draw its order. Raises InputError for a plan that cannot be judged."""
    if not FEWEST_PAIRS <= pairs <= MOST_PAIRS:
        raise InputError(
            f"{pairs} pairs of blocks cannot be judged: {FEWEST_PAIRS} are the fewest with which "
            f"an effect can be told from chance, {MOST_PAIRS} the most; give a number between."
        )
    if not 1 <= block_days <= LONGEST_BLOCK_DAYS:
        raise InputError(
            f"A block of {block_days} days is not possible: give 1 to {LONGEST_BLOCK_DAYS}."
        )
    if starts < planned.date():
        raise InputError(
            f"A trial cannot begin in the past ({starts}): its order must be drawn before the "
            "first day; give today or later."
        )
    if not site.strip() or len(site) > 80:
        raise InputError("A trial needs the name of a site, of at most 80 letters.")
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
    """For each pair whether the block with feedback comes first: a fair coin, by its seed."""
    coin = random.Random(seed)
    return tuple(coin.getrandbits(1) == 1 for _ in range(pairs))


def trials_path() -> Path:
    """Where the plan lies on this system."""
    return own_dir() / "trial.json"


_FILE = OwnFile(
    Trials,
    called=tr("self-trials"),
    instead=tr("no trial runs"),
    unsaved=tr("the plan stays as it was"),
)


def load_trials(path: Path | None = None) -> Trials:
    """Read the plan; none, and a notice, where the file cannot be used."""
    return _FILE.load(path or trials_path())


def save_trials(trials: Trials, path: Path | None = None) -> None:
    """Write the plan as a whole or not at all. Raises StoreError."""
    _FILE.save(trials, path or trials_path())
