"""Numbers at an axis are round, whoever draws it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.ticks import (
    SERIES,
    TIME_STEPS_S,
    multiples,
    on_log_scale,
    round_down,
    round_up,
    time_step,
)

HOST = Path(__file__).parents[1] / "host" / "unclench"
VALUES = st.floats(1e-6, 1e9)


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [(1.0, 1.0, 1.0), (0.3, 0.2, 0.5), (7.0, 5.0, 10.0), (2e3, 2e3, 2e3), (99.0, 50.0, 100.0)],
)
def test_the_next_round_numbers_are_1_2_or_5(value, below, above):
    assert round_down(value) == pytest.approx(below)
    assert round_up(value) == pytest.approx(above)


@given(VALUES)
def test_a_value_lies_between_the_round_numbers_around_it(value):
    below, above = round_down(value), round_up(value)
    assert below * (1 - 1e-8) <= value <= above * (1 + 1e-8)
    assert above <= 2.5001 * below


def test_steps_of_time_are_those_of_a_clock():
    assert [time_step(s) for s in (0.003, 0.3, 11.0, 61.0, 3601.0)] == [0.01, 0.5, 15, 120, 7200]
    assert time_step(1e6) == TIME_STEPS_S[-1]
    assert all(b <= 2.5 * a * 1.001 for a, b in pairwise(TIME_STEPS_S)), "no step is left out"


def test_multiples_hold_both_ends():
    assert multiples(20.0, 0.0, 100.0) == [0, 20, 40, 60, 80, 100]
    assert multiples(0.1, 0.25, 0.6) == pytest.approx([0.3, 0.4, 0.5, 0.6])
    assert multiples(5.0, 1.0, 4.0) == []


def test_a_log_scale_has_the_same_numbers_in_every_decade():
    assert on_log_scale(0.5, 50.0) == pytest.approx([0.5, 1, 2, 5, 10, 20, 50])
    assert on_log_scale(3.0, 300.0, (1,)) == pytest.approx([10, 100])


def test_no_other_module_has_round_numbers_of_its_own():
    series = re.compile(r"\((?:0\.5, )?1(?:\.0)?, 2(?:\.0)?, 5(?:\.0)?[,)]")
    for path in HOST.rglob("*.py"):
        found = series.search(path.read_text(encoding="utf-8"))
        assert path.name == "ticks.py" or not found, f"{path}: {found}"
    assert SERIES == (1.0, 2.0, 5.0)
