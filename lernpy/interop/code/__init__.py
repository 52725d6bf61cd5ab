"""Programs that go on learning, without lernpy: Python, JavaScript (an ES module) and C99.

Read `looped.py` first: it is the program, as real Python over the tables of one small network. `numbering.py`
makes these tables of any network, `languages.py` knows how each language writes them, `source.py` puts a
program together. No file is written here.

May know: engine, functions, functions/printing, interop, network.
"""

from lernpy.interop.code.source import as_program

__all__ = ["as_program"]
