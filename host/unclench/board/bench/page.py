"""The sheet as one HTML page, made from its data: to read, to print and to file."""

from __future__ import annotations

import re
from importlib import resources

from markupsafe import Markup, escape

from unclench import __version__
from unclench.board.bench.plot import spectrum_svg
from unclench.board.bench.sheet import Record, Sheet
from unclench.board.bench.steps import ABOUT, STEP_OF

PAGE_MARK = '<meta name="unclench-bench" content="page">'
"""By this a page that may be written over is known."""

_UV = re.compile(r"\buV\b")
_TYPED = re.compile(r"`([^`]*)`")


def render(sheet: Sheet) -> str:
    """Return the page. Whatever a person or a board has supplied is escaped."""
    import jinja2  # here, so that other commands stay quick

    files = resources.files("unclench.board.bench")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["shown"] = _shown
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
    """Words of a finding as a page shows them, escaped; what is typed is marked as code."""
    signs = _UV.sub("µV", text).replace("+-", "±")
    return Markup(_TYPED.sub(r"<code>\1</code>", str(escape(signs))))


def _spectra(sheet: Sheet, record: Record) -> list[tuple[int, bool, Markup]]:
    """Number, whether it is drawn over another, and drawing of each sensor."""
    before = sheet.of(STEP_OF[record.step].before)
    comparable = before is not None and before.setting == record.setting
    drawn = []
    for k, sensor in enumerate(record.sensors):
        if record.tone is not None and record.tone.channel != sensor.number:
            continue
        calm = before.sensors[k].density_uv if before is not None and comparable else None
        svg = spectrum_svg(sensor.density_uv, calm, f"sensor {sensor.number}")
        drawn.append((sensor.number, calm is not None, Markup(svg)))
    return drawn
