"""Median frequency against signals whose spectrum is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from unclench_dsp.arrays import FloatArray
from unclench_dsp.spectrum import NoFrequency, contraction_median_frequency, median_frequency

FS_HZ = 2000.0


def noise(seconds: float, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).standard_normal(round(seconds * FS_HZ))


def test_white_noise_has_its_median_in_the_middle_of_the_band() -> None:
    assert median_frequency(noise(60), FS_HZ, 20, 450) == pytest.approx(235, abs=2)
    assert median_frequency(noise(60), FS_HZ, 100, 200) == pytest.approx(150, abs=1)


def test_coloured_noise_has_the_median_of_its_filter() -> None:
    b, a = signal.butter(1, 100, fs=FS_HZ)
    freq_hz = np.linspace(20, 450, 100_001)
    below = np.cumsum(np.abs(signal.freqz(b, a, freq_hz, fs=FS_HZ)[1]) ** 2)
    expected = freq_hz[np.searchsorted(below, below[-1] / 2)]
    found = median_frequency(signal.lfilter(b, a, noise(120)), FS_HZ, 20, 450)
    assert found == pytest.approx(expected, rel=0.015)


@pytest.mark.parametrize("line_hz", [50.0, 60.0])
def test_mains_hum_and_offset_do_not_move_it(line_hz: float) -> None:
    emg_uv = noise(10)
    t_s = np.arange(emg_uv.size) / FS_HZ
    hum = sum(3 / k * np.sin(2 * np.pi * k * line_hz * t_s) for k in (1, 3, 5))
    clean = median_frequency(emg_uv, FS_HZ, 20, 450)
    assert median_frequency(emg_uv + hum + 1000.0, FS_HZ, 20, 450) == pytest.approx(clean, abs=2)


def test_a_tiring_muscle_lowers_the_median_frequency() -> None:
    def shaped(high_hz: float) -> FloatArray:
        return np.asarray(
            signal.sosfilt(signal.butter(2, high_hz, fs=FS_HZ, output="sos"), noise(5))
        )

    fresh, tired = (median_frequency(shaped(hz), FS_HZ, 20, 450) for hz in (150, 90))
    assert tired < fresh - 30


def test_a_band_wider_than_the_rate_allows_ends_at_half_of_it() -> None:
    assert median_frequency(noise(60), FS_HZ, 20, 5000) == pytest.approx(510, abs=5)


def test_nothing_has_no_median() -> None:
    assert np.isnan(median_frequency(np.zeros(4000), FS_HZ, 20, 450))
    with pytest.raises(ValueError, match=r"100 samples are 0.05 s; .* at least 0.5 s"):
        median_frequency(np.zeros(100), FS_HZ, 20, 450)


@pytest.mark.parametrize(
    ("emg_uv", "rest_uv", "problem"),
    [
        (100 * noise(0.9), 3.0, NoFrequency.TOO_SHORT),
        (100 * noise(2), None, NoFrequency.NO_REST),
        (10 * noise(2), 3.0, NoFrequency.TOO_WEAK),
        (np.zeros(4000), 3.0, NoFrequency.NO_SIGNAL),
        (100 * noise(2), 3.0, None),
    ],
)
def test_only_a_hold_well_above_rest_has_a_median(
    emg_uv: FloatArray, rest_uv: float | None, problem: NoFrequency | None
) -> None:
    found = contraction_median_frequency(emg_uv, FS_HZ, 20, 450, rest_uv=rest_uv)
    assert found.problem is problem
    assert (found.median_hz is None) == (problem is not None)


def test_a_hold_too_short_or_too_weak_says_how_much_it_had() -> None:
    short = contraction_median_frequency(100 * noise(0.9), FS_HZ, 20, 450, rest_uv=3.0)
    assert short.measured == pytest.approx(0.9)
    rest_uv = float(10 * np.sqrt(430 / 1000) / 10 ** (8.0 / 20))
    weak = contraction_median_frequency(10 * noise(20), FS_HZ, 20, 450, rest_uv=rest_uv)
    assert weak.measured == pytest.approx(8.0, abs=0.3)


def test_the_gate_is_at_ten_decibels_in_the_band() -> None:
    in_band = 10 * np.sqrt(430 / 1000)  # RMS of white noise of 10 uV between 20 and 450 Hz
    for rest_uv, there in ((in_band / 10**0.45, False), (in_band / 10**0.55, True)):
        found = contraction_median_frequency(10 * noise(20), FS_HZ, 20, 450, rest_uv=rest_uv)
        assert (found.median_hz is not None) == there
