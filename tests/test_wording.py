"""Lengths, times and names are written in one way, by one module."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from unclench.translation import PseudoTranslations
from unclench.wording import (
    capital,
    clock,
    day,
    exactly,
    length,
    printable,
    roughly,
    short_day,
    short_day_of_year,
    weekday,
)

HOST = Path(__file__).parents[1] / "host" / "unclench"
BY_HAND = re.compile(
    r"\[(:1|0)\]\.upper\(\)|divmod\([^\n]*, 60\)|// 60\b"
    r"|isprintable\(\) else|if \w+\.isprintable\(\)\)"
    r"|%[AaBb]\b"  # names of months and days as the process's locale has them, in no catalogue
)


@pytest.mark.parametrize(
    ("seconds", "measured", "set_to", "said"),
    [
        (0.0, "0 s", "0 s", "0 s"),
        (0.04, "0 s", "0 s", "0 s"),
        (0.2, "0.2 s", "0.2 s", "0 s"),
        (9.94, "9.9 s", "9.9 s", "10 s"),
        (9.96, "10 s", "10 s", "10 s"),
        (45.3, "45 s", "45.3 s", "45 s"),
        (59.6, "1 min", "59.6 s", "1 min"),
        (90.0, "1 min 30 s", "1 min 30 s", "2 min"),
        (250.0, "4 min 10 s", "4 min 10 s", "4 min"),
        (3600.0, "1 h", "1 h", "1 h"),
        (3661.0, "1 h 1 min", "1 h 1 min 1 s", "1 h 1 min"),
        (7500.0, "2 h 5 min", "2 h 5 min", "2 h 5 min"),
    ],
)
def test_lengths_are_written_in_units(seconds, measured, set_to, said):
    assert (length(seconds), exactly(seconds), roughly(seconds)) == (measured, set_to, said)


def test_times_are_written_as_a_clock_does():
    times_s = (0, 5, 65, 59.6, 3600, 3725)
    assert [clock(s) for s in times_s] == ["0:00", "0:05", "1:05", "1:00", "1:00:00", "1:02:05"]
    assert [clock(125.25, 2), clock(59.97, 1)] == ["2:05.25", "1:00.0"]


def test_days_are_named_as_on_a_calendar():
    for n in range(366):
        at = date(2028, 1, 1) + timedelta(days=n)
        assert day(at) == f"{at.day} {at:%B %Y}"
        assert (short_day(at), short_day_of_year(at)) == (
            f"{at.day} {at:%b}",
            f"{at.day} {at:%b %Y}",
        )
        assert weekday(at) == f"{at:%A}"


def test_months_and_days_of_the_week_are_translated(monkeypatch):
    monkeypatch.setattr("unclench.translation._current", PseudoTranslations())
    for n in range(366):
        at = date(2028, 1, 1) + timedelta(days=n)
        words = f"{day(at)} {short_day(at)} {weekday(at)}"
        assert not re.search(r"[A-Za-z]{3}", words), words


def test_a_capital_changes_the_first_letter_only():
    assert [capital(text) for text in ("", "m", "left Trapezius")] == ["", "M", "Left Trapezius"]


def test_names_from_files_cannot_steer_the_terminal():
    assert printable("left\x1b[2J\tarm\n") == "left?[2J?arm?"
    assert printable("a\x1b[31m\u202eb\x9bc\u2069é…▁", "") == "a[31mbcé…▁"
    assert printable("Übung 日本") == "Übung 日本"


def test_no_other_module_does_it_by_hand():
    for path in HOST.rglob("*.py"):
        found = BY_HAND.search(path.read_text(encoding="utf-8"))
        assert path.name == "wording.py" or not found, f"{path}: {found}"
