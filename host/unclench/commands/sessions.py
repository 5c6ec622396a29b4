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
from unclench.translation import tr, trn


def run_list(
    folder: Path | None,
    site: str | None,
    labels: Sequence[str],
    since: str | None,
    limit: int | None,
    review: bool,
    as_json: bool,
) -> None:
    """List the sessions in DIR, newest first (default: the sessions folder)."""
    library = _library(folder)
    if folder is not None and not folder.is_dir():
        raise InputError(
            tr(
                "There is no folder {folder}: give the folder that holds your sessions.",
                folder=folder,
            )
        )
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
            click.echo(
                tr(
                    "{name} has no figures: {reason}",
                    name=entry.name,
                    reason=why_none[entry.folder],
                ),
                err=True,
            )
    lacking = sum(_lacks_figures(entry) and entry.folder not in why_none for entry in entries)
    if lacking:
        click.echo(
            trn(
                "{n} session has no figures yet (-): `unclench sessions --review` computes them, "
                "or says why it cannot.",
                "{n} sessions have no figures yet (-): `unclench sessions --review` computes them, "
                "or says why it cannot.",
                lacking,
            ),
            err=True,
        )


def run_rename(session: str, title: str) -> None:
    """Give SESSION a TITLE ("" removes it); its folder keeps its name."""
    entry = _sound(session)
    meta = edit_meta(entry.folder, title=title)
    click.echo(
        tr("{name} is now called {title!r}.", name=entry.name, title=meta.title)
        if meta.title
        else tr("{name} has no title now.", name=entry.name)
    )


def run_tag(session: str, labels: Sequence[str], remove: bool) -> None:
    """Put labels on SESSION, to find it again with `--label`."""
    entry = _sound(session)

    def changed(meta: SessionMeta) -> dict[str, Any]:
        if not remove:
            return {"labels": [*meta.labels, *labels]}
        missing = [label for label in labels if label not in meta.labels]
        if missing:
            has = ", ".join(meta.labels) or tr("none")
            raise InputError(
                tr(
                    "{name} has no label {label!r}; its labels: {has}.",
                    name=entry.name,
                    label=missing[0],
                    has=has,
                )
            )
        return {"labels": [label for label in meta.labels if label not in labels]}

    meta = edit_meta(entry.folder, changed)
    has = ", ".join(meta.labels) or tr("no labels")
    click.echo(f"{entry.name}: {has}.")


def run_delete(sessions: Sequence[str], yes: bool) -> None:
    """Move sessions to the system's trash, from which they can be restored."""
    from unclench.store.session.trash import move_to_trash

    found = list({entry.folder.resolve(): entry for entry in map(_find, sessions)}.values())
    for entry in found:
        if entry.ended == "running":
            require_ended(entry.folder)
    for entry in found:
        click.echo(f"{entry.folder}  {entry.title}".rstrip())
    question = trn(
        "Move this session to the trash?", "Move these {n} sessions to the trash?", len(found)
    )
    if not yes and not click.confirm(question):
        click.echo(tr("Nothing was deleted."))
        return
    for entry in found:
        move_to_trash(entry.folder)
        click.echo(tr("{name} is in the trash.", name=entry.name))


def run_backup(file: Path, sessions: Sequence[str], force: bool) -> None:
    """Back up sessions to one zip file: those named, or all with the person's own files."""
    from unclench.store.library.backup import write_backup

    library = _library(None)
    entries = [_find(name) for name in sessions] if sessions else library.entries()
    own = None if sessions else own_dir()
    with _progress(tr("backing up")) as progress:
        folders = list(dict.fromkeys(entry.folder for entry in entries))
        report = write_backup(file, library.root, folders, own=own, force=force, progress=progress)
    for sentence in report.left_out:
        click.echo(sentence, err=True)
    for folder in report.running:
        click.echo(
            tr(
                "{folder} is still being recorded: the backup has what was recorded so far.",
                folder=folder,
            ),
            err=True,
        )
    contents = [_n_sessions(report.sessions)]
    if own is not None:
        contents.append(_n_own_files(report.own_files))
    click.echo(
        tr(
            "{file}: {contents}, {megabytes:.1f} MB, read back and complete.",
            file=file,
            contents=", ".join(contents),
            megabytes=report.size_bytes / 1e6,
        )
    )


def run_restore(file: Path, out: Path | None) -> None:
    """Restore a backup; nothing that exists is overwritten."""
    from unclench.store.library.restore import restore_backup

    target = _library(out).root
    with _progress(tr("restoring")) as progress:
        report = restore_backup(file, target, own=own_dir(), progress=progress)
    for place in report.there:
        click.echo(tr("{place} exists already and is the same.", place=place))
    for place, folder in report.renamed:
        click.echo(
            tr(
                "{place} exists already and differs: the one from the backup is in {folder}.",
                place=place,
                folder=folder,
            )
        )
    for path in report.own_beside:
        click.echo(
            tr(
                "Your {name} stays as it is; the one from the backup is beside it: {path}.",
                name=path.name.rpartition(".restored")[0],
                path=path,
            )
        )
    back = len(report.restored) + len(report.renamed)
    contents = [_n_sessions(back)]
    if report.own_restored:
        contents.append(_n_own_files(len(report.own_restored)))
    click.echo(tr("{contents} restored to {folder}.", contents=", ".join(contents), folder=target))
    kept_in = _library(None).root
    if out is None and kept_in != target:
        click.echo(
            tr("The restored settings have {folder} as your sessions folder.", folder=kept_in)
        )


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
            tr("--since {typed!r} is not a date: give a day such as 2026-11-23.", typed=text)
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
    """Compute figures; return why there are none for each session without them."""
    from unclench.review.summary import ensure_summary

    why_none: dict[Path, str] = {}
    with _progress(tr("reviewing")) as progress:
        for n, entry in enumerate(entries):
            progress(n, len(entries))
            try:
                if is_recording(entry.folder, open_session(entry.folder).meta):
                    why_none[entry.folder] = tr("it is still being recorded.")
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
        return tr(
            "No session in {folder} matches; `unclench sessions` lists all of them.",
            folder=library.root,
        )
    return tr(
        "No sessions in {folder} yet: `unclench session` guides you through one, "
        "`unclench record` records one.",
        folder=library.root,
    )


def _n_sessions(n: int) -> str:
    return trn("{n} session", "{n} sessions", n)


def _n_own_files(n: int) -> str:
    return trn("{n} file of your own", "{n} files of your own", n)
