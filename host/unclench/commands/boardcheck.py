"""`unclench board check`: a whole board in ten seconds, and the steps of the bench behind it."""

from __future__ import annotations

import math

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from unclench.board.check import CheckResult, check_board, noise_warnings, store_noise
from unclench.board.share import to_markdown
from unclench.board.verdict import judge, overall, to_json
from unclench.board.words import topic_words, verdict_words
from unclench.commands.boardbench import leave
from unclench.commands.boardport import (
    COLOURS,
    connected,
    has_person,
    print_stored,
    progress_bar,
)
from unclench.errors import InputError
from unclench.link.connection import Connection


def run(
    port: str | None,
    seconds: float,
    form: str | None,
    store: bool,
    yes: bool,
) -> None:
    """Measure a board: its rate, losses, answers, noise and levels; say what they are worth."""
    if math.isnan(seconds):  # click lets "nan" through
        raise InputError("--seconds needs a number.")
    with connected(port) as (connection, hello, forgets):
        progress = progress_bar("checking")
        with progress:
            task = progress.add_task("", total=seconds)
            result = check_board(
                connection,
                seconds,
                hello=hello,
                progress=lambda signal_s: progress.update(task, completed=signal_s),
            )
        if form == "json":
            click.echo(to_json(result))
        elif form == "markdown":
            click.echo(to_markdown(result), nl=False)
        else:
            _print(result)
        if store:
            _store(connection, result, forgets, form is not None, yes)
    leave(overall(judge(result)))


def _store(
    connection: Connection, result: CheckResult, forgets: bool, err: bool, yes: bool
) -> None:
    """Ask, and store the noise on the board. Raises InputError, SourceError."""
    if not yes:
        if not has_person():
            raise InputError(
                "The noise is not stored: add --yes if the electrodes see no muscle (they are "
                "connected to each other)."
            )
        if not click.confirm(
            "Are the sensor's electrodes connected to each other, so that they see no muscle?",
            err=True,
        ):
            click.echo("Nothing was stored.", err=True)
            return
    stored = store_noise(connection, result)
    told = ", ".join(f"{channel.noise_nv / 1000:.2f} uV" for channel in stored.channels)
    for warning in noise_warnings(result):
        click.echo(warning, err=True)
    print_stored(f"Stored as the board's own noise: {told}.", forgets, err=err)


def _print(result: CheckResult) -> None:
    kind = "virtual, without electrodes, " if result.virtual else ""
    console = Console()
    items = judge(result)
    console.print(
        f"{result.label or 'A board without a label'} on {result.name}: {kind}firmware "
        f"{result.firmware}, board {result.board_id}, protocol level {result.level}, "
        f"{result.seconds:.1f} s of signal",
        highlight=False,
        markup=False,
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    for item in items:
        found = Text(item.found)
        if item.advice:
            found.append(f"\n{item.advice}", style="italic")
        verdict_text = Text(verdict_words(item.verdict), style=COLOURS[item.verdict])
        table.add_row(topic_words(item.name), verdict_text, found)
    console.print(table)
    verdict = overall(items)
    because = ", ".join(topic_words(item.name) for item in items if item.verdict == verdict)
    rest = "" if verdict == "good" else f" ({because})"
    console.print(Text(f"This board is {verdict_words(verdict)}{rest}.", style=COLOURS[verdict]))
