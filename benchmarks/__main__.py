"""Runs comparisons and prints their figures: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.catalogue import BENCHMARKS, ROOT, Benchmark
from benchmarks.kept import keep, stamp, standing


def main() -> None:
    """Run all, or those that are named; or say of each whether its kept result is current."""
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--quick", action="store_true", help="leave out what takes ten minutes")
    parser.add_argument("--keep", action="store_true", help="keep the results, with a stamp")
    parser.add_argument("--status", action="store_true", help="say which kept results are stale")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in names]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(names)}")
    chosen = [b for b in BENCHMARKS if b.name in (options.names or names)]
    if options.status:
        for benchmark in chosen:
            state, why = standing(benchmark)
            print(f"{benchmark.name:10} {state:9} {why}")
        return
    done = [run(benchmark, quick=options.quick, kept=options.keep) for benchmark in chosen]
    sys.exit(0 if all(done) else 1)


def run(benchmark: Benchmark, *, quick: bool, kept: bool) -> bool:
    """Run one as a process of its own; whether it has measured. What fails is not kept."""
    arguments = (benchmark.quick if quick else ()) or benchmark.arguments
    made = stamp(benchmark, arguments)  # before it runs: a file may be saved meanwhile
    command = [sys.executable, "-m", f"benchmarks.{benchmark.name}", *arguments]
    lines = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        print(f"{benchmark.name} ended with status {process.returncode}: nothing is kept.\n")
        return False
    if kept:
        print(f"Kept in {keep(benchmark, made, ''.join(lines)).relative_to(ROOT)}.")
    print()
    return True


if __name__ == "__main__":
    main()
