"""Installing on a real MicroPython: what is copied, what is kept, what a cut leaves."""

from __future__ import annotations

import functools
import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mpremote.transport_serial import SerialTransport
from tests import needs
from tests.commandline import Ran, run_command
from tests.limits import HANG_LIMIT_S
from tests.virtual_boards import wait_until

from unclench.board import install as install_module
from unclench.board import prompt as prompt_module
from unclench.board.files import digest, firmware_files, firmware_version
from unclench.board.install import (
    MANIFEST,
    OLDEST,
    RP2040,
    Installed,
    Plan,
    Target,
    check_interpreter,
    install,
    wait_for_hello,
)
from unclench.board.prompt import Interpreter, Prompt
from unclench.errors import SourceError
from unclench.link.timing import TRUE_TIME, SimulatedTime
from unclench.link.transport import open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput

from .conftest import MicroPython

pytestmark = needs.posix


BIG = "/lib/unclench_board/big.py"
LEFT_OVER = re.compile(r"\.(before-)?unclench$")  # not in its place yet, or put aside


class FastTime:
    """Fifty seconds of it are one of the computer: for waits in which nothing is to come."""

    def now_s(self) -> float:
        return time.monotonic() * 50

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 50)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up soon what will never answer; mpremote itself waits for ten seconds of true time."""
    monkeypatch.setattr(prompt_module, "_READ_S", 0.2)
    monkeypatch.setattr(SerialTransport.read_until, "__defaults__", (0.2, None, None))


def never(plan: Plan) -> bool:
    raise AssertionError(f"asked for leave: {plan}")


class Asked:
    """Gives leave or refuses it, and notes what it was asked for."""

    def __init__(self, leave: bool = True) -> None:
        self.plans: list[Plan] = []
        self._leave = leave

    def __call__(self, plan: Plan) -> bool:
        self.plans.append(plan)
        return self._leave


def put(
    board: MicroPython,
    files: Mapping[str, bytes],
    agree: Callable[[Plan], bool] = never,
    **options: Any,
) -> Installed:
    """Install `files`; nobody may be asked for leave, unless `agree` is given."""
    done = install(board.path, files, agree=agree, **{"target": board.target, **options})
    assert done is not None
    return done


def listed(files: Mapping[str, bytes]) -> bytes:
    """What the list of our files says after they were installed."""
    return json.dumps({path: digest(content) for path, content in files.items()}).encode()


def whole(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What is on a board with these files and nothing else."""
    return {**files, MANIFEST: listed(files)}


class TestFiles:
    """The files of the firmware."""

    def test_the_firmware_is_the_wire_the_board_and_main(self):
        files = firmware_files()
        assert {"/main.py", "/lib/unclench_wire/board.py", "/lib/unclench_board/__init__.py"} <= {
            *files
        }
        assert "/lib/unclench_board/main.py" not in files  # MicroPython runs the one in the root
        assert all(path.endswith(".py") for path in files)
        assert list(files) == sorted(files)
        from unclench_wire import board

        assert files["/lib/unclench_wire/board.py"] == Path(board.__file__).read_bytes()

    def test_its_version_is_what_the_board_says(self):
        from unclench_board import VERSION

        assert firmware_version(firmware_files()) == VERSION

    def test_folders_in_a_package_are_kept(self, tmp_path, monkeypatch):
        for name in ("unclench_wire", "unclench_board"):
            (tmp_path / name / "deep").mkdir(parents=True)
            (tmp_path / name / "__init__.py").write_bytes(b"")
            (tmp_path / name / "py.typed").write_bytes(b"")
            (tmp_path / name / "deep" / "er.py").write_bytes(name.encode())
        (tmp_path / "unclench_board" / "main.py").write_bytes(b"# unclench\r\n")
        for name in [name for name in sys.modules if name.startswith("unclench_")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "path", [str(tmp_path)])
        assert firmware_files() == {
            "/lib/unclench_board/__init__.py": b"",
            "/lib/unclench_board/deep/er.py": b"unclench_board",
            "/lib/unclench_wire/__init__.py": b"",
            "/lib/unclench_wire/deep/er.py": b"unclench_wire",
            "/main.py": b"# unclench\r\n",
        }


