"""Marked sentences: found, looked up and filled in."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from unclench import translation
from unclench.translation import PseudoTranslations, in_english, tr, trn

ROOT = Path(__file__).parents[1]
HOST = ROOT / "host" / "unclench"
MARKS = {"tr": 1, "trn": 2}  # and how many messages each is given


def marked(path: Path) -> list[tuple[int, str, ast.Call]]:
    """Line, mark and call of every marked sentence in a file."""
    return [
        (node.lineno, node.func.id, node)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS
    ]


def placeholders(message: str) -> set[str]:
    """Names in the braces of a message, those within a format too: `{value:.{digits}f}`."""
    found = set()
    for _, name, form, _ in string.Formatter().parse(message):
        if name is not None:
            found |= {name.partition(".")[0].partition("[")[0], *placeholders(form or "")}
    return found


def test_values_are_filled_in():
    assert tr("{path} is not a session", path="a{b}") == "a{b} is not a session"
    assert tr("braces stay: {}") == "braces stay: {}"
    assert [trn("{n} gap", "{n} gaps", n) for n in (0, 1, 2)] == ["0 gaps", "1 gap", "2 gaps"]
    assert trn("one gap in {name}", "{n} gaps in {name}", 1, name="x") == "one gap in x"


def test_every_marked_sentence_is_a_literal_whose_values_are_given():
    """What is no literal cannot be extracted; what is not given raises when it is shown."""
    wrong = []
    for path in sorted(HOST.rglob("*.py")):
        for line, mark, call in marked(path):
            messages = [getattr(arg, "value", None) for arg in call.args[: MARKS[mark]]]
            given = {keyword.arg for keyword in call.keywords} | ({"n"} if mark == "trn" else set())
            place = f"{path.relative_to(HOST)}:{line}"
            if not all(isinstance(message, str) and message.strip() for message in messages):
                wrong.append(f"{place}: not a literal")
            elif None in given:
                wrong.append(f"{place}: ** hides what is filled in")
            elif given:
                wanted = set().union(*(placeholders(str(message)) for message in messages))
                if wanted - given or (given - wanted) - {"n"}:
                    wrong.append(
                        f"{place}: wants {sorted(wanted)}, is given {sorted(map(str, given))}"
                    )
    assert not wrong, "\n".join(wrong)


def test_babel_extracts_every_marked_sentence(tmp_path):
    pot = tmp_path / "unclench.pot"
    command = ["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"), "-k", "tr"]
    command += ["-k", "trn:1,2", "-o", str(pot), str(HOST)]
    CommandLineInterface().run(command)
    with pot.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    found = {one for each in ids for one in ([each] if isinstance(each, str) else each)}
    wanted = {
        arg.value
        for path in HOST.rglob("*.py")
        for _, mark, call in marked(path)
        for arg in call.args[: MARKS[mark]]
        if isinstance(arg, ast.Constant)
    }
    assert wanted <= found


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Press Space", "⟦Ƥŕēśś Śƥàćē⟧"),
        ("{path:>9}: run `unclench live --raw`", "⟦{path:>9}: ŕũń `unclench live --raw`⟧"),
        ("see <b>--out</b> &amp; more", "⟦śēē <b>--out</b> &amp; mōŕē⟧"),
    ],
)
def test_pseudo_language_leaves_what_a_translator_leaves(message, shown):
    assert PseudoTranslations().gettext(message) == shown
    assert placeholders(shown) == placeholders(message)


def test_sentences_stay_english_where_the_program_reads_them_again(monkeypatch):
    monkeypatch.setattr(translation, "_current", PseudoTranslations())
    with in_english():
        assert tr("ended early") == "ended early"
        assert trn("{n} gap", "{n} gaps", 2) == "2 gaps"
    assert tr("ended early") == "⟦ēńďēď ēàŕĺŷ⟧"
