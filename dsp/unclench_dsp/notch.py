"""Taking the mains out of the band: narrow notches, only where there is a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from unclench_dsp.arrays import FloatArray
from unclench_dsp.bands import Band
from unclench_dsp.filters import SosFilter
from unclench_dsp.mains import LINE_WINDOWS, MainsDetector, harmonics_hz

MainsMode: TypeAlias = Literal["auto", "50", "60", "off"]

NOTCH_WIDTH_HZ = 2.0
"""Between the -3 dB points: wide enough for a mains that strays by 0.2 Hz, narrow enough to take
only 0.5 % of the wide band's power for each line."""


def design_notch(lines_hz: tuple[float, ...], fs_hz: float) -> FloatArray:
    """Design one notch for each line.

    Parameters
    ----------
    lines_hz : tuple of float
        Frequencies to remove, at least one.
    fs_hz : float

    Returns
    -------
    ndarray, shape (n_lines, 6)
        Second-order sections.
    """

    from scipy import signal

    return np.array(
        [
            np.concatenate(signal.iirnotch(line_hz, line_hz / NOTCH_WIDTH_HZ, fs=fs_hz))
            for line_hz in lines_hz
        ]
    )


@dataclass(frozen=True)
class NotchChange:
    """Lines that were found and are removed from now on.

    Attributes
    ----------
    index : int
        Sample, counted from the first one ever given, from which on they are removed.
    hum_from : int
        Sample from which on the hum was watched before it was believed: what lies between is
        more hum than muscle.
    channel : int
    lines_hz : tuple of float
        All lines removed from this channel now.
    """

    index: int
    hum_from: int
    channel: int
    lines_hz: tuple[float, ...]


class MainsNotch:
    """Removes mains lines from a band-passed stream, for each channel its own.

    ``auto`` takes out the lines that a `MainsDetector` finds, from the sample after the deciding
    window on; ``50`` and ``60`` take out that frequency and all its harmonics in the band from the
    first sample on; ``off`` takes out nothing. The detector listens to the signal before the notch
    in every mode.

    Parameters
    ----------
    mode : {"auto", "50", "60", "off"}
    fs_hz : float
    n_channels : int
    band : Band
    """

    def __init__(self, mode: MainsMode, fs_hz: float, n_channels: int, band: Band) -> None:
        self.detector = MainsDetector(fs_hz, n_channels, band)
        self._auto = mode == "auto"
        self._fs_hz = fs_hz
        lines_hz = harmonics_hz(float(mode), band.high_hz) if mode in ("50", "60") else ()
        self.notched_hz: tuple[tuple[float, ...], ...] = (lines_hz,) * n_channels
        """For each channel the lines that are removed now."""
        self.changes: list[NotchChange] = []
        """What ``auto`` has switched in so far: few, as lines once in stay in."""
        self.left_from: dict[int, int] = {}
        """For channels with a line that ``50`` or ``60`` does not remove, the sample from which
        on that is known, counted from the first one ever given."""
        self._next_index = 0
        self._filters = [
            self._filter_for(lines_hz) if lines_hz else None for _ in range(n_channels)
        ]

    def restart(self) -> None:
        """Begin anew after a gap, with the notches that are in."""
        self.detector.restart()
        for notch in self._filters:
            if notch is not None:
                notch.reset()

    def process(self, band_uv: FloatArray) -> FloatArray:
        """Take the next block.

        Parameters
        ----------
        band_uv : ndarray, shape (n_samples, n_channels)

        Returns
        -------
        ndarray, shape (n_samples, n_channels)
            A new array. Any split of a signal into blocks gives the same bits.
        """
        clean_uv = np.array(band_uv, order="F")
        done = 0
        while done < len(band_uv):
            stop = min(len(band_uv), done + self.detector.missing_n)
            for channel, notch in enumerate(self._filters):
                if notch is not None:
                    here = np.s_[done:stop, channel : channel + 1]
                    clean_uv[here] = notch.process(band_uv[here])
            deciding_uv = self.detector.process(band_uv[done:stop])
            self._next_index += stop - done
            if deciding_uv is not None:
                if self._auto:
                    self._switch_in(deciding_uv)
                else:
                    self._note_left()
            done = stop
        return clean_uv

    def _note_left(self) -> None:
        for channel, lines_hz in enumerate(self.detector.lines_hz):
            if not set(lines_hz) <= set(self.notched_hz[channel]):
                self.left_from.setdefault(channel, self._next_index)

    def _switch_in(self, deciding_uv: FloatArray) -> None:
        for channel, lines_hz in enumerate(self.detector.lines_hz):
            if lines_hz != self.notched_hz[channel]:
                notch = self._filters[channel] = self._filter_for(lines_hz)
                # Two seconds are twelve time constants: the notch is in without a transient.
                notch.process(deciding_uv[:, channel : channel + 1])
                hum_from = self._next_index - LINE_WINDOWS * len(deciding_uv)
                self.changes.append(NotchChange(self._next_index, hum_from, channel, lines_hz))
        self.notched_hz = self.detector.lines_hz

    def _filter_for(self, lines_hz: tuple[float, ...]) -> SosFilter:
        return SosFilter(design_notch(lines_hz, self._fs_hz), 1)
