"""The words of a session's report."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import numpy as np
import pytest
from tests.known import interval, known

from unclench.report.parts import Table
from unclench.review.session import open_review

MADE = datetime(2026, 11, 23, 12, 0).astimezone()  # noon wherever the tests run
TAGS = tuple(
    event
    for start_s in (30, 47, 64, 81, 98)
    for event in (
        (start_s, "tag", "posture: slouching", None),
        (start_s + 10, "tag end", "posture: slouching", 10.0),
    )
)


def sections(html: str) -> dict[str, str]:
    """Text of each section by its heading."""
    found = re.findall(r"<section.*?<h2[^>]*>(.*?)</h2>(.*?)</section>", html, re.DOTALL)
    return dict(found)


def test_a_guided_session_has_all_its_sections(make_session, report, words):
    path = make_session(guided=True, events=(*TAGS, (12, "note", "phone rang", None)))
    html = report(path)
    assert list(sections(html)) == [
        "In short",
        "The whole session",
        "Levels of tension",
        "Step by step",
        "Which moments raise tension",
        "Contractions and recovery",
        "Breathing",
        "Compared with earlier sessions",
        "Notes",
        "Method and settings",
    ]
    said = words(html)
    assert re.search(r"Left shoulder: median tension \d+\.\d+ µV", said)
    assert "phone rang" in said
    assert "2 Count down (active)" in said
    assert "lowest in “" in said
    for source in ("Jonsson 1982", "Veiersted 2013", "Hanvold 2013"):
        assert source in said
    assert "wide, 20 to 450 Hz" in said


def test_a_tag_that_raises_tension_is_in_the_summary(make_session, report, words):
    html = report(make_session(seconds=300, busy_s=110, events=TAGS))
    short = words(sections(html)["In short"])
    assert re.search(r"Higher than in untagged time during “slouching”", short)


def test_a_tag_used_once_is_too_little_data(make_session, report, words):
    events = ((20, "tag", "thought: deadline", None), (26, "tag end", "thought: deadline", 6.0))
    html = report(make_session(events=events))
    assert "too little data" in words(sections(html)["Which moments raise tension"])
    assert "deadline" not in words(sections(html)["In short"])


def test_too_little_data_has_no_percentage(make_session, report, words):
    long = "situation: " + "a meeting that goes on " * 17
    marks = ((20, "tag", long, None), (29, "tag end", long, 9.0))
    html = report(make_session(guided=True, events=marks))
    said = words(sections(html)["Which moments raise tension"])
    assert "once, 9 s" in said
    assert "too little data: marked once" in said
    assert "%" not in said
    assert "own steps raise and lower tension too" in said
    assert max(map(len, re.findall(r">([^<>]*a meeting that goes on[^<>]*)<", html))) <= 60
    assert "own steps" not in words(report(make_session("alone", events=marks)))


def test_typed_control_characters_are_removed(make_session, report):
    turned = "posture: \u202eslouching\u2066\x9b31m"
    html = report(make_session(events=((20, "tag", turned, None), (29, "tag end", turned, 9.0))))
    assert "posture: slouching" in html
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)


def test_without_usable_signal_there_is_no_sustained_tension(make_session, report, words):
    said = words(sections(report(make_session(seconds=1)))["Levels of tension"])
    assert "never above" not in said
    assert "no usable signal" in said
    short = words(sections(report(make_session("short")))["Levels of tension"])
    assert "never above" not in short
    whole = words(sections(report(make_session("whole", seconds=250)))["Levels of tension"])
    assert "neither a resting baseline nor a reference" in whole


def test_empty_columns_are_left_out():
    table = Table(
        "Sessions", ("When", "Mean", "Session"), (("1 May", "2 µV", ""), ("2 May", "–", ""))
    )
    assert table.columns == (0, 1)


def test_excluded_time_is_beside_the_result(make_session, report, words):
    html = report(make_session(gap_s=(40, 100)))
    short = words(sections(html)["In short"])
    assert re.search(r"only 1 min 1\d s of 2 min 20 s could be used \(5\d %\)", short)
    assert re.search(r"Time used 5\d %\s+excluded: 1 min gap", short)
    assert "Excluded: gap" in words(sections(html)["Levels of tension"])


def test_a_gap_is_never_bridged(make_session, report):
    whole = report(make_session("whole"))
    torn = report(make_session("torn", gap_s=(60, 75)))

    def curves(html: str) -> int:
        wide = known(re.search(r'aria-labelledby="trace-t".*?</svg>', html, re.DOTALL))[0]
        return len(re.findall(r'class="curve', wide))

    assert (curves(whole), curves(torn)) == (1, 2)


def test_left_and_right_are_compared(make_session, report, words):
    html = report(make_session(sites=("Left shoulder", "Right shoulder")))
    assert "divided by their sum" in words(sections(html)["Left and right"])


def test_left_compared_with_right_is_the_ratio_of_their_means(make_session):
    """Also where one side moves and the mean of each moment's ratio would be another one."""
    review = open_review(make_session(seconds=300, sites=("Left shoulder", "Right shoulder")))
    both = review.signal.used.all(axis=1)
    review.signal.fast_uv[:, 1] = 5.0
    left_uv = float(review.signal.muscle_uv(0)[both].mean())
    noise_uv = known(review.signal.info.noise_uv[1])
    right_uv = float(np.sqrt(5.0**2 - noise_uv**2))
    (side,) = review.sides()
    index = known(side.index)
    assert index.value == pytest.approx((left_uv - right_uv) / (left_uv + right_uv))
    left, right = review.signal.fast_uv[both].T
    assert abs(index.value - np.mean((left - right) / (left + right))) > 0.05
    low, high = interval(index)
    assert low < index.value < high
    quieter_uv = np.hypot(0.8 * review.signal.muscle_uv(0), noise_uv)
    review.signal.fast_uv[:, 1] = quieter_uv  # nothing is left to chance
    (side,) = review.sides()
    assert interval(side.index) == pytest.approx((1 / 9, 1 / 9))


