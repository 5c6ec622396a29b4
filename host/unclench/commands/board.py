"""`unclench board ...`: install a board's firmware, set it, check it, calibrate it, find it."""

from __future__ import annotations

import re
from typing import Any

import click
from rich.progress import TextColumn

from unclench.board.calibrate import calibrate, store_step
from unclench.board.files import MAIN, firmware_files
from unclench.board.install import BOOT, Plan, install
from unclench.board.settings import change
from unclench.board.step import StepEstimate
from unclench.board.words import counted
from unclench.commands.boardcheck import check_command
from unclench.commands.boardport import (
    FORGETS,
    board_name,
    choose_port,
    connected,
    dotted,
    has_person,
    port_option,
    progress_bar,
    say_stored,
    source_option,
    yes_option,
)
from unclench.commands.options import Seconds
from unclench.errors import InputError
from unclench_wire import ids
from unclench_wire.messages import Hello

_MAX_CHANNELS = 3  # PROTOCOL.md 2.2
_MAX_U32 = 0xFFFFFFFF


class _Gain(click.ParamType):  # type: ignore[type-arg]  # generic in some versions of click
    """K=G: a channel from 1, and the gain of its sensor, to a thousandth."""

    name = "K=G"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return channel and gain in thousandths, or fail with a sentence."""
        number, _, gain = str(value).partition("=")
        try:
            channel, gain_milli = int(number), round(float(gain) * 1000)
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is no channel with its gain: give K=G, as in 1=200.", param, ctx)
        if not 1 <= channel <= _MAX_CHANNELS:
            self.fail(f"channel {channel} is not in the range 1<=x<={_MAX_CHANNELS}.", param, ctx)
        if not 0 <= gain_milli <= _MAX_U32:
            self.fail(f"no sensor has the gain {gain}.", param, ctx)
        return channel, gain_milli


@click.group("board", invoke_without_command=True)
@click.pass_context
def board_command(ctx: click.Context) -> None:
    """Look after a board: install its firmware, set it, check it, calibrate it."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@board_command.command("install")
@port_option
@yes_option
def install_command(port: str | None, yes: bool) -> None:
    """Install the firmware on a Pico that has MicroPython, or update it.

    Only what differs is copied, every file is verified, then the board is restarted. A main.py that
    is not unclench's, or that you have edited, is kept beside the new one, after asking. Whatever
    runs on the board is interrupted.
    """
    if port is not None and re.match(r"sim([:?]|$)", port):
        raise InputError(
            f"{port} is a virtual board and takes no firmware: give --port the port of a Pico."
        )
    port = choose_port(port)

    def agree(plan: Plan) -> bool:
        if plan.foreign_boot:
            click.echo(f"The board has a {BOOT} of its own; it runs first and stays.", err=True)
        if plan.foreign_main is None or yes:
            return True
        if not has_person():
            raise InputError(
                f"{MAIN} on the board at {port} is not unclench's: add --yes to keep it as "
                f"{plan.foreign_main} and install."
            )
        progress.stop()
        return click.confirm(
            f"{MAIN} on the board is not unclench's. Keep it as {plan.foreign_main} and install?"
        )

    progress = progress_bar("{task.fields[what]}")
    with progress:
        task = progress.add_task("", total=None, what="")
        done = install(
            port,
            firmware_files(),
            agree=agree,
            progress=lambda what, n, total: progress.update(
                task, what=what, completed=n, total=total or None
            ),
            warn=lambda sentence: click.echo(sentence, err=True),
        )
    if done is None:
        click.echo("Nothing was changed.")
        return
    plan, runs = done.plan, done.plan.interpreter
    click.echo(f"MicroPython {dotted(runs.version)} on {runs.machine}.")
    if plan.foreign_main is not None:
        click.echo(f"The main.py that was there is now {plan.foreign_main}.")
    click.echo(
        f"{counted(len(plan.copy), 'files')} copied, {plan.same} "
        f"{'was' if plan.same == 1 else 'were'} there already, "
        f"{counted(len(plan.stale), 'old ones')} removed; all verified."
    )
    click.echo(f"The board is back: {_who(done.hello)}.")