class TestOnRealMicroPython:
    """Installing with and without trouble."""

    def test_the_firmware_as_it_is_and_then_again(self, micropython):
        board, files, steps = micropython(), firmware_files(), []
        runs = {"target": board.whole_target}
        done = put(board, files, progress=lambda *step: steps.append(step), **runs)
        assert (set(done.plan.copy), done.plan.same) == (set(files), 0)
        assert (done.hello.label, done.hello.firmware) == ("restarted", firmware_version(files))
        assert board.files() == whole(files)
        total = sum(map(len, files.values())) + len(listed(files))
        assert ("verifying", total, total) in steps
        copied = [n for _, n, of in steps if of == total]
        assert copied == sorted(copied)

        again = put(board, files, **runs)
        assert (again.plan.copy, again.plan.same, again.plan.stale) == ((), len(files), ())
        assert board.files() == whole(files)

    def test_an_update_copies_what_differs_and_removes_what_is_old(self, micropython, firmware):
        board = micropython()
        old = {**firmware, "/lib/unclench_wire/old.py": b"1", "/lib/unclench_board/was/it.py": b"2"}
        put(board, old)
        board.write({"/lib/unclench_wire/mine.py": b"kept"})
        board.write({"/unclench_settings.json": b"{}"})
        new = {**firmware, BIG: b"# new\n"}
        sent_before = len(board.sent)
        done = put(board, new)
        assert done.plan.copy == (BIG,)
        assert done.plan.stale == ("/lib/unclench_board/was/it.py", "/lib/unclench_wire/old.py")
        assert len(board.sent) - sent_before < 12_000  # not all of it once more
        kept = {"/lib/unclench_wire/mine.py": b"kept", "/unclench_settings.json": b"{}"}
        assert board.files() == {**whole(new), **kept}
        listing = board.run("import os; print(os.listdir('/lib/unclench_board'))")
        assert b"'deep'" in listing
        assert b"'was'" not in listing  # nor the folder that is empty now

    @pytest.mark.parametrize(
        "manifest",
        [b"{", b"[1]", b'{"/lib/other.py": "", "/lib/unclench_wire/../../x": "", "7": 1}'],
    )
    def test_a_broken_list_of_our_files_removes_nothing(self, micropython, firmware, manifest):
        board = micropython()
        board.write({MANIFEST: manifest})
        board.write({"/lib/other.py": b"theirs"})
        board.write({"/x": b"theirs"})
        put(board, firmware)
        assert board.files() == {**whole(firmware), "/lib/other.py": b"theirs", "/x": b"theirs"}

    def test_a_foreign_main_is_not_touched_without_permission(self, micropython, firmware):
        board, asked = micropython(), Asked(leave=False)
        board.write({"/main.py": b"# blinks\nimport machine  # unclench\n"})
        before = board.files()
        assert install(board.path, firmware, agree=asked, target=board.target) is None
        assert asked.plans[0].foreign_main == "/main.py.before-unclench"
        assert board.files() == before

    @pytest.mark.parametrize("had", ["nothing", "ours"])
    def test_a_main_that_only_mentions_unclench_is_not_ours(self, micropython, firmware, had):
        """Somebody's own program, or ours with somebody's own lines in it."""
        board = micropython()
        theirs = b"# unclench: my own program\n"
        if had == "ours":
            board.write(whole(firmware))
            theirs = firmware["/main.py"] + b"print('my own line')\n"
        board.write({"/main.py": theirs})
        before = board.files()
        refuse = Asked(leave=False)
        assert install(board.path, firmware, agree=refuse, target=board.target) is None
        assert board.files() == before
        put(board, firmware, lambda plan: True)
        assert board.files() == {**whole(firmware), "/main.py.before-unclench": theirs}

    @pytest.mark.parametrize("listed_there", [True, False])
    def test_our_own_main_is_recognised(self, micropython, firmware, listed_there):
        """An older one by the list; the very one that is brought without any."""
        board = micropython()
        if listed_there:
            board.write(whole({**firmware, "/main.py": b"print('as it was once')\n"}))
        else:
            board.write({"/main.py": firmware["/main.py"]})
        put(board, firmware)  # and is not asked for leave
        assert board.files() == whole(firmware)

    def test_a_foreign_main_is_kept_under_another_name(self, micropython, firmware):
        board = micropython()
        board.write({"/main.py": b"first\n"})
        put(board, firmware, lambda plan: True)
        board.write({"/main.py": b"second\n"})
        done = put(board, firmware, lambda plan: True)
        assert done.plan.foreign_main == "/main.py.before-unclench-2"
        kept = {"/main.py.before-unclench": b"first\n", "/main.py.before-unclench-2": b"second\n"}
        assert board.files() == {**whole(firmware), **kept}
        put(board, firmware)  # ours is nothing to ask about

    def test_a_foreign_boot_is_told_and_stays(self, micropython, firmware):
        board, asked = micropython(), Asked()
        board.write({"/boot.py": b"pass\n"})
        put(board, firmware, asked)
        (plan,) = asked.plans
        assert (plan.foreign_boot, plan.foreign_main) == (True, None)
        assert board.files() == {**whole(firmware), "/boot.py": b"pass\n"}

    def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
        self, micropython, firmware
    ):
        board = micropython(blocks=16)
        board.write({"/main.py": firmware["/main.py"]})
        before = board.files()
        with pytest.raises(SourceError, match=r"has \d KiB left, but the firmware needs 1\d KiB"):
            put(board, firmware)
        assert board.files() == before

    def test_a_disk_that_fills_up_leaves_what_was_there(self, micropython, firmware, monkeypatch):
        board = micropython(blocks=16)
        board.write({"/main.py": firmware["/main.py"]})
        before = board.files()
        monkeypatch.setattr(install_module, "_check_room", lambda prompt, staged: None)
        with pytest.raises(SourceError, match=r"has no room left \(/.*\.unclench\)\.$"):
            put(board, firmware)
        assert board.files() == before  # and what was begun is gone again

    def test_a_flash_that_fails_is_told_and_a_later_one_mends_it(self, micropython, firmware):
        board = micropython()
        old = {**firmware, BIG: b"# old\n"}
        board.write(whole(old))
        board.run("disk.writes_left = 12")
        with pytest.raises(SourceError, match=r"(cannot use |installation \()/lib/.*unclench\)?: "):
            put(board, firmware)
        board.run("disk.writes_left = -1")
        there = board.files()
        assert {path: there[path] for path in old} == old
        put(board, firmware)
        assert board.files() == whole(firmware)

    @pytest.mark.parametrize("copied", [None, 0.0, 0.5, 1.0])
    def test_a_line_that_is_cut_leaves_the_old_files_whole(
        self, micropython, firmware, monkeypatch, impatient, copied
    ):
        """Cut while it looks at what is there, or when such a share is copied."""
        board = micropython()
        old = {
            path: content if path == "/main.py" else content + b"# old\n"
            for path, content in firmware.items()
        }
        old["/lib/unclench_board/__init__.py"] = b"VERSION = (9, 8, 6)\n"
        board.write(whole(old))

        def cut(what, done, total):
            if board.cut_after is None and total and done >= copied * total:
                board.cut_after = len(board.sent)

        if copied is None:
            board.cut_after = len(board.sent) + 1000
        with pytest.raises(SourceError) as error:
            put(board, firmware, progress=cut)
        assert "was disconnected" in str(error.value)
        assert "repeat the command" in str(error.value)
        monkeypatch.undo()  # patience again
        board.mend_line()
        there = board.files()
        assert {path: there[path] for path in old} == old
        done = put(board, firmware)
        assert done.hello.firmware == (9, 8, 7)
        assert board.files() == whole(firmware)

    @pytest.mark.parametrize("main", ["same", "changed", "foreign"])
    def test_a_power_cut_never_leaves_a_mix_that_starts(
        self, micropython, firmware, main, monkeypatch
    ):
        """The flash takes so many writes of the last step, then the board has no power."""
        right = Prompt.run
        seen = set()
        board = micropython()
        old = {path: content + b"# old\n" for path, content in firmware.items()}
        old["/lib/unclench_board/gone.py"] = b"stale\n"
        if main == "same":
            old["/main.py"] = firmware["/main.py"]
        before = whole(old) | ({"/main.py": b"theirs\n"} if main == "foreign" else {})
        for writes in (0, 2, 5, 12, 24):
            board.new_disk()
            board.write(before)

            def cut(self, code, writes=writes):
                if "os.rename" not in code:
                    return right(self, code)
                return right(self, f"disk.writes_left = {writes}\n{code}")

            with monkeypatch.context() as patch:
                patch.setattr(Prompt, "run", cut)
                try:
                    put(board, firmware, lambda plan: True)
                except SourceError as error:
                    assert str(error).endswith(". Repeat the command.")  # noqa: PT017
            board.run(
                "disk.writes_left = -1\nvfs.umount('/')\n"
                "vfs.mount(vfs.VfsLfs2(disk), '/')\nos.chdir('/')"
            )
            after = board.files()
            new = {path: there for path, there in after.items() if not LEFT_OVER.search(path)}
            if "/main.py" in after:
                seen.add("old" if new == before else "new")
                assert new in (before, whole(firmware))
            else:
                seen.add("no main.py")
            asked = Asked()
            put(board, firmware, asked)
            assert bool(asked.plans) == (after.get("/main.py") == b"theirs\n")
            kept = {"/main.py.before-unclench": b"theirs\n"} if main == "foreign" else {}
            assert board.files() == whole(firmware) | kept
        assert {"old", "no main.py"} <= seen

    def test_a_file_that_is_damaged_after_renaming_is_reported(
        self, micropython, firmware, monkeypatch
    ):
        board = micropython()
        board.write(whole({**firmware, BIG: b"# old\n"}))
        right = Prompt.run

        def spoil(self, code):
            said = right(self, code)
            if "os.rename" in code:
                right(self, f"with open({BIG!r}, 'wb') as f: f.write(b'rot')")
            return said

        monkeypatch.setattr(Prompt, "run", spoil)
        with pytest.raises(
            SourceError, match=r"big\.py on the board .* differs from what was written"
        ):
            put(board, firmware)

    def test_a_file_that_arrives_damaged_is_not_put_in_place(
        self, micropython, firmware, monkeypatch
    ):
        board = micropython()
        board.write(whole({**firmware, BIG: b"# old\n"}))
        before = board.files()
        right = Prompt.write

        def wrong(self, path, content, progress):
            right(self, path, content[:-1] + b"!", progress)

        monkeypatch.setattr(Prompt, "write", wrong)
        with pytest.raises(SourceError, match="differs from what was written"):
            put(board, firmware)
        there = board.files()
        assert {path: there[path] for path in before} == before

    def test_ctrl_c_leaves_the_old_files_and_a_prompt(self, micropython, firmware):
        board = micropython()
        board.write(whole({**firmware, BIG: b"# old\n"}))
        before = board.files()

        def interrupt(what, done, total):
            if done > 1000:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            put(board, firmware, progress=interrupt)
        there = board.files()
        assert {path: there[path] for path in before} == before
        put(board, firmware)
        assert board.files() == whole(firmware)

    def test_ctrl_c_while_the_prompt_is_taken_gives_it_back(
        self, micropython, firmware, monkeypatch
    ):
        board = micropython()

        def interrupted(self, soft_reset, timeout_overall):
            raise KeyboardInterrupt

        monkeypatch.setattr(SerialTransport, "enter_raw_repl", interrupted)
        with pytest.raises(KeyboardInterrupt):
            put(board, firmware)
        # Whatever it did ends, and the prompt is one for people.
        wait_until(lambda: board.sent.endswith(b"\x03\x03\r\x02"))

    @pytest.mark.parametrize("moment", ["copying", "verifying"])
    def test_a_board_that_is_unplugged(self, micropython, firmware, moment):
        board = micropython()

        def unplug(what, done, total):
            if done > 1000 if moment == "copying" else what == moment:
                board.unplug()

        with pytest.raises(
            SourceError,
            match=r"was disconnected during installation \(.*\)\. Plug it in again and repeat",
        ):
            put(board, firmware, progress=unplug)

    def test_a_port_that_is_gone_when_the_prompt_is_wanted(self, monkeypatch):
        with pytest.raises(SourceError, match="There is no port /dev/unclench-nope"):
            Prompt("/dev/unclench-nope", False)

    def test_another_version_than_was_installed_is_told(self, micropython, firmware):
        board = micropython()
        board.write(whole(firmware))
        claims = {**firmware, "/lib/unclench_board/__init__.py": b"VERSION = (1, 2, 3)\n"}
        code = board.target.restart.replace("_package['VERSION']", "(0, 0, 1)")
        target = board.target_that_runs(code)
        with pytest.raises(
            SourceError, match=r"runs firmware 0\.0\.1 although 1\.2\.3 was installed"
        ):
            install(board.path, claims, agree=never, target=target)

    def test_a_board_that_is_no_pico_is_refused(self, micropython, firmware):
        board = micropython()
        with pytest.raises(SourceError, match=r"not run on .* \(linux .*the RP2040 of a"):
            install(
                board.path,
                firmware,
                agree=never,
                target=Target(soft_reset=False),
            )
        assert board.files() == {}

    def test_a_board_that_is_silent_after_its_restart(self, micropython, firmware):
        board = micropython()
        board.write(whole(firmware))
        target = board.target_that_runs("import time; time.sleep(60)", return_s=0.5)
        with pytest.raises(SourceError) as error:
            install(board.path, firmware, agree=never, target=target)
        assert str(error.value) == (
            "The firmware is installed, but the board did not say hello within 0.5 s of its "
            "restart. Unplug it, plug it in again and run `unclench board check`. A jumper from "
            "GP22 to GND keeps the firmware from starting. The last attempt said: Nothing arrived "
            f"from {board.path} within 1.6 s, but an unclench board says hello. Check the cable, "
            "and install the firmware if it is not on the board yet (`unclench board install`)."
        )

    @pytest.mark.parametrize(("version", "told"), [((1, 27, 9), True), ((1, 28, 0), False)])
    def test_a_micropython_that_was_not_tested_is_told(
        self, micropython, firmware, monkeypatch, version, told
    ):
        board = micropython()
        warned: list[str] = []
        runs = Interpreter("micropython", version, "linux", "linux")
        monkeypatch.setattr(Prompt, "interpreter", lambda self: runs)
        put(board, firmware, warn=warned.append)
        sentence = (
            "The board runs MicroPython 1.27.9, but the firmware has only been tested with 1.28."
        )
        assert warned == [sentence] * told


