"""The log: what a bug report needs, nothing private, and nothing on the way of a sample."""

from __future__ import annotations

import logging
import threading

import pytest
from tests.commandline import run_command

from unclench import logs
from unclench.logs import internal_error, log_path, start, stop, without_private

RECORD = ("record", "--source", "sim:relaxed", "--speed", "max")


@pytest.fixture(autouse=True)
def _ended():
    yield
    stop()


def failing(*args):
    raise ValueError(f"no row for 'Anna {args}'")


def test_a_run_leaves_versions_its_source_and_its_end_in_the_log(tmp_path):
    ran = run_command(*RECORD, "--seconds", 1, "--out", tmp_path / "Annas neck")
    assert (ran.status, ran.err) == (0, "")
    text = log_path().read_text(encoding="utf-8")
    opened = "opened a virtual board"
    for words in (" record begins: unclench ", "numpy", opened, "ended after 1.0 s"):
        assert words in text
    assert "Anna" not in text
    assert str(tmp_path) not in text


def test_verbose_says_on_stderr_what_goes_on(tmp_path):
    ran = run_command(*RECORD, "--seconds", 1, "--out", tmp_path / "s", "--verbose")
    assert "opened a virtual board" in ran.err


def test_an_unexpected_error_is_one_sentence_with_the_logs_path(monkeypatch):
    monkeypatch.setattr("unclench.link.discovery.find_boards", failing)
    ran = run_command("devices")
    assert ran.status == 1
    (line,) = ran.err.splitlines()
    assert line.startswith("unclench: An internal error (ValueError: no row for")
    assert str(log_path()) in line
    assert "`unclench doctor`" in line
    text = log_path().read_text(encoding="utf-8")
    assert "ERROR unclench: internal error" in text
    assert "ValueError: no row for '…'" in text
    assert "unclench/commands/devices.py:" in text
    assert "Anna" not in text


def test_an_error_in_a_thread_is_logged_and_said(capsys):
    start()
    thread = threading.Thread(target=failing)
    thread.start()
    thread.join()
    assert str(log_path()) in capsys.readouterr().err
    assert "ValueError" in log_path().read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_stops_nothing_and_the_traceback_is_shown(
    monkeypatch, tmp_path
):
    log_path().parent.mkdir(parents=True)
    log_path().mkdir()
    assert run_command(*RECORD, "--seconds", 1, "--out", tmp_path / "s").status == 0
    monkeypatch.setattr("unclench.link.discovery.find_boards", failing)
    ran = run_command("devices")
    assert ran.status == 1
    assert "Traceback" in ran.err
    assert ran.err.splitlines()[-1].endswith("The log cannot be written.")


def test_a_folder_in_which_no_log_can_be_made_stops_nothing():
    folder = log_path().parent
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    assert run_command("devices", "--port", "none").status == 0


def test_a_refusal_is_logged_by_kind_and_place_not_in_its_words():
    run_command("analyze", "annas-secret.csv")
    text = log_path().read_text(encoding="utf-8")
    assert "ended with InputError at unclench/" in text
    assert "secret" not in text


def test_the_log_stays_small_and_keeps_what_came_last(monkeypatch):
    monkeypatch.setattr(logs, "_MOST_BYTES", 2000)
    start()
    for n in range(200):
        logging.getLogger("unclench.test").info("line %d", n)
    stop()
    files = sorted(path.name for path in log_path().parent.iterdir())
    assert files == ["unclench.log", "unclench.log.1", "unclench.log.2"]
    assert all(path.stat().st_size <= 2000 for path in log_path().parent.iterdir())
    assert "line 199" in log_path().read_text(encoding="utf-8")


def test_the_level_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("UNCLENCH_LOG", "error")
    run_command("devices", "--port", "none")
    assert not log_path().exists()
    monkeypatch.setenv("UNCLENCH_LOG", "loud")
    assert "'loud' is not a valid level for UNCLENCH_LOG" in run_command("devices").sentence()


def test_how_much_is_logged_does_not_grow_with_the_length_of_the_signal(tmp_path, monkeypatch):
    monkeypatch.setenv("UNCLENCH_LOG", "debug")
    lines = []
    for seconds in (1, 30):
        run_command(*RECORD, "--seconds", seconds, "--out", tmp_path / str(seconds))
        lines.append(len(log_path().read_text(encoding="utf-8").splitlines()))
    assert lines[1] == 2 * lines[0]


def test_a_lossy_line_is_logged_once_not_gap_by_gap(tmp_path):
    source = "sim:relaxed?drop=0.001"
    signal = ("record", "--source", source, "--speed", "max", "--seconds", 20)
    run_command(*signal, "--out", tmp_path / "s")
    assert log_path().read_text(encoding="utf-8").count("gap of") == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no label 'Anna's neck' in \"x\": give one", "no label '…': give one"),
        ("can't open /home/anna/My neck/emg.csv: Permission denied", "can't open (path)"),
        (r"C:\Users\Anna\neck is no folder", "(path)"),
        ("could not open port /dev/ttyACM0", "could not open port /dev/ttyACM0"),
        ("shapes (3,) (4,) differ by 1/2", "shapes (3,) (4,) differ by 1/2"),
    ],
)
def test_what_may_be_private_is_left_out(text, kept):
    assert without_private(text) == kept


def test_causes_are_logged_without_what_is_private():
    try:
        try:
            raise KeyError("Anna's jaw")
        except KeyError as cause:
            raise RuntimeError("it failed") from cause
    except RuntimeError as error:
        start()
        sentence = internal_error(error)
    assert "RuntimeError: it failed" in sentence
    text = log_path().read_text(encoding="utf-8")
    assert "KeyError: '…'" in text
    assert "Anna" not in text
