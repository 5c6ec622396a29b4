"""`unclench programs ...`: the programs there are, what is in one, what is wrong with one."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import Group
from unclench.usage.options import A_PATH


@click.group("programs", cls=Group, invoke_without_command=True)
@click.pass_context
def programs_command(ctx: click.Context) -> None:
    """List training programs, show one, check one of your own."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@programs_command.command("list")
def list_command() -> None:
    """List all programs, one a line: name, minutes at most, title."""
    from unclench.commands.programs import run_list

    run_list()


@programs_command.command("show")
@click.argument("program", metavar="NAME")
def show_command(**given: Any) -> None:
    """Show the program NAME, or that of a TOML file: purpose, evidence, steps."""
    from unclench.commands.programs import run_show

    run_show(**given)


@programs_command.command("check")
@click.argument("file", type=A_PATH)
def check_command(**given: Any) -> None:
    """Check FILE, a program of your own: all mistakes in it, one a line, and exit status 2."""
    from unclench.commands.programs import run_check

    run_check(**given)
