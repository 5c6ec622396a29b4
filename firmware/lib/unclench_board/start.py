"""Assembles the program on a Raspberry Pi Pico, and keeps the way back to its prompt."""

import gc
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
from unclench_board.pins import ADC_PINS, LIGHT_PIN, PROMPT_PIN
from unclench_board.service import Port, serve
from unclench_board.settings import Settings
from unclench_wire import ids
from unclench_wire.board import Board

SETTINGS_PATH = "/unclench_settings.json"
_CTRL_C = 3


def main(started_ms):
    """Run until the host or a person asks for the prompt."""
    if not machine.Pin(PROMPT_PIN, machine.Pin.IN, machine.Pin.PULL_UP).value():
        print("unclench does not start: pin %d is low" % PROMPT_PIN)  # noqa: T201 - for a person
        return
    try:
        # Counted from before the imports, which Ctrl-C ends as well.
        time.sleep_ms(max(0, ids.PROMPT_MS - time.ticks_diff(time.ticks_ms(), started_ms)))
    except KeyboardInterrupt:
        return
    try:
        micropython.kbd_intr(-1)
        _run()
    finally:
        micropython.kbd_intr(_CTRL_C)


def _run():
    ring = bytearray(acquisition.RING_BYTES)
    table = array("I", [0] * acquisition.TABLE_WORDS)
    mover, feeder = rp2.DMA(), rp2.DMA()  # claimed, so that nothing else uses them
    for pin in ADC_PINS:
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
        port = Port(sys.stdin.buffer, sys.stdout.buffer, time)
        board = Board(hardware, port.write)
        gc.collect()
        serve(board, hardware, port, light, time)
    finally:
        converter.stop()  # otherwise it would continue to write into memory that is freed
        mover.close()
        feeder.close()


def _lamp():
    """Return a function that sets the brightness of this board's light, 0 to 255."""
    if "Pico W" in os.uname().machine:  # its light is on the radio chip: on or off
        pin = machine.Pin("LED", machine.Pin.OUT)
        return lambda brightness: pin.value(brightness > 0)
    pwm = machine.PWM(machine.Pin(LIGHT_PIN), freq=1000, duty_u16=0)
    # The eye sees ratios: squaring makes the steps look even.
    return lambda brightness: pwm.duty_u16(brightness * brightness * 257 // 255)
