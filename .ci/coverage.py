"""Prints how much of each room the tests reach, from coverage's JSON report."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    """Print a line for each room: statements, and the share that was run."""
    statements: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for name, file in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["files"].items():
        parts = Path(name).parts
        at = next((i for i, part in enumerate(parts) if part.startswith("unclench")), 0)
        room = "/".join(parts[at : at + 2]) if parts[at] == "unclench" else parts[at]
        statements[room] += file["summary"]["num_statements"]
        covered[room] += file["summary"]["covered_lines"]
    print("| room | statements | covered |\n| --- | --- | --- |")
    for room, n in sorted(statements.items()):
        if n:
            print(f"| {room} | {n} | {100 * covered[room] / n:.1f} % |")
    print(f"| all | {statements.total()} | {100 * covered.total() / statements.total():.1f} % |")


if __name__ == "__main__":
    main()
