"""How long a test waits for what always happens."""

from __future__ import annotations

HANG_LIMIT_S = 120.0
"""Only against hanging: a test that needs it has failed already."""
