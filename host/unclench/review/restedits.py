"""Names what was rest in a session, as events: a stretch of its time, or a stored calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.errors import InputError
from unclench.review.namedrest import day_words, rest_in
from unclench.review.results import Span
from unclench.review.session import SessionReview
from unclench.settings import Place
from unclench.store.events.event import (
    S_DECIMALS,
    UV_DECIMALS,
    Event,
    RestChosen,
    RestMarked,
)
from unclench.training.placement.calibrations import Book, StoredCalibration, band_words
from unclench.training.placement.resting import MeasurementError
from unclench.training.placement.sites import place_label
from unclench.training.placement.values import older
from unclench.translation import tr


@dataclass(frozen=True)
class Offer:
    """A stored calibration, and why it cannot be a channel's rest ("" if it can)."""

    stored: StoredCalibration
    refusal: str

    @property
    def words(self) -> str:
        """Its day, place and resting baseline."""
        baseline = self.stored.baseline
        day, place = day_words(_day(self.stored)), _label(self.stored)
        if baseline is None:
            return tr("calibration of {day}, {place}", day=day, place=place)
        return tr(
            "calibration of {day}, {place}, {uv:.2f} µV", day=day, place=place, uv=baseline.mean_uv
        )


def offers(review: SessionReview, k: int, book: Book) -> tuple[Offer, ...]:
    """Return all stored calibrations: those that fit channel `k` first, the newest first."""
    found = [Offer(each, _refusal(review, k, each)) for each in reversed(book.calibrations)]
    return tuple(sorted(found, key=lambda offer: bool(offer.refusal)))


def mark(review: SessionReview, k: int, span: Span) -> Event:
    """Return the event that marks a stretch as a channel's rest.

    Raises InputError if it is too short or too long, or was not rest.
    """
    try:
        rest_in(review.signal, k, review.contexts[k].label, span)
    except MeasurementError as error:
        raise InputError(str(error)) from error
    fs_hz = review.recording.fs_hz
    start, stop = round(span.start_s * fs_hz), round(span.stop_s * fs_hz)
    return Event(start, RestMarked(_name(review, k)), round((stop - start) / fs_hz, 6))


def choose(review: SessionReview, k: int, offer: Offer) -> Event:
    """Return the event that makes a calibration a channel's rest. Raises InputError if refused."""
    stored, baseline = offer.stored, offer.stored.baseline
    if offer.refusal or baseline is None:
        raise InputError(offer.refusal)
    chosen = RestChosen(
        _name(review, k),
        _day(stored),
        stored.band.low_hz,
        stored.band.high_hz,
        round(baseline.mean_uv, UV_DECIMALS),
        round(baseline.sd_uv, UV_DECIMALS),
        round(baseline.used_s, S_DECIMALS),
        round(baseline.fast_sd_uv, UV_DECIMALS),
        baseline.chain,
        _moved(review, stored),
    )
    return Event(0, chosen)


def with_rest(events: Sequence[Event], rest: Event) -> tuple[Event, ...]:
    """Return events with a channel's rest named, in place of what was named before."""
    assert isinstance(rest.payload, RestMarked | RestChosen)
    kept = without_rest(events, rest.payload.channel)
    return tuple(sorted((*kept, rest), key=lambda event: event.sample))


def without_rest(events: Sequence[Event], channel: str) -> tuple[Event, ...]:
    """Return events without the rest that was named for a channel (its name in the session)."""
    return tuple(
        event
        for event in events
        if not (
            isinstance(event.payload, RestMarked | RestChosen) and event.payload.channel == channel
        )
    )


def _refusal(review: SessionReview, k: int, stored: StoredCalibration) -> str:
    """Say why a calibration cannot be a channel's rest; "" if it can."""
    context, band = review.contexts[k], review.signal.band
    day = day_words(_day(stored))
    if context.site is None:
        return tr(
            "{label} has no site in this session, so no calibration is known to be of the same "
            "muscle. Mark a stretch of the session as rest instead.",
            label=context.label,
        )
    if (_label(stored), stored.channel) != (context.site, k + 1):
        return tr(
            "The calibration of {day} is of {other} on channel {theirs}; this is {label} on "
            "channel {ours}. Choose one of the same place.",
            day=day,
            other=_label(stored),
            theirs=stored.channel,
            label=context.label,
            ours=k + 1,
        )
    if stored.baseline is None:
        return tr(
            "The calibration of {day} has a reference contraction, but no resting baseline. Choose "
            "another one.",
            day=day,
        )
    if (stored.band.low_hz, stored.band.high_hz) != (band.low_hz, band.high_hz):
        return tr(
            "The calibration of {day} holds for the {theirs}; this session is in the {ours}, and "
            "bands cannot be compared. Choose one of the same band.",
            day=day,
            theirs=band_words(stored.band),
            ours=band_words(band),
        )
    if older(stored.baseline):
        return tr(
            "The calibration of {day} was measured with another version of the analysis, and "
            "cannot be compared with this session. Calibrate again, or mark a stretch as rest.",
            day=day,
        )
    return ""


def _moved(review: SessionReview, stored: StoredCalibration) -> bool:
    """Whether the sensor was placed again between the session and the calibration."""
    if review.meta is None:
        return False
    held = review.meta.created
    taken_off = stored.moved is not None and stored.moved <= held
    return taken_off or stored.placed > held.date()


def _day(stored: StoredCalibration) -> str:
    return stored.created.date().isoformat()


def _label(stored: StoredCalibration) -> str:
    return place_label(Place(channel=stored.channel, site=stored.site, side=stored.side))


def _name(review: SessionReview, k: int) -> str:
    return review.signal.info.channels[k]
