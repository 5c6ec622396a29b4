"""Small valid files of every format, written here without the code under test."""

from __future__ import annotations

import json
import runpy
import struct
import wave
from collections.abc import Callable
from datetime import date
from pathlib import Path

import edfio
import h5py
import numpy as np
import pytest

RAW = (32768 + np.round(3000 * np.sin(np.arange(600) * 0.9))).astype(np.int64)


def opensignals_h5(folder: Path, *, sensor: str = "EMG", device: str = "biosignalsplux") -> Path:
    """A recording by OpenSignals as HDF5: an EMG and an EDA channel, and a digital input."""
    path = folder / "os.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("00:07:80:D8:A8:82")
        group.attrs.update(
            {"date": "2019-10-14", "time": "16:52:39.448", "device": device, "sampling rate": 1000}
        )
        group.attrs["channels"] = np.array([1, 2], np.int32)
        group.attrs["resolution"] = np.array([16, 16], np.int32)
        raw = group.create_group("raw")
        for key, kind in (("channel_1", sensor), ("channel_2", "EDA")):
            data = raw.create_dataset(key, data=RAW.astype(np.uint16)[:, None])
            data.attrs.update({"label": key.upper(), "sensor": kind})
        raw.create_dataset("nSeq", data=(np.arange(600) % 16).astype(np.uint16)[:, None])
        digital = np.zeros((600, 1), np.uint16)
        digital[200:210] = 1
        group.create_group("digital").create_dataset("digital_1", data=digital)
    return path


