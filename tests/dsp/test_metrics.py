"""Figures that sum tension up, against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp import noise_in_band, tension_stats


def test_stats_equal_numpy() -> None:
    envelope_uv = np.random.default_rng(0).gamma(2.0, 3.0, size=10_001)
    stats = tension_stats(envelope_uv)
    assert stats.mean_uv == pytest.approx(np.mean(envelope_uv), rel=1e-12)
    assert stats.p10_uv == np.percentile(envelope_uv, 10)
    assert stats.p50_uv == np.median(envelope_uv)
    assert stats.p90_uv == np.percentile(envelope_uv, 90)
    assert stats.max_uv == envelope_uv.max()


def test_stats_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="0 samples after settling"):
        tension_stats(np.empty(0))


def test_noise_goes_with_the_root_of_the_bandwidth() -> None:
    assert noise_in_band(2.0, (0.0, 1000.0), (20.0, 270.0)) == pytest.approx(1.0)
    assert noise_in_band(1.0, (100.0, 200.0), (0.0, 400.0)) == pytest.approx(2.0)
