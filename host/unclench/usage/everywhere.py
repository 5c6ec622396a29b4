"""What every command has: `--verbose`, a log, and a check of the person's own files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from unclench.translation import tr


def everywhere(command: click.Command) -> click.Command:
    """Add what every command has to a command and all commands below it."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            everywhere(below)
    runs = not isinstance(command, click.Group) or command.invoke_without_command
    if runs and command.callback is not None and not hasattr(command.callback, "_everywhere"):
        command.callback = _prepared(command.callback)
        if not any("--verbose" in parameter.opts for parameter in command.params):
            command.params.append(_verbose_option())
    return command


def _names(context: click.Context) -> list[str]:
    """Return the words that call a command, without the program's own."""
    above = context.parent
    return [] if above is None else [*_names(above), str(context.info_name)]


def _verbose_option() -> click.Option:
    return click.Option(["--verbose"], is_flag=True, help=tr("Print on stderr what is happening."))


def _prepared(own: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(own)
    def callback(*args: Any, verbose: bool, **given: Any) -> Any:
        context = click.get_current_context()
        if context.invoked_subcommand is not None and not verbose:
            return own(*args, **given)  # the subcommand is prepared, unless only help is wanted
        from unclench.commands.lookover import look_over
        from unclench.commands.versions import log_versions
        from unclench.logs import start

        names = _names(context)
        start(verbose)
        log_versions(" ".join(names))
        if names != ["doctor"]:  # it reports them itself, without private paths
            look_over(but=names)  # `programs` reports mistakes in programs itself
        return own(*args, **given)

    callback._everywhere = True  # type: ignore[attr-defined]  # modules stay loaded between runs
    return callback
