"""Generates every picture and passage again: `python -m hardware`."""

from __future__ import annotations

import argparse
import sys

from hardware.catalogue import EVERYTHING
from hardware.making import ROOT, MakingError


def main() -> int:
    """Generate what was asked for; the exit status is 1 if something failed or is out of date."""
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    parser.add_argument("--only", metavar="WORD", default="", help="only what has WORD in its path")
    parser.add_argument("--check", action="store_true", help="only list what is out of date")
    options = parser.parse_args()
    troubles = 0
    for made in EVERYTHING:
        if options.only not in made.path:
            continue
        try:
            why = made.stale()
            if options.check:
                if why:
                    print(why)
                    troubles += 1
                continue
            (ROOT / made.path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / made.path).write_text(made.text(), encoding="utf-8")
            print(f"{made.path}: {'generated again' if why else 'unchanged'}")
        except MakingError as error:
            print(f"{made.path}: {error}", file=sys.stderr)
            troubles += 1
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
