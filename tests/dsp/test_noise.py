"""Noise and hum of an instrument, with truth that is planted."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp.mains import LineProbe, steady_hum
from unclench_dsp.noise import noise_spectra

FS_HZ = 2000.0
NOISE_UV = 0.2 * np.sqrt(430 / 1000)  # of white noise of 0.2 uV, in 20-450 Hz


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.2, (round(seconds * FS_HZ), 1))


def sine(seconds: float, hz: float, rms_uv: float) -> np.ndarray:
    t_s = np.arange(round(seconds * FS_HZ)) / FS_HZ
    return rms_uv * np.sqrt(2) * np.sin(2 * np.pi * hz * t_s)[:, np.newaxis]


@pytest.mark.parametrize("rms_uv", [0.2, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("mains_hz", [49.8, 50.0, 60.2])
def test_hum_and_noise_are_told_apart(mains_hz, rms_uv) -> None:
    run = noise(10.0) + sine(10.0, mains_hz, rms_uv) + sine(10.0, 3 * mains_hz, rms_uv / 4)
    (spectrum,) = noise_spectra([run], FS_HZ)
    assert spectrum.hum_uv == pytest.approx(rms_uv * np.hypot(1, 1 / 4), rel=0.03)
    assert spectrum.mains_hz == round(mains_hz, -1)
    if rms_uv <= 10.0:
        assert spectrum.noise_uv == pytest.approx(NOISE_UV, rel=0.1)


def test_noise_alone_has_no_hum() -> None:
    for seed in range(20):
        (spectrum,) = noise_spectra([noise(10.0, seed)], FS_HZ)
        assert spectrum.hum_uv < 0.02
        assert spectrum.noise_uv == pytest.approx(NOISE_UV, rel=0.05)


def test_hum_that_comes_late_is_hidden_from_neither_figure() -> None:
    late = noise(10.0)
    late[-round(4 * FS_HZ) :] += sine(4.0, 50.0, 2.0)
    (spectrum,) = noise_spectra([late], FS_HZ)
    assert np.hypot(spectrum.noise_uv, spectrum.hum_uv) == pytest.approx(
        np.hypot(NOISE_UV, 2.0 * np.sqrt(0.4)), rel=0.05
    )


def test_runs_between_gaps_count_as_one_signal() -> None:
    whole = noise(9.0) + sine(9.0, 50.0, 1.0)
    runs = [whole[:6000], whole[6000:6500], whole[6500:]]  # the second is too short
    (spectrum,) = noise_spectra(runs, FS_HZ)
    assert spectrum.hum_uv == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize(
    ("runs", "fs_hz", "why"),
    [
        ([noise(2.0)], 900.0, "above 900 Hz"),
        ([noise(0.9)], FS_HZ, "No run without gaps lasts a second"),
    ],
)
def test_what_has_no_spectrum_is_refused(runs, fs_hz, why) -> None:
    with pytest.raises(ValueError, match=why):
        noise_spectra(runs, fs_hz)


def test_the_rest_of_a_probe_is_what_is_no_hum() -> None:
    window_n = round(2 * FS_HZ)
    signal_uv = noise(20.0) + sine(20.0, 60.0, 3.0)
    windows = [signal_uv[k : k + window_n] for k in range(0, len(signal_uv), window_n)]
    (hum,) = steady_hum(LineProbe(FS_HZ, window_n, 20.0, 450.0), windows)
    assert hum.mains_hz == 60.0
    assert hum.rms_uv == pytest.approx(3.0, rel=0.01)
    assert hum.rest_uv == pytest.approx(NOISE_UV, rel=0.1)
