"""Puts the firmware on a board, so that no mix of old and new is ever started.

A host sends nothing to a port before a board has said hello (PROTOCOL.md 2.1). Installing is the
one exception, because a board without our firmware says none: a port that a person names, or the
one Pico that is plugged in, gets Ctrl-C and the order for MicroPython's raw prompt. If our firmware
runs there already it is asked for its prompt properly (4.13).

Everything that differs is first written beside its place under another name and verified by hash.
Until then a cut of line or power leaves the old files as they were. Only then is it renamed, all
of it in one step that runs on the board by itself, even if the line is cut, and verified again. If
the power goes during that step, or it is interrupted, old and new files may be mixed; main.py goes
first and comes back last, so that such a board starts nothing and stays at MicroPython's prompt
until the command is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from unclench.board.files import LIB, MAIN, PACKAGES, digest, firmware_version
from unclench.board.prompt import BoardFullError, Interpreter, NoPromptError, Prompt
from unclench.errors import SourceError
from unclench.link import discovery
from unclench.link.connection import Connection, check_level
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import TransportClosed, open_transport
from unclench_wire import ids
from unclench_wire.messages import Hello

MANIFEST = "/unclench_files.json"  # what we put there, by path: its SHA-256
BOOT = "/boot.py"
_STAGED = ".unclench"  # ending of what is not yet in its place
_KEPT = ".before-unclench"
OLDEST = (1, 22, 0)  # rp2.DMA came with it
TESTED = (1, 28, 0)
IMAGE = "https://micropython.org/download/RPI_PICO/"

_GIVEN_UP_S = 0.5  # from PROMPT to the prompt, at most
_RETRY_S = 0.25


@dataclass(frozen=True)
class Target:
    """What the firmware needs; tests have others."""

    platform: str = "rp2"
    machine: str = "RP2040"
    soft_reset: bool = True  # before anything is done, and after nothing was
    restart: str = "import machine\nmachine.reset()\n"
    hello_every_s: float = 0.7  # our firmware says it twice a second while it is idle,
    hello_after_s: float = 4.5  # and within four seconds of its start
    return_s: float = 20.0  # so soon it must be back after `restart`


RP2040 = Target()


@dataclass(frozen=True)
class Plan:
    """What an installation would do to one board."""

    interpreter: Interpreter
    copy: tuple[str, ...]  # paths whose content differs, or is missing
    same: int
    stale: tuple[str, ...]  # of ours, from a version before
    foreign_main: str | None  # where somebody else's main.py would be kept
    foreign_boot: bool


@dataclass(frozen=True)
class Installed:
    """What was done."""

    plan: Plan
    hello: Hello


def install(
    port: str,
    files: Mapping[str, bytes],
    *,
    agree: Callable[[Plan], bool],
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
    warn: Callable[[str], None] = lambda sentence: None,
    target: Target = RP2040,
    clock: Clock = TRUE_TIME,
) -> Installed | None:
    """Install `files` on the board at `port` and wait for its hello.

    Parameters
    ----------
    agree
        Asked before anything of somebody else's is put aside; if it says no, nothing has changed,
        the board's own program runs again and None is returned.
    progress
        Told what is being done, how many bytes of how many.
    warn
        Told what a person should know though it goes on, in one sentence.

    Raises SourceError in one sentence. The board then runs what it ran before; if it failed while
    the files were put in their places, perhaps nothing: to repeat the command mends it.
    """
    serial_number = dict(discovery.candidate_ports()).get(port)
    progress("looking", 0, 0)
    prompt = take_prompt(port, target, clock)
    try:
        interpreter = prompt.interpreter()
        check_interpreter(interpreter, target, port)
        if interpreter.version < TESTED:
            tested = ".".join(str(part) for part in TESTED[:2])
            warn(
                f"The board has MicroPython {_dotted(interpreter.version)}; the firmware has only "
                f"been tested with {tested}."
            )
        plan = look(prompt, interpreter, files)
        if (plan.foreign_main or plan.foreign_boot) and not agree(plan):
            prompt.leave()
            return None
        carry_out(prompt, plan, files, progress)
    except BaseException:  # Ctrl-C, too, leaves a board that runs
        prompt.leave()
        raise
    progress("restarting", 0, 0)
    prompt.restart(target.restart)
    hello = wait_for_hello(port, serial_number, clock, target.return_s)
    wanted = firmware_version(files)
    if hello.firmware != wanted:
        raise SourceError(
            f"The board on {port} says firmware {_dotted(hello.firmware)} after firmware "
            f"{_dotted(wanted)} was installed: another program starts it; look into {BOOT} and "
            f"{MAIN} on it."
        )
    return Installed(plan, hello)


def take_prompt(port: str, target: Target, clock: Clock) -> Prompt:
    """Reach MicroPython's prompt, whatever runs there. Raises SourceError."""
    if _ask_for_prompt(port, target.hello_every_s, clock):
        return Prompt(port, target.soft_reset, clock)
    try:
        return Prompt(port, target.soft_reset, clock)
    except NoPromptError:
        # Ours, perhaps, which had just started: for two seconds it neither speaks nor listens.
        if not _ask_for_prompt(port, target.hello_after_s, clock):
            raise NoPromptError(
                f"No MicroPython answers on {port}. If it is a Pico: hold its BOOTSEL button while "
                f"you plug it in, copy the UF2 file from {IMAGE} onto the drive RPI-RP2 that "
                "appears, and repeat the command."
            ) from None
    return Prompt(port, target.soft_reset, clock)


