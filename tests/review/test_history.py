"""Sessions over weeks: what compares and what does not, trends, and what raises it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.known import interval, known

from unclench.review.history import Series, load_history, load_sittings, make_series
from unclench.review.trend import MEASURES, Dated, Trend, robust_slope, trend_of
from unclench.settings import Place
from unclench.store.constants import BoardConstants, ChannelConstants
from unclench.store.model import BandMeta
from unclench.store.provenance import Provenance
from unclench.store.session.schema import SessionMeta
from unclench.store.session.summary import ChannelSummary, SessionSummary, TagSummary, sizes_of
from unclench.training.placement.calibrations import Book
from unclench.training.placement.values import RestBaseline
from unclench_dsp import BANDS, NARROW, WIDE, Band
from unclench_dsp.version import CHAIN_VERSION

START = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)  # a Monday
BOARD = BoardConstants(
    rate_num=2000,
    rate_den=1,
    oversampling=250,
    full_scale_uv=3300000,
    codes=4096,
    zero_unit=512000,
    low_unit=0,
    high_unit=1023500,
    level=1,
    channels=(ChannelConstants(gain_milli=200000),),
)
MEAN = next(measure for measure in MEASURES if measure.key == "mean_uv")


class Sessions:
    """A folder of session folders with figures; each call adds one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(
        self,
        day: float,
        *,
        site: str | None = "Left shoulder",
        band: str = "wide",
        flags: int = 0,
        imported: dict[str, Any] | None = None,
        about: Mapping[str, Any] | None = None,
        **figures: Any,
    ) -> Path:
        """Add a session that was held so many days after the first."""
        at = START + timedelta(days=day)
        folder = self.root / f"{at:%Y-%m-%d_%H-%M-%S}-{len(list(self.root.glob('*')))}"
        folder.mkdir(parents=True)
        (folder / "emg.csv").write_text("sample,time_s,channel 1\n", encoding="utf-8")
        used = BANDS[band]
        meta = SessionMeta(
            created=at,
            source="COM3",
            constants=BOARD.model_copy(update={"flags": flags}),
            sites=(site,),
            band=BandMeta(name=band, low_hz=used.low_hz, high_hz=used.high_hz, order=used.order),
            window_s=0.25,
            tension_rate_hz=50.0,
            duration_s=600.0,
            ended="closed",
            imported=imported,
            **(about or {}),
        )
        (folder / "session.json").write_text(meta.to_json(), encoding="utf-8")
        planted = {"used_s": 590.0, "mean_uv": 3.0, **figures}
        channel = ChannelSummary(channel="ch1", site=site, **planted)
        made = SessionSummary(made_of=sizes_of(folder), duration_s=600.0, channels=(channel,))
        (folder / "summary.json").write_text(made.model_dump_json(), encoding="utf-8")
        return folder


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    """Put session folders with figures into a folder; each call is one session."""
    return Sessions(tmp_path / "sessions")


def the(
    series: Iterable[Series],
    label: str = "Left shoulder",
    band: Band = WIDE,
    origin: Provenance = Provenance.BOARD,
) -> Series:
    (one,) = (s for s in series if (s.label, s.band, s.origin) == (label, band, origin))
    return one


def dated(
    values: Sequence[float] | np.ndarray,
    days: Sequence[float] | None = None,
    placements: Sequence[int] | None = None,
) -> list[Dated]:
    days = range(len(values)) if days is None else days
    placements = [0] * len(values) if placements is None else placements
    return [
        Dated(START + timedelta(days=day), placement, value)
        for value, day, placement in zip(values, days, placements, strict=True)
    ]


def trend(series: Series, key: str) -> Trend:
    return next(t for t in series.trends if t.measure.key == key)


# What compares


def of_chain(folder: Path, chain: int, baseline_chain: int) -> None:
    plain = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    plain["chain"], plain["channels"][0]["baseline_chain"] = chain, baseline_chain
    (folder / "summary.json").write_text(json.dumps(plain), encoding="utf-8")


def test_figures_of_chains_that_disagree_are_never_joined(sessions):
    rested = {"baseline_uv": 2.0, "baseline_from": "calibration", "rest_share": 0.5}
    for day in range(4):
        sessions(day, **rested)
    of_chain(sessions(5, **rested), CHAIN_VERSION, 1)
    sittings, _ = load_sittings(sessions.root)
    older = sittings[0].summary.model_copy(update={"chain": 1})
    series = the(make_series([*sittings, replace(sittings[0], summary=older)], Book(), Book()))
    assert len(series.points) == 5
    assert [point.baseline_uv for point in series.points] == [2.0, 2.0, 2.0, 2.0, None]
    assert [point.rest_share for point in series.points] == [0.5, 0.5, 0.5, 0.5, None]
    said = " ".join(series.notes)
    assert "Left out: 1 session with figures of another version of the analysis" in said
    assert "The calibration of 1 session was measured with another version" in said


