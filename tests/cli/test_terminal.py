"""`unclench` without a window: a page on a terminal, a line a second elsewhere, and how it ends."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from tests import needs
from tests.limits import HANG_LIMIT_S
from tests.processes import unclench

from unclench.commands.ending import Ending
from unclench.errors import DisplayError
from unclench.link.transport import PtyTransport, TransportClosed
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.live.pipeline import Pipeline
from unclench.running.trialnow import TrialNow
from unclench.store import load_recording, open_session
from unclench.terminal.watch import can_draw, watch_lines
from unclench.trial.phases import blocks_of, running_now
from unclench.trial.plan import Trials, make_trial, save_trials
from unclench_dsp import WIDE
from unclench_wire.messages import Hello

FAST = ("--speed", "max")
A_SECOND = re.compile(r"\d+ s\t(Channel \d\t(–|\d+(\.\d)? µV)\t[A-Z][a-z ]+\t?)+")


def on_a_terminal(*arguments: str, **environment: str) -> tuple[str, int]:
    """Run `unclench live --terminal ...` on a terminal; return what came there, and its status."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        unclench("live", "--terminal", *arguments),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "100", "LINES": "24", **environment},
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how Linux tells that nobody writes any more
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    return shown.decode(), process.wait(HANG_LIMIT_S)


def trial_under_way(feedback: bool) -> None:
    """Keep a trial of the virtual board whose block of today is with or without feedback."""
    now = datetime.now().astimezone()
    starts, planned = now.date() - timedelta(days=1), now - timedelta(days=2)
    drawn = (
        make_trial("Jaw", WIDE, starts, planned, seed=seed, virtual=True, block_days=4, pairs=7)
        for seed in range(100)
    )
    trial = next(trial for trial in drawn if blocks_of(trial)[0].feedback == feedback)
    save_trials(Trials(trials=[trial]))


