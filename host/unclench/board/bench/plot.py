"""A sensor's spectrum as a small drawing: uV per root Hz over 20 to 450 Hz."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import escape

from unclench.translation import tr
from unclench_dsp.noise import HIGH_HZ, LOW_HZ

WIDTH, HEIGHT = 560, 202
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 20, 16, 44
_DECADES = (-3, 2)  # uV per root Hz: from below any converter to above any test signal
_TICKS_HZ = (20, 50, 100, 150, 200, 250, 300, 350, 400, 450)
_WIDE = {50, 150, 250, 350, 450, "0.001"}  # hidden where letters are large
_LABELS = {-3: "0.001", -2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100"}


def spectrum_svg(
    density_uv: Sequence[float], before_uv: Sequence[float] | None, number: int
) -> str:
    """Draw the spectrum of sensor `number`, behind it the one that it is compared with.

    The page has the colours.
    """
    label = tr(
        "Spectrum of sensor {number}, 20 to 450 Hz, from {least:.3g} to {most:.3g} µV per root "
        "hertz",
        number=number,
        least=min(density_uv),
        most=max(density_uv),
    )
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">']
    bottom = HEIGHT - _BOTTOM
    for decade, label in _LABELS.items():
        y = _y(10.0**decade)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
        wide = " wide" if label in _WIDE else ""
        parts.append(f'<text x="{_LEFT - 7}" y="{y + 4:.1f}" class="end{wide}">{label}</text>')
    for hz in _TICKS_HZ:
        x = _x(hz)
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}"/>')
        wide = " wide" if hz in _WIDE else ""
        parts.append(f'<text x="{x}" y="{bottom + 18}" class="mid{wide}">{hz}</text>')
    middle = (_TOP + bottom) / 2
    parts.append(f'<text x="{(_LEFT + WIDTH - _RIGHT) / 2}" y="{HEIGHT - 5}" class="mid">Hz</text>')
    turned = f'transform="rotate(-90 13 {middle})"'
    parts.append(f'<text x="13" y="{middle}" class="mid wide" {turned}>µV/√Hz</text>')
    if before_uv is not None:
        parts.append(f'<path class="before" d="{_path(before_uv)}"/>')
    parts.append(f'<path class="now" d="{_path(density_uv)}"/></svg>')
    return "\n".join(parts)


def _x(hz: float) -> float:
    return round(_LEFT + (hz - LOW_HZ) / (HIGH_HZ - LOW_HZ) * (WIDTH - _LEFT - _RIGHT), 1)


def _y(uv: float) -> float:
    low, high = _DECADES
    share = (math.log10(max(uv, 10.0**low)) - low) / (high - low)
    return round(HEIGHT - _BOTTOM - min(share, 1.0) * (HEIGHT - _BOTTOM - _TOP), 1)


def _path(density_uv: Sequence[float]) -> str:
    points = (f"{_x(LOW_HZ + i)} {_y(uv)}" for i, uv in enumerate(density_uv))
    return "M" + "L".join(points)
