"""The contract of every streaming block: any split of the input gives the same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench_dsp import (
    WIDE,
    ChainBlock,
    ChainSettings,
    HopMeanSquare,
    LineRemover,
    MainsMode,
    MinMaxBuckets,
    MuscleMask,
    PickEvery,
    QualityMeter,
    RmsEnvelope,
    RollingRms,
    SosFilter,
    TensionChain,
    design_bandpass,
)
from unclench_dsp.arrays import FloatArray, WindowGrid
from unclench_dsp.gate.kinds import MaskBlock

FS_HZ = 1000.0
N = 7000  # the notch comes in at 4000, or 4000 after the gap
N_CHANNELS = 2


def signal_uv() -> FloatArray:
    """Rest, a contraction, rest; 50 Hz hum on one channel only."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(N, N_CHANNELS)) * 2.0
    x[5000:5500] *= 4.0
    x[:, 1] += 10.0 * np.sin(2 * np.pi * 50.0 * np.arange(N) / FS_HZ)
    return x


SIGNAL_UV = signal_uv()

Process = Callable[[int, FloatArray], Iterable[np.ndarray]]
Restart = Callable[[], Iterable[np.ndarray] | None]  # gives out what was held, if anything


def nothing() -> None:
    """Blocks on an absolute grid see the gap from the index."""


def sos_filter() -> tuple[Process, Restart]:
    block = SosFilter(design_bandpass(WIDE, FS_HZ), N_CHANNELS)
    return lambda _, x: [block.process(x)], block.reset


def rms_envelope() -> tuple[Process, Restart]:
    block = RmsEnvelope(250, N_CHANNELS)
    return lambda _, x: [block.process(x)], block.reset


def line_remover(mains: MainsMode) -> tuple[Process, Restart]:
    block = LineRemover(mains, FS_HZ, N_CHANNELS, WIDE)
    return lambda _, x: [block.process(x)], lambda: [block.finish()]


def muscle_mask() -> tuple[Process, Restart]:
    block = MuscleMask(FS_HZ, N_CHANNELS, WIDE)

    def arrays(mask: MaskBlock) -> Iterable[np.ndarray]:
        return mask.kept, mask.disturbed

    return lambda _, x: arrays(block.process(x, x)), lambda: arrays(block.finish())


def window_grid() -> tuple[Process, Restart]:
    block = WindowGrid(300, N_CHANNELS)
    empty = np.empty((0, N_CHANNELS))
    return (
        lambda _, x: [np.concatenate([empty, *(w.copy() for w in block.windows(x))])],
        block.restart,
    )


def chain(mains: MainsMode) -> tuple[Process, Restart]:
    block = TensionChain(ChainSettings(FS_HZ, N_CHANNELS, mains=mains))

    def arrays(out: ChainBlock) -> Iterable[np.ndarray]:
        parts = (out.band_uv, out.envelope_uv, out.kept, out.disturbed, out.settling)
        assert {len(part) for part in parts} == {len(out)}
        return *parts, out.first_index + np.arange(len(out))

    return lambda _, x: arrays(block.process(x + 500.0)), lambda: arrays(block.finish())


def min_max_buckets() -> tuple[Process, Restart]:
    return MinMaxBuckets(37, N_CHANNELS).process, nothing


def pick_every() -> tuple[Process, Restart]:
    block = PickEvery(20)
    return lambda index, x: [index + block.offsets(index, len(x))], nothing


def hops_and_rolling_rms(hop_n: int, n_hops: int) -> tuple[Process, Restart]:
    hops, rolling = HopMeanSquare(hop_n, N_CHANNELS), RollingRms(n_hops, N_CHANNELS)

    def process(index: int, x: FloatArray) -> Iterable[np.ndarray]:
        numbers, mean_square = hops.process(index, x, index + np.arange(len(x)) < 400)
        return numbers, mean_square, rolling.process(numbers, mean_square)

    return process, nothing


