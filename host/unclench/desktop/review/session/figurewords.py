"""A page with the figures of a span: short enough to read while the span is dragged."""

from __future__ import annotations

from html import escape

from unclench.desktop.review.trace.axes import time_words
from unclench.desktop.theme import Theme
from unclench.report import words
from unclench.review.metrics import HEADLINES, METRICS, Metric, above, of_reference, too_quiet
from unclench.review.results import ChannelContext, Contraction, Figures, Span
from unclench.translation import tr, trn
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate

_MOST_CONTRACTIONS = 12
_LEVELS_MEAN = tr(
    "Tension was below the calm level, the median and the tense level for 10, 50 and 90 % of the "
    "time used."
)


def span_words(span: Span | None, duration_s: float) -> str:
    """Name the span that the figures describe."""
    if span is None:
        return tr("The whole session, {length}", length=length(duration_s))
    fine_s = 0.1 if span.length_s < 60 else 1.0
    start, stop = (time_words(at, fine_s) for at in (span.start_s, span.stop_s))
    return tr("{start} to {stop}, {length}", start=start, stop=stop, length=length(span.length_s))


def figures_page(
    figures: Figures, context: ChannelContext, theme: Theme, head: str = "", treated: str = ""
) -> str:
    """Return a page of one channel's figures; excluded time comes first, below the heading.

    `treated` says what was removed from the signal, "" for nothing.
    """
    rows = [f"<p><b>{escape(head)}</b></p>"] if head else []
    rows.append(_used(figures))
    if figures.why_not:
        why_not = words.ended(figures.why_not)
        rows += [_line(tr("No figures: {why_not}", why_not=why_not)), _small(treated)]
        return _page(rows, theme)
    rows += [_levels(figures), _small(treated)]
    rows.append(_heading(tr("At rest")) + _rest(figures, context))
    rows.append(_heading(tr("Sustained tension")) + _sustained(figures))
    rows.append(_heading(tr("Contractions")) + _contractions(figures.contractions))
    rows.append(_heading(tr("References")) + _against(figures, context))
    return _page(rows, theme)


def _used(figures: Figures) -> str:
    excluded = words.excluded(figures.excluded_s)
    used = length(figures.used_s)
    return _line(tr("{used} used; {excluded}.", used=used, excluded=excluded))


def _levels(figures: Figures) -> str:
    """Tabulate mean and percentiles in uV, their intervals, and % of the reference."""
    sure = words.ranged(figures.mean)
    rows = [["", "", tr("95 % interval") if sure else "", "%" if figures.percent else ""]]
    for each in METRICS:
        value = words.figure_words(each, figures)
        percent = of_reference(each, figures)
        share = "" if percent is None else f"{percent:.1f}"
        told = sure and not too_quiet(each, figures)
        rows.append(
            [each.label, value, _interval(each, each.estimate(figures)) if told else "", share]
        )
    for each in HEADLINES:
        found = above(each, figures)
        if found is not None:
            value = words.metric_words(each, found.estimate.value) if found.seen else words.BELOW
            interval = _interval(each, found.estimate) if sure and found.seen else ""
            rows.append([words.above_label(each), value, interval, ""])
    table = _grid(rows) + ("" if sure else _small(tr("Too short for confidence intervals.")))
    return table + _small(_LEVELS_MEAN) + _slope(figures.slope)


def _slope(slope: Estimate | None) -> str:
    if slope is None:
        return _line(tr("Too little data to see whether tension rises or falls."))
    uv = _signed(slope.value)
    if slope.low is None or slope.high is None:
        return _line(tr("{uv} µV a minute; too short for a confidence interval.", uv=uv))
    low, high = _signed(slope.low), _signed(slope.high)
    if slope.low * slope.high <= 0:
        trend = tr("No clear trend: {uv} µV a minute ({low} to {high}).", uv=uv, low=low, high=high)
    elif slope.value > 0:
        trend = tr("Rising: {uv} µV a minute ({low} to {high}).", uv=uv, low=low, high=high)
    else:
        trend = tr("Falling: {uv} µV a minute ({low} to {high}).", uv=uv, low=low, high=high)
    return _line(trend)