def opensignals_txt(folder: Path) -> Path:
    """The same as text."""
    about = {
        "sensor": ["EMG", "EDA"],
        "device": "biosignalsplux",
        "column": ["nSeq", "I1", "CH1", "CH2"],
        "time": "16:52:39.448",
        "date": "2019-10-14",
        "channels": [1, 2],
        "sampling rate": 1000,
        "label": ["CH1", "CH2"],
        "resolution": [16, 16],
    }
    head = json.dumps({"00:07:80:D8:A8:82": about})
    rows = [f"{i % 16}\t0\t{v}\t{v}\t" for i, v in enumerate(RAW)]
    lines = ["# OpenSignals Text File Format", f"# {head}", "# EndOfHeader", *rows]
    path = folder / "os.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def biosppy(folder: Path) -> Path:
    """BioSPPy's simple text."""
    path = folder / "bio.txt"
    head = (
        "# Simple Text Format\n# Sampling Rate (Hz):= 1000.00\n# Resolution:= 12\n# Labels:= EMG\n"
    )
    path.write_text(head + "".join(f"{v}\n" for v in RAW // 16))
    return path


def openbci_v6(folder: Path) -> Path:
    """A recording by version 6 of OpenBCI's program."""
    lines = ["%OpenBCI Raw EXG Data", "%Number of channels = 2", "%Sample Rate = 1000 Hz"]
    lines += ["%Board = OpenBCI_GUI$BoardCytonSerial"]
    lines += [
        "Sample Index, EXG Channel 0, EXG Channel 1, Accel Channel 0, Timestamp, Marker Channel"
    ]
    for i, v in enumerate(RAW):
        marker = 3.0 if i == 50 else 0.0
        lines.append(
            f"{i % 256}, {v / 100:.2f}, {-v / 100:.2f}, 0.1, {1.6e9 + i / 1000:.3f}, {marker}"
        )
    path = folder / "bci6.txt"
    path.write_text("\r\n".join(lines) + "\r\n")
    return path


def openbci_v5(folder: Path) -> Path:
    """One by version 5."""
    lines = ["%OpenBCI Raw EEG Data", "%Number of channels = 2", "%Sample Rate = 1000.0 Hz"]
    lines += ["%First Column = SampleIndex", "%Last Column = Timestamp"]
    for i, v in enumerate(RAW):
        uv = f"{v / 100:.2f}, {-v / 100:.2f}"
        lines.append(f"{i % 256}, {uv}, 0.1, 0.2, 0.3, 12:00:53.329, {1600000000000 + i}")
    path = folder / "bci5.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def _edf(folder: Path, kind: str) -> Path:
    signal_class, file_class = {
        "edf": (edfio.EdfSignal, edfio.Edf),
        "bdf": (edfio.BdfSignal, edfio.Bdf),
    }[kind]
    scaled = (RAW - 32768) / 4
    signals = [
        signal_class(
            scaled / k, 600, label=label, physical_dimension=unit, physical_range=(-819.2, 819.175)
        )
        for label, unit, k in (("EMG left", "uV", 1), ("Resp", "mV", 1000))
    ]
    notes = [edfio.EdfAnnotation(0.25, None, "cough"), edfio.EdfAnnotation(0.5, 0.25, "held")]
    recording = edfio.Recording(startdate=date(2021, 3, 4))
    path = folder / f"small.{kind}"
    file_class(signals, recording=recording, annotations=notes).write(path)
    return path


def edf(folder: Path) -> Path:
    """An EDF with notes."""
    return _edf(folder, "edf")


def bdf(folder: Path) -> Path:
    """A BDF with notes."""
    return _edf(folder, "bdf")


def wfdb(folder: Path) -> Path:
    """PhysioNet's format, with an annotation file."""
    codes = (RAW - 32768).astype("<i2")
    (folder / "rec.dat").write_bytes(codes.tobytes())
    (folder / "rec.hea").write_text("rec 1 1000 600\nrec.dat 16 4000/mV 16 0 0 0 0 EMG\n# note\n")
    # MIT annotations: a beat "N" (code 1) 100 samples in, then the end
    (folder / "rec.atr").write_bytes(struct.pack("<HH", (1 << 10) | 100, 0))
    return folder / "rec.hea"


def wav(folder: Path) -> Path:
    """A sound file with the marker file of Backyard Brains beside it."""
    path = folder / "spikes.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 10_000, 600, "NONE", ""))
        file.writeframes((RAW - 32768).astype("<i2").tobytes())
    (folder / "spikes-events.txt").write_text(
        "# Marker ID,\tTime (in s)\n1,\t0.0100\nsmile,\t0.02\n"
    )
    return path


def datalog(folder: Path) -> Path:
    """Text by DataLOG."""
    path = folder / "leg.txt"
    channel = "Channel {}: '{}', 600 values, engineering units: {}, no filters"
    path.write_text(
        "File Name: leg.log\n"
        + channel.format(1, "RF", "mV")
        + ".\n"
        + channel.format(2, "FX", "deg")
        + ", extrapolated from 50 to 1000 samples per second.\n\n"
        + "".join(f"{(v - 32768) / 10000:.4f}\t64.1\n" for v in RAW)
        + "\t\n"
    )
    return path


def csv(folder: Path) -> Path:
    """A plain table."""
    path = folder / "table.csv"
    rows = [f"{i / 1000:.3f},{(v - 32768) / 1000:.3f}" for i, v in enumerate(RAW)]
    path.write_text("time_s,RF (mV)\n" + "\n".join(rows) + "\n")
    return path


MAKERS: dict[str, tuple[Callable[..., Path], str]] = {
    "opensignals-h5": (opensignals_h5, ""),
    "opensignals-txt": (opensignals_txt, ""),
    "biosppy": (biosppy, "uV"),
    "openbci": (openbci_v6, ""),
    "openbci-v5": (openbci_v5, ""),
    "edf": (edf, ""),
    "bdf": (bdf, ""),
    "wfdb": (wfdb, ""),
    "wav": (wav, "uV"),
    "datalog": (datalog, ""),
    "csv": (csv, ""),
}
ACCOMPANIED = ("wfdb", "wav")  # formats whose files have others beside them
EXPECTED_UV: dict[str, Callable[[np.ndarray], np.ndarray]] = {}
# A new format brings its own: SMALL and EXPECTED_UV of tests/importing/small_NAME.py.
for _beside in sorted(Path(__file__).parent.glob("small_*.py")):
    _brought = runpy.run_path(str(_beside))
    MAKERS |= _brought["SMALL"]
    EXPECTED_UV |= _brought["EXPECTED_UV"]


@pytest.fixture(scope="session", params=MAKERS)
def small(request, tmp_path_factory) -> tuple[str, Path, str | None]:
    """Name of a format, a small file of it, and the unit that a person has to tell."""
    maker, unit = MAKERS[request.param]
    path = maker(tmp_path_factory.mktemp(request.param))
    return request.param.removesuffix("-v5"), path, unit or None


@pytest.fixture(scope="session", params=[name for name in MAKERS if name != "opensignals-h5"])
def quick(request, tmp_path_factory) -> tuple[str, Path, str | None]:
    """The same for formats that need no process of their own."""
    maker, unit = MAKERS[request.param]
    path = maker(tmp_path_factory.mktemp(request.param))
    return request.param.removesuffix("-v5"), path, unit or None


@pytest.fixture(scope="session", params=ACCOMPANIED)
def accompanied(request, tmp_path_factory) -> tuple[str, Path, str | None]:
    """The same for formats whose files have others beside them."""
    maker, unit = MAKERS[request.param]
    return request.param, maker(tmp_path_factory.mktemp(request.param)), unit or None


@pytest.fixture(scope="session")
def hdf5(tmp_path_factory) -> tuple[str, Path, str | None]:
    """The same for the one that does."""
    return "opensignals-h5", opensignals_h5(tmp_path_factory.mktemp("hdf5")), None


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Write the small file of a format; keywords go to its maker."""
    return lambda name, **options: MAKERS[name][0](tmp_path, **options)


@pytest.fixture
def raw() -> np.ndarray:
    """What the small files hold."""
    return RAW
