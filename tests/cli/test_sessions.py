"""`unclench sessions ...`: the list, and what can be done to a session."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests import needs
from tests.processes import unclench

from unclench.errors import InputError
from unclench.settings import load_settings, own_dir, sessions_dir
from unclench.store.session.edit import edit_meta
from unclench.store.session.reader import open_session
from unclench.store.session.summary import ChannelSummary, SessionSummary, sizes_of, write_summary

EXAMPLES = Path(__file__).parents[1] / "store" / "examples"


@pytest.fixture
def sessions_folder() -> Path:
    """The folder where sessions are kept, empty."""
    folder = sessions_dir(load_settings())
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def add_session(sessions_folder: Path) -> Callable[..., Path]:
    """Copy an example session into the sessions folder, with changes and perhaps a summary."""

    def put(name: str, example: str = "first", mean_uv: float | None = None, **changes) -> Path:
        folder = sessions_folder / name
        shutil.copytree(EXAMPLES / example, folder)
        if changes:
            edit_meta(folder, **changes)
        if mean_uv is not None:
            channels = (
                ChannelSummary(channel="ch2", used_s=0.5, mean_uv=9 * mean_uv, p50_uv=9 * mean_uv),
                ChannelSummary(
                    channel="ch1",
                    site="Jaw",
                    used_s=1.0,
                    mean_uv=mean_uv,
                    p50_uv=mean_uv,
                    rest_share=0.625,
                ),
            )
            made_of = sizes_of(folder)
            write_summary(
                folder, SessionSummary(made_of=made_of, duration_s=1.0, channels=channels)
            )
        return folder

    return put


@pytest.fixture
def show_in_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make the list believe that it is printed to a terminal of this width."""

    def wide(columns: int) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(
            "unclench.commands.sessionlist.sys",
            type("sys", (), {"stdout": type("out", (), {"isatty": staticmethod(lambda: True)})}),
        )

    return wide


def test_piped_list_is_one_session_per_line_newest_first(run, add_session):
    add_session("old", created="2025-01-02T03:04:05+00:00", title="Löse", mean_uv=2.04)
    add_session("2026-11-23_09-30-00", "guided", sites=["Left shoulder", "Jaw"])
    done = run("sessions")
    assert done.status == 0
    header, new, old = done.out.splitlines()
    assert re.split(r"\s{2,}", header) == [
        *("date", "session", "site", "program", "length", "median", "at rest", "used")
    ]
    assert new.split("  ")[0].startswith("2026-11-23")
    assert new.split()[2:] == ["Left", "shoulder,", "Jaw", "quiet-five", "0:01", "-", "-", "-"]
    assert old.split()[2:] == [
        "Löse",
        "Left",
        "shoulder",
        "0:01",
        "2.04",
        "18.4",
        "62",
        "%",
        "75",
        "%",
    ]
    assert done.err == (
        "1 session has no figures yet (-): `unclench sessions --review` computes them, or says "
        "why it cannot.\n"
    )


def test_another_folder_can_be_listed(run, tmp_path):
    shutil.copytree(EXAMPLES / "first", tmp_path / "here" / "walk")
    assert "walk" in run("sessions", tmp_path / "here").out
    assert "walk" in run("sessions", "list", tmp_path / "here").out
    assert "There is no folder" in run("sessions", tmp_path / "nowhere").sentence()


def test_an_empty_library_says_what_to_do(run):
    done = run("sessions")
    assert (done.status, done.err) == (0, "")
    assert "`unclench session` guides you" in done.out
    assert run("sessions", "--json").out == "[]\n"


@pytest.mark.parametrize("width", [80, 120])
def test_list_fits_the_terminal(run, add_session, show_in_terminal, width):
    add_session("a", "guided", title="Ein sehr langer Titel " * 5, sites=["Left shoulder", "Jaw"])
    add_session("b", title="疲れた肩" * 20, mean_uv=12.5)
    (add_session("c") / "session.json").write_text("{")
    show_in_terminal(width)
    lines = run("sessions").out.splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert sum("…" in line for line in lines) >= 2
    assert sum(line.startswith("    ") for line in lines) >= 1  # the sentence goes on


def test_damaged_sessions_are_listed_with_the_reason(run, add_session):
    add_session("fine")
    path = add_session("2024-05-06_07-08-09") / "session.json"
    path.write_text(json.dumps({"schema_version": 9, "unclench_version": "3.0"}))
    done = run("sessions")
    assert done.status == 0
    assert "fine" in done.out
    assert "2024-05-06 07:08  2024-05-06_07-08-09: " in done.out
    assert "unclench (3.0, schema version 9)" in done.out


