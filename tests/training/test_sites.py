"""Sites: everything said about each, labels, and places that cannot all be."""

from __future__ import annotations

import pytest

from unclench.errors import InputError
from unclench.settings import Place
from unclench.training.bodymap import SPOTS, features, outlines
from unclench.training.program import SITE_KEYS
from unclench.training.sites import OWN, SITES, across, check_places, place_label


def place(text: str) -> Place:
    channel, site, side = text.split(":")
    return Place(channel=int(channel), site=site, side=side)


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
        points += [spot.reference] if spot.reference else []
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


def test_sensors_on_both_sides_of_the_body_get_a_word_of_caution() -> None:
    left, right = place("1:shoulder:left"), place("2:neck:right")
    assert "safer" in across([left, right])
    assert across([left, place("2:neck:left"), place("3:forehead:middle")]) == ""


@pytest.mark.parametrize(
    ("places", "n_channels", "sentence"),
    [
        (
            ["1:shoulder:left", "2:shoulder:left"],
            2,
            "Left shoulder is on two channels, 1 and 2: choose another site or side for one of "
            "them.",
        ),
        (
            ["1:My calf:left", "2:my calf :left"],
            2,
            "my calf  (left) is on two channels, 1 and 2: choose another site or side for one of "
            "them.",
        ),
        (
            ["2:jaw:left"],
            1,
            "Left jaw is on channel 2, but the board has 1 channel: choose a channel that it has, "
            "or set the board to more.",
        ),
        (
            ["1:jaw:left", "1:neck:left"],
            3,
            "Channel 1 is named twice, for Left jaw and for Left neck: a sensor is in one place; "
            "give each channel one.",
        ),
        (["1:jaw:middle"], 1, "The jaw has no 'middle': choose left or right."),
    ],
)
def test_places_that_cannot_be_get_a_sentence(
    places: list[str], n_channels: int, sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_places([place(text) for text in places], n_channels)
    assert str(caught.value) == sentence
