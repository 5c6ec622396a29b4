"""Program files: every mistake gets a sentence with its line, whatever the file holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.needs import ordinary_user

from unclench.errors import InputError
from unclench.training.placement.sites import OWN, SITES
from unclench.training.programs.file import (
    CALIBRATION,
    MAX_BYTES,
    SHIPPED,
    check_program,
    find_program,
    list_programs,
    load_program,
    parse_program,
)
from unclench.training.programs.program import SITE_KEYS, Program
from unclench.training.programs.tomllines import key_lines
from unclench.training.programs.words import Needs, allowed, goal_words, needs
from unclench.training.steps.catalogue import KINDS, Repeat
from unclench.training.steps.goal import GOALS, FixedGoal
from unclench.training.steps.kinds.breathe import Breathe
from unclench.training.steps.kinds.hold import Hold

HEAD = 'title = "Mine"\npurpose = "P"\nevidence = "E"\n'  # three lines
STEP = '[[step]]\nkind = "settle"\n'
DOC = Path(__file__).parents[2] / "docs" / "programs.md"
FILES = sorted((*SHIPPED.glob("*.toml"), *CALIBRATION.glob("*.toml")))
NAMES = ", ".join(f'"{kind}"' for kind in list(KINDS)[:-1]) + ' or "repeat"'


def mistakes(text: str) -> tuple[str, ...]:
    return parse_program(text, "mine.toml").mistakes


def mistake(text: str) -> str:
    (one,) = mistakes(text)
    return one


def program(text: str) -> Program:
    checked = parse_program(text, "mine.toml")
    assert checked.mistakes == ()
    assert checked.program is not None
    return checked.program


def step_of(kind: str, *lines: str) -> str:
    return "\n".join((HEAD + "[[step]]", f'kind = "{kind}"', *lines, ""))  # lines from 6 on


class TestMistakes:
    """Each mistake in a file is one sentence that names its line."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                step_of("breathe", "rate_per_min = 40"),
                "line 6, step 1 (breathe), rate_per_min: 40 is not allowed; "
                "give 3 to 20 breaths a minute.",
            ),
            (
                step_of("settle", 'seconds = "six"'),
                'line 6, step 1 (settle), seconds: "six" is not allowed; give 1 to 7200 seconds.',
            ),
            (
                step_of("settle", 'seconds = "6"'),
                'line 6, step 1 (settle), seconds: "6" is not allowed; give 1 to 7200 seconds.',
            ),
            (
                step_of("settle", "seconds = true"),
                "line 6, step 1 (settle), seconds: true is not allowed; give 1 to 7200 seconds.",
            ),
            (
                step_of("settle", "seconds = nan"),
                "line 6, step 1 (settle), seconds: nan is not allowed; give 1 to 7200 seconds.",
            ),
            (
                step_of("settle", "seconds = 0xFFFF_FFFF_FFFF_FFFF_FFFF"),
                "line 6, step 1 (settle), seconds: a number this large is not allowed; "
                "give 1 to 7200 seconds.",
            ),
            (
                step_of("settle", "say = 5"),
                "line 6, step 1 (settle), say: 5 is not allowed; "
                "give a text of at most 400 characters.",
            ),
            (
                step_of("settle", f'title = "{"a" * 61}"'),
                "line 6, step 1 (settle), title: 61 characters are too many; "
                "give a text of at most 60 characters.",
            ),
            (
                step_of("settle", r'title = "\u001b[31m"'),
                "line 6, step 1 (settle), title: contains characters that cannot be shown; "
                "give a text of at most 60 characters.",
            ),
            (
                step_of("reflect", 'question = " "'),
                "line 6, step 1 (reflect), question: is empty; give a text of 1 to 200 characters.",
            ),
            (
                step_of("settle", "secnds = 3"),
                "line 6, step 1 (settle), secnds: unknown key; did you mean seconds? "
                "The keys are title, say, goal, kind, seconds.",
            ),
            (
                step_of("settle", '"\\n" = 3'),
                'line 6, step 1 (settle), "\\n": unknown key; '
                "the keys are title, say, goal, kind, seconds.",
            ),
            (
                step_of("reflect", 'title = "How?"'),
                "line 4, step 1 (reflect), question: is missing; "
                "give a text of 1 to 200 characters.",
            ),
            (
                step_of("brethe"),
                'line 5, step 1, kind: unknown kind "brethe"; did you mean "breathe"? '
                f"Give {NAMES}.",
            ),
            (
                HEAD + "[[step]]\nseconds = 3\n",
                f"line 4, step 1, kind: is missing; give {NAMES}.",
            ),
            (
                step_of("settle", 'goal = { kind = "baselin", times = 1 }'),
                'line 6, step 1 (settle), goal.kind: unknown kind "baselin"; did you mean '
                '"baseline"? Give "fixed", "reference", "baseline" or "shaping".',
            ),
            (
                step_of("settle", "goal.uv = 3", 'goal.kind = "fixed"', "goal.x = 3"),
                "line 8, step 1 (settle), goal.x: unknown key; the keys are kind, uv.",
            ),
            (
                step_of("settle", "", "[step.goal]", 'kind = "fixed"', "uv = 0"),
                "line 9, step 1 (settle), goal.uv: 0 is not allowed; "
                "give more than 0, at most 1000 microvolts RMS.",
            ),
            (
                step_of("settle", "goal = 3"),
                "line 6, step 1 (settle), goal: 3 is not allowed; "
                'give a goal, as in { kind = "baseline", times = 1.2 }.',
            ),
            (
                step_of("relax", "groups = [", '  "a", # ]', '  "",', "]"),
                "line 6, step 1 (relax), groups 2: is empty; give a text of 1 to 60 characters.",
            ),
            (
                step_of("relax", 'groups = "arms"'),
                'line 6, step 1 (relax), groups: "arms" is not allowed; '
                'give 1 to 20 names of muscle groups, as in ["hands", "face"].',
            ),
            (
                step_of("relax", 'groups = ["a"]', "times = 2.0"),
                "line 7, step 1 (relax), times: 2.0 is not allowed; give a whole number, 1 to 5.",
            ),
            (
                step_of("reference", 'strength = "hard"'),
                'line 6, step 1 (reference), strength: "hard" is not allowed; '
                'give "gentle" or "maximum".',
            ),
            (
                step_of("breathe", "exhale = 20", "inhale = 1"),
                "line 7, step 1 (breathe), inhale: 1 is less than a tenth of the breath; "
                "give at least 2.23.",
            ),
            (
                step_of("hold", 'goal = { kind = "fixed", uv = 3 }', "seconds = 200"),
                "line 4, step 1 (hold), at_most_s: 180 is shorter than the hold; "
                "give at least 200, or reduce seconds.",
            ),
            (
                step_of("rest-credit", "moment_s = 9", "seconds = 8"),
                "line 6, step 1 (rest-credit), moment_s: 9 is longer than the step; "
                "give at most 8, or increase seconds.",
            ),
            (
                step_of("baseline", "seconds = 10"),
                "line 6, step 1 (baseline), seconds: 10 is not allowed; give 20 to 600 seconds.",
            ),
            (
                step_of("hold"),
                "line 4, step 1 (hold): there is no goal to stay below; "
                "give the step or the program a goal.",
            ),
            (
                step_of("repeat", "times = 2", "[[step.step]]", 'kind = "task"', "seconds = 0"),
                "line 9, step 1.1 (task), seconds: 0 is not allowed; give 1 to 7200 seconds.",
            ),
            (
                f'site = "knee"\n{HEAD}{STEP}',
                'line 1, site: "knee" is not allowed; give "shoulder", "neck", "jaw", "forehead", '
                '"lower-back" or "hips".',
            ),
            (
                f"format = 2\n{HEAD}{STEP}",
                "line 1, format: 2 is not allowed; give 1.",
            ),
            (HEAD, "step: is missing; give 1 to 100 steps, each under [[step]]."),
            (
                f"{HEAD}[step]\n",
                "line 4, step: a table is not allowed; give 1 to 100 steps, each under [[step]].",
            ),
            (
                f"{HEAD}step = [1]\n",
                "line 4, step 1: 1 is not allowed; give a table with a kind, under its heading.",
            ),
            (
                f"{HEAD}step = []\n",
                "line 4, step: is empty; give 1 to 100 steps, each under [[step]].",
            ),
            (
                HEAD + STEP * 101,
                "line 4, step: 101 items are too many; give 1 to 100 steps, each under [[step]].",
            ),
        ],
    )
    def test_sentence(self, text, said):
        assert mistake(text) == f"mine.toml, {said}"

    def test_all_are_told_in_the_order_of_the_lines(self):
        text = 'titel = "M"\nevidence = 3\n' + STEP + "seconds = 0\n" + STEP + "x = 1\n"
        said = mistakes(text)
        assert [re.findall(r"line (\d+)", one) for one in said] == [
            *([], []),  # title, purpose: missing altogether
            *(["1"], ["2"], ["5"], ["8"]),
        ]
        assert "titel: unknown key; did you mean title?" in said[2]

    def test_broken_steps_do_not_count_as_no_steps(self):
        assert "seconds" in mistake(step_of("settle", "seconds = 0"))
        inner = "times = 2", "[[step.step]]", 'kind = "task"', "seconds = 0"
        assert "seconds" in mistake(step_of("repeat", *inner))


