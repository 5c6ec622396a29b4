"""Types the README's two commands in many places and prints a table of what came of it.

    python .ci/places.py [WORD ...]        # only the places whose names hold one of these words

Each place is a fresh clone of the last commit with a fresh virtual environment. The first command
is ended with Ctrl-C once it has run for ten seconds; the figures are those of the second one's
tests, installation aside. Memory is the most that pytest and its workers have resident together, in
brackets with the programs that tests start, a browser among them, where shared pages count once.
CPU seconds are of all processes that have ended.

The whole table takes about an hour, root, and Debian's debootstrap for the minimal Debian
(DEBIAN_MIRROR names its mirror, where the default cannot be reached). What a place lacks is said.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PERSON = "unclench-tester"
SAMPLE_EVERY_S = 1.0
WATCHES_S = 10
DEBIAN = "bookworm"
DEBIAN_HAS = "python3,python3-venv,python3-pip,git,ca-certificates"
# What a machine needs to reach its package registry, where it needs anything.
NETWORK = ("etc/ssl/certs/ca-certificates.crt", "etc/pip.conf", "etc/resolv.conf", "etc/hosts")


@dataclass(frozen=True)
class Place:
    """Where and how the commands are typed."""

    name: str
    python: str = "3.11"
    folder: str = "clone"
    environment: dict[str, str] = field(default_factory=dict)
    background: bool = False  # under nohup and `&`: SIGHUP and SIGINT are ignored
    busy: bool = False
    person: bool = False  # an ordinary user instead of root
    debian: bool = False
    named: bool = False  # what the program names as missing is installed first


PLACES = (
    Place("Python 3.13, under `nohup` in the background", "3.13", background=True),
    Place("minimal Debian 12, as it is", debian=True),
    Place("minimal Debian 12, with what `unclench` names", debian=True, named=True),
    Place(
        "Python 3.12, `LANG=de_DE.UTF-8`, `TZ=Pacific/Auckland`, a path with blanks and umlauts",
        "3.12",
        "Grüße aus Köln",
        {"LANG": "de_DE.UTF-8", "TZ": "Pacific/Auckland"},
    ),
    Place("Python 3.10, `LC_ALL=C`", "3.10", environment={"LC_ALL": "C"}),
    Place("Python 3.11, root, both cores kept busy", busy=True),
    Place("Python 3.11, an ordinary user", person=True),
)


def interpreter(minor: str) -> str:
    """Find a Python of this version on PATH or among pyenv's."""
    versions = Path.home() / ".pyenv" / "versions"
    candidates = [shutil.which(f"python{minor}"), *versions.glob(f"{minor}.*/bin/python")]
    for candidate in filter(None, map(str, candidates)):
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    raise LookupError(f"no Python {minor} here")


def readme_commands() -> tuple[str, str]:
    """Return the two commands as they stand in the README."""
    found = re.findall(r"^    (python -m pip install .*)$", (ROOT / "README.md").read_text(), re.M)
    return found[0], found[1]


@contextmanager
def debian(base: Path) -> Iterator[Path]:
    """Make a minimal Debian; give its root folder."""
    root = base / "debian"
    mirror = [os.environ["DEBIAN_MIRROR"]] if "DEBIAN_MIRROR" in os.environ else []
    packages = ["--variant=minbase", f"--include={DEBIAN_HAS}"]
    subprocess.run(
        ["debootstrap", *packages, DEBIAN, root, *mirror], stdout=subprocess.DEVNULL, check=True
    )
    for name in NETWORK:
        if Path("/", name).exists():
            shutil.copy(Path("/", name), root / name)
    with ExitStack() as stack:
        for name in ("proc", "dev", "dev/pts"):
            subprocess.run(["mount", "--bind", f"/{name}", root / name], check=True)
            stack.callback(subprocess.run, ["umount", "-l", root / name], check=True)
        yield root


