"""Two sessions side by side: what may be compared, and what the difference amounts to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unclench.report import words
from unclench.review.metrics import METRICS, Metric
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate

_CI = 2 * 1.96  # standard errors from one end of a 95 % interval to the other
CAVEAT = (
    "Electrodes that were put on anew change the numbers as well: two sessions are a hint, weeks "
    "of them an answer."
)


@dataclass(frozen=True)
class Line:
    """One figure of both sessions."""

    name: str
    one: str
    two: str
    difference: str


@dataclass(frozen=True)
class Comparison:
    """One site of both sessions."""

    site: str
    lines: tuple[Line, ...]


def pairs(one: SessionReview, two: SessionReview) -> tuple[tuple[int, int], ...]:
    """Channels of the same site in both, or none where the bands differ."""
    if why_not(one, two):
        return ()
    sites = {c.site: c.index for c in two.contexts if c.site is not None}
    return tuple((c.index, sites[c.site]) for c in one.contexts if c.site in sites)


def why_not(one: SessionReview, two: SessionReview) -> str:
    """Say why two sessions do not compare, "" if they do."""
    bands = [(r.signal.band.low_hz, r.signal.band.high_hz, r.signal.band.order) for r in (one, two)]
    if bands[0] != bands[1]:
        low, high = (f"{band[0]:g}–{band[1]:g} Hz" for band in bands)
        return (
            f"These two do not compare: the first was measured in {low}, the second in {high}, and "
            "tension of different bands are different quantities."
        )
    sites = [{c.site for c in r.contexts if c.site is not None} for r in (one, two)]
    if not sites[0] or not sites[1]:
        which = "first" if not sites[0] else "second"
        return (
            f"These two do not compare: the {which} does not say where its electrodes were, and "
            "only the same place on the body compares."
        )
    if not sites[0] & sites[1]:
        told = [words.listed(sorted(s for s in site if s)) for site in sites]
        return (
            f"These two do not compare: the first is of {told[0]}, the second of {told[1]}, and "
            "every muscle has a tension of its own."
        )
    return ""


def compare(site: str, one: Figures, two: Figures) -> Comparison:
    """Put figures of one site side by side."""
    lines = [_line(each, one, two) for each in METRICS]
    lines.append(Line("Time used", length(one.used_s), length(two.used_s), ""))
    out = [words.excluded_list(f.excluded_s) or "nothing" for f in (one, two)]
    lines.append(Line("Left out", out[0], out[1], ""))
    return Comparison(site, tuple(lines))


def _line(metric: Metric, one: Figures, two: Figures) -> Line:
    a, b = metric.estimate(one), metric.estimate(two)
    if metric.form == "uv":
        return _tension(metric.label, a, b)
    if metric.form == "share":
        return _rest(metric.label, a, b)
    first, second = (words.metric_words(metric, metric.value(each)) for each in (one, two))
    return Line(metric.label, first, second, "")


def _tension(name: str, one: Estimate | None, two: Estimate | None) -> Line:
    told = (words.uv_estimate(one), words.uv_estimate(two))
    if one is None or two is None or one.value <= 0 or two.value <= 0:
        return Line(name, *told, words.NOTHING)
    ratio = two.value / one.value
    error = _both(_log_error(one), _log_error(two))
    if error is None:
        return Line(name, *told, f"second {words.change(ratio)}; too short to say how sure")
    if abs(math.log(ratio)) < error * _CI / 2:
        return Line(name, *told, "no clear difference")
    return Line(name, *told, f"second {words.change(ratio)}")


def _rest(name: str, one: Estimate | None, two: Estimate | None) -> Line:
    told = (words.share_estimate(one), words.share_estimate(two))
    if one is None or two is None:
        return Line(name, *told, words.NOTHING)
    error = _both(_error(one), _error(two))
    points = round(100 * (two.value - one.value))
    if error is None:
        return Line(name, *told, f"{_points(points)}; too short to say how sure")
    if abs(two.value - one.value) < error * _CI / 2:
        return Line(name, *told, "no clear difference")
    return Line(name, *told, _points(points))


def _points(points: int) -> str:
    return f"second {abs(points)} points {'more' if points > 0 else 'less'}"


def _error(of: Estimate) -> float | None:
    return None if of.low is None or of.high is None else (of.high - of.low) / _CI


def _log_error(of: Estimate) -> float | None:
    if of.low is None or of.high is None or of.low <= 0:
        return None
    return math.log(of.high / of.low) / _CI


def _both(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else math.hypot(one, two)
