"""Is a slope right? Nudge the value a little both ways and compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple


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