@needs.linux
class TestWithoutAScreen:
    """What happens where no window can open."""

    @pytest.fixture(autouse=True)
    def no_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take every screen away."""
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize("arguments", [(), ("live",)])
    def test_the_main_command_watches_in_the_terminal(self, run, arguments):
        done = run(*arguments, "--source", "sim:relaxed", "--seconds", 4, *FAST)
        assert done.status == 0
        lines = done.out.splitlines()
        assert [line.partition(" ")[0] for line in lines] == ["1", "2", "3", "4"]
        assert all(A_SECOND.fullmatch(line) for line in lines), lines
        why, floor = done.err.splitlines()
        assert why == (
            "There is no screen to open a window on. Watching in the terminal; press Ctrl-C to "
            "stop."
        )
        assert re.fullmatch(r"Channel 1: Noise floor \d\.\d\d µV\.", floor)

    def test_a_screen_that_does_not_answer_is_named(self, run, monkeypatch):
        monkeypatch.setenv("DISPLAY", ":41777")
        done = run("--source", "sim", "--seconds", 2, *FAST)
        assert (done.status, len(done.out.splitlines())) == (0, 2)
        assert "Watching in the terminal; press Ctrl-C to stop." in done.err.splitlines()[0]

    def test_missing_libraries_are_named_and_a_picture_needs_them(self, run, monkeypatch, tmp_path):
        def missing(**_):
            raise DisplayError("Qt lacks libGL.so.1: install it.")

        monkeypatch.setattr("unclench.desktop.display.check_display", missing)
        done = run("--source", "sim", "--seconds", 2, *FAST)
        assert (done.status, len(done.out.splitlines())) == (0, 2)
        assert done.err.startswith("Qt lacks libGL.so.1: install it. Watching in the terminal;")
        picture = ("--screenshot", tmp_path / "me.png")
        said = run("--source", "sim", *picture, *FAST).sentence()
        assert said == "unclench: Qt lacks libGL.so.1: install it."

    def test_what_needs_a_window_says_what_does_not(self, run):
        guided = run("session", "--source", "sim").sentence()
        assert guided.startswith("unclench: There is no screen to open a window on. `unclench")
        assert "--terminal" in guided
        assert "unclench report" in run("review").sentence()


class TestLines:
    """A line a second, where no page can be drawn."""

    def test_of_three_channels(self, run):
        source = ("--source", "sim:desk-work?channels=3", "--seconds", 3, *FAST)
        done = run("live", "--terminal", *source)
        lines = done.out.splitlines()
        assert (done.status, len(lines)) == (0, 3)
        assert [len(line.split("\t")) for line in lines] == [10, 10, 10]
        assert all(A_SECOND.fullmatch(line) for line in lines), lines

    def test_without_contact_there_is_no_number(self, run):
        done = run("--terminal", "--source", "sim:poor-contact", "--seconds", 20, *FAST)
        states = {line.split("\t")[3]: line.split("\t")[2] for line in done.out.splitlines()}
        assert states["No contact"] == "–"
        assert states["Good signal"].endswith(" µV")

    def test_the_same_signal_gives_the_same_lines(self, run, session):
        first = run("--terminal", "--source", session, *FAST)
        assert first.status == 0
        assert len(first.out.splitlines()) == 2
        assert run("--terminal", "--source", session, "--speed", 50).out == first.out

    def test_of_a_csv_with_a_name_that_would_steer_the_terminal(self, run, tmp_path):
        path = tmp_path / "signal.csv"
        rows = "\n".join(f"{k % 7}" for k in range(3000))
        path.write_text(f"left\x1b[2Jjaw\n{rows}\n", encoding="utf-8")
        done = run("--terminal", "--source", path, "--fs", 1000, "--unit", "uV", *FAST)
        assert (done.status, len(done.out.splitlines())) == (0, 3)
        assert "\x1b" not in done.out

    def test_where_there_is_only_ascii(self):
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
        watch_lines(lambda: ["1 s\tJaw\t2.3 µV\tGood signal"], lambda _: True, out)
        assert out.buffer.getvalue() == b"1 s\tJaw\t2.3 uV\tGood signal\n"

    def test_each_line_is_written_at_once(self):
        class Pipe(io.StringIO):
            """Text that counts as written once it was flushed."""

            written = ""

            def flush(self):
                self.written = self.getvalue()

        pipe = Pipe()
        waits = iter([False, False, True])
        seen = []

        def lines():
            seen.append(pipe.written)
            return [f"{len(seen)} s"]

        watch_lines(lines, lambda _: next(waits), pipe)
        assert seen == ["", "1 s\n", "1 s\n2 s\n"]
        assert pipe.written == "1 s\n2 s\n3 s\n"

    def test_a_lost_connection_is_told_beside_the_lines(self, run):
        # 25 s at this speed last longer than the board stays.
        source = "sim:relaxed?unplug_every_s=1&unplug_s=0.2"
        done = run("--terminal", "--source", source, "--seconds", 25, "--speed", 20)
        assert done.status == 0
        assert all(A_SECOND.match(line) for line in done.out.splitlines())
        assert any(
            line.startswith("The board was disconnected (") for line in done.err.splitlines()
        )


class TestEnd:
    """How a watch in the terminal ends."""

    @needs.posix
    def test_ctrl_c_however_often_ends_it_with_status_0(self, spawn, tmp_path):
        source = ("--source", "sim:relaxed", "--speed", 20)
        process = spawn("live", "--terminal", *source, "--record", tmp_path / "s")
        assert process.stdout.readline().startswith("1 s\t")
        while process.poll() is None:  # `timeout -s INT` sends two at once
            process.send_signal(signal.SIGINT)
            time.sleep(0.001)
        out, err = process.communicate(timeout=HANG_LIMIT_S)
        assert (process.returncode, "Traceback" in err) == (0, False)
        assert all(A_SECOND.fullmatch(line) for line in out.splitlines())
        saved = open_session(tmp_path / "s").meta
        assert saved.ended == "closed"
        assert err.splitlines()[-1] == f"Saved {saved.duration_s:.0f} s to {tmp_path / 's'}"

    @needs.posix
    def test_being_told_to_end_is_as_good_an_end(self, run, tmp_path):
        rows = tmp_path / "s" / "emg.csv"
        done = run(
            *("--terminal", "--source", "sim:relaxed", "--speed", 20, "--record", tmp_path / "s"),
            signal_when=lambda: rows.exists() and rows.stat().st_size > 100_000,
            number=signal.SIGTERM,
        )
        assert done.status == 0
        assert done.err.splitlines()[-1].startswith("Saved ")

    @needs.posix
    def test_a_reader_that_has_seen_enough_ends_it_quietly(self):
        watch = unclench("--terminal", "--source", "sim", "--speed", 20)
        command = f"{shlex.join(watch)} | head -n 3"
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, timeout=HANG_LIMIT_S, check=False
        )
        assert len(done.stdout.splitlines()) == 3
        assert len(done.stderr.splitlines()) == 1  # the noise floor

    def test_a_recording_that_is_kept(self, run, tmp_path):
        folder = tmp_path / "s"
        source = ("--source", "sim:relaxed", "--seconds", 3, *FAST)
        done = run("--terminal", *source, "--record", folder)
        assert (done.status, done.err.splitlines()[-1]) == (0, f"Saved 3 s to {folder}")
        assert load_recording(folder).n_samples == 6000

    def test_trouble_with_the_source_is_a_sentence_alone(self, run):
        sentence = run("--terminal", "--source", "socket://127.0.0.1:9").sentence()
        assert "127.0.0.1:9" in sentence

    def test_raw_is_for_the_window(self, run):
        done = run("--terminal", "--raw", "--source", "sim", "--seconds", 1, *FAST)
        assert done.status == 0
        assert "--raw works in the window" in done.err

    def test_a_picture_needs_the_window(self, run, tmp_path):
        picture = ("--screenshot", tmp_path / "me.png")
        assert "--terminal" in run("live", "--terminal", *picture).sentence()


class OnSkin(SyntheticInput):
    """A board that does not say that it is virtual, as a real one with electrodes on skin."""

    def hello(self) -> Hello:
        hello = super().hello()
        hello.flags = 0
        return hello


@needs.posix
class TestSafety:
    """A board on skin: whoever has not agreed to the rules gets them first."""

    @pytest.fixture
    def port(self) -> Iterator[str]:
        """A port with such a board."""

        def serve() -> None:
            with contextlib.suppress(TransportClosed):
                board.serve(terminal)

        terminal, board = PtyTransport(), VirtualBoard(OnSkin("relaxed"))
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield terminal.path
        board.close()
        thread.join(HANG_LIMIT_S)

    def test_they_are_shown_where_nobody_can_be_asked(self, run, port):
        done = run("--terminal", "--source", port, "--seconds", 1)
        assert (done.status, len(done.out.splitlines())) == (0, 1)
        assert done.err.startswith("Before you begin:")

    def test_nothing_is_shown_to_a_person_who_does_not_agree(self, spawn, port):
        keyboard, stdin = os.openpty()
        process = spawn("--terminal", "--source", port, stdin=stdin)
        os.close(stdin)
        os.write(keyboard, b"n\n")
        out, err = process.communicate(timeout=HANG_LIMIT_S)
        os.close(keyboard)
        assert (process.returncode, out.strip()) == (2, "")  # click before 8.2 writes a blank there
        assert err.startswith("Before you begin:")
        assert "you have agreed to" in err


class TestEnding:
    """When a run is over whose board is away."""

    @pytest.fixture
    def ending(self) -> SimpleNamespace:
        """How the stream stands, the time, and an `Ending` of it, all set by hand."""
        status = SimpleNamespace(connected=False, ended=False, cut_short=False, why="unplugged")
        now = SimpleNamespace(s=100.0)
        pipeline = SimpleNamespace(
            status=status, info=SimpleNamespace(source="COM7"), wait=lambda wait_s: status.ended
        )
        return SimpleNamespace(
            status=status,
            now=now,
            of=lambda seconds: Ending(cast(Pipeline, pipeline), seconds, clock=lambda: now.s),
        )

    def test_it_waits_a_little_beyond_the_time_asked_for(self, ending):
        made = ending.of(10.0)
        ending.now.s = 114.9
        assert (made.over(0.0), made.trouble) == (False, None)
        ending.now.s = 115.1
        assert made.over(0.0)
        assert made.trouble == "COM7 was disconnected and did not reconnect (unplugged)"
        ending.status.connected = True
        assert (made.over(0.0), made.trouble) == (False, None)

    def test_without_a_time_it_waits_for_ever(self, ending):
        made = ending.of(None)
        ending.now.s = 1e6
        assert (made.over(0.0), made.trouble) == (False, None)

    def test_an_end_that_was_not_meant_is_told(self, ending):
        ending.status.ended, ending.status.cut_short = True, True
        made = ending.of(None)
        assert (made.over(0.0), made.trouble) == (True, "Unplugged")


class TestTrial:
    """A block without feedback hides the tension, here as in the window."""

    def test_lines_keep_the_states_alone(self, run):
        source = ("--terminal", "--source", "sim:relaxed", "--seconds", 3, *FAST)
        trial_under_way(feedback=False)
        hidden = run(*source)
        assert hidden.status == 0
        assert "tension is not shown" in hidden.err
        assert hidden.out.splitlines()[-1] == "3 s\tChannel 1\t–\tGood signal"
        trial_under_way(feedback=True)
        assert " µV\t" in run(*source).out

    def test_a_day_that_ends_meanwhile_is_noticed(self):
        trial_under_way(feedback=False)
        now = datetime.now().astimezone()
        clock = SimpleNamespace(s=0.0, day=now)
        trial = TrialNow(lambda: running_now((), WIDE, True, clock.day), clock=lambda: clock.s)
        assert (trial.shown, "without feedback" in trial.words) == (False, True)
        clock.s, clock.day = 29.0, now + timedelta(days=4)
        assert not trial.look()  # it is not time yet
        clock.s = 31.0
        assert trial.look()
        assert trial.shown
        assert ": with feedback." in trial.words
        assert not trial.look()


@needs.posix
class TestPage:
    """On a real terminal."""

    def test_is_drawn_on_a_screen_of_its_own_which_is_gone_at_the_end(self):
        shown, status = on_a_terminal(
            *("--source", "sim:relaxed?channels=2", "--seconds", "5", "--speed", "20"),
            TERM="xterm-256color",
        )
        assert status == 0
        entered, left = shown.index("\x1b[?1049h"), shown.index("\x1b[?1049l")
        page = shown[entered:left]
        for words in ("Virtual board", "Channel 1", "Channel 2", "Noise floor", "Good signal"):
            assert words in page
        assert "\x1b[?25h" in shown[left - 100 :]  # the cursor is back
        assert shown[left:].rstrip().endswith("Watched 0:05, nothing lost.")

    @needs.c_locale
    def test_one_that_cannot_be_drawn_on_gets_lines_here_in_the_c_locale(self):
        shown, status = on_a_terminal(
            *("--source", "sim:relaxed", "--seconds", "3", "--speed", "20"),
            TERM="dumb",
            LC_ALL="C",
        )
        assert status == 0
        assert shown.isascii()
        assert "\x1b" not in shown
        lines = [line.split("\t") for line in shown.splitlines()[-3:]]
        assert [line[0] for line in lines] == ["1 s", "2 s", "3 s"]
        assert lines[-1][2].endswith(" uV")

    def test_only_terminals_with_a_cursor_are_drawn_on(self, monkeypatch):
        terminal = io.StringIO()
        assert not can_draw(terminal)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        for kind, can in (("xterm", True), ("dumb", False), ("unknown", False), ("", False)):
            monkeypatch.setenv("TERM", kind)
            assert can_draw(terminal) == can
        monkeypatch.delenv("TERM")
        assert not can_draw(terminal)
