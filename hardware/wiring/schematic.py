"""The circuit of the tidy build, drawn from the values and pins of hardware/design.py.

One sensor is drawn whole, the other two are the same again. `DRAWN` is all that comes from
elsewhere; with this file's own text it is what the picture is made from.
"""

from __future__ import annotations

import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from hardware import design
from hardware.design import Figure
from hardware.making import MakingError
from unclench_board.pins import ADC_PINS

_PREFIXES = ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p"))


def shown(figure: Figure) -> str:
    """A figure as on a part: "1 kohm", "22 nF"."""
    for factor, prefix in _PREFIXES:
        if figure.value >= factor * (1 - 1e-9):
            return f"{figure.value / factor:.3g} {prefix}{figure.unit}"
    raise ValueError(f"{figure.value} {figure.unit} is smaller than any prefix here")


DRAWN = {
    "filter_ohm": shown(design.FILTER_OHM),
    "filter_f": shown(design.FILTER_F),
    "supply_ohm": f"{shown(design.SUPPLY_OHM)}, {shown(design.SUPPLY_OHM_W)}",
    "supply_f": shown(design.SUPPLY_F),
    "vref_bulk_f": shown(design.VREF_BULK_F),
    "vref_ceramic_f": shown(design.VREF_CERAMIC_F),
    "vref_ohm": shown(design.VREF_SERIES_OHM),
    "vref_pin_ohm": shown(design.VREF_PIN_OHM),
    "vref_on_board_f": shown(design.VREF_ON_BOARD_F),
    **{
        f"raw_{k}": f"GP{gpio} ({pin})"
        for k, (gpio, pin) in enumerate(zip(ADC_PINS, design.RAW_PINS, strict=True), 1)
    },
    "3v3": f"3V3 ({design.PIN_3V3})",
    "vref": f"ADC_VREF ({design.PIN_ADC_VREF})",
    "agnd": f"AGND ({design.PIN_AGND})",
    "never": f"VBUS ({design.PIN_VBUS}), VSYS ({design.PIN_VSYS}): never",
}
SOURCES = f"{Path(__file__).read_text(encoding='utf-8')}\n{DRAWN}"

# Where things stand, in units of the drawing: left edge of the sensor is 0.
_SENSOR_RIGHT, _PICO_LEFT, _PICO_RIGHT = 3.4, 15.0, 23.2
_RAW_Y, _SUPPLY_Y, _GND_Y, _VREF_Y, _LOW_Y = 9.6, 4.6, 2.0, -0.4, -3.0
_REPEATS_Y = (7.4, 6.4)
_FONT = '"DejaVu Sans", Verdana, sans-serif'.replace('"', "'")


def draw() -> str:
    """The SVG. Raises MakingError without schemdraw."""
    try:
        schemdraw, elm = import_module("schemdraw"), import_module("schemdraw.elements")
    except ImportError as error:
        raise MakingError('the schematic needs schemdraw: pip install -e ".[test]"') from error
    schemdraw.use("svg")
    with schemdraw.Drawing(show=False) as drawing:
        drawing.config(unit=2.4, fontsize=13, bgcolor="white", font="DejaVu Sans", margin=0.3)
        _sensor(elm)
        _raw(elm)
        _supply(elm)
        _reference(elm)
        _pico(elm)
    return _alone(drawing.get_imagedata("svg").decode())


