"""Sites: everything said about each, labels, and places that cannot all be."""

from __future__ import annotations

import math

import pytest

from unclench.errors import InputError
from unclench.settings import Place
from unclench.training.placement.bodymap import SPOTS, features, outlines
from unclench.training.placement.sites import OWN, SITES, check_places, place_label, sensor_warning
from unclench.training.placement.words import SKIN
from unclench.training.programs.program import SITE_KEYS


def place(text: str) -> Place:
    channel, site, side = text.split(":")
    return Place.model_validate({"channel": int(channel), "site": site, "side": side})


def test_every_site_of_a_program_is_there_and_one_for_own_words() -> None:
    assert tuple(SITES) == (*SITE_KEYS, OWN)


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_site_says_everything_and_how_well_it_is_known(site) -> None:
    words = (site.orientation, site.reference, site.leads, site.skin, site.movement)
    for sentence in (*words, site.trouble_words, *site.landmarks, *site.mistakes):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "  " not in sentence
    assert len(site.landmarks) >= 2
    assert 2 <= len(site.mistakes) <= 4
    assert "electrodes go" in site.placement
    assert "tension must" in site.movement
    assert site.status.startswith(("verified: ", "not verified: "))
    assert site.sides
    # Only what was read in a source is a figure to keep to.
    assert (site.spacing_mm is not None) == site.status.startswith("verified: ")
    assert ("mm apart" in site.lie) == (site.spacing_mm is not None)


def test_where_the_heart_is_the_trouble_the_narrow_band_is_hinted_at() -> None:
    hearts = [site for site in SITES.values() if "heart" in site.trouble_words.lower()]
    assert len(hearts) >= 3
    assert all(site.band_hint == "narrow" for site in hearts)
    assert all("Use the narrow band" in s.trouble_words for s in hearts if s.trouble == "heartbeat")


def test_every_site_but_ones_own_is_on_the_map() -> None:
    assert set(SPOTS) == set(SITES) - {OWN}


@pytest.mark.parametrize("key", SPOTS)
def test_a_spot_lies_within_what_is_drawn_on_either_side(key: str) -> None:
    for side in SITES[key].sides:
        spot = SPOTS[key].on(side)
        x, y, width, height = spot.crop
        points = [*spot.electrodes, *(spot.line or ()), *(mark.at for mark in spot.landmarks)]
        points += [spot.reference.at, *(spot.other or ())]
        for at_x, at_y in points:
            assert x < at_x < x + width
            assert y < at_y < y + height


@pytest.mark.parametrize("key", SPOTS)
def test_left_mirrors_right(key: str) -> None:
    left, right = SPOTS[key].on("left"), SPOTS[key].on("right")
    assert [(-x, y) for x, y in left.electrodes] == list(right.electrodes)
    assert [(-m.at[0], m.at[1]) for m in left.landmarks] == [m.at for m in right.landmarks]
    # On a back the right is on the right, a face looks at us, and a profile looks its own way.
    to_the_right = right.electrodes[0][0] > 0
    assert to_the_right == (SPOTS[key].view != "face")
    assert (left.turned, right.turned) == (False, SPOTS[key].view == "side")


@pytest.mark.parametrize("key", SPOTS)
def test_words_name_the_bone_that_the_drawing_has_for_the_reference(key: str) -> None:
    spot, site = SPOTS[key], SITES[key]
    assert site.reference.startswith(f"On the {spot.reference.words}")
    assert ("Not verified." in site.reference) == (not spot.reference.sure)
    others = {other.reference.words for other in SPOTS.values()} - {spot.reference.words}
    assert not any(bone in site.reference for bone in others)


@pytest.mark.parametrize("key", SPOTS)
def test_the_reference_is_near_on_the_same_side_and_never_beyond_the_chest(key: str) -> None:
    """A fault drives its current from the pair to the reference."""
    for side in SITES[key].sides:
        spot = SPOTS[key].on(side)
        pairs = [*spot.electrodes, *(spot.other or ())]
        bone = spot.reference.at
        assert all(math.dist(bone, electrode) < 20.0 for electrode in pairs)  # cm
        if side != "middle":
            assert all(bone[0] * x >= 0 or spot.view == "side" for x, _ in pairs)
        if spot.view == "back":  # the chest: from below the shoulders down to the lowest ribs
            assert len({(y > 40.0) + (y > 58.0) for _, y in (bone, *pairs)}) == 1


