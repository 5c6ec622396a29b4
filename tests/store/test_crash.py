"""What a kill -9 and a full disk leave behind, tried for real."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests import needs
from tests.processes import python

from unclench.errors import StoreError
from unclench.store import SessionMeta, SessionWriter, load_recording, open_session
from unclench.store.events.rows import event_of
from unclench.store.events.words import text_of

MakeMeta = Callable[..., SessionMeta]

WRITE_AND_TELL = """
import sys, time
from pathlib import Path
import numpy as np
from unclench.store import Event, SessionMeta, SessionWriter
from unclench.store.events.event import Marked

writer = SessionWriter(Path(sys.argv[1]), SessionMeta.model_validate_json(sys.argv[2]))
first = 0
while True:
    units = (np.arange(first, first + 200, dtype=np.int32)[:, None] * [1, 7]) % 1_000_000
    writer.write_samples(first, units)
    writer.write_tension([first], [[1.5, float("nan")]], ["good"])
    writer.write_event(Event(first, Marked("=typed, by \\"somebody\\"")))
    first += 200
    writer.flush()
    print(first, flush=True)
"""

WRITE_TO_THE_LIMIT = """
import resource, sys
from pathlib import Path
import numpy as np
from unclench.errors import StoreError
from unclench.store import SessionMeta, SessionWriter

