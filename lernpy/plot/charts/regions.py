"""Decision regions over two inputs, with the data; as a film over the epochs, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike

from lernpy.checks import is_list, whole
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.labels import neuron_called, parted
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import Answerer, fitting, in_units, scaled
from lernpy.plot.canvas import Look, Style
from lernpy.plot.film.film import film
from lernpy.plot.film.journey import Journey, journey_of
from lernpy.registry import unknown
from lernpy.text import counted, listed, shown

GRID = 160  # points along each side


class Plane:
    """Two inputs spread out as a plane; the others stay where they are.

    `columns`: which two, by number (1 is the first) or name; `fixed`: (n_inputs,) the others (None: the
    means of the data). All in the units of the data.
    """

    def __init__(
        self,
        network: Network,
        data: Dataset | None,
        columns: Sequence[int | str] | None = None,
        fixed: ArrayLike | None = None,
        grid: int = GRID,
    ) -> None:
        count = len(network.inputs)
        card = data or network.card
        names = card.input_names if card else tuple(n.name for n in network.inputs)
        if count < 2:
            raise LernpyError(
                f"a plane needs two inputs, but the network has {count}; use plot.fit for one"
            )
        self.network = network
        self.answers = Answerer(network)
        if columns is None:
            columns = _strongest(network, data) if count > 2 else (1, 2)
        if not is_list(columns):
            raise LernpyError(f"the columns are two inputs, not {shown(columns)}")
        self.columns = [_column(network, column, names) for column in columns]
        if len(set(self.columns)) != 2 or len(self.columns) != 2:
            raise LernpyError(f"choose two different inputs for the plane, not {shown(columns)}")
        self.names = [names[i] for i in self.columns]
        self.rest = [name for i, name in enumerate(names) if i not in self.columns]
        self.fixed = _fixed(fixed, data, count)
        low, high = self._ends(data)
        self.extent = (low[0], high[0], low[1], high[1])
        self.x = np.linspace(low[0], high[0], grid)
        self.y = np.linspace(low[1], high[1], grid)

    def _ends(self, data: Dataset | None) -> tuple[np.ndarray, np.ndarray]:
        if data is None:
            return np.array([-1.0, -1.0]), np.array([1.0, 1.0])
        rows = np.asarray(data.inputs, float)[:, self.columns]
        absent = np.isnan(rows)  # steps that a short sequence does not have
        low, high = (np.where(absent, e, rows) for e in (np.inf, -np.inf))
        low, high = low.min(axis=0), high.max(axis=0)
        low, high = np.where(absent.all(axis=0), [[-1.0], [1.0]], [low, high])
        room = 0.12 * np.where(high > low, high - low, 1.0)
        return low - room, high + room

    @property
    def inputs(self) -> np.ndarray:
        """(grid * grid, n_inputs) scaled as the input neurons see them."""
        across, up = np.meshgrid(self.x, self.y)
        rows = np.tile(self.fixed, (across.size, 1))
        rows[:, self.columns[0]], rows[:, self.columns[1]] = across.ravel(), up.ravel()
        return scaled(self.network, rows)


def _strongest(network: Network, data: Dataset | None) -> list[int]:
    """The two inputs that move the network most: by their spread times the weights that leave them."""
    strength = dict.fromkeys(network.inputs, 0.0)
    for link in network.links.values():
        if link.input_neuron in strength:
            strength[link.input_neuron] += abs(link.weight.value)
    weights = np.array(list(strength.values()))
    if data is not None:
        weights = weights * scaled(network, data.inputs).std(axis=0)
    return sorted((1 + np.argsort(-weights, kind="stable")[:2]).tolist())


def _column(network: Network, column: int | str, names: Sequence[str]) -> int:
    """The index of an input that is named by its column, its neuron, or its number."""
    if not isinstance(column, str):
        return whole("number of an input", column, 1, len(names)) - 1
    neuron = neuron_called(network, column) or network.neurons.get(column)
    if column in names:
        return list(names).index(column)
    if neuron in network.inputs:
        return network.inputs.index(neuron)
    if column.isdecimal():
        return _column(network, int(column), names)
    raise unknown("input", column, names)


def two_columns(network: Network, text: str) -> tuple[str, str]:
    """Two inputs from a text with a comma between them, as `boundary` takes them.

    >>> import lernpy
    >>> two_columns(lernpy.layered([2, 1]), "x1, 2")
    ('x1', '2')
    """
    names = network.card.input_names if network.card else [n.name for n in network.inputs]
    ways = list(parted(text, ","))
    for way in ways:
        try:
            for column in way:
                _column(network, column, names)
        except LernpyError:
            continue
        return way
    if len(ways) != 1:
        raise LernpyError(
            f"{text!r} are no two inputs; write for example 1,3 (the first is 1), or names: {listed(names)}"
        )
    return ways[0]


def _fixed(fixed: ArrayLike | None, data: Dataset | None, count: int) -> np.ndarray:
    if fixed is not None:
        values = canvas.numeric_array(fixed, "fixed")
        if values.shape != (count,):
            raise LernpyError(f"fixed needs {count} values, one for each input, not {values.shape}")
        return values
    if data is None:
        return np.zeros(count)
    rows = np.asarray(data.inputs, float)
    here = np.maximum((~np.isnan(rows)).sum(axis=0), 1)
    return np.asarray(np.nansum(rows, axis=0) / here)


def boundary(
    network: Network,
    data: Any,
    ax: Axes | None = None,
    *,
    columns: Sequence[int | str] | None = None,
    fixed: ArrayLike | None = None,
    epochs: Iterable[Any] | Journey | None = None,
    frames: int = 40,
    title: str | None = None,
    **style: Unpack[Style],
) -> Any:
    """What the network answers all over the plane of two inputs, and the data on it.

    Parameters
    ----------
    columns : the two inputs, by number (1 is the first) or name, where there are more than two (None: the
        two that move the network most)
    fixed : (n_inputs,) the values of the others; without it the means of the data
    epochs : an iterable that trains the network, as `lernpy.epochs` gives it (or a `Journey`):
        then the result is an animation of at most `frames` frames, and no axes

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> ax = plot.boundary(net, ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]))
    >>> path = plot.save(ax, "boundary.png")
    """
    look = Look.of(**style)
    samples = fitting(network, data)
    plane = Plane(network, samples, columns, fixed)
    ax = canvas.chart(ax, (6.6, 5.8), look)
    if epochs is None:
        draw_regions(ax, plane, samples, look)
        if not samples.classes:
            canvas.colour_bar(ax, ax.images[0], samples.output_names[0], look)
        canvas.title(ax, canvas.title_or(title, ("" if look.crowded else fixed_words(plane))), look)
        return ax
    journey = journey_of(network, epochs, frames)

    def draw(index: int) -> None:
        ax.clear()
        canvas.dress(ax, look)
        draw_regions(ax, plane, samples, look, journey.weights[index])
        canvas.title(ax, canvas.title_or(title, f"epoch {journey.numbers[index]}"), look)

    return film(ax.figure, draw, len(journey.weights), 250)  # type: ignore[arg-type]


def fixed_words(plane: Plane) -> str:
    """What becomes of the inputs that the plane does not show."""
    if not plane.rest:
        return "What the network answers"
    return f"{counted(len(plane.rest), 'other input')} held fixed"


def draw_regions(
    ax: Axes, plane: Plane, data: Dataset, look: Look, weights: np.ndarray | None = None
) -> None:
    """What the network (with other weights, if there are any) answers all over the plane."""
    outputs = plane.answers.outputs(plane.inputs, weights)
    canvas.finite_array(
        outputs.ravel()[:1] if np.isfinite(outputs).all() else outputs, "the answer at"
    )
    shape = (len(plane.y), len(plane.x))
    if not data.classes:
        heights = in_units(plane.network, outputs)[:, 0].reshape(shape)
        _surface(ax, plane, heights, data, look)
    elif outputs.shape[1] == 1:
        _two_classes(ax, plane, outputs[:, 0].reshape(shape), look)
    else:
        _classes(ax, plane, outputs.reshape(*shape, -1), look)
    if data.classes:
        _points(ax, plane, data, look)
        canvas.legend_above(ax, look)
    ax.set_xlim(plane.extent[:2])
    ax.set_ylim(plane.extent[2:])
    ax.grid(False)
    held = f"\n({fixed_words(plane)})" if look.crowded and plane.rest else ""
    canvas.labels(ax, look, x=plane.names[0] + held, y=plane.names[1])


def class_colours(count: int, look: Look) -> list[str]:
    """One colour for each class; of two the signs' own: the second is blue, the first vermillion."""
    theme = look.theme
    if count == 2:
        return [theme.negative, theme.positive]
    return [theme.series[i % len(theme.series)] for i in range(count)]


