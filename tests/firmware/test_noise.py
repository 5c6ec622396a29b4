"""The board's own noise figure, against filters of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from unclench_board.noise import band_rms


@pytest.mark.parametrize("fs_hz", [1000, 2000, 4000])
def test_white_noise_agrees_with_the_same_filters_in_scipy(fs_hz):
    values = (512_000 + 300 * np.random.default_rng(1).standard_normal(3000)).astype(int)
    sos = np.vstack(
        [
            signal.butter(2, 20, "highpass", fs=fs_hz, output="sos"),
            signal.butter(2, 450, "lowpass", fs=fs_hz, output="sos"),
        ]
    )
    filtered = signal.sosfilt(sos, values - values.mean())
    expected = np.sqrt(np.mean(filtered[750:] ** 2))
    assert band_rms(values.tolist(), fs_hz) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("hz", "low", "high"), [(2, 0.0, 0.02), (80, 0.97, 1.01), (200, 0.97, 1.01), (900, 0.0, 0.25)]
)
def test_the_noise_filter_passes_its_band_and_nothing_else(hz, low, high):
    t = np.arange(4000) / 4000
    values = 512_000 + 1000 * np.sqrt(2) * np.sin(2 * np.pi * hz * t)
    assert low <= band_rms(values.tolist(), 4000) / 1000 <= high


def test_a_constant_level_has_no_noise():
    assert band_rms([512_345] * 2000, 2000) == 0.0
