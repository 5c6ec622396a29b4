"""EDF+ and BDF+, through edfio.

Files are of one piece (EDF+C), since most readers refuse or misread the discontinuous kind. Where
samples were lost stands the lowest integer, which no sample has, so that it looks like an input
torn off and not like a muscle; an annotation "BAD_ACQ_SKIP ..." covers it, a word that MNE leaves
out by itself.
"""

from __future__ import annotations

import math
import unicodedata
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unclench.errors import InputError
from unclench.store.events.event import Kind
from unclench.store.events.words import in_plain_english
from unclench.store.exporting.content import Content
from unclench.store.exporting.scaling import Scaled, scale_units, scale_values
from unclench.translation import tr
from unclench.wording import printable

if TYPE_CHECKING:
    from edfio import EdfAnnotation

Format = Literal["EDF", "BDF"]
_BITS = {"EDF": 16, "BDF": 24}
_LONGEST_RECORD_S = 60
_MOST_VALUES = 2**30
_FIRST_YEAR, _LAST_YEAR = 1985, 2084
_SKIP = "BAD_ACQ_SKIP"
OURS = "unclench"  # in the field of the recording: `import` knows our annotations by it
AT_SITE = "surface electrodes at "


def write_edf(content: Content, path: Path, fmt: Format) -> list[str]:
    """Write a file of the format; return notes. Raises InputError: what it cannot hold."""
    recording = content.recording
    if not recording.n_samples:
        raise InputError(
            tr(
                "{name} has no samples, but {fmt} needs some. Export it to csv.",
                name=recording.name,
                fmt=fmt,
            )
        )
    notes: list[str] = []
    per_record, record_s, exact = record_length(recording.rate)
    if not exact:
        off_ms = abs(float(Fraction(record_s) * recording.rate / per_record) - 1) * 3.6e6
        notes.append(
            tr(
                "{fmt} cannot hold the exact rate of {rate} Hz: its times are off by "
                "{off_ms:.2g} ms an hour.",
                fmt=fmt,
                rate=recording.rate,
                off_ms=off_ms,
            )
        )
    last = _last(content)
    if content.places[0] < 0:
        raise InputError(
            tr(
                "{name} begins at sample {first}; 0 or later is expected.",
                name=recording.name,
                first=content.places[0],
            )
        )
    records = last // per_record + 1
    if records * per_record * len(content.labels) > _MOST_VALUES:
        raise InputError(
            tr(
                "{name} lasts {hours:.0f} hours with its gaps, which {fmt} would have to fill. "
                "Export it to csv or parquet.",
                name=recording.name,
                hours=last / recording.fs_hz / 3600,
                fmt=fmt,
            )
        )
    signals = []
    for i, label in enumerate(_short_labels(content.labels)):
        scaled = _scaled(content, i, fmt)
        if not scaled.exact:
            notes.append(_coarser(content, i, scaled, fmt))
        filled = np.full(records * per_record, scaled.digital_range[0], np.int32)
        filled[content.places] = scaled.digital
        signal = _edfio(fmt)[1].from_digital(
            filled.astype(np.int16) if fmt == "EDF" else filled,
            per_record / record_s,
            label=label,
            transducer_type=_ascii(_transducer(content, i), 80),
            physical_dimension="uV",
            physical_range=scaled.physical_range,
            digital_range=scaled.digital_range,
            prefiltering=_ascii(content.filters[i], 80),
        )
        signals.append(signal)
    _write(content, path, fmt, signals, record_s, records * per_record)
    return notes


def _last(content: Content) -> int:
    """Return the last sample of the file: events may come after the last row."""
    last = int(content.places[-1])
    if content.meta is None:
        return last
    end = round(content.meta.duration_s * content.recording.rate)
    # An event at the very end gets no record of its own.
    return max([last, *(min(event.sample, end - 1) for event in content.events)])


def _transducer(content: Content, channel: int) -> str:
    site = content.sites[channel]
    return f"{AT_SITE}{site}" if site else f"surface electrodes, {content.labels[channel]}"


def _write(
    content: Content, path: Path, fmt: Format, signals: list[Any], record_s: float, n_all: int
) -> None:
    from edfio import Patient
    from edfio import Recording as RecordingField

    meta = content.meta
    start, equipment = None, ""
    if meta is not None:
        equipment = _ascii(meta.constants.label, 40).replace(" ", "_")
        start = meta.created if _FIRST_YEAR <= meta.created.year <= _LAST_YEAR else None
    file = _edfio(fmt)[0](
        signals,
        patient=Patient(),  # nothing personal
        recording=RecordingField(
            startdate=start.date() if start else None,
            equipment_code=equipment or "X",
            additional=() if meta is None else (OURS,),
        ),
        starttime=start.time().replace(microsecond=0) if start else None,
        data_record_duration=record_s,
        annotations=_annotations(content, n_all),
    )
    file.write(path)


def _edfio(fmt: Format) -> tuple[Any, Any]:
    """Return edfio's classes of file and signal, which have no common type."""
    import edfio  # only when needed: the command line must not wait for it

    return (edfio.Edf, edfio.EdfSignal) if fmt == "EDF" else (edfio.Bdf, edfio.BdfSignal)


