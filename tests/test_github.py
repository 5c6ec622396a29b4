"""What .github/ holds agrees with the documents."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEST_COMMAND = 'python -m pip install -e ".[test]" && python -m pytest'


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_workflow_runs_the_readmes_test_command_and_ci() -> None:
    assert f"    {TEST_COMMAND}\n" in text("README.md")
    steps = re.findall(r"(?m)^ +(?:- )?run: (.+)$", text(".github/workflows/checks.yml"))
    assert {TEST_COMMAND, "bash .ci/run"} <= {*steps}


def test_the_issue_template_that_documents_name_is_there() -> None:
    templates = (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")
    names = [
        re.findall(r"(?m)^name: (.+)$", path.read_text(encoding="utf-8")) for path in templates
    ]
    assert ["A record of tested hardware"] in names
    for document in ("README.md", "hardware/tested.md"):
        assert '"A record of tested hardware"' in " ".join(text(document).split())
