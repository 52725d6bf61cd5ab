"""Many nets at once: one wiring, many seeds, rates and other settings."""

from lernpy.sweep.grid import grid
from lernpy.sweep.result import Sweep, read_table
from lernpy.sweep.run import train_many

__all__ = ["Sweep", "grid", "read_table", "train_many"]