def record_length(rate: Fraction) -> tuple[int, float, bool]:
    """Samples and seconds of a data record near 1 s, and whether they give the rate exactly.

    A record holds a whole number of samples, and its length is a decimal number of 8 characters.
    It is a whole number of 64ths of a second here: those add up without rounding, and a reader
    (EDFlib) refuses a file whose records do not follow each other to the last digit.
    """
    for parts, longest_s in ((64, 9), (32, _LONGEST_RECORD_S)):
        least = rate.numerator // math.gcd(rate.numerator, rate.denominator * parts)
        n = least * max(1, round(rate / least))
        if n / rate <= longest_s:
            return n, float(n / rate), True
    near = rate.limit_denominator(max(_LONGEST_RECORD_S, math.ceil(1 / rate)))
    return near.numerator, float(near.denominator), near == rate


def _scaled(content: Content, channel: int, fmt: Format) -> Scaled:
    recording = content.recording
    if recording.constants is not None:
        constants = recording.constants.only((channel,))
        emg_uv = recording.emg_uv[:, channel : channel + 1]
        units = constants.to_units(emg_uv)[:, 0].astype(np.int64) - constants.zero_unit
        scaled = scale_units(units, float(constants.uv_per_unit[0]), _BITS[fmt])
        if scaled is not None:
            return scaled
    return scale_values(recording.emg_uv[:, channel], _BITS[fmt])


def _coarser(content: Content, channel: int, scaled: Scaled, fmt: Format) -> str:
    name, step_uv = content.labels[channel], scaled.step_uv
    constants = content.recording.constants
    if constants is None:
        return tr(
            "{name}: {fmt} has steps of {step_uv:.2g} uV.", name=name, fmt=fmt, step_uv=step_uv
        )
    own_uv = float(constants.uv_per_unit[channel])
    if own_uv >= step_uv:
        return tr(
            "{name}: {fmt} has steps of {step_uv:.2g} uV, as fine as the recording ({own_uv:.2g} "
            "uV).",
            name=name,
            fmt=fmt,
            step_uv=step_uv,
            own_uv=own_uv,
        )
    sentence = tr(
        "{name}: {fmt} has steps of {step_uv:.2g} uV, coarser than the recording ({own_uv:.2g} "
        "uV).",
        name=name,
        fmt=fmt,
        step_uv=step_uv,
        own_uv=own_uv,
    )
    return sentence if fmt == "BDF" else sentence + " " + tr("bdf has finer steps.")


def _annotations(content: Content, n_all: int) -> list[EdfAnnotation]:
    from edfio import EdfAnnotation

    rate, places = content.recording.rate, content.places

    def seconds(samples: int) -> float:
        return round(float(samples / rate), 6)

    found = [
        EdfAnnotation(round(start_s, 6), duration_s, printable(text, " ").strip())
        for start_s, duration_s, text in _spans(content)
    ]
    last = int(places[-1])
    before = np.concatenate([[-1], places[:-1]])
    for row in np.flatnonzero(places - before > 1).tolist():
        start, lost = int(before[row]) + 1, int(places[row] - before[row]) - 1
        text = f"{_SKIP} gap: {lost} samples lost"
        found.append(EdfAnnotation(seconds(start), seconds(lost), text))
    if n_all > last + 1:
        text = f"{_SKIP} the recording ended here"
        # One sample short: MNE takes the end of the last sample to be outside the file.
        found.append(EdfAnnotation(seconds(last + 1), seconds(n_all - last - 2), text))
    return found


def _spans(content: Content) -> list[tuple[float, float | None, str]]:
    """Events as start, length and text; without gaps, which the samples show.

    An event with a duration is written when it is over; an annotation begins with its onset.
    """
    rate = content.recording.rate
    spans: list[tuple[float, float | None, str]] = []
    tags: dict[str, int] = {}  # those under way: where in `spans`
    for event in content.events:
        at_s, lasted_s = float(max(0, event.sample) / rate), event.duration_s
        kind, said = event.kind, in_plain_english(event)
        if lasted_s is not None and not 0.0 <= lasted_s <= at_s:  # a damaged file may say anything
            lasted_s = None
        start_s = at_s - (lasted_s or 0.0)
        if kind == Kind.TAG:
            tags[said] = len(spans)
        elif kind == Kind.TAG_END:
            kind = Kind.TAG
            if said in tags:  # the span stands for both
                at = tags.pop(said)
                lasted_s = round(max(0.0, at_s - spans[at][0]), 6)
                spans[at] = (spans[at][0], lasted_s, spans[at][2])
                continue
        if kind != Kind.GAP:
            text = f"{kind}: {said}" if said else kind
            spans.append((start_s, lasted_s, text))
    return spans


def _short_labels(labels: tuple[str, ...]) -> list[str]:
    """16 ASCII characters each, all different."""
    short: list[str] = []
    for label in labels:
        text, twin = _ascii(label, 16), 2
        while text in short:
            text = _ascii(label, 16 - len(f" {twin}")).rstrip() + f" {twin}"
            twin += 1
        short.append(text)
    return short


def _ascii(text: str, limit: int) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("µ", "u"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else "?" for c in plain)[:limit].strip()
