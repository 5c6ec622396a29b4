"""`unclench trial ...`: does seeing my tension help? Plan, today's phase, verdict."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import Group
from unclench.usage.options import A_PATH, BANDS, json_option, site_option


@click.group(
    "trial",
    cls=Group,
    help=tr("Find out whether seeing your tension helps you: a trial on yourself."),
)
def trial_command() -> None:
    """Hold the commands."""


@trial_command.command(
    "plan", help=tr("Plan a trial. Its order is drawn now, and revealed block by block.")
)
@site_option(tr("Site, such as 'left shoulder' (default: your site, if there is only one)."))
@click.option(
    "--band", type=BANDS, default="wide", show_default=True, help=tr("Only sessions of this band.")
)
@click.option(
    "--measure",
    type=click.Choice(["mean", "median", "rest"]),
    default="median",
    show_default=True,
    help=tr("What is compared; fixed once the trial is planned."),
)
@click.option(
    "--days", default=3, show_default=True, metavar="N", help=tr("Length of a block, in days.")
)
@click.option(
    "--pairs", default=10, show_default=True, metavar="N", help=tr("Number of pairs of blocks.")
)
@click.option(
    "--starts",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help=tr("First day, such as 2026-11-23 (default: tomorrow)."),
)
@click.option(
    "--virtual", is_flag=True, help=tr("Use sessions of the virtual board, to try out a trial.")
)
def plan_command(**given: Any) -> None:
    from unclench.commands.trial import run_plan

    run_plan(**given)


@trial_command.command(
    "status",
    help=tr(
        "Show today's phase and today's session.\n\n"
        "That is how many days the phase still lasts, and whether today's session is done."
    ),
)
@json_option
def status_command(**given: Any) -> None:
    from unclench.commands.trial import run_status

    run_status(**given)


@trial_command.command(
    "verdict",
    help=tr(
        "Show the result of the trial, once it is over.\n\n"
        "It is computed from the sessions in DIR (default: your sessions folder)."
    ),
)
@click.argument("folder", required=False, metavar="[DIR]", type=A_PATH)
@json_option
def verdict_command(**given: Any) -> None:
    from unclench.commands.trial import run_verdict

    run_verdict(**given)


@trial_command.command("stop", help=tr("End the trial for good, before its planned end."))
def stop_command() -> None:
    from unclench.commands.trial import run_stop

    run_stop()
