"""Rate schedules: what the learning rate is multiplied by in each epoch."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lernpy.errors import LernpyError
from lernpy.registry import Registry

Schedule = Callable[[int, int], float]
"""``(done, epochs) -> factor``: how many epochs are done, and how many there will be."""

SCHEDULES: Registry[Schedule] = Registry("schedule")


def schedule(name: str) -> Callable[[Schedule], Schedule]:
    """Put a schedule into the table."""

    def enter(entry: Schedule) -> Schedule:
        SCHEDULES.add(name, entry)
        return entry

    return enter


def get(name: str | Schedule) -> Schedule:
    """The entry of that name; a function of your own is returned as it is, if it can be called so.

    >>> from lernpy import schedules
    >>> [round(schedules.get("step")(epoch, 6), 3) for epoch in range(6)]
    [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    """
    if not callable(name):
        return SCHEDULES[name]
    try:
        inspect.signature(name).bind(0, 1)
    except TypeError:
        raise LernpyError(
            f"a schedule is called as schedule(epoch, epochs), but {_called(name)} takes "
            f"{inspect.signature(name)}"
        ) from None
    except ValueError:  # written in C, it may keep to itself what it takes
        pass
    return name


def factors(schedule: Schedule, first: int, count: int, epochs: int) -> np.ndarray:
    """(count,) the factors of the epochs from `first` on, or an error that names a bad one."""
    factors = [schedule(epoch, epochs) for epoch in range(first, first + count)]
    for epoch, factor in enumerate(factors, first):
        if not _is_factor(factor):
            raise LernpyError(
                f"the schedule {_called(schedule)} says {factor!r:.60} for epoch {epoch + 1} of {epochs}; "
                "it must be a finite number of at least 0"
            )
    return np.array(factors, dtype=np.float64)


def _is_factor(value: Any) -> bool:
    try:
        return 0 <= float(value) < math.inf
    except (TypeError, ValueError, OverflowError):
        return False


def _called(schedule: Schedule) -> str:
    return getattr(schedule, "__name__", None) or type(schedule).__name__


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
