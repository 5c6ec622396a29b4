"""Pages in a real browser: what is seen, read aloud, printed, and what never happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests import needs

from unclench.report.earlier import Earlier, EarlierSession
from unclench.report.historypage import history_page
from unclench.report.pdf import print_pdf
from unclench.report.render import render
from unclench.report.sessionpage import session_page
from unclench.review.history import load_history
from unclench.review.session import open_review

if TYPE_CHECKING:  # not everybody has it
    from playwright.sync_api import Browser, BrowserContext, Page

MADE = datetime(2026, 11, 23, 12, 0).astimezone()  # noon wherever the tests run
EVIL = '"><script>document.title="owned"</script><img src=x onerror=document.title="owned">{{7*7}}'
EVENTS = (
    *((s, "tag", f"posture: {EVIL}", None) for s in (30, 47, 64)),
    *((s + 10, "tag end", f"posture: {EVIL}", 10.0) for s in (30, 47, 64)),
    (52, "tag", "a mere moment in a sentence that goes on and on and on", None),
    (52, "tag end", "a mere moment in a sentence that goes on and on and on", 0.0),
    (12, "note", EVIL, None),
)

OVERLAPS = """() => {
  const bad = [];
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.getBoundingClientRect().width) continue;
    const texts = [...svg.querySelectorAll('text')];
    const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
    const frame = svg.getBoundingClientRect();
    boxes.forEach(([a, p], i) => {
      if (p.left < frame.left - 1 || p.right > frame.right + 1 || p.bottom > frame.bottom + 1)
        bad.push('cut: ' + a);
      boxes.slice(i + 1).forEach(([b, q]) => {
        const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
        const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (wide > 1 && high > 3) bad.push(a + ' | ' + b);
      });
    });
  }
  return bad;
}"""

CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = colour => {
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => {
      v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (c !== 'rgba(0, 0, 0, 0)') return c;
    }
  };
  const low = [];
  const all = 'h1,h2,h3,p,li,th,td,dt,dd,a,span,caption,figcaption,text';
  for (const e of document.querySelectorAll(all)) {
    if (!e.textContent.trim() || !e.getBoundingClientRect().width) continue;
    const style = getComputedStyle(e);
    const ink = light(e.tagName === 'text' ? style.fill : style.color), page = light(ground(e));
    const contrast = (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05);
    if (contrast < 4.5) low.push(contrast.toFixed(1) + ' ' + e.textContent.slice(0, 40));
  }
  return low;
}"""


