"""How the risk arises: one chain of things, once with the charger plugged in and once without."""

from __future__ import annotations

_WIDTH, _HEIGHT, _PANEL = 880, 672, 318
_INK, _SOFT, _LINE = "#24303a", "#5a6873", "#9aa7b1"
_RED, _GREEN, _PAPER = "#c0392b", "#2e7d55", "#fbfcfd"
_FONT = "DejaVu Sans, Verdana, sans-serif"


def risk() -> str:
    """The drawing, as SVG."""
    title = "A charger that is plugged in closes a loop through the body; on battery it is open"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="{_FONT}" font-size="15">',
            f"<title>{title}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="{_PAPER}"/>',
            f'<g transform="translate(0 12)">{_panel(plugged=True)}</g>',
            f'<g transform="translate(0 {_PANEL + 24})">{_panel(plugged=False)}</g>',
            "</svg>",
        )
    )


def _panel(plugged: bool) -> str:
    colour, tint = (_RED, "#fdf3f1") if plugged else (_GREEN, "#f1f8f4")
    heading = (
        "Charger plugged in: the loop is closed, and you are part of it"
        if plugged
        else "On battery: the loop is open, as long as nothing ties the laptop to earth"
    )
    parts = [
        f'<rect x="12" y="0" width="{_WIDTH - 24}" height="{_PANEL}" rx="14" fill="{tint}" '
        f'stroke="{colour}" stroke-opacity="0.35"/>',
        _text(32, 34, heading, colour, size=18, weight="bold", anchor="start"),
        _earth(),
        _socket(),
        _charger(plugged),
        _laptop(plugged),
        _board(472, 74, "Pico", "#2e7d55"),
        _board(584, 74, "sensor", "#8c3a3a"),
        _person(),
        _radiator(),
        _way(colour) if plugged else _gap(colour),
    ]
    return "\n".join(parts)


def _text(
    x: float,
    y: float,
    words: str,
    colour: str = _INK,
    *,
    size: int = 15,
    weight: str = "normal",
    anchor: str = "middle",
) -> str:
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{words}</text>'
    )


def _wire(points: str, colour: str = _LINE, width: float = 3) -> str:
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _box(x: float, y: float, width: float, height: float, fill: str = "#ffffff") -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}" '
        f'stroke="{_INK}" stroke-width="1.6"/>'
    )


def _earth() -> str:
    strokes = "".join(f"M{x} 270 l-9 11 " for x in range(70, 846, 22))
    return (
        f'<path d="M46 269 H846" stroke="{_SOFT}" stroke-width="2.5"/>'
        f'<path d="{strokes}" stroke="{_LINE}" stroke-width="1.5" fill="none"/>'
        + _text(446, 303, "earth: the ground under the house", _SOFT)
    )


def _socket() -> str:
    holes = "".join(f'<circle cx="{x}" cy="105" r="4.5" fill="{_INK}"/>' for x in (56, 76))
    return (
        _wire("66,135 66,268")
        + _box(40, 79, 52, 52)
        + holes
        + _text(78, 172, "mains", anchor="start")
        + _text(78, 191, "socket", anchor="start")
    )


def _charger(plugged: bool) -> str:
    """Its capacitor is what lets a little of the mains through."""
    plates = f'<path d="M193 92 v26 M203 92 v26" stroke="{_INK}" stroke-width="3"/>'
    cord = _wire("92,105 148,105") if plugged else _wire("114,140 134,140 148,112")
    plug = (
        "" if plugged else _box(100, 132, 15, 16) + _wire("92,136 99,136") + _wire("92,144 99,144")
    )
    out = _wire("248,105 300,105") if plugged else _wire("248,105 268,105 276,122")
    return (
        cord
        + out
        + plug
        + _box(148, 79, 100, 52)
        + _wire("148,105 193,105", _LINE, 2)
        + _wire("203,105 248,105", _LINE, 2)
        + plates
        + _text(198, 157, "charger with")
        + _text(198, 176, "Y capacitor")
    )