writer = SessionWriter(Path(sys.argv[1]), SessionMeta.model_validate_json(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (50_001, resource.RLIM_INFINITY))
try:
    for first in range(0, 10**6, 1000):
        writer.write_samples(first, np.arange(first, first + 1000, dtype=np.int32)[:, None])
        writer.flush()
except StoreError as error:
    print(error)
    try:
        writer.close("error", str(error))
    except StoreError:
        pass
"""


@needs.posix
@pytest.mark.parametrize(
    "flushes", [1, 20, *(pytest.param(n, marks=pytest.mark.exhaustive) for n in (3, 7, 50, 120))]
)
def test_kill_9_costs_nothing_that_was_flushed(
    tmp_path: Path, make_meta: MakeMeta, flushes: int
) -> None:
    arguments = [str(tmp_path / "s"), make_meta(2).to_json()]
    with subprocess.Popen(
        [*python(WRITE_AND_TELL), *arguments], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(flushes)]  # and it goes on meanwhile
        child.send_signal(signal.SIGKILL)
        told += child.stdout.readlines()
    flushed = max(int(line) for line in told if line.endswith("\n") and line.strip())
    session = open_session(tmp_path / "s")
    recording = session.load()
    assert session.meta.ended == "running"
    assert "was not closed" in recording.notes[0]
    assert flushed <= recording.n_samples <= flushed + 200
    np.testing.assert_array_equal(recording.sample, np.arange(recording.n_samples))
    expected = (recording.sample[:, None] * [1, 7]) % 1_000_000
    np.testing.assert_array_equal(recording.units(), expected)
    assert len(session.tension().sample) >= flushed / 200
    assert text_of(session.events()[-1]) == '=typed, by "somebody"'


@pytest.mark.parametrize("cut", range(1, 70, 3))
def test_a_cut_last_line_is_dropped(tmp_path: Path, make_meta: MakeMeta, cut: int) -> None:
    with SessionWriter(tmp_path / "s", make_meta(2)) as writer:
        writer.write_samples(0, np.arange(20, dtype=np.int32).reshape(10, 2))
        writer.write_tension(range(10), np.ones((10, 2)), ["good"] * 10)
        for i in range(10):
            writer.write_event(event_of(i, "marker", "a, b"))
    for name in ("emg.csv", "tension.csv", "events.csv"):
        path = writer.folder / name
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) - cut])
    session = open_session(writer.folder)
    recording = session.load()
    left = (writer.folder / "emg.csv").read_bytes().count(b"\n") - 1
    assert recording.n_samples == left < 10
    units = np.arange(20, dtype=np.int32).reshape(10, 2)[:left]
    np.testing.assert_array_equal(recording.units(), units)
    assert recording.notes == (f"session.json says 10 samples, but emg.csv has {left}.",)
    assert len(session.events()) < 10
    assert len(session.tension().state) < 10


@pytest.mark.parametrize("left", [0, 5, 22])
def test_kill_before_the_header_was_written(tmp_path: Path, make_meta: MakeMeta, left: int) -> None:
    with SessionWriter(tmp_path / "s", make_meta()) as writer:
        pass
    for name in ("emg.csv", "tension.csv", "events.csv"):
        path = writer.folder / name
        path.write_bytes(path.read_bytes()[: min(left, path.stat().st_size - 1)])
    session = open_session(writer.folder)
    assert session.load().n_samples == 0
    assert session.events() == []
    (writer.folder / "emg.csv").unlink()
    assert session.load().n_samples == 0


def test_zeros_left_by_a_power_failure_are_dropped(tmp_path: Path, make_meta: MakeMeta) -> None:
    with SessionWriter(tmp_path / "s", make_meta()) as writer:
        writer.write_samples(0, np.arange(10, dtype=np.int32)[:, None])
    with (writer.folder / "emg.csv").open("ab") as file:
        file.write(b"\0" * 100_000)
    assert load_recording(writer.folder).n_samples == 10


@needs.posix
def test_a_file_that_cannot_grow_stays_valid(tmp_path: Path, make_meta: MakeMeta) -> None:
    folder = tmp_path / "s"
    child = subprocess.run(
        [*python(WRITE_TO_THE_LIMIT), str(folder), make_meta().to_json()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "emg.csv cannot be written: File too large" in child.stdout
    assert "MB free" in child.stdout
    recording = load_recording(folder)
    size = (folder / "emg.csv").stat().st_size
    assert 49_900 < size <= 50_001
    np.testing.assert_array_equal(recording.units()[:, 0], np.arange(recording.n_samples))
    meta = open_session(folder).meta
    assert (meta.ended, meta.n_samples) == ("error", recording.n_samples)
    assert meta.reason is not None
    assert "File too large" in meta.reason


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        mounted = done.returncode == 0
    except OSError:  # no such command
        mounted = False
    if not mounted:
        needs.missing("a small disk, which only root may mount: run these tests as root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def counting_from(first: int) -> NDArray[np.int32]:
    """A thousand units, each the number of its sample."""
    return np.arange(first, first + 1000, dtype=np.int32)[:, None]


def test_a_full_disk_keeps_what_was_written(small_disk: Path, make_meta: MakeMeta) -> None:
    writer = SessionWriter(small_disk / "s", make_meta())
    written = 0

    def fill_up() -> None:
        nonlocal written
        for written in range(0, 10**6, 1000):
            writer.write_samples(written, counting_from(written))
            writer.flush()

    with pytest.raises(StoreError, match=r"No space left on device \(0\.0 MB free\).*Free some"):
        fill_up()
    left = load_recording(writer.folder)
    assert written <= left.n_samples < written + 1000
    assert (small_disk / "s" / "emg.csv").read_bytes().endswith(b"\n")
    with pytest.raises(StoreError, match="No space left"):
        writer.close("error", "full")
    meta = open_session(writer.folder).meta  # written in place: there is no room for a second one
    assert (meta.ended, meta.reason, meta.n_samples) == ("error", "full", left.n_samples)
    np.testing.assert_array_equal(left.units()[:, 0], np.arange(left.n_samples))


def test_a_full_disk_that_gets_space_again_loses_nothing(
    small_disk: Path, make_meta: MakeMeta
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 60_000)
    writer = SessionWriter(small_disk / "s", make_meta())
    for first in range(0, 5000, 1000):
        writer.write_samples(first, counting_from(first))
        writer.write_event(event_of(first, "marker", ""))
        if first < 4000:
            try:
                writer.flush()
            except StoreError:
                ballast.unlink(missing_ok=True)
    assert not ballast.exists(), "the disk was never full"
    writer.close()
    recording = load_recording(writer.folder)
    np.testing.assert_array_equal(recording.units()[:, 0], np.arange(5000))
    assert open_session(writer.folder).meta.n_samples == 5000
    assert len(open_session(writer.folder).events()) == 5
    assert recording.notes == ()


def test_a_disk_that_is_full_from_the_start_is_reported(
    small_disk: Path, make_meta: MakeMeta
) -> None:
    with pytest.raises(OSError, match="No space"):
        (small_disk / "ballast").write_bytes(b"x" * 200_000)
    with pytest.raises(StoreError, match="cannot be written"):
        SessionWriter(small_disk / "s", make_meta())