class TestLimits:
    """How much a program may hold."""

    def test_repeats_within_repeats(self):
        def nested(depth: int) -> str:
            lines = [HEAD]
            for level in range(1, depth + 1):
                lines += [f"[[{'.'.join(['step'] * level)}]]", 'kind = "repeat"', "times = 1"]
            lines += [f"[[{'.'.join(['step'] * (depth + 1))}]]", 'kind = "settle"', ""]
            return "\n".join(lines)

        assert len(program(nested(3)).flat()) == 1
        assert mistake(nested(4)) == (
            "mine.toml, line 14, step 1.1.1.1 (repeat): too many repeats within one another; "
            "at most 3 are allowed."
        )
        assert mistakes(nested(200))

    def test_number_of_steps(self):
        def times(n: int, inner: int) -> str:
            within = '[[step.step]]\nkind = "task"\nseconds = 1\n' * inner
            return step_of("repeat", f"times = {n}", within)

        assert len(program(times(50, 10)).flat()) == 500
        assert mistake(times(50, 11)) == (
            "mine.toml, line 4, step: 550 steps, repetitions included, are too many; "
            "at most 500 are allowed."
        )

    def test_length(self):
        two = step_of("task", "seconds = 7200") + '[[step]]\nkind = "task"\nseconds = 7200\n'
        assert program(two).longest_s() == 4 * 3600
        assert mistake(two + '[[step]]\nkind = "task"\nseconds = 3600\n') == (
            "mine.toml, line 4, step: the steps take up to 5 hours; at most 4 are allowed."
        )

    def test_nested_repeats_are_counted_without_unrolling(self):
        line = "[[{}]]\nkind = 'repeat'\ntimes = 50\n"
        text = HEAD + "".join(line.format(".".join(["step"] * k)) for k in range(1, 30))
        text += f"[[{'.'.join(['step'] * 30)}]]\nkind = 'task'\n"
        assert any("steps, repetitions included" in said for said in mistakes(text))


