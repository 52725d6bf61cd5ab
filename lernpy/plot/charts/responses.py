"""What each neuron responds to, over the plane of two inputs: small pictures in the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from numpy.typing import ArrayLike

from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import fitting
from lernpy.plot.canvas import Look, Style
from lernpy.plot.charts.regions import Plane, fixed_words
from lernpy.plot.graph import legends, strokes
from lernpy.plot.graph.laid import FOLDED_TILES, frame_of, size_of, weight_by_link
from lernpy.plot.graph.picture import Picture, largest_of

GRID = 48


def heatmaps(
    network: Network,
    data: Any = None,
    ax: Axes | None = None,
    *,
    columns: Sequence[int | str] | None = None,
    fixed: ArrayLike | None = None,
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """What each neuron puts out all over the plane of two inputs, as a small picture where it stands.

    Blue is above the middle of a neuron's range, vermillion below; a line marks the middle (0, or
    one half for a neuron between 0 and 1). Each picture has its own scale, so that a quiet neuron
    is seen, too.

    Parameters
    ----------
    data : its range is the range of the plane (None: from -1 to 1)
    columns, fixed : which two inputs, and where the others stay; see `boundary`

    >>> import lernpy
    >>> from lernpy import plot
    >>> path = plot.save(plot.heatmaps(lernpy.layered([2, 3, 1], seed=0)), "heatmaps.png")
    """
    look = Look.of(**style)
    frame = frame_of(network)
    samples = None if data is None else fitting(network, data)
    plane = Plane(network, samples, columns, fixed, grid=GRID)
    _, outputs = plane.answers.activity(plane.inputs)
    canvas.finite_columns(outputs, [f"what {name} puts out" for name in frame.names])
    values = weight_by_link(frame)
    picture = Picture.above_legend(
        frame,
        ax,
        look,
        _legend(look),
        _sentence(plane),
        weight_of=values,
        verb="weight",
        size=size_of(frame, look, folded=FOLDED_TILES),
        tile=True,
    )
    picture.lines(values, largest_of(values), "weight", thin=0.7, alpha=0.6)
    picture.names()
    for index in range(len(frame.names)):
        _tile(picture, index, outputs[:, index].reshape(GRID, GRID))
    _frames(picture)
    picture.titled(canvas.title_or(title, "What each neuron responds to"))
    return picture.ax


def _legend(look: Look) -> list[Any]:
    return [
        _square(look, "neuron puts out much", -2),
        _square(look, "little (or negative)", 1),
        legends.plus(look, "+ weight"),
        legends.minus(look, "− weight"),
    ]


def _square(look: Look, words: str, shade: int) -> Any:
    """A patch in the colour of one end of the scale."""
    colour, edge = look.theme.diverging[shade], look.theme.text
    return legends.mark(look, words, "s", colour, markeredgecolor=edge, markeredgewidth=0.6)


def _sentence(plane: Plane) -> str:
    words = f"in each picture: {plane.names[0]} to the right, {plane.names[1]} upwards"
    return words + (f"; {fixed_words(plane)}" if plane.rest else "")


def middle_and_reach(values: np.ndarray) -> tuple[float, float]:
    """The value that is drawn in no colour, and how far to each side the colours reach."""
    low, high = float(values.min()), float(values.max())
    middle = 0.5 if low >= 0.0 and high <= 1.0 and high > low else 0.0
    if not low <= middle <= high:
        middle = 0.5 * (low + high)
    return middle, max(high - middle, middle - low, 1e-12)


def _frames(picture: Picture) -> None:
    """A thin frame around each small picture."""
    strokes.Shapes(
        picture.ax,
        picture.spots,
        [strokes.box(-r, -r, r, r) for r in picture.radius.tolist()],
        facecolors="none",
        edgecolors=picture.look.theme.text,
        linewidths=0.9 if picture.named else 0.4,
        zorder=4.5,
        gid="frame",
    )


def _tile(picture: Picture, index: int, values: np.ndarray) -> None:
    look = picture.look
    side = 2.0 * float(picture.radius[index])
    middle, reach = middle_and_reach(values)
    flat = np.ptp(values) < 1e-12
    shades = canvas.colours(look.theme.diverging)
    shares = np.full_like(values, 0.5) if flat else 0.5 + 0.5 * (values - middle) / reach
    pixels = shades(shares[::-1])
    image = OffsetImage(pixels, zoom=side / GRID, interpolation="nearest", dpi_cor=True)
    box = AnnotationBbox(
        image,
        (picture.spots[index, 0], picture.spots[index, 1]),
        frameon=False,
        pad=0.0,
        zorder=4,
    )
    box.set_gid("heatmap")
    picture.ax.add_artist(box)
