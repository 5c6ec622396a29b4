"""Run by MicroPython and by CPython alike: a task as JSON on stdin, what came of it on stdout.

Not a test by itself: test_summing.py compares the two. Only what MicroPython has is used here.
"""

import json
import sys
from array import array

task = json.loads(sys.stdin.read())
sys.path.insert(0, task["lib"])

from unclench_board import summing  # noqa: E402


def sums():
    """Samples of blocks of readings, each written into the middle of a buffer."""
    out = []
    for rows, channels, over, step_mlsb, readings in task["blocks"]:
        job = array("I", [rows, channels, over, summing.step_q20(step_mlsb)])
        buffer = bytearray(rows * channels * 3 + 7)
        view = memoryview(buffer)[5 : len(buffer) - 2]
        summing.sum_block(memoryview(bytes.fromhex(readings)), view, job)
        out.append(buffer.hex())
    return out


def counts():
    """Counts of codes, added to what is there."""
    out = []
    for first, n, readings in task["blocks"]:
        found = array("I", list(range(summing.CODES + 2)))
        summing.count_codes(bytearray(bytes.fromhex(readings)), found, n, first)
        out.append(list(found))
    return out


print(json.dumps({"sums": sums, "counts": counts}[task["do"]]()))
