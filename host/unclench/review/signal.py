"""Runs a recording through the live pipeline's chain again: tension, and which of it to trust."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.live.blocks import LiveBlock, LiveSettings, SignalInfo
from unclench.live.processing import Processing
from unclench.review.results import Excluded, Why
from unclench.store.model import Recording
from unclench.training.rows import COLUMNS, Rows, RowSource, confirm_n, confirmed
from unclench.translation import tr
from unclench_dsp import Band, Disturbance, LineChange, MainsMode
from unclench_dsp.arrays import BoolArray, FloatArray, IntArray

MOST_S = 7 * 86400.0  # from the first to the last sample, with gaps: limits memory
_CHUNK_N = 1 << 17  # samples per call of the chain: limits its memory
_REASONS: tuple[Why, ...] = get_args(Why)
_USED, _UNSURE = np.int8(-1), np.int8(len(_REASONS))
_GAP, _SETTLING, _HUM, _MOVED, _HEART, _QUIET = (
    np.int8(_REASONS.index(why))
    for why in ("gap", "settling", "mains hum", "movement", "heart", "too quiet")
)


@dataclass(frozen=True)
class Signal:
    """Tension of a recording: 50 rows a second without a break; NaN in gaps.

    Attributes
    ----------
    info : SignalInfo
        Rate, channels, band and window it was calculated with.
    origin : int
        Sample of the recording at time 0.
    sample : ndarray of int64, shape (n_rows,)
        Counted from `origin`: 0, ``info.hop_n``, twice that ...
    fast_uv, slow_uv, quick_uv : ndarray, shape (n_rows, n_channels)
        RMS of the time before each row: over ``info.settings.window_s``, over 1 s and over 0.1 s.
        NaN in gaps and where filters settle.
    used : ndarray of bool, shape (n_rows, n_channels)
        True for rows that go into figures: the signal can be trusted.
    left_hz : ndarray, shape (n_rows, n_channels)
        Frequency of the hum or tone that is left; 0 where none is.
    excluded : tuple of Excluded
        All other time, with the reason.
    line_changes : tuple of LineChange
        Which lines were removed from when on; indices count the samples that are there.
    disturbances : tuple of Disturbance
        Heartbeats, pops, tugs and flutter; indices count the samples that are there.
    mains_fraction : tuple of float
        For each channel, the share of its power in mains lines; NaN if it is too short.
    why_none : str
        A sentence that says why there is no tension at all; "" if there is.
    """

    info: SignalInfo
    origin: int
    sample: IntArray
    fast_uv: FloatArray
    slow_uv: FloatArray
    quick_uv: FloatArray
    used: BoolArray
    left_hz: FloatArray
    excluded: tuple[Excluded, ...]
    line_changes: tuple[LineChange, ...]
    disturbances: tuple[Disturbance, ...]
    mains_fraction: tuple[float, ...] = ()
    why_none: str = ""

    def muscle_uv(self, channel: int) -> FloatArray:
        """Return a channel's fast RMS without the instrument's noise, for ratios; (n_rows,).

        Rows in use are well above the noise. All of it, where the noise is not known.
        """
        fast_uv, noise_uv = self.fast_uv[:, channel], self.info.noise_uv[channel]
        if noise_uv is None:
            return fast_uv
        return np.asarray(np.sqrt(np.maximum(fast_uv**2 - noise_uv**2, 0.0)))

    @property
    def fs_hz(self) -> float:
        """Samples a second."""
        return self.info.fs_hz

    @property
    def row_hz(self) -> float:
        """Rows a second."""
        return self.fs_hz / self.info.hop_n

    @property
    def time_s(self) -> FloatArray:
        """Time of each row, (n_rows,)."""
        return np.asarray(self.sample / self.fs_hz)

    @property
    def band(self) -> Band:
        """Band of the tension."""
        return self.info.settings.band

    @property
    def window_s(self) -> float:
        """Length of the fast RMS."""
        return self.info.settings.window_s

    def removed_hz(self, channel: int) -> tuple[float, ...]:
        """Return the lines that were removed from a channel at any time, in Hz, ascending."""
        return tuple(
            sorted(
                {
                    round(line.hz, 1)
                    for change in self.line_changes
                    if change.channel == channel
                    for line in change.lines
                }
            )
        )

    @property
    def mains(self) -> MainsMode:
        """How mains hum was treated."""
        return self.info.settings.mains


def make_signal(
    recording: Recording,
    band: Band,
    mains: MainsMode = "auto",
    window_s: float = 0.25,
    origin: int | None = None,
) -> Signal:
    """Run a recording through the chain.

    `origin` is the sample at time 0. Default: the first one.

    Raises
    ------
    InputError
        If the recording lasts more than a week, or `mains` or `window_s` is not valid.
    """
    info = SignalInfo(
        recording.fs_hz,
        recording.channels,
        LiveSettings(band, mains, window_s),
        recording.rails_uv,
        recording.noise_uv,
    )
    if origin is None:
        origin = int(recording.sample[0]) if recording.n_samples else 0
    last_s = (int(recording.sample[-1]) - origin) / recording.fs_hz if recording.n_samples else 0.0
    if last_s > MOST_S:
        raise InputError(
            tr(
                "{name} is too long: by its sample numbers it lasts {days:.0f} days, and a review "
                "takes at most {most_days:g} days. Shorten it, or restore the file if the numbers "
                "are wrong.",
                name=recording.name,
                days=last_s / 86400,
                most_days=MOST_S / 86400,
            )
        )
    try:
        processing = Processing(info)
    except InputError as error:  # the samples can still be shown
        return _no_tension(info, origin, last_s, str(error))
    except ValueError as error:  # a setting that is not valid; the error is a sentence
        raise InputError(str(error)) from error
    parts: list[Rows] = []
    source = RowSource(info, parts.append, late=False)
    words: list[NDArray[np.int8]] = []
    hz_parts: list[FloatArray] = []
    for block in _blocks(recording, processing, origin):
        before = len(parts)
        source.block(block)
        words.extend(_reasons(part, block) for part in parts[before:])
        hz_parts.extend(_left_hz(part, block) for part in parts[before:])
    n_channels = len(recording.channels)
    rows = confirmed(_joined(parts, n_channels), confirm_n(info))
    n_rows = int(rows.sample[-1]) // info.hop_n + 1 if len(rows.sample) else 0
    at = rows.sample // info.hop_n
    fast_uv, slow_uv, quick_uv = np.full((3, n_rows, n_channels), np.nan)
    fast_uv[at], slow_uv[at], quick_uv[at] = rows.fast_uv, rows.slow_uv, rows.quick_uv
    left_hz = np.zeros((n_rows, n_channels))
    left_hz[at] = np.concatenate([np.empty((0, n_channels)), *hz_parts])
    reason = np.full((n_rows, n_channels), _GAP)
    reason[at] = np.concatenate([np.empty((0, n_channels), np.int8), *words])
    usable = np.zeros((n_rows, n_channels), np.bool_)
    usable[at] = rows.trusted & np.isfinite(rows.fast_uv)
    reason[usable] = _USED
    _name_the_gated(reason)
    _name_the_unsure(reason)
    sample = np.arange(n_rows, dtype=np.int64) * info.hop_n
    excluded = _excluded(reason, info) + _gaps(recording, origin, n_channels)
    excluded.sort(key=lambda span: (span.channel, span.start_s))
    return Signal(
        info,
        origin,
        sample,
        fast_uv,
        slow_uv,
        quick_uv,
        reason == _USED,
        left_hz,
        tuple(excluded),
        tuple(processing.chain.line_changes),
        tuple(processing.chain.disturbances),
        tuple(processing.meter.mains_fraction.tolist()),
    )


def _no_tension(info: SignalInfo, origin: int, last_s: float, why: str) -> Signal:
    n_channels = len(info.channels)
    sample = np.arange(int(last_s * info.fs_hz) // info.hop_n + 1, dtype=np.int64) * info.hop_n
    none = np.full((len(sample), n_channels), np.nan)
    excluded = tuple(Excluded(0.0, last_s, k, "too slow") for k in range(n_channels))
    used = np.zeros(none.shape, np.bool_)
    return Signal(
        info,
        origin,
        sample,
        none,
        none,
        none,
        used,
        np.zeros(none.shape),
        excluded,
        line_changes=(),
        disturbances=(),
        mains_fraction=(np.nan,) * n_channels,
        why_none=why,
    )


def _blocks(recording: Recording, processing: Processing, origin: int) -> Iterator[LiveBlock]:
    """Yield the recording in blocks, as the live pipeline does."""
    for start, stop in recording.segments():
        for at in range(start, stop, _CHUNK_N):
            emg_uv = recording.emg_uv[at : min(stop, at + _CHUNK_N)]
            no_units = np.empty(emg_uv.shape, np.int32)
            yield processing.samples(int(recording.sample[at]) - origin, no_units, emg_uv)[1]
        yield processing.finish()[1]


def _joined(parts: list[Rows], n_channels: int) -> Rows:
    none = np.empty((0, n_channels))
    no = none.astype(np.bool_)
    parts = [Rows(np.empty(0, np.int64), none, none, none, no, no), *parts]
    return Rows(
        *(cast(Any, np.concatenate([getattr(part, name) for part in parts])) for name in COLUMNS)
    )


def _reasons(rows: Rows, block: LiveBlock) -> NDArray[np.int8]:
    """Return why each row would be excluded, (n_rows, n_channels): its newest window's state."""
    since = np.array([start for start, _ in block.shown])
    codes = np.array(
        [
            [_REASONS.index(word) if word in _REASONS else _UNSURE for word in states]
            for _, states in block.shown
        ],
        np.int8,
    )
    reason: NDArray[np.int8] = codes[np.searchsorted(since, rows.sample, "right") - 1]
    offsets = rows.sample - block.first
    gated = np.isnan(rows.fast_uv) & ~block.settling[offsets][:, np.newaxis]
    reason[np.isnan(rows.fast_uv)] = _SETTLING
    reason[gated] = _HEART
    reason[block.jumped[offsets]] = _HUM
    reason[block.disturbed[offsets]] = _MOVED
    quiet = (reason == _UNSURE) & rows.bad & _trusted_at(rows, block)
    reason[quiet] = _QUIET
    return reason


