"""Readers: files as people have them (CSV, NPZ, IDX, a folder) become a `Dataset`.

`loading` is the door, which looks at the first bytes of a file; read `tabular` (a text becomes a table of
cells) and `csv` (any file with a table) first.

May know: data, data/builtin.
"""
