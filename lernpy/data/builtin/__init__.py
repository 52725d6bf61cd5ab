"""Data sets that come with lernpy: points in the plane, logic, the fruit stall, iris, the digits, sequences.

`catalogue` is their table and the file to read first; the others fill it.

May know: data, data/readers. Only `shipped` knows readers.
"""

from lernpy.data.builtin import fruit, logic, points, shipped, time
from lernpy.data.builtin.catalogue import BUILT_IN, built_in

__all__ = ["BUILT_IN", "built_in", "fruit", "logic", "points", "shipped", "time"]
