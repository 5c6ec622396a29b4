"""unclench: MicroPython runs this file at power-on, as /main.py; the rest is in /lib."""

from unclench_board.start import main

main()
