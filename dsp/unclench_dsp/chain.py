"""The whole way from microvolts at the electrode to tension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.bands import WIDE, Band, design_bandpass
from unclench_dsp.envelope import RmsEnvelope
from unclench_dsp.filters import SosFilter, settle_s
from unclench_dsp.notch import MainsMode, MainsNotch, NotchChange, design_notch

_PIECE_N = 32_768  # samples worked on at once: memory stays bounded, and most of it in the cache


@dataclass(frozen=True)
class ChainSettings:
    """How tension is computed; stored with a session, because it decides what the numbers mean.

    Parameters
    ----------
    fs_hz : float
        Sample rate.
    n_channels : int
    band : Band
    window_s : float
        Length of the RMS window: 0.05-0.25 s for feedback, 1-3 s for sustained activity.
    mains : {"auto", "50", "60", "off"}
        Which mains lines are removed, see `MainsNotch`.

    Raises
    ------
    ValueError
        If a value makes no sense; the message says which.
    """

    fs_hz: float
    n_channels: int
    band: Band = WIDE
    window_s: float = 0.25
    mains: MainsMode = "auto"

    def __post_init__(self) -> None:
        if self.n_channels < 1:
            raise ValueError(f"{self.n_channels} channels cannot be processed: give at least 1.")
        if round(self.window_s * self.fs_hz) < 1:
            raise ValueError(
                f"An RMS window of {self.window_s:g} s is shorter than a sample at "
                f"{self.fs_hz:g} Hz: use 0.05 s or more."
            )
        if self.mains not in get_args(MainsMode):
            raise ValueError(
                f"{self.mains!r} is not a way to treat the mains: "
                f"use one of {', '.join(get_args(MainsMode))}."
            )


@dataclass(frozen=True)
class ChainBlock:
    """What became of one block of samples.

    Attributes
    ----------
    first_index : int
        Number of the first sample, counted from 0 at the chain's construction.
    band_uv : ndarray, shape (n_samples, n_channels)
        Band-passed, mains lines removed.
    envelope_uv : ndarray, shape (n_samples, n_channels)
        Moving RMS of `band_uv`: the tension.
    settling : ndarray of bool, shape (n_samples,)
        True while filters and RMS window have not yet forgotten the start.
    """

    first_index: int
    band_uv: FloatArray
    envelope_uv: FloatArray
    settling: BoolArray


class TensionChain:
    """Band-pass, mains notch and moving RMS of a stream.

    Any split of a signal into blocks gives the same bits; empty blocks do no harm.

    Parameters
    ----------
    settings : ChainSettings

    Raises
    ------
    RateError
        If the sample rate is too low for the band.
    """

    def __init__(self, settings: ChainSettings) -> None:
        self.settings = settings
        fs_hz, n_channels = settings.fs_hz, settings.n_channels
        self._sos = design_bandpass(settings.band, fs_hz)
        self._bandpass = SosFilter(self._sos, n_channels)
        self._notch = MainsNotch(settings.mains, fs_hz, n_channels, settings.band)
        self._window_n = round(settings.window_s * fs_hz)
        self._envelope = RmsEnvelope(self._window_n, n_channels)
        self._next_index = 0
        self._settling_n = self._settling_left = self._count_settling()

    @property
    def settling_n(self) -> int:
        """Samples marked as settling since the latest start: filters, then the RMS window."""
        return self._settling_n

    @property
    def notched_hz(self) -> tuple[tuple[float, ...], ...]:
        """For each channel the mains lines that are removed now."""
        return self._notch.notched_hz

    @property
    def notch_changes(self) -> list[NotchChange]:
        """What ``auto`` has switched in so far, and where."""
        return self._notch.changes

    @property
    def hum_left_from(self) -> dict[int, int]:
        """Where a fixed mains frequency turned out not to be the one of a channel's hum."""
        return self._notch.left_from

    @property
    def mains_fraction(self) -> FloatArray:
        """Share of the mains in the band's power before the notch, (n_channels,), all in all."""
        return self._notch.detector.mains_fraction

    @property
    def last_mains_fraction(self) -> FloatArray:
        """The same for the latest two seconds."""
        return self._notch.detector.last_mains_fraction

    def restart(self) -> None:
        """Begin anew after a gap, which is never bridged.

        Filters, RMS window and the detector's windows start afresh and `settling` is marked
        again. Notches that were in stay in, and ``first_index`` counts on.
        """
        self._bandpass.reset()
        self._notch.restart()
        self._envelope.reset()
        self._settling_n = self._settling_left = self._count_settling()

    def process(self, emg_uv: FloatArray) -> ChainBlock:
        """Take the next block.

        Parameters
        ----------
        emg_uv : ndarray, shape (n_samples, n_channels)
            Unfiltered EMG at the electrode.

        Returns
        -------
        ChainBlock
            As many samples as went in.

        Raises
        ------
        ValueError
            If the shape is another one, or a value is not finite: that would stay in the filters
            for ever. Nothing has been processed then.
        """
        emg_uv = np.asarray(emg_uv, dtype=np.float64)
        n_channels = self.settings.n_channels
        if emg_uv.ndim != 2 or emg_uv.shape[1] != n_channels:
            raise ValueError(
                f"A block of shape {emg_uv.shape} does not fit a chain of {n_channels} channels: "
                f"give it as (n_samples, {n_channels})."
            )
        if not np.isfinite(emg_uv).all():
            raise ValueError(
                "The block holds values that are no numbers (NaN or infinite): "
                "leave them out and call restart() where they were."
            )
        n = len(emg_uv)
        # Channel-major memory, as every step works along time.
        band_uv = np.empty((n_channels, n)).T
        envelope_uv = np.empty((n_channels, n)).T
        for start in range(0, n, _PIECE_N):
            here = slice(start, start + _PIECE_N)
            band_uv[here] = self._notch.process(self._bandpass.process(emg_uv[here]))
            envelope_uv[here] = self._envelope.process(band_uv[here])
        settling = np.zeros(n, dtype=np.bool_)
        settling[: self._settling_left] = True
        block = ChainBlock(self._next_index, band_uv, envelope_uv, settling)
        self._next_index += n
        self._settling_left = max(0, self._settling_left - n)
        return block

    def _count_settling(self) -> int:
        fs_hz = self.settings.fs_hz
        cascades = [
            np.concatenate([self._sos, design_notch(lines_hz, fs_hz)]) if lines_hz else self._sos
            for lines_hz in set(self.notched_hz)
        ]
        filters_s = max(settle_s(sos, fs_hz) for sos in cascades)
        return math.ceil(filters_s * fs_hz) + self._window_n
