"""The document holds together: every clause has its test, and every citation its clause."""

import re
from pathlib import Path

from unclench_wire import ids

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def test_every_clause_has_a_test_of_its_name(document):
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("test_*.py")))
    tested = {f"{a}.{b}" for a, b in re.findall(r"^def test_(\d+)_(\d+)_", source, re.MULTILINE)}
    assert set(document.clauses) == tested


def test_clauses_are_numbered_without_holes(document):
    last: dict[int, int] = {}
    for clause in document.clauses:
        chapter, number = (int(part) for part in clause.split("."))
        assert chapter in (max(last, default=1), max(last, default=0) + 1)
        assert number == last.get(chapter, 0) + 1
        last[chapter] = number
    headings = re.findall(r"^## (\d+) ", document.text, re.MULTILINE)
    assert [int(h) for h in headings] == sorted(last)


def test_every_citation_in_the_code_names_a_clause(document):
    known = set(document.clauses) | {clause.split(".")[0] for clause in document.clauses}
    cited = set()
    for path in [*ROOT.glob("host/**/*.py"), *ROOT.glob("firmware/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"PROTOCOL\.md,? (?:clauses? )?(\d+(?:\.\d+)?)", text)
        if "unclench_wire" in path.parts:
            found += re.findall(r"\((\d\.\d)[);]", text)
        assert set(found) <= known, path
        cited |= set(found)
    assert len(cited) > 10


def test_every_citation_in_the_document_names_a_clause(document):
    prose = re.sub(r"```.*?```", "", document.text, flags=re.DOTALL)
    cited = re.findall(r"\((\d\.\d+)\b", prose) + re.findall(
        r"(?<![\d.])([1-6]\.\d+) (?:says|turns|mends|allows)", prose
    )
    assert cited
    assert set(cited) <= set(document.clauses)


def test_the_document_is_of_the_code_s_level(document):
    assert f"Protocol level **{ids.LEVEL}**" in document.text
