"""The passages of safety.md that are made: limits, faults, resistors, and the short form."""

from __future__ import annotations

from hardware import design
from hardware.safety.faults import Fault, faults, options
from unclench.training.safety import RULES

_GROUPS = (
    ("On battery: what the sensor unit itself can do", 10),
    ("With a medical-grade isolator and isolated power", 4),
    ("With a charger plugged in and no isolator: never do this", 7),
    ("Something else is faulty, and you touch it", 2),
)


def amount(current_a: float) -> str:
    """Microamperes with three figures: 0.035, 78.6, 3300, 230000."""
    current_ua = current_a * 1e6
    if current_ua >= 100:
        return f"{float(f'{current_ua:.3g}'):.0f}"
    return f"{current_ua:.2g}" if current_ua < 10 else f"{current_ua:.3g}"


def short_form() -> str:
    """What the program shows."""
    return "\n".join(f"- **{title}.** {words}" for title, words in RULES)


def limits_passage() -> str:
    """The figures that the table rests on."""
    used = (
        ("nothing broken, a.c.", design.LEAK_NORMAL_AC_A, 1e6, "µA"),
        ("one thing broken, a.c.", design.LEAK_FAULT_AC_A, 1e6, "µA"),
        ("nothing broken, d.c.", design.LEAK_NORMAL_DC_A, 1e6, "µA"),
        ("one thing broken, d.c.", design.LEAK_FAULT_DC_A, 1e6, "µA"),
        ("the body at worst", design.BODY_OHM, 1e-3, "kohm"),
        ("one electrode, typical", design.ELECTRODE_OHM, 1e-3, "kohm"),
        ("mains", design.MAINS_V, 1.0, f"V, {design.MAINS_HZ.value:g} Hz"),
        ("bias current of an input", design.BIAS_A, 1e6, "µA"),
        ("charger without earth pin", design.TOUCH_CLASS_2_A, 1e6, "µA"),
        ("charger with earth pin", design.TOUCH_CLASS_1_A, 1e6, "µA"),
        ("its earth lead", design.EARTH_LEAD_OHM, 1.0, "ohm"),
        *(("Y capacitor", farad, 1e9, "nF") for farad in design.Y_CAPACITORS_F),
        ("isolator chip's capacitance", design.BARRIER_F, 1e12, "pF"),
        ("isolated supply's capacitance", design.SUPPLY_BARRIER_F, 1e12, "pF"),
        ("laptop to the room", design.LAPTOP_TO_EARTH_F, 1e12, "pF"),
        ("a laptop's battery, at most", design.LAPTOP_BATTERY_V, 1.0, "V"),
    )
    rows = [
        f"| {name} | {figure.value * factor:g} {unit} | {_source(figure)} |"
        for name, figure, factor, unit in used
    ]
    return "\n".join(("| figure | value | source |", "| --- | --- | --- |", *rows))


def _source(figure: design.Figure) -> str:
    said = "*unverified*" if figure.status == "unverified" else figure.status
    return f"{figure.source} ({said})"


def faults_passage() -> str:
    """A table for each group of faults."""
    rest = list(faults())
    parts = []
    for heading, n in _GROUPS:
        group, rest = rest[:n], rest[n:]
        rows = [_row(fault) for fault in group]
        head = (
            "| what, and how it comes about | where the current goes | worst | typical | limit "
            "| verdict | what guards against it |"
        )
        parts += [f"### {heading}", "", head, "| --- | --- | ---: | ---: | ---: | --- | --- |"]
        parts += [*rows, ""]
    assert not rest, "a fault belongs to no group"
    return "\n".join(parts)


def _row(fault: Fault) -> str:
    verdict = "**ABOVE**" if fault.verdict == "ABOVE" else "below"
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
        f"| {option.name} | {amount(option.fault_a)} µA | {_against(option.fault_a)} | "
        f"{option.noise_v * 1e6:.2f} µV RMS |"
        for option in options()
    ]
    head = (
        "| resistors | shorted input drives, at worst | against 50 µA d.c. | noise that they add |"
    )
    return "\n".join((head, "| --- | ---: | --- | ---: |", *rows))


def _against(current_a: float) -> str:
    return "**ABOVE**" if current_a > design.LEAK_FAULT_DC_A.value else "below"
