"""`unclench board ...`: install a board's firmware, set it up, check, calibrate and find it."""

from __future__ import annotations

from typing import Any

import click

from unclench.translation import tr
from unclench.usage.boardcheck import check_command
from unclench.usage.groups import Group
from unclench.usage.options import board_option, port_option, seconds_option, yes_option
from unclench.usage.types import MAX_U32, Gain
from unclench_wire.ids import MAX_CHANNELS


@click.group(
    "board",
    cls=Group,
    invoke_without_command=True,
    help=tr("Install a board's firmware, set it up, check it and calibrate it."),
)
@click.pass_context
def board_command(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@board_command.command(
    "install",
    help=tr(
        "Install or update a board's firmware.\n\n"
        "The board is a Pico that runs MicroPython. Only files that differ are copied, and "
        "every file is verified; then the board "
        "restarts. If main.py is not unclench's, or you have edited it, you are asked, "
        "and it is kept beside the new one. Whatever runs on the board is interrupted."
    ),
)
@port_option
@yes_option
def install_command(**given: Any) -> None:
    from unclench.commands.board import run_install

    run_install(**given)


@board_command.command(
    "calibrate",
    help=tr(
        "Find and store the step of a board's converter.\n\n"
        "The converter of every RP2040 lacks code 2047, and its readings above are 0.6 to "
        "1.4 codes too high, just where a sensor rests. The step differs from chip to "
        "chip and stays the same, so once for each board is enough.\n\n"
        "Input: connect a powered sensor and keep the muscle relaxed, or connect its "
        "electrodes to each other. If the sensor rests near the step, its noise crosses "
        "the step by itself; many rest some tens of codes away. Then connect the middle "
        "pin of a potentiometer between 3V3 and GND instead, and turn it slowly back and "
        "forth across the middle (1.65 V) while this runs."
    ),
)
@board_option
@click.option(
    "--channel",
    type=click.IntRange(1, MAX_CHANNELS),
    default=1,
    show_default=True,
    metavar="K",
    help=tr("Channel whose input crosses the middle; the step is the same for all."),
)
@seconds_option(tr("How long to measure."), 10.0)
@click.option("--dry-run", is_flag=True, help=tr("Measure, and store nothing."))
def calibrate_command(**given: Any) -> None:
    from unclench.commands.board import run_calibrate

    run_calibrate(**given)


@board_command.command(
    "set",
    help=tr(
        "Set a board's channels, rate and gains; show its settings.\n\n"
        "The board keeps them without power. Without options they are only shown. "
        "--defaults also forgets the step that `calibrate` found and the noise that "
        "`check` stored."
    ),
)
@board_option
@click.option(
    "--channels",
    type=click.IntRange(0, 255),
    metavar="N",
    help=tr("Number of channels, from the first on."),
)
@click.option(
    "--rate",
    "rate_hz",
    type=click.IntRange(0, MAX_U32),
    metavar="HZ",
    help=tr("Samples per second."),
)
@click.option(
    "--gain",
    "gains",
    type=Gain(),
    multiple=True,
    metavar="K=G",
    help=tr("Gain G of the sensor on channel K, from 1; repeatable."),
)
@click.option(
    "--defaults", is_flag=True, help=tr("First forget everything that was set or stored.")
)
def set_command(**given: Any) -> None:
    from unclench.commands.board import run_set

    run_set(**given)


@board_command.command("blink", help=tr("Blink a board's light, to tell it from others."))
@board_option
@seconds_option(tr("How long to blink."), 5, click.IntRange(1, 255))
def blink_command(**given: Any) -> None:
    from unclench.commands.board import run_blink

    run_blink(**given)


board_command.add_command(check_command)
