"""`unclench board check STEP`: the steps of bench acceptance, and the sheet that keeps them."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from unclench.board.bench.file import (
    add,
    check_place,
    default_path,
    place_of,
    read_sheet,
    sheet_for,
)
from unclench.board.bench.judge import judged
from unclench.board.bench.measure import KnownSignal, measure_step
from unclench.board.bench.sheet import Record, Sheet
from unclench.board.bench.steps import ABOUT, STEP_OF, Step, StepName
from unclench.board.verdict import Verdict
from unclench.board.words import topic_words, verdict_words
from unclench.commands.boardport import (
    COLOURS,
    connected,
    has_person,
    progress_bar,
)
from unclench.errors import InputError
from unclench.translation import tr

EXIT_NOT_USABLE = 1  # or not measured; 2 is for errors


def run_signal(mv: float, divider: float, hz: float, channel: int, **given: Any) -> None:
    """Feed a known signal into one sensor, and compare what the board makes of it."""
    for name, value in (("--mv", mv), ("--divider", divider), ("--hz", hz)):
        if not (math.isfinite(value) and value > 0):
            raise InputError(
                tr("{name} {value:g} is not valid. Give a number above 0.", name=name, value=value)
            )
    run_step("signal", KnownSignal(mv, divider, hz, channel), **given)


def run_sheet(file: Path, as_json: bool) -> None:
    """Show a kept sheet, its verdict and which steps are missing."""
    sheet = read_sheet(file)
    if as_json:
        figures = sheet.model_dump(mode="json")
        summary = {"missing": sheet.missing, "verdict": sheet.verdict}
        click.echo(json.dumps({**figures, **summary}, indent=2))
    else:
        _show_sheet(sheet)
    leave(sheet.verdict)


def _show_sheet(sheet: Sheet) -> None:
    console = Console()
    console.print(Text(tr("Bench sheet of board {board_id}", board_id=sheet.board_id)))
    for record in sheet.records:
        console.print()
        when = record.measured_at.strftime("%Y-%m-%d %H:%M")
        if record.virtual:
            head = tr("{title} ({when}, virtual board)", title=record.title, when=when)
        else:
            head = f"{record.title} ({when})"
        console.print(Text(head, style="bold"))
        show_record(console, record)
        if after := STEP_OF[record.step].after:
            console.print(Text(after, style="bold"))
    console.print()
    for line in standing(sheet):
        console.print(line)


def leave(verdict: Verdict | None) -> None:
    """Exit with status 1 unless something was measured and is usable."""
    if verdict is None or verdict == "not usable":
        sys.exit(EXIT_NOT_USABLE)


def run_step(
    name: StepName,
    known: KnownSignal | None = None,
    *,
    port: str | None,
    seconds: float,
    file: Path | None,
    as_json: bool,
    yes: bool,
) -> None:
    """Ask, measure, judge, show and keep."""
    step = STEP_OF[name]
    if not math.isfinite(seconds):  # click lets "nan" through
        raise InputError(tr("--seconds needs a number."))
    if not step.worn and not yes and not has_person():
        raise InputError(
            tr(
                "Nothing was measured. Add --yes if nobody wears the electrodes and they are "
                "connected to each other."
            )
        )
    try:
        verdict = _done(step, known, port, seconds, file, as_json, yes)
    finally:
        if step.after:  # whatever happened: it may be plugged in by now
            Console(stderr=True).print(Text(step.after, style="bold"))
    leave(verdict)


def _done(
    step: Step,
    known: KnownSignal | None,
    port: str | None,
    seconds: float,
    file: Path | None,
    as_json: bool,
    yes: bool,
) -> Verdict | None:
    """Do a step; return its verdict, or None if the person declined."""
    with connected(port) as (connection, hello, _):
        board_id = hello.board_id.hex()
        path = file or default_path(board_id)
        place = place_of(path)
        sheet = sheet_for(path, board_id)
        check_place(path)
        if known is not None:
            known.check(hello)
        if not _ready(step, yes):
            click.echo(tr("Nothing was measured."), err=True)
            return None
        progress = progress_bar(tr("measuring"))
        with progress:
            task = progress.add_task("", total=seconds)
            measured = measure_step(
                connection,
                hello,
                step.name,
                seconds,
                known,
                progress=lambda signal_s: progress.update(task, completed=signal_s),
            )
    record = judged(measured, sheet)
    console = Console()
    if as_json:
        figures = record.model_dump(mode="json")
        kept = {"file": str(place.data), "page": str(place.page), "board_id": board_id}
        kept["verdict"] = record.verdict
        click.echo(json.dumps({**kept, **figures}, indent=2))
    else:
        head = tr("{title}, board {board_id}", title=record.title, board_id=board_id)
        console.print(Text(head, style="bold"))
        show_record(console, record)
        words = tr("This step is {verdict}.", verdict=verdict_words(record.verdict))
        console.print(Text(words, style=COLOURS[record.verdict]))
    sheet = add(path, board_id, measured)  # last: a full disk hides no result
    if not as_json:
        click.echo(tr("Saved in {path}.", path=place.data))
        click.echo(tr("Page: {path}", path=place.page))
        if sheet.missing:
            console.print(_to_do(sheet))
    return record.verdict


def _ready(step: Step, yes: bool) -> bool:
    """Say what to connect and wait for the person; return whether to go on."""
    console = Console(stderr=True)
    console.print(Text(step.connect, style="" if step.worn else "bold"))
    if yes or not has_person():
        return True
    if not step.worn:
        question = tr("Does nobody wear the electrodes, and are they connected to each other?")
        return click.confirm(question, err=True)
    click.echo(tr("Press Enter when this is done.") + " ", nl=False, err=True)
    if not sys.stdin.readline():
        raise click.Abort
    return True


def show_record(console: Console, record: Record) -> None:
    """Print a step's findings: expected and measured, then what to do."""
    table = Table(box=None, pad_edge=False, header_style="")
    for head in ("", "", tr("expected"), tr("measured")):
        table.add_column(head)
    for finding in record.findings:
        verdict = Text(verdict_words(finding.verdict), style=COLOURS[finding.verdict])
        name = topic_words(finding.name)
        table.add_row(name, verdict, Text(finding.expected), Text(finding.found))
    console.print(table)
    for finding in record.findings:
        if finding.advice:
            name = topic_words(finding.name)
            console.print(Text(f"{name}: {finding.advice}", style="italic"))


def standing(sheet: Sheet) -> list[Text]:
    """Return a sheet's verdict and what is still to do."""
    lines = []
    if sheet.verdict is not None:
        verdict = verdict_words(sheet.verdict)
        if sheet.missing:
            words = tr("So far, this unit is {verdict}.", verdict=verdict)
        else:
            words = tr("This unit is {verdict}.", verdict=verdict)
        lines.append(Text(words, style=COLOURS[sheet.verdict]))
    if sheet.outdated:
        titles = "; ".join(record.title for record in sheet.outdated)
        lines.append(
            Text(tr("Measured with other settings, so please repeat: {steps}.", steps=titles))
        )
    if sheet.missing:
        lines.append(_to_do(sheet))
    lines.append(Text(ABOUT))
    return lines


def _to_do(sheet: Sheet) -> Text:
    return Text(tr("To do: {steps}.", steps=", ".join(sheet.missing)))
