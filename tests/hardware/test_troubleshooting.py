"""troubleshooting.md quotes the program correctly and has every problem that the program reports.

A quotation is a paragraph of a blockquote (a line that begins with `> `), or stands in the first
column of a table that is headed "it says" (several are parted by `<br>`). `…` is what the program
fills in, and at the end of a quotation it is the rest of the message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from unclench.live.words import STATE_WORDS
from unclench_wire import ids

ROOT = Path(__file__).parents[2]
HOST = ROOT / "host" / "unclench"
PAGE = ROOT / "hardware" / "troubleshooting.md"

# Not in the page, and why.
EXCEPTIONS = {
    # all is well
    "The electrodes are on the skin.",
    "Little interference from cables and chargers.",
    "The signal fits the sensor's range.",
    "No heartbeat in the signal.",
    "The heartbeat is in the signal. It is removed from the tension.",
    "The board is quiet enough to see a resting muscle, which makes 1 to 5 µV.",
    "Electrodes and leads do not move.",
    # of the virtual board and of recordings: nothing of the hardware
    "There is no scenario '…'. Choose one of ….",
    "'…' is not a setting of sim. Choose from ….",
    "… of sim must be a number, not '…'.",
    "… of sim must be a whole number, not '…'.",
    "'…' is not a valid … of sim. Choose from ….",
    "The virtual board refused: ….",
    "Speed '…' is not valid. Use a number from 0.01 to 1000, or max.",
    "--fs, --column and --unit are for files only; … announces its own values.",
    "--speed is for recordings and sim only; … is a board and runs in real time.",
    "… has … channels (…), but at most … can be replayed. Choose channels with --column.",
    "… is a recording; give the port of a board, or sim:NAME.",
    "… is a virtual board, which needs no firmware. Give --port the port of a Pico.",
    # no trouble
    "… is fine: … step, at most ….",
    "… is fine: … steps, at most ….",
    "…: calibrate it again before you train.",
    "…: it had no calibration.",
}

# A message that begins so is advice, which needs no explanation.
ADVICE = [
    "Check",
    "Choose",
    "Connect",
    "Measure",
    "Press",
    "Run",
    "Sit",
    "Start",
    "Take",
    "Turn",
    "Unplug",
    "Use",
    "`unclench",
]

# Not sentences by themselves or not raised, and yet what people ask about: a session, a file.
ASKED_ABOUT = {
    "whole session: no usable signal. …",
    "… was disconnected and did not reconnect",
    "Too few breaths (…).",
    "this is not TOML: …",
    "…: … is not a finite number. Correct it or delete the row.",
    "… has no column of EMG numbers. Its columns are ….",
}


def squeezed(text: str) -> str:
    return " ".join(text.split())


def quotations(page: str) -> Iterator[str]:
    """Paragraphs of the page's blockquotes."""
    for block in re.findall(r"(?m)(?:^>.*\n?)+", page):
        for paragraph in re.split(r"(?m)^>\s*$", block):
            words = squeezed(re.sub(r"(?m)^> ?", "", paragraph))
            if words:
                yield words


def in_tables(page: str) -> Iterator[str]:
    """What stands in the first column of tables that are headed "it says"."""
    for table in re.findall(r"(?m)^\| it says \|.*\n\| ---.*\n((?:\|.*\n?)+)", page):
        for row in table.splitlines():
            yield from (squeezed(words) for words in row.split("|")[1].split("<br>"))


def said(path: Path) -> Iterator[tuple[str, bool]]:
    """What a module can say, what is filled in as `…`; and whether that is an error's sentence."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(inner) for node in ast.walk(tree) for inner in _unsaid(node)}
    raised = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) not in silent and (text := _words(node)) is not None:
            # `%s` and `{name}` are filled in, too; two in a row are one for a reader
            braces = r"\{\w+(?:![rsa])?(?::(?:[^{}]|\{\w+\})*)?\}"
            filled = re.sub(rf"%[sd]|{braces}", "…", squeezed(text))
            yield re.sub("…+", "…", filled), id(node) in raised


def _words(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    return None


def _unsaid(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, help texts, lines of the log, and pieces of an f-string, said as a whole."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if (
        isinstance(node, ast.Call)
        and getattr(getattr(node.func, "value", None), "id", "") == "_log"
    ):
        yield from (inner for given in node.args for inner in ast.walk(given))
    if isinstance(node, ast.keyword) and node.arg in ("help", "metavar"):
        yield from ast.walk(node.value)
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield part
            if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                yield from ast.walk(part.format_spec)


def modules(*names: str) -> list[Path]:
    """Files and all files of folders, without the virtual board's."""
    paths = [HOST / name for name in names]
    files = [file for path in paths for file in ([path] if path.suffix else path.rglob("*.py"))]
    assert files
    return [file for file in files if "virtual" not in file.parts]


