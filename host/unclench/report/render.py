"""Render pages as HTML: one file, without scripts or anything from the network."""

from __future__ import annotations

import re
from importlib import resources

from markupsafe import Markup, escape

from unclench import __version__
from unclench.report.parts import Page
from unclench.report.plots.svg import clean
from unclench.translation import tr

MARK = b'<meta name="generator" content="unclench '
"""In the head of every page that unclench has made, and so may overwrite."""


_UNIT = re.compile(r"(?<=\d) (?=(%|µV|s|min|h|Hz|times)(?!\w))")
_CODE = re.compile(r"`(unclench [a-z -]+)`")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def render(page: Page) -> str:
    """Return the page as HTML."""
    import jinja2  # here, so that `unclench --help` stays fast

    files = resources.files("unclench.report")
    style = files.joinpath("style.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: _plain(value) if type(value) is str else value,
    )
    environment.filters["coded"] = _coded
    environment.globals["tr"] = tr
    template = environment.from_string(files.joinpath("page.html").read_text(encoding="utf-8"))
    return template.render(page=page, style=Markup(style), version=__version__) + "\n"


def _coded(text: str) -> Markup:
    """Show commands in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(_plain(text)))))


def _plain(text: str) -> str:
    """Keep a number and its unit on one line."""
    return _UNIT.sub(_NO_BREAK, clean(text))