class TestFromTheCommandLine:
    """The command."""

    def run(
        self,
        monkeypatch: pytest.MonkeyPatch,
        board: MicroPython,
        files: Mapping[str, bytes],
        *arguments: str,
    ) -> Ran:
        """`unclench board install` on this board."""
        monkeypatch.setattr(
            "unclench.commands.board.install", functools.partial(install, target=board.target)
        )
        monkeypatch.setattr("unclench.commands.board.firmware_files", lambda: files)
        return run_command("board", "install", "--port", board.path, *arguments)

    def test_a_first_and_a_second_installation(self, micropython, firmware, monkeypatch):
        board, files = micropython(), firmware
        ran = self.run(monkeypatch, board, files)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.splitlines()[0].startswith("MicroPython 1.")
        assert f"Files copied: {len(files)}; unchanged: 0; old ones removed: 0." in ran.out
        assert ran.out.splitlines()[-1].startswith("The board has restarted: firmware ")
        again = self.run(monkeypatch, board, files)
        assert f"Files copied: 0; unchanged: {len(files)};" in again.out
        assert board.files() == whole(files)

    def test_a_foreign_main_needs_yes(self, micropython, firmware, monkeypatch):
        board = micropython()
        board.write({"/main.py": b"theirs\n"})
        said = self.run(monkeypatch, board, firmware).sentence()
        assert said.startswith(f"unclench: /main.py on the board at {board.path} is not unclench's")
        assert board.files() == {"/main.py": b"theirs\n"}
        ran = self.run(monkeypatch, board, firmware, "--yes")
        assert ran.status == 0
        assert "The earlier /main.py is kept as /main.py.before-unclench." in ran.out
        assert board.files()["/main.py.before-unclench"] == b"theirs\n"


