"""Pictures of networks, of moments, of lessons and of training runs: the one room of matplotlib.

Every plotter takes plain data (a ``Frame`` or simply the network, a ``History``, arrays) and optional
axes, and returns the axes; an animation returns matplotlib's animation. All know ``theme=``
("light", "dark", "greyscale") and ``font_scale=`` (1 for paper, up to 3 for a projector).
`save` writes either into a file; `render` draws a kind of picture by its name.

The rooms: `graph` draws the graph itself, `film` what moves, `charts` curves, planes and tables.
A plotter reads numbers; it trains nothing and moves no weight. What a kind needs is made before, by
its ``prepare``. Read first: `kinds.py` (all kinds in one table), then `canvas.py` (colours, letters,
and the one function, `plain`, through which all text goes), then `graph/picture.py`.

May know: data, engine, frame, network, plot/charts, plot/film, plot/graph, sweep, training, watch.

>>> import lernpy
>>> lernpy.plot.save(lernpy.plot.network(lernpy.layered([2, 3, 1], seed=0)), "net.png").name
'net.png'
"""

from lernpy.plot.charts.curves import functions
from lernpy.plot.charts.fading import BlameSizes, blame_sizes, vanishing
from lernpy.plot.charts.images import pixels
from lernpy.plot.charts.planes import plane
from lernpy.plot.charts.quality import confusion, fit
from lernpy.plot.charts.regions import boundary
from lernpy.plot.charts.responses import heatmaps
from lernpy.plot.charts.runs import history, sweep
from lernpy.plot.charts.sizes import under_over
from lernpy.plot.charts.surface import landscape
from lernpy.plot.film.flow import flow
from lernpy.plot.film.journey import Journey, journey
from lernpy.plot.film.saving import save
from lernpy.plot.graph.ghosts import missed
from lernpy.plot.graph.moment import blame, signal
from lernpy.plot.graph.paths import paths
from lernpy.plot.graph.weights import compare, network, update
from lernpy.plot.kinds import KINDS, Kind, render

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
    "missed",
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


def __dir__() -> list[str]:
    return sorted(__all__)