class TestNoToml:
    """Text that is not TOML at all."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (HEAD + "x = six\n", ", line 4, column 5: this is not TOML: this value cannot be read"),
            (HEAD + "x = 5,5\n", ", line 4, column 6: this is not TOML: text after the value"),
            (HEAD + "hello\n", ", line 4, column 6: this is not TOML: after a key write ="),
            (HEAD + "= 3\n", ", line 4, column 1: this is not TOML: a line must be a key = value"),
            (HEAD + HEAD, ", line 4, column 15: this is not TOML: this key is there already"),
            (HEAD + 'x = "open\n', ", line 4, column 10: this is not TOML: a text must end on its"),
            (
                HEAD + "[step]\n[step]\n",
                ", line 5, column 6: this is not TOML: this heading is",
            ),
            (HEAD + "x = [1,", ", line 4: this is not TOML: "),
            (HEAD + "x = " + "9" * 5000, ", line 4: this is not TOML: a number is too long"),
            (HEAD + "x = " + "[" * 5000, ": lists or tables are nested too deep"),
        ],
    )
    def test_place_and_hint(self, text, said):
        one = mistake(text)
        assert one.startswith(f"mine.toml{said}")
        assert one.endswith(".")

    @pytest.mark.parametrize("text", ["", "\n", "  \n\t\n"])
    def test_empty(self, text):
        assert mistake(text) == "mine.toml is empty; docs/programs.md shows how to begin."


class TestLines:
    """Where in the text each key stands."""

    def test_where_keys_are(self):
        text = (
            "# a comment = with [brackets\n"
            'a."b.c" = 1\r\n'
            "m = '''\n[x]\n'''  # multi\n"
            'l = [ # "\n  "]", [2],\n]\n'
            'q = "a \\" # b" # c\n'
            'i = { x = { y = 1 } }\ns = ""\nt = """\n\\""" y = 2"""""\n'
            "[[step]] # one\nk = 1\n\n"
            "[[step]]\nk = 1\n[[step.step]]\nk = 2\n[step.step.goal]\nuv = 1\n"
            "[[step.step]]\nk = 3\n[other.'x y']\nz = 1"
        )
        lines = key_lines(text.replace("\r\n", "\n"))
        assert {
            ("a",): 2,
            ("a", "b.c"): 2,
            ("m",): 3,
            ("l",): 6,
            ("l", 1, 0): 6,
            ("q",): 9,
            ("i", "x", "y"): 10,
            ("s",): 11,
            ("t",): 12,
            ("step",): 14,
            ("step", 0): 14,
            ("step", 0, "k"): 15,
            ("step", 1): 17,
            ("step", 1, "step", 0, "k"): 20,
            ("step", 1, "step", 0, "goal", "uv"): 22,
            ("step", 1, "step", 1): 23,
            ("step", 1, "step", 1, "k"): 24,
            ("other", "x y", "z"): 26,
        }.items() <= lines.items()
        assert ("y",) not in lines  # it stands in a text

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_every_key_of_a_shipped_program_is_on_its_line(self, path):
        text = path.read_text(encoding="utf-8")
        rows = text.split("\n")
        found = key_lines(text)
        named = {w: n for w, n in found.items() if isinstance(w[-1], str) and w[-1] != "step"}
        assert len(named) > 8
        for where, line in named.items():
            assert re.search(rf"\b{where[-1]} =", rows[line - 1]), (where, line)


