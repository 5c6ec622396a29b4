"""Two sessions side by side: what can be compared, and how large the difference is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from unclench.report import words
from unclench.review.metrics import METRICS, Metric, above
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.translation import tr, trn
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate

_CI = 2 * 1.96  # standard errors from one end of a 95 % interval to the other
_UNCLEAR = tr("no clear difference")
CAVEAT = tr(
    "Reapplied electrodes change the numbers, too: two sessions are only a hint; look at several "
    "weeks for an answer."
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
    """Pair the channels of the same site; none if the sessions cannot be compared."""
    if mismatch(one, two):
        return ()
    sites = {c.site: c.index for c in two.contexts if c.site is not None}
    return tuple((c.index, sites[c.site]) for c in one.contexts if c.site in sites)


def mismatch(one: SessionReview, two: SessionReview) -> str:
    """Say why two sessions cannot be compared; "" if they can."""
    bands = [(r.signal.band.low_hz, r.signal.band.high_hz, r.signal.band.order) for r in (one, two)]
    if bands[0] != bands[1]:
        first, second = (f"{band[0]:g}–{band[1]:g} Hz" for band in bands)
        return tr(
            "These sessions cannot be compared: the first uses the band {first}, the second "
            "{second}. Tension depends on the band: compare sessions of one band.",
            first=first,
            second=second,
        )
    sites = [{c.site for c in r.contexts if c.site is not None} for r in (one, two)]
    if not sites[0] or not sites[1]:
        if not sites[0]:
            return tr(
                "These sessions cannot be compared: the first does not say where its electrodes "
                "were. Choose sessions that name the same site."
            )
        return tr(
            "These sessions cannot be compared: the second does not say where its electrodes were. "
            "Choose sessions that name the same site."
        )
    if not sites[0] & sites[1]:
        first, second = (words.listed(sorted(s for s in site if s)) for site in sites)
        return tr(
            "These sessions cannot be compared: the first is of {first}, the second of {second}. "
            "Every muscle has its own tension: choose sessions of the same site.",
            first=first,
            second=second,
        )
    return ""


def compare(site: str, one: Figures, two: Figures) -> Comparison:
    """Put figures of one site side by side."""
    lines = [_line(each, one, two) for each in METRICS]
    lines.append(Line(tr("Time used"), length(one.used_s), length(two.used_s), ""))
    out = [words.excluded_list(f.excluded_s) or tr("nothing") for f in (one, two)]
    lines.append(Line(tr("Excluded"), out[0], out[1], ""))
    return Comparison(site, tuple(lines))


def _line(metric: Metric, one: Figures, two: Figures) -> Line:
    a, b = metric.estimate(one), metric.estimate(two)
    if metric.form == "uv":
        return _tension(metric, one, two)
    if metric.form == "share":
        return _rest(metric.label, a, b)
    first, second = (words.metric_words(metric, metric.value(each)) for each in (one, two))
    return Line(metric.label, first, second, "")


def _tension(metric: Metric, first: Figures, second: Figures) -> Line:
    """Compare a tension: above the noise floor where that is known and seen in both."""
    name, (one, two) = metric.label, (metric.estimate(each) for each in (first, second))
    shown = (words.uv_estimate(one), words.uv_estimate(two))
    one_above, two_above = above(metric, first), above(metric, second)
    if one_above is not None and two_above is not None:
        if not (one_above.seen and two_above.seen):
            return Line(name, *shown, words.BELOW)
        one, two = one_above.estimate, two_above.estimate
    if one is None or two is None or one.value <= 0 or two.value <= 0:
        return Line(name, *shown, words.NOTHING)
    ratio = two.value / one.value
    error = _both(_log_error(one), _log_error(two))
    if error is not None and abs(math.log(ratio)) < error * _CI / 2:
        return Line(name, *shown, _UNCLEAR)
    difference = tr("second {change}", change=words.change(ratio))
    return Line(name, *shown, difference if error is not None else _unsure(difference))


def _rest(name: str, one: Estimate | None, two: Estimate | None) -> Line:
    shown = (words.share_estimate(one), words.share_estimate(two))
    if one is None or two is None:
        return Line(name, *shown, words.NOTHING)
    error = _both(_error(one), _error(two))
    points = round(100 * (two.value - one.value))
    if error is not None and abs(two.value - one.value) < error * _CI / 2:
        return Line(name, *shown, _UNCLEAR)
    difference = _points(points)
    return Line(name, *shown, difference if error is not None else _unsure(difference))


def _points(points: int) -> str:
    if points > 0:
        return trn("second {n} point more", "second {n} points more", points)
    return trn("second {n} point less", "second {n} points less", -points)


def _unsure(difference: str) -> str:
    return tr("{difference}; too short for a confidence interval", difference=difference)


def _error(of: Estimate) -> float | None:
    return None if of.low is None or of.high is None else (of.high - of.low) / _CI


def _log_error(of: Estimate) -> float | None:
    if of.low is None or of.high is None or of.low <= 0:
        return None
    return math.log(of.high / of.low) / _CI


def _both(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else math.hypot(one, two)
