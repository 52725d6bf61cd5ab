"""Lines and shapes that are measured on the screen: beside a link, around a neuron, in points.

Positions come in data coordinates; distances, widths and shapes in points. Where everything is, is worked
out anew at each drawing, so that a lane keeps its distance whatever the size, the aspect and the
resolution of the picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.transforms import IdentityTransform

STEPS = 25  # points along a bent link


class Curves:
    """The links on the screen, from the rim of one neuron to the rim of the next.

    Parameters
    ----------
    start, end : (n, 2) centres of the neurons, data coordinates
    bend : (n,) how far up the middle of a link swerves, data coordinates (see `layout.bends`)
    leave, arrive : (n, 2) where the link leaves and arrives, in points from the centres
    gaps : (n, 2) how many points of the curve are left free at its start and at its end
    """

    def __init__(
        self,
        ax: Axes,
        start: np.ndarray,
        end: np.ndarray,
        bend: np.ndarray,
        leave: np.ndarray,
        arrive: np.ndarray,
        gaps: np.ndarray,
    ) -> None:
        self.ax = ax
        self.start, self.end, self.bend = start, end, bend
        self.leave, self.arrive, self.gaps = leave, arrive, gaps
        self._known: tuple[Any, Any] = (None, None)  # for which size of the picture, and what

    def __len__(self) -> int:
        return len(self.start)

    def unit(self) -> float:
        """Pixels in a point, at the present resolution."""
        return float(self.ax.figure.dpi / 72.0)

    def _middle(self) -> tuple[np.ndarray, np.ndarray]:
        """(n, k, 2) points along the curves, in pixels, and (n, k) the length so far."""
        now = (*np.ravel(self.ax.transData.transform([(0, 0), (1, 1)])), self.unit())
        if now != self._known[0]:
            self._known = (now, self._worked_out())
        curve, length = self._known[1]
        return curve, length

    def _worked_out(self) -> tuple[np.ndarray, np.ndarray]:
        steps = STEPS if np.any(self.bend) else 2
        t = np.linspace(0.0, 1.0, steps)[None, :, None]
        swerve = np.zeros((len(self), steps, 2))
        swerve[:, :, 1] = self.bend[:, None] * 4 * t[..., 0] * (1 - t[..., 0])
        straight = self.start[:, None] * (1 - t) + self.end[:, None] * t
        curve = self.ax.transData.transform((straight + swerve).reshape(-1, 2))
        curve = curve.reshape(len(self), steps, 2)
        curve = curve + self.unit() * (self.leave[:, None] * (1 - t) + self.arrive[:, None] * t)
        pieces = np.hypot(*np.moveaxis(np.diff(curve, axis=1), 2, 0))
        return curve, np.concatenate([np.zeros((len(self), 1)), pieces.cumsum(axis=1)], axis=1)

    def lines(self, shift: np.ndarray, part: np.ndarray, which: np.ndarray) -> list[np.ndarray]:
        """Polylines in pixels of the links `which`, `shift` points to the left of their curve.

        part : (n, 2) shares of the free curve: (0, 1) is all of it
        """
        curve, length = self._middle()
        if curve.shape[1] == 2:
            ends = [self._straight(curve, length, shift, part[:, i], which)[0] for i in (0, 1)]
            return list(np.stack(ends, axis=1))
        lines = []
        for row, index in enumerate(which):
            whole, gap = length[index, -1], self.unit() * self.gaps[index]
            free = max(whole - gap.sum(), 0.0)
            first, last = gap[0] + free * part[row]
            middle = length[index][(length[index] > first) & (length[index] < last)]
            stops = np.concatenate([[first], middle, [last]])
            lines.append(self._beside(curve[index], length[index], stops, shift[row]))
        return lines

    def _straight(
        self, curve: np.ndarray, length: np.ndarray, shift: Any, share: Any, which: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Positions and directions at one share of the free part of each of these straight links."""
        gaps = self.unit() * self.gaps[which]
        whole = length[which, -1]
        stop = gaps[:, 0] + np.maximum(whole - gaps.sum(axis=1), 0.0) * share
        start, end = curve[which, 0], curve[which, 1]
        along = (end - start) / np.where(whole > 0, whole, 1.0)[:, None]
        left = np.stack([-along[:, 1], along[:, 0]], axis=1)
        aside = (self.unit() * np.asarray(shift))[:, None] * left
        return start + stop[:, None] * along + aside, along

    def _beside(
        self, curve: np.ndarray, length: np.ndarray, stops: np.ndarray, shift: float
    ) -> np.ndarray:
        spots, along = _walk(curve, length, stops)
        left = np.stack([-along[:, 1], along[:, 0]], axis=1)
        return np.asarray(spots + self.unit() * shift * left)

    def spots(
        self, shift: np.ndarray, share: np.ndarray, which: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(m, 2) pixels and (m, 2) unit directions at a share of the curves of the links `which`."""
        curve, length = self._middle()
        if curve.shape[1] == 2:
            return self._straight(curve, length, shift, share, which)
        positions, directions = np.zeros((len(which), 2)), np.zeros((len(which), 2))
        for row, index in enumerate(which):
            gap = self.unit() * self.gaps[index]
            free = max(length[index, -1] - gap.sum(), 0.0)
            stop = np.array([gap[0] + free * share[row]])
            spot, along = _walk(curve[index], length[index], stop)
            left = np.array([-along[0, 1], along[0, 0]])
            positions[row] = spot[0] + self.unit() * shift[row] * left
            directions[row] = along[0]
        return positions, directions


def _walk(
    curve: np.ndarray, length: np.ndarray, stops: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Points at these lengths along a polyline, and its direction there."""
    spots = np.stack([np.interp(stops, length, curve[:, axis]) for axis in (0, 1)], axis=1)
    if len(curve) == 2:
        slope = np.diff(curve, axis=0).repeat(len(stops), axis=0)
    else:
        turning = np.gradient(curve, axis=0)
        slope = np.stack([np.interp(stops, length, turning[:, a]) for a in (0, 1)], axis=1)
    size = np.hypot(slope[:, 0], slope[:, 1])[:, None]
    return spots, slope / np.where(size > 0, size, 1.0)


class _OnScreen:
    """What the drawings here have in common: their outlines, in pixels, are worked out when they are drawn."""

    def outlines(self) -> list[np.ndarray]:
        raise NotImplementedError

    def get_datalim(self, transData: Any) -> Any:
        from matplotlib.transforms import Bbox

        return Bbox.null()

    def draw(self, renderer: Any) -> None:
        self.set_verts(self.outlines())  # type: ignore[attr-defined]
        super().draw(renderer)  # type: ignore[misc]
        self.stale = False

    def get_window_extent(self, renderer: Any = None) -> Any:
        from matplotlib.transforms import Bbox

        lines = [line for line in self.outlines() if len(line)]
        return Bbox.from_extents(
            *np.min([line.min(axis=0) for line in lines], axis=0),
            *np.max([line.max(axis=0) for line in lines], axis=0),
        )


class Strokes(_OnScreen, LineCollection):
    """Lines beside links. `shift` points to the left of the curve; `part` of it, (0, 1) is all.

    `which` are the indices of the links among the curves, one for each line.
    """

    def __init__(
        self,
        curves: Curves,
        which: np.ndarray,
        shift: Any = 0.0,
        part: Any = (0.0, 1.0),
        **style: Any,
    ) -> None:
        self.curves = curves
        self.which = np.asarray(which, dtype=np.intp)
        self.shift = np.broadcast_to(np.asarray(shift, float), self.which.shape)
        self.part = np.broadcast_to(np.asarray(part, float), (len(self.which), 2))
        super().__init__([], transform=IdentityTransform(), **style)
        curves.ax.add_collection(self, autolim=False)

    def outlines(self) -> list[np.ndarray]:
        return self.curves.lines(self.shift, self.part, self.which)


class Marks(_OnScreen, PolyCollection):
    """Shapes on links, in points: chevrons, turned into their direction; signs, `upright`."""

    def __init__(
        self,
        curves: Curves,
        which: np.ndarray,
        share: Any,
        shift: Any,
        shapes: list[np.ndarray],
        upright: bool = False,
        **style: Any,
    ) -> None:
        self.curves, self.upright = curves, upright
        self.which = np.asarray(which, dtype=np.intp)
        self.share = np.broadcast_to(np.asarray(share, float), self.which.shape)
        self.shift = np.broadcast_to(np.asarray(shift, float), self.which.shape)
        self.shapes = shapes
        super().__init__([], transform=IdentityTransform(), **style)
        curves.ax.add_collection(self, autolim=False)

    def outlines(self) -> list[np.ndarray]:
        positions, along = self.curves.spots(self.shift, self.share, self.which)
        unit = self.curves.unit()
        outlines = []
        for spot, (a, b), shape in zip(positions, along, self.shapes, strict=True):
            if self.upright:
                a, b = 1.0, 0.0
            outlines.append(spot + unit * (shape @ np.array([[a, b], [-b, a]])))
        return outlines


class Shapes(_OnScreen, PolyCollection):
    """Shapes in points around positions in data coordinates: halves of neurons, bars, gates."""

    def __init__(
        self, ax: Axes, anchors: np.ndarray, shapes: list[np.ndarray], **style: Any
    ) -> None:
        self._axes = ax
        self.anchors = np.asarray(anchors, float).reshape(-1, 2)
        self.shapes = shapes
        super().__init__([], transform=IdentityTransform(), **style)
        ax.add_collection(self, autolim=False)

    def outlines(self) -> list[np.ndarray]:
        unit = self._axes.figure.dpi / 72.0
        spots = self._axes.transData.transform(self.anchors)
        return [spot + unit * shape for spot, shape in zip(spots, self.shapes, strict=True)]


def disc(radius: float, first: float = 0.0, last: float = 360.0, steps: int = 40) -> np.ndarray:
    """A disc around 0, or the part of it between two angles (its chord closes it)."""
    angle = np.radians(np.linspace(first, last, steps))
    return np.asarray(radius * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def box(left: float, low: float, right: float, high: float) -> np.ndarray:
    """A rectangle by its corners."""
    return np.array([[left, low], [right, low], [right, high], [left, high]])


def chevron(size: float, forward: bool = True) -> np.ndarray:
    """A small arrow-head without a shaft, pointing along the link or back."""
    tip = size if forward else -size
    return np.array(
        [[tip, 0], [-0.4 * tip, 0.9 * size], [0.15 * tip, 0], [-0.4 * tip, -0.9 * size]]
    )


def sign_shape(size: float, value: float) -> np.ndarray:
    """A plus or a minus, as an outline."""
    a, b = size, 0.32 * size
    if value < 0:
        return box(-a, -b, a, b)
    quarter = [(a, -b), (a, b), (b, b)]  # the right arm; turned by a quarter for the others
    return np.array(
        [
            (x * cos - y * sin, x * sin + y * cos)
            for cos, sin in ((1, 0), (0, 1), (-1, 0), (0, -1))
            for x, y in quarter
        ]
    )
