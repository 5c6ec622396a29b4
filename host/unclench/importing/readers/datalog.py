"""Text of Biometrics' DataLOG and DataLITE, the format of UCI's lower-limb recordings."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from unclench.errors import InputError
from unclench.importing.counting import no_counter
from unclench.importing.formats import Format
from unclench.importing.found import IN_UV, Asked, Column, Found, choose, settle_rate
from unclench.importing.textrows import read_head, rows_below
from unclench.translation import tr

MAGIC = "File Name:"
_CHANNEL = re.compile(r"Channel \d+: '(.*?)', \d+ values, engineering units: ([^,]+?),.*")
_RATE = re.compile(r"extrapolated from \S+ to (\d+(?:\.\d+)?) samples per second")


def is_datalog(lines: tuple[str, ...]) -> bool:
    """Return True for a text that begins like such a file."""
    return bool(lines) and lines[0].startswith(MAGIC) and any(map(_CHANNEL.fullmatch, lines[1:3]))


def read_datalog(path: Path, asked: Asked) -> Found:
    """Read such a file; it rarely gives its sample rate. Raises InputError."""
    head = read_head(path)
    offered, n_lines = [], 1
    for line in head.lines[1:]:
        match = _CHANNEL.fullmatch(line.strip())
        if match is None:
            break
        n_lines += 1
        offered.append(Column(match[1], IN_UV.get(match[2].strip().lower())))
    if not offered or not head.lines[0].startswith(MAGIC):
        raise InputError(
            tr("{name} is not a DataLOG text: it does not name its channels.", name=path.name)
        )
    while n_lines < len(head.lines) and not head.lines[n_lines].strip():
        n_lines += 1
    stated = _RATE.search("\n".join(head.lines[:n_lines]))
    rate, notes = settle_rate(path.name, float(stated[1]) if stated else None, asked)
    choice = choose(path.name, offered, asked)
    table, cut = rows_below(path, head, n_lines, [column.name for column in offered], "\t")
    _, values = table.read([], choice.places)
    return Found(
        rate,
        tuple(offered[i].name for i in choice.places),
        values * choice.uv,
        np.arange(len(values), dtype=np.int64),
        device="DataLOG",
        notes=(*choice.notes, *notes, *cut, no_counter()),
    )


FORMATS = (Format("datalog", "DataLOG text", read_datalog, lambda file: is_datalog(file.lines)),)
