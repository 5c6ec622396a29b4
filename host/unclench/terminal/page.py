"""The page: every channel's number, state and trace, for a terminal of any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.text import Text

from unclench.live.words import (
    NO_NUMBER,
    connection_words,
    floor_words,
    loss_words,
    reference_words,
    tension_words,
)
from unclench.terminal import trace
from unclench.terminal.view import ChannelView, View
from unclench.translation import tr
from unclench.wording import clock

# Colours that light and dark grounds both leave readable; a word or a shape says the same.
_TONES = {"good": "", "quiet": "dim", "warn": "bold", "bad": "bold red"}
_TRACE = "cyan"
_APART = 2  # blanks between words that belong to different things
_NOTED_FROM = 10  # lines of a terminal that has room for sentences
_WIDE = 30  # columns of a terminal that has room for more than numbers and traces
_GUTTER = 6  # for the scale's numbers
_NUMBER = 9  # columns of a value with its unit
_FOOTS = (
    tr("Logarithmic scale: rest and contractions are both visible. Press Ctrl-C to stop."),
    tr("Logarithmic scale, µV. Press Ctrl-C to stop."),
    tr("Log scale, µV. Ctrl-C stops."),
    tr("Ctrl-C stops."),
)


def page(view: View, width: int, height: int) -> Text:
    """Lay a view out on `height` lines of `width` columns, or fewer lines."""
    lines = [_head(view, width)]
    if height >= _NOTED_FROM:
        lines += _notes(view, width)
    foot = [_foot(view, width)] if height > 2 * len(view.channels) else []
    room = max(1, (height - len(lines) - len(foot)) // len(view.channels))
    for channel in view.channels:
        block = _channel(view, channel, width, room)
        lines += block + [Text()] * (room - len(block))
    lines = lines[: height - len(foot)] + foot
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Text("\n", no_wrap=True, overflow="crop", end="").join(lines)


def _head(view: View, width: int) -> Text:
    """Where the signal comes from; how long already, what was lost."""
    status = view.status
    facts = [
        clock(status.n_samples / view.fs_hz),
        loss_words(status.lost_samples, view.fs_hz),
    ]
    if status.reconnections:
        facts.append(tr("reconnected {n}×", n=status.reconnections))
    if view.recording:
        facts.append(tr("recording"))
    right = " · ".join(facts)
    source = Text(view.source, style="bold")
    source.truncate(max(0, width - len(right) - _APART), overflow="ellipsis", pad=True)
    return Text.assemble(source, " " * _APART, right)


def _notes(view: View, width: int) -> list[Text]:
    """Sentences that a person should see."""
    trouble = connection_words(view.status)
    return [
        *(Text(line, style=_TONES["bad"]) for line in wrap(trouble, width)),
        *(Text(line) for line in wrap(view.trial, width)),
    ]


def _channel(view: View, channel: ChannelView, width: int, height: int) -> list[Text]:
    longest = max(Text(each.channel.title).cell_len for each in view.channels)
    most = width // 3 if width >= _WIDE else width - _NUMBER  # room for a state, or for none
    words = _wrapped(_words(view, channel, max(1, min(longest, most))), width)
    head = words[: 1 if height < 4 else 2]
    blank = height - len(head) > 4  # room to part a channel from the next
    tall = height - len(head) - blank
    return head + (_trace(view, channel, width, tall) if view.shown and tall > 0 else [])


def _words(view: View, channel: ChannelView, name_width: int) -> Iterable[Text]:
    now = channel.now
    name = Text(channel.channel.title)
    name.truncate(name_width, overflow="ellipsis", pad=True)
    number_uv = now.tension_uv if view.shown else None
    value = NO_NUMBER if number_uv is None else tension_words(number_uv)
    state = f"{now.words.shape} {now.words.word}"
    yield Text.assemble(name, " ", (f"{value:>5} µV", "bold"))
    yield Text(state, style=_TONES[now.words.tone])
    if channel.channel.reference_uv is not None and view.shown:
        yield Text(reference_words(number_uv, channel.channel.reference_uv))
    floor = floor_words(channel.channel.noise_uv, number_uv)
    for more in (now.words.advice, channel.removed, floor):
        if more:
            yield Text(more)


def _wrapped(words: Iterable[Text], width: int) -> list[Text]:
    """Lines of words that are kept together."""
    lines: list[Text] = []
    for word in words:
        if lines and lines[-1].cell_len + _APART + word.cell_len <= width:
            lines[-1].append(" " * _APART).append_text(word)
        else:
            lines.append(word)
    return lines


def _trace(view: View, channel: ChannelView, width: int, height: int) -> list[Text]:
    n_columns = _n_columns(width)
    rows_each = max(1, round(trace.step_s(n_columns) / view.row_s))
    means_uv, trusted = trace.columns(
        view.rows, channel.tension_uv, channel.trusted, rows_each, n_columns
    )
    sure_uv = means_uv[trusted]
    low_uv, top_uv = trace.scale(sure_uv, channel.channel.noise_uv)
    drawn = trace.bars(means_uv, trusted, low_uv, top_uv, height)
    if width < _WIDE:
        return [Text(line, style=_TRACE) for line in drawn]
    numbers = trace.labels(low_uv, top_uv, height)
    return [
        Text.assemble(f"{number:>{_GUTTER - 2}} {'┤' if number else '│'}", (line, _TRACE))
        for number, line in zip(numbers, drawn, strict=True)
    ]


def _n_columns(width: int) -> int:
    return width - _GUTTER if width >= _WIDE else width


def _foot(view: View, width: int) -> Text:
    """The time that a trace spans, and how to read it."""
    n_columns = _n_columns(width)
    span_s = n_columns * trace.step_s(n_columns)
    began = tr("{seconds:.0f} s ago", seconds=span_s) if view.shown else ""
    left, right = " " * (width - n_columns) + began, tr("now") if view.shown else ""
    words = _fitting(_FOOTS if view.shown else _FOOTS[-1:], width - len(left) - len(right) - 4)
    return Text(f"{left}{words:^{max(0, width - len(left) - len(right))}}{right}", style="dim")


def _fitting(choices: Sequence[str], width: int) -> str:
    return next((words for words in choices if len(words) <= width), "")
