"""Questions of a session in the terminal."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from unclench.commands.guided import _ask
from unclench.training.steps.step import Question

CHOICE = Question("Moved?", "Say which.", "choice", choices={"moved": "Yes", "tense": "No"})


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (CHOICE, "2\n", "tense"),
        (CHOICE, "both\n1\n", "moved"),
        (Question("How tense?", "", "scale", "not", "very"), "7\n", "7"),
        (Question("What helped?", "", "words"), "\n", ""),
    ],
)
def test_a_question_is_answered(question, typed, answer):
    with CliRunner().isolation(input=typed) as (_, err, _):
        assert _ask(question) == answer
        assert ("  1  Yes\n  2  No\n" in err.getvalue().decode()) is bool(question.choices)
