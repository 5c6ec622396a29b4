"""Rest that a person names in review: a stretch of the session, or a calibration."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from tests.known import known

from unclench.errors import InputError
from unclench.review.restedits import choose, mark, offers, with_rest, without_rest
from unclench.review.results import Span
from unclench.review.session import open_review
from unclench.review.summary import summarise
from unclench.settings import Place
from unclench.store.events.event import RestChosen, RestMarked
from unclench.training.placement.calibrations import Book
from unclench.training.placement.resting import measured_rest
from unclench.training.placement.values import ReferenceContraction, RestBaseline
from unclench_dsp import NARROW, WIDE
from unclench_dsp.version import FIRST_CHAIN

OWN_BASELINE = """
[[step]]
kind = "settle"
seconds = 40
[[step]]
kind = "baseline"
seconds = 25
"""
DAY = datetime(2026, 3, 3, 10, tzinfo=timezone.utc)
SHOULDER = Place(channel=1, site="shoulder", side="left")


@pytest.fixture
def worked(review, muscle, levels):
    """30 s of work at 10 uV, 30 s of rest at 2 uV, 20 s of rising tension; no rest measured."""
    return review(muscle(levels((30, 10.0), (30, 2.0), (20, 2.0, 12.0)), 1))


@pytest.fixture
def guided_session(guided):
    """A session of the left shoulder that measured its own baseline."""
    return open_review(guided(OWN_BASELINE))


def test_a_marked_stretch_gives_rest_figures_with_that_source(worked):
    assert worked.figures(0).rest.share is None
    event = mark(worked, 0, Span(30.0, 60.0))
    assert event.payload == RestMarked("ch1")
    changed = worked.with_events(with_rest((), event))

    share = known(changed.figures(0).rest.share).value
    assert share == pytest.approx(30 / 80, abs=0.05)
    context = changed.contexts[0]
    assert context.baseline_from == "marked"
    assert known(context.baseline).mean_uv == pytest.approx(2.0, rel=0.05)
    assert context.baseline_why.startswith("marked from 0:30 to 1:00, ")
    assert f"rest of ch1: {context.baseline_why}." in changed.notes
    channel = summarise(changed).channels[0]
    assert (channel.baseline_from, channel.rest_share) == ("marked", share)


def test_taking_it_back_leaves_what_was_before(worked):
    changed = worked.with_events(with_rest((), mark(worked, 0, Span(30.0, 60.0))))
    back = changed.with_events(without_rest(changed.events, "ch1"))
    assert back.contexts == worked.contexts
    assert back.figures(0) == worked.figures(0)
    assert back.notes == worked.notes


def test_a_marked_stretch_is_judged_by_the_rule_of_a_baseline_step(worked):
    found = known(worked.with_events([mark(worked, 0, Span(30.0, 60.0))]).contexts[0].baseline)
    signal = worked.signal
    rows = slice(round(31.0 * signal.row_hz), round(60.0 * signal.row_hz))
    assert found == measured_rest(
        "ch1", signal.fast_uv[rows, 0], signal.slow_uv[rows, 0], signal.row_hz, signal.window_s
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(60.0, 80.0), "was rising"),
        (Span(35.0, 45.0), "0:35 to 0:45 is 10 s; rest takes 20 s to 10 min"),
        (Span(0.0, 79.0), "was still falling"),
    ],
)
def test_a_stretch_that_was_not_rest_is_refused_with_a_sentence(worked, span, words):
    with pytest.raises(InputError, match=words):
        mark(worked, 0, span)


def test_a_marked_stretch_comes_before_the_sessions_own_baseline_and_says_so(guided_session):
    own = guided_session.contexts[0]
    assert own.baseline_from == "session"
    changed = guided_session.with_events(
        with_rest(guided_session.events, mark(guided_session, 0, Span(40.0, 62.0)))
    )
    context = changed.contexts[0]
    assert context.baseline_from == "marked"
    assert f"not used: {own.baseline_why}" in context.baseline_why


def test_a_chosen_calibration_gives_rest_figures_and_others_are_refused(guided_session):
    book = Book()
    rest = RestBaseline(2.3, 0.2, 60.0, 0.4)
    book.add(SHOULDER, WIDE, 0.25, created=DAY, baseline=rest)
    book.add(SHOULDER, NARROW, 0.25, created=DAY, baseline=rest)
    book.add(SHOULDER, WIDE, 0.25, created=DAY, baseline=replace(rest, chain=FIRST_CHAIN))
    book.add(Place(channel=1, site="jaw", side="left"), WIDE, 0.25, created=DAY, baseline=rest)
    book.add(
        Place(channel=1, site="forehead", side="middle"),
        WIDE,
        0.25,
        created=DAY,
        reference=ReferenceContraction(50.0, "gentle"),
    )
    fits, *refused = offers(guided_session, 0, book)
    assert fits.stored == book.calibrations[0]
    sentences = [offer.refusal for offer in refused]
    assert len(sentences) == 4
    for words in ("narrow band", "another version of the analysis", "Left jaw", "Forehead"):
        assert sum(words in sentence for sentence in sentences) == 1
    with pytest.raises(InputError, match="Choose one of the same place"):
        choose(guided_session, 0, refused[0])

    event = choose(guided_session, 0, fits)
    assert isinstance(event.payload, RestChosen)
    context = guided_session.with_events(with_rest(guided_session.events, event)).contexts[0]
    assert context.baseline_from == "chosen"
    assert context.baseline == rest
    assert context.baseline_why.startswith("calibration of 3 March 2026")
