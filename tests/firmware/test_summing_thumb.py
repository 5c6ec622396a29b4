"""The summing loops' machine code, run on an emulated core: right, tidy, and fast enough.

`-s` prints what a reading costs.
"""

from __future__ import annotations

import random
from array import array

import pytest
from tests.firmware.machine_code import FIRMWARE, Core, functions
from tests.firmware.vectors import (
    CONFIGURATIONS,
    STEPS_MLSB,
    expected_counts,
    expected_samples,
    pack,
    samples_of,
    some_readings,
)

from unclench_board import summing

pytestmark = pytest.mark.usefixtures("chips_are_freed")

MAX_CYCLES_PER_READING = 12  # of 250 at 125 MHz and 500000 readings a second
MAX_CYCLES_PER_COUNT = 20


@pytest.fixture(scope="module")
def thumb(tmp_path_factory):
    out = tmp_path_factory.mktemp("mpy") / "out.mpy"
    return functions(FIRMWARE / "lib" / "unclench_board" / "summing_thumb.py", out)


def do_sum_block(thumb, readings, rows, channels, over, step_mlsb, shift=0):
    """Samples, and cycles; what is not to be written is looked at by `Core`."""
    core = Core()
    job = array("I", [rows, channels, over, summing.step_q20(step_mlsb)])
    n = rows * channels * 3
    data = core.put(pack(readings), shift=2 * (shift % 2))
    out = core.put(b"\xff" * n, shift=shift)
    returned = core.call(
        thumb["sum_block"], [data, out, core.put(job.tobytes())], writable=[(out, n)]
    )
    assert returned == 0  # anything from 2^30 on would allocate
    return samples_of(bytes(core.ram(out, n))), core.cycles


def test_machine_code_has_both_functions(thumb):
    assert set(thumb) == {"sum_block", "count_codes"}


@pytest.mark.parametrize("share", [pytest.param("all", marks=pytest.mark.exhaustive), "one-in-six"])
@pytest.mark.parametrize(("rows", "channels", "over"), CONFIGURATIONS)
def test_machine_code_sums_like_python(thumb, rows, channels, over, share):
    """Readings of every kind at every step; every day each kind at one, another for each `over`."""
    n = rows * channels * over
    worst = 0.0
    for k, step_mlsb in enumerate(STEPS_MLSB):
        for j, (name, readings) in enumerate(some_readings(n, seed=k).items()):
            if share != "all" and (j + k + over) % len(STEPS_MLSB):
                continue
            samples, cycles = do_sum_block(
                thumb, readings, rows, channels, over, step_mlsb, shift=k % 4
            )
            assert samples == expected_samples(readings, rows, channels, over, step_mlsb), name
            worst = max(worst, cycles / n)
    print(f"{rows} rows, {channels} channels, {over} readings: {worst:.2f} cycles per reading")
    assert worst <= MAX_CYCLES_PER_READING


def test_sums_are_right_at_the_largest_correction(thumb):
    """500 readings above 2047 at a step of 4: 31 bits."""
    for step_mlsb in (3999, 4000):
        samples, _ = do_sum_block(thumb, [2048] * 500, 1, 1, 500, step_mlsb)
        assert samples == [2048 * 500 - (500 * step_mlsb + 500) // 1000]


def test_channels_are_not_mixed(thumb):
    for channel in range(3):
        readings = [4095 if k % 3 == channel else 0 for k in range(2 * 3 * 5)]
        samples, _ = do_sum_block(thumb, readings, 2, 3, 5, 0)
        assert samples == [5 * 4095 if k % 3 == channel else 0 for k in range(6)]


def test_summing_no_rows_writes_nothing(thumb):
    assert do_sum_block(thumb, [], 0, 3, 40, 1000)[0] == []


@pytest.mark.parametrize("first", [0, 1, 1984, 2047, 3968, 4095])
def test_machine_code_counts_like_python(thumb, first):
    n = 2000
    worst = 0.0
    for k, (name, readings) in enumerate(some_readings(n).items()):
        core = Core()
        before = [random.Random(k).randrange(2**31) for _ in range(130)]
        counts = core.put(array("I", before).tobytes())
        data = core.put(pack(readings), shift=2 * (k % 2))
        returned = core.call(
            thumb["count_codes"], [data, counts, n, first], writable=[(counts, 4 * 130)]
        )
        assert returned == 0
        found = array("I", bytes(core.ram(counts, 4 * 130)))
        added = [after - start for after, start in zip(found, before, strict=True)]
        assert added == expected_counts(readings, first), name
        worst = max(worst, core.cycles / n)
    print(f"codes from {first} on: {worst:.2f} cycles per reading")
    assert worst <= MAX_CYCLES_PER_COUNT


def test_counting_no_readings_changes_nothing(thumb):
    core = Core()
    counts = core.put(bytes(4 * 130))
    core.call(thumb["count_codes"], [core.put(b"\x05\0"), counts, 0, 0])
    assert not any(core.ram(counts, 4 * 130))


@pytest.mark.parametrize("harm", ["write", "register", "stack"])
def test_the_emulator_catches_functions_that_break_the_rules(thumb, harm):
    """The emulation's own checks work: each of these is a function that breaks one rule."""
    code = {
        "write": "0860 7047",  # str r0, [r1]; bx lr
        "register": "0446 7047",  # mov r4, r0
        "stack": "01b4 7047",  # push {r0}
    }[harm]
    core = Core()
    function = thumb["sum_block"]
    bad = type(function)("bad", function.kind, bytes.fromhex(code), 0, None)
    with pytest.raises(AssertionError, match=r"outside|belong|pointer"):
        core.call(bad, [1, core.put(b"\0" * 4)])
