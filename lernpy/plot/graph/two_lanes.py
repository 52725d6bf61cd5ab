"""The two lanes of a link: signal above, forward; blame below, back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lernpy import theme


class Active(NamedTuple):
    """What a step works on: these light up. `links`: index of the link -> how far it has come."""

    neurons: frozenset[int] = frozenset()
    links: Mapping[int, float] = {}
    back: bool = False


class Lane(NamedTuple):
    """A lane: which numbers, on which side, which way."""

    quantity: str
    side: float  # +1: above, -1: below
    forward: bool


SIGNAL = Lane("signal", 1.0, True)
BLAME = Lane("blame", -1.0, False)


def lane_shift(width: np.ndarray, scale: float, side: float) -> np.ndarray:
    """How far the middle of a lane is from the middle of its link: the gap stays free."""
    return side * (0.5 * theme.LANE_GAP * scale + 0.5 * width)


def lit_part(active: Active, link: int, lane: Lane) -> tuple[float, float]:
    """All of a lane, or as far as the colour has spread from the sending end."""
    progress = active.links.get(link, 1.0)
    if active.back == lane.forward:
        progress = 1.0
    return (0.0, progress) if lane.forward else (1.0 - progress, 1.0)