def _alone(svg: str) -> str:
    """With a title, fonts that are everywhere, and a size in pixels."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', svg, count=2)
    svg = re.sub(r"DejaVu Sans", _FONT, svg)
    left, top = re.findall(r'viewBox="(\S+) (\S+)', svg)[0]
    head = (
        "<title>Schematic of the tidy build: one sensor drawn whole, its filters, the Pico</title>"
        f'<rect x="{left}" y="{top}" width="100%" height="100%" fill="white"/>'
    )
    return re.sub(r"(<svg[^>]*>)", lambda found: found[1] + head, svg, count=1)


def _text(elm: Any, x: float, y: float, words: str, align: str = "left", size: float = 13) -> None:
    # an element turns the way the one before it went
    elm.Label().theta(0).at((x, y)).label(words, halign=align, fontsize=size, loc="center")


def _line(elm: Any, *points: tuple[float, float]) -> None:
    for here, there in pairwise(points):
        elm.Line().at(here).to(there)


def _box(elm: Any, left: float, bottom: float, right: float, top: float, fill: str) -> None:
    elm.Rect(corner1=(left, bottom), corner2=(right, top), fill=fill).theta(0).at((0, 0)).zorder(0)


def _part(elm: Any, kind: Any, here: tuple[float, float], there: tuple[float, float]) -> Any:
    return kind().at(here).to(there)


def _ground(elm: Any, x: float, y: float) -> None:
    """The sign for the one ground that all of this has: AGND."""
    elm.GroundSignal().theta(0).at((x, y))
    _text(elm, x + 0.35, y - 0.5, "AGND", size=12)


def _sensor(elm: Any) -> None:
    _box(elm, 0, _GND_Y - 1, _SENSOR_RIGHT, _RAW_Y + 1.2, "#dbeafe")
    _text(elm, _SENSOR_RIGHT / 2, _RAW_Y + 0.75, "MyoWare 2.0", "center")
    for name, y in (("MID", _RAW_Y - 0.6), ("END", _RAW_Y - 2.1), ("REF", _RAW_Y - 3.6)):
        _line(elm, (-1.2, y), (0, y))
        elm.Dot(open=True).at((-1.2, y))
        _text(elm, 0.2, y, name)
    _text(elm, -1.2, _RAW_Y + 0.1, "muscle", "center", 12)
    _text(elm, -1.2, _RAW_Y - 4.2, "on bone", "center", 12)
    for name, y in (("RAW", _RAW_Y), ("VIN", _SUPPLY_Y), ("GND", _GND_Y)):
        _text(elm, _SENSOR_RIGHT - 0.2, y, name, "right")
    elm.NoConnect().theta(0).at((_SENSOR_RIGHT, _RAW_Y - 1.9))
    _text(elm, _SENSOR_RIGHT - 0.35, _RAW_Y - 1.9, "ENV", "right")
    _text(elm, _SENSOR_RIGHT + 0.4, _RAW_Y - 1.9, "never", size=12)


def _raw(elm: Any) -> None:
    """RAW to the converter's input, by R1 and C1."""
    corner = 8.4
    _line(elm, (_SENSOR_RIGHT, _RAW_Y), (4.6, _RAW_Y))
    part = _part(elm, elm.Resistor, (4.6, _RAW_Y), (7.6, _RAW_Y))
    part.label(f"R1 {DRAWN['filter_ohm']}")
    _line(elm, (7.6, _RAW_Y), (_PICO_LEFT, _RAW_Y))
    elm.Dot().at((corner, _RAW_Y))
    part = _part(elm, elm.Capacitor, (corner, _RAW_Y), (corner, _RAW_Y - 1.8))
    part.label(f"C1 {DRAWN['filter_f']}", loc="top", ofst=0.25, halign="right")
    _ground(elm, corner, _RAW_Y - 1.8)
    for sensor, y in zip((2, 3), _REPEATS_Y, strict=True):
        _line(elm, (_PICO_LEFT - 1.0, y), (_PICO_LEFT, y))
        _text(elm, _PICO_LEFT - 1.15, y, f"sensor {sensor}, the same", "right", 12)


