"""The placement guide: words and drawings are those of the program."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hardware.design import ELECTRODE_LEAD_M
from hardware.making import ROOT
from hardware.placement import picture_of
from hardware.placement.drawing import Place

from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES, SKIN, SNAPS

GUIDE = (ROOT / "hardware" / "placement.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"
TRACES = sorted((ROOT / "hardware" / "pictures").glob("trace-*.svg"))


def section(heading: str) -> str:
    """What stands under a heading of the guide, in one line."""
    after = GUIDE.split(f"# {heading}\n", 1)[1]
    return " ".join(re.split(r"^#{2,3} ", after, flags=re.M)[0].split())


def drawn(key: str) -> ElementTree.Element:
    return ElementTree.fromstring((ROOT / picture_of(key)).read_text(encoding="utf-8"))


def circles(root: ElementTree.Element, look: str) -> list[tuple[float, float]]:
    found = [c for c in root.iter(f"{SVG}circle") if c.get("class") in (look, f"{look} unsure")]
    return [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in found]


def texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("site", SITES.values(), ids=lambda site: site.key)
def test_a_site_links_to_a_good_trace_in_its_band_and_to_its_most_common_problem(site) -> None:
    (row,) = re.findall(rf"(?m)^\| {re.escape(site.name)} \|.*", GUIDE)
    assert f"[{site.band_hint}](#good-in-the-{site.band_hint}-band-" in row
    assert re.search(rf"\[{site.trouble}\]\(#(not-)?bad", row)
    assert row.endswith(f"| {site.status} |")


def test_the_guide_has_the_advice_that_holds_for_all_sites() -> None:
    for sentence in (*SKIN, SNAPS):
        assert sentence in " ".join(GUIDE.split())


@pytest.mark.parametrize("key", SPOTS)
def test_a_drawing_has_its_marks_where_the_program_has_them(key: str) -> None:
    root, spot = drawn(key), SPOTS[key].on("right")
    place = Place(spot)

    def at(points):
        return pytest.approx([number for point in points for number in place(point)], abs=0.06)

    assert [n for point in circles(root, "electrode") for n in point] == at(spot.electrodes)
    assert [n for point in circles(root, "reference") for n in point] == at([spot.reference.at])
    marks = [mark.at for mark in spot.landmarks]
    assert [n for point in circles(root, "landmark") for n in point] == at(marks)
    told = " ".join(texts(root))
    assert "electrode 1" in told
    assert "electrode 2" in told
    assert all(mark.words in told for mark in spot.landmarks)
    assert spot.reference.words in texts(root)
    assert ("not verified" in told) == (not spot.reference.sure)


def test_a_second_pair_of_electrodes_in_the_words_is_drawn_lightly() -> None:
    (key,) = [key for key, spot in SPOTS.items() if spot.other]
    assert any(SPOTS[key].other_words in words for words in SITES[key].landmarks)
    root = drawn(key)
    light = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "electrode light"]
    assert len(light) == 2
    assert {SPOTS[key].other_words, "another pair"} <= set(texts(root))


@pytest.mark.parametrize("key", SPOTS)
def test_labels_of_a_drawing_do_not_overlap(key: str) -> None:
    for side in ("start", "end"):
        lines = [t for t in drawn(key).iter(f"{SVG}text") if t.get("class") == side]
        heights = sorted(float(line.attrib["y"]) for line in lines)
        assert all(b - a >= 20 for a, b in pairwise(heights))


def test_a_lead_reaches_every_reference() -> None:
    assert f"{ELECTRODE_LEAD_M.value:g} m" in section("Reference")
    for spot in SPOTS.values():
        far_cm = max(math.dist(spot.reference.at, electrode) for electrode in spot.electrodes)
        assert far_cm / 100 < ELECTRODE_LEAD_M.value
    assert "longer lead" in SITES["shoulder"].reference  # for the wrist


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.name)
def test_a_trace_says_that_it_comes_from_the_virtual_board(path) -> None:
    told = texts(ElementTree.parse(path).getroot())
    assert "Made with the virtual board, not a person's." in told
    assert {"Time, s", "raw signal, µV", "tension, µV"} <= set(told)
    assert f"pictures/{path.name}" in GUIDE


def test_every_common_problem_has_a_trace() -> None:
    kept = {path.stem.removeprefix("trace-").replace("-", " ") for path in TRACES}
    assert {site.trouble for site in SITES.values()} <= kept
    assert {f"good {site.band_hint}" for site in SITES.values()} <= kept
