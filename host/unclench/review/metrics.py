"""The named figures: one table that gives every screen, page and file its numbers and labels.

`analyze`, the closing words of a session, the session list, the report, the review screen and
summary.json all use `METRICS`: a label always means the same number, and a metric that is added
here appears in all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from unclench.review.results import Figures
from unclench.translation import tr
from unclench_dsp.abovefloor import AboveFloor, above_floor, above_floor_uv
from unclench_dsp.uncertainty import Estimate

Form = Literal["uv", "share", "count", "seconds"]
"""How a value is written: a share is 0 to 1, shown in %."""


@dataclass(frozen=True)
class Metric:
    """One figure of a channel over a stretch of time.

    Attributes
    ----------
    key : str
        Its name for programs.
    label : str
        Its name for people, the same everywhere.
    head : str
        A short name, for narrow columns.
    meaning : str
        A sentence that explains it to a newcomer.
    form : Form
    of : callable
        Takes the figures of a stretch; returns the value, or None.
    needs_rest : bool
        Whether it is measured against the resting baseline.
    """

    key: str
    label: str
    head: str
    meaning: str
    form: Form
    of: Callable[[Figures], Estimate | float | None]
    needs_rest: bool = False

    def estimate(self, figures: Figures) -> Estimate | None:
        """Return the value with its 95 % confidence interval, if it has one."""
        found = self.of(figures)
        if found is None or isinstance(found, Estimate):
            return found
        return Estimate(float(found), None, None, 0)

    def value(self, figures: Figures) -> float | None:
        """Return the value alone."""
        found = self.estimate(figures)
        return None if found is None else found.value

    def plain(self, figures: Figures) -> float | int | None:
        """Return the value for JSON: a count is a whole number."""
        value = self.value(figures)
        return value if value is None or self.form != "count" else round(value)


def recoveries_s(figures: Figures) -> tuple[float, ...]:
    """Return the recovery times: after contractions, and those that steps asked for, in order."""
    times = [(c.stop_s, c.recovery_s) for c in figures.contractions if c.recovery_s is not None]
    times += [(release.start_s, release.recovery_s) for release in figures.releases]
    return tuple(recovery_s for _, recovery_s in sorted(times))


def _contractions(figures: Figures) -> float | None:
    return None if figures.mean is None else float(len(figures.contractions))


def _recovery(figures: Figures) -> float | None:
    known = recoveries_s(figures)
    return statistics.median(known) if known else None


def _longest_rest(figures: Figures) -> float | None:
    return None if figures.rest.share is None else figures.rest.longest_s


METRICS = (
    Metric(
        "p50_uv",
        tr("Median tension (P50)"),
        tr("median"),
        tr("Tension was below it for half of the time; short bursts hardly change it."),
        "uv",
        lambda figures: figures.p50,
    ),
    Metric(
        "mean_uv",
        tr("Mean tension"),
        tr("mean"),
        tr("The average tension."),
        "uv",
        lambda figures: figures.mean,
    ),
    Metric(
        "p10_uv",
        tr("Calm level (P10)"),
        "P10",
        tr("Tension was below it for 10 % of the time."),
        "uv",
        lambda figures: figures.p10,
    ),
    Metric(
        "p90_uv",
        tr("Tense level (P90)"),
        "P90",
        tr("Tension was above it for 10 % of the time."),
        "uv",
        lambda figures: figures.p90,
    ),
    Metric(
        "max_uv",
        tr("Highest tension"),
        tr("highest"),
        tr("The highest value of the tension."),
        "uv",
        lambda figures: figures.max_uv,
    ),
    Metric(
        "rest_share",
        tr("Time at rest"),
        tr("at rest"),
        tr(
            "The share of the time with tension (RMS over 0.1 s) below the rest level for 0.2 s or "
            "longer."
        ),
        "share",
        lambda figures: figures.rest.share,
        needs_rest=True,
    ),
    Metric(
        "longest_rest_s",
        tr("Longest rest"),
        tr("longest rest"),
        tr("The longest time below the rest level without a break."),
        "seconds",
        _longest_rest,
        needs_rest=True,
    ),
    Metric(
        "contractions",
        tr("Contractions"),
        tr("contractions"),
        tr(
            "How often tension rose above three times the resting baseline for 0.3 s or longer; "
            "without a baseline, three times the quietest moments."
        ),
        "count",
        _contractions,
        needs_rest=True,
    ),
    Metric(
        "recovery_s",
        tr("Recovery time"),
        tr("recovery"),
        tr(
            "The time from the end of a contraction, or from the beginning of a step that asks to "
            "let go, until the muscle is at rest again (median)."
        ),
        "seconds",
        _recovery,
        needs_rest=True,
    ),
)

_PERCENT = ("p10_uv", "p50_uv", "p90_uv")  # in the order of `Figures.percent`
LEVELS = tuple(metric for metric in METRICS if metric.form == "uv")
"""Metrics that are a tension."""
_ORDER = ("mean_uv", "p10_uv", "p50_uv", "p90_uv", "max_uv")  # in JSON
_IN_JSON = tuple(sorted(LEVELS, key=lambda level: _ORDER.index(level.key)))


HEADLINES = METRICS[:2]  # the median first
"""Levels that are shown above the noise floor, too."""

_QUANTILES = {"p10_uv": 0.1, "p50_uv": 0.5, "p90_uv": 0.9, "mean_uv": 0.5}


def above(shown: Metric, figures: Figures) -> AboveFloor | None:
    """Return a level above the noise floor; None without the level or a known noise."""
    found = shown.estimate(figures) if shown in LEVELS else None
    if found is None or figures.noise is None:
        return None
    result = above_floor(found, figures.noise)
    return replace(result, seen=result.seen and not too_quiet(shown, figures))


def too_quiet(shown: Metric, figures: Figures) -> bool:
    """Return True if so much time was too quiet that a level belongs to that time.

    It is then below what the instrument can see: the figure is one of the louder rest.
    """
    quiet_s = figures.excluded_s.get("too quiet", 0.0)
    return quiet_s > _QUANTILES.get(shown.key, 1.0) * (quiet_s + figures.used_s)


def uv_number(value: float) -> str:
    """Return a tension in uV as a number with three digits: 2.06, 15.9, 217."""
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def metric(key: str) -> Metric:
    """Return the metric of a key. Raises KeyError if there is none."""
    return {each.key: each for each in METRICS}[key]


def of_reference(shown: Metric, figures: Figures) -> float | None:
    """Return a level in % of the channel's reference contraction, if that was measured."""
    if figures.percent is None or shown.key not in _PERCENT:
        return None
    return figures.percent[_PERCENT.index(shown.key)]


