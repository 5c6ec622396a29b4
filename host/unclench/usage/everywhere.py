"""What every command does before its own work: it looks over the person's own files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click


def everywhere(command: click.Command) -> click.Command:
    """Give a command, and all commands below it, what every command has."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            everywhere(below)
    runs = not isinstance(command, click.Group) or command.invoke_without_command
    if runs and command.callback is not None and not hasattr(command.callback, "_everywhere"):
        command.callback = _prepared(command.callback)
    return command


def _prepared(own: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(own)
    def callback(*args: Any, **given: Any) -> Any:
        from unclench.commands.lookover import look_over

        path = click.get_current_context().command_path.split()
        look_over(but=path)  # `programs` tells the mistakes in them itself
        return own(*args, **given)

    callback._everywhere = True  # type: ignore[attr-defined]  # modules stay loaded between runs
    return callback
