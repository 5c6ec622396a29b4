"""Backup and restore: whole or not at all, and never over anything."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unclench.errors import StoreError
from unclench.store.library import backup as backup_module
from unclench.store.library import restore as restore_module
from unclench.store.library.backup import MANIFEST, write_backup
from unclench.store.library.restore import restore_backup

EXAMPLES = Path(__file__).parent / "examples"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def root(tmp_path):
    for place in ("first", "2025/guided"):
        shutil.copytree(EXAMPLES / Path(place).name, tmp_path / "root" / place)
    (tmp_path / "root" / "first" / "report.html").write_text("<p>mine</p>")
    return tmp_path / "root"


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    (folder / "programs").mkdir(parents=True)
    (folder / "settings.json").write_text('{"theme": "dark"}')
    (folder / "tags.toml").write_text("# mine")
    (folder / "programs" / "evening.toml").write_text("title = 'E'")
    (folder / "settings.broken.json").write_text("{")
    (folder / "other.txt").write_text("not of unclench")
    return folder


@pytest.fixture
def file(tmp_path, root, own):
    path = tmp_path / "b.zip"
    write_backup(path, root, [root / "first", root / "2025" / "guided"], own=own)
    return path


def rewritten(file: Path, changes: dict[str, bytes | None], out: Path) -> Path:
    """Copy a zip file with members changed, added, or left out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename not in changes:
                new.writestr(info, old.read(info))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return out


def test_restoring_a_backup_brings_everything_back(file, root, own, tmp_path):
    report = restore_backup(file, tmp_path / "new", own=tmp_path / "new-own")
    assert contents(tmp_path / "new") == contents(root)
    back = {
        k: v for k, v in contents(own).items() if k not in ("other.txt", "settings.broken.json")
    }
    assert contents(tmp_path / "new-own") == back
    assert (len(report.restored), report.renamed, report.there) == (2, [], [])
    assert (len(report.own_restored), report.own_beside) == (3, [])


def test_restoring_skips_what_already_exists(file, root, own):
    (root / "first" / "summary.json").write_text("{}")  # a cache makes no other session
    before = contents(root), contents(own)
    report = restore_backup(file, root, own=own)
    assert sorted(report.there) == ["2025/guided", "first"]
    assert (report.restored, report.renamed, report.own_beside) == ([], [], [])
    assert (contents(root), contents(own)) == before


def test_restoring_puts_a_different_file_of_the_same_name_beside_the_existing_one(file, root, own):
    (root / "first" / "events.csv").write_text("changed")
    (own / "tags.toml").write_text("# changed")
    before = contents(root)
    for _ in range(2):  # again: the one beside it is there already
        report = restore_backup(file, root, own=own)
        assert {k: v for k, v in contents(root).items() if "restored" not in k} == before
        assert contents(root / "first-restored") == {
            **contents(root / "first"),
            "events.csv": (EXAMPLES / "first" / "events.csv").read_bytes(),
        }
    assert report.there == ["first", "2025/guided"]
    assert (own / "tags.toml").read_text() == "# changed"
    assert (own / "tags.toml.restored").read_text() == "# mine"
    assert not (root / "first-restored-2").exists()


def test_a_backup_overwrites_nothing_without_force(file, root):
    before = file.read_bytes()
    with pytest.raises(StoreError, match="overwrites nothing"):
        write_backup(file, root, [])
    assert file.read_bytes() == before
    assert write_backup(file, root, [], force=True).sessions == 0
    assert file.read_bytes() != before


def test_a_backup_that_the_disk_damages_is_noticed(root, tmp_path, monkeypatch):
    real = backup_module._check

    def spoilt_then_checked(part, written):
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(data)
        real(part, written)

    monkeypatch.setattr(backup_module, "_check", spoilt_then_checked)
    with pytest.raises(StoreError, match="cannot be read back"):
        write_backup(tmp_path / "x.zip", root, [root / "first"])
    assert not list(tmp_path.glob("x.zip*"))


