"""A new format is a reader, a small file of it and a row in docs/formats.md, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.importing.conftest import MAKERS

from unclench.errors import InputError
from unclench.importing import FORMATS, Asked, bring_in, import_file, readers
from unclench.importing.formats import all_formats
from unclench.store import open_session

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats.md"

TOY = """
from fractions import Fraction
import numpy as np
from unclench.importing.found import Found
from unclench.importing.formats import Format

def read(path, asked):
    values = np.array([float(line) for line in path.read_text().splitlines()[1:]])
    return Found(Fraction(1000), ("toy",), values[:, None], np.arange(len(values)), device="Toy")

FORMATS = (Format("toy", "Toy text", read, lambda file: file.line_starts("TOY 1")),)
"""


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """A folder of readers besides our own, and a file of the format that is read there."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "zz_toy.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(tmp_path / "more")])
    monkeypatch.setattr(bring_in, "_FORMATS", all_formats())
    path = tmp_path / "a.dat"
    path.write_text("TOY 1\n" + "".join(f"{k % 50}\n" for k in range(2000)), encoding="utf-8")
    return path


def test_a_new_reader_is_used_without_a_list(toy, tmp_path):
    done = import_file(toy, tmp_path / "session")
    assert done.format == "toy"
    recording = open_session(done.folder).load()
    assert (recording.n_samples, recording.channels) == (2000, ("toy",))
    assert recording.emg_uv[:3, 0].tolist() == [0.0, 1.0, 2.0]


def test_an_error_of_a_new_reader_becomes_a_sentence(toy, tmp_path):
    toy.write_text("TOY 1\nmany\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.dat"):
        import_file(toy, tmp_path / "session", asked=Asked())
    assert not (tmp_path / "session").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_small_file_and_a_row_in_the_document(name):
    assert name in {maker.removesuffix("-v5").removesuffix("-v6") for maker in MAKERS}
    row = [
        line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if f"`{name}`" in line
    ]
    assert any(line.startswith("| ") for line in row)


def test_one_format_reads_what_no_other_recognizes():
    assert [each.name for each in all_formats().values() if each.recognizes is None] == ["csv"]
