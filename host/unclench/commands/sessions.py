"""`unclench sessions ...`: the list of sessions, and what can be done to one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from unclench.commands.sessionlist import plain, print_list
from unclench.errors import InputError, UnclenchError
from unclench.settings import load_settings, own_dir, sessions_dir
from unclench.store.library.library import Entry, Library
from unclench.store.session.edit import edit_meta, is_recording, require_ended
from unclench.store.session.reader import open_session
from unclench.store.session.schema import SessionMeta


def run_list(
    folder: Path | None,
    site: str | None,
    labels: Sequence[str],
    since: str | None,
    limit: int | None,
    review: bool,
    as_json: bool,
) -> None:
    """List the sessions in DIR, the newest first: by default all that are kept."""
    library = _library(folder)
    if folder is not None and not folder.is_dir():
        raise InputError(f"There is no folder {folder}: give the one that holds your sessions.")
    after = None if since is None else _day(since)

    def wanted() -> list[Entry]:
        found = [e for e in library.entries() if _fits(e, site, labels, after)]
        return found[:limit]

    entries = wanted()
    why_none: dict[Path, str] = {}
    if review and any(_lacks_figures(e) for e in entries):
        why_none = _review([e for e in entries if _lacks_figures(e)])
        entries = wanted()
    if as_json:
        listed = [plain(entry) for entry in entries]
        click.echo(json.dumps(listed, indent=1, ensure_ascii=False))
        return
    if not entries:
        click.echo(_nothing(library, filtered=bool(site or labels or since)))
        return
    print_list(entries)
    for entry in entries:
        if entry.folder in why_none:
            click.echo(f"{entry.name} has no figures: {why_none[entry.folder]}", err=True)
    lacking = sum(_lacks_figures(entry) and entry.folder not in why_none for entry in entries)
    if lacking:
        whose = "One session has" if lacking == 1 else f"{lacking} sessions have"
        click.echo(
            f"{whose} no figures yet (-): `unclench sessions --review` makes them, or says why "
            "there are none.",
            err=True,
        )


def run_rename(session: str, title: str) -> None:
    """Give SESSION a TITLE ("" takes it away); its folder keeps its name."""
    entry = _sound(session)
    meta = edit_meta(entry.folder, title=title)
    click.echo(
        f"{entry.name} is now called {meta.title!r}."
        if meta.title
        else f"{entry.name} has no title now."
    )


def run_tag(session: str, labels: Sequence[str], remove: bool) -> None:
    """Put labels on SESSION, to find it again with `--label`."""
    entry = _sound(session)

    def changed(meta: SessionMeta) -> dict[str, Any]:
        if not remove:
            return {"labels": [*meta.labels, *labels]}
        missing = [label for label in labels if label not in meta.labels]
        if missing:
            has = ", ".join(meta.labels) or "none"
            raise InputError(f"{entry.name} has no label {missing[0]!r}; its labels: {has}.")
        return {"labels": [label for label in meta.labels if label not in labels]}

    meta = edit_meta(entry.folder, changed)
    click.echo(f"{entry.name}: {', '.join(meta.labels) or 'no labels'}.")


def run_delete(sessions: Sequence[str], yes: bool) -> None:
    """Move sessions to the system's trash, from where they can be taken back."""
    from unclench.store.session.trash import move_to_trash

    found = list({entry.folder.resolve(): entry for entry in map(_find, sessions)}.values())
    for entry in found:
        if entry.ended == "running":
            require_ended(entry.folder)
    for entry in found:
        click.echo(f"{entry.folder}  {entry.title}".rstrip())
    number = "this session" if len(found) == 1 else f"these {len(found)} sessions"
    if not yes and not click.confirm(f"Move {number} to the trash?"):
        click.echo("Nothing was deleted.")
        return
    for entry in found:
        move_to_trash(entry.folder)
        click.echo(f"{entry.name} is in the trash.")


