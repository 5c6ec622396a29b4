"""The passages of safety.md that are made: limits, faults, resistors."""

from __future__ import annotations

from hardware import design
from hardware.markdown import status_words, table
from hardware.safety.currents import Fault
from hardware.safety.faults import groups
from hardware.safety.leads import options


def amount(current_a: float) -> str:
    """Microamperes with three figures: 0.035, 78.6, 3300, 230000."""
    current_ua = current_a * 1e6
    if current_ua >= 100:
        return f"{float(f'{current_ua:.3g}'):.0f}"
    return f"{current_ua:.2g}" if current_ua < 10 else f"{current_ua:.3g}"


def limits_passage() -> str:
    """The figures that the table rests on."""
    used = (
        ("nothing broken, a.c.", design.LEAK_NORMAL_AC_A, 1e6, "µA"),
        ("one thing broken, a.c.", design.LEAK_FAULT_AC_A, 1e6, "µA"),
        ("nothing broken, d.c.", design.LEAK_NORMAL_DC_A, 1e6, "µA"),
        ("one thing broken, d.c.", design.LEAK_FAULT_DC_A, 1e6, "µA"),
        ("the body at worst", design.BODY_OHM, 1e-3, "kohm"),
        ("the body at 230 V, typical", design.BODY_AT_MAINS_OHM, 1.0, "ohm"),
        ("one electrode, typical", design.ELECTRODE_OHM, 1e-3, "kohm"),
        ("a finger, typical", design.FINGER_OHM, 1e-3, "kohm"),
        ("mains", design.MAINS_V, 1.0, f"V, {design.MAINS_HZ.value:g} Hz"),
        ("bias current of an input", design.BIAS_A, 1e6, "µA"),
        ("a REF off its half", design.REF_SHARE, 100.0, "%"),
        ("USB's supply, at most", design.VBUS_V, 1.0, "V"),
        ("charger without earth pin", design.TOUCH_CLASS_2_A, 1e6, "µA"),
        ("the same, today", design.TOUCH_ES1_A, 1e6, "µA"),
        ("charger with earth pin", design.TOUCH_CLASS_1_A, 1e6, "µA"),
        ("its earth lead", design.EARTH_LEAD_OHM, 1.0, "ohm"),
        ("two earths", design.EARTHS_V, 1.0, "V"),
        *(("Y capacitor", farad, 1e9, "nF") for farad in design.Y_CAPACITORS_F),
        ("isolator chip's capacitance", design.BARRIER_F, 1e12, "pF"),
        ("isolated supply's capacitance", design.SUPPLY_BARRIER_F, 1e12, "pF"),
        ("laptop to the room", design.LAPTOP_TO_EARTH_F, 1e12, "pF"),
        ("a laptop's battery, at most", design.LAPTOP_BATTERY_V, 1.0, "V"),
        ("a room's hum in the body", design.BODY_HUM_A, 1e6, "µA"),
        ("common mode rejection", design.COMMON_MODE, 1.0, "times"),
    )
    rows = [
        (
            name,
            f"{figure.value * factor:g} {unit}",
            f"{figure.source} ({status_words(figure.status)})",
        )
        for name, figure, factor, unit in used
    ]
    return table(("figure", "value", "source"), rows)


def faults_passage() -> str:
    """A table for each group of faults."""
    parts = []
    for heading, group in groups():
        rows = [_row(fault) for fault in group]
        head = (
            "| what, and how it comes about | where the current goes | worst | typical | limit "
            "| verdict | what guards against it |"
        )
        parts += [f"### {heading}", "", head, "| --- | --- | ---: | ---: | ---: | --- | --- |"]
        parts += [*rows, ""]
    return "\n".join(parts)


def _row(fault: Fault) -> str:
    verdict = "**ABOVE**" if fault.verdict == "ABOVE" else "within"
    kind = "=" if fault.kind == "d.c." else "~"
    cells = (
        f"**{fault.name}**: {fault.how}",
        fault.path,
        amount(fault.worst_a),
        amount(fault.typical_a),
        f"{amount(fault.limit_a)}\N{NO-BREAK SPACE}{kind}",
        verdict,
        fault.guard,
    )
    return f"| {' | '.join(cells)} |"


def options_passage() -> str:
    """What resistors in the leads would do, and what they cost."""
    rows = [
        f"| {option.name} | {_against(option.to_ref_a)} | {_against(option.to_laptop_a)} | "
        f"{option.noise_v * 1e6:.1f} µV RMS | {option.hum_v * 1e6:.1f} µV RMS |"
        for option in options()
    ]
    head = (
        "| resistors | supply between an input and REF | between an input and a hand on the "
        "laptop's metal | noise that they add | hum of the room |"
    )
    return "\n".join((head, "| --- | --- | --- | ---: | ---: |", *rows))


def _against(current_a: float) -> str:
    above = current_a > design.LEAK_FAULT_DC_A.value
    return f"{amount(current_a)} µA, {'**ABOVE**' if above else 'within'}"