def test_earlier_sessions_of_the_site_are_compared(make_session, summarised, report, words):
    for days in range(1, 6):
        summarised(f"before-{days}", MADE - timedelta(days=days), 100.0 + days)
    summarised("after", MADE + timedelta(days=1), 900.0)
    summarised("elsewhere", MADE - timedelta(days=1), 900.0, site="Jaw")
    html = report(make_session())
    earlier = words(sections(html)["Compared with earlier sessions"])
    assert "5 earlier sessions with this site and band" in earlier
    assert "the lowest so far" in earlier
    assert "900" not in earlier
    assert re.search(r"lower than last time here \(101 µV on 22 November 2026\)", words(html))


def test_another_kind_of_session_is_named_as_such(make_session, summarised, report, words):
    summarised("before", MADE - timedelta(days=1), 100.0)
    said = words(report(make_session(guided=True)))
    assert "another kind of session" in said


def test_without_a_site_nothing_is_compared(make_session, summarised, report, words):
    summarised("before", MADE - timedelta(days=1), 100.0)
    said = words(report(make_session(sites=(None,))))
    assert "no site was given, so there is nothing to compare with" in said


def test_a_session_too_short_for_figures_says_so(make_session, report, words):
    said = words(sections(report(make_session(seconds=1)))["In short"])
    assert "no usable signal" in said
    assert "µV" not in said


def test_a_csv_of_another_program_has_a_report(tmp_path, report, words):
    rows = "".join(f"{i / 1000:.3f},{(i * 7919) % 13 - 6}\n" for i in range(30_000))
    (tmp_path / "theirs.csv").write_text(f"time_s,emg_uv\n{rows}")
    html = report(tmp_path / "theirs.csv")
    assert "Compared with earlier sessions" not in sections(html)
    assert "theirs" in words(html)
    assert re.search(r"rest was not measured|median tension", words(html))


@pytest.fixture(scope="module")
def guided_report(session_writer, report, tmp_path_factory) -> str:
    """The report of a guided session with tags."""
    folder = tmp_path_factory.mktemp("guided") / "evening"
    return report(session_writer(folder, guided=True, events=TAGS))


def test_no_claim_of_treatment_is_made(guided_report, words):
    said = words(guided_report).lower()
    for claim in ("treat", "heal", "cure", "diagnos", "therap", "healthy", "normal"):
        assert claim not in said


def test_ids_are_unique_and_every_link_has_its_target(make_session, report):
    html = report(make_session(guided=True, events=TAGS, sites=("Left neck", "Right neck")))
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)|aria-\w+by="([^"]+)"', html)
    assert {end for link in links for end in link if end} <= set(ids)


def test_nothing_is_fetched_from_the_network(guided_report):
    assert not re.search(
        r"https?://|//[a-z]|@import|<script|<link(?! rel=\"icon\" href=\"data:)", guided_report
    )
    assert "default-src 'none'" in guided_report


def test_every_element_is_closed_where_it_was_opened(guided_report):
    class Nesting(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "link"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag, self.getpos()

    nesting = Nesting()
    nesting.feed(guided_report)
    nesting.close()
    assert nesting.open == []
