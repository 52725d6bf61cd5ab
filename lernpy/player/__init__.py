"""The player: one offline page on which anyone can step through a lesson, forward and back.

Read `page.py` first (a trace and the modules become one HTML file), then `js/page.js` and what it imports;
`bundle.py` joins these modules and prints the tables' maths for them, `shorter.py` gives their variables
short names, `looks.py` has the style, `spots.py` lays the neurons out, `sheet.py` is the paper version,
`laboratory.py` the page that learns. A lesson is drawn from the plain data of its trace.

May know: data, data/builtin, files, frame, functions, functions/printing, layout, network, training,
watch, watch/file, watch/narration.

>>> import lernpy
>>> network = lernpy.build.two_two_two()
>>> lesson = lernpy.slow_motion(network, [0.05, 0.10], [0.01, 0.99])
>>> lernpy.player.write(lernpy.Trace.record(lesson), "lesson.html", title="Two, two, two")
"""

from lernpy.player.laboratory import lab
from lernpy.player.page import iframe, page, traits, write, write_sheet

__all__ = ["iframe", "lab", "page", "traits", "write", "write_sheet"]


def __dir__() -> list[str]:
    return sorted(__all__)
