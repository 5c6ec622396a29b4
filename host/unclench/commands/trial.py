"""`unclench trial ...`: does seeing my tension help? Plan, today's phase, verdict."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from unclench.commands.history import making_figures, sessions_folder
from unclench.errors import InputError
from unclench.review.history import load_sittings, placements_of
from unclench.settings import Place, load_settings, sessions_dir
from unclench.training.placement.calibrations import book_path, load_book
from unclench.training.placement.sites import OWN, SITES, place_label
from unclench.translation import tr, trn
from unclench.trial.phases import last_day, standing_of, stop
from unclench.trial.plan import (
    Measure,
    Trial,
    Trials,
    load_trials,
    make_trial,
    save_trials,
    trials_path,
)
from unclench.trial.today import sessions_on
from unclench.trial.verdict import Verdict, judge
from unclench.trial.words import dashboard_words, plan_words, standing_words
from unclench_dsp import BANDS

_WIDTH = 80
MEASURES: dict[str, Measure] = {"mean": "mean_uv", "median": "p50_uv", "rest": "rest_share"}


def run_plan(
    site: str | None,
    band: str,
    measure: str,
    days: int,
    pairs: int,
    starts: datetime | None,
    virtual: bool,
) -> None:
    """Plan a trial; its order is drawn now, and revealed block by block."""
    settings, trials = load_settings(), load_trials()
    now = datetime.now().astimezone().replace(microsecond=0)
    latest = trials.latest
    if latest is not None and standing_of(latest, now.date()).state in ("to come", "running"):
        raise InputError(
            tr(
                "A trial is running until {last_day}, and only one can run at a time: wait for "
                "its end, or end it with `unclench trial stop`.",
                last_day=last_day(latest),
            )
        )
    trial = make_trial(
        _site(site, settings.places),
        BANDS[band],
        starts.date() if starts is not None else now.date() + timedelta(days=1),
        now,
        measure=MEASURES[measure],
        block_days=days,
        pairs=pairs,
        virtual=virtual,
    )
    trials.trials.append(trial)
    save_trials(trials)
    _print_wrapped([*plan_words(trial), dashboard_words(trial, settings.places)])
    click.echo(
        tr(
            "Saved in {path}. That file has the order of the blocks, too: do not look at it.",
            path=trials_path(),
        )
    )


def run_status(as_json: bool) -> None:
    """Show today's phase, how many days it lasts, and whether today's session is done."""
    settings, trial = load_settings(), _latest(load_trials())
    today = date.today()
    standing = standing_of(trial, today)
    done = None
    if standing.block is not None:
        done = sessions_on(sessions_dir(settings), trial, today)
    if as_json:
        block = standing.block
        status = {
            "state": standing.state,
            "feedback": standing.feedback,
            "block": None if block is None else block.number + 1,
            "blocks": 2 * trial.pairs,
            "days_left": standing.days_left,
            "sessions_today": done,
            "site": trial.site,
            "band": trial.band.name,
            "starts": trial.starts.isoformat(),
            "ends": last_day(trial).isoformat(),
            "deviations": len(trial.deviations),
        }
        click.echo(json.dumps(status, indent=2, ensure_ascii=False))
        return
    _print_wrapped([standing_words(standing, done), *plan_words(trial)])


def run_verdict(folder: Path | None, as_json: bool) -> None:
    """Show the result of the trial, once it is over, from the sessions in DIR."""
    trial, today = _latest(load_trials()), date.today()
    if standing_of(trial, today).state in ("to come", "running"):
        judge(trial, (), (), today)  # raises, before anything is read
    with making_figures() as progress:
        sittings, damaged = load_sittings(sessions_folder(folder), progress=progress)
    book = load_book(book_path(trial.virtual))
    verdict = judge(trial, sittings, placements_of(book, trial.site), today)
    if as_json:
        click.echo(json.dumps(_as_json(verdict), indent=2, ensure_ascii=False))
        return
    _print_wrapped([verdict.headline])
    click.echo("\n" + "\n".join(_block_lines(verdict)) + "\n")
    unread = trn(
        "{n} session could not be read and is left out.",
        "{n} sessions could not be read and are left out.",
        damaged,
    )
    _print_wrapped([*plan_words(trial), *verdict.notes, *([unread] if damaged else [])])


def run_stop() -> None:
    """End the trial for good, before its planned end."""
    trials = load_trials()
    trial, today = _latest(trials), date.today()
    if standing_of(trial, today).state not in ("to come", "running"):
        raise InputError(tr("No trial is running: there is nothing to stop."))
    stop(trials, today)
    save_trials(trials)
    click.echo(tr("The trial is stopped; its plan and its sessions are kept."))


def _latest(trials: Trials) -> Trial:
    if trials.latest is None:
        raise InputError(tr("No trial is planned: `unclench trial plan` plans one."))
    return trials.latest


def _site(asked: str | None, places: Iterable[Place]) -> str:
    """Return the site's name as sessions have it."""
    own = [place_label(place) for place in places]
    if asked is None:
        if len(own) == 1:
            return own[0]
        if own:
            raise InputError(
                tr("Give --site, the site of the trial: one of {sites}.", sites=", ".join(own))
            )
        raise InputError(tr("Give --site, the site of the trial, such as --site 'left shoulder'."))
    usual = [
        place_label(Place(channel=1, site=key, side=side))
        for key, site in SITES.items()
        if key != OWN
        for side in site.sides
    ]
    found = {name.casefold(): name for name in (*usual, *own)}
    name = found.get(asked.strip().casefold())
    if name is None:
        raise InputError(
            tr(
                "'{asked}' is not a known site: choose one of {sites}.",
                asked=asked,
                sites=", ".join(dict.fromkeys((*own, *usual))),
            )
        )
    return name


def _block_lines(verdict: Verdict) -> Iterable[str]:
    heads = tr("Block"), tr("Days"), tr("Feedback"), tr("Sessions")
    yield "{:>5}  {:<24}  {:<8}  {:>8}".format(*heads)
    for result in verdict.blocks:
        block = result.block
        days = tr("{first} to {last}", first=block.first, last=block.last)
        shown = tr("with") if block.feedback else tr("without")
        sessions = str(result.sessions) if result.sessions else tr("none")
        yield f"{block.number + 1:>5}  {days:<24}  {shown:<8}  {sessions:>8}"


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "headline": verdict.headline,
        "measure": verdict.trial.measure,
        "pairs": verdict.trial.pairs,
        "pairs_used": verdict.pairs_used,
        "effect": None if verdict.effect is None else asdict(verdict.effect),
        "p": verdict.p,
        "notes": list(verdict.notes),
        "blocks": [
            {
                "block": result.block.number + 1,
                "pair": result.block.pair + 1,
                "feedback": result.block.feedback,
                "first": result.block.first.isoformat(),
                "last": result.block.last.isoformat(),
                "sessions": result.sessions,
                "value": result.value,
            }
            for result in verdict.blocks
        ],
    }


def _print_wrapped(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        click.echo(textwrap.fill(sentence, _WIDTH, break_on_hyphens=False))