class TestOtherDevices:
    """What else a port may lead to."""

    @pytest.mark.parametrize("habits", [{}, {"echoes": True}, {"chats": True}], ids=str)
    def test_a_device_without_micropython_says_how_to_get_it(
        self, unknown_device, firmware, impatient, habits
    ):
        device = unknown_device(**habits)
        target = Target(soft_reset=False)
        with pytest.raises(SourceError) as error:
            install(device.path, firmware, agree=never, target=target, clock=FastTime())
        said = str(error.value)
        assert said.startswith(
            f"MicroPython does not answer on {device.path}. If this is a Pico, hold"
        )
        for word in ("BOOTSEL", "UF2", "https://micropython.org/", "RPI-RP2"):
            assert word in said

    def test_a_virtual_board_has_no_prompt(self, on_pty, firmware):
        path = on_pty(VirtualBoard(SyntheticInput("relaxed")))
        with pytest.raises(SourceError, match="refused: a virtual board has no prompt"):
            install(path, firmware, agree=never)

    def test_a_board_of_another_level_is_caught_at_its_start(self, on_pty, firmware, monkeypatch):
        analog = SyntheticInput("relaxed")
        hello = analog.hello()
        hello.level, hello.firmware = 9, (7, 7, 7)
        monkeypatch.setattr(analog, "hello", lambda: hello)
        with pytest.raises(SourceError) as error:
            install(on_pty(VirtualBoard(analog)), firmware, agree=never)
        assert "(firmware 7.7.7) speaks protocol level 9" in str(error.value)
        assert "repeat the command at once" in str(error.value)

    def test_a_busy_port(self, unknown_device, firmware):
        device = unknown_device()
        owner = open_transport(device.path)
        with pytest.raises(SourceError, match="is busy: another program has it open"):
            install(device.path, firmware, agree=never)
        owner.close()

    def test_no_port(self, firmware):
        with pytest.raises(SourceError, match="There is no port /dev/unclench-nope"):
            install("/dev/unclench-nope", firmware, agree=never)


