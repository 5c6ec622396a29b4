"""How the known signal reaches one sensor: source, multimeter, divider, three electrodes."""

from __future__ import annotations

from hardware.design import BENCH_HZ, DIVIDER_BOTTOM_OHM, DIVIDER_TOP_OHM

_WIDTH, _HEIGHT = 880, 384
_INK, _SOFT, _WIRE = "#24303a", "#5a6873", "#24303a"
_SIGNAL, _COLD = "#a04a00", "#2f5d8a"
_FONT = "DejaVu Sans, Verdana, sans-serif"
_HOT_Y, _MID_Y, _COLD_Y = 96, 206, 316


def divider() -> str:
    """The drawing, as SVG."""
    top, bottom = _ohm(DIVIDER_TOP_OHM.value), _ohm(DIVIDER_BOTTOM_OHM.value)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="{_FONT}" font-size="15">',
        "<title>A known signal into one sensor: a tone from a phone, measured by a multimeter, "
        "divided by two resistors, between the electrodes MID and END; REF with END</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fbfcfd"/>',
        # the source
        _box(20, 130, 136, 152, "#eef3f7"),
        _text(88, 168, "phone", weight="bold"),
        _text(88, 190, "on its battery,"),
        _text(88, 210, f"tone of {BENCH_HZ.value:g} Hz,"),
        _text(88, 230, "headphone"),
        _text(88, 250, "output"),
        _wire(f"M88 130V{_HOT_Y}H396", _SIGNAL),
        _wire(f"M88 282V{_COLD_Y}H700", _COLD),
        _text(98, 120, "tip", _SOFT, anchor="start", size=13),
        _text(98, 302, "sleeve", _SOFT, anchor="start", size=13),
        # the meter
        _wire(f"M236 {_HOT_Y}V164", _SIGNAL),
        _wire(f"M236 248V{_COLD_Y}", _COLD),
        f'<circle cx="236" cy="206" r="42" fill="#ffffff" stroke="{_WIRE}" stroke-width="2"/>',
        _text(236, 203, "V ~", weight="bold", size=19),
        _text(236, 222, "RMS", _SOFT, size=13),
        _text(288, 202, "measure", anchor="start"),
        _text(288, 222, "here", anchor="start"),
        # the divider
        _wire(f"M396 {_HOT_Y}V112", _SIGNAL),
        _resistor(396, 112),
        _wire(f"M396 176V{_MID_Y + 16}", _SIGNAL),
        _resistor(396, _MID_Y + 16),
        _wire(f"M396 {_MID_Y + 80}V{_COLD_Y}", _COLD),
        _text(416, 150, top, anchor="start", weight="bold"),
        _text(416, _MID_Y + 54, bottom, anchor="start", weight="bold"),
        _wire(f"M396 {_MID_Y}H700", _SIGNAL),
        # the sensor
        _box(700, 74, 152, 272, "#f7efef"),
        _text(792, 106, "one sensor", weight="bold"),
        _text(792, 126, "on the bench,", _SOFT, size=13),
        _text(792, 143, "on no body", _SOFT, size=13),
        _wire(f"M672 {_COLD_Y}V261H700", _COLD),
        _pad(700, _MID_Y, "MID"),
        _pad(700, 261, "END"),
        _pad(700, _COLD_Y, "REF"),
        *(_dot(x, y, _SIGNAL) for x, y in ((236, _HOT_Y), (396, _MID_Y))),
        *(_dot(x, _COLD_Y, _COLD) for x in (236, 396, 672)),
        _text(550, _MID_Y - 12, "divided", _SIGNAL, size=13),
        _text(550, _COLD_Y + 22, "cold side", _COLD, size=13),
        _text(242, 74, "the source's own voltage", _SIGNAL, size=13),
        "</svg>",
    ]
    return "\n".join(parts)


def _ohm(value: float) -> str:
    return f"{value / 1000:g} kΩ" if value >= 1000 else f"{value:g} Ω"


def _text(
    x: float,
    y: float,
    words: str,
    colour: str = _INK,
    *,
    anchor: str = "middle",
    weight: str = "normal",
    size: int = 15,
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}">{words}</text>'
    )


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="12" fill="{fill}" '
        f'stroke="{_WIRE}" stroke-width="2"/>'
    )


def _wire(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def _resistor(x: float, y: float) -> str:
    return (
        f'<rect x="{x - 11}" y="{y}" width="22" height="64" fill="#ffffff" stroke="{_WIRE}" '
        'stroke-width="2"/>'
    )


def _pad(x: float, y: float, name: str) -> str:
    circle = f'<circle cx="{x}" cy="{y}" r="9" fill="#d9dee2" stroke="{_WIRE}" stroke-width="2"/>'
    return circle + _text(x + 20, y + 5, name, anchor="start", weight="bold")


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="4.5" fill="{colour}"/>'
