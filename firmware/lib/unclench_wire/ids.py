"""Numbers of the wire (PROTOCOL.md, clauses 2 to 4): message types, error codes, limits."""

try:
    from micropython import const
except ImportError:

    def const(value: int) -> int:
        """Stand in for MicroPython's compile-time constant."""
        return value


LEVEL = const(1)  # raised by every change that an older peer would misread (6.1)

# Board to host: below FIRST_COMMAND (4.9)
HELLO = const(0x01)
SAMPLES = const(0x02)
REPLY = const(0x03)
ERROR = const(0x04)

# Host to board
FIRST_COMMAND = const(0x10)
CMD_HELLO = const(0x10)
CMD_START = const(0x11)
CMD_STOP = const(0x12)
CMD_SET_RATE = const(0x13)
CMD_SET_CHANNELS = const(0x14)
CMD_SET_GAIN = const(0x15)
CMD_SET_STEP = const(0x16)
CMD_COUNTERS = const(0x17)
CMD_ECHO = const(0x18)
CMD_SET_NOISE = const(0x19)
CMD_SET_DEFAULTS = const(0x1A)
CMD_HISTOGRAM = const(0x1B)
CMD_NOISE = const(0x1C)
CMD_BLINK = const(0x1D)
CMD_LIGHT = const(0x1E)
CMD_PROMPT = const(0x1F)

# Reasons in an ERROR message
ERR_LEVEL = const(1)
ERR_UNKNOWN = const(2)
ERR_LENGTH = const(3)
ERR_VALUE = const(4)
ERR_BUSY = const(5)
ERR_HARDWARE = const(6)

# Flags in HELLO
FLAG_STREAMING = const(0x01)
FLAG_VIRTUAL = const(0x02)

MAX_CHANNELS = const(3)
MAX_PAYLOAD = const(598)  # 4 kHz x 3 channels x 10 ms needs 374
MAX_ENCODED = const(603)  # MAX_PAYLOAD, its checksum, and one COBS code per 254 bytes begun
MAX_COMMAND_ENCODED = const(64)  # the same for what a host sends
MAX_LABEL = const(80)  # bytes of UTF-8
MAX_ERROR_TEXT = const(200)  # bytes of UTF-8
BEACON_MS = const(500)  # how often an idle board sends HELLO
HISTOGRAM_CODES = const(128)  # counts in a HISTOGRAM, before those below and above (4.10)
LIGHT_MS = const(10000)  # the board takes its light back this long after the last LIGHT (4.12)
PROMPT_MS = const(2000)  # after power-on: Ctrl-C works, and no HELLO is sent (4.13)
FRAME_MS = const(10)  # a sample frame holds this much signal
COUNTER_NAMES = ("fifo_overflows", "dma_overruns", "late_services", "lost_samples", "bad_frames")
