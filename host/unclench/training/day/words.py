"""A day of watching in words."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.training.day.day import ChannelDay, DaySummary, Standing
from unclench.translation import tr, trn
from unclench.wording import roughly


def summary_words(summary: DaySummary) -> list[str]:
    """Return a day's summary, line by line."""
    watched = roughly(summary.watched_s)
    if not any(channel.trusted_s for channel in summary.channels):
        return [tr("Watched {watched}, but there was no usable signal.", watched=watched)]
    lines = [tr("Watched {watched}, from {began:%H:%M}.", watched=watched, began=summary.began)]
    if summary.lost_s >= 1:
        lines[0] += " " + tr("{lost} of it was lost.", lost=roughly(summary.lost_s))
    for channel in summary.channels:
        lines += _channel_words(channel)
    return [*lines, _alert_words(summary)]


def standing_words(standing: Standing) -> str:
    """Describe a channel's state in a few words, for a status line or a tooltip."""
    channel, uv = standing.channel, standing.tension_uv
    if uv is None and standing.why:
        return tr("{channel}: no usable signal ({why})", channel=channel, why=standing.why)
    if uv is None:
        return tr("{channel}: no usable signal", channel=channel)
    if standing.state == "calm":
        return tr("{channel}: {uv:.1f} µV, calm", channel=channel, uv=uv)
    return tr(
        "{channel}: {uv:.1f} µV, above the limit for {above}",
        channel=channel,
        uv=uv,
        above=roughly(standing.above_s),
    )


def all_standing_words(all_standing: Sequence[Standing]) -> str:
    """Describe the state of all channels on one line."""
    return "; ".join(map(standing_words, all_standing))


def _channel_words(day: ChannelDay) -> list[str]:
    if not day.trusted_s:
        return [tr("{channel}: no usable signal.", channel=day.channel)]
    at_rest = trn(
        "{channel}: at rest for {rest} of {trusted} of usable signal ({percent:.0f} %), in 1 "
        "moment; the longest {longest}.",
        "{channel}: at rest for {rest} of {trusted} of usable signal ({percent:.0f} %), in {n} "
        "moments; the longest {longest}.",
        day.rests,
        channel=day.channel,
        rest=roughly(day.rest_s),
        trusted=roughly(day.trusted_s),
        percent=100 * (day.rest_share or 0.0),
        longest=roughly(day.longest_rest_s),
    )
    above = tr(
        "Longest time above {limit_uv:.1f} µV without a break: {longest}.",
        limit_uv=day.limit_uv,
        longest=roughly(day.longest_sustained_s),
    )
    basis = tr("The limit is {basis}.", basis=day.limit_why)
    lines = [f"{at_rest} {above}", f"  {basis}"]
    if day.calmest is not None and day.tensest is not None:
        low, high = day.calmest, day.tensest
        hours = tr(
            "Lowest tension in the hour from {low:%H:%M} ({low_uv:.1f} µV), highest from "
            "{high:%H:%M} ({high_uv:.1f} µV).",
            low=low.began,
            low_uv=low.tension_uv,
            high=high.began,
            high_uv=high.tension_uv,
        )
        lines.append(f"  {hours}")
    return lines


def _alert_words(summary: DaySummary) -> str:
    n = summary.sustained_alerts + summary.few_rests_alerts
    if not n:
        return tr("No alerts.")
    return trn(
        "1 alert: {long} for lasting tension, {few} for too little rest.",
        "{n} alerts: {long} for lasting tension, {few} for too little rest.",
        n,
        long=summary.sustained_alerts,
        few=summary.few_rests_alerts,
    )
