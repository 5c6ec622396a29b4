"""Finding the hum of the mains: its lines at 50 or 60 Hz and their harmonics.

`LineProbe` measures a window; all else here goes by it. `steady_hum` says how strong the hum is in
some seconds of signal, for people to read. Hum is removed elsewhere: see `lines`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from unclench_dsp.arrays import FloatArray

MainsMode: TypeAlias = Literal["auto", "50", "60", "off"]

MAINS_HZ = (50.0, 60.0)

HUM_FADE = (3.0, 6.0)
"""How far a line stands out where it counts as nothing, and from where on as all of it: a hard
limit between them would make a meter flicker."""

GOOD_HUM_UV, USABLE_HUM_UV = 1.0, 10.0
"""RMS of hum in 20-450 Hz that is good, and that can still be used. Chosen: a resting muscle is 1
to 5 uV."""


def harmonics_hz(mains_hz: float, high_hz: float) -> tuple[float, ...]:
    """List the mains frequency and its multiples up to and including `high_hz`."""
    return tuple(mains_hz * k for k in range(1, math.floor(high_hz / mains_hz) + 1))


@dataclass(frozen=True)
class LinePowers:
    """What one window shows at the possible mains lines.

    Attributes
    ----------
    excess_uv2 : ndarray, shape (n_lines, n_channels)
        Power of each line less the background under it; scatters around 0 where there is none.
    ratio : ndarray, shape (n_lines, n_channels)
        Power at the line over the background expected there.
    total_uv2 : ndarray, shape (n_channels,)
        Power of the whole band, lines included.
    """

    excess_uv2: FloatArray
    ratio: FloatArray
    total_uv2: FloatArray


class LineProbe:
    """Measures the mains lines in windows of one length (Hann periodogram).

    Parameters
    ----------
    fs_hz : float
    window_n : int
        Window length in samples.
    low_hz, high_hz : float
        The band that counts as the whole; lines are looked for up to `high_hz`.
    reach_hz : float
        How far from its frequency the power of a line is looked for, two bins at least. A muscle
        leaves little room for more than the 1 Hz that the mains strays.
    """

    def __init__(
        self, fs_hz: float, window_n: int, low_hz: float, high_hz: float, reach_hz: float = 1.0
    ) -> None:
        from scipy import signal

        families = [harmonics_hz(mains_hz, high_hz) for mains_hz in MAINS_HZ]
        self.lines_hz = tuple(sorted({line_hz for family in families for line_hz in family}))
        self._of_family = np.array(
            [[line_hz in family for line_hz in self.lines_hz] for family in families], dtype=float
        )
        bins_per_hz = window_n / fs_hz
        n_bins = window_n // 2 + 1
        centre = np.rint(np.array(self.lines_hz) * bins_per_hz).astype(np.intp)[:, np.newaxis]
        # A line fills +-2 bins of a Hann window; mains strays by tenths of a hertz.
        reach = max(2, round(reach_hz * bins_per_hz))
        far = max(reach + 3, round(9.0 * bins_per_hz))
        offsets = np.arange(reach + 1, far + 1)
        self._line_bins = np.clip(centre + np.arange(-reach, reach + 1), 0, n_bins - 1)
        self._near_bins = np.clip(centre + np.concatenate([-offsets, offsets]), 0, n_bins - 1)
        self._band_bins = slice(
            math.ceil(low_hz * bins_per_hz), math.floor(high_hz * bins_per_hz) + 1
        )
        self._taper = signal.windows.hann(window_n, sym=False)
        self._uv2_per_power = 2.0 / (window_n * float(np.sum(self._taper**2)))

    def measure(self, window_uv: FloatArray) -> LinePowers:
        """Measure one window.

        Parameters
        ----------
        window_uv : ndarray, shape (window_n, n_channels)

        Returns
        -------
        LinePowers
        """

        from scipy import fft

        spectrum = fft.rfft(window_uv.T * self._taper, axis=1).T
        power = (spectrum.real**2 + spectrum.imag**2) * self._uv2_per_power
        line = power[self._line_bins].sum(axis=1)
        # The power of a noise bin is exponentially distributed: its median is ln 2 of its mean.
        near = np.median(power[self._near_bins], axis=1) / math.log(2.0)
        background = near * self._line_bins.shape[1]
        ratio = np.divide(line, background, out=np.zeros_like(line), where=background > 0)
        return LinePowers(line - background, ratio, power[self._band_bins].sum(axis=0))

    def of_families(self, lines: FloatArray) -> FloatArray:
        """Sum figures of lines, (n_lines, n_channels), by `MAINS_HZ`: (2, n_channels)."""
        return self._of_family @ lines

    def mains_uv2(self, powers: LinePowers) -> FloatArray:
        """Sum a window's lines for each of `MAINS_HZ`; may be negative: (2, n_channels)."""
        return self.of_families(powers.excess_uv2)


def mains_share(mains_uv2: FloatArray, total_uv2: FloatArray) -> FloatArray:
    """Share of the mains in the whole power, 0 to 1; a country has one of `MAINS_HZ`.

    Parameters
    ----------
    mains_uv2 : ndarray, shape (2, n_channels)
        As from `LineProbe.mains_uv2`.
    total_uv2 : ndarray, shape (n_channels,)
    """
    stronger = mains_uv2.max(axis=0)
    share: FloatArray = np.divide(
        stronger, total_uv2, out=np.zeros_like(total_uv2), where=total_uv2 > 0
    )
    return share.clip(0.0, 1.0)


@dataclass(frozen=True)
class Hum:
    """Hum of one channel.

    Attributes
    ----------
    rms_uv : float
        RMS of the mains and its harmonics; 0 where none stands out.
    mains_hz : float
        Which mains: one of `MAINS_HZ`, the stronger one.
    rest_uv : float
        RMS of the probe's band without this hum.
    """

    rms_uv: float
    mains_hz: float
    rest_uv: float


def steady_hum(probe: LineProbe, windows_uv: Sequence[FloatArray]) -> tuple[Hum, ...]:
    """Measure the hum that is in most of the windows: a burst of anything is in a few.

    Parameters
    ----------
    probe : LineProbe
    windows_uv : sequence of ndarray, shape (window_n, n_channels)
        One at least. Noise alone can look like hum in one or two, hardly in three or more.

    Returns
    -------
    tuple of Hum
        One for each channel.
    """
    powers = [probe.measure(window - window.mean(axis=0)) for window in windows_uv]
    excess_uv2 = np.array([power.excess_uv2 for power in powers])
    none, whole = HUM_FADE
    ratio = np.median([power.ratio for power in powers], axis=0)
    counts = ((ratio - none) / (whole - none)).clip(0.0, 1.0)
    typical_uv2 = probe.of_families(counts * np.median(excess_uv2, axis=0))
    # what is left is a sum over all windows, whatever is typical
    total_uv2 = np.mean([power.total_uv2 for power in powers], axis=0)
    rest_uv2 = total_uv2 - probe.of_families(counts * excess_uv2.mean(axis=0))
    hums = []
    for k, stronger in enumerate(typical_uv2.argmax(axis=0)):
        hum_uv2, left_uv2 = (max(0.0, float(uv2[stronger, k])) for uv2 in (typical_uv2, rest_uv2))
        hums.append(Hum(math.sqrt(hum_uv2), MAINS_HZ[stronger], math.sqrt(left_uv2)))
    return tuple(hums)
