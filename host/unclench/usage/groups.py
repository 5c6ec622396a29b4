"""Groups of commands: one that loads its commands late, one that lists by default, one in order."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "live": "Watch live tension in a window or in the terminal.",
    "session": "Be guided through a training program.",
    "calibrate": "Measure rest and a reference contraction.",
    "programs": "List, show and check training programs.",
    "watch": "Watch tension all day, with alerts.",
    "sessions": "List, rename, tag, delete and back up sessions.",
    "review": "Look at recorded sessions on the screen.",
    "report": "Make a page of a session, or of all of them.",
    "history": "Tension over weeks, and what raises it.",
    "trial": "Test on yourself whether feedback helps.",
    "record": "Record a source into a session folder.",
    "analyze": "Print the tension in a recording.",
    "import": "Bring in another program's recording.",
    "export": "Write a session for other programs.",
    "devices": "List the boards that are plugged in.",
    "board": "Install, set up, check and calibrate a board.",
    "simulate": "Run the virtual board on a port.",
}
_MODULES = {"import": "import_"}  # a name that Python keeps to itself


class AllCommands(click.Group):
    """Loads a command when it is asked for, so that its help does not wait for the others.

    `unclench` and `unclench --source ...` mean `unclench live ...`.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"unclench.usage.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `live` in front where no command is named."""
        own = {"--help", "-h", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["live", *args]
        return super().parse_args(ctx, args)


class ListByDefault(click.Group):
    """`unclench sessions` and `unclench sessions DIR ...` mean `unclench sessions list ...`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front where no command is named."""
        if not args or args[0] not in {*self.commands, "--help", "-h"}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


class InOrder(click.Group):
    """Lists its commands in the order in which they are done."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        return list(self.commands)
