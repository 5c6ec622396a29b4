"""Tables of the build guides: parts, totals, pins."""

from __future__ import annotations

from hardware import design
from hardware.design import BUILDS, Build
from hardware.markdown import shown, table
from hardware.wiring import parts
from unclench_board.pins import ADC_PINS
from unclench_wire.ids import MAX_CHANNELS

_COUNTS = range(1, MAX_CHANNELS + 1)
_PLUG = {
    "RAW": "tip (*unverified*)",
    "VIN": "ring (reported)",
    "GND": "sleeve (*unverified*)",
}
_COLOURS = ("blue", "yellow", "orange")


def list_of(build: Build) -> str:
    """Parts to build and wear it, by number of sensors."""
    return _listed(build, "build")


def bench_of_all() -> str:
    """Parts for the bench and their totals, which are the same for every build."""
    return f"{_listed(BUILDS[0], 'bench')}\n\n{_totals(BUILDS[0], 'bench')}"


def optional_of_all() -> str:
    """What a build may have besides; what not all may have names its builds."""
    lines = []
    for part in parts.read():
        if part.needed == "optional":
            builds = [build for build in BUILDS if part.pieces(build, 1)]
            only = "" if len(builds) == len(BUILDS) else f" ({', '.join(builds)} only)"
            lines.append(f"- {part.name}{only}: {part.purpose}")
    return "\n".join(lines)


def _listed(build: Build, needed: parts.Need) -> str:
    rows = [
        (
            part.name,
            f"{part.maker} {part.makers_number}".strip() or "any",
            *(part.pieces(build, sensors) for sensors in _COUNTS),
            part.purpose,
        )
        for part in parts.of(build, needed)
    ]
    return table(("part", "maker's number", "1 sensor", "2 sensors", "3 sensors", "what for"), rows)


def totals_of(build: Build) -> str:
    """Pieces and the prices that are known, by number of sensors."""
    return _totals(build, "build")


def _totals(build: Build, needed: parts.Need) -> str:
    rows = []
    listed = parts.of(build, needed)
    unpriced = sum(part.price_usd is None for part in listed)
    for sensors in _COUNTS:
        pieces = sum(part.pieces(build, sensors) for part in listed)
        usd = sum(part.pieces(build, sensors) * (part.price_usd or 0.0) for part in listed)
        rows.append((sensors, pieces, f"{usd:.2f} USD", f"{unpriced} of {len(listed)}"))
    return table(("sensors", "pieces", "those with a price", "kinds without a price"), rows)


def pins_of(build: Build) -> str:
    """Which wire of a sensor ends at which pin of the Pico."""
    raw = [
        (f"{k}", "RAW", colour, f"{pin} (GP{gpio})")
        for k, colour, pin, gpio in zip(_COUNTS, _COLOURS, design.RAW_PINS, ADC_PINS, strict=True)
    ]
    supply = ("each", "VIN", "red", f"{design.PIN_3V3} (3V3)")
    ground = ("each", "GND", "black", f"{design.PIN_AGND} (AGND)")
    if build == "no-solder":
        rows = [(a, b, _PLUG[b], c, d) for a, b, c, d in (*raw, supply, ground)]
        return table(("sensor", "its contact", "plug and jack", "lead", "pin of the Pico"), rows)
    by_filter = f"{shown(design.FILTER_OHM)}; behind it {shown(design.FILTER_F)} to GND"
    by_supply = f"{shown(design.SUPPLY_OHM)}; on the sensor's side {shown(design.SUPPLY_F)} to GND"
    vref = f"{shown(design.VREF_BULK_F)} and {shown(design.VREF_CERAMIC_F)} to GND"
    rows = [
        *((a, b, by_filter, c, d) for a, b, c, d in raw),
        (*supply[:2], by_supply, *supply[2:]),
        (*ground[:2], "directly", *ground[2:]),
        ("none", "ADC_VREF", vref, "violet", f"{design.PIN_ADC_VREF} (ADC_VREF)"),
    ]
    return table(("sensor", "its contact", "through", "core or wire", "pin of the Pico"), rows)
