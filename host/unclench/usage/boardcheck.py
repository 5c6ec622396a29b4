"""`unclench board check`: a whole board in ten seconds, and the steps of the bench behind it."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from unclench.board.bench.steps import STEP_OF, STEPS, Step
from unclench.board.limits import MIN_SECONDS, TONE_BEST_HZ
from unclench.usage.groups import InOrder
from unclench.usage.options import A_PATH, board_option, json_option, seconds_option, yes_option
from unclench_wire.ids import MAX_CHANNELS

_STATUS = "Exit status: 0 good or usable, 1 not usable or not measured, 2 an error."

keep_option = click.option(
    "--keep",
    "file",
    type=A_PATH,
    metavar="FILE",
    help="The sheet, .json; unclench-bench-BOARD.json in this folder unless given. A page with the "
    "same name, .html, is made from it.",
)
_signal_seconds = seconds_option(
    "Seconds of signal.", 10.0, click.FloatRange(MIN_SECONDS, 300.0)
)  # a minute already tells all there is


@click.group("check", cls=InOrder, invoke_without_command=True, subcommand_metavar="[STEP] [...]")
@board_option
@seconds_option("Seconds of signal.", 10.0, click.FloatRange(MIN_SECONDS, 3600.0))
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option(
    "--share", "form", flag_value="markdown", help="Print a record to send in; it names nobody."
)
@click.option(
    "--store-noise", "store", is_flag=True, help="Store the measured noise as the board's own."
)
@yes_option
@click.pass_context
def check_command(ctx: click.Context, /, **given: Any) -> None:
    """Measure a board: its rate, losses, answers, noise and levels; say what they are worth.

    The noise that counts is the one with the sensor's electrodes connected to each other. Stored
    with --store-noise it is what every tension is shown against.

    With a STEP: one step of bench acceptance, kept on a sheet. All of them are in the project's
    folder hardware/, in acceptance.md.

    --share prints it as a table in Markdown, to send in as a record of tested hardware: versions
    and figures, no names.

    Exit status: 0 good or usable, 1 not usable, 2 an error.
    """
    if ctx.invoked_subcommand is not None:
        _refuse_misplaced(ctx)
        return
    from unclench.commands.boardcheck import run

    run(**given)


def _refuse_misplaced(ctx: click.Context) -> None:
    """An option before the name of a step would be lost. Raises UsageError."""
    for param in ctx.command.params:
        if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{param.opts[0]} belongs behind the step: `unclench board check "
                f"{ctx.invoked_subcommand} {param.opts[0]} ...`."
            )


def _plain(step: Step) -> click.Command:
    """Command of a step without options of its own."""

    @click.command(
        step.name, help=f"{step.shows}\n\n{step.connect}\n\n{_STATUS}", short_help=step.title
    )
    @board_option
    @_signal_seconds
    @keep_option
    @json_option
    @yes_option
    def command(**given: Any) -> None:
        from unclench.commands.boardbench import run_step

        run_step(step.name, **given)

    return command


@click.command("signal", short_help=STEP_OF["signal"].title)
@board_option
@click.option("--mv", type=float, required=True, metavar="MV", help="Millivolts RMS at the source.")
@click.option(
    "--divider",
    type=float,
    default=1001.0,
    show_default=True,
    metavar="N",
    help="Source against electrodes; 1001 is 100 kohm over 100 ohm.",
)
@click.option(
    "--hz", type=float, default=TONE_BEST_HZ, show_default=True, metavar="HZ", help="Its frequency."
)
@click.option(
    "--channel",
    type=click.IntRange(1, MAX_CHANNELS),
    default=1,
    show_default=True,
    metavar="K",
    help="Which sensor it is fed into.",
)
@_signal_seconds
@keep_option
@json_option
@yes_option
def signal_command(**given: Any) -> None:
    """Feed a known signal into one sensor, and compare what the board makes of it.

    A sine of --mv millivolts RMS, measured with a multimeter in front of a divider, goes into the
    electrodes of sensor --channel. Its gain is good if the board reads within 5 % of what it must.
    Only on the bench, never on a body.

    Exit status: 0 good or usable, 1 not usable or not measured, 2 an error.
    """
    from unclench.commands.boardbench import run_signal

    run_signal(**given)


@click.command("sheet", short_help="What a kept sheet holds, and which steps are missing")
@click.argument("file", type=A_PATH)
@json_option
def sheet_command(**given: Any) -> None:
    """Show what a kept sheet holds, which steps are missing, and what it comes to.

    Exit status: 0 good or usable, 1 not usable or not measured, 2 an error.
    """
    from unclench.commands.boardbench import run_sheet

    run_sheet(**given)


for _step in STEPS:
    check_command.add_command(signal_command if _step.name == "signal" else _plain(_step))
check_command.add_command(sheet_command)
