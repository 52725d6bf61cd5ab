"""Lessons: what a class can do with lernpy. So far the mistakes that students make, as rules one can run.

Read `mistakes` first. The room may know all below it; nothing but the command line knows it.
"""

from lernpy.lessons import mistakes

__all__ = ["mistakes"]