def _supply(elm: Any) -> None:
    """3.3 V to the sensor, by R2 and C2; its way back."""
    _line(elm, (_SENSOR_RIGHT, _SUPPLY_Y), (8.4, _SUPPLY_Y))
    part = _part(elm, elm.Resistor, (8.4, _SUPPLY_Y), (11.4, _SUPPLY_Y))
    part.label(f"R2 {DRAWN['supply_ohm']}")
    _line(elm, (11.4, _SUPPLY_Y), (_PICO_LEFT, _SUPPLY_Y))
    elm.Dot().at((6.4, _SUPPLY_Y))
    elm.Dot().at((6.4, _GND_Y))
    part = elm.Capacitor(polar=True).at((6.4, _SUPPLY_Y)).to((6.4, _GND_Y))
    part.label(f"C2 {DRAWN['supply_f']}", loc="bottom", ofst=0.25, halign="left")
    _line(elm, (_SENSOR_RIGHT, _GND_Y), (_PICO_LEFT, _GND_Y))
    elm.Dot().at((9.2, _GND_Y))
    _ground(elm, 9.2, _GND_Y)
    elm.Dot().at((13.0, _SUPPLY_Y))
    elm.Dot().at((13.0, _GND_Y))
    for y in (_SUPPLY_Y, _GND_Y):
        _line(elm, (13.0, y), (13.0, y - 0.75))
        _text(elm, 13.0, y - 1.05, "sensors 2, 3 alike", "center", 12)


def _reference(elm: Any) -> None:
    """What is added at ADC_VREF."""
    _line(elm, (7.6, _VREF_Y), (_PICO_LEFT, _VREF_Y))
    _line(elm, (7.6, _LOW_Y), (11.2, _LOW_Y))
    for name, key, x in (("C7", "vref_bulk_f", 7.6), ("C8", "vref_ceramic_f", 11.2)):
        # C7 may be electrolytic
        part = elm.Capacitor(polar=name == "C7").at((x, _VREF_Y)).to((x, _LOW_Y))
        part.label(f"{name} {DRAWN[key]}", loc="bottom", ofst=0.25, halign="left")
    elm.Dot().at((11.2, _VREF_Y))
    _ground(elm, 7.6, _LOW_Y)


def _pico(elm: Any) -> None:
    """The Pico, with what is on it between 3V3 and the converter's reference."""
    _box(elm, _PICO_LEFT, _LOW_Y - 1.1, _PICO_RIGHT, _RAW_Y + 1.2, "#dcfce7")
    _text(elm, (_PICO_LEFT + _PICO_RIGHT) / 2, _RAW_Y + 0.75, "Raspberry Pi Pico", "center")
    names = {"raw_1": _RAW_Y, "raw_2": _REPEATS_Y[0], "raw_3": _REPEATS_Y[1], "3v3": _SUPPLY_Y}
    names |= {"agnd": _GND_Y, "vref": _VREF_Y}
    for key, y in names.items():
        above = 0.35 if key in ("3v3", "vref") else 0.0
        _text(elm, _PICO_LEFT + 0.2, y + above, DRAWN[key])
    pin, chip = 18.2, 21.4
    _line(elm, (_PICO_LEFT, _SUPPLY_Y), (pin, _SUPPLY_Y))
    part = _part(elm, elm.Resistor, (pin, _SUPPLY_Y), (pin, _VREF_Y))
    part.label(DRAWN["vref_ohm"], loc="bottom", ofst=0.2, halign="left")
    _line(elm, (_PICO_LEFT, _VREF_Y), (pin, _VREF_Y))
    elm.Dot().at((pin, _VREF_Y))
    part = _part(elm, elm.Resistor, (pin, _VREF_Y), (chip, _VREF_Y))
    part.label(DRAWN["vref_pin_ohm"])
    elm.Dot().at((chip, _VREF_Y))
    elm.Arrow().at((chip, _VREF_Y)).to((chip, _VREF_Y + 1.8))
    _text(elm, chip, _VREF_Y + 2.15, "converter", "center", 12)
    part = _part(elm, elm.Capacitor, (chip, _VREF_Y), (chip, _LOW_Y))
    part.label(DRAWN["vref_on_board_f"], loc="top", ofst=0.25, halign="right")
    _ground(elm, chip, _LOW_Y)
    _text(elm, 18.0, _REPEATS_Y[0], "USB: a laptop ON BATTERY,", size=12)
    _text(elm, 18.0, _REPEATS_Y[0] - 0.5, "or a medical isolator", size=12)
    _text(elm, 18.0, _REPEATS_Y[0] - 1.3, DRAWN["never"], size=12)
