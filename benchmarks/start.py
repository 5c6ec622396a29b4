"""CPU seconds until help is on the screen, beside Python importing what the program is built on.

Each run is a process of its own, its bytecode compiled before; each round runs all of them, so that
a busy machine slows them alike. Medians of CPU time, the kernel's included.
"""

from __future__ import annotations

import argparse
import compileall
import resource
import statistics
import subprocess
import sys

import click
import numpy
import pydantic

import unclench

PEER = ("-c", "import click, numpy, pydantic")
OURS = ("--help", "record --help", "sessions --help", "board check --help", "--version")


def main() -> None:
    """Print seconds, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    for package in (click, numpy, pydantic, unclench):
        compileall.compile_dir(package.__path__[0], quiet=1)
    commands = [PEER, *(("-m", "unclench", *words.split()) for words in OURS)]
    spent = [[_cpu_s(command) for command in commands] for _ in range(rounds)]
    peer_s, *ours_s = (statistics.median(column) for column in zip(*spent, strict=True))
    print(f"CPU seconds, medians of {rounds} runs")
    print(f"  python {PEER[0]} '{PEER[1]}'   {peer_s:.3f}")
    for words, own_s in zip(OURS, ours_s, strict=True):
        print(f"  unclench {words:<35} {own_s:.3f}, {own_s / peer_s:.2f}x")


def _cpu_s(command: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
