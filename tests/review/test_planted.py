"""What was planted is found, over many seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.known import interval, known

from unclench.review.tagging import tag_effects
from unclench_dsp.pooling import combine

SEEDS = 200
BENDING, PHONE = "posture: bending", "situation: phone"


@pytest.mark.parametrize("seeds", [40, pytest.param(SEEDS, marks=pytest.mark.exhaustive)])
def test_contractions_recoveries_and_rests_are_found(review, muscle, levels, seeds):
    starts, lengths, recoveries, shares, peaks = [], [], [], [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        parts, truth, at = [(6.0, 2.0)], [], 6.0
        for _ in range(3):
            long, high, holding, calm = (
                rng.uniform(*of) for of in ((0.5, 6), (20, 150), (1, 6), (6, 12))
            )
            # Let go to four times the rest, and of the remainder only later.
            parts += [(long, high), (holding, 8.0), (calm, 2.0)]
            truth.append((at, long, high, holding))
            at += long + holding + calm
        figures = review(muscle(levels(*parts), seed), rested=True).figures(0)
        assert len(figures.contractions) == 3, seed
        for (start, long, high, holding), found in zip(truth, figures.contractions, strict=True):
            starts.append(found.start_s - start)
            lengths.append(found.length_s - long)
            peaks.append(found.peak_uv / high)
            recoveries.append(found.recovery_s - holding)
        at_rest_s = sum(seconds for seconds, uv in parts if uv == 2.0)
        shares.append(figures.rest.share.value - at_rest_s / at)
    # The RMS over 0.25 s begins to show at once and ends late by as much at most; that over 1 s
    # has forgotten what was before after a second.
    assert min(starts) >= -0.02
    assert max(starts) <= 0.1
    assert min(lengths) >= -0.1
    assert max(lengths) <= 0.25
    assert 0.9 < np.median(peaks) < 1.3
    assert np.quantile(recoveries, 0.02) >= 0.7
    assert np.median(recoveries) == pytest.approx(0.85, abs=0.1)
    assert np.quantile(recoveries, 0.95) <= 2.0
    assert max(np.abs(shares)) <= 0.06


def test_separate_bursts_are_separate_contractions_and_a_slow_fall_is_one(review, muscle, levels):
    bursts = levels((5, 2.0), *[part for _ in range(5) for part in ((1.0, 80.0), (1.5, 2.0))])
    fall = levels((5, 2.0), (3, 80.0), (10, 40.0, 2.0), (8, 2.0))
    for seed in range(20):
        assert len(review(muscle(bursts, seed)).figures(0).contractions) == 5
        found = review(muscle(fall, seed), rested=True).figures(0).contractions
        assert len(found) == 1
        assert found[0].recovery_s == pytest.approx(10, abs=1.5)


def test_effects_of_tags_are_found_and_chance_is_not(as_signal, wandering, tagged):
    ratios, found, covered, false = [], 0, 0, 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        tension_uv, tags = wandering(1800, seed), []
        for k, start in enumerate(np.arange(10.0, 1700, 100) + rng.uniform(0, 10, 17)):
            words = (BENDING, PHONE)[k % 2]
            if words == BENDING:
                tension_uv[round(start * 50) : round((start + 15) * 50)] *= 1.8
            tags.append((words, start, start + 15))
        effects = tag_effects(as_signal(tension_uv), tagged(*tags), 0)
        bending, phone = ({e.words: e for e in effects}[words] for words in (BENDING, PHONE))
        assert (bending.times, phone.times) == (9, 8)
        ratios.append(math.log(known(bending.during).value))
        low, high = interval(bending.during)
        found += low > 1
        covered += low <= 1.8 <= high
        low, high = interval(phone.during)
        false += not low <= 1 <= high
    assert math.exp(np.median(ratios)) == pytest.approx(1.8, rel=0.05)
    assert found / SEEDS > 0.9
    assert 0.9 < covered / SEEDS <= 0.995
    assert 0.005 <= false / SEEDS < 0.09


def test_a_tag_used_once_per_session_gets_a_result_over_sessions(as_signal, wandering, tagged):
    found = false = 0
    people = 60
    for person in range(people):
        summaries: dict[str, list[tuple[float, float]]] = {BENDING: [], PHONE: []}
        for session in range(10):
            seed = 1000 * person + session
            tension_uv = wandering(600, seed)
            tension_uv[100 * 50 : 130 * 50] *= 1.6
            marks = tagged((BENDING, 100, 130), (PHONE, 300, 330))
            for effect in tag_effects(as_signal(tension_uv), marks, 0):
                assert effect.during is None
                assert "marked once" in effect.why_not
                if effect.log_se is not None:  # else the untagged time is too short to tell it
                    summaries[effect.words].append((known(effect.log_during), effect.log_se))
        bending, phone = (combine(*np.array(each).T) for each in summaries.values())
        found += known(bending.low) > 0
        false += not known(phone.low) <= 0 <= known(phone.high)
    assert found / people > 0.9
    assert false / people <= 0.1
