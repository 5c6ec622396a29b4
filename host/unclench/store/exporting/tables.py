"""Exports to CSV and to Parquet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as pa_csv

from unclench.store.constants import decimals_for
from unclench.store.events.event import Event
from unclench.store.events.rows import data_of
from unclench.store.events.words import text_of
from unclench.store.exporting.content import Content
from unclench.store.text import safe_cell
from unclench.translation import trn

_CHUNK_ROWS = 1 << 16
_TIME_DECIMALS = 6
_NO_HEADER = pa_csv.WriteOptions(include_header=False, quoting_style="none")


def write_csv(content: Content, path: Path) -> list[str]:
    """Write time_s and one column of uV for each channel; missing samples are missing rows.

    Values have as many decimals as in emg.csv, or all of a double if the board's unit is not known.
    Returns notes.
    """
    recording = content.recording
    constants, places = recording.constants, content.places
    decimals = None
    if constants is not None:
        decimals = [decimals_for(k) for k in constants.uv_per_unit]
    header = ["time_s", *(safe_cell(f"{label} (uV)") for label in content.labels)]
    text = io.StringIO()
    # The times are rounded; this is the exact rate.
    text.write(f"# sampling rate: {recording.fs_hz:.15g} Hz\n")
    csv.writer(text, lineterminator="\n").writerow(header)
    with path.open("wb") as file:
        file.write(text.getvalue().encode())
        for start in range(0, recording.n_samples, _CHUNK_ROWS):
            here = slice(start, start + _CHUNK_ROWS)
            emg_uv = recording.emg_uv[here]
            columns = [pa.array(np.round(places[here] / recording.fs_hz, _TIME_DECIMALS))]
            for i in range(emg_uv.shape[1]):
                values = emg_uv[:, i] if decimals is None else np.round(emg_uv[:, i], decimals[i])
                columns.append(pa.array(values))
            names = [str(i) for i in range(len(columns))]
            pa_csv.write_csv(pa.table(columns, names=names), file, _NO_HEADER)
    if content.events:
        return [
            trn(
                "A CSV has no room for the {n} event. Export to edf, bdf or parquet to include it.",
                "A CSV has no room for the {n} events. Export to edf, bdf or parquet to include "
                "them.",
                len(content.events),
            )
        ]
    return []


def write_parquet(content: Content, path: Path) -> list[str]:
    """Write sample, time_s and the exact uV of each channel, and everything else in the metadata.

    Metadata: `fs_hz`, `rate` (exact, as a fraction), `unit`, `channels`, `events` (JSON) and
    `session.json`. Returns notes.
    """
    from pyarrow import parquet

    recording, places = content.recording, content.places
    fields: list[pa.Field[Any]] = [
        pa.field("sample", pa.int64()),
        pa.field("time_s", pa.float64(), metadata={"unit": "s"}),
    ]
    for label, words in zip(content.labels, content.filters, strict=True):
        fields.append(pa.field(label, pa.float64(), metadata={"unit": "uV", "filter": words}))
    metadata: dict[bytes | str, bytes | str] = {
        "fs_hz": repr(recording.fs_hz),
        "rate": str(recording.rate),
        "unit": "uV",
        "channels": json.dumps(list(recording.channels)),
        "events": json.dumps([_event(event, recording.fs_hz) for event in content.events]),
    }
    if content.meta is not None:
        metadata["session.json"] = content.meta.to_json()
    schema = pa.schema(fields, metadata=metadata)
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, recording.n_samples, _CHUNK_ROWS * 16):
            here = slice(start, start + _CHUNK_ROWS * 16)
            emg_uv = recording.emg_uv[here]
            columns = [pa.array(places[here]), pa.array(places[here] / recording.fs_hz)]
            columns += [pa.array(emg_uv[:, i]) for i in range(emg_uv.shape[1])]
            writer.write_table(pa.table(columns, schema=schema))
    return []


def _event(event: Event, fs_hz: float) -> dict[str, Any]:
    data = data_of(event)
    return {
        "sample": event.sample,
        "time_s": round(event.sample / fs_hz, _TIME_DECIMALS),
        "kind": event.kind,
        "text": text_of(event),
        "duration_s": event.duration_s,
        "lost_samples": event.lost_samples,
        "data": json.loads(data) if data else None,
    }