def _ask_for_prompt(port: str, listen_s: float, clock: Clock) -> bool:
    """Whether our firmware was heard, and has left the line to the prompt."""
    connection = Connection(open_transport(port), port, clock=clock)
    try:
        hello = connection.listen(listen_s)
        if hello is None:
            return False
        try:
            check_level(hello, port)
        except SourceError as error:
            raise SourceError(
                error.fact,
                "unplug it, plug it in again and repeat the command at once; in its first two "
                "seconds it can be interrupted",
                error.reason,
            ) from error
        connection.command(ids.CMD_PROMPT)  # a stream has been stopped by now
        _let_it_leave(connection)
        return True
    except TransportClosed as error:
        raise SourceError(f"{port} closed before its prompt was reached: {error}.") from error
    finally:
        connection.transport.close()


def _let_it_leave(connection: Connection) -> None:
    """Wait for MicroPython's own prompt; until then Ctrl-C could cut the firmware's tidying up."""
    clock = connection.clock
    deadline_s = clock.now_s() + _GIVEN_UP_S
    said = b""
    while b">" not in said and (left_s := deadline_s - clock.now_s()) > 0:
        said += connection.transport.read(left_s)


def check_interpreter(interpreter: Interpreter, target: Target, port: str) -> None:
    """Raise SourceError unless the firmware can run there."""
    version, wanted = _dotted(interpreter.version), _dotted(OLDEST)
    what = f"{interpreter.machine or interpreter.platform}"
    if interpreter.name != "micropython":
        raise SourceError(
            f"The board on {port} runs {interpreter.name} {version}, not MicroPython: hold its "
            f"BOOTSEL button while you plug it in and copy the UF2 file from {IMAGE} onto the "
            "drive RPI-RP2."
        )
    if interpreter.platform != target.platform or target.machine not in interpreter.machine:
        raise SourceError(
            f"The board on {port} is another one ({what}): the firmware is for the RP2040 of a "
            "Raspberry Pi Pico or Pico W, not for a Pico 2 or other chips; choose another board "
            "with --port."
        )
    if interpreter.version < OLDEST:
        raise SourceError(
            f"MicroPython {version} on {port} is too old, {wanted} or newer is needed: hold the "
            f"board's BOOTSEL button while you plug it in and copy the UF2 file from {IMAGE} onto "
            "the drive RPI-RP2."
        )


def look(prompt: Prompt, interpreter: Interpreter, files: Mapping[str, bytes]) -> Plan:
    """Compare the board's files with `files`; changes nothing."""
    there = prompt.digests(list(files))
    copy = tuple(path for path, content in files.items() if there.get(path) != digest(content))
    manifest = _manifest(prompt)
    stale = tuple(path for path in manifest if _in_packages(path) and path not in files)
    kept = None
    # Ours is what we bring or what we put there last time; what a person has edited is not.
    if MAIN in there and there[MAIN] not in (digest(files[MAIN]), manifest.get(MAIN)):
        kept = _free_name(prompt, MAIN + _KEPT)
    return Plan(
        interpreter,
        copy,
        len(files) - len(copy),
        tuple(sorted(set(stale) & set(prompt.digests(list(stale))))),
        kept,
        prompt.first_line(BOOT) is not None,
    )


