"""What the terminal shows at one moment. Nothing here changes, so a page is a function of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.live.blocks import BoolArray, FloatArray, IntArray, LiveStatus
from unclench.live.pipeline import Pipeline
from unclench.live.reading import READ_OVER_S, Reading, reading
from unclench.live.rings import DisplayRings
from unclench.live.words import NO_SIGNAL, removed_words
from unclench.wording import capital, printable

SHOWN_S = 150.0  # no trace is longer


@dataclass(frozen=True)
class Channel:
    """A channel as it is known before its signal; `title` is its name or its place."""

    title: str
    noise_uv: float | None
    reference_uv: float | None = None

    @classmethod
    def named(cls, name: str, noise_uv: float | None, reference_uv: float | None = None) -> Channel:
        """Make one of a name that may come from somebody else's file."""
        return cls(printable(capital(name)), noise_uv, reference_uv)


@dataclass(frozen=True)
class ChannelView:
    """A channel's newest rows of tension, shape (k,), and what they amount to."""

    channel: Channel
    now: Reading
    removed: str  # mains hum, in words
    tension_uv: FloatArray
    trusted: BoolArray


@dataclass(frozen=True)
class View:
    """Everything that a page shows."""

    source: str
    fs_hz: float
    status: LiveStatus
    rows: IntArray  # (k,), consecutive; each lasts `row_s`
    row_s: float
    channels: tuple[ChannelView, ...]
    trial: str = ""  # what a self-trial asks today
    shown: bool = True  # False: it asks not to show tension
    recording: bool = False


def look(
    pipeline: Pipeline,
    rings: DisplayRings,
    channels: Sequence[Channel],
    *,
    trial: str = "",
    shown: bool = True,
    recording: bool = False,
) -> View:
    """Take everything in as it is now."""
    status = pipeline.status
    rows, tension_uv, trusted = rings.tension(SHOWN_S)
    newest = max(1, round(READ_OVER_S / rings.row_s))
    views = []
    for k, channel in enumerate(channels):
        now, removed = Reading(None, NO_SIGNAL), ""
        if k < len(status.state):  # else nothing has come yet
            is_muscle = status.trusted[k] and status.connected
            now = reading(
                tension_uv[-newest:, k],
                status.state[k],
                status.trusted[k],
                status.connected,
                status.left_hz[k],
            )
            removed = removed_words(status.removed[k], status.heart[k]) if is_muscle else ""
        views.append(ChannelView(channel, now, removed, tension_uv[:, k], trusted[:, k]))
    info = pipeline.info
    return View(
        printable(info.source),
        info.fs_hz,
        status,
        rows,
        rings.row_s,
        tuple(views),
        trial,
        shown,
        recording,
    )
