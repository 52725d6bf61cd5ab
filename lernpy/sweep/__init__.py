"""Many nets at once: one wiring, many seeds, rates and other settings.

Read `grid.py` (the settings), then `many.py` (nets that are done leave the work), then `result.py` (the
table). Each net becomes what it becomes alone.

May know: build, data, engine, engine/arrays, engine/jit, files, functions, network, training.
"""

from lernpy.sweep.grid import grid
from lernpy.sweep.many import train_many
from lernpy.sweep.result import Sweep, read_results

__all__ = ["Sweep", "grid", "read_results", "train_many"]
