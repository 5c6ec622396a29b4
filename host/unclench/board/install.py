"""Install the firmware on a board, so that the board never starts a mix of old and new files.

A host sends nothing to a port before a board says hello (PROTOCOL.md 2.1). Installing is the one
exception, because a board without our firmware says no hello: the port that a person names, or the
only Pico that is plugged in, gets Ctrl-C and the request for MicroPython's raw prompt. If our
firmware already runs there, it gets the PROMPT command instead (4.13).

First, every file that differs is written under a temporary name and verified by hash. If the
connection or the power fails up to here, the old files are untouched. Then all files are renamed in
one step that runs on the board by itself, even without a connection, and verified again. If the
power fails during that step, old and new files may be mixed. main.py is removed first and comes
back last, so such a board starts nothing and stays at MicroPython's prompt until the command is
repeated.
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
from unclench.translation import tr
from unclench_wire import ids
from unclench_wire.messages import Hello

MANIFEST = "/unclench_files.json"  # SHA-256 of each file that we installed, by path
BOOT = "/boot.py"
_STAGED = ".unclench"  # suffix of a file that is not in its place yet
_KEPT = ".before-unclench"
OLDEST = (1, 22, 0)  # rp2.DMA came with it
TESTED = (1, 28, 0)
IMAGE = "https://micropython.org/download/RPI_PICO/"

_PROMPT_WAIT_S = 0.5  # from the PROMPT command to the prompt, at most
_RETRY_S = 0.25


@dataclass(frozen=True)
class Target:
    """The board that the firmware needs; tests use others."""

    platform: str = "rp2"
    machine: str = "RP2040"
    soft_reset: bool = True  # on entering the prompt, and on leaving it without an installation
    restart: str = "import machine\nmachine.reset()\n"
    hello_every_s: float = 0.7  # our firmware says hello twice a second while it is idle,
    hello_after_s: float = 4.5  # and within four seconds of its start
    return_s: float = 20.0  # time limit for its hello after `restart`


RP2040 = Target()


@dataclass(frozen=True)
class Plan:
    """What an installation would change on one board."""

    interpreter: Interpreter
    copy: tuple[str, ...]  # paths that are missing or have other content
    same: int
    stale: tuple[str, ...]  # our files from an earlier version
    foreign_main: str | None  # new name for a main.py that is not ours
    foreign_boot: bool


@dataclass(frozen=True)
class Installed:
    """What an installation changed, and the board's new hello."""

    plan: Plan
    hello: Hello


def install(
    port: str,
    files: Mapping[str, bytes],
    *,
    agree: Callable[[Plan], bool],
    progress: Callable[[str, int, int], None] = lambda task, done, total: None,
    warn: Callable[[str], None] = lambda sentence: None,
    target: Target = RP2040,
    clock: Clock = TRUE_TIME,
) -> Installed | None:
    """Install `files` on the board at `port` and wait for its hello.

    Parameters
    ----------
    agree
        Asked before files that are not ours are renamed. If it returns False, nothing is changed,
        the board's own program runs again and install returns None.
    progress
        Called with the current task, the bytes done and the bytes in total.
    warn
        Called with a sentence that a person should read; the installation continues.

    Raises
    ------
    SourceError
        The board then runs what it ran before. If the failure was during the renaming, it may run
        nothing until the command is repeated.
    """
    serial_number = dict(discovery.candidate_ports()).get(port)
    progress(tr("looking at the board"), 0, 0)
    prompt = take_prompt(port, target, clock)
    try:
        interpreter = prompt.interpreter()
        check_interpreter(interpreter, target, port)
        if interpreter.version < TESTED:
            tested = ".".join(str(part) for part in TESTED[:2])
            warn(
                tr(
                    "The board runs MicroPython {version}, but the firmware has only been tested "
                    "with {tested}.",
                    version=_dotted(interpreter.version),
                    tested=tested,
                )
            )
        plan = make_plan(prompt, interpreter, files)
        if (plan.foreign_main or plan.foreign_boot) and not agree(plan):
            prompt.leave()
            return None
        carry_out(prompt, plan, files, progress)
    except BaseException:  # after Ctrl-C, too, the board must run again
        prompt.leave()
        raise
    progress(tr("restarting"), 0, 0)
    prompt.restart(target.restart)
    hello = wait_for_hello(port, serial_number, clock, target.return_s)
    wanted = firmware_version(files)
    if hello.firmware != wanted:
        raise SourceError(
            tr(
                "The board on {port} runs firmware {firmware} although {wanted} was installed, so "
                "another program starts it. Check {boot} and {main} on the board.",
                port=port,
                firmware=_dotted(hello.firmware),
                wanted=_dotted(wanted),
                boot=BOOT,
                main=MAIN,
            )
        )
    return Installed(plan, hello)


