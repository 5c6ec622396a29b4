"""Does a self-trial cry wolf? Error rates on simulated people: `python -m benchmarks.trial`.

1,000 people without an effect, and as many whose tension is 15 % lower with feedback. Each follows
the default plan. Their days are like the day before (correlation 0.6), drift up or down over the
weeks, and hold no, one or several sessions. Beside the verdict, from the same sessions, the usual
way: all sessions with feedback against all without by Welch's t-test.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from scipy import special, stats

from unclench.review.history import Sitting
from unclench.store.provenance import Provenance
from unclench.store.session.summary import ChannelSummary, SessionSummary
from unclench.trial.phases import block_on, last_day
from unclench.trial.plan import BLOCK_DAYS, PAIRS, Trial, make_trial
from unclench.trial.verdict import LEVEL, judge
from unclench_dsp import WIDE

PEOPLE = 1000
EFFECT = 0.15
OTHER_PLANS = ((4, 7), (2, 12), (3, 10), (4, 12), (7, 7), (7, 12))  # days of a block, pairs
SITE = "Left shoulder"
START = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Person:
    """How tension goes from day to day, in ln uV."""

    name: str
    day_sd: float = 0.25
    alike: float = 0.6  # correlation of a day with the day before
    session_sd: float = 0.15
    drift: float = 0.0  # per week
    often: float = 1.3  # sessions a day, on average
    lasting_days: float = 0.0  # time constant with which an effect comes and goes


PERSONS = (
    Person("steady"),
    Person("getting better anyway", drift=-0.08),
    Person("days very much alike", alike=0.9, day_sd=0.35),
    Person("few sessions", often=0.5),
)
LASTING = Person("what was learned lasts", lasting_days=2.0)


def sittings_of(person: Person, trial: Trial, effect: float, seed: int) -> Iterator[Sitting]:
    """All sessions of a person; `effect` 0.15 is 15 % lower with feedback."""
    rng = np.random.default_rng(seed)
    level = person.day_sd * float(rng.standard_normal())
    shown = 0.0  # how much of the effect there is
    follows = 1.0 - math.exp(-1 / person.lasting_days) if person.lasting_days else 1.0
    fresh = person.day_sd * float(np.sqrt(1 - person.alike**2))
    for k in range((last_day(trial) - trial.starts).days + 1):
        level = person.alike * level + fresh * float(rng.standard_normal())
        at = START + timedelta(days=k)
        block = block_on(trial, at.date())
        assert block is not None
        shown += (float(block.feedback) - shown) * follows
        for n in range(int(rng.poisson(person.often))):
            log_uv = np.log(4.0) + level + person.drift * k / 7
            log_uv += person.session_sd * float(rng.standard_normal())
            log_uv += math.log(1 - effect) * shown
            yield sitting(at + timedelta(minutes=20 * n), float(np.exp(log_uv)))


def sitting(at: datetime, mean_uv: float) -> Sitting:
    """A session."""
    channel = ChannelSummary(channel="ch1", site=SITE, used_s=600.0, mean_uv=mean_uv)
    summary = SessionSummary(made_of={}, duration_s=600.0, channels=(channel,))
    return Sitting(Path(f"{at:%Y-%m-%d_%H-%M}"), at, "", "", Provenance.BOARD, WIDE, True, summary)


def welch_p(trial: Trial, sittings: list[Sitting]) -> float:
    """All sessions with against all without feedback, as if each were a measurement of its own."""
    with_it: list[float] = []
    without: list[float] = []
    for one in sittings:
        block = block_on(trial, one.at.date())
        mean_uv = one.summary.channels[0].mean_uv
        assert block is not None
        assert mean_uv is not None
        (with_it if block.feedback else without).append(float(np.log(mean_uv)))
    return float(stats.ttest_ind(with_it, without, equal_var=False).pvalue)


def planned(seed: int, block_days: int = BLOCK_DAYS, pairs: int = PAIRS) -> Trial:
    """A plan, its order drawn from a seed."""
    return make_trial(
        SITE, WIDE, START.date(), START, block_days=block_days, pairs=pairs, seed=seed
    )


def power(person: Person, block_days: int, pairs: int, people: int) -> int:
    """In how many people an effect is told."""
    hits = 0
    for seed in range(people):
        trial = planned(seed, block_days, pairs)
        sittings = list(sittings_of(person, trial, EFFECT, people + seed))
        p = judge(trial, sittings, (), date(2030, 1, 1)).p
        hits += p is not None and p <= LEVEL
    return hits


def share(hits: int, of: int) -> str:
    """Per cent with the exact (Clopper-Pearson) 95 % interval."""
    low = special.betaincinv(hits, of - hits + 1, 0.025) if hits else 0.0
    high = special.betaincinv(hits + 1, of - hits, 0.975) if hits < of else 1.0
    return f"{hits / of:6.1%} ({low:5.1%} to {high:5.1%})"


def main(people: int = PEOPLE) -> None:
    """Print the error rates."""
    print(
        f"Does seeing it help? {PAIRS} pairs of blocks of {BLOCK_DAYS} days, {people} simulated "
        f"people each, p <= {LEVEL:g}"
    )
    print(f"  {'':26}{'verdict (95 %)':26}{'Welch on sessions':26}interval holds it  no verdict")
    for effect in (0.0, EFFECT):
        what = f"{effect:.0%} lower with feedback" if effect else "no effect: each hit is false"
        print(f"  {what}")
        for person in PERSONS:
            ours = peer = covered = judged = 0
            for seed in range(people):
                trial = planned(seed)
                sittings = list(sittings_of(person, trial, effect, people + seed))
                verdict = judge(trial, sittings, (), date(2030, 1, 1))
                peer += welch_p(trial, sittings) <= LEVEL
                if verdict.p is None or verdict.effect is None:
                    continue
                judged += 1
                ours += verdict.p <= LEVEL
                low, high = verdict.effect.low, verdict.effect.high
                assert low is not None
                assert high is not None
                covered += low <= 1 - effect <= high
            print(
                f"    {person.name:24}{share(ours, people):26}{share(peer, people):26}"
                f"{covered / judged:6.1%}             {people - judged}",
                flush=True,
            )
    print(
        f"  other plans, {EFFECT:.0%} lower with feedback, {PERSONS[0].name}: power if the effect"
    )
    print(f"  {'':26}{'comes and goes at once':26}over {LASTING.lasting_days:g} days")
    for block_days, pairs in OTHER_PLANS:
        weeks = 2 * pairs * block_days / 7
        at_once, lasting = (
            share(power(person, block_days, pairs, people), people)
            for person in (PERSONS[0], LASTING)
        )
        plan = f"{pairs} pairs, {block_days} d, {weeks:.0f} weeks"
        print(f"    {plan:24}{at_once:26}{lasting}", flush=True)


if __name__ == "__main__":
    main()
