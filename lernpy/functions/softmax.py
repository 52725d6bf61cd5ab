"""The maths of a softmax group: of lists of numbers (or of terms to print), and of whole arrays.

A share is p = e^z / sum of all e^z. Some losses also ask for its rest, 1 - p. For a member that holds
more than half, the winner, that difference cancels; its rest is what the others hold, added up. The
shares that the others would have without the winner say who gains what it gives away.

Each function takes a set of maths, and for each quantity the numbers of all members: a list, an array
whose first axis is the members, or a term that stands for such an array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce, wraps
from inspect import signature
from math import inf
from typing import Any

from lernpy.functions.formula import Formula, Tracer, trace
from lernpy.functions.maths import TINY


class Each:
    """A number of each member, in formulas that are written for one.

    >>> list(2.0 * Each([1.0, 3.0]) + Each([0.5, 0.25]))
    [2.5, 6.25]
    """

    def __init__(self, numbers: Sequence[Any]) -> None:
        self.numbers = numbers

    def __iter__(self) -> Iterator[Any]:
        return iter(self.numbers)

    def __neg__(self) -> Each:
        return Each([-number for number in self.numbers])


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, for each member where it is given an `Each`."""

    def run(*arguments: Any) -> Any:
        count = next((len(x.numbers) for x in arguments if isinstance(x, Each)), None)
        if count is None:
            return function(*arguments)
        rows = (x if isinstance(x, Each) else [x] * count for x in arguments)
        return Each(list(map(function, *rows)))

    return run


def _operator(name: str) -> None:
    function: Any = getattr(operator, name)
    forward, backward = each(function), each(lambda b, a: function(a, b))
    setattr(Each, f"__{name}__", lambda self, other: forward(self, other))
    setattr(Each, f"__r{name}__", lambda self, other: backward(self, other))


for _name in ("add", "sub", "mul", "truediv", "gt"):
    _operator(_name)


class Members:
    """A set of maths for a group: each of its functions, and two that take all members together."""

    def __init__(self, m: Any, of_arrays: bool) -> None:
        self._m, self._of_arrays = m, of_arrays

    def __getattr__(self, name: str) -> Any:
        return getattr(self._m, name) if self._of_arrays else each(getattr(self._m, name))

    def largest(self, numbers: Any) -> Any:
        return numbers.max(axis=0) if self._of_arrays else reduce(self._m.maximum, numbers)

    def whole(self, numbers: Any) -> Any:
        return numbers.sum(axis=0) if self._of_arrays else reduce(operator.add, numbers)


def of_members(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the group for lists, too; what is one number for all of them comes last."""

    @wraps(function)
    def run(m: Any, *rows: Any) -> Any:
        if isinstance(rows[0], list | tuple):
            results = function(Members(m, of_arrays=False), *map(Each, rows))
            return [*results] if isinstance(results, Each) else [*results[0], results[1]]
        return function(m if isinstance(m, Tracer) else Members(m, of_arrays=True), *rows)

    return run


def _shares(m: Any, z: Any) -> Any:
    largest = m.largest(z)
    powers = m.exp(z - largest)
    whole = m.whole(powers)
    return powers / whole, largest + m.log(whole)


@of_members
def shares(m: Any, z: Any) -> Any:
    """The shares, and ln of the whole; the largest z is taken off first, so e^z cannot overflow.

    >>> from lernpy.functions.maths import scalar
    >>> shares(scalar, [1000.0, 0.0])
    [1.0, 0.0, 1000.0]
    """
    return _shares(m, z)


@of_members
def mixed(m: Any, p: Any, s: Any) -> Any:
    """Deltas: p s - p sum(p s), for raising one z takes from all the other shares.

    TINY keeps the product exact where p has vanished and s has grown without bound.
    """
    parts = (p + TINY) * s
    return parts - p * m.whole(parts)


# ---- with the rests ------------------------------------------------------------------------------


@of_members
def rests(m: Any, p: Any) -> Any:
    """1 - p of each.

    >>> from lernpy.functions.maths import scalar
    >>> rests(scalar, [1.0, 4e-18, 2e-35])
    [4e-18, 1.0, 1.0]
    """
    return _rests(m, p)


def _rests(m: Any, p: Any) -> Any:
    others = m.whole(m.where(p > 0.5, 0.0, p))
    return m.where(p > 0.5, others, 1.0 - p)


def _without_winner(m: Any, z: Any, p: Any) -> Any:
    """The shares that all others have without the winner (which has 0), and ln of their whole."""
    largest = m.largest(m.where(p > 0.5, -inf, z))
    powers = m.where(p > 0.5, 0.0, m.exp(m.minimum(z - largest, 0.0)))
    whole = m.whole(powers)
    return powers / whole, largest + m.log(whole)


@of_members
def leads(m: Any, z: Any, p: Any) -> Any:
    """ln p - ln(1 - p) of each: by how much its z leads the others together, as a sigmoid's z leads 0.

    >>> from lernpy.functions.maths import scalar
    >>> leads(scalar, [1000.0, 0.0, -1000.0], [1.0, 0.0, 0.0])
    [1000.0, -1000.0, -2000.0]
    """
    log_sum, log_others = _shares(m, z)[1], _without_winner(m, z, p)[1]
    return m.where(p > 0.5, z - log_others, z - log_sum - m.log1p(-m.minimum(p, 0.5)))


def rest_at(m: Any, lead: Any) -> Any:
    """1 - p of one member, from its lead.

    >>> from lernpy.functions.maths import scalar
    >>> rest_at(scalar, 0.0), rest_at(scalar, 40.0)
    (0.5, 4.248354255291589e-18)
    """
    return 1.0 / (1.0 + m.exp(lead))


@of_members
def mixed_apart(m: Any, z: Any, p: Any, s: Any) -> Any:
    """The deltas again, with the winner's product apart: p_j (p s) is p_j / (1 - p) times p (1 - p) s.

    The first factor is what j has without the winner; the second stays small however large s is.
    """
    others, _ = _without_winner(m, z, p)
    parts = (p + TINY) * s
    kept = parts * (_rests(m, p) + TINY)
    handed = m.whole(m.where(p > 0.5, kept, 0.0))
    whole = m.whole(m.where(p > 0.5, 0.0, parts))
    return m.where(p > 0.5, kept, parts) - p * whole - others * handed


def rows(array: Any) -> list[Any]:
    """An array whose first axis is the members, as a list."""
    return [array[member] for member in range(len(array))]


FUNCTIONS = {function.__name__: function for function in (shares, mixed, rests, leads, mixed_apart)}


def group_formula(name: str) -> Formula:
    """One of them as operations on a number of each member; some take all of them together.

    >>> print(group_formula("mixed"))
    v1 = add(p, 1.2e-38)
    v2 = multiply(v1, s)
    v3 = whole(v2)
    v4 = multiply(p, v3)
    v5 = subtract(v2, v4)
    -> v5
    """
    function = FUNCTIONS[name]
    return trace(lambda m: partial(function, m), *list(signature(function).parameters)[1:])
