"""What the board sees of a resting muscle, and what that costs it: on an emulated Pico.

Needs a MicroPython image and a boot ROM, which are not ours to carry: `--pico-uf2` and
`--pico-bootrom`, or UNCLENCH_PICO_UF2 and UNCLENCH_PICO_BOOTROM. Peer, on the same emulated Pico
with the same input: the program of most neighbours, `ADC.read_u16()` a thousand times a second.

Emulated: a converter with 1 LSB of white noise and a step of 1 LSB at code 2047, the input resting
right on it, a sensor with gain 200. Not emulated: flash cache misses, the sensor's own noise.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.pico.emulated import (
    EmulatedPico,
    Flash,
    Images,
    NoEmulatorError,
    prepare,
)
from tests.pico.host import Host, band_rms, emg_uv, fit_sine, holes

from unclench.board.files import firmware_files
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command

GAIN = 200
STEP_AT = 2046.5  # codes: where half of the readings are too high
TRUE_UV = 2.0  # RMS, 80 Hz: a relaxed muscle
SECONDS = 10

# As in many sketches, but paced better than by sleep(): it loses no time to printing.
NEIGHBOUR = b"""
import time
from machine import ADC
adc = ADC(26)
at = time.ticks_us()
while True:
    print(adc.read_u16())
    at = time.ticks_add(at, 1000)
    while time.ticks_diff(at, time.ticks_us()) > 0:
        pass
"""
HEAP_READER = b"""
import gc
from unclench_board.hardware import Hardware
Hardware.counters = lambda self: (gc.mem_alloc(), gc.mem_free(), 0)
gc.disable()
from unclench_board.start import main
main(0)
"""


def main(uf2: Path | None = None, bootrom: Path | None = None) -> None:
    """Print the figures; end with status 1 and what is missing for them."""
    print("The board, emulated: MicroPython and our firmware on an RP2040")
    named = {"UF2": uf2, "BOOTROM": bootrom}
    for name, path in named.items():
        found = path or os.environ.get(f"UNCLENCH_PICO_{name}")
        if not found or not Path(found).is_file():
            sys.exit(f"  left out: no file for --pico-{name.lower()} (or UNCLENCH_PICO_{name})")
        named[name] = Path(found)
    try:
        prepare()
    except NoEmulatorError as error:
        sys.exit(f"  left out: needs {error}")
    assert named["UF2"]
    assert named["BOOTROM"]
    with tempfile.TemporaryDirectory() as folder:
        flash = Flash(Images(named["UF2"], named["BOOTROM"]), Path(folder))
        _rest(flash)
        _three_channels(flash)
        _stall(flash)
        _heap(flash)


def _input(true_uv: float) -> dict[str, Any]:
    peak_mv = true_uv * 2**0.5 * GAIN / 1000
    channel = {"level": STEP_AT, "sines": [[80, peak_mv]] if true_uv else []}
    return {"channels": [channel], "noise_lsb": 1, "step_lsb": 1}


def _rest(flash: Flash) -> None:
    """Noise floor and a true 2 uV: corrected, not corrected, and the neighbour's."""
    read = {
        name: [band_rms(signal(flash, true_uv), fs_hz) for true_uv in (0.0, TRUE_UV)]
        for name, signal, fs_hz in (
            ("unclench", lambda f, uv: _ours(f, uv, 1000), 2000),
            ("  no correction", lambda f, uv: _ours(f, uv, 0), 2000),
            ("read_u16 at 1 kHz", _neighbours, 1000),
        )
    }
    print("  one channel at 2 kHz, uV RMS in 20-450 Hz:")
    for name, (floor_uv, true_uv) in read.items():
        error = true_uv / TRUE_UV - 1
        print(
            f"    {name:20} floor {floor_uv:5.2f}   "
            f"a true {TRUE_UV:g} {true_uv:5.2f} ({error:+.0%})"
        )
    print(f"    ratio of floors     {read['read_u16 at 1 kHz'][0] / read['unclench'][0]:.1f}x")


def _host(flash: Flash, more: dict[str, bytes] | None = None, **analog: Any) -> Host:
    host = Host(EmulatedPico(flash.images, flash.with_files({**firmware_files(), **(more or {})})))
    host.pico.analog(**analog)
    host.wait_for_hello()
    return host


def _stream_s(host: Host, seconds: float) -> int:
    host.start()
    host.run_ms(200)
    since = len(host.heard)
    host.run_ms(seconds * 1000)
    return since


def _ours(flash: Flash, true_uv: float, step_mlsb: int) -> NDArray[Any]:
    host = _host(flash, **_input(true_uv))
    with host.pico:
        hello = host.set_up(2000, 1, step_mlsb)
        return emg_uv(host.frames(_stream_s(host, SECONDS)), hello)[:, 0]


def _neighbours(flash: Flash, true_uv: float) -> NDArray[Any]:
    with EmulatedPico(flash.images, flash.with_files({"/main.py": NEIGHBOUR})) as pico:
        pico.analog(**_input(true_uv))
        pico.run_ms(500)
        pico.take()
        pico.run_ms(SECONDS * 1000)
        lines = pico.take().split(b"\r\n")[1:-1]
    u16 = np.array([int(line) for line in lines])
    return u16 / 65536 * 3_300_000 / GAIN


