"""From places and calibrations to the channels that are trained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from unclench.errors import InputError
from unclench.live.blocks import StreamInfo
from unclench.settings import Place
from unclench.training.placement.calibrations import Book, StoredCalibration, to_channel
from unclench.training.placement.sites import OWN, SITES, check_places, place_label
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.outcome import Outcome
from unclench.wording import capital
from unclench_dsp import Band


def parse_place(text: str) -> Place:
    """Read a place such as "1:shoulder:left" or "2:my calf". Raises InputError."""
    channel, _, rest = text.partition(":")
    site, _, side = rest.partition(":")
    site, side = site.strip(), side.strip()
    known = re.fullmatch("[1-9][0-9]?", channel) and side in ("", "left", "right", "middle")
    if not known or not site:
        sites = ", ".join(key for key in SITES if key != OWN)
        raise InputError(
            f"'{text}' is no place: give CHANNEL:SITE:SIDE such as 1:shoulder:left, with a channel "
            f"number, a site ({sites}, or words of your "
            "own) and a side (left, right, middle)."
        )
    if not side:
        sides = SITES[site].sides if site in SITES else ("middle",)
        if "middle" not in sides:
            raise InputError(f"'{text}' needs a side: {' or '.join(sides)}.")
        side = "middle"
    return Place.model_validate({"channel": int(channel), "site": site, "side": side})


def trained_channels(
    info: StreamInfo, places: Sequence[Place], book: Book
) -> tuple[TrainedChannel, ...]:
    """Channels at their places, with what is known of them; the first channel where none is given.

    Raises InputError where places and channels do not go together.
    """
    check_places(places, len(info.channels))
    if not places:
        name = info.channels[0]
        return (TrainedChannel(0, capital(name), info.noise_uv[0]),)
    channels = []
    for place in sorted(places, key=lambda place: place.channel):
        index = place.channel - 1
        band = info.settings.band
        known = to_channel(place, index, book.find(place, band), info.noise_uv[index])
        channels.append(
            replace(
                known,
                why_no_baseline=book.missing_reason(place, band, "baseline"),
                why_no_reference=book.missing_reason(place, band, "reference"),
            )
        )
    return tuple(channels)


def without_calibration(channels: Sequence[TrainedChannel]) -> tuple[TrainedChannel, ...]:
    """The same channels as if they had never been calibrated: to measure them anew."""
    return tuple(replace(channel, baseline=None, reference=None) for channel in channels)


def site_names(channels: Sequence[TrainedChannel], n_channels: int) -> list[str | None]:
    """What session.json calls the sites: a name for each channel of the stream, or None."""
    names: list[str | None] = [None] * n_channels
    for channel in channels:
        names[channel.index] = channel.label
    return names


def about_channels(channels: Sequence[TrainedChannel], n_channels: int) -> dict[str, Any]:
    """Entries of session.json for a recording that nobody guides: sites, and calibrations."""
    known = [asdict(channel) for channel in channels]
    for plain in known:
        del plain["why_no_baseline"], plain["why_no_reference"]
    return {"sites": site_names(channels, n_channels), "calibration": known}


def keep_calibration(
    book: Book, places: Sequence[Place], outcome: Outcome, info: StreamInfo, now: datetime
) -> list[StoredCalibration]:
    """Enter what a calibrating session has measured into the book."""
    by_index = {channel.index: channel for channel in outcome.channels}
    entries = []
    for place in places:
        channel = by_index.get(place.channel - 1)
        if channel is None or channel.baseline is None:  # a contraction alone says nothing
            continue
        entries.append(
            book.add(
                place,
                info.settings.band,
                info.settings.window_s,
                created=now,
                baseline=channel.baseline,
                reference=channel.reference,
                noise_uv=channel.noise_uv,
            )
        )
    return entries


def calibration_words(book: Book, place: Place, band: Band) -> str:
    """How a place stands, in a sentence."""
    found = book.find(place, band)
    where = f"{place_label(place)} on channel {place.channel}"
    if found is None or found.baseline is None:
        return f"Channel {place.channel}: {book.missing_reason(place, band, 'baseline')}"
    days = (datetime.now().astimezone() - found.created).days
    when = "today" if days == 0 else f"{days} day{'s' if days > 1 else ''} ago"
    words = f"{where}: calibrated {when}; rest {found.baseline.mean_uv:.1f} µV"
    if found.reference is not None:
        words += f", {found.reference.strength} contraction {found.reference.uv:.0f} µV"
    return f"{words}."
