"""Makes every picture and every made passage anew: `python -m hardware`."""

from __future__ import annotations

import argparse
import sys

from hardware.catalogue import EVERYTHING
from hardware.making import ROOT, MakingError


def main() -> int:
    """Make what was asked for; the exit status is 1 if something could not be made or is stale."""
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    parser.add_argument("--only", metavar="WORD", default="", help="what has WORD in its path")
    parser.add_argument("--check", action="store_true", help="only say what is stale")
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
            print(f"{made.path}: {'made anew' if why else 'as it was'}")
        except MakingError as error:
            print(f"{made.path}: {error}", file=sys.stderr)
            troubles += 1
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
