"""Alerts from rows made by hand, 50 a second at 2 kHz."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from unclench.errors import InputError
from unclench.store.events.words import said
from unclench.training.limit import DriftingLimit, Limit, limit_of
from unclench.training.placement.values import ReferenceContraction, RestBaseline, TrainedChannel
from unclench.training.sustained import SustainedAlert, TooFewRests

FS_HZ, ROW_N, ROW_HZ = 2000.0, 40, 50
# Rest varies by 10 % over a day, and by 0.2 of 1.5 µV within the minute.
OF_REST_UV = 1.5 * math.exp(2 * math.hypot(0.1, 0.2 / 1.5))
BARE = TrainedChannel(0, "Left shoulder", noise_uv=0.3)
RESTED = replace(BARE, baseline=RestBaseline(1.5, 0.2, 60.0, 0.3))
BOTH = replace(RESTED, reference=ReferenceContraction(600.0, "maximum"))


class Feed:
    """Feeds stretches of seconds, and keeps at which second which alert came."""

    def __init__(self, alert):
        self.alert = alert
        self.row_n = 0
        self.came = []

    def __call__(self, seconds, uv, trusted=True):
        for _ in range(round(seconds * ROW_HZ)):
            found = self.alert.row(self.row_n * ROW_N, uv, trusted)
            self.row_n += 1
            if found:
                self.came.append((self.row_n / ROW_HZ, found))
        return self

    def gap(self, seconds):
        self.row_n += round(seconds * ROW_HZ)
        return self

    @property
    def times_s(self):
        return [at_s for at_s, _ in self.came]


def sustained(minutes=4.0):
    return Feed(SustainedAlert("Left shoulder", Limit(3.0, ""), minutes, ROW_N, FS_HZ))


def few_rests(rests=5, minutes=10.0):
    return Feed(TooFewRests("Left shoulder", 3.0, rests, minutes, ROW_N, FS_HZ))


# the limit


def test_the_percentage_of_the_reference_decides():
    limit = limit_of(BOTH, 0.5)
    assert limit.uv == pytest.approx(math.hypot(3.0, 0.3), rel=1e-3)  # and the noise on top
    assert limit.words == "0.5 % of your reference of 600 µV"


def test_a_percentage_below_rest_gives_way_to_rest():
    limit = limit_of(replace(BOTH, reference=ReferenceContraction(100.0, "gentle")), 0.5)
    assert limit.uv == pytest.approx(OF_REST_UV)
    assert limit.words == "your resting baseline plus two standard deviations of 17 %"


@pytest.mark.parametrize("channel", [RESTED, BOTH, replace(BOTH, baseline=None)])
def test_the_noise_floor_is_the_least(channel):
    limit = limit_of(replace(channel, noise_uv=4.0), 0.5)
    assert limit.uv == 5.0
    assert "the noise floor of 4.00 µV" in limit.words


def test_without_a_reference_rest_decides_and_says_so():
    limit = limit_of(RESTED, 0.5)
    assert limit.uv == pytest.approx(OF_REST_UV)
    assert limit.words.endswith("because there is no reference contraction")


def test_without_noise_and_baseline_the_reference_alone():
    assert limit_of(replace(BOTH, baseline=None, noise_uv=None), 0.5).uv == 3.0


def test_without_either_it_is_refused():
    with pytest.raises(InputError, match=r"no limit for Left shoulder.*`unclench calibrate`"):
        limit_of(BARE, 0.5)


# tension that lasts


def test_the_alert_comes_when_the_time_is_over_and_not_before():
    feed = sustained()(239.96, 3.1)
    assert feed.came == []
    feed(10, 3.1)
    assert feed.times_s == [240.0]
    alert = feed.came[0][1]
    assert (alert.reason, alert.channel) == ("sustained", "Left shoulder")
    assert said(alert) == (
        "Left shoulder has been above 3.0 µV for 4 min without a pause. "
        "Let it sink as you breathe out."
    )


def test_the_alert_repeats_after_twice_and_four_times_as_long():
    assert sustained()(17 * 60, 9.0).times_s == [240.0, 480.0, 960.0]


def test_three_seconds_at_the_limit_restart_the_count():
    feed = sustained()(200, 9.0)(3, 3.0)(200, 9.0)
    assert feed.came == []
    assert feed(40, 9.0).times_s == [443.0]
    assert feed(3, 1.0)(240, 9.0).times_s == [443.0, 686.0]


def test_a_shorter_dip_is_neither_rest_nor_tension():
    feed = sustained()
    for _ in range(24):
        feed(10, 9.0)(2.98, 1.0)
    assert feed.times_s == [pytest.approx(24 * 10 + 23 * 2.98)]
    assert feed.alert.longest_s == 240.0


@pytest.mark.parametrize("away", ["distrusted", "nan", "gap"])
def test_a_short_absence_neither_counts_nor_resets(away):
    feed = sustained()(120, 9.0)
    if away == "gap":
        feed.gap(10)
    else:
        feed(10, math.nan if away == "nan" else 9.0, away == "nan")
    assert feed(119.98, 9.0).came == []
    assert feed(0.02, 9.0).times_s == [250.0]


@pytest.mark.parametrize("away", ["distrusted", "nan", "gap"])
def test_a_long_absence_resets(away):
    feed = sustained()(200, 9.0)
    if away == "gap":
        feed.gap(10.02)
    else:
        feed(10.02, math.nan if away == "nan" else 9.0, away == "nan")
    assert feed(239.98, 9.0).came == []
    assert len(feed(0.02, 9.0).came) == 1


def test_distrusted_calm_does_not_reset():
    assert sustained()(200, 9.0)(5, 0.1, False)(40, 9.0).times_s == [245.0]


def test_the_longest_is_kept():
    feed = sustained()(100, 9.0)(3, 1.0)(50, 9.0)
    assert feed.alert.longest_s == 100.0
    assert feed.alert.above_s == 50.0


def test_tension_with_short_pauses_does_not_escape():
    """Four seconds of rest in every twenty end each count, but are not enough."""
    feed = sustained()
    for _ in range(180):
        feed(16, 9.0)(4, 1.0)
    assert feed.times_s == [1200.0, 3600.0]  # five times four minutes, then after twice as long
    assert said(feed.came[0][1]) == (
        "Left shoulder has been above 3.0 µV for 16 min of the last 20 min: the pauses are too "
        "short. Let it sink as you breathe out, and rest for a while."
    )


def test_pauses_that_are_long_enough_are_rest():
    feed = sustained()
    for _ in range(200):
        feed(14, 9.0)(6, 1.0)
    assert feed.came == []


def test_alerts_without_a_break_are_not_repeated_as_tension_with_breaks():
    assert sustained()(21 * 60, 9.0)(4, 1.0)(10, 9.0).times_s == [240.0, 480.0, 960.0]


# drifting rest


TWICE_TEN = Limit(2.4, "", times=1.2)


def drifting(uv, minutes, limit=TWICE_TEN):
    followed = DriftingLimit(limit, 1.0)  # a row a second
    for _ in range(round(minutes * 60)):
        followed.row(uv)
    return followed.uv


def test_the_limit_follows_rest_slowly():
    assert drifting(2.0, 60) == pytest.approx(2.4)  # rest stays: so does the limit
    half_way = 2.4 * (2.2 / 2.0) ** (1 - math.exp(-1))
    assert drifting(2.2, 20) == pytest.approx(half_way, rel=1e-3)
    assert drifting(2.2, 300) == pytest.approx(1.2 * 2.2, rel=1e-3)


def test_the_limit_never_moves_by_more_than_a_fifth():
    assert drifting(2.399, 600) <= 1.2 * 2.4
    assert drifting(2.399, 600, replace(TWICE_TEN, times=1.5)) == pytest.approx(1.2 * 2.4)
    assert drifting(0.5, 600) == pytest.approx(2.4 / 1.2)


def test_tension_above_the_limit_does_not_move_it():
    assert drifting(2.5, 600) == 2.4


def test_a_limit_of_the_person_s_own_stays():
    limit = limit_of(BOTH, 0.5)
    assert drifting(1.0, 600, limit) == limit.uv
    assert limit_of(RESTED, 0.5).least_uv == pytest.approx(0.375)  # the noise is the least


def test_who_tenses_slowly_is_alerted_all_the_same():
    channel = replace(BARE, baseline=RestBaseline(2.0, 0.1, 60.0, 0.15))
    feed = Feed(SustainedAlert("Left shoulder", limit_of(channel, 0.5), 4.0, ROW_N, FS_HZ))
    for minute in range(70):
        feed(60, 2.0 * 2 ** min(1.0, minute / 60))  # to twice rest within an hour
    assert 30 < feed.times_s[0] / 60 < 60


def test_the_spread_of_days_widens_the_limit():
    narrow, wide = (limit_of(RESTED, 0.5, spread=spread).uv for spread in (0.05, 0.2))
    assert 1.5 * math.exp(2 * 0.05) < narrow < OF_REST_UV < wide
    assert wide == pytest.approx(1.5 * math.exp(2 * math.hypot(0.2, 0.2 / 1.5)))


# too little rest


def moments(feed, n, every_s, rest_s=0.1):
    """Moments of rest: for `rest_s` no tension is within the 0.1 s before a row."""
    for _ in range(n):
        feed(every_s - rest_s, 9.0)(rest_s, 2.9)
    return feed


def test_too_few_rests_give_an_alert_after_a_whole_window():
    feed = moments(few_rests(), 4, 100.0)(199.96, 9.0)
    assert feed.came == []
    feed(1, 9.0)
    assert feed.times_s == [600.0]
    assert feed.came[0][1].reason == "few rests"
    assert said(feed.came[0][1]) == (
        "Left shoulder had 4 moments of rest in the last 10 min. Let it go for a breath or two."
    )


def test_enough_rests_give_no_alert():
    assert moments(few_rests(), 40, 100.0).came == []  # six in ten minutes


def test_a_dip_that_is_too_short_is_no_rest():
    feed = moments(few_rests(), 12, 50.0, rest_s=0.08)
    assert feed.times_s == [600.0]
    assert "no moments of rest" in said(feed.came[0][1])


def test_a_rest_that_goes_on_is_no_lack_of_rest():
    assert few_rests()(3600, 1.0).came == []
    assert few_rests()(45, 1.0)(554, 9.0).came == []  # 5 moments


def test_the_window_slides_and_an_alert_is_not_repeated_at_once():
    feed = moments(few_rests(), 6, 10.0)(600, 9.0)
    # The sixth and the fifth leave the window; from then on only four were in it.
    assert feed.times_s == [pytest.approx(620.0)]
    assert feed(1230, 9.0).times_s[1:] == [pytest.approx(1820.0)]  # after twice ten minutes


def test_enough_rest_restores_the_first_alert_delay():
    feed = few_rests()(1810, 9.0)
    assert feed.times_s == [pytest.approx(600.0), pytest.approx(1800.0)]
    moments(feed, 5, 10.0)(700, 9.0)
    assert len(feed.came) == 3


def test_absence_stops_the_clock_and_breaks_a_rest():
    feed = few_rests()(300, 9.0)(300, 1.0, False)
    assert feed(299.98, 9.0).came == []
    assert feed(0.02, 9.0).times_s == [900.0]
    feed = few_rests(rests=1, minutes=1.0)(59, 9.0)(0.06, 1.0).gap(0.02)(0.06, 1.0)(0.88, 9.0)
    assert len(feed.came) == 1


def test_after_an_absence_longer_than_the_window_a_new_one_begins():
    feed = few_rests()(500, 9.0).gap(601)
    assert feed(599.98, 9.0).came == []
    assert len(feed(0.02, 9.0).came) == 1


def test_zero_required_rests_give_no_alert():
    assert few_rests(rests=0)(1300, 9.0).came == []
