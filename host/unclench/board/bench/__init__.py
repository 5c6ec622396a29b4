"""Bench acceptance: measured step by step, judged, and kept on a sheet that a person can file."""
