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
from unclench.translation import tr, trn
from unclench.wording import exactly, printable

_WIDTH = 80


def run_list() -> None:
    """List all programs, one per line: name, minutes at most, title."""
    programs = list_programs()
    width = max(len(printable(listed.name)) for listed in programs)
    for listed in programs:
        click.echo(f"{printable(listed.name):{width}}  {_row(listed)}")


def run_show(program: str) -> None:
    """Show a program: purpose, evidence, steps."""
    found = find_program(program)
    shown = found.program
    whose = tr("Shipped with unclench") if found.shipped else tr("Your own")
    click.echo(f"{found.name}: {shown.title}\n{whose}: {found.path}\n")
    for name, text in _facts(shown):
        click.echo(_hanging(f"{name:<9} {text}", 10))
    click.echo()
    for line in _steps(shown.step):
        click.echo(line)


def run_check(file: Path) -> None:
    """Check FILE, a program of your own: print all mistakes, one per line, and exit with 2."""
    checked = check_program(file)
    if checked.program is None:
        click.echo("\n".join(checked.mistakes))
        sys.exit(2)
    click.echo(
        trn(
            "{file} is fine: {n} step, at most {longest}.",
            "{file} is fine: {n} steps, at most {longest}.",
            len(checked.program.flat()),
            file=file,
            longest=exactly(checked.program.longest_s()),
        )
    )


def _row(listed: ListedProgram) -> str:
    if listed.program is None:
        trouble = printable(listed.trouble or "")
        return "      -  " + tr("not usable: {trouble}", trouble=trouble)
    title = listed.program.title
    if listed.replaces_shipped:
        title = tr("{title} (your own, replaces the shipped one)", title=title)
    elif not listed.shipped:
        title = tr("{title} (your own)", title=title)
    minutes = math.ceil(listed.program.longest_s() / 60)
    return f"{minutes:>3} min  {title}"


def _facts(program: Program) -> Iterator[tuple[str, str]]:
    yield tr("Purpose"), program.purpose
    yield tr("Evidence"), program.evidence
    if program.site:
        yield tr("Site"), program.site
    if program.goal:
        yield tr("Goal"), tr("{goal}, unless a step has its own", goal=goal_words(program.goal))
    yield tr("Needs"), _needs(program)
    n = sum(step.asks() is not None for step in program.flat())
    longest = exactly(program.longest_s())
    most = tr("at most {longest}", longest=longest)
    if n:
        most = trn(
            "at most {longest}, and {n} question",
            "at most {longest}, and {n} questions",
            n,
            longest=longest,
        )
    yield tr("Takes"), most


def _needs(program: Program) -> str:
    """Say what must be measured before the program."""
    wanted = needs(program)
    if wanted.baseline and wanted.reference:
        return tr("a resting baseline and a reference contraction, measured before")
    if wanted.baseline:
        return tr("a resting baseline, measured before")
    if wanted.reference:
        return tr("a reference contraction, measured before")
    return tr("nothing beforehand")


def _steps(entries: Sequence[Entry], before: str = "") -> Iterator[str]:
    """Number the steps as sentences about mistakes do."""
    for number, entry in enumerate(entries, start=1):
        label = f"{before}{number}"
        if entry.inner():
            yield f"{label:<5} {entry.in_words()}"
            yield from _steps(entry.inner(), f"{label}.")
            continue
        (step,) = entry.flat(None)
        goal = tr("; goal: {goal}", goal=goal_words(step.goal)) if step.goal else ""
        title = f"{step.title}. " if step.title and step.title[-1].isalnum() else f"{step.title} "
        yield _hanging(f"{label:<5} {title.lstrip()}{step.in_words()}{goal}.", 6)


def _hanging(text: str, indent: int) -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)
