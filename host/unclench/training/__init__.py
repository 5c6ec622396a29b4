"""Calibration, programs, the session engine, goals, alerts and tags; no Qt."""
