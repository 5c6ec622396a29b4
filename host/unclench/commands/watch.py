"""`unclench watch`: alerts over a whole working day."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from unclench.audio import Player
from unclench.commands.ending import Ending
from unclench.commands.terminalrun import greet, terminal_run
from unclench.errors import DisplayError, InputError, SourceError
from unclench.notices import told, words
from unclench.running.run import Run
from unclench.running.wanted import Wanted
from unclench.training.day.day import DaySummary
from unclench.training.day.store import as_json
from unclench.training.day.watching import REST_S, News, Watching
from unclench.training.day.words import summary_words
from unclench.training.limit import limit_of
from unclench.training.session.setup import parse_place
from unclench.training.sound import Synth
from unclench.training.tags import Tag, own_tags
from unclench.translation import tr
from unclench.wording import capital

_GATHER_S = 0.25  # no hurry here: larger blocks cost less
_LOOK_S = 0.5

_LET_GO = tr(
    "Your resting baseline is measured first: sit back and let go for {seconds:.0f} s.",
    seconds=REST_S,
)


def run(
    wanted: Wanted,
    out: Path,
    places: Sequence[str],
    seconds: float | None,
    face: str | None,
    percent: float | None,
    minutes: float | None,
    no_baseline: bool,
    as_json: bool,
) -> None:
    """Watch tension all day, with alerts when it lasts or when there is too little rest."""
    if not str(out).strip():
        raise InputError(tr("--out needs the name of a folder."))
    given = {"percent": percent, "minutes": minutes}
    in_tray = _tray_wanted(face)
    tags = own_tags() if in_tray else ()
    chosen = [parse_place(text) for text in places]
    with terminal_run(wanted, chosen, seconds=seconds, gather_s=_GATHER_S) as opened:
        own = opened.settings.sustained.model_copy(
            update={name: value for name, value in given.items() if value is not None}
        )
        channels = opened.channels()
        if no_baseline:
            for channel in channels:
                limit_of(channel, own.percent)
        watching = Watching(opened.info, channels, own, out.expanduser(), datetime.now(), tags)
        greet(opened, _LET_GO if watching.measuring else None, trial=False)
        opened.start(watching)
        with contextlib.suppress(KeyboardInterrupt):  # a normal end
            _follow(_Desk(watching, opened, seconds), tags, in_tray, as_json)
        opened.pipeline.stop()
        summary, refused = watching.finish()
        _print_summary(summary, watching.store.folder, as_json)
        if refused is not None:
            raise refused
        status = opened.pipeline.status
        if status.cut_short:
            trouble = capital(status.why)
            raise SourceError(tr("{trouble}. Everything before that is saved.", trouble=trouble))


def _tray_wanted(face: str | None) -> bool:
    """Return whether to stay in the tray. Raises DisplayError if it is wanted and does not work."""
    if face == "terminal":
        return False
    from unclench.desktop.display import check_display  # Qt only where a screen may be

    try:
        check_display()
        from unclench.desktop.tray import tray_available

        if tray_available():
            return True
        trouble = tr("This desktop has no system tray: use --terminal.")
    except DisplayError:
        trouble = tr("There is no screen for the system tray: use --terminal.")
    if face == "tray":
        raise DisplayError(trouble)
    return False


class _Desk:
    """What terminal and tray share: news, the bell, the end."""

    def __init__(self, watching: Watching, run: Run, seconds: float | None) -> None:
        self.watching = watching
        self._ending = Ending(run.pipeline, seconds)
        self._synth = Synth(run.settings.volume if run.settings.sound else 0.0)
        self._player = Player(self._synth)

    def __enter__(self) -> _Desk:
        self._player.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._player.stop()

    def news(self) -> list[News]:
        """Return what is new; alerts ring softly."""
        news = self.watching.take()
        if any(one.alert for one in news):
            self._synth.bell()
        return news

    def over(self, wait_s: float = 0.0) -> bool:
        """Return whether the watch has ended by itself."""
        return self._ending.over(wait_s)


def _follow(desk: _Desk, tags: Sequence[Tag], in_tray: bool, as_object: bool) -> None:
    with desk:
        if in_tray:
            _in_tray(desk, tags)
        else:
            _in_terminal(desk, as_object)


def _in_terminal(desk: _Desk, as_object: bool) -> None:
    """Print alerts as lines; on a terminal also one line with the current state."""
    console = Console(highlight=False)
    shows = console.is_terminal and not as_object
    line = Live(console=console, auto_refresh=False, transient=True) if shows else None
    with line or contextlib.nullcontext():
        over = False
        while not over:
            over = desk.over(_LOOK_S)
            for news in desk.news():
                text = f"{news.at:%H:%M} {news.sentence}"
                if line is not None:
                    console.print(Text(text))
                else:
                    click.echo(text, err=as_object or not news.alert)
            if line is not None:
                line.update(
                    Text(desk.watching.words(), overflow="ellipsis", no_wrap=True), refresh=True
                )


def _in_tray(desk: _Desk, tags: Sequence[Tag]) -> None:
    from unclench.desktop.tray import Actions, Tray, run_tray

    watching = desk.watching
    tray = Tray(Actions(watching.pause, watching.press, tags))
    noticed = 0

    def tick() -> bool:
        nonlocal noticed
        for notice in told(noticed):
            noticed += 1
            tray.notify(words(notice))
        for news in desk.news():
            tray.notify(news.sentence)
        tray.show(watching.standing(), watching.words(), watching.paused)
        return desk.over()

    run_tray(tray, tick)


def _print_summary(summary: DaySummary | None, folder: Path, as_object: bool) -> None:
    if as_object:
        figures = {} if summary is None else as_json(summary)
        click.echo(json.dumps({"folder": str(folder), **figures}, indent=2))
        return
    words = [tr("Ended before rest was measured: nothing was watched.")]
    for line in words if summary is None else summary_words(summary):
        click.echo(line)
    click.echo(tr("Saved in {folder}", folder=folder))
