"""`unclench board check STEP`: each step, its sheet, and whoever sits there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import needs
from tests.commandline import Ran
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import on_terminal, wait_until

from unclench.board.bench.file import read_sheet
from unclench.board.bench.measure import measure_step
from unclench.board.bench.steps import ABOUT, STEP_OF, STEPS
from unclench.commands import boardbench
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput

SHEET = "unclench-bench-7669727475616c01.json"
PAGE = "unclench-bench-7669727475616c01.html"
KNOWN = ("--mv", 100, "--divider", 1000, "--hz", 110)
UNPLUG = STEP_OF["charger"].after
STEP_ARGUMENTS = {
    "shorted": ("--port", "sim:shorted"),
    "signal": ("--port", "sim:bench-signal", *KNOWN),
    "hands-off": ("--port", "sim:shorted"),
    "hands-on": ("--port", "sim:bench-hands-on"),
    "battery": ("--port", "sim:shorted"),
    "charger": ("--port", "sim:bench-charger", "--yes"),
}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def kept(folder: Path) -> list[str]:
    """What a person sees there: a lock of a sheet is hidden."""
    return [file.name for file in folder.iterdir() if not file.name.startswith(".")]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen once, while a step is measured."""

    def once(happen: Callable[[], object]) -> None:
        def measure(*arguments, **options):
            monkeypatch.setattr(boardbench, "measure_step", measure_step)
            happen()
            return measure_step(*arguments, **options)

        monkeypatch.setattr(boardbench, "measure_step", measure)

    return once


def step(run: Callable[..., Ran], name: str, *arguments: object) -> Ran:
    """Measure a step of the bench test."""
    return run("board", "check", name, *STEP_ARGUMENTS[name], "--seconds", 3, *arguments)