board_command.add_command(check_command)


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
    electrodes connected to each other. If it rests near the step, its noise crosses it by itself;
    many rest some tens of codes away. Then connect the middle pin of a potentiometer between 3V3
    and GND, and turn it slowly back and forth across the middle (1.65 V) while this runs.
    """
    with connected(port) as (connection, hello, forgets):
        progress = progress_bar("calibrating", TextColumn("{task.fields[found]}"))
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
            before = counted(hello.step_mlsb / 1000, "codes")
            click.echo(f"Not stored; the board takes off {before}.")
            return
        stored = store_step(connection, found.step_lsb)
        say_stored(
            f"Stored: the board takes off {counted(stored, 'codes')} from now on "
            f"(before: {hello.step_mlsb / 1000:g}).",
            forgets,
        )


@board_command.command("set")
@source_option
@click.option(
    "--channels", type=click.IntRange(0, 255), metavar="N", help="How many, from the first on."
)
@click.option(
    "--rate", "rate_hz", type=click.IntRange(0, _MAX_U32), metavar="HZ", help="Samples a second."
)
@click.option(
    "--gain",
    "gains",
    type=_Gain(),
    multiple=True,
    metavar="K=G",
    help="Gain G of the sensor on channel K, from 1; repeatable.",
)
@click.option("--defaults", is_flag=True, help="First of all, forget all that was set or stored.")
def set_command(
    port: str | None,
    channels: int | None,
    rate_hz: int | None,
    gains: tuple[tuple[int, int], ...],
    defaults: bool,
) -> None:
    """Set how many channels a board has, its rate and its sensors' gains; show its settings.

    They are kept on the board, without power too. Without options they are only shown. --defaults
    also forgets the step that `calibrate` found and the noise that `check` stored.
    """
    with connected(port) as (connection, before, forgets):
        gain_milli = {channel - 1: gain for channel, gain in gains}
        now = change(
            connection,
            before,
            defaults=defaults,
            channels=channels,
            rate_hz=rate_hz,
            gain_milli=gain_milli,
        )
        _show(now, connection.name)
        n = len(now.channels)
        for channel in gain_milli:
            if channel >= n:
                click.echo(f"Channel {channel + 1} is not on; its gain is kept for when it is.")
        if (
            any(channel.noise_nv for channel in now.channels)
            and not forgets
            and (_instrument(now)[:n] != _instrument(before)[:n])
        ):
            click.echo(
                "The noise was stored under other settings: measure it anew with `unclench board "
                "check --store-noise`."
            )
        if forgets and (defaults or gains or channels is not None or rate_hz is not None):
            click.echo(FORGETS)


@board_command.command("blink")
@source_option
@click.option(
    "--seconds",
    type=click.IntRange(1, 255),
    default=5,
    show_default=True,
    metavar="N",
    help="How long.",
)
def blink_command(port: str | None, seconds: int) -> None:
    """Let a board's light blink, to tell it from others."""
    with connected(port) as (connection, hello, _):
        connection.command(ids.CMD_BLINK, bytes([seconds]))
        click.echo(f"{board_name(hello, connection.name)} blinks for {seconds} s.")
        if hello.flags & ids.FLAG_VIRTUAL:
            click.echo("It is virtual and has no light.")


def _show(hello: Hello, port: str) -> None:
    """What a board says of itself."""
    click.echo(f"{board_name(hello, port)}, firmware {dotted(hello.firmware)}")
    click.echo(f"channels  {len(hello.channels)}")
    click.echo(f"rate      {hello.fs_hz():g} Hz")
    for number, channel in enumerate(hello.channels, start=1):
        click.echo(f"gain {number}    {channel.gain_milli / 1000:g}")
    codes = counted(hello.step_mlsb / 1000, "codes")
    taken = f"{codes} taken off above code 2047" if hello.step_mlsb else "not taken off"
    click.echo(f"step      {taken}")
    for number, channel in enumerate(hello.channels, start=1):
        noise_uv = channel.noise_nv / 1000
        stored = f"{noise_uv:.2f} uV RMS stored" if channel.noise_nv else "not measured"
        click.echo(f"noise {number}   {stored}")


def _instrument(hello: Hello) -> list[tuple[float, int, int]]:
    """What the noise of each channel goes by."""
    return [(hello.fs_hz(), hello.oversampling, channel.gain_milli) for channel in hello.channels]


def _estimate(found: StepEstimate) -> str:
    return f"{found.step_lsb:.3f} +- {found.stderr_lsb:.3f} codes"


def _who(hello: Hello) -> str:
    return (
        f"firmware {dotted(hello.firmware)}, board {hello.board_id.hex()}, "
        f"{counted(len(hello.channels), 'channels')} at {hello.fs_hz():g} Hz"
    )
