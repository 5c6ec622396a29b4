"""Run by MicroPython: /main.py where the program cannot even be imported, or fails later.

Not a test by itself: tests/protocol/test_4_commands.py and test_fault.py read what comes out.
"""

import sys

lib, how, fault_path = sys.argv[1:4]
sys.path.insert(0, lib)


class Machine:
    """What there is of `machine` on a computer."""

    @staticmethod
    def soft_reset():
        """End, and say so."""
        sys.stderr.write("restarts")
        raise SystemExit


sys.modules["machine"] = Machine
import unclench_board.fault  # noqa: E402

unclench_board.fault.PATH = fault_path
if how == "later":

    class Start:
        """In place of unclench_board.start: its program has a mistake."""

        @staticmethod
        def main(started_ms):
            """Fail."""
            return {}["gone"]

    sys.modules["unclench_board.start"] = Start
elif how == "wire":  # nothing of the wire can be imported either
    sys.modules["unclench_wire.framing"] = None
with open(lib + "/unclench_board/main.py") as file:  # noqa: PTH123 - MicroPython
    exec(file.read())
