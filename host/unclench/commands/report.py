"""`unclench report`: a session, or all of them over weeks, as one page to keep."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from unclench.commands.history import making_figures, sessions_folder
from unclench.errors import SourceError, StoreError
from unclench.settings import load_settings
from unclench.translation import tr
from unclench_dsp import BANDS


def run(
    path: Path | None,
    out: Path | None,
    pdf: bool,
    band: str | None,
    whole: bool,
    force: bool,
) -> None:
    """Make a page of a session (a folder or a CSV): figures, plots and methods."""
    from unclench.report.making import report_path
    from unclench.report.output import check_free, write_page
    from unclench.report.pdf import find_browser, print_pdf

    if whole:
        if band is not None:
            raise click.UsageError(
                tr("--band is for one session: the history shows each band separately.")
            )
        html = out or sessions_folder(path) / "history.html"
    elif path is None:
        raise click.UsageError(
            tr("Give a session folder or a CSV file, or --all for all sessions.")
        )
    else:
        html = out or report_path(path)
    targets = [html, html.with_suffix(".pdf")] if pdf else [html]
    if pdf and html.suffix.lower() == ".pdf":
        raise click.UsageError(tr("-o names the HTML page; the PDF has the same name with .pdf."))
    for target in targets:
        check_free(target, force=force)
    made = _history(sessions_folder(path)) if whole or path is None else _session(path, band)
    write_page(html, made)
    click.echo(str(html))
    if not pdf:
        return
    browser = find_browser()
    if browser is None:
        raise SourceError(
            tr(
                "No browser that makes PDFs was found (Chromium, Chrome, Edge or Brave). {html} "
                "was made: open it in any browser and print it to a PDF there.",
                html=html,
            )
        )
    print_pdf(html, targets[1], browser)
    click.echo(str(targets[1]))


def _session(path: Path, band: str | None) -> bytes:
    from unclench.report.making import report_html
    from unclench.review.session import open_review
    from unclench.store.session.folder import EMG

    limits = load_settings().sustained
    review = open_review(path, band=None if band is None else BANDS[band], limits=limits)
    if review.folder is not None and not (review.folder / EMG).is_file():
        raise StoreError(
            tr(
                "{folder} has no {file}, so there are no samples to report on: copy the file again "
                "from where the session came from.",
                folder=review.folder,
                file=EMG,
            )
        )
    return report_html(review, path)


def _history(root: Path) -> bytes:
    from unclench.notices import told, words
    from unclench.report.historypage import history_page
    from unclench.report.render import render
    from unclench.review.history import load_history

    with making_figures() as progress:
        history = load_history(root, progress=progress)
    trial, unread = _trial(root), tuple(words(notice) for notice in told())
    page = history_page(history, datetime.now().astimezone(), trial, unread)
    return render(page).encode("utf-8", "replace")


def _trial(root: Path) -> tuple[str, ...]:
    """State of the latest self-trial, or its verdict; nothing if none was planned."""
    from unclench.review.history import load_sittings, placements_of
    from unclench.training.placement.calibrations import book_path, load_book
    from unclench.trial.phases import standing_of
    from unclench.trial.plan import load_trials
    from unclench.trial.verdict import judge
    from unclench.trial.words import plan_words, standing_words

    trial, today = load_trials().latest, date.today()
    if trial is None:
        return ()
    standing = standing_of(trial, today)
    if standing.state in ("to come", "running"):
        return (standing_words(standing, None), *plan_words(trial))
    book = load_book(book_path(trial.virtual))
    verdict = judge(trial, load_sittings(root)[0], placements_of(book, trial.site), today)
    return (verdict.headline, *plan_words(trial), *verdict.notes)