def _mixed(colour: str, share: np.ndarray, ground: str) -> np.ndarray:
    """(..., 3) from the ground's colour (0) to this one (1)."""
    a, b = np.array(to_rgb(ground)), np.array(to_rgb(colour))
    return np.asarray(a + share[..., None] * (b - a))


def _strength(look: Look) -> float:
    """How near a region comes to the colour of its class: its points must stand out from it."""
    return 0.22 if look.theme.name == "greyscale" else 0.58


def _two_classes(ax: Axes, plane: Plane, output: np.ndarray, look: Look) -> None:
    first, second = class_colours(2, look)
    ground = look.theme.background
    share = np.clip(2 * np.abs(output - 0.5), 0.06, 1) * _strength(look)
    picture = np.where(
        (output >= 0.5)[..., None], _mixed(second, share, ground), _mixed(first, share, ground)
    )
    ax.imshow(picture, extent=plane.extent, origin="lower", aspect="auto", zorder=0)
    _hatched(ax, plane, (output >= 0.5).astype(int), look)
    _contour(ax, plane, output, 0.5, look)


def _hatched(ax: Axes, plane: Plane, winner: np.ndarray, look: Look) -> None:
    """Greys alone do not tell classes apart: each but the first gets a pattern, too."""
    if look.theme.name != "greyscale":
        return
    patterns = ("", "////", "....", "xx", "\\\\\\\\", "++", "--", "oo", "||", "**")
    import matplotlib

    with matplotlib.rc_context({"hatch.color": "#9a9a9a", "hatch.linewidth": 0.5}):
        for index in np.unique(winner):
            ax.contourf(
                plane.x,
                plane.y,
                (winner == index).astype(float),
                [0.5, 1.5],
                colors="none",
                hatches=[patterns[index % len(patterns)]],
            )


