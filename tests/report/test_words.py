"""Figures in words."""

from __future__ import annotations

import pytest

from unclench.report import words
from unclench.review.results import RestFigures
from unclench_dsp.uncertainty import Estimate


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.4567, "0.46"), (2.0, "2.00"), (15.94, "15.9"), (216.7, "217")],
)
def test_tension_has_three_digits(value, said):
    assert words.uv(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0 %"),
        (0.0001, "under 0.1 %"),
        (0.002, "0.2 %"),
        (0.621, "62 %"),
        (0.998, "99.8 %"),
        (0.99999, "over 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_shares_near_0_and_100_percent_are_not_rounded(value, said):
    assert words.share(value) == said


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (1.3, "30 % higher"),
        (0.8, "20 % lower"),
        (1.001, "the same"),
        (2.34, "2.3 times as high"),
    ],
)
def test_a_ratio_is_written_as_a_change(ratio, said):
    assert words.change(ratio) == said


def test_figures_have_their_interval_if_there_is_one():
    assert words.uv_estimate(Estimate(6.81, 5.2, 8.61, 40)) == "6.81 µV (5.20 to 8.61)"
    assert words.uv_estimate(Estimate(6.81, None, None, 1)) == "6.81 µV"
    assert words.share_estimate(Estimate(0.62, 0.5, 0.72, 40)) == "62 % (50 to 72 %)"
    assert words.ratio_estimate(Estimate(1.3, 0.95, 1.51, 40)) == "+30 % (−5 to +51 %)"
    assert words.uv_estimate(None) == words.NOTHING


def test_an_effect_without_an_interval_has_no_figure():
    assert words.ratio_estimate(Estimate(3.46, None, None, 1)) == "too little data"


@pytest.mark.parametrize(
    ("gaps", "per_min", "said"),
    [
        (1, None, "1 moment, longest 2 s"),
        (12, 3.04, "12 moments, 3.0 a minute, longest 2 s"),
        (0, 0.0, "0 moments, 0.0 a minute"),
    ],
)
def test_moments_of_rest_are_described(gaps, per_min, said):
    rest = RestFigures(Estimate(0.5, None, None, 1), gaps, per_min, 2.0, "")
    assert words.rest_moments(rest) == said


def test_long_names_are_shortened():
    assert words.brief("a  b\nc") == "a b c"
    assert words.brief("x" * 400) == "x" * 59 + "…"


def test_reasons_for_excluded_time_are_named_the_longest_first():
    assert words.excluded({"gap": 1.5, "no contact": 12.0, "settling": 0.01}) == (
        "excluded: 12 s no contact, 1.5 s gap"
    )
    assert words.excluded({"settling": 0.01}) == "nothing excluded"


def test_used_time_is_complete_or_names_what_is_excluded():
    assert words.used_words(160.0, 160.0, {"settling": 0.01}) == "All 2 min 40 s used."
    assert words.used_words(12.0, 20.0, {"gap": 8.0}) == "12 s of 20 s used; excluded: 8 s gap."
