"""unclench: MicroPython runs this file at power-on, as /main.py; the rest is in /lib."""

import time

started_ms = time.ticks_ms()  # type: ignore[attr-defined]

from unclench_board.start import main  # noqa: E402

main(started_ms)
