"""Positions: where each neuron stands in a picture, from left to right; in time a column is a step.

Read `placing.py` first; `steps.py` has the steps of a network in time, `swerving.py` the links that would
run through a neuron.

May know: network. Of it the wiring, no numbers.

>>> import lernpy
>>> where = positions(lernpy.build.by_hand())
>>> where["x"], where["y"]
((0.0, 0.666667), (1.0, 0.666667))
"""

from lernpy.layout.outline import Positions, Wiring
from lernpy.layout.placing import FOLDED, columns, positions, rows_and_columns
from lernpy.layout.steps import Timetable, is_in_time, spread, timetable
from lernpy.layout.swerving import ASPECT, CLEARANCE, bends

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
