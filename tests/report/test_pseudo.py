"""No sentence of the report or history page is plain in the pseudo-language: all are marked."""

from __future__ import annotations

import os
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from tests.processes import unclench

from unclench.translation import LANGUAGE_VARIABLE, PSEUDO

# Words of the session itself and names, which nobody translates.
DATA = {
    *(
        "Left",
        "Right",
        "shoulder",
        "Shoulder",
        "Short",
        "short",
        "Rest",
        "Count",
        "down",
        "Let",
        "Breathe",
    ),
    *("posture", "slouching", "phone", "rang", "evening", "before", "board", "wide", "unclench"),
    *("note", "min"),
}
EVENTS = (
    *((s, "tag", "posture: slouching", None) for s in (30, 64, 98)),
    *((s + 10, "tag end", "posture: slouching", 10.0) for s in (30, 64, 98)),
    (12, "note", "phone rang", None),
)


def plain_words(html: str) -> set[str]:
    """Words of a page that are not in the pseudo-language, which has accents on most letters."""
    body = re.sub(r"<(style|code|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
    words = re.findall(r"[^\W\d_]{3,}", unescape(re.sub(r"<[^>]+>", " ", body)))
    return {word for word in words if word.isascii()} - DATA


@pytest.mark.parametrize("options", [(), ("--all",)], ids=["report", "history"])
def test_no_unmarked_sentence_reaches_a_page(make_session, tmp_path: Path, options):
    sites = ("Left shoulder", "Right shoulder")
    session = make_session(guided=not options, seconds=200, events=EVENTS, sites=sites)
    page = tmp_path / "page.html"
    path = session.parent if options else session
    subprocess.run(
        unclench("report", *options, path, "--out", page),
        env={**os.environ, LANGUAGE_VARIABLE: PSEUDO},
        check=True,
        timeout=100,
    )
    assert plain_words(page.read_text(encoding="utf-8")) == set()