def _left_hz(rows: Rows, block: LiveBlock) -> FloatArray:
    """Return the frequency of what is left in each row, (n_rows, n_channels)."""
    since = np.array([start for start, _ in block.left_hz])
    values = np.array([hz for _, hz in block.left_hz])
    return np.asarray(values[np.searchsorted(since, rows.sample, "right") - 1])


def _trusted_at(rows: Rows, block: LiveBlock) -> BoolArray:
    """Return the block's trust before rows with too little signal lose it."""
    since = np.array([start for start, _ in block.trusts])
    values = np.array([trust for _, trust in block.trusts])
    return np.asarray(values[np.searchsorted(since, rows.sample, "right") - 1])


def _name_the_gated(reason: NDArray[np.int8]) -> None:
    """Give rows that hold too little of the signal after a movement that reason, in place."""
    for channel in reason.T:
        for cause in (_MOVED, _HUM):
            for start, stop in runs((channel == _HEART) | (channel == cause)):
                if (channel[start:stop] == cause).any():
                    channel[start:stop] = cause


def _name_the_unsure(reason: NDArray[np.int8]) -> None:
    """Give rows that lost trust because of a neighbour that neighbour's reason, in place."""
    for channel in reason.T:
        for start, stop in runs(channel != _USED):
            run = channel[start:stop]
            known = np.flatnonzero((run != _UNSURE) & (run != _SETTLING) & (run != _GAP))
            unsure = np.flatnonzero(run == _UNSURE)
            if not len(known):  # after a start, until a window is known to be good
                run[unsure] = _SETTLING
                continue
            nearest = np.searchsorted(known, unsure).clip(0, len(known) - 1)
            run[unsure] = run[known[nearest]]