def test_a_backup_that_cannot_be_written_becomes_a_sentence(root, tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        write_backup(tmp_path / "none" / "x.zip", root, [root / "first"])
    with pytest.raises(StoreError, match="is a folder"):
        write_backup(tmp_path, root, [root / "first"], force=True)


def test_a_copied_session_is_listed_by_its_folder_name(root, tmp_path):
    shutil.copytree(EXAMPLES / "first", tmp_path / "else" / "first")
    write_backup(tmp_path / "x.zip", root, [root / "first", tmp_path / "else" / "first"])
    restore_backup(tmp_path / "x.zip", tmp_path / "new", own=tmp_path / "o")
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["first", "first-2"]


def test_a_running_session_is_reported(root, tmp_path):
    shutil.copytree(EXAMPLES / "unclosed", root / "now", copy_function=shutil.copy)
    (root / "now" / "emg.csv").touch()
    report = write_backup(tmp_path / "x.zip", root, [root / "now", root / "first"])
    assert report.running == [root / "now"]


SLIPS = ["sessions/first/../../../evil", "/etc/evil", "sessions//evil", "sessions/first/./evil"]
SLIPS += ["own/../evil.json", "..\\evil", "sessions/first\\..\\..\\evil", "evil", "own/a/b/c.json"]
SLIPS += ["own/evil.sh", "sessions/other/evil", "sessions/evil"]


@pytest.mark.parametrize("name", SLIPS)
def test_backup_names_that_lead_outside_are_refused(file, tmp_path, name):
    self_made = rewritten(file, {name: b"x"}, tmp_path / "slip.zip")
    before = contents(tmp_path)
    with pytest.raises(StoreError, match="nothing was restored"):
        restore_backup(self_made, tmp_path / "deep" / "new", own=tmp_path / "deep" / "own")
    assert contents(tmp_path) == before
    assert not (tmp_path / "deep").exists()


def test_a_backup_with_a_link_is_refused(file, tmp_path):
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("sessions/first/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(StoreError, match="not an ordinary file"):
        restore_backup(file, tmp_path / "new", own=tmp_path / "o")


def test_a_backup_with_a_file_twice_is_refused(file, tmp_path):
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("sessions/first/emg.csv", "x")
    with pytest.raises(StoreError, match="twice"):
        restore_backup(file, tmp_path / "new", own=tmp_path / "o")


def test_a_backup_larger_than_the_disk_is_refused(file, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match=r"needs .* GB free"):
        restore_backup(file, tmp_path / "new", own=tmp_path / "o")
    assert not (tmp_path / "new").exists()


def test_impossible_sizes_are_refused(file, tmp_path, monkeypatch):
    monkeypatch.setattr(restore_module, "_LARGEST_RATIO", 2)
    with pytest.raises(StoreError, match="impossible"):
        restore_backup(file, tmp_path / "new", own=tmp_path / "o")


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (None, "not a backup of unclench"),
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (json.dumps({"backup_format": 1, "sessions": [3]}).encode(), "damaged"),
        (json.dumps({"backup_format": 9, "sessions": []}).encode(), "format 9 .*Update unclench"),
    ],
)
def test_a_file_that_is_not_a_table_is_refused(file, tmp_path, about, words):
    changed = rewritten(file, {MANIFEST: about}, tmp_path / "x.zip")
    with pytest.raises(StoreError, match=words):
        restore_backup(changed, tmp_path / "new", own=tmp_path / "o")
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_not_a_zip_becomes_a_sentence(tmp_path):
    (tmp_path / "x.zip").write_text("hello")
    for name in ("x.zip", "none.zip", "."):
        with pytest.raises(StoreError, match=r"cannot be read|not a zip file"):
            restore_backup(tmp_path / name, tmp_path / "new", own=tmp_path / "o")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_backup_restores_all_or_nothing(file, root, tmp_path, data):
    whole = file.read_bytes()
    if data.draw(st.booleans()):
        spoilt = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        changed = bytearray(whole)
        for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
            changed[at] ^= data.draw(st.integers(1, 255))
        spoilt = bytes(changed)
    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    (tmp_path / "spoilt.zip").write_bytes(spoilt)
    said = None
    try:
        restore_backup(tmp_path / "spoilt.zip", tmp_path / "new", own=tmp_path / "new" / "own")
    except StoreError as error:
        said = str(error)
    if said is None:  # the flipped bits meant nothing, such as a date
        back = contents(tmp_path / "new")
        assert {k: v for k, v in back.items() if not k.startswith("own")} == contents(root)
    else:
        assert "\n" not in said
        assert said.endswith(".")
        assert not (tmp_path / "new").exists()
