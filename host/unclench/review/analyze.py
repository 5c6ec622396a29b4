"""Sums a recording up: how high the tension was, and how good the signal.

The figures are those of the review (`SessionReview`): only time that can be trusted counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from unclench.errors import InputError
from unclench.review.metrics import as_json
from unclench.review.results import Figures
from unclench.review.session import SessionReview
from unclench.store.model import Recording
from unclench.store.session.reader import Session
from unclench.wording import capital
from unclench_dsp import Band, ChainSettings, MainsMode, TensionChain, clipped_fraction


@dataclass(frozen=True)
class ChannelResult:
    """One channel.

    Attributes
    ----------
    name : str
        Of the channel, as the file has it.
    figures : Figures
        Of the whole recording, as the review makes them.
    mains_fraction : float or None
        Share of the signal's power in mains lines, 0 to 1; None where the recording is too short.
    clipped_fraction : float
        Share of the samples at a rail, 0 to 1.
    noise_uv : float or None
        The instrument's own noise in the band used; None where it was never measured.
    """

    name: str
    figures: Figures
    mains_fraction: float | None
    clipped_fraction: float
    noise_uv: float | None


@dataclass(frozen=True)
class Analysis:
    """A recording's figures, with the settings that decide what they mean."""

    name: str
    fs_hz: float
    duration_s: float
    n_samples: int
    lost_samples: int
    band: Band
    mains: MainsMode
    window_s: float
    channels: tuple[ChannelResult, ...]
    notes: tuple[str, ...]


def analyze(
    recording: Recording,
    band: Band | None = None,
    mains: str | None = None,
    window_s: float | None = None,
    *,
    session: Session | None = None,
    columns: Sequence[str] = (),
) -> Analysis:
    """Sum a recording up as a review does.

    Parameters
    ----------
    recording : Recording
        With all its channels, where it is a session's.
    band : Band
        The recording's own unless given, else wide.
    mains : {"auto", "50", "60", "off"}
        The recording's own unless given, else auto.
    window_s : float
        Length of the RMS window; the session's own unless given, else 0.25.
    session : Session
        The folder that the recording is from.
    columns : sequence of str
        Channels of the session to tell of; all unless given.

    Raises
    ------
    InputError
        The rate is too low for the band, the recording too short, or a setting impossible.
    """
    if window_s is not None:
        _check_window(recording, window_s)
    review = SessionReview(
        recording, session, band=band, mains=cast("MainsMode | None", mains), window_s=window_s
    )
    if review.signal.why_none:
        why = review.signal.why_none
        raise InputError(f"{capital(why)}.")
    settings = ChainSettings(
        recording.fs_hz, 1, review.signal.band, review.signal.window_s, review.signal.mains
    )
    _check_length(recording, TensionChain(settings).settling_n)
    clipped = clipped_fraction(recording.emg_uv, recording.rails_uv)
    chosen = session.pick(columns) if session is not None else range(len(recording.channels))
    return Analysis(
        name=recording.name,
        fs_hz=recording.fs_hz,
        duration_s=review.duration_s,
        n_samples=recording.n_samples,
        lost_samples=recording.lost_samples,
        band=review.signal.band,
        mains=review.signal.mains,
        window_s=review.signal.window_s,
        channels=tuple(
            ChannelResult(
                name=recording.channels[k],
                figures=review.figures(k),
                mains_fraction=_finite(review.signal.mains_fraction[k]),
                clipped_fraction=float(clipped[k]),
                noise_uv=review.contexts[k].noise_uv,
            )
            for k in chosen
        ),
        notes=review.notes,
    )


def to_json(result: Analysis) -> str:
    """Return the figures as one JSON object, its keys fixed: programs read them."""
    return json.dumps(to_dict(result), indent=2, ensure_ascii=False)


def to_dict(result: Analysis) -> dict[str, Any]:
    """Return the object that `to_json` writes."""
    return {
        "name": result.name,
        "fs_hz": result.fs_hz,
        "duration_s": result.duration_s,
        "n_samples": result.n_samples,
        "lost_samples": result.lost_samples,
        "band": result.band.name,
        "band_hz": [result.band.low_hz, result.band.high_hz],
        "mains": result.mains,
        "window_s": result.window_s,
        "channels": [_channel(channel) for channel in result.channels],
        "notes": list(result.notes),
    }


def _channel(channel: ChannelResult) -> dict[str, Any]:
    return {
        "name": channel.name,
        **as_json(channel.figures),
        "mains_fraction": channel.mains_fraction,
        "clipped_fraction": channel.clipped_fraction,
        "noise_uv": channel.noise_uv,
    }


def _check_window(recording: Recording, window_s: float) -> None:
    if not (math.isfinite(window_s) and window_s > 0):
        raise InputError(
            f"--window {window_s:g} is not a length of time: give seconds, such as 0.25."
        )
    _check_length(recording, window_s * recording.fs_hz)


def _check_length(recording: Recording, needed_n: float) -> None:
    """Raise InputError where no piece of the recording is long enough for any tension."""
    fs_hz = recording.fs_hz
    longest_n = max((stop - start for start, stop in recording.segments()), default=0)
    if longest_n <= needed_n:
        raise InputError(
            f"{recording.name} has {longest_n} samples ({longest_n / fs_hz:.3g} s) in one piece, "
            f"but filters and RMS window need more than {math.ceil(needed_n)} "
            f"({needed_n / fs_hz:.3g} s) to settle: use a longer recording or a shorter --window."
        )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
