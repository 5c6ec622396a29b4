"""unclench: see muscle tension, learn what raises it, learn to let go."""

__version__ = "0.2.0"
