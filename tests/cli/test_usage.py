"""How commands are called: what their help costs, and what they let one choose from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import get_args

import click
import pytest
from tests.known import known
from tests.limits import HANG_LIMIT_S
from tests.processes import python

from unclench import __version__
from unclench.cli import cli
from unclench.commands.calibrate import PROGRAMS
from unclench.commands.trial import MEASURES
from unclench.trial.plan import BLOCK_DAYS, PAIRS
from unclench.usage.groups import COMMANDS, OLD_NAMES_GO_WITH, Renaming
from unclench_dsp import BANDS, MainsMode

LIBRARIES = {"numpy", "scipy", "pydantic", "pyarrow", "rich", "jinja2", "pyqtgraph", "serial"}
HELP = """
import contextlib, io, json, sys
from unclench import __version__
from unclench.cli import cli

def help_of(*words):
    with contextlib.redirect_stdout(io.StringIO()):
        cli([*words, "--help"], standalone_mode=False)
    return sorted(sys.modules)

print(json.dumps({"": help_of(), **{name: help_of(*name.split()) for name in sys.argv[1:]}}))
"""


def commands(
    of: click.Command = cli, *path: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, groups included."""
    yield path, of
    if isinstance(of, click.Group):
        context = click.Context(of)
        for name in of.list_commands(context):
            yield from commands(known(of.get_command(context, name)), *path, name)


def option(*words: str) -> click.Option:
    """One option of a command: its path, then the option."""
    *path, name = words
    command = dict(commands())[tuple(path)]
    (found,) = [p for p in command.params if isinstance(p, click.Option) and name in p.opts]
    return found


OPTIONS = {
    "--all": "a page of all sessions instead of one",
    "--band": "wide or narrow",
    "--calibration": "the day of one",
    "--channel": "one channel of a board, from 1",
    "--channels": "how many channels a board has",
    "--column": "a column of a CSV",
    "--days": "days of a block of a trial",
    "--defaults": "what a board has from the start",
    "--divider": "what stands between source and electrodes",
    "--dry-run": "store nothing",
    "--force": "write over a file",
    "--format": "of another program's file",
    "--fs": "rate of a CSV",
    "--gain": "of a sensor",
    "--hz": "frequency of a known signal",
    "--json": "print JSON",
    "--keep": "the bench's sheet, which a step adds to",
    "--label": "of a session",
    "--limit": "how many at most",
    "--link": "a link to the pseudo-terminal",
    "--list": "show what is calibrated",
    "--mains": "what to do about hum",
    "--measure": "what a trial compares",
    "--minutes": "how long before an alert",
    "--moved": "the sensor is elsewhere now",
    "--mv": "size of a known signal",
    "--no-baseline": "measure no rest",
    "--out": "where the command writes",
    "--pairs": "of blocks of a trial",
    "--pdf": "a PDF as well",
    "--percent": "of the reference contraction",
    "--place": "channel, site and side of a sensor",
    "--port": "of a board",
    "--pty": "on a pseudo-terminal",
    "--rate": "samples a second of a board",
    "--raw": "show the raw signal",
    "--record": "record while watching, into this folder",
    "--reference": "kind of the reference contraction",
    "--remove": "take away instead of adding",
    "--review": "make missing figures",
    "--screenshot": "a picture of the window",
    "--seconds": "of signal",
    "--share": "print a record of tested hardware",
    "--since": "from this day on",
    "--site": "by its name",
    "--size": "of the window",
    "--source": "where the signal comes from",
    "--speed": "of a virtual board or a recording",
    "--starts": "first day of a trial",
    "--store-noise": "on the board",
    "--tcp": "on a socket",
    "--terminal": "without a window",
    "--theme": "light or dark",
    "--tray": "in the system tray",
    "--unit": "of a CSV's columns",
    "--version": "of the program",
    "--verbose": "say on stderr what goes on",
    "--virtual": "of the virtual board",
    "--window": "of the RMS, in seconds",
    "--yes": "do not ask",
}
"""Every option there is and the one thing that it means, whatever the command."""

FLAG_VALUES = {"board check --json", "watch --terminal"}  # one of several that exclude each other
MANY = {"devices --port"}


def options() -> dict[str, list[tuple[str, click.Option]]]:
    """For each name, the commands that have such an option."""
    found: dict[str, list[tuple[str, click.Option]]] = {}
    for path, command in commands():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                name = next(name for name in parameter.opts if name.startswith("--"))
                found.setdefault(name, []).append((" ".join((*path, name)), parameter))
    return found


def test_every_option_means_one_thing():
    assert options().keys() == OPTIONS.keys()
    assert len(set(OPTIONS.values())) == len(OPTIONS)


