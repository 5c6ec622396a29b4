"""Beats, pops, tugs and flutter leave the tension as it is without them; muscle is kept."""

from __future__ import annotations

import numpy as np
import pytest
from tests.dsp.gate.synthetic import Room, figures, run

from unclench_dsp import NARROW, WIDE, Band, SosFilter, design_bandpass
from unclench_dsp.arrays import FloatArray
from unclench_dsp.gate import DisturbanceKind, MuscleMask

SEEDS = range(4)


def off_by(room: Room, rest_uv: FloatArray, added_uv: FloatArray) -> tuple[float, float, float]:
    """Of median and mean against the same chain without what was added; windows in use."""
    without = figures(run(rest_uv, room.fs_hz), room.fs_hz, gated=False)
    found = figures(run(rest_uv + added_uv, room.fs_hz), room.fs_hz)
    return found.median_uv / without.median_uv - 1, found.mean_uv / without.mean_uv - 1, found.used


@pytest.mark.parametrize("sensor", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_heartbeat_does_not_raise_the_tension(seed: int, sensor: bool) -> None:
    room = Room(seed, sensor=sensor)
    beats_uv, _ = room.heart(room.rng.uniform(50, 110), room.log_uniform(20, 100))
    median, mean, used = off_by(room, room.rest(), beats_uv)
    assert abs(median) <= 0.03
    assert abs(mean) <= 0.08
    assert used >= 0.7


@pytest.mark.parametrize("seed", SEEDS)
def test_most_windows_stay_in_use_under_a_fast_heart(seed: int) -> None:
    """A gate is as long as a beat raises the tension: a window around it keeps a fifth."""
    room = Room(seed)
    beats_uv, _ = room.heart(100, 80)
    assert off_by(room, room.rest(1.5), beats_uv)[2] >= 0.9


@pytest.mark.parametrize("kind", ["pop", "crackle", "tug", "flutter", "shaking"])
@pytest.mark.parametrize("seed", SEEDS)
def test_pops_tugs_and_flutter_do_not_raise_the_tension(seed: int, kind: str) -> None:
    room = Room(seed)
    per_min = room.rng.uniform(4, 20)
    added_uv = {
        "pop": lambda: room.pops(per_min, room.log_uniform(50, 5000)),
        "tug": lambda: room.swings(per_min, room.log_uniform(50, 5000), 1, 4),
        "crackle": lambda: room.crackle(per_min, room.log_uniform(50, 5000)),
        "flutter": lambda: room.swings(per_min, room.log_uniform(50, 1000), 8, 40),
        "shaking": lambda: room.shaking(per_min, room.log_uniform(50, 1000), 37),
    }[kind]()
    median, mean, _ = off_by(room, room.rest(), added_uv)
    assert abs(median) <= 0.02
    assert abs(mean) <= 0.10


@pytest.mark.parametrize("seed", SEEDS)
def test_a_muscle_at_rest_is_kept_whole(seed: int) -> None:
    room = Room(seed, seconds=60)
    result = run(room.rest())
    assert result.kept.all()
    assert not result.disturbed.any()
    assert result.mask.found == []


@pytest.mark.parametrize("seed", SEEDS)
def test_motor_units_at_rest_are_no_heart_and_are_kept(seed: int) -> None:
    room = Room(seed, seconds=60)
    result = run(room.rest(1.0) + room.motor_units())
    assert result.kept.mean() > 0.98
    assert result.mask.heart == (None,)


@pytest.mark.parametrize("seed", SEEDS)
def test_contractions_are_kept(seed: int) -> None:
    """Bursts of 50 to 100 times the rest, with sudden and with slow onsets."""
    room = Room(seed, seconds=60)
    t = np.arange(room.n) / room.fs_hz
    gain = 1 + room.rng.uniform(50, 100) * np.clip(np.sin(2 * np.pi * t / 7) * 20, 0, 1)
    gain *= 1 + 5 * (np.sin(2 * np.pi * t / 11) > 0.5)
    result = run(room.rest() * gain)
    assert result.kept.mean() > 0.995
    assert not result.disturbed.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_contractions_of_a_white_spectrum_are_no_clicks(seed: int) -> None:
    room = Room(seed, seconds=60)
    t = np.arange(room.n) / room.fs_hz
    noise_uv = room.rng.normal(size=room.n)
    result = run(noise_uv * (1 + 80 * (np.sin(2 * np.pi * t / 7) > 0.3)))
    assert result.kept.mean() > 0.995
    assert not result.disturbed.any()


@pytest.mark.parametrize(
    ("fs_hz", "band"), [(2000.0, WIDE), (1000.0, NARROW), (250.0, Band("low", 20.0, 110.0, 4))]
)
@pytest.mark.parametrize("block_n", [7, 333])
def test_any_split_gives_the_same_bits(fs_hz: float, band: Band, block_n: int) -> None:
    room = Room(5, seconds=12, fs_hz=fs_hz, sensor=False)
    emg_uv = np.stack([room.rest(), room.rest()], axis=1)
    emg_uv[:, 0] += room.heart(80, 60)[0] + room.pops(10, 900)
    emg_uv[:, 1] += room.swings(10, 900, 8, 40)
    whole, split = run(emg_uv, fs_hz, band), run(emg_uv, fs_hz, band, block_n)
    assert not whole.kept.all()
    np.testing.assert_array_equal(whole.kept, split.kept)
    np.testing.assert_array_equal(whole.disturbed, split.disturbed)
    assert whole.mask.found == split.mask.found
    assert whole.mask.heart == split.mask.heart


@pytest.mark.parametrize("fs_hz", [250.0, 1000.0, 2000.0, 10_000.0])
def test_no_more_is_held_back_than_promised(fs_hz: float) -> None:
    mask = MuscleMask(fs_hz, 1, Band("low", 20.0, 110.0, 4))
    assert mask.delay_n <= 0.15 * fs_hz
    given_n = 0
    for n in range(1, 400):
        block = mask.process(np.zeros((1, 1)), np.zeros((1, 1)))
        given_n += len(block.kept)
        assert n - given_n <= mask.delay_n


@pytest.mark.parametrize("n", [0, 1, 7, 500, 4321])
def test_finish_gives_out_every_sample_and_starts_afresh(n: int) -> None:
    room = Room(2, seconds=8)
    emg_uv = (room.rest() + room.heart(90, 80)[0])[:, np.newaxis]
    alone = run(emg_uv)
    mask = MuscleMask(room.fs_hz, 1, WIDE)
    parts = [mask.process(emg_uv[:n], alone.band_uv[:n]), mask.finish()]
    assert sum(len(part.kept) for part in parts) == n
    before = len(mask.found)
    parts = [mask.process(emg_uv, alone.band_uv), mask.finish()]
    np.testing.assert_array_equal(np.concatenate([part.kept for part in parts]), alone.kept)
    assert [one.first - n for one in mask.found[before:]] == [one.first for one in alone.mask.found]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_beat_that_the_end_cuts_off_is_no_tug(seed: int) -> None:
    room = Room(seed, seconds=30)
    beats_uv, beats_s = room.heart(70, 80)
    cut_n = round((beats_s[-2] + 0.03) * room.fs_hz)
    result = run((room.rest(2.0) + beats_uv)[:cut_n])
    assert {one.kind for one in result.mask.found} == {"heart"}
    assert result.mask.found[-1].stop >= cut_n


@pytest.mark.parametrize("seed", SEEDS)
def test_every_beat_is_told_and_nothing_else(seed: int) -> None:
    """Also the beats before it was sure that they come from a heart."""
    room = Room(seed, seconds=60)
    bpm = room.rng.uniform(50, 110)
    beats_uv, beats_s = room.heart(bpm, room.log_uniform(30, 100), extra=0.03)
    emg_uv = (room.rest(2.0) + beats_uv)[:, np.newaxis]
    band_uv = SosFilter(design_bandpass(WIDE, room.fs_hz), 1).process(emg_uv)
    mask = MuscleMask(room.fs_hz, 1, WIDE)
    mask.process(emg_uv, band_uv)
    heart = mask.heart[0]
    assert heart is not None
    assert heart.bpm == pytest.approx(bpm, rel=0.1)
    mask.finish()
    beats = [one for one in mask.found if one.kind == "heart"]
    assert len(beats) >= 0.98 * len(mask.found)
    told = [(one.first / room.fs_hz, one.stop / room.fs_hz) for one in beats]
    assert sum(any(a <= beat <= b for beat in beats_s) for a, b in told) >= 0.98 * len(told)
    assert sum(any(a <= beat <= b for a, b in told) for beat in beats_s) >= 0.98 * len(beats_s)


@pytest.mark.parametrize(("kind", "low_hz", "high_hz"), [("flutter", 8, 40), ("tug", 1, 4)])
@pytest.mark.parametrize("seed", SEEDS)
def test_most_of_what_swings_is_called_by_its_name(
    seed: int, kind: DisturbanceKind, low_hz: float, high_hz: float
) -> None:
    room = Room(seed)
    result = run(room.rest() + room.swings(8, 2000, low_hz, high_hz))
    named = [one.kind for one in result.mask.found]
    assert named.count(kind) >= 0.5 * len(named) > 0


@pytest.mark.parametrize("fs_hz", [1000.0, 2000.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_most_pops_are_called_pops_and_disturb(seed: int, fs_hz: float) -> None:
    room = Room(seed, fs_hz=fs_hz)
    result = run(room.rest() + room.pops(8, 800), fs_hz)
    named = [one.kind for one in result.mask.found]
    assert named.count("pop") >= 0.8 * len(named) > 0
    assert result.disturbed.any()


def busy(room: Room) -> FloatArray:
    """Rest, bursts of 0.1 to 8 s and 2 to 300 times it, and motor units in every third room."""
    gain, at_s = np.ones(room.n), 0.0
    t = np.arange(room.n) / room.fs_hz
    while at_s < room.seconds:
        at_s += room.rng.exponential(4)
        lasting_s, rise_s = room.log_uniform(0.1, 8), room.log_uniform(0.01, 0.5)
        shape = np.clip((t - at_s) / rise_s, 0, 1) * np.clip((at_s + lasting_s - t) / rise_s, 0, 1)
        gain += room.log_uniform(2, 300) * shape
        at_s += lasting_s
    units_uv = room.motor_units() if room.seed % 3 == 0 else np.zeros(room.n)
    return (room.rest() + room.rest(1.0) * gain) / 2 + units_uv


@pytest.mark.parametrize(
    ("rooms", "seconds"), [(6, 60.0), pytest.param(60, 300.0, marks=pytest.mark.exhaustive)]
)
def test_no_heart_is_found_where_there_is_none(rooms: int, seconds: float) -> None:
    """The long one looks at five hours."""
    gated_s, hearts = 0.0, 0
    for seed in range(rooms):
        room = Room(seed, seconds=seconds, sensor=seed % 2 == 0)
        result = run(busy(room))
        gated_s += float((~result.kept).sum()) / room.fs_hz
        hearts += sum(one.kind == "heart" for one in result.mask.found)
    assert hearts == 0
    assert gated_s <= 0.001 * rooms * seconds