def quality_meter() -> tuple[Process, Restart]:
    block = QualityMeter(FS_HZ, N_CHANNELS)

    def process(index: int, x: FloatArray) -> Iterable[np.ndarray]:
        settling = index + np.arange(len(x)) < 400
        none = np.zeros(x.shape, bool)
        disturbed = (index + np.arange(len(x)) > 6000)[:, np.newaxis] & (x > 0)
        treated = ChainBlock(0, x, np.abs(x), ~disturbed, disturbed, none, settling)
        assessments = block.process(index, x, treated)
        yield np.array([a.first_index for a in assessments], dtype=int)
        yield np.array([a.state for a in assessments]).reshape(-1, N_CHANNELS)
        yield np.array([a.mains_uv for a in assessments]).reshape(-1, N_CHANNELS)

    return process, nothing


BLOCKS = {
    "SosFilter": sos_filter,
    "RmsEnvelope": rms_envelope,
    "WindowGrid": window_grid,
    "LineRemover auto": lambda: line_remover("auto"),
    "LineRemover 60": lambda: line_remover("60"),
    "MuscleMask": muscle_mask,
    "TensionChain auto": lambda: chain("auto"),
    "TensionChain 50": lambda: chain("50"),
    "TensionChain off": lambda: chain("off"),
    "MinMaxBuckets": min_max_buckets,
    "PickEvery": pick_every,
    "HopMeanSquare 20, RollingRms 50": lambda: hops_and_rolling_rms(20, 50),
    "HopMeanSquare 37, RollingRms 3": lambda: hops_and_rolling_rms(37, 3),
    "QualityMeter": quality_meter,
}


def run(
    block: tuple[Process, Restart], cuts: list[int], gap_at: int, lost_n: int
) -> list[np.ndarray]:
    """Feed the signal cut at `cuts`; at `gap_at` `lost_n` samples are missing."""
    process, restart = block
    collected: list[list[np.ndarray]] = []
    edges = sorted([0, gap_at, *cuts, N])
    shift = 0
    for start, stop in pairwise(edges):
        if start == gap_at and not shift:
            collected.append(list(restart() or ()))
            shift = lost_n
        collected.append(list(process(start + shift, SIGNAL_UV[start:stop])))
    collected = [parts for parts in (*collected, list(restart() or ())) if parts]
    return [np.concatenate(parts) for parts in zip(*collected, strict=True)]


@pytest.mark.parametrize("name", BLOCKS)
@given(
    cuts=st.lists(st.integers(0, N), max_size=12),
    gap_at=st.integers(1, N - 1),
    lost_n=st.integers(1, 3000),
)
def test_any_split_gives_the_same_bits(
    name: str, cuts: list[int], gap_at: int, lost_n: int
) -> None:
    whole = run(BLOCKS[name](), [], gap_at, lost_n)
    split = run(BLOCKS[name](), cuts, gap_at, lost_n)
    for expected, seen in zip(whole, split, strict=True):
        np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_as_a_device_sends_them(name: str) -> None:
    whole = run(BLOCKS[name](), [], 4500, 100)
    # One by one while filters settle, the notch comes in and a gap passes.
    singles = [*range(500), *range(3900, 4600), *range(4900, 5100)]
    for cuts in (singles, range(0, N, 20), range(0, N, 999)):
        split = run(BLOCKS[name](), list(cuts), 4500, 100)
        for expected, seen in zip(whole, split, strict=True):
            np.testing.assert_array_equal(seen, expected)


def test_long_input_is_worked_on_in_pieces_without_a_seam() -> None:
    x_uv = np.tile(SIGNAL_UV, (10, 1))
    settings = ChainSettings(FS_HZ, N_CHANNELS)
    whole = TensionChain(settings).process(x_uv)
    chain = TensionChain(settings)
    parts = [chain.process(x_uv[i : i + 100]) for i in range(0, len(x_uv), 100)]
    np.testing.assert_array_equal(whole.band_uv, np.concatenate([p.band_uv for p in parts]))
    np.testing.assert_array_equal(whole.envelope_uv, np.concatenate([p.envelope_uv for p in parts]))
