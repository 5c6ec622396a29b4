"""Run by MicroPython and by CPython alike: a task as JSON on stdin, what came of it on stdout.

Not a test by itself: test_micropython.py compares the two. Only what MicroPython has is used here.
"""

import gc
import json
import sys

task = json.loads(sys.stdin.read())
sys.path.insert(0, task["lib"])

from unclench_wire import framing, ids, messages  # noqa: E402
from unclench_wire.board import Board  # noqa: E402


class Hardware:
    """An acquisition without any."""

    def __init__(self):
        self.said = messages.Hello([messages.Channel(200000, 0, 210)], label="Kiefer µ")
        self.broken = False

    def hello(self):
        """Its constants."""
        return self.said

    def set_rate(self, hz):
        """Any rate but 0."""
        if hz == 0:
            raise ValueError("rate 0 Hz; 1000, 2000 and 4000 fit")
        self.said.rate_num = hz

    def set_channels(self, n):
        """So many channels, each skewed by 2 us more."""
        self.said.channels = [messages.Channel(200000, 2000 * k) for k in range(n)]

    def set_gain(self, channel, gain_milli):
        """Keep the gain."""
        self.said.channels[channel].gain_milli = gain_milli

    def set_step(self, step_mlsb):
        """Keep the step's correction."""
        self.said.step_mlsb = step_mlsb

    def set_noise(self, channel, noise_nv):
        """Keep the noise."""
        self.said.channels[channel].noise_nv = noise_nv

    def set_defaults(self):
        """One channel, as new."""
        self.said.channels = [messages.Channel(200000)]

    def histogram(self, channel, first_code, readings):
        """The request, and counts that are full."""
        return [channel, first_code, readings] + [4294967295] * 127

    def noise(self, channel):
        """A level, and a noise that is full."""
        return (2047500, 4294967295)

    def blink(self, seconds):
        """Nothing blinks here."""

    def light(self, by_host, brightness):
        """There is no light here."""

    def check_prompt(self):
        """A prompt is always there."""

    def start(self):
        """Start the first time only."""
        if self.broken:
            raise OSError("the converter does not answer")

    def stop(self):
        """From now on it cannot start."""
        self.broken = True

    def micros(self):
        """A time whose bytes all differ."""
        return 0x89ABCDEF

    def counters(self):
        """Counters, one of them full."""
        return (1, 2, 0xFFFFFFFF)


class Port:
    """Takes every byte, or only the first few of each write."""

    def __init__(self):
        self.sent = bytearray()
        self.room = 1000

    def write(self, data):
        """Take what there is room for."""
        part = bytes(data)[: self.room]
        self.sent.extend(part)
        return len(part)


