"""The sheet as a file: kept, gone on with, refused; and as a page in a real browser."""

from __future__ import annotations

import os
import re
import threading
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from tests import needs

from unclench.board.bench.file import (
    add,
    check_place,
    default_path,
    keep,
    read_sheet,
    sheet_for,
)
from unclench.board.bench.judge import judge_sheet, judged
from unclench.board.bench.page import render
from unclench.board.bench.sheet import (
    Finding,
    Record,
    SensorRecord,
    Setting,
    Sheet,
    Text,
    ToneRecord,
)
from unclench.board.bench.steps import ABOUT, STEP_OF, STEPS, StepName
from unclench.errors import StoreError

WHEN = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))
EVIL = (
    "</script><!--<script>document.title='owned'</script><img src=x onerror=alert(1)>{{7*7}}&amp;"
)


def record(step: StepName = "shorted", *, channels: int = 1, **changes: object) -> Record:
    """A record as a step would leave it."""
    sensors = tuple(
        SensorRecord(
            number=k + 1,
            noise_uv=0.2,
            hum_uv=0.1,
            mains_hz=50,
            converter_uv=0.17,
            level_v=1.65,
            clipped_fraction=0.0,
            density_uv=(0.01 + 0.001 * k,) * 431,
        )
        for k in range(channels)
    )
    tone = ToneRecord(
        channel=1,
        mv=100,
        divider=1001,
        asked_hz=110,
        expected_uv=95.5,
        hz=110,
        rms_uv=96,
        rest_uv=0.3,
        distortion=0.001,
        strongest_hz=110,
    )
    made = Record(
        step=step,
        measured_at=WHEN,
        seconds=10.0,
        lost_samples=0,
        label="Kiefer",
        firmware="0.1.0",
        unclench="0.1.0",
        virtual=False,
        full_scale_v=3.3,
        oversampling=250,
        setting=Setting(rate_hz=2000, gains=(200,) * channels, step_lsb=1),
        sensors=sensors,
        tone=tone if step == "signal" else None,
        findings=(
            Finding(
                name="hum 1", expected="1 uV +- 2", found="0.1 uV", verdict="usable", advice="x"
            ),
        ),
    )
    return made.model_copy(update=changes)


def sheet_of(*records: Record) -> Sheet:
    sheet = Sheet(board_id="e66141")
    for one in records:
        sheet = sheet.with_record(one)
    return sheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sheet.json"


