"""Initialisers: where the weights start. A bias starts at 0 and counts in no fan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lernpy.registry import Registry

Initializer = Callable[[np.random.Generator, Any, Any, int], np.ndarray]
"""``(generator, fan_in, fan_out, size) -> (size,)``; the fans are numbers or arrays of that size."""

INITIALIZERS: Registry[Initializer] = Registry("initializer")


def initializer(name: str) -> Callable[[Initializer], Initializer]:
    """Put an initialiser into the table."""

    def enter(entry: Initializer) -> Initializer:
        INITIALIZERS.add(name, entry)
        return entry

    return enter


def get(name: str | Initializer) -> Initializer:
    """The entry of that name; a function is returned as it is.

    >>> import numpy as np
    >>> from lernpy import initializers
    >>> initializers.get("zeros")(np.random.default_rng(0), 2, 3, 4)
    array([0., 0., 0., 0.])
    """
    return name if callable(name) else INITIALIZERS[name]


@initializer("uniform")
def uniform(rng: np.random.Generator, fan_in: Any, fan_out: Any, size: int) -> np.ndarray:
    """Anywhere between -0.5 and 0.5."""
    return rng.uniform(-0.5, 0.5, size)


@initializer("glorot_uniform")
def glorot_uniform(rng: np.random.Generator, fan_in: Any, fan_out: Any, size: int) -> np.ndarray:
    """Between plus and minus sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010)."""
    reach: np.ndarray = np.sqrt(6.0 / (np.asarray(fan_in) + fan_out))
    return np.asarray(rng.uniform(-1.0, 1.0, size) * reach)


@initializer("he_normal")
def he_normal(rng: np.random.Generator, fan_in: Any, fan_out: Any, size: int) -> np.ndarray:
    """Normal with standard deviation sqrt(2 / fan_in) (He, Zhang, Ren and Sun 2015)."""
    spread: np.ndarray = np.sqrt(2.0 / np.asarray(fan_in))
    return np.asarray(rng.standard_normal(size) * spread)


@initializer("normal")
def normal(rng: np.random.Generator, fan_in: Any, fan_out: Any, size: int) -> np.ndarray:
    """Normal with standard deviation 1."""
    return rng.standard_normal(size)


@initializer("zeros")
def zeros(rng: np.random.Generator, fan_in: Any, fan_out: Any, size: int) -> np.ndarray:
    """All zero: then all hidden neurons are alike and stay so, which is worth seeing once."""
    return np.zeros(size)
