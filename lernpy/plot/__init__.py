"""Pictures of networks, of moments, of lessons and of training runs; with matplotlib.

Every plotter takes plain data (a `Frame` or simply the network, a `History`, arrays) and optional
axes, and returns the axes; an animation returns matplotlib's animation. All know ``theme=``
("light", "dark", "greyscale") and ``font_scale=`` (1 for paper, up to 3 for a projector).
`save` writes either into a file.

>>> import lernpy
>>> lernpy.plot.save(lernpy.plot.network(lernpy.layered([2, 3, 1], seed=0)), "net.png").name
'net.png'
"""

from lernpy.plot.curves import functions
from lernpy.plot.differences import compare, update
from lernpy.plot.fading import BlameSizes, blame_sizes, vanishing
from lernpy.plot.graphs import blame, network, signal
from lernpy.plot.images import pixels
from lernpy.plot.journey import Journey, journey
from lernpy.plot.kinds import KINDS, Kind, render
from lernpy.plot.lesson import flow
from lernpy.plot.planes import plane
from lernpy.plot.quality import confusion, fit
from lernpy.plot.regions import boundary
from lernpy.plot.responses import heatmaps
from lernpy.plot.routes import paths
from lernpy.plot.runs import history, sweep
from lernpy.plot.saving import save
from lernpy.plot.sizes import under_over
from lernpy.plot.surface import landscape

__all__ = [
    "KINDS",
    "BlameSizes",
    "Journey",
    "Kind",
    "blame",
    "blame_sizes",
    "boundary",
    "compare",
    "confusion",
    "fit",
    "flow",
    "functions",
    "heatmaps",
    "history",
    "journey",
    "landscape",
    "network",
    "paths",
    "pixels",
    "plane",
    "render",
    "save",
    "signal",
    "sweep",
    "under_over",
    "update",
    "vanishing",
]