def write(tmp_path: Path, text: str | bytes, name: str = "mine.toml") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


class TestFiles:
    """Programs read from files."""

    def test_load(self, tmp_path):
        path = write(tmp_path, HEAD + STEP)
        assert load_program(path).title == "Mine"

    def test_byte_order_mark_and_line_ends_of_windows(self, tmp_path):
        text = (HEAD + STEP + "seconds = 0\n").replace("\n", "\r\n")
        path = write(tmp_path, b"\xef\xbb\xbf" + text.encode())
        (said,) = check_program(path).mistakes
        assert said.startswith(f"{path}, line 6, step 1 (settle), seconds: 0 is not allowed")

    def test_load_tells_the_first_and_how_many_more(self, tmp_path):
        text = HEAD + STEP + "seconds = 0\nx = 1\ny = 2\n"
        with pytest.raises(InputError, match=r"seconds \(2 more mistakes: `unclench programs ch"):
            load_program(write(tmp_path, text))
        with pytest.raises(InputError, match=r"seconds \(1 more mistake: .* lists all\)\.$"):
            load_program(write(tmp_path, text.replace("y = 2\n", "")))
        with pytest.raises(InputError, match=r"give 1 to 7200 seconds\.$"):
            load_program(write(tmp_path, HEAD + STEP + "seconds = 0\n"))

    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (
                HEAD.encode() + b'x = "\xe4"\n',
                ", line 4: this is not UTF-8; save the file as UTF-8.",
            ),
            (b"\xff\xfet\x00", ", line 1: this is not UTF-8"),
            (b"# " + b"a" * MAX_BYTES, " is not a program: it is longer than 256 KiB."),
            (b"#" * 10_000_000, " is not a program: it is longer than 256 KiB."),
        ],
    )
    def test_no_text(self, tmp_path, raw, said):
        path = write(tmp_path, raw)
        with pytest.raises(InputError) as caught:
            load_program(path)
        assert str(caught.value).startswith(f"{path}{said}")

    def test_no_file(self, tmp_path):
        with pytest.raises(InputError, match=r"^There is no file .*nope\.toml; "):
            load_program(tmp_path / "nope.toml")
        with pytest.raises(InputError, match="is a folder; give the TOML file of a program"):
            load_program(tmp_path)

    @ordinary_user
    def test_not_readable(self, tmp_path):
        path = write(tmp_path, HEAD + STEP)
        path.chmod(0)
        with pytest.raises(InputError, match="cannot be read: Permission denied"):
            load_program(path)

    def test_a_path_that_no_system_has(self):
        with pytest.raises(InputError, match="cannot be read"):
            load_program(Path("a\0.toml"))

    @pytest.mark.parametrize("name", ["My Program", "a--b", "-a", "ä", "a_b", "a.b"])
    def test_names_are_plain(self, tmp_path, name):
        path = write(tmp_path, HEAD + STEP, f"{name}.toml")
        (said,) = check_program(path).mistakes
        assert said.startswith(f"{path}: a program's name may have lower-case letters a to z")
        with pytest.raises(InputError, match="rename the file"):
            find_program(str(path))


