"""The end of the line on the board: full, deaf, or with more to read than is taken at once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

LIB = Path(__file__).parents[2] / "firmware" / "lib"
SCRIPT = Path(__file__).with_name("port_on_board.py")


def test_writing_and_reading(micropython):
    done = subprocess.run(
        [micropython, str(SCRIPT), str(LIB)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    out = json.loads(done.stdout)
    assert out["well"] == out["room again"] == out["then"] == [10, 1000]
    assert out["no room"] == [0, 0]  # no room: not even tried, for a try would wait
    assert out["cut"] == [1, 30]
    assert out["deaf"] == [5, 0]  # says it is ready and takes nothing: one try in two seconds
    assert out["heard again after ms"] <= 2000
    assert out["read"] == [list(range(64)), list(range(64, 128)), list(range(128, 150)), []]
    assert out["nothing"] is False
