"""Where pages are written, and what is never overwritten."""

from __future__ import annotations

import pytest
from tests import needs

from unclench.errors import SourceError, StoreError
from unclench.report import pdf
from unclench.report.output import PDF_MARK, check_free, write_page
from unclench.report.parts import Page
from unclench.report.render import render

OURS = render(Page("A page", (), (), "made")).encode()


def test_our_own_page_may_be_overwritten(tmp_path):
    page = tmp_path / "report.html"
    write_page(page, OURS)
    check_free(page, force=False)


@pytest.mark.parametrize("name", ["report.html", "report.pdf"])
@pytest.mark.parametrize("content", [b"", b"<html>mine</html>", b"%PDF-1.4 mine"])
def test_a_file_of_another_program_is_not_overwritten(tmp_path, name, content):
    page = tmp_path / name
    page.write_bytes(content)
    with pytest.raises(StoreError, match="was not made by unclench"):
        check_free(page, force=False)
    check_free(page, force=True)


def test_our_own_pdf_may_be_overwritten(tmp_path):
    page = tmp_path / "report.pdf"
    page.write_bytes(b"%PDF-1.4 ... %%EOF" + PDF_MARK)
    check_free(page, force=False)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is a folder, but a file is expected"):
        check_free(tmp_path, force=True)


def test_an_unwritable_path_becomes_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"cannot be written: .*\. Choose a file in a folder"):
        write_page(tmp_path / "file" / "report.html", OURS)


def test_no_browser_is_found_without_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_usual_places", lambda: [])
    assert pdf.find_browser() is None


@needs.posix
@pytest.mark.parametrize(
    ("script", "said"), [("exit 3", "printed nothing .status 3."), ("sleep 30", "did not print")]
)
def test_a_failing_browser_becomes_a_sentence(tmp_path, monkeypatch, script, said):
    monkeypatch.setattr(pdf, "LIMIT_S", 0.5)
    browser = tmp_path / "chromium"
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    html = tmp_path / "report.html"
    with pytest.raises(SourceError, match=f"{said}.*report.html is there: open it in a browser"):
        pdf.print_pdf(html, tmp_path / "report.pdf", browser)
    assert not (tmp_path / "report.pdf").exists()