def test_rest_that_was_named_in_review_counts_and_is_said(sessions):
    for day, origin in enumerate(("calibration", "marked", "chosen", "quietest")):
        sessions(day, baseline_uv=2.0, baseline_from=origin, rest_share=0.5)
    series = the(make_series(load_sittings(sessions.root)[0], Book(), Book()))
    assert [point.baseline_uv for point in series.points] == [2.0, 2.0, 2.0, None]
    assert "In 2 sessions, rest was named in review" in " ".join(series.notes)


def test_sites_bands_and_kinds_of_signal_are_never_mixed(sessions):
    for k in range(3):
        sessions(k)
        sessions(k, band="narrow")
        sessions(k, site="Jaw")
        sessions(k, site=None)
        sessions(k, flags=2)
        sessions(k, imported={"from": "a.edf"})
    history = load_history(sessions.root)
    assert history.sessions == 18
    assert [len(s.points) for s in history.series] == [3] * 6
    the(history.series, band=NARROW)
    the(history.series, "Jaw")
    the(history.series, origin=Provenance.VIRTUAL)
    the(history.series, origin=Provenance.IMPORTED)
    nowhere = the(history.series, "ch1")
    assert not nowhere.known_site
    assert "No site was given" in nowhere.notes[0]


def test_a_point_of_the_history_has_the_sessions_figures(sessions):
    folder = sessions(
        0,
        mean_uv=2.5,
        p10_uv=1.0,
        p50_uv=2.0,
        p90_uv=4.0,
        baseline_uv=1.8,
        baseline_from="calibration",
        rest_share=0.4,
        recovery_s=(3.0, 9.0, 4.0),
        about={"title": "Evening", "feedback": False},
    )
    (point,) = the(load_history(sessions.root).series).points
    assert (point.folder, point.title, point.feedback) == (folder, "Evening", False)
    assert (point.mean_uv, point.p10_uv, point.p50_uv, point.p90_uv) == (2.5, 1.0, 2.0, 4.0)
    assert (point.baseline_uv, point.rest_share, point.recovery_s) == (1.8, 0.4, 4.0)
    assert point.used_share == pytest.approx(590 / 600)
    assert point.at == START


def test_an_estimated_baseline_does_not_count_as_a_baseline(sessions):
    sessions(0, baseline_uv=1.8, baseline_from="quietest")
    assert the(load_history(sessions.root).series).points[0].baseline_uv is None


def test_a_calibration_that_sessions_share_counts_once(sessions):
    for k in range(4):
        sessions(k, baseline_uv=1.8 if k < 3 else 1.6, baseline_from="calibration")
    assert trend(the(load_history(sessions.root).series), "baseline_uv").sessions == 2


def test_sessions_with_too_little_signal_are_left_out_and_counted(sessions):
    sessions(0)
    sessions(1, used_s=59.0)
    one = the(load_history(sessions.root).series)
    assert (len(one.points), one.too_short) == (1, 1)


def test_damaged_folders_are_counted_and_stop_nothing(sessions):
    sessions(0)
    (sessions(1) / "session.json").write_text("{", encoding="utf-8")
    (sessions(2) / "summary.json").write_text("{", encoding="utf-8")  # and no samples to make it of
    told = []
    history = load_history(sessions.root, progress=lambda done, of: told.append((done, of)))
    assert (history.damaged, history.sessions) == (2, 3)
    assert told == [(0, 1)]
    assert history.damaged_words.startswith("2 sessions could not be read and are left out (2026")
    more = replace(history, damaged=5, unread=tuple("abcde")).damaged_words
    assert more.endswith("left out (a, b, c and 2 more).")
    assert len(the(history.series).points) == 1


def test_an_empty_folder_is_an_empty_history(tmp_path):
    assert load_history(tmp_path / "nowhere").series == ()


def test_different_programs_in_one_series_are_mentioned(sessions):
    sessions(0, about={"training": {"program": "let-go"}})
    sessions(1, about={"training": {"program": "stress-profile"}})
    (note,) = the(load_history(sessions.root).series).notes
    assert "let-go (1)" in note
    assert "stress-profile (1)" in note


