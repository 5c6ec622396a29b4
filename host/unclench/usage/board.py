"""`unclench board ...`: install a board's firmware, set it, check it, calibrate it, find it."""

from __future__ import annotations

from typing import Any

import click

from unclench.usage.boardcheck import check_command
from unclench.usage.groups import Group
from unclench.usage.options import board_option, port_option, seconds_option, yes_option
from unclench.usage.types import MAX_U32, Gain
from unclench_wire.ids import MAX_CHANNELS


@click.group("board", cls=Group, invoke_without_command=True)
@click.pass_context
def board_command(ctx: click.Context) -> None:
    """Look after a board: install its firmware, set it, check it, calibrate it."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@board_command.command("install")
@port_option
@yes_option
def install_command(**given: Any) -> None:
    """Install the firmware on a Pico that has MicroPython, or update it.

    Only what differs is copied, every file is verified, then the board is restarted. A main.py that
    is not unclench's, or that you have edited, is kept beside the new one, after asking. Whatever
    runs on the board is interrupted.
    """
    from unclench.commands.board import run_install

    run_install(**given)


@board_command.command("calibrate")
@board_option
@click.option(
    "--channel",
    type=click.IntRange(1, MAX_CHANNELS),
    default=1,
    show_default=True,
    metavar="K",
    help="Whose input crosses the middle; the step is the same for all.",
)
@seconds_option("How long.", 10.0)
@click.option("--dry-run", is_flag=True, help="Measure, and store nothing.")
def calibrate_command(**given: Any) -> None:
    """Find the step at code 2047 of the board's converter, and store it on the board.

    The converter of every RP2040 lacks code 2047, and its readings above are too high by 0.6 to 1.4
    codes: just where a sensor rests. The step differs from chip to chip and stays, so this is done
    once for each board.

    What to do with the input: connect a powered sensor and keep the muscle relaxed, or its
    electrodes connected to each other. If it rests near the step, its noise crosses it by itself;
    many rest some tens of codes away. Then connect the middle pin of a potentiometer between 3V3
    and GND, and turn it slowly back and forth across the middle (1.65 V) while this runs.
    """
    from unclench.commands.board import run_calibrate

    run_calibrate(**given)


@board_command.command("set")
@board_option
@click.option(
    "--channels", type=click.IntRange(0, 255), metavar="N", help="How many, from the first on."
)
@click.option(
    "--rate", "rate_hz", type=click.IntRange(0, MAX_U32), metavar="HZ", help="Samples a second."
)
@click.option(
    "--gain",
    "gains",
    type=Gain(),
    multiple=True,
    metavar="K=G",
    help="Gain G of the sensor on channel K, from 1; repeatable.",
)
@click.option("--defaults", is_flag=True, help="First of all, forget all that was set or stored.")
def set_command(**given: Any) -> None:
    """Set how many channels a board has, its rate and its sensors' gains; show its settings.

    They are kept on the board, without power too. Without options they are only shown. --defaults
    also forgets the step that `calibrate` found and the noise that `check` stored.
    """
    from unclench.commands.board import run_set

    run_set(**given)


@board_command.command("blink")
@board_option
@seconds_option("How long.", 5, click.IntRange(1, 255))
def blink_command(**given: Any) -> None:
    """Let a board's light blink, to tell it from others."""
    from unclench.commands.board import run_blink

    run_blink(**given)


board_command.add_command(check_command)
