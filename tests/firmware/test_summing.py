"""Sums and counts in plain Python, here and under a real MicroPython, against the protocol."""

from __future__ import annotations

import json
import subprocess
import sys
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest
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

LIB = Path(__file__).parents[2] / "firmware" / "lib"
SCRIPT = Path(__file__).with_name("on_both.py")


@pytest.fixture(params=["cpython", "micropython"])
def run(request):
    """Do a task in one of the interpreters."""
    command = [sys.executable]
    if request.param == "micropython":
        found = request.getfixturevalue("micropython")
        command = [found, "-X", "heapsize=64M"]  # the task is larger than the blocks are

    def run_task(do: str, **task: Any) -> Any:
        done = subprocess.run(
            [*command, str(SCRIPT)],
            input=json.dumps({"do": do, "lib": str(LIB), **task}),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run_task


def test_the_step_is_exact_wherever_it_is_used():
    above = np.arange(501, dtype=np.uint64)[:, None]
    step_mlsb = np.arange(4001, dtype=np.uint64)[None, :]
    steps = np.array([summing.step_q20(int(step)) for step in step_mlsb[0]], dtype=np.uint64)
    product = above * steps[None, :] + 2**19
    assert product.max() < 2**32
    exact = (2 * above * step_mlsb + 1000) // 2000  # floor(above * step_mlsb / 1000 + 1/2)
    assert np.array_equal(product >> np.uint64(20), exact)


def test_the_step_is_rounded_up():
    steps = [summing.step_q20(step_mlsb) for step_mlsb in (0, 1, 125, 1000, 4000)]
    assert steps == [0, 1049, 2**17, 2**20, 2**22]


def test_without_an_rp2040_the_python_versions_are_used():
    assert summing.sum_block is summing.plain_sum_block
    assert summing.count_codes is summing.plain_count_codes


@pytest.mark.parametrize(("rows", "channels", "over"), CONFIGURATIONS)
@pytest.mark.parametrize("step_mlsb", STEPS_MLSB)
def test_machine_code_sums_like_python(rows: int, channels: int, over: int, step_mlsb: int):
    job = array("I", [rows, channels, over, summing.step_q20(step_mlsb)])
    for readings in some_readings(rows * channels * over).values():
        out = bytearray(rows * channels * 3)
        summing.plain_sum_block(pack(readings), out, job)
        assert samples_of(out) == expected_samples(readings, rows, channels, over, step_mlsb)


def test_micropython_and_cpython_sum_alike(run):
    blocks, expected = [], []
    for k, (rows, channels, over) in enumerate(CONFIGURATIONS):
        step_mlsb = STEPS_MLSB[k % len(STEPS_MLSB)]
        for readings in some_readings(rows * channels * over, seed=k).values():
            blocks.append((rows, channels, over, step_mlsb, pack(readings).hex()))
            expected.append(expected_samples(readings, rows, channels, over, step_mlsb))
    for out, samples in zip(run("sums", blocks=blocks), expected, strict=True):
        buffer = bytes.fromhex(out)
        assert buffer[:5] + buffer[-2:] == bytes(7)
        assert samples_of(buffer[5:-2]) == samples


def test_micropython_and_cpython_count_alike(run):
    blocks, expected = [], []
    for readings in some_readings(3000).values():
        for first, n in ((0, 3000), (1984, 2999), (2048, 1), (3968, 3000), (4095, 3000), (5, 0)):
            blocks.append((first, n, pack(readings).hex()))
            expected.append([k + c for k, c in enumerate(expected_counts(readings[:n], first))])
    assert run("counts", blocks=blocks) == expected
