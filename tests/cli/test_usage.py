"""How commands are called: what their help costs, and what they let one choose from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import get_args

import click
import pytest
from tests.known import known
from tests.processes import python

from unclench.cli import cli
from unclench.commands.calibrate import PROGRAMS
from unclench.commands.trial import MEASURES
from unclench.trial.plan import BLOCK_DAYS, PAIRS
from unclench.usage.groups import COMMANDS
from unclench_dsp import BANDS, MainsMode

LONG_S = 120.0  # only against hanging
LIBRARIES = {"numpy", "scipy", "pydantic", "pyarrow", "rich", "jinja2", "pyqtgraph", "serial"}
HELP = """
import contextlib, io, json, sys
from unclench.cli import cli

def help_of(*words):
    with contextlib.redirect_stdout(io.StringIO()):
        cli([*words, "--help"], standalone_mode=False)
    return sorted(sys.modules)

print(json.dumps({"": help_of(), **{name: help_of(name) for name in sys.argv[1:]}}))
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


def choices(*words: str) -> set[str]:
    kind = option(*words).type
    assert isinstance(kind, click.Choice)
    return set(kind.choices)


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """What one interpreter has imported after the help of all, and then of each in turn."""
    names = [name for name in COMMANDS if name not in ("import", "export")]  # they list formats
    done = subprocess.run(
        [*python(HELP), *names], capture_output=True, text=True, timeout=LONG_S, check=True
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
