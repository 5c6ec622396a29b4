"""The program as a whole: commands, help, exit statuses, signals."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import time

import click
import pytest
from tests import needs
from tests.known import known
from tests.limits import HANG_LIMIT_S
from tests.processes import python, unclench

from unclench import __main__ as entry
from unclench import __version__
from unclench.cli import cli
from unclench.store import load_recording, open_session
from unclench.usage.live import live_command

DOCUMENTED = {
    "live": {"--source", "--seconds", "--screenshot", "--record"},
    "record": {"--source", "--seconds", "--out", "--speed", "--json"},
    "analyze": {"--fs", "--column", "--unit", "--band", "--mains", "--window", "--json"},
    "devices": set(),
    "doctor": {"--json"},
    "simulate": {"--pty", "--source"},
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_options_exist(run, name):
    command = known(cli.get_command(click.Context(cli), name))
    options = {option for parameter in command.params for option in parameter.opts}
    assert options >= DOCUMENTED[name]
    done = run(name, "--help")
    assert (done.status, done.err) == (0, "")
    for option in DOCUMENTED[name]:
        assert option in done.out
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help or name == "analyze"


def test_version_and_help(run):
    assert run("--version").out.strip() == f"unclench, version {__version__}"
    done = run("--help")
    assert done.status == 0
    for name in DOCUMENTED:
        assert name in done.out


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("3", "3")])
def test_numpy_uses_one_thread_unless_the_person_says_otherwise(monkeypatch, given, used):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", given or "")
    if given is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    importlib.reload(entry)
    assert os.environ["OPENBLAS_NUM_THREADS"] == used


@pytest.mark.parametrize(
    "arguments", [(), ("--source", "sim:relaxed"), ("--seconds", "3"), ("live",)]
)
def test_live_is_the_default_command(run, monkeypatch, arguments):
    called = []
    monkeypatch.setattr(live_command, "callback", lambda **given: called.append(given))
    assert run(*arguments).status == 0
    (given,) = called
    assert given["source"] == ("sim:relaxed" if "--source" in arguments else "auto")
    assert given["seconds"] == (3.0 if "--seconds" in arguments else None)


@pytest.mark.parametrize("arguments", [("dance",), ("record", "--loud"), ("--loud",), ("analyze",)])
def test_unknown_commands_and_options_point_to_help(run, arguments):
    assert "--help`." in run(*arguments).sentence()


def test_ctrl_c_exits_silently_with_status_130(run, monkeypatch):
    def interrupted(**given):
        raise KeyboardInterrupt

    monkeypatch.setattr(live_command, "callback", interrupted)
    done = run()
    assert (done.status, done.out, done.err.strip()) == (130, "", "")


@needs.posix
def test_what_was_ignored_from_the_start_stays_ignored(tmp_path):
    """As `nohup unclench record ... &` in a script: it outlives terminal and Ctrl-C."""
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "signal.signal(signal.SIGTERM, signal.SIG_DFL); "
        "from unclench.__main__ import main; main()"
    )
    folder = tmp_path / "s"
    arguments = ("record", "--source", "sim", "--speed", "10", "--out", str(folder))
    process = subprocess.Popen([*python(program), *arguments])

    def recorded() -> int:
        assert process.poll() is None
        rows = folder / "emg.csv"
        return rows.stat().st_size if rows.exists() else 0

    def goes_on_from(size: int) -> None:
        while recorded() <= size:
            time.sleep(0.05)

    try:
        goes_on_from(0)
        for number in (signal.SIGHUP, signal.SIGINT):
            process.send_signal(number)
            goes_on_from(recorded() + 100_000)  # a heeded signal ends it in far less
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_LIMIT_S) == 0
    finally:
        process.kill()
    session = open_session(folder)
    assert session.meta.ended == "closed"
    assert session.meta.n_samples == load_recording(folder).n_samples > 4000


@pytest.mark.parametrize("size", ["big", "1280", "x", "-1x5", "1280x"])
def test_invalid_window_sizes_are_refused(run, size):
    assert f"'{size}' is not a size such as 1280x800" in run("live", "--size", size).sentence()


@needs.posix
@pytest.mark.parametrize("words", [("programs", "list"), ("record", "--help")])
def test_a_reader_that_has_enough_ends_a_command_quietly(words):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(unclench(*words), stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_listed_command_loads():
    context = click.Context(cli)
    for name in cli.list_commands(context):
        assert known(cli.get_command(context, name)).name == name
    assert cli.get_command(context, "import_") is None


def test_listing_sessions_does_not_import_scipy_or_qt(tmp_path):
    program = (
        "import sys\n"
        "from unclench.cli import cli\n"
        f"cli(['sessions', 'list', {str(tmp_path)!r}], standalone_mode=False)\n"
        "print([m for m in ('scipy', 'pyqtgraph', 'jinja2') if m in sys.modules])\n"
    )
    done = subprocess.run(python(program), capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines()[-1] == "[]"
