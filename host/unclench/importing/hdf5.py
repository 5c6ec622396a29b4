"""A program of its own: reads OpenSignals HDF5 and writes plain arrays to stdout.

On a damaged file the HDF5 library can crash or hang, which here ends only this process. It is run
by its path, so it starts without the rest of unclench.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

_PACKED = 2000  # HDF5 may compress a row of zeros so well, but nothing that was measured


class FaultError(Exception):
    """What is wrong, as a key of `readers.opensignals`: the last line on stderr."""


def read(path: str) -> dict[str, NDArray[Any]]:
    """Return "about" (JSON: what the file says) and each dataset by its key.

    Keys are those of the raw data ("channel_1", "nSeq") and of the digital inputs.
    Raises FaultError, or an error of h5py.
    """
    with h5py.File(path, "r") as file:
        groups = [key for key in file if isinstance(file.get(key), h5py.Group)]
        devices = [key for key in groups if isinstance(file[key].get("raw"), h5py.Group)]
        if not devices:
            raise FaultError("no_raw_data")
        device = file[devices[0]]
        arrays, channels = {}, []
        for key in sorted(device["raw"], key=lambda key: (len(key), key)):
            dataset = device["raw"][key]
            if key == "nSeq" or key.startswith("channel_"):
                arrays[key] = _column(dataset)
            if key.startswith("channel_"):
                channels.append({"key": key, **_attributes(dataset)})
        for key, dataset in device.get("digital", {}).items():
            if key.startswith("digital_") and key != "digital_0":
                arrays[key] = _column(dataset)
        about = {**_attributes(device), "channels": channels, "devices": devices}
    return {"about": np.array(json.dumps(about)), **arrays}


def _column(dataset: h5py.Dataset) -> NDArray[Any]:
    stored = max(dataset.id.get_storage_size(), 1)
    if dataset.size * dataset.dtype.itemsize > _PACKED * stored:
        raise FaultError("too_few_samples")
    column = np.asarray(dataset[...]).reshape(len(dataset), -1)[:, 0]
    return column.astype(np.float64)


def _attributes(thing: h5py.Group | h5py.Dataset) -> Mapping[str, Any]:
    return {str(key): _plain(value) for key, value in thing.attrs.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist()) if not isinstance(value, np.void) else None
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float) else None


if __name__ == "__main__":
    kept = io.BytesIO()
    np.savez(kept, **read(sys.argv[1]))  # type: ignore[arg-type]
    sys.stdout.buffer.write(kept.getvalue())