class TestFindAndList:
    """Programs found by name, a person's own before those that come along."""

    def test_a_persons_programs_are_found_and_listed(self, tmp_path):
        path = write(tmp_path, HEAD + STEP, "programs/evening-2.toml")
        found = find_program("evening-2", tmp_path)
        assert (found.name, found.path, found.shipped) == ("evening-2", path, False)
        assert found.text == HEAD + STEP
        (own,) = (one for one in list_programs(tmp_path) if not one.shipped)
        assert (own.name, own.path, own.trouble) == ("evening-2", path, None)
        assert not own.replaces_shipped
        with pytest.raises(InputError, match=r"no program evening-2; `unclench programs list`"):
            find_program("evening-2")  # the settings' own folder has none

    def test_the_settings_tell_where(self, tmp_path):
        from unclench.settings import own_dir

        write(own_dir(), HEAD + STEP, "programs/evening.toml")
        assert find_program("evening").program.title == "Mine"
        assert "evening" in {one.name for one in list_programs()}

    def test_a_persons_program_replaces_a_shipped_one(self, tmp_path):
        write(tmp_path, HEAD + STEP, "programs/let-go.toml")
        assert not find_program("let-go", tmp_path).shipped
        (listed,) = (one for one in list_programs(tmp_path) if one.name == "let-go")
        assert (listed.shipped, listed.replaces_shipped) == (False, True)

    def test_a_broken_program_hides_no_other(self, tmp_path):
        write(tmp_path, "title = 3", "programs/broken.toml")
        write(tmp_path, HEAD + STEP, "programs/Bad Name.toml")
        write(tmp_path, HEAD + STEP, "programs/good.toml")
        write(tmp_path, b"\0\1\2", "programs/.hidden.toml")
        (tmp_path / "programs" / "folder.toml").mkdir()
        listed = {one.name: one for one in list_programs(tmp_path)}
        assert len(listed) == 9 + 4
        assert listed["good"].program is not None
        for name in ("broken", "Bad Name", "folder"):
            assert listed[name].program is None
            assert listed[name].trouble
        assert find_program("good", tmp_path).name == "good"
        with pytest.raises(InputError, match=r"broken\.toml, .*more mistakes"):
            find_program("broken", tmp_path)

    def test_a_missing_folder_is_reported_and_hides_no_program(self, tmp_path):
        (tmp_path / "programs").write_text("not a folder", encoding="utf-8")
        listed = list_programs(tmp_path)
        assert len(listed) == 9 + 1
        assert listed[0].trouble is not None
        assert "programs cannot be read: " in listed[0].trouble
        assert find_program("let-go", tmp_path).shipped

    def test_calibrations_are_not_replaced(self, tmp_path):
        path = write(tmp_path, HEAD + STEP, "programs/calibrate-rest.toml")
        (listed,) = (one for one in list_programs(tmp_path) if one.name == "calibrate-rest")
        assert listed.trouble == (
            f"{path}: the name calibrate-rest is reserved for unclench's own calibration; "
            "rename the file."
        )

    def test_similar_names_are_suggested(self):
        with pytest.raises(InputError, match=r"no program Let-Go. Did you mean let-go\? `uncle"):
            find_program("Let-Go")

    def test_a_path_is_a_path(self, tmp_path, monkeypatch):
        path = write(tmp_path, HEAD + STEP, "let-go.toml")
        assert find_program(str(path)).path == path
        monkeypatch.chdir(tmp_path)
        assert not find_program("let-go.toml").shipped
        assert find_program("let-go").shipped


