"""The tables of frontend.md."""

from __future__ import annotations

from hardware import design
from hardware.design import BUILDS, Build, Figure
from hardware.frontend.budget import budget, neighbour, neighbour_range_uv
from hardware.frontend.converter import Converter, floor_uv, inflation
from hardware.frontend.headroom import (
    full_scale_mv,
    gain_for_offset,
    hum_mv_rms,
    largest_signal_mv,
    offset_mv,
)
from hardware.frontend.markdown import quantity, status_words, table
from hardware.frontend.response import (
    CHANNELS,
    NEIGHBOUR,
    RATES_HZ,
    Sampling,
    folded_bandwidth_hz,
    overall,
    passed_hz,
    sampling,
    worst_alias,
)
from hardware.frontend.supply import (
    band_ripple_uv_per_mv,
    folded_ripple_uv_per_mv,
    matching_supply_f,
    reference_v,
    rest_codes,
    ripple_like_floor_mv,
    sensor_supply_v,
    shown_over_true,
)

_ASSUMED = (
    *("SENSOR_GAIN", "SENSOR_LOW_HZ", "SENSOR_HIGH_HZ", "SENSOR_NOISE_V_RTHZ", "SENSOR_SUPPLY_A"),
    *("SUPPLY_V", "ADC_CODES", "ADC_NOISE_LSB", "ADC_STEP_LSB", "ADC_INPUT_OHM", "ADC_SAMPLE_F"),
    *("VREF_SERIES_OHM", "VREF_PIN_OHM", "VREF_ON_BOARD_F", "VREF_A", "RIPPLE_3V3_V"),
    *("FILTER_OHM", "FILTER_F", "VREF_EXTRA_F", "SUPPLY_OHM", "SUPPLY_F"),
    *("ELECTRODE_OHM", "SKIN_KELVIN", "ELECTRODE_OFFSET_V", "REST_UV", "CLENCH_UV", "CREST"),
)


def budget_table() -> str:
    """Noise of each number of channels and rate, and of the usual sketch."""
    rows = []
    for channels in CHANNELS:
        for rate_hz in RATES_HZ:
            how = sampling(rate_hz, channels)
            on, off = (budget("tidy", how, corrected) for corrected in (True, False))
            bare = budget("no-solder", how, True)
            rows.append(
                [
                    *(channels, rate_hz, how.readings),
                    *(f"{on.known_uv:.2f}", f"{off.known_uv:.2f}"),
                    *(f"{on.all_uv:.2f}", f"{bare.all_uv:.2f}"),
                ]
            )
    usual = neighbour()
    low_uv, high_uv = neighbour_range_uv()
    known = f"{usual.known_uv:.1f}; {low_uv:.1f} to {high_uv:.1f} by chip"
    rows.append(["`read_u16`: 1", 1000, 1, "-", known, "-", f"{usual.all_uv:.1f}"])
    head = [
        *("channels", "Hz", "readings summed", "board, step corrected", "board, not corrected"),
        *("all, tidy, *unverified*", "all, no-solder, *unverified*"),
    ]
    return table(head, rows)


def parts_table() -> str:
    """What each part adds in one configuration."""
    each = budget("tidy", sampling(2000, 1), False)
    rows = [
        [part.name, f"{part.noise_uv:.2f}", part.rests_on, status_words(part.status)]
        for part in each.parts
    ]
    return table(["part", "µV RMS", "rests on", "status"], rows)


def response_table() -> str:
    """Gain over frequency, and what is folded into the band."""
    cases: list[tuple[str, Build, Sampling]] = [
        (f"{rate_hz} Hz", "tidy", sampling(rate_hz, 1)) for rate_hz in RATES_HZ
    ]
    cases.append(("`read_u16`, 1000 Hz", "no-solder", NEIGHBOUR))
    at_hz = (20, 50, 100, 200, 300, 450)
    rows = []
    for name, build, how in cases:
        gains = [f"{float(overall(hz, build, how)):.2f}" for hz in at_hz]
        worst_hz, gain = worst_alias(build, how)
        share = folded_bandwidth_hz(build, how) / passed_hz(build, how)
        rows.append([name, *gains, f"{gain:.2f} at {worst_hz:.0f} Hz", f"{share:.2%}"])
    head = ["sampled at", *(f"{hz} Hz" for hz in at_hz)]
    return table([*head, "worst tone folded in", "noise power folded in"], rows)


