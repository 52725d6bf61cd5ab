"""Positions: where each neuron stands in a picture. From left to right by generation, any DAG.

>>> import lernpy
>>> where = positions(lernpy.build.by_hand())
>>> where["x"], where["y"]
((0.0, 0.666667), (1.0, 0.666667))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from lernpy.structure import structure_of
from lernpy.text import step_of

Positions = dict[str, tuple[float, float]]

FOLDED = 48  # a generation with more neurons becomes a block of rows, as the pixels of an image
BIAS_ROOM = (0.1, 0.4)  # the foot of the picture, where the biases stand: least, most
STAGGER = 0.4  # a neuron that is alone in its generation makes way for the links that pass it
SWEEPS = 6
COUNTABLE = 1500  # up to so many links the crossings are counted, and the best order is kept
CLEARANCE = 0.055  # how near a long link may come to a neuron that it does not end at
ASPECT = 1.6  # pictures are about so much wider than high
BENDS = tuple(sign * size for size in (0.0, 0.09, 0.16, 0.23, 0.3, 0.38) for sign in (1, -1))[1:]


class Wiring(NamedTuple):
    """What a layout needs to know of a network: names and index arrays."""

    names: tuple[str, ...]
    links: np.ndarray  # (n_links + n_factors, 2) from, to; those of products come last
    generation: np.ndarray  # (n,)
    fixed: np.ndarray  # (n,) bool: keeps its declared order: inputs and outputs
    rank: np.ndarray  # (n,) the declared order; among inputs, and among outputs, as they are listed
    bias: np.ndarray  # (n,) bool
    n_links: int

    @classmethod
    def of(cls, source: Any) -> Wiring:
        """From a `Network`, or from a `Frame` or whatever else has its arrays.

        Biases move to the generation before their first target.
        """
        wires = source if hasattr(source, "generation") else structure_of(source).wires
        count = len(wires.names)
        links = np.asarray(wires.links, dtype=np.intp).reshape(-1, 2)
        pairs = [(factor, index) for index, *factors in wires.products for factor in factors]
        links = np.vstack([links, np.array(pairs, np.intp).reshape(-1, 2)])
        generation = np.array(wires.generation, dtype=np.intp)
        bias = _mask(count, wires.biases)
        for index in np.flatnonzero(bias):
            targets = generation[links[links[:, 0] == index, 1]]
            generation[index] = max(int(targets.min()) - 1, 0) if len(targets) else 0
        rank = np.arange(count)
        for ends in (list(wires.inputs), list(wires.outputs)):
            rank[ends] = np.sort(ends)
        fixed = _mask(count, [*wires.inputs, *wires.outputs]) & ~bias
        count = len(links) - len(pairs)
        return cls(tuple(wires.names), links, generation, fixed, rank, bias, count)

    def incoming(self) -> np.ndarray:
        """(n,) how many links lead to each neuron: none to inputs and biases."""
        return np.bincount(self.links[:, 1], minlength=len(self.names))


def _mask(count: int, indices: Any) -> np.ndarray:
    mask = np.zeros(count, dtype=bool)
    mask[list(indices)] = True
    return mask


def columns(source: Any) -> list[list[str]]:
    """The names in each generation, from top to bottom; the biases last."""
    wiring = source if isinstance(source, Wiring) else Wiring.of(source)
    rows = _ordered(wiring)
    return [
        [wiring.names[i] for i in row]
        + [wiring.names[i] for i in np.flatnonzero(wiring.bias & (wiring.generation == number))]
        for number, row in enumerate(rows)
    ]


def positions(source: Any, folded: int = FOLDED) -> Positions:
    """A position (x, y) for each neuron of a network or a frame; equal wiring, equal positions.

    x runs from 0 (the first generation) to 1 (the last), y from 0 (the foot, where the biases
    stand) to 1. Inputs and outputs keep their declared order, from top to bottom; the neurons
    between them are ordered so that few links cross. A generation of more than `folded` neurons
    becomes a block, row by row: 784 inputs stand as the image they are. Of a network in time a column is a
    step: inputs below, outputs above, and in each step every neuron stands as in the others.
    """
    wiring = Wiring.of(source)
    if is_in_time(wiring.names):
        return _in_time(wiring)
    rows = _ordered(wiring)
    blocks = [rows_and_columns(len(row), folded) for row in rows]
    height = max(high for high, _ in blocks)
    foot = float(np.clip(1.0 / max(height, 3), *BIAS_ROOM)) if wiring.bias.any() else 0.0
    passed = _passed(wiring, len(rows))
    x, y = np.zeros(len(wiring.names)), np.zeros(len(wiring.names))
    left = 0.0
    for number, (row, (high, wide)) in enumerate(zip(rows, blocks, strict=True)):
        breadth = 0.8 if wide > 1 else 0.0
        here = np.arange(len(row))
        x[row] = left + breadth * (here % wide) / max(wide - 1, 1)
        y[row] = _heights(here // wide, high, height, foot)
        if len(row) == 1 and passed[number]:
            y[row] += (1.0 - foot) * (STAGGER if number % 2 else -STAGGER)
        _place_biases(wiring, number, left + breadth / 2, x)
        left += breadth + 1.0
    x /= max(left - 1.0, 1.0)
    return {
        name: (round(float(a), 6), round(float(b), 6))
        for name, a, b in zip(wiring.names, x, y, strict=True)
    }


# ---- networks in time ---------------------------------------------------------------------------

BELOW, INNER, ABOVE = 0.14, (0.3, 0.78), 0.96  # heights in a step: inputs, what is within, outputs
STEP_WIDTH = 0.8  # of the distance from one step to the next


def is_in_time(names: Iterable[str]) -> bool:
    """Whether these are the neurons of several steps: h1@1, h1@2.

    >>> is_in_time(["x@1", "x@2", "bias"]), is_in_time(["x", "y"])
    (True, False)
    """
    steps = {step for _, step in map(step_of, names) if step is not None}
    return len(steps) > 1


def _in_time(wiring: Wiring) -> Positions:
    """Step by step from left to right; what belongs to no step stands at the left, biases at the foot."""
    bases = [step_of(name) for name in wiring.names]
    first = min(step for _, step in bases if step is not None)
    ends = wiring.fixed & (wiring.incoming() == 0), wiring.fixed & (wiring.incoming() > 0)
    depth = _depths(wiring, [step for _, step in bases])
    rows = _rows(bases, depth, ~(wiring.bias | ends[0] | ends[1]))
    deepest = max(depth.values(), default=1)
    where: Positions = {}
    for index, (base, step) in enumerate(bases):
        at = STEP_WIDTH * depth.get(base, 0) / max(deepest, 1)
        x = (first - 0.2 if step is None else float(step)) + (0.0 if ends[0][index] else at)
        if wiring.bias[index]:
            where[wiring.names[index]] = x, 0.0
            continue
        low, high = INNER
        row, count = rows.get(base, (0, 1))
        inner = high - (high - low) * ((row + 0.5) / count)
        y = BELOW if ends[0][index] else ABOVE if ends[1][index] else inner
        where[wiring.names[index]] = x, y
    return _spread(where)


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


def _spread(where: Positions) -> Positions:
    """x from 0 to 1."""
    xs = [x for x, _ in where.values()]
    low, span = min(xs), max(max(xs) - min(xs), 1e-9)
    return {name: (round((x - low) / span, 6), round(y, 6)) for name, (x, y) in where.items()}


# ---- by generation ------------------------------------------------------------------------------


def _passed(wiring: Wiring, count: int) -> np.ndarray:
    """(count,) bool: whether a link passes a generation without ending there."""
    inner = wiring.links[~wiring.bias[wiring.links[:, 0]]]
    opened = np.bincount(wiring.generation[inner[:, 0]] + 1, minlength=count + 1)
    closed = np.bincount(wiring.generation[inner[:, 1]], minlength=count + 1)
    return np.asarray(np.cumsum(opened[:count] - closed[:count]) > 0)


def rows_and_columns(count: int, folded: int = FOLDED) -> tuple[int, int]:
    """Rows and columns of a generation of so many neurons."""
    if count <= folded:
        return max(count, 1), 1
    wide = int(np.ceil(np.sqrt(count)))
    return -(-count // wide), wide


def _heights(row: np.ndarray, high: int, highest: int, foot: float) -> np.ndarray:
    """Even steps around the middle; small generations spread more than their share."""
    span = np.sqrt((high - 1) / max(highest - 1, 1))
    share = row / max(high - 1, 1) - (0.5 if high > 1 else 0.0)
    return np.asarray(foot + (1.0 - foot) * (0.5 - span * share))


def _place_biases(wiring: Wiring, number: int, x: float, into: np.ndarray) -> None:
    """Biases stand side by side at the foot of their generation."""
    here = np.flatnonzero(wiring.bias & (wiring.generation == number))
    into[here] = x + min(0.25, 0.75 / max(len(here), 1)) * np.arange(len(here))


def _ordered(wiring: Wiring) -> list[np.ndarray]:
    """For each generation its neurons (no biases) from top to bottom."""
    count = int(wiring.generation.max(initial=0)) + 1
    free = ~wiring.bias
    rows = [np.flatnonzero(free & (wiring.generation == number)) for number in range(count)]
    rows = [row[np.argsort(wiring.rank[row])] for row in rows]
    links = wiring.links[free[wiring.links[:, 0]]]
    best, least = rows, _crossings(rows, links, wiring)
    for sweep in range(SWEEPS):
        if least == 0:
            break
        rows = _sweep(rows, links, wiring, forward=sweep % 2 == 0)
        crossings = _crossings(rows, links, wiring)
        if crossings < least:
            best, least = rows, crossings
    return best


def _sweep(
    rows: list[np.ndarray], links: np.ndarray, wiring: Wiring, forward: bool
) -> list[np.ndarray]:
    """Sort each generation by the mean height of its neighbours behind (or ahead)."""
    height = _row_heights(rows, len(wiring.names))
    near, far = (1, 0) if forward else (0, 1)
    rows = list(rows)
    for number in range(len(rows))[:: 1 if forward else -1]:
        row = rows[number]
        mine = links[wiring.generation[links[:, near]] == number]
        if len(row) < 2 or not len(mine):
            continue
        count = np.bincount(mine[:, near], minlength=len(height))
        total = np.bincount(mine[:, near], height[mine[:, far]], minlength=len(height))
        wish = np.where(count > 0, total / np.maximum(count, 1), height)[row]
        rows[number] = row = _sorted(row, np.round(wish, 9), wiring.fixed[row])
        height[row] = _shares(len(row))
    return rows


def _sorted(row: np.ndarray, wish: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """By wish; the fixed ones keep their order among themselves."""
    order = np.argsort(wish, kind="stable")
    result = row[order]
    result[fixed[order]] = row[fixed]
    return result


def _row_heights(rows: list[np.ndarray], count: int) -> np.ndarray:
    height = np.zeros(count)
    for row in rows:
        height[row] = _shares(len(row))
    return height


def _shares(count: int) -> np.ndarray:
    return (np.arange(count) + 0.5) / max(count, 1)


def _crossings(rows: list[np.ndarray], links: np.ndarray, wiring: Wiring) -> float:
    """How many pairs of links cross; for large nets the length of the links in height instead."""
    height = _row_heights(rows, len(wiring.names))
    a, b = height[links[:, 0]], height[links[:, 1]]
    if len(links) > COUNTABLE:
        return float(np.abs(a - b).sum())
    start, end = wiring.generation[links[:, 0]], wiring.generation[links[:, 1]]
    crossing = 0
    for i in range(len(links)):
        same = (start[i + 1 :] == start[i]) & (end[i + 1 :] == end[i])
        crossing += int((same & ((a[i + 1 :] - a[i]) * (b[i + 1 :] - b[i]) < 0)).sum())
    return crossing


def bends(source: Any, where: Positions | None = None) -> dict[tuple[str, str], float]:
    """How far long links must swerve so as not to run through a neuron that is not theirs.

    A link with bend b runs straight in x, and in y along ``straight + 4 b t (1 - t)`` for t from
    0 to 1. Only links that need it are in the result.

    >>> import lernpy
    >>> bends(lernpy.layered([2, 1, 1], skip=True, bias=False, seed=0))
    {}
    """
    wiring = Wiring.of(source)
    where = positions(source) if where is None else where
    spots = np.array([where[name] for name in wiring.names])
    span = wiring.generation[wiring.links[:, 1]] - wiring.generation[wiring.links[:, 0]]
    long = np.flatnonzero(span[: wiring.n_links] > 1)
    if len(long) * len(spots) > 60 * COUNTABLE:
        return {}
    bends = {}
    for start, end in wiring.links[long]:
        bend = _bend(spots, int(start), int(end))
        if bend:
            bends[wiring.names[start], wiring.names[end]] = bend
    return bends


def _bend(spots: np.ndarray, start: int, end: int) -> float:
    """The smallest bend that keeps clear of the others, or the one that keeps the farthest."""
    (x0, y0), (x1, y1) = spots[start], spots[end]
    between = (spots[:, 0] > min(x0, x1) + 1e-9) & (spots[:, 0] < max(x0, x1) - 1e-9)
    others = spots[between]
    if not len(others):
        return 0.0
    t = np.linspace(0, 1, 33)[:, None, None]
    curve_y = y0 + t * (y1 - y0) + 4 * np.array(BENDS)[:, None] * t * (1 - t)
    away = np.hypot(
        ASPECT * (x0 + t * (x1 - x0) - others[:, 0]), curve_y - others[:, 1]
    )  # (steps, bends, others)
    room = away.min(axis=(0, 2))
    clear = np.flatnonzero(room >= 1.6 * CLEARANCE)
    return float(BENDS[clear[0] if len(clear) else int(room.argmax())])