def take_prompt(port: str, target: Target, clock: Clock) -> Prompt:
    """Get MicroPython's prompt, whatever the board runs. Raises SourceError."""
    if _ask_for_prompt(port, target.hello_every_s, clock):
        return Prompt(port, target.soft_reset, clock)
    try:
        return Prompt(port, target.soft_reset, clock)
    except NoPromptError:
        # Perhaps our firmware has just started: for two seconds it neither speaks nor listens.
        if not _ask_for_prompt(port, target.hello_after_s, clock):
            raise NoPromptError(
                tr(
                    "MicroPython does not answer on {port}. If this is a Pico, hold its BOOTSEL "
                    "button while you plug it in, copy the UF2 file from {image} onto the drive "
                    "RPI-RP2 that appears, and repeat the command.",
                    port=port,
                    image=IMAGE,
                )
            ) from None
    return Prompt(port, target.soft_reset, clock)


def _ask_for_prompt(port: str, listen_s: float, clock: Clock) -> bool:
    """Return True if our firmware answered and handed over to MicroPython's prompt."""
    connection = Connection(open_transport(port), port, clock=clock)
    try:
        hello = connection.listen(listen_s)
        if hello is None:
            return False
        try:
            check_level(hello, port)
        except SourceError as error:
            raise SourceError(
                tr(
                    "The board on {port} (firmware {firmware}) speaks protocol level {theirs}, "
                    "and this program speaks level {ours}. Unplug the board, plug it in again and "
                    "repeat the command at once: it can be interrupted in its first two seconds.",
                    port=port,
                    firmware=_dotted(hello.firmware),
                    theirs=hello.level,
                    ours=ids.LEVEL,
                ),
                error.reason,
            ) from error
        connection.command(ids.CMD_PROMPT)  # no stream runs any more
        _await_prompt(connection)
        return True
    except TransportClosed as error:
        raise SourceError(
            tr(
                "{port} was closed before MicroPython's prompt appeared: {error}.",
                port=port,
                error=error,
            )
        ) from error
    finally:
        connection.transport.close()


def _await_prompt(connection: Connection) -> None:
    """Wait for MicroPython's prompt; an earlier Ctrl-C could interrupt the firmware's clean-up."""
    clock = connection.clock
    deadline_s = clock.now_s() + _PROMPT_WAIT_S
    said = b""
    while b">" not in said and (left_s := deadline_s - clock.now_s()) > 0:
        said += connection.transport.read(left_s)


def check_interpreter(interpreter: Interpreter, target: Target, port: str) -> None:
    """Raise SourceError unless the firmware can run on this interpreter."""
    version, wanted = _dotted(interpreter.version), _dotted(OLDEST)
    machine = interpreter.machine or interpreter.platform
    if interpreter.name != "micropython":
        raise SourceError(
            tr(
                "The board on {port} runs {name} {version}, not MicroPython. Hold its BOOTSEL "
                "button while you plug it in and copy the UF2 file from {image} onto the drive "
                "RPI-RP2.",
                port=port,
                name=interpreter.name,
                version=version,
                image=IMAGE,
            )
        )
    if interpreter.platform != target.platform or target.machine not in interpreter.machine:
        raise SourceError(
            tr(
                "The firmware does not run on the board on {port} ({machine}). It needs the "
                "RP2040 of a Raspberry Pi Pico or Pico W, not a Pico 2 or another chip. Choose "
                "another board with --port.",
                port=port,
                machine=machine,
            )
        )
    if interpreter.version < OLDEST:
        raise SourceError(
            tr(
                "MicroPython {version} on {port} is too old. The firmware needs {wanted} or "
                "newer. Hold the board's BOOTSEL button while you plug it in and copy the UF2 "
                "file from {image} onto the drive RPI-RP2.",
                version=version,
                port=port,
                wanted=wanted,
                image=IMAGE,
            )
        )


