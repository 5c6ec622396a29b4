"""Prints the noise budget of every configuration: `python -m hardware.frontend`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from hardware.design import BUILDS
from hardware.frontend.budget import Budget, budgets, neighbour, neighbour_range_uv
from hardware.frontend.converter import Converter
from hardware.frontend.supply import even_ripple_mv, rest_codes, worst_ripple_uv_per_mv

_HEAD = """\
Noise budget, uV RMS at the electrode, 20-450 Hz. Computed; * is unverified.
Each sample is a sum of readings; corr.: whether the firmware removes the step at the missing code
2047. The input rests on that step, the worst place.
"""
_WIDTHS = (9, 4, 6, 8, 6, 11, 10, 9, 8, 9, 8, 8)


def main() -> int:
    """Print the budget as a table, or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m hardware.frontend", description=__doc__)
    parser.add_argument("--json", action="store_true", help="the same for programs")
    if parser.parse_args().json:
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
    yield _HEAD
    sure = {"unverified": "*"}
    names = [f"{part.name}{sure.get(part.status, '')}" for part in neighbour().parts]
    yield _columns(["build", "ch", "rate", "sum of", "corr.", *names, "known", "all*"])
    for budget in budgets():
        yield _columns(_cells(budget.build, budget))
    yield _columns(_cells("read_u16", neighbour()))
    low_uv, high_uv = neighbour_range_uv()
    yield "\nread_u16 is the usual sketch: one reading a millisecond, not averaged, not corrected;"
    yield f"{low_uv:.1f} to {high_uv:.1f} uV over the reported range of converters.\n"
    yield "Where the input rests, and what ripple on 3V3 in 20-450 Hz costs at worst:"
    for build in BUILDS:
        rest = rest_codes(build)
        off = rest - Converter().worst_rest_codes
        yield (
            f"  {build:10} rests at code {rest:.0f}*, {off:+.0f} from the step;"
            f" 1 mV RMS reads {worst_ripple_uv_per_mv(build):.2f} uV RMS"
        )
    yield f"  the column takes {even_ripple_mv():.3f} mV: 11.1 mV, if spread evenly over 20 MHz*\n"
    yield "No real board was measured for it; `unclench board check` measures yours. What it means:"
    yield "hardware/frontend.md; the figures that go in, with their sources: hardware/design.py"


def _cells(name: str, budget: Budget) -> list[str]:
    how = budget.how
    return [
        *(name, str(how.channels), f"{how.rate_hz:.0f}", str(how.readings)),
        "yes" if budget.corrected else "no",
        *(f"{part.noise_uv:.3f}" for part in budget.parts),
        *(f"{budget.known_uv:.3f}", f"{budget.all_uv:.3f}"),
    ]


def _columns(cells: list[str]) -> str:
    padded = (cell.rjust(width) for cell, width in zip(cells[1:], _WIDTHS[1:], strict=True))
    return cells[0].ljust(_WIDTHS[0]) + "".join(padded)


if __name__ == "__main__":
    sys.exit(main())
