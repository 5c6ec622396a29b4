"""`unclench calibrate`: baseline and reference contraction, kept until the sensor moves."""

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
from unclench.translation import tr

PROGRAMS = {"none": "calibrate-rest", "gentle": "calibrate-gentle", "maximum": "calibrate-maximum"}


def run(
    wanted: Wanted,
    places: Sequence[str],
    reference: str,
    only_list: bool,
    moved: bool,
) -> None:
    """Measure the baseline and a reference contraction; or list or forget calibrations."""
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
                tr(
                    "No board is plugged in, and the virtual board has no muscle to calibrate: "
                    "plug a board in, or add --source sim:person to try it out."
                )
            )
        lead(source, settings)

    with terminal_run(wanted, chosen, check=check) as opened:
        guided = run_guided(opened, named, out=None, fresh=True, asks=True)
        if guided.note:
            raise SourceError(tr("{note} Nothing was calibrated.", note=guided.note))
        _keep(opened, guided, wants_reference=reference != "none")


def _known(places: Sequence[Place], settings: Settings) -> Sequence[Place]:
    """Return the places given, or those of the settings. Raises InputError if there are none."""
    if not (known := places or settings.places):
        raise InputError(
            tr("A calibration belongs to a site: give it with --place, such as 1:shoulder:left.")
        )
    return known


def _keep(run: Run, guided: Guided, wants_reference: bool) -> None:
    """Keep what was measured; report what is missing and what is no longer valid."""
    book, virtual = run.book, run.info.virtual
    held = [entry for entry in book.calibrations if entry.moved is None]
    for entry in run.keep_calibration(guided.outcome):
        click.echo(_words(entry, virtual))
    holding = [entry for entry in book.calibrations if entry.moved is None]
    for gone in held:
        if gone not in holding:
            click.echo(
                tr(
                    "No longer valid, because its sensor was moved: {calibration}",
                    calibration=_words(gone, virtual),
                )
            )
    missing = [
        channel.label
        for channel in guided.outcome.channels
        if channel.baseline is None or (wants_reference and channel.reference is None)
    ]
    if missing:
        notes = " ".join(guided.outcome.notes)
        raise SourceError(
            tr("Not fully calibrated: {missing}. {notes}", missing=", ".join(missing), notes=notes)
        )


def _list(virtual: bool) -> None:
    book = load_book(book_path(virtual))
    holding = [entry for entry in book.calibrations if entry.moved is None]
    if not holding and not virtual:
        click.echo(tr("No sensor is calibrated yet."))
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
        site = place_label(place)
        click.echo(
            tr("{site}: calibrate it again before you train.", site=site)
            if place in moved
            else tr("{site}: it had no calibration.", site=site)
        )


def _words(entry: StoredCalibration, virtual: bool) -> str:
    place = Place(channel=entry.channel, site=entry.site, side=entry.side)
    parts = [
        tr(
            "{site} on channel {channel}, {band} band",
            site=place_label(place),
            channel=entry.channel,
            band=entry.band.name,
        )
    ]
    if entry.baseline is not None:
        parts.append(
            tr(
                "rest {mean_uv:.2f} ± {sd_uv:.2f} µV",
                mean_uv=entry.baseline.mean_uv,
                sd_uv=entry.baseline.sd_uv,
            )
        )
    if entry.reference is not None:
        uv = entry.reference.uv
        parts.append(
            tr("gentle contraction {uv:.1f} µV", uv=uv)
            if entry.reference.strength == "gentle"
            else tr("maximum contraction {uv:.1f} µV", uv=uv)
        )
    if virtual:
        parts.append(tr("on a virtual board"))
    words = f"{', '.join(parts)} ({entry.created:%Y-%m-%d %H:%M})"
    return f"{words}. {entry.older_words}" if entry.older_words else words
