"""Tests here share helpers: `machine_code.py` runs what mpy-cross compiles, `chip.py` is a chip."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
