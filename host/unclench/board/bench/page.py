"""The sheet as one HTML page, made from its data, to read, print and file."""

from __future__ import annotations

import re
from importlib import resources

from markupsafe import Markup, escape

from unclench import __version__
from unclench.board.bench.plot import spectrum_svg
from unclench.board.bench.sheet import Record, Sheet
from unclench.board.bench.steps import ABOUT, STEP_OF
from unclench.board.words import topic_words, verdict_words
from unclench.translation import tr

PAGE_MARK = '<meta name="unclench-bench" content="page">'
"""Identifies a page that may be replaced."""

_UV = re.compile(r"\buV\b")
_TYPED = re.compile(r"`([^`]*)`")


def render(sheet: Sheet) -> str:
    """Return the page. Text from a person or a board is escaped."""
    import jinja2  # here, so that other commands start quickly

    files = resources.files("unclench.board.bench")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["shown"] = _shown
    environment.globals.update(tr=tr, verdict_words=verdict_words, topic_words=topic_words)
    template = environment.from_string(files.joinpath("page.html").read_text(encoding="utf-8"))
    style = files.joinpath("style.css").read_text(encoding="utf-8")
    return template.render(
        sheet=sheet,
        step_of=STEP_OF,
        about=ABOUT,
        spectra=lambda record: _spectra(sheet, record),
        style=Markup(style),
        mark_of_page=Markup(PAGE_MARK),
        version=__version__,
    )


def _shown(text: str) -> Markup:
    """Return words of a finding for a page, escaped, with commands marked as code."""
    signs = _UV.sub("µV", text).replace("+-", "±")
    return Markup(_TYPED.sub(r"<code>\1</code>", str(escape(signs))))


def _spectra(sheet: Sheet, record: Record) -> list[tuple[int, bool, Markup]]:
    """Return each sensor's number, whether its drawing compares two spectra, and the drawing."""
    before = sheet.of(STEP_OF[record.step].before)
    comparable = before is not None and before.setting == record.setting
    drawn = []
    for k, sensor in enumerate(record.sensors):
        if record.tone is not None and record.tone.channel != sensor.number:
            continue
        calm = before.sensors[k].density_uv if before is not None and comparable else None
        svg = spectrum_svg(sensor.density_uv, calm, sensor.number)
        drawn.append((sensor.number, calm is not None, Markup(svg)))
    return drawn
