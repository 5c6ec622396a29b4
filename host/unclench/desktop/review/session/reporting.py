"""Creates the report of the open session again and shows it in the browser."""

from __future__ import annotations

from pathlib import Path

from pyqtgraph.Qt import QtCore, QtGui

from unclench.report.making import report_html, report_path
from unclench.report.output import check_free, write_page
from unclench.review.session import SessionReview


def make_report(review: SessionReview, path: Path) -> Path:
    """Write a session's report to the place that `unclench report` uses; return its path.

    Raises UnclenchError with a sentence.
    """
    html = report_path(review.folder or path)
    check_free(html, force=False)
    write_page(html, report_html(review, path))
    return html


def show_outside(path: Path) -> None:
    """Open a folder in the file manager, or a page in the browser."""
    QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(path.resolve())))