def _three_channels(flash: Flash) -> None:
    sine: dict[str, Any] = {"sines": [[80, 1.0]]}  # 5 uV at the electrode
    host = _host(flash, channels=[{}, sine, {}], noise_lsb=1)
    with host.pico:
        hello: Hello = host.set_up(2000, 3)
        host.start()
        host.run_ms(200)
        since = len(host.heard)
        busy = host.pico.busy(SECONDS)
        bytes_in = 0
        for nanos, data in host.pico.take_timed():
            bytes_in += len(data)
            host.heard += [type(host.heard[0])(nanos, m) for m in host.decoder.feed(data)]
        frames = host.frames(since)
        signal = emg_uv(frames, hello)
        fitted = [abs(fit_sine(signal[:, k], 2000, 80)) for k in range(3)]
        row_us = 1e6 / hello.fs_hz()
        late_ms = [
            at / 1e6 - frame.device_us / 1000 for at, frame in frames
        ]  # the chip's timer began with the power
        print(f"  3 channels at 2 kHz, {SECONDS} s:")
        print(f"    rows missing {holes(frames)}, damaged frames {host.decoder.bad_frames}")
        drift_us = frames[-1][1].device_us - frames[0][1].device_us
        rows = frames[-1][1].index - frames[0][1].index
        print(f"    rate off by {drift_us - rows * row_us:.0f} us in {rows * row_us / 1e6:.2f} s")
        error = fitted[1] / (5 * np.sinc(80 / 2000)) - 1
        print(
            f"    1 mV peak at the pin (5 uV), 80 Hz: {error:+.2%}; "
            f"on the others {max(fitted[0], fitted[2]) / 5:.2%}"
        )
        print(f"    core busy {busy:.1%}, {bytes_in / SECONDS / 1000:.1f} kB/s")
        print(f"    last reading to last byte: at most {max(late_ms):.1f} ms")
        answers = {}
        for name, command, args in (
            ("ECHO", ids.CMD_ECHO, bytes(4)),
            ("COUNTERS", ids.CMD_COUNTERS, b""),
            ("HELLO", ids.CMD_HELLO, b""),
            ("SET_RATE refused", ids.CMD_SET_RATE, bytes(4)),
        ):
            times = []
            for _ in range(20):
                host.run_ms(7.3)
                times.append(host.ask(command, args).ms)
            answers[name] = max(times)
        print(
            "    answered within "
            + ", ".join(f"{name} {ms:.0f} ms" for name, ms in answers.items())
        )
        command = encode_frame(pack_command(ids.CMD_ECHO, 1, bytes(4)))
        n, begun_ns = 4096 // len(command), host.pico.nanos
        host.pico.send(command * n)
        before = len(host.heard)
        while sum(type(h.message).__name__ == "Reply" for h in host.heard[before:]) < n:
            host.run_ms(50)
        took_s = (host.pico.nanos - begun_ns) / 1e9
        lost = host.counters()
        print(
            f"    4096 bytes of commands: {n} answers in {took_s:.1f} s, "
            f"{lost['dma_overruns']} blocks and {lost['lost_samples']} rows lost meanwhile"
        )


def _stall(flash: Flash) -> None:
    host = _host(flash)
    with host.pico:
        host.set_up(2000, 3)
        since = _stream_s(host, 0.5)
        host.pico.stall(True)
        host.run_ms(2000)
        host.pico.stall(False)
        resumed_ns = host.pico.nanos
        host.run_ms(1000)
        frames = host.frames(since)
        fresh_ns = next(at for at, frame in frames if frame.device_us * 1000 > resumed_ns)
        counters = host.counters()
        counted = counters["lost_samples"] + 20 * counters["dma_overruns"]
        print(
            f"  the host stalls for 2 s: fresh samples {(fresh_ns - resumed_ns) / 1e6:.0f} ms "
            f"after; {holes(frames)} rows missing, {counted} counted"
        )


def _heap(flash: Flash) -> None:
    host = _host(flash, {"/main.py": HEAP_READER})
    with host.pico:
        host.set_up(2000, 3)
        host.start()
        host.run_ms(1000)
        reads = []
        for wait_ms in (0, 0, 60_000):
            host.run_ms(wait_ms)
            counters = host.counters()
            reads.append((counters["fifo_overflows"], counters["dma_overruns"]))
        command_costs = reads[1][0] - reads[0][0]
        grown = reads[2][0] - reads[1][0] - command_costs
        print(
            f"  heap: {reads[2][0] / 1000:.0f} kB used, {reads[2][1] / 1000:.0f} kB free; "
            f"grows by {grown} bytes in a minute of streaming"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.board", description=__doc__)
    parser.add_argument("--pico-uf2", type=Path)
    parser.add_argument("--pico-bootrom", type=Path)
    options = parser.parse_args()
    main(options.pico_uf2, options.pico_bootrom)