class TestSteps:
    """Steps of the bench test, and the sheet that keeps their figures."""

    def test_all_of_them_make_one_sheet(self, run, folder):
        for number, one in enumerate(STEPS):
            done = step(run, one.name)
            assert done.status == 0, done
            assert done.err.split() == f"{one.connect} {one.after}".split()
            first, *_, last = done.out.splitlines()
            assert first.startswith(one.title)
            assert first.endswith(", board 7669727475616c01")
            verdict = "usable" if one.name == "charger" else "good"
            assert f"This step is {verdict}." in done.out
            assert f"Saved in {SHEET}." in done.out
            assert f"Page: {PAGE}" in done.out
            todo = [other.name for other in STEPS[number + 1 :]]
            assert last == (f"To do: {', '.join(todo)}." if todo else f"Page: {PAGE}")
            assert max(map(len, done.out.splitlines())) <= 80
        assert sorted(kept(folder)) == [PAGE, SHEET]
        shown = run("board", "check", "sheet", SHEET)
        assert (shown.status, shown.err) == (0, "")
        assert all(one.title in shown.out for one in STEPS)
        assert "This unit is good." in shown.out.splitlines()
        assert ABOUT in " ".join(shown.out.split())
        assert UNPLUG in " ".join(shown.out.split())

    @pytest.mark.parametrize("options", [(), ("--json",)])
    def test_a_harmless_charger_is_to_be_unplugged_too(self, run, options):
        step(run, "battery")
        quiet = ("--port", "sim:shorted", "--yes", "--seconds", 3, *options)
        done = run("board", "check", "charger", *quiet)
        assert "good" in done.out
        assert UNPLUG in " ".join(done.err.split())

    def test_a_failed_charger_step_still_says_to_unplug_it(self, run, folder):
        (folder / "mine.html").write_text("mine")
        assert UNPLUG in " ".join(step(run, "charger", "--keep", "mine.html").err.split())

    def test_two_steps_at_once_are_both_kept(self, spawn, folder):
        names = ("shorted", "hands-off")
        both = [
            spawn("board", "check", name, *STEP_ARGUMENTS[name], "--seconds", 3) for name in names
        ]
        for process in both:
            _, err = process.communicate(timeout=HANG_LIMIT_S)
            assert process.returncode == 0, err
        assert tuple(record.step for record in read_sheet(folder / SHEET).records) == names

    def test_two_boards_at_once_do_not_share_a_sheet(self, run, meanwhile):
        """The other one keeps its own there while this one is measured."""
        arguments = ("board", "check", "shorted", "--seconds", 3, "--keep", "one.html")
        first = []
        meanwhile(lambda: first.append(run(*arguments, "--port", "sim:shorted?seed=1")))
        second = run(*arguments, "--port", "sim:shorted?seed=2")
        assert (first[0].status, second.status) == (0, 2)
        assert "is the sheet of board" in second.err

    def test_a_comparison_follows_the_step_it_is_made_with(self, run):
        assert "Run `unclench board check hands-off`" in " ".join(step(run, "hands-on").out.split())
        step(run, "hands-off")
        _, hands_on = json.loads(run("board", "check", "sheet", SHEET, "--json").out)["records"]
        assert [finding["name"] for finding in hands_on["findings"]] == ["hum 1", "losses"]
        assert "hands-off: " in hands_on["findings"][0]["expected"]

    def test_figures_as_json(self, run):
        done = step(run, "signal", "--json")
        data = json.loads(done.out)
        assert (data["step"], data["verdict"], data["file"]) == ("signal", "good", SHEET)
        assert data["board_id"] == "7669727475616c01"
        assert data["tone"]["rms_uv"] == pytest.approx(data["tone"]["expected_uv"], rel=0.01)
        assert len(data["sensors"][0]["density_uv"]) == 431
        sheet = json.loads(run("board", "check", "sheet", SHEET, "--json").out)
        assert sheet["records"][0]["tone"] == data["tone"]
        assert sheet["missing"][0] == "shorted"

    def test_a_sheet_under_another_name(self, run, folder):
        for name in ("mine.html", "mine.json"):  # either of both
            assert step(run, "shorted", "--keep", name).status == 0
            assert sorted(kept(folder)) == ["mine.html", "mine.json"]

    def test_a_gain_that_is_off_says_what_to_set(self, run):
        arguments = ("--port", "sim:bench-signal", "--mv", 110, "--divider", 1000, "--seconds", 3)
        done = run("board", "check", "signal", *arguments)
        words = " ".join(done.out.split())
        assert done.status == 1
        assert run("board", "check", "sheet", SHEET).status == 1
        assert "This step is not usable." in words
        assert "`unclench board set --gain 1=182.0`" in words

    def test_help_says_what_to_connect_and_in_which_order(self, run):
        told = run("board", "check", "--help").out
        assert [line.split()[0] for line in told.split("Commands:")[1].strip().splitlines()] == [
            *(one.name for one in STEPS),
            "sheet",
        ]
        assert "hardware/acceptance.md" in " ".join(told.split())
        for name in (*STEP_OF, "sheet"):
            told = " ".join(run("board", "check", name, "--help").out.split())
            assert "0 good or usable, 1 not usable or not measured, 2 an error" in told
        assert "NOBODY MAY WEAR" in run("board", "check", "charger", "--help").out
        assert "never on a body" in " ".join(run("board", "check", "signal", "--help").out.split())


