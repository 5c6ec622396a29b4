"""Sections on a guided session's steps, and on contractions and recovery."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.report.frames import frame_of, row_of
from unclench.report.parts import Part, Plot, Plots, Section, Table, Words, section
from unclench.report.plots.intervals import draw_intervals
from unclench.report.plots.small import Frame, draw_recoveries
from unclench.report.words import (
    LEAST_TOLD_S,
    NOTHING,
    baseline_name,
    ranged,
    share_estimate,
    used_words,
    uv,
    uv_estimate,
)
from unclench.review.results import (
    Contraction,
    Figures,
    PhaseRole,
)
from unclench.review.session import SessionReview
from unclench.review.stages import RoleFigures
from unclench.translation import tr, trn
from unclench.wording import clock, length

MOST_ROWS = 12  # of contractions in a table
_ROLES: dict[PhaseRole, str] = {
    "baseline": tr("at rest"),
    "activity": tr("active"),
    "recovery": tr("letting go"),
}


def steps_section(review: SessionReview) -> Section | None:
    """Return the figures of each step of the program."""
    if not review.marks.phases:
        return None
    parts: list[Part] = []
    plots: list[Plot] = []
    for context in review.contexts:
        phases = review.phase_figures(context.index)
        rows = [
            row_of(f"{p.number + 1} {p.title}", f.p50, f"{uv(f.p50.value)} µV")
            for p, f in phases
            if f.p50 is not None
        ]
        if rows:
            at = context.baseline.mean_uv if context.baseline is not None else None
            title = tr("{channel}: median tension in each step", channel=context.label)
            frame = frame_of("steps", title, tr("One dot for each step."), context)
            sentences = [
                f"{title}.",
                _roles_words(review.roles(context.index)),
                tr("Dots: medians. Bars: 95 % confidence intervals."),
            ]
            if at is not None:
                sentences.append(tr("Dashed: {levels}.", levels=baseline_name(context)))
            plots.append(
                Plot(
                    " ".join(filter(None, sentences)),
                    draw_intervals(frame, rows, tr("Tension, µV"), at),
                )
            )
    if plots:
        parts.append(Plots(tuple(plots)))
    parts += [_steps_table(review, c.index, c.label) for c in review.contexts]
    return section("steps", tr("Step by step"), parts)


def contractions_section(review: SessionReview, figures: Sequence[Figures]) -> Section | None:
    """Return each contraction: how high, how long, and its recovery time."""
    found = [(f, f.contractions) for f in figures if f.contractions]
    if not found:
        return None
    words = tr(
        "A contraction begins when tension exceeds three times the baseline for 0.3 s. Recovery "
        "time is the time from its end until the muscle is at rest again. There is no norm for "
        "it: compare with your own sessions."
    )
    if any(context.baseline_from == "quietest" for context in review.contexts):
        words += " " + tr(
            "Rest was not measured: contractions are found against the quietest moments, and there "
            "is no recovery time. A baseline step or `unclench calibrate` measures rest."
        )
    parts: list[Part] = [Words(words)]
    plots = []
    for f, contractions in found:
        recoveries = sorted(c.recovery_s for c in contractions if c.recovery_s is not None)
        if len(recoveries) >= 3:
            middle = recoveries[len(recoveries) // 2]
            title = tr("{channel}: recovery time after each contraction", channel=f.label)
            summary = tr("One line for each contraction.")
            frame = Frame(f"recovery{f.channel}", title, summary, f.channel, f.label)
            caption = tr(
                "{title}. Median {median_s:.1f} s, longest {longest_s:.1f} s.",
                title=title,
                median_s=middle,
                longest_s=recoveries[-1],
            )
            plots.append(Plot(caption, draw_recoveries(frame, contractions, review.duration_s)))
    if plots:
        parts.append(Plots(tuple(plots)))
    parts += [_contractions_table(review, f, contractions) for f, contractions in found]
    return section("contractions", tr("Contractions and recovery"), parts)


def _steps_table(review: SessionReview, channel: int, label: str) -> Table:
    rows = []
    for phase, figures in review.phase_figures(channel):
        if phase.length_s < LEAST_TOLD_S:
            continue  # a question at the end
        role = f" ({_ROLES[phase.role]})" if phase.role in _ROLES else ""
        rows.append(
            (
                f"{phase.number + 1} {phase.title}{role}",
                uv_estimate(figures.p50) if figures.p50 else figures.why_not or NOTHING,
                uv_estimate(figures.mean),
                share_estimate(figures.rest.share),
                used_words(figures.used_s, figures.span.length_s, figures.excluded_s),
            )
        )
    head = (tr("Step"), tr("Median tension"), tr("Mean tension"), tr("At rest"), tr("Time used"))
    caption = tr(
        "{channel}: tension in each step, with 95 % confidence intervals in parentheses",
        channel=label,
    )
    return Table(caption, head, tuple(rows))


def _roles_words(roles: Sequence[RoleFigures]) -> str:
    """Return the medians at rest, during activity and while letting go."""
    levels = []
    for role in roles:
        if role.median is None:
            continue
        level = f"{_ROLES[role.role]} {uv(role.median.value)} µV"
        if role.against_baseline is not None and ranged(role.against_baseline):
            ratio = role.against_baseline.value
            level = tr("{level} ({ratio:.1f} times the rest)", level=level, ratio=ratio)
        levels.append(level)
    return tr("Medians: {levels}.", levels=", ".join(levels)) if levels else ""


def _contractions_table(
    review: SessionReview, figures: Figures, contractions: Sequence[Contraction]
) -> Table:
    strongest = sorted(contractions, key=lambda c: -c.peak_uv)[:MOST_ROWS]
    shown = sorted(strongest, key=lambda c: c.start_s)
    reference = review.contexts[figures.channel].reference
    rows = []
    for c in shown:
        peak = f"{uv(c.peak_uv)} µV"
        if reference:
            percent = 100 * c.peak_uv / reference.uv
            peak = tr("{uv}, {percent:.0f} % of the reference", uv=peak, percent=percent)
        rows.append(
            (
                clock(c.start_s),
                peak,
                length(c.length_s),
                length(c.recovery_s) if c.recovery_s is not None else c.recovery_why,
                f"{c.median_hz:.0f} Hz" if c.median_hz is not None else c.median_why or NOTHING,
            )
        )
    n, channel = len(contractions), figures.label
    caption = trn("{channel}: 1 contraction", "{channel}: {n} contractions", n, channel=channel)
    if n > len(shown):
        caption = tr(
            "{channel}: the {shown} strongest of {n} contractions",
            channel=channel,
            shown=len(shown),
            n=n,
        )
    head = (tr("At"), tr("Peak"), tr("Length"), tr("Recovery time"), tr("Median frequency"))
    return Table(caption, head, tuple(rows))
