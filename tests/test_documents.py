"""Every Markdown file: links lead somewhere, commands exist, pictures are shown.

Commands are read from code spans and code blocks of documents, and from backticks in the sentences
of the program itself.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from unclench.cli import cli

ROOT = Path(__file__).parents[1]
SKIPPED = {".git", ".venv", "venv", "node_modules", "build", "dist", "site-packages"}
# What stands for a word of one's own, or for "and so on".
PLACEHOLDER = re.compile(r"…|\.\.\.|[A-Z][A-Z0-9_]*(?:[.:=][A-Za-z0-9…]+)*|\[.*|<.*|\{.*")
SHELL_END = {"|", "||", "&&", ";", "&", ">", ">>", "<", "#", "2>"}


class Command(NamedTuple):
    """A command line, and where it stands."""

    where: str
    text: str


def documents() -> list[Path]:
    found = [
        path
        for path in sorted(ROOT.rglob("*.md"))
        if not any(part in SKIPPED or part.startswith(".pytest") for part in path.parts)
    ]
    assert len(found) > 10
    return found


DOCUMENTS = documents()


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_code(text: str) -> str:
    """Prose alone: neither blocks nor spans of code, nor comments."""
    text = re.sub(r"(?ms)^(```|~~~).*?^\1\s*$", "", text)
    text = re.sub(r"(?s)<!--.*?-->", "", text)
    text = re.sub(r"(?m)^(?: {4}|\t)(?![-*] |\d+\. ).*$", "", text)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


def code(text: str) -> Iterator[str]:
    """Lines of code blocks, fenced or indented, and code spans."""
    fences = re.findall(r"(?ms)^(?:```|~~~)[^\n]*\n(.*?)^(?:```|~~~)", text)
    rest = re.sub(r"(?ms)^(```|~~~).*?^\1\s*$", "", text)
    for block in (*fences, *re.findall(r"(?m)(?:^\n|\A)((?: {4}.*\n?)+)", rest)):
        yield from block.replace("\\\n", " ").split("\n")
    rest = re.sub(r"(?m)^ {4}.*$", "", rest)
    for _, span in re.findall(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", rest, re.DOTALL):
        yield " ".join(span.split())


def links(text: str) -> Iterator[str]:
    """Targets of links and pictures."""
    prose = without_code(text)
    yield from re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)", prose)
    yield from re.findall(r"(?m)^\[[^\]]+\]:\s*(\S+)", prose)
    yield from re.findall(r"(?:src|href)=\"([^\"]+)\"", prose)


@cache
def anchors(path: Path) -> frozenset[str]:
    """Of a document's headings, by GitHub's rules."""
    text = re.sub(r"(?ms)^(```|~~~).*?^\1\s*$", "", path.read_text(encoding="utf-8"))
    seen: dict[str, int] = {}
    made = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))
    for heading in re.findall(r"(?m)^#{1,6} +(.*?)(?: +#+)?$", text):
        plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        plain = re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)", "", plain)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        made.add(slug if slug not in seen else f"{slug}-{seen[slug]}")
        seen[slug] = seen.get(slug, 0) + 1
    return frozenset(made)


def dead(document: Path, target: str) -> str:
    """Why a link leads nowhere; "" if it does not."""
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return ""  # of the world: not asked here
    file, _, anchor = target.partition("#")
    there = (document.parent / file).resolve() if file else document
    if not there.exists():
        return f"there is no {file}"
    if ROOT not in (there, *there.parents):
        return f"{file} is outside of the repository"
    if anchor and there.suffix == ".md" and anchor not in anchors(there):
        return f"{name(there)} has no heading #{anchor}"
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    troubles = [f"{link}: {why}" for link in links(text) if (why := dead(document, link))]
    assert not troubles


# Commands


def sentences() -> Iterator[Command]:
    """What the program itself says in backticks."""
    for path in sorted((ROOT / "host").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            elif isinstance(node, ast.JoinedStr):
                pieces = (getattr(part, "value", "…") for part in node.values)
                text = "".join(piece if isinstance(piece, str) else "…" for piece in pieces)
            else:
                continue
            for span in re.findall(r"`([^`]+)`", text):
                yield Command(f"{name(path)}:{node.lineno}", " ".join(span.split()))


def commands() -> Iterator[Command]:
    """All command lines of ours, from their program's name on."""
    written = [
        Command(name(path), line)
        for path in DOCUMENTS
        for line in code(path.read_text(encoding="utf-8"))
    ]
    for where, line in (*written, *sentences()):
        for piece in re.split(r"\s(?:\|\|?|&&|;)\s", line.strip()):
            typed = re.sub(r"^(?:\$ |[A-Z_]+=\S+ )+", "", piece.strip())
            command = re.split(r"\s{3,}", typed)[0]  # what it does stands in a column of its own
            if re.match(r"(?:unclench|pytest|python3? -m [\w.]+)(?:\s|$)", command):
                yield Command(where, command)


