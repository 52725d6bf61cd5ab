"""The maths of single numbers for compiled code; e^x and tanh are ours, so that loops become vectors."""

from __future__ import annotations

import math
from functools import cache
from types import ModuleType

from lernpy.engine.jit.machine.compiler import as_bits, as_float, fused, own
from lernpy.functions.maths import Scalar


@fused
def power_and_series(x: float) -> tuple[float, float]:
    """e^x = 2 power (1 + series) for -708 < x < 709.8, to the last place or two, without a branch.

    x = n ln 2 + r with a whole n and |r| <= ln 2 / 2; the power is 2^(n-1), made from its bits, and
    e^r - 1 comes from its series.
    """
    shifted = x * 1.4426950408889634 + 6755399441055744.0
    n = shifted - 6755399441055744.0
    r = x - n * 0.6931471803691238
    r = r - n * 1.9082149292705877e-10
    r2 = r * r
    r4 = r2 * r2
    low = (0.5 + r * (1 / 6)) + r2 * ((1 / 24) + r * (1 / 120))
    middle = ((1 / 720) + r * (1 / 5040)) + r2 * ((1 / 40320) + r * (1 / 362880))
    high = ((1 / 3628800) + r * (1 / 39916800)) + r2 * ((1 / 479001600) + r * (1 / 6227020800))
    series = r + r2 * (low + r4 * (middle + r4 * high))
    power: float = as_float((as_bits(shifted) << 52) + 4602678819172646912)
    return power, series


@fused
def exp_(x: float) -> float:
    """e^x; infinity above 709.78, 0 below -708."""
    near = 709.79 if x > 709.79 else (-708.0 if x < -708.0 else x)
    power, series = power_and_series(near)
    y = 2.0 * (power * series + power)
    return (math.inf if x > 709.782712893384 else y) if x >= -708.0 or x != x else 0.0


@fused
def tanh_of_half_(x: float) -> float:
    """The hyperbolic tangent of x / 2: (e^x - 1) / (e^x + 1)."""
    near = 40.0 if x > 40.0 else (-40.0 if x < -40.0 else x)
    power, series = power_and_series(near)
    return (power * series + (power - 0.5)) / (power * series + (power + 0.5))


@fused
def tanh_(x: float) -> float:
    """The hyperbolic tangent."""
    return tanh_of_half_(2.0 * x)


# ---- the same names as NumPy's, for entries that are compiled as they stand --------------------------


@own
def _exp(x: float) -> float:
    return exp_(x)


@own
def _tanh(x: float) -> float:
    return tanh_(x)


@own
def _abs(x: float) -> float:
    return abs(x)


@cache
def maths() -> ModuleType:
    """The maths of single numbers, as a module (the only kind of object that numba looks into)."""
    module = ModuleType("scalars")
    for name in ("sqrt", "log1p", "expm1", "log", "sin", "cos", "floor", "ceil", "pi"):
        setattr(module, name, getattr(math, name))
    module.__dict__.update(tanh=_tanh, exp=_exp, abs=_abs)
    for name in ("where", "maximum", "minimum", "sign"):
        setattr(module, name, own(getattr(Scalar, name)))
    return module
