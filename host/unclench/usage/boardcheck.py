"""`unclench board check`: a whole board in ten seconds, or one step of bench acceptance."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from unclench.board.bench.steps import STEP_OF, STEPS, Step
from unclench.board.limits import MIN_SECONDS, TONE_BEST_HZ
from unclench.translation import tr
from unclench.usage.groups import InOrder
from unclench.usage.options import A_PATH, board_option, json_option, seconds_option, yes_option
from unclench_wire.ids import MAX_CHANNELS

_STATUS = tr("Exit status: 0 good or usable, 1 not usable or not measured, 2 an error.")

keep_option = click.option(
    "--keep",
    "file",
    type=A_PATH,
    metavar="FILE",
    help=tr(
        "Sheet to add to, .json (default: unclench-bench-BOARD.json in this folder). A page with "
        "the same name, .html, is made from it."
    ),
)
_signal_seconds = seconds_option(
    tr("Seconds of signal."), 10.0, click.FloatRange(MIN_SECONDS, 300.0)
)  # a minute already shows everything


@click.group(
    "check",
    cls=InOrder,
    invoke_without_command=True,
    subcommand_metavar="[STEP] [...]",
    help=tr(
        "Measure and judge a board.\n\n"
        "That is its rate, losses, answers, noise and levels. Measure the noise with the "
        "sensor's electrodes connected to each other. "
        "--store-noise stores it on the board, and every tension is then shown against "
        "it.\n\n"
        "With a STEP: one step of bench acceptance, kept on a sheet. The project's "
        "hardware/acceptance.md describes all steps.\n\n"
        "--share prints a table in Markdown, to send in as a record of tested hardware: "
        "versions and figures, no names.\n\n"
        "Exit status: 0 good or usable, 1 not usable, 2 an error."
    ),
)
@board_option
@seconds_option(tr("Seconds of signal."), 10.0, click.FloatRange(MIN_SECONDS, 3600.0))
@click.option("--json", "form", flag_value="json", help=tr("Print JSON."))
@click.option(
    "--share",
    "form",
    flag_value="markdown",
    help=tr("Print a record of tested hardware to send in, without names."),
)
@click.option(
    "--store-noise", "store", is_flag=True, help=tr("Store the measured noise on the board.")
)
@yes_option
@click.pass_context
def check_command(ctx: click.Context, /, **given: Any) -> None:
    if ctx.invoked_subcommand is not None:
        _refuse_misplaced(ctx)
        return
    from unclench.commands.boardcheck import run

    run(**given)


def _refuse_misplaced(ctx: click.Context) -> None:
    """Raise UsageError for an option before the step's name, where it would be lost."""
    for param in ctx.command.params:
        if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                tr(
                    "{option} goes after the step: `unclench board check {step} {option} ...`.",
                    option=param.opts[0],
                    step=ctx.invoked_subcommand,
                )
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


@click.command(
    "signal",
    short_help=STEP_OF["signal"].title,
    help=tr(
        "Feed a known signal into one sensor, and compare it with what the board reads.\n\n"
        "A sine of --mv millivolts RMS, measured with a multimeter in front of a divider, "
        "goes into the electrodes of sensor --channel. The gain is good if the reading is "
        "within 5 % of the expected value. Only on the bench, never on a body."
    )
    + f"\n\n{_STATUS}",
)
@board_option
@click.option(
    "--mv", type=float, required=True, metavar="MV", help=tr("Millivolts RMS at the source.")
)
@click.option(
    "--divider",
    type=float,
    default=1001.0,
    show_default=True,
    metavar="N",
    help=tr("Ratio of the divider in front of the electrodes; 1001 is 100 kohm over 100 ohm."),
)
@click.option(
    "--hz",
    type=float,
    default=TONE_BEST_HZ,
    show_default=True,
    metavar="HZ",
    help=tr("Frequency of the signal."),
)
@click.option(
    "--channel",
    type=click.IntRange(1, MAX_CHANNELS),
    default=1,
    show_default=True,
    metavar="K",
    help=tr("Channel of the sensor that it is fed into."),
)
@_signal_seconds
@keep_option
@json_option
@yes_option
def signal_command(**given: Any) -> None:
    from unclench.commands.boardbench import run_signal

    run_signal(**given)


@click.command(
    "sheet",
    short_help=tr("A sheet, and which steps are missing"),
    help=tr("Show what a sheet holds, which steps are missing, and its verdict.")
    + f"\n\n{_STATUS}",
)
@click.argument("file", type=A_PATH)
@json_option
def sheet_command(**given: Any) -> None:
    from unclench.commands.boardbench import run_sheet

    run_sheet(**given)


for _step in STEPS:
    check_command.add_command(signal_command if _step.name == "signal" else _plain(_step))
check_command.add_command(sheet_command)
