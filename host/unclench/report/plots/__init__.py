"""Plots as SVG: real text, colours by CSS class, so that they follow light, dark and print."""