# Placements


def calibrated(book: Book, day: float, channel: int = 1, moved_day: float | None = None) -> None:
    place = Place(channel=channel, site="shoulder", side="left")
    at = START + timedelta(days=day)
    book.add(place, WIDE, 0.25, created=at, baseline=RestBaseline(2.0, 0.2, 60.0, 0.3))
    if moved_day is not None:
        book.mark_moved(place, START + timedelta(days=moved_day))


def series_with(book: Book, sessions: Sessions) -> Series:
    return the(make_series(load_sittings(sessions.root)[0], book, Book()))


def test_a_jump_at_a_new_electrode_placement_is_not_progress(sessions):
    rng = np.random.default_rng(1)
    for day in range(28):  # rises by 0.7 a week, but sits lower from day 14 on
        level = 4.0 + 0.1 * day - (4.0 if day >= 14 else 0.0)
        sessions(day, mean_uv=level + 0.1 * float(rng.standard_normal()))
    blind = trend(series_with(Book(), sessions), "mean_uv")
    assert known(blind.per_week).value < 0  # as it would seem
    book = Book()
    calibrated(book, -1, moved_day=13.5)
    calibrated(book, 13.6)
    seeing = series_with(book, sessions)
    found = trend(seeing, "mean_uv")
    assert found.words.startswith("higher by 0.")
    assert "over 28 sessions with 2 placements" in found.words
    low, high = interval(found.per_week)
    assert low < 0.7 < high
    assert [change.words for change in seeing.changes] == ["electrodes placed"]
    assert {point.placement for point in seeing.points[:14]} == {1}
    assert {point.placement for point in seeing.points[14:]} == {2}


def test_a_second_calibration_is_not_a_new_placement(sessions):
    for day in range(4):
        sessions(day)
    book = Book()
    calibrated(book, -1)
    calibrated(book, 1.5, moved_day=3.5)
    one = series_with(book, sessions)
    assert {point.placement for point in one.points} == {1}
    assert [change.words for change in one.changes] == ["electrodes moved"]


def test_another_channel_is_a_new_placement(sessions, tmp_path):
    sessions(0)
    folder = sessions(1)
    two = json.loads((folder / "session.json").read_text("utf-8"))
    two["constants"]["channels"] *= 2
    two |= {"channels": ["ch1", "ch2"], "sites": [None, "Left shoulder"]}
    (folder / "session.json").write_text(json.dumps(two), encoding="utf-8")
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    summary["channels"].insert(0, {**summary["channels"][0], "site": None})
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    one = the(load_history(sessions.root).series)
    assert [point.placement for point in one.points] == [0, 1]
    assert one.changes[0].words == "now on channel 2"


def test_days_of_many_placements_compare_as_placements():
    rng = np.random.default_rng(2)
    values = 5 - 0.1 * np.arange(16) + 0.2 * rng.standard_normal(16)
    found = trend_of(MEAN, dated(values, range(0, 32, 2), range(16)))
    assert found.across
    assert found.sure
    assert "over 16 placements" in found.words


# Trends


def test_a_planted_fall_is_found_and_described():
    rng = np.random.default_rng(3)
    days = np.arange(0, 42, 3)
    values = 5 - 0.3 * days / 7 + 0.15 * rng.standard_normal(len(days))
    found = trend_of(MEAN, dated(values, days.tolist()))
    low, high = interval(found.per_week)
    assert low < -0.3 < high
    assert found.words.startswith("lower by 0.")
    assert " µV per week (0." in found.words
    assert found.words.endswith("over 14 sessions")


def test_an_insignificant_change_is_called_insignificant():
    rng = np.random.default_rng(4)
    found = trend_of(MEAN, dated(3 + 0.3 * rng.standard_normal(9)))
    assert found.words == "no clear change yet, over 9 sessions"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([3.0, 2.0, 1.0], "too little data: sessions on 3 days; at least 6 are needed"),
        ([3.0], "too little data: sessions on 1 day; at least 6 are needed"),
        ([3.0] * 9, "no change at all, over 9 sessions"),
        ([3.0, 2.9, 2.8, 2.7, 2.6, 2.5], "too early: all 6 days are within one week"),
    ],
)
def test_too_few_days_for_a_trend_are_reported(values, words):
    assert trend_of(MEAN, dated(values)).words == words


