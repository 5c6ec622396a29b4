"""Write an imported recording as a session folder, with tension computed as in a live session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unclench.errors import StoreError
from unclench.files import free_space, why_unwritable
from unclench.importing.found import Found, Mark, exact_rate
from unclench.link.virtual.inputs import recording_hello
from unclench.live.blocks import LiveBlock, LiveSettings, StreamInfo
from unclench.live.processing import Processing
from unclench.live.recorder import Recorder
from unclench.store.constants import BoardConstants
from unclench.store.events.event import Event, Gap, Kind, Marked, TagBegun, TagEnded
from unclench.store.events.legacy import payload_of, split_tag
from unclench.store.model import BandMeta
from unclench.store.provenance import Provenance
from unclench.store.session.folder import is_session
from unclench.store.session.schema import SessionMeta
from unclench.store.session.writer import SessionWriter
from unclench.translation import tr
from unclench.wording import printable
from unclench_dsp import BANDS, WIDE, seen_rails_uv

_BLOCK_N = 1 << 12  # samples at a time; the result does not depend on it
_NO_TENSION_RATE_HZ = 50.0
_COMPUTED_AGAIN = (Kind.SIGNAL, Kind.MAINS, Kind.HEART, Kind.DISTURBED)


def keep(
    found: Found, out: Path, file_name: str, about: dict[str, Any]
) -> tuple[SessionMeta, Path, tuple[str, ...]]:
    """Write the session; return its settings, its folder and all notes.

    Parameters
    ----------
    about : dict
        Entries of `imported` in session.json, beside the notes.

    Raises
    ------
    StoreError
        The session cannot be written; nothing is left behind.
    """
    rate = exact_rate(found.rate)
    label = f"{found.device}: {file_name}" if found.device else file_name
    unknown = (None,) * len(found.channels)
    hello, units = recording_hello(
        found.emg_uv,
        (rate.numerator, rate.denominator),
        label,
        unknown,
        seen_rails_uv(found.emg_uv),
    )
    settings, no_tension = _settings(float(rate))
    info = StreamInfo(f"imported: {file_name}", hello, _unique(found.channels), settings)
    notes = list(found.notes)
    notes.append(
        tr("Samples are stored in steps of {uv_per_unit:g} uV.", uv_per_unit=info.uv_per_unit[0])
    )
    if found.created is None:
        notes.append(
            tr("The file does not say when it was recorded; the session has today's date.")
        )
    if no_tension:
        notes.append(no_tension)
    elif settings.band is not WIDE:
        notes.append(
            tr(
                "Tension is computed in the {band} band: the wide one needs a sample "
                "rate of at least {min_rate_hz:g} Hz.",
                band=settings.band.name,
                min_rate_hz=WIDE.min_rate_hz,
            )
        )
    more: dict[str, Any] = {
        "imported": {**about, "notes": notes},
        "provenance": Provenance.IMPORTED,
    }
    if found.created is not None:
        more["created"] = found.created
    if any(found.sites):
        more["sites"] = found.sites
    was_there = out.exists()
    made: Path | None = None
    try:
        if no_tension:
            writer = SessionWriter(out, _meta(info, more))
            made = writer.folder
            _write_samples(writer, found, units)
            return writer.meta, made, tuple(notes)
        recorder = Recorder(out, info, origin=0, lossless=True, about=more)
        made = recorder.folder
        try:
            _feed(recorder, info, found, units)
        finally:
            meta = recorder.close()
        return meta, made, tuple(notes)
    except BaseException as error:
        _undo(made, out, was_there)
        cause = error.__cause__
        if isinstance(error, StoreError) and isinstance(cause, OSError):
            raise StoreError(  # an interrupted recording is kept, an interrupted import is not
                tr(
                    "{out} cannot be written: {reason} ({free}). "
                    "Nothing was imported: make room, or give another folder with --out.",
                    out=out,
                    reason=why_unwritable(cause),
                    free=free_space(out.parent),
                )
            ) from error
        raise


def _settings(fs_hz: float) -> tuple[LiveSettings, str]:
    """Return the widest band that the rate allows, or a note that there is no tension."""
    for band in BANDS.values():
        if fs_hz >= band.min_rate_hz:
            return LiveSettings(band), ""
    least_hz = min(band.min_rate_hz for band in BANDS.values())
    return LiveSettings(), (
        tr(
            "There is no tension: it needs a sample rate of at least {least_hz:g} Hz, and this is "
            "{fs_hz:g} Hz. The samples are stored.",
            least_hz=least_hz,
            fs_hz=fs_hz,
        )
    )


def _feed(recorder: Recorder, info: StreamInfo, found: Found, units: NDArray[np.int32]) -> None:
    """Process and record the samples like those of a board, gaps included."""
    processing = Processing(info.signal)
    constants = BoardConstants.from_hello(info.hello)
    for event in _events(found):
        if event.kind not in _COMPUTED_AGAIN:
            recorder.event(event)
    after = 0
    for start, stop in _segments(found.sample):
        first = int(found.sample[start])
        if first > after:
            lost = first - after
            lost_s = round(lost / info.fs_hz, 6)
            recorder.event(Event(after, Gap(), lost_s, lost))
        after = int(found.sample[stop - 1]) + 1
        for at in range(start, stop, _BLOCK_N):
            here = units[at : min(at + _BLOCK_N, stop)]
            # The samples processed are those written, so that a replay gives the same result.
            _record(
                recorder, *processing.samples(int(found.sample[at]), here, constants.to_uv(here))
            )
        _record(recorder, *processing.finish())


def _record(recorder: Recorder, events: Sequence[Event], block: LiveBlock) -> None:
    for event in events:
        recorder.event(event)
    if len(block.emg_uv):
        recorder.block(block)


def _write_samples(writer: SessionWriter, found: Found, units: NDArray[np.int32]) -> None:
    with writer:
        after, events = 0, _events(found)
        for start, stop in _segments(found.sample):
            first = int(found.sample[start])
            if first > after:
                lost = first - after
                gap = Event(after, Gap(), round(lost / writer.meta.fs_hz, 6), lost)
                events.append(gap)
            after = int(found.sample[stop - 1]) + 1
            writer.write_samples(first, units[start:stop])
        for event in sorted(events, key=lambda event: event.sample):
            writer.write_event(event)


def _events(found: Found) -> list[Event]:
    """Restore our own events; turn those of other programs into markers or awareness tags."""
    end = int(found.sample[-1]) + 1
    events = []
    for mark in found.marks:
        at, lasted_s = min(mark.sample, end), mark.duration_s
        payload = payload_of(mark.kind, mark.text) if mark.kind else _foreign(mark)
        if isinstance(payload, TagBegun):
            events.append(Event(at, payload))
            if lasted_s is not None:
                until = min(end, mark.sample + round(lasted_s * float(found.rate)))
                over = TagEnded(payload.group, payload.text)
                events.append(Event(max(at, until), over, lasted_s))
        elif not isinstance(payload, Gap):  # the samples show the gaps
            events.append(Event(at, payload, lasted_s if mark.kind else None))
    return sorted(events, key=lambda event: event.sample)


def _foreign(mark: Mark) -> TagBegun | Marked:
    """Turn an annotation of another program into a marker, or a tag if it looks like one."""
    text = mark.text.removeprefix("tag: ").strip()
    group, rest = split_tag(text)
    if mark.duration_s and group:
        return TagBegun(group, rest)
    return Marked(f"{text} ({mark.duration_s:g} s)" if mark.duration_s else text)


def _segments(sample: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    jumps = (np.flatnonzero(np.diff(sample) != 1) + 1).tolist()
    return zip([0, *jumps], [*jumps, len(sample)], strict=True)


def _meta(info: StreamInfo, more: dict[str, Any]) -> SessionMeta:
    return SessionMeta(
        source=info.source,
        constants=BoardConstants.from_hello(info.hello),
        channels=info.channels,
        band=BandMeta(name=WIDE.name, low_hz=WIDE.low_hz, high_hz=WIDE.high_hz, order=WIDE.order),
        window_s=info.settings.window_s,
        tension_rate_hz=_NO_TENSION_RATE_HZ,
        **more,
    )


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    unique: list[str] = []
    for i, name in enumerate(names):
        wanted = printable(name, " ").strip() or f"channel {i + 1}"
        twin, candidate = 2, wanted
        while candidate in unique:
            candidate, twin = f"{wanted} {twin}", twin + 1
        unique.append(candidate)
    return tuple(unique)


def _undo(made: Path | None, out: Path, was_there: bool) -> None:
    """Remove the unfinished session; nothing else can be in its folder."""
    if made is None and not was_there and is_session(out):
        made = out
    if made is None:
        return
    shutil.rmtree(made, ignore_errors=True)
    if was_there and made == out:
        out.mkdir(exist_ok=True)
