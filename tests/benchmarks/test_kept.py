"""Results that are kept: which code they are of, and whether that is still today's."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.catalogue import BENCHMARKS, ROOT, Benchmark, code_of, digest
from benchmarks.kept import RESULTS, keep, read_stamp, stamp, standing

CHAIN = BENCHMARKS[0]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    paths = (tmp_path / "a.py", tmp_path / "b.py")
    for path in paths:
        path.write_bytes(b"x = 1\n")
    return paths


class TestStanding:
    """Whether a kept result is of today's code."""

    def test_what_was_just_measured_is_current(self, tmp_path):
        keep(CHAIN, stamp(CHAIN, ()), "figures\n", tmp_path)
        assert standing(CHAIN, tmp_path).state == "current"

    def test_changed_code_makes_it_stale_and_names_the_old_one(self, tmp_path):
        made = replace(stamp(CHAIN, ()), code="0" * 16, unclench="0.1.0", commit="18d5d7d")
        keep(CHAIN, made, "figures\n", tmp_path)
        state, why = standing(CHAIN, tmp_path)
        assert state == "stale"
        assert f"changed since unclench 0.1.0, commit 18d5d7d, {made.date}" in why

    @pytest.mark.parametrize("head", ["", "# 2026-11-23\n", "# code: 0000\n# unclench: 0.1.0\n"])
    def test_without_a_whole_stamp_it_is_stale(self, tmp_path, head):
        (tmp_path / "chain.txt").write_text(f"{head}figures\n", encoding="utf-8")
        assert standing(CHAIN, tmp_path) == ("stale", "it does not say which code it is of")

    def test_without_a_result_there_is_none(self, tmp_path):
        assert standing(CHAIN, tmp_path).state == "not kept"


class TestStamp:
    """The lines above a result that say what it is of."""

    def test_it_is_read_back_as_it_was_written(self, tmp_path):
        made = stamp(CHAIN, ("--quick",))
        path = keep(CHAIN, made, "figures: 3\n\n", tmp_path)
        text = path.read_text(encoding="utf-8")
        assert read_stamp(text) == made
        assert text == made.text() + "figures: 3\n"

    def test_it_holds_no_path_of_this_machine(self):
        assert str(ROOT) not in stamp(CHAIN, ()).text()

    def test_without_git_the_commit_is_unknown(self, monkeypatch):
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert stamp(CHAIN, ()).commit == "unknown"


class TestCode:
    """The digest of the files that a result depends on."""

    def test_a_change_in_any_file_changes_the_digest(self, files, tmp_path):
        before = digest(files, tmp_path)
        files[1].write_bytes(b"x = 2\n")
        assert digest(files, tmp_path) != before

    def test_line_breaks_do_not(self, files, tmp_path):
        before = digest(files, tmp_path)
        files[1].write_bytes(b"x = 1\r\n")
        assert digest(files, tmp_path) == before

    def test_imports_are_followed(self):
        names = {path.relative_to(ROOT).as_posix() for path in code_of(CHAIN)}
        assert {"benchmarks/chain.py", "dsp/unclench_dsp/filters.py"} <= names
        assert not any(name.startswith("host/unclench/desktop") for name in names)

    def test_modules_of_a_package_count(self):
        rooms = next(b for b in BENCHMARKS if b.name == "rooms")
        names = {path.relative_to(ROOT).as_posix() for path in code_of(rooms)}
        assert {"benchmarks/rooms/__main__.py", "benchmarks/rooms/hearts.py"} <= names

    def test_what_runs_in_another_process_counts(self):
        training = next(b for b in BENCHMARKS if b.name == "training")
        names = {path.relative_to(ROOT).as_posix() for path in code_of(training)}
        assert "host/unclench/training/session/engine.py" in names
        assert "host/unclench/training/programs/shipped/first-ten-minutes.toml" in names


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda benchmark: benchmark.name)
def test_what_the_catalogue_names_exists(benchmark: Benchmark) -> None:
    found = {path.relative_to(ROOT).as_posix() for path in code_of(benchmark)}
    assert found & {f"benchmarks/{benchmark.name}{end}.py" for end in ("", "/__main__")}
    for module in benchmark.starts:
        assert any(name.endswith(f"/{module.replace('.', '/')}.py") for name in found)
    assert all((ROOT / folder).is_dir() for folder in benchmark.reads)


def test_every_result_is_of_a_benchmark() -> None:
    names = {benchmark.name for benchmark in BENCHMARKS}
    assert {path.stem for path in RESULTS.glob("*.txt")} <= names


def test_documents_that_quote_a_result_say_how_to_see_whether_it_is_stale() -> None:
    quoting = []
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "firmware/README.md"]:
        text = path.read_text(encoding="utf-8")
        if re.search(r"benchmarks/results/\w+\.txt", text):
            quoting.append(path)
            assert "`python -m benchmarks --status`" in text, path
    assert quoting
