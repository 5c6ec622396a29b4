"""The step at code 2047 out of histograms of a converter whose step is known."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.profiles import scaled

from unclench.board.step import MAX_STDERR_LSB, MIN_READINGS, estimate_step
from unclench.errors import InputError

Array = NDArray[np.float64]
Signal = Callable[[np.random.Generator, int], Array]

FIRST_CODE = 1984
N = 500_000
STEPS = [0.0, 0.6, 1.0, 1.4]


def converted(
    level: Array, step_lsb: float, *, rounds: bool = False, edges: Array | None = None
) -> NDArray[np.int64]:
    """Codes of what is converted: 2047 never comes, readings above are `step_lsb` too high."""
    at = level + 0.5 if rounds else level
    above = at >= 2048 - step_lsb
    ideal = np.where(above, at + step_lsb, np.minimum(at, 2046.999))
    if edges is None:
        code = np.floor(ideal)
    else:  # where each code begins, on a converter whose codes are not equally wide
        code = np.searchsorted(edges, ideal, side="right") - 1 + FIRST_CODE - 100
        code = np.where(above, np.maximum(code, 2048), np.minimum(code, 2046))
    return code.astype(np.int64)


def counted(
    level: Array, step_lsb: float, *, rounds: bool = False, edges: Array | None = None
) -> NDArray[np.int64]:
    codes = np.clip(converted(level, step_lsb, rounds=rounds, edges=edges), 0, 4095)
    return np.bincount(codes, minlength=4224)[FIRST_CODE : FIRST_CODE + 128]


def ramp(rng: np.random.Generator, n: int, reach: float) -> Array:
    return 2047 + rng.uniform(-reach, reach, n) + 0.97 * rng.standard_normal(n)


def sine(rng: np.random.Generator, n: int) -> Array:
    phase = rng.uniform(0, 2 * np.pi, n)
    return 2051 + 15 * np.sin(phase) + 0.97 * rng.standard_normal(n)


def noise(sigma: float, offset: float) -> Signal:
    return lambda rng, n: 2047 + offset + sigma * rng.standard_normal(n)


def muscle(spread: float) -> Signal:
    return lambda rng, n: 2045 + spread * rng.standard_normal(n) + rng.standard_normal(n)


SIGNALS: dict[str, Signal] = {
    **{
        f"noise {sigma}, {offset:+g}": noise(sigma, offset)
        for sigma in (0.97, 1.2, 1.5)
        for offset in (-2, -1, 0, 0.5, 1, 2)
    },
    **{f"noise 0.6, {offset:+g}": noise(0.6, offset) for offset in (-0.5, 0, 0.5)},
    **{f"muscle {spread}": muscle(spread) for spread in (5, 15, 40)},
    "ramp 30": lambda rng, n: ramp(rng, n, 30),
    "ramp 64": lambda rng, n: ramp(rng, n, 64),
    "sine": sine,
}


def signals_steps_and_rounding() -> Iterator[object]:
    """All there are; every day one in three, so that each signal and each step comes."""
    for k, (signal, step, rounds) in enumerate(product(SIGNALS, STEPS, (False, True))):
        marks = [pytest.mark.exhaustive] if k % 3 else []
        name = f"{signal}-{step}-{'round' if rounds else 'floor'}"
        yield pytest.param(signal, step, rounds, id=name, marks=marks)


@pytest.mark.parametrize(("signal", "step", "rounds"), [*signals_steps_and_rounding()])
def test_a_known_step_is_found(signal, step, rounds):
    rng = np.random.default_rng([len(signal), *signal.encode(), round(10 * step), rounds])
    found = estimate_step(counted(SIGNALS[signal](rng, N), step, rounds=rounds), FIRST_CODE)
    assert found.step_lsb == pytest.approx(step, abs=0.1)
    assert abs(found.step_lsb - step) < 5 * found.stderr_lsb
    assert found.stderr_lsb <= MAX_STDERR_LSB


def test_its_error_is_what_it_says():
    off, seeds = [], range(scaled(30))
    for seed in seeds:
        level = 2047.3 + 0.97 * np.random.default_rng(seed).standard_normal(100_000)
        with contextlib.suppress(InputError):  # a measurement now and then is refused as too vague
            found = estimate_step(counted(level, 1.0), FIRST_CODE)
            off.append((found.step_lsb - 1.0) / found.stderr_lsb)
    assert len(off) > 0.99 * len(seeds)
    assert 0.7 < np.sqrt(np.mean(np.square(off))) < 1.3  # 30 of them tell it to 13 %
    assert abs(np.mean(off)) < 0.5


def test_more_readings_tell_it_better():
    level = 2047.3 + 0.97 * np.random.default_rng(1).standard_normal(4 * N)
    few = estimate_step(counted(level[: N // 4], 1.0), FIRST_CODE)
    many = estimate_step(counted(level, 1.0), FIRST_CODE)
    assert many.stderr_lsb == pytest.approx(few.stderr_lsb / 4, rel=0.2)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(1, 4))]
)
@pytest.mark.parametrize("step", STEPS)
def test_codes_of_unequal_width(seed, step):
    """Real codes differ by some hundredths, so that no smooth curve fits to within chance."""
    rng = np.random.default_rng(seed)
    edges = FIRST_CODE - 100 + np.arange(400) + 0.03 * rng.standard_normal(400)
    level = 2047 + 6 * rng.standard_normal(10 * N)
    found = estimate_step(counted(level, step, edges=edges), FIRST_CODE)
    assert found.step_lsb == pytest.approx(step, abs=0.2)
    assert found.stderr_lsb > 0.005  # by chance alone it would be


def test_code_2046_may_be_thin_and_2047_may_come():
    counts = counted(2047 + 1.2 * np.random.default_rng(1).standard_normal(N), 1.0)
    at = 2046 - FIRST_CODE
    shared = counts.copy()
    shared[at + 1] = counts[at] // 3
    shared[at] -= shared[at + 1]
    assert estimate_step(shared, FIRST_CODE).step_lsb == pytest.approx(
        estimate_step(counts, FIRST_CODE).step_lsb, abs=1e-3
    )


def test_a_step_that_leaves_nothing_of_code_2046():
    rng = np.random.default_rng(1)
    found = estimate_step(counted(2047 + 6 * rng.standard_normal(4 * N), 2.4), FIRST_CODE)
    assert found.step_lsb == pytest.approx(2.4, abs=0.1)


def test_level_and_number_of_readings_are_told():
    level = 2046.5 + 1.5 * np.random.default_rng(1).standard_normal(N)
    found = estimate_step(counted(level, 0.0), FIRST_CODE)
    assert found.readings == N
    assert found.level_code == pytest.approx(2046, abs=0.3)
    assert found.spread_codes == pytest.approx(1.5, abs=0.2)
    assert found.step_lsb >= 0.0


def refusal(counts, first_code=FIRST_CODE):
    with pytest.raises(InputError) as error:
        estimate_step(np.asarray(counts), first_code)
    said = str(error.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("level", "at"),
    [
        (2030.4, "2029.9 +- 1.0"),
        (2065.0, "2065.5 +- 1.0"),
        (2052.0, "2052.5 +- 1.0"),
        (1990.0, "1989.5"),
    ],
)
def test_an_input_that_does_not_cross_it(level, at):
    rng = np.random.default_rng(1)
    said = refusal(counted(level + 0.97 * rng.standard_normal(N), 1.0))
    assert said.startswith(f"The input is at code {at}")
    assert "does not cross the step at code 2047" in said
    assert "1.65 V" in said


def test_an_input_that_hardly_crosses_it():
    """The other side is known by a few readings far out: no ground to stand on."""
    rng = np.random.default_rng(1)
    said = refusal(counted(2049.2 + 0.6 * rng.standard_normal(N), 0.6))
    assert "determine the step only to +- " in said
    assert "closer to code 2047" in said


def test_too_few_readings():
    rng = np.random.default_rng(1)
    said = refusal(counted(2047 + rng.standard_normal(MIN_READINGS - 1), 1.0))
    assert f"{MIN_READINGS} are needed" in said


@pytest.mark.parametrize("counts", [np.zeros(128, int), np.eye(128, dtype=int)[0]])
def test_no_readings_at_all(counts):
    assert "the step at code 2047" in refusal(counts)


def test_a_signal_that_jumps():
    rng = np.random.default_rng(1)
    levels = rng.choice(np.arange(2035.5, 2060, 2), N) + 0.2 * rng.standard_normal(N)
    said = refusal(counted(levels, 1.0))
    assert "off a smooth curve" in said
    assert "slowly and evenly" in said


def test_bursts_among_rest_are_refused():
    """Half of the time at rest, else a muscle: a peak that no simple density has."""
    rng = np.random.default_rng(1)
    spread = rng.choice([1.0, 6.0, 25.0], N)
    counts = counted(2048 + spread * rng.standard_normal(N), 1.0)
    assert "off a smooth curve" in refusal(counts)


@pytest.mark.parametrize("first_code", [1984, 2000, 2030])
def test_the_window_may_lie_anywhere_around_it(first_code):
    level = 2047 + 1.2 * np.random.default_rng(1).standard_normal(N)
    counts = np.bincount(converted(level, 1.0), minlength=4224)[first_code : first_code + 128]
    assert estimate_step(counts, first_code).step_lsb == pytest.approx(1.0, abs=0.05)
