"""The placement guide: its drawings lie where the program's do, its traces show what they claim."""

from __future__ import annotations

import math
import re
import shlex
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hardware.design import ELECTRODE_LEAD_M
from hardware.making import ROOT
from hardware.placement.drawing import Place
from hardware.placement.guide import place_file, slug
from hardware.placement.traces import BAD, GOOD, TENSE, TRACES, bad_of, good_of
from tests.known import known

from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES, SKIN, SNAPS
from unclench.usage.record import record_command
from unclench_dsp import NARROW
from unclench_dsp.movement import swings_by_second

GUIDE = (ROOT / "hardware" / "placement.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


def section(heading: str) -> str:
    """What stands under a heading of the guide."""
    return re.split(r"^#{2,3} ", GUIDE.split(f"# {heading}\n", 1)[1], flags=re.M)[0]


def drawn(key: str) -> ElementTree.Element:
    file = ROOT / "hardware" / "pictures" / place_file(SITES[key])
    return ElementTree.fromstring(file.read_text(encoding="utf-8"))


def circles(root: ElementTree.Element, look: str) -> list[tuple[float, float]]:
    found = [c for c in root.iter(f"{SVG}circle") if c.get("class") in (look, f"{look} unsure")]
    return [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in found]


def texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_the_guide_says_all_that_is_known_of_a_site(site) -> None:
    told = section(site.name)
    words = (site.orientation, site.reference, site.leads, site.skin, site.movement)
    for sentence in (*words, *site.landmarks, *site.mistakes, site.trouble_words, site.status):
        assert sentence in told
    assert (f"pictures/{place_file(site)}" in told) == (site.key in SPOTS)
    for trace in (good_of(site), bad_of(site)):
        assert f"(#{slug(trace.title)})" in told


def test_the_guide_holds_what_is_common_to_all_sites() -> None:
    for sentence in (*SKIN, SNAPS):
        assert sentence in GUIDE


def test_every_link_within_the_guide_has_its_heading() -> None:
    headings = {slug(line.lstrip("# ")) for line in GUIDE.splitlines() if line.startswith("#")}
    links = set(re.findall(r"\]\(#([^)]+)\)", GUIDE))
    assert links
    assert links <= headings


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


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.key)
def test_how_a_trace_was_made_can_be_done_again(trace) -> None:
    told = section(trace.title)
    for cue in trace.cues:
        assert f"*{cue.asked}*" in told
    if trace.cues:
        assert f"`python -m hardware --only {trace.key}`" in told
        assert trace.key in trace.file
        return
    command = known(re.search(r"`unclench ([^`]*)`", told))[1]
    context = record_command.make_context("record", shlex.split(command)[1:])
    assert context.params["seconds"] == trace.from_s + trace.seconds


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.key)
def test_a_picture_of_a_trace_is_small_and_says_that_no_person_made_it(trace) -> None:
    file = ROOT / "hardware" / "pictures" / trace.file
    assert file.stat().st_size < 40_000
    told = texts(ElementTree.fromstring(file.read_text(encoding="utf-8")))
    assert "Made with the virtual board, not a person's." in told
    assert {"Time, s", "raw signal, µV", "tension, µV"} <= set(told)
    assert f"noise floor {trace.recorded().noise_uv:.2f} µV" in told
    assert trace.look in section(trace.title)


@pytest.mark.parametrize("trace", GOOD.values(), ids=GOOD)
def test_a_good_trace_is_low_leaps_up_and_comes_back(trace) -> None:
    shown = trace.recorded()
    rest_uv = shown.mean_uv(0.0, TENSE.from_s)
    assert shown.mean_uv(TENSE.from_s + 1.0, TENSE.to_s) > 5 * rest_uv
    assert shown.mean_uv(trace.seconds - 4.0, trace.seconds) < 1.5 * rest_uv
    assert rest_uv > 3 * shown.noise_uv
    assert not shown.excluded


def test_the_narrow_band_shows_less_of_the_same_muscle() -> None:
    wide, narrow = (GOOD[name].recorded() for name in ("wide", "narrow"))
    assert np.array_equal(wide.emg_uv, narrow.emg_uv)
    assert narrow.mean_uv(0.0, 10.0) < 0.8 * wide.mean_uv(0.0, 10.0)


@pytest.mark.parametrize(
    ("key", "why"),
    [("no contact", "no contact"), ("mains hum", "mains hum"), ("off the muscle", "too quiet")],
)
def test_a_bad_trace_has_the_programs_word_for_it(key: str, why: str) -> None:
    trace = BAD[key]
    excluded = [span for span in trace.recorded().excluded if span.why == why]
    assert sum(span.length_s for span in excluded) > 3.0
    root = ElementTree.parse(ROOT / "hardware" / "pictures" / trace.file).getroot()
    assert why in texts(root)
    hatched = [rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "hatched"]
    assert len(hatched) >= 2 * len(excluded)  # in either panel


def test_hum_is_removed_within_its_trace() -> None:
    shown = BAD["mains hum"].recorded()
    (hum,) = [span for span in shown.excluded if span.why == "mains hum"]
    assert shown.mean_uv(hum.start_s, hum.stop_s - 1.0) > 2 * shown.mean_uv(hum.stop_s, 30.0)
    raw = np.abs(shown.emg_uv)
    assert raw[shown.emg_s > 25.0].max() > 0.7 * raw[shown.emg_s < 4.0].max()  # the raw keeps it


def test_the_heart_lifts_the_wide_band_alone() -> None:
    trace = BAD["heartbeat"]
    wide, narrow = trace.recorded(), trace.recorded(NARROW)
    swing = [float(np.ptp(np.log(shown.tension_uv))) for shown in (wide, narrow)]
    assert swing[0] > 1.5 * swing[1]


def test_the_raw_signal_swings_slowly_where_something_was_moved() -> None:
    trace = BAD["movement"]
    shown = trace.recorded()
    by_second = known(swings_by_second(shown.emg_uv, 2000.0))
    moved = np.zeros(len(by_second), np.bool_)
    for span in trace.spans:
        moved[int(span.from_s) : int(np.ceil(span.to_s))] = True
    assert by_second[moved].max() > 3 * np.median(by_second[~moved])
    assert by_second.argmax() in np.flatnonzero(moved)


def test_without_a_muscle_there_is_the_noise_floor() -> None:
    shown = BAD["off the muscle"].recorded()
    assert shown.mean_uv(0.0, 24.0) == pytest.approx(shown.noise_uv, rel=0.1)


def test_every_trouble_of_a_site_has_its_trace() -> None:
    assert {bad_of(site).key for site in SITES.values()} < {trace.key for trace in BAD.values()}
    assert {good_of(site) for site in SITES.values()} == set(GOOD.values())
