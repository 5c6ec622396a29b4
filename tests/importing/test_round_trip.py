"""A session that goes out as EDF or BDF and comes back: the same events, the same places."""

from __future__ import annotations

import warnings
from pathlib import Path

import edfio
import numpy as np
import pytest
from tests import needs

from unclench.importing import import_file
from unclench.store import BandMeta, BoardConstants, SessionMeta, SessionWriter, open_session
from unclench.store.events.rows import event_of
from unclench.store.events.words import text_of
from unclench.store.exporting import export
from unclench_wire.messages import Channel, Hello

N = 20_000  # ten seconds
EVENTS = [
    (100, "marker", "=cough", None),
    (900, "mains", "left: removing 50 Hz", None),  # made anew on the way back
    (1000, "tag", "posture: slouching", None),
    (2000, "signal", "left: good", None),  # made anew
    (3001, "tag end", "posture: slouching", 1.0005),
    (4000, "score", "at rest: well", 0.45678),
    (5000, "note", "", None),
    (6000, "tag", "thought: hurry: late", None),
    (N, "session", "done", 10.0),
    (N, "tag end", "thought: hurry: late", 7.0),
    (N, "marker", "the very end", None),
]
MADE_ANEW = ("signal", "mains")


@pytest.fixture
def kept(tmp_path) -> Path:
    meta = SessionMeta(
        source="sim",
        constants=BoardConstants.from_hello(Hello([Channel(200_000)] * 2, label="blue")),
        band=BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
        window_s=0.25,
        tension_rate_hz=50,
        sites=("Left shoulder blade, below", None),
    )
    rng = np.random.default_rng(0)
    with SessionWriter(tmp_path / "kept", meta) as writer:
        writer.write_samples(0, rng.integers(400_000, 600_000, (N, 2)).astype(np.int32))
        for event in EVENTS:
            writer.write_event(event_of(*event))
    return writer.folder


def told(folder: Path) -> list[tuple[int, str, str, float | None]]:
    events = open_session(folder).events()
    return sorted(
        (e.sample, e.kind, text_of(e), e.duration_s or 0.0)
        for e in events
        if e.kind not in MADE_ANEW
    )


@pytest.mark.parametrize("to", ["edf", "bdf"])
def test_events_and_sites_come_back(kept, tmp_path, to):
    done = import_file(export(kept, to).path, tmp_path / "again")
    assert told(done.folder) == told(kept)
    assert done.meta.sites == ("Left shoulder blade, below", None)
    assert done.meta.duration_s == 10.0
    kinds = [e.kind for e in open_session(done.folder).events()]
    assert kinds.count("signal") == 2  # once for each channel
    assert kinds.count("mains") == 0


@pytest.mark.parametrize("to", ["edf", "bdf"])
def test_an_event_at_the_end_does_not_lengthen_the_file(kept, to):
    import mne

    pyedflib = needs.pyedflib()
    path = export(kept, to).path
    with pyedflib.EdfReader(str(path)) as file:
        assert file.file_duration == 10.0
        texts = set(file.readAnnotations()[2])
    assert {"marker: the very end", "session: done"} <= texts
    read = mne.io.read_raw_bdf if to == "bdf" else mne.io.read_raw_edf
    raw = read(path, verbose="error")
    assert set(raw.annotations.description) == texts


def strangers(folder: Path, *notes: edfio.EdfAnnotation) -> Path:
    signal = edfio.EdfSignal(
        np.random.default_rng(1).normal(size=4000) * 50,
        1000,
        label="EMG",
        physical_dimension="uV",
        transducer_type="surface electrodes at Neck",
    )
    path = folder / "stranger.edf"
    edfio.Edf([signal], annotations=notes).write(path)
    return path


def test_annotations_of_other_programs_are_markers(tmp_path):
    path = strangers(
        tmp_path,
        edfio.EdfAnnotation(0.5, 1.5, "session: done"),
        edfio.EdfAnnotation(0.75, None, "posture: a moment"),
        edfio.EdfAnnotation(1.0, 2.0, "posture: slouching"),
        edfio.EdfAnnotation(1.5, 0.5, "posture: "),
    )
    done = import_file(path, tmp_path / "s")
    assert told(done.folder) == [
        (500, "marker", "session: done (1.5 s)", 0.0),
        (750, "marker", "posture: a moment", 0.0),
        (1000, "tag", "posture: slouching", 0.0),
        (1500, "marker", "posture: (0.5 s)", 0.0),
        (3000, "tag end", "posture: slouching", 2.0),
    ]
    assert done.meta.sites == (None,)


def test_a_file_that_was_cut_off_says_how_much_is_missing(kept, tmp_path):
    path = export(kept, "bdf").path
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with warnings.catch_warnings(record=True) as raw:
        warnings.simplefilter("always")
        done = import_file(path, tmp_path / "s")
    assert raw == []
    assert done.missing_s == 10.0 - done.meta.duration_s > 0
    assert done.notes[-2].startswith("The file is cut off: ")
    assert not any("BDF header" in note or "library" in note for note in done.notes)
