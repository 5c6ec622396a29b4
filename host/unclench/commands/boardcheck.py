"""`unclench board check`: a whole board in ten seconds, and the steps of the bench behind it."""

from __future__ import annotations

import math

import click
from click.core import ParameterSource
from rich.console import Console
from rich.table import Table
from rich.text import Text

from unclench.board.check import MIN_SECONDS, CheckResult, check_board, store_noise
from unclench.board.share import to_markdown
from unclench.board.verdict import judge, overall, to_json
from unclench.commands.boardbench import add_steps, leave
from unclench.commands.boardport import (
    COLOURS,
    connected,
    has_person,
    progress_bar,
    say_stored,
    source_option,
    yes_option,
)
from unclench.errors import InputError
from unclench.link.connection import Connection


class _Steps(click.Group):
    """Lists its commands in the order in which they are done."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group("check", cls=_Steps, invoke_without_command=True, subcommand_metavar="[STEP] [...]")
@source_option
@click.option(
    "--seconds",
    type=click.FloatRange(MIN_SECONDS, 3600),
    default=10.0,
    show_default=True,
    metavar="N",
    help="Seconds of signal.",
)
@click.option("--json", "form", flag_value="json", help="Print a JSON object.")
@click.option(
    "--share", "form", flag_value="markdown", help="Print a record to send in; it names nobody."
)
@click.option(
    "--store-noise", "store", is_flag=True, help="Store the measured noise as the board's own."
)
@yes_option
@click.pass_context
def check_command(
    ctx: click.Context,
    port: str | None,
    seconds: float,
    form: str | None,
    store: bool,
    yes: bool,
) -> None:
    """Measure a board: its rate, losses, answers, noise and levels; say what they are worth.

    The noise that counts is the one with the sensor's electrodes connected to each other. Stored
    with --store-noise it is what every tension is shown against.

    With a STEP: one step of bench acceptance, kept on a sheet. All of them are in the project's
    folder hardware/, in acceptance.md.

    --share prints it as a table in Markdown, to send in as a record of tested hardware: versions
    and figures, no names.

    Exit status: 0 good or usable, 1 not usable, 2 an error.
    """
    if ctx.invoked_subcommand is not None:
        _refuse_misplaced(ctx)
        return
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
    say_stored(f"Stored as the board's own noise: {told}.", forgets, err=err)


def _refuse_misplaced(ctx: click.Context) -> None:
    """An option before the name of a step would be lost. Raises UsageError."""
    for param in ctx.command.params:
        if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{param.opts[0]} belongs behind the step: `unclench board check "
                f"{ctx.invoked_subcommand} {param.opts[0]} ...`."
            )


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
        table.add_row(item.name, Text(item.verdict, style=COLOURS[item.verdict]), found)
    console.print(table)
    verdict = overall(items)
    why = ", ".join(item.name for item in items if item.verdict == verdict)
    rest = "" if verdict == "good" else f" ({why})"
    console.print(Text(f"This board is {verdict}{rest}.", style=COLOURS[verdict]))


add_steps(check_command)
