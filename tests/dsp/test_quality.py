"""Signals made to be good, humming, clipping, or not connected, and what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp import (
    WIDE,
    Assessment,
    ChainBlock,
    QualityMeter,
    SosFilter,
    clipped_fraction,
    design_bandpass,
)

FS_HZ = 2000.0
WINDOW_N = 1000
RAILS_UV = (np.array([-8000.0]), np.array([8000.0]))
NOISE_UV = np.array([0.3])


def emg(seconds: float, rms_uv: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=rms_uv, size=(round(seconds * FS_HZ), 1))


def hum(seconds: float, rms_uv: float, frequency_hz: float = 50.0) -> np.ndarray:
    t_s = np.arange(round(seconds * FS_HZ)) / FS_HZ
    return rms_uv * np.sqrt(2.0) * np.sin(2 * np.pi * frequency_hz * t_s)[:, np.newaxis]


def treated(
    x_uv: np.ndarray,
    settled_from: int = 0,
    disturbed: np.ndarray | None = None,
    fs_hz: float = FS_HZ,
) -> ChainBlock:
    """What the chain makes of a signal from which it removes nothing."""
    if fs_hz >= WIDE.min_rate_hz:
        band_uv = SosFilter(design_bandpass(WIDE, fs_hz), x_uv.shape[1]).process(x_uv)
    else:
        band_uv = x_uv - x_uv.mean(axis=0)
    kept = np.ones(x_uv.shape, dtype=bool)
    none = ~kept
    if disturbed is None:
        disturbed = none
    settling = np.arange(len(x_uv)) < settled_from
    return ChainBlock(0, band_uv, np.abs(band_uv), kept & ~disturbed, disturbed, none, settling)


def judge(x_uv: np.ndarray, first_index: int = 0, settled_from: int = 0) -> list[Assessment]:
    meter = QualityMeter(FS_HZ, 1, rails_uv=RAILS_UV, noise_uv=NOISE_UV)
    return meter.process(first_index, x_uv, treated(x_uv, settled_from))


def states(x_uv: np.ndarray) -> set[str]:
    return {state for assessment in judge(x_uv) for state in assessment.state}


@pytest.mark.parametrize("rms_uv", [0.5, 2.0, 300.0])
def test_muscle_is_good(rms_uv: float) -> None:
    assert states(emg(60.0, rms_uv) + 500.0) == {"good"}


def test_a_bit_of_hum_is_good() -> None:
    assert states(emg(30.0, 3.0) + hum(30.0, 0.3)) == {"good"}
    assert states(emg(30.0, 30.0) + hum(30.0, 3.0)) == {"good"}
    assert states(emg(30.0, 30.0) + hum(30.0, 10.0)) == {"good", "mains hum"}, "after 2 s"


@pytest.mark.parametrize("frequency_hz", [49.9, 50.0, 60.0, 60.1, 180.0])
def test_more_hum_than_muscle_is_mains_hum(frequency_hz: float) -> None:
    assert states(emg(30.0, 3.0) + hum(30.0, 6.0, frequency_hz)) == {"mains hum"}


def test_what_is_left_is_named_with_its_frequency_until_it_is_over() -> None:
    tone = np.concatenate([hum(10.0, 6.0, 73.0), np.zeros((20_000, 1))])
    found = judge(emg(20.0, 3.0) + tone)
    named = [one for one in found if "tone" in (*one.state, *one.shown)]
    assert 10 < len(named) < 24
    assert {one.left_hz for one in named} == {(73.0,)}
    assert {one.left_hz for one in found if one not in named} == {(0.0,)}
    assert judge(emg(5.0, 3.0) + hum(5.0, 6.0, 60.0))[-1].left_hz == (60.0,)


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


def test_hum_that_was_removed_does_no_harm() -> None:
    x = emg(10.0, 2.0) + hum(10.0, 100.0)
    meter = QualityMeter(FS_HZ, 1, rails_uv=RAILS_UV, noise_uv=NOISE_UV)
    seen = meter.process(0, x, treated(emg(10.0, 2.0)))
    assert {a.state for a in seen} == {("good",)}
    assert seen[-1].mains_fraction[0] > 0.9, "of what came in"


def test_a_window_with_pops_or_flutter_shows_movement() -> None:
    x = emg(4.0, 2.0)
    disturbed = np.zeros(x.shape, dtype=bool)
    disturbed[4100:6000] = True
    seen = [a.state[0] for a in QualityMeter(FS_HZ, 1).process(0, x, treated(x, 0, disturbed))]
    assert seen == ["good"] * 5 + ["movement", "movement", "good"]


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
    good, bad = emg(0.5, 3.0), emg(0.5, 3.0)
    bad[::50] = 7990.0
    x = np.concatenate([good, bad, good, bad, bad, good, good])
    seen = [a.state[0] for a in judge(x)]
    assert seen == ["good", "good", "good", "good", "clipping", "clipping", "good"]


def test_channels_are_judged_apart() -> None:
    x = np.hstack([emg(2.0, 3.0), np.zeros((4000, 1)), emg(2.0, 3.0, 1) + hum(2.0, 30.0)])
    meter = QualityMeter(FS_HZ, 3)
    seen = meter.process(0, x, treated(x))
    assert seen[-1].state == ("good", "no contact", "mains hum")


def test_windows_lie_on_the_absolute_grid_and_never_over_a_gap() -> None:
    meter = QualityMeter(FS_HZ, 1)
    x = emg(2.5, 3.0)
    assert [a.first_index for a in meter.process(300, x[:2000], treated(x[:2000]))] == [1000]
    seen = meter.process(2600, x, treated(x))
    assert [a.first_index for a in seen] == [3000, 4000, 5000, 6000]


def test_a_recording_at_250_hz_is_judged_too() -> None:
    x = emg(5.0, 3.0)[::8]
    meter = QualityMeter(250.0, 1)
    assert meter.process(0, x, treated(x, fs_hz=250.0))[-1].state == ("good",)


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