PICO = "Raspberry Pi Pico with RP2040"


@pytest.mark.parametrize(
    ("interpreter", "words"),
    [
        (
            ("micropython", (1, 21, 9), "rp2", PICO),
            "MicroPython 1.21.9 on COM9 is too old. The firmware needs 1.22.0",
        ),
        (("micropython", (0, 99, 99), "rp2", PICO), "is too old"),
        (
            ("micropython", (1, 28, 0), "rp2", "Raspberry Pi Pico2 with RP2350"),
            "does not run on the board on COM9 (Raspberry Pi Pico2 with RP2350)",
        ),
        (("micropython", (1, 28, 0), "esp32", "ESP32 module with ESP32"), "COM9 (ESP32"),
        (("micropython", (1, 28, 0), "esp32", ""), "COM9 (esp32)"),
        (("circuitpython", (9, 1, 0), "RP2040", PICO), "runs circuitpython 9.1.0, not MicroPython"),
    ],
)
def test_interpreters_that_the_firmware_cannot_run_on(interpreter, words):
    with pytest.raises(SourceError) as error:
        check_interpreter(Interpreter(*interpreter), RP2040, "COM9")
    assert words in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("version", [OLDEST, (1, 28, 0), (2, 0, 0)])
@pytest.mark.parametrize("machine", [PICO, "Raspberry Pi Pico W with RP2040"])
def test_interpreters_that_the_firmware_can_run_on(version, machine):
    check_interpreter(Interpreter("micropython", version, "rp2", machine), RP2040, "COM9")


def test_waiting_goes_by_the_clock_that_is_given():
    clock = SimulatedTime()
    with pytest.raises(SourceError, match="There is no port /dev/unclench-nope"):
        wait_for_hello("/dev/unclench-nope", None, clock, 20.0)
    assert clock.now_s() == pytest.approx(20.0, abs=0.3)


def test_a_board_that_comes_back_under_another_name(on_pty, monkeypatch):
    path = on_pty(VirtualBoard(SyntheticInput("relaxed")))
    monkeypatch.setattr("unclench.link.discovery.candidate_ports", lambda: [(path, "E6614")])
    hello = wait_for_hello("/dev/unclench-was-here", "E6614", TRUE_TIME, HANG_LIMIT_S)
    assert hello.label == "virtual board: relaxed"
