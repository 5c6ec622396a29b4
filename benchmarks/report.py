"""How long metrics and report of a session take, and its size, beside NeuroKit2's own report.

Both read the same samples in the same run, each in a process of its own, timed from start to end,
imports included. The peer takes one channel at a time and knows no gaps, contact, steps or marks.
Its report draws every sample (13 MB a minute and channel), so it is compared over five minutes. It
needs plotly beside NeuroKit2; what is not installed is left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOUR_S, SHORT_S = 3600, 300
CHANNELS = 3
UNCLENCH = (sys.executable, "-m", "unclench")

METRICS = """
import sys
from pathlib import Path
from unclench.review.session import open_review

review = open_review(Path(sys.argv[1]))
for k in range(len(review.contexts)):
    review.figures(k)
"""

PEER = """
import sys
import matplotlib
matplotlib.use("agg")
import neurokit2 as nk
import pandas as pd

emg = pd.read_csv(sys.argv[1] + "/emg.csv", usecols=["ch1_uv", "ch2_uv", "ch3_uv"])
for name in emg:
    page = sys.argv[1] + "/peer-" + name + ".html" if sys.argv[2] == "report" else None
    nk.emg_process(emg[name].to_numpy(), sampling_rate=2000, report=page)
"""


def main() -> None:
    """Print seconds and sizes, and their ratios."""
    with tempfile.TemporaryDirectory() as home:
        own = {f"XDG_{name}_HOME": home for name in ("CONFIG", "CACHE", "DATA")}
        environment = {**os.environ, **own}
        hour, short = (_record(Path(home) / "s", n, environment) for n in (HOUR_S, SHORT_S))
        print(f"{CHANNELS} channels at 2000 Hz, sim:desk-work; each a process of its own")
        metrics_s = _run((sys.executable, "-c", METRICS, str(hour)), environment)
        report_s = _run((*UNCLENCH, "report", str(hour)), environment)
        peer_s = _run((sys.executable, "-c", PEER, str(hour), "metrics"), environment)
        print(f"  an hour: metrics                  {metrics_s:6.1f} s")
        print(f"    metrics and report              {report_s:6.1f} s, {_size(hour):.2f} MB")
        print(f"    NeuroKit2 emg_process           {_beside(peer_s, metrics_s)} of our metrics")
        report_s = _run((*UNCLENCH, "report", str(short)), environment)
        peer_s = _run((sys.executable, "-c", PEER, str(short), "report"), environment)
        print(f"  {SHORT_S // 60} minutes: metrics and report   {report_s:6.1f} s, ", end="")
        print(f"{_size(short):.2f} MB")
        print(f"    NeuroKit2 emg_process(report=)  {_beside(peer_s, report_s)}")
        pages = list(short.glob("peer-*.html"))
        if len(pages) == CHANNELS:
            size = sum(page.stat().st_size for page in pages) / 1e6
            print(f"      {size:.0f} MB in {CHANNELS} files, {size / _size(short):.0f}x")


def _record(root: Path, seconds: int, environment: dict[str, str]) -> Path:
    folder = root / f"{seconds}"
    source = f"sim:desk-work?channels={CHANNELS}"
    command = ("record", "--source", source, "--seconds", str(seconds), "--speed", "max")
    if _run((*UNCLENCH, *command, "--out", str(folder)), environment) is None:
        raise SystemExit("recording failed")
    return folder


def _run(command: tuple[str, ...], environment: dict[str, str]) -> float | None:
    """Seconds; None where it failed."""
    quiet = subprocess.DEVNULL
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=quiet, stderr=quiet, check=False)
    return time.perf_counter() - begin if done.returncode == 0 else None


def _beside(peer_s: float | None, own_s: float | None) -> str:
    if peer_s is None or own_s is None:
        return "not installed, or it failed"
    return f"{peer_s:6.1f} s, {peer_s / own_s:.1f}x"


def _size(folder: Path) -> float:
    return (folder / "report.html").stat().st_size / 1e6


if __name__ == "__main__":
    main()
