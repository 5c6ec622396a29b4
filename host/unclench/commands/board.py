"""`unclench board ...`: install a board's firmware, check it, calibrate it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from unclench.board.calibrate import calibrate, store_step
from unclench.board.check import MIN_SECONDS, CheckResult, check_board, store_noise
from unclench.board.files import MAIN, firmware_files
from unclench.board.install import BOOT, Plan, install
from unclench.board.step import StepEstimate
from unclench.board.verdict import judge, overall, to_json
from unclench.commands.options import Seconds
from unclench.errors import InputError, SourceError
from unclench.link import discovery
from unclench.link.connection import Connection
from unclench.link.transport import TransportClosed
from unclench.sources import open_source
from unclench_wire.messages import Hello

_COLOURS = {"good": "green", "usable": "yellow", "not usable": "red"}

port_option = click.option(
    "--port", metavar="PORT", help="A serial port or URL; the one Pico found unless given."
)
source_option = click.option(
    "--port",
    metavar="PORT",
    help="A serial port, URL or sim:NAME; the one Pico found unless given.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group("board")
def board_command() -> None:
    """Look after a board: install its firmware, check it, calibrate it."""


@board_command.command("install")
@port_option
@yes_option
def install_command(port: str | None, yes: bool) -> None:
    """Install the firmware on a Pico that has MicroPython, or update it.

    Only what differs is copied, every file is verified, then the board is restarted. A main.py that
    is not unclench's is kept beside the new one, after asking. Whatever runs on the board is
    interrupted.
    """
    port = _choose(port)

    def agree(plan: Plan) -> bool:
        if plan.foreign_boot:
            click.echo(f"The board has a {BOOT} of its own; it runs first and stays.", err=True)
        if plan.foreign_main is None or yes:
            return True
        if not _has_person():
            raise InputError(
                f"{MAIN} on the board at {port} is not unclench's: add --yes to keep it as "
                f"{plan.foreign_main} and install."
            )
        progress.stop()
        return click.confirm(
            f"{MAIN} on the board is not unclench's. Keep it as {plan.foreign_main} and install?"
        )

    progress = _progress("{task.fields[what]}")
    with progress:
        task = progress.add_task("", total=None, what="")
        done = install(
            port,
            firmware_files(),
            agree=agree,
            progress=lambda what, n, total: progress.update(
                task, what=what, completed=n, total=total or None
            ),
        )
    if done is None:
        click.echo("Nothing was changed.")
        return
    plan, runs = done.plan, done.plan.interpreter
    click.echo(f"MicroPython {_dotted(runs.version)} on {runs.machine}.")
    if plan.foreign_main is not None:
        click.echo(f"The main.py that was there is now {plan.foreign_main}.")
    click.echo(
        f"{len(plan.copy)} files copied, {plan.same} were there already, {len(plan.stale)} old "
        "ones removed; all verified."
    )
    click.echo(f"The board is back: {_who(done.hello)}.")


@board_command.command("check")
@source_option
@click.option(
    "--seconds",
    type=click.FloatRange(MIN_SECONDS, 3600),
    default=10.0,
    show_default=True,
    metavar="N",
    help="Seconds of signal.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.option(
    "--store-noise", "store", is_flag=True, help="Store the measured noise as the board's own."
)
@yes_option
def check_command(port: str | None, seconds: float, as_json: bool, store: bool, yes: bool) -> None:
    """Measure a board: its rate, losses, answers, noise and levels; say what they are worth.

    The noise that counts is the one with the sensor's electrodes connected to each other. Stored
    with --store-noise it is what every tension is shown against.
    """
    if not seconds == seconds:  # click lets "nan" through
        raise InputError("--seconds needs a number.")
    with _connected(port) as (connection, hello):
        progress = _progress("checking")
        with progress:
            task = progress.add_task("", total=seconds)
            result = check_board(
                connection,
                seconds,
                hello=hello,
                progress=lambda signal_s: progress.update(task, completed=signal_s),
            )
        if as_json:
            click.echo(to_json(result))
        else:
            _print(result)
        if not store:
            return
        if not yes:
            if not _has_person():
                raise InputError(
                    "The noise is not stored: add --yes if the electrodes see no muscle (they are "
                    "connected to each other)."
                )
            if not click.confirm(
                "Are the sensor's electrodes connected to each other, so that they see no muscle?",
                err=True,
            ):
                click.echo("Nothing was stored.", err=True)
                return
        stored = store_noise(connection, result)
        told = ", ".join(f"{channel.noise_nv / 1000:.2f} uV" for channel in stored.channels)
        click.echo(f"Stored as the board's own noise: {told}.", err=as_json)


@board_command.command("calibrate")
@source_option
@click.option(
    "--channel",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="Whose input crosses the middle; the step is the same for all.",
)
@click.option(
    "--seconds", type=Seconds(), default=10.0, show_default=True, metavar="N", help="How long."
)
@click.option("--dry-run", is_flag=True, help="Measure, and store nothing.")
def calibrate_command(port: str | None, channel: int, seconds: float, dry_run: bool) -> None:
    """Find the step at code 2047 of the board's converter, and store it on the board.

    The converter of every RP2040 lacks code 2047, and its readings above are too high by 0.6 to 1.4
    codes: just where a sensor rests. The step differs from chip to chip and stays, so this is done
    once for each board.

    What to do with the input: connect a powered sensor and keep the muscle relaxed, or its
    electrodes connected to each other: its noise then crosses the step by itself. Or
    connect the middle pin of a potentiometer between 3V3 and GND, and turn it slowly back and
    forth across the middle (1.65 V) while this runs.
    """
    with _connected(port) as (connection, hello):
        progress = _progress("calibrating", TextColumn("{task.fields[found]}"))
        with progress:
            task = progress.add_task("", total=seconds, found="")

            def tell(done_s: float, found: StepEstimate | None, why: str) -> None:
                words = why if found is None else _estimate(found)
                progress.update(task, completed=done_s, found=words)

            found = calibrate(connection, channel - 1, seconds, tell)
        click.echo(
            f"The step at code 2047 is {_estimate(found)}, by {found.readings} readings around "
            f"code {found.level_code:.1f}."
        )
        if dry_run:
            click.echo(f"Not stored; the board takes off {hello.step_mlsb / 1000:g} codes.")
            return
        stored = store_step(connection, found.step_lsb)
        click.echo(
            f"Stored: the board takes off {stored:g} codes from now on "
            f"(before: {hello.step_mlsb / 1000:g})."
        )


def _choose(port: str | None) -> str:
    """Return the port given, or the one Pico that is plugged in."""
    if port is not None and port != "auto":
        return port
    found = discovery.candidate_ports()
    if len(found) == 1:
        return found[0][0]
    if not found:
        raise InputError(
            "No board found: no USB device with the identity of a Raspberry Pi Pico "
            f"({discovery.USB_VID:04X}:{discovery.USB_PID:04X}) is plugged in; plug one in, or "
            "name its port with --port."
        )
    ports = ", ".join(f"{name} ({number or 'no serial number'})" for name, number in found)
    raise InputError(f"{len(found)} boards are plugged in: {ports}; choose one with --port.")


@contextlib.contextmanager
def _connected(port: str | None) -> Iterator[tuple[Connection, Hello]]:
    """A board that has said hello, stopped and let go of at the end, also by Ctrl-C."""
    source = open_source(_choose(port))
    try:
        if source.recording:
            raise InputError(f"{port} is a recording; give the port of a board, or sim:NAME.")
        connection = Connection(source.open(), source.name)
        try:
            hello = connection.handshake()
        except BaseException:
            connection.transport.close()  # and no word to what may not be a board of ours
            raise
        try:
            yield connection, hello
        except TransportClosed as error:
            raise SourceError(
                f"The board on {source.name} went away: {error}; plug it in again and repeat the "
                "command."
            ) from error
        finally:
            connection.close()
    finally:
        source.close()


def _print(result: CheckResult) -> None:
    kind = "virtual, without electrodes, " if result.virtual else ""
    console = Console()
    items = judge(result)
    console.print(
        f"{result.label or 'A board without a label'} on {result.name}: {kind}firmware "
        f"{result.firmware}, board {result.board_id}, protocol level {result.level}, "
        f"{result.seconds:.1f} s of signal",
        highlight=False,
        markup=False,
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    for item in items:
        found = Text(item.found)
        if item.advice:
            found.append(f"\n{item.advice}", style="italic")
        table.add_row(item.name, Text(item.verdict, style=_COLOURS[item.verdict]), found)
    console.print(table)
    verdict = overall(items)
    why = ", ".join(item.name for item in items if item.verdict == verdict)
    rest = "" if verdict == "good" else f" ({why})"
    console.print(Text(f"This board is {verdict}{rest}.", style=_COLOURS[verdict]))


def _has_person() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty()


def _progress(words: str, *columns: TextColumn) -> Progress:
    return Progress(
        TextColumn(words),
        BarColumn(),
        *columns,
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def _estimate(found: StepEstimate) -> str:
    return f"{found.step_lsb:.3f} +- {found.stderr_lsb:.3f} codes"


def _who(hello: Hello) -> str:
    return (
        f"firmware {_dotted(hello.firmware)}, board {hello.board_id.hex()}, "
        f"{len(hello.channels)} channel(s) at {hello.fs_hz():g} Hz"
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
