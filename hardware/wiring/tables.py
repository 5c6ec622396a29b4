"""Tables of the build documents: parts, totals, which wire goes where, what a multimeter shows."""

from __future__ import annotations

from collections.abc import Sequence

from hardware import design
from hardware.design import Build, Figure
from hardware.wiring import parts
from hardware.wiring.schematic import shown
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
    return _table(
        ("part", "maker's number", "1 sensor", "2 sensors", "3 sensors", "what for"), rows
    )


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
    return _table(heads, rows)


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
        return _table(("sensor", "its contact", "plug and jack", "lead", "pin of the Pico"), rows)
    by_filter = f"{shown(design.FILTER_OHM)}; behind it {shown(design.FILTER_F)} to GND"
    by_supply = f"{shown(design.SUPPLY_OHM)}; on the sensor's side {shown(design.SUPPLY_F)} to GND"
    vref = f"{shown(design.VREF_BULK_F)} and {shown(design.VREF_CERAMIC_F)} to GND"
    rows = [
        *((a, b, by_filter, c, d) for a, b, c, d in raw),
        (*supply[:2], by_supply, *supply[2:]),
        (*ground[:2], "directly", *ground[2:]),
        ("none", "ADC_VREF", vref, "violet", f"{design.PIN_ADC_VREF} (ADC_VREF)"),
    ]
    return _table(("sensor", "its contact", "by way of", "core or wire", "pin of the Pico"), rows)


def readings_of(build: Build) -> str:
    """What a multimeter should show with power on, and where to stop."""
    supply_v, amperes, most = (
        figure.value
        for figure in (design.SUPPLY_V, design.SENSOR_SUPPLY_A, design.SENSOR_SUPPLY_LIMIT_A)
    )
    least_v = design.SENSOR_1_LEAST_V.value
    drop_v = amperes * design.SUPPLY_OHM.value if build == "tidy" else 0.0
    vin_v = supply_v - drop_v
    # what is computed from others is no surer than the least sure of them
    drawn = _mark(design.SENSOR_SUPPLY_A)
    supply, rest = (drawn, drawn) if build == "tidy" else (_mark(design.SUPPLY_V), "computed")
    at = "at the sensor" if build == "tidy" else "at the sensor or the jack's screws"
    rows: list[tuple[object, ...]] = [
        (
            "3V3",
            f"{design.PIN_3V3} and {design.PIN_AGND}",
            f"{supply_v:.1f} V ({_mark(design.SUPPLY_V)})",
            "below 3.2 V or above 3.4 V",
        ),
        (
            "each sensor's supply",
            f"VIN and GND {at}",
            f"{vin_v:.2f} V ({supply})",
            f"above 3.4 V: 5 V means VBUS; below 3.0 V; a MyoWare 1.0 below {least_v:.1f} V",
        ),
        (
            "each sensor's rest",
            f"RAW and GND {at}",
            f"{vin_v / 2:.2f} V ({rest})",
            "below 1.4 V or above 1.9 V",
        ),
    ]
    current = f"{1e3 * amperes:.0f} mA"
    if build == "tidy":
        where = f"both ends of its {shown(design.SUPPLY_OHM)}"
        expected = f"{drop_v:.2f} V, which is {current}"
        limit = f"above {most * design.SUPPLY_OHM.value:.1f} V ({1e3 * most:.0f} mA)"
    else:
        where = "meter at mA, in the way of its red lead"
        expected, limit = current, f"above {1e3 * most:.0f} mA"
    rows.append(("each sensor's current", where, f"{expected} ({drawn})", limit))
    return _table(("what", "between", "expected", "stop if"), rows)


def _mark(figure: Figure) -> str:
    return "*unverified*" if figure.status == "unverified" else figure.status


def _table(heads: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
