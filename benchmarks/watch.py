"""What `unclench watch` costs, and how often it is wrong: `python -m benchmarks.watch`.

Cost: the board is a process of its own (`unclench simulate --pty`) on a real port, in true time, so
only the watcher's own time is counted. The peer is `unclench record` of the same source, which
hands every 10 ms on at once and writes every sample.

Errors: hours of synthetic muscle through the signal chain into the day's alerts, without the link.
A false alert is one while a muscle is at rest; a miss is a planted stretch of 5 to 10 minutes of
tension without an alert for it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from unclench.link.virtual.jolts import Jolts
from unclench.link.virtual.muscle import POINTS_HZ, Bursts, Muscle, MuscleSignal
from unclench.settings import Place, Settings, Sustained
from unclench.store.events.event import Alerted, Event
from unclench.training.day.day import DayWatch
from unclench.training.placement.calibrations import Book
from unclench.training.placement.values import ReferenceContraction, RestBaseline, TrainedChannel
from unclench.training.rows import Rows, Stream, each_row
from unclench.training.steps.kinds.baseline import RestMeasurement
from unclench_dsp import WIDE, ChainSettings, HopMeanSquare, RollingRms, TensionChain

FS_HZ, ROW_N, ROW_HZ = 2000, 40, 50
WARM_UP_S = 8.0
NOISE_UV = 0.28  # of the board, in band
UNCLENCH = (sys.executable, "-m", "unclench.cli")


def main(seconds: float, hours: float) -> None:
    """Print CPU shares and their ratio, then alerts an hour and misses."""
    costs(seconds)
    print()
    errors(hours)


# Cost


def costs(seconds: float) -> None:
    """CPU of watch and record on the same source, for one channel and for three."""
    print(f"CPU over {seconds:g} s of true time, {FS_HZ} Hz, sim:desk-work on a pseudo-terminal")
    for n_channels in (1, 3):
        ours, theirs = (cost(command, n_channels, seconds) for command in ("watch", "record"))
        channels = "1 channel: " if n_channels == 1 else f"{n_channels} channels:"
        print(
            f"  {channels} watch {ours:6.2%} of one core, record {theirs:6.2%}, "
            f"ratio {theirs / ours:.1f}x"
        )


def cost(command: str, n_channels: int, seconds: float) -> float:
    """Share of one core that a command takes once it runs."""
    import psutil

    with tempfile.TemporaryDirectory() as work:
        environment = {**os.environ, "XDG_CONFIG_HOME": work}
        calibrate(Path(work) / "unclench", n_channels)
        board = subprocess.Popen(
            [*UNCLENCH, "simulate", "--pty", "--source", f"sim:desk-work?channels={n_channels}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert board.stdout is not None
        arguments = ["--source", board.stdout.readline().strip(), "--out", f"{work}/out"]
        if command == "watch":
            arguments += ["--terminal", "--no-baseline"]
        length = ["--seconds", str(WARM_UP_S + seconds + 5), "--json"]
        follower = subprocess.Popen(
            [*UNCLENCH, command, *arguments, *length],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            process = psutil.Process(follower.pid)
            time.sleep(WARM_UP_S)
            before, begin_s = process.cpu_times(), time.monotonic()
            time.sleep(seconds)
            after, end_s = process.cpu_times(), time.monotonic()
            summary = json.loads(follower.communicate()[0])
        finally:
            for child in (follower, board):
                child.terminate()
                child.wait()
        lost = summary["lost_s"] if command == "watch" else summary["lost_samples"]
        assert lost == 0, f"{command} lost {lost}"
        used_s: float = after.user + after.system - before.user - before.system
        return used_s / (end_s - begin_s)


def calibrate(folder: Path, n_channels: int) -> None:
    """Put settings and calibrations there, so that watching begins at once."""
    folder.mkdir(parents=True)
    sites = ("shoulder", "neck", "jaw")
    places = tuple(Place(channel=k + 1, site=sites[k], side="left") for k in range(n_channels))
    (folder / "settings.json").write_text(Settings(places=places).model_dump_json())
    book = Book()
    for place in places:
        book.add(
            place,
            WIDE,
            0.25,
            created=datetime.now(timezone.utc),
            baseline=RestBaseline(2.0, 0.2, 60.0, 0.3),
            reference=ReferenceContraction(600.0, "maximum"),
        )
    (folder / "calibrations.json").write_text(book.model_dump_json())


# Errors


@dataclass(frozen=True)
class Counted:
    """What an hour or more brought."""

    hours: float
    sustained: int
    few_rests: int
    planted: int = 0
    missed: int = 0
    outside: int = 0  # alerts for lasting tension while nothing was planted


REST = Muscle(rest_uv=1.9)
SHOULDER = Muscle(rest_uv=1.9, heart_uv=15.0)  # a shoulder with some heart in it
FIDGETY = replace(
    REST,
    drift=0.3,
    bursts=Bursts(per_minute=4.0, peak_uv=(10.0, 40.0), length_s=(0.8, 3.0)),
    jolts=(Jolts("tug", 1.0, (150.0, 300.0)),),
)
DESK = Muscle(
    rest_uv=7.0,
    drift=0.5,
    drift_s=20.0,
    breaths_per_minute=14.0,
    bursts=Bursts(per_minute=9.0, peak_uv=(15.0, 45.0), length_s=(0.8, 4.0)),
)


def errors(hours: float) -> None:
    """Alerts an hour at rest, and misses of planted tension."""
    print(f"Alerts in {hours:g} h of signal each (limits: 4 min; 5 moments of rest in 10 min)")
    limits = {"own rest": None, "0.5 % of 600 uV": ReferenceContraction(600.0, "maximum")}
    for name, muscle in (("at rest", REST), ("with heartbeat", SHOULDER), ("fidgety", FIDGETY)):
        for limit, reference in limits.items():
            found = follow(muscle, None, reference, hours)
            print(
                f"  {name:15} {limit:16} false an hour: lasting {found.sustained / found.hours:.2f}"
                f", few rests {found.few_rests / found.hours:.2f}"
            )
    for times in (1.5, 2.0, 3.0):
        tense = replace(REST, rest_uv=times * REST.rest_uv)
        report_planted(f"{times:g} x rest", tense, limits, hours)
    report_planted("desk-work", DESK, limits, hours)


def report_planted(
    name: str, tense: Muscle, limits: dict[str, ReferenceContraction | None], hours: float
) -> None:
    """Print misses of planted blocks, and alerts where none was planted."""
    for limit, reference in limits.items():
        found = follow(REST, tense, reference, hours)
        print(
            f"  planted {name:12} {limit:16} missed {found.missed} of {found.planted}, "
            f"alerts outside {found.outside}"
        )


def follow(
    muscle: Muscle, tense: Muscle | None, reference: ReferenceContraction | None, hours: float
) -> Counted:
    """Calibrate on a minute of the muscle at rest, then watch it for hours."""
    rng = np.random.default_rng(7)
    plan = plan_blocks(rng, hours) if tense is not None else []
    calm_rows = rows_of(MuscleSignal(REST, rng), None, [], 75, rng)
    bare = TrainedChannel(0, "Left shoulder", NOISE_UV)
    measurement = RestMeasurement([bare], Stream(FS_HZ, ROW_N, 0.25, 0))
    for rows in calm_rows:
        for row in each_row(rows):
            if row.sample >= 15 * FS_HZ:
                measurement.add(row, 0, [True])
    channel = replace(measurement.measured().channels[0], reference=reference)
    day = DayWatch([channel], Sustained(), ROW_N, FS_HZ, datetime(2026, 1, 5, 9))
    alerts: list[tuple[int, Alerted]] = []
    other = MuscleSignal(tense, rng) if tense is not None else None
    for rows in rows_of(MuscleSignal(muscle, rng), other, plan, round(hours * 3600), rng):
        alerts += [
            (found.sample, found.payload)
            for found in day.rows(rows)
            if isinstance(found, Event) and isinstance(found.payload, Alerted)
        ]
    at_s = [sample / FS_HZ for sample, alert in alerts if alert.reason == "sustained"]
    inside = [any(start <= t <= stop + 2 for start, stop in plan) for t in at_s]
    missed = sum(not any(start <= t <= stop + 2 for t in at_s) for start, stop in plan)
    few = len(alerts) - len(at_s)
    return Counted(hours, len(at_s), few, len(plan), missed, len(at_s) - sum(inside))


def plan_blocks(rng: np.random.Generator, hours: float) -> list[tuple[int, int]]:
    """Stretches of 5 to 10 minutes with 5 to 10 minutes between them, in seconds."""
    plan: list[tuple[int, int]] = []
    at = 0
    while True:
        start = at + int(rng.integers(300, 600))
        at = start + int(rng.integers(300, 600))
        if at > hours * 3600:
            return plan
        plan.append((start, at))


def rows_of(
    calm: MuscleSignal,
    tense: MuscleSignal | None,
    plan: list[tuple[int, int]],
    seconds: int,
    rng: np.random.Generator,
) -> Iterator[Rows]:
    """Rows of one channel, a minute at a time."""
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    power = HopMeanSquare(ROW_N, 1)
    slow, quick = RollingRms(ROW_HZ, 1), RollingRms(ROW_HZ // 10, 1)
    noise_uv = NOISE_UV * np.sqrt(FS_HZ / 2 / (WIDE.high_hz - WIDE.low_hz))
    first = 0
    while first < seconds * FS_HZ:
        second = first // FS_HZ
        minute = min(60, seconds - second)
        points = [
            (tense if tense and any(a <= s < b for a, b in plan) else calm).next_second()
            for s in range(second, second + minute)
        ]
        # Each sample is the mean of its time, as the board's sum of conversions is.
        emg_uv = np.concatenate(points).reshape(-1, POINTS_HZ // FS_HZ).mean(axis=1)[:, np.newaxis]
        emg_uv += noise_uv * rng.standard_normal(emg_uv.shape)
        block = chain.process(emg_uv)
        hops, square = power.process(first, block.band_uv, block.settling)
        slow_uv, quick_uv = slow.process(hops, square), quick.process(hops, square)
        last = (hops + 1) * ROW_N - 1 - first
        fast_uv = block.envelope_uv[last]
        fast_uv[block.settling[last]] = np.nan
        trusted = ~np.isnan(fast_uv)  # contact is always good here
        bad = np.zeros_like(trusted)
        yield Rows((hops + 1) * ROW_N, fast_uv, slow_uv, quick_uv, trusted, bad)
        first += len(emg_uv)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watch", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of true time, each")
    parser.add_argument("--hours", type=float, default=8.0, help="of signal, each")
    options = parser.parse_args()
    main(options.seconds, options.hours)
