"""`unclench sessions rest`: name what was rest in a session."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from unclench.errors import InputError
from unclench.review.restedits import choose, mark, offers, with_rest, without_rest
from unclench.review.results import ChannelContext, Span
from unclench.review.session import SessionReview, open_review
from unclench.review.summary import store_summary
from unclench.settings import load_settings, sessions_dir
from unclench.store.events.event import Event
from unclench.store.library.library import Library
from unclench.store.session.edit import edit_events, require_ended
from unclench.training.placement.calibrations import Book, book_path, load_book
from unclench.translation import tr, trn
from unclench.wording import capital

_TIME = r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)"
_SPAN = re.compile(rf"\s*{_TIME}\s*-\s*{_TIME}\s*")


def run_rest(
    session: str,
    span: str | None,
    calibration: str | None,
    channel: int | None,
    remove: bool,
) -> None:
    """Name, remove or show what counts as rest in SESSION."""
    if (span is not None) + (calibration is not None) + remove > 1:
        raise InputError(tr("Give only one of SPAN, --calibration and --remove."))
    stretch = None if span is None else _span(span)
    entry = Library(sessions_dir(load_settings())).find(session)
    if entry.trouble:
        raise InputError(entry.trouble)
    meta = require_ended(entry.folder)
    review = open_review(entry.folder)
    chosen = _channels(review, channel)
    book = load_book(book_path(meta.constants.virtual))
    if stretch is None and calibration is None and not remove:
        _show(review, chosen, book)
        return
    events: tuple[Event, ...] = tuple(review.events)
    refusals = []
    for k in chosen:
        try:
            if stretch is not None:
                events = with_rest(events, mark(review, k, stretch))
            elif calibration is not None:
                events = with_rest(events, _calibrated(review, k, book, calibration))
            else:
                events = without_rest(events, review.signal.info.channels[k])
        except InputError as refusal:
            refusals.append(str(refusal))
    if len(refusals) == len(chosen):
        raise InputError(" ".join(dict.fromkeys(refusals)))
    edit_events(entry.folder, events, before=review.events)
    changed = review.with_events(events)
    store_summary(entry.folder, changed)
    for sentence in refusals:
        click.echo(sentence, err=True)
    for k in chosen:
        click.echo(_used(changed.contexts[k]))


def _span(typed: str) -> Span:
    """Read a stretch such as 0:40-1:20, 40-80 or 1:02:03-1:04:00. Raises InputError."""
    found = _SPAN.fullmatch(typed)
    if found:
        first, second = (
            sum(
                float(part or 0) * unit
                for part, unit in zip(found.groups()[i : i + 3], (3600, 60, 1), strict=True)
            )
            for i in (0, 3)
        )
        if first < second:
            return Span(first, second)
    raise InputError(
        tr(
            "SPAN {typed!r} is not a stretch of time: give its begin and end in minutes and "
            "seconds, such as 0:40-1:20.",
            typed=typed,
        )
    )


def _channels(review: SessionReview, wanted: int | None) -> list[int]:
    """Return the channel that a person named, or all, from 0. Raises InputError."""
    n = len(review.contexts)
    if wanted is None:
        return list(range(n))
    if wanted > n:
        raise InputError(
            trn(
                "--channel {wanted} is not possible: {session} has 1 channel.",
                "--channel {wanted} is not possible: {session} has {n} channels.",
                n,
                wanted=wanted,
                session=review.name,
            )
        )
    return [wanted - 1]


def _calibrated(review: SessionReview, k: int, book: Book, typed: str) -> Event:
    """Return the choice of the newest calibration of a day. Raises InputError."""
    of_day = [o for o in offers(review, k, book) if o.stored.created.date().isoformat() == typed]
    if not of_day:
        raise InputError(
            tr(
                "There is no calibration of {typed!r}: `unclench calibrate --list` lists them, "
                "with their days.",
                typed=typed,
            )
        )
    return choose(review, k, of_day[0])


def _show(review: SessionReview, chosen: Sequence[int], book: Book) -> None:
    for k in chosen:
        click.echo(_used(review.contexts[k]))
        lines = (o.refusal or f"{capital(o.words)}." for o in offers(review, k, book))
        for line in dict.fromkeys(lines):  # many may have one reason
            click.echo(f"  {line}")


def _used(context: ChannelContext) -> str:
    return tr("{label}: {source}.", label=context.label, source=context.baseline_why.rstrip("."))
