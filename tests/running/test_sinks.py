"""A sink is added in one place: every command and window has what lies in `running/sinks`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import needs
from tests.commandline import run_command

from unclench.running import sinks

from .conftest import COMMANDS, SIM

# What somebody writes who adds a sink: it counts samples, and says how many at the end.
COUNTER = '''
"""Counts samples into a file."""

from pathlib import Path

from unclench.errors import StoreError
from unclench.running.sinks import SinkOption

OPTION = SinkOption("--count", "FILE", "Write how many samples there were.")


class Counter:
    def __init__(self, path, n_channels):
        self.path, self.n, self.events = path, 0, []
        self.n_channels = n_channels

    def block(self, block):
        assert block.units.shape[1] == self.n_channels
        self.n += len(block.units)

    def event(self, event):
        self.events.append(event)

    def close(self):
        try:
            self.path.write_text(str(self.n))
        except OSError as error:
            raise StoreError("The count cannot be written: make its folder.") from error


def make(run, value):
    return Counter(Path(value), len(run.info.channels))
'''


@pytest.fixture
def counted(tmp_path, monkeypatch) -> Iterator[Path]:
    """Add the module; return the file that it writes."""
    added = tmp_path / "added"
    added.mkdir()
    (added / "count_samples.py").write_text(COUNTER, encoding="utf-8")
    monkeypatch.setattr(sinks, "__path__", [*sinks.__path__, str(added)])
    # Commands read their options when they are imported.
    usage = [name for name in sys.modules if name.startswith("unclench.usage")]
    before = {name: sys.modules.pop(name) for name in usage}
    yield tmp_path / "counted"
    for name in [name for name in sys.modules if name.startswith("unclench.usage")]:
        del sys.modules[name]
    sys.modules.update(before)
    sys.modules.pop("unclench.running.sinks.count_samples", None)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_module_in_the_folder_is_an_option_of_every_command_and_gets_all_samples(
    counted, run, command
):
    done = run(command, "--count", counted)
    assert (done.status, done.err.count("Error")) == (0, 0), done.err
    assert int(counted.read_text()) >= 6000
    assert "Write how many samples there were." in run_command(command, "--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_sink_could_not_write_is_said_once_all_else_is_done(counted, run, command):
    done = run(command, "--count", counted.parent / "no folder" / "counted")
    assert done.status == 2
    assert done.err.splitlines()[-1] == "unclench: The count cannot be written: make its folder."
    said = {
        "record": "samples, 0 lost: ",
        "live": "\tGood signal\n",
        "watch": "Saved in ",
        "session": "Saved in ",
        "calibrate": "Left shoulder on channel 1, wide band, rest ",
    }
    assert said[command] in done.out


def test_the_window_has_it_too(counted, tmp_path):
    needs.qt()
    picture = ("--screenshot", tmp_path / "seen.png", "--seconds", "2")
    done = run_command("live", *SIM, *picture, "--count", counted)
    assert done.status == 0, done.err
    assert int(counted.read_text()) >= 4000
