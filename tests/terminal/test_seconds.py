"""A line for each second of signal, the same however its samples came in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from unclench.link.virtual.board import MAX_SPEED
from unclench.live.blocks import LiveBlock, StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.live.reading import Reading
from unclench.live.words import STATE_WORDS
from unclench.sources import open_source
from unclench.store.events.event import BoardBack, BoardLost, Event, Gap
from unclench.terminal.seconds import Second, Seconds, line

GOOD, AWAY = STATE_WORDS["good"], STATE_WORDS["no contact"]


class Blocks:
    """A sink that keeps blocks."""

    def __init__(self) -> None:
        self.blocks: list[LiveBlock] = []

    def block(self, block: LiveBlock) -> None:
        self.blocks.append(block)

    def event(self, event: Event) -> None:
        pass


@pytest.fixture(scope="module")
def played() -> Callable[[str], tuple[StreamInfo, list[LiveBlock]]]:
    """Play eight seconds of a source through the whole pipeline."""

    def play(source: str) -> tuple[StreamInfo, list[LiveBlock]]:
        opened = open_source(source, speed=MAX_SPEED)
        pipeline = Pipeline.connect(opened.reader(), opened.name, stop_after_s=8.0)
        kept = Blocks()
        info = pipeline.info
        pipeline.start([kept])
        assert pipeline.wait(60.0)
        pipeline.stop()
        opened.close()
        return info, kept.blocks

    return play


def summed(info: StreamInfo, blocks: list[LiveBlock]) -> list[Second]:
    seconds = Seconds(info)
    for block in blocks:
        seconds.block(block)
    return list(seconds.take())


def split(blocks: list[LiveBlock], size: int) -> list[LiveBlock]:
    """Cut blocks wherever `size` samples are full, counted from the first of all."""
    return [
        part
        for block in blocks
        for start in range(block.first // size * size, block.stop, size)
        if (part := block.between(start, start + size)) is not None
    ]


@pytest.mark.parametrize("source", ["sim:desk-work?channels=2", "sim:poor-contact?rate=4000"])
def test_seconds_are_the_same_for_any_split(played, source):
    info, blocks = played(source)
    whole = summed(info, blocks)
    assert [second.number for second in whole] == list(range(1, 9))
    assert whole[0].readings[0].words == STATE_WORDS["settling"]
    assert any(second.readings[0].tension_uv for second in whole)
    for size in (1000, 333, 7):
        assert summed(info, split(blocks, size)) == whole


def test_a_tone_is_told_with_its_frequency_until_it_is_removed(played):
    info, blocks = played("sim:steady-tone")
    told = [second.readings[0].words.word for second in summed(info, blocks)]
    assert told[3] == "Tone at 73 Hz"
    assert told[-1] == "Good signal"


def test_a_second_is_the_mean_of_its_rows(played):
    info, blocks = played("sim:relaxed")
    second = summed(info, blocks)[4]
    rows = [
        block.envelope_uv[at - block.first, 0]
        for block in blocks
        for at in range(block.first, block.stop)
        if 8000 <= at < 10000 and at % info.hop_n == 0
    ]
    assert len(rows) == 50
    assert second.readings[0].tension_uv == pytest.approx(sum(rows) / 50)


def test_seconds_that_were_lost_have_no_line_and_the_next_one_tells(played):
    info, blocks = played("sim:relaxed")
    seconds = Seconds(info)
    for block in split(blocks, 500):
        if block.first == 8500:  # the first that came after the loss
            seconds.event(Event(4500, Gap(), lost_samples=4000))
        if not 4500 <= block.first < 8500:
            seconds.block(block)
    told = {second.number: second for second in seconds.take()}
    assert list(told) == [1, 2, 5, 6, 7, 8]
    assert [second.lost_samples for second in told.values()] == [0, 0, 4000, 0, 0, 0]


def test_interruptions_are_told_once(played):
    info, _ = played("sim:relaxed")
    seconds = Seconds(info)
    seconds.event(Event(100, BoardLost("unplugged")))
    seconds.event(Event(300, BoardBack(), 0.1))
    assert list(seconds.interruptions()) == ["unplugged"]
    assert list(seconds.interruptions()) == []


class TestLines:
    """A second as a line of text."""

    def test_fields_are_parted_by_tabs(self):
        second = Second(12, (Reading(2.34, GOOD), Reading(None, AWAY)), 0)
        words = line(second, ["Left shoulder", "Jaw"], 2000.0)
        assert words.split("\t") == [
            *("12 s", "Left shoulder", "2.3 µV", "Good signal"),
            *("Jaw", "–", "No contact"),
        ]

    def test_what_was_lost_comes_last(self):
        second = Second(12, (Reading(2.34, GOOD),), 240)
        assert line(second, ["Jaw"], 2000.0).endswith("\tGood signal\t120 ms lost")

    def test_a_block_without_feedback_keeps_the_state_alone(self):
        second = Second(12, (Reading(2.34, GOOD),), 0)
        assert line(second, ["Jaw"], 2000.0, shown=False) == "12 s\tJaw\t–\tGood signal"
