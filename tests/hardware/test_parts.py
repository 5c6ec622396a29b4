"""The parts list is what the drawings hold, no less and no more, and its totals add up."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
import yaml
from hardware import design
from hardware.design import BUILDS, Build
from hardware.making import ROOT
from hardware.markdown import shown
from hardware.wiring import SHARED_DOCUMENT, document, parts, source

from unclench_wire.ids import MAX_CHANNELS

SENSORS = range(1, MAX_CHANNELS + 1)
EACH = "STJWFL"  # designators of which every sensor has one: S1, S2, S3

each_case = pytest.mark.parametrize(
    ("build", "sensors"), [(build, sensors) for build in BUILDS for sensors in SENSORS]
)


def _drawn(build: Build, sensors: int) -> dict[str, int]:
    """Pieces by the harness; of further sensors nothing is taken.

    A cable is one piece, unless it is drawn with a count of its wires: then each wire is one.
    """
    parsed = yaml.safe_load(source(build))
    counted: Counter[str] = Counter()
    for name, part in (parsed["connectors"] | parsed["cables"]).items():
        number = re.fullmatch(rf"[{EACH}]([1-{MAX_CHANNELS}])", name)
        if number and int(number[1]) > sensors:
            continue
        if not part.get("ignore_in_bom"):
            pieces = part.get("wirecount", 1) if part.get("show_wirecount", True) else 1
            counted[part["type"]] += pieces
        for more in part.get("additional_components", ()):
            counted[more["type"]] += more["qty"]
    for more in parsed.get("additional_bom_items", ()):
        counted[more["type"]] += more["qty"]
    return counted


def _table(text: str, name: str) -> list[list[str]]:
    passage = text.partition(f"<!-- made: {name} -->")[2].partition("<!-- end:")[0]
    lines = [line for line in passage.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_line_of_the_parts_list_is_complete() -> None:
    with (ROOT / parts.PATH).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, strict=True)
    assert len(set(head)) == len(head)
    for row in rows:
        assert len(row) == len(head), row
        told = dict(zip(head, row, strict=True))
        assert told["part"]
        assert told["purpose"]
        assert told["needed"] in parts.NEEDS
        assert all(cell == cell.strip() for cell in row)
    assert len({row[0] for row in rows}) == len(rows)


def test_the_parts_list_has_no_links_that_could_break() -> None:
    text = (ROOT / parts.PATH).read_text(encoding="utf-8")
    assert not re.search(r"https?:|www\.|\.(com|org|net|io)\b", text)


def test_every_price_has_a_source_and_a_year() -> None:
    for part in parts.read():
        assert (part.price_usd is None) == (not part.price_source), part.name
        if part.price_usd is not None:
            assert part.price_usd > 0
            assert re.search(r"^reported: .*\b20\d\d\b", part.price_source), part.name


@each_case
def test_the_drawings_use_the_parts_of_the_list(build, sensors) -> None:
    listed = {part.name: part.pieces(build, sensors) for part in parts.of(build, "build")}
    assert dict(_drawn(build, sensors)) == listed


def test_every_part_of_the_list_is_used() -> None:
    used = {part.name for build in BUILDS for need in parts.NEEDS for part in parts.of(build, need)}
    assert used == {part.name for part in parts.read()}


@each_case
@pytest.mark.parametrize("need", ["build", "bench"])
def test_totals_add_up(build, sensors, need) -> None:
    page, passage = (SHARED_DOCUMENT, "bench") if need == "bench" else (document(build), "totals")
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = _table(text, passage)
    row = next(row for row in rows if row[0] == str(sensors))
    if need == "build":
        counted = _drawn(build, sensors)
    else:
        counted = {part.name: part.pieces(build, sensors) for part in parts.of(build, need)}
    prices = {part.name: part.price_usd for part in parts.read()}
    assert int(row[1]) == sum(counted.values())
    usd = sum((prices[name] or 0) * pieces for name, pieces in counted.items())
    assert float(row[2].removesuffix(" USD")) == pytest.approx(usd, abs=0.006)
    unpriced = sum(prices[name] is None for name in counted)
    assert row[3] == f"{unpriced} of {len(counted)}"


@pytest.mark.parametrize("build", BUILDS)
def test_parts_that_the_steps_mention_are_counted(build) -> None:
    bench = {part.name: part for part in parts.of(build, "bench")}
    for figure in (design.DIVIDER_TOP_OHM, design.DIVIDER_BOTTOM_OHM):
        assert f"Resistor {shown(figure)}" in bench
    assert {"Multimeter", "Potentiometer 10 kohm", "Kitchen foil", "Audio cable"} <= set(bench)
    assert bench["Lead for the potentiometer"].pieces(build, 1) == 3
    worn = next(part for part in parts.of(build, "build") if part.name == "Electrode")
    shorted = bench["Electrode for the bench"]
    for sensors in SENSORS:  # a set on each sensor, and one for the known signal
        assert shorted.pieces(build, sensors) == worn.pieces(build, sensors) + 3


def test_values_of_parts_are_those_of_the_design() -> None:
    names = {part.name for part in parts.read()}
    for figure in (design.FILTER_OHM, design.SUPPLY_OHM):
        assert f"Resistor {shown(figure)}" in names
    assert f"Resistor {shown(design.LEAD_OHM)} at REF" in names
    farads = (design.FILTER_F, design.SUPPLY_F, design.VREF_BULK_F, design.VREF_CERAMIC_F)
    for figure in farads:
        assert f"Capacitor {shown(figure)}" in names


def test_parts_that_a_short_heats_are_listed_with_their_rating() -> None:
    name = f"Resistor {shown(design.SUPPLY_OHM)}"
    part = next(part for part in parts.read() if part.name == name)
    rating = shown(design.SUPPLY_OHM_W)
    assert part.purpose.startswith(rating)
    assert f"{rating} or more" in part.may_be_replaced_by
    assert design.SUPPLY_V.value**2 / design.SUPPLY_OHM.value < design.SUPPLY_OHM_W.value
