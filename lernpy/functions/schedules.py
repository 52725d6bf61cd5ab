"""Rate schedules: what the learning rate is multiplied by in each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable

from lernpy.registry import Registry

Schedule = Callable[[int, int], float]
"""``(epoch, epochs) -> factor``; epochs count from 0, `epochs` is how many there will be."""

SCHEDULES: Registry[Schedule] = Registry("schedule")


def schedule(name: str) -> Callable[[Schedule], Schedule]:
    """Put a schedule into the table."""

    def enter(entry: Schedule) -> Schedule:
        SCHEDULES.add(name, entry)
        return entry

    return enter


def get(name: str | Schedule) -> Schedule:
    """The entry of that name; a function is returned as it is.

    >>> from lernpy import schedules
    >>> [round(schedules.get("step")(epoch, 6), 3) for epoch in range(6)]
    [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    """
    return name if callable(name) else SCHEDULES[name]


@schedule("constant")
def constant(epoch: int, epochs: int) -> float:
    """The rate stays."""
    return 1.0


@schedule("step")
def step(epoch: int, epochs: int) -> float:
    """A tenth of it after a third of the epochs, a hundredth after two thirds."""
    return float(0.1 ** (3 * epoch // epochs))


@schedule("exponential")
def exponential(epoch: int, epochs: int) -> float:
    """The same share is lost in each epoch, down to a hundredth at the end."""
    return float(0.01 ** (epoch / epochs))


@schedule("cosine")
def cosine(epoch: int, epochs: int) -> float:
    """Half a cosine wave: slow at first, fast in the middle, slow again near 0 (Loshchilov and Hutter 2017)."""
    return 0.5 * (1.0 + math.cos(math.pi * epoch / epochs))
