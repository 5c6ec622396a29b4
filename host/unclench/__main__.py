"""Entry point: `unclench`, or `python -m unclench`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C is quiet even while everything is still being imported."""
    try:
        from unclench.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