def step_table() -> str:
    """What the step does with the input on it."""
    how = sampling(2000, 1)
    rows = []
    for noise_lsb, step_lsb in ((0.63, 0.6), (0.63, 1.4), (0.97, 1.0), (1.36, 0.6), (1.36, 1.4)):
        right = Converter(noise_lsb, step_lsb, step_lsb)
        on, raw = right.worst_rest_codes, right.uncorrected()
        factors = [f"{inflation(uv, how, raw, on):.2f}" for uv in (1, 2, 5, 20)]
        floors = [f"{floor_uv(how, each, on):.2f}" for each in (right, raw)]
        rows.append([f"{noise_lsb:g}", f"{step_lsb:g}", *floors, *factors])
    head = ["noise, LSB RMS", "step, LSB", "floor corrected, µV", "not, µV"]
    return table([*head, *(f"{uv} µV reads times" for uv in (1, 2, 5, 20))], rows)


def rest_table() -> str:
    """Where the input rests."""
    rows = [
        [
            build,
            f"{sensor_supply_v(build) / 2:.3f} V",
            f"{reference_v():.3f} V",
            f"{rest_codes(build):.0f}",
            f"{rest_codes(build) - Converter().worst_rest_codes:+.0f}",
            f"{shown_over_true(build) - 1:+.1%}",
        ]
        for build in BUILDS
    ]
    return table(
        [
            "build",
            "half supply",
            "reference",
            "rests at code",
            "from the step",
            "amplitudes off by",
        ],
        rows,
    )


def ripple_table() -> str:
    """What ripple on 3V3 costs."""
    how = sampling(2000, 1)
    rows = [
        [
            build,
            *(f"{band_ripple_uv_per_mv(build, follows):.2f}" for follows in (True, False)),
            f"{ripple_like_floor_mv(build, how):.2f} mV",
            *(
                f"{uv:.3f}" if (uv := folded_ripple_uv_per_mv(hz, build, how)) > 1e-3 else "< 0.001"
                for hz in (10_100, 1_000_100)
            ),
        ]
        for build in BUILDS
    ]
    for farad in (100e-6, matching_supply_f()):
        follows = band_ripple_uv_per_mv("tidy", True, farad)
        smooth = band_ripple_uv_per_mv("tidy", False, farad)
        name = f"tidy, with {farad * 1e6:.0f} µF for SUPPLY_F"
        rows.append([name, f"{follows:.2f}", f"{smooth:.2f}", "-", "-", "-"])
    head = [
        *("build", "mid supply follows", "mid supply is smooth", "as much as the converter"),
        *("1 mV at 10.1 kHz", "1 mV at 1000.1 kHz"),
    ]
    return table(head, rows)


def headroom_table() -> str:
    """What fits in."""
    rows = [
        [
            build,
            f"±{full_scale_mv(build):.2f}",
            f"{largest_signal_mv():.2f}",
            f"{hum_mv_rms(build):.1f}",
            f"±{offset_mv(build, design.SENSOR_GAIN.value):.1f}",
            f"±{offset_mv(build, 10):.0f}",
            f"{gain_for_offset(build):.1f}",
        ]
        for build in BUILDS
    ]
    head = [
        *("build", "largest peak, mV", "peak of a full clench, mV", "hum beside it, mV RMS"),
        *("offset if all gain comes first, mV", "if 10 of it, mV", "gain that bears 300 mV"),
    ]
    return table(head, rows)


def assumed_table() -> str:
    """Every figure that goes in, with its source and status."""
    rows = []
    for name in _ASSUMED:
        figure: Figure = getattr(design, name)
        rows.append([f"`{name}`", quantity(figure), figure.source, status_words(figure.status)])
    return table(["figure", "value", "source", "status"], rows)