COMMANDS = sorted(set(commands()))


def words_of(text: str) -> list[str]:
    """A command line's words, up to a comment or what the shell does with it."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError:  # an apostrophe
        words = text.split()
    for at, word in enumerate(words):
        if word in SHELL_END:
            return words[:at]
    return words


def is_placeholder(word: str) -> bool:
    return PLACEHOLDER.fullmatch(word) is not None


def wrong_with_unclench(words: list[str]) -> str:
    """What does not exist in `unclench ...`; "" if all does."""
    command: click.Command = cli
    context = click.Context(cli, info_name="unclench")
    rest = [word for word in (word.strip("[]") for word in words[1:]) if word.strip(".…")]
    try:
        while isinstance(command, click.Group):
            rest = command.make_parser(context).parse_args(_with_default(command, rest))[1]
            if not rest or is_placeholder(rest[0]):
                return ""
            found = command.get_command(context, rest[0])
            if found is None:
                return f"{context.command_path} has no command {rest[0]}"
            context = click.Context(found, info_name=rest.pop(0), parent=context)
            command = found
        options, given, _ = command.make_parser(context).parse_args(list(rest))
    except click.BadOptionUsage:
        return ""  # an option is named, and its value left out
    except click.UsageError as error:
        return f"{context.command_path}: {error.format_message()}"
    if given:
        return f"{context.command_path} takes no {' '.join(given)}"
    needed = [option for option in command.params if option.required and rest]  # else just a name
    lacking = [option.opts[0] for option in needed if option.name not in options]
    return f"{context.command_path} needs {' '.join(lacking)}" if lacking else ""


def _with_default(group: click.Group, words: list[str]) -> list[str]:
    """As the group itself understands them: some put a command in front where none is named."""
    context = click.Context(group, resilient_parsing=True)
    group.parse_args(context, list(words))
    kept = vars(context)
    named = [*kept.get("_protected_args", kept.get("protected_args", ())), *context.args]
    return named if len(named) > len(words) else list(words)


def _packages_of_others() -> set[str]:
    """Packages that pyproject.toml asks for, installed or not (`build` is for releases), and pip.

    An environment made by uv has no pip.
    """
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return {"pip", *re.findall(r'(?m)^    "([\w-]+)', text)}


def wrong_with_module(words: list[str]) -> str:
    """What does not exist in `python -m MODULE ...`."""
    module = words[2]
    sys.path.insert(0, str(ROOT))
    try:
        found = importlib.util.find_spec(module)
        if found is not None and found.submodule_search_locations is not None:
            found = importlib.util.find_spec(f"{module}.__main__")
    except ModuleNotFoundError:
        found = None
    finally:
        sys.path.remove(str(ROOT))
    if found is None or found.origin is None:
        return (
            ""
            if module in _packages_of_others()
            else f"there is no module {module} that can be run"
        )
    if module == "unclench":
        return wrong_with_unclench(words[2:])
    if module == "pytest":
        return wrong_with_pytest(words[2:])
    if ROOT in Path(found.origin).parents:
        source = Path(found.origin).read_text(encoding="utf-8")
        for word in words[3:]:
            option = word.strip("[]").partition("=")[0]
            if option.startswith("--") and f'"{option}"' not in source:
                return f"{module} has no option {option}"
    return ""


def wrong_with_pytest(words: list[str]) -> str:
    """Which path or option of our own does not exist in `pytest ...`."""
    own = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    for word in words[1:]:
        path = word.partition("::")[0]
        if "/" in path and not path.startswith("-") and not (ROOT / path).exists():
            return f"there is no {path}"
        if word.startswith("--pico") and f'"{word.partition("=")[0]}"' not in own:
            return f"there is no option {word}"
    return ""


@pytest.mark.parametrize(
    "command", COMMANDS, ids=lambda command: f"{command.where}: {command.text}"
)
def test_commands_exist(command: Command) -> None:
    words = words_of(command.text)
    check = {"unclench": wrong_with_unclench, "pytest": wrong_with_pytest}.get(
        words[0], wrong_with_module
    )
    assert not check(words)


def test_commands_are_found_at_all() -> None:
    programs = {command.text.split()[0] for command in COMMANDS}
    assert {"unclench", "python", "pytest"} <= programs
    said = [command for command in COMMANDS if command.where.startswith("host/")]
    assert len(said) > 10
    assert len(COMMANDS) > 100


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("unclench levitate", "no command"),
        ("unclench board levitate", "no command"),
        ("unclench record --levitate", "o such option"),
        ("unclench --levitate", "o such option"),
        ("unclench sessions --levitate", "o such option"),
        ("unclench board check --levitate", "o such option"),
        ("unclench devices here", "takes no here"),
        ("unclench record --source sim --seconds 60", "needs --out"),
        ("unclench export PATH", "needs --format"),
        ("python -m hardware.levitation", "no module"),
        ("python -m hardware --levitate", "no option"),
        ("python -m pytest tests/levitation", "no tests"),
        ("pytest tests/pico --pico-levitate X", "no option"),
    ],
)
def test_wrong_commands_are_found(text: str, why: str) -> None:
    words = words_of(text)
    check = {"unclench": wrong_with_unclench, "pytest": wrong_with_pytest}.get(
        words[0], wrong_with_module
    )
    assert why in check(words)


@pytest.mark.parametrize(
    "text",
    [
        "unclench",
        "unclench --source sim",
        "unclench session PROGRAM",
        "unclench record --source auto --seconds 60 --out DIR",
        "unclench board check [--seconds N]",
        "unclench analyze x.csv | head",
        "python -m hardware --only safety",
    ],
)
def test_correct_commands_are_accepted(text: str) -> None:
    words = words_of(text)
    assert not (wrong_with_unclench if words[0] == "unclench" else wrong_with_module)(words)


def test_a_dead_link_is_found() -> None:
    here = ROOT / "README.md"
    assert dead(here, "nowhere.md")
    assert dead(here, "firmware/README.md#levitation")
    assert dead(here, "#levitation")
    assert dead(here, "../elsewhere")
    assert not dead(here, "firmware/README.md#back-to-micropythons-prompt")
    assert not dead(here, "https://example.org/nowhere")


# What else a document must not hold


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_nothing_is_left_to_do(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not re.search(r"\b(?:TODO|FIXME|XXX|TBD)\b", text)


def test_every_picture_is_shown_somewhere() -> None:
    shown = {
        (document.parent / target.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for target in links(document.read_text(encoding="utf-8"))
    }
    pictures = [
        path
        for room in ("docs", "hardware")
        for ending in ("svg", "png")
        for path in (ROOT / room).rglob(f"*.{ending}")
    ]
    assert pictures
    assert not [name(path) for path in pictures if path.resolve() not in shown]
