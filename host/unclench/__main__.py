"""Entry point: `unclench`, or `python -m unclench`."""

import os
import sys

# NumPy's OpenBLAS otherwise shares out each of our many small products: its threads wait for one
# another at full speed, and take several times the CPU without being sooner. NumPy reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run the command line; Ctrl-C is quiet even while everything is still being imported."""
    try:
        from unclench.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
