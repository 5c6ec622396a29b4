"""`unclench calibrate`: rest and a reference contraction, kept until the sensor moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from unclench.commands.guided import Guided, lead, run_guided
from unclench.commands.terminalrun import terminal_run
from unclench.errors import InputError, SourceError
from unclench.running.run import Run
from unclench.running.wanted import Wanted
from unclench.settings import Place, Settings, load_settings
from unclench.sources import Source
from unclench.training.placement.calibrations import (
    StoredCalibration,
    book_path,
    load_book,
    save_book,
)
from unclench.training.placement.sites import place_label
from unclench.training.programs.file import find_program
from unclench.training.session.setup import parse_place

PROGRAMS = {"none": "calibrate-rest", "gentle": "calibrate-gentle", "maximum": "calibrate-maximum"}


def run(
    wanted: Wanted,
    places: Sequence[str],
    reference: str,
    only_list: bool,
    moved: bool,
) -> None:
    """Measure rest and a reference contraction at a place; both are kept until the sensor moves."""
    if only_list:
        for virtual in (False, True):
            _list(virtual)
        return
    chosen = [parse_place(text) for text in places]
    if moved:
        settings = load_settings()
        _moved(_known(chosen, settings))
        return
    named = find_program(PROGRAMS[reference])

    def check(source: Source, settings: Settings) -> None:
        _known(chosen, settings)
        if wanted.source == "auto" and source.board is not None:
            raise InputError(
                "No board is plugged in, and a virtual one has no muscle to calibrate: plug the "
                "board in, or say --source sim:person to try it out."
            )
        lead(source, settings)

    with terminal_run(wanted, chosen, check=check) as opened:
        guided = run_guided(opened, named, out=None, fresh=True, asks=True)
        if guided.note:
            raise SourceError(f"{guided.note} Nothing was calibrated.")
        _keep(opened, guided, wants_reference=reference != "none")


def _known(places: Sequence[Place], settings: Settings) -> Sequence[Place]:
    """The places given, or those of the settings. Raises InputError where there are none."""
    if not (known := places or settings.places):
        raise InputError(
            "A calibration belongs to a place: say where the sensor is with --place, such as "
            "1:shoulder:left."
        )
    return known


def _keep(run: Run, guided: Guided, wants_reference: bool) -> None:
    """Enter what was measured; say what was not, and what no longer holds."""
    book, virtual = run.book, run.info.virtual
    held = [entry for entry in book.calibrations if entry.moved is None]
    for entry in run.keep_calibration(guided.outcome):
        click.echo(_words(entry, virtual))
    holding = [entry for entry in book.calibrations if entry.moved is None]
    for gone in held:
        if gone not in holding:
            click.echo(f"No longer holds, as its sensor is elsewhere now: {_words(gone, virtual)}")
    missing = [
        channel.label
        for channel in guided.outcome.channels
        if channel.baseline is None or (wants_reference and channel.reference is None)
    ]
    if missing:
        why = " ".join(guided.outcome.notes)
        raise SourceError(f"Not fully calibrated: {', '.join(missing)}. {why}")


def _list(virtual: bool) -> None:
    book = load_book(book_path(virtual))
    holding = [entry for entry in book.calibrations if entry.moved is None]
    if not holding and not virtual:
        click.echo("Nothing is calibrated yet.")
    for entry in holding:
        click.echo(_words(entry, virtual))


def _moved(places: Sequence[Place]) -> None:
    moved = []
    for path in (book_path(), book_path(virtual=True)):
        book = load_book(path)
        here = [p for p in places if book.mark_moved(p, datetime.now().astimezone())]
        if here:
            save_book(book, path)
        moved += here
    for place in places:
        what = "calibrate it again before you train" if place in moved else "nothing held there"
        click.echo(f"{place_label(place)}: {what}.")


def _words(entry: StoredCalibration, virtual: bool) -> str:
    place = Place(channel=entry.channel, site=entry.site, side=entry.side)
    parts = [f"{place_label(place)} on channel {entry.channel}, {entry.band.name} band"]
    if entry.baseline is not None:
        parts.append(f"rest {entry.baseline.mean_uv:.2f} ± {entry.baseline.sd_uv:.2f} µV")
    if entry.reference is not None:
        parts.append(f"{entry.reference.strength} contraction {entry.reference.uv:.1f} µV")
    if virtual:
        parts.append("on a virtual board")
    return f"{', '.join(parts)} ({entry.created:%Y-%m-%d %H:%M})"
