"""Text typed by people, made safe for a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.store.text import plain_text, safe_cell

one_line = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", " =", "'=", "\t=", "\r@", "\n+"])
def test_spreadsheet_formulas_are_disarmed(start: str) -> None:
    assert safe_cell(start + "1+cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("text", ["", "shoulder, left", 'he said "ow"', "1-2", "a=b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(one_line)
def test_cells_survive_a_round_trip_through_a_file(text: str) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow([safe_cell(text), "x"])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert plain_text(row[0]) == text


@given(st.text())
def test_one_line_and_no_formula_whatever_is_typed(text: str) -> None:
    cell = safe_cell(text)
    assert len(cell.splitlines()) <= 1
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert plain_text(safe_cell(plain_text(cell))) == plain_text(cell)
