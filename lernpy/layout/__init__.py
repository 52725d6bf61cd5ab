"""Positions: where each neuron stands in a picture. From left to right by generation, any DAG.

>>> import lernpy
>>> where = positions(lernpy.build.by_hand())
>>> where["x"], where["y"]
((0.0, 0.666667), (1.0, 0.666667))
"""

from lernpy.layout.generations import FOLDED, columns, positions, rows_and_columns
from lernpy.layout.swerving import ASPECT, CLEARANCE, bends
from lernpy.layout.time import Timetable, is_in_time, spread, timetable
from lernpy.layout.wiring import Positions, Wiring

__all__ = [
    "ASPECT",
    "CLEARANCE",
    "FOLDED",
    "Positions",
    "Timetable",
    "Wiring",
    "bends",
    "columns",
    "is_in_time",
    "positions",
    "rows_and_columns",
    "spread",
    "timetable",
]
