"""WAV of Backyard Brains' Spike Recorder, with its list of events.

Events are in NAME-events.txt beside NAME.wav: lines "marker, seconds" below comments.
"""

from __future__ import annotations

import math
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unclench.errors import InputError
from unclench.importing.counting import no_counter
from unclench.importing.formats import Format
from unclench.importing.found import BROKEN, Asked, Column, Found, Mark, broken, choose, settle_rate
from unclench.translation import tr, trn

MAGIC = b"RIFF"
_WIDTHS = (1, 2, 3, 4)
_MOST_MARKS = 100_000


def read_wav(path: Path, asked: Asked) -> Found:
    """Read a WAV of integers. Raises InputError."""
    try:
        with path.open("rb") as raw, wave.open(raw) as file:
            n_channels, width = file.getnchannels(), file.getsampwidth()
            stated, announced = file.getframerate(), file.getnframes()
            data = file.readframes(announced)
    except BROKEN as error:
        raise broken(path.name, tr("WAV with integer samples"), error) from error
    if width not in _WIDTHS or n_channels < 1:
        raise InputError(
            tr(
                "{name} has {width}-bit samples in {n_channels} channels; unclench reads "
                "integers of 8 to 32 bit: convert the file.",
                name=path.name,
                width=8 * width,
                n_channels=n_channels,
            )
        )
    n = len(data) // (width * n_channels)
    values = _numbers(data[: n * width * n_channels], width).reshape(n, n_channels)
    rate, notes = settle_rate(path.name, stated, asked)
    offered = [Column(f"channel {i + 1}", None) for i in range(n_channels)]
    choice = choose(path.name, offered, asked)
    if n < announced:
        notes.append(
            tr(
                "The header announces {announced} samples, the file has {n}.",
                announced=announced,
                n=n,
            )
        )
    marks, source = _events(path, float(rate), n)
    return Found(
        rate,
        tuple(offered[i].name for i in choice.places),
        values[:, choice.places] * choice.uv,
        np.arange(n, dtype=np.int64),
        marks=marks,
        device="Spike Recorder",
        notes=(*choice.notes, *notes, *source, no_counter()),
    )


def sidecar(path: Path) -> Path:
    """Return the path of the events of a WAV, which may not exist."""
    return path.with_name(f"{path.stem}-events.txt")


def _numbers(data: bytes, width: int) -> NDArray[np.float64]:
    if width == 1:  # the only unsigned width
        return np.frombuffer(data, np.uint8).astype(np.float64) - 128
    if width == 3:
        three = np.frombuffer(data, np.uint8).reshape(-1, 3)
        four = np.zeros((len(three), 4), np.uint8)
        four[:, 1:] = three
        return np.asarray(four.view("<i4")[:, 0] >> 8, np.float64)
    return np.frombuffer(data, f"<i{width}").astype(np.float64)


def _events(path: Path, fs_hz: float, n: int) -> tuple[tuple[Mark, ...], list[str]]:
    beside = sidecar(path)
    if not beside.is_file():
        return (), []
    marks: list[Mark] = []
    bad = 0
    for line in beside.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        text, _, at = line.rpartition(",")
        try:
            at_s = float(at)
        except ValueError:
            at_s = math.nan
        if not text or not 0 <= at_s * fs_hz <= n or len(marks) >= _MOST_MARKS:
            bad += 1
            continue
        marks.append(Mark(round(at_s * fs_hz), text.strip()))
    notes = [tr("Events are from {name}.", name=beside.name)]
    if bad:
        notes.append(
            trn(
                "1 line of {name} is not an event of this recording.",
                "{n} lines of {name} are not events of this recording.",
                bad,
                name=beside.name,
            )
        )
    return tuple(marks), notes


FORMATS = (
    Format(
        "wav",
        "Spike Recorder WAV",
        read_wav,
        lambda file: file.first.startswith(MAGIC) and file.first[8:12] == b"WAVE",
    ),
)
