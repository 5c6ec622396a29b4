"""The tables of the noise budget, and of the figures that go into it."""

from __future__ import annotations

from hardware import design
from hardware.design import Figure
from hardware.frontend.budget import budget, neighbour, neighbour_range_uv
from hardware.frontend.response import CHANNELS, sampling
from hardware.markdown import quantity, status_words, table

_ASSUMED = (
    *("SENSOR_GAIN", "SENSOR_LOW_HZ", "SENSOR_HIGH_HZ", "SENSOR_NOISE_V_RTHZ", "SENSOR_SUPPLY_A"),
    *("SUPPLY_V", "ADC_CODES", "ADC_NOISE_LSB", "ADC_STEP_LSB", "ADC_INPUT_OHM", "ADC_SAMPLE_F"),
    *("VREF_SERIES_OHM", "VREF_PIN_OHM", "VREF_ON_BOARD_F", "VREF_A", "RIPPLE_3V3_V"),
    *("FILTER_OHM", "FILTER_F", "VREF_EXTRA_F", "SUPPLY_OHM", "SUPPLY_F"),
    *("ELECTRODE_OHM", "SKIN_KELVIN", "ELECTRODE_OFFSET_V", "REST_UV", "CLENCH_UV", "CREST"),
)


def budget_table() -> str:
    """Return the noise of each number of channels at 2000 Hz, and of the usual sketch."""
    rows: list[list[object]] = []
    for channels in CHANNELS:
        how = sampling(2000, channels)
        on, off = (budget("tidy", how, corrected) for corrected in (True, False))
        each_uv = (on.known_uv, off.known_uv, on.all_uv, budget("no-solder", how, True).all_uv)
        rows.append([channels, 2000, how.readings, *(f"{uv:.2f}" for uv in each_uv)])
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
    """Return what each part adds in one configuration."""
    each = budget("tidy", sampling(2000, 1), False)
    rows = [
        [part.name, f"{part.noise_uv:.2f}", part.rests_on, status_words(part.status)]
        for part in each.parts
    ]
    return table(["part", "µV RMS", "rests on", "status"], rows)


def assumed_table() -> str:
    """Return every figure that goes in, with its source and status."""
    rows = []
    for name in _ASSUMED:
        figure: Figure = getattr(design, name)
        rows.append([f"`{name}`", quantity(figure), figure.source, status_words(figure.status)])
    return table(["figure", "value", "source", "status"], rows)
