"""Run by MicroPython on a pseudo-terminal: the board's main loop over a converter without a chip.

Everything is the board's own but the readings, which say what they are: reading k of block b of
channel c is 100 * c + (b + k // turn) % 50. At its end it says in a file how the heap grew.
"""

import gc
import json
import sys
import time
from array import array

sys.path.insert(0, sys.argv[1])

from unclench_board.acquisition import plan
from unclench_board.hardware import Hardware
from unclench_board.light import Light
from unclench_board.service import Port, serve
from unclench_board.settings import Settings
from unclench_wire.board import Board

BLOCK_US = 25000  # longer than it lasts on a board: here the sums are made in plain Python


class Converter:
    """Blocks by the clock, as `Acquisition` gives them; four may wait."""

    def __init__(self):
        self.fifo_overflows = self.dma_overruns = self.late_services = 0
        self.block = 0
        self.start_us = 0xFFFFFF00  # so that device time passes every boundary
        self._heap = array("i", [0] * 4000)
        self.heap_n = 0

    def start(self, period, inputs, first_input, readings):
        """Make the readings up, or fail if it is to be broken."""
        self.fifo_overflows = self.dma_overruns = self.late_services = 0
        codes = [100 * (k % inputs) + k // inputs % 50 for k in range(readings + 50 * inputs)]
        whole = memoryview(bytes(array("H", codes)))
        starts = [2 * inputs * b for b in range(50)]
        self._readings = [whole[at : at + 2 * readings] for at in starts]
        self._next = 0
        self._due = time.ticks_add(time.ticks_us(), BLOCK_US)
        if sys.argv[3] == "broken":
            raise OSError("the converter does not answer")

    def stop(self):
        """There is nothing to stop."""

    def wait_us(self):
        """Time until the next block is complete."""
        return time.ticks_diff(self._due, time.ticks_us())

    def take(self):
        """The next block that is complete, or None; notes the heap's size."""
        if self.heap_n < len(self._heap):
            self._heap[self.heap_n] = gc.mem_alloc()
            self.heap_n += 1
        complete = -self.wait_us() // BLOCK_US + 1
        if complete <= 0:
            return None
        if complete > 3:
            self.dma_overruns += complete - 3
            self._advance(complete - 3)
        self.block = self._next
        self._advance(1)
        return self._readings[self.block % 50]

    def intact(self):
        """Nothing writes beyond a ring here."""
        return True

    def _advance(self, n):
        self._next += n
        self._due = time.ticks_add(self._due, n * BLOCK_US)

    def heap(self):
        """Sizes of the heap while it streamed, without the first and the last looks at it."""
        return self.heap_n, sorted({self._heap[i] for i in range(20, self.heap_n - 20)})


converter = Converter()
lamp = []
light = Light(lamp.append, time)
hardware = Hardware(
    converter,
    Settings(sys.argv[2], plan),
    light,
    lambda: 0x89ABCDEF,
    b"on a pty",
    "a board on a pseudo-terminal",
)
port = Port(sys.stdin.buffer, sys.stdout.buffer, time)
gc.collect()
serve(Board(hardware, port.write), hardware, port, light, time)
with open(sys.argv[2] + ".heap", "w") as file:  # noqa: PTH123 - MicroPython
    json.dump([converter.heap(), lamp], file)
