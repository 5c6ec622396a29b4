"""`unclench programs ...`: the programs there are, what is in one, what is wrong with one."""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from unclench.training.programs.file import (
    ListedProgram,
    check_program,
    find_program,
    list_programs,
)
from unclench.training.programs.program import Program
from unclench.training.programs.words import goal_words, needs
from unclench.training.steps.step import Entry
from unclench.wording import exactly, printable

_WIDTH = 80


def run_list() -> None:
    """List all programs, one a line: name, minutes at most, title."""
    programs = list_programs()
    width = max(len(printable(listed.name)) for listed in programs)
    for listed in programs:
        click.echo(f"{printable(listed.name):{width}}  {_row(listed)}")


def run_show(program: str) -> None:
    """Show the program NAME, or that of a TOML file: purpose, evidence, steps."""
    found = find_program(program)
    what = found.program
    whose = "Shipped with unclench" if found.shipped else "Your own"
    click.echo(f"{found.name}: {what.title}\n{whose}: {found.path}\n")
    for name, text in _facts(what):
        click.echo(_hanging(f"{name:<9} {text}", 10))
    click.echo()
    for line in _steps(what.step):
        click.echo(line)


def run_check(file: Path) -> None:
    """Check FILE, a program of your own: all mistakes in it, one a line, and exit status 2."""
    checked = check_program(file)
    if checked.program is None:
        click.echo("\n".join(checked.mistakes))
        sys.exit(2)
    n = len(checked.program.flat())
    steps = f"{n} step{'' if n == 1 else 's'}"
    click.echo(f"{file} is fine: {steps}, at most {exactly(checked.program.longest_s())}.")


def _row(listed: ListedProgram) -> str:
    if listed.program is None:
        return f"      -  not usable: {printable(listed.trouble or '')}"
    whose = ", in place of the shipped one" if listed.replaces_shipped else ""
    own = "" if listed.shipped else f" (your own{whose})"
    minutes = math.ceil(listed.program.longest_s() / 60)
    return f"{minutes:>3} min  {listed.program.title}{own}"


def _facts(program: Program) -> Iterator[tuple[str, str]]:
    yield "Purpose", program.purpose
    yield "Evidence", program.evidence
    if program.site:
        yield "Site", program.site
    if program.goal:
        yield "Goal", f"{goal_words(program.goal)}, unless a step has its own"
    what = needs(program)
    wanted = ["a resting baseline"] * what.baseline + ["a reference contraction"] * what.reference
    yield "Needs", f"{' and '.join(wanted)}, measured before" if wanted else "nothing beforehand"
    n = sum(step.asks() is not None for step in program.flat())
    questions = f", and {n} question{'s' if n > 1 else ''}" if n else ""
    yield "Takes", f"at most {exactly(program.longest_s())}{questions}"


def _steps(entries: Sequence[Entry], before: str = "") -> Iterator[str]:
    """Numbered as sentences about mistakes number them."""
    for number, entry in enumerate(entries, start=1):
        label = f"{before}{number}"
        if entry.inner():
            yield f"{label:<5} {entry.in_words()}"
            yield from _steps(entry.inner(), f"{label}.")
            continue
        (step,) = entry.flat(None)
        goal = f"; goal: {goal_words(step.goal)}" if step.goal else ""
        title = f"{step.title}. " if step.title and step.title[-1].isalnum() else f"{step.title} "
        yield _hanging(f"{label:<5} {title.lstrip()}{step.in_words()}{goal}.", 6)


def _hanging(text: str, indent: int) -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)
