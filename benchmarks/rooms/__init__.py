"""How far off is tension in real rooms? `python -m benchmarks.rooms`."""
