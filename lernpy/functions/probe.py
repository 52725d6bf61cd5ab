"""Is a slope right? Nudge the value a little both ways and compare. Are two entries the same? Is it one?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, nan
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from lernpy.errors import LernpyError
from lernpy.functions.maths import scalar
from lernpy.text import shown

Function = Callable[..., Any]


class SlopeReport(NamedTuple):
    """What a slope check found: the worst place, and both numbers there."""

    name: str
    ok: bool
    point: float
    claimed: float
    measured: float
    points: int

    def __str__(self) -> str:
        if self.ok:
            return f"{self.name}: slope right at all of {self.points} points"
        return (
            f"{self.name}: at {self.point:g} the slope says {self.claimed:.6g}, "
            f"but nudging says {self.measured:.6g}"
        )


def compare_slopes(
    name: str,
    value: Callable[[float], float],
    slope: Callable[[float], float],
    points: Sequence[float],
    tolerance: float,
) -> SlopeReport:
    """Central differences of `value` against `slope` at each place; the worst one is reported."""
    worst = (-1.0, 0.0, 0.0, 0.0)
    for point in points:
        nudge = 1e-5 * max(1.0, abs(point))
        measured = (value(point + nudge) - value(point - nudge)) / (2 * nudge)
        claimed = slope(point)
        error = abs(claimed - measured) / max(1.0, abs(claimed))
        error = error if error == error else inf  # a NaN is the worst of all
        if error > worst[0]:
            worst = (error, point, claimed, measured)
    return SlopeReport(name, worst[0] <= tolerance, *worst[1:], len(points))


def is_the_same(entry: Any, other: Any) -> bool:
    """Whether two activations, losses or optimisers of one name give the same numbers.

    >>> from lernpy import activations
    >>> ours = activations.get("relu")
    >>> is_the_same(ours, type(ours)("relu", ours.factory))
    True
    >>> is_the_same(ours, type(ours)("relu", activations.get("tanh").factory))
    False
    """
    if entry.factory is other.factory:
        return True
    if hasattr(entry, "options") and entry.options.keys() == other.options.keys():
        other = other.with_options(**entry.options)
    return repr(_numbers(entry)) == repr(_numbers(other))


def _numbers(entry: Any) -> list[Any]:
    """What it makes of a few numbers; an error is an answer, too."""
    points = (-2.3, -0.4, 0.0, 0.3, 0.8, 3.1)
    try:
        if hasattr(entry, "step"):
            return [entry.step(x, y, 0.1, ()) for x in points for y in points]
        if hasattr(entry, "stable"):
            pairs = [(y, t) for y in points for t in points]
            return [entry.mean, *((entry.value(*pair), entry.slope(*pair)) for pair in pairs)]
        return [(entry.value(z), entry.slope(z, entry.value(z))) for z in points]
    except Exception as error:
        return [error]


def value_and_slope(
    kind: str, name: str, factory: Any, arguments: str
) -> tuple[Function, Function]:
    """Value and slope, as the factory of an entry makes them of the maths of a number.

    >>> value_and_slope("loss", "mine", lambda m: m.abs, "y, t")
    Traceback (most recent call last):
    lernpy.errors.LernpyError: the factory of the loss 'mine' gives one function; \
it must give two, value(y, t) and slope(y, t)
    """
    try:
        made = factory(scalar)
    except TypeError as error:
        raise LernpyError(
            f"the factory of the {kind} {name!r} cannot be called with a set of maths: {error}"
        ) from error
    if not isinstance(made, tuple) or len(made) != 2 or not all(map(callable, made)):
        slope, what = (
            arguments.replace("z", "z, y"),
            "one function" if callable(made) else shown(made),
        )
        raise LernpyError(
            f"the factory of the {kind} {name!r} gives {what}; "
            f"it must give two, value({arguments}) and slope({slope})"
        )
    return made


def tried(kind: str, name: str, part: str, function: Function, *numbers: float) -> float:
    """What a function of an entry answers to numbers: a number, NaN where it is not defined."""
    call = f"{part}({', '.join(f'{number:g}' for number in numbers)})"
    try:
        answer = function(*numbers)
    except (ArithmeticError, ValueError):
        return nan
    except Exception as error:
        raise LernpyError(
            f"the {kind} {name!r} cannot be asked for {call}: {error}; write it with the functions of m"
        ) from error
    if isinstance(answer, complex):  # a root of a negative number
        return nan
    if not isinstance(answer, Real) and (
        np.ndim(answer) or np.asarray(answer).dtype.kind not in "bif"
    ):
        raise LernpyError(
            f"the {kind} {name!r} has {call} = {shown(answer)}; it must be a number for each number"
        )
    return float(answer)
