"""From places and calibrations to the channels to train."""

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
from unclench.training.placement.values import STRENGTH_WORDS, TrainedChannel
from unclench.training.session.outcome import Outcome
from unclench.translation import tr, trn
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
            tr(
                "'{text}' is not a valid place: give CHANNEL:SITE:SIDE such as 1:shoulder:left, "
                "with a channel number, a site ({sites}, or your own words) and a side (left, "
                "right, middle).",
                text=text,
                sites=sites,
            )
        )
    if not side:
        sides = SITES[site].sides if site in SITES else ("middle",)
        if "middle" not in sides:
            raise InputError(tr("'{text}' needs a side: left or right.", text=text))
        side = "middle"
    return Place.model_validate({"channel": int(channel), "site": site, "side": side})


def trained_channels(
    info: StreamInfo, places: Sequence[Place], book: Book
) -> tuple[TrainedChannel, ...]:
    """Return channels at their places, with their calibration; the first channel by default.

    Raises InputError if places and channels do not match.
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
    """Return the same channels without calibration: to measure them again."""
    return tuple(replace(channel, baseline=None, reference=None) for channel in channels)


def site_names(channels: Sequence[TrainedChannel], n_channels: int) -> list[str | None]:
    """Return the sites for session.json: a name for each channel of the stream, or None."""
    names: list[str | None] = [None] * n_channels
    for channel in channels:
        names[channel.index] = channel.label
    return names


def about_channels(channels: Sequence[TrainedChannel], n_channels: int) -> dict[str, Any]:
    """Return entries of session.json for an unguided recording: sites and calibrations."""
    known = [asdict(channel) for channel in channels]
    for plain in known:
        del plain["why_no_baseline"], plain["why_no_reference"]
    return {"sites": site_names(channels, n_channels), "calibration": known}


def keep_calibration(
    book: Book, places: Sequence[Place], outcome: Outcome, info: StreamInfo, now: datetime
) -> list[StoredCalibration]:
    """Add the results of a calibration session to the book."""
    by_index = {channel.index: channel for channel in outcome.channels}
    entries = []
    for place in places:
        channel = by_index.get(place.channel - 1)
        if channel is None or channel.baseline is None:  # a contraction alone is of no use
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
    """Describe the calibration of a place in a sentence."""
    found = book.find(place, band)
    if found is None or found.baseline is None:
        return tr(
            "Channel {channel}: {reason}",
            channel=place.channel,
            reason=book.missing_reason(place, band, "baseline"),
        )
    days = (datetime.now().astimezone() - found.created).days
    when = trn("1 day ago", "{n} days ago", days) if days else tr("today")
    label, rest_uv = place_label(place), found.baseline.mean_uv
    if found.reference is None:
        words = tr(
            "{label} on channel {channel}: calibrated {when}; baseline {rest_uv:.1f} µV.",
            label=label,
            channel=place.channel,
            when=when,
            rest_uv=rest_uv,
        )
        return " ".join(filter(None, (words, found.older_words)))
    words = tr(
        "{label} on channel {channel}: calibrated {when}; baseline {rest_uv:.1f} µV, {strength} "
        "contraction {reference_uv:.0f} µV.",
        label=label,
        channel=place.channel,
        when=when,
        rest_uv=rest_uv,
        strength=STRENGTH_WORDS[found.reference.strength],
        reference_uv=found.reference.uv,
    )
    return " ".join(filter(None, (words, found.older_words)))
