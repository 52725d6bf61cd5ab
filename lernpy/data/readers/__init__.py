"""Readers: files as people have them (CSV, NPZ, IDX, a folder) become a `Dataset`."""
