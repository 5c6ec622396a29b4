"""Figures in words: with as many digits as make sense, and with their confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from unclench.review.metrics import LEVELS, Metric, above, too_quiet, uv_number
from unclench.review.results import ChannelContext, Figures, Left, Removed, RestFigures
from unclench.store.provenance import RECORDING, Provenance
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.values import UNSEEN
from unclench.translation import tr, trn
from unclench.wording import capital, length
from unclench_dsp.abovefloor import CLEARLY
from unclench_dsp.uncertainty import Estimate

LEAST_TOLD_S = 0.05  # shorter excluded time is not named
NOTHING = "–"
BELOW = UNSEEN
_REASONS = {
    "settling": tr("settling"),
    "gap": tr("gap"),
    "no contact": tr("no contact"),
    "clipping": tr("clipping"),
    "mains hum": tr("mains hum"),
    "tone": tr("steady tone"),
    "heart": tr("heartbeat"),
    "movement": tr("movement"),
    "too quiet": tr("too quiet"),
    "too slow": tr("sampled too slowly for the band"),
}


def uv(value: float) -> str:
    """Return a tension without its unit: 2.06, 15.9, 217."""
    return uv_number(value)


def share(value: float) -> str:
    """Return a share of 0 to 1 in %, with the sign."""
    return f"{percent_of(value)} %"


def percent_of(value: float) -> str:
    """Return a share of 0 to 1 in %; 0 and 100 only if it is exactly that."""
    percent = 100 * value
    if 0 < percent < 0.05:
        return tr("under 0.1")
    if 99.95 <= percent < 100:
        return tr("over 99.9")
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


def figure_words(metric: Metric, figures: Figures) -> str:
    """Return a metric of a span; "under 1.29 µV" for a level that too quiet a time decides.

    That time is excluded, so the figure of the rest would be one of its louder part.
    """
    value = metric.value(figures)
    if metric not in LEVELS or figures.noise is None or not too_quiet(metric, figures):
        return metric_words(metric, value)
    most_uv = CLEARLY * figures.noise.value  # of each quiet moment
    if metric.key == "mean_uv" and value is not None:
        quiet_s = figures.excluded_s["too quiet"]
        most_uv = (figures.used_s * value + quiet_s * most_uv) / (figures.used_s + quiet_s)
    return tr("under {uv} µV", uv=uv(most_uv))


def metric_range(metric: Metric, figures: Figures) -> str:
    """Return a metric with its 95 % confidence interval, if it has one: "62 % (50 to 72 %)"."""
    if metric in LEVELS and too_quiet(metric, figures):
        return figure_words(metric, figures)
    found = metric.estimate(figures)
    if metric.form == "uv":
        return uv_estimate(found)
    if metric.form == "share":
        return share_estimate(found)
    return metric_words(metric, None if found is None else found.value)


def above_label(metric: Metric) -> str:
    """Return "Median tension (P50) above the noise floor"."""
    return tr("{level} above the noise floor", level=metric.label)


def above_words(metric: Metric, figures: Figures) -> str:
    """Return "1.95 µV (1.80 to 2.10)", or that the instrument cannot see it."""
    if too_quiet(metric, figures):
        return BELOW
    if figures.noise is None:
        return NOTHING if metric.value(figures) is None else tr("the noise floor is not known")
    found = above(metric, figures)
    if found is None:
        return NOTHING
    return uv_estimate(found.estimate) if found.seen else BELOW


def removed_words(removed: Removed) -> str:
    """Return a sentence: "Mains hum of 50 Hz removed (12 % of the power)."."""
    if removed.kind == "heart":
        what = tr("Heartbeat removed")
        if removed.per_min is not None:
            what = tr("Heartbeat of {per_min:.0f} a minute removed", per_min=removed.per_min)
        return _with_share(what, removed.share, tr("of the time"))
    if removed.kind == "hum":
        what = tr("Mains hum of {hz:.4g} Hz and its multiples removed", hz=removed.hz or 0.0)
    else:
        what = tr("Tone of {hz:.4g} Hz removed", hz=removed.hz or 0.0)
    return _with_share(what, removed.share, tr("of the power"))


def left_words(left: Left) -> str:
    """Return a sentence: "A tone of 73 Hz was left for 12 s: that time is excluded."."""
    seconds = length(left.seconds)
    if left.kind == "hum":
        return tr(
            "Mains hum of {hz:.0f} Hz was left for {seconds}: that time is excluded.",
            hz=left.hz,
            seconds=seconds,
        )
    return tr(
        "A tone of {hz:.0f} Hz was left for {seconds}: that time is excluded.",
        hz=left.hz,
        seconds=seconds,
    )


def treated_words(removed: Iterable[Removed], left: Iterable[Left]) -> str:
    """Return sentences on what was removed from a channel, and what was left; "" if nothing was."""
    told = (one for one in left if one.seconds >= LEAST_TOLD_S)
    return " ".join([*map(removed_words, removed), *map(left_words, told)])


def _with_share(what: str, part: float | None, of: str) -> str:
    if part is None:
        return f"{what}."
    return tr("{what} ({share} {of}).", what=what, share=share(part), of=of)


def source_words(meta: SessionMeta) -> str:
    """Return where a session's signal is from; "" for a board, the usual case."""
    origin = meta.origin
    if origin is Provenance.IMPORTED and meta.imported is not None:
        file = str(meta.imported.get("file", ""))
        return tr("imported from {file}", file=brief(file)) if file else origin.words
    if origin is Provenance.REPLAY:
        return tr("replayed recording {name}", name=brief(meta.source.removeprefix(RECORDING)))
    return origin.words


