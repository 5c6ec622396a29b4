"""Sums up a recording: its tension and its signal quality.

The figures are those of the review (`SessionReview`): they leave out excluded time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from unclench.errors import InputError
from unclench.review.metrics import as_json
from unclench.review.results import ChannelContext, Figures, Left, Removed
from unclench.review.session import SessionReview
from unclench.store.model import Recording
from unclench.store.session.reader import Session
from unclench.translation import tr
from unclench_dsp import Band, ChainSettings, MainsMode, TensionChain, clipped_fraction
from unclench_dsp.version import CHAIN_VERSION


@dataclass(frozen=True)
class ChannelResult:
    """One channel.

    Attributes
    ----------
    name : str
        Name of the channel in the file.
    figures : Figures
        Figures of the whole recording, as in the review.
    mains_fraction : float or None
        Share of the signal's power in mains lines, 0 to 1; None if the recording is too short.
    clipped_fraction : float
        Share of the samples at a rail, 0 to 1.
    noise_uv : float or None
        Noise floor in the band used; None if it was never measured.
    removed : tuple of Removed
        What was removed before the figures were computed.
    left : tuple of Left
        Hum and tones that were left.
    rest : dict
        Where rest figures come from: see `unclench analyze --json`.
    """

    name: str
    figures: Figures
    mains_fraction: float | None
    clipped_fraction: float
    noise_uv: float | None
    removed: tuple[Removed, ...] = ()
    left: tuple[Left, ...] = ()
    rest: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """A recording's figures, with the settings they depend on."""

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
    """Sum up a recording as a review does.

    Parameters
    ----------
    recording : Recording
        With all its channels if it is a session's.
    band : Band
        Default: the recording's own, else wide.
    mains : {"auto", "50", "60", "off"}
        Default: the recording's own, else auto.
    window_s : float
        Length of the RMS window. Default: the session's own, else 0.25.
    session : Session
        The session folder that the recording comes from.
    columns : sequence of str
        Channels of the session to include. Default: all.

    Raises
    ------
    InputError
        If the sampling rate is too low for the band, the recording too short, or a setting not
        valid.
    """
    if window_s is not None:
        _check_window(recording, window_s)
    review = SessionReview(
        recording, session, band=band, mains=cast("MainsMode | None", mains), window_s=window_s
    )
    if review.signal.why_none:
        raise InputError(review.signal.why_none)
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
                removed=review.removed(k),
                left=review.left(k),
                rest=_rest(review.contexts[k]),
            )
            for k in chosen
        ),
        notes=review.notes,
    )


def to_json(result: Analysis) -> str:
    """Return the figures as one JSON object; its keys never change: programs read them."""
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
        "chain": CHAIN_VERSION,
        "channels": [_channel(channel) for channel in result.channels],
        "notes": list(result.notes),
    }


def _channel(channel: ChannelResult) -> dict[str, Any]:
    return {
        "name": channel.name,
        **as_json(channel.figures),
        "removed": [asdict(each) for each in channel.removed],
        "left": [asdict(each) for each in channel.left],
        "rest": channel.rest,
        "mains_fraction": channel.mains_fraction,
        "clipped_fraction": channel.clipped_fraction,
        "noise_uv": channel.noise_uv,
    }


def _rest(context: ChannelContext) -> dict[str, Any]:
    """Return where a channel's rest figures come from, in plain values."""
    named = context.named
    calibration = None if named is None else named.calibration
    marked = named is not None and calibration is None
    return {
        "from": context.baseline_from,
        "baseline_uv": context.baseline.mean_uv if context.baseline else None,
        "span_s": [named.start_s, named.stop_s] if named is not None and marked else None,
        "measured": None if calibration is None else calibration.measured,
    }


def _check_window(recording: Recording, window_s: float) -> None:
    if not (math.isfinite(window_s) and window_s > 0):
        raise InputError(
            tr(
                "--window {window_s:g} is not valid: give a length in seconds, for example 0.25.",
                window_s=window_s,
            )
        )
    _check_length(recording, window_s * recording.fs_hz)


def _check_length(recording: Recording, needed_n: float) -> None:
    """Raise InputError if no piece of the recording is long enough for a tension."""
    fs_hz = recording.fs_hz
    longest_n = max((stop - start for start, stop in recording.segments()), default=0)
    if longest_n <= needed_n:
        raise InputError(
            tr(
                "{name} is too short: its longest piece without a gap has {longest_n} samples "
                "({longest_s:.3g} s), and filters and RMS window need more than {needed_n} "
                "({needed_s:.3g} s) to settle. Use a longer recording or a shorter --window.",
                name=recording.name,
                longest_n=longest_n,
                longest_s=longest_n / fs_hz,
                needed_n=math.ceil(needed_n),
                needed_s=needed_n / fs_hz,
            )
        )


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
