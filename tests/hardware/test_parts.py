"""The parts list is what the drawings hold, no less and no more, and its totals add up."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
import yaml
from hardware import design
from hardware.design import BUILDS
from hardware.making import ROOT
from hardware.wiring import document, parts, source
from hardware.wiring.schematic import shown

from unclench_wire.ids import MAX_CHANNELS

SENSORS = range(1, MAX_CHANNELS + 1)
EACH = "STJWFL"  # designators of which every sensor has one: S1, S2, S3

each_case = pytest.mark.parametrize(
    ("build", "sensors"), [(build, sensors) for build in BUILDS for sensors in SENSORS]
)


def _drawn(build: str, sensors: int) -> Counter:
    """Pieces by the harness; of further sensors nothing is taken.

    A cable is one piece, unless it is drawn with a count of its wires: then each wire is one.
    """
    parsed = yaml.safe_load(source(build))
    counted = Counter()
    for name, part in (parsed["connectors"] | parsed["cables"]).items():
        number = re.fullmatch(rf"[{EACH}]([1-{MAX_CHANNELS}])", name)
        if number and int(number[1]) > sensors:
            continue
        if not part.get("ignore_in_bom"):
            pieces = part.get("wirecount", 1) if part.get("show_wirecount", True) else 1
            counted[part["type"]] += pieces
        for more in part.get("additional_components", ()):
            counted[more["type"]] += more["qty"]
    return counted


def _table(text: str, name: str) -> list[list[str]]:
    passage = text.partition(f"<!-- made: {name} -->")[2].partition("<!-- end:")[0]
    lines = [line for line in passage.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_line_is_whole() -> None:
    with (ROOT / parts.PATH).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, strict=True)
    assert len(set(head)) == len(head)
    for row in rows:
        assert len(row) == len(head), row
        told = dict(zip(head, row, strict=True))
        assert told["part"]
        assert told["purpose"]
        assert told["optional"] in ("yes", "no")
        assert all(cell == cell.strip() for cell in row)
    assert len({row[0] for row in rows}) == len(rows)


def test_no_link_is_there_to_rot() -> None:
    text = (ROOT / parts.PATH).read_text(encoding="utf-8")
    assert not re.search(r"https?:|www\.|\.(com|org|net|io)\b", text)


def test_a_price_has_a_source_and_a_year_or_is_not_there() -> None:
    for part in parts.read():
        assert (part.price_usd is None) == (not part.price_source), part.name
        if part.price_usd is not None:
            assert part.price_usd > 0
            assert re.search(r"^reported: .*\b20\d\d\b", part.price_source), part.name


@each_case
def test_parts_of_the_drawing_are_those_of_the_list(build, sensors) -> None:
    listed = {part.name: part.pieces(build, sensors) for part in parts.needed(build)}
    assert dict(_drawn(build, sensors)) == listed


def test_every_part_is_of_some_use() -> None:
    used = {part.name for build in BUILDS for part in parts.needed(build) + parts.optional(build)}
    assert used == {part.name for part in parts.read()}


@pytest.mark.parametrize("build", BUILDS)
def test_the_documents_table_is_the_list(build) -> None:
    text = (ROOT / document(build)).read_text(encoding="utf-8")
    told = {row[0]: [int(cell) for cell in row[2:5]] for row in _table(text, "parts")}
    assert told == {
        part.name: [part.pieces(build, sensors) for sensors in SENSORS]
        for part in parts.needed(build)
    }
    for part in parts.optional(build):
        assert f"- {part.name}: " in text


@each_case
def test_totals_add_up(build, sensors) -> None:
    text = (ROOT / document(build)).read_text(encoding="utf-8")
    row = next(row for row in _table(text, "totals") if row[0] == str(sensors))
    drawn = _drawn(build, sensors)
    prices = {part.name: part.price_usd for part in parts.read()}
    assert int(row[1]) == sum(drawn.values())
    usd = sum((prices[name] or 0) * pieces for name, pieces in drawn.items())
    assert float(row[2].removesuffix(" USD")) == pytest.approx(usd, abs=0.006)
    unpriced = sum(prices[name] is None for name in drawn)
    assert row[3] == f"{unpriced} of {len(drawn)}"


def test_values_of_parts_are_those_of_the_design() -> None:
    names = {part.name for part in parts.read()}
    for figure in (design.FILTER_OHM, design.SUPPLY_OHM, design.LEAD_OHM):
        assert f"Resistor {shown(figure)}" in names
    farads = (design.FILTER_F, design.SUPPLY_F, design.VREF_BULK_F, design.VREF_CERAMIC_F)
    for figure in farads:
        assert f"Capacitor {shown(figure)}" in names
