"""The fault table: its arithmetic by another way, and verdicts that follow from the numbers."""

from __future__ import annotations

import cmath

import pytest
from hardware import design
from hardware.making import ROOT
from hardware.safety.currents import Fault
from hardware.safety.faults import faults
from hardware.safety.leads import options
from hardware.safety.table import amount, faults_passage

from unclench.live.words import STATE_WORDS
from unclench.settings import Place
from unclench.training.placement.sites import sensor_warning

ALL = faults()
PAGE = (ROOT / "hardware" / "safety.md").read_text(encoding="utf-8")


def named(words: str) -> Fault:
    """The one whose name begins so, or has it in it."""
    exact = [fault for fault in ALL if fault.name == words]
    (found,) = exact or [fault for fault in ALL if words in fault.name]
    return found


def ladder_ua(volts: float, ohm: float, farad: float) -> float:
    """By complex impedances, at 50 Hz."""
    return abs(volts / (ohm + 1 / (2j * cmath.pi * 50 * farad))) * 1e6


@pytest.mark.parametrize(
    ("words", "worst_ua", "typical_ua"),
    [
        ("Nothing is wrong", 2 * 0.065, 2 * 0.065),
        ("Hand on bare metal", 1650.0, 1.65 / (1e3 + 10e3 + 100e3) * 1e6),
        ("Two sensors worn", (1.65 * 1.01 - 1.65 * 0.99) / 1e3 * 1e6, 0.033 / 21e3 * 1e6),
        ("RAW shorted", 0.13, 0.13),
        ("REF of one sensor shorted", 0.13, 0.13),
        ("supplied from VBUS (5 V)", 0.13, 0.13),
        ("regulator fails", 0.13, 0.13),
        ("behind the 10 ohm", 0.13, 0.13),
        ("Electrode input shorted to 3V3", 3300.0, 1.65 / 21e3 * 1e6),
        ("Electrode input shorted to GND", 3300.0, 1.65 / 21e3 * 1e6),
        ("Input or REF at 3V3", 3300.0, 3.3 / 111e3 * 1e6),
        ("REF of one of several", 3300.0, 1.65 / 21e3 * 1e6),
        ("half out of its jack", 3300.0, 1.65 / 21e3 * 1e6),
        ("3.5 mm plug in the wrong jack", 3300.0, 3.3 / 21e3 * 1e6),
        ("VBUS, and an input", 5500.0, 2.75 / 21e3 * 1e6),
        ("battery voltage", 20e3, 10 / 21e3 * 1e6),
        ("Isolator whole, charger plugged", ladder_ua(230, 1e3, 52.2e-12), 3.77),
        ("Isolator whole, charger's insulation", ladder_ua(230, 1e3, 52.2e-12), 3.77),
        ("Isolator whole, input shorted", 3300.0, 1.65 / 21e3 * 1e6),
        ("barrier broken, laptop on battery", 0.13, 0.13),
        ("barrier broken, charger", 500.0, 250.0),
        ("of 1 nF", ladder_ua(230, 1e3, 1e-9), ladder_ua(230, 11e3, 1e-9)),
        ("of 2.2 nF", ladder_ua(230, 1e3, 2.2e-9), ladder_ua(230, 11e3, 2.2e-9)),
        ("of 4.7 nF", ladder_ua(230, 1e3, 4.7e-9), ladder_ua(230, 11e3, 4.7e-9)),
        ("Class II charger at the limit", 500.0, 250.0),
        ("earth whole", 3.5e-3 * 0.2 / 1e3 * 1e6, 3.5e-3 * 0.2 / 11e3 * 1e6),
        ("you touch another earth", 1000.0, 1 / 11e3 * 1e6),
        ("earth broken", 3500.0, 3500.0),
        ("Charger's insulation failed", 230e3, 230 / 1350 * 1e6),
        ("Faulty lamp touched, laptop on battery", ladder_ua(230, 1e3, 200e-12), 14.45),
        ("against earthed metal", 230e3, 230 / 1350 * 1e6),
        ("lamp touched, laptop tied", 230e3, 230 / 1350 * 1e6),
    ],
)
def test_fault_currents_agree_with_an_independent_calculation(words, worst_ua, typical_ua) -> None:
    fault = named(words)
    assert fault.worst_a * 1e6 == pytest.approx(worst_ua, rel=2e-3)
    assert fault.typical_a * 1e6 == pytest.approx(typical_ua, rel=2e-3)


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_each_verdict_follows_from_the_figures_of_its_row(fault: Fault) -> None:
    limit_ua = {"d.c.": (10, 50), "a.c.": (100, 500)}[fault.kind][fault.broken > 0]
    assert fault.limit_a * 1e6 == pytest.approx(limit_ua)
    assert fault.verdict == ("ABOVE" if fault.worst_a * 1e6 > limit_ua else "within")
    assert fault.typical_a <= fault.worst_a


