"""Movement is told from muscle, hum and offset."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp import slow_swings

FS_HZ = 1000.0
T_S = np.arange(10_000) / FS_HZ


def test_a_pulled_lead_swings() -> None:
    pull_uv = 100.0 * np.exp(-0.5 * ((T_S - 5.0) / 0.2) ** 2)
    swings = slow_swings(pull_uv, FS_HZ)
    assert swings is not None
    assert swings.largest_uv == pytest.approx(100.0, rel=0.1)
    assert swings.calm_uv < 1.0


def test_a_swing_of_every_second_is_in_the_calmest_too() -> None:
    swings = slow_swings(30.0 * np.sin(2 * np.pi * 2.0 * T_S), FS_HZ)
    assert swings is not None
    assert swings.calm_uv == pytest.approx(swings.largest_uv, rel=0.01)
    assert swings.largest_uv == pytest.approx(60.0, rel=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_muscle_hum_and_offset_do_not_swing(seed: int) -> None:
    """A contraction that is under way at either end."""
    rng = np.random.default_rng(seed)
    muscle_uv = np.convolve(rng.normal(size=len(T_S) + 2), (1.0, 0.0, -1.0), "valid") * 100.0
    muscle_uv[3000:7000] *= 0.01
    hum_uv = 300.0 * np.sin(2 * np.pi * 50.0 * T_S)
    swings = slow_swings(muscle_uv + hum_uv + 5000.0, FS_HZ)
    assert swings is not None
    assert swings.largest_uv < 15.0


@pytest.mark.parametrize("n", [0, 1, 2999])
def test_too_short_a_signal_gives_none(n: int) -> None:
    assert slow_swings(np.zeros(n), FS_HZ) is None
