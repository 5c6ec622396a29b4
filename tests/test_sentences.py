"""Facts are typed: no code looks into a sentence that was made for people."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.test_layering import ROOT

FILES = sorted(
    path for room in ("host/unclench", "dsp", "hardware") for path in (ROOT / room).rglob("*.py")
)
SENTENCES = {"sentence", "text", "words", "headline", "detail", "why_not", "strerror", "said"}
"""Attributes and functions that hold words for people; `reason` and `kind` are for code."""

LOOKS = {"partition", "rpartition", "split", "rsplit", "startswith", "endswith", "removeprefix"}
LOOKS |= {"removesuffix", "find", "rfind", "index", "replace", "count"}
PATTERNS = {"match", "fullmatch", "search", "findall", "finditer", "sub"}

# Words of others, who give nothing else to tell cases apart; and input that a person types.
MAY_LOOK = {
    "host/unclench/store/events/legacy.py": "files of the time when words were all there was",
    "host/unclench/importing/readers/edf.py": "annotations of EDF are words alone, ours, too",
    "host/unclench/importing/keep.py": "annotations of other programs",
    "host/unclench/files.py": "NumPy and Arrow tell a full disk in words",
    "host/unclench/link/transport.py": "pyserial on Windows hides the system's error in words",
    "host/unclench/store/library/index.py": "SQLite has a code of errors from Python 3.11 on",
    "host/unclench/training/programs/mistakes.py": "TOML's mistakes are words alone",
}


def is_literal(node: ast.AST) -> bool:
    """Whether an expression is some words, or a constant of the module; one letter is escaped."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and (
            len(node.value) > 1 or node.value in (":", ";", ",")
        )
    return isinstance(node, ast.Name) and node.id.isupper()


class Looking(ast.NodeVisitor):
    """Finds where one function looks into a sentence, by a literal or a pattern."""

    def __init__(self) -> None:
        self.errors: set[str] = set()  # names of exceptions that were caught
        self.names: set[str] = set()  # of variables that hold a sentence
        self.found: list[tuple[int, str]] = []

    def is_sentence(self, node: ast.AST) -> bool:
        """Whether an expression is the words of an error or of something that has words."""
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, ast.BoolOp):
            return any(map(self.is_sentence, node.values))
        if isinstance(node, ast.Attribute):
            return node.attr in SENTENCES and not isinstance(node.ctx, ast.Store)
        if not isinstance(node, ast.Call):
            return False
        function, arguments = node.func, node.args
        if isinstance(function, ast.Name) and function.id == "str" and len(arguments) == 1:
            return isinstance(arguments[0], ast.Name) and arguments[0].id in self.errors
        if isinstance(function, ast.Name) and function.id in ("text_of", "said"):
            return True
        if isinstance(function, ast.Attribute) and function.attr in ("lower", "strip", "casefold"):
            return self.is_sentence(function.value)
        return False

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.errors |= {node.name} if node.name else set()
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        if node.annotation is not None and ast.unparse(node.annotation).endswith(
            ("Error", "Exception")
        ):
            self.errors.add(node.arg)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        if self.is_sentence(node.value):
            self.names |= {target.id for target in node.targets if isinstance(target, ast.Name)}

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        if any(map(is_literal, sides)) and any(self.is_sentence(side) for side in sides):
            self.found.append((node.lineno, ast.unparse(node)))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            looks = function.attr in LOOKS and any(map(is_literal, node.args[:1]))
            looks = looks and self.is_sentence(function.value)
            pattern = function.attr in PATTERNS and any(map(self.is_sentence, node.args))
            if looks or pattern:
                self.found.append((node.lineno, ast.unparse(node)))
        self.generic_visit(node)


def looks_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and code of each look into a sentence."""
    functions: list[ast.AST] = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for node in functions or [tree]:
        looking = Looking()
        looking.visit(node)
        yield from looking.found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_looks_into_a_sentence(path: Path):
    if str(path.relative_to(ROOT)) in MAY_LOOK:
        return
    found = [f"line {line}: {code}" for line, code in looks_of(ast.parse(path.read_text("utf-8")))]
    assert not found, "give the error or payload a typed reason"


def test_every_exception_is_still_needed():
    for name in MAY_LOOK:
        source = (ROOT / name).read_text("utf-8")
        legacy = name.endswith("legacy.py")  # looks into what it is given
        assert legacy or list(looks_of(ast.parse(source))), name


@pytest.mark.parametrize(
    "code",
    [
        'def f(e):\n    return "early" in text_of(e)',
        'def f(e):\n    return e.text == "done"',
        'def f(e):\n    return e.sentence.startswith("No")',
        'try:\n    f()\nexcept OSError as x:\n    full = "full" in str(x)',
        'def f(x: SourceError):\n    said = str(x)\n    return said.partition(":")[0]',
        'def f(e):\n    return re.match("a", e.words)',
        "def f(e):\n    return e.text in STOPPED",
        'def f(e):\n    return e.words.replace("your baseline", "it")',
    ],
)
def test_such_looks_are_found(code):
    assert list(looks_of(ast.parse(code)))
