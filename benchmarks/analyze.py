"""How fast a recorded hour is analysed, side by side with pandas and scipy put together by hand.

Each contestant is a process of its own, timed from its start to its end, imports included. The
peer reads the same emg.csv and does less: no gaps, no mains, no clipping.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from unclench.store import BandMeta, BoardConstants, SessionMeta, SessionWriter
from unclench_wire.messages import Channel, Hello

FS_HZ = 2000
SECONDS = 3600
RUNS = 3

PANDAS = """
import sys
import numpy as np
import pandas as pd
from scipy import signal

emg_uv = pd.read_csv(sys.argv[1] + "/emg.csv", usecols=["ch1_uv"])["ch1_uv"].to_numpy()
sos = signal.butter(4, (20, 450), "bandpass", fs=2000, output="sos")
band_uv = signal.sosfilt(sos, emg_uv)
tension_uv = np.sqrt(pd.Series(band_uv**2).rolling(500).mean().to_numpy()[1000:])
print(tension_uv.mean(), np.percentile(tension_uv, (10, 50, 90)), tension_uv.max())
"""

# A process of its own, and small, because a child's peak memory counts that of its parent at birth.
LAUNCHER = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps([time.perf_counter() - begin, usage.ru_maxrss * unit / 1e6, status]))
"""


def write_hour(folder: Path) -> float:
    """Record an hour of rest with a second of contraction every ten; return the seconds taken."""
    constants = BoardConstants.from_hello(Hello([Channel(200_000, noise_nv=300)]))
    meta = SessionMeta(
        source="benchmark",
        constants=constants,
        band=BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
        window_s=0.25,
        tension_rate_hz=20,
    )
    rng = np.random.default_rng(1)
    begin = time.perf_counter()
    with SessionWriter(folder, meta) as writer:
        for second in range(SECONDS):
            emg_uv = rng.normal(0, 150.0 if second % 10 == 9 else 3.0, (FS_HZ, 1))
            writer.write_samples(second * FS_HZ, constants.to_units(emg_uv))
            writer.flush()
    return time.perf_counter() - begin


def measure(command: list[str]) -> tuple[float, float]:
    """Run a command; seconds and peak megabytes."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *command], stdout=subprocess.PIPE, text=True, check=True
    )
    seconds, peak_mb, status = json.loads(done.stdout)
    if status:
        raise SystemExit(f"{' '.join(command[:4])} failed")
    return seconds, peak_mb


def main() -> None:
    """Print seconds and peak memory, and the ratios to ours."""
    if sys.platform == "win32":
        print("Peak memory of a child is measured with wait4, which Windows does not have.")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "hour"
        wrote_s = write_hour(folder)
        size_mb = (folder / "emg.csv").stat().st_size / 1e6
        ours, peer = "unclench analyze", "pandas.read_csv + scipy sosfilt"
        commands = {
            ours: [sys.executable, "-m", "unclench.cli", "analyze", str(folder), "--json"],
            peer: [sys.executable, "-c", PANDAS, str(folder)],
        }
        best: dict[str, tuple[float, float]] = {}
        for _ in range(RUNS):  # in turns, so that a busy moment hits both
            for name, command in commands.items():
                best[name] = min(best.get(name, (np.inf, np.inf)), measure(command))
    print(f"One hour, one channel: {SECONDS * FS_HZ} rows, {size_mb:.0f} MB; best of {RUNS}")
    print(f"  {'written, made-up signal included, in':40}{wrote_s:9.2f} s")
    for name, (seconds, peak_mb) in best.items():
        ratio = f"{seconds / best[ours][0]:9.2f} x {peak_mb / best[ours][1]:9.2f} x"
        print(f"  {name:40}{seconds:9.2f} s {peak_mb:9.0f} MB {ratio}")


if __name__ == "__main__":
    main()