def run_backup(file: Path, sessions: Sequence[str], force: bool) -> None:
    """Put sessions into one zip file; all of them, and what you have set up."""
    from unclench.store.library.backup import write_backup

    library = _library(None)
    entries = [_find(name) for name in sessions] if sessions else library.entries()
    own = None if sessions else own_dir()
    with _progress("backing up") as progress:
        folders = list(dict.fromkeys(entry.folder for entry in entries))
        report = write_backup(file, library.root, folders, own=own, force=force, progress=progress)
    for sentence in report.left_out:
        click.echo(sentence, err=True)
    for folder in report.running:
        click.echo(f"{folder} is still being recorded: it went in as it stood.", err=True)
    files = f" and {_many(report.own_files, 'file')} of your own" if own is not None else ""
    click.echo(
        f"{file}: {_many(report.sessions, 'session')}{files}, {report.size_bytes / 1e6:.1f} MB, "
        "read back and found whole."
    )


def run_restore(file: Path, out: Path | None) -> None:
    """Bring back what a backup holds; nothing that is there is overwritten."""
    from unclench.store.library.restore import restore_backup

    target = _library(out).root
    with _progress("restoring") as progress:
        report = restore_backup(file, target, own=own_dir(), progress=progress)
    for place in report.there:
        click.echo(f"{place} is there already, the same.")
    for place, folder in report.renamed:
        click.echo(f"{place} is there already, another one: the backup's is in {folder}.")
    for path in report.own_beside:
        click.echo(
            f"{path.name.rpartition('.restored')[0]} of your own stays as it is; the "
            f"backup's is beside it: {path}."
        )
    back = len(report.restored) + len(report.renamed)
    own = f"; {_many(len(report.own_restored), 'file')} of your own" if report.own_restored else ""
    click.echo(f"{_many(back, 'session')} restored to {target}{own}.")
    kept_in = _library(None).root
    if out is None and kept_in != target:
        click.echo(f"The settings that came back say that sessions are kept in {kept_in}.")


def _library(folder: Path | None) -> Library:
    if folder is None:
        folder = sessions_dir(load_settings())
    return Library(folder.expanduser())


def _find(text: str) -> Entry:
    return _library(None).find(text)


def _sound(text: str) -> Entry:
    """Return a session that can be changed. Raises UnclenchError."""
    entry = _find(text)
    if entry.trouble:
        raise InputError(entry.trouble)
    return entry


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"--since {text!r} is no date; a day such as 2026-11-23 is expected."
        ) from None


def _fits(entry: Entry, site: str | None, labels: Sequence[str], after: datetime | None) -> bool:
    sites = " ".join(s for s in entry.sites if s).casefold()
    own = {label.casefold() for label in entry.labels}
    return (
        (site is None or site.casefold() in sites)
        and all(label.casefold() in own for label in labels)
        and (after is None or entry.created >= after)
    )


def _lacks_figures(entry: Entry) -> bool:
    return not entry.trouble and entry.summary is None and entry.duration_s > 0


def _review(entries: Sequence[Entry]) -> dict[Path, str]:
    """Make figures; return why there are none where that cannot be, which stops nothing."""
    from unclench.review.summary import ensure_summary

    why_none: dict[Path, str] = {}
    with _progress("reviewing") as progress:
        for n, entry in enumerate(entries):
            progress(n, len(entries))
            try:
                if is_recording(entry.folder, open_session(entry.folder).meta):
                    why_none[entry.folder] = "it is still being recorded."
                else:
                    ensure_summary(entry.folder)
            except UnclenchError as error:
                why_none[entry.folder] = str(error)
    return why_none


@contextmanager
def _progress(words: str) -> Iterator[Callable[[int, int], None]]:
    bar = Progress(
        *(TextColumn(words), BarColumn(), MofNCompleteColumn()),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task(words, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _nothing(library: Library, filtered: bool) -> str:
    if filtered:
        return f"No session in {library.root} is like that; `unclench sessions` lists all."
    return (
        f"No sessions in {library.root} yet: `unclench session` guides you through one, "
        "`unclench record` records one."
    )


def _many(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
