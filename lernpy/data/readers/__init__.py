"""Readers: files as people have them (CSV, NPZ, IDX, a folder) become a `Dataset`.

They know `dataset`, `columns` and `targets`, not each other. `loading` is the door, which looks at the
first bytes of a file; read `table` (the cells of a text table) and `csv` (which of them are inputs) first.
"""
