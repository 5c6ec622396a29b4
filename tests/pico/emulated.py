"""A Raspberry Pi Pico in emulated time: this end of `emulator/server.mjs`, and a transport over it.

The emulator moves only while it is asked to, so a test decides what the board lives through between
two bytes, and every run gives the same. Time is the board's: nothing here waits on a clock of ours.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from unclench.link.transport import PtyTransport, TransportClosed

EMULATOR = Path(__file__).parent / "emulator"
CACHE = Path(platformdirs.user_cache_dir("unclench")) / "emulated-pico"  # read before tests move it
MS = 1_000_000  # nanoseconds


class NoEmulatorError(Exception):
    """What is missing to emulate a Pico, and how to get it."""


@dataclass(frozen=True)
class Images:
    """What a Pico runs and cannot be kept here."""

    uf2: Path
    bootrom: Path


def prepare() -> Path:
    """Folder of an emulator that can run; installs rp2040js once. Raises NoEmulatorError."""
    if not shutil.which("node"):
        raise NoEmulatorError("Node 20, which runs the emulator: apt install nodejs")
    if (EMULATOR / "node_modules" / "rp2040js").is_dir():
        return EMULATOR
    package = (EMULATOR / "package.json").read_bytes()
    folder = CACHE / hashlib.sha256(package).hexdigest()[:16]
    if not (folder / "node_modules" / "rp2040js").is_dir():
        npm = shutil.which("npm")
        if not npm:
            raise NoEmulatorError("npm, which fetches the emulator: apt install npm")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_bytes(package)
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoEmulatorError(
                f"rp2040js, which npm could not fetch: {done.stderr.strip()[-300:]}"
            )
    for module in EMULATOR.glob("*.mjs"):  # Node looks for packages beside the program
        shutil.copy(module, folder)
    return folder


class Flash:
    """File systems made once per set of files, and kept in `folder`."""

    def __init__(self, images: Images, folder: Path) -> None:
        self.images = images
        self._folder = folder

    def with_files(self, files: Mapping[str, bytes]) -> Path:
        """Image of a file system that holds `files`."""
        digest = hashlib.sha256()
        for path, data in sorted(files.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
        image = self._folder / f"{digest.hexdigest()[:24]}.littlefs"
        if not image.exists():
            with EmulatedPico(self.images) as pico:
                pico.install(files)
                pico.save(image)
        return image


class EmulatedPico:
    """One board with a host's port; `flash` is a file system to begin with, else it is empty.

    `inputs` are pins held from outside, `timer_us` what the chip's timer begins with. Times are
    emulated nanoseconds since power-on.
    """

    def __init__(
        self,
        images: Images,
        flash: Path | None = None,
        inputs: Mapping[int, int] | None = None,
        port_open: bool = True,
        timer_us: int = 0,
    ) -> None:
        self._node = subprocess.Popen(
            ["node", str(prepare() / "server.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.nanos = 0
        self._received: list[tuple[int, bytes]] = []
        self.power_lost = False
        self._ask(
            "power_on",
            image=str(images.uf2.resolve()),
            bootrom=str(images.bootrom.resolve()),
            files=str(flash) if flash else None,
            inputs={str(pin): level for pin, level in (inputs or {}).items()},
            port_open=port_open,
            timer_us=timer_us,
        )

    def __enter__(self) -> EmulatedPico:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the emulator; harmless when repeated."""
        assert self._node.stdin
        assert self._node.stdout
        with contextlib.suppress(OSError):
            self._node.stdin.close()
        self._node.kill()
        self._node.wait()
        self._node.stdout.close()

    def _ask(self, op: str, **given: Any) -> dict[str, Any]:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps({"op": op, **given}) + "\n")
        self._node.stdin.flush()
        line = self._node.stdout.readline()
        if not line:
            raise RuntimeError(f"the emulator ended amid {op!r}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"the emulator failed amid {op!r}: {answer['error']}")
        self.nanos = int(answer["at"])
        return answer

    def run_ns(self, nanos: int, first: bool = False) -> None:
        """Let so much time pass; with `first` only until bytes come."""
        answer = self._ask("run", until_ns=self.nanos + nanos, first=first)
        data = base64.b64decode(answer["data"])
        for at, n in answer["arrivals"]:
            self._received.append((int(at), data[:n]))
            data = data[n:]
        self.power_lost |= answer["cut"]

    def run_ms(self, ms: float) -> None:
        """Let so many milliseconds pass."""
        self.run_ns(round(ms * MS))

    def take_timed(self) -> list[tuple[int, bytes]]:
        """What has come and was not taken yet, with the moments at which it came."""
        received, self._received = self._received, []
        return received

    def take(self) -> bytes:
        """The same without the moments."""
        return b"".join(data for _, data in self.take_timed())

    def send(self, data: bytes | bytearray | memoryview) -> None:
        """Hand bytes to the board's USB; it takes them when it can."""
        self._ask("send", data=base64.b64encode(bytes(data)).decode())

    def install(self, files: Mapping[str, bytes]) -> None:
        """Write files at the prompt; only on a board that runs no program."""
        encoded = {path: base64.b64encode(data).decode() for path, data in files.items()}
        self._ask("install", files=encoded)

    def save(self, image: Path) -> None:
        """Keep the file system as it is at this moment."""
        self._ask("save", path=str(image))

    def analog(self, channels: list[dict[str, Any]] | None = None, **settings: Any) -> None:
        """Set what the converter sees: see `Analog` in emulator/analog.mjs."""
        self._ask("analog", settings={"channels": channels or [{}], **settings})

    def stall(self, on: bool) -> None:
        """Let the host stop reading, the port staying open; or read again."""
        self._ask("stall", on=on)

    def port(self, is_open: bool) -> None:
        """Close the host's port (DTR falls, nobody reads), or open it."""
        self._ask("port", open=is_open)

    def set_input(self, pin: int, level: int) -> None:
        """Hold a pin low or high from outside."""
        self._ask("input", pin=pin, level=level)

    def hold_core(self, ms: float) -> None:
        """Let the core stand still, as when it writes flash; DMA and USB go on."""
        self._ask("hold_core", ns=round(ms * MS))

    def hold_dma(self, us: float) -> None:
        """Keep the DMA from the converter, so that its FIFO overflows after four readings."""
        self._ask("hold_dma", ns=round(us * 1000))

    def cut_power_at(self, operation: int, torn: bool) -> None:
        """Lose power at this flash operation from power-on on; `torn`: when half of it is done."""
        self._ask("cut_power_at", operation=operation, torn=torn)

    def state(self) -> dict[str, Any]:
        """Cycles, conversions, the light, resets: see server.mjs."""
        return self._ask("state")

    def busy(self, seconds: float) -> float:
        """Share of the next seconds in which the core does not wait for an interrupt."""
        before = self.state()
        self.run_ms(seconds * 1000)
        after = self.state()
        spent = after["cycles"] - before["cycles"]
        return float(spent / ((after["nanos"] - before["nanos"]) * 1e-9 * after["clk_sys_hz"]))

    def now_s(self) -> float:
        """Emulated seconds since power-on: it is a `Clock` to wait by."""
        return self.nanos * 1e-9

    def sleep(self, seconds: float) -> None:
        """Let the board run for so long."""
        self.run_ms(seconds * 1000)


class EmulatedTransport:
    """`unclench.link.transport.Transport` over an emulated Pico: a read lets the board live."""

    def __init__(self, pico: EmulatedPico) -> None:
        self._pico = pico

    def read(self, timeout_s: float) -> bytes:
        """See Transport.read."""
        data = self._pico.take()
        if not data:
            self._pico.run_ns(round(timeout_s * 1e9), first=True)
            data = self._pico.take()
        return data

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """See Transport.write."""
        self._pico.send(data)
        return len(data)

    def drain(self) -> None:
        """See Transport.drain: the emulator keeps everything."""

    def close(self) -> None:
        """See Transport.close."""


class PtyBridge:
    """An emulated Pico behind a pseudo-terminal, for programs that open a port: `path`.

    It runs by itself, at most as fast as a real one.
    """

    STEP_S = 0.005

    def __init__(self, pico: EmulatedPico) -> None:
        self._pico = pico
        self._pty = PtyTransport()
        self.path = self._pty.path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def __enter__(self) -> PtyBridge:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._pty.close()

    def _run(self) -> None:
        begun, from_s = time.monotonic(), self._pico.now_s()
        while not self._stop.is_set():
            ahead_s = self._pico.now_s() - from_s - (time.monotonic() - begun)
            with contextlib.suppress(TransportClosed):
                data = self._pty.read(max(0.0, ahead_s))
                if data:
                    self._pico.send(data)
                self._pico.run_ms(self.STEP_S * 1000)
                data = self._pico.take()
                if data:
                    self._pty.write(data)
