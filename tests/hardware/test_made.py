"""Pictures and passages show what they are made from."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hardware import catalogue
from hardware.catalogue import EVERYTHING
from hardware.making import ROOT, Passage, Picture, alike
from tests.known import known

PICTURES = sorted((ROOT / "hardware").rglob("*.svg"))


@pytest.mark.parametrize(
    "made", EVERYTHING, ids=lambda made: f"{made.path}:{getattr(made, 'name', '')}"
)
def test_committed_pictures_and_passages_are_up_to_date(made) -> None:
    assert not made.stale()


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_stands_alone_and_says_what_it_shows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert float(known(re.match(r"[\d.]+", root.attrib["width"]))[0]) > 100
    assert any(child.tag.endswith("title") and child.text for child in root)
    assert not re.search(r'(href|src)="(?!#)|url\((?!#)|<script', text), "it loads something"


def test_only_generated_pictures_say_that_they_are_generated() -> None:
    made = {made.path for made in EVERYTHING if isinstance(made, Picture)}
    marked = {path for path in PICTURES if "by python -m hardware -->" in path.read_text("utf-8")}
    assert {path.relative_to(ROOT).as_posix() for path in marked} == made


def test_check_names_only_what_is_out_of_date(monkeypatch, run_module) -> None:
    fresh = next(made for made in EVERYTHING if isinstance(made, Passage))
    stale = replace(fresh, make=lambda: "another one")
    monkeypatch.setattr(catalogue, "EVERYTHING", (fresh, stale))
    told = f"{stale.path}: the passage {stale.name} is out of date\n"
    assert run_module("hardware", "--check") == (1, told, "")
    assert run_module("hardware", "--check", "--only", "elsewhere") == (0, "", "")
    monkeypatch.setattr(catalogue, "EVERYTHING", (fresh,))
    assert run_module("hardware", "--check") == (0, "", "")


def test_generated_texts_may_differ_by_rounding() -> None:
    assert alike("M 1.25 7 L 3.50", "M 1.26 7 L 3.49")
    assert not alike("M 1.25 7", "M 1.28 7")
    assert not alike("12 parts", "13 parts")
    assert not alike("a 1.25", "b 1.25")
