"""The frequency bands in which tension is measured, and the filter of each."""

from __future__ import annotations

from dataclasses import dataclass

from unclench_dsp.arrays import FloatArray


class RateError(ValueError):
    """The sample rate is too low for the band. Its text is a sentence for the user."""


@dataclass(frozen=True)
class Band:
    """A pass band.

    Parameters
    ----------
    name : str
        The word that is stored with every session: amplitudes of different bands do not compare.
    low_hz, high_hz : float
        The edges, where the gain has fallen by 3 dB.
    order : int
        Order of the low-pass prototype: each skirt falls by ``6 * order`` dB per octave.
    """

    name: str
    low_hz: float
    high_hz: float
    order: int

    @property
    def min_rate_hz(self) -> float:
        """The lowest sample rate that leaves the upper skirt a tenth of the band to fall in."""
        return self.high_hz * 22 / 10  # not 2.2 * high: 2.2 * 450 is a hair above 990


WIDE = Band("wide", 20.0, 450.0, order=4)
"""The whole surface EMG (SENIAM)."""

NARROW = Band("narrow", 100.0, 200.0, order=4)
"""Keeps the heartbeat out of shoulder, neck and back; clinicians' devices offer the same."""

BANDS = {band.name: band for band in (WIDE, NARROW)}


def design_bandpass(band: Band, fs_hz: float) -> FloatArray:
    """Design the Butterworth band-pass of a band.

    Parameters
    ----------
    band : Band
    fs_hz : float
        Sample rate.

    Returns
    -------
    ndarray, shape (n_sections, 6)
        Second-order sections, as `scipy.signal.sosfilt` takes them.

    Raises
    ------
    RateError
        If `fs_hz` is below ``band.min_rate_hz``.
    """

    from scipy import signal

    if fs_hz < band.min_rate_hz:
        raise RateError(
            f"A rate of {fs_hz:g} Hz is too low for the {band.name} band "
            f"({band.low_hz:g}-{band.high_hz:g} Hz): at least {band.min_rate_hz:g} Hz is needed; "
            f"use a faster recording{_other_band(band, fs_hz)}."
        )
    return signal.butter(
        band.order, (band.low_hz, band.high_hz), btype="bandpass", fs=fs_hz, output="sos"
    )


def _other_band(band: Band, fs_hz: float) -> str:
    """Advice to take the band that this rate is enough for, if there is one."""
    enough = [other for other in BANDS.values() if other.min_rate_hz <= fs_hz and other != band]
    return f" or --band {enough[0].name}" if enough else ""
