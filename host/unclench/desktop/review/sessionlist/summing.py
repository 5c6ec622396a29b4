"""Sums up sessions in a process of its own: the window stays responsive, and it ends at once.

The child process reads one folder per line and answers each with a line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from unclench.desktop.review.tasks import Token
from unclench.errors import UnclenchError
from unclench.review.summary import ensure_summary
from unclench.store.session.summary import SessionSummary
from unclench.translation import tr

_CHILD = "from unclench.desktop.review.sessionlist.summing import answer; answer()"


def sum_up(folders: Sequence[Path], token: Token) -> Iterator[tuple[Path, SessionSummary | str]]:
    """Yield each session's figures, or a sentence that says why there are none.

    Ends when the figures are no longer wanted.
    """
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert child.stdin is not None
    assert child.stdout is not None
    token.when_dropped(child.kill)
    with suppress(OSError), closing(child.stdout), closing(child.stdin):  # it may have ended
        for folder in folders:
            child.stdin.write(json.dumps(str(folder)) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
            if not line.endswith("\n"):
                break
            answered = json.loads(line)
            if "trouble" in answered:
                yield folder, str(answered["trouble"])
            else:
                yield folder, SessionSummary.model_validate(answered["summary"])
    child.kill()
    child.wait()


def answer() -> None:
    """Answer requests on standard input until it ends: runs in the child process."""
    for line in sys.stdin:
        try:
            summary = ensure_summary(Path(json.loads(line)))
            answered: dict[str, object] = {"summary": summary.model_dump(mode="json")}
        except UnclenchError as error:
            answered = {"trouble": str(error)}
        except Exception as error:  # noqa: BLE001 - one odd session must not stop the others
            answered = {
                "trouble": tr(
                    "Internal error in the figures ({error}).",
                    error=f"{type(error).__name__}: {error}",
                )
            }
        sys.stdout.write(json.dumps(answered) + "\n")
        sys.stdout.flush()
