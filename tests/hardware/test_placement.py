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


def test_every_link_of_a_site_leads_to_a_trace_of_the_guide() -> None:
    links = re.findall(r"\[([^]]+)\]\(#[^)]+\)", GUIDE.partition("<!-- made: sites -->")[2])
    assert len(links) >= 2 * len(SITES)
    for heading in links:
        assert f"### {heading}\n" in GUIDE


def test_the_guide_holds_what_is_common_to_all_sites() -> None:
    for sentence in (*SKIN, SNAPS):
        assert sentence in " ".join(GUIDE.split())


@pytest.mark.parametrize("key", SPOTS)
def test_marks_of_a_drawing_lie_where_the_map_has_them(key: str) -> None:
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


def test_another_pair_that_the_words_describe_is_drawn_lightly() -> None:
    (key,) = [key for key, spot in SPOTS.items() if spot.other]
    assert any(SPOTS[key].other_words in words for words in SITES[key].landmarks)
    root = drawn(key)
    light = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "electrode light"]
    assert len(light) == 2
    assert {SPOTS[key].other_words, "another pair"} <= set(texts(root))


@pytest.mark.parametrize("key", SPOTS)
def test_names_of_a_drawing_have_room(key: str) -> None:
    for side in ("start", "end"):
        lines = [t for t in drawn(key).iter(f"{SVG}text") if t.get("class") == side]
        heights = sorted(float(line.attrib["y"]) for line in lines)
        assert all(b - a >= 20 for a, b in pairwise(heights))


def test_every_reference_is_within_reach_of_a_lead() -> None:
    assert f"{ELECTRODE_LEAD_M.value:g} m" in section("Reference")
    for spot in SPOTS.values():
        far_cm = max(math.dist(spot.reference.at, electrode) for electrode in spot.electrodes)
        assert far_cm / 100 < ELECTRODE_LEAD_M.value
    assert "longer lead" in SITES["shoulder"].reference  # for the wrist


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.name)
def test_a_trace_says_that_no_person_made_it(path) -> None:
    told = texts(ElementTree.parse(path).getroot())
    assert "Made with the virtual board, not a person's." in told
    assert {"Time, s", "raw signal, µV", "tension, µV"} <= set(told)
    assert f"pictures/{path.name}" in GUIDE


def test_every_trouble_of_a_site_has_its_trace() -> None:
    kept = {path.stem.removeprefix("trace-").replace("-", " ") for path in TRACES}
    assert {site.trouble for site in SITES.values()} <= kept
    assert {f"good {site.band_hint}" for site in SITES.values()} <= kept
