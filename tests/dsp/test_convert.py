"""Device units to microvolts and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from unclench_dsp import units_to_uv, uv_to_units


def test_units_to_uv() -> None:
    units = np.array([[2048, 100], [2050, 99]], dtype=np.int32)
    emg_uv = units_to_uv(units, np.array([2048.0, 100.0]), np.array([4.0, 0.5]))
    assert emg_uv.tolist() == [[0.0, 0.0], [8.0, -0.5]]
    assert emg_uv.dtype == np.float64


@given(
    units=hnp.arrays(np.int32, (20, 2), elements=st.integers(-(2**31), 2**31 - 1)),
    zero_unit=st.integers(-(2**24), 2**24),
    uv_per_unit=st.floats(1e-4, 1e3),
)
def test_the_way_back_is_exact(units: np.ndarray, zero_unit: int, uv_per_unit: float) -> None:
    scale = np.array([uv_per_unit, 4.0283203125])
    back = uv_to_units(units_to_uv(units, zero_unit, scale), zero_unit, scale)
    assert back.dtype == np.int32
    np.testing.assert_array_equal(back, units)


def test_rounds_to_the_nearest_unit() -> None:
    assert uv_to_units(np.array([[5.9], [-6.1]]), 10, 4.0).tolist() == [[11], [8]]


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit into 32-bit units"):
        uv_to_units(np.array([[1e12]]), 0, 1.0)


def test_empty_is_fine() -> None:
    assert uv_to_units(np.empty((0, 2)), 0, 1.0).shape == (0, 2)
