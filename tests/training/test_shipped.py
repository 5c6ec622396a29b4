"""The programs that come with unclench: they load, last as long as they say, claim nothing more."""

from __future__ import annotations

import re

import pytest

from unclench.training.programs.file import (
    CALIBRATION,
    SHIPPED,
    NamedProgram,
    find_program,
    list_programs,
)
from unclench.training.programs.program import Program
from unclench.training.programs.words import Needs, needs
from unclench.training.steps.kinds.breathe import Breathe
from unclench.training.steps.kinds.reference import Reference
from unclench.training.steps.kinds.reflect import Reflect
from unclench.training.steps.kinds.relax import Relax

NAMES = {
    *("first-ten-minutes", "breathe-6", "relax-long", "relax-short", "shoulder-drop"),
    *("jaw-unclench", "stress-profile", "let-go", "quiet-five"),
}
CALIBRATIONS = {"calibrate-rest", "calibrate-gentle", "calibrate-maximum"}
EVERY = sorted(NAMES | CALIBRATIONS)


def program(name: str) -> Program:
    return find_program(name).program


def kinds(name: str) -> list[str]:
    return [step.kind for step in program(name).flat()]


def seconds_of(name: str, kind: str) -> list[float]:
    return [step.longest_s() for step in program(name).flat() if step.kind == kind]


def test_they_are_all_there():
    assert {path.stem for path in SHIPPED.glob("*.toml")} == NAMES
    assert {path.stem for path in CALIBRATION.glob("*.toml")} == CALIBRATIONS


def test_the_list_has_all_but_the_calibrations():
    listed = list_programs()
    assert [one.name for one in listed] == sorted(NAMES)
    assert all(one.shipped and one.program and not one.trouble for one in listed)


@pytest.mark.parametrize("name", EVERY)
def test_found_by_name(name):
    found = find_program(name)
    assert isinstance(found, NamedProgram)
    assert (found.name, found.shipped, found.text) == (name, True, found.path.read_text("utf-8"))


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_needed_beforehand(name):
    assert needs(program(name)) == Needs(baseline=False, reference=False)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_evidence_begins_with_what_is_not_known(name):
    assert program(name).evidence.startswith("We know of no study of this program.")


@pytest.mark.parametrize("name", EVERY)
def test_no_treatment_is_claimed(name):
    text = find_program(name).text.lower()
    assert not re.search(r"\b(cure|heal|treat|therap|relieve|proven|diagnos|patient)\w*", text)


@pytest.mark.parametrize("name", EVERY)
def test_words_fit_a_screen(name):
    for step in program(name).flat():
        assert step.title, step
        assert len(step.title.split()) <= 7, step.title
        assert len(step.say) <= 110, step.say
        assert len(re.findall(r"[.?!](?= |$)", step.say)) <= 2, step.say
        if not isinstance(step, Reflect):
            assert step.say, step


@pytest.mark.parametrize("name", EVERY)
def test_no_goal_in_microvolts(name):
    goals = [step.goal for step in program(name).flat() if step.goal]
    assert {goal.kind for goal in goals} <= {"baseline"}  # no other is verified or always there


@pytest.mark.parametrize("name", EVERY)
def test_breathing_stays_within_usual_practice(name):
    for step in program(name).flat():
        if isinstance(step, Breathe):
            end = step.end_rate_per_min or step.rate_per_min
            assert 4.5 <= end <= 6.5
            assert step.inhale == step.exhale  # that a longer exhale does more is unverified


def test_ten_minutes_introduce_everything():
    assert program("first-ten-minutes").longest_s() == pytest.approx(570, abs=30)
    introduced = ["settle", "baseline", "relax", "breathe", "hold", "reflect"]
    assert [kind for kind in kinds("first-ten-minutes") if kind in introduced[:-1]] == (
        introduced[:-1]
    )
    assert kinds("first-ten-minutes")[-1] == "reflect"


def test_five_minutes_are_five():
    assert program("quiet-five").longest_s() == 300


@pytest.mark.parametrize(
    ("name", "groups", "tense_s", "release_s"),
    [("relax-long", 16, (5, 7), (30, 40)), ("relax-short", 4, (5, 5), (15, 20))],
)
def test_progressive_relaxation_keeps_to_practice(name, groups, tense_s, release_s):
    (step,) = (step for step in program(name).flat() if isinstance(step, Relax))
    assert len(set(step.groups)) == groups
    assert step.times == 2
    assert tense_s[0] <= step.tense_s <= tense_s[1]
    assert release_s[0] <= step.release_s <= release_s[1]


def test_the_long_one_is_long():
    assert 20 * 60 <= program("relax-long").longest_s() <= 30 * 60


def test_stress_profile_has_segments_of_two_minutes():
    assert kinds("stress-profile")[1:4] == ["baseline", "stressor", "recover"]
    for kind in ("baseline", "stressor", "recover"):
        assert set(seconds_of("stress-profile", kind)) == {120}


@pytest.mark.parametrize(
    ("name", "site"), [("shoulder-drop", "shoulder"), ("jaw-unclench", "jaw"), ("let-go", None)]
)
def test_sites(name, site):
    assert program(name).site == site


def test_calibrations_measure_what_they_say():
    for name in CALIBRATIONS:
        assert seconds_of(name, "settle") == [10]
        assert seconds_of(name, "baseline") == [60]
    assert kinds("calibrate-rest") == ["settle", "baseline"]
    for strength in ("gentle", "maximum"):
        *_, reference = program(f"calibrate-{strength}").flat()
        assert isinstance(reference, Reference)
        assert (reference.strength, reference.times, reference.tense_s) == (strength, 3, 5)
