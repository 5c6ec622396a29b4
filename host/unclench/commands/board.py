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
from unclench.board.words import codes, correction, topic_words
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
from unclench.translation import tr, trn
from unclench_wire import ids
from unclench_wire.messages import Channel, Hello


def run_install(port: str | None, yes: bool) -> None:
    """Install the firmware on a Pico that has MicroPython, or update it."""
    if port is not None and re.match(r"sim([:?]|$)", port):
        raise InputError(
            tr(
                "{port} is a virtual board, which needs no firmware. Give --port the port of a "
                "Pico.",
                port=port,
            )
        )
    port = choose_port(port)

    def agree(plan: Plan) -> bool:
        if plan.foreign_boot:
            click.echo(
                tr(
                    "The board has its own {boot}, which runs before unclench. It is kept.",
                    boot=BOOT,
                ),
                err=True,
            )
        if plan.foreign_main is None or yes:
            return True
        if not has_person():
            raise InputError(
                tr(
                    "{main} on the board at {port} is not unclench's. Add --yes to keep it as "
                    "{kept} and install.",
                    main=MAIN,
                    port=port,
                    kept=plan.foreign_main,
                )
            )
        progress.stop()
        return click.confirm(
            tr(
                "{main} on the board is not unclench's. Keep it as {kept} and install?",
                main=MAIN,
                kept=plan.foreign_main,
            )
        )

    progress = progress_bar("{task.fields[doing]}")
    with progress:
        task = progress.add_task("", total=None, doing="")
        done = install(
            port,
            firmware_files(),
            agree=agree,
            progress=lambda doing, n, total: progress.update(
                task, doing=doing, completed=n, total=total or None
            ),
            warn=lambda sentence: click.echo(sentence, err=True),
        )
    if done is None:
        click.echo(tr("Nothing was changed."))
        return
    plan, runs = done.plan, done.plan.interpreter
    click.echo(
        tr(
            "MicroPython {version} on {machine}.",
            version=dotted(runs.version),
            machine=runs.machine,
        )
    )
    if plan.foreign_main is not None:
        click.echo(tr("The earlier {main} is kept as {kept}.", main=MAIN, kept=plan.foreign_main))
    click.echo(
        tr(
            "Files copied: {copied}; unchanged: {same}; old ones removed: {removed}. All files "
            "verified.",
            copied=len(plan.copy),
            same=plan.same,
            removed=len(plan.stale),
        )
    )
    click.echo(tr("The board has restarted: {board}.", board=_figures(done.hello)))


def run_calibrate(port: str | None, channel: int, seconds: float, dry_run: bool) -> None:
    """Find the step at code 2047 of the board's converter, and store it on the board."""
    with connected(port) as (connection, hello, forgets):
        progress = progress_bar(tr("calibrating"), TextColumn("{task.fields[found]}"))
        with progress:
            task = progress.add_task("", total=seconds, found="")

            def show(done_s: float, found: StepEstimate | None, reason: str) -> None:
                words = reason if found is None else _estimate(found)
                progress.update(task, completed=done_s, found=words)

            found = calibrate(connection, channel - 1, seconds, show)
        click.echo(
            tr(
                "The step at code 2047 is {estimate}, from {readings} readings around code "
                "{level_code:.1f}.",
                estimate=_estimate(found),
                readings=found.readings,
                level_code=found.level_code,
            )
        )
        if dry_run:
            before = codes(hello.step_mlsb / 1000)
            click.echo(tr("Not stored. The board still corrects by {before}.", before=before))
            return
        stored = store_step(connection, found.step_lsb)
        print_stored(
            tr(
                "Stored. The board now corrects by {now} (before: {before:g}).",
                now=codes(stored),
                before=hello.step_mlsb / 1000,
            ),
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
                click.echo(
                    tr(
                        "Channel {number} is off. Its gain applies as soon as you turn it on.",
                        number=channel + 1,
                    )
                )
        if (
            any(channel.noise_nv for channel in now.channels)
            and not forgets
            and (_instrument(now)[:n] != _instrument(before)[:n])
        ):
            click.echo(
                tr(
                    "The noise was stored with other settings. Measure it again with `unclench "
                    "board check --store-noise`."
                )
            )
        if forgets and (defaults or gains or channels is not None or rate_hz is not None):
            click.echo(FORGETS)


def run_blink(port: str | None, seconds: int) -> None:
    """Blink a board's light, to tell it from others."""
    with connected(port) as (connection, hello, _):
        connection.command(ids.CMD_BLINK, bytes([seconds]))
        click.echo(
            tr(
                "{board} blinks for {seconds} s.",
                board=board_name(hello, connection.name),
                seconds=seconds,
            )
        )
        if hello.flags & ids.FLAG_VIRTUAL:
            click.echo(tr("This board is virtual and has no light."))


def _show(hello: Hello, port: str) -> None:
    """Print a board's settings."""
    board, version = board_name(hello, port), dotted(hello.firmware)
    click.echo(tr("{board}, firmware {version}", board=board, version=version))
    numbered = list(enumerate(hello.channels, start=1))
    rows = [
        (tr("channels"), str(len(hello.channels))),
        (topic_words("rate"), f"{hello.fs_hz():g} Hz"),
        *((topic_words(f"gain {k}"), f"{channel.gain_milli / 1000:g}") for k, channel in numbered),
        (topic_words("step"), correction(hello.step_mlsb / 1000)),
        *((topic_words(f"noise {k}"), _stored_noise(channel)) for k, channel in numbered),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:{width}}  {value}")


def _stored_noise(channel: Channel) -> str:
    if not channel.noise_nv:
        return tr("not measured")
    return tr("{noise_uv:.2f} uV RMS stored", noise_uv=channel.noise_nv / 1000)


def _instrument(hello: Hello) -> list[tuple[float, int, int]]:
    """Return the settings that each channel's noise depends on."""
    return [(hello.fs_hz(), hello.oversampling, channel.gain_milli) for channel in hello.channels]


def _estimate(found: StepEstimate) -> str:
    return tr(
        "{step_lsb:.3f} +- {stderr_lsb:.3f} codes",
        step_lsb=found.step_lsb,
        stderr_lsb=found.stderr_lsb,
    )


def _figures(hello: Hello) -> str:
    return trn(
        "firmware {version}, board {board_id}, {n} channel at {rate_hz:g} Hz",
        "firmware {version}, board {board_id}, {n} channels at {rate_hz:g} Hz",
        len(hello.channels),
        version=dotted(hello.firmware),
        board_id=hello.board_id.hex(),
        rate_hz=hello.fs_hz(),
    )
