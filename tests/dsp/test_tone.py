"""A known sine: what should arrive of it, and what does."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp.tone import expected_tone_uv, fit_tone

BAND_HZ = (20.8, 498.4)  # a sensor's


def test_expected_is_divided_filtered_and_summed() -> None:
    summed_uv = expected_tone_uv(100, 1000, 100, 2000, BAND_HZ)
    assert summed_uv == pytest.approx(100 * 0.960 * 0.9959, rel=1e-3)
    assert expected_tone_uv(200, 1001, 100, 1e9, BAND_HZ) == pytest.approx(199.8 * 0.960, rel=1e-3)


def test_distortion() -> None:
    t = np.arange(10_000) / 2000
    x = 100 * np.sin(2 * np.pi * 100 * t) + 4 * np.sin(2 * np.pi * 300 * t + 1)
    fit = fit_tone(x + np.random.default_rng(1).normal(0, 0.3, len(t)), 2000.0, 101.0)
    assert fit.distortion == pytest.approx(0.04, rel=0.02)
    assert fit.rms_uv == pytest.approx(100 / np.sqrt(2), rel=1e-3)
    assert fit.rest_uv == pytest.approx(0.3 * np.sqrt(430 / 1000), rel=0.05)
