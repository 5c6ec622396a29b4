"""The whole way from microvolts at the electrode to tension."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import get_args

import numpy as np

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.bands import WIDE, Band, design_bandpass
from unclench_dsp.envelope import RmsEnvelope
from unclench_dsp.filters import SosFilter, settle_s
from unclench_dsp.gate.kinds import Disturbance, Heart, MaskBlock
from unclench_dsp.gate.mask import MuscleMask
from unclench_dsp.lines.remover import Line, LineChange, LineRemover
from unclench_dsp.mains import MainsMode

CHAIN_DELAY_S = 0.3
"""Longest time by which the chain is late: a heartbeat, a pop and a mains line are judged with a
little of what follows them."""

_PIECE_N = 32_768  # samples processed at once: bounds memory and keeps most of it in the cache


@dataclass(frozen=True)
class ChainSettings:
    """How tension is computed; stored with a session, because it decides what the numbers mean.

    Parameters
    ----------
    fs_hz : float
        Sampling rate.
    n_channels : int
    band : Band
    window_s : float
        Length of the RMS window: 0.05-0.25 s for feedback, 1-3 s for sustained activity.
    mains : {"auto", "50", "60", "off"}
        Which lines are removed, see `LineRemover`.

    Raises
    ------
    ValueError
        If a value is not valid; the message says which.
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
    """Samples that are final: at most `CHAIN_DELAY_S` after they came in.

    Attributes
    ----------
    first_index : int
        Number of the first sample, counted from 0 at the chain's construction.
    band_uv : ndarray, shape (n_samples, n_channels)
        Band-passed, mains lines and tones removed.
    envelope_uv : ndarray, shape (n_samples, n_channels)
        Moving RMS of the kept samples of `band_uv`: the tension. NaN where less than a fifth of
        the window is kept.
    kept : ndarray of bool, shape (n_samples, n_channels)
        False for samples of a heartbeat, pop, tug or flutter, or of a line that begins or stops.
    disturbed : ndarray of bool, shape (n_samples, n_channels)
        True during a pop, tug or flutter: such time counts for nothing.
    jumped : ndarray of bool, shape (n_samples, n_channels)
        True where a line that is removed stops at once: such time counts for nothing, either.
    settling : ndarray of bool, shape (n_samples,)
        True until filters and RMS window have forgotten the start.
    """

    first_index: int
    band_uv: FloatArray
    envelope_uv: FloatArray
    kept: BoolArray
    disturbed: BoolArray
    jumped: BoolArray
    settling: BoolArray

    def __len__(self) -> int:
        return len(self.band_uv)


