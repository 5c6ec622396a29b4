"""The pictures of frontend.md: gain over frequency, the noise budget, the step at code 2047."""

from __future__ import annotations

import numpy as np

from hardware import design
from hardware.design import BUILDS
from hardware.frontend.budget import Budget, budget, neighbour
from hardware.frontend.converter import Converter, inflation
from hardware.frontend.plot import LEFT, RIGHT, Chart
from hardware.frontend.response import (
    BAND_HZ,
    CHANNELS,
    NEIGHBOUR,
    folded_hz,
    in_band,
    overall,
    sampling,
)
from hardware.frontend.supply import rest_codes
from unclench.report.plots.axes import Scale, draw_x_axis, draw_y_axis

_LOOKS = {1000: "orange", 2000: "blue", 4000: "green"}


def response_svg() -> str:
    """Gain from the electrode to a sample, and what of a tone above lands in the band."""
    chart = Chart(
        "response",
        "Gain from the electrode to a sample, tidy build, one channel (computed)",
        "The gain is nearly 1 from 30 to 300 Hz and falls towards both ends; tones above half of "
        "the rate that are folded into the band are weakened by sensor and averaging.",
        470,
    )
    top, bottom = 84.0, 400.0
    x = Scale(10, 10_000, LEFT, RIGHT, log=True)
    y = Scale(-60, 5, bottom, top)
    chart.rect(x(BAND_HZ[0]), top, x(BAND_HZ[1]) - x(BAND_HZ[0]), bottom - top, "band")
    for first, last in _folded_spans(2000):
        chart.rect(x(first), top, x(last) - x(first), bottom - top, "folded")
    draw_y_axis(chart, y, LEFT, RIGHT)
    draw_x_axis(chart, x, top, bottom, lambda hz: f"{hz:g}")
    chart.frame(top, bottom)
    hz = np.geomspace(10, 10_000, 700)
    naive = overall(hz, "no-solder", NEIGHBOUR)
    chart.curve(_decibels(hz, naive), x, y, "grey dashed")
    for rate_hz, look in _LOOKS.items():
        gain = overall(hz, "tidy", sampling(rate_hz, 1))
        chart.curve(_decibels(hz, gain), x, y, look)
    for k, (rate_hz, look) in enumerate(_LOOKS.items()):
        chart.key_line(LEFT + 122 * k, 58, f"{rate_hz} Hz", look)
    chart.key_line(LEFT + 390, 58, "read_u16: one reading a sample, 1000 Hz", "grey dashed")
    chart.text(x(95), bottom - 12, "20-450 Hz: what is used", "small", "middle")
    chart.text(x(2900), top + 18, "folded into it at 2000 Hz", "small", "middle")
    chart.text(16, (top + bottom) / 2, "Gain, dB", "", "middle", turned=True)
    chart.text((LEFT + RIGHT) / 2, bottom + 44, "Frequency at the electrode, Hz", "", "middle")
    return chart.svg()