def test_a_verdict_uses_the_worst_figure_and_the_limit_for_what_is_broken() -> None:
    def verdict(broken, kind, worst_ua, typical_ua):
        currents = (worst_ua * 1e-6, typical_ua * 1e-6)
        return Fault("", "", "", broken, kind, *currents, "").verdict

    assert verdict(1, "d.c.", 51, 1) == "ABOVE"
    assert verdict(1, "d.c.", 49, 49) == "within"
    assert verdict(0, "d.c.", 49, 1) == "ABOVE"
    assert verdict(1, "a.c.", 499, 499) == "within"
    assert verdict(1, "a.c.", 500, 250) == "within", "the limit itself is allowed"
    assert verdict(0, "a.c.", 101, 1) == "ABOVE"


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_the_safety_page_shows_each_fault_with_its_currents(fault: Fault) -> None:
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
        == ("ABOVE" if float(worst) > float(limit[:-2]) else "within")
    )
    assert guard


def test_every_fault_has_an_independent_calculation() -> None:
    (mark,) = test_fault_currents_agree_with_an_independent_calculation.pytestmark
    assert {named(words).name for words, *_ in mark.args[1]} == {fault.name for fault in ALL}


def told() -> str:
    return " ".join(PAGE.replace("**", "").split())


def test_conclusions_of_the_safety_page_follow_from_the_table() -> None:
    assert "two rows are above the limit with nothing broken" in told().lower()
    whole = [f.name for f in ALL if f.verdict == "ABOVE" and f.broken == 0 and f.kind == "d.c."]
    assert whole == ["Hand on bare metal of the laptop", "Two sensors worn at once"]
    unit = [f for f in ALL if f.kind == "a.c." and "on battery" in f.name]
    assert all("lamp" in fault.name for fault in unit), "the mains comes from something else alone"
    assert {fault.verdict for fault in unit} == {"within", "ABOVE"}
    isolated = [f for f in ALL if f.name.startswith("Isolator") and f.broken <= 1]
    assert {f.verdict for f in isolated if f.kind == "a.c."} == {"within"}
    assert [f.worst_a for f in isolated if f.verdict == "ABOVE"] == [pytest.approx(3.3e-3)]
    assert named("of 2.2 nF").broken == 0, "an ordinary, unbroken charger"
    assert named("of 2.2 nF").verdict == "ABOVE"
    for fatal in ("Charger's insulation failed", "against earthed metal"):
        assert named(fatal).typical_a > design.HEART_A.value
    assert f"about {named('Hand on bare metal').typical_a * 1e6:.0f} µA flow" in told()
    assert named("Nothing is wrong").worst_a == pytest.approx(0.1e-6, rel=0.5), "about a tenth"


