"""Activations: each is a function of the total input, and its slope."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from lernpy.errors import UnknownNameError
from lernpy.functions.formula import Formula, traced
from lernpy.functions.maths import TINY, arrays, scalar
from lernpy.functions.probe import SlopeReport, compare_slopes
from lernpy.registry import Registry

Scalars = tuple[Callable[[float], float], Callable[[float, float], float]]


class Activation:
    """A named pair of functions: what a neuron puts out, and how steeply that answers its total input.

    `factory` takes a set of maths (see `lernpy.functions.maths`) and returns the pair
    ``value(z)``, ``slope(z, y)``; the slope may use the total input z, the output y, or both.

    >>> from lernpy import activations
    >>> activations.get("tanh").value(0.0), activations.get("tanh").slope(0.0, 0.0)
    (0.0, 1.0)
    """

    log_sum = 0.0  # a softmax group has one: ln of the whole that an output is a share of

    def __init__(self, name: str, factory: Callable[[Any], Any]) -> None:
        self.name = name
        self.factory = factory
        self.value, self.slope = factory(scalar)
        self.__doc__ = factory.__doc__

    def __repr__(self) -> str:
        return f"<activation {self.name}>"

    def __reduce__(self) -> Any:
        return get, (self.name,)

    @cached_property
    def steepest(self) -> float:
        """The largest size of the slope over -8 ... 8; the slope gate is drawn against it."""
        steps = [i / 100 for i in range(-800, 801)]
        return max(abs(self.slope(z, self.value(z))) for z in steps) or 1.0

    @cache  # noqa: B019 (entries are few, and stay)
    def formula(self, which: str, exact: bool = True) -> Formula | None:
        """As operations: the ``value`` of (z), the ``slope`` of (z, y), or the ``delta`` of (z, y, s).

        Delta is the sensitivity s times the slope. None if the entry has to be called. For `exact`,
        see `lernpy.functions.formula.trace`.

        >>> from lernpy import activations
        >>> print(activations.get("tanh").formula("value"))
        v1 = tanh(z)
        -> v1
        """

        def value(m: Any) -> Any:
            return self.factory(m)[0]

        def slope(m: Any) -> Any:
            return self.factory(m)[1]

        def delta(m: Any) -> Any:
            return lambda z, y, s: s * slope(m)(z, y)

        pick = {"value": value, "slope": slope, "delta": delta}[which]
        return traced(pick, *{value: "z", slope: "zy", delta: "zys"}[pick], exact=exact)

    def over(self, m: Any) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
        """The pair for arrays: ``m`` is NumPy or CuPy."""
        value, slope = self.factory(m)
        return (arrays(value, 1), arrays(slope, 2)) if m is np else (value, slope)


ACTIVATIONS: Registry[Activation] = Registry("activation")


def activation(name: str) -> Callable[[Callable[[Any], Any]], Activation]:
    """Put a factory into the table.

    >>> from lernpy import activations
    >>> @activations.activation("square")
    ... def square(m):
    ...     return lambda z: z * z, lambda z, y: 2 * z
    >>> activations.check("square").ok
    True
    >>> activations.ACTIVATIONS.remove("square")
    """

    def enter(factory: Callable[[Any], Any]) -> Activation:
        entry = Activation(name, factory)
        ACTIVATIONS.add(name, entry)
        return entry

    return enter


def get(name: Any) -> Any:
    """The entry of that name; an entry, or a softmax group, is returned as it is."""
    if name == "softmax":
        raise UnknownNameError(
            "softmax is no activation of one neuron but of a group that shares one whole: "
            "say output_activation='softmax', or softmax=[['y1', 'y2']] in from_edges"
        )
    return name if hasattr(name, "slope") else ACTIVATIONS[name]


def check(name: str | Activation, tolerance: float = 1e-5) -> SlopeReport:
    """Compare the slope of an entry with nudges of its value, from -50 to 50.

    >>> from lernpy import activations
    >>> print(activations.check("sigmoid"))
    sigmoid: slope right at all of 103 places
    """
    entry: Activation = get(name)
    places = [i / 2 + 0.013 for i in range(-100, 101, 2)] + [-0.3, 0.2]
    return compare_slopes(
        entry.name, entry.value, lambda z: entry.slope(z, entry.value(z)), places, tolerance
    )


@activation("identity")
def identity(m):
    """z itself: the neuron only sums."""
    return lambda z: z, lambda z, y: z * 0.0 + 1.0


@activation("one")
def one(m):
    """Always 1, whatever comes in: the bias neuron's activation."""
    return lambda z: z * 0.0 + 1.0, lambda z, y: z * 0.0


@activation("step")
def step(m):
    """1 above zero, else 0. Its slope is 0 everywhere, so no blame passes: nothing can be learned."""
    return lambda z: m.where(z > 0, 1.0, 0.0), lambda z, y: z * 0.0


@activation("sigmoid")
def sigmoid(m):
    """1 / (1 + e^-z), between 0 and 1; written with tanh, which cannot overflow."""
    return lambda z: 0.5 * m.tanh(0.5 * z) + 0.5, lambda z, y: y * (1 - y) + TINY


@activation("tanh")
def tanh(m):
    """The hyperbolic tangent, between -1 and 1."""
    return lambda z: m.tanh(z), lambda z, y: 1 - y * y + TINY


@activation("relu")
def relu(m):
    """z above zero, else 0; slope 0 at the kink."""
    return lambda z: m.maximum(z, 0.0), lambda z, y: m.where(z > 0, 1.0, 0.0)


@activation("leaky_relu")
def leaky_relu(m):
    """z, and a hundredth of it below zero."""
    return lambda z: m.maximum(z, 0.01 * z), lambda z, y: m.where(z > 0, 1.0, 0.01)


@activation("elu")
def elu(m):
    """z above zero, e^z - 1 below (Clevert, Unterthiner and Hochreiter 2015, with alpha = 1)."""
    return (
        lambda z: m.where(z > 0, z, m.exp(m.minimum(z, 0.0)) - 1.0),
        lambda z, y: m.where(z > 0, 1.0, m.exp(m.minimum(z, 0.0))),
    )


@activation("softplus")
def softplus(m):
    """ln(1 + e^z): a ReLU without the kink. Its slope is the sigmoid."""
    return (
        lambda z: m.maximum(z, 0.0) + m.log1p(m.exp(-m.abs(z))),
        lambda z, y: 0.5 * m.tanh(0.5 * z) + 0.5,
    )


@activation("gelu")
def gelu(m):
    """z times (nearly) the share of a normal distribution below z.

    The tanh form of Hendrycks and Gimpel 2016: 0.5 z (1 + tanh(a (z + b z^3))) with
    a = sqrt(2 / pi), b = 0.044715.
    """
    a, b = 0.7978845608028654, 0.044715

    def value(z):
        return 0.5 * z * (1.0 + m.tanh(a * (z + b * z * z * z)))

    def slope(z, y):
        bend = m.tanh(a * (z + b * z * z * z))
        return 0.5 * (1.0 + bend) + 0.5 * z * (1.0 - bend * bend) * a * (1.0 + 3.0 * b * z * z)

    return value, slope