def change(ratio: float) -> str:
    """Return a ratio as a change: 30 % higher, 2.3 times as high, the same."""
    percent = 100 * (ratio - 1)
    if abs(percent) < 0.5:
        return tr("the same")
    if ratio >= 2:
        return tr("{ratio:.1f} times as high", ratio=ratio)
    if percent > 0:
        return tr("{percent:.0f} % higher", percent=percent)
    return tr("{percent:.0f} % lower", percent=-percent)


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
    """Return "+30 % (+12 to +51 %)"; without an interval there is no figure."""
    if estimate is None:
        return NOTHING
    if not ranged(estimate):
        return tr("too little data")
    return f"{signed(estimate.value)} %{_range(estimate, signed, ' %')}"


def ranged(estimate: Estimate | None) -> bool:
    """Return True if there is an estimate and it has a confidence interval."""
    return estimate is not None and estimate.low is not None and estimate.high is not None


def brief(typed: str, most: int = 60) -> str:
    """Return what a person typed as a name, short enough for tables and lists."""
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
    """Return "excluded: 12 s no contact, 3 s settling", or "nothing excluded"."""
    reasons = excluded_list(by_why)
    return tr("excluded: {reasons}", reasons=reasons) if reasons else tr("nothing excluded")


def excluded_list(by_why: Mapping[str, float]) -> str:
    """Return "12 s no contact, 3 s settling", the longest first, or ""."""
    named = sorted(((s, why) for why, s in by_why.items() if s >= LEAST_TOLD_S), reverse=True)
    return ", ".join(f"{length(s)} {why_words(why)}" for s, why in named)


def used_words(used_s: float, whole_s: float, by_why: Mapping[str, float]) -> str:
    """Return "All 2 min 40 s used." or "12 s of 20 s used; excluded: 8 s gap."."""
    reasons = excluded_list(by_why)
    if not reasons:
        return tr("All {whole} used.", whole=length(whole_s))
    return tr(
        "{used} of {whole} used; excluded: {reasons}.",
        used=length(used_s),
        whole=length(whole_s),
        reasons=reasons,
    )


def why_words(why: str) -> str:
    """Return the reason for excluded time as words."""
    return _REASONS.get(why, why)


def rest_moments(rest: RestFigures) -> str:
    """Return "120 moments, 3.5 a minute, longest 4.2 s"."""
    parts = [trn("{n} moment", "{n} moments", rest.gaps)]
    if rest.gaps_per_min is not None:
        parts.append(tr("{often:.1f} a minute", often=rest.gaps_per_min))
    if rest.gaps:
        parts.append(tr("longest {length}", length=length(rest.longest_s)))
    return ", ".join(parts)


def local(at: datetime) -> datetime:
    """Return a time in this computer's time zone; a damaged date as it is."""
    try:
        return at.astimezone()
    except (OverflowError, OSError):
        return at


def times(n: int) -> str:
    """Return once, twice, 3 times."""
    return {1: tr("once"), 2: tr("twice")}.get(n) or trn("{n} time", "{n} times", n)


def baseline_name(context: ChannelContext) -> str:
    """Return what a channel's baseline is: measured, or only its quietest moments."""
    if context.baseline_from == "quietest":
        return tr("the quietest moments")
    return tr("the resting baseline")


def sentence(text: str) -> str:
    """Return words as a sentence, with a capital and a full stop."""
    return capital(ended(text))


def ended(text: str) -> str:
    """Return words with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def listed(items: list[str]) -> str:
    """Return "a, b and c"."""
    if len(items) == 1:
        return items[0]
    return tr("{others} and {last}", others=", ".join(items[:-1]), last=items[-1])


def _range(estimate: Estimate, words: Callable[[float], str], unit: str = "") -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f" {interval_words(words(estimate.low), words(estimate.high) + unit)}"


def interval_words(low: str, high: str) -> str:
    """Return "(5.20 to 8.61)"."""
    return tr("({low} to {high})", low=low, high=high)