class TestWords:
    """Programs told in words."""

    def test_every_step_and_goal_has_words(self):
        goal = {"fixed": "uv = 3", "reference": "percent = 3", "baseline": "times = 2"}
        said = set()
        for kind in GOALS:
            lines = f'goal = {{ kind = "{kind}", {goal.get(kind, "last_s = 90")} }}'
            step = program(step_of("hold", lines)).flat()[0]
            assert step.goal is not None
            said.add(goal_words(step.goal))
        assert "below 3 % of your reference contraction" in said
        assert len(said) == len(GOALS)
        extra = {"relax": 'groups = ["a"]', "reflect": 'question = "Q?"', "repeat": "times = 2"}
        inner = '\n[[step.step]]\nkind = "settle"'
        for kind in KINDS:
            lines = extra.get(kind, "") + (inner if kind == "repeat" else "")
            own_goal = 'goal = { kind = "fixed", uv = 3 }' if kind == "hold" else ""
            said.add(program(step_of(kind, own_goal, lines)).step[0].in_words())
        assert len(said) == len(GOALS) + len(KINDS)
        assert all(said)

    def test_needs_of_a_program(self):
        base = 'goal = { kind = "baseline", times = 1 }'
        percent = 'goal = { kind = "reference", percent = 5 }'
        measured = '[[step]]\nkind = "baseline"\n'
        assert needs(program(step_of("task", base))) == Needs(True, False)
        assert needs(program(step_of("task", percent))) == Needs(False, True)
        assert needs(program(step_of("task", 'goal.kind = "shaping"'))) == Needs(True, False)
        assert needs(program(step_of("task"))) == Needs(False, False)
        assert needs(program(step_of("rest-credit"))) == Needs(True, False)
        assert needs(program(step_of("task", base) + measured)) == Needs(True, False)
        first = f"{HEAD}{measured}[[step]]\nkind = 'task'\n{base}\n"
        assert needs(program(first)) == Needs(False, False)
        assert needs(program(step_of("baseline", base))) == Needs(False, False)


class TestModel:
    """What a program holds once it is read."""

    def test_optional_keys_may_be_missing(self):
        text = step_of("breathe", "exhale = 13", "hold_in = 0.7", "inhale = 1")
        least = re.findall(r"give at least ([\d.]+)\.$", mistake(text))[0]
        program(text.replace("inhale = 1", f"inhale = {least}"))

    def test_texts_are_put_on_one_line(self):
        text = HEAD.replace('"P"', '"""\nTwo\n  lines\n"""')
        assert program(text + STEP).purpose == "Two lines"

    def test_goals_go_down_to_the_steps(self):
        text = "goal = { kind = 'fixed', uv = 3 }\n" + HEAD
        text += "[[step]]\nkind = 'repeat'\ntimes = 2\n[[step.step]]\nkind = 'hold'\n"
        text += "[[step.step]]\nkind = 'task'\ngoal = { kind = 'fixed', uv = 9 }\n"
        flat = program(text).flat()
        goals = [FixedGoal(kind="fixed", uv=uv) for uv in (3, 9, 3, 9)]
        assert [step.goal for step in flat] == goals

    def test_at_most(self):
        steps = '[[step]]\nkind = "repeat"\ntimes = 3\n[[step.step]]\nkind = "baseline"\n'
        steps += '[[step]]\nkind = "relax"\ngroups = ["a", "b"]\n'
        assert program(HEAD + steps).longest_s() == 3 * 60 + 2 * 2 * (6 + 35)


