"""The book of calibrations: what holds, what does not, and why."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import ValidationError

from unclench.errors import StoreError
from unclench.settings import Place, own_dir
from unclench.training.placement.calibrations import (
    Book,
    book_path,
    load_book,
    save_book,
    to_channel,
)
from unclench.training.placement.values import ReferenceContraction, RestBaseline, TrainedChannel
from unclench.training.session.setup import calibration_words
from unclench_dsp import NARROW, WIDE
from unclench_dsp.version import CHAIN_VERSION

SHOULDER = Place(channel=1, site="shoulder", side="left")
MONDAY = datetime(2026, 5, 4, 22, 30, tzinfo=timezone(timedelta(hours=2)))
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
REST = RestBaseline(2.1, 0.3, 0.5, 58.0)
CALMER = RestBaseline(1.7, 0.2, 0.4, 60.0)
PULL = ReferenceContraction(140.0, "gentle")


@pytest.fixture
def book() -> Book:
    """Shoulder in the wide band, rest and reference, on Monday."""
    book = Book()
    book.add(SHOULDER, WIDE, 0.25, created=MONDAY, baseline=REST, reference=PULL, noise_uv=0.17)
    return book


def test_what_was_added_is_found_with_its_figures(book: Book) -> None:
    found = book.find(SHOULDER, WIDE)
    assert found is not None
    assert (found.baseline, found.reference, found.noise_uv) == (REST, PULL, 0.17)
    assert (found.placed, found.created, found.band) == (date(2026, 5, 4), MONDAY, WIDE)


def test_what_an_older_program_measured_opens_and_is_named(book: Book) -> None:
    plain = book.model_dump(mode="json")
    for part in ("baseline", "reference"):
        assert plain["calibrations"][0][part].pop("chain") == CHAIN_VERSION
    old = Book.model_validate(plain)
    found = old.find(SHOULDER, WIDE)
    assert found is not None
    assert found.baseline == replace(REST, chain=1)
    assert found.older_words == ("Measured with an older version of the analysis: calibrate again.")
    assert found.older_words in calibration_words(old, SHOULDER, WIDE)
    old.add(SHOULDER, WIDE, 0.25, created=TUESDAY, baseline=REST, reference=PULL)
    assert "older version" not in calibration_words(old, SHOULDER, WIDE)


def test_the_latest_holds_and_history_is_kept(book: Book) -> None:
    book.add(SHOULDER, WIDE, 0.25, created=TUESDAY, baseline=CALMER)
    found = book.find(SHOULDER, WIDE)
    assert found is not None
    assert found.baseline == CALMER
    assert [kept.baseline for kept in book.calibrations] == [REST, CALMER]


def test_rest_alone_keeps_the_reference_and_date_of_the_same_placement(book: Book) -> None:
    added = book.add(SHOULDER, WIDE, 0.25, created=TUESDAY, baseline=CALMER)
    assert (added.reference, added.placed) == (PULL, date(2026, 5, 4))


def test_after_moving_nothing_of_the_earlier_placement_is_kept(book: Book) -> None:
    assert book.mark_moved(SHOULDER, TUESDAY) == 1
    assert book.find(SHOULDER, WIDE) is None
    added = book.add(SHOULDER, WIDE, 0.25, created=WEDNESDAY, baseline=CALMER)
    assert (added.reference, added.placed) == (None, date(2026, 5, 6))
    assert [kept.moved for kept in book.calibrations] == [TUESDAY, None]
    assert book.mark_moved(SHOULDER, WEDNESDAY) == 1  # the first keeps its date
    assert [kept.moved for kept in book.calibrations] == [TUESDAY, WEDNESDAY]


def test_bands_are_never_mixed(book: Book) -> None:
    assert book.find(SHOULDER, NARROW) is None
    added = book.add(SHOULDER, NARROW, 0.25, created=TUESDAY, baseline=CALMER)
    assert (added.reference, added.placed) == (None, date(2026, 5, 4))  # the same placement
    found = book.find(SHOULDER, WIDE)
    assert found is not None
    assert found.baseline == REST


@pytest.mark.parametrize(
    "other",
    [
        Place(channel=1, site="shoulder", side="right"),
        Place(channel=2, site="shoulder", side="left"),
        Place(channel=1, site="neck", side="left"),
    ],
)
def test_a_calibration_is_not_used_for_another_site(book: Book, other: Place) -> None:
    assert book.find(other, WIDE) is None
    assert book.mark_moved(other, TUESDAY) == 0
    assert book.find(SHOULDER, WIDE) is not None


def test_a_sensor_calibrated_elsewhere_ends_the_placement(book: Book) -> None:
    jaw = Place(channel=1, site="jaw", side="left")
    book.add(jaw, WIDE, 0.25, created=TUESDAY, baseline=CALMER)
    assert book.find(SHOULDER, WIDE) is None
    book.add(SHOULDER.model_copy(update={"channel": 2}), WIDE, 0.25, created=TUESDAY, baseline=REST)
    assert book.find(jaw, WIDE) is not None


def test_nothing_measured_is_no_calibration() -> None:
    with pytest.raises(ValueError, match="needs a baseline or a reference"):
        Book().add(SHOULDER, WIDE, 0.25, created=MONDAY)


def test_a_date_without_a_zone_is_refused(book: Book) -> None:
    with pytest.raises(ValidationError, match="timezone"):
        book.add(SHOULDER, WIDE, 0.25, created=datetime(2026, 5, 4), baseline=REST)


@pytest.mark.parametrize(
    "bad",
    [
        RestBaseline(math.nan, 0.1, 0.2, 60.0),
        RestBaseline(0.0, 0.1, 0.2, 60.0),
        RestBaseline(2.0, -0.1, 0.2, 60.0),
        RestBaseline(2.0, math.inf, 0.2, 60.0),
    ],
)
def test_impossible_figures_are_refused(bad: RestBaseline) -> None:
    with pytest.raises(
        ValidationError, match=r"a baseline (needs a mean above 0|has no negative figures)"
    ):
        Book().add(SHOULDER, WIDE, 0.25, created=MONDAY, baseline=bad)


def test_the_reason_for_a_missing_calibration_is_told(book: Book) -> None:
    jaw = Place(channel=2, site="jaw", side="right")
    assert book.missing_reason(SHOULDER, WIDE, "baseline") == ""
    assert (
        book.missing_reason(jaw, WIDE, "reference")
        == "Right jaw has no reference contraction yet: calibrate it first."
    )
    assert book.missing_reason(SHOULDER, NARROW, "reference") == (
        "Left shoulder has a reference contraction in the wide band (20-450 Hz) only, and bands "
        "cannot be compared: calibrate in the narrow band (100-200 Hz), or use the other "
        "band."
    )
    book.mark_moved(SHOULDER, TUESDAY)
    assert book.missing_reason(SHOULDER, WIDE, "baseline") == (
        "The sensor on Left shoulder was moved on 2026-05-05, so its resting baseline is no "
        "longer valid: calibrate it again."
    )
    book.add(SHOULDER, WIDE, 0.25, created=WEDNESDAY, baseline=CALMER)
    assert book.missing_reason(SHOULDER, WIDE, "baseline") == ""
    assert "was moved" in book.missing_reason(SHOULDER, WIDE, "reference")


def test_to_channel(book: Book) -> None:
    found = book.find(SHOULDER, WIDE)
    assert to_channel(SHOULDER, 0, found, 0.2) == TrainedChannel(
        0, "Left shoulder", 0.2, REST, PULL
    )
    assert to_channel(SHOULDER, 2, None, None) == TrainedChannel(2, "Left shoulder")


def test_the_book_lies_beside_the_settings_and_comes_back_whole(book: Book) -> None:
    assert load_book() == Book()
    book.mark_moved(SHOULDER, TUESDAY)
    save_book(book)
    assert load_book() == book
    assert [path.name for path in own_dir().iterdir()] == [book_path().name]  # no part left over


def test_keys_of_later_versions_are_kept(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "calibrations.json"
    later = json.loads(book.model_dump_json())
    later["advice"] = "x"
    later["calibrations"][0]["posture"] = "sitting"
    path.write_text(json.dumps(later))
    read = load_book(path)
    read.mark_moved(SHOULDER, TUESDAY)
    save_book(read, path)
    again = json.loads(path.read_text())
    assert (again["advice"], again["calibrations"][0]["posture"]) == ("x", "sitting")


def test_a_book_that_cannot_be_saved_leaves_the_old_one(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calibrations.json"
    save_book(book, path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    book.mark_moved(SHOULDER, TUESDAY)
    with pytest.raises(StoreError, match="cannot be saved"):
        save_book(book, path)
    assert path.read_bytes() == before
