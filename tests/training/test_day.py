"""A day from rows made by hand, 50 a second at 2 kHz; and its files."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import Mock

import numpy as np
import pytest

from unclench.errors import InputError, StoreError
from unclench.settings import Sustained
from unclench.store.events.event import Event, Noted, TagEnded
from unclench.training.day.day import ChannelMinute, DayWatch, Minute
from unclench.training.day.spread import spread_of_days
from unclench.training.day.store import DayFolder, as_json
from unclench.training.day.words import standing_words, summary_words
from unclench.training.limit import USUAL_SPREAD
from unclench.training.placement.values import ReferenceContraction, RestBaseline, TrainedChannel
from unclench.training.rows import Rows

FS_HZ, ROW_N, ROW_HZ = 2000.0, 40, 50
BEGAN = datetime(2026, 1, 5, 9, 30)
LEFT = TrainedChannel(
    0,
    "Left shoulder",
    0.3,
    RestBaseline(1.5, 0.25, 60.0, 0.25),
    ReferenceContraction(400.0, "maximum"),
)
RIGHT = replace(LEFT, index=1, label="Right shoulder")
ONE_WORD = Sustained(rests=0)


class Stream:
    """Feeds a day in blocks of 12 rows, and keeps what came of it."""

    def __init__(self, *channels, settings=ONE_WORD):
        self.day = DayWatch(channels or (LEFT,), settings, ROW_N, FS_HZ, BEGAN)
        self.n_channels = 2
        self.at = 0  # rows
        self.found = []

    def __call__(self, seconds, *uv, trusted=True):
        n = round(seconds * ROW_HZ)
        row = np.array(uv if len(uv) == 2 else uv * 2, dtype=float)
        for start in range(0, n, 12):
            k = min(12, n - start)
            sample = (self.at + np.arange(k)) * ROW_N
            block = np.tile(row, (k, 1))
            self.found += self.day.rows(
                Rows(
                    sample,
                    block,
                    block,
                    block,
                    *(np.full((k, 2), is_so) for is_so in (trusted, not trusted)),
                )
            )
            self.at += k
        return self

    def gap(self, seconds):
        self.at += round(seconds * ROW_HZ)
        return self

    def end(self):
        self.found += self.day.finish()
        return self

    @property
    def minutes(self):
        return [one for one in self.found if isinstance(one, Minute)]

    @property
    def alerts(self):
        return [one for one in self.found if isinstance(one, Event)]


def test_minutes_of_the_stream_each_with_its_figures():
    stream = Stream()(30, 1.0)(30, 3.0)(60, 4.0)(15, 1.0).end()
    assert [m.number for m in stream.minutes] == [0, 1, 2]
    assert [f"{m.began:%H:%M:%S}" for m in stream.minutes] == ["09:30:00", "09:31:00", "09:32:00"]
    first, second, third = (m.channels[0] for m in stream.minutes)
    assert (first.p10_uv, first.median_uv, first.p90_uv) == (1.0, 2.0, 3.0)
    assert (first.rest_share, first.rests, first.trusted_s) == (0.5, 1, 60.0)
    assert (second.median_uv, second.rest_share, second.rests) == (4.0, 0.0, 0)
    assert (third.trusted_s, third.rest_share) == (15.0, 1.0)
    assert [m.lost_s for m in stream.minutes] == [0.0, 0.0, 0.0]


def test_a_minute_without_trust_has_no_figures_but_is_not_lost():
    stream = Stream()(60, 9.0, trusted=False).end()
    (minute,) = stream.minutes
    assert minute.channels[0] == replace(minute.channels[0], median_uv=None, rest_share=None)
    assert (minute.channels[0].trusted_s, minute.lost_s) == (0.0, 0.0)


def test_an_hour_away_is_lost_and_told_minute_by_minute():
    stream = Stream()(90, 3.0).gap(3600)(30, 3.0).end()
    assert len(stream.minutes) == 62
    lost_s = [m.lost_s for m in stream.minutes]
    assert lost_s == [0.0, 30.0, *[60.0] * 59, 30.0]
    summary = stream.day.summary()
    assert (summary.watched_s, summary.lost_s) == (3720.0, 3600.0)
    assert summary.channels[0].trusted_s == 120.0


def test_a_gap_ends_a_rest():
    stream = Stream()(30, 1.0).gap(0.02)(20, 1.0).end()
    assert stream.day.summary().channels[0].longest_rest_s == 30.0
    assert stream.day.summary().channels[0].rests == 2


def test_a_stream_that_begins_late_begins_there():
    stream = Stream().gap(100)(20, 1.0).end()
    assert [m.number for m in stream.minutes] == [1]
    assert stream.minutes[0].lost_s == 0.0
    assert stream.day.summary().watched_s == 20.0
    assert f"{stream.day.summary().began:%H:%M:%S}" == "09:31:40"


def test_alerts_come_in_their_place_for_each_channel():
    stream = Stream(LEFT, RIGHT, settings=Sustained(minutes=1.0, rests=3, rests_minutes=2.0))
    stream(150, 1.0, 9.0).end()
    assert [(a.payload.reason, a.payload.channel, a.sample / FS_HZ) for a in stream.alerts] == [
        ("sustained", "Right shoulder", 59.98),
        ("sustained", "Right shoulder", 119.98),
        ("few rests", "Right shoulder", 119.98),
    ]
    summary = stream.day.summary()
    assert (summary.sustained_alerts, summary.few_rests_alerts) == (2, 1)
    assert [c.longest_sustained_s for c in summary.channels] == [0.0, 150.0]


def test_a_channel_of_many_is_found_by_its_index():
    stream = Stream(RIGHT)(60, 1.0, 5.0).end()
    assert stream.minutes[0].channels[0].median_uv == 5.0


def test_a_tension_near_the_noise_is_below_what_the_instrument_can_see():
    stream = Stream(replace(LEFT, noise_uv=1.0))(10, 1.1, trusted=False)
    assert standing_words(stream.day.standing()[0]) == (
        "Left shoulder: no usable signal (below what this instrument can see)"
    )


def test_standing_words_follow_the_tension():
    stream = Stream(settings=Sustained(minutes=1.0, rests=0))
    assert standing_words(stream.day.standing()[0]) == "Left shoulder: no usable signal"
    expected = [
        (1.5, "calm", "Left shoulder: 1.5 µV, calm"),
        (8.0, "tense", "Left shoulder: 8.0 µV, above the limit for 30 s"),
        (8.0, "long", "Left shoulder: 8.0 µV, above the limit for 1 min"),
    ]
    for uv, state, words in expected:
        (standing,) = stream(30, uv).day.standing()
        assert (standing.state, standing_words(standing)) == (state, words)
    assert stream(1, 8.0, trusted=False).day.standing()[0].state == "unknown"


def test_hours_are_compared_once_there_are_two():
    stream = Stream()(20 * 60, 1.0).end()
    assert stream.day.summary().channels[0].calmest is None
    stream = Stream()(30 * 60, 3.0)(3600, 1.0)(11 * 60, 2.0).end()
    channel = stream.day.summary().channels[0]
    assert (f"{channel.calmest.began:%H:%M}", channel.calmest.tension_uv) == ("10:00", 1.0)
    assert (f"{channel.tensest.began:%H:%M}", channel.tensest.tension_uv) == ("09:00", 3.0)
    short = Stream()(30 * 60, 3.0)(3600, 2.0)(9 * 60, 1.0).end()  # nine minutes are no hour
    assert f"{short.day.summary().channels[0].calmest.began:%H:%M}" == "10:00"


def test_a_day_in_words():
    settings = Sustained(minutes=4.0, rests=0)
    stream = Stream(settings=settings)(1800, 1.0)(300, 5.0).gap(60)(3600, 1.0).end()
    assert summary_words(stream.day.summary()) == [
        "Watched 1 h 36 min, from 09:30. 1 min of it was lost.",
        "Left shoulder: at rest for 1 h 30 min of 1 h 35 min of usable signal (95 %), "
        "in 2 moments; the longest 1 h. "
        "Longest time above 2.2 µV without a break: 5 min.",
        "  The limit is your resting baseline plus two standard deviations of 19 %.",
        "  Lowest tension in the hour from 09:00 (1.0 µV), highest from 10:00 (1.3 µV).",
        "1 alert: 1 for lasting tension, 0 for too little rest.",
    ]
    assert summary_words(Stream()(60, 9.0, trusted=False).end().day.summary()) == [
        "Watched 1 min, but there was no usable signal."
    ]


def test_without_a_gentle_reference_or_baseline_there_is_no_watch():
    with pytest.raises(InputError, match="no limit for Left shoulder"):
        Stream(TrainedChannel(0, "Left shoulder"))
    gentle = replace(LEFT, baseline=None, reference=ReferenceContraction(400.0, "gentle"))
    assert Stream(gentle)(60, 1.0).end().day.summary().channels[0].rest_s == 60.0


# On the disk


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_are_there_as_they_come(tmp_path):
    store = DayFolder(tmp_path / "days", BEGAN, 1)
    assert store.folder == tmp_path / "days" / "2026-01-05"
    stream = Stream()(75, 1.0).end()
    for minute in stream.minutes:
        store.minute(minute)
    store.event(BEGAN, Event(4000, TagEnded("", "=SUM(A1), or so"), 1.5))
    rows = table(store.folder / "day.csv")
    assert [row["minute"] for row in rows] == ["0", "1"]
    assert rows[0] == {
        "minute": "0",
        "time": "2026-01-05T09:30:00",
        "lost_s": "0.0",
        "ch1_median_uv": "1.0",
        "ch1_p10_uv": "1.0",
        "ch1_p90_uv": "1.0",
        "ch1_rest_share": "1.0",
        "ch1_rests": "1",
        "ch1_trusted_s": "60.0",
    }
    (event,) = table(store.folder / "events.csv")
    assert event["text"] == "'=SUM(A1), or so"
    assert (event["sample"], event["duration_s"], event["lost_samples"]) == ("4000", "1.5", "")
    assert not (store.folder / "summary.json").exists()
    summary = stream.day.summary()
    store.close(summary)
    assert json.loads((store.folder / "summary.json").read_text()) == as_json(summary)
    assert as_json(summary)["began"] == "2026-01-05T09:30:00"


def test_a_day_is_never_written_over(tmp_path):
    stores = [DayFolder(tmp_path, BEGAN, 1) for _ in range(3)]
    for store in stores:
        store.close(None)
    assert [store.folder.name for store in stores] == ["2026-01-05", "2026-01-05-2", "2026-01-05-3"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"A folder for the day cannot be created in .*file"):
        DayFolder(tmp_path / "file", BEGAN, 1)


def test_what_a_full_disk_refused_comes_when_there_is_room(tmp_path, monkeypatch):
    store = DayFolder(tmp_path, BEGAN, 1)
    minute = Stream()(60, 1.0).end().minutes[0]
    real = store._day._file._file

    def refuse(data):
        raise OSError(28, "No space left on device")

    full = Mock(wraps=real, write=refuse)
    monkeypatch.setattr(store._day._file, "_file", full)
    store.minute(minute)
    assert "No space left on device" in str(store.trouble)
    store.event(BEGAN, Event(0, Noted("still written")))
    assert len(table(store.folder / "events.csv")) == 1
    monkeypatch.setattr(store._day._file, "_file", real)
    store.minute(replace(minute, number=1))
    assert store.trouble is None
    assert [row["minute"] for row in table(store.folder / "day.csv")] == ["0", "1"]
    monkeypatch.setattr(store._day._file, "_file", full)
    store.minute(replace(minute, number=2))
    with pytest.raises(StoreError, match="No space left"):
        store.close(None)


# the spread of days


def keep_day(out, number, medians_uv, share=1.0):
    """Store a day with these minutes of the left shoulder."""
    folder = DayFolder(out, BEGAN + timedelta(days=number), 1)
    for k, uv in enumerate(medians_uv):
        minute = ChannelMinute(uv, uv, uv, share, 3, 60.0)
        folder.minute(Minute(k, BEGAN, 0.0, (minute,)))
    day = Stream(LEFT).day
    folder.close(day.summary())
    return folder.folder


def test_without_earlier_days_the_usual_spread_holds(tmp_path):
    assert spread_of_days(tmp_path / "none", "Left shoulder") == USUAL_SPREAD
    keep_day(tmp_path, 1, [9.0] * 60, share=0.1)  # a day without rest says nothing
    assert spread_of_days(tmp_path, "Left shoulder") == USUAL_SPREAD


@pytest.mark.parametrize("true", [0.03, 0.15, 0.5])
def test_the_spread_of_days_is_learnt_from_resting_minutes(tmp_path, true):
    rng = np.random.default_rng(1)
    for number in range(12):
        keep_day(tmp_path, number, 2 * np.exp(true * rng.standard_normal(400)))
    assert spread_of_days(tmp_path, "Right shoulder") == USUAL_SPREAD
    found = spread_of_days(tmp_path, "Left shoulder")
    assert found == pytest.approx(min(0.2, max(0.05, true)), abs=0.01)


def test_a_day_that_cannot_be_read_is_left_out(tmp_path):
    for number in range(3):
        keep_day(tmp_path, number, [1.0, 3.0] * 300)
    whole = spread_of_days(tmp_path, "Left shoulder")
    (keep_day(tmp_path, 4, [1.0, 9.0] * 300) / "summary.json").write_text("{")
    (keep_day(tmp_path, 5, [1.0, 9.0] * 300) / "day.csv").write_bytes(b"\xff\x00,")
    assert spread_of_days(tmp_path, "Left shoulder") == whole
