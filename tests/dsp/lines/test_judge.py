"""What is left of lines in a treated signal is judged."""

from __future__ import annotations

import numpy as np
import pytest
from tests.dsp.lines.test_remover import FS_HZ, emg, hum, in_band, tone

from unclench_dsp import NARROW, WIDE, Band
from unclench_dsp.arrays import FloatArray
from unclench_dsp.lines.judge import LineJudge, LineVerdict


def judged(x_uv: FloatArray, band: Band = WIDE) -> list[LineVerdict]:
    kept = np.ones((len(x_uv), 1), bool)
    return LineJudge(FS_HZ, 1, band).process(0, in_band(x_uv)[:, np.newaxis], kept)


@pytest.mark.parametrize(
    ("line", "kind", "hz"),
    [
        (hum(10, 50.1, 3.0), "hum", 50.0),
        (tone(10, 49.74, 3.0), "hum", 49.5),
        (tone(10, 73.3, 1.5), "tone", 73.5),
    ],
)
def test_a_line_that_is_left_is_named(line: FloatArray, kind: str, hz: float) -> None:
    seen = judged(emg(np.random.default_rng(1), 10, 2.0) + line)
    assert {verdict.kind for verdict in seen} == {(kind,)}
    assert seen[-1].hz[0] == pytest.approx(hz, abs=0.51)
    assert seen[-1].share[0] > 0.2


def test_a_line_that_changes_the_rms_by_a_percent_is_none() -> None:
    seen = judged(emg(np.random.default_rng(2), 30, 2.0) + tone(30, 130.0, 0.28))
    assert {verdict.kind for verdict in seen} == {("",)}


def test_multiples_of_the_mains_are_judged_together() -> None:
    """Each raises the RMS by less than 4 %, all of them by 17."""
    multiples = sum(tone(10, 50.0 * order, 0.55) for order in (1, 2, 3, 5, 7))
    seen = judged(emg(np.random.default_rng(4), 10, 2.0) + multiples)
    assert {verdict.kind for verdict in seen[2:]} == {("hum",)}


def test_hum_outside_a_narrow_band_does_no_harm() -> None:
    x = emg(np.random.default_rng(3), 10, 2.0) + tone(10, 50.0, 20.0)
    kept = np.ones((len(x), 1), bool)
    from unclench_dsp import SosFilter, design_bandpass

    narrow = SosFilter(design_bandpass(NARROW, FS_HZ), 1).process(x[:, np.newaxis])
    seen = LineJudge(FS_HZ, 1, NARROW).process(0, narrow, kept)
    assert {verdict.kind for verdict in seen} == {("",)}


@pytest.mark.parametrize("minutes", [5, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_clean_emg_with_bursts_has_no_line(minutes: int) -> None:
    false = 0
    for seed in range(minutes // 5):
        rng = np.random.default_rng(400 + seed)
        x = emg(rng, 300, 2.0)
        for at in rng.integers(0, len(x) - 4000, 60):
            x[at : at + rng.integers(200, 3000)] *= rng.uniform(2, 50)
        false += sum(verdict.kind != ("",) for verdict in judged(x))
    assert false <= minutes / 60


def test_windows_lie_on_the_absolute_grid_and_never_over_a_gap() -> None:
    x = in_band(emg(np.random.default_rng(4), 12, 2.0))[:, np.newaxis]
    kept = np.ones(x.shape, bool)
    judge = LineJudge(FS_HZ, 1, WIDE)
    first = judge.process(500, x[:9000], kept[:9000])
    assert [verdict.first_index for verdict in first] == [2000, 4000]
    after = judge.process(11_000, x[9000:], kept[9000:])
    assert [verdict.first_index for verdict in after] == [12_000 + 2000 * k for k in range(6)]
