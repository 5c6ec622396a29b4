"""The whole chain: tension from microvolts, gaps, settling, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from tests import needs

from unclench_dsp import (
    NARROW,
    ChainBlock,
    ChainSettings,
    MainsMode,
    RateError,
    TensionChain,
)

FS_HZ = 2000.0


def noise(n: int, rms_uv: float, n_channels: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=rms_uv, size=(n, n_channels))


def hum(n: int, rms_uv: float) -> np.ndarray:
    return rms_uv * np.sqrt(2.0) * np.sin(2 * np.pi * 50.0 * np.arange(n) / FS_HZ)[:, np.newaxis]


def test_tension_of_noise_is_its_rms_in_the_band() -> None:
    x_uv = noise(100_000, 10.0, 2) + np.array([0.0, 1e5])
    block = TensionChain(ChainSettings(FS_HZ, 2)).process(x_uv)
    expected_uv = 10.0 * np.sqrt(430.0 / 1000.0)
    settled = block.envelope_uv[~block.settling]
    np.testing.assert_allclose(settled.mean(axis=0), expected_uv, rtol=0.03)
    assert block.band_uv.shape == block.envelope_uv.shape == (100_000, 2)
    assert block.settling.shape == (100_000,)


def test_settling_covers_filters_and_window() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1, window_s=0.5))
    block = chain.process(noise(5000, 5.0))
    assert chain.settling_n == block.settling.sum()
    assert block.settling[: chain.settling_n].all()
    assert 1000 + 100 < chain.settling_n < 1000 + 500


def test_first_index_counts_on() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    assert chain.process(noise(30, 1.0)).first_index == 0
    assert chain.process(np.empty((0, 1))).first_index == 30
    chain.restart()
    assert chain.process(noise(10, 1.0)).first_index == 30
    assert chain.process(noise(10, 1.0)).first_index == 40


@pytest.mark.parametrize("mains", ["auto", "50"])
def test_after_a_gap_the_chain_is_as_new(mains: MainsMode) -> None:
    """What came before a gap leaves no trace, and settling is marked again."""
    after = noise(3000, 2.0, seed=1)
    used = TensionChain(ChainSettings(FS_HZ, 1, mains=mains))
    used.process(noise(2500, 5000.0) + 1e5)
    used.restart()
    seen = used.process(after)
    fresh = TensionChain(ChainSettings(FS_HZ, 1, mains=mains)).process(after)
    np.testing.assert_array_equal(seen.envelope_uv, fresh.envelope_uv)
    np.testing.assert_array_equal(seen.settling, fresh.settling)


def test_notches_stay_in_over_a_gap_and_need_longer_to_settle() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    without_notch_n = chain.settling_n
    chain.process(noise(10_000, 2.0) + hum(10_000, 100.0))
    assert chain.notched_hz == ((50.0,),)
    chain.restart()
    assert chain.notched_hz == ((50.0,),)
    assert chain.settling_n > without_notch_n + 1000
    block = chain.process(noise(20_000, 2.0) + hum(20_000, 100.0))
    assert block.settling.sum() == chain.settling_n
    assert block.envelope_uv[~block.settling].max() < 3.0, "no hum once settled"
    assert block.envelope_uv[block.settling].max() > 10.0, "but before"


def test_auto_shows_the_muscle_under_the_hum() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    block = chain.process(noise(40_000, 3.0) + hum(40_000, 20.0))
    assert block.envelope_uv[4000, 0] == pytest.approx(20.0, rel=0.05)
    muscle_uv = 3.0 * np.sqrt(0.43)
    assert block.envelope_uv[10_000:].mean() == pytest.approx(muscle_uv, rel=0.05)
    assert chain.mains_fraction[0] == pytest.approx(400 / (400 + muscle_uv**2), abs=0.01)
    assert chain.last_mains_fraction[0] == pytest.approx(chain.mains_fraction[0], abs=0.01)


def test_rest_after_a_huge_signal_is_accurate() -> None:
    """Filters forget, sums carry nothing: a day of loud signal cannot tint a quiet minute."""
    rest = noise(20_000, 1.0, seed=2)
    chain = TensionChain(ChainSettings(FS_HZ, 1, mains="off"))
    chain.process(noise(1_000_000, 1e5))
    seen = chain.process(rest).envelope_uv[4000:]
    expected = TensionChain(ChainSettings(FS_HZ, 1, mains="off")).process(rest).envelope_uv[4000:]
    np.testing.assert_allclose(seen, expected, rtol=1e-11)


def test_the_input_is_not_changed_and_may_be_integers() -> None:
    units = np.arange(600, dtype=np.int32).reshape(-1, 1) % 7
    as_float = units.astype(float)
    block = TensionChain(ChainSettings(FS_HZ, 1)).process(units)  # type: ignore[arg-type]
    same = TensionChain(ChainSettings(FS_HZ, 1)).process(as_float)
    np.testing.assert_array_equal(block.envelope_uv, same.envelope_uv)
    np.testing.assert_array_equal(as_float, units)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_refused_before_filter_state_changes(bad: float) -> None:
    chain, untouched = (TensionChain(ChainSettings(FS_HZ, 1)) for _ in range(2))
    x = noise(50_000, 1.0)
    x[-1] = bad
    with pytest.raises(ValueError, match="NaN or infinite"):
        chain.process(x)
    good = noise(100, 1.0)
    np.testing.assert_array_equal(chain.process(good).band_uv, untouched.process(good).band_uv)


def test_a_block_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(5, 2\) does not fit a chain of 3 channels"):
        TensionChain(ChainSettings(FS_HZ, 3)).process(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"shape \(5,\)"):
        TensionChain(ChainSettings(FS_HZ, 1)).process(np.zeros(5))


def test_invalid_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="0 channels"):
        ChainSettings(FS_HZ, 0)
    with pytest.raises(ValueError, match=r"RMS window of 0\.0001 s"):
        ChainSettings(FS_HZ, 1, window_s=0.0001)
    with pytest.raises(ValueError, match=r"'55'.*auto, 50, 60, off"):
        ChainSettings(FS_HZ, 1, mains="55")  # type: ignore[arg-type]
    with pytest.raises(RateError):
        TensionChain(ChainSettings(800.0, 1))


def test_the_narrow_band_works_at_500_hz() -> None:
    block = TensionChain(ChainSettings(500.0, 1, band=NARROW)).process(noise(20_000, 10.0))
    expected_uv = 10.0 * np.sqrt(100.0 / 250.0)
    assert block.envelope_uv[~block.settling].mean() == pytest.approx(expected_uv, rel=0.05)


@pytest.fixture(scope="module")
def recording() -> ChainBlock:
    path = needs.recording("plux_rest_contraction/plux_rest_contraction.csv")
    emg_uv = np.loadtxt(path, delimiter=",", skiprows=1, usecols=1, ndmin=2)
    return TensionChain(ChainSettings(1000.0, 1)).process(emg_uv)


def test_real_rest_and_contractions_read_what_they_should(recording: ChainBlock) -> None:
    envelope_uv = recording.envelope_uv[~recording.settling, 0]
    assert 1.5 < np.percentile(envelope_uv, 10) < 3.0
    bursting = np.flatnonzero(envelope_uv > 50.0)
    bursts = np.split(bursting, np.flatnonzero(np.diff(bursting) > 500) + 1)
    assert len(bursts) == 21
    band_uv = recording.band_uv[~recording.settling, 0]
    burst_rms_uv = [np.sqrt(np.mean(np.square(band_uv[burst]))) for burst in bursts]
    assert np.median(burst_rms_uv) == pytest.approx(220.0, rel=0.15)
