"""Sections on a guided session's steps, and on contractions and letting go."""

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
    excluded,
    ranged,
    share_estimate,
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
from unclench.wording import clock, length

MOST_ROWS = 12  # of contractions in a table
_ROLES: dict[PhaseRole, str] = {
    "baseline": "at rest",
    "activity": "active",
    "recovery": "letting go",
}


def steps_section(review: SessionReview) -> Section | None:
    """What each step of the program did."""
    if not review.marks.phases:
        return None
    parts: list[Part] = []
    plots: list[Plot] = []
    for context in review.contexts:
        phases = review.phase_figures(context.index)
        rows = [
            row_of(f"{p.number + 1} {p.title}", f.mean, f"{uv(f.mean.value)} µV")
            for p, f in phases
            if f.mean is not None
        ]
        if rows:
            at = context.baseline.mean_uv if context.baseline is not None else None
            title = f"{context.label}: mean tension in each step"
            frame = frame_of("steps", title, "One dot a step, with its range.", context)
            dashed = f" Dashed: {baseline_name(context)}." if at is not None else ""
            words = _roles_words(review.roles(context.index))
            plots.append(
                Plot(
                    f"{title}. {words} A dot is the mean, the bar its probable range.{dashed}",
                    draw_intervals(frame, rows, "Tension, µV", at),
                )
            )
    if plots:
        parts.append(Plots(tuple(plots)))
    parts += [_steps_table(review, c.index, c.label) for c in review.contexts]
    return section("steps", "Step by step", parts)


def contractions_section(review: SessionReview, figures: Sequence[Figures]) -> Section | None:
    """Each contraction: how strong, how long, and how long letting go took."""
    found = [(f, f.contractions) for f in figures if f.contractions]
    if not found:
        return None
    what = (
        "A contraction begins when tension passes three times the baseline for 0.3 s. "
        "Letting go is timed from its end until tension is calm again; there is no norm for it: "
        "compare with yourself."
    )
    if any(context.baseline_from == "quietest" for context in review.contexts):
        what += " No rest was measured here, so the quietest moments stand for the baseline."
    parts: list[Part] = [Words(what)]
    plots = []
    for f, contractions in found:
        recoveries = sorted(c.recovery_s for c in contractions if c.recovery_s is not None)
        if len(recoveries) >= 3:
            middle = recoveries[len(recoveries) // 2]
            title = f"{f.label}: time to let go after each contraction"
            frame = Frame(
                f"recovery{f.channel}", title, "A stem for each contraction.", f.channel, f.label
            )
            plots.append(
                Plot(
                    f"{title}. Half of them took less than {middle:.1f} s, the longest "
                    f"{recoveries[-1]:.1f} s.",
                    draw_recoveries(frame, contractions, review.duration_s),
                )
            )
    if plots:
        parts.append(Plots(tuple(plots)))
    parts += [_contractions_table(review, f, contractions) for f, contractions in found]
    return section("contractions", "Contractions and letting go", parts)


def _steps_table(review: SessionReview, channel: int, label: str) -> Table:
    rows = []
    for phase, figures in review.phase_figures(channel):
        if phase.length_s < LEAST_TOLD_S:
            continue  # a question at the end
        role = f" ({_ROLES[phase.role]})" if phase.role in _ROLES else ""
        rows.append(
            (
                f"{phase.number + 1} {phase.title}{role}",
                uv_estimate(figures.mean) if figures.mean else figures.why_not or NOTHING,
                share_estimate(figures.rest.share),
                _used(figures),
            )
        )
    head = ("Step", "Mean tension", "At rest", "Time used")
    return Table(f"{label}: tension in each step, with probable ranges", head, tuple(rows))


def _used(figures: Figures) -> str:
    whole = length(figures.span.length_s)
    if not any(s >= LEAST_TOLD_S for s in figures.excluded_s.values()):
        return f"all {whole}"
    return f"{length(figures.used_s)} of {whole}; {excluded(figures.excluded_s)}"


def _roles_words(roles: Sequence[RoleFigures]) -> str:
    """Say how activity compares with rest, and how far it came back."""
    said = []
    for role in roles:
        if role.mean is None:
            continue
        told = f"{_ROLES[role.role]} {uv(role.mean.value)} µV"
        if role.against_baseline is not None and ranged(role.against_baseline):
            told += f" ({role.against_baseline.value:.1f} times the rest)"
        said.append(told)
    return f"On average {', '.join(said)}." if said else ""


def _contractions_table(
    review: SessionReview, figures: Figures, contractions: Sequence[Contraction]
) -> Table:
    strongest = sorted(contractions, key=lambda c: -c.peak_uv)[:MOST_ROWS]
    shown = sorted(strongest, key=lambda c: c.start_s)
    reference = review.contexts[figures.channel].reference
    rows = []
    for c in shown:
        percent = f", {100 * c.peak_uv / reference.uv:.0f} % of reference" if reference else ""
        rows.append(
            (
                clock(c.start_s),
                f"{uv(c.peak_uv)} µV{percent}",
                length(c.length_s),
                length(c.recovery_s) if c.recovery_s is not None else c.recovery_why,
                f"{c.median_hz:.0f} Hz" if c.median_hz is not None else c.median_why or NOTHING,
            )
        )
    n = len(contractions)
    which = "the one contraction" if n == 1 else f"{n} contractions"
    if n > len(shown):
        which = f"the {MOST_ROWS} strongest of {which}"
    head = ("At", "Peak", "Length", "Letting go", "Median frequency")
    return Table(f"{figures.label}: {which}", head, tuple(rows))
