"""A watched day on disk: minutes and events in whole rows as they come, and a summary at the end.

No raw samples: a day of 8 h at 2 kHz would be 1.4 GB of CSV for each channel, and figures by the
minute are enough to judge a day. `unclench record` and sessions keep samples.
"""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from unclench.errors import StoreError
from unclench.files import write_whole
from unclench.store.events.event import Event
from unclench.store.events.rows import CELLS, cells_of
from unclench.store.session.rowfile import RowFile, unwritable
from unclench.training.day.day import DaySummary, Minute
from unclench.translation import tr
from unclench_dsp.version import CHAIN_VERSION

DAY, EVENTS, SUMMARY = "day.csv", "events.csv", "summary.json"
_OF_CHANNEL = ("median_uv", "p10_uv", "p90_uv", "rest_share", "rests", "trusted_s")


class DayFolder:
    """The folder of one watch; rows that the disk refuses are kept and written later.

    Parameters
    ----------
    out
        Folder of all days; a new dated folder is made in it.
    began
        Wall time at which the watch began.
    n_channels

    Raises
    ------
    StoreError
        The folder cannot be created.
    """

    def __init__(self, out: Path, began: datetime, n_channels: int) -> None:
        self.folder = _new_folder(out, began)
        of_channels = [f"ch{k + 1}_{name}" for k in range(n_channels) for name in _OF_CHANNEL]
        self._day = _Rows(self.folder / DAY, ("minute", "time", "lost_s", *of_channels))
        try:
            self._events = _Rows(self.folder / EVENTS, ("time", "sample", *CELLS))
        except StoreError:
            self._day.close()
            raise

    @property
    def trouble(self) -> StoreError | None:
        """Why rows are not on the disk now; None once they are."""
        return self._day.trouble or self._events.trouble

    def minute(self, minute: Minute) -> None:
        """Write a minute."""
        cells: list[Any] = [minute.number, _time(minute.began), round(minute.lost_s, 2)]
        for channel in minute.channels:
            cells += [
                "" if value is None else round(value, 3)
                for value in (getattr(channel, name) for name in _OF_CHANNEL)
            ]
        self._day.write(cells)
        for file in (self._day, self._events):
            file.sync()

    def event(self, at: datetime, event: Event) -> None:
        """Write an event with its wall time."""
        self._events.write([_time(at), event.sample, *cells_of(event)])

    def keep_summary(self, summary: DaySummary) -> None:
        """Write the summary so far; a refusal by the disk shows with the rows."""
        with suppress(StoreError):
            self._write_summary(summary)

    def close(self, summary: DaySummary | None) -> None:
        """Write rows that the disk refused before, and the summary, if there is one.

        Raises StoreError if rows or the summary are still not on the disk.
        """
        for file in (self._day, self._events):
            file.write(None)
            file.close()
        if summary is not None:
            self._write_summary(summary)
        if self.trouble is not None:
            raise self.trouble

    def _write_summary(self, summary: DaySummary) -> None:
        path = self.folder / SUMMARY
        try:
            write_whole(path, json.dumps(as_json(summary), indent=2) + "\n")
        except OSError as error:
            raise unwritable(path, error) from error


class _Rows:
    """A `RowFile` that keeps what the disk refuses."""

    def __init__(self, path: Path, header: tuple[str, ...]) -> None:
        self._file = RowFile(path, header)
        self._pending = b""
        self.trouble: StoreError | None = None

    def write(self, cells: list[Any] | None) -> None:
        """Write a row; with None, only rows that are still pending."""
        if cells is not None:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow(cells)
            self._pending += text.getvalue().encode()
        done, self.trouble = self._file.append(self._pending)
        self._pending = self._pending[done:]

    def sync(self) -> None:
        try:
            self._file.sync()
        except StoreError as error:
            self.trouble = self.trouble or error

    def close(self) -> None:
        self._file.close()


def as_json(summary: DaySummary) -> dict[str, Any]:
    """Return a summary as plain values; times of day are ISO 8601 in local time."""

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return _time(value)
        if isinstance(value, float):
            return round(value, 3)
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list | tuple) else value

    return {"format": 1, "chain": CHAIN_VERSION, **plain(asdict(summary))}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _new_folder(out: Path, began: datetime) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for n in count(1):
            folder = out / (f"{began:%Y-%m-%d}" + (f"-{n}" if n > 1 else ""))
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise StoreError(
            tr(
                "A folder for the day cannot be created in {out}: {reason}; give a folder that "
                "you may write to.",
                out=out,
                reason=error.strerror or error,
            )
        ) from error
    raise AssertionError("unreachable")