def _contour(ax: Axes, plane: Plane, values: np.ndarray, level: float, look: Look) -> None:
    if values.min() < level < values.max():
        ax.contour(plane.x, plane.y, values, [level], colors=look.theme.text, linewidths=1.6)


def _classes(ax: Axes, plane: Plane, outputs: np.ndarray, look: Look) -> None:
    """Each point in the colour of the class that wins, the paler the closer the race."""
    colours = class_colours(outputs.shape[-1], look)
    winner = outputs.argmax(axis=-1)
    ranked = np.sort(outputs, axis=-1)
    lead = np.clip(ranked[..., -1] - ranked[..., -2], 0.1, 1.0) * _strength(look)
    picture = np.zeros((*winner.shape, 3))
    for index, colour in enumerate(colours):
        where = winner == index
        picture[where] = _mixed(colour, lead[where], look.theme.background)
    ax.imshow(picture, extent=plane.extent, origin="lower", aspect="auto", zorder=0)
    _hatched(ax, plane, winner, look)
    for index in np.unique(winner):
        others = np.delete(outputs, index, axis=-1).max(axis=-1)
        _contour(ax, plane, outputs[..., index] - others, 0.0, look)


def _surface(ax: Axes, plane: Plane, output: np.ndarray, data: Dataset, look: Look) -> None:
    """A regression: the answer as a shade, the data in the same shades."""
    target = np.asarray(data.targets[:, 0], float)
    ends = float(np.nanmin([*output.flat, *target])), float(np.nanmax([*output.flat, *target]))
    shades = canvas.colours(look.theme.sequential)
    style: dict[str, Any] = {"cmap": shades, "vmin": ends[0], "vmax": ends[1]}
    ax.imshow(output, extent=plane.extent, origin="lower", aspect="auto", zorder=0, **style)
    rows = np.asarray(data.inputs, float)[:, plane.columns]
    ax.scatter(
        rows[:, 0], rows[:, 1], c=target, s=2.4 * look.font, edgecolors=look.theme.text, **style
    )


def _points(ax: Axes, plane: Plane, data: Dataset, look: Look) -> None:
    rows = np.asarray(data.inputs, float)[:, plane.columns]
    size = look.font * float(np.clip(8.0 / np.sqrt(max(len(rows), 1)), 0.34, 1.0))
    pale = len(rows) > 60 and look.theme.name != "dark"  # dark rims would hide many small points
    rim = look.theme.background if pale else look.theme.text
    class_points(ax, rows, data.labels, data.classes, look, size, rim)


def class_points(
    ax: Axes,
    points: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    look: Look,
    size: float,
    rim: str,
) -> None:
    """(n, 2) points, each with the colour and the marker of its class."""
    for index, (name, colour) in enumerate(
        zip(classes, class_colours(len(classes), look), strict=True)
    ):
        ax.plot(
            *points[labels == index].T,
            linestyle="none",
            marker=canvas.MARKERS[index % len(canvas.MARKERS)],
            markersize=size,
            markerfacecolor=colour,
            markeredgecolor=rim,
            markeredgewidth=0.7,
            label=canvas.plain(name),
            zorder=3,
        )
