"""Where the pins of the Pico are: a drawing from above, the right row counted from its USB end.

Pins run down the left side from the USB end, 1 to 20, and back up the right side, 21 to 40 (Pico
datasheet, section 2.1). All that a build touches is on the right.
"""

from __future__ import annotations

from hardware import design
from unclench_board.pins import ADC_PINS, PROMPT_PIN

ROW = 20  # pins on each side
USED = {
    design.PIN_3V3: ("3V3: supply of the sensors", "#e00000"),
    design.PIN_AGND: ("AGND: ground of the sensors", "#000000"),
    design.PIN_ADC_VREF: ("ADC_VREF: C7, C8 (tidy build)", "#8000c0"),
} | {
    pin: (f"GP{gpio}: RAW {sensor}", colour)
    for sensor, (pin, gpio, colour) in enumerate(
        zip(design.RAW_PINS, ADC_PINS, ("#0066ff", "#f2c500", "#ff8000"), strict=True), 1
    )
}
FREE = {design.PROMPT_HEADER_PIN: f"GP{PROMPT_PIN}", design.PIN_PROMPT_GND: "GND"}
NEVER = {design.PIN_VBUS: "VBUS, about 5 V", design.PIN_VSYS: "VSYS, about 5 V"}

_WIDTH, _HEIGHT = 880, 620
_INK, _SOFT, _STOP = "#24303a", "#5a6873", "#b3261e"
_LEFT_X, _RIGHT_X, _FIRST_Y, _STEP = 250, 410, 112, 24.5
_FONT = "DejaVu Sans, Verdana, sans-serif"


def place(pin: int) -> int:
    """Of a pin in its row, counted from the USB end, from 1."""
    return pin if pin <= ROW else 2 * ROW + 1 - pin


def draw() -> str:
    """The SVG."""
    right = _RIGHT_X + 40
    bottom = _FIRST_Y + (ROW - 1) * _STEP + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="{_FONT}" font-size="15">',
        "<title>The pins of the Raspberry Pi Pico from above, its USB socket at the top</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fbfcfd"/>',
        f'<rect x="{_LEFT_X - 18}" y="76" width="{_RIGHT_X - _LEFT_X + 36}" '
        f'height="{bottom - 76:g}" rx="8" fill="#dcfce7" stroke="{_INK}" stroke-width="2"/>',
        f'<rect x="290" y="46" width="80" height="46" rx="4" fill="#d5dbe0" stroke="{_INK}" '
        'stroke-width="2"/>',
        _text(330, 74, "USB", weight="bold"),
        _text(330, 320, "Pico,", weight="bold"),
        _text(330, 341, "seen from", _SOFT),
        _text(330, 361, "above", _SOFT),
        _text(330, 34, "the USB end", _SOFT),
        _text(right, 70, "pin", _SOFT, anchor="start"),
        _text(right + 42, 70, "from USB", _SOFT, anchor="start"),
        _text(100, 320, "left row:"),
        _text(100, 341, "nothing of ours"),
        *(_pin(pin) for pin in range(1, 2 * ROW + 1)),
        "</svg>",
    ]
    return "\n".join(parts)


def _ordinal(number: int) -> str:
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number, 'th')}"  # there are twenty


def _pin(pin: int) -> str:
    """A pad with its number; on the right also its place and, where it matters, its name."""
    y = _FIRST_Y + (place(pin) - 1) * _STEP
    if pin <= ROW:
        return _pad(_LEFT_X, y, "#ffffff") + _text(
            _LEFT_X - 30, y + 5, str(pin), _SOFT, anchor="end"
        )
    name, fill = USED.get(pin, ("", "#ffffff"))
    colour, weight = (_INK, "bold") if name else (_SOFT, "normal")
    if pin in NEVER:
        name, colour, weight = f"{NEVER[pin]}: never", _STOP, "bold"
    elif pin in FREE:
        name = f"{FREE[pin]}: keep free"
    x = _RIGHT_X + 40
    drawn = _pad(_RIGHT_X, y, fill) + _text(
        x, y + 5, str(pin), colour, anchor="start", weight=weight
    )
    if name:
        drawn += _text(x + 42, y + 5, _ordinal(place(pin)), colour, anchor="start", weight=weight)
        drawn += _text(x + 110, y + 5, name, colour, anchor="start", weight=weight)
    if pin in NEVER:
        drawn += (
            f'<path d="M{_RIGHT_X - 9} {y - 9:g}l18 18m0 -18l-18 18" fill="none" '
            f'stroke="{_STOP}" stroke-width="3"/>'
            f'<path d="M{x - 4} {y + 5:g}l30 -10" stroke="{_STOP}" stroke-width="1.5"/>'
        )
    return drawn


def _pad(x: float, y: float, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y:g}" r="8" fill="{fill}" stroke="{_INK}" stroke-width="1.5"/>\n'


def _text(
    x: float,
    y: float,
    words: str,
    colour: str = _INK,
    *,
    anchor: str = "middle",
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{colour}">{words}</text>'
    )
