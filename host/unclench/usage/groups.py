"""Groups of commands that guess what a mistyped name meant; old names of options."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from unclench.translation import tr

COMMANDS = {
    "live": tr("Watch live tension in a window or in the terminal."),
    "session": tr("Train with a guided program."),
    "calibrate": tr("Measure rest and a reference contraction."),
    "programs": tr("List, show and check training programs."),
    "watch": tr("Watch tension all day, with alerts."),
    "sessions": tr("List, rename, tag, delete and back up sessions."),
    "review": tr("Look at recorded sessions."),
    "report": tr("Make a page of a session, or of all sessions."),
    "history": tr("Show tension over weeks, and what raises it."),
    "trial": tr("Test on yourself whether feedback helps."),
    "record": tr("Record a source into a session folder."),
    "analyze": tr("Print the tension figures of a recording."),
    "import": tr("Import a recording of another program."),
    "export": tr("Export a session for other programs."),
    "devices": tr("List the boards that are plugged in."),
    "board": tr("Install, set up, check and calibrate a board."),
    "doctor": tr("Report on this computer, for a bug report."),
    "simulate": tr("Run the virtual board on a port."),
}
OLD_NAMES_GO_WITH = "0.3"  # the release that no longer accepts old names of options
_MODULES = {"import": "import_"}  # a reserved word of Python


class Group(click.Group):
    """Suggests the command that a mistyped one may have meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named. Raises UsageError if there is none."""
        if self.get_command(ctx, args[0]) is None and (meant := self.like(ctx, args[0])):
            names = tr(" or ").join(repr(name) for name in meant)
            ctx.fail(
                tr("No such command {typed!r}. Did you mean {names}?", typed=args[0], names=names)
            )
        return super().resolve_command(ctx, args)

    def like(self, ctx: click.Context, name: str) -> list[str]:
        """Return the commands that are spelt almost like this, the most alike first."""
        return get_close_matches(name, self.list_commands(ctx))


class Renaming(click.Command):
    """Accepts some options under their old names for one more release, with a hint.

    Parameters
    ----------
    old
        The current name for each old name.
    """

    def __init__(self, *arguments: Any, old: dict[str, str], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.old = old

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Replace old names by current ones."""
        ours = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [*map(self._today, args[:ours]), *args[ours:]])

    def _today(self, word: str) -> str:
        name, equals, value = word.partition("=")
        if name not in self.old:
            return word
        now = self.old[name]
        click.echo(
            tr(
                "{old} is now called {new}; unclench {release} drops the old name.",
                old=name,
                new=now,
                release=OLD_NAMES_GO_WITH,
            ),
            err=True,
        )
        return f"{now}{equals}{value}"


class AllCommands(Group):
    """Loads a command only when it is needed, so that its help does not wait for the others.

    `unclench` and `unclench --source ...` mean `unclench live ...`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        from unclench.usage.everywhere import everywhere

        module = import_module(f"unclench.usage.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return everywhere(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, importing none of them."""
        with formatter.section(tr("Commands")):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `live` in front where no command is named."""
        own = {"--help", "-h", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["live", *args]
        return super().parse_args(ctx, args)


class ListByDefault(Group):
    """`unclench sessions` and `unclench sessions DIR ...` mean `unclench sessions list ...`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front where no command is named."""
        known = {*self.commands, "--help", "-h"}
        if not args or (args[0] not in known and not self._mistyped(ctx, args[0])):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def _mistyped(self, ctx: click.Context, word: str) -> bool:
        return bool(self.like(ctx, word)) and not Path(word).exists()


class InOrder(Group):
    """Lists its commands in the order of their use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        return list(self.commands)
