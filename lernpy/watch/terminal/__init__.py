"""The stepper in a terminal. It knows traces, and draws their moments as characters.

Read `screen` first (a moment as a sheet of text), then `session` (what a key does); `drawing` is the
network on that sheet, `characters` the sheet, `keyboard` the terminal itself.
"""

from lernpy.watch.terminal.keyboard import run

__all__ = ["run"]