def test_the_safety_page_says_what_people_feel() -> None:
    for figure, words in (
        (design.FELT_A, "felt from about {} µA on"),
        (design.LET_GO_A, "from about {} µA on muscles cramp"),
        (design.HEART_A, "from about {} µA on it can make the heart fibrillate"),
    ):
        amount_ua = f"{figure.value * 1e6:,.0f}".replace(",", " ")
        assert words.format(amount_ua) in told()
    assert f"the body is {design.BODY_AT_MAINS_OHM.value:g} ohm then" in told()


def test_the_fault_table_has_the_heat_of_a_short_in_the_tidy_build() -> None:
    fault = named("behind the 10 ohm")
    assert f"{3.3 / 10:.2f} A and {3.3**2 / 10:.1f} W" in fault.path
    assert "10 ohm of 2 W" in fault.guard, "it bears that"


def test_the_safety_page_warns_of_plugs_that_fit_the_wrong_jack() -> None:
    _, _, after = PAGE.partition("## What never to connect")
    warned = " ".join(after.partition("\n## ")[0].split())
    (sentence,) = [bold for bold in warned.split("**")[1::2] if "3.5 mm" in bold]
    assert "Cable Shield" in sentence
    assert "label" in sentence.lower()
    assert "labelled" in named("3.5 mm plug").guard


def test_chargers_are_unplugged_only_with_the_electrodes_off() -> None:
    for words in STATE_WORDS.values():
        if "charger" in words.advice:
            assert words.advice.startswith("Electrodes off")


def test_the_program_warns_of_several_sensors_with_the_figure_of_the_table() -> None:
    worst_inside = max(f.worst_a for f in ALL if f.kind == "d.c." and f.broken == 1)
    assert worst_inside == pytest.approx(3.3e-3)
    two = [Place(channel=1, site="jaw", side="left"), Place(channel=2, site="neck", side="left")]
    assert "up to 3.3 mA" in sensor_warning(two)
    assert "at worst 3.3 mA" in told()
    assert "up to 3.3 mA could flow from one to the other" in told()


def test_resistors_in_the_leads_limit_the_current_but_add_noise() -> None:
    none, each, ref_alone = options()
    limit_a = design.LEAK_FAULT_DC_A.value
    assert none.to_ref_a == none.to_laptop_a == pytest.approx(3.3e-3)
    assert each.to_ref_a == pytest.approx(3.3 / (1e3 + 2 * 99e3))
    assert each.to_laptop_a == ref_alone.to_ref_a == pytest.approx(3.3 / (1e3 + 99e3))
    assert max(each.to_ref_a, each.to_laptop_a, ref_alone.to_ref_a) < 0.7 * limit_a, "with margin"
    assert ref_alone.to_laptop_a == none.to_laptop_a > limit_a, "it is not in that way"
    assert (none.noise_v, ref_alone.noise_v) == (0.0, 0.0)
    assert each.noise_v == pytest.approx(1.19e-6, rel=0.01)
    assert none.hum_v == pytest.approx(0.5e-6)
    assert each.hum_v == ref_alone.hum_v == pytest.approx(0.5e-6 * 110e3 / 1e4)
    assert f"{1.65 / 100e3 * 1e6:.1f} µA at worst, of 10 allowed" in told()
    assert f"({3.3 / 199e3 * 1e6:.1f} µA at worst with one in each" in told()
    assert f"100 kohm is {230 / 100e3 * 1e6:.0f} µA" in told()


def test_currents_are_written_without_exponents() -> None:
    told = [amount(ua * 1e-6) for ua in (0.035, 3.77, 50, 78.57, 3300, 20909, 230000)]
    assert told == ["0.035", "3.8", "50", "78.6", "3300", "20900", "230000"]
    assert "e+" not in faults_passage()


def test_the_command_prints_the_fault_table(run_module) -> None:
    status, printed, errors = run_module("hardware.safety")
    assert (status, errors) == (0, "")
    for fault in ALL:
        (line,) = [line for line in printed.split("\n") if line.endswith(f"  {fault.name}")]
        assert line.split()[4] == fault.verdict
