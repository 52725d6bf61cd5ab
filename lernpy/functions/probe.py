"""Is a slope right? Nudge the value a little both ways and compare. Are two entries one and the same?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple


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