def test_too_few_days_are_named_by_what_they_have():
    baseline = next(measure for measure in MEASURES if measure.key == "baseline_uv")
    words = trend_of(baseline, dated([2.0])).words
    assert words == "too little data: 1 day with a new resting baseline; at least 6 are needed"


def test_first_and_last_are_medians_of_thirds():
    assert trend_of(MEAN, dated([9.0, 3.0, 4.0, 3.0, 1.0, 2.0])).span == "6.00 → 1.50 µV"
    assert trend_of(MEAN, dated([9.0])).span == ""


def test_several_sessions_of_a_day_count_as_one_day():
    days = [0, 0.01, 0.02, 0.03, 0.04, 0.05, 9]
    found = trend_of(MEAN, dated([5, 5, 5, 5, 5, 5, 3], days))
    assert "sessions on 2 days" in found.words


def test_changes_of_rest_are_in_points_and_of_recovery_in_speed():
    rest, recovery = (m for m in MEASURES if m.key in ("rest_share", "recovery_s"))
    values = [0.1 + 0.01 * k + 0.001 * (-1) ** k for k in range(14)]
    assert trend_of(rest, dated(values)).words.startswith("more by 7.0 points per week")
    falling = [20.0 - k + 0.1 * (-1) ** k for k in range(14)]
    assert trend_of(recovery, dated(falling)).words.startswith("faster by 7.0 s per week")


def test_the_slope_is_that_of_sen():
    """Worked by hand: all pairs' slopes are 1, 1, 1, 1, 1, 1 but for an odd last day."""
    times = np.arange(7.0)
    values = np.array([0.0, 1, 2, 3, 4, 5, 60])
    slope = robust_slope([(times, values)])
    assert slope is not None
    assert (slope.value, slope.low) == (1.0, 1.0)


@pytest.mark.parametrize("alike", [0.0, 0.3])
def test_a_change_that_does_not_exist_is_rarely_significant(alike):
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal(15)
        for k in range(1, 15):
            noise[k] = alike * noise[k - 1] + math.sqrt(1 - alike**2) * noise[k]
        wrong += trend_of(MEAN, dated(5 + 0.5 * noise)).sure
    assert wrong <= 18  # 5 % of 200 and three standard errors


# Which moments raise it


def tag(
    log_ratio: float | None,
    se: float | None = 0.1,
    words: str = "posture: slouching",
    times: int = 2,
) -> TagSummary:
    return TagSummary(
        words=words,
        times=times,
        during_s=60.0,
        untagged_s=400.0,
        log_ratio=log_ratio,
        log_ratio_se=se,
    )


def test_a_tags_effect_is_pooled_over_the_sessions(sessions):
    rng = np.random.default_rng(5)
    for day in range(10):
        effect = math.log(1.3) + 0.1 * float(rng.standard_normal())
        tags = (tag(effect), tag(0.1 * float(rng.standard_normal()), words="thought: work"))
        sessions(2 * day, tags=tags if day < 8 else tags[:1])
    one = the(load_history(sessions.root).series)
    slouching, work = one.tags
    assert slouching.words == "posture: slouching"
    low, high = interval(slouching.during)
    assert low < 1.3 < high
    assert slouching.sure
    assert slouching.said.endswith("over 10 sessions")
    assert " % higher (" in slouching.said
    assert (slouching.times, slouching.during_s, slouching.sessions) == (20, 600.0, 10)
    assert slouching.per_hour == pytest.approx(20 / (10 * 590 / 3600))
    assert [week.times for week in slouching.weeks] == [8, 6, 6]
    assert slouching.weekly.startswith("weeks from 2 Mar: +")
    assert slouching.weekly.count(",") == 2
    assert (work.sessions, work.of_sessions) == (8, 10)
    assert not work.sure
    assert work.said.startswith("no clear effect (")


def test_too_few_sessions_with_a_tag_are_reported(sessions):
    sessions(0, tags=(tag(0.5),))
    sessions(1, tags=(tag(0.5),))
    sessions(2, tags=(tag(None, None),))
    (only,) = the(load_history(sessions.root).series).tags
    assert only.said == "too little data: 2 sessions with enough; at least 3 are needed"
    assert only.during is None
    assert only.times == 6
    assert only.weekly == ""
    assert [week.during for week in only.weeks] == [None]


def test_reviewing_a_folder_writes_nothing(sessions):
    sessions(0)
    before = sorted(Path(sessions.root).rglob("*"))
    load_history(sessions.root)
    assert sorted(Path(sessions.root).rglob("*")) == before