def test_an_option_is_the_same_in_every_command():
    for name, same in options().items():
        plain = [option for where, option in same if where not in FLAG_VALUES]
        assert len({option.metavar for option in plain if name != "--out"}) <= 1, name
        assert {option.metavar for option in plain if name == "--out"} <= {"DIR", "FILE"}
        assert len({(option.is_flag, tuple(option.opts)) for option in plain}) <= 1, name
        one = {option.name for where, option in same if where not in MANY | FLAG_VALUES}
        assert len(one) <= 1, f"{name} arrives in the code as {one}"
        kinds = {option.type.name.split(" ")[0] for where, option in same}
        assert name in ("--seconds", "--json", "--terminal") or len(kinds) == 1, (name, kinds)


def test_different_options_have_different_words():
    words: dict[str, str] = {}
    for name, same in options().items():
        for where, found in same:
            assert found.help, f"{where} has no help"
            assert words.setdefault(found.help, name) == name, f"{where} and {words[found.help]}"


def test_options_are_taken_under_their_old_names_for_one_release(run, tmp_path):
    release = tuple(map(int, __version__.split(".")[:2]))
    assert release < tuple(map(int, OLD_NAMES_GO_WITH.split("."))), "take the old names out"
    old = {
        (" ".join(path), before): now
        for path, command in commands()
        if isinstance(command, Renaming)
        for before, now in command.old.items()
    }
    assert old == {
        ("export", "--to"): "--format",
        ("report", "--output"): "--out",
        ("session", "--headless"): "--terminal",
        ("sessions restore", "--to"): "--out",
        ("simulate", "--signal"): "--source",
    }
    for (path, before), now in old.items():
        assert now in options()
        assert before not in run(*path.split(), "--help").out
    csv = tmp_path / "a.csv"
    csv.write_text("time_s,uV\n0,1\n1,2\n2,1\n", encoding="utf-8")
    for given in (("--to", "csv"), ("--to=csv",)):
        done = run("export", csv, "--unit", "uV", *given, "--out", tmp_path / "b.csv", "--force")
        assert done.status == 0
        assert done.err.splitlines()[0] == (
            "--to is now called --format; unclench 0.3 drops the old name."
        )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sesion", "'session' or 'sessions'"),
        ("analyse", "'analyze'"),
        ("board chek", "'check'"),
        ("board check shortd", "'shorted'"),
        ("sessions renme a b", "'rename'"),
        ("trial plam", "'plan'"),
        ("programs lst", "'list'"),
    ],
)
def test_a_mistyped_command_is_guessed(run, typed, meant):
    assert f"Did you mean {meant}?" in run(*typed.split()).sentence()


def test_a_mistyped_option_is_guessed(run):
    assert "--seconds" in run("record", "--secnds", 3).sentence()


def test_a_folder_named_almost_like_a_command_is_listed(run, tmp_path, monkeypatch):
    (tmp_path / "lists").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "No sessions in lists yet" in run("sessions", "lists").out


def choices(*words: str) -> set[str]:
    kind = option(*words).type
    assert isinstance(kind, click.Choice)
    return set(kind.choices)


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """What one interpreter has imported after the help of all, and then of each in turn."""
    names = [" ".join(path) for path, _ in commands() if path]
    names = [name for name in names if name not in ("import", "export")]  # they list formats
    done = subprocess.run(
        [*python(HELP), *names], capture_output=True, text=True, timeout=HANG_LIMIT_S, check=True
    )
    return {name: set(modules) for name, modules in json.loads(done.stdout).items()}


def test_the_list_of_commands_imports_no_command(loaded):
    usage = {name for name in loaded[""] if name.startswith("unclench.usage.")}
    assert usage == {"unclench.usage.groups"}


def test_help_of_a_command_waits_for_no_library(loaded):
    for name, modules in loaded.items():
        assert not modules & LIBRARIES, name
        assert not {m for m in modules if m.startswith("unclench.commands")}, name


def test_the_list_of_commands_has_a_whole_sentence_for_each(run):
    shown = run("--help").out
    for name, sentence in COMMANDS.items():
        assert f"  {name:<9}  {sentence}\n" in shown


def test_choices_on_the_command_line_are_those_that_the_program_knows():
    for words in (("record",), ("analyze",), ("report",), ("history",), ("trial", "plan")):
        assert choices(*words, "--band") == BANDS.keys()
    for words in (("record",), ("analyze",)):
        assert choices(*words, "--mains") == set(get_args(MainsMode))
    assert choices("calibrate", "--reference") == PROGRAMS.keys()
    assert choices("trial", "plan", "--measure") == MEASURES.keys()
    assert option("trial", "plan", "--days").default == BLOCK_DAYS
    assert option("trial", "plan", "--pairs").default == PAIRS