def _rest(figures: Figures, context: ChannelContext) -> str:
    rest = figures.rest
    if rest.why_not or rest.share is None:
        return _line(words.sentence(rest.why_not or tr("Too little data.")))
    if rest.gaps_per_min is None:
        moments = trn("{n} moment of rest.", "{n} moments of rest.", rest.gaps)
    else:
        moments = trn(
            "{n} moment of rest, {per_min} a minute.",
            "{n} moments of rest, {per_min} a minute.",
            rest.gaps,
            per_min=f"{rest.gaps_per_min:.1f}",
        )
    source = _named(tr("Rest"), context.baseline_why) if context.rest_measured else ""
    level = _named(tr("Rest level"), context.rest_level_why)
    return _line(moments) + _small(source) + _small(level)


def _sustained(figures: Figures) -> str:
    sustained = figures.sustained
    if sustained.limit_uv is None:
        return _line(words.sentence(sustained.limit_why or tr("No limit is set.")))
    uv, minutes = words.uv(sustained.limit_uv), f"{sustained.minutes:g}"
    if not sustained.spans:
        found = tr("Never above {uv} µV for longer than {minutes} min.", uv=uv, minutes=minutes)
    else:
        found = trn(
            "Above {uv} µV for longer than {minutes} min: once, for {total}.",
            "Above {uv} µV for longer than {minutes} min: {n} times, {total} in total.",
            len(sustained.spans),
            uv=uv,
            minutes=minutes,
            total=length(sustained.total_s),
        )
    return _line(found) + _small(_named(tr("Limit"), sustained.limit_why))


def _contractions(contractions: tuple[Contraction, ...]) -> str:
    if not contractions:
        return _line(tr("None found."))
    cells = [[tr("at"), tr("peak"), tr("length"), tr("recovery time")]]
    cells += [
        [
            time_words(c.start_s),
            f"{words.uv(c.peak_uv)} µV",
            length(c.length_s),
            length(c.recovery_s) if c.recovery_s is not None else c.recovery_why,
        ]
        for c in contractions[:_MOST_CONTRACTIONS]
    ]
    more = len(contractions) - _MOST_CONTRACTIONS
    if more <= 0:
        return _grid(cells)
    return _grid(cells) + _small(
        trn("{n} more: select a shorter span to see it.", "{n} more: select a shorter span.", more)
    )


def _against(figures: Figures, context: ChannelContext) -> str:
    baseline, reference = context.baseline, context.reference
    lines = []
    if baseline is not None:
        lines.append(tr("Resting baseline: {uv} µV.", uv=words.uv(baseline.mean_uv)))
    lines.append(context.baseline_why)
    if reference is not None:
        uv = words.uv(reference.uv)
        lines.append(tr("100 % is the reference contraction: {uv} µV.", uv=uv))
    lines.extend(
        f"{check.level}: {check.percent:.1f} %, {check.verdict} (Jonsson 1982)."
        for check in figures.limits
    )
    lines.append(figures.limits_why)
    return "".join(_line(words.sentence(line)) for line in lines if line)


# Pieces


def _interval(metric: Metric, found: Estimate | None) -> str:
    if found is None or found.low is None or found.high is None:
        return ""
    number = words.percent_of if metric.form == "share" else words.uv
    return tr("{low} to {high}", low=number(found.low), high=number(found.high))


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _grid(rows: list[list[str]]) -> str:
    """A table; its first row names the columns, its first column the rows."""
    lines = []
    for k, row in enumerate(rows):
        cells = (
            f"<td>{_styled(escape(text), k, at)}{'&nbsp;&nbsp;' if at else ''}</td>"
            for at, text in enumerate(row)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table cellspacing='0' cellpadding='2'>{''.join(lines)}</table>"


def _styled(text: str, row: int, column: int) -> str:
    if row == 0 or column == 2:
        return f"<span class='small'>{text}</span>"
    return f"<b>{text}</b>" if column == 1 else text


def _named(name: str, why: str) -> str:
    return f"{name}: {why}" if why else ""


def _line(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _small(text: str) -> str:
    return f"<p class='small'>{escape(text)}</p>" if text else ""


def _heading(text: str) -> str:
    return f"<h4>{escape(text)}</h4>"


def _page(parts: list[str], theme: Theme) -> str:
    style = (
        f"body {{ color: {theme.text}; }} p {{ margin: 2px 0 4px 0; }} "
        f"h4 {{ margin: 8px 0 2px 0; color: {theme.quiet}; font-weight: 600; }} "
        f".small {{ color: {theme.quiet}; }}"
    )
    return f"<html><head><style>{style}</style></head><body>{''.join(parts)}</body></html>"
