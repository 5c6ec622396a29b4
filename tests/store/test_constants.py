"""What a board says of itself, kept in session.json."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.store import BoardConstants, decimals_for
from unclench_dsp import units_to_uv
from unclench_wire.messages import Channel, Hello, pack_hello, unpack_hello

U32 = 2**32 - 1
channels = st.builds(
    Channel, st.integers(1, U32), skew_ns=st.integers(0, U32), noise_nv=st.integers(0, U32)
)
hellos = st.builds(
    Hello,
    st.lists(channels, min_size=1, max_size=3),
    rate_num=st.integers(1, U32),
    rate_den=st.integers(1, U32),
    oversampling=st.integers(1, 2**16 - 1),
    full_scale_uv=st.integers(1, U32),
    codes=st.integers(1, U32),
    zero_unit=st.integers(-(2**31), 2**31 - 1),
    low_unit=st.integers(-(2**31), 2**31 - 1),
    high_unit=st.integers(-(2**31), 2**31 - 1),
    step_mlsb=st.integers(-(2**15), 2**15 - 1),
    firmware=st.tuples(*[st.integers(0, 255)] * 3),
    board_id=st.binary(min_size=8, max_size=8),
    label=st.text(st.characters(codec="utf-8"), max_size=20),
    flags=st.integers(0, 255),
)


@given(hellos)
def test_hello_survives_session_json(hello: Hello) -> None:
    kept = BoardConstants.from_hello(unpack_hello(pack_hello(hello)))
    back = BoardConstants.model_validate_json(kept.model_dump_json())
    assert pack_hello(back.to_hello()) == pack_hello(hello)


@given(hellos, st.lists(st.integers(0, 2**24 - 1), min_size=1, max_size=20))
def test_rounding_to_decimals_keeps_every_unit(hello: Hello, values: list[int]) -> None:
    constants = BoardConstants.from_hello(hello)
    n = len(hello.channels)
    units = np.array(values, dtype=np.int32)[:, None] * np.ones((1, n), np.int32)
    emg_uv = constants.to_uv(units)
    for i, per_unit in enumerate(constants.uv_per_unit):
        rounded = np.round(emg_uv[:, i], decimals_for(per_unit))
        back = np.rint(rounded / per_unit) + constants.zero_unit
        assert (back == units[:, i]).all()


def test_uv_are_those_of_the_live_chain() -> None:
    hello = Hello([Channel(200_000), Channel(201_000)])
    units = np.array([[0, 1], [512_000, 700_001], [1_023_750, 3]], np.int32)
    per_unit = np.array([hello.uv_per_unit(0), hello.uv_per_unit(1)])
    constants = BoardConstants.from_hello(hello)
    np.testing.assert_array_equal(
        constants.to_uv(units), units_to_uv(units, hello.zero_unit, per_unit)
    )
    np.testing.assert_array_equal(constants.to_units(constants.to_uv(units)), units)


def test_unmeasured_noise_is_none() -> None:
    constants = BoardConstants.from_hello(Hello([Channel(1), Channel(1, noise_nv=250)]))
    assert constants.noise_uv == (None, 0.25)


@pytest.mark.parametrize(("uv_per_unit", "decimals"), [(0.016, 3), (1.0, 1), (2.0, 0), (50.0, 0)])
def test_values_are_written_with_just_enough_decimals(uv_per_unit: float, decimals: int) -> None:
    assert decimals_for(uv_per_unit) == decimals