def carry_out(
    prompt: Prompt,
    plan: Plan,
    files: Mapping[str, bytes],
    progress: Callable[[str, int, int], None],
) -> None:
    """Write, verify, put in place, verify. Raises SourceError."""
    manifest = {path: digest(content) for path, content in files.items()}
    new = {path: files[path] for path in plan.copy}
    listed = json.dumps(manifest).encode()
    if plan.copy or plan.stale or prompt.read(MANIFEST) != listed:
        new[MANIFEST] = listed
    if not new:
        return
    staged = {path + _STAGED: content for path, content in new.items()}
    # Left by an installation that was cut short.
    prompt.run(_REMOVE % ([*staged, MAIN + _STAGED],))
    _check_room(prompt, staged)
    prompt.run(_MAKE_FOLDERS % (sorted({path.rpartition("/")[0] for path in staged}),))
    total = sum(len(content) for content in staged.values())
    done = 0
    try:
        for path, content in staged.items():
            name = path.removesuffix(_STAGED)
            before = done
            prompt.write(path, content, lambda n, b=before, p=name: progress(p, b + n, total))  # type: ignore[misc]
            done += len(content)
    except BoardFullError:
        prompt.run(_REMOVE % (list(staged),))
        raise
    _verify(prompt, staged)
    # One that is to stay waits beside its place, where an installation cut short would leave it.
    aside = plan.foreign_main or (None if MAIN in new else MAIN + _STAGED)
    places = sorted(path for path in new if path not in (MANIFEST, MAIN))
    prompt.run(_PUT_IN_PLACE % (MAIN, aside, _STAGED, places, list(plan.stale), MANIFEST))
    progress("verifying", total, total)
    _verify(prompt, {**files, **new})


def wait_for_hello(port: str, serial_number: str | None, clock: Clock, wait_s: float) -> Hello:
    """Wait until the board is back and says hello; its port may have got another name."""
    deadline_s = clock.now_s() + wait_s
    trouble = "it was not heard"
    while clock.now_s() < deadline_s:
        try:
            at = (serial_number and discovery.port_of(serial_number)) or port
            connection = Connection(open_transport(at), at, clock=clock)
            try:
                return connection.handshake()
            finally:
                connection.transport.close()  # and not one byte: it heeds Ctrl-C for two seconds
        except SourceError as error:
            trouble = error.fact
            clock.sleep(_RETRY_S)
    raise SourceError(
        f"The firmware is on the board, but it said no hello within {wait_s:g} s of its restart "
        f"({trouble}): unplug it, plug it in again and try `unclench board check`; a jumper from "
        "GP22 to GND keeps the firmware from starting."
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _manifest(prompt: Prompt) -> dict[str, str]:
    """Digests of what we put there last time; none if the list is missing or makes no sense."""
    try:
        listed = json.loads(prompt.read(MANIFEST) or b"{}")
    except ValueError:
        return {}
    return listed if isinstance(listed, dict) else {}


def _in_packages(path: str) -> bool:
    return path.startswith(tuple(f"{LIB}/{package}/" for package in PACKAGES)) and ".." not in path


def _free_name(prompt: Prompt, name: str) -> str:
    names = [name] + [f"{name}-{number}" for number in range(2, 20)]
    taken = prompt.digests(names)
    return next(candidate for candidate in names if candidate not in taken)


def _check_room(prompt: Prompt, staged: Mapping[str, bytes]) -> None:
    free, block = prompt.free_bytes()
    # Whole blocks, one more for each file's entry in its folder, and room to work.
    needed = sum((-(-len(content) // block) + 1) * block for content in staged.values()) + 4 * block
    if needed > free:
        raise BoardFullError(
            f"The board on {prompt.port} has {free // 1024} KiB left, the firmware needs "
            f"{needed // 1024} KiB: remove files of your own from it, for example with `mpremote`."
        )


def _verify(prompt: Prompt, expected: Mapping[str, bytes]) -> None:
    there = prompt.digests(list(expected))
    for path, content in expected.items():
        if there.get(path) != digest(content):
            raise SourceError(
                f"{path} on the board at {prompt.port} is not what was written: repeat the "
                "command; if that does not help its flash is worn, so use another board."
            )


_REMOVE = """
import os
for _p in %r:
 try:
  os.remove(_p)
 except OSError:
  pass
"""

_MAKE_FOLDERS = """
import os
for _p in %r:
 _at = ''
 for _part in _p.split('/')[1:]:
  _at += '/' + _part
  try:
   os.mkdir(_at)
  except OSError:
   pass
"""

# One step for the host, so that it is done even if the line is cut in the middle of it. main.py is
# away while old and new are mixed, the list comes after what it says: each of these renames is
# whole or not done when the power goes, all of them together are not.
_PUT_IN_PLACE = """
import os
_main, _aside, _staged = %r, %r, %r
try:
 if _aside:
  os.rename(_main, _aside)
 else:
  os.remove(_main)
except OSError as _e:
 if _e.errno != 2:
  raise
for _p in %r:
 os.rename(_p + _staged, _p)
for _p in %r:
 os.remove(_p)
 try:
  os.rmdir(_p[:_p.rfind('/')])
 except OSError:
  pass
for _p in (%r, _main):
 os.rename(_p + _staged, _p)
if hasattr(os, 'sync'):
 os.sync()
"""
