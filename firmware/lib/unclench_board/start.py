"""Puts the parts together on a Raspberry Pi Pico, and sees to the way back to its prompt."""

import gc
import io
import os
import sys
import time
from array import array

import machine
import micropython
import rp2
import uctypes

from unclench_board import acquisition, registers
from unclench_board.hardware import Hardware
from unclench_board.light import Light
from unclench_board.service import Port, make_board, serve
from unclench_board.settings import Settings
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import pack_error

SETTINGS_PATH = "/unclench_settings.json"
FAULT_PATH = "/unclench_fault.txt"
PROMPT_PIN = 22  # held low (to the GND beside it) at power-on: no program, only the prompt
_CTRL_C = 3


def main(started_ms):
    """Run until the host or a person wants the prompt; after a fault start anew."""
    if not machine.Pin(PROMPT_PIN, machine.Pin.IN, machine.Pin.PULL_UP).value():
        print("unclench does not start: pin %d is low" % PROMPT_PIN)  # noqa: T201 - for a person
        return
    try:
        # Counted from before all the importing, which Ctrl-C ends as well.
        time.sleep_ms(max(0, ids.PROMPT_MS - time.ticks_diff(time.ticks_ms(), started_ms)))
    except KeyboardInterrupt:
        return
    try:
        micropython.kbd_intr(-1)
        _run()
    except Exception as fault:  # noqa: BLE001 - whatever it is, the host is told and it starts anew
        _tell(fault)
        time.sleep_ms(300)  # for the last bytes to leave
        machine.soft_reset()
    finally:
        micropython.kbd_intr(_CTRL_C)


def _run():
    ring = bytearray(acquisition.RING_BYTES)
    table = array("I", [0] * acquisition.TABLE_WORDS)
    mover, feeder = rp2.DMA(), rp2.DMA()  # claimed, so that nobody else takes them
    for pin in (26, 27, 28):
        machine.ADC(pin)  # switches the converter on and the pin's digital half off
    converter = acquisition.Acquisition(
        machine.mem32,
        time,
        ring,
        uctypes.addressof(ring),
        table,
        uctypes.addressof(table),
        mover.channel,
        feeder.channel,
    )
    try:
        settings = Settings(SETTINGS_PATH, acquisition.plan)
        light = Light(_lamp(), time)
        hardware = Hardware(
            converter,
            settings,
            light,
            lambda: machine.mem32[registers.TIMER_RAW_LOW],
            machine.unique_id(),
            os.uname().machine,
        )
        port = Port(sys.stdin.buffer, sys.stdout.buffer)
        board = make_board(hardware, port)
        gc.collect()
        serve(board, hardware, port, light, time)
    finally:
        converter.stop()  # or it would go on writing into memory that is somebody else's by then
        mover.close()
        feeder.close()


def _lamp():
    """Return what sets the brightness of this board's light, 0 to 255."""
    if "Pico W" in os.uname().machine:  # its light hangs on the radio, which knows only on and off
        pin = machine.Pin("LED", machine.Pin.OUT)
        return lambda brightness: pin.value(brightness > 0)
    pwm = machine.PWM(machine.Pin(25), freq=1000, duty_u16=0)
    # The eye sees ratios: the square spreads the steps evenly.
    return lambda brightness: pwm.duty_u16(brightness * brightness * 257 // 255)


def _tell(fault):
    """Tell the host in a sentence, and keep the whole of it on flash."""
    text = io.StringIO()
    sys.print_exception(fault, text)
    text = text.getvalue()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    where = lines[-2] if len(lines) > 1 else ""
    reason = "%s; %s; it starts anew, %s has the whole" % (lines[-1], where, FAULT_PATH)
    try:
        sys.stdout.buffer.write(encode_frame(pack_error(0, 0, ids.ERR_HARDWARE, reason)))
        _keep(text)
    except Exception:  # noqa: BLE001 - a full flash must not keep it from starting anew
        pass


def _keep(text):
    """Write the fault down, unless it is there already: one that repeats wears no flash."""
    try:
        with open(FAULT_PATH) as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(FAULT_PATH, "w") as file:
        file.write(text)
