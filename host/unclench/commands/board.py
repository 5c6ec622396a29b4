"""`unclench board ...`: install a board's firmware, set it, check it, calibrate it, find it."""

from __future__ import annotations

import re

import click
from rich.progress import TextColumn

from unclench.board.calibrate import calibrate, store_step
from unclench.board.files import MAIN, firmware_files
from unclench.board.install import BOOT, Plan, install
from unclench.board.settings import change
from unclench.board.step import StepEstimate
from unclench.board.words import codes
from unclench.commands.boardport import (
    FORGETS,
    board_name,
    choose_port,
    connected,
    dotted,
    has_person,
    print_stored,
    progress_bar,
)
from unclench.errors import InputError
from unclench.translation import trn
from unclench_wire import ids
from unclench_wire.messages import Hello


def run_install(port: str | None, yes: bool) -> None:
    """Install the firmware on a Pico that has MicroPython, or update it."""
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
        f"Files copied: {len(plan.copy)}; unchanged: {plan.same}; old ones removed: "
        f"{len(plan.stale)}. All files verified."
    )
    click.echo(f"The board is back: {_who(done.hello)}.")


def run_calibrate(port: str | None, channel: int, seconds: float, dry_run: bool) -> None:
    """Find the step at code 2047 of the board's converter, and store it on the board."""
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
            before = codes(hello.step_mlsb / 1000)
            click.echo(f"Not stored. The board still corrects by {before}.")
            return
        stored = store_step(connection, found.step_lsb)
        print_stored(
            f"Stored. The board now corrects by {codes(stored)} (before: "
            f"{hello.step_mlsb / 1000:g}).",
            forgets,
        )


def run_set(
    port: str | None,
    channels: int | None,
    rate_hz: int | None,
    gains: tuple[tuple[int, int], ...],
    defaults: bool,
) -> None:
    """Set how many channels a board has, its rate and its sensors' gains; show its settings."""
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


def run_blink(port: str | None, seconds: int) -> None:
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
    step = codes(hello.step_mlsb / 1000)
    corrected = f"corrected by {step} above code 2047" if hello.step_mlsb else "not corrected"
    click.echo(f"step      {corrected}")
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
    return trn(
        "firmware {version}, board {board_id}, {n} channel at {rate_hz:g} Hz",
        "firmware {version}, board {board_id}, {n} channels at {rate_hz:g} Hz",
        len(hello.channels),
        version=dotted(hello.firmware),
        board_id=hello.board_id.hex(),
        rate_hz=hello.fs_hz(),
    )
