"""What a signal is, in plain terms: good, clipping, humming, disturbed, or no contact at all.

Contact and clipping are judged by the signal as it came; hum and tones by what is left in the band
after lines were removed: hum that is gone does no harm.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray, WindowGrid
from unclench_dsp.bands import WIDE, Band
from unclench_dsp.chain import ChainBlock
from unclench_dsp.lines.judge import LineJudge, LineVerdict
from unclench_dsp.mains import MAINS_HZ, LineProbe, mains_share

SignalState: TypeAlias = Literal[
    "settling", "good", "movement", "no contact", "mains hum", "tone", "clipping"
]

RAIL_MARGIN = 0.01
"""Share of the span that counts as the rail: amplifiers saturate a little before it."""

_MIN_STEPS = 64  # a signal of fewer steps repeats its extreme values without clipping


@dataclass(frozen=True)
class QualitySettings:
    """Where one state ends and the next begins.

    Attributes
    ----------
    window_s : float
        Stretch that is judged at once: long enough to tell 50 from 60 Hz.
    clipped : float
        Share of samples at a rail from which on it is clipping: one in 500 is a cut-off peak, a
        single sample may be a click.
    railed : float
        Share of samples at a rail from which on no electrode can be attached.
    dead : float
        In-band RMS as a share of the known noise floor below which nothing is connected: the
        amplifier alone makes more noise.
    hum_share : float
        Share of the mains in the power left in the band above which there is more hum than muscle.
        Less, but more than a few percent, is found by `LineJudge`, which takes longer.
    hum_uv : float
        RMS of the hum from which on it matters: less is hidden by a relaxed muscle.
    no_contact_hum_uv : float
        RMS of a hum that no attached pair of electrodes picks up: an input hangs free. Attached
        electrodes beside a cable pick up 100 uV and more.
    wander_uv : float
        Change of the mean from window to window that, with hum above `hum_uv`, means a loose
        electrode.
    moved : float
        Share of disturbed samples from which on a window shows movement.
    confirm_windows : int
        Windows in a row in which a new state must show, so that words do not flicker.
    """

    window_s: float = 0.5
    clipped: float = 0.002
    railed: float = 0.5
    dead: float = 0.2
    hum_share: float = 0.5
    hum_uv: float = 3.0
    no_contact_hum_uv: float = 300.0
    wander_uv: float = 1000.0
    moved: float = 0.1
    confirm_windows: int = 2


@dataclass(frozen=True)
class Assessment:
    """One window, judged.

    Attributes
    ----------
    first_index : int
        Absolute index of the window's first sample.
    state : tuple of SignalState
        For each channel, as it is believed: confirmed by enough windows in a row.
    shown : tuple of SignalState
        What this window alone shows.
    clipped_fraction, mains_fraction, mains_uv, offset_uv : ndarray, shape (n_channels,)
        Share of samples at a rail; share of the mains in the power of the band in use before any
        was removed, and its RMS; mean.
    left_hz : tuple of float
        For each channel, the frequency of the hum or tone that `state` or `shown` names; else 0.
    """

    first_index: int
    state: tuple[SignalState, ...]
    shown: tuple[SignalState, ...]
    clipped_fraction: FloatArray
    mains_fraction: FloatArray
    mains_uv: FloatArray
    offset_uv: FloatArray
    left_hz: tuple[float, ...]


def clipped_fraction(
    emg_uv: FloatArray, rails_uv: tuple[FloatArray, FloatArray] | None = None
) -> FloatArray:
    """Share of samples that a rail has cut off.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples, n_channels)
        Unfiltered.
    rails_uv : tuple of two ndarrays, shape (n_channels,), optional
        Lowest and highest value the device can give. Samples within `RAIL_MARGIN` of the span
        count as cut off. Without it the extremes of the data are taken for rails where they hold
        for three samples in a row; a signal of fewer than 64 steps is never called clipped then,
        because a coarse converter repeats its extremes by itself.

    Returns
    -------
    ndarray, shape (n_channels,)
        0 to 1; 0 without samples.
    """
    n, n_channels = emg_uv.shape
    if n == 0:
        return np.zeros(n_channels)
    if rails_uv is None:
        counts = [_count_runs_at_extremes(emg_uv[:, channel]) for channel in range(n_channels)]
    else:
        low_uv, high_uv = rails_uv
        margin_uv = RAIL_MARGIN * (high_uv - low_uv)
        at_rail = (emg_uv <= low_uv + margin_uv) | (emg_uv >= high_uv - margin_uv)
        counts = [int(np.count_nonzero(at_rail[:, channel])) for channel in range(n_channels)]
    fraction: FloatArray = np.array(counts) / n
    return fraction


def seen_rails_uv(emg_uv: FloatArray) -> tuple[float, float] | None:
    """Where a recording of unknown rails is cut off, if it is: see `clipped_fraction`.

    Parameters
    ----------
    emg_uv : ndarray, shape (n_samples, n_channels)
        Unfiltered.

    Returns
    -------
    tuple of float, or None
        Lowest and highest value of the channels that are cut off; None where none is.
    """
    cut = clipped_fraction(emg_uv) > 0
    if not cut.any():
        return None
    return float(emg_uv[:, cut].min()), float(emg_uv[:, cut].max())


def _count_runs_at_extremes(x_uv: FloatArray) -> int:
    low, high = x_uv.min(), x_uv.max()
    at_rail = _in_runs(x_uv == low) | _in_runs(x_uv == high)
    count = int(np.count_nonzero(at_rail))
    if count == 0 or low == high:
        return 0
    steps = np.abs(np.diff(x_uv))
    smallest_step = steps.min(where=steps > 0, initial=high - low)
    return count if (high - low) >= _MIN_STEPS * smallest_step else 0


def _in_runs(hit: BoolArray) -> BoolArray:
    """Keep those True values that stand in runs of at least three."""
    first_of_run = hit[:-2] & hit[1:-1] & hit[2:]
    kept = np.zeros_like(hit)
    kept[:-2] = first_of_run
    kept[1:-1] |= first_of_run
    kept[2:] |= first_of_run
    return kept


class QualityMeter:
    """Judges a stream window by window, on a grid tied to the absolute sample index.

    Parameters
    ----------
    fs_hz : float
    n_channels : int
    band : Band
        The one in which tension is measured.
    settings : QualitySettings, optional
    rails_uv : tuple of two ndarrays, shape (n_channels,), optional
        See `clipped_fraction`.
    noise_uv : ndarray, shape (n_channels,), optional
        Known noise floor of the device in the wide band. Without it only an exactly constant
        signal counts as dead.
    """

    def __init__(
        self,
        fs_hz: float,
        n_channels: int,
        band: Band = WIDE,
        settings: QualitySettings | None = None,
        rails_uv: tuple[FloatArray, FloatArray] | None = None,
        noise_uv: FloatArray | None = None,
    ) -> None:
        self._settings = settings or QualitySettings()
        self._n_channels = n_channels
        self._rails_uv = rails_uv
        self.window_n = round(self._settings.window_s * fs_hz)
        self._dead_uv = np.zeros(n_channels) if noise_uv is None else self._settings.dead * noise_uv
        # Contact is judged in the wide band whatever band the training uses.
        high_hz = min(WIDE.high_hz, 0.45 * fs_hz)
        self._wide_probe = LineProbe(fs_hz, self.window_n, WIDE.low_hz, high_hz)
        self._band_probe = LineProbe(fs_hz, self.window_n, band.low_hz, min(band.high_hz, high_hz))
        self._judge = LineJudge(fs_hz, n_channels, band)
        self._verdicts: deque[LineVerdict] = deque()
        # Raw and treated signal, kept, disturbed and settling share one grid.
        self._grid = WindowGrid(self.window_n, 4 * n_channels + 1)
        self._next_index = 0
        self._mains_uv2 = np.zeros((len(MAINS_HZ), n_channels))
        self._total_uv2 = np.zeros(n_channels)
        self.last_mains_fraction: FloatArray = np.zeros(n_channels)
        """Share of the mains in the power of the latest window, before any was removed."""
        self._start_at(0)
        self._state: list[SignalState] = ["settling"] * n_channels
        self._candidate: list[SignalState] = ["settling"] * n_channels
        self._seen = [0] * n_channels
        self._left_hz = np.zeros(n_channels)

    @property
    def mains_fraction(self) -> FloatArray:
        """Share of the mains in the power of all windows so far, (n_channels,); 0 before one."""
        return mains_share(self._mains_uv2, self._total_uv2)

    def process(self, first_index: int, emg_uv: FloatArray, block: ChainBlock) -> list[Assessment]:
        """Take the next samples.

        Parameters
        ----------
        first_index : int
            Absolute index of the first sample; a window with a gap in it is not judged.
        emg_uv : ndarray, shape (n_samples, n_channels)
            Unfiltered.
        block : ChainBlock
            The same samples, treated.

        Returns
        -------
        list of Assessment
            One for each window that is finished now.
        """
        if first_index != self._next_index:
            self._start_at(first_index)
        self._next_index += len(emg_uv)
        self._verdicts.extend(self._judge.process(first_index, block.band_uv, block.kept))
        together = np.concatenate(
            [emg_uv, block.band_uv, block.kept, block.disturbed, block.settling[:, np.newaxis]],
            axis=1,
        )
        return [self._assess(window) for window in self._grid.windows(together)]

    def _start_at(self, first_index: int) -> None:
        self._grid.restart(first_index)
        self._next_index = first_index
        self._window_index = first_index + -first_index % self.window_n
        self._offset_uv: FloatArray | None = None
        self._verdicts.clear()
        self._verdict: LineVerdict | None = None

    def _assess(self, window: FloatArray) -> Assessment:
        s = self._settings
        first_index = self._window_index
        self._window_index += self.window_n
        emg_uv, band_uv, kept, disturbed = np.split(window[:, :-1], 4, axis=1)
        clipped = clipped_fraction(emg_uv, self._rails_uv)
        offset_uv = emg_uv.mean(axis=0)
        centred_uv = emg_uv - offset_uv
        wide = self._wide_probe.measure(centred_uv)
        hum_uv = np.sqrt(self._wide_probe.mains_uv2(wide).max(axis=0).clip(0.0))
        hum_share = mains_share(self._wide_probe.mains_uv2(wide), wide.total_uv2)
        wander_uv = 0.0 if self._offset_uv is None else np.abs(offset_uv - self._offset_uv)
        self._offset_uv = offset_uv

        mains_uv = self._count_mains(centred_uv)
        humming = (hum_share > s.hum_share) & (hum_uv > s.hum_uv)
        no_contact = (
            (clipped >= s.railed)
            | (np.ptp(emg_uv, axis=0) == 0.0)
            | (np.sqrt(wide.total_uv2) < self._dead_uv)
            | (humming & ((hum_uv > s.no_contact_hum_uv) | (wander_uv > s.wander_uv)))
        )
        left, tone, left_hz = self._lines_left(band_uv * kept)
        shown = np.select(
            [no_contact, clipped >= s.clipped, left, tone, disturbed.mean(axis=0) >= s.moved],
            ["no contact", "clipping", "mains hum", "tone", "movement"],
            "good",
        ).tolist()
        if window[:, -1].any():
            shown = ["settling"] * self._n_channels
        for channel, state in enumerate(shown):
            self._settle_on(channel, state)
        named = [_names_a_line(*states) for states in zip(shown, self._state, strict=True)]
        self._left_hz = np.where(named, np.where(left | tone, left_hz, self._left_hz), 0.0)
        return Assessment(
            *(first_index, tuple(self._state), tuple(shown), clipped),
            *(self.last_mains_fraction, mains_uv, offset_uv, tuple(self._left_hz.tolist())),
        )

    def _count_mains(self, centred_uv: FloatArray) -> FloatArray:
        """Count the mains in the band before any was removed; return its RMS."""
        powers = self._band_probe.measure(centred_uv)
        mains_uv2 = self._band_probe.mains_uv2(powers)
        self._mains_uv2 += mains_uv2
        self._total_uv2 += powers.total_uv2
        self.last_mains_fraction = mains_share(mains_uv2, powers.total_uv2)
        mains_uv: FloatArray = np.sqrt(self.last_mains_fraction * powers.total_uv2)
        return mains_uv

    def _lines_left(self, band_uv: FloatArray) -> tuple[BoolArray, BoolArray, FloatArray]:
        """Where hum, and where a tone, is left in the treated signal, and its frequency."""
        while self._verdicts and self._verdicts[0].stop_index <= self._window_index:
            self._verdict = self._verdicts.popleft()
        s = self._settings
        powers = self._band_probe.measure(band_uv)
        mains_uv2 = self._band_probe.mains_uv2(powers)
        share = mains_share(mains_uv2, powers.total_uv2)
        strong = (share > s.hum_share) & (np.sqrt(share * powers.total_uv2) > s.hum_uv)
        mains_hz: FloatArray = np.array(MAINS_HZ)[mains_uv2.argmax(axis=0)]
        if self._verdict is None:
            return strong, np.zeros_like(strong), mains_hz
        kind, hz = np.array(self._verdict.kind), np.array(self._verdict.hz)
        return strong | (kind == "hum"), kind == "tone", np.where(kind == "", mains_hz, hz)

    def _settle_on(self, channel: int, state: SignalState) -> None:
        """Change a channel's state when the new one has shown often enough.

        "settling" begins and ends at once: it is known, not judged.
        """
        self._seen[channel] = self._seen[channel] + 1 if state == self._candidate[channel] else 1
        self._candidate[channel] = state
        known = "settling" in (state, self._state[channel])
        if known or self._seen[channel] >= self._settings.confirm_windows:
            self._state[channel] = state


def _names_a_line(*states: str) -> bool:
    return "mains hum" in states or "tone" in states
