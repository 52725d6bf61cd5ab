"""Lessons: what a class can do with lernpy. So far the mistakes that students make, as rules one can run.

Read `mistakes` first.
"""

from lernpy.lessons import mistakes

__all__ = ["mistakes"]