def _excluded(reason: NDArray[np.int8], info: SignalInfo) -> list[Excluded]:
    """Return runs of one reason as spans; a row stands for the hop before it."""
    spans = []
    for k, channel in enumerate(reason.T):
        changes = np.flatnonzero(np.diff(channel)) + 1
        for a, b in pairwise([0, *changes.tolist(), len(channel)]):
            if a < b and channel[a] not in (_USED, _GAP):
                begin_s = max(0, a - 1) * info.hop_n / info.fs_hz
                end_s = (b - 1) * info.hop_n / info.fs_hz
                spans.append(Excluded(begin_s, end_s, k, _REASONS[channel[a]]))
    return spans


def _gaps(recording: Recording, origin: int, n_channels: int) -> list[Excluded]:
    sample, fs_hz = recording.sample, recording.fs_hz
    edges = [
        ((int(sample[a[1] - 1]) + 1 - origin) / fs_hz, (int(sample[b[0]]) - origin) / fs_hz)
        for a, b in pairwise(recording.segments())
    ]
    if len(sample) and sample[0] > origin:
        edges.insert(0, (0.0, (int(sample[0]) - origin) / fs_hz))
    return [Excluded(start, stop, k, "gap") for start, stop in edges for k in range(n_channels)]


def runs(hit: BoolArray) -> list[tuple[int, int]]:
    """Return the ranges [start, stop) in which `hit` is True."""
    edges = np.flatnonzero(np.diff(hit, prepend=False, append=False))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
