"""How fast 10,000 sessions are listed: `python -m benchmarks.library`.

Every session is a folder with session.json, summary.json and small CSV files. The peer does what a
script would do without an index: it opens every session.json and summary.json with json, each time,
checks nothing, and puts them into a pandas table. Both run in this process, in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from unclench.store import BandMeta, BoardConstants, SessionMeta
from unclench.store.library.library import Library
from unclench.store.session.edit import edit_meta
from unclench.store.session.folder import EMG, EVENTS, META, SUMMARY
from unclench.store.session.summary import ChannelSummary, SessionSummary, TagSummary, sizes_of
from unclench_wire.messages import Channel, Hello

RUNS = 3
LISTING = "from unclench.cli import cli; cli()"


def main(n_sessions: int = 10_000) -> None:
    """Print seconds of each way, and ratios to the peer."""
    with tempfile.TemporaryDirectory() as work:
        root, index = Path(work) / "sessions", Path(work) / "index.sqlite"
        make_library(root, n_sessions)
        time.sleep(3.5)  # what changed just now is not believed yet
        library = Library(root, index)
        warm, changed, rebuilt, naive = [], [], [], []
        for _ in range(RUNS):
            index.unlink(missing_ok=True)
            rebuilt.append(timed(library.entries))
            warm.append(timed(library.entries))
            edit_meta(root / "session-00042", title=f"Changed at {time.time_ns()}")
            changed.append(timed(library.entries))
            naive.append(timed(lambda: read_naively(root)))
        assert len(library.entries()) == n_sessions
        command = min(timed(lambda: list_in_terminal(root, work)) for _ in range(RUNS))
    print(f"{n_sessions} sessions, best of {RUNS}; ratio: the peer's time over ours")
    peer = min(naive)
    for name, seconds in (
        ("listed from the index", min(warm)),
        ("after one has changed", min(changed)),
        ("index rebuilt from the folders", min(rebuilt)),
        ("peer: json + pandas, no index", peer),
        ("unclench sessions, process and all", command),
    ):
        print(f"  {name:36}{seconds:8.2f} s {peer / seconds:8.2f} x")


def make_library(root: Path, n_sessions: int) -> None:
    """Write sessions of one to three channels over the years."""
    start = datetime(2016, 1, 1, 9, tzinfo=timezone.utc)
    for n in range(n_sessions):
        n_channels = 1 + n % 3
        folder = root / f"session-{n:05}"
        folder.mkdir(parents=True)
        (folder / EMG).write_text("sample,time_s,ch1_uv\n" + "0,0.0,1.0\n" * 50)
        (folder / EVENTS).write_text("sample,time_s,kind,text,duration_s,lost_samples\n")
        sites = ("Left shoulder", "Right shoulder", "Jaw")[:n_channels]
        hello = Hello([Channel(200_000, noise_nv=300)] * n_channels)
        meta = SessionMeta(
            created=start + timedelta(hours=8 * n),
            source="benchmark",
            constants=BoardConstants.from_hello(hello),
            sites=sites,
            band=BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
            window_s=0.25,
            tension_rate_hz=50,
            duration_s=600,
            n_samples=1_200_000,
            ended="closed",
        )
        (folder / META).write_text(meta.to_json())
        channels = tuple(
            summary_of(name, site) for name, site in zip(meta.channels, sites, strict=True)
        )
        summary = SessionSummary(made_of=sizes_of(folder), duration_s=600, channels=channels)
        (folder / SUMMARY).write_text(summary.model_dump_json(indent=1))


def summary_of(name: str, site: str) -> ChannelSummary:
    """Figures of a channel, as a review would make them."""
    tag = TagSummary(words="posture: slouching", times=3, during_s=80, untagged_s=500)
    return ChannelSummary(
        channel=name,
        site=site,
        used_s=580.0,
        excluded_s={"settling": 1.0, "no contact": 19.0},
        mean_uv=6.8,
        p10_uv=2.0,
        p50_uv=5.0,
        p90_uv=14.2,
        rest_share=0.62,
        contractions=4,
        recovery_s=(12.9, 15.2, 8.1, 9.4),
        tags=(tag,),
    )


def read_naively(root: Path) -> object:
    """What a script would do."""
    import pandas as pd

    rows = []
    for path in root.glob("*/session.json"):
        meta = json.loads(path.read_text())
        summary = json.loads((path.parent / SUMMARY).read_text())
        rows.append({"folder": path.parent.name, **meta, **summary})
    return pd.DataFrame(rows).sort_values("created", ascending=False)


def list_in_terminal(root: Path, cache: str) -> None:
    """Run the command in a process of its own, with an index of its own."""
    subprocess.run(
        [sys.executable, "-c", LISTING, "sessions", str(root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CACHE_HOME": cache},
        check=True,
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.library", description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    main(parser.parse_args().sessions)
