"""By generation, from left to right, any DAG."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.layout.outline import Positions, Wiring
from lernpy.layout.steps import is_in_time, positions_in_time

FOLDED = 48  # a generation with more neurons becomes a block of rows, as the pixels of an image
BIAS_ROOM = (0.1, 0.4)  # the foot of the picture, where the biases stand: least, most
STAGGER = 0.4  # a neuron that is alone in its generation makes way for the links that pass it
SWEEPS = 6
COUNTABLE = 1500  # up to so many links the crossings are counted, and the best order is kept


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
        return positions_in_time(wiring)
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
        _set_biases(wiring, number, left + breadth / 2, x)
        left += breadth + 1.0
    x /= max(left - 1.0, 1.0)
    return {
        name: (round(float(a), 6), round(float(b), 6))
        for name, a, b in zip(wiring.names, x, y, strict=True)
    }


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


def _set_biases(wiring: Wiring, number: int, x: float, into: np.ndarray) -> None:
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
