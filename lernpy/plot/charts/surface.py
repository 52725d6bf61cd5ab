"""The loss as a landscape over two weights or two directions, with the path training took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Unpack

import numpy as np
from matplotlib.axes import Axes

from lernpy.checks import finite, is_list
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.answers import Answerer, fitting, scaled, scaled_targets
from lernpy.plot.canvas import Look, Style
from lernpy.plot.film.journey import Journey, journey_of
from lernpy.structure import structure_of
from lernpy.text import shown
from lernpy.training.metrics import root_mean_square

STEPS = 41
MOST_SAMPLES = 400


def landscape(
    network: Network,
    data: Any,
    ax: Axes | None = None,
    *,
    weights: Sequence[tuple[str, str]] | None = None,
    seed: int = 0,
    reach: float | None = None,
    epochs: Iterable[Any] | Journey | None = None,
    title: str | None = None,
    **style: Unpack[Style],
) -> Axes:
    """The loss over two chosen weights, or over two directions, around the present weights.

    Parameters
    ----------
    weights : the links of the two weights, ``[("x1", "h1"), ("h1", "y1")]``; all others stay
    seed : without `weights` two directions are drawn from it; with `epochs` and no `weights`
        they are the two along which the path runs farthest
    reach : how far to go each way (None: what shows the path, else about the size of the weights)
    epochs : an iterable that trains the network, as `lernpy.epochs` gives it, or a `Journey`: its
        path is drawn in

    >>> import lernpy
    >>> from lernpy import plot
    >>> net = lernpy.build.by_hand()
    >>> ax = plot.landscape(net, ([[1]], [[1]]), weights=[("x", "h"), ("h", "y")])
    >>> path = plot.save(ax, "landscape.png")
    """
    look = Look.of(**style)
    reach = None if reach is None else finite("reach", reach)
    if weights is not None and not is_list(weights):
        raise LernpyError(f"the weights are two links, not {shown(weights)}")
    samples = fitting(network, data)
    path = None if epochs is None else journey_of(network, epochs, 200)
    answers = Answerer(network)
    middle = answers.weights
    across, names = _directions(network, weights, seed, path, middle)
    track = None if path is None else (path.weights - middle) @ np.linalg.pinv(across)
    low, high = _ends(middle, track, reach, weights is not None)
    x, y = np.linspace(low[0], high[0], STEPS), np.linspace(low[1], high[1], STEPS)
    heights = _heights(answers, samples, middle, across, x, y)
    offset = _offset(network, weights)
    ax = canvas.chart(ax, (7.4, 5.8), look)
    _draw(ax, x + offset[0], y + offset[1], heights, look)
    _here(ax, offset, middle, track, path, look)
    canvas.labels(ax, look, x=names[0], y=names[1])
    canvas.title(ax, canvas.title_or(title, f"Loss ({network.loss.name.replace('_', ' ')})"), look)
    return ax


def _directions(
    network: Network, chosen: Any, seed: int, path: Journey | None, middle: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """(2, n_weights) two directions, and what they are called."""
    index = structure_of(network).weight_index
    across = np.zeros((2, len(middle)))
    if chosen is not None:
        links = [network.link(link) for link in chosen]
        if len(links) != 2 or links[0].weight is links[1].weight:
            raise LernpyError(f"choose two links with different weights, not {list(chosen)}")
        for row, link in enumerate(links):
            across[row, index[link.weight]] = 1.0
        return across, [f"weight {link.name}" for link in links]
    if len(middle) < 2:
        raise LernpyError("the network has one weight; a landscape needs two")
    if path is not None and len(path.weights) > 2:
        _, size, rows = np.linalg.svd(path.weights - middle, full_matrices=False)
        if size[1] > 1e-12 * max(size[0], 1e-300):
            return rows[:2], ["along the path, first direction", "second direction"]
    drawn = np.random.default_rng(seed).standard_normal((2, len(middle)))
    across, _ = np.linalg.qr(drawn.T)
    return across.T, [f"direction {i} (seed {seed})" for i in (1, 2)]


def _offset(network: Network, chosen: Any) -> np.ndarray:
    """Chosen weights are drawn at their values, directions from where the weights stand."""
    if chosen is None:
        return np.zeros(2)
    return np.array([network.link(link).weight.value for link in chosen])


def _ends(
    middle: np.ndarray, track: Any, reach: float | None, chosen: bool
) -> tuple[np.ndarray, np.ndarray]:
    if reach is not None:
        if not reach > 0:
            raise LernpyError(f"the reach is {reach:g}; it must be more than 0")
        return np.full(2, -reach), np.full(2, reach)
    size = root_mean_square(middle) or 1.0
    far = max(2.0, 1.5 * size) if chosen else max(1.0, size * np.sqrt(len(middle)) * 0.8)
    if track is None:
        return np.full(2, -far), np.full(2, far)
    low, high = track.min(axis=0), track.max(axis=0)
    room = 0.3 * max(float((high - low).max()), 1e-3)
    return low - room, high + room


def _heights(
    answers: Answerer, samples: Dataset, middle: np.ndarray, across: np.ndarray, x: Any, y: Any
) -> np.ndarray:
    """(len(y), len(x)) the mean loss at each point; of many samples an even choice is taken."""
    rows = np.unique(np.linspace(0, len(samples) - 1, MOST_SAMPLES).round().astype(int))
    inputs = scaled(answers.network, samples.inputs[rows])
    targets = scaled_targets(answers.network, samples.targets[rows])
    return np.array(
        [
            [answers.loss(inputs, targets, middle + a * across[0] + b * across[1]) for a in x]
            for b in y
        ]
    )


def _draw(ax: Axes, x: np.ndarray, y: np.ndarray, heights: np.ndarray, look: Look) -> None:
    shades = canvas.colours(look.theme.sequential)
    known = heights[np.isfinite(heights)]
    if not known.size:
        raise LernpyError(
            "the loss is beyond all numbers everywhere around these weights; there is nothing to draw. "
            "Train with a smaller learning rate, or draw another network"
        )
    safe = np.where(np.isfinite(heights), heights, known.max())
    unit = max(float(np.abs(safe).max()), 1.0)
    levels = np.unique(np.round(np.quantile(safe, np.linspace(0, 1, 22)) / unit, 12)) * unit
    if len(levels) < 3:
        levels = np.linspace(safe.min() - 1e-9, safe.max() + 1e-9, 5)
    filled = ax.contourf(x, y, safe, levels, cmap=shades)
    ax.contour(x, y, safe, levels[::2], colors=look.theme.muted, linewidths=0.5)
    ax.grid(False)
    canvas.colour_bar(ax, filled, "loss", look, "%.3g")


def _here(
    ax: Axes, offset: np.ndarray, weights: np.ndarray, track: Any, path: Any, look: Look
) -> None:
    """A star where the network's weights are; a path runs from a square, and ends in a dot if it
    went on from there (the best epoch's weights were restored, say)."""
    rim: dict[str, Any] = {"markeredgecolor": look.theme.text, "markersize": 1.2 * look.font}
    number = None if path is None else _epoch_of(path, weights)
    if track is not None:
        points = track + offset
        for colour, width in (("#ffffff", 4.2), (look.theme.negative, 2.2)):
            ax.plot(*points.T, color=colour, linewidth=width, zorder=4)
        for end, marker in ((0, "s"), (-1, "o")):
            if end == 0 or number != path.numbers[-1]:
                words = f"epoch {path.numbers[end]}"
                ax.plot(
                    *points[end], marker, color=look.theme.background, label=words, zorder=5, **rim
                )
    words = "now" if number is None else f"epoch {number}"
    ax.plot(*offset[:, None], "*", color=look.theme.negative, label=words, zorder=6, **rim)
    canvas.legend(ax, look)


def _epoch_of(path: Journey, weights: np.ndarray) -> int | None:
    """The epoch after which the network had these weights, if it is one of those that were noted."""
    here = np.flatnonzero((path.weights == weights).all(axis=1))
    return int(path.numbers[here[-1]]) if len(here) else None