class TestLife:
    """A sheet in its file, from one command to the next."""

    def test_what_is_kept_is_read_again(self, path) -> None:
        sheet = judge_sheet(sheet_of(*(record(step.name, channels=2) for step in STEPS)))
        keep(path, sheet)
        assert read_sheet(path) == sheet == sheet_for(path, "e66141")
        assert {file.name for file in path.parent.iterdir()} == {"sheet.json", "sheet.html"}

    def test_a_new_one_begins_empty(self, path) -> None:
        assert sheet_for(path, "e66141") == Sheet(board_id="e66141")
        assert not path.exists()
        assert default_path("e66141") == Path("unclench-bench-e66141.json")

    def test_another_boards_is_refused(self, path) -> None:
        keep(path, sheet_of(record()))
        with pytest.raises(
            StoreError, match="is the sheet of board e66141, but this is board e66142"
        ):
            sheet_for(path, "e66142")

    def test_what_is_not_there_is_no_sheet(self, path) -> None:
        with pytest.raises(StoreError, match="There is no file"):
            read_sheet(path)

    @pytest.mark.parametrize(
        "content", [b"", b"my thesis", b"\xff\xfe\x00", b"<html>" + b"x" * 5_100_000]
    )
    def test_somebody_elses_file_is_refused(self, path, content) -> None:
        path.write_bytes(content)
        with pytest.raises(StoreError, match="not a bench sheet of unclench"):
            sheet_for(path, "e66141")
        assert path.read_bytes() == content

    @pytest.mark.parametrize(
        "damage",
        [
            lambda text: text[:-40],
            lambda text: text[:40],
            lambda text: text.replace('"seconds":10.0', '"seconds":-10.0'),
            lambda text: text.replace('"seconds":10.0', '"seconds":NaN'),
            lambda text: text.replace('"seconds":10.0', '"seconds"'),
            lambda text: text.replace('"step":"shorted"', '"step":"guessed"'),
            lambda text: text.replace('"version":1', '"version":0'),
            lambda text: text.replace('"board_id":"e66141"', '"board_id":"../x"'),
            lambda text: text.replace('"findings":', '"finding":'),
            lambda text: text.replace('"verdict":"usable"', '"verdict":"fine"'),
            lambda text: re.sub(r'"records":\[(.*)\]\}', r'"records":[\1,\1]}', text),
            lambda text: re.sub(r'"sensors":\[(.*?\})\]', r'"sensors":[\1,\1]', text),
            lambda text: re.sub(
                r'"sensors":\[(.*?\})\]', r'"sensors":[\1,\1]', text.replace("[200.0]", "[200,200]")
            ),
            lambda text: text.replace('"gains":[200.0]', '"gains":[200.0,200.0]'),
            lambda text: text.replace('"number":1', '"number":2'),
            lambda text: text.replace('"step":"shorted"', '"step":"signal"'),
            lambda text: text.replace('"rate_hz":2000.0', '"rate_hz":0'),
            lambda text: text.replace('"full_scale_v":3.3', '"full_scale_v":0'),
            lambda text: text.replace('"lost_samples":0', f'"lost_samples":1{"0" * 400}'),
            lambda text: text.replace('"oversampling":250', f'"oversampling":1{"0" * 400}'),
            lambda text: text.replace('"level_v":1.65', '"level_v":-1e300'),
            lambda text: re.sub(r'"density_uv":\[[^,]+,', '"density_uv":[', text),
            lambda text: text[:40] + "[" * 200_000,
        ],
    )
    def test_a_damaged_one_is_refused(self, path, damage) -> None:
        keep(path, sheet_of(record()))
        whole = path.read_text(encoding="utf-8")
        path.write_text(damage(whole), encoding="utf-8")
        damaged = path.read_bytes()
        assert damaged != whole.encode()
        with pytest.raises(StoreError, match="is damaged") as error:
            sheet_for(path, "e66141")
        assert str(error.value).count("\n") == 0
        with pytest.raises(StoreError, match="is damaged") as error:
            read_sheet(path)
        assert "--keep" not in str(error.value)  # who only reads has no such option
        assert path.read_bytes() == damaged

    def test_a_newer_one_is_refused(self, path) -> None:
        keep(path, sheet_of(record()))
        text = path.read_text(encoding="utf-8").replace('"version":1', '"version":2,"more":{}')
        path.write_text(text, encoding="utf-8")
        with pytest.raises(
            StoreError, match=r"newer unclench \(sheet version 2; this one knows 1\)"
        ):
            sheet_for(path, "e66141")

    def test_where_nothing_can_be_written(self, tmp_path) -> None:
        with pytest.raises(StoreError, match=r"cannot be written: .*--keep"):
            keep(tmp_path / "no" / "sheet.json", sheet_of(record()))
        (tmp_path / "folder.json").mkdir()
        with pytest.raises(StoreError, match="is a folder or a device"):
            sheet_for(tmp_path / "folder.json", "e66141")


