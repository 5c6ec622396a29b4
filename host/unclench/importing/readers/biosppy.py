"""BioSPPy's "Simple Text Format": a few lines of header, then columns of raw counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from unclench.errors import InputError
from unclench.importing.counting import no_counter
from unclench.importing.formats import Format
from unclench.importing.found import Asked, Column, Found, choose, settle_rate
from unclench.importing.textrows import read_head, rows_below
from unclench.translation import tr

MAGIC = "# Simple Text Format"
_RATE = re.compile(r"#\s*Sampling Rate \(Hz\)\s*:?=\s*([0-9.eE+]+)\s*", re.IGNORECASE)
_LABELS = re.compile(r"#\s*Labels\s*:?=\s*(.*)", re.IGNORECASE)


def read_biosppy(path: Path, asked: Asked) -> Found:
    """Read a file of BioSPPy. Raises InputError."""
    head = read_head(path)
    if not head.lines[0].startswith(MAGIC):
        raise InputError(
            tr(
                "{name} is not a BioSPPy text: its first line does not start with {magic!r}.",
                name=path.name,
                magic=MAGIC,
            )
        )
    stated, labels, n_lines = None, None, 0
    for line in head.lines:
        if not line.startswith("#"):
            break
        n_lines += 1
        if match := _RATE.fullmatch(line):
            stated = _number(match[1])
        elif match := _LABELS.fullmatch(line):
            labels = [label.strip() for label in match[1].split("\t")]
    first = head.lines[n_lines] if n_lines < len(head.lines) else ""
    n_cells = len(first.rstrip("\t").split("\t"))
    if not labels or len(labels) != n_cells:
        labels = [f"column {i + 1}" for i in range(n_cells)]
    rate, notes = settle_rate(path.name, stated, asked)
    offered = [Column(label, None, "emg" in label.lower()) for label in labels]
    choice = choose(path.name, offered, asked)
    table, cut = rows_below(path, head, n_lines, labels, "\t")
    _, values = table.read([], choice.places)
    return Found(
        rate,
        tuple(labels[i] for i in choice.places),
        values * choice.uv,
        np.arange(len(values), dtype=np.int64),
        device="BioSPPy",
        notes=(*choice.notes, *notes, *cut, no_counter()),
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


FORMATS = (Format("biosppy", "BioSPPy text", read_biosppy, lambda file: file.line_starts(MAGIC)),)