def test_control_characters_in_titles_are_not_printed(run, add_session):
    path = add_session("a") / "session.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "title": "x\n\x1b[31mred"}))
    done = run("sessions")
    assert "\x1b" not in done.out
    assert len(done.out.splitlines()) == 2


def test_site_label_date_and_limit_filter_the_list(run, add_session):
    add_session("a", sites=["Jaw", None], labels=["desk"], created="2026-01-01T12:00:00+00:00")
    add_session("b", sites=["Left shoulder", None], labels=["desk", "late"])

    def names(*options) -> list[str]:
        return [s["name"] for s in json.loads(run("sessions", "--json", *options).out)]

    assert names() == ["b", "a"]
    assert names("--site", "jaw") == ["a"]
    assert names("--label", "Desk", "--label", "late") == ["b"]
    assert names("--since", "2026-02-01") == ["b"]
    assert names("--limit", 1) == ["b"]
    assert "No session" in run("sessions", "--site", "neck").out
    assert "--since 'soon' is not a date" in run("sessions", "--since", "soon").sentence()


def test_json_includes_all_fields(run, add_session):
    folder = add_session("a", title="Löse", labels=["desk"], mean_uv=2.0)
    (listed,) = json.loads(run("sessions", "--json").out)
    assert (listed["folder"], listed["title"], listed["labels"]) == (str(folder), "Löse", ["desk"])
    assert listed["created"] == "2026-11-23T09:30:00+01:00"
    assert (listed["quality"], listed["trouble"]) == (0.75, "")
    assert listed["summary"]["channels"][1]["rest_share"] == 0.625


def test_review_computes_missing_summaries(run, add_session):
    folder = add_session("a")
    done = run("sessions", "--review")
    assert (done.status, done.err) == (0, "")
    assert (folder / "summary.json").is_file()


def test_rename_sets_and_clears_the_title(run, add_session):
    folder = add_session("2026-11-23_09-30-00")
    assert run("sessions", "rename", "2026-11-23", "Evening").status == 0
    assert open_session(folder).meta.title == "Evening"
    assert "Evening" in run("sessions").out
    assert run("sessions", "rename", "even", "").out.endswith("has no title now.\n")
    assert "There is no session" in run("sessions", "rename", "nothing", "x").sentence()
    assert "at most 120" in run("sessions", "rename", "2026", "x" * 121).sentence()


def test_tag_adds_and_removes_labels(run, add_session):
    folder = add_session("walk")
    assert run("sessions", "tag", folder, "desk", "left handed").out == "walk: desk, left handed.\n"
    assert run("sessions", "tag", "walk", "desk", "late").status == 0
    assert open_session(folder).meta.labels == ("desk", "left handed", "late")
    assert run("sessions", "tag", "walk", "desk", "--remove").out == "walk: left handed, late.\n"
    assert "has no label 'desk'" in run("sessions", "tag", "walk", "desk", "--remove").sentence()


def test_a_marked_rest_gives_the_same_figures_in_every_command_until_it_is_removed(
    run, sessions_folder
):
    folder = sessions_folder / "desk"
    source = ("--source", "sim:relaxed", "--seconds", 90, "--speed", "max")
    assert run("record", *source, "--out", folder).status == 0
    events = (folder / "events.csv").read_bytes()
    assert "was still falling" in run("sessions", "rest", "desk", "0:05-0:30").sentence()
    assert "such as 0:40-1:20" in run("sessions", "rest", "desk", "later").sentence()
    assert (folder / "events.csv").read_bytes() == events

    assert "marked from 0:50 to 1:20, " in run("sessions", "rest", "desk", "0:50-1:20").out
    (listed,) = json.loads(run("sessions", "--json").out)
    (channel,) = json.loads(run("analyze", folder, "--json").out)["channels"]
    assert (channel["rest"]["from"], channel["rest"]["span_s"]) == ("marked", [50.0, 80.0])
    assert listed["summary"]["channels"][0]["rest_share"] == channel["rest_share"] > 0.3

    assert "rest was not measured" in run("sessions", "rest", "desk", "--remove").out
    assert (folder / "events.csv").read_bytes() == events
    (channel,) = json.loads(run("analyze", folder, "--json").out)["channels"]
    assert channel["rest_share"] is None


def test_a_damaged_session_is_not_changed(run, add_session):
    path = add_session("walk") / "session.json"
    path.write_text("{")
    assert "not valid JSON" in run("sessions", "rename", "walk", "x").sentence()
    assert path.read_text() == "{"


@needs.linux
def test_delete_moves_to_the_trash(run_apart, add_session, sessions_folder):
    folder = add_session("walk")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    add_session("stays")
    env = {**os.environ, "HOME": str(sessions_folder)}
    done = run_apart("sessions", "delete", "walk", "--yes", env=env)
    assert (done.status, done.err) == (0, "")
    assert not folder.exists()
    (trashed,) = Path(os.environ["XDG_DATA_HOME"]).glob("Trash/files/walk")
    assert {path.name: path.read_bytes() for path in trashed.iterdir()} == before
    assert (sessions_folder / "stays").is_dir()


@needs.linux
def test_without_a_trash_nothing_is_deleted(run_apart, add_session, sessions_folder, tmp_path):
    folder = add_session("walk")
    (tmp_path / "file").touch()
    env = {**os.environ, "HOME": str(sessions_folder), "XDG_DATA_HOME": str(tmp_path / "file")}
    done = run_apart("sessions", "delete", "walk", "--yes", env=env)
    assert done.status == 2
    assert "so nothing was deleted" in done.err
    assert "Traceback" not in done.err
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("typed", ["n\n", ""])
def test_delete_asks_first(run, add_session, typed):
    folder = add_session("walk")
    done = run("sessions", "delete", "walk", typed=typed)
    assert "Move this session to the trash?" in done.out
    assert "Nothing was deleted." in done.out or not typed
    assert folder.is_dir()


def test_a_session_being_recorded_is_not_deleted(run, add_session):
    folder = add_session("now", "unclosed")
    (folder / "emg.csv").touch()
    assert "still being recorded" in run("sessions", "delete", "now", "--yes").sentence()
    assert folder.is_dir()


def test_backup_and_restore(run, add_session, sessions_folder, tmp_path):
    add_session("a")
    add_session("deep/b")
    own_dir().mkdir(parents=True)
    (own_dir() / "tags.toml").write_text("# mine")
    file = tmp_path / "b.zip"
    said = run("sessions", "backup", file)
    assert said.out.startswith(f"{file}: 2 sessions, 1 file of your own, ")
    said = run("sessions", "backup", file).sentence()
    assert "overwrites nothing" in said
    assert "--force" in said
    assert run("sessions", "backup", file, "--force").status == 0
    shutil.rmtree(sessions_folder / "a")
    (own_dir() / "tags.toml").write_text("# other")
    done = run("sessions", "restore", file)
    assert (done.status, done.err) == (0, "")
    assert "deep/b exists already and is the same." in done.out
    assert "Your tags.toml stays as it is" in done.out
    assert done.out.endswith(f"1 session restored to {sessions_folder}.\n")
    assert (sessions_folder / "a" / "emg.csv").is_file()
    elsewhere = run("sessions", "restore", file, "--out", tmp_path / "new")
    assert "2 sessions restored" in elsewhere.out


def test_backup_can_be_limited_to_named_sessions(run, add_session, tmp_path):
    add_session("a")
    add_session("b")
    said = run("sessions", "backup", tmp_path / "b.zip", "a")
    assert ": 1 session, " in said.out
    assert (
        "1 session restored"
        in run("sessions", "restore", tmp_path / "b.zip", "--out", tmp_path / "new").out
    )


def test_damaged_backup_is_refused(run, tmp_path):
    (tmp_path / "b.zip").write_text("hello")
    assert "damaged or not a zip file" in run("sessions", "restore", tmp_path / "b.zip").sentence()


def test_labels_added_by_several_processes_are_all_kept(add_session):
    folder = add_session("walk")
    tags = [unclench("sessions", "tag", folder, f"label {n}") for n in range(3)]
    programs = [subprocess.Popen(tag, stdout=subprocess.PIPE) for tag in tags]
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    assert sorted(open_session(folder).meta.labels) == [f"label {n}" for n in range(3)]


def test_review_says_why_a_session_has_no_summary(run, add_session, monkeypatch):
    add_session("odd")

    def none(_folder):
        raise InputError("it is too short.")

    monkeypatch.setattr("unclench.review.summary.ensure_summary", none)
    done = run("sessions", "--review")
    assert "odd has no figures: it is too short.\n" in done.err
    assert "--review" not in done.err
    assert "`unclench sessions --review` computes them" in run("sessions").err
