"""What a day of watching says, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from unclench.training.day.day import ChannelDay, DaySummary, Standing
from unclench.wording import roughly


def summary_words(summary: DaySummary) -> list[str]:
    """A day's summary, a line each."""
    if not any(channel.trusted_s for channel in summary.channels):
        return [f"Watched {roughly(summary.watched_s)}, but no signal came that could be trusted."]
    lost = f" {roughly(summary.lost_s)} of it lost." if summary.lost_s >= 1 else ""
    lines = [f"Watched {roughly(summary.watched_s)} from {summary.began:%H:%M} on.{lost}"]
    for channel in summary.channels:
        lines += _channel_words(channel)
    return [*lines, _alert_words(summary)]


def standing_words(standing: Standing) -> str:
    """How a channel is, in a few words: for a status line or a tooltip."""
    if standing.tension_uv is None:
        return f"{standing.channel}: no signal to trust"
    now = f"{standing.channel}: {standing.tension_uv:.1f} µV"
    if standing.state == "calm":
        return f"{now}, calm"
    return f"{now}, above the limit for {roughly(standing.above_s)}"


def all_standing_words(all_standing: Sequence[Standing]) -> str:
    """How all channels are, on one line."""
    return "; ".join(map(standing_words, all_standing))


def _channel_words(day: ChannelDay) -> list[str]:
    if not day.trusted_s:
        return [f"{day.channel}: no signal that could be trusted."]
    percent = 100 * day.rest_s / day.trusted_s
    moments = "1 moment" if day.rests == 1 else f"{day.rests} moments"
    lines = [
        f"{day.channel}: at rest {roughly(day.rest_s)} of {roughly(day.trusted_s)} with a signal "
        f"to trust ({percent:.0f} %), in {moments}; the longest {roughly(day.longest_rest_s)}. "
        f"Longest without a pause above {day.limit_uv:.1f} µV: {roughly(day.longest_sustained_s)}.",
        f"  The limit is {day.limit_why}.",
    ]
    if day.calmest is not None and day.tensest is not None:
        low, high = day.calmest, day.tensest
        lines.append(
            f"  Calmest hour from {low.began:%H:%M} ({low.tension_uv:.1f} µV), "
            f"tensest from {high.began:%H:%M} ({high.tension_uv:.1f} µV)."
        )
    return lines


def _alert_words(summary: DaySummary) -> str:
    n = summary.sustained_alerts + summary.few_rests_alerts
    if not n:
        return "No alerts."
    long, few = summary.sustained_alerts, summary.few_rests_alerts
    counted = "1 alert" if n == 1 else f"{n} alerts"
    return f"{counted}: {long} for lasting tension, {few} for little rest."
