"""Tables of the build documents: parts, totals, which wire goes where."""

from __future__ import annotations

from hardware import design
from hardware.design import Build
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
_ONCE = "once, before it is worn"


def list_of(build: Build) -> str:
    """A build's parts: to build it and for the bench, by sensors; then what is optional."""
    besides = [f"- {part.name}: {part.purpose}" for part in parts.of(build, "optional")]
    return "\n\n".join(
        [
            _listed(build, "build"),
            f"For the bench, {_ONCE}:",
            _listed(build, "bench"),
            "Optional, not counted below:",
            "\n".join(besides),
        ]
    )


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
    """Pieces and the prices that are known, by number of sensors; the bench on lines of its own."""
    rows = []
    words: tuple[tuple[parts.Need, str], ...] = (
        ("build", "to build and wear it"),
        ("bench", f"for the bench, {_ONCE}"),
    )
    for needed, what in words:
        listed = parts.of(build, needed)
        unpriced = sum(part.price_usd is None for part in listed)
        for sensors in _COUNTS:
            pieces = sum(part.pieces(build, sensors) for part in listed)
            usd = sum(part.pieces(build, sensors) * (part.price_usd or 0.0) for part in listed)
            rows.append((what, sensors, pieces, f"{usd:.2f} USD", f"{unpriced} of {len(listed)}"))
    heads = ("what for", "sensors", "pieces", "those with a price", "kinds without a price")
    return table(heads, rows)


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