@pytest.fixture(scope="module")
def page_path(session_writer, tmp_path_factory) -> Path:
    """A report with everything in it, typed by somebody hostile."""
    root = tmp_path_factory.mktemp("hostile")
    folder = session_writer(
        root / "<script>document.title='owned'<\u2215script>",
        guided=True,
        events=EVENTS,
        sites=(f"Left {EVIL}", f"Right {EVIL}"),
        channels=[EVIL, "b"],
        gap_s=(70, 76),
        title=EVIL,
        note=EVIL,
        labels=(EVIL,),
        source=EVIL,
    )
    before = EarlierSession(MADE - timedelta(days=3), EVIL, EVIL, 600.0, 9.0, None, 2.0, 0.5)
    page = session_page(open_review(folder), [Earlier((before,))] * 2, MADE)
    path = root / "report.html"
    path.write_text(render(page), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def history_path(summary_writer, tmp_path_factory) -> Path:
    """A history of weeks in which tension falls."""
    root = tmp_path_factory.mktemp("history")
    for i in range(12):
        day = MADE - timedelta(days=40 - 3 * i)
        summary_writer(root / "sessions" / f"day-{i:02}", day, 20.0 - i)
    path = root / "history.html"
    history = load_history(root / "sessions")
    path.write_text(render(history_page(history, MADE, (EVIL,))), encoding="utf-8")
    return path


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page where nothing but itself may be asked for, and no error may come."""
    opened: list[tuple[BrowserContext, Path, list[str], list[str]]] = []

    def open_page(path: Path, width: int = 1000, **looks: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **looks)
        page = context.new_page()
        troubles: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        opened.append((context, path, troubles, asked))
        return page

    yield open_page
    for context, path, troubles, asked in opened:
        context.close()
        assert troubles == []
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


@pytest.mark.parametrize("width", [360, 1000])
def test_plots_are_there_and_their_words_apart(look, page_path, width):
    page = look(page_path, width)
    shown = [svg.bounding_box() for svg in page.locator("svg").all() if svg.is_visible()]
    assert len(shown) >= 9
    assert all(box["width"] > 200 and box["height"] > 80 for box in shown)
    assert page.evaluate(OVERLAPS) == []
    paths = page.locator("svg:visible path.curve").all()
    assert len(paths) > 5
    assert all(path.bounding_box()["width"] > 3 for path in paths)


@pytest.mark.parametrize("which", ["page_path", "history_path"])
def test_a_phone_needs_no_sideways_scrolling(look, which, request):
    page = look(request.getfixturevalue(which), 360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height)"
    )
    assert min(size for size in sizes if size) > 9


def test_nothing_typed_becomes_markup(look, page_path):
    page = look(page_path)
    assert page.title().startswith("Muscle tension: ")
    assert EVIL in page.title()
    assert page.locator("script, img, iframe, object").count() == 0
    assert page.locator("h1").inner_text() == f"Muscle tension: {EVIL}"
    assert "{{7*7}}" in page.inner_text("main")
    assert "49" not in page.locator("h1").inner_text()


def test_the_browser_repairs_no_markup(look, page_path):
    """Every element closes where it was meant to."""
    page = look(page_path)
    source = page_path.read_text(encoding="utf-8")
    for tag in ("section", "figure", "table", "tr", "th", "td", "li", "p", "svg", "path", "text"):
        assert page.locator(tag).count() == len(re.findall(rf"<{tag}[ >]", source)), tag
    assert page.evaluate("document.compatMode") == "CSS1Compat"


def test_a_screen_reader_finds_language_headings_and_names(look, page_path):
    page = look(page_path)
    assert page.locator("html").get_attribute("lang") == "en"
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark
    for heading in ("In short", "Which moments raise tension", "Method and settings"):
        assert page.get_by_role("heading", name=heading, exact=True).count() == 1
    drawn = page.locator("svg").count()
    named = page.get_by_role(
        "img", name=re.compile("tension|recovery time|time at rest", re.IGNORECASE)
    )
    narrow = page.locator(".narrow svg").count()
    assert named.count() == drawn - narrow
    assert page.locator("figure > figcaption").count() == page.locator("figure").count()
    tables = page.locator("table")
    assert page.locator("table > caption").count() == tables.count() > 5
    assert page.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() == 0
    assert page.locator("tbody tr").count() == page.locator("tbody th[scope=row]").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["page_path", "history_path"])
def test_every_word_stands_out_in_both_themes(look, which, scheme, request):
    page = look(request.getfixturevalue(which), color_scheme=scheme, bypass_csp=True)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 24, 27)") == (scheme == "dark")
    assert page.evaluate(CONTRASTS) == []


def test_a_printed_page_is_light_and_complete(look, page_path):
    page = look(page_path, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(34, 40, 43)"
    assert not page.locator("nav").is_visible()
    inside = "[...document.querySelectorAll('figure')].map(f => getComputedStyle(f).breakInside)"
    assert set(page.evaluate(inside)) == {"avoid"}


def test_the_history_shows_trends_and_sessions(look, history_path):
    page = look(history_path)
    headings = [text.replace("\xa0", " ") for text in page.locator("h2").all_inner_texts()]
    assert headings == [
        "In short",
        "Self-trial",
        "Left shoulder (wide band, 20-450 Hz)",
        "Method",
    ]
    assert "Mean tension: lower by " in page.inner_text("#short")
    assert page.locator("svg:visible").count() >= 2
    assert page.locator("svg path.trend").count() == 2  # of mean and median
    assert page.evaluate(OVERLAPS) == []


def test_a_pdf_is_printed(page_path, tmp_path):
    target = tmp_path / "report.pdf"
    print_pdf(page_path, target, needs.path_of_browser())
    printed = target.read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000
