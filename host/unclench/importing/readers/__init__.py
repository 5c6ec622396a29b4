"""The formats that can be imported, one module for each program.

Every module here lists in `FORMATS` what it reads (`unclench.importing.formats`).
"""