def tables() -> dict[str, dict[str, tuple[str, str]]]:
    """Keys of each table of the document, with what is allowed and the default, by heading."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    heading = ""
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").replace("`", "")
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == 4:
            found.setdefault(heading, {})[cells[0].strip("` ")] = (cells[1], cells[2])
    return found


def keys_of(model, without=()) -> dict[str, tuple[str, str]]:
    def default(field) -> str:
        if field.is_required():
            return "required"
        if field.default is None or field.default == "":
            return "none" if field.default is None else "empty"
        is_text = isinstance(field.default, str)
        return f'`"{field.default}"`' if is_text else f"`{field.default:g}`"

    fields = model.model_fields.items()
    return {k: (allowed(field), default(field)) for k, field in fields if k not in without}


class TestDocument:
    """docs/programs.md says what the model allows."""

    def test_tables_are_those_of_the_model(self):
        common = ("kind", "title", "say", "goal")
        wanted = {"The program itself": keys_of(Program)}
        shared = {k: v for k, v in keys_of(Breathe).items() if k in common}
        shared["kind"] = (NAMES, "required")
        wanted["Every step"] = shared
        wanted |= {f"Step {kind}": keys_of(model, common) for kind, model in KINDS.items()}
        wanted |= {f"Goal {kind}": keys_of(model, ("kind",)) for kind, model in GOALS.items()}
        assert tables() == wanted
        assert not {"title", "say", "goal"} & set(Repeat.model_fields)  # as it says

    def test_the_example_is_a_program(self):
        (example,) = re.findall(r"```toml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
        evening = program(example)
        assert evening.longest_s() == 20 + 60 + 3 * (90 + 60)
        holds = [step for step in evening.flat() if isinstance(step, Hold)]
        assert [step.goal for step in holds] == [evening.goal] * 3

    def test_every_goal_of_the_document_is_valid(self):
        goals = re.findall(r"\{ kind = .*? \}", DOC.read_text(encoding="utf-8"))
        assert len(goals) > 4
        for goal in goals:
            program(f"goal = {goal}\n{HEAD}{STEP}")


PIECES = st.sampled_from(
    [
        *('strength = "hard"\n', "uv = 'x'\n", "percent = 0\n", "rate_per_min = []\n", "x = 1\n"),
        *("[[step]]\n", "[[step.step]]\n", "[step]\n", "[goal]\n", "[step.goal]\n", "\n", "\r\n"),
        *(f'kind = "{kind}"\n' for kind in (*KINDS, *GOALS)),
        *("kind = ['a']\n", "kind = 3\n", "times = 50\n", "times = -1\n", "seconds = inf\n"),
        *("goal = {}\n", "goal = []\n", 'goal.kind = "fixed"\n', "goal = { kind = 'shaping' }\n"),
        *(
            "step = [{ kind = 'repeat', step = [3] }]\n",
            "groups = [[]]\n",
            'groups = ["\\u0000"]\n',
        ),
        *(
            '"""',
            "'''",
            "[",
            "]",
            "{",
            "}",
            '"',
            "'",
            "#",
            "=",
            ".",
            "\\",
            "\ufeff",
            "\0",
            "\u2028",
        ),
        *(
            "= 0x" + "f" * 9000,
            "seconds = 07:32:00\n",
            "title = 1979-05-27\n",
            "a" * 70,
            HEAD,
            STEP,
        ),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(FILES)).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        if draw(st.booleans()):  # between two lines, so that much of it stays TOML
            at = text.rfind("\n", 0, at) + 1
        end = min(len(text), at + draw(st.integers(0, 30)))
        text = text[:at] + draw(PIECES | st.text(max_size=8)) + text[end:]
    return text


@given(text=mutated() | st.lists(PIECES).map("".join) | st.text())
@example(text="a." * 3000 + "a = 1")
@example(text="[" + "a." * 3000 + "a]")
@example(text="x = " + "{ a = " * 200 + "1" + "}" * 200)
@example(text="step = " + "[{kind='repeat', times=1, step=" * 60 + "3" + "}]" * 60)
@example(text=HEAD + "a = '''\n\n'''\n'b\\n' = 1")
def test_any_text_gives_a_program_or_sentences(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return  # no file in UTF-8 holds it
    checked = parse_program(text, "mine.toml")
    assert (checked.program is None) == bool(checked.mistakes)
    n_lines = text.count("\n") + 1
    for said in checked.mistakes:
        assert said.startswith("mine.toml")
        assert said.endswith(".")
        assert said.isprintable(), said
        for line in re.findall(r"^mine\.toml, line (\d+)", said):
            assert 1 <= int(line) <= n_lines


@given(raw=st.binary(max_size=200))
@settings(suppress_health_check=list(HealthCheck))
def test_any_bytes_end_in_a_sentence(tmp_path, raw):
    path = write(tmp_path, raw)
    with pytest.raises(InputError) as caught:
        load_program(path)
    assert str(caught.value).startswith(str(path))


def test_a_program_is_for_the_sites_there_are():
    assert (*SITE_KEYS, OWN) == tuple(SITES)
