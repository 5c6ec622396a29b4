"""The heartbeat is found where there is one, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from unclench_dsp import find_heartbeat
from unclench_dsp.arrays import FloatArray

FS_HZ = 1000.0
N = 10_000


def muscle_uv(rms_uv: float, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.convolve(rng.normal(size=N + 2), (1.0, 0.0, -1.0), "valid") * rms_uv / np.sqrt(2)


def beats_uv(peak_uv: float, bpm: float, seed: int) -> FloatArray:
    """R waves 20 ms wide, their intervals scattering by 3 %."""
    rng = np.random.default_rng(seed)
    t, x, at = np.arange(N) / FS_HZ, np.zeros(N), 0.3
    while at < N / FS_HZ:
        x += peak_uv * np.exp(-0.5 * ((t - at) / 0.009) ** 2)
        at += 60 / bpm * (1 + 0.03 * rng.standard_normal())
    return x


@pytest.mark.parametrize("peak_uv", [20.0, 100.0, -60.0])
@pytest.mark.parametrize("bpm", [42.0, 70.0, 130.0])
def test_a_heart_in_a_resting_muscle_is_found(peak_uv: float, bpm: float) -> None:
    for seed in range(5):
        heart = find_heartbeat(muscle_uv(4.0, seed) + beats_uv(peak_uv, bpm, seed), FS_HZ)
        assert heart is not None
        assert heart.bpm == pytest.approx(bpm, rel=0.06)
        assert heart.peak_uv == pytest.approx(abs(peak_uv), rel=0.25, abs=3.0)


def test_muscle_alone_is_not_a_heartbeat() -> None:
    assert not any(find_heartbeat(muscle_uv(5.0, seed), FS_HZ) for seed in range(60))


def test_hum_is_not_a_heartbeat_and_hides_none() -> None:
    hum_uv = 300.0 * np.sin(2 * np.pi * 50.0 * np.arange(N) / FS_HZ)
    assert find_heartbeat(muscle_uv(2.0, 1) + hum_uv, FS_HZ) is None
    heart = find_heartbeat(muscle_uv(2.0, 1) + hum_uv + beats_uv(60.0, 66.0, 1), FS_HZ)
    assert heart is not None
    assert heart.bpm == pytest.approx(66.0, rel=0.06)


@pytest.mark.parametrize("lasting_ms", [200, 500])
def test_regular_bursts_are_not_a_heartbeat(lasting_ms: int) -> None:
    """A burst every second: on time, but none is like the other."""
    gate = (np.arange(N) % 1000 < lasting_ms) * 50.0 + 1.0
    assert not any(find_heartbeat(muscle_uv(1.0, seed) * gate, FS_HZ) for seed in range(60))


def test_single_clicks_are_not_a_heartbeat() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        x = muscle_uv(2.0, int(rng.integers(1000)))
        for at in rng.integers(100, N - 100, size=10):
            x[at : at + 20] += 80.0
        assert find_heartbeat(x, FS_HZ) is None


@pytest.mark.parametrize("n", [0, 1, 5999])
def test_too_short_a_signal_gives_none(n: int) -> None:
    assert find_heartbeat(beats_uv(100.0, 120.0, 1)[:n], FS_HZ) is None


@pytest.mark.parametrize("x", [np.zeros(N), np.full(N, 812.5)])
def test_a_constant_signal_has_no_heartbeat(x: FloatArray) -> None:
    assert find_heartbeat(x, FS_HZ) is None