class TensionChain:
    """Removes lines, band-passes, gates what is no muscle's, and takes the moving RMS.

    Samples come out late, by at most `CHAIN_DELAY_S`; `finish` gives out those that are held.
    Any split of a signal into blocks gives the same bits; empty blocks do no harm.

    Parameters
    ----------
    settings : ChainSettings

    Raises
    ------
    RateError
        If the sampling rate is too low for the band.
    """

    def __init__(self, settings: ChainSettings) -> None:
        self.settings = settings
        fs_hz, n_channels = settings.fs_hz, settings.n_channels
        sos = design_bandpass(settings.band, fs_hz)
        self._bandpass = SosFilter(sos, n_channels)
        self._lines = LineRemover(settings.mains, fs_hz, n_channels, settings.band)
        self._mask = MuscleMask(fs_hz, n_channels, settings.band)
        self._window_n = round(settings.window_s * fs_hz)
        self._envelope = RmsEnvelope(self._window_n, n_channels)
        self._filters_n = math.ceil(settle_s(sos, fs_hz) * fs_hz)
        self._band_held: deque[FloatArray] = deque()  # band-passed, not yet masked
        self._next_index = 0
        self._start()

    @property
    def settling_n(self) -> int:
        """Samples marked as settling since the latest start: filters, then the RMS window."""
        return self._settling_n

    @property
    def removed(self) -> tuple[tuple[Line, ...], ...]:
        """For each channel, the lines that are removed now."""
        return self._lines.removed

    @property
    def line_changes(self) -> list[LineChange]:
        """Every change of `removed` so far; indices are those of samples given in."""
        return self._lines.changes

    @property
    def heart(self) -> tuple[Heart | None, ...]:
        """For each channel, the heartbeat that is gated now."""
        return self._mask.heart

    @property
    def disturbances(self) -> list[Disturbance]:
        """Every heartbeat, pop, tug and flutter so far; indices are those of samples given in."""
        return self._mask.found

    def process(self, emg_uv: FloatArray) -> ChainBlock:
        """Take the next samples; return those that are final now, fewer or more.

        Parameters
        ----------
        emg_uv : ndarray, shape (n_samples, n_channels)
            Unfiltered EMG at the electrode.

        Returns
        -------
        ChainBlock

        Raises
        ------
        ValueError
            If the shape does not fit, or a value is not finite: it would stay in the filters
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
                "The block contains NaN or infinite values: "
                "leave them out and call finish() where they were."
            )
        pieces = range(0, len(emg_uv), _PIECE_N)
        blocks = [self._take(emg_uv[at : at + _PIECE_N]) for at in pieces]
        return self._joined(blocks)

    def finish(self) -> ChainBlock:
        """Return the samples that are held; the next one starts afresh, behind a gap.

        A gap is never bridged: filters, RMS window and gate start again and `settling` is marked
        again. Lines that were being removed are still looked for, and ``first_index`` counts on.
        """
        clean_uv = self._lines.finish()
        band_uv = self._bandpass.process(clean_uv)
        self._band_held.append(band_uv)
        block = self._joined(
            [
                self._final(self._mask.process(clean_uv, band_uv)),
                self._final(self._mask.finish()),
            ]
        )
        self._start()
        return block

    def _start(self) -> None:
        self._bandpass.reset()
        self._envelope.reset()
        self._settling_n = self._settling_left = self._filters_n + self._window_n

    def _take(self, emg_uv: FloatArray) -> ChainBlock:
        clean_uv = self._lines.process(emg_uv)
        band_uv = self._bandpass.process(clean_uv)
        if len(band_uv):
            self._band_held.append(band_uv)
        return self._final(self._mask.process(clean_uv, band_uv))

    def _final(self, mask: MaskBlock) -> ChainBlock:
        n = len(mask.kept)
        band_uv = self._let_go(n)
        jumped = self._lines.jumped(self._next_index, n)
        kept = mask.kept & ~jumped
        envelope_uv = self._envelope.process(band_uv, kept)
        settling = np.zeros(n, dtype=np.bool_)
        settling[: self._settling_left] = True
        block = ChainBlock(
            self._next_index, band_uv, envelope_uv, kept, mask.disturbed, jumped, settling
        )
        self._next_index += n
        self._settling_left = max(0, self._settling_left - n)
        return block

    def _let_go(self, n: int) -> FloatArray:
        """Return the `n` oldest band-passed samples."""
        band_uv: FloatArray = np.empty((self.settings.n_channels, n)).T  # steps work along time
        done = 0
        while done < n:
            oldest = self._band_held.popleft()
            taken = oldest[: n - done]
            band_uv[done : done + len(taken)] = taken
            done += len(taken)
            if len(taken) < len(oldest):
                self._band_held.appendleft(oldest[len(taken) :])
        return band_uv

    def _joined(self, blocks: list[ChainBlock]) -> ChainBlock:
        if len(blocks) == 1:
            return blocks[0]
        none = np.empty((0, self.settings.n_channels))
        no = none.astype(np.bool_)
        empty = ChainBlock(self._next_index, none, none, no, no, no, np.empty(0, np.bool_))
        parts = [block for block in blocks if len(block)]
        if len(parts) < 2:
            return parts[0] if parts else empty
        return ChainBlock(
            parts[0].first_index,
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("band_uv", "envelope_uv", "kept", "disturbed", "jumped", "settling")
            ),
        )
