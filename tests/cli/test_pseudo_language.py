"""No unmarked word reaches the terminal: every command speaks the pseudo-language."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest
from tests.cli.every_command import CALLS, commands
from tests.limits import HANG_LIMIT_S
from tests.processes import python

from unclench.commands.versions import PACKAGES
from unclench.link.virtual.scenarios import SCENARIOS
from unclench.training.programs.file import CALIBRATION, SHIPPED
from unclench.training.programs.tomllines import parse_toml
from unclench.translation import LANGUAGE_VARIABLE, PSEUDO

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(path for folder in (SHIPPED, CALIBRATION) for path in folder.glob("*.toml"))

ALLOWED = {
    "the program and what it builds on": {"unclench", "Python", "PyQt5", *PACKAGES},
    "units": {"min", "ppm", "RMS"},
    "names of formats": {"edf", "bdf", "csv", "parquet"},
    "keys of a program file": {"title", "say", "goal", "kind", "groups", "times", "seconds"}
    | {"purpose", "evidence", "settle", "relax"},
    "sources that a person types": {"auto", "sim", *SCENARIOS},
    "what `every_command` types": {"nnnn", "oooo", "pppp", "rrrr", "ssss", "tttt", "bbbb"}
    | {"emg", "let-goo"},
}
"""What is the same in every language, and why; so are names of commands, arguments and choices."""

KEPT_IN_FILES = {
    "Left shoulder": "labels of sites, by which sessions are compared (`place_label`)",
    "channel 1": "names of channels that have no site (`live.pipeline`)",
    "Channel 1": "the same at the beginning of a line",
    "virtual board: relaxed": "the label that a board reports of itself",
}
"""Data of sessions, which is the same in every language; and why."""

CLICK = re.compile(
    r"Usage: .*?(?= {3}|$)|(?:Options|Commands):|Show (?:this message|the version) and exit\."
    r"|\[(?:default|required)[^\]]*\]|Invalid value for|Missing (?:option|argument)|No such option:"
)
"""Sentences of click itself, which has catalogues of its own."""

TYPED = re.compile(
    r"`[^`]*`"  # a command
    r"|(?<!\w)'[^']*'(?!\w)"  # what a person typed
    r"|\S*[/\\.:=_@]\w\S*"  # a path, a file, a URL, a source
    r"|(?<!\w)--?[a-z][\w-]*"  # an option
)
WORD = re.compile(r"(?<![\w-])[A-Za-z][A-Za-z-]{2,}(?![\w-])")


def program_texts(value: Any) -> Iterator[str]:
    """Yield the texts of the shipped programs, which are documents of their own."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from program_texts(each)


def plain(text: str, names: AbstractSet[str] = frozenset(), texts: Iterable[str] = ()) -> set[str]:
    """Return the words of a text that were not marked."""
    text = re.sub(r"(?s)^Usage: .*?\n\n", "", text)
    text = CLICK.sub(" ", " ".join(text.split()))
    for other in (*texts, os.strerror(errno.ENOENT)):
        text = text.replace(other, " ")
    return {word.strip("-") for word in WORD.findall(TYPED.sub(" ", text))} - names


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each command says, and the names of commands, arguments and choices."""
    home = tmp_path_factory.mktemp("pseudo")
    folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE")}
    done = subprocess.run(
        python("from tests.cli.every_command import main; main()"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=HANG_LIMIT_S,
        check=True,
        cwd=home,
        env={
            **os.environ,
            **folders,
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            LANGUAGE_VARIABLE: PSEUDO,
        },
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def left(ran) -> dict[str, set[str]]:
    """The plain words of each call that has any."""
    names = {word for name in ran["names"] for word in re.findall(r"[\w-]+", name)}
    names |= set().union(*ALLOWED.values()) | {path.stem for path in PROGRAMS}
    files = [parse_toml(path.read_text(encoding="utf-8")) for path in PROGRAMS]
    texts = sorted(
        (*KEPT_IN_FILES, *(t for t in program_texts(files) if " " in t or t.istitle())),
        key=len,
        reverse=True,
    )
    found = {call: plain(text, names, texts) for call, text in ran["said"].items()}
    return {call: words for call, words in found.items() if words}


def test_every_command_is_run():
    run = {arguments[: len(path)] for path, _ in commands() for arguments in CALLS.values()}
    missing = {path for path, command in commands() if not hasattr(command, "commands")} - run
    assert {" ".join(path) for path in missing} <= {f"board check {step}" for step in STEPS_ALIKE}


STEPS_ALIKE = {"hands-off", "hands-on", "battery"}
"""Steps of the bench that differ from `shorted` in their texts alone; their help is read."""


def test_no_unmarked_word_reaches_the_terminal(left):
    assert not left, "mark these words with tr or trn (CONTRIBUTING, Words)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("⟦Ķēƥţ īń⟧ /tmp/some where.csv", set()),
        ("⟦śēē `unclench live` àńď --out⟧", set()),
        ("⟦Ńō ćōmmàńď 'sesion'⟧", set()),
        ("⟦Ńō ƀōàŕď: it is away⟧", {"away"}),
        ("Usage: unclench [OPTIONS]\n\n  ⟦Ĥēĺƥ⟧ and more\n\nOptions:\n", {"and", "more"}),
        ("the board's own noise", {"the", "board", "own", "noise"}),
    ],
)
def test_plain_words_are_found(text, words):
    assert plain(text) == words
