"""`unclench watch`: a quiet eye on tension for a whole working day."""

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
from unclench.training.session.setup import parse_place
from unclench.training.sound import Synth
from unclench.training.sustained import limit_of
from unclench.training.tags import Tag, own_tags
from unclench.wording import capital

_GATHER_S = 0.25  # nobody waits for a row here: larger blocks cost less
_LOOK_S = 0.5

_LET_GO = f"Rest is not known yet, so it is measured first: sit back and let go for {REST_S:.0f} s."


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
    """Watch tension all day; say so when it lasts, or when there is too little rest."""
    if not str(out).strip():
        raise InputError("--out needs the name of a folder.")
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
        with contextlib.suppress(KeyboardInterrupt):  # as good an end as any
            _follow(_Desk(watching, opened, seconds), tags, in_tray, as_json)
        opened.pipeline.stop()
        summary, refused = watching.finish()
        _say_summary(summary, watching.store.folder, as_json)
        if refused is not None:
            raise refused
        status = opened.pipeline.status
        if status.cut_short:
            why = status.why
            raise SourceError(f"{capital(why)}; what came until then is kept.")


def _tray_wanted(face: str | None) -> bool:
    """Whether to stay in the tray. Raises DisplayError if it was asked for and does not work."""
    if face == "terminal":
        return False
    from unclench.desktop.display import check_display  # Qt only where a screen may be

    try:
        check_display()
        from unclench.desktop.tray import tray_available

        if tray_available():
            return True
        why = "this desktop has no system tray"
    except DisplayError:
        why = "there is no screen that can be used"
    if face == "tray":
        raise DisplayError(f"--tray does not work here, as {why}: use --terminal.")
    return False


class _Desk:
    """What terminal and tray have in common: news, the bell, the end."""

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
        """What is to be said now; alerts ring softly."""
        news = self.watching.take()
        if any(one.alert for one in news):
            self._synth.bell()
        return news

    def over(self, wait_s: float = 0.0) -> bool:
        """Whether the watch has come to its end by itself."""
        return self._ending.over(wait_s)


def _follow(desk: _Desk, tags: Sequence[Tag], in_tray: bool, as_object: bool) -> None:
    with desk:
        if in_tray:
            _in_tray(desk, tags)
        else:
            _in_terminal(desk, as_object)


def _in_terminal(desk: _Desk, as_object: bool) -> None:
    """Alerts as lines; on a terminal, one line of how things are, too."""
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


def _say_summary(summary: DaySummary | None, folder: Path, as_object: bool) -> None:
    if as_object:
        figures = {} if summary is None else as_json(summary)
        click.echo(json.dumps({"folder": str(folder), **figures}, indent=2))
        return
    words = ["Ended before rest was measured: nothing was watched."]
    for line in words if summary is None else summary_words(summary):
        click.echo(line)
    click.echo(f"Kept in {folder}")
