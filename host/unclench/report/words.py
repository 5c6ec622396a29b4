"""Figures in words: as many digits as they bear, with how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from unclench.review.metrics import Metric, uv_number
from unclench.review.results import ChannelContext, Figures, RestFigures
from unclench.store.provenance import RECORDING, Provenance
from unclench.store.session.schema import SessionMeta
from unclench.wording import capital, length
from unclench_dsp.uncertainty import Estimate

LEAST_TOLD_S = 0.05  # of a time left out
NOTHING = "–"


def uv(value: float) -> str:
    """Return a tension without its unit: 2.06, 15.9, 217."""
    return uv_number(value)


def share(value: float) -> str:
    """Return a share of 0 to 1 in %, with the sign."""
    return f"{percent_of(value)} %"


def percent_of(value: float) -> str:
    """Return a share of 0 to 1 in %: one that is nearly nothing or nearly all is not called so."""
    percent = 100 * value
    if 0 < percent < 0.05:
        return "under 0.1"
    if 99.95 <= percent < 100:
        return "over 99.9"
    if 0 < percent < 0.5 or 99.5 < percent < 100:
        return f"{percent:.1f}"
    return f"{percent:.0f}"


def metric_words(metric: Metric, value: float | None) -> str:
    """Return the value of a metric with its unit: "6.81 µV", "62 %", "3", "4.2 s"."""
    if value is None:
        return NOTHING
    if metric.form == "uv":
        return f"{uv(value)} µV"
    if metric.form == "share":
        return share(value)
    return length(value) if metric.form == "seconds" else f"{value:.0f}"


def metric_range(metric: Metric, figures: Figures) -> str:
    """Return a metric with its 95 % confidence interval, where it has one: "62 % (50 to 72 %)"."""
    found = metric.estimate(figures)
    if metric.form == "uv":
        return uv_estimate(found)
    if metric.form == "share":
        return share_estimate(found)
    return metric_words(metric, None if found is None else found.value)


def source_words(meta: SessionMeta) -> str:
    """Say whose signal a session holds; nothing of a board, which is the usual."""
    origin = meta.origin
    if origin is Provenance.IMPORTED and meta.imported is not None:
        file = str(meta.imported.get("file", ""))
        return f"{origin.words} from {brief(file)}" if file else origin.words
    if origin is Provenance.REPLAY:
        return f"{origin.words} {brief(meta.source.removeprefix(RECORDING))}"
    return origin.words


def change(ratio: float) -> str:
    """Return a ratio as a change: 30 % higher."""
    percent = 100 * (ratio - 1)
    if abs(percent) < 0.5:
        return "the same"
    if ratio >= 2:
        return f"{ratio:.1f} times as high"
    return f"{abs(percent):.0f} % {'higher' if percent > 0 else 'lower'}"


def compared(ratio: float) -> str:
    """Return a ratio with what follows: 30 % higher than, 2.3 times as high as."""
    said = change(ratio)
    return f"{said} {'as' if said.endswith(('same', 'high')) else 'than'}"


def uv_estimate(estimate: Estimate | None) -> str:
    """Return "6.81 µV (5.20 to 8.61)"."""
    if estimate is None:
        return NOTHING
    return f"{uv(estimate.value)} µV{_range(estimate, uv)}"


def share_estimate(estimate: Estimate | None) -> str:
    """Return "62 % (50 to 72 %)"."""
    if estimate is None:
        return NOTHING
    return f"{share(estimate.value)}{_range(estimate, percent_of, ' %')}"


def ratio_estimate(estimate: Estimate | None) -> str:
    """Return "+30 % (+12 to +51 %)"; no effect without a range."""
    if estimate is None:
        return NOTHING
    if not ranged(estimate):
        return "too few to say"
    return f"{signed(estimate.value)} %{_range(estimate, signed, ' %')}"


def ranged(estimate: Estimate | None) -> bool:
    """Say whether an estimate is there and has its range."""
    return estimate is not None and estimate.low is not None and estimate.high is not None


def brief(typed: str, most: int = 60) -> str:
    """Return what a person typed as a name: of a length that tables and lists can bear."""
    tidy = " ".join(typed.split())
    return tidy if len(tidy) <= most else f"{tidy[: most - 1].rstrip()}…"


def signed(ratio: float) -> str:
    """Return a ratio as percent with its sign, without "%"."""
    percent = round(100 * (ratio - 1))
    return "0" if percent == 0 else f"{percent:+d}".replace("-", "−")


def change_words(value: float, decimals: int) -> str:
    """Return a number with its sign: +0.12, −0.10."""
    return f"{value:+.{decimals}f}".replace("-", "−")


def excluded(by_why: Mapping[str, float]) -> str:
    """Return "left out: 12 s no contact, 3 s settling"; what is too short to tell is not named."""
    listed = excluded_list(by_why)
    return f"left out: {listed}" if listed else "nothing left out"


def excluded_list(by_why: Mapping[str, float]) -> str:
    """Return "12 s no contact, 3 s settling", or ""."""
    told = sorted(((s, why) for why, s in by_why.items() if s >= LEAST_TOLD_S), reverse=True)
    return ", ".join(f"{length(s)} {why_words(why)}" for s, why in told)


def why_words(why: str) -> str:
    """Return a reason for time that is left out, as it is told."""
    return "sampled too slowly for the band" if why == "too slow" else why


def rest_moments(rest: RestFigures) -> str:
    """Return "120 moments (3.5 a minute), the longest 4.2 s"."""
    often = "" if rest.gaps_per_min is None else f" ({rest.gaps_per_min:.1f} a minute)"
    longest = f", the longest {length(rest.longest_s)}" if rest.gaps else ""
    return f"{counted(rest.gaps, 'moment')}{often}{longest}"


def local(at: datetime) -> datetime:
    """Return a time as this computer's clock has it; a spoilt date as it is."""
    try:
        return at.astimezone()
    except (OverflowError, OSError):
        return at


def times(n: int) -> str:
    """Return once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def baseline_name(context: ChannelContext) -> str:
    """Say what its baseline is: measured, or only the quietest time."""
    if context.baseline_from == "quietest":
        return "the quietest moments"
    return "the resting baseline"


def counted(n: int, what: str) -> str:
    """Return 1 session, 2 sessions."""
    return f"{n} {what}{'' if n == 1 else 's'}"


def sentence(text: str) -> str:
    """Return words as a sentence: a capital first and a full stop last."""
    return capital(ended(text))


def ended(text: str) -> str:
    """Return words with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def listed(items: list[str]) -> str:
    """Return "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _range(estimate: Estimate, words: Callable[[float], str], unit: str = "") -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f" ({words(estimate.low)} to {words(estimate.high)}{unit})"
