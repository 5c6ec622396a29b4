"""CONTRIBUTING says for a common change which files it touches: few, and all that it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# How many files a change may touch, documents and tests included, CHANGELOG aside.
MOST = {
    "a sink": 2,
    "a sensor or a board": 2,
    "a format to import": 3,
    "a step to programs": 4,
    "a figure to the review": 5,
}
SECTIONS = {
    title: text
    for title, text in re.findall(
        r"(?ms)^## Add ([^\n]+)\n(.*?)(?=^## |\Z)",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    )
    if "Files:" in text
}


def files(title: str) -> list[str]:
    """The files that a section names as touched."""
    (paragraph,) = re.findall(r"(?ms)^Files:(.*?)\n\n", SECTIONS[title])
    return re.findall(r"`([^`]+)`", paragraph)


def test_a_sink_and_a_sensor_say_which_files_they_touch():
    assert {"a sink", "a sensor or a board"} <= set(SECTIONS)


@pytest.mark.parametrize("title", SECTIONS)
def test_a_change_touches_no_more_files_than_was_promised(title):
    assert 1 <= len(files(title)) <= MOST[title]


@pytest.mark.parametrize("title", SECTIONS)
def test_the_files_or_the_folders_of_new_ones_exist(title):
    for name in files(title):
        path = ROOT / name if (ROOT / name.partition("/")[0]).exists() else None
        path = path or ROOT / "host" / "unclench" / name
        new = re.search(r"NAME", path.name)
        assert (path.parent if new else path).exists(), name
