"""A file is there as a whole or not at all: on a full disk, without permission, after a kill."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
from pathlib import Path

import pytest
from tests import needs
from tests.processes import python

from unclench.errors import StoreError
from unclench.files import (
    PART,
    require_file,
    unwritable,
    why_unwritable,
    write_whole,
    written,
    written_folder,
)

OLD, NEW = b"old", b"new " * 100_000
KILLED = """
import os, signal, sys
from pathlib import Path
from unclench.files import write_whole

def die(*_, **more):
    os.kill(os.getpid(), signal.SIGKILL)

where, path, size = sys.argv[1:]
owner = os if where == "fsync" else Path
setattr(owner, where, die)
write_whole(Path(path), b"new " * int(size))
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is there already, alone in its folder."""
    path = tmp_path / "folder" / "file.json"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def test_text_and_bytes_are_written_as_they_are(path):
    write_whole(path, "µV\n")
    assert path.read_bytes() == "µV\n".encode()
    write_whole(path.with_name("other"), NEW)
    assert path.with_name("other").read_bytes() == NEW
    assert names(path.parent) == {"file.json", "other"}


def test_the_old_file_stays_until_the_new_one_is_whole(path):
    with written(path) as part:
        assert part.parent == path.parent
        part.write_bytes(NEW)
        assert path.read_bytes() == OLD
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.write_bytes", "pathlib.Path.replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_what_the_system_refuses_changes_nothing(path, monkeypatch, step, number):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(step, refuse)
        with pytest.raises(OSError, match=os.strerror(number)):
            write_whole(path, NEW)
    assert path.read_bytes() == OLD
    assert names(path.parent) == {"file.json"}


@needs.posix
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(path):
    import resource  # Windows has none

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, before[1]))
    try:
        with pytest.raises(OSError):  # noqa: PT011  # each system has its own words
            write_whole(path, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == OLD
    assert names(path.parent) == {"file.json"}


@needs.posix
@pytest.mark.parametrize("where", ["write_bytes", "fsync", "replace"])
def test_a_kill_leaves_the_old_file_and_at_most_a_hidden_one(path, where):
    command = [*python(KILLED), where, str(path), "1000"]
    done = subprocess.run(command, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == OLD
    (left,) = names(path.parent) - {"file.json"}
    assert left.startswith(".")
    assert left.endswith(PART)
    write_whole(path, NEW)
    assert path.read_bytes() == NEW


def test_a_folder_that_is_gone_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "gone" / "file", NEW)
    assert not names(tmp_path)


def test_two_writers_of_one_file_do_not_mix(path):
    with written(path) as one, written(path) as other:
        one.write_bytes(b"one")
        other.write_bytes(b"other")
    assert path.read_bytes() == b"one"
    assert names(path.parent) == {"file.json"}


@needs.posix
def test_permissions_and_links_stay(path, tmp_path):
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    write_whole(link, NEW)
    assert link.is_symlink()
    assert path.read_bytes() == NEW
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_folder_is_there_with_all_its_files_or_not_at_all(tmp_path):
    target = tmp_path / "sessions" / "monday"
    with pytest.raises((IsADirectoryError, PermissionError)), written_folder(target) as inside:
        inside.write_bytes(NEW)
    assert not names(target.parent)
    with written_folder(target) as inside:
        (inside / "a").write_bytes(NEW)
        assert not target.exists()
    assert names(target) == {"a"}
    with pytest.raises(OSError), written_folder(target) as inside:  # noqa: PT011
        (inside / "b").write_bytes(NEW)
    assert names(target) == {"a"}
    assert names(target.parent) == {"monday"}


@needs.posix
def test_what_is_no_file_is_never_opened(path, tmp_path):
    require_file(path)
    os.mkfifo(tmp_path / "pipe")
    for other in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(StoreError, match="a file is expected"):
            require_file(other)
    with pytest.raises(FileNotFoundError):
        require_file(tmp_path / "gone")


def test_a_full_disk_is_told_in_common_words(path):
    for words in ("[errno 28] Error writing bytes to file", "8 requested and 4 written"):
        assert why_unwritable(OSError(words)) == os.strerror(errno.ENOSPC)
    said = unwritable(path, OSError(errno.EACCES, "Permission denied"), "Choose another folder.")
    assert str(said) == f"{path} cannot be written: Permission denied. Choose another folder."
