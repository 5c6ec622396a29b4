"""The command line. What goes wrong ends in one sentence on stderr and exit status 2."""

from __future__ import annotations

import signal
import sys

import click

from unclench import __version__
from unclench.commands.analyze import analyze_command
from unclench.commands.board import board_command
from unclench.commands.calibrate import calibrate_command
from unclench.commands.devices import devices_command
from unclench.commands.export import export_command
from unclench.commands.history import history_command
from unclench.commands.import_ import import_command
from unclench.commands.live import live_command
from unclench.commands.programs import programs_command
from unclench.commands.record import record_command
from unclench.commands.report import report_command
from unclench.commands.review import review_command
from unclench.commands.session import session_command
from unclench.commands.sessions import sessions_command
from unclench.commands.simulate import simulate_command
from unclench.commands.trial import trial_command
from unclench.commands.watch import watch_command
from unclench.errors import UnclenchError

EXIT_TROUBLE = 2
EXIT_INTERRUPTED = 130


class _LiveByDefault(click.Group):
    """`unclench` and `unclench --source ...` mean `unclench live ...`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["live", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_LiveByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unclench")
def cli() -> None:
    """See muscle tension, learn what raises it, learn to let go.

    Without a command: `unclench live`, on a board if one is plugged in, else on the virtual board.
    """


for _command in (
    *(live_command, session_command, calibrate_command, programs_command, watch_command),
    *(sessions_command, review_command, report_command, history_command, trial_command),
    *(record_command, analyze_command, import_command, export_command),
    *(devices_command, board_command, simulate_command),
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line and leave with its exit status."""
    # A session that is told to end ends as with Ctrl-C: everything is written.
    for number in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, number):
            signal.signal(getattr(signal, number), signal.default_int_handler)
    try:
        cli(standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "unclench"
        click.echo(f"unclench: {error.format_message()} See `{command} --help`.", err=True)
        sys.exit(EXIT_TROUBLE)
    except (click.ClickException, UnclenchError) as error:
        click.echo(f"unclench: {error}", err=True)
        sys.exit(EXIT_TROUBLE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:  # `unclench analyze ... | head`
        sys.stderr.close()
        sys.exit(EXIT_TROUBLE)
    except OSError as error:  # `unclench analyze ... > /dev/full`
        click.echo(f"unclench: The output cannot be written: {error.strerror or error}.", err=True)
        sys.exit(EXIT_TROUBLE)


if __name__ == "__main__":
    main()
