"""The maths of a softmax group, for lists of numbers (or of terms to print) and for whole arrays.

A share is p = e^z / sum of all e^z. Some losses also ask for its rest, 1 - p. For a member that holds
more than half, the winner, that difference cancels; its rest is what the others hold, added up. The
shares that the others would have without the winner say who gains what it gives away.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import inf
from operator import add
from typing import Any

from lernpy.functions.maths import TINY


def shares(m: Any, totals: Sequence[Any]) -> list[Any]:
    """The shares, and ln of the whole; the largest z is taken off first, so e^z cannot overflow.

    >>> from lernpy.functions.maths import scalar
    >>> shares(scalar, [1000.0, 0.0])
    [1.0, 0.0, 1000.0]
    """
    largest, exp = reduce(m.maximum, totals), m.exp
    powers = [exp(z - largest) for z in totals]
    whole = reduce(add, powers)
    return [*(power / whole for power in powers), largest + m.log(whole)]


def mixed(m: Any, outputs: Sequence[Any], blames: Sequence[Any]) -> list[Any]:
    """Deltas: p s - p sum(p s), for raising one z takes from all the other shares.

    TINY keeps the product exact where p has vanished and s has grown without bound.
    """
    parts = [(p + TINY) * s for p, s in zip(outputs, blames, strict=True)]
    whole = reduce(add, parts)
    return [part - p * whole for part, p in zip(parts, outputs, strict=True)]


# ---- with the rests ------------------------------------------------------------------------------


def rests(m: Any, outputs: Sequence[Any]) -> list[Any]:
    """1 - p of each.

    >>> from lernpy.functions.maths import scalar
    >>> rests(scalar, [1.0, 4e-18, 2e-35])
    [4e-18, 1.0, 1.0]
    """
    others = reduce(add, [m.where(p > 0.5, 0.0, p) for p in outputs])
    return [m.where(p > 0.5, others, 1.0 - p) for p in outputs]


def without_winner(m: Any, totals: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """The shares that all others have without the winner (which has 0), and ln of their whole."""
    pairs = list(zip(totals, outputs, strict=True))
    largest = reduce(m.maximum, [m.where(p > 0.5, -inf, z) for z, p in pairs])
    powers = [m.where(p > 0.5, 0.0, m.exp(m.minimum(z - largest, 0.0))) for z, p in pairs]
    whole = reduce(add, powers)
    return [*(power / whole for power in powers), largest + m.log(whole)]


def leads(m: Any, totals: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """ln p - ln(1 - p) of each: by how much its z leads the others together, as a sigmoid's z leads 0.

    >>> from lernpy.functions.maths import scalar
    >>> leads(scalar, [1000.0, 0.0, -1000.0], [1.0, 0.0, 0.0])
    [1000.0, -1000.0, -2000.0]
    """
    log_sum, log_others = shares(m, totals)[-1], without_winner(m, totals, outputs)[-1]
    return [
        m.where(p > 0.5, z - log_others, z - log_sum - m.log1p(-m.minimum(p, 0.5)))
        for z, p in zip(totals, outputs, strict=True)
    ]


def mixed_apart(
    m: Any, totals: Sequence[Any], outputs: Sequence[Any], blames: Sequence[Any]
) -> list[Any]:
    """The deltas again, with the winner's product apart: p_j (p s) is p_j / (1 - p) times p (1 - p) s.

    The first factor is what j has without the winner; the second stays small however large s is.
    """
    *others, _ = without_winner(m, totals, outputs)
    parts = [(p + TINY) * s for p, s in zip(outputs, blames, strict=True)]
    kept = [part * (rest + TINY) for part, rest in zip(parts, rests(m, outputs), strict=True)]
    handed = reduce(add, [m.where(p > 0.5, x, 0.0) for p, x in zip(outputs, kept, strict=True)])
    whole = reduce(add, [m.where(p > 0.5, 0.0, x) for p, x in zip(outputs, parts, strict=True)])
    return [
        m.where(p > 0.5, held, part) - p * whole - other * handed
        for p, held, part, other in zip(outputs, kept, parts, others, strict=True)
    ]


def rows(array: Any) -> list[Any]:
    """An array whose first axis is the members, as the functions above take it."""
    return [array[member] for member in range(len(array))]


FUNCTIONS = {function.__name__: function for function in (shares, mixed, rests, leads, mixed_apart)}
