"""A network laid out on axes: where neurons and links stand, and how much room each has."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from lernpy import layout, theme
from lernpy.errors import LernpyError
from lernpy.folding import Folded, tied_in
from lernpy.frame import Frame
from lernpy.plot import canvas
from lernpy.plot.answers import nan_words
from lernpy.plot.canvas import Look
from lernpy.plot.graph import strokes
from lernpy.text import path, shortened, shown

RADIUS = 17.0  # points, where there is room
NAMED = 8.0  # neurons with a smaller radius are not named
FOLDED_TILES = 12  # a generation of more small pictures than that becomes a block
RIM = 2.5  # points free between a link and the rim of a neuron


def frame_of(source: Any) -> Frame:
    """A frame as it is; of a network, the present moment. NaN weights are refused by name."""
    if not isinstance(source, Frame):
        if not hasattr(source, "order"):
            raise LernpyError(f"this plot needs a network or a Frame, not {shown(source)}")
        source = Frame.of(source)
    frame: Frame = source
    if not isinstance(frame, Folded):  # of a box no weight is known
        _check(frame)
    return frame


def _check(frame: Frame) -> None:
    if not np.isfinite(frame.weights).all():
        weight = int(np.flatnonzero(~np.isfinite(frame.weights))[0])
        a, b = frame.links[int(np.flatnonzero(frame.link_weight == weight)[0])]
        value = float(frame.weights[weight])
        raise LernpyError(nan_words(path([frame.names[a], frame.names[b]]), value))


def size_of(
    frame: Frame, look: Look, extra: float = 0.0, folded: int = layout.FOLDED
) -> tuple[float, float]:
    """A good size in inches for the graph of this network; `extra` inches in height for more."""
    rows = layout.columns(frame)
    high = max(layout.rows_and_columns(len(row), folded)[0] for row in rows)
    blocks = sum(len(row) > folded for row in rows)
    step = 3.3 if len(frame.links) <= theme.MOST_NUMBERS else 2.6
    wide = float(np.clip(3.0 + step * (len(rows) - 1) + 2.0 * blocks, 7.5, 15.0))
    tall = float(np.clip(2.6 + 1.15 * high, 4.4, 9.0))
    grown = look.growth
    return grown * wide, grown * (tall + extra) + 0.8 * (grown - 1.0)


def ties_of(frame: Frame) -> np.ndarray:
    """(n_links,) the number of the weight among those that several links hold; NaN where one link does."""
    tied = frame.tied if isinstance(frame, Folded) else tied_in(frame)
    number = {weight: float(nth) for nth, weight in enumerate(tied)}
    return np.array([number.get(weight, np.nan) for weight in frame.link_weight.tolist()])


def weight_by_link(frame: Frame) -> np.ndarray:
    """(n_links,) the weight of each link."""
    return np.asarray(frame.weights[frame.link_weight])


class Laid:
    """Where everything is; a `Picture` draws it.

    Attributes
    ----------
    spots : (n, 2) centres of the neurons, data coordinates
    radius : (n,) their radii in points
    scale : widths of links are multiplied by it; below 1 where there is little room
    tile : whether the neurons will be small pictures, which need more room
    shown : (m,) indices of the links that are drawn singly
    rest : (n_links - m,) those that go into the ribbons
    curves : how the links that are shown run, in the order of `shown`
    """

    def __init__(
        self,
        frame: Frame,
        ax: Axes,
        look: Look,
        *,
        weight_of: np.ndarray,
        side: float = 0.0,
        foot: float = 0.0,
        head: float = 0.0,
        positions: layout.Positions | None = None,
        tile: bool = False,
    ) -> None:
        self.frame, self.ax, self.look = frame, ax, look
        self.folded = FOLDED_TILES if tile else layout.FOLDED
        self.positions = positions or self._positions()
        self.spots = np.array([self.positions[name] for name in frame.names])
        self.is_bias = np.isin(np.arange(len(frame.names)), frame.biases)
        self.shown, self.rest = _chosen(weight_of, theme.SHOWN_LINKS if tile else theme.MOST_LINKS)
        self.side, self.foot, self.head = side, foot, head
        self.bends = self._bends()
        self._frame_axes()
        self.tile = tile
        self.scale = self._fit()
        self.curves = self._curves()

    def _positions(self) -> layout.Positions:
        return layout.positions(self.frame, self.folded)

    def _bends(self) -> dict[tuple[str, str], float]:
        return layout.bends(self.frame, self.positions)

    def _frame_axes(self) -> None:
        """Set the limits so that labels, legend and bars around the graph have their points."""
        wide, high = canvas.size_in_points(self.ax)
        left, right, low, top = self._margins()
        across, up = max(wide - left - right, 30.0), max(high - low - top, 30.0)
        xs, ys = self.spots[:, 0], self.spots[:, 1]
        x0, x1 = float(xs.min()), max(float(xs.max()), float(xs.min()) + 1e-9)
        tops = self._tops()
        y0, y1 = float(min(ys.min(), tops.min())), float(max(ys.max(), tops.max()))
        if y1 - y0 < 1e-9:
            y0, y1 = y0 - 0.5, y1 + 0.5
        self.ax.set_xlim(x0 - left / across * (x1 - x0), x1 + right / across * (x1 - x0))
        self.ax.set_ylim(y0 - low / up * (y1 - y0), y1 + top / up * (y1 - y0))
        self.per_unit = np.array([across / (x1 - x0), up / (y1 - y0)])

    def _tops(self) -> np.ndarray:
        """How high (or low) the middles of bent links reach."""
        ends = [
            0.5 * (self.positions[u][1] + self.positions[v][1]) + b
            for (u, v), b in self.bends.items()
        ]
        return np.array(ends or [float(self.spots[0, 1])])

    def _margins(self) -> tuple[float, float, float, float]:
        font = self.look.font
        names = [shortened(self.frame.name(i)) for i in range(len(self.frame.names))]
        left = max(canvas.text_width(names[i], font) for i in self.frame.inputs)
        right = max(canvas.text_width(names[i], font) for i in self.frame.outputs)
        if max(len(row) for row in layout.columns(self.frame)) > 30:
            left = right = font
        radius = RADIUS * self.look.growth
        edge = radius + 8
        return (
            max(left, 3.2 * font) + edge + 6,
            max(right + 6, 6.5 * font) + edge + self.side * self.look.growth,
            radius + 1.6 * font + self.foot,
            radius + 2.8 * font + self.head,
        )

    def _fit(self) -> float:
        """How much room a neuron has to its nearest neighbour, against the room it would like."""
        spots = (self.spots * self.per_unit)[~self.is_bias]
        nearest = np.inf
        by_column = np.lexsort((spots[:, 1], spots[:, 0]))
        rows = spots[by_column]
        same = np.abs(np.diff(rows[:, 0])) < 1e-6
        gaps = np.abs(np.diff(rows[:, 1]))[same]
        if len(gaps):
            nearest = float(gaps.min())
        steps = np.diff(np.unique(np.round(spots[:, 0], 3)))
        if len(steps):
            nearest = min(nearest, float(steps.min()))
        self.pitch = nearest
        return float(np.clip(nearest / 62.0, 0.12, self.look.growth))

    @property
    def radius(self) -> np.ndarray:
        most = self.look.growth * (24.0 if self.tile else RADIUS)
        size = float(np.clip(0.36 * self.pitch, 1.6, most))
        return np.where(self.is_bias, 0.6, 1.0) * size

    def shape(self, index: int, first: float = 0.0, last: float = 360.0) -> np.ndarray:
        """The outline of a neuron, or of the part of it between two angles."""
        return strokes.disc(float(self.radius[index]), first, last)

    def reach(self, index: int) -> float:
        """Points from the middle of a neuron to its foot."""
        return float(self.radius[index])

    @property
    def named(self) -> bool:
        """Whether there is room for the names of the neurons."""
        return bool(self.radius.max() >= NAMED)

    def room(self, index: int) -> float:
        """Points between this neuron and the next one above or below it."""
        same = np.abs(self.spots[:, 0] - self.spots[index, 0]) < 1e-6
        away = np.abs(self.spots[same, 1] - self.spots[index, 1])
        away = away[away > 1e-9]
        nearest = float(away.min()) * float(self.per_unit[1]) if len(away) else 200.0
        return nearest - 2.0 * float(self.radius[index])

    def _curves(self) -> strokes.Curves:
        links = self.frame.links[self.shown]
        names = self.frame.names
        bend = np.array([self.bends.get((names[a], names[b]), 0.0) for a, b in links])
        leave = np.zeros((len(links), 2))
        radius = self.radius
        gaps = np.stack([radius[links[:, 0]] + RIM, radius[links[:, 1]] + RIM], axis=1)
        has_port = self.side > 0 and self.named
        if has_port:
            ports = ~np.isin(links[:, 0], (*self.frame.inputs, *self.frame.biases))
            leave[ports, 0] = radius[links[ports, 0]] + self.side * self.scale
            gaps[ports, 0] = 0.0
        arrive = np.zeros((len(links), 2))
        self._ends(links, leave, arrive, gaps)
        start, end = self.spots[links[:, 0]], self.spots[links[:, 1]]
        return strokes.Curves(self.ax, start, end, bend, leave, arrive, gaps)

    def _ends(self, links: np.ndarray, leave: Any, arrive: Any, gaps: np.ndarray) -> None:
        """Where lines begin and end that do not run to the middle of a disc; in place."""


def _chosen(size: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The links to draw singly and the rest; of more than `most` only the 300 largest are drawn."""
    if len(size) <= most:
        return np.arange(len(size)), np.arange(0)
    order = np.argsort(-np.nan_to_num(np.abs(size)), kind="stable")
    return np.sort(order[: theme.SHOWN_LINKS]), np.sort(order[theme.SHOWN_LINKS :])


def refuse_huge(frame: Frame, with_blame: bool) -> None:
    """Refuse a moment in which something that it draws is beyond all numbers."""
    names = [frame.name(index) for index in range(len(frame.names))]
    links = [f"{names[start]} -> {names[end]}" for start, end in frame.links.tolist()]
    drawn = {
        "output": [f"what {name} puts out" for name in names],
        "signal": [f"what {link} carries" for link in links],
        "sensitivity": [f"the blame of {name}" for name in names],
        "blame": [f"what {link} hands back" for link in links],
    }
    for quantity in [*drawn] if with_blame else ["output", "signal"]:
        values = getattr(frame, quantity)
        known = frame.known.get(quantity, ~np.isnan(values))
        canvas.finite_columns(np.where(known, values, 0.0)[None], drawn[quantity])