@contextmanager
def busy_cores(busy: bool) -> Iterator[None]:
    """Keep every core busy meanwhile."""
    n = len(os.sched_getaffinity(0)) if busy else 0
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident size of pytest with its workers, and of all that descend from `pid`, shared once."""
    workers_kb = all_kb = 0
    for each in family(pid):
        with suppress(OSError):
            command = Path(f"/proc/{each}/cmdline").read_text(errors="replace")
            sizes = re.findall(
                r"^(Rss|Pss): +(\d+)", Path(f"/proc/{each}/smaps_rollup").read_text(), re.M
            )
            kb = {name: int(value) for name, value in sizes}
            all_kb += kb.get("Pss", 0)
            if (
                "sys.stdin.readline" in command or "-m\0pytest" in command
            ):  # a worker; pytest itself
                workers_kb += kb.get("Rss", 0)
    return workers_kb / 1024, all_kb / 1024


@dataclass
class Shell:
    """Runs commands in a place."""

    place: Place
    before: Sequence[str | Path]  # the command around it: chroot, another user
    folder: Path  # the clone, as seen from there
    log: Path
    peak_mb: tuple[float, float] = (0.0, 0.0)
    cpu_s: float = 0.0
    wall_s: float = 0.0

    def run(self, command: str) -> tuple[int, str]:
        """Type a command in the clone; return its status and what it printed."""
        typed = ["bash", "-c", f"cd '{self.folder}' && {command}"]
        if self.place.background:
            typed = ["bash", "-c", 'nohup "$@" & wait $!', "bash", *typed]
        began_s, began = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        with self.log.open("ab+") as log:
            at = log.seek(0, os.SEEK_END)
            process = subprocess.Popen(
                [*self.before, *typed],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(),
            )
            while process.poll() is None:
                now = memory_mb(process.pid)
                self.peak_mb = max(self.peak_mb[0], now[0]), max(self.peak_mb[1], now[1])
                time.sleep(SAMPLE_EVERY_S)
            log.seek(at)
            said = log.read().decode(errors="replace")
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall_s = time.monotonic() - began_s
        self.cpu_s = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
        return process.returncode, said

    def _environment(self) -> dict[str, str]:
        without = ("DISPLAY", "WAYLAND_DISPLAY", "LANG", "LC_ALL", "TZ", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if name not in without}
        return kept | self.place.environment


def visit(place: Place, base: Path) -> str:
    """Type both commands in a place; return its row of the table."""
    with ExitStack() as stack:
        root = stack.enter_context(debian(base)) if place.debian else Path("/")
        inside = Path("/home/clone") if place.debian else base / place.folder
        folder = root / inside.relative_to("/")
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
        shared = ROOT.parent / "shared"
        if shared.is_dir() and not place.debian and not place.person:
            (folder.parent / "shared").symlink_to(shared)
        before: list[str | Path] = ["chroot", root] if place.debian else []
        if place.person:
            subprocess.run(["useradd", "--create-home", PERSON], check=False)
            subprocess.run(["chown", "-R", PERSON, base], check=True)
            before = ["runuser", "-u", PERSON, "--", "env", f"HOME=/home/{PERSON}"]
        python = "/usr/bin/python3" if place.debian else interpreter(place.python)
        shell = Shell(place, before, inside, base / "log.txt")
        first, second = readme_commands()
        status, said = shell.run(f"{python} -m venv .venv")
        entered = ". .venv/bin/activate && "
        watch = f"timeout --preserve-status -s INT {WATCHES_S} unclench"
        status, said = shell.run(entered + first.replace("&& unclench", f"&& {watch}"))
        lines = re.findall(r"^\d+ s\t.*$", said, re.M)
        seen = f"{len(lines)} lines" if status == 0 and lines else f"status {status}"
        if place.named:
            draw = f"{entered} unclench live --source sim --seconds 3 --screenshot picture.png"
            _, said = shell.run(draw)
            (command,) = re.findall(r"`(apt install [^`]+)`", said)
            shell.run(f"apt-get update && DEBIAN_FRONTEND=noninteractive {command} -y")
            status, _ = shell.run(draw)
            seen += f"; a picture, status {status}"
        installs, _, tests = second.partition(" && ")
        status, said = shell.run(entered + installs)
        if status:
            return f"| {place.name} | {seen} | the second command does not install |"
        with busy_cores(place.busy):
            shell.peak_mb = (0.0, 0.0)
            status, said = shell.run(entered + tests)
        counts = {kind: n for n, kind in re.findall(r"(\d+) (passed|failed|error|skipped)", said)}
        figures = [
            f"{shell.wall_s:.0f}",
            f"{shell.cpu_s:.0f}",
            f"{shell.peak_mb[0]:.0f} ({shell.peak_mb[1]:.0f})",
            counts.get("passed", "0"),
            str(int(counts.get("failed", 0)) + int(counts.get("error", 0))),
            counts.get("skipped", "0"),
        ]
        return f"| {place.name} | {seen} | {' | '.join(figures)} |"


def main() -> None:
    """Visit the places that were asked for."""
    words = sys.argv[1:]
    print("| where | first command | wall s | CPU s | memory MB | passed | failed | skipped |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for number, place in enumerate(PLACES):
        if words and not any(word in place.name for word in words):
            continue
        base = Path(tempfile.mkdtemp(prefix=f"place-{number}-"))
        base.chmod(0o755)
        try:
            print(visit(place, base), flush=True)
        except (LookupError, OSError, subprocess.CalledProcessError) as error:
            print(f"| {place.name} | not tried: {error} |", flush=True)
        finally:
            kept = Path(tempfile.gettempdir()) / f"place-{number}.log"
            if (base / "log.txt").exists():
                shutil.copy(base / "log.txt", kept)
            if (
                str(base) not in Path("/proc/mounts").read_text()
            ):  # or the machine's own /dev would go
                shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
