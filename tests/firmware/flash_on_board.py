"""Run by MicroPython: settings on littlefs while the power goes at every moment; JSON to stdout.

Not a test by itself: test_settings.py judges what comes out.
"""

import json
import sys

import vfs

sys.path.insert(0, sys.argv[1])

from unclench_board.acquisition import plan
from unclench_board.settings import Settings

PATH = "/flash/unclench_settings.json"
BLOCK = 4096
BLOCKS = 64


class Flash:
    """Memory that behaves as flash does, and loses its power after so many operations."""

    def __init__(self, image=None, operations=1 << 20, torn=False):
        self.image = bytearray(image) if image else bytearray(b"\xff" * (BLOCK * BLOCKS))
        self.left = operations
        self.torn = torn  # the last write is cut in its middle

    def _power(self):
        self.left -= 1
        if self.left < 0:
            raise OSError(5)
        return self.left > 0 or not self.torn

    def readblocks(self, block, buffer, offset=0):
        """Read what is there, with or without power left."""
        at = block * BLOCK + offset
        buffer[:] = self.image[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        """Write, all of it or as much as the power lasts for."""
        at = block * BLOCK + offset
        whole = self._power()
        n = len(buffer) if whole else len(buffer) // 2
        self.image[at : at + n] = buffer[:n]
        if not whole:
            raise OSError(5)

    def ioctl(self, command, argument):
        """Say how large it is, or erase a block."""
        if command == 4:
            return BLOCKS
        if command == 5:
            return BLOCK
        if command == 6:
            whole = self._power()
            at = argument * BLOCK
            n = BLOCK if whole else BLOCK // 2
            self.image[at : at + n] = b"\xff" * n
            if not whole:
                raise OSError(5)
        return 0


def on(flash, do):
    """Mount, do, unmount; return whether the power held."""
    vfs.mount(vfs.VfsLfs2(flash, progsize=256), "/flash")
    try:
        do()
        return True
    except OSError:
        return False
    finally:
        vfs.umount("/flash")


def kept(image):
    """What the settings are after the power came back."""
    out = []

    def read():
        s = Settings(PATH, plan)
        out.append([s.trouble, s.rate_hz, s.channels, s.gain_milli, s.noise_nv, s.step_mlsb])

    assert on(Flash(image), read)
    return out[0]


def change():
    """One more setting, in the way the board does it."""
    Settings(PATH, plan).set_one("gain_milli", 1, 201000)


flash = Flash()
vfs.VfsLfs2.mkfs(flash, progsize=256)
on(flash, lambda: Settings(PATH, plan).set("step_mlsb", 950))
on(flash, lambda: Settings(PATH, plan).set("noise_nv", [170, 180, 190]))
old_image = bytes(flash.image)
on(flash, change)
new = kept(flash.image)

after_cut = []
for torn in (False, True):
    operations = 0
    held = False
    while not held:
        cut = Flash(old_image, operations, torn)
        held = on(cut, change)
        after_cut.append([held, kept(cut.image)])
        operations += 1

# A flash that has died while the board runs: the setting is refused, and what held goes on holding.
refused = []


def on_dead_flash():
    """Change a setting when nothing can be written any more."""
    s = Settings(PATH, plan)
    cut.left = 0
    try:
        s.set("step_mlsb", 1)
    except OSError:
        refused.append(s.step_mlsb)


cut = Flash(old_image)
on(cut, on_dead_flash)

print(json.dumps({"old": kept(old_image), "new": new, "cuts": after_cut, "refused": refused}))
