"""The stepper in a terminal. It draws the moments of a trace as characters.

Read `screen` first (a moment as a sheet of text), then `session` (what a key does); `drawing` is the
network on that sheet, `characters` the sheet, `keyboard` the terminal itself.

May know: folding, frame, layout, network, watch, watch/narration.
"""

from lernpy.watch.terminal.keyboard import run

__all__ = ["run"]
