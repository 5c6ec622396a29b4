"""Runs every comparison and prints its figures: `python -m benchmarks [--quick]`."""

from __future__ import annotations

import argparse

from benchmarks import (
    analyze,
    board,
    breath,
    chain,
    dashboard,
    guide,
    library,
    metrics,
    report,
    review,
    training,
    trial,
    watch,
)


def main() -> None:
    """Run all, or leave out the ten minutes of `--quick`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the ten minutes live")
    options = parser.parse_args()
    chain.main()
    print()
    analyze.main()
    print()
    board.main()
    print()
    training.main()
    print()
    breath.main()
    print()
    metrics.main()
    print()
    trial.main()
    print()
    watch.main(seconds=60.0, hours=1.0 if options.quick else 4.0)
    print()
    guide.main()
    print()
    library.main()
    print()
    report.main()
    print()
    review.main()
    print()
    dashboard.main(soak_s=0.0 if options.quick else 600.0)


if __name__ == "__main__":
    main()
