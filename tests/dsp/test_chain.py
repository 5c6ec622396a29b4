"""The whole chain: tension from microvolts, gaps, settling, refusals."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from tests import needs

from unclench_dsp import (
    CHAIN_DELAY_S,
    NARROW,
    WIDE,
    ChainBlock,
    ChainSettings,
    MainsMode,
    RateError,
    RmsEnvelope,
    SosFilter,
    TensionChain,
    design_bandpass,
)

FS_HZ = 2000.0


def noise(n: int, rms_uv: float, n_channels: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=rms_uv, size=(n, n_channels))


def hum(n: int, rms_uv: float) -> np.ndarray:
    return rms_uv * np.sqrt(2.0) * np.sin(2 * np.pi * 50.0 * np.arange(n) / FS_HZ)[:, np.newaxis]


def whole(chain: TensionChain, x_uv: np.ndarray) -> ChainBlock:
    """All samples of a run, those that are held included."""
    parts = (chain.process(x_uv), chain.finish())
    return ChainBlock(
        parts[0].first_index,
        *(
            np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(ChainBlock)[1:]
        ),
    )


def test_tension_of_noise_is_its_rms_in_the_band() -> None:
    x_uv = noise(100_000, 10.0, 2) + np.array([0.0, 1e5])
    block = whole(TensionChain(ChainSettings(FS_HZ, 2)), x_uv)
    expected_uv = 10.0 * np.sqrt(430.0 / 1000.0)
    settled = block.envelope_uv[~block.settling]
    np.testing.assert_allclose(settled.mean(axis=0), expected_uv, rtol=0.03)
    assert block.band_uv.shape == block.envelope_uv.shape == (100_000, 2)
    assert block.kept.all()
    assert not block.disturbed.any()


def test_where_nothing_is_found_tension_is_the_plain_rms_of_the_band() -> None:
    x_uv = noise(50_000, 2.0)
    block = whole(TensionChain(ChainSettings(FS_HZ, 1)), x_uv)
    band_uv = SosFilter(design_bandpass(WIDE, FS_HZ), 1).process(x_uv)
    np.testing.assert_array_equal(block.band_uv, band_uv)
    np.testing.assert_array_equal(block.envelope_uv, RmsEnvelope(500, 1).process(band_uv))


def test_samples_come_out_at_most_0_3_s_late() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    given = taken = 0
    for n in (100, 1, 7, 900, 3000, 33, 2000, 0, 450):
        given += n
        block = chain.process(noise(n, 1.0))
        assert block.first_index == taken
        taken += len(block)
        assert 0 <= given - taken <= CHAIN_DELAY_S * FS_HZ
    assert len(chain.finish()) == given - taken


def test_settling_covers_filters_and_window() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1, window_s=0.5))
    block = whole(chain, noise(5000, 5.0))
    assert chain.settling_n == block.settling.sum()
    assert block.settling[: chain.settling_n].all()
    assert 1000 + 100 < chain.settling_n < 1000 + 500


def test_first_index_counts_on() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    assert whole(chain, noise(30, 1.0)).first_index == 0
    assert chain.process(np.empty((0, 1))).first_index == 30
    assert whole(chain, noise(10, 1.0)).first_index == 30
    assert chain.finish().first_index == 40


@pytest.mark.parametrize("mains", ["auto", "50"])
def test_after_a_gap_the_chain_is_as_new(mains: MainsMode) -> None:
    """What came before a gap leaves no trace, and settling is marked again."""
    after = noise(3000, 2.0, seed=1)
    used = TensionChain(ChainSettings(FS_HZ, 1, mains=mains))
    whole(used, noise(2500, 5000.0) + 1e5)
    seen = whole(used, after)
    fresh = whole(TensionChain(ChainSettings(FS_HZ, 1, mains=mains)), after)
    np.testing.assert_array_equal(seen.envelope_uv, fresh.envelope_uv)
    np.testing.assert_array_equal(seen.settling, fresh.settling)


def test_auto_shows_the_muscle_under_the_hum() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    block = whole(chain, noise(40_000, 3.0) + hum(40_000, 20.0))
    assert block.envelope_uv[2000, 0] == pytest.approx(20.0, rel=0.05)
    muscle_uv = 3.0 * np.sqrt(0.43)
    assert block.envelope_uv[14_000:].mean() == pytest.approx(muscle_uv, rel=0.03)
    ((line,),) = chain.removed
    assert (line.kind, line.mains_hz) == ("hum", 50)
    assert line.hz == pytest.approx(50.0, abs=0.01)
    assert line.rms_uv == pytest.approx(20.0, rel=0.03)


@pytest.mark.parametrize("seed", range(3))
def test_hum_that_stops_at_once_counts_for_nothing_and_is_no_contraction(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stops = round(rng.uniform(9, 10) * FS_HZ)
    on_uv = hum(24_000, rng.uniform(10, 80)) * (np.arange(24_000) < stops)[:, np.newaxis]
    muscle_uv = noise(24_000, 1.5, seed=seed)
    block = whole(TensionChain(ChainSettings(FS_HZ, 1)), muscle_uv + on_uv)
    clean = whole(TensionChain(ChainSettings(FS_HZ, 1)), muscle_uv)
    left_out = np.flatnonzero(block.jumped[14_000:, 0]) + 14_000
    assert stops - 600 < left_out[0] < left_out[-1] < stops + 600
    counts = ~block.jumped[14_000:, 0] & np.isfinite(block.envelope_uv[14_000:, 0])
    ratio = block.envelope_uv[14_000:, 0][counts] / clean.envelope_uv[14_000:, 0][counts]
    assert 0.7 < ratio.min() < ratio.max() < 1.5


def test_behind_a_gap_the_hum_is_soon_removed_again() -> None:
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    whole(chain, noise(20_000, 2.0) + hum(20_000, 100.0))
    block = whole(chain, noise(20_000, 2.0, seed=1) + hum(20_000, 100.0))
    assert block.envelope_uv[4000:].max() < 3.0


def test_rest_after_a_huge_signal_is_accurate() -> None:
    """Filters forget, sums carry nothing: a day of loud signal cannot tint a quiet minute."""
    rest = noise(20_000, 1.0, seed=2)
    chain = TensionChain(ChainSettings(FS_HZ, 1, mains="off"))
    whole(chain, noise(1_000_000, 1e5))
    seen = whole(chain, rest).envelope_uv[4000:]
    expected = whole(TensionChain(ChainSettings(FS_HZ, 1, mains="off")), rest).envelope_uv[4000:]
    np.testing.assert_allclose(seen, expected, rtol=1e-11)


def test_the_input_is_not_changed_and_may_be_integers() -> None:
    units = np.arange(600, dtype=np.int32).reshape(-1, 1) % 7
    as_float = units.astype(float)
    block = whole(TensionChain(ChainSettings(FS_HZ, 1)), units)
    same = whole(TensionChain(ChainSettings(FS_HZ, 1)), as_float)
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
    np.testing.assert_array_equal(whole(chain, good).band_uv, whole(untouched, good).band_uv)


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
    block = whole(TensionChain(ChainSettings(500.0, 1, band=NARROW)), noise(20_000, 10.0))
    expected_uv = 10.0 * np.sqrt(100.0 / 250.0)
    assert block.envelope_uv[~block.settling].mean() == pytest.approx(expected_uv, rel=0.05)


@pytest.fixture(scope="module")
def recording() -> ChainBlock:
    path = needs.recording("plux_rest_contraction/plux_rest_contraction.csv")
    emg_uv = np.loadtxt(path, delimiter=",", skiprows=1, usecols=1, ndmin=2)
    return whole(TensionChain(ChainSettings(1000.0, 1)), emg_uv)


def test_real_rest_and_contractions_read_what_they_should(recording: ChainBlock) -> None:
    envelope_uv = recording.envelope_uv[~recording.settling, 0]
    assert 1.5 < np.percentile(envelope_uv, 10) < 3.0
    bursting = np.flatnonzero(envelope_uv > 50.0)
    bursts = np.split(bursting, np.flatnonzero(np.diff(bursting) > 500) + 1)
    assert len(bursts) == 21
    band_uv = recording.band_uv[~recording.settling, 0]
    burst_rms_uv = [np.sqrt(np.mean(np.square(band_uv[burst]))) for burst in bursts]
    assert np.median(burst_rms_uv) == pytest.approx(220.0, rel=0.15)
