"""How far off is tension in real rooms? `python -m benchmarks.rooms`.

Rest of known level with what a room adds: heart, hum, tones, pops, tugs, flutter. Each seed draws
its own conditions: the muscle (coloured noise or trains of motor units), the instrument's noise,
shapes, rates, heights and frequencies. "Off by" is the figure with the disturbance over the figure
of the same seed without it, minus 1, both as a review gives them for the time that counts. Beside
it, from the same signals, band-pass and RMS alone, and known remedies against the heart.
"""

from __future__ import annotations

import argparse

from benchmarks.rooms.beats import hearts, none_found
from benchmarks.rooms.cost import cost
from benchmarks.rooms.peers import remedies
from benchmarks.rooms.recordings import recordings
from benchmarks.rooms.table import table

UNSEEN = 130_000
"""From here on, no seed was looked at while building."""


def main(tuned: range, unseen: range, seconds: int, hours: float) -> None:
    """Print everything."""
    table(tuned, seconds, "Seeds looked at while building")
    table(unseen, seconds, "Seeds not looked at")
    hearts(unseen, seconds)
    none_found(unseen.start, hours)
    remedies(unseen, seconds)
    recordings()
    cost()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rooms", description=__doc__)
    parser.add_argument("--seeds", type=int, default=8, help="in each of the two tables")
    parser.add_argument("--first", type=int, default=UNSEEN, help="of those not looked at")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--hours", type=float, default=5.0, help="searched for hearts in vain")
    options = parser.parse_args()
    seeds = options.seeds
    unseen = range(options.first, options.first + seeds)
    main(range(seeds), unseen, options.seconds, options.hours)
