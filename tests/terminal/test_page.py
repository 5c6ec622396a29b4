"""The page is a function of what is seen and of the terminal's size."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.text import Text

from unclench.live.reading import Reading
from unclench.live.words import NO_SIGNAL, STATE_WORDS
from unclench.terminal.page import page
from unclench.terminal.view import Channel
from unclench.terminal.watch import watch_page

SIZES = [(80, 24), (40, 12), (200, 50), (28, 10), (20, 6), (10, 3), (1, 1)]


def lines(view, width, height) -> list[str]:
    return page(view, width, height).plain.split("\n")


def test_a_channel_at_rest(view):
    shown = lines(view(), 80, 12)
    assert shown[0].startswith("Virtual board: relaxed")
    assert shown[0].endswith("0:12 · nothing lost")
    assert shown[1] == "Channel 1   2.3 µV  ● Good signal  Noise floor 0.62 µV; 2.2 µV above it"
    assert shown[2].startswith("  10 ┤")
    assert shown[-3] == "   1 ┤" + 62 * " " + 12 * "█"
    assert shown[-2] == ""
    assert shown[-1].split() == (
        ["74", "s", "ago", "Logarithmic", "scale,", "µV.", "Press", "Ctrl-C", "to", "stop.", "now"]
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n_channels", [1, 2, 3])
def test_fits_every_terminal(view, channel_view, size, n_channels):
    width, height = size
    channels = [channel_view(f"Left shoulder {k}") for k in range(n_channels)]
    drawn = page(view(*channels, trial="Self-trial, block 1 of 4."), width, height)
    assert len(drawn.split("\n", allow_blank=True)) <= height
    assert all(line.cell_len <= width for line in drawn.split("\n"))


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 6)])
def test_three_channels_all_show_their_number(view, channel_view, size):
    three = [channel_view(f"Channel {k + 1}", 10.0 * (k + 1)) for k in range(3)]
    shown = "\n".join(lines(view(*three), *size))
    for k in range(3):
        assert f"{10 * (k + 1)}.0 µV" in shown


@pytest.mark.parametrize("state", ["no contact", "mains hum", "clipping", "settling"])
def test_without_trust_there_is_no_number_but_the_reason_and_what_to_do(view, channel_view, state):
    words = STATE_WORDS[state]
    doubted = channel_view(now=Reading(None, words), trusted=np.zeros(600, np.bool_))
    shown = lines(view(doubted), 80, 24)
    assert f"– µV  {words.shape} {words.word}" in shown[1]
    assert words.advice in shown[1] + shown[2]
    assert "░" in "".join(shown)
    assert "█" not in "".join(shown)


def test_a_board_that_is_away(view, channel_view, status):
    away = replace(status, connected=False, why="unplugged", lost_samples=500, reconnections=2)
    shown = lines(view(channel_view(now=Reading(None, NO_SIGNAL)), status=away), 80, 24)
    assert shown[0].endswith("0:12 · 250 ms lost · reconnected 2×")
    assert shown[1].startswith("The board was disconnected (unplugged). ")
    assert "– µV  ○ No signal" in shown[2]


def test_a_share_of_the_reference_and_hum_that_is_removed(view, channel_view):
    known = channel_view(channel=Channel("Jaw", None, 230.0), removed="Removed: 50 Hz")
    shown = lines(view(known, recording=True), 110, 24)
    assert shown[0].endswith("recording")
    assert shown[1].split("  ") == [
        *("Jaw", " 2.3 µV", "● Good signal", "1.0 % of your reference"),
        *("Removed: 50 Hz", "Noise floor not measured"),
    ]


def test_a_block_without_feedback_hides_number_and_trace(view, channel_view):
    known = channel_view(channel=Channel("Jaw", 0.62, 230.0))
    hidden = view(known, shown=False, trial="Self-trial: tension is not shown.")
    shown = lines(hidden, 80, 24)
    assert shown[1] == "Self-trial: tension is not shown."
    assert "Jaw     – µV  ● Good signal" in shown[2]
    everything = "".join(shown)
    assert "2.3" not in everything
    assert "reference" not in everything
    assert not set("▁▂▃▄▅▆▇█░┤") & set(everything)
    assert "Ctrl-C" in everything


def test_rests_and_contractions_are_both_seen(view, channel_view):
    rest = lines(view(channel_view(level_uv=2.0)), 80, 24)
    both = channel_view(level_uv=2.0)
    both.tension_uv[-100:] = 150.0
    shown = lines(view(both), 80, 24)
    assert rest[2].startswith("  10 ┤")
    assert shown[2].startswith(" 300 ┤")
    last = [line[-1:] for line in shown[2:-2]]
    before = [line[-4:-3] for line in shown[2:-2]]
    assert last.count("█") > 3 * before.count("█") > 0


def test_wide_characters_do_not_break_the_layout(view, channel_view):
    drawn = page(view(channel_view("左肩の筋肉")), 40, 12)
    assert all(line.cell_len <= 40 for line in drawn.split("\n"))
    assert Text(lines(view(channel_view("左肩")), 40, 12)[1]).cell_len <= 40


def test_where_there_is_only_ascii_the_page_is_ascii(view, channel_view, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("TERM", "xterm")
    doubted = channel_view("Left jaw", now=Reading(None, STATE_WORDS["no contact"]))
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    looks = iter([False, True])
    watch_page(lambda: view(channel_view(), doubted), lambda _: next(looks), out)
    out.flush()
    drawn = out.buffer.getvalue()
    for part in (b"2.3 uV", b"- uV", b"* Good signal", b"! No contact", b"###", b"1 |"):
        assert part in drawn
    assert drawn.count(b"Good signal") == 2  # it was drawn again