def budget_svg() -> str:
    """The budget of each number of channels, with the correction and without, and read_u16's."""
    chart = Chart(
        "budget",
        "Noise in 20-450 Hz, tidy build, sampled at 2000 Hz (computed)",
        "One channel adds 0.17 uV RMS, three 0.30 uV with the step corrected; with what is assumed "
        "of sensor and skin 0.5 to 0.7 uV. A reading a millisecond adds 5.4 uV, and a relaxed "
        "muscle has 2.",
        430,
    )
    rows: list[tuple[str, Budget]] = []
    for n in CHANNELS:
        for corrected in (True, False):
            words = f"{n} channel{'s' * (n > 1)}, {'corrected' if corrected else 'not'}"
            rows.append((words, budget("tidy", sampling(2000, n), corrected)))
    rows.append(("read_u16 at 1000 Hz", neighbour()))
    top, left = 92.0, 200.0
    bottom = top + 38 * len(rows) + 6
    x = Scale(0, 6.5, left, RIGHT)
    draw_x_axis(chart, x, top, bottom)
    rest_x = x(design.REST_UV.value)
    chart.polyline([(rest_x, top), (rest_x, bottom)], "green dashed")
    chart.text(rest_x + 6, top + 14, "a relaxed muscle: 2 µV", "small")
    for k, (words, each) in enumerate(rows):
        y = top + 38 * k + 8
        parts = {part.name: part.noise_uv for part in each.parts}
        chart.text(left - 10, y + 19, words, "small", "end")
        chart.rect(left, y, x(each.all_uv) - left, 28, "unverified")
        chart.rect(left, y, x(each.known_uv) - left, 28, "step")
        chart.rect(left, y, x(parts["converter"]) - left, 28, "known")
        after = x(each.all_uv) + 8
        chart.text(after, y + 19, f"{each.known_uv:.2f} ({each.all_uv:.2f})", "small")
    chart.line(left, top, left, bottom, "edge")
    chart.line(left, bottom, RIGHT, bottom, "edge")
    chart.key_box(LEFT, 60, "converter", "known")
    chart.key_box(LEFT + 110, 60, "and the step, the input resting on it", "step")
    chart.key_box(LEFT + 400, 60, "and sensor, skin, ripple: unverified", "unverified")
    chart.text((left + RIGHT) / 2, bottom + 40, "Noise at the electrode, µV RMS", "", "middle")
    return chart.svg()


def step_svg() -> str:
    """What the missing code does to a relaxed muscle, by where the input rests."""
    chart = Chart(
        "step",
        "A true 2 µV, by where the input rests (computed)",
        "On the step at code 2047 an uncorrected 2 uV reads 1.2 to 1.7 times as large; five codes "
        "away, or with the correction, it reads as it is.",
        440,
    )
    top, bottom = 96.0, 370.0
    codes = np.arange(1985, 2080.25, 0.25)
    how = sampling(2000, 1)
    cases = (
        ("noise 0.63 LSB, step 1.4 LSB", "orange", Converter(0.63, 1.4).uncorrected()),
        ("0.97 and 1.0: typical", "blue", Converter().uncorrected()),
        ("1.36 and 0.6", "green", Converter(1.36, 0.6).uncorrected()),
        ("0.63 and 1.4, corrected", "grey dashed", Converter(0.63, 1.4, 1.4)),
    )
    x = Scale(1985, 2080, LEFT, RIGHT)
    y = Scale(0.9, 1.8, bottom, top)
    draw_y_axis(chart, y, LEFT, RIGHT)
    draw_x_axis(chart, x, top, bottom)
    chart.frame(top, bottom)
    for k, (words, look, converter) in enumerate(cases):
        factors = [inflation(design.REST_UV.value, how, converter, at) for at in codes]
        chart.curve(list(zip(codes, factors, strict=True)), x, y, look)
        chart.key_line(LEFT + (0, 260, 480, 260)[k], (58, 58, 58, 80)[k], words, look)
    for build in BUILDS:
        rest = rest_codes(build)
        chart.polyline([(x(rest), y(0.9)), (x(rest), y(1.3))], "grey")
        chart.text(x(rest), y(1.3) - 22, f"{build} rests", "small", "middle")
        chart.text(x(rest), y(1.3) - 7, "here, unverified", "small", "middle")
    chart.text(16, (top + bottom) / 2, "Read over true", "", "middle", turned=True)
    chart.text((LEFT + RIGHT) / 2, bottom + 44, "Where the input rests, codes", "", "middle")
    return chart.svg()


def _decibels(hz: np.ndarray, gain: np.ndarray) -> list[tuple[float, float]]:
    return list(zip(hz.tolist(), (20 * np.log10(np.maximum(gain, 1e-4))).tolist(), strict=True))


def _folded_spans(rate_hz: float) -> list[tuple[float, float]]:
    """Spans of frequencies up to 10 kHz that sampling puts into the band."""
    hz = np.arange(rate_hz / 2, 10_000.0)
    inside = np.flatnonzero(in_band(folded_hz(hz, rate_hz)))
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
    return [(float(hz[run[0]]), float(hz[run[-1]])) for run in runs]
