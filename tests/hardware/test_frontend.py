"""The front-end calculation against the virtual board, against brute force, and against itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hardware.frontend.budget import (
    budgets,
    thermal_v_rthz,
)
from hardware.frontend.converter import Converter, floor_uv, inflation, moments, read_uv, step_uv
from hardware.frontend.response import (
    CHANNELS,
    NEIGHBOUR,
    RATES_HZ,
    UV_PER_CODE,
    averaging,
    folded_bandwidth_hz,
    passed_hz,
    sampling,
)
from hardware.frontend.supply import (
    band_ripple_uv_per_mv,
    inrush_a,
    matching_supply_f,
    ripple_uv_per_mv,
)
from scipy import signal
from tests.known import known

from unclench.link.virtual.adc import Adc
from unclench.link.virtual.inputs import SyntheticInput
from unclench.link.virtual.muscle import Muscle
from unclench.link.virtual.scenarios import SCENARIOS, Scenario
from unclench_dsp import units_to_uv

WITHIN = 0.20  # of what is calculated
REST_CODES = 4096 / 2  # the virtual board's


def band_rms(emg_uv: np.ndarray, fs_hz: float) -> np.ndarray:
    hz, power = signal.periodogram(emg_uv, fs_hz, "hann", axis=0)
    inside = (hz >= 20) & (hz <= 450)
    return np.sqrt(power[inside].sum(axis=0) * hz[1])


def measured_uv(
    scenario: str, rate_hz: int, channels: int, corrected: bool, seconds: int = 20
) -> np.ndarray:
    """RMS in 20-450 Hz of each channel of the virtual board."""
    board = SyntheticInput(scenario, channels, rate_hz)
    board.set_step(1000 if corrected else 0)
    board.restart()
    units = np.concatenate([known(board.read(rate_hz))[1] for _ in range(seconds)])
    hello = board.hello()
    scale = np.array([hello.uv_per_unit(k) for k in range(channels)])
    return band_rms(units_to_uv(units, hello.zero_unit, scale), rate_hz)


def typical(corrected: bool) -> Converter:
    return Converter() if corrected else Converter().uncorrected()


@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_computed_noise_floor_agrees_with_the_virtual_board(
    rate_hz, channels, corrected
) -> None:
    calculated = floor_uv(sampling(rate_hz, channels), typical(corrected), REST_CODES)
    measured = measured_uv("shorted", rate_hz, channels, corrected)
    assert measured == pytest.approx(np.full(channels, calculated), rel=WITHIN)


@pytest.mark.parametrize("corrected", [True, False])
def test_a_relaxed_muscle_reads_as_on_the_virtual_board(monkeypatch, corrected) -> None:
    steady = Muscle(rest_uv=2.0, drift=0.0, breath=0.0, mains_uv=0.0)
    monkeypatch.setitem(SCENARIOS, "steady", Scenario("2 uV", lambda channel: steady))
    measured = measured_uv("steady", 2000, 1, corrected)
    calculated = read_uv(2.0, sampling(2000, 1), typical(corrected), REST_CODES)
    assert measured == pytest.approx(calculated, rel=0.06)  # closer than the step's 30 %


@pytest.mark.parametrize("noise_lsb", [0.63, 0.97, 1.36])
@pytest.mark.parametrize(("step_lsb", "corrected_lsb"), [(0, 0), (0.6, 0), (1, 1), (1.4, 0.9)])
def test_mean_and_variance_of_a_reading_agree_with_the_virtual_converter(
    noise_lsb, step_lsb, corrected_lsb
) -> None:
    """Two ways to integrate over the noise: sums of probabilities here, a convolution there."""
    converter = Converter(noise_lsb, step_lsb, corrected_lsb)
    other = Adc(noise_lsb, step_lsb, corrected_lsb)
    rng = np.random.default_rng(0)
    for level in (700.25, 2040.0, 2045.5, 2046.5, 2047.0, 2047.5, 2048.0, 2060.0):
        mean, variance = moments(level, converter)
        drawn = other.sums(np.full(2, level), 1e12, rng) / 1e12
        assert mean == pytest.approx(drawn.mean(), abs=0.03)  # its grid: 1/32 code
        assert variance == pytest.approx(other.noise_codes(level) ** 2, rel=0.02)  # likewise


def test_an_uncorrected_step_adds_most_noise_where_the_input_rests_on_it() -> None:
    how, raw = sampling(2000, 1), Converter().uncorrected()
    on = raw.worst_rest_codes
    assert on == 2047
    around = [step_uv(how, raw, on + off) for off in (-8, -2, -1, 0, 1, 2, 8)]
    assert np.argmax(around) == 3
    assert max(around[0], around[-1]) < 1e-3 < 0.1 < around[3]
    # Half of the readings are 1 too high: var(x + [x > 0]), x normal with rounding beside it.
    spread = np.sqrt(0.97**2 + 1 / 12)
    both = spread**2 + 1 / 4 + 2 * spread / np.sqrt(2 * np.pi)
    assert moments(on, raw)[1] == pytest.approx(both, rel=0.02)
    assert step_uv(how, Converter(), on) == pytest.approx(0, abs=1e-6)


def test_the_step_inflates_weak_signals_most() -> None:
    """A weak signal is steeper by step / (noise sqrt(2 pi)) on the step, a strong one is not."""
    how = sampling(2000, 1)
    quiet = Converter(noise_lsb=0.63, step_lsb=1.4).uncorrected()
    on = quiet.worst_rest_codes
    assert inflation(0.5, how, quiet, on) == pytest.approx(
        1 + 1.4 / (0.63 * np.sqrt(2 * np.pi)), rel=0.1
    )
    factors = [inflation(uv, how, quiet, on) for uv in (1, 2, 5, 20)]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] == pytest.approx(1.1, abs=0.05)
    assert inflation(2, how, quiet, on + 10) == pytest.approx(1, abs=1e-3)


def test_averaging_readings_agrees_with_a_simulation() -> None:
    how = sampling(2000, 3)
    t = np.arange(how.readings * 400) * how.reading_s
    for hz in (100.0, 450.0, 1550.0, 7130.0):
        sums = np.exp(2j * np.pi * hz * t).reshape(400, how.readings).mean(axis=1)
        assert averaging(hz, how) == pytest.approx(np.abs(sums), rel=1e-6)
    assert averaging(2000.0, how) < 1e-6
    assert averaging(1 / how.reading_s, how) == pytest.approx(1)


def test_the_board_samples_with_the_planned_timing() -> None:
    for rate_hz in RATES_HZ:
        for channels in CHANNELS:
            how = sampling(rate_hz, channels)
            assert how.rate_hz == rate_hz
            assert 0.95 < how.readings * rate_hz * channels / 500_000 <= 1
    assert (sampling(2000, 1).readings, sampling(2000, 3).readings) == (250, 80)


def test_ripple_that_both_filters_pass_equally_cancels() -> None:
    hz = np.array([20.0, 100.0, 450.0])
    assert ripple_uv_per_mv(1e-3, "no-solder", True) == pytest.approx(0, abs=1e-4)
    assert ripple_uv_per_mv(1e-3, "no-solder", False) == pytest.approx(
        2048 / 3.3 * 1e-3 * UV_PER_CODE, rel=1e-3
    )
    # 1 - 1 / (1 + jx) with x = f / 360 Hz
    x = hz * 2 * np.pi * 201 * 2.2e-6
    wanted = 2.5 * x / np.sqrt(1 + x**2)
    assert ripple_uv_per_mv(hz, "no-solder", True) == pytest.approx(wanted, rel=1e-3)
    assert matching_supply_f() == pytest.approx(246e-6)
    usual = band_ripple_uv_per_mv("tidy", True, 100e-6)
    assert band_ripple_uv_per_mv("tidy", True, matching_supply_f()) < 0.05 * usual
    nominal = band_ripple_uv_per_mv("tidy", True)
    assert nominal < 0.1 * usual


def test_folded_noise_agrees_with_a_simulation() -> None:
    """White noise through the sensor, averaged as the board does or sampled as the sketch does."""
    rng = np.random.default_rng(1)
    fs_hz = 250_000
    low = signal.butter(1, 20.8, "highpass", fs=fs_hz, output="sos")
    high = signal.butter(1, 498.4, "lowpass", fs=fs_hz, output="sos")
    noise = rng.standard_normal(20 * fs_hz) * np.sqrt(fs_hz / 2)  # 1 per sqrt(Hz)
    seen = signal.sosfilt(np.vstack([low, high]), noise).reshape(-1, fs_hz // 1000)[1000:]
    for how, samples in ((sampling(1000, 1), seen.mean(axis=1)), (NEIGHBOUR, seen[:, 0])):
        width_hz = passed_hz("no-solder", how) + folded_bandwidth_hz("no-solder", how)
        assert band_rms(samples, 1000) == pytest.approx(np.sqrt(width_hz), rel=0.05)
    assert thermal_v_rthz(1000.0) == pytest.approx(4.07e-9, rel=0.01)  # 1 kohm at 300 K


def test_inrush_current_agrees_with_a_simulation() -> None:
    dt, volts, most_a = 1e-7, 0.0, 0.0
    for k in range(30_000):
        amperes = (min(1.0, k * dt / 1e-3) * 3.3 - volts) / 10
        volts += amperes * dt / 220e-6
        most_a = max(most_a, amperes)
    assert inrush_a(1) == pytest.approx(most_a, rel=1e-3)
    assert inrush_a(3) == pytest.approx(0.80, abs=0.01)


def test_noise_adds_by_squares_and_unverified_parts_are_separate() -> None:
    for each in budgets():
        verified_uv = [part.noise_uv for part in each.parts if part.status != "unverified"]
        assert each.known_uv == pytest.approx(np.sqrt(np.sum(np.square(verified_uv))))
        everything = [part.noise_uv for part in each.parts]
        assert each.all_uv == pytest.approx(np.sqrt(np.sum(np.square(everything))))
        assert {part.name for part in each.parts if part.status == "unverified"} == {
            *("sensor", "skin", "ripple")
        }
        true = Converter() if each.corrected else Converter().uncorrected()
        assert each.known_uv == pytest.approx(floor_uv(each.how, true, 2047.0))
    assert len(list(budgets())) == 36


def test_the_command_prints_the_calculated_budget(run_module) -> None:
    done, table, _ = run_module("hardware.frontend")
    done_too, text, _ = run_module("hardware.frontend", "--json")
    assert (done, done_too) == (0, 0)
    assert max(map(len, table.splitlines())) <= 100
    told = json.loads(text)
    assert len(told["budgets"]) == 36
    for row, each in zip(told["budgets"], budgets(), strict=True):
        assert row["known_uv"] == pytest.approx(each.known_uv, abs=1e-4)
        line = f"{each.known_uv:8.3f}{each.all_uv:8.3f}"
        assert line in table
    assert "read_u16" in table
    assert "unverified" in table
