"""`unclench calibrate`: rest and a reference contraction, kept until the sensor moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from unclench.commands.guided import run_guided
from unclench.commands.options import Wanted, places_option, source_options
from unclench.errors import InputError, SourceError
from unclench.settings import Place, load_settings
from unclench.training.calibrations import Book, StoredCalibration, load_book, save_book
from unclench.training.programfile import find_program
from unclench.training.setup import keep_calibration, parse_place
from unclench.training.sites import place_label

_PROGRAMS = {"none": "calibrate-rest", "gentle": "calibrate-gentle", "maximum": "calibrate-maximum"}


@click.command("calibrate")
@source_options("Where it comes from.")
@places_option
@click.option(
    "--reference",
    type=click.Choice(list(_PROGRAMS)),
    default="gentle",
    show_default=True,
    help="Contraction that percentages refer to.",
)
@click.option("--list", "only_list", is_flag=True, help="Show what is calibrated.")
@click.option("--moved", is_flag=True, help="The sensor was moved: forget what held there.")
def calibrate_command(
    wanted: Wanted,
    places: Sequence[str],
    reference: str,
    only_list: bool,
    moved: bool,
) -> None:
    """Measure rest and a reference contraction at a place; both are kept until the sensor moves."""
    settings, trouble = load_settings()
    book, book_trouble = load_book()
    for sentence in filter(None, (trouble, book_trouble)):
        click.echo(sentence, err=True)
    if only_list:
        _list(book)
        return
    chosen = [parse_place(text) for text in places] or list(settings.places)
    if not chosen:
        raise InputError(
            "A calibration belongs to a place: say where the sensor is with --place, such as "
            "1:shoulder:left."
        )
    if moved:
        _moved(book, chosen)
        return
    named = find_program(_PROGRAMS[reference])
    opened = wanted.open()
    pipeline = wanted.pipeline(opened)
    try:
        guided = run_guided(
            opened,
            pipeline,
            named.program,
            named.name,
            chosen,
            book,
            out=None,
            limits=settings.sustained,
            anew=True,
            aloud=True,
        )
    finally:
        opened.close()
    if guided.note:
        raise SourceError(f"{guided.note} Nothing was calibrated.")
    entries = keep_calibration(
        book, chosen, guided.outcome, pipeline.info, datetime.now().astimezone()
    )
    save_book(book)
    for entry in entries:
        click.echo(_words(entry))
    failed = [channel.label for channel in guided.outcome.channels if channel.baseline is None]
    if failed:
        raise SourceError(f"{', '.join(failed)}: {' '.join(guided.outcome.notes)}")
    for note in guided.outcome.notes:
        click.echo(note, err=True)


def _list(book: Book) -> None:
    holding = [entry for entry in book.calibrations if entry.moved is None]
    if not holding:
        click.echo("Nothing is calibrated yet.")
    for entry in holding:
        click.echo(_words(entry))


def _moved(book: Book, places: Sequence[Place]) -> None:
    for place in places:
        n = book.mark_moved(place, datetime.now().astimezone())
        what = "calibrate it again before you train" if n else "it was not calibrated"
        click.echo(f"{place_label(place)}: {what}.")
    save_book(book)


def _words(entry: StoredCalibration) -> str:
    place = Place(channel=entry.channel, site=entry.site, side=entry.side)
    parts = [f"{place_label(place)} on channel {entry.channel}, {entry.band.name} band"]
    if entry.baseline is not None:
        parts.append(f"rest {entry.baseline.mean_uv:.2f} ± {entry.baseline.sd_uv:.2f} µV")
    if entry.reference is not None:
        parts.append(f"{entry.reference.strength} contraction {entry.reference.uv:.1f} µV")
    return f"{', '.join(parts)} ({entry.created:%Y-%m-%d %H:%M})"
