"""Plots as SVG with real text; colours come from CSS, so they follow light, dark and print."""
