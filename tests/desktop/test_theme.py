"""Colours can be read, and channels be told apart, in both themes, in windows and in the report."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from unclench import report
from unclench.desktop.theme import DARK, LIGHT

READABLE = 4.5  # WCAG 2, level AA
STYLE = (Path(report.__file__).parent / "style.css").read_text(encoding="utf-8")


def parts(colour: str) -> list[int]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def luminance(colour: str) -> float:
    """By WCAG 2."""
    shares = [p / 255 for p in parts(colour)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * s for w, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
class TestTheme:
    """What holds in each."""

    def test_a_channels_name_can_be_read_on_its_card(self, theme):
        for colour in theme.channels:
            assert contrast(colour, theme.card) >= READABLE, colour

    def test_no_two_of_eight_channels_look_alike(self, theme):
        assert len(theme.channels) == 8
        for one, other in combinations(theme.channels, 2):
            apart = sum((a - b) ** 2 for a, b in zip(parts(one), parts(other), strict=True)) ** 0.5
            assert apart > 40, (one, other)

    def test_the_ninth_channel_begins_again(self, theme):
        assert theme.channel(8) == theme.channel(0)
        assert theme.channel(7) != theme.channel(0)

    def test_the_report_has_the_same_colours(self, theme):
        """Its style sheet names those of the light page first, then of the dark one."""
        found = re.findall(r"--c(\d): (#[0-9a-f]{6});", STYLE)
        assert len(found) == 16
        half = found[:8] if theme is LIGHT else found[8:]
        assert tuple(colour for _, colour in half) == theme.channels
        assert re.findall(r"svg \.c(\d) \{ --own: var\(--c\1\); \}", STYLE) == list("01234567")