class TestDistrust:
    """What is not believed, not read, not written over."""

    def test_verdicts_that_were_edited_are_not_believed(self, path) -> None:
        sensor = record().sensors[0].model_copy(update={"hum_uv": 12.0})
        keep(path, judge_sheet(sheet_of(record("hands-off", sensors=(sensor,)))))
        text = path.read_text(encoding="utf-8")
        assert '"verdict":"not usable"' in text
        path.write_text(text.replace('"not usable"', '"good"'), encoding="utf-8")
        assert read_sheet(path).verdict == "not usable"

    def test_what_no_terminal_should_get_is_taken_out(self, path) -> None:
        keep(path, sheet_of(record()))
        text = path.read_text(encoding="utf-8").replace('"Kiefer"', r'"Kie\u001b[31mfer\u202e"')
        path.write_text(text.replace('"unclench":"0.1.0"', r'"unclench":"\u009b0m"'), "utf-8")
        (read,) = read_sheet(path).records
        assert (read.label, read.unclench) == ("Kie\ufffd[31mfer\ufffd", "\ufffd0m")

    @needs.posix
    @pytest.mark.parametrize("what", ["fifo", "device", "folder", "link to a device"])
    def test_what_is_no_file_is_not_read(self, path, what) -> None:
        made = {
            "fifo": lambda: os.mkfifo(path),
            "device": lambda: None,
            "folder": path.mkdir,
            "link to a device": lambda: path.symlink_to("/dev/zero"),
        }
        made[what]()
        place = Path("/dev/full") if what == "device" else path
        for look in (read_sheet, lambda place: sheet_for(place, "e66141")):
            with pytest.raises(StoreError, match="is a folder or a device"):
                look(place)

    @needs.posix
    def test_a_link_stays_a_link(self, path, tmp_path) -> None:
        (tmp_path / "far").mkdir()
        target = tmp_path / "far" / "kept.json"
        path.symlink_to(target)  # to nothing yet
        for name in ("shorted", "hands-off"):
            check_place(path)
            add(path, "e66141", record(name))
        assert path.is_symlink()
        assert len(read_sheet(target).records) == 2

    @needs.posix
    def test_who_may_read_it_stays_as_it_was(self, path) -> None:
        add(path, "e66141", record())
        path.chmod(0o640)
        add(path, "e66141", record("hands-off"))
        assert path.stat().st_mode & 0o777 == 0o640

    def test_a_file_of_ones_own_beside_it_stays(self, path) -> None:
        own = path.with_name("sheet.json.part")
        own.write_text("mine")
        check_place(path)
        add(path, "e66141", record())
        assert own.read_text() == "mine"

    def test_what_fails_leaves_nothing_behind(self, path, monkeypatch) -> None:
        add(path, "e66141", record())
        before = path.read_bytes()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(StoreError, match=r"sheet\.json cannot be written: No space left on"):
            add(path, "e66141", record("hands-off"))
        names = {file.name for file in path.parent.iterdir()}
        assert names == {"sheet.json", "sheet.html", ".sheet.json.lock"}
        assert path.read_bytes() == before

    def test_many_at_once_lose_nothing(self, path) -> None:
        begin = threading.Barrier(len(STEPS))

        def one(name: StepName) -> None:
            begin.wait()
            add(path, "e66141", record(name))

        threads = [threading.Thread(target=one, args=(step.name,)) for step in STEPS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {r.step for r in read_sheet(path).records} == set(STEP_OF)

    def test_a_sheet_that_became_another_boards_stays(self, path) -> None:
        assert sheet_for(path, "e66142").records == ()  # before the step
        add(path, "e66141", record())  # while it is measured
        with pytest.raises(
            StoreError, match="is the sheet of board e66141, but this is board e66142"
        ):
            add(path, "e66142", record())
        assert read_sheet(path).board_id == "e66141"


@pytest.fixture
def old_page(path: Path) -> Path:
    """A sheet as unclench 0.1 kept it: a page that carries its data."""
    page = path.with_suffix(".html")
    sheet = judge_sheet(sheet_of(record(), record("hands-off", label=EVIL)))
    block = sheet.model_dump_json().replace("<", "\\u003c")
    page.write_text(
        "<!DOCTYPE html>\n<html><body><p>Bench sheet</p>\n"
        f'<script type="application/json" id="unclench-bench">{block}</script>\n</body></html>\n',
        encoding="utf-8",
    )
    return page


class TestOldPages:
    """Sheets of unclench 0.1: one page that carries its data."""

    def test_it_is_shown_as_it_is(self, old_page, path) -> None:
        before = old_page.read_bytes()
        read = read_sheet(old_page)
        assert [(one.step, one.label) for one in read.records] == [
            ("shorted", "Kiefer"),
            ("hands-off", EVIL),
        ]
        assert (old_page.read_bytes(), path.exists()) == (before, False)

    @pytest.mark.parametrize("named", ["sheet.html", "sheet.json"])
    def test_the_next_step_carries_its_data_over(self, old_page, path, named) -> None:
        old = read_sheet(old_page)
        sheet = add(path.with_name(named), "e66141", record("battery"))
        assert sheet.records == (*old.records, judged(record("battery"), sheet))
        assert read_sheet(path) == read_sheet(old_page) == sheet
        assert "application/json" not in old_page.read_text(encoding="utf-8")
        assert "battery" in old_page.read_text(encoding="utf-8")

    def test_what_an_old_program_adds_later_is_not_lost(self, old_page, path) -> None:
        data = sheet_of(
            record(label="newer", measured_at=WHEN + timedelta(hours=1)),
            record("hands-off", label="older", measured_at=WHEN - timedelta(hours=1)),
            record("battery"),
        )
        path.write_text(data.model_dump_json(), encoding="utf-8")
        labels = {one.step: one.label for one in sheet_for(path, "e66141").records}
        assert labels == {"shorted": "newer", "hands-off": EVIL, "battery": "Kiefer"}

    def test_another_boards_is_refused(self, old_page, path) -> None:
        with pytest.raises(StoreError, match=r"sheet\.html is the sheet of board e66141"):
            add(path, "e66142", record())
        assert not path.exists()

    def test_a_damaged_one_stays(self, old_page, path) -> None:
        old_page.write_text(old_page.read_text(encoding="utf-8")[:-60], encoding="utf-8")
        damaged = old_page.read_bytes()
        with pytest.raises(StoreError, match="is damaged"):
            add(path, "e66141", record())
        assert (old_page.read_bytes(), path.exists()) == (damaged, False)


class TestPageBesideTheData:
    """The page is made from the data, and over nothing else."""

    def test_a_page_of_ones_own_stays(self, path) -> None:
        page = path.with_suffix(".html")
        page.write_text("my thesis")
        with pytest.raises(StoreError, match=r"sheet\.html is not a bench sheet of unclench"):
            add(path, "e66141", record())
        assert (page.read_text(), path.exists()) == ("my thesis", False)

    def test_a_page_that_is_gone_is_made_again(self, path) -> None:
        add(path, "e66141", record())
        path.with_suffix(".html").unlink()
        add(path, "e66141", record("hands-off"))
        assert STEP_OF["hands-off"].title in path.with_suffix(".html").read_text(encoding="utf-8")

    def test_a_page_without_its_data_says_where_they_are(self, path) -> None:
        add(path, "e66141", record())
        path.unlink()
        with pytest.raises(StoreError, match=r"no file .*\.json, which should hold .*html"):
            read_sheet(path.with_suffix(".html"))

    def test_figures_are_kept_though_the_page_cannot_be(self, path, monkeypatch) -> None:
        replace = Path.replace

        def full(part: Path, target: Path) -> None:
            if target.suffix == ".html":
                raise OSError(28, "No space left on device")
            replace(part, target)

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(
            StoreError, match=r"The figures were saved in .*json, but not the page. .*html cannot"
        ):
            add(path, "e66141", record())
        assert read_sheet(path).records


class Elements(HTMLParser):
    """Tags and attributes of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)


class TestPage:
    """What the page shows."""

    def test_whatever_is_supplied_is_text(self, path) -> None:
        found = Finding(name=EVIL, expected=EVIL, found=EVIL, verdict="good", advice=EVIL)
        evil = record(label=EVIL, firmware=EVIL, unclench=EVIL, findings=(found,))
        sheet = sheet_of(evil)
        keep(path, sheet)
        text = path.with_suffix(".html").read_text(encoding="utf-8")
        elements = Elements(text)
        assert "script" not in elements.tags
        assert "img" not in elements.tags
        assert not any(name.startswith("on") for name in elements.attributes)
        assert "{{7*7}}" in text
        assert read_sheet(path) == judge_sheet(sheet)

    def test_it_needs_nothing_from_outside(self) -> None:
        text = render(sheet_of(*(record(step.name) for step in STEPS)))
        assert "default-src 'none'" in text
        asked = re.findall(r'(?:src|href)="([^"]*)"|url\(([^)]*)\)|@import', text)
        assert asked == [("data:,", "")]

    def test_it_says_what_there_is_to_know(self) -> None:
        text = render(sheet_of(record(), record("signal"), record("hands-on")))
        for words in (
            "e66141",
            "Kiefer, firmware 0.1.0",
            "2026-11-23 12:00:00 +0100 by the computer's clock; 10.0 s; 2000 Hz, gain 200",
            "source: 100 mV RMS at 110 Hz, divided by 1001",
            "1 µV ± 2",
            "<code>unclench board check charger</code>",
        ):
            assert words.replace("'", "&#39;") in text or words in text, words
        assert text.count("<svg") == 3
        assert "irtual board" not in text

    def test_a_virtual_board_says_so(self) -> None:
        assert "say nothing about a real board" in render(sheet_of(record(virtual=True)))

    def test_what_is_compared_is_drawn_behind(self) -> None:
        alone = render(sheet_of(record("hands-on")))
        both = render(sheet_of(record("hands-off"), record("hands-on")))
        assert ('class="before"' in alone, both.count('class="before"')) == (False, 1)
        other = Setting(rate_hz=1000, gains=(200,), step_lsb=1)
        apart = render(sheet_of(record("hands-off", setting=other), record("hands-on")))
        assert 'class="before"' not in apart
        assert "Measured with other settings" in apart

    def test_what_is_typed_is_code_and_advice_has_a_row_of_its_own(self) -> None:
        text = render(judge_sheet(sheet_of(record("hands-on"))))
        assert "Run <code>unclench board check hands-off</code>, then repeat this step." in text
        assert '<tr class="advice"><td colspan="4">Run' in text
        assert "`" not in text

    def test_the_charger_is_to_be_unplugged_whatever_was_found(self) -> None:
        assert STEP_OF["charger"].after.startswith("Unplug the charger now")
        assert STEP_OF["charger"].after in render(sheet_of(record("charger", findings=())))
        assert "Unplug the charger" not in render(sheet_of(record("battery", findings=())))
        assert ABOUT in render(sheet_of(record()))


def test_control_characters_of_a_label_go_nowhere() -> None:
    label = "Kiefer\x1b[31m\n\u202eä"
    assert TypeAdapter(Text).validate_python(label) == "Kiefer\ufffd[31m\ufffd\ufffdä"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_real_browser(browser, path, scheme) -> None:
    keep(path, sheet_of(*(record(step.name, label=EVIL, channels=2) for step in STEPS)))
    context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    troubles: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    html = path.with_suffix(".html")
    page.goto(html.as_uri())
    assert page.title() == "Bench sheet of board e66141"
    assert EVIL in page.inner_text("header")
    assert page.locator("svg path.now").count() == 2 * len(STEPS) - 1  # the signal has one
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    widest = "Math.max(...[...document.querySelectorAll('%s')].map(e => %s))"
    assert (
        200 < page.evaluate(widest % ("td, th, .verdict", "e.getBoundingClientRect().right")) < 350
    )
    narrow = "Math.min(...[...document.querySelectorAll('.advice td')].map(e => e.clientWidth))"
    assert page.evaluate(narrow) > 250
    assert page.evaluate(
        "(() => { const t = document.querySelector('svg text'), m = t.getScreenCTM();"
        " return parseFloat(getComputedStyle(t).fontSize) * m.a })()"
    ) == pytest.approx(11, abs=1.5)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(20, 24, 27)") == (scheme == "dark")
    page.emulate_media(media="print", color_scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert paper == "rgb(255, 255, 255)"
    assert troubles == []
    assert [url for url in asked if not url.startswith("data:")] == [html.as_uri()]