def _laptop(plugged: bool) -> str:
    charge = _GREEN if not plugged else _LINE
    return (
        _wire("420,105 472,105")
        + _box(312, 62, 98, 62, "#e9eef2")
        + f'<path d="M300 130 H422 L412 118 H310 Z" fill="#d3dbe2" stroke="{_INK}" '
        'stroke-width="1.6" stroke-linejoin="round"/>'
        + f'<rect x="338" y="80" width="40" height="20" rx="3" fill="none" stroke="{_INK}" '
        'stroke-width="1.6"/><rect x="379" y="86" width="4" height="8" '
        f'fill="{_INK}"/><rect x="341" y="83" width="{34 if not plugged else 20}" height="14" '
        f'fill="{charge}"/>' + _text(361, 157, "laptop") + _text(447, 94, "USB", _SOFT, size=13)
    )


def _board(x: float, y: float, name: str, colour: str) -> str:
    return (
        (_wire("544,105 584,105") if name == "Pico" else _wire("656,98 694,108"))
        + ("" if name == "Pico" else _wire("656,112 690,124"))
        + f'<rect x="{x}" y="{y + 5}" width="72" height="52" rx="5" fill="{colour}" '
        f'stroke="{_INK}" stroke-width="1.6"/>'
        + f'<rect x="{x + 26}" y="{y + 21}" width="20" height="20" rx="2" fill="{_INK}"/>'
        + _text(x + 36, 157, name)
    )


def _person() -> str:
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="5" fill="#ffffff" stroke="{_INK}" stroke-width="1.6"/>'
        for x, y in ((696, 108), (691, 124))
    )
    return (
        '<g fill="#e8d5c4" stroke="#9b7f68" stroke-width="1.6">'
        '<path d="M764 110 L824 160 L815 170 L752 132 Z" stroke-linejoin="round"/>'
        '<path d="M702 98 Q684 100 683 122 L686 208 Q686 216 694 216 H754 Q762 216 762 208 '
        'L770 122 Q769 100 752 98 Z"/>'
        '<rect x="717" y="80" width="20" height="24" stroke="none"/>'
        '<circle cx="727" cy="68" r="24"/></g>' + dots + _text(724, 246, "you")
    )


def _radiator() -> str:
    ribs = "".join(
        f'<rect x="{x}" y="150" width="10" height="82" rx="5" fill="#ffffff" stroke="{_INK}" '
        'stroke-width="1.6"/>'
        for x in (814, 827, 840)
    )
    return (
        _wire("832,232 832,268")
        + ribs
        + _text(858, 98, "radiator,", size=14, anchor="end")
        + _text(858, 116, "metal desk", size=14, anchor="end")
    )


def _way(colour: str) -> str:
    """The loop, in the order in which a charge goes round it."""
    d = (
        "M66 105 H186 M210 105 H312 V112 H410 V105 H656 L694 108 L732 148 L762 132 L818 166 "
        "V268 H66 V131"
    )
    arrows = "".join(
        f'<path d="M{x} {y} l-11 -6.5 v13 z" fill="{colour}" transform="rotate({turn} {x} {y})"/>'
        for x, y, turn in (
            *((134, 105, 0), (283, 105, 0), (466, 105, 0), (572, 105, 0), (818, 254, 90)),
            *((580, 268, 180), (280, 268, 180), (66, 214, -90)),
        )
    )
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="4" stroke-linejoin="round" '
        f'stroke-linecap="round"/>{arrows}'
        + _text(446, 222, "a little of the mains flows; if the charger fails, far more", colour)
    )


def _gap(colour: str) -> str:
    return (
        f'<path d="M100 70 l26 26 M126 70 l-26 26" stroke="{colour}" stroke-width="4" '
        'stroke-linecap="round"/>'
        + _text(430, 222, "no way from the mains through the unit to you,", colour)
        + _text(430, 243, "while laptop and unit touch nothing that is earthed", colour)
    )
