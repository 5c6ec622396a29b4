"""From a stranger's file to a session folder: which format, what it holds, what is kept of that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unclench.errors import InputError
from unclench.files import require_file
from unclench.importing import (
    biosppy,
    datalog,
    edf,
    openbci,
    opensignals,
    physionet,
    spikerecorder,
    table,
)
from unclench.importing.found import BROKEN, Asked, Found, broken, exact_rate
from unclench.importing.keep import keep
from unclench.importing.textrows import read_head
from unclench.store.session.folder import is_session
from unclench.store.session.schema import SessionMeta

_Reader = Callable[[Path, Asked], Found]
_READERS: dict[str, _Reader] = {
    "opensignals-h5": opensignals.read_hdf5,
    "opensignals-txt": opensignals.read_text,
    "biosppy": biosppy.read_biosppy,
    "openbci": openbci.read_openbci,
    "edf": edf.read_edf,
    "bdf": edf.read_edf,
    "wfdb": physionet.read_wfdb,
    "wav": spikerecorder.read_wav,
    "datalog": datalog.read_datalog,
    "csv": table.read_generic,
}
FORMATS = tuple(_READERS)
KNOWN = (
    "OpenSignals (.h5, .txt), BioSPPy text, OpenBCI GUI text, EDF and BDF, WFDB (.hea), Spike "
    "Recorder WAV, DataLOG text, and CSV or TSV with a header"
)
_MAX_UV = 1e9  # a thousand volts
_MAX_SPAN = 2**40
_BINARY = bytes(range(9)) + bytes(range(14, 27))


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
            found = _READERS[name](path, asked or Asked())
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
    with path.open("rb") as file:
        first = file.read(4096)
    if first.startswith(opensignals.HDF5_MAGIC):
        return "opensignals-h5"
    if first.startswith(spikerecorder.MAGIC) and first[8:12] == b"WAVE":
        return "wav"
    if first.startswith(edf.BDF_MAGIC):
        return "bdf"
    if first.startswith(edf.EDF_MAGIC) and len(first) >= 256:
        return "edf"
    if path.suffix.lower() in (".dat", ".atr") and physionet.header_of(path).is_file():
        return "wfdb"  # these say nothing of themselves
    if not first.strip():
        raise InputError(f"{path.name} is empty: {KNOWN} can be imported.")
    if any(byte in _BINARY for byte in first) and not first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            f"{path.name} is of no format that is known here: {KNOWN} can be imported."
        )
    lines = read_head(path).lines
    starts = (
        (opensignals.TEXT_MAGIC, "opensignals-txt"),
        (biosppy.MAGIC, "biosppy"),
        (openbci.MAGIC, "openbci"),
    )
    for magic, name in starts:
        if lines[0].startswith(magic):
            return name
    if datalog.is_datalog(lines):
        return "datalog"
    return "wfdb" if physionet.is_header(lines) else "csv"


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
