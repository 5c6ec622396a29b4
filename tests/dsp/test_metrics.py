"""The instrument's noise from one band to another."""

from __future__ import annotations

import pytest

from unclench_dsp import noise_in_band


def test_noise_goes_with_the_root_of_the_bandwidth() -> None:
    assert noise_in_band(2.0, (0.0, 1000.0), (20.0, 270.0)) == pytest.approx(1.0)
    assert noise_in_band(1.0, (100.0, 200.0), (0.0, 400.0)) == pytest.approx(2.0)
