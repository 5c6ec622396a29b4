"""The bench document: its figures, its commands, and how the known signal is connected."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner
from hardware.bench import MADE
from hardware.bench.passages import DIVIDER, SCENARIO_OF, commands, errors, expected, known
from hardware.making import ROOT

from unclench.board.bench.steps import STEPS
from unclench.cli import cli
from unclench.commands.boardbench import signal_command
from unclench.link.virtual.inputs import SyntheticInput

DOCUMENT = (ROOT / "hardware" / "acceptance.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("made", MADE, ids=lambda made: getattr(made, "name", made.path))
def test_what_is_committed_is_what_would_be_made(made) -> None:
    assert not made.stale()


def test_the_divider_that_is_drawn_is_the_one_the_command_assumes() -> None:
    (option,) = (param for param in signal_command.params if param.name == "divider")
    assert option.default == DIVIDER == 1001.0
    assert f"--divider {DIVIDER:g}" in DOCUMENT


def test_the_recommended_signal_can_be_measured() -> None:
    known().check(SyntheticInput("shorted").hello())
    assert f"--mv {known().mv:g} --hz {known().hz:g}" in DOCUMENT


def test_every_step_is_told_and_can_be_tried() -> None:
    for step in STEPS:
        assert f"unclench board check {step.name}" in DOCUMENT
    assert tuple(SCENARIO_OF) == tuple(step.name for step in STEPS)
    assert len(commands().splitlines()) == len(STEPS)


def test_every_option_in_the_document_exists() -> None:
    lines = re.findall(r"^ +(unclench .*)$", DOCUMENT, re.MULTILINE)
    assert len(lines) >= 2 * len(STEPS)
    for line in lines:
        words = shlex.split(line)[1:]
        if words[2:3] != ["sheet"]:
            said = CliRunner().invoke(cli, [*words, "--help"])
            assert said.exit_code == 0, (line, said.output)
            assert all(word in said.output for word in words if word.startswith("--")), line


def test_the_tables_say_what_can_be_told() -> None:
    shares = [float(share) for share in re.findall(r"([\d.]+) % \|$", errors(), re.MULTILINE)]
    *_, together, weak = shares
    assert together < 5.0 < weak
    for words in ("0.50 µV RMS | 1.00 µV RMS", "477.5 µV RMS ± 5 %", "1.65 ± 0.49 V"):
        assert words in expected()
