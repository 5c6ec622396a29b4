"""The plan: what it fixes and refuses, which block a day belongs to, and its words."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import pytest

from unclench.errors import InputError
from unclench.notices import told, words
from unclench.training.steps.kinds.hold import Hold
from unclench.training.steps.kinds.settle import Settle
from unclench.trial.phases import (
    block_on,
    blocks_of,
    last_day,
    note_deviation,
    running_now,
    standing_of,
    stop,
)
from unclench.trial.plan import (
    FEWEST_PAIRS,
    Trials,
    draw,
    load_trials,
    make_trial,
    save_trials,
    trials_path,
)
from unclench.trial.words import plan_words, standing_words, unseen_words
from unclench_dsp import NARROW, WIDE
from unclench_dsp.permutation import smallest_p

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
MONDAY = date(2026, 3, 2)


def plan(**given):
    lengths = {"block_days": 4, "pairs": 7, **given}
    return make_trial("Left shoulder", WIDE, MONDAY, NOW, **lengths)


def test_the_order_is_a_fair_draw_kept_with_its_seed():
    firsts = [draw(seed, 7) for seed in range(2000)]
    for pair in range(7):
        assert 0.46 < sum(order[pair] for order in firsts) / 2000 < 0.54
    assert len(set(firsts)) == 2**7
    trial = plan(seed=11)
    assert trial.feedback_first == draw(11, 7)
    assert plan().seed != plan().seed


def test_each_pair_has_a_block_with_and_one_without():
    blocks = blocks_of(plan(seed=3))
    assert len(blocks) == 14
    for one, other in zip(blocks[::2], blocks[1::2], strict=True):
        assert one.pair == other.pair
        assert one.feedback != other.feedback
        assert other.first == one.last + timedelta(days=1)
    assert blocks[0].first == MONDAY
    assert blocks[-1].last == last_day(plan()) == MONDAY + timedelta(days=55)
    assert [b.feedback for b in blocks[::2]] == list(draw(3, 7))


def test_every_day_belongs_to_one_block():
    trial = plan(block_days=3)
    for k in range(3 * 14):
        day = MONDAY + timedelta(days=k)
        block = block_on(trial, day)
        assert block is not None
        assert block.number == k // 3
        assert block.first <= day <= block.last
    assert block_on(trial, MONDAY - timedelta(days=1)) is None
    assert block_on(trial, MONDAY + timedelta(days=42)) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pairs": 5}, "give 6 to 12"),
        ({"pairs": 13}, "give 6 to 12"),
        ({"block_days": 0}, "cannot have 0 days"),
        ({"block_days": 29}, "give 1 to 28"),
    ],
)
def test_a_plan_that_cannot_be_judged_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        plan(**given)


def test_a_plan_for_the_past_is_refused():
    with pytest.raises(InputError, match="cannot begin in the past"):
        make_trial("Left shoulder", WIDE, date(2026, 2, 28), NOW)


def test_the_usual_plan_is_two_months():
    usual = make_trial("Left shoulder", WIDE, MONDAY, NOW)
    assert (usual.pairs, usual.block_days) == (10, 3)
    assert last_day(usual) == MONDAY + timedelta(days=59)


def test_fewer_pairs_cannot_distinguish_an_effect_from_chance():
    assert smallest_p(FEWEST_PAIRS) <= 0.05 < smallest_p(FEWEST_PAIRS - 1)


def test_the_plan_does_not_show_its_order():
    said = [plan_words(plan(seed=seed)) for seed in range(5)]
    assert all(words == said[0] for words in said)
    told = " ".join(said[0])
    for word in ("median tension", "Left shoulder", "wide band", "14 blocks of 4 days", "7 pairs"):
        assert word in told
    assert "From 2026-03-02 to 2026-04-26: 56 days" in told


def test_the_standing_shows_only_the_current_block():
    """Plans that differ only in later blocks read the same."""
    seeds = [seed for seed in range(200) if draw(seed, 7)[0]]
    early = MONDAY + timedelta(days=1)
    assert len({standing_words(standing_of(plan(seed=seed), early)) for seed in seeds}) == 1
    words = standing_words(standing_of(plan(seed=seeds[0]), early), done_today=0)
    assert words == (
        "Self-trial, block 1 of 14: with feedback. 2 days left after today. "
        "Today's session is not done yet."
    )
    after = standing_of(plan(seed=seeds[0]), MONDAY + timedelta(days=7))
    assert standing_words(after, done_today=2) == (
        "Self-trial, block 2 of 14: without feedback, tension is not shown. This is its last day. "
        "Today's session is done."
    )


def test_words_say_before_and_after_the_trial_where_it_stands():
    trial = plan()
    assert "begins on 2026-03-02, in 1 day" in standing_words(
        standing_of(trial, MONDAY - timedelta(days=1))
    )
    over = standing_of(trial, MONDAY + timedelta(days=56))
    assert over.state == "over"
    assert "unclench trial verdict" in standing_words(over)


def test_a_trial_is_stored_in_a_plain_file():
    trials = Trials(trials=[plan(seed=5)])
    save_trials(trials)
    kept = json.loads(trials_path().read_text("utf-8"))["trials"][0]
    assert kept["seed"] == 5
    assert kept["feedback_first"] == list(draw(5, 7))
    assert load_trials() == trials


def test_a_trial_applies_only_to_its_site_band_and_board():
    save_trials(Trials(trials=[plan(seed=1)]))
    now = NOW + timedelta(days=2)
    assert running_now(["Jaw", "Left shoulder"], WIDE, False, now) is not None
    assert running_now(["Jaw"], WIDE, False, now) is None
    assert running_now(["Left shoulder"], NARROW, False, now) is None
    assert running_now(["Left shoulder"], WIDE, True, now) is None
    assert running_now(["Left shoulder"], WIDE, False, NOW) is None  # not begun
    unknown = running_now([], WIDE, False, now)  # it may well be the trial's site
    assert unknown is not None
    assert "The site of this sensor is not known" in standing_words(unknown)
    assert running_now([], NARROW, False, now) is None
    assert running_now([], WIDE, True, now) is None
    trials_path().write_text("{", encoding="utf-8")
    assert running_now(["Left shoulder"], WIDE, False, now) is None
    assert ["no trial runs" in words(notice) for notice in told()] == [True]


def test_words_about_tension_are_replaced_or_followed_by_a_note():
    hold, settle = Hold(kind="hold"), Settle(kind="settle")
    assert unseen_words(hold, hold.cue(0).detail) == hold.unseen_say != hold.cue(0).detail
    assert unseen_words(settle, "Sit comfortably.") == "Sit comfortably."
    own = Hold(kind="hold", say="Watch the line.")
    assert (
        unseen_words(own, own.cue(0).detail)
        == "Watch the line.\nTension is not shown in this block."
    )


def test_deviations_are_stored_with_the_trial():
    save_trials(Trials(trials=[plan()]))
    note_deviation("the dashboard", NOW)
    trial = load_trials().latest
    assert trial is not None
    (deviation,) = trial.deviations
    assert (deviation.at, deviation.what) == (NOW, "tension shown in the dashboard")


def test_no_day_counts_after_the_trial_was_stopped():
    trials = Trials(trials=[plan()])
    day = MONDAY + timedelta(days=9)
    trial = stop(trials, day)
    assert trials.latest == trial
    assert block_on(trial, day) is None
    assert block_on(trial, day - timedelta(days=1)) is not None
    assert standing_of(trial, day).state == "stopped"
