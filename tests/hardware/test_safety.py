"""The fault table: its arithmetic by another way, and verdicts that follow from the numbers."""

from __future__ import annotations

import cmath
import subprocess
import sys

import pytest
from hardware import design
from hardware.making import ROOT
from hardware.safety.faults import Fault, faults, options, thermal_noise_v
from hardware.safety.table import amount, faults_passage

ALL = faults()
PAGE = (ROOT / "hardware" / "safety.md").read_text(encoding="utf-8")


def named(words: str) -> Fault:
    (found,) = [fault for fault in ALL if words in fault.name]
    return found


def ladder_ua(volts: float, ohm: float, farad: float) -> float:
    """By complex impedances, at 50 Hz."""
    return abs(volts / (ohm + 1 / (2j * cmath.pi * 50 * farad))) * 1e6


@pytest.mark.parametrize(
    ("words", "worst_ua", "typical_ua"),
    [
        ("Nothing is wrong", 0.035, 0.035),
        ("RAW shorted", 0.035, 0.035),
        ("input shorted to 3V3", 3300.0, 1.65 / 21e3 * 1e6),
        ("input shorted to GND", 3300.0, 1.65 / 21e3 * 1e6),
        ("REF of one of several", 3300.0, 1.65 / 21e3 * 1e6),
        ("VBUS, and an input", 5000.0, 2.5 / 21e3 * 1e6),
        ("battery voltage", 20e3, 10 / 21e3 * 1e6),
        ("Isolator whole, charger plugged", ladder_ua(230, 1e3, 52.2e-12), 3.77),
        ("Isolator whole, charger's insulation", ladder_ua(230, 1e3, 52.2e-12), 3.77),
        ("barrier broken, laptop on battery", 0.035, 0.035),
        ("barrier broken, charger", 250.0, 250.0),
        ("of 1 nF", ladder_ua(230, 1e3, 1e-9), ladder_ua(230, 11e3, 1e-9)),
        ("of 2.2 nF", ladder_ua(230, 1e3, 2.2e-9), ladder_ua(230, 11e3, 2.2e-9)),
        ("of 4.7 nF", ladder_ua(230, 1e3, 4.7e-9), ladder_ua(230, 11e3, 4.7e-9)),
        ("earth whole", 3.5e-3 * 0.2 / 1e3 * 1e6, 3.5e-3 * 0.2 / 11e3 * 1e6),
        ("earth broken", 3500.0, 3500.0),
        ("Charger's insulation", 230e3, 230 / 11e3 * 1e6),
        ("lamp touched, laptop on battery", ladder_ua(230, 1e3, 200e-12), 14.45),
        ("lamp touched, laptop tied", 230e3, 230 / 11e3 * 1e6),
    ],
)
def test_currents_are_what_an_independent_calculation_gives(words, worst_ua, typical_ua) -> None:
    fault = named(words)
    assert fault.worst_a * 1e6 == pytest.approx(worst_ua, rel=2e-3)
    assert fault.typical_a * 1e6 == pytest.approx(typical_ua, rel=2e-3)


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_a_verdict_follows_from_its_row(fault: Fault) -> None:
    limit_ua = {"d.c.": (10, 50), "a.c.": (100, 500)}[fault.kind][fault.broken > 0]
    assert fault.limit_a * 1e6 == pytest.approx(limit_ua)
    assert fault.verdict == ("ABOVE" if fault.worst_a * 1e6 > limit_ua else "below")
    assert fault.typical_a <= fault.worst_a


def test_a_verdict_goes_by_the_worst_figure_and_by_what_is_broken() -> None:
    def verdict(broken, kind, worst_ua, typical_ua):
        currents = (worst_ua * 1e-6, typical_ua * 1e-6)
        return Fault("", "", "", broken, kind, *currents, "").verdict

    assert verdict(1, "d.c.", 51, 1) == "ABOVE"
    assert verdict(1, "d.c.", 49, 49) == "below"
    assert verdict(0, "d.c.", 49, 1) == "ABOVE"
    assert verdict(1, "a.c.", 499, 499) == "below"
    assert verdict(0, "a.c.", 101, 1) == "ABOVE"


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_the_page_shows_each_fault_with_its_numbers(fault: Fault) -> None:
    (row,) = [line for line in PAGE.split("\n") if line.startswith(f"| **{fault.name}**")]
    _, _, _, worst, typical, limit, verdict, guard, _ = (cell.strip() for cell in row.split("|"))
    assert float(worst) == pytest.approx(fault.worst_a * 1e6, rel=0.06)
    assert float(typical) == pytest.approx(fault.typical_a * 1e6, rel=0.06)
    assert (
        limit
        == f"{fault.limit_a * 1e6:.0f}\N{NO-BREAK SPACE}{'=' if fault.kind == 'd.c.' else '~'}"
    )
    assert (
        verdict.strip("*")
        == fault.verdict
        == ("ABOVE" if float(worst) > float(limit[:-2]) else "below")
    )
    assert guard


def test_what_the_page_concludes_follows_from_the_table() -> None:
    on_battery = [fault for fault in ALL if fault.kind == "a.c." and "on battery" in fault.name]
    isolated = [fault for fault in ALL if fault.name.startswith("Isolator") and fault.broken <= 1]
    assert len(isolated) == 4
    assert {fault.verdict for fault in (*isolated, *on_battery)} == {"below"}
    assert named("of 2.2 nF").broken == 0, "an ordinary, unbroken charger"
    assert named("of 2.2 nF").verdict == "ABOVE"
    assert named("Charger's insulation").worst_a > design.HEART_A.value
    worst_inside = max(f.worst_a for f in ALL if f.kind == "d.c." and f.broken == 1)
    assert worst_inside == pytest.approx(3.3e-3), "the page says 3.3 mA"
    told = " ".join(PAGE.split())
    assert f"felt from about {design.FELT_A.value * 1e6:.0f} µA on" in told
    assert f"from about {design.HEART_A.value * 1e6:,.0f} µA on".replace(",", " ") in told
    assert "at worst 3.3 mA" in told


def test_resistors_in_the_leads_keep_a_shorted_input_below_the_limit_at_a_price() -> None:
    none, small, each, ref_alone = options()
    assert none.fault_a > design.LEAK_FAULT_DC_A.value
    for option in (small, each, ref_alone):
        assert option.fault_a < design.LEAK_FAULT_DC_A.value
    assert ref_alone.fault_a == pytest.approx(3.3 / 69e3)
    assert (none.noise_v, ref_alone.noise_v) == (0.0, 0.0)
    assert each.noise_v == pytest.approx(0.98e-6, rel=0.01)


def test_thermal_noise_is_that_of_the_rule_of_thumb() -> None:
    assert thermal_noise_v(1e3) / 430**0.5 == pytest.approx(
        4.07e-9, rel=0.01
    )  # nV/sqrt(Hz), 1 kohm


def test_amounts_are_read_without_exponents() -> None:
    told = [amount(ua * 1e-6) for ua in (0.035, 3.77, 50, 78.57, 3300, 20909, 230000)]
    assert told == ["0.035", "3.8", "50", "78.6", "3300", "20900", "230000"]
    assert "e+" not in faults_passage()


def test_it_prints_the_table() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hardware.safety"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for fault in ALL:
        (line,) = [line for line in done.stdout.split("\n") if line.endswith(f"  {fault.name}")]
        assert line.split()[4] == fault.verdict
