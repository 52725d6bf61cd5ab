"""Every kind of picture by name: what it shows and what it needs; for the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lernpy.plot.charts import (
    curves,
    fading,
    images,
    planes,
    quality,
    regions,
    responses,
    runs,
    sizes,
    surface,
)
from lernpy.plot.film import lesson
from lernpy.plot.graph import differences, graphs, routes
from lernpy.registry import Named
from lernpy.theme import Theme


class Kind(NamedTuple):
    """A kind of picture.

    needs, may : of network, data, sample, history, other (a second network), runs
    moves : whether it is an animation; "maybe" if it can be one
    """

    name: str
    about: str
    plot: Callable[..., Any]
    needs: tuple[str, ...] = ("network",)
    may: tuple[str, ...] = ()
    moves: bool | str = False
    size: tuple[float, float] = (9.0, 6.0)  # inches, about


_ALL = (
    Kind("network", "the graph with its weights", graphs.network),
    Kind("signal", "one moment: what flowed forward", graphs.signal, ("network", "sample")),
    Kind("blame", "one moment: what flows back", graphs.blame, ("network", "sample")),
    Kind("flow", "a lesson as a film", lesson.flow, ("network", "sample"), moves=True),
    Kind("paths", "the heaviest routes of blame to a part", routes.paths, ("network", "sample")),
    Kind(
        "update", "weights before and after one lesson", differences.update, ("network", "sample")
    ),
    Kind("vanishing", "size of blame by generation", fading.vanishing, ("network", "data")),
    Kind("history", "loss, accuracy, rate over the epochs", runs.history, ("history",)),
    Kind(
        "boundary",
        "what the network says all over the plane, with the data",
        regions.boundary,
        ("network", "data"),
        moves="maybe",
        size=(6.6, 5.8),
    ),
    Kind("heatmaps", "what each neuron responds to", responses.heatmaps, may=("data",)),
    Kind("functions", "activations and losses with their slopes", curves.functions, ()),
    Kind("pixels", "weights as images; the blame of each pixel", images.pixels, may=("sample",)),
    Kind(
        "landscape",
        "the loss over two weights or directions",
        surface.landscape,
        ("network", "data"),
    ),
    Kind("confusion", "which class was taken for which", quality.confusion, ("network", "data")),
    Kind("fit", "a regression and what it leaves over", quality.fit, ("network", "data")),
    Kind(
        "compare",
        "two networks: the difference of weights",
        differences.compare,
        ("network", "other"),
    ),
    Kind("plane", "what a layer does to the plane", planes.plane, may=("data",), size=(12.0, 4.5)),
    Kind("under_over", "too little, right, too much", sizes.under_over, ("runs", "data")),
    Kind("sweep", "success by setting, from a table", runs.sweep, ("data",)),
)
KINDS: Named[Kind] = Named("kind of plot", {kind.name: kind for kind in _ALL})


def render(
    kind: str,
    path: str | os.PathLike[str] | None = None,
    *,
    theme: str | Theme | None = None,
    font_scale: float = 1.0,
    **given: Any,
) -> Any:
    """Draw a kind of picture by its name and, if a path is given, save it; see `request.draw`.

    >>> import lernpy
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> render("network", "net.png", network=net, theme="dark").name
    'net.png'
    """
    from lernpy.plot import request
    from lernpy.plot.film.saving import save

    moving = path is not None and Path(path).suffix.lower() in (".gif", ".mp4", ".html")
    drawn = request.draw(kind, theme=theme, font_scale=font_scale, moving=moving, **given)
    return drawn if path is None else save(drawn, path)