def make_plan(prompt: Prompt, interpreter: Interpreter, files: Mapping[str, bytes]) -> Plan:
    """Compare the board's files with `files`; change nothing."""
    there = prompt.digests(list(files))
    copy = tuple(path for path, content in files.items() if there.get(path) != digest(content))
    manifest = _manifest(prompt)
    stale = tuple(path for path in manifest if _in_packages(path) and path not in files)
    kept = None
    # A main.py is ours if it is the new one or the one we installed last, unedited.
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
    """Write the files, verify them, rename them into place and verify again. Raises SourceError."""
    manifest = {path: digest(content) for path, content in files.items()}
    new = {path: files[path] for path in plan.copy}
    listed = json.dumps(manifest).encode()
    if plan.copy or plan.stale or prompt.read(MANIFEST) != listed:
        new[MANIFEST] = listed
    if not new:
        return
    staged = {path + _STAGED: content for path, content in new.items()}
    # Left behind by an installation that was interrupted.
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
    # A main.py that stays the same waits under the temporary name meanwhile.
    aside = plan.foreign_main or (None if MAIN in new else MAIN + _STAGED)
    places = sorted(path for path in new if path not in (MANIFEST, MAIN))
    prompt.run(_PUT_IN_PLACE % (MAIN, aside, _STAGED, places, list(plan.stale), MANIFEST))
    progress(tr("verifying"), total, total)
    _verify(prompt, {**files, **new})


def wait_for_hello(port: str, serial_number: str | None, clock: Clock, wait_s: float) -> Hello:
    """Wait until the board says hello again, perhaps on a port with another name."""
    deadline_s = clock.now_s() + wait_s
    trouble = ""
    while clock.now_s() < deadline_s:
        try:
            at = (serial_number and discovery.port_of(serial_number)) or port
            connection = Connection(open_transport(at), at, clock=clock)
            try:
                return connection.handshake()
            finally:
                connection.transport.close()  # send nothing: Ctrl-C stops it in these two seconds
        except SourceError as error:
            trouble = str(error)
            clock.sleep(_RETRY_S)
    raise SourceError(
        tr(
            "The firmware is installed, but the board did not say hello within {wait_s:g} s of "
            "its restart. Unplug it, plug it in again and run `unclench board check`. A jumper "
            "from GP22 to GND keeps the firmware from starting. The last attempt said: {trouble}",
            wait_s=wait_s,
            trouble=trouble,
        )
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _manifest(prompt: Prompt) -> dict[str, str]:
    """Return the digests of the last installation; empty if the list is missing or invalid."""
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
    # Whole blocks, one more for each file's folder entry, and some spare room.
    needed = sum((-(-len(content) // block) + 1) * block for content in staged.values()) + 4 * block
    if needed > free:
        raise BoardFullError(
            tr(
                "The board on {port} has {free} KiB left, but the firmware needs {needed} KiB. "
                "Remove files of your own from it, for example with `mpremote`.",
                port=prompt.port,
                free=free // 1024,
                needed=needed // 1024,
            )
        )


def _verify(prompt: Prompt, expected: Mapping[str, bytes]) -> None:
    there = prompt.digests(list(expected))
    for path, content in expected.items():
        if there.get(path) != digest(content):
            raise SourceError(
                tr(
                    "{path} on the board on {port} differs from what was written. Repeat the "
                    "command. If that does not help, the board's flash is worn: use another board.",
                    path=path,
                    port=prompt.port,
                )
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

# One step for the host, so the board finishes it even if the connection is cut. A power failure
# leaves each rename either done or not done, but may stop between two of them. So main.py is away
# while old and new files are mixed, and the list of files is renamed after the files.
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
