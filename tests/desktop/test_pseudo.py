"""No sentence of a window is plain in the pseudo-language: all are marked for translation."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.limits import HANG_LIMIT_S
from tests.processes import python

from unclench.training.programs.file import SHIPPED
from unclench.training.programs.tomllines import parse_toml
from unclench.training.tags import DEFAULT_TAGS
from unclench.translation import LANGUAGE_VARIABLE, PSEUDO

ROOT = Path(__file__).parents[2]
NAMES = {
    "the program and its units": {"unclench", "min", "RMS"},
    "a session's own sites": {"Left", "Right", "left", "right", "shoulder", "Shoulder", "Jaw"}
    | {"Neck", "Hip", "Forehead", "Lower", "back", "Own", "place"},
    "a stream's own names": {"Virtual", "board", "mains", "hum", "Channel", "channel", "sim"},
    "names of bands and what a test types": {"wide", "one"},
    "a person's own tags": {
        word for tag in DEFAULT_TAGS for word in re.findall(r"\w+", f"{tag.group} {tag.text}")
    },
}
"""Words that are the same in every language here, and why."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What every window says, in the pseudo-language."""
    home = tmp_path_factory.mktemp("pseudo")
    folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE")}
    language = {LANGUAGE_VARIABLE: PSEUDO, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [*python("from tests.desktop.every_window import main; main()"), str(home)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=HANG_LIMIT_S,
        cwd=ROOT,
        env={**os.environ, **folders, **language},
        check=False,
    )
    assert not done.returncode, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def made_up() -> list[str]:
    """Texts of the shipped programs, which are documents of their own, and of what pages show."""
    programs = [parse_toml(path.read_text(encoding="utf-8")) for path in SHIPPED.glob("*.toml")]
    own = {str(each.get(key, "")) for each in programs for key in ("title", "purpose", "evidence")}
    pages = ast.parse((ROOT / "tests/desktop/test_training_pages.py").read_text(encoding="utf-8"))
    shown = [
        node
        for node in pages.body
        if isinstance(node, ast.Assign) or getattr(node, "name", "") in ("home", "outcome", "guide")
    ]
    constants = [each for node in shown for each in ast.walk(node)]
    own |= {str(each.value) for each in constants if isinstance(each, ast.Constant)}
    return sorted((text for text in own if len(text) > 2), key=len, reverse=True)


def plain(texts: list[str]) -> dict[str, list[str]]:
    """Words without accents, by the text they stand in."""
    own = made_up()
    names = set().union(*NAMES.values())
    found = {}
    for text in texts:
        left = re.sub(r"<[^>]*>|\S*/\S*", " ", text)  # marks of HTML, and paths
        for made in own:
            left = left.replace(made, " ")
        words = [w for w in re.findall(r"[^\W\d_]{3,}", left) if w.isascii() and w not in names]
        if words:
            found[text] = words
    return found


def test_no_unmarked_sentence_reaches_a_window(said):
    assert len(said) > 14
    assert {name: plain(texts) for name, texts in said.items() if plain(texts)} == {}
