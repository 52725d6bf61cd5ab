"""Links that swerve, so as not to run through a neuron that is not theirs."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.layout.outline import Positions, Wiring
from lernpy.layout.placing import COUNTABLE, positions

CLEARANCE = 0.055  # how near a long link may come to a neuron that it does not end at
ASPECT = 1.6  # pictures are about so much wider than high
BENDS = tuple(sign * size for size in (0.0, 0.09, 0.16, 0.23, 0.3, 0.38) for sign in (1, -1))[1:]


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
