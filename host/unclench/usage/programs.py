"""`unclench programs ...`: the programs there are, what is in one, what is wrong with one."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import Group
from unclench.usage.options import A_PATH


@click.group(
    "programs",
    cls=Group,
    invoke_without_command=True,
    help=tr("List training programs, show one, or check one of your own."),
)
@click.pass_context
def programs_command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@programs_command.command(
    "list", help=tr("List all programs, one per line: name, minutes at most, title.")
)
def list_command() -> None:
    from unclench.commands.programs import run_list

    run_list()


@programs_command.command(
    "show",
    help=tr(
        "Show a program: purpose, evidence, steps.\n\n"
        "NAME is one of `unclench programs list`, or a TOML file."
    ),
)
@click.argument("program", metavar="NAME")
def show_command(**given: Any) -> None:
    from unclench.commands.programs import run_show

    run_show(**given)


@programs_command.command(
    "check",
    help=tr(
        "Check FILE, a program of your own.\n\n"
        "All mistakes in it are printed, one per line; the exit status is then 2."
    ),
)
@click.argument("file", type=A_PATH)
def check_command(**given: Any) -> None:
    from unclench.commands.programs import run_check

    run_check(**given)
