"""`unclench sessions ...`: the list of sessions, and what can be done to one."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.groups import ListByDefault, Renaming
from unclench.usage.options import (
    A_PATH,
    force_option,
    json_option,
    out_option,
    site_option,
    yes_option,
)


@click.group("sessions", cls=ListByDefault)
def sessions_command() -> None:
    """List sessions, rename, tag and delete them, back them up.

    Without a command: `unclench sessions list`, which also takes a folder. SESSION is a session's
    folder, or how its name, title or date begins.
    """


@sessions_command.command("list")
@click.argument("folder", required=False, metavar="[DIR]", type=A_PATH)
@site_option("Only this site, such as 'left shoulder'.")
@click.option(
    "--label", "labels", multiple=True, metavar="LABEL", help="Only with this label; repeatable."
)
@click.option("--since", metavar="DATE", help="Only from this day on, such as 2026-11-23.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--review", is_flag=True, help="Make the figures that are missing.")
@json_option
def list_command(**given: Any) -> None:
    """List the sessions in DIR, the newest first: by default all that are kept.

    Tension is the mean of the time that could be used, in µV, of the trained muscle first; rest is
    the share of time at rest, usable the share of time that went into the figures.
    """
    from unclench.commands.sessions import run_list

    run_list(**given)


@sessions_command.command("rename")
@click.argument("session")
@click.argument("title")
def rename_command(**given: Any) -> None:
    """Give SESSION a TITLE ("" takes it away); its folder keeps its name."""
    from unclench.commands.sessions import run_rename

    run_rename(**given)


@sessions_command.command("tag")
@click.argument("session")
@click.argument("labels", nargs=-1, required=True, metavar="LABEL...")
@click.option("--remove", is_flag=True, help="Take the labels away.")
def tag_command(**given: Any) -> None:
    """Put labels on SESSION, to find it again with `--label`."""
    from unclench.commands.sessions import run_tag

    run_tag(**given)


@sessions_command.command("delete")
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@yes_option
def delete_command(**given: Any) -> None:
    """Move sessions to the system's trash, from where they can be taken back."""
    from unclench.commands.sessions import run_delete

    run_delete(**given)


@sessions_command.command("backup")
@click.argument("file", metavar="FILE.zip", type=A_PATH)
@click.argument("sessions", nargs=-1, metavar="[SESSION...]")
@force_option
def backup_command(**given: Any) -> None:
    """Put sessions into one zip file; all of them, and what you have set up, unless some are named.

    The file is read back before it gets its name.
    """
    from unclench.commands.sessions import run_backup

    run_backup(**given)


@sessions_command.command("restore", cls=Renaming, old={"--to": "--out"})
@click.argument("file", metavar="FILE.zip", type=A_PATH)
@out_option("Folder for the sessions; where sessions are kept, unless given.")
def restore_command(**given: Any) -> None:
    """Bring back what a backup holds; nothing that is there is overwritten."""
    from unclench.commands.sessions import run_restore

    run_restore(**given)
