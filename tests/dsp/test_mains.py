"""Finding the mains, and taking it out without harm."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp import (
    NARROW,
    WIDE,
    Band,
    ChainSettings,
    MainsDetector,
    MainsNotch,
    SosFilter,
    TensionChain,
    design_bandpass,
    design_notch,
    harmonics_hz,
)

FS_HZ = 2000.0


def emg(seconds: float, rms_uv: float, seed: int = 0, band: Band = WIDE) -> np.ndarray:
    white = np.random.default_rng(seed).normal(size=(round(seconds * FS_HZ), 1))
    x = SosFilter(design_bandpass(band, FS_HZ), 1).process(white)
    return x * (rms_uv / x.std())


def hum(seconds: float, frequency_hz: float, rms_uv: float) -> np.ndarray:
    t_s = np.arange(round(seconds * FS_HZ)) / FS_HZ
    return rms_uv * np.sqrt(2.0) * np.sin(2 * np.pi * frequency_hz * t_s + 1.0)[:, np.newaxis]


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(x))))


def detect(x_uv: np.ndarray, band: Band = WIDE) -> MainsDetector:
    detector = MainsDetector(FS_HZ, x_uv.shape[1], band)
    detector.process(x_uv)
    return detector


def test_harmonics_reach_to_the_edge_of_the_band() -> None:
    assert harmonics_hz(50.0, 450.0) == tuple(50.0 * k for k in range(1, 10))
    assert harmonics_hz(60.0, 450.0) == tuple(60.0 * k for k in range(1, 8))


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
@pytest.mark.parametrize("stray_hz", [-0.2, 0.0, 0.2])
def test_a_hum_of_1_uv_in_2_uv_of_emg_is_found(mains_hz: float, stray_hz: float) -> None:
    for seed in range(10):
        x = emg(4.0, 2.0, seed) + hum(4.0, mains_hz + stray_hz, 1.0)
        assert detect(x).lines_hz == ((mains_hz,),)


def test_the_fraction_is_the_hums_share_of_the_power() -> None:
    x = emg(60.0, 2.0) + hum(60.0, 50.0, 1.0)
    detector = detect(x)
    assert detector.mains_fraction[0] == pytest.approx(1.0 / 5.0, abs=0.01)
    assert detector.last_mains_fraction[0] == pytest.approx(1.0 / 5.0, abs=0.05)


def test_harmonics_are_found_each_on_its_own() -> None:
    x = emg(4.0, 2.0) + hum(4.0, 60.0, 20.0) + hum(4.0, 180.0, 2.0) + hum(4.0, 420.0, 2.0)
    assert detect(x).lines_hz == ((60.0, 180.0, 420.0),)


def test_each_channel_is_judged_on_its_own() -> None:
    x = np.hstack([emg(4.0, 2.0), emg(4.0, 2.0, 1) + hum(4.0, 50.0, 5.0), np.zeros((8000, 1))])
    detector = detect(x)
    assert detector.lines_hz == ((), (50.0,), ())
    assert detector.mains_fraction[2] == 0.0


@pytest.mark.parametrize("minutes", [10, pytest.param(60, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("band", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_false_alarm_in_noise(band: Band, minutes: int) -> None:
    detector = detect(emg(60.0 * minutes, 2.0, seed=11, band=band), band)
    assert detector.lines_hz == ((),)
    assert detector.mains_fraction[0] < 0.003


@pytest.mark.parametrize("burst_s", [0.1, 0.5, 1.5])
def test_no_false_alarm_in_half_an_hour_of_bursts(burst_s: float) -> None:
    rng = np.random.default_rng(5)
    gate = np.full((round(1800 * FS_HZ), 1), 2.0)
    for start in rng.integers(0, len(gate), round(600 / burst_s)):
        gate[start : start + round(burst_s * FS_HZ)] = 200.0
    x = SosFilter(design_bandpass(WIDE, FS_HZ), 1).process(rng.normal(size=gate.shape) * gate)
    assert detect(x).lines_hz == ((),)


def test_one_window_alone_does_not_decide() -> None:
    detector = MainsDetector(FS_HZ, 1, WIDE)
    window = emg(2.0, 2.0) + hum(2.0, 50.0, 5.0)
    quiet = emg(2.0, 2.0, 1)
    for x in (window, quiet, window):
        assert detector.process(x) is None
    assert detector.process(window) is not None
    assert detector.process(quiet) is None
    assert detector.lines_hz == ((50.0,),), "found is found"


def test_a_restart_drops_the_window_under_way_and_the_streak() -> None:
    detector = MainsDetector(FS_HZ, 1, WIDE)
    window = emg(2.0, 2.0) + hum(2.0, 50.0, 5.0)
    detector.process(window)
    detector.process(window[:100])
    detector.restart()
    assert detector.missing_n == 4000
    assert detector.process(window) is None
    assert detector.process(window) is not None


@pytest.mark.parametrize("frequency_hz", [50.0, 350.0])
def test_the_notch_takes_out_30_db(frequency_hz: float) -> None:
    x = emg(20.0, 0.01) + hum(20.0, frequency_hz, 100.0)
    y = MainsNotch("auto", FS_HZ, 1, WIDE).process(x)[10_000:]
    assert 20 * np.log10(rms(y) / 100.0) < -30


def test_a_mains_that_strays_by_0_1_hz_is_still_taken_out_by_a_factor_of_8() -> None:
    x = emg(20.0, 0.01) + hum(20.0, 50.1, 100.0)
    assert rms(MainsNotch("auto", FS_HZ, 1, WIDE).process(x)[10_000:]) < 100.0 / 8


@pytest.mark.parametrize(
    ("lines_hz", "harm"), [((50.0,), 0.006), (harmonics_hz(50.0, 450.0), 0.03)]
)
def test_notches_do_little_harm_to_emg(lines_hz: tuple[float, ...], harm: float) -> None:
    x = emg(120.0, 10.0)
    y = SosFilter(design_notch(lines_hz, FS_HZ), 1).process(x)
    assert 1.0 - harm < rms(y) / rms(x) < 1.0


def test_the_notch_starts_after_the_deciding_window_without_a_transient() -> None:
    x = hum(8.0, 50.0, 1000.0) + emg(8.0, 2.0)
    y = MainsNotch("auto", FS_HZ, 1, WIDE).process(x)
    np.testing.assert_array_equal(y[:8000], x[:8000])
    assert rms(y[8000:8100]) < 5.0, "2 uV of EMG are seen at once"


def test_harmonics_can_come_in_later() -> None:
    notch = MainsNotch("auto", FS_HZ, 1, WIDE)
    notch.process(emg(6.0, 2.0) + hum(6.0, 50.0, 10.0))
    at_first = notch.notched_hz
    both = emg(6.0, 2.0, 1) + hum(6.0, 50.0, 10.0) + hum(6.0, 150.0, 10.0)
    y = notch.process(both)
    assert (at_first, notch.notched_hz) == (((50.0,),), ((50.0, 150.0),))
    assert rms(y[8000:8100]) < 4.0


def test_each_channel_has_its_own_notches() -> None:
    x = np.hstack([emg(6.0, 2.0), emg(6.0, 2.0, 1) + hum(6.0, 50.0, 5.0)])
    y = MainsNotch("auto", FS_HZ, 2, WIDE).process(x)
    np.testing.assert_array_equal(y[:, 0], x[:, 0])
    assert rms(y[8000:, 1]) == pytest.approx(2.0, rel=0.05)


def test_a_new_notch_on_one_channel_does_not_restart_another() -> None:
    first = emg(12.0, 2.0) + hum(12.0, 50.0, 5.0)
    second = emg(12.0, 2.0, 1)
    second[12_000:] += hum(6.0, 50.0, 5.0)
    both = MainsNotch("auto", FS_HZ, 2, WIDE)
    y = both.process(np.hstack([first, second]))
    assert both.notched_hz == ((50.0,), (50.0,))
    alone = MainsNotch("auto", FS_HZ, 1, WIDE).process(first)
    np.testing.assert_array_equal(y[:, :1], alone)


def test_fixed_modes_take_out_all_harmonics_from_the_first_sample() -> None:
    notch = MainsNotch("60", FS_HZ, 2, WIDE)
    assert notch.notched_hz == (harmonics_hz(60.0, 450.0),) * 2
    x = np.hstack([hum(4.0, 60.0, 10.0), hum(4.0, 420.0, 10.0)])
    assert rms(notch.process(x)[4000:]) < 0.1
    assert notch.notched_hz == (harmonics_hz(60.0, 450.0),) * 2, "detection does not change it"


def test_off_leaves_the_signal_unchanged_and_still_reports_hum() -> None:
    x = emg(8.0, 2.0) + hum(8.0, 50.0, 5.0)
    notch = MainsNotch("off", FS_HZ, 1, WIDE)
    np.testing.assert_array_equal(notch.process(x), x)
    assert notch.notched_hz == ((),)
    assert notch.detector.mains_fraction[0] == pytest.approx(25 / 29, abs=0.03)


def test_hum_that_leaks_into_the_narrow_band_is_found() -> None:
    sos = design_bandpass(NARROW, FS_HZ)
    raw = np.random.default_rng(0).normal(size=(12_000, 1)) * 4.0 + hum(6.0, 50.0, 2000.0)
    assert detect(SosFilter(sos, 1).process(raw), NARROW).lines_hz == ((50.0,),)


def test_a_change_tells_where_the_hum_began_and_ended() -> None:
    n = 12 * 2000
    quiet = np.random.default_rng(5).normal(0, 2, (n, 2))
    hum = 20 * np.sin(2 * np.pi * 50 / 2000 * np.arange(n))
    quiet[4000:, 1] += hum[4000:]  # from 2 s on, on the second channel alone
    chain = TensionChain(ChainSettings(2000, 2))
    chain.process(quiet)
    (change,) = chain.notch_changes
    assert (change.channel, change.lines_hz) == (1, (50.0,))
    assert (change.hum_from, change.index) == (4000, 12000)
