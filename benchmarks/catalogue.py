"""All benchmarks, and which code of ours each of them measures."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SOURCES = {
    **dict.fromkeys(("benchmarks", "tests"), ROOT),
    **dict.fromkeys(("unclench_board", "unclench_wire"), ROOT / "firmware" / "lib"),
    "unclench_dsp": ROOT / "dsp",
    "unclench": ROOT / "host",
}
_CLI = "unclench.cli"


@dataclass(frozen=True)
class Benchmark:
    """One benchmark, a module or a package: `python -m benchmarks.NAME`, a process of its own."""

    name: str
    starts: tuple[str, ...] = ()  # modules that it runs in other processes
    reads: tuple[str, ...] = ()  # folders, from the root on, whose files are part of what it runs
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()  # arguments for a short run


BENCHMARKS = (
    Benchmark("chain"),
    Benchmark(
        "start",
        starts=(
            *("unclench.__main__", "unclench.usage.record", "unclench.usage.sessions"),
            "unclench.usage.board",
        ),
        quick=("--rounds", "3"),
    ),
    Benchmark("analyze", starts=(_CLI, "unclench.usage.analyze")),
    Benchmark("board", reads=("firmware/lib", "tests/pico/emulator")),
    Benchmark(
        "training",
        starts=(_CLI, "unclench.usage.session", "unclench.usage.record"),
        reads=("host/unclench/training/programs/shipped",),
    ),
    Benchmark("breath"),
    Benchmark("metrics"),
    Benchmark("alerts", quick=("--hours", "25")),
    Benchmark("rest", quick=("--seeds", "12")),
    Benchmark("rooms", quick=("--seeds", "1", "--seconds", "30", "--hours", "0.1")),
    Benchmark("trial"),
    Benchmark(
        "watch",
        starts=(
            *(_CLI, "unclench.usage.watch", "unclench.usage.record"),
            "unclench.usage.simulate",
        ),
        arguments=("--seconds", "60", "--hours", "4"),
        quick=("--seconds", "60", "--hours", "1"),
    ),
    Benchmark("guide", starts=(_CLI, "unclench.usage.simulate")),
    Benchmark("library", starts=(_CLI, "unclench.usage.sessions")),
    Benchmark(
        "report",
        starts=(
            *("unclench.__main__", _CLI, "unclench.usage.record", "unclench.usage.report"),
            "unclench.review.session",
        ),
        reads=("host/unclench/report",),
    ),
    Benchmark("review", starts=(_CLI, "unclench.usage.record")),
    Benchmark("dashboard", starts=(_CLI, "unclench.usage.simulate"), quick=("--soak", "0")),
)


def code_of(benchmark: Benchmark) -> tuple[Path, ...]:
    """Return the files of ours that it runs: what it imports and starts, and what those import."""
    found: set[Path] = set()
    module = f"benchmarks.{benchmark.name}"
    waiting = [module, f"{module}.__main__", *benchmark.starts]
    while waiting:
        path = _file_of(waiting.pop())
        if path is not None and path not in found:
            found.add(path)
            waiting += _imports(path)
    for folder in benchmark.reads:
        found |= {path for path in (ROOT / folder).rglob("*") if path.suffix not in ("", ".pyc")}
    return tuple(sorted(found))


def digest(files: tuple[Path, ...], root: Path = ROOT) -> str:
    """Return a fingerprint of files' names and texts, the same on every system."""
    whole = hashlib.sha256()
    for path in files:
        text = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(root).as_posix()
        whole.update(f"{name} {hashlib.sha256(text).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def _file_of(module: str) -> Path | None:
    """Return the file of a module of ours; None if it is a stranger's, or no module."""
    source = _SOURCES.get(module.partition(".")[0])
    if source is None:
        return None
    path = source.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _imports(path: Path) -> Iterator[str]:
    """Names of all modules that a file may import, wherever in it, their packages included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))
