"""Steady lines in the signal: mains hum and tones, found, followed and removed."""
