"""Any other table with a header, read as `analyze` and `live` read it."""

from __future__ import annotations

import re
from pathlib import Path

from unclench.importing.formats import Format
from unclench.importing.found import Asked, Found
from unclench.store.table.reading import read_table
from unclench.translation import tr

_UNIT = re.compile(r"\s*[(\[]\s*[munµμ]?v\s*[)\]]|[\s_]+[munµμ]?v", re.IGNORECASE)


def read_generic(path: Path, asked: Asked) -> Found:
    """Read a table. Raises InputError."""
    table = read_table(path, fs_hz=asked.fs_hz, columns=asked.columns, unit=asked.unit)
    return Found(
        table.rate,
        tuple(_without_unit(name) for name in table.channels),  # sessions are in uV
        table.emg_uv,
        table.sample - table.sample[0] if table.n_samples else table.sample,
        notes=table.notes,
    )


def _without_unit(name: str) -> str:
    units = list(_UNIT.finditer(name))
    if units and units[-1].end() == len(name.rstrip()) and units[-1].start() > 0:
        return name[: units[-1].start()]
    return name


FORMATS = (Format("csv", tr("CSV or TSV with a header"), read_generic, None),)
