"""`unclench board check STEP`: each step, its sheet, and whoever sits there."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest

from unclench.board.bench.file import read_sheet
from unclench.board.bench.steps import ABOUT, STEP_OF, STEPS

from .conftest import COMMAND, LONG_S

posix_only = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
SHEET = "unclench-bench-7669727475616c01.html"
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
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def kept(folder):
    """What a person sees there: a lock of a sheet is hidden."""
    return [file.name for file in folder.iterdir() if not file.name.startswith(".")]


def step(run, name, *arguments):
    return run("board", "check", name, *STEP_ARGUMENTS[name], "--seconds", 3, *arguments)


class TestSteps:
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
            assert f"Kept in {SHEET}." in done.out
            todo = [other.name for other in STEPS[number + 1 :]]
            assert last == (f"To do: {', '.join(todo)}." if todo else f"Kept in {SHEET}.")
            assert max(map(len, done.out.splitlines())) <= 80
        assert kept(folder) == [SHEET]
        shown = run("board", "check", "sheet", SHEET)
        assert (shown.status, shown.err) == (0, "")
        assert all(one.title in shown.out for one in STEPS)
        assert "As a whole this unit is good." in shown.out.splitlines()
        assert ABOUT in " ".join(shown.out.split())
        assert UNPLUG in " ".join(shown.out.split())

    @pytest.mark.parametrize("options", [(), ("--json",)])
    def test_a_charger_that_adds_nothing_is_to_be_unplugged_too(self, run, options):
        step(run, "battery")
        quiet = ("--port", "sim:shorted", "--yes", "--seconds", 3, *options)
        done = run("board", "check", "charger", *quiet)
        assert "good" in done.out
        assert UNPLUG in " ".join(done.err.split())

    def test_a_charger_step_that_fails_leaves_nobody_with_it(self, run, folder):
        (folder / "mine.html").write_text("mine")
        assert UNPLUG in " ".join(step(run, "charger", "--keep", "mine.html").err.split())

    def test_two_steps_at_once_are_both_kept(self, spawn, folder):
        names = ("shorted", "hands-off")
        both = [
            spawn("board", "check", name, *STEP_ARGUMENTS[name], "--seconds", 3) for name in names
        ]
        for process in both:
            _, err = process.communicate(timeout=LONG_S)
            assert process.returncode == 0, err
        assert tuple(record.step for record in read_sheet(folder / SHEET).records) == names

    def test_two_boards_at_once_do_not_share_a_sheet(self, spawn, folder):
        both = [
            spawn(
                *("board", "check", "shorted", "--port", f"sim:shorted?seed={seed}"),
                *("--seconds", 3, "--keep", "one.html"),
            )
            for seed in (1, 2)
        ]
        errs = [process.communicate(timeout=LONG_S)[1] for process in both]
        assert sorted(process.returncode for process in both) == [0, 2]
        assert "is the sheet of board" in errs[both[0].returncode == 0]

    def test_a_comparison_follows_the_step_it_is_made_with(self, run):
        assert "measured not at all" in " ".join(step(run, "hands-on").out.split())
        step(run, "hands-off")
        _, hands_on = json.loads(run("board", "check", "sheet", SHEET, "--json").out)["records"]
        assert [finding["name"] for finding in hands_on["findings"]] == ["hum 1", "losses"]
        assert "with hands-off" in hands_on["findings"][0]["expected"]

    def test_figures_for_programs(self, run):
        done = step(run, "signal", "--json")
        data = json.loads(done.out)
        assert (data["step"], data["verdict"], data["file"]) == ("signal", "good", SHEET)
        assert data["board_id"] == "7669727475616c01"
        assert data["tone"]["rms_uv"] == pytest.approx(data["tone"]["expected_uv"], rel=0.01)
        assert len(data["sensors"][0]["density_uv"]) == 431
        sheet = json.loads(run("board", "check", "sheet", SHEET, "--json").out)
        assert sheet["records"][0]["tone"] == data["tone"]
        assert sheet["missing"][0] == "shorted"

    def test_a_file_of_ones_own(self, run, folder):
        assert step(run, "shorted", "--keep", "mine.html").status == 0
        assert kept(folder) == ["mine.html"]

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
        assert "in the project's folder hardware/, in acceptance.md" in " ".join(told.split())
        for name in (*STEP_OF, "sheet"):
            told = " ".join(run("board", "check", name, "--help").out.split())
            assert "0 good or usable, 1 not usable or not measured, 2 an error" in told
        assert "NOBODY MAY WEAR" in run("board", "check", "charger", "--help").out
        assert "never on a body" in " ".join(run("board", "check", "signal", "--help").out.split())


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("signal", "--port", "sim"), "Missing option '--mv'"),
            (("signal", "--port", "sim", "--mv", "nan"), "--mv nan is no amount"),
            (("signal", "--port", "sim", "--mv", 100, "--divider", 0), "--divider 0 is no amount"),
            (("signal", "--port", "sim", "--mv", 100, "--hz", 20), "20 Hz is not in 25 to 400 Hz"),
            (("signal", "--port", "sim", "--mv", 100, "--hz", 60), "60 Hz is too near 60 Hz"),
            (("signal", "--port", "sim", "--mv", 1), "too weak"),
            (("signal", "--port", "sim", "--mv", 100, "--channel", 2), "no channel 2 on this"),
            (("shorted", "--port", "sim", "--seconds", 1), "--seconds"),
            (("shorted", "--port", "sim", "--seconds", "nan"), "--seconds"),
            (("shorted", "--port", "sim:asleep"), "no scenario 'asleep'"),
            (("charger", "--port", "sim"), "add --yes if nobody wears the electrodes"),
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
    def test_what_was_measured_is_shown_though_it_cannot_be_kept(self, spawn, folder, as_json):
        place = folder / "stick"
        place.mkdir()
        arguments = (*STEP_ARGUMENTS["shorted"], "--seconds", 3, "--keep", place / "sheet.html")
        options = ("--json",) if as_json else ()
        process = spawn("board", "check", "shorted", *arguments, *options)
        assert process.stderr.readline().startswith("Connect all")  # it measures from now on
        place.rmdir()
        out, err = process.communicate(timeout=LONG_S)
        assert (process.returncode, "cannot be written" in err) == (2, True)
        if as_json:
            assert json.loads(out)["verdict"] == "good"
        else:
            assert "This step is good." in out
            assert "Kept in" not in out

    @pytest.mark.parametrize("content", ["<p>my thesis</p>", ""])
    def test_a_foreign_file_stays_and_nothing_is_measured(self, run, folder, content):
        file = folder / "mine.html"
        file.write_text(content)
        said = step(run, "shorted", "--keep", file).sentence()
        assert "is no bench sheet of unclench" in said
        assert file.read_text() == content
        assert "is no bench sheet" in run("board", "check", "sheet", file).sentence()

    def test_another_boards_sheet_stays(self, run, folder):
        step(run, "shorted")
        before = (folder / SHEET).read_bytes()
        arguments = ("--port", "sim:shorted?seed=2", "--keep", SHEET)
        said = run("board", "check", "shorted", *arguments).sentence()
        assert "is the sheet of board 7669727475616c01, this is board 7669727475616c02" in said
        assert (folder / SHEET).read_bytes() == before


@posix_only
class TestAPersonAtATerminal:
    """Board and person each on a pseudo-terminal of their own."""

    @pytest.fixture
    def sit(self, spawn, folder):
        """Begin a step as a person would; `type` at it; stdin is a terminal."""
        began = []

        def begin(name, scenario):
            board = spawn("simulate", "--pty", "--signal", scenario)
            path = board.stdout.readline().strip()
            keyboard, stdin = os.openpty()
            process = subprocess.Popen(
                [*COMMAND, "board", "check", name, "--port", path, "--seconds", "3"],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            os.close(stdin)
            began.append((process, keyboard))
            return process, lambda keys: os.write(keyboard, keys)

        yield begin
        for process, keyboard in began:
            if process.poll() is None:
                process.kill()
            process.communicate()
            os.close(keyboard)

    def test_it_waits_for_enter(self, sit, folder):
        process, press = sit("shorted", "sim:shorted")
        said = self.until(process, "Press Enter when it is so.")
        assert said.split()[:3] == ["Connect", "all", "electrodes"]
        time.sleep(4.0)  # longer than the step itself: it waits, and the board's talk meanwhile
        assert process.poll() is None
        assert not list(folder.iterdir())
        press(b"\n")
        out, _ = process.communicate(timeout=LONG_S)
        assert (process.returncode, "This step is good." in out) == (0, True)
        assert read_sheet(folder / SHEET).records[0].step == "shorted"

    def test_the_charger_asks_for_a_yes(self, sit, folder):
        process, press = sit("charger", "sim:bench-charger")
        said = self.until(process, "connected to each other? [y/N]")
        assert "NOBODY MAY WEAR THE ELECTRODES" in said
        press(b"n\n")
        out, err = process.communicate(timeout=LONG_S)
        assert (process.returncode, out) == (1, "")
        assert "Nothing was measured." in err
        assert UNPLUG in " ".join(err.split())
        assert not list(folder.iterdir())

    def test_the_end_of_input_is_no_enter(self, sit, folder):
        process, press = sit("shorted", "sim:shorted")
        self.until(process, "Press Enter")
        press(b"\x04")
        process.communicate(timeout=LONG_S)
        assert process.returncode == 130
        assert not list(folder.iterdir())

    @staticmethod
    def until(process, words):
        """Read what it says up to some words."""
        said = ""
        while words not in said:
            character = process.stderr.read(1)
            assert character, said
            said += character
        return said
