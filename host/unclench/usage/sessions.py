"""`unclench sessions ...`: list and manage sessions."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.groups import ListByDefault, Renaming
from unclench.usage.options import (
    A_PATH,
    force_option,
    json_option,
    out_option,
    site_option,
    yes_option,
)


@click.group(
    "sessions",
    cls=ListByDefault,
    help=tr(
        "List, rename, tag, delete and back up sessions, and name what was rest in them.\n\n"
        "Without a command: `unclench sessions list`, which also takes a folder. SESSION "
        "is a session's folder, or the beginning of its name, title or date."
    ),
)
def sessions_command() -> None:
    """Hold the commands."""


@sessions_command.command(
    "list",
    help=tr(
        "List sessions, newest first.\n\n"
        "DIR is your sessions folder unless given. Columns: median is the median tension in µV of "
        "each channel, the trained muscle first; "
        "at rest is the share of time at rest; used is the share of time that went into "
        "the figures."
    ),
)
@click.argument("folder", required=False, metavar="[DIR]", type=A_PATH)
@site_option(tr("Only this site, such as 'left shoulder'."))
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help=tr("Only sessions with this label; repeatable."),
)
@click.option(
    "--since", metavar="DATE", help=tr("Only sessions from this day on, such as 2026-11-23.")
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help=tr("At most N sessions."))
@click.option("--review", is_flag=True, help=tr("Compute missing figures."))
@json_option
def list_command(**given: Any) -> None:
    from unclench.commands.sessions import run_list

    run_list(**given)


@sessions_command.command(
    "rename", help=tr('Give SESSION a TITLE ("" removes it); its folder keeps its name.')
)
@click.argument("session")
@click.argument("title")
def rename_command(**given: Any) -> None:
    from unclench.commands.sessions import run_rename

    run_rename(**given)


@sessions_command.command("tag", help=tr("Put labels on SESSION, to find it again with `--label`."))
@click.argument("session")
@click.argument("labels", nargs=-1, required=True, metavar="LABEL...")
@click.option("--remove", is_flag=True, help=tr("Remove the labels."))
def tag_command(**given: Any) -> None:
    from unclench.commands.sessions import run_tag

    run_tag(**given)


@sessions_command.command(
    "rest",
    help=tr(
        "Name what was rest in SESSION, where it was not measured.\n\n"
        "SPAN is a stretch in which you rested, 20 s to 10 min long, such as 0:40-1:20. It is "
        "measured like a baseline step. Without SPAN or an option: show what is used as rest, and "
        "the calibrations to choose from."
    ),
)
@click.argument("session")
@click.argument("span", required=False)
@click.option(
    "--calibration",
    metavar="DAY",
    help=tr("Use the calibration of this day, such as 2026-03-03, instead of SPAN."),
)
@click.option(
    "--channel",
    type=click.IntRange(min=1),
    metavar="K",
    help=tr("Only this channel, from 1 (default: all)."),
)
@click.option(
    "--remove", is_flag=True, help=tr("Remove what was named: back to what was measured.")
)
def rest_command(**given: Any) -> None:
    from unclench.commands.sessionrest import run_rest

    run_rest(**given)


@sessions_command.command(
    "delete", help=tr("Move sessions to the system's trash. You can restore them from there.")
)
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@yes_option
def delete_command(**given: Any) -> None:
    from unclench.commands.sessions import run_delete

    run_delete(**given)


@sessions_command.command(
    "backup",
    help=tr(
        "Back up sessions to one zip file.\n\n"
        "Without SESSION: all sessions, your settings and your other files. The zip file "
        "is read back and checked before it gets its name."
    ),
)
@click.argument("file", metavar="FILE.zip", type=A_PATH)
@click.argument("sessions", nargs=-1, metavar="[SESSION...]")
@force_option
def backup_command(**given: Any) -> None:
    from unclench.commands.sessions import run_backup

    run_backup(**given)


@sessions_command.command(
    "restore",
    cls=Renaming,
    old={"--to": "--out"},
    help=tr("Restore sessions from a backup. Nothing that exists is overwritten."),
)
@click.argument("file", metavar="FILE.zip", type=A_PATH)
@out_option(tr("Folder for the sessions (default: your sessions folder)."))
def restore_command(**given: Any) -> None:
    from unclench.commands.sessions import run_restore

    run_restore(**given)
