"""The formats that can be imported, a module for each program: a new one needs no list.

A module says in `FORMATS` what it reads; see `unclench.importing.formats`.
"""
