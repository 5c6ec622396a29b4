"""The main loop: reads the host's bytes, sends blocks of readings, updates the light."""

import select

from unclench_wire import ids

_READ_MAX = 64  # bytes read before the converter is served again: a USB packet, 7 ms of work
_DEAF_MS = 2000  # pause before a port that accepted nothing is tried again
_LIGHT_MS = 50  # how often the light is updated while nothing streams


class Port:
    """The line to the host: MicroPython's standard input and output, as bytes.

    Parameters
    ----------
    stdin, stdout
        Streams with `readinto` and `write`; a write may wait, and may accept only a part.
    clock
        `ticks_ms`, `ticks_diff` and `ticks_add`, as in the module `time`.
    """

    def __init__(self, stdin, stdout, clock) -> None:
        self._clock = clock
        self._deaf = False  # the last write accepted nothing; no other before `_again`
        self._again = 0
        self._read_into = stdin.readinto
        self._write = stdout.write
        self._readable = select.poll()
        self._readable.register(stdin, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(stdout, select.POLLOUT)
        self._data = bytearray(_READ_MAX)
        whole = memoryview(self._data)
        self._places = [whole[k : k + 1] for k in range(_READ_MAX)]

    def wait(self, wait_ms):
        """Return True once there is something to read, within `wait_ms`. Allocates nothing."""
        for _ in self._readable.ipoll(wait_ms):
            return True
        return False

    def read(self):
        """Return what has arrived, at most 64 bytes."""
        n = 0
        ready, read_into = self._readable.ipoll, self._read_into
        # One byte at a time: a longer read would wait until it is complete.
        for place in self._places:
            for _ in ready(0):
                read_into(place)
                break
            else:
                break
            n += 1
        return bytes(self._data[:n])

    def write(self, data):
        """Write, and return how many bytes were accepted. Allocates nothing.

        If the host does not read, the USB stack waits once. Then its buffer is full, and nothing
        is written until there is room again.
        """
        if self._deaf and self._clock.ticks_diff(self._again, self._clock.ticks_ms()) > 0:
            return 0
        for _ in self._writable.ipoll(0):
            taken = self._write(data) or 0
            # The port of a sleeping or unplugged host says that it is ready but accepts nothing:
            # every try then waits for half a second.
            self._deaf = taken == 0
            if self._deaf:
                self._again = self._clock.ticks_add(self._clock.ticks_ms(), _DEAF_MS)
            return taken
        return 0


def serve(board, hardware, port, light, clock):
    """Run the board until the host asks for the prompt.

    Parameters
    ----------
    board
        `unclench_wire.board.Board` that controls `hardware` and writes to `port`.
    clock
        `ticks_ms`, `ticks_diff` and `ticks_add`, as in the module `time`.
    """
    beacon_at = clock.ticks_ms()
    while not board.leaving:
        if board.streaming:
            wait_ms = hardware.wait_ms()
        else:
            wait_ms = min(_LIGHT_MS, max(0, clock.ticks_diff(beacon_at, clock.ticks_ms())))
        if port.wait(wait_ms):
            board.receive(port.read())
        if board.streaming:
            hardware.service(board)
        elif clock.ticks_diff(beacon_at, clock.ticks_ms()) <= 0:
            beacon_at = clock.ticks_add(clock.ticks_ms(), ids.BEACON_MS)
            board.beacon()
        light.update(board.streaming)
