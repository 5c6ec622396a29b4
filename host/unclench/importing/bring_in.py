"""From a stranger's file to a session folder: which format, what it holds, what is kept of that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unclench.errors import InputError
from unclench.files import require_file
from unclench.importing.formats import Beginning, all_formats, in_words
from unclench.importing.found import BROKEN, Asked, Found, broken, exact_rate
from unclench.importing.keep import keep
from unclench.store.session.folder import is_session
from unclench.store.session.schema import SessionMeta

_FORMATS = all_formats()
FORMATS = tuple(_FORMATS)
KNOWN = in_words(_FORMATS)
_MAX_UV = 1e9  # a thousand volts
_MAX_SPAN = 2**40


@dataclass(frozen=True)
class Imported:
    """The session that was made."""

    folder: Path
    format: str
    meta: SessionMeta
    notes: tuple[str, ...]
    missing_s: float = 0.0  # cut off at the end of the file


def import_file(
    path: Path, out: Path, *, format_name: str | None = None, asked: Asked | None = None
) -> Imported:
    """Bring a recording in as a session folder.

    Nothing is written before the whole file has been understood, and nothing is left behind where
    writing fails.

    Parameters
    ----------
    path : Path
    out : Path
        See `store.folder.new_session_folder`.
    format_name : str, optional
        One of `FORMATS`; else it is found out from the contents.
    asked : Asked, optional
        What the file does not tell, or tells wrongly.

    Raises
    ------
    InputError
        What the file does not hold or tell, or holds wrongly.
    StoreError
        The session cannot be written.
    """
    try:
        if not path.exists():
            raise InputError(f"there is no file {str(path)!r}: check the name.")
        if path.is_dir():
            what = "a session already" if is_session(path) else "a folder where a file is expected"
            raise InputError(f"{path} is {what}: give a recording of another program.")
        require_file(path)
        name = format_name or find_format(path)
        with np.errstate(all="ignore"):  # what overflows is refused below
            found = _FORMATS[name].read(path, asked or Asked())
        _check(path.name, found)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except BROKEN as error:
        raise broken(path.name, "what it seems to be", error) from error
    about = {"file": path.name, "format": name, "sha256": digest}
    meta, folder, notes = keep(found, out, path.name, about)
    return Imported(folder, name, meta, notes, found.missing_s)


def find_format(path: Path) -> str:
    """Tell the format of a file by what is in it. Raises InputError: an unknown one."""
    file = Beginning(path)
    told = (each for each in _FORMATS.values() if each.tells is not None and each.tells(file))
    if (found := next(told, None)) is not None:
        return found.name
    if file.empty:
        raise InputError(f"{path.name} is empty: {KNOWN} can be imported.")
    if not file.lines:
        raise InputError(
            f"{path.name} is of no format that is known here: {KNOWN} can be imported."
        )
    return next(each.name for each in _FORMATS.values() if each.tells is None)


def _check(file: str, found: Found) -> None:
    """Refuse what no session can hold, whichever reader it came from."""
    if not len(found.sample):
        raise InputError(f"{file} holds no samples: nothing can be imported.")
    if exact_rate(found.rate) <= 0:
        raise InputError(
            f"{file} has a sample rate of {float(found.rate):g} Hz: give it with --fs HZ."
        )
    bad = ~(np.abs(found.emg_uv) <= _MAX_UV)  # that is how NaN is caught, too
    if bad.any():
        row, channel = np.argwhere(bad)[0].tolist()
        raise InputError(
            f"{file}: sample {row + 1} of {found.channels[channel]!r} is "
            f"{found.emg_uv[row, channel]:g} uV, which is no voltage of a muscle: check the unit "
            "(--unit), or restore the file."
        )
    if found.sample[0] < 0 or (np.diff(found.sample) < 1).any() or found.sample[-1] > _MAX_SPAN:
        raise InputError(
            f"{file} numbers its samples in no order that can be followed: restore it."
        )
