"""Prints the noise budget of every configuration: `python -m hardware.frontend`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from hardware import design
from hardware.design import BUILDS
from hardware.frontend.budget import Budget, budgets, neighbour, neighbour_range_uv
from hardware.frontend.converter import Converter
from hardware.frontend.response import sampling
from hardware.frontend.supply import (
    even_ripple_mv,
    rest_codes,
    ripple_like_floor_mv,
    worst_ripple_uv_per_mv,
)

_PARTS = ("converter", "step", "sensor", "skin", "ripple")


def main() -> int:
    """Print the budget as a table, or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m hardware.frontend", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the same for programs")
    options = parser.parse_args()
    if options.json:
        rows = [_row(budget) for budget in budgets()]
        print(json.dumps({"budgets": rows, "read_u16": _row(neighbour())}, indent=2))
    else:
        print("\n".join(_lines()))
    return 0


def _row(budget: Budget) -> dict[str, object]:
    """A budget as JSON holds it."""
    return {
        "build": budget.build,
        "channels": budget.how.channels,
        "rate_hz": budget.how.rate_hz,
        "readings_per_sample": budget.how.readings,
        "step_corrected": budget.corrected,
        "noise_uv_rms_20_450_hz": {
            part.name: {
                "uv": round(part.noise_uv, 4),
                "status": part.status,
                "rests_on": part.rests_on,
            }
            for part in budget.parts
        },
        "known_uv": round(budget.known_uv, 4),
        "all_uv_unverified": round(budget.all_uv, 4),
    }


def _lines() -> Iterator[str]:
    """The table and what to make of it."""
    yield "Noise budget, uV RMS at the electrode, 20-450 Hz. Computed; * is unverified."
    yield "Each sample is a sum of readings; corr.: whether the firmware takes off the step at code"
    yield "2047, which is missing. The input rests on it, the worst place."
    yield ""
    head = ["build", "ch", "rate", "sum of", "corr."]
    head += [*_PARTS[:2], *(f"{name}*" for name in _PARTS[2:]), "known", "all*"]
    yield _columns(head)
    status = {part.name: part.status for part in neighbour().parts}
    yield _columns(["", "", "Hz", "", "", *(status[name] for name in _PARTS[:2])])
    last = ""
    for budget in budgets():
        if last not in ("", budget.build):
            yield ""
        last = budget.build
        yield _columns(_cells(budget.build, budget))
    yield ""
    yield _columns(_cells("read_u16", neighbour()))
    low_uv, high_uv = neighbour_range_uv()
    low, high = (figure.value for figure in design.ADC_NOISE_RANGE_LSB)
    yield ""
    yield (
        "read_u16 is the usual sketch: one reading a millisecond, nothing averaged or corrected;"
        f" {low_uv:.1f} to"
    )
    yield f"{high_uv:.1f} uV over the reported range of {low:g} to {high:g} LSB RMS a reading."
    yield ""
    yield "Where the input rests by calculation, and what ripple on 3V3 costs (20-450 Hz, worst):"
    for build in BUILDS:
        rest = rest_codes(build)
        off = rest - Converter().worst_rest_codes
        yield (
            f"  {build:10} rests at code {rest:.0f}*, {off:+.0f} from the step;"
            f" 1 mV RMS reads {worst_ripple_uv_per_mv(build):.2f} uV RMS"
        )
    like_floor = {build: ripple_like_floor_mv(build, sampling(2000, 1)) for build in BUILDS}
    each = ", ".join(f"{ripple_mv:.2f} mV ({build})" for build, ripple_mv in like_floor.items())
    yield f"  as much as the converter at 1 channel, 2000 Hz: {each}"
    yield (
        f"  the column takes {even_ripple_mv():.3f} mV: the reported 11.1 mV, if spread evenly"
        " over 20 MHz*"
    )
    yield ""
    yield "What it means and what it rests on: hardware/frontend.md. No real board was measured for"
    yield "it; yours measures itself: unclench board check"


def _cells(name: str, budget: Budget) -> list[str]:
    parts = {part.name: f"{part.noise_uv:.3f}" for part in budget.parts}
    how = budget.how
    return [
        *(name, str(how.channels), f"{how.rate_hz:.0f}", str(how.readings)),
        "yes" if budget.corrected else "no",
        *(parts[name] for name in _PARTS),
        *(f"{budget.known_uv:.3f}", f"{budget.all_uv:.3f}"),
    ]


def _columns(cells: list[str]) -> str:
    widths = (9, 4, 6, 8, 6, 11, 10, 9, 8, 9, 8, 8)
    padded = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=False))
    return (cells[0].ljust(widths[0]) + "".join(padded)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
