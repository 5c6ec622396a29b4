"""Whoever builds by the guides finds each pin, and is told what must not go wrong."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import yaml
from hardware import design
from hardware.design import BUILDS, Build
from hardware.making import ROOT
from hardware.markdown import shown
from hardware.wiring import SHARED_DOCUMENT, document, pico, source
from tests.known import known

from unclench_board.pins import ADC_PINS, PROMPT_PIN

SVG = "{http://www.w3.org/2000/svg}"

each_build = pytest.mark.parametrize("build", BUILDS)


def _text(build: Build) -> str:
    """Return a build's guide, and the page that all guides share."""
    pages = (document(build), SHARED_DOCUMENT)
    return "\n".join((ROOT / page).read_text(encoding="utf-8") for page in pages)


def test_the_drawing_of_the_pico_numbers_all_pins_and_names_the_used_ones() -> None:
    picture = (ROOT / "hardware/pictures/pico-pins.svg").read_text(encoding="utf-8")
    at: dict[float, list[tuple[float, str]]] = {}
    for text in ElementTree.fromstring(picture).iter(f"{SVG}text"):
        word = float(text.attrib["x"]), known(text.text)
        at.setdefault(float(text.attrib["y"]), []).append(word)
    lines = [[words for _, words in sorted(line)] for _, line in sorted(at.items())]
    pins = [line for line in lines if line[0].isdecimal()]
    assert [(int(line[0]), int(line[1])) for line in pins] == [(k, 41 - k) for k in range(1, 21)]
    named = {int(line[1]): line[2:] for line in pins if line[2:]}
    begins = {
        **{
            design.HEADER_PIN_OF_GPIO[gpio]: f"GP{gpio}: RAW {k}"
            for k, gpio in enumerate(ADC_PINS, 1)
        },
        design.PIN_3V3: "3V3:",
        design.PIN_AGND: "AGND:",
        design.PIN_ADC_VREF: "ADC_VREF:",
        design.HEADER_PIN_OF_GPIO[PROMPT_PIN]: f"GP{PROMPT_PIN}: keep free",
        design.PIN_PROMPT_GND: "GND: keep free",
        design.PIN_VBUS: "VBUS, about 5 V: never",
        design.PIN_VSYS: "VSYS, about 5 V: never",
    }
    assert set(named) == set(begins)
    for pin, (place, name) in named.items():
        assert name.startswith(begins[pin])
        assert int(known(re.match(r"\d+", place))[0]) == 41 - pin


def test_the_colour_of_a_pin_is_that_of_its_wire() -> None:
    parsed = yaml.safe_load(source("no-solder"))
    for k, pin in enumerate(design.RAW_PINS, 1):
        wire = {"#0066ff": "BU", "#f2c500": "YE", "#ff8000": "OG"}[pico.USED[pin][1]]
        assert parsed["cables"][f"W{k}"]["colors"][0] == wire


def test_pins_can_be_found_by_counting() -> None:
    text = " ".join((ROOT / SHARED_DOCUMENT).read_text(encoding="utf-8").split())
    row = text.partition("**Right row, counted")[2].partition("stay free")[0]
    told = re.findall(r"(\d+) (?:is )?the (\d+)(?:st|nd|rd|th)\b", row)
    assert {int(pin): int(place) for pin, place in told} == {
        pin: 41 - pin
        for pin in (
            *design.RAW_PINS,
            *(design.PIN_3V3, design.PIN_AGND, design.PIN_ADC_VREF),
            *(design.PROMPT_HEADER_PIN, design.PIN_PROMPT_GND, design.PIN_VBUS, design.PIN_VSYS),
        )
    }
    assert f"{design.PIN_VBUS} is the 1st and {design.PIN_VSYS} the 2nd: never these" in row
    assert "](pictures/pico-pins.svg)" in text


@each_build
def test_the_warning_about_wrong_plugs_is_bold(build) -> None:
    text = " ".join(_text(build).split())
    warned = next(bold for bold in re.findall(r"\*\*(.+?)\*\*", text) if "3V3 and GND" in bold)
    assert warned.startswith("Never put an electrode lead with a 3.5 mm plug")
    assert all(word in warned for word in ("Link Shield", "jack", "Cable Shield", "skin", "inputs"))
    most_ua = 1e6 * design.SUPPLY_V.value / design.BODY_OHM.value
    assert f"Up to {most_ua:.0f} µA could flow then (computed" in text


def test_sites_on_leads_wait_until_the_leads_are_measured() -> None:
    text = (ROOT / SHARED_DOCUMENT).read_text(encoding="utf-8")
    section = " ".join(text.partition("## With a Cable Shield")[2].partition("\n## ")[0].split())
    assert "these sites wait until you have measured it" in section
    share = 100 * design.LEAD_SHARE.value
    assert f"{shown(design.LEAD_OHM)}, {share:.0f} %, in REF's lead" in section
    assert "no-solder: only with a screw terminal" in section
    assert "tidy: soldered" in section


@each_build
def test_guides_say_that_electrodes_from_the_foil_never_go_onto_skin(build) -> None:
    text = " ".join(_text(build).split())
    assert "What has been on foil is used up: take fresh electrodes for the skin." in text


@each_build
def test_a_reading_is_unverified_if_any_figure_in_it_is(build) -> None:
    drop_v = design.SENSOR_SUPPLY_A.value * design.SUPPLY_OHM.value if build == "tidy" else 0.0
    rest_v = (design.SUPPLY_V.value - drop_v) / 2
    mark = "*unverified*" if drop_v else "computed"
    assert design.SENSOR_SUPPLY_A.status == "unverified"
    row = known(re.search(r"\| each sensor's rest \|.*", _text(build)))[0]
    assert f" | {rest_v:.2f} V ({mark}) | " in row
