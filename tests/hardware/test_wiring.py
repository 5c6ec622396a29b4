"""Every wire is traced; drawings, firmware, documents and figures name the same pins and values."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import yaml
from hardware import design
from hardware.design import BUILDS
from hardware.making import ROOT, MakingError
from hardware.markdown import shown
from hardware.wiring import SHARED_DOCUMENT, document, harness, source
from tests import needs

from unclench_board.pins import ADC_PINS
from unclench_wire.ids import MAX_CHANNELS

SENSORS = range(1, MAX_CHANNELS + 1)
NEVER = {design.PIN_VBUS, design.PIN_VSYS, "VBUS", "VSYS", "ENV", "REC"}
COLOURS = {"BU": "blue", "YE": "yellow", "OG": "orange", "RD": "red", "BK": "black", "GN": "green"}
COLOURS |= {"VT": "violet", "GY": "grey"}

each_build = pytest.mark.parametrize("build", BUILDS)


def _expanded(pins: list[int | str]) -> list[int | str]:
    """Pins or wires of one part in a connection; "1-3" is a range."""
    out: list[int | str] = []
    for pin in pins:
        span = re.fullmatch(r"(\d+)-(\d+)", str(pin))
        out += range(int(span[1]), int(span[2]) + 1) if span else [pin]
    return out


def _steps(parsed: dict) -> list:
    """All pieces of wire: ((part, pin), (part, pin))."""
    out = []
    for connection in parsed["connections"]:
        drawn = [part for part in connection if part != "--"]  # joined without a cable
        parts = [(name, _expanded(pins)) for part in drawn for name, pins in part.items()]
        for (here, some), (there, others) in pairwise(parts):
            pairs = zip(some, others, strict=True)
            out += [((here, pin), (there, other)) for pin, other in pairs]
    return out


def _net(parsed: dict, start: tuple) -> set:
    """All that is connected with a contact, wires left out."""
    beside = defaultdict(set)
    for one, other in _steps(parsed):
        beside[one].add(other)
        beside[other].add(one)
    seen, left = {start}, [start]
    while left:
        for node in beside[left.pop()] - seen:
            seen.add(node)
            left.append(node)
    return {(part, pin) for part, pin in seen if part in parsed["connectors"]}


def _pico(net: set) -> set:
    return {pin for part, pin in net if part == "PICO"}


def _of_sensors(net: set) -> set:
    return {(part, pin) for part, pin in net if part.startswith("S")}


def _words(svg: str) -> list[str]:
    texts = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return sorted("".join(text.itertext()).strip() for text in texts)


def _picture(name: str) -> str:
    return (ROOT / "hardware/pictures" / name).read_text(encoding="utf-8")


def _rows(text: str, heading: str) -> list[list[str]]:
    """Of the first table after `heading`, without its head."""
    lines = [line.strip() for line in text.partition(heading)[2].splitlines()]
    first = next(k for k, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@each_build
@pytest.mark.parametrize("sensor", SENSORS)
def test_every_wire_of_a_sensor_ends_at_its_pin(build, sensor) -> None:
    parsed = yaml.safe_load(source(build))
    raw = _net(parsed, (f"S{sensor}", "RAW"))
    assert _pico(raw) == {design.HEADER_PIN_OF_GPIO[ADC_PINS[sensor - 1]]}
    assert _of_sensors(raw) == {(f"S{sensor}", "RAW")}, "two sensors are joined"
    supply = _net(parsed, (f"S{sensor}", "VIN"))
    assert _pico(supply) == {design.PIN_3V3}
    assert _of_sensors(supply) == {(f"S{k}", "VIN") for k in SENSORS}
    ground = _net(parsed, (f"S{sensor}", "GND"))
    assert _pico(ground) == {design.PIN_AGND}
    assert _of_sensors(ground) == {(f"S{k}", "GND") for k in SENSORS}


@each_build
def test_supply_and_ground_only_go_through_the_rails(build) -> None:
    parsed = yaml.safe_load(source(build))
    rails = parsed["connectors"].pop("RAILS")
    assert rails["pins"] == ["+", "-"]
    joined = {pin: _net(yaml.safe_load(source(build)), ("RAILS", pin)) for pin in rails["pins"]}
    assert _pico(joined["+"]) == {design.PIN_3V3}
    assert _pico(joined["-"]) == {design.PIN_AGND}
    parsed["connections"] = [
        steps for steps in parsed["connections"] if not any("RAILS" in part for part in steps)
    ]
    for sensor in SENSORS:  # no way but by the rails
        assert not _pico(_net(parsed, (f"S{sensor}", "VIN")))
        assert not _pico(_net(parsed, (f"S{sensor}", "GND")))


@each_build
def test_nothing_is_connected_to_5_v_or_to_an_output_other_than_raw(build) -> None:
    parsed = yaml.safe_load(source(build))
    ends = {pin for step in _steps(parsed) for _, pin in step}
    assert not ends & NEVER
    for connector in parsed["connectors"].values():
        assert not {*connector["pins"], *connector.get("pinlabels", ())} & NEVER
    of_sensors = {pin for step in _steps(parsed) for part, pin in step if part.startswith("S")}
    assert of_sensors == {"RAW", "VIN", "GND"}


@each_build
def test_every_connection_uses_a_contact_and_a_wire_that_are_there(build) -> None:
    parsed = yaml.safe_load(source(build))
    for part, pin in {end for step in _steps(parsed) for end in step}:
        if part in parsed["connectors"]:
            assert pin in parsed["connectors"][part]["pins"]
        else:
            assert 1 <= pin <= parsed["cables"][part]["wirecount"]


@each_build
def test_pins_of_the_pico_have_their_datasheet_names(build) -> None:
    pico = yaml.safe_load(source(build))["connectors"]["PICO"]
    names: dict[int | str, str] = {
        design.HEADER_PIN_OF_GPIO[gpio]: f"GP{gpio}" for gpio in ADC_PINS
    }
    names |= {design.PIN_3V3: "3V3", design.PIN_AGND: "AGND", design.PIN_ADC_VREF: "ADC_VREF"}
    names |= {"USB": ""}
    drawn = dict(zip(pico["pins"], pico["pinlabels"], strict=True))
    assert drawn == {pin: names[pin] for pin in drawn}


@each_build
def test_the_wiring_drawing_has_pins_and_warnings(build) -> None:
    words = " ".join(_words(_picture(f"wiring-{build}.svg")))
    for k, (gpio, pin) in enumerate(zip(ADC_PINS, design.RAW_PINS, strict=True), 1):
        assert f"S{k}:RAW" in words
        assert f"PICO:{pin}:GP{gpio}" in words
    parsed = yaml.safe_load(source(build))
    assert words.count("RAILS:+") >= MAX_CHANNELS
    assert words.count("RAILS:-") >= MAX_CHANNELS
    assert all(word in words for word in ("RAILS", "3V3", "AGND"))
    assert words.count("REF: on bone") == MAX_CHANNELS
    assert "ON BATTERY" in words
    assert "medical USB isolator" in words
    note = parsed["connectors"]["PICO"]["notes"].partition("NEVER CONNECTED:")[2]
    for never in (f"VBUS ({design.PIN_VBUS}, 5 V)", f"VSYS ({design.PIN_VSYS})", "ENV"):
        assert never in note
        assert never in words


@each_build
@needs.dot
def test_drawing_the_wiring_again_gives_the_same_labels(build, tmp_path, monkeypatch) -> None:
    needs.module("wireviz")
    room = ROOT / "hardware/wiring"
    before = {path.name for path in room.iterdir() if path.suffix}
    monkeypatch.chdir(tmp_path)
    assert _words(harness(build)) == _words(_picture(f"wiring-{build}.svg"))
    assert not list(tmp_path.iterdir())
    assert {path.name for path in room.iterdir() if path.suffix} == before


def test_the_schematic_shows_pins_and_values() -> None:
    words = _words(_picture("schematic-tidy.svg"))
    for gpio, pin in zip(ADC_PINS, design.RAW_PINS, strict=True):
        assert f"GP{gpio} ({pin})" in words
    assert {f"3V3 ({design.PIN_3V3})", f"ADC_VREF ({design.PIN_ADC_VREF})"} <= set(words)
    assert {f"AGND ({design.PIN_AGND})", "REF", "on bone"} <= set(words)
    assert f"R1 {shown(design.FILTER_OHM)}" in words
    assert f"C1 {shown(design.FILTER_F)}" in words
    assert f"R2 {shown(design.SUPPLY_OHM)}, {shown(design.SUPPLY_OHM_W)}" in words
    assert f"C2 {shown(design.SUPPLY_F)}" in words
    assert {shown(design.VREF_SERIES_OHM), shown(design.VREF_ON_BOARD_F)} <= set(words)
    assert words.count("+") == 2, "C2 and C7 may be electrolytic"
    assert words.count("ENV") == words.count("never") == 1


def test_values_in_the_harness_are_those_of_the_design() -> None:
    connectors = yaml.safe_load(source("tidy"))["connectors"]
    ohms = [f"Resistor {shown(figure)}" for figure in (design.FILTER_OHM, design.SUPPLY_OHM)]
    farads = [f"Capacitor {shown(figure)}" for figure in (design.FILTER_F, design.SUPPLY_F)]
    for k in SENSORS:
        held = [part["type"] for part in connectors[f"F{k}"]["additional_components"]]
        assert held == [ohms[0], farads[0], ohms[1], farads[1]]
        notes = connectors[f"F{k}"]["notes"]
        for figure in (design.FILTER_OHM, design.FILTER_F, design.SUPPLY_OHM, design.SUPPLY_F):
            assert shown(figure) in notes
    held = [part["type"] for part in connectors["V1"]["additional_components"]]
    vref = (design.VREF_BULK_F, design.VREF_CERAMIC_F)
    assert held == [f"Capacitor {shown(figure)}" for figure in vref]
    assert sum(figure.value for figure in vref) == pytest.approx(design.VREF_EXTRA_F.value)
    lead = yaml.safe_load(source("tidy"))["cables"]["L1"]
    assert lead["length"] == design.LEAD_M.value


def test_adc_vref_is_decoupled_to_agnd() -> None:
    parsed = yaml.safe_load(source("tidy"))
    assert _net(parsed, ("V1", "+")) == {("V1", "+"), ("PICO", design.PIN_ADC_VREF)}
    assert _pico(_net(parsed, ("V1", "-"))) == {design.PIN_AGND}


@each_build
def test_the_guides_pin_table_is_that_of_the_harness(build) -> None:
    parsed = yaml.safe_load(source(build))
    text = (ROOT / document(build)).read_text(encoding="utf-8")
    seen = set()
    for number, contact, _, colour, pin in _rows(text, "<!-- made: pins -->"):
        told = int(pin.split()[0])
        starts = [(f"S{k}", contact) for k in SENSORS if number in (str(k), "each")]
        if number == "none":
            assert contact == "ADC_VREF"
            starts = [("V1", "+")]
        for start in starts:
            assert _pico(_net(parsed, start)) == {told}
            cables = [b for a, b in _steps(parsed) if a == start]
            assert cables
            for cable, wire in cables:
                assert COLOURS[parsed["cables"][cable]["colors"][wire - 1]] == colour
            seen.add(start)
    assert {(f"S{k}", pin) for k in SENSORS for pin in ("RAW", "VIN", "GND")} <= seen


@each_build
def test_pins_in_the_document_are_of_the_design(build) -> None:
    pages = (document(build), SHARED_DOCUMENT)
    text = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in pages)
    assert f"VBUS (pin {design.PIN_VBUS})" in text
    assert f"VSYS (pin {design.PIN_VSYS})" in text
    assert f"Pins {design.PROMPT_HEADER_PIN} and {design.PIN_PROMPT_GND} stay free" in text
    raw = ", ".join(map(str, design.RAW_PINS))
    assert f"RAW of sensor 1, 2, 3 and pin {raw}" in text
    assert f"pin {design.PIN_3V3} and pin {design.PIN_AGND}" in text
    assert f"{1e3 * design.SUPPLY_LIMIT_A.value:.0f} mA" in text
    amperes = (design.SENSOR_SUPPLY_A, design.SENSOR_SUPPLY_MOST_A)
    usual, most = (MAX_CHANNELS * 1e3 * figure.value for figure in amperes)
    assert f"three sensors take {usual:.0f} mA, at most {most:.0f} mA" in " ".join(text.split())
    supply = next(row for row in _rows(text, "| what | between |") if "supply" in row[0])
    assert f"a MyoWare 1.0 below {design.SENSOR_1_LEAST_V.value} V" in supply[-1]
    assert f"{design.LEAD_M.value:.0f} m" in text
    assert f"MID and END {design.ELECTRODE_LEAD_M.value} m at most" in text
    told = " ".join(text.split())
    assert f"REF may be longer, {design.REF_LEAD_M.value:.0f} m at most" in told


def test_the_readmes_short_wiring_has_the_pins_of_the_design() -> None:
    text = " ".join((ROOT / "hardware/README.md").read_text(encoding="utf-8").split())
    gpios, pins = (", ".join(map(str, numbers)) for numbers in (ADC_PINS, design.RAW_PINS))
    assert f"RAW of sensor 1, 2, 3 to GP{gpios.replace(', ', ', GP')} (pins {pins})" in text
    assert f"VIN to 3V3 (pin {design.PIN_3V3}; never VBUS)" in text
    assert f"GND to AGND (pin {design.PIN_AGND})" in text


def test_corner_frequencies_in_the_tidy_guide_are_computed() -> None:
    text = (ROOT / document("tidy")).read_text(encoding="utf-8")
    corner_hz = 1 / (6.283185 * design.FILTER_OHM.value * design.FILTER_F.value)
    assert f"corner {corner_hz / 1e3:.1f} kHz" in text
    assert 1 - (1 + (450 / corner_hz) ** 2) ** -0.5 < 0.003
    assert (
        f"corner {1 / (6.283185 * design.SUPPLY_OHM.value * design.SUPPLY_F.value):.0f} Hz" in text
    )


def test_three_sensors_at_their_limit_stay_within_the_supply() -> None:
    most = MAX_CHANNELS * design.SENSOR_SUPPLY_LIMIT_A.value
    assert most < design.SUPPLY_LIMIT_A.value
    assert design.SENSOR_SUPPLY_A.status == "unverified"
    assert design.SENSOR_SUPPLY_LIMIT_A.value > 3 * design.SENSOR_SUPPLY_A.value
    assert design.SENSOR_SUPPLY_LIMIT_A.value > 2 * design.SENSOR_SUPPLY_MOST_A.value


def test_a_myoware_1_gets_enough_voltage_through_the_filter() -> None:
    drop_v = design.SENSOR_SUPPLY_MOST_A.value * design.SUPPLY_OHM.value
    assert design.SUPPLY_V.value - drop_v > design.SENSOR_1_LEAST_V.value


def test_the_supply_resistor_withstands_a_short_and_the_guide_warns_of_it() -> None:
    volts, ohm = design.SUPPLY_V.value, design.SUPPLY_OHM.value
    watts = volts**2 / ohm
    assert 1.5 * watts < design.SUPPLY_OHM_W.value
    text = " ".join((ROOT / document("tidy")).read_text(encoding="utf-8").split())
    assert f"{volts / ohm:.2f} A and {watts:.1f} W" in text
    assert f"{watts:.1f} W" in design.SUPPLY_OHM_W.source
    held = yaml.safe_load(source("tidy"))["connectors"]["F1"]["notes"]
    assert f"{shown(design.SUPPLY_OHM)} ({shown(design.SUPPLY_OHM_W)})" in held


def test_without_its_tools_a_drawing_names_what_to_install(monkeypatch) -> None:
    needs.module("wireviz")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")
        with pytest.raises(MakingError, match="install graphviz"):
            harness("tidy")
    monkeypatch.setitem(sys.modules, "wireviz.wireviz", None)
    with pytest.raises(MakingError, match="pip install"):
        harness("tidy")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1e3, "ohm", "1 kohm"),
        (22e-9, "F", "22 nF"),
        (100e-6, "F", "100 uF"),
        (2.2e-6, "F", "2.2 uF"),
    ],
)
def test_figures_are_written_as_printed_on_parts(value, unit, words) -> None:
    assert shown(design.Figure(value, unit, "", "chosen")) == words
