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
    board_name,
    connected,
    has_person,
    print_stored,
    progress_bar,
)
from unclench.errors import InputError
from unclench.link.connection import Connection
from unclench.translation import tr


def run(
    port: str | None,
    seconds: float,
    form: str | None,
    store: bool,
    yes: bool,
) -> None:
    """Measure and judge a board: its rate, losses, answers, noise and levels."""
    if math.isnan(seconds):  # click lets "nan" through
        raise InputError(tr("--seconds needs a number."))
    with connected(port) as (connection, hello, forgets):
        progress = progress_bar(tr("checking"))
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
            _print(board_name(hello, connection.name), result)
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
                tr(
                    "The noise was not stored. Add --yes if the sensor's electrodes are connected "
                    "to each other, so that they see no muscle."
                )
            )
        if not click.confirm(
            tr("Are the sensor's electrodes connected to each other, so that they see no muscle?"),
            err=True,
        ):
            click.echo(tr("Nothing was stored."), err=True)
            return
    stored = store_noise(connection, result)
    noise = ", ".join(f"{channel.noise_nv / 1000:.2f} uV" for channel in stored.channels)
    for warning in noise_warnings(result):
        click.echo(warning, err=True)
    print_stored(tr("Stored as the board's own noise: {noise}.", noise=noise), forgets, err=err)


def _print(board: str, result: CheckResult) -> None:
    console = Console()
    items = judge(result)
    head = tr(
        "{board}: firmware {firmware}, protocol level {level}, {seconds:.1f} s of signal",
        board=board,
        firmware=result.firmware,
        level=result.level,
        seconds=result.seconds,
    )
    console.print(Text(head))
    if result.virtual:
        console.print(Text(tr("This board is virtual and has no electrodes.")))
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
    if verdict == "good":
        words = tr("This board is {verdict}.", verdict=verdict_words(verdict))
    else:
        words = tr(
            "This board is {verdict} ({items}).", verdict=verdict_words(verdict), items=because
        )
    console.print(Text(words, style=COLOURS[verdict]))
