"""Signals made to be good, humming, clipping, or not connected, and what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp import Assessment, QualityMeter, clipped_fraction

FS_HZ = 2000.0
WINDOW_N = 1000
RAILS_UV = (np.array([-8000.0]), np.array([8000.0]))
NOISE_UV = np.array([0.3])


def emg(seconds: float, rms_uv: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=rms_uv, size=(round(seconds * FS_HZ), 1))


def hum(seconds: float, rms_uv: float, frequency_hz: float = 50.0) -> np.ndarray:
    t_s = np.arange(round(seconds * FS_HZ)) / FS_HZ
    return rms_uv * np.sqrt(2.0) * np.sin(2 * np.pi * frequency_hz * t_s)[:, np.newaxis]


def judge(x_uv: np.ndarray, first_index: int = 0, settled_from: int = 0) -> list[Assessment]:
    meter = QualityMeter(FS_HZ, 1, rails_uv=RAILS_UV, noise_uv=NOISE_UV)
    return meter.process(first_index, x_uv, np.arange(len(x_uv)) < settled_from)


def states(x_uv: np.ndarray) -> set[str]:
    return {state for assessment in judge(x_uv) for state in assessment.state}


@pytest.mark.parametrize("rms_uv", [0.5, 2.0, 300.0])
def test_muscle_is_good(rms_uv: float) -> None:
    assert states(emg(60.0, rms_uv) + 500.0) == {"good"}


def test_a_bit_of_hum_is_good() -> None:
    assert states(emg(30.0, 3.0) + hum(30.0, 1.0)) == {"good"}
    assert states(emg(30.0, 1.0) + hum(30.0, 2.0)) == {"good"}, "2 uV: not worth a word"
    assert states(emg(30.0, 30.0) + hum(30.0, 10.0)) == {"good"}, "less than the muscle"


@pytest.mark.parametrize("frequency_hz", [49.9, 50.0, 60.0, 60.1, 180.0])
def test_more_hum_than_muscle_is_mains_hum(frequency_hz: float) -> None:
    assert states(emg(30.0, 3.0) + hum(30.0, 6.0, frequency_hz)) == {"mains hum"}


def test_the_hum_is_measured() -> None:
    assessment = judge(emg(1.0, 1.0) + hum(1.0, 20.0) + 250.0)[-1]
    assert assessment.mains_uv[0] == pytest.approx(20.0, rel=0.03)
    assert assessment.mains_fraction[0] > 0.97
    assert assessment.offset_uv[0] == pytest.approx(250.0, abs=0.5)
    assert judge(emg(1.0, 20.0))[-1].mains_fraction[0] < 0.2


def test_a_floating_input_is_no_contact() -> None:
    assert states(emg(10.0, 3.0) + hum(10.0, 500.0)) == {"no contact"}, "huge hum"
    assert states(np.full((20_000, 1), 7990.0) + emg(10.0, 2.0)) == {"no contact"}, "railed"
    assert states(np.full((20_000, 1), 12.0)) == {"no contact"}, "constant"
    assert states(emg(10.0, 0.05)) == {"no contact"}, "quieter than the amplifier"


def test_a_wandering_offset_with_hum_is_no_contact() -> None:
    steps_uv = np.repeat([0.0, 2000.0, -1000.0, 1500.0, 0.0, 2000.0], WINDOW_N)[:, np.newaxis]
    x = emg(3.0, 2.0) + hum(3.0, 20.0)
    assert judge(x)[-1].state == ("mains hum",)
    assert judge(x + steps_uv)[-1].state == ("no contact",)


def test_cut_off_peaks_are_clipping() -> None:
    x = np.clip(emg(10.0, 4000.0), -8000.0, 8000.0)
    assert states(x) == {"clipping"}
    assert judge(x)[0].clipped_fraction[0] == pytest.approx(0.046, abs=0.02)


def test_the_settling_time_is_called_so_and_ends_at_once() -> None:
    seen = [a.state[0] for a in judge(emg(2.0, 3.0), settled_from=1200)]
    assert seen == ["settling", "settling", "good", "good"]


def test_the_state_does_not_flicker() -> None:
    good, bad = emg(0.5, 3.0), emg(0.5, 3.0) + hum(0.5, 20.0)
    x = np.concatenate([good, bad, good, bad, bad, good, good])
    seen = [a.state[0] for a in judge(x)]
    assert seen == ["good", "good", "good", "good", "mains hum", "mains hum", "good"]


def test_channels_are_judged_apart() -> None:
    x = np.hstack([emg(2.0, 3.0), np.zeros((4000, 1)), emg(2.0, 3.0, 1) + hum(2.0, 30.0)])
    meter = QualityMeter(FS_HZ, 3)
    seen = meter.process(0, x, np.zeros(4000, dtype=bool))
    assert seen[-1].state == ("good", "no contact", "mains hum")


def test_windows_lie_on_the_absolute_grid_and_never_over_a_gap() -> None:
    meter = QualityMeter(FS_HZ, 1)
    x = emg(2.5, 3.0)
    still = np.zeros(5000, dtype=bool)
    assert [a.first_index for a in meter.process(300, x[:2000], still[:2000])] == [1000]
    assert [a.first_index for a in meter.process(2600, x, still)] == [3000, 4000, 5000, 6000]


def test_a_recording_at_250_hz_is_judged_too() -> None:
    x = emg(5.0, 3.0)[::8]
    meter = QualityMeter(250.0, 1)
    assert meter.process(0, x, np.zeros(len(x), dtype=bool))[-1].state == ("good",)


def test_clipped_fraction_with_known_rails() -> None:
    x = np.array([[0.0, 99.5], [-99.0, 0.0], [97.0, 98.5], [0.0, -98.0]])
    rails = (np.array([-100.0, -100.0]), np.array([100.0, 100.0]))
    np.testing.assert_array_equal(clipped_fraction(x, rails), [0.25, 0.75])


def test_clipped_fraction_finds_an_unknown_rail() -> None:
    wave = 100.0 * np.sin(np.arange(20_000) * 0.1)
    cut = np.clip(wave, None, 80.0)
    expected = np.mean(wave >= 80.0)
    assert clipped_fraction(np.stack([wave, cut], axis=1)) == pytest.approx([0.0, expected])


def test_coarse_converters_and_constants_are_not_called_clipped() -> None:
    coarse = np.rint(emg(10.0, 1.0)) * 4.0  # a handful of codes, the extremes often in a row
    assert clipped_fraction(np.clip(coarse, -4.0, 4.0))[0] == 0.0
    assert clipped_fraction(np.full((100, 1), 5.0))[0] == 0.0
    assert clipped_fraction(np.empty((0, 2))).tolist() == [0.0, 0.0]


def test_two_equal_extremes_are_chance_three_are_a_rail() -> None:
    x = np.random.default_rng(0).normal(size=(1000, 1))
    x[100:102] = 9.0
    assert clipped_fraction(x)[0] == 0.0
    x[102] = 9.0
    assert clipped_fraction(x)[0] == 0.003
