"""A network in time: a column is a step, with inputs below, outputs above and its cell between them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lernpy.layout.outline import Positions, Wiring
from lernpy.text import step_of

BELOW, INNER, ABOVE = 0.14, (0.3, 0.78), 0.96  # heights in a step: inputs, what is within, outputs
DOWN = 0.1  # every other input, or output, of one step stands so much lower
OPEN = (2.0, 4.0)  # columns that an open step takes: least, most; a folded one takes 1


def is_in_time(names: Iterable[str]) -> bool:
    """Whether these are the neurons of several steps: h1@1, h1@2.

    >>> is_in_time(["x@1", "x@2", "bias"]), is_in_time(["x", "y"])
    (True, False)
    """
    steps = {step for _, step in map(step_of, names) if step is not None}
    return len(steps) > 1


class Timetable(NamedTuple):
    """Where the neurons of a network in time stand: in which step, how far into it, how high.

    All lists have an entry for each neuron. Inputs below, outputs above, what is within between them: the
    cell. What belongs to no step stands in a column of its own, before the first.
    """

    names: tuple[str, ...]
    steps: list[int | None]
    shares: list[float]  # of the breadth of an open step, 0 to 1
    asides: list[float]  # columns to the right, where a step has several inputs or outputs
    heights: list[float]
    inside: list[bool]  # whether it is part of a cell
    columns: list[tuple[int | None, float, float]]  # each step, its breadth folded, and open

    def edges(self, opened: Container[int | None]) -> dict[int | None, tuple[float, float]]:
        """Where each step begins, from the left edge, and how broad it is."""
        broad = [open_ if step in opened else folded for step, folded, open_ in self.columns]
        starts = np.cumsum([0.0, *broad])
        return {
            step: (float(start), wide)
            for (step, _, _), start, wide in zip(self.columns, starts, broad, strict=False)
        }

    def spots(self, opened: Container[int | None]) -> list[tuple[float, float]]:
        """Columns to the right, and the height, of each neuron; in a folded step all is in the middle."""
        edges = self.edges(opened)
        lists = zip(self.steps, self.shares, self.asides, self.heights, strict=True)
        return [
            (
                edges[step][0] + edges[step][1] / 2 + (share - 0.5) * (edges[step][1] - 1) + aside,
                height,
            )
            for step, share, aside, height in lists
        ]


def timetable(wiring: Wiring) -> Timetable:
    """The timetable of a network that is in time."""
    bases = [step_of(name) for name in wiring.names]
    steps = [step for _, step in bases]
    below = wiring.fixed & (wiring.incoming() == 0) & np.array([s is None or s > 0 for s in steps])
    above = wiring.fixed & (wiring.incoming() > 0)
    inside = ~(wiring.bias | below | above) & np.array([step is not None for step in steps])
    depth = _depths(wiring, steps)
    deepest = max(depth.values(), default=1) or 1
    rows = _rows(bases, depth, inside)
    shares = [
        0.5 if step is None else 0.0 if low else depth[base] / deepest
        for (base, step), low in zip(bases, below, strict=True)
    ]
    _spread_the_start(steps, shares)
    heights, asides = [], [0.0] * len(steps)
    for index, (base, _) in enumerate(bases):
        row, count = rows.get(base, (0, 1))
        inner = INNER[1] - (INNER[1] - INNER[0]) * ((row + 0.5) / count)
        heights.append(
            ABOVE if above[index] else inner if inside[index] else BELOW * (not wiring.bias[index])
        )
    for ends in (below, above):
        for step in set(steps):
            here = [index for index in np.flatnonzero(ends).tolist() if steps[index] == step]
            for nth, index in enumerate(here):
                asides[index] = (nth - (len(here) - 1) / 2) * min(0.4, 0.8 / len(here))
                heights[index] -= DOWN * (nth % 2)
    held = bool(below[[step is None for step in steps]].any())
    breadth = float(np.clip(0.65 * deepest, *OPEN))
    columns: list[tuple[int | None, float, float]] = [
        (None, 1.0, 1.0) if held else (None, 0.4, 1.0)
    ]
    for step in sorted({step for step in steps if step is not None}):
        columns.append((step, 1.0, breadth if step > 0 else OPEN[0]))
    return Timetable(wiring.names, steps, shares, asides, heights, inside.tolist(), columns)


def _spread_the_start(steps: Sequence[int | None], shares: list[float]) -> None:
    """What is there before the first step takes the whole breadth of its column."""
    early = [index for index, step in enumerate(steps) if step is not None and step < 1]
    low, high = (f((shares[index] for index in early), default=0.0) for f in (min, max))
    for index in early:
        shares[index] = (shares[index] - low) / (high - low) if high > low else 0.5


def positions_in_time(wiring: Wiring) -> Positions:
    """Step by step from left to right, each of them open; biases at the foot."""
    table = timetable(wiring)
    where = dict(zip(table.names, table.spots(table.steps), strict=True))
    return spread(where)


def _depths(wiring: Wiring, steps: list[int | None]) -> dict[str, int]:
    """How deep in its step each neuron of the cell stands: the longest path that stays in the step."""
    depth = np.zeros(len(steps), int)
    order = np.argsort(wiring.generation[wiring.links[:, 1]], kind="stable")
    for start, end in wiring.links[order].tolist():
        if steps[start] == steps[end] is not None:
            depth[end] = max(depth[end], depth[start] + 1)
    depths: dict[str, int] = {}
    for name, own in zip(wiring.names, depth.tolist(), strict=True):
        base = step_of(name)[0]
        depths[base] = max(own, depths.get(base, 0))
    return depths


def _rows(
    bases: list[tuple[str, int | None]], depth: Mapping[str, int], inner: np.ndarray
) -> dict[str, tuple[int, int]]:
    """For each inner neuron of the cell its row among those that are as deep, and how many these are."""
    names = dict.fromkeys(base for (base, _), own in zip(bases, inner, strict=True) if own)
    by_depth: dict[int, list[str]] = {}
    for name in names:
        by_depth.setdefault(depth[name], []).append(name)
    return {name: (row, len(of)) for of in by_depth.values() for row, name in enumerate(of)}


def spread(where: Positions) -> Positions:
    """The same, x from 0 to 1."""
    xs = [x for x, _ in where.values()]
    low, span = min(xs), max(max(xs) - min(xs), 1e-9)
    return {name: (round((x - low) / span, 6), round(y, 6)) for name, (x, y) in where.items()}
