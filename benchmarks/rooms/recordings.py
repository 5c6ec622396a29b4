"""Real recordings against band-pass and RMS alone, which is what went before.

They lie beside the project, in ../shared/data, and are not part of it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.catalogue import ROOT
from benchmarks.rooms.measure import off, plain_rows
from unclench.importing import Asked, import_file
from unclench.review.signal import Signal, make_signal
from unclench.store import load_recording
from unclench.store.model import Recording
from unclench_dsp import WIDE
from unclench_dsp.arrays import BoolArray

DATA = ROOT.parent / "shared" / "data"
_FILES: dict[str, Asked] = {
    "plux_rest_contraction/plux_rest_contraction.csv": Asked(),
    "plux_biceps_bursts/plux_biceps_bursts.csv": Asked(),
    "biosppy_emg_1/emg_1.txt": Asked(unit="uV"),
    "uci_lower_limb/5Nsen.txt": Asked(),
    "uci_lower_limb/3Amar.txt": Asked(fs_hz=1000.0),
    "emgdb_healthy/emg_healthy.hea": Asked(),
}
_AROUND_S = 0.3  # a window and the band's memory


@dataclass(frozen=True)
class Compared:
    """One channel: changes in %, over what nothing was found in and over all time in use."""

    untouched: tuple[float, float]
    untouched_share: float
    whole: tuple[float, float]


def recordings() -> None:
    """Print the change of median and mean of every channel, with its causes."""
    print("Real recordings, change against band-pass and RMS alone, %: median, mean")
    if not DATA.is_dir():
        print("  not measured: there is no ../shared/data here, which is not part of the project")
        return
    with tempfile.TemporaryDirectory() as home:
        for number, (file, asked) in enumerate(_FILES.items()):
            folder = import_file(DATA / file, Path(home) / str(number), asked=asked).folder
            _print_recording(Path(file).name, load_recording(folder))


def _print_recording(name: str, recording: Recording) -> None:
    made = make_signal(recording, WIDE)
    for channel, title in enumerate(recording.channels):
        found = _compared(recording, made, channel)
        missed = abs(found.untouched[0]) > 0.5 or abs(found.untouched[1]) > 1.0
        print(
            f"  {name:26} {title:18} where nothing is found ({100 * found.untouched_share:3.0f} %) "
            f"{found.untouched[0]:+6.2f} {found.untouched[1]:+6.2f} (0.5, 1)   "
            f"all time in use {found.whole[0]:+7.2f} {found.whole[1]:+7.2f}"
            + ("   missed" if missed else "")
        )
        print(f"    {'; '.join(_causes(made, channel)) or 'nothing found'}")


def _compared(recording: Recording, made: Signal, channel: int) -> Compared:
    fs_hz, hop_n = round(made.fs_hz), made.info.hop_n
    bare = plain_rows(recording.emg_uv[:, channel], fs_hz=fs_hz)
    n = min(len(bare), len(made.sample))
    bare, ours, used = bare[:n], made.fast_uv[:n, channel], made.used[:n, channel]
    untouched = used & ~_touched(made, channel, n)

    def change(here: BoolArray, there: BoolArray) -> tuple[float, float]:
        if not here.any():
            return np.nan, np.nan
        a, b = ours[here], bare[there]
        return off((float(np.median(a)), float(a.mean())), (float(np.median(b)), float(b.mean())))

    settled = np.arange(n) * hop_n >= fs_hz
    return Compared(change(untouched, untouched), float(untouched.mean()), change(used, settled))


def _touched(made: Signal, channel: int, n: int) -> BoolArray:
    """Rows with a line removed, or with something left out of their window or just before it."""
    touched = np.zeros(n, np.bool_)
    at_s = made.time_s[:n]
    for one in made.disturbances:
        if one.channel == channel:
            stop_s = one.stop / made.fs_hz + _AROUND_S
            touched |= (at_s >= one.first / made.fs_hz) & (at_s <= stop_s)
    changes = [one for one in made.line_changes if one.channel == channel]
    for k, change in enumerate(changes):
        until = changes[k + 1].index if k + 1 < len(changes) else np.inf
        if change.lines:
            sample = made.sample[:n]
            touched |= (sample >= change.index) & (sample <= until + _AROUND_S * made.fs_hz)
    return touched


def _causes(made: Signal, channel: int) -> list[str]:
    """What was found and left out, with its number and time."""
    mine = [one for one in made.disturbances if one.channel == channel]
    counts = Counter(one.kind for one in mine)
    causes = [
        f"{kind} {n} ({sum(o.stop - o.first for o in mine if o.kind == kind) / made.fs_hz:.1f} s)"
        for kind, n in sorted(counts.items())
    ]
    lines = made.removed_hz(channel)
    if lines:
        causes.append("removed " + ", ".join(f"{hz:g}" for hz in lines) + " Hz")
    left_out: Counter[str] = Counter()
    for span in made.excluded:
        if span.channel == channel and span.why != "gap":
            left_out[span.why] += round(100 * (span.stop_s - span.start_s))
    if left_out:
        excluded = ", ".join(f"{why} {n / 100:.1f} s" for why, n in left_out.most_common())
        causes.append(f"excluded: {excluded}")
    return causes
