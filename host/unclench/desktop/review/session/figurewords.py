"""A page with the figures of a span: short enough to read while the span is dragged."""

from __future__ import annotations

from html import escape

from unclench.desktop.review.trace.axes import time_words
from unclench.desktop.theme import Theme
from unclench.report import words
from unclench.review.metrics import METRICS, Metric, of_reference
from unclench.review.results import ChannelContext, Contraction, Figures, Span
from unclench.wording import length
from unclench_dsp.uncertainty import Estimate

_MOST_CONTRACTIONS = 12
_LEVELS_MEAN = (
    "Tension was below the calm, middle and tense level for 10, 50 and 90 % of the time used."
)


def span_words(span: Span | None, duration_s: float) -> str:
    """Name the span that the figures describe."""
    if span is None:
        return f"The whole session, {length(duration_s)}"
    fine_s = 0.1 if span.length_s < 60 else 1.0
    start, stop = (time_words(at, fine_s) for at in (span.start_s, span.stop_s))
    return f"{start} to {stop}, {length(span.length_s)}"


def figures_page(figures: Figures, context: ChannelContext, theme: Theme, head: str = "") -> str:
    """Return a page of one channel's figures; excluded time comes first, below the heading."""
    rows = [f"<p><b>{escape(head)}</b></p>"] if head else []
    rows.append(_used(figures))
    if figures.why_not:
        rows.append(f"<p><b>No figures</b>: {escape(words.ended(figures.why_not))}</p>")
        return _page(rows, theme)
    rows.append(_levels(figures))
    rows.append(_heading("At rest") + _rest(figures, context))
    rows.append(_heading("Sustained tension") + _sustained(figures))
    rows.append(_heading("Contractions") + _contractions(figures.contractions))
    rows.append(_heading("References") + _against(figures, context))
    return _page(rows, theme)


def _used(figures: Figures) -> str:
    left_out = words.excluded(figures.excluded_s)
    return f"<p>{length(figures.used_s)} used; {escape(left_out)}.</p>"


def _levels(figures: Figures) -> str:
    """Tabulate mean and percentiles in uV, their intervals, and % of the reference."""
    sure = words.ranged(figures.mean)
    rows = [["", "", "95 % range" if sure else "", "%" if figures.percent else ""]]
    for each in METRICS:
        value = words.metric_words(each, each.value(figures))
        percent = of_reference(each, figures)
        share = "" if percent is None else f"{percent:.1f}"
        rows.append([each.label, value, _sure(each, figures) if sure else "", share])
    told = _grid(rows) + ("" if sure else _small("Too short for confidence intervals."))
    return told + _small(_LEVELS_MEAN) + _slope(figures.slope)


def _slope(slope: Estimate | None) -> str:
    if slope is None:
        return "<p>Rising or falling: too little data.</p>"
    told = f"{_signed(slope.value)} µV a minute"
    if slope.low is None or slope.high is None:
        return f"<p>{told}; too short for a confidence interval.</p>"
    way = "no clear way" if slope.low * slope.high <= 0 else ""
    way = way or ("rising" if slope.value > 0 else "falling")
    return f"<p>{way.capitalize()}: {told} ({_signed(slope.low)} to {_signed(slope.high)}).</p>"


def _rest(figures: Figures, context: ChannelContext) -> str:
    rest = figures.rest
    if rest.why_not or rest.share is None:
        return f"<p>{escape(words.sentence(rest.why_not or 'too little data'))}</p>"
    moments = f"<p>{words.counted(rest.gaps, 'moment')} of rest"
    if rest.gaps_per_min is not None:
        moments += f", {rest.gaps_per_min:.1f} a minute"
    return f"{moments}.</p>" + _small(_named("Rest level", context.rest_level_why))


def _sustained(figures: Figures) -> str:
    sustained = figures.sustained
    if sustained.limit_uv is None:
        return f"<p>{escape(words.sentence(sustained.limit_why or 'no limit is set'))}</p>"
    limit = f"{words.uv(sustained.limit_uv)} µV for longer than {sustained.minutes:g} min"
    if not sustained.spans:
        return f"<p>Never above {limit}.</p>" + _small(_named("Limit", sustained.limit_why))
    n = words.times(len(sustained.spans))
    told = f"<p>Above {limit}: {n}, {length(sustained.total_s)} in total.</p>"
    return told + _small(_named("Limit", sustained.limit_why))


def _contractions(contractions: tuple[Contraction, ...]) -> str:
    if not contractions:
        return "<p>None found.</p>"
    cells = [["at", "peak", "length", "recovery time"]]
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
    rest = _small(f"and {more} more: select a shorter span to see them") if more > 0 else ""
    return _grid(cells) + rest


def _against(figures: Figures, context: ChannelContext) -> str:
    baseline, reference = context.baseline, context.reference
    told = []
    if baseline is not None:
        told.append(f"Baseline at rest {words.uv(baseline.mean_uv)} µV.")
    told.append(context.baseline_why)
    if reference is not None:
        told.append(f"% are of the reference contraction, {words.uv(reference.uv)} µV.")
    told.extend(
        f"{check.level}: {check.percent:.1f} %, {check.verdict} (Jonsson 1982)."
        for check in figures.limits
    )
    told.append(figures.limits_why)
    return "".join(f"<p>{escape(words.sentence(line))}</p>" for line in told if line)


# Pieces


def _sure(metric: Metric, figures: Figures) -> str:
    found = metric.estimate(figures)
    if found is None or found.low is None or found.high is None:
        return ""
    low, high = (words.metric_words(metric, end).split(" ")[0] for end in (found.low, found.high))
    return f"{low} to {high}"


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
