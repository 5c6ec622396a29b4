"""Measuring steps: what a baseline and a reference contraction come to, and when they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unclench.settings import Sustained
from unclench.store.events.words import said
from unclench.training.placement.values import RestBaseline, TrainedChannel
from unclench.training.rows import Stream, each_row
from unclench.training.steps.kinds.baseline import Baseline
from unclench.training.steps.kinds.reference import Reference
from unclench.training.steps.underway import Setting

REST = Baseline(kind="baseline", seconds=20.0)
SQUEEZE = Reference(kind="reference", times=2, tense_s=3.0, release_s=5.0, strength="maximum")
STREAM = Stream(2000.0, 40, 0.25, 3000)
NEW = TrainedChannel(0, "Left shoulder", 0.2)
RESTED = replace(NEW, baseline=RestBaseline(2.0, 0.1, 60.0, 0.2))


def around(level_uv, n, spread=0.02, seed=1):
    return level_uv * np.exp(np.random.default_rng(seed).normal(0, spread, n))


def measured(step, rows, *channels, parts=None, usable=None):
    """Channels with what was measured; all went well."""
    found = tried(step, rows, *channels, parts=parts, usable=usable)
    assert not found.failures
    return found.channels, found.payloads


def tried(step, rows, *channels, parts=None, usable=None):
    channels = channels or (NEW,)
    measurement = step.begin(Setting(channels, STREAM, Sustained()))
    for k, row in enumerate(each_row(rows)):
        ok = [True] * len(channels) if usable is None else usable[k]
        measurement.add(row, 0 if parts is None else parts[k], ok)
    return measurement.measured()


def squeezes(maker, first_uv, second_uv):
    """Rows of two contractions of 3 s with 5 s of rest behind each, and their parts."""
    levels = [(first_uv, 150), (2.0, 250), (second_uv, 150), (2.0, 250)]
    uv = np.concatenate([around(level, n, seed=n) for level, n in levels])
    return maker().rows(16, uv), np.repeat([0, 1, 2, 3], [150, 250, 150, 250])


def test_rest_is_measured(maker):
    (channel,), (found,) = measured(REST, maker().rows(20, around(2.0, 1000)))
    assert channel.baseline.mean_uv == pytest.approx(2.0, rel=0.01)
    assert channel.baseline.sd_uv == pytest.approx(0.04, rel=0.1)
    assert channel.baseline.fast_sd_uv == pytest.approx(0.04, rel=0.1)
    assert channel.baseline.used_s == pytest.approx(20, abs=0.5)
    assert said(found).startswith("Left shoulder: 2.00 ± 0.04 µV at rest")


def test_a_cough_hardly_changes_the_measurement(maker):
    levels = around(2.0, 1000)
    levels[400:450] = 30.0
    (channel,), _ = measured(REST, maker().rows(20, levels))
    assert channel.baseline.mean_uv == pytest.approx(2.0, rel=0.01)
    assert 17 < channel.baseline.used_s < 19


def test_untrusted_rows_are_left_out(maker):
    levels = around(2.0, 1000)
    levels[:300] = 0.3
    (channel,), _ = measured(
        REST, maker().rows(20, levels), usable=[[k >= 300] for k in range(1000)]
    )
    assert channel.baseline.mean_uv == pytest.approx(2.0, rel=0.01)
    assert channel.baseline.used_s == pytest.approx(14, abs=0.5)


def test_less_than_half_usable_gives_no_measurement(maker):
    rows = maker().rows(20, around(2.0, 1000))
    found = tried(REST, rows, usable=[[k >= 600] for k in range(1000)])
    (no,) = found.failures
    assert found.channels == (replace(NEW, why_no_baseline=no),)
    assert found.payloads == (None,)
    assert no.startswith("Resting baseline of Left shoulder: Only 4")
    assert no.endswith("sit still and measure again.")


def test_without_rows_there_is_no_measurement():
    (no,) = REST.begin(Setting((NEW,), STREAM, Sustained())).measured().failures
    assert "Left shoulder" in no


def test_a_restless_rest_gives_no_measurement(maker):
    rows = maker().rows(20, around(2.0, 1000, spread=0.8))
    (no,) = tried(REST, rows).failures
    assert "with a standard deviation of" in no


def test_a_detached_sensor_does_not_affect_the_other(maker):
    uv = np.column_stack([around(2.0, 1000), around(4.0, 1000)])
    right = TrainedChannel(1, "Right shoulder", 0.2)
    off = [[True, False]] * 1000
    found = tried(REST, maker(n_channels=2).rows(20, uv), NEW, right, usable=off)
    assert found.channels[0].baseline is not None
    (no,) = found.failures
    assert found.channels[1] == replace(right, why_no_baseline=no)
    assert found.payloads[1] is None
    assert "Right shoulder" in no


@pytest.mark.parametrize(
    ("from_uv", "to_uv", "words"),
    [(4.0, 2.0, "still falling, by 37 %"), (2.0, 3.6, "rising, by 49 %")],
)
def test_tension_that_still_drifts_is_no_baseline(maker, from_uv, to_uv, words):
    levels = around(1.0, 1000) * np.geomspace(from_uv, to_uv, 1000)
    (no,) = tried(REST, maker().rows(20, levels)).failures
    assert words in no


def test_rest_that_falls_a_little_is_a_baseline_without_the_fall_in_its_spread(maker):
    levels = around(1.0, 1000) * np.linspace(2.05, 1.97, 1000)
    (channel,), _ = measured(REST, maker().rows(20, levels))
    assert channel.baseline.sd_uv == pytest.approx(0.04, rel=0.2)


def test_what_a_session_measures_replaces_the_calibration(maker):
    calibrated = replace(NEW, baseline=RestBaseline(1.8, 0.1, 60.0, 0.2))
    rows = maker().rows(20, around(2.0, 1000))
    (channel,), (found,) = measured(REST, rows, calibrated)
    assert channel.baseline.mean_uv == pytest.approx(2.0, rel=0.01)
    assert said(found).endswith("2.00 ± 0.04 µV at rest")
    # Then it is frozen.
    (again,), (found,) = measured(REST, maker().rows(20, around(3.0, 1000)), channel)
    assert again == channel
    assert said(found).endswith("3.00 ± 0.06 µV at rest; 2.00 µV stays the baseline")


@pytest.mark.parametrize(("before_uv", "differs"), [(1.3, True), (1.4, False), (3.2, True)])
def test_a_clear_difference_from_the_calibration_is_told(maker, before_uv, differs):
    calibrated = replace(NEW, baseline=RestBaseline(before_uv, 0.1, 60.0, 0.2))
    _, (found,) = measured(REST, maker().rows(20, around(2.0, 1000)), calibrated)
    assert (found.before_uv == before_uv) is differs
    assert said(found).endswith(f"; the calibration says {before_uv:.2f} µV") is differs


def test_without_a_measurement_the_calibration_stays(maker):
    calibrated = replace(NEW, baseline=RestBaseline(1.5, 0.1, 60.0, 0.2))
    found = tried(REST, maker().rows(20, around(2.0, 1000, spread=0.8)), calibrated)
    assert found.channels[0].baseline == calibrated.baseline
    assert found.failures[0].endswith("The calibration stays in use: 1.50 µV.")


def test_the_best_of_the_contractions_counts(maker):
    rows, parts = squeezes(maker, 40.0, 60.0)
    (channel,), (found,) = measured(SQUEEZE, rows, RESTED, parts=parts)
    assert channel.reference.uv == pytest.approx(60.0, rel=0.05)
    assert channel.reference.strength == "maximum"
    assert said(found).endswith("µV (maximum)")


def test_a_contraction_that_was_lost_leaves_the_other(maker):
    rows, parts = squeezes(maker, 40.0, 60.0)
    usable = [[part != 2] for part in parts]
    (channel,), _ = measured(SQUEEZE, rows, RESTED, parts=parts, usable=usable)
    assert channel.reference.uv == pytest.approx(40.0, rel=0.05)


@pytest.mark.parametrize(
    ("channel", "least"),
    [
        (RESTED, "6.0"),
        (replace(RESTED, noise_uv=8.0), "10.0"),
    ],
)
def test_no_clear_contraction_is_told(maker, channel, least):
    rows, parts = squeezes(maker, 4.0, 5.0)
    (no,) = tried(SQUEEZE, rows, channel, parts=parts).failures
    assert no.startswith("No clear contraction on Left")
    assert f"more than {least} µV was expected" in no


def test_each_channel_is_measured_on_its_own(maker):
    uv = np.column_stack([around(2.0, 1000), around(9.0, 1000), around(4.0, 1000)])
    right = TrainedChannel(2, "Right shoulder", 0.2)
    channels, words = measured(REST, maker(n_channels=3).rows(20, uv), NEW, right)
    assert [c.baseline.mean_uv for c in channels] == pytest.approx([2.0, 4.0], rel=0.02)
    assert [word.channel for word in words] == ["Left shoulder", "Right shoulder"]


def test_a_contraction_needs_a_resting_baseline(maker):
    rows, parts = squeezes(maker, 40.0, 60.0)
    (no,) = tried(SQUEEZE, rows, parts=parts).failures
    assert no.startswith("Left shoulder has no resting baseline yet")