def test_no_site_below_the_shoulders_has_its_reference_at_the_neck() -> None:
    below = [SITES[key] for key, spot in SPOTS.items() if spot.electrodes[0][1] > 40.0]
    assert [site.key for site in below] == ["lower-back", "hips"]
    for site in below:
        assert "never at the neck: the chest would lie between" in site.reference
    for site in (*below, SITES[OWN]):
        assert "C7" not in site.reference
        assert "neck bone" not in site.reference
    assert "never where the chest would lie between" in SITES[OWN].reference


def test_no_site_asks_for_freshly_shaved_skin() -> None:
    assert any("not freshly shaved" in step for step in SKIN)
    said = [site for site in SITES.values() if "shave" in site.skin]
    assert [site.key for site in said] == ["jaw"]
    assert "the day before" in said[0].skin


def test_in_the_middle_the_pair_is_level_over_the_midline() -> None:
    (ax, ay), (bx, by) = SPOTS["forehead"].on("middle").electrodes
    assert (ax, ay) == (-bx, by)


def test_outlines_are_closed_and_features_are_lines() -> None:
    for view in ("back", "face", "side"):
        for part in outlines(view):
            assert (part[0][0], part[-1][0]) == ("M", "Z")
            assert part[-2][1][-1] == part[0][1][0]
        assert features(view)[0][0] == "M"


def test_only_seniams_shoulder_is_verified() -> None:
    verified = [site for site in SITES.values() if not site.status.startswith("not")]
    assert [(site.key, site.spacing_mm) for site in verified] == [("shoulder", 20.0)]
    assert "SENIAM" in verified[0].status


def test_the_narrow_band_is_hinted_at_where_the_heart_gets_in() -> None:
    narrow = {site.key for site in SITES.values() if site.band_hint == "narrow"}
    assert narrow == {"shoulder", "neck", "lower-back"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("1:shoulder:left", "Left shoulder"),
        ("2:lower-back:right", "Right lower back"),
        ("1:forehead:middle", "Forehead"),
        ("1:my calf:left", "my calf (left)"),
        ("1:Wade:middle", "Wade"),
        ("1:own:right", "own place (right)"),
    ],
)
def test_labels_are_words_for_people(text: str, label: str) -> None:
    assert place_label(place(text)) == label


def test_places_that_can_be() -> None:
    check_places([], 1)
    check_places([place("1:shoulder:left"), place("2:shoulder:right"), place("3:calf:middle")], 3)


@pytest.mark.parametrize("other", ["2:shoulder:right", "2:lower-back:left", "2:forehead:middle"])
def test_more_than_one_sensor_gets_a_word_of_caution_wherever_they_are(other: str) -> None:
    caution = sensor_warning([place("1:shoulder:left"), place(other)])
    for words in ("More than one sensor", "3.3 mA", "one at a time", "the chest"):
        assert words in caution


def test_one_sensor_needs_no_such_word() -> None:
    assert sensor_warning([]) == sensor_warning([place("1:shoulder:left")]) == ""


@pytest.mark.parametrize(
    ("places", "n_channels", "sentence"),
    [
        (
            ["1:shoulder:left", "2:shoulder:left"],
            2,
            "Left shoulder is given for two channels, 1 and 2: choose another site or side for "
            "one of them.",
        ),
        (
            ["1:My calf:left", "2:my calf :left"],
            2,
            "my calf  (left) is given for two channels, 1 and 2: choose another site or side for "
            "one of them.",
        ),
        (
            ["2:jaw:left"],
            1,
            "Left jaw is on channel 2, but the board has 1 channel: choose channel 1, or set the "
            "board to more channels.",
        ),
        (
            ["1:jaw:left", "1:neck:left"],
            3,
            "Channel 1 is given twice, for Left jaw and for Left neck: give each channel one "
            "place.",
        ),
        (["1:jaw:middle"], 1, "The jaw has no side 'middle': choose left or right."),
    ],
)
def test_places_that_cannot_be_get_a_sentence(
    places: list[str], n_channels: int, sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_places([place(text) for text in places], n_channels)
    assert str(caught.value) == sentence
