"""The links that are missed: drawn where they would be, over the network as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes

from lernpy.checks import is_list
from lernpy.errors import LernpyError
from lernpy.folding import moment
from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, Style
from lernpy.plot.graph import legends, strokes
from lernpy.plot.graph.laid import frame_of
from lernpy.plot.graph.numbers import Numbers
from lernpy.plot.graph.picture import Picture, largest_of, styles, widths
from lernpy.plot.graph.timed import picture_of
from lernpy.plot.graph.weights import bodies
from lernpy.text import counted, shown
from lernpy.training import Missed


def missed(
    source: Any,
    ghosts: Sequence[Missed],
    ax: Axes | None = None,
    *,
    numbers: bool | None = None,
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """The links that are missed most, in colour, over those that are there, in grey.

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> ghosts = lernpy.missed(net, lernpy.data.load("xor"))
    >>> path = plot.save(plot.missed(net, ghosts), "missed.png")
    """
    look, there, ghosts = Look.of(**style), frame_of(source), _checked(ghosts)
    frame = moment(_haunted(there, ghosts), unfold=True)
    values = np.zeros(len(there.links) + len(ghosts))
    values[len(there.links) :] = [ghost.gradient for ghost in ghosts]
    names = [f"the gradient of {ghost.name}" for ghost in ghosts]
    canvas.finite_columns(values[None, len(there.links) :], names)
    most = largest_of(values)
    handles = [
        legends.line(look, "a link that is there", color=look.theme.faint),
        legends.plus(look, "+ absent: more of it, more loss"),
        legends.minus(look, "− absent: more of it, less loss"),
        legends.heading(f"widest: gradient {most:.3g}"),
    ]
    sentence = (
        "What a link of weight 0 would be to blame for: output × delta, the mean of the samples"
    )
    picture = picture_of(frame).above_legend(
        frame, ax, look, handles, sentence, weight_of=values, verb="blame", rows=0.0
    )
    _lines(picture, values, most, len(there.links))
    bodies(picture)
    picture.names()
    best = f": {ghosts[0].name} first" if ghosts else ""
    picture.titled(canvas.title_or(title, f"{counted(len(ghosts), 'missed link')}{best}"))
    if picture.writes(numbers):
        writer = Numbers(picture, look, blame=False)
        writer.neurons_are_taken()
        writer.on_lanes(values, "ghost", 0.5, 0.0, np.flatnonzero(values[picture.shown]))
    return picture.ax


def _checked(ghosts: Any) -> list[Missed]:
    listed = list(ghosts) if is_list(ghosts) else []
    if not is_list(ghosts) or not all(isinstance(ghost, Missed) for ghost in listed):
        raise LernpyError(
            f"missed links are a list, as lernpy.missed(network, data) gives it, not {shown(ghosts)}"
        )
    return listed


def _haunted(frame: Frame, ghosts: Sequence[Missed]) -> Frame:
    """The frame with the ghosts as links of weight 0; everything else stays in its position."""
    ends = [(frame.index(ghost.input_name), frame.index(ghost.output_name)) for ghost in ghosts]
    unknown = np.full(len(ghosts), np.nan)
    return replace(
        frame,
        links=np.vstack([frame.links, np.array(ends, int).reshape(-1, 2)]),
        link_weight=np.concatenate(
            [frame.link_weight, len(frame.weights) + np.arange(len(ghosts))]
        ),
        weights=np.concatenate([frame.weights, np.zeros(len(ghosts))]),
        gradients=np.concatenate([frame.gradients, unknown]),
        frozen=np.concatenate([frame.frozen, np.zeros(len(ghosts), bool)]),
        signal=np.concatenate([frame.signal, unknown]),
        blame=np.concatenate([frame.blame, unknown]),
        known={},
    )


def _lines(picture: Picture, values: np.ndarray, most: float, there: int) -> None:
    """First the links that are there, thin and grey; the ghosts lie over them."""
    shown = picture.shown
    real, ghostly = np.flatnonzero(shown < there), np.flatnonzero(shown >= there)
    faint = picture.look.theme.faint
    strokes.Strokes(
        picture.curves, real, gid="link", linewidths=max(1.0, picture.scale), colors=faint, zorder=2
    )
    order = ghostly[np.argsort(np.abs(values[shown[ghostly]]), kind="stable")]
    sizes = values[shown[order]]
    width = widths(sizes, most, picture.scale)
    colours = [picture.look.colour(size) for size in sizes]
    lines = strokes.Strokes(
        picture.curves, order, gid="ghost", linewidths=width, colors=colours, zorder=3
    )
    lines.set_linestyle(styles(sizes, width, picture.scale))
