"""`unclench history`: tension over weeks, and what raises it."""

from __future__ import annotations

import contextlib
import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from unclench.errors import InputError
from unclench.report.words import brief
from unclench.review.history import History, Point, Series, load_history
from unclench.review.tagweeks import TagHistory
from unclench.review.trend import Trend
from unclench.settings import load_settings, sessions_dir
from unclench.store.provenance import Provenance
from unclench.translation import tr, trn
from unclench.wording import length, printable

_WIDTH = 80
_BARS = "▁▂▃▄▅▆▇█"
_LONGEST_LINE = 24


def run(folder: Path | None, site: str | None, band: str | None, as_json: bool) -> None:
    """Show how tension changes over the sessions in DIR, and what raises it."""
    root = sessions_folder(folder)
    with making_figures() as progress:
        history = load_history(root, progress=progress)
    chosen = [s for s in history.series if _wanted(s, site, band)]
    if (site or band) and history.series and not chosen:
        there = "; ".join(series.name for series in history.series)
        asked = ", ".join(part for part in (site, band and tr("{band} band", band=band)) if part)
        raise InputError(
            tr(
                "There are no sessions of {asked} in {root}. There are: {there}.",
                asked=asked,
                root=root,
                there=there,
            )
        )
    if as_json:
        click.echo(json.dumps(_as_json(history, chosen), indent=2, ensure_ascii=False))
        return
    shown = [series for series in chosen if series.points]
    if not shown:
        click.echo(textwrap.fill(_empty(root), _WIDTH, break_on_hyphens=False))
    for k, series in enumerate(shown):
        click.echo(("\n" if k else "") + "\n".join(map(printable, _series_lines(series))))
    if any(trend.span for series in shown for trend in series.trends):
        click.echo("\n" + tr("a → b: medians of the first and of the last third of the days."))
    if history.damaged:
        click.echo("\n" + "\n".join(textwrap.wrap(printable(history.damaged_words), _WIDTH)))


def _empty(root: Path) -> str:
    return tr(
        "No sessions to compare in {root}. Train with `unclench session`, or record a site for a "
        "minute or longer, or give the folder that holds your sessions.",
        root=root,
    )


def sessions_folder(given: Path | None) -> Path:
    """Return the folder given, or that of the settings. Raises InputError."""
    if given is None:
        return sessions_dir(load_settings())
    given = given.expanduser()
    if not given.is_dir():
        raise InputError(
            tr("{folder} is not a folder: give the folder that holds your sessions.", folder=given)
        )
    return given


@contextlib.contextmanager
def making_figures() -> Iterator[Callable[[int, int], None]]:
    """Show progress while missing figures of sessions are computed; nothing for pipes."""
    console = Console(stderr=True)
    columns = (TextColumn(tr("Computing figures")), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None, visible=False)

        def progress(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, visible=True)

        yield progress


def sparkline(values: Sequence[float], longest: int = _LONGEST_LINE) -> str:
    """Draw values as blocks of eight heights, from lowest to highest; medians if there are many."""
    parts = np.array_split(np.asarray(values, float), min(longest, len(values)))
    means = [float(np.median(part)) for part in parts]
    low, high = min(means), max(means)
    steps = [0.5 if high == low else (m - low) / (high - low) for m in means]
    return "".join(_BARS[min(7, int(8 * step))] for step in steps)


def _wanted(series: Series, site: str | None, band: str | None) -> bool:
    named = site is None or series.label.casefold() == site.strip().casefold()
    return named and (band is None or series.band.name == band)


def _series_lines(series: Series) -> Iterator[str]:
    points = series.points
    n = len(points)
    yield brief(series.name, _WIDTH)
    days = tr("{first:%Y-%m-%d} to {last:%Y-%m-%d}", first=points[0].at, last=points[-1].at)
    yield trn("{n} session, {days}", "{n} sessions, {days}", n, days=days)
    for trend in series.trends:
        yield from _trend_lines(series, trend)
    for change in series.changes[-3:]:
        yield f"  {change.at:%Y-%m-%d}  {change.words}"
    yield from _tag_lines(series.tags)
    notes = list(series.notes)
    if series.too_short:
        notes.append(
            trn(
                "{n} session with less than a minute of usable signal is left out.",
                "{n} sessions with less than a minute of usable signal are left out.",
                series.too_short,
            )
        )
    for note in notes:
        yield from textwrap.wrap(note, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _trend_lines(series: Series, trend: Trend) -> Iterator[str]:
    measure, values = trend.measure, series.values(trend.measure)
    wide = max(len(each.measure.title) for each in series.trends)
    if not values:
        yield f"  {measure.title:<{wide}} " + tr("no figures")
        return
    span = trend.span or f"{measure.shown(values[-1].value)} {measure.unit}"
    line = sparkline([v.value for v in values], _WIDTH - wide - 20)
    yield f"  {measure.title:<{wide}} {span:<16} {line}"
    yield from textwrap.wrap(trend.words, _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4)


def _tag_lines(tags: Sequence[TagHistory]) -> Iterator[str]:
    if not tags:
        return
    yield "  " + tr("Which moments raise it")
    for tag in tags:
        often = tr(
            "{times}× in {sessions} of {all} sessions",
            times=tag.times,
            sessions=tag.sessions,
            all=tag.of_sessions,
        )
        weekly = f"; {tag.weekly}" if tag.weekly else ""
        text = f"{brief(tag.words)}: {tag.said}; {often}, {length(tag.during_s)}{weekly}"
        yield from textwrap.wrap(
            text, _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6, break_on_hyphens=False
        )


def _as_json(history: History, chosen: Sequence[Series]) -> dict[str, Any]:
    return {
        "folder": str(history.root),
        "sessions": history.sessions,
        "damaged": history.damaged,
        "series": [_series_json(series) for series in chosen],
    }


def _series_json(series: Series) -> dict[str, Any]:
    return {
        "label": series.label,
        "known_site": series.known_site,
        "band": asdict(series.band),
        "origin": "person" if series.origin is Provenance.BOARD else series.origin.value,
        "points": [_point_json(point) for point in series.points],
        "changes": [{"at": c.at.isoformat(), "words": c.words} for c in series.changes],
        "trends": [
            {
                "measure": trend.measure.key,
                "sessions": trend.sessions,
                "days": trend.days,
                "per_week": None if trend.per_week is None else asdict(trend.per_week),
                "sure": trend.sure,
                "words": trend.words,
            }
            for trend in series.trends
        ],
        "tags": [_tag_json(tag) for tag in series.tags],
        "too_short": series.too_short,
        "notes": list(series.notes),
    }


def _point_json(point: Point) -> dict[str, Any]:
    plain = asdict(point)
    del plain["tags"]
    return {**plain, "at": point.at.isoformat(), "folder": str(point.folder)}


def _tag_json(tag: TagHistory) -> dict[str, Any]:
    plain = asdict(tag)
    for week in plain["weeks"]:
        week["monday"] = week["monday"].isoformat()
    return {**plain, "sure": tag.sure}
