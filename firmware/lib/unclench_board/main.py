"""unclench: MicroPython runs this file at power-on, as /main.py; the rest is in /lib."""

import time

started_ms = time.ticks_ms()  # type: ignore[attr-defined]
try:
    from unclench_board.start import main

    main(started_ms)
except Exception as fault:  # noqa: BLE001 - even a missing or broken file
    from unclench_board.fault import tell_and_restart

    tell_and_restart(fault)