def is_sentence(text: str) -> bool:
    return text.endswith(".") and len(text.split()) > 2


def is_advice(text: str) -> bool:
    return text.split(maxsplit=1)[0] in ADVICE


def covers(quotation: str, message: str) -> bool:
    """True if this is the message, or its beginning; a file and line may stand before it."""
    if message in (quotation, quotation.removeprefix("…")):
        return True
    beginning = quotation.removesuffix("…").rstrip()
    long_enough = len(re.findall(r"\w+", beginning)) > 2
    return quotation.endswith("…") and long_enough and message.startswith(beginning)


COMMANDS = ("guided", "watch", "calibrate", "session", "programs")


def reasons() -> set[str]:
    """Why a link was lost: not sentences, as they stand in one."""
    return {
        text
        for path in modules("link/reader.py", "link/transport.py", "live/pipeline.py")
        for text, _ in said(path)
        if len(text.split()) > 2 and not text.endswith(".")
    }


def troubles() -> set[str]:
    """Whatever of the hardware a person can be told that something is wrong, and what to do."""
    found = {
        text
        for path in modules("training/placement/check.py", "board", "link", "sources.py")
        if path.name != "steps.py"  # of the bench: how to set a step up
        for text, _ in said(path)
        if is_sentence(text)
    }
    found |= reasons()
    found |= {
        text
        for path in modules(
            *(f"commands/{name}.py" for name in COMMANDS),
            "training/steps/measuring.py",
        )
        for text, raised in said(path)
        if is_sentence(text) or (raised and len(text.split()) > 2)
    }
    found |= ASKED_ABOUT
    found |= {
        text
        for path in HOST.glob("commands/board*.py")
        for text, raised in said(path)
        if raised and is_sentence(text)
    }
    found |= {words.word for state, words in STATE_WORDS.items() if state != "good"}
    found |= {words.advice for words in STATE_WORDS.values() if words.advice}
    return found


TEXT = PAGE.read_text(encoding="utf-8")
WITH_A_CURE = list(in_tables(TEXT))
QUOTED = [*quotations(TEXT), *WITH_A_CURE]


@pytest.fixture(scope="module")
def program() -> set[str]:
    """All that the program and the firmware have to say."""
    files = [*(ROOT / "host").rglob("*.py"), *(ROOT / "firmware").rglob("*.py")]
    return {text for path in files for text, _ in said(path)}


@pytest.mark.parametrize("words", QUOTED, ids=lambda words: words[:60])
def test_quoted_messages_exist_in_the_program(words: str, program: set[str]) -> None:
    assert any(covers(words, message) for message in program)


@pytest.mark.parametrize("words", sorted(troubles()), ids=lambda words: words[:60])
def test_every_problem_the_program_reports_is_in_the_guide(words: str) -> None:
    quoted = any(covers(quotation, words) for quotation in QUOTED)
    if not is_advice(words):
        assert quoted != (words in EXCEPTIONS), "quote it, or say why not; not both"


@pytest.mark.parametrize("words", sorted(reasons()))
def test_every_reason_for_a_lost_connection_has_a_cause_and_a_cure(words: str) -> None:
    assert words in WITH_A_CURE


def test_no_format_placeholder_is_shown() -> None:
    assert not re.findall(r"%[sd]\b", TEXT)


def test_exceptions_are_still_messages_of_the_program(program: set[str]) -> None:
    assert program >= EXCEPTIONS


def test_a_missing_ground_wire_is_listed_under_the_symptom_that_it_causes() -> None:
    rows = {row.split("|")[1].strip(): row for row in TEXT.split("\n") if row.startswith("| ")}
    assert "GND wire off" in rows["level near 3.3 V, or stuck at one value"], "it hangs on 3V3"
    assert "GND" not in rows["level about 0 V, noise too small to be true"].split("|")[2]


def test_words_that_readers_search_for_are_on_the_page() -> None:
    for word in ("dialout", "ModemManager", "BOOTSEL", "RPI-RP2", "GP22", "ENV", "VBUS", "REF"):
        assert word in TEXT
    for name in ids.COUNTER_NAMES:
        assert f"`{name}`" in TEXT or name.replace("_", " ") in TEXT
