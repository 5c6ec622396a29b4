"""Bands, the band-pass of each, and filtering with state."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from unclench_dsp import (
    BANDS,
    NARROW,
    WIDE,
    Band,
    RateError,
    SosFilter,
    design_bandpass,
    settle_s,
)
from unclench_dsp.filters import response_at


def gain_db(sos: np.ndarray, frequency_hz: float, fs_hz: float) -> float:
    parts = [signal.freqz(part[:3], part[3:], [frequency_hz], fs=fs_hz)[1] for part in sos]
    response = np.prod(parts, axis=0)
    return float(20 * np.log10(np.abs(response[0])))


@pytest.mark.parametrize("band", BANDS.values(), ids=BANDS)
@pytest.mark.parametrize("fs_hz", [1000.0, 2000.0])
def test_edges_lie_3_db_down_and_the_middle_passes(band: Band, fs_hz: float) -> None:
    sos = design_bandpass(band, fs_hz)
    assert gain_db(sos, band.low_hz, fs_hz) == pytest.approx(-3.01, abs=0.01)
    assert gain_db(sos, band.high_hz, fs_hz) == pytest.approx(-3.01, abs=0.01)
    assert gain_db(sos, np.sqrt(band.low_hz * band.high_hz), fs_hz) == pytest.approx(0.0, abs=0.01)


def test_skirts_keep_movement_and_heartbeat_out() -> None:
    assert gain_db(design_bandpass(WIDE, 2000.0), 10.0, 2000.0) < -23
    assert gain_db(design_bandpass(NARROW, 2000.0), 50.0, 2000.0) < -30
    assert gain_db(design_bandpass(NARROW, 2000.0), 25.0, 2000.0) < -55


def test_too_low_a_rate_is_refused_in_one_sentence() -> None:
    with pytest.raises(RateError) as refused:
        design_bandpass(WIDE, 250.0)
    assert str(refused.value) == (
        "A rate of 250 Hz is too low for the wide band (20-450 Hz): at least 990 Hz is needed; "
        "use a faster recording."
    )
    with pytest.raises(RateError, match=r"440 Hz is needed; use a faster recording\.$"):
        design_bandpass(NARROW, 439.0)


def test_the_lowest_rates_are_accepted() -> None:
    assert design_bandpass(WIDE, 990.0).shape == (4, 6)
    assert design_bandpass(NARROW, 440.0).shape == (4, 6)


def test_an_offset_does_not_ring() -> None:
    offset_uv = np.array([500_000.0, -3.0])
    x = np.tile(offset_uv, (4000, 1))
    y = SosFilter(design_bandpass(WIDE, 2000.0), 2).process(x)
    assert np.abs(y).max() < 1e-5


def test_reset_forgets_the_past() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 1))
    block = SosFilter(design_bandpass(WIDE, 2000.0), 1)
    first = block.process(x)
    assert not np.array_equal(block.process(x), first)
    block.reset()
    np.testing.assert_array_equal(block.process(x), first)


@pytest.mark.parametrize("band", BANDS.values(), ids=BANDS)
def test_after_settling_a_start_is_forgotten(band: Band) -> None:
    """Two histories that differ by a 1 mV jolt read the same to within 1 uV after settling."""
    fs_hz = 2000.0
    sos = design_bandpass(band, fs_hz)
    jolt = np.zeros((2000, 1))
    jolt[0] = 1000.0
    block = SosFilter(sos, 1)
    block.process(np.zeros((1, 1)))
    y = np.abs(block.process(jolt))
    settled = round(settle_s(sos, fs_hz) * fs_hz)
    assert 0.02 < settle_s(sos, fs_hz) < 0.2
    assert y[settled:].max() < 1.0 < y[:settled].max()
    energy = np.square(y)
    assert energy[settled:].sum() <= 1e-6 * energy.sum()
    assert energy[settled - 1 :].sum() > 1e-6 * energy.sum()


def test_a_huge_signal_leaves_no_trace_in_a_tiny_one() -> None:
    """After a 100 mV storm a 1 uV signal comes out as if nothing had been."""
    rng = np.random.default_rng(3)
    tiny = rng.normal(size=(20_000, 1))
    storm = 1e5 * rng.normal(size=(20_000, 1))
    sos = design_bandpass(WIDE, 2000.0)
    after_storm, fresh = SosFilter(sos, 1), SosFilter(sos, 1)
    after_storm.process(storm)
    y, expected = after_storm.process(tiny), fresh.process(tiny)
    np.testing.assert_allclose(y[4000:], expected[4000:], rtol=0, atol=1e-12)


def test_the_other_band_is_advised_where_the_rate_is_enough_for_it():
    with pytest.raises(RateError, match=r"use a faster recording or --band narrow\.$"):
        design_bandpass(WIDE, 500.0)


@pytest.mark.parametrize("fs_hz", [1000.0, 2000.0, 4000.0])
def test_the_response_at_some_frequencies_is_scipys(fs_hz: float) -> None:
    sos, hz = design_bandpass(WIDE, fs_hz), np.array([16.0, 50.02, 217.3, 449.0])
    _, expected = signal.sosfreqz(sos, hz, fs=fs_hz)
    np.testing.assert_allclose(response_at(sos, hz, fs_hz), expected, rtol=1e-9)