class TestRefusals:
    """What is refused, and what stays as it was."""

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("signal", "--port", "sim"), "Missing option '--mv'"),
            (("signal", "--port", "sim", "--mv", "nan"), "--mv nan is not valid"),
            (("signal", "--port", "sim", "--mv", 100, "--divider", 0), "--divider 0 is not valid"),
            (("signal", "--port", "sim", "--mv", 100, "--hz", 20), "20 Hz is outside 25 to 400 Hz"),
            (("signal", "--port", "sim", "--mv", 100, "--hz", 60), "60 Hz is too close to 60 Hz"),
            (("signal", "--port", "sim", "--mv", 1), "too weak"),
            (("signal", "--port", "sim", "--mv", 100, "--channel", 2), "no channel 2:"),
            (("shorted", "--port", "sim", "--seconds", 1), "--seconds"),
            (("shorted", "--port", "sim", "--seconds", "nan"), "--seconds"),
            (("shorted", "--port", "sim:asleep"), "no scenario 'asleep'"),
            (("charger", "--port", "sim"), "Add --yes if nobody wears the electrodes"),
            (("sheet", "nothing.html"), "There is no file nothing.html"),
            (("--seconds", 5, "shorted"), "`unclench board check shorted --seconds ...`"),
            (("--yes", "charger"), "`unclench board check charger --yes ...`"),
            (("shroted",), "No such command 'shroted'"),
        ],
    )
    def test_mistakes(self, run, arguments, words, folder):
        done = run("board", "check", *arguments)
        assert (done.status, done.out) == (2, "")
        assert words in done.err.splitlines()[-1]
        assert "Traceback" not in done.err
        assert not list(folder.iterdir())

    def test_a_place_that_takes_no_sheet_is_told_before_anything_is_measured(self, run):
        assert "cannot be written" in step(run, "shorted", "--keep", "no/sheet.html").sentence()

    @pytest.mark.parametrize("as_json", [False, True])
    def test_what_was_measured_is_shown_though_it_cannot_be_kept(
        self, run, folder, meanwhile, as_json
    ):
        place = folder / "stick"
        place.mkdir()
        meanwhile(place.rmdir)
        options = ("--json",) if as_json else ()
        done = step(run, "shorted", "--keep", place / "sheet.html", *options)
        assert (done.status, "cannot be written" in done.err) == (2, True)
        if as_json:
            assert json.loads(done.out)["verdict"] == "good"
        else:
            assert "This step is good." in done.out
            assert "Saved in" not in done.out

    @pytest.mark.parametrize("content", ["<p>my thesis</p>", ""])
    @pytest.mark.parametrize("name", ["mine.html", "mine.json"])
    def test_a_foreign_file_stays_and_nothing_is_measured(self, run, folder, content, name):
        file = folder / name
        file.write_text(content)
        said = step(run, "shorted", "--keep", file).sentence()
        assert "is not a bench sheet of unclench" in said
        assert file.read_text() == content
        assert "is not a bench sheet" in run("board", "check", "sheet", file).sentence()

    def test_another_boards_sheet_stays(self, run, folder):
        step(run, "shorted")
        before = (folder / SHEET).read_bytes()
        arguments = ("--port", "sim:shorted?seed=2", "--keep", SHEET)
        said = run("board", "check", "shorted", *arguments).sentence()
        assert "is the sheet of board 7669727475616c01, but this is board 7669727475616c02" in said
        assert (folder / SHEET).read_bytes() == before


class TestAPersonIsThere:
    """Steps that wait for a person."""

    @pytest.fixture(autouse=True)
    def person(self, monkeypatch):
        monkeypatch.setattr("unclench.commands.boardbench.has_person", lambda: True)

    def test_the_charger_asks_for_a_yes(self, run, folder, monkeypatch):
        asked = []
        monkeypatch.setattr("click.confirm", lambda text, **_: asked.append(text))  # no
        done = run("board", "check", "charger", "--port", "sim:bench-charger", "--seconds", 3)
        assert (done.status, done.out) == (1, "")
        assert "connected to each other?" in asked[0]
        assert "NOBODY MAY WEAR THE ELECTRODES" in done.err
        assert "Nothing was measured." in done.err
        assert UNPLUG in " ".join(done.err.split())
        assert not list(folder.iterdir())

    def test_the_end_of_input_is_not_enter(self, run, folder):
        done = run("board", "check", "shorted", "--port", "sim:shorted", "--seconds", 3)
        assert (done.status, done.out) == (130, "")
        assert "Press Enter" in done.err
        assert not list(folder.iterdir())

    @needs.posix
    def test_it_waits_for_enter(self, spawn, folder):
        """Board, person and command each on their own, on two pseudo-terminals."""
        analog = NotingInput("shorted")
        keyboard, stdin = os.openpty()
        with on_terminal(VirtualBoard(analog, MAX_SPEED)) as path:
            arguments = ("board", "check", "shorted", "--port", path, "--seconds", 3)
            process = spawn(*arguments, stdin=stdin)
            os.close(stdin)
            said = ""
            while "Press Enter when this is done." not in said:
                character = process.stderr.read(1)
                assert character, said
                said += character
            assert said.split()[:3] == ["Connect", "all", "electrodes"]
            hellos, restarts = analog.hellos, analog.restarts
            wait_until(lambda: analog.hellos > hellos + 1)  # the board talks on meanwhile
            assert (process.poll(), analog.restarts) == (None, restarts)
            assert not list(folder.iterdir())
            os.write(keyboard, b"\n")
            out, _ = process.communicate(timeout=HANG_LIMIT_S)
            os.close(keyboard)
        assert (process.returncode, "This step is good." in out) == (0, True)
        assert read_sheet(folder / SHEET).records[0].step == "shorted"


class NotingInput(SyntheticInput):
    """Notes how often it was asked what it is, and how often it began to stream."""

    hellos = restarts = 0

    def hello(self):
        self.hellos += 1
        return super().hello()

    def restart(self):
        self.restarts += 1
        super().restart()
