"""The wire between board and host: one package, run by MicroPython on the board and by CPython.

Normative text: firmware/PROTOCOL.md. Nothing here imports anything that MicroPython lacks.
"""
