"""Print a page to a PDF with an installed browser of the Chromium family.

The browser gets a temporary profile, and no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from unclench.errors import SourceError
from unclench.report.output import PDF_MARK, write_page
from unclench.translation import tr

LIMIT_S = 60.0
_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser", "brave"),
)
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser")
_WINDOWS = (
    *("Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe"),
    "Microsoft/Edge/Application/msedge.exe",
    "BraveSoftware/Brave-Browser/Application/brave.exe",
)


def find_browser() -> Path | None:
    """Return a browser that prints without a window, from PATH or the system's usual folders."""
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    return next((place for place in _usual_places() if place.is_file()), None)


def print_pdf(html: Path, pdf: Path, browser: Path) -> None:
    """Print a page. Raises SourceError (the browser failed), StoreError (writing failed)."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        printed = Path(folder) / "page.pdf"
        try:
            done = subprocess.run(
                _command(browser, Path(folder), printed, html),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SourceError(
                tr(
                    "{browser} did not print within {limit_s:g} s. The report {html} is there: "
                    "open it in a browser and print it to a PDF.",
                    browser=browser,
                    limit_s=LIMIT_S,
                    html=html,
                )
            ) from error
        except OSError as error:
            raise SourceError(
                tr(
                    "{browser} cannot be started ({reason}). The report {html} is there: open it "
                    "in a browser and print it to a PDF.",
                    browser=browser,
                    reason=error.strerror or error,
                    html=html,
                )
            ) from error
        if not printed.is_file():
            raise SourceError(
                tr(
                    "{browser} printed nothing (status {status}). The report {html} is there: "
                    "open it in a browser and print it to a PDF.",
                    browser=browser,
                    status=done.returncode,
                    html=html,
                )
            )
        write_page(pdf, printed.read_bytes() + PDF_MARK)


def _command(browser: Path, folder: Path, printed: Path, html: Path) -> list[str]:
    options = [
        *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check"),
        *("--disable-extensions", "--disable-sync", "--disable-background-networking"),
        *("--disable-component-update", "--no-pings", "--disable-dev-shm-usage"),
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={printed}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses its sandbox as root
    return [str(browser), *options, html.resolve().as_uri()]


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        return [root / f"{name}.app/Contents/MacOS/{name}" for root in roots for name in _MAC]
    if sys.platform == "win32":
        roots = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        found = [Path(os.environ[root]) for root in roots if root in os.environ]
        return [root / name for root in found for name in _WINDOWS]
    return [Path(place) for place in ("/snap/bin/chromium", "/opt/google/chrome/chrome")]
