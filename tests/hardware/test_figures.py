"""Figures that people have written into documents and pictures are the ones that are computed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hardware import design
from hardware.design import BUILDS, Build
from hardware.frontend.budget import budget, neighbour
from hardware.frontend.converter import Converter, floor_uv, inflation
from hardware.frontend.response import (
    CHANNELS,
    NEIGHBOUR,
    RATES_HZ,
    UV_PER_CODE,
    Sampling,
    crosstalk,
    filter_corner_hz,
    overall,
    sampling,
)
from hardware.frontend.supply import (
    band_ripple_uv_per_mv,
    even_ripple_mv,
    inrush_a,
    matching_supply_f,
    reference_v,
    rest_codes,
    sensor_supply_v,
    shown_over_true,
    worst_ripple_uv_per_mv,
)
from hardware.making import ROOT
from hardware.markdown import quantity

from unclench.board import limits
from unclench.board.bench.measure import KnownSignal
from unclench.board.bench.steps import STEPS
from unclench.board.noise import converter_noise_uv, limits_uv
from unclench.link.virtual.inputs import SyntheticInput
from unclench.profiles.known import MYOWARE_2
from unclench.training.placement.safety import RULES
from unclench.usage.boardcheck import signal_command
from unclench_dsp import sensor_response
from unclench_dsp.mains import GOOD_HUM_UV, USABLE_HUM_UV

DIVIDER = (design.DIVIDER_TOP_OHM.value + design.DIVIDER_BOTTOM_OHM.value) / (
    design.DIVIDER_BOTTOM_OHM.value
)
KNOWN = KnownSignal(design.BENCH_SOURCE_V.value * 1000, DIVIDER, design.BENCH_HZ.value, 1)


def document(name: str) -> str:
    """A document in one line, so that line breaks do not matter."""
    return " ".join((ROOT / "hardware" / name).read_text(encoding="utf-8").split())


def of_the_budget() -> Iterator[str]:
    one, two, three = (budget("tidy", sampling(2000, n), True) for n in CHANNELS)
    off = budget("tidy", sampling(2000, 1), False)
    raw = Converter().uncorrected()
    tidy, bare = (worst_ripple_uv_per_mv(build) for build in ("tidy", "no-solder"))
    yield f"**One channel at 2000 Hz** adds {one.known_uv:.2f} µV RMS"
    yield f"a true 2 µV reads {math.hypot(2, one.known_uv):.2f} µV"
    yield f"{one.all_uv:.2f} µV, and reads {math.hypot(2, one.all_uv):.2f} µV (*unverified*)"
    yield f"**Two channels** add {two.known_uv:.2f} µV, **three** {three.known_uv:.2f} µV"
    yield f"one channel adds {off.known_uv:.2f} µV, and a true 2 µV reads "
    yield f" {inflation(2, off.how, raw, raw.worst_rest_codes):.2f} times"
    yield f"({tidy:.1f} instead of {bare:.1f} µV for each mV in the band"
    yield f"adds {neighbour().known_uv:.1f} µV"
    yield f"{one.shorted_uv:.2f} µV for one channel"


def of_the_response() -> Iterator[str]:
    code_mv = design.SUPPLY_V.value / design.ADC_CODES.value * 1e3
    yield f"= {code_mv:.3f} mV at the pin, {UV_PER_CODE:.2f} µV at the electrode (computed)"
    cases: list[tuple[str, Build, Sampling]] = [
        (f"{hz} Hz", "tidy", sampling(hz, 1)) for hz in RATES_HZ
    ]
    for name, build, how in (*cases, ("`read_u16`, 1000 Hz", "no-solder", NEIGHBOUR)):
        gains = [f"{float(overall(hz, build, how)):.2f}" for hz in (20, 50, 100, 200, 300, 450)]
        yield f"| {name} | {' | '.join(gains)} |"
    how = sampling(2000, 3)
    conversions_hz = how.rate_hz * how.readings
    yield f"corner at {filter_corner_hz() / 1e3:.1f} kHz"
    yield f"{conversions_hz:.0f} readings a second"
    yield f"{100 * crosstalk(conversions_hz):.2f}"


def of_the_step() -> Iterator[str]:
    how = sampling(2000, 1)
    for noise_lsb, step_lsb in ((0.63, 0.6), (0.63, 1.4), (0.97, 1.0), (1.36, 0.6), (1.36, 1.4)):
        right = Converter(noise_lsb, step_lsb, step_lsb)
        on, raw = right.worst_rest_codes, right.uncorrected()
        cells = [floor_uv(how, each, on) for each in (right, raw)]
        cells += [inflation(uv, how, raw, on) for uv in (1, 2, 5, 20)]
        row = (f"{noise_lsb:g}", f"{step_lsb:g}", *(f"{cell:.2f}" for cell in cells))
        yield f"| {' | '.join(row)} |"
    for build in BUILDS:
        rest = rest_codes(build)
        off = rest - Converter().worst_rest_codes
        yield f"| {build} | {sensor_supply_v(build) / 2:.3f} V | {reference_v():.3f} V "
        yield f" V | {rest:.0f} | {off:+.0f} | {shown_over_true(build) - 1:+.1%} |"


def of_the_supply() -> Iterator[str]:
    for build in BUILDS:
        each_uv = (band_ripple_uv_per_mv(build, follows) for follows in (True, False))
        yield f"| {build} | {' | '.join(f'{uv:.2f}' for uv in each_uv)} |"
    yield f"Spread evenly it would be {even_ripple_mv():.2f} mV"
    yield f"as slow as the reference's: {matching_supply_f() * 1e6:.0f} µF"
    yield f"With three sensors they take {inrush_a(3):.1f} A for about 2 ms, with one "
    yield f"{inrush_a(1):.1f} A (computed"


def of_the_headroom() -> Iterator[str]:
    clench_mv = design.CLENCH_UV.value * design.CREST.value / 1e3
    gain, steady_mv = design.SENSOR_GAIN.value, design.ELECTRODE_OFFSET_V.value * 1e3
    for build in BUILDS:
        half_v = sensor_supply_v(build) / 2
        peak_mv = min(half_v, reference_v() - half_v) / gain * 1e3
        offset_mv = half_v * 1e3 / gain - clench_mv
        yield (
            f"| {build} | ±{peak_mv:.2f} | {clench_mv:.2f} | "
            f"{(peak_mv - clench_mv) / math.sqrt(2):.1f} | ±{offset_mv:.1f} | "
            f"±{half_v * 1e3 / 10 - clench_mv:.0f} | {half_v * 1e3 / (steady_mv + clench_mv):.1f} |"
        )
    yield f"fills {clench_mv / peak_mv:.0%}"
    yield f"from ±{offset_mv:.0f} mV"


def of_the_bench() -> Iterator[str]:
    for n in CHANNELS:
        how = sampling(2000, n)
        good_uv, usable_uv = limits_uv(how.readings, how.rate_hz)
        own_uv = floor_uv(how, Converter())
        yield f"{n} channel{'s' * (n > 1)} at 2000 Hz (the converter alone: {own_uv:.2f} µV"
        yield f"{own_uv:.2f} µV, computed) | {good_uv:.2f} µV RMS | {usable_uv:.2f} µV RMS |"
        assert budget("tidy", how, True).shorted_uv < good_uv
    shorted = [f"{budget('tidy', sampling(2000, n), True).shorted_uv:.2f}" for n in CHANNELS]
    yield f"{', '.join(shorted)} µV RMS for 1, 2, 3 channels (computed, *unverified*)"
    volts = (limits.GOOD_LEVEL * 3.3, limits.USABLE_LEVEL * 3.3)
    yield f"1.65 ± {volts[0]:.2f} V | ± {volts[1]:.2f} V |"
    yield f"50 or 60 Hz and multiples | {GOOD_HUM_UV:g} µV RMS | {USABLE_HUM_UV:g} µV RMS |"
    yield f"above hands-off, battery | {GOOD_HUM_UV:g} µV RMS | {USABLE_HUM_UV:g} µV RMS |"
    yield f"{KNOWN.mv:g} mV RMS, {KNOWN.hz:g} Hz, divided by {DIVIDER:g} | "
    yield f"{KNOWN.expected_uv(2000):.1f} µV RMS ± {100 * limits.GAIN_ERROR:g} % |"
    yield f"harmonics against the tone | {100 * limits.DISTORTION:g} % |"
    yield f"without hum | {limits.GOOD_NOISE_RISE:g} times |"
    yield f"samples lost | none | {100 * limits.USABLE_LOSS:g} % |"
    yield f"--mv {KNOWN.mv:g} --hz {KNOWN.hz:g} --divider {DIVIDER:g}"
    sensor = float(sensor_response(KNOWN.hz, MYOWARE_2.band_hz))
    summing = KNOWN.expected_uv(2000) / KNOWN.expected_uv(1e9)
    yield f"times {sensor * summing:.3f} at {KNOWN.hz:g} Hz"
    yield f"{sensor:.3f}, what the sensor passes"
    yield f"times {summing:.3f}, what averaging"
    yield f"{100 / math.sqrt(2) - 100:.0f} % is a peak that was given for an RMS"


def of_the_benchs_errors() -> Iterator[str]:
    off = 0.01  # two resistors, both the wrong way
    worst = (100e3 * (1 + off) + 100 * (1 - off)) / (100 * (1 - off)) / DIVIDER - 1
    (low_hz, high_hz), hz = MYOWARE_2.band_hz, KNOWN.hz
    corners = [(low_hz * (1 + a), high_hz * (1 - a)) for a in (0.1, -0.1)]
    right = float(sensor_response(hz, MYOWARE_2.band_hz))
    corner = max(abs(float(sensor_response(hz, band)) / right - 1) for band in corners)
    meter = {volts: 0.01 + 5e-3 / volts for volts in (0.5, 0.15, 0.1)}  # 1 % and 5 digits of 1 mV
    yield f"both off the wrong way | {100 * worst:.1f} % |"
    yield f"corners 10 % off (*unverified*) | {100 * corner:.1f} % |"
    for volts, share in meter.items():
        yield f"at {1e3 * volts:g} mV in "
        yield f"(*unverified*) | {100 * share:.1f} % |"
    yield f"root of the sum of squares | {100 * math.hypot(worst, meter[0.5], corner):.1f} % |"
    yield f"all three together at 150 mV | {100 * math.hypot(worst, meter[0.15], corner):.1f} % |"


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        *(
            ("frontend.md", figures)
            for figures in (
                *(of_the_budget, of_the_response, of_the_step, of_the_supply),
                of_the_headroom,
            )
        ),
        ("acceptance.md", of_the_bench),
        ("acceptance.md", of_the_benchs_errors),
    ],
    ids=lambda given: getattr(given, "__name__", given),
)
def test_figures_in_documents_are_the_computed_ones(name, figures) -> None:
    text = document(name)
    for words in figures():
        assert words in text


def test_the_chart_shows_the_computed_budget() -> None:
    root = ElementTree.parse(ROOT / "hardware/pictures/frontend-budget.svg").getroot()
    words = {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}
    all_of_them = [budget("tidy", sampling(2000, n), on) for n in CHANNELS for on in (True, False)]
    for each in (*all_of_them, neighbour()):
        assert f"{each.known_uv:.2f} ({each.all_uv:.2f})" in words


def test_the_signal_of_the_bench_can_be_measured() -> None:
    KNOWN.check(SyntheticInput("shorted").hello())
    assert KNOWN.hz == limits.TONE_BEST_HZ
    (option,) = (param for param in signal_command.params if param.name == "divider")
    assert option.default == DIVIDER == 1001.0
    picture = (ROOT / "hardware/pictures/bench-divider.svg").read_text(encoding="utf-8")
    assert f"{KNOWN.hz:g} Hz" in picture
    for figure in (design.DIVIDER_TOP_OHM, design.DIVIDER_BOTTOM_OHM):
        assert f">{quantity(figure).replace('ohm', 'Ω')}<" in picture


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", CHANNELS)
def test_program_and_budget_have_one_figure_for_the_converter(channels, rate_hz) -> None:
    how = sampling(rate_hz, channels)
    hello = SyntheticInput("shorted", channels, rate_hz).hello()
    hello.oversampling = how.readings  # the virtual board sums a few more
    assert converter_noise_uv(hello, 0) == pytest.approx(floor_uv(how, Converter()), rel=1e-3)


def test_every_bench_step_is_described_with_a_command_to_try_it() -> None:
    text = document("acceptance.md")
    for step in STEPS:
        assert re.search(rf"unclench board check {step.name} --port sim:", text)
        assert step.title in text


def test_the_safety_page_has_the_rules_that_the_program_shows() -> None:
    text = document("safety.md")
    for title, words in RULES:
        assert f"- **{title}.** {words}" in text
