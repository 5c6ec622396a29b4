"""Run by MicroPython: the board's port over a line that is at hand; JSON to stdout.

Not a test by itself: test_port.py judges what comes out.
"""

import io
import json
import sys

sys.path.insert(0, sys.argv[1])

from unclench_board.service import Port


class Clock:
    """Milliseconds that pass when told."""

    ms = (1 << 30) - 1000

    def ticks_ms(self):
        """Ticks as MicroPython has them, modulo 2^30."""
        return self.ms & 0x3FFFFFFF

    def ticks_add(self, ticks, delta):
        """A moment so much later."""
        return (ticks + delta) & 0x3FFFFFFF

    def ticks_diff(self, a, b):
        """From `b` to `a`, whichever comes first."""
        return ((a - b + 0x20000000) & 0x3FFFFFFF) - 0x20000000


class Line(io.IOBase):
    """A stream whose readiness and appetite are set."""

    def __init__(self):
        self.ready = True
        self.takes = 1000
        self.tries = 0
        self.waiting = b""

    def ioctl(self, request, flags):
        """Whether it can be written and read."""
        if request != 3:
            return -1  # there is no file beneath
        return (flags & 4 if self.ready else 0) | (flags & 1 if self.waiting else 0)

    def write(self, data):
        """Take as much as it has an appetite for."""
        self.tries += 1
        return min(self.takes, len(data))

    def readinto(self, buffer):
        """Give what is waiting."""
        n = min(len(buffer), len(self.waiting))
        buffer[:n] = self.waiting[:n]
        self.waiting = self.waiting[n:]
        return n


line, clock = Line(), Clock()
port = Port(line, line, clock)
out = {}


def frames(n, step_ms=10):
    """Send so many frames; return how often the line was tried, and what it took."""
    tries, taken = line.tries, 0
    for _ in range(n):
        taken += port.write(b"x" * 100)
        clock.ms += step_ms
    return [line.tries - tries, taken]


out["well"] = frames(10)
line.ready = False
out["no room"] = frames(10)
line.ready = True
out["room again"] = frames(10)
line.takes = 30
out["cut"] = frames(1)
line.takes = 0
out["deaf"] = frames(1000)  # ten seconds
line.takes = 1000
out["heard again after ms"] = 0
while not port.write(b"x"):
    clock.ms += 10
    out["heard again after ms"] += 10
out["then"] = frames(10)

line.waiting = bytes(range(150))
out["read"] = [list(port.read()) for _ in range(4)]
out["nothing"] = port.wait(0)
print(json.dumps(out))
