"""The command line. Errors end in one sentence on stderr and exit status 2."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from unclench import __version__, notices
from unclench.errors import UnclenchError
from unclench.translation import tr
from unclench.usage.groups import AllCommands

EXIT_INTERNAL = 1
EXIT_TROUBLE = 2
EXIT_INTERRUPTED = 130


@click.group(
    cls=AllCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=tr(
        "See muscle tension, learn what raises it, learn to let go.\n\n"
        "Without a command: `unclench live`, on a board if one is plugged in, else on the virtual "
        "board."
    ),
)
@click.version_option(__version__, prog_name="unclench")
def cli() -> None:
    """Hold all commands."""


def _ends() -> list[signal.Signals]:
    """Return the signals that end a command as Ctrl-C does, with everything written.

    Signals that were ignored at the start stay ignored: `nohup unclench record ... &` outlives
    its terminal.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    known = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]


def _end_once(number: int, frame: FrameType | None) -> None:
    """End the command; further signals do not interrupt what it writes then.

    `timeout -s INT` sends two at once, and an impatient person presses Ctrl-C twice.
    """
    for each in _ends():
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _show(notice: notices.Notice) -> None:
    click.echo(notices.words(notice), err=True)


def _complain(*sentences: str) -> None:
    click.echo(" ".join(("unclench:", *sentences)), err=True)


def main() -> None:
    """Run the command line and leave with its exit status."""
    for number in _ends():
        signal.signal(number, _end_once)
    output = sys.stdout
    try:
        with notices.fresh_run(_show):
            cli(standalone_mode=False)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "unclench"
        _complain(error.format_message(), tr("See `{command} --help`.", command=command))
        sys.exit(EXIT_TROUBLE)
    except (click.ClickException, UnclenchError) as error:
        from unclench import logs  # not imported for help

        logs.log_refusal(error)
        _complain(str(error))
        sys.exit(EXIT_TROUBLE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    except SystemExit:
        if sys.stdout is output:
            raise
        sys.exit(0)  # click replaces the output when `| head` has read enough
    except Exception as error:  # noqa: BLE001 - logged, and told in a sentence
        if isinstance(error, OSError) and error.filename is None:  # `... > /dev/full`
            why = error.strerror or error
            _complain(tr("The output cannot be written: {why}.", why=why))
            sys.exit(EXIT_TROUBLE)
        from unclench import logs

        _complain(logs.internal_error(error))
        sys.exit(EXIT_INTERNAL)
    finally:
        if stop := getattr(sys.modules.get("unclench.logs"), "stop", None):
            stop()


if __name__ == "__main__":
    main()
