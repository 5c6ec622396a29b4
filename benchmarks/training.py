"""How long a ten-minute program takes without a person: `python -m benchmarks.training`.

The program runs headless on the virtual person at full speed, as a process of its own, imports
included. Beside it the same source, recorded for as long by `unclench record`: the difference is
what training costs. Both write everything to disk. Then, whether two runs left the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.analyze import measure

PROGRAM = "first-ten-minutes"
SOURCE = ("--source", "sim:person", "--speed", "max")
RUNS = 3
LIMIT_S = 10.0
FILES = ("events.csv", "emg.csv", "tension.csv")


def digests(folder: Path) -> tuple[str, ...]:
    """Fingerprint of each file of a session."""
    return tuple(hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES)


def outcome(folder: Path) -> tuple[float, str]:
    """Seconds of signal, and the scores as text."""
    meta = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    return meta["duration_s"], json.dumps(meta["training"], sort_keys=True)


def main() -> None:
    """Print seconds, peak memory and whether all runs are alike."""
    if sys.platform == "win32":
        sys.exit("Peak memory of a child is measured with wait4, which Windows does not have.")
    unclench = [sys.executable, "-m", "unclench.cli"]
    ours, peer = f"unclench session {PROGRAM}", "unclench record, as long"
    best: dict[str, tuple[float, float]] = {}
    lasted_s, folders = 0.0, []
    with tempfile.TemporaryDirectory() as temporary:
        for run in range(RUNS):  # in turns, so that a busy moment hits both
            folders.append(Path(temporary) / f"session-{run}")
            out = ["--out", str(folders[-1])]
            took = measure([*unclench, "session", PROGRAM, *SOURCE, "--terminal", *out])
            best[ours] = min(best.get(ours, took), took)
            lasted_s = outcome(folders[-1])[0]
            recording = ["--seconds", str(lasted_s), "--out", str(Path(temporary) / f"raw-{run}")]
            took = measure([*unclench, "record", *SOURCE, *recording])
            best[peer] = min(best.get(peer, took), took)
        files = len({digests(folder) for folder in folders}) == 1
        scores = len({outcome(folder)[1] for folder in folders}) == 1
    print(f"Ten-minute program, {lasted_s:.0f} s of signal at 2 kHz; best of {RUNS}")
    for name, (seconds, peak_mb) in best.items():
        ratio = f"{seconds / best[peer][0]:7.2f} x {peak_mb / best[peer][1]:7.2f} x"
        print(f"  {name:40}{seconds:7.2f} s {peak_mb:7.0f} MB {ratio}")
    print(f"  {'limit':40}{LIMIT_S:7.2f} s {'kept' if best[ours][0] <= LIMIT_S else 'NOT KEPT'}")
    print(f"  {', '.join(FILES)} of {RUNS} runs: {'the same bytes' if files else 'DIFFERENT'}")
    print(f"  scores of {RUNS} runs: {'the same' if scores else 'DIFFERENT'}")


if __name__ == "__main__":
    main()
