"""Wiring of both builds: harness by WireViz, pins, parts, tables."""

from __future__ import annotations

import re
from functools import partial
from importlib import import_module
from pathlib import Path
from shutil import which

from hardware.design import BUILDS, Build
from hardware.making import Made, MakingError, Passage, Picture
from hardware.wiring import pico, tables

ROOM = Path(__file__).parent
_FONT = "DejaVu Sans, Verdana, sans-serif"


def source(build: Build) -> str:
    """The harness as WireViz reads it."""
    return (ROOM / f"{build}.yml").read_text(encoding="utf-8")


def harness(build: Build) -> str:
    """The drawing of a build's harness. Raises MakingError without WireViz or Graphviz."""
    try:
        wireviz = import_module("wireviz.wireviz")
    except ImportError as error:
        raise MakingError('the harness needs WireViz: pip install -e ".[test]"') from error
    if which("dot") is None:
        raise MakingError("the harness needs Graphviz: install graphviz, so that dot is found")
    text = source(build)
    svg: str = wireviz.parse(text, return_types="svg", output_name=build)
    svg = svg[svg.index("<svg") :]  # without what Graphviz says of itself and its DOCTYPE
    svg = re.sub(r'(width|height)="(\d+)pt"', r'\1="\2"', svg, count=2)
    svg = svg.replace('font-family="DejaVu Sans"', f'font-family="{_FONT}"')
    # what meets without a cable (the bare rails) is thin and dashed: make it a bare wire
    svg = svg.replace(
        'stroke="#000000" stroke-dasharray="5,2" d=', 'stroke="#8a8a8a" stroke-width="5" d='
    )
    svg = re.sub(r"<title>.*?</title>\n?", "", svg)  # names of nodes and edges
    title = re.findall(r'^  title: "(.+)"$', text, re.MULTILINE)[0]
    return re.sub(r"(<svg[^>]*>)", lambda found: f"{found[1]}\n<title>{title}</title>", svg)


SHARED_DOCUMENT = "hardware/building.md"


def document(build: Build) -> str:
    """Path of a build's document."""
    return f"hardware/build-{build}.md"


MADE: tuple[Made, ...] = (
    *(
        Picture(f"hardware/pictures/wiring-{build}.svg", partial(harness, build), source(build))
        for build in BUILDS
    ),
    Picture("hardware/pictures/pico-pins.svg", pico.draw),
    *(
        Passage(document(build), name, partial(table, build))
        for build in BUILDS
        for name, table in (
            ("parts", tables.list_of),
            ("totals", tables.totals_of),
            ("pins", tables.pins_of),
        )
    ),
    Passage(SHARED_DOCUMENT, "bench", tables.bench_of_all),
    Passage(SHARED_DOCUMENT, "optional", tables.optional_of_all),
)
