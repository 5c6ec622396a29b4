"""Bench acceptance: measured step by step, judged, kept as data and as a page for people."""