def muscle_uv(tension_uv: float, noise_uv: float | None) -> float:
    """Return the muscle's part of a tension, for ratios; all of it if the noise is not known."""
    return tension_uv if noise_uv is None else above_floor_uv(tension_uv, noise_uv)


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures of a span for programs: see `unclench analyze --json`."""
    others = {each.key: each.plain(figures) for each in METRICS if each not in LEVELS}
    return {
        "used_s": figures.used_s,
        "excluded_s": dict(figures.excluded_s),
        "tension_uv": {_short(each): each.plain(figures) for each in _IN_JSON},
        "floor_uv": None if figures.noise is None else figures.noise.value,
        "tension_above_floor_uv": _above_as_json(figures),
        **others,
        "why_not": figures.why_not,
    }


def _above_as_json(figures: Figures) -> dict[str, Any]:
    """Return the keys of `tension_uv` above the noise floor, and how far they can be trusted."""
    found = {_short(each): above(each, figures) for each in _IN_JSON}
    return {
        **{key: None if level is None else level.estimate.value for key, level in found.items()},
        "interval": {
            key: None
            if level is None or level.estimate.low is None
            else [level.estimate.low, level.estimate.high]
            for key, level in found.items()
        },
        "below_floor": [
            _short(each)
            for each in _IN_JSON
            if too_quiet(each, figures) or _unseen(found[_short(each)])
        ],
    }


def _unseen(level: AboveFloor | None) -> bool:
    return level is not None and not level.seen


def _short(level: Metric) -> str:
    return level.key.removesuffix("_uv")
