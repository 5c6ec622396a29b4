"""Events become steps, tags, notes and pauses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unclench.review.marks import read_marks
from unclench.review.results import Marks, Phase, Remark, Span, TagSpan
from unclench.store.events.event import Event
from unclench.store.events.rows import event_of

FS_HZ = 100.0


def event(at_s: float, kind: str, text: str = "", duration_s: float | None = None) -> Event:
    return event_of(round(at_s * FS_HZ), kind, text, duration_s, None)


def marks(*events: Event, duration_s: float = 60.0) -> Marks:
    return read_marks(events, FS_HZ, duration_s)


def test_steps_follow_each_other_and_have_their_part_in_the_session():
    found = marks(
        event(0, "session", "begins: x (X)", 60.0),
        event(0, "step", "1 baseline: Rest"),
        event(10, "step", "2 stressor: Count: down"),
        event(20, "step", "skipped: Count: down"),
        event(20, "step", "3 recover: Let go"),
        event(30, "step", "4 rest-credit: Collect rest"),
        event(50, "session", "done"),
    )
    assert found.phases == (
        Phase(0, 10, 0, "baseline", "Rest", "baseline"),
        Phase(10, 20, 1, "stressor", "Count: down", "activity"),
        Phase(20, 30, 2, "recover", "Let go", "recovery"),
        Phase(30, 50, 3, "rest-credit", "Collect rest", "other"),
    )


def test_a_session_that_was_cut_short_has_its_last_step_and_tag_to_the_end():
    found = marks(event(5, "step", "1 task: Work"), event(20, "tag", "thought: worry"))
    assert found.phases[0].stop_s == 60
    assert found.tags == (TagSpan(20, 60, "thought", "worry"),)


def test_tags_are_paired_by_their_words():
    found = marks(
        event(1, "tag", "posture: a"),
        event(2, "tag", "thought: b"),
        event(4, "tag end", "posture: a", 3.0),
        event(6, "tag end", "thought: b", 4.0),
        event(8, "tag end", "feeling: c", 2.5),  # its beginning is not in the file
    )
    assert found.tags == (
        TagSpan(1, 4, "posture", "a"),
        TagSpan(2, 6, "thought", "b"),
        TagSpan(5.5, 8, "feeling", "c"),
    )
    assert [tag.group for tag in found.tags] == ["posture", "thought", "feeling"]


def test_notes_markers_and_pauses_are_read():
    found = marks(
        event(1, "note", "a, b"),
        event(2, "marker", "m"),
        event(3, "session", "paused"),
        event(9, "session", "goes on"),
        event(10, "session", "waits for the sensor"),
        event(12, "session", "continues: the sensor is reconnected"),
        event(50, "session", "paused"),
    )
    assert found.remarks == (Remark(1, "note", "a, b"), Remark(2, "marker", "m"))
    assert found.pauses == (Span(3, 9), Span(10, 12), Span(50, 60))


def test_unknown_events_are_skipped():
    found = marks(
        event(1, "step", "what"),
        event(2, "session", "?"),
        event(3, "telepathy", "x"),
        event(4, "step"),
    )
    assert found.phases == ()
    assert found.remarks == ()


@given(
    st.lists(
        st.builds(
            event_of,
            st.integers(),
            st.sampled_from(["step", "session", "tag", "tag end", "note", "?"]),
            st.sampled_from(["1 task: x", "99999 x: y", "paused", "goes on", "done", "", "a: b"]),
            st.none() | st.floats(),
            st.none() | st.integers(),
        )
    )
)
def test_with_damaged_events_every_span_is_within_the_session(events):
    found = read_marks(events, FS_HZ, 60.0)
    for span in (*found.phases, *found.tags, *found.pauses):
        assert 0 <= span.start_s <= span.stop_s <= 60
