"""What happens if the program fails: it reports the error to the host and restarts.

This module needs as little of the rest as possible, because any of it may have failed.
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
    """Report the error to the host, store all of it on flash, and restart."""
    told = io.StringIO()
    sys.print_exception(fault, told)
    whole = told.getvalue()
    try:
        from unclench_wire.framing import encode_frame

        payload = bytes([_ERROR, 0, 0, _HARDWARE]) + sentence(whole).encode()[:_MAX_TEXT]
        sys.stdout.buffer.write(encode_frame(payload))
    except Exception:  # noqa: BLE001 - then as MicroPython's own text
        sys.stdout.write(whole)
    try:
        _keep(whole)
    except OSError:  # a full flash must not prevent the restart
        pass
    time.sleep_ms(_LISTEN_MS)  # lets the last bytes leave, and accepts a Ctrl-C if this repeats
    machine.soft_reset()


def sentence(whole):
    """Turn a traceback into a sentence: what failed, where, and what happens now."""
    lines = [line.strip() for line in whole.split("\n") if line.strip()]
    where = lines[-2] if len(lines) > 1 else "nowhere"
    return "%s; %s; the board restarts, %s has the whole error" % (lines[-1], where, PATH)


def _keep(whole):
    """Store the error, unless it is stored already: repeated ones must not wear the flash."""
    try:
        with open(PATH) as file:
            if file.read() == whole:
                return
    except OSError:
        pass
    with open(PATH, "w") as file:
        file.write(whole)
