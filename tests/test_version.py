"""The version stands in one place; what repeats it says the same."""

from __future__ import annotations

import re
from pathlib import Path

from unclench import __version__

ROOT = Path(__file__).parents[1]
DATE = r"\d{4}-\d{2}-\d{2}"


def releases() -> list[tuple[str, str]]:
    """Versions of the changelog, newest first, each with its date or "unreleased"."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(rf"(?m)^## (\d+\.\d+\.\d+) - ({DATE}|unreleased)$", text)


def test_every_release_of_the_changelog_has_a_version_and_a_date() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert len(releases()) == len(re.findall(r"(?m)^## ", text))
    assert all(date != "unreleased" for _, date in releases()[1:])


def test_releases_are_in_order() -> None:
    versions = [tuple(map(int, version.split("."))) for version, _ in releases()]
    assert versions == sorted(set(versions), reverse=True)


def test_the_changelog_begins_with_this_version() -> None:
    assert releases()[0][0] == __version__


def test_the_citation_names_this_version_and_its_date() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^version: (.+)$", text) == [__version__]
    date = releases()[0][1]
    said = re.findall(r"(?m)^date-released: (.+)$", text)
    assert said == ([] if date == "unreleased" else [date])
