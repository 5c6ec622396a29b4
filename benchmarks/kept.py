"""Results that are kept, each with a stamp that says which code and which machine they are of.

A result is current as long as the files that its benchmark runs are the ones that it was measured
with. Otherwise it is stale: its figures may still hold, but nobody has looked.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks.catalogue import ROOT, Benchmark, code_of, digest
from unclench import __version__

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Stamp:
    """What a result belongs to."""

    command: str
    date: str
    unclench: str
    commit: str
    code: str  # fingerprint of the files that it runs
    python: str
    numpy: str
    scipy: str
    machine: str

    def text(self) -> str:
        """Write it as the head of a file."""
        return "".join(f"# {name}: {value}\n" for name, value in asdict(self).items())


class Standing(NamedTuple):
    """Whether a result that is kept belongs to today's code."""

    state: Literal["current", "stale", "not kept"]
    why: str


def stamp(benchmark: Benchmark, arguments: tuple[str, ...]) -> Stamp:
    """Make the stamp of a result that is measured now."""
    files = code_of(benchmark)
    return Stamp(
        command=" ".join(("python -m", f"benchmarks.{benchmark.name}", *arguments)),
        date=f"{datetime.now(timezone.utc):%Y-%m-%d}",
        unclench=__version__,
        commit=_commit(files),
        code=digest(files),
        python=platform.python_version(),
        numpy=version("numpy"),
        scipy=version("scipy"),
        machine=f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
    )


def read_stamp(text: str) -> Stamp | None:
    """Read a result's stamp; None if it has none, or only a part of one."""
    head = [line[2:].partition(": ") for line in text.splitlines() if line.startswith("# ")]
    found = {name: value for name, _, value in head}
    names = [field.name for field in fields(Stamp)]
    return Stamp(**{name: found[name] for name in names}) if found.keys() >= {*names} else None


def keep(benchmark: Benchmark, made: Stamp, output: str, folder: Path = RESULTS) -> Path:
    """Write a result beneath its stamp; return its file."""
    path = folder / f"{benchmark.name}.txt"
    path.write_text(f"{made.text()}{output.rstrip()}\n", encoding="utf-8", newline="\n")
    return path


def standing(benchmark: Benchmark, folder: Path = RESULTS) -> Standing:
    """Say whether what is kept of a benchmark is current."""
    path = folder / f"{benchmark.name}.txt"
    if not path.is_file():
        return Standing("not kept", "there is no result")
    found = read_stamp(path.read_text(encoding="utf-8"))
    if found is None:
        return Standing("stale", "it does not say which code it is of")
    whose = f"unclench {found.unclench}, commit {found.commit}, {found.date}"
    if found.code != digest(code_of(benchmark)):
        return Standing("stale", f"the code has changed since {whose}")
    return Standing("current", whose)


def _commit(files: tuple[Path, ...]) -> str:
    """Return the commit that is checked out, and whether the files differ from it."""
    head = _git("rev-parse", "--short", "HEAD")
    if not head:
        return "unknown"
    return f"{head} with changes" if _git("status", "--porcelain", "--", *map(str, files)) else head


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run(
        [git, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    """Return the processor's model, as far as the system says it."""
    about = Path("/proc/cpuinfo")
    if about.is_file():
        for line in about.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
