"""CONTRIBUTING says which files a common change touches: they exist, and are few."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOST = ROOT / "host" / "unclench"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# How many files each may touch, documents and tests included.
MOST = {
    "Add a format to import": 3,
    "Add a sink": 2,
    "Add a sensor or a board": 2,
    "Add a site": 3,
    "Add a filter": 5,
    "Add a metric": 5,
    "Add a step to programs": 4,
}


def section(title: str) -> str:
    """Text below a heading, up to the next one."""
    found = re.search(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT)
    assert found is not None, title
    return found[1]


def files(title: str) -> list[str]:
    """Paths that a walk names in its first sentence."""
    sentence = re.match(r"\s*Files: (.*?)\.\n", section(title), re.DOTALL)
    assert sentence is not None, f"{title} does not begin with its files"
    return re.findall(r"`([^`]+)`", sentence[1])


@pytest.mark.parametrize("title", MOST)
def test_a_walk_names_no_more_files_than_promised(title):
    assert 1 <= len(files(title)) <= MOST[title]


@pytest.mark.parametrize("title", MOST)
def test_what_a_walk_names_is_there(title):
    """A file of its own, called NAME in the walk, is not; the folder that it goes into is."""
    for name in files(title):
        wanted = Path(name).parent if "NAME" in name else Path(name)
        assert any((root / wanted).exists() for root in (ROOT, HOST)), name
