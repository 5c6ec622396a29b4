"""What happens when the program fails: the host is told in a sentence, and it starts anew.

Needs as little of the rest as it can, because any of it may be what has failed.
"""

import io
import sys
import time

import machine

PATH = "/unclench_fault.txt"
_ERROR = 0x04  # PROTOCOL.md 4.4, code 6: HARDWARE
_HARDWARE = 6
_MAX_TEXT = 200
_LISTEN_MS = 1000


def tell_and_restart(fault):
    """Tell the host, keep the whole of it on flash, and start anew."""
    told = io.StringIO()
    sys.print_exception(fault, told)
    whole = told.getvalue()
    try:
        from unclench_wire.framing import encode_frame

        payload = bytes([_ERROR, 0, 0, _HARDWARE]) + sentence(whole).encode()[:_MAX_TEXT]
        sys.stdout.buffer.write(encode_frame(payload))
    except Exception:  # noqa: BLE001 - then in the words of MicroPython
        sys.stdout.write(whole)
    try:
        _keep(whole)
    except OSError:  # a full flash must not keep it from starting anew
        pass
    time.sleep_ms(_LISTEN_MS)  # for the last bytes to leave, and for a Ctrl-C, should this repeat
    machine.soft_reset()


def sentence(whole):
    """Turn a traceback into a sentence: what, where, and what happens now."""
    lines = [line.strip() for line in whole.split("\n") if line.strip()]
    where = lines[-2] if len(lines) > 1 else "nowhere"
    return "%s; %s; it starts anew, %s has the whole" % (lines[-1], where, PATH)


def _keep(whole):
    """Write the fault down, unless it is there already: one that repeats wears no flash."""
    try:
        with open(PATH) as file:
            if file.read() == whole:
                return
    except OSError:
        pass
    with open(PATH, "w") as file:
        file.write(whole)
