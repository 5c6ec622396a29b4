"""`unclench trial ...`: does seeing my tension help? Plan, today's phase, verdict."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import Group
from unclench.usage.options import A_PATH, BANDS, json_option, site_option


@click.group("trial", cls=Group)
def trial_command() -> None:
    """Find out whether seeing your tension helps you: a trial on yourself."""


@trial_command.command("plan")
@site_option("A site, such as 'left shoulder'; your only place if one.")
@click.option(
    "--band", type=BANDS, default="wide", show_default=True, help="Only sessions of this band."
)
@click.option(
    "--measure",
    type=click.Choice(["mean", "median", "rest"]),
    default="mean",
    show_default=True,
    help="What is compared; fixed before the first day.",
)
@click.option("--days", default=3, show_default=True, metavar="N", help="Length of a block.")
@click.option("--pairs", default=10, show_default=True, metavar="N", help="Pairs of blocks.")
@click.option(
    "--starts",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day, such as 2026-11-23; tomorrow unless given.",
)
@click.option("--virtual", is_flag=True, help="Of the virtual board, to try a trial out.")
def plan_command(**given: Any) -> None:
    """Plan a trial; its order is drawn now, and told block by block."""
    from unclench.commands.trial import run_plan

    run_plan(**given)


@trial_command.command("status")
@json_option
def status_command(**given: Any) -> None:
    """Tell today's phase, how many days it lasts, and whether today's session is done."""
    from unclench.commands.trial import run_status

    run_status(**given)


@trial_command.command("verdict")
@click.argument("folder", required=False, metavar="[DIR]", type=A_PATH)
@json_option
def verdict_command(**given: Any) -> None:
    """Say what came of the trial, once it is over, from the sessions in DIR."""
    from unclench.commands.trial import run_verdict

    run_verdict(**given)


@trial_command.command("stop")
def stop_command() -> None:
    """End the trial for good, before its planned end."""
    from unclench.commands.trial import run_stop

    run_stop()
