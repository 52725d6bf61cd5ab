"""One set of names for the maths of a single number, of NumPy arrays and of CuPy arrays.

A table entry is written once, as a factory over such a set, here called ``m``:

    def sigmoid(m):
        return lambda z: 0.5 * m.tanh(0.5 * z) + 0.5, lambda z, y: y * (1 - y) + TINY

With `scalar` it becomes a function of Python floats (a NumPy call on one number costs more than
the whole of a link's work), with ``numpy`` a function of arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

TINY = 1.2e-38
"""Just above the smallest normal float32: keeps a saturated slope from being 0 and a quotient from 0/0."""


class Scalar:
    """The names of NumPy that table entries use, for one Python float."""

    pi = math.pi
    tanh = staticmethod(math.tanh)
    abs = staticmethod(abs)

    def __getattr__(self, name: str) -> NoReturn:
        known = ", ".join(sorted(key for key in vars(Scalar) if not key.startswith("_")))
        numpys = f"; np.{name} works, too" if hasattr(np, name) else ""
        raise AttributeError(f"m has no {name}, but {known}{numpys}")

    @staticmethod
    def exp(x: float) -> float:
        """e^x, and infinity where Python would raise."""
        return math.inf if x > 709.782712893384 else math.exp(x)

    @staticmethod
    def log(x: float) -> float:
        """ln x, with -infinity at 0 and NaN below, as NumPy has it."""
        return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)

    @staticmethod
    def log1p(x: float) -> float:
        """ln(1 + x), with -infinity at -1 and NaN below."""
        return math.log1p(x) if x > -1 else (-math.inf if x == -1 else math.nan)

    @staticmethod
    def sqrt(x: float) -> float:
        """The square root, NaN below 0."""
        return math.sqrt(x) if x >= 0 else math.nan

    @staticmethod
    def where(condition: bool, a: float, b: float) -> float:
        return a if condition else b

    @staticmethod
    def maximum(a: float, b: float) -> float:
        """The larger; NaN if either is NaN."""
        return a if a > b or a != a else b

    @staticmethod
    def minimum(a: float, b: float) -> float:
        """The smaller; NaN if either is NaN."""
        return a if a < b or a != a else b

    @staticmethod
    def sign(x: float) -> float:
        """-1, 0 or 1; NaN for NaN."""
        return 1.0 if x > 0 else -1.0 if x < 0 else x * 0.0


scalar = Scalar()


PROBE = np.array([[0.6, 0.3, 0.45], [0.35, 0.8, 0.5], [0.7, 0.4, 0.9]])
"""A row for each argument: in no column do two agree, none is in order, no sum is 0."""


def arrays(function: Callable[..., Any], arity: int) -> Callable[..., Any]:
    """`function` if it takes NumPy arrays as it stands, else a version that goes number by number.

    A user's entry may be written for single numbers alone (``if``, ``math.exp``), or add up what
    it is handed (``np.sum``, of one number that number): then this keeps it right, if slow.
    """
    probes = PROBE[:arity]
    try:
        with np.errstate(all="ignore"):
            together = function(*probes)
            alone = [function(*numbers) for numbers in probes.T.tolist()]
        if np.shape(together) == probes[0].shape and np.allclose(together, alone, equal_nan=True):
            return function
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        pass
    return np.vectorize(function, otypes=[float])