def plain(value):
    """Turn what is read from the wire into what JSON can carry."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, messages.Hello):
        return {name: plain(item) for name, item in value.__dict__.items()}
    if isinstance(value, messages.Channel):
        return [value.gain_milli, value.skew_ns, value.noise_nv]
    return value


def read_message(payload):
    """Read a payload of any kind, or say what is wrong with it."""
    try:
        if payload[0] == ids.HELLO:
            return plain(messages.unpack_hello(payload))
        return plain(messages.unpack_samples_head(payload))
    except messages.WireError as error:
        return str(error)


def encode():
    """Frames of payloads, and their checksums."""
    payloads = [bytes.fromhex(payload) for payload in task["payloads"]]
    return [
        [framing.crc16(payload, len(payload)), framing.encode_frame(payload).hex()]
        for payload in payloads
    ]


def decode():
    """Payloads in a stream that comes in pieces, and how many frames were damaged."""
    decoder = framing.FrameDecoder()
    payloads = []
    for piece in task["pieces"]:
        payloads += decoder.feed(bytes.fromhex(piece))
    return [plain(payloads), decoder.bad_frames]


def read():
    """Messages in payloads."""
    return [read_message(bytes.fromhex(payload)) for payload in task["payloads"]]


def hello():
    """HELLO from its fields, for many labels."""
    out = []
    for label in task["labels"]:
        said = messages.Hello(
            [messages.Channel(4294967295, 1, 2), messages.Channel(3, 4, 5)],
            rate_num=4294967295,
            rate_den=7,
            low_unit=-2147483648,
            high_unit=2147483647,
            step_mlsb=-32768,
            firmware=(1, 2, 3),
            board_id=b"\x00\x01\x02\x03\xfc\xfd\xfe\xff",
            label=label,
        )
        payload = messages.pack_hello(said, ids.FLAG_STREAMING)
        out.append([payload.hex(), read_message(payload)])
    return out


def talk():
    """What a board writes when it hears these bytes, and streams between them."""
    port = Port()
    board = Board(Hardware(), port.write)
    board.beacon()
    streaming, lost_samples = [], []
    for piece in task["pieces"]:
        board.receive(bytes.fromhex(piece))
        if board.streaming:
            buffer = board.sample_buffer()
            for k, room in enumerate((1000, 20, 1000)):
                for i in range(180):
                    buffer[i] = (i * 37 + k) & 0xFF
                port.room = room
                board.send_samples(
                    3, 20, messages.Stamp(4294967290 + 20 * k, 4294967295), 65535 + k
                )
        streaming.append(board.streaming)
        lost_samples.append(board.lost_samples)
    return [port.sent.hex(), streaming, lost_samples]


def choice():
    """Which implementation makes the frames and their checksums."""
    native = sys.modules.get("unclench_wire.framing_native")
    made_by = []
    for name in ("encode_frame_into", "crc16"):
        used = getattr(framing, name)
        if native and used is getattr(native, name, None):
            made_by.append("machine code")
        else:
            made_by.append("plain" if used is getattr(framing, "plain_" + name) else "library")
    return made_by


def fit():
    """Frames in just enough room and no more: what lies behind it, and before, stays as it was."""
    out = []
    for n in task["lengths"]:
        for byte in (0, 1):
            room = n + 5 + (n + 2) // 254
            source, target = bytearray([byte] * (n + 18)), bytearray([0xA5] * (room + 16))
            size = framing.encode_frame_into(
                memoryview(source)[8 : 8 + n + 2], n, memoryview(target)[8 : 8 + room]
            )
            out.append([size, bytes(source[:8]).hex(), bytes(source[8 + n + 2 :]).hex()])
            out.append([bytes(target[: 8 + size]).hex(), bytes(target[8 + room :]).hex()])
    return out


def refuse():
    """What is said to buffers that are too short, or must not be written."""
    out = []
    for source, n, target in (
        (bytearray(11), 10, bytearray(20)),
        (bytearray(0), 10, bytearray(20)),
        (bytearray(12), 10, bytearray(14)),
        (bytearray(12), 10, bytearray(0)),
        (bytes(12), 10, bytearray(20)),
        (bytearray(12), 10, bytes(20)),
    ):
        try:
            out.append(framing.encode_frame_into(source, n, target))
        except (IndexError, TypeError) as error:
            out.append(type(error).__name__)
    return out


def overlong():
    """What is said to a checksum of more bytes than there are."""
    try:
        return framing.crc16(bytearray(3), 4)
    except IndexError as error:
        return type(error).__name__


def allocate():
    """Bytes of heap per frame in a thousand, of the encoder and of the board."""
    board = Board(Hardware(), len)
    source = bytearray(ids.MAX_PAYLOAD + 2)
    target = bytearray(ids.MAX_ENCODED + 2)
    n_frames = 1000
    stamp = messages.Stamp(4294967295, 4294967295)
    buffer = board.sample_buffer()
    for i in range(len(buffer)):
        buffer[i] = (i * 37 + 1) & 0xFF
    board.send_samples(3, 20, stamp, 0)  # the first one makes its view
    board.send_samples(1, 20, stamp, 0)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(n_frames):
        framing.encode_frame_into(source, 374, target)
    encoded = gc.mem_alloc()
    for _ in range(n_frames):
        board.send_samples(1, 20, stamp, 0)
    sent = gc.mem_alloc()
    for i in range(n_frames):
        board.send_samples(3, 20 + i % 2, stamp, 0)
    resized = gc.mem_alloc()
    return [
        (encoded - before) / n_frames,
        (sent - encoded) / n_frames,
        (resized - sent) / n_frames,
    ]


def import_all():
    """Modules that can be imported."""
    for name in task["modules"]:
        __import__(name)
    return [name for name in task["modules"] if name in sys.modules]


TASKS = {
    "encode": encode,
    "decode": decode,
    "read": read,
    "hello": hello,
    "talk": talk,
    "allocate": allocate,
    "choice": choice,
    "fit": fit,
    "refuse": refuse,
    "overlong": overlong,
    "import": import_all,
}
print(json.dumps(TASKS[task["do"]]()))
