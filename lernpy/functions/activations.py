"""Activations: each is a function of the total input, and its slope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np

from lernpy.errors import UnknownNameError
from lernpy.functions import portable
from lernpy.functions.formula import Formula, traced
from lernpy.functions.maths import TINY, arrays
from lernpy.functions.printing.infix import CannotPrint
from lernpy.functions.printing.latex import Latex
from lernpy.functions.printing.words import Book
from lernpy.functions.probe import SlopeReport, compare_slopes, tried, value_and_slope
from lernpy.registry import Registry, Settled, exactly, unknown

LONG = 40  # letters of a slope that is written out
ROUNDING = 1e-12
FAR = 1e3  # total inputs from which on an activation has reached its end
STEPS = [step / 100 for step in range(-800, 801)]  # total inputs that an entry is looked at for


@dataclass(frozen=True)
class Traits:
    """What is known of an activation beside its formula.

    shut : what people call its gate where the slope is next to nothing: saturated, off or flat
    start : the usual initialiser of the weights before it
    short : its name in five letters
    words, latex : its formula as a book would write it; printed from the table where that is left out
    """

    shut: str = "saturated"
    start: str = "glorot_uniform"
    short: str = ""
    words: str = ""
    latex: str = ""


TRAITS = Traits()


class Activation(Settled):
    """A named pair of functions: what a neuron puts out, and how steeply that answers its total input.

    `factory` takes a set of maths (see `lernpy.functions.maths`) and returns the pair
    ``value(z)``, ``slope(z, y)``; the slope may use the total input z, the output y, or both.

    >>> from lernpy import activations
    >>> activations.get("tanh").value(0.0), activations.get("tanh").slope(0.0, 0.0)
    (0.0, 1.0)
    """

    maths = "fast"
    log_sum = 0.0  # a softmax group has one: ln of the whole that an output is a share of
    apart = False  # and may be asked for the rest of a share

    def __init__(self, name: str, factory: Callable[[Any], Any], traits: Traits = TRAITS) -> None:
        self.name = name
        self.factory = factory
        self.traits = traits
        self.value, self.slope = value_and_slope("activation", name, factory, "z")
        for z in (-0.5, 0.0, 0.5):
            y = tried("activation", name, "value", self.value, z)
            tried("activation", name, "slope", self.slope, z, y)
        self.__doc__ = factory.__doc__

    def __repr__(self) -> str:
        return f"<activation {self.name}>"

    def __reduce__(self) -> Any:
        return get, (self.name, self.maths)

    @property
    def latex(self) -> str:
        r"""The formula for books.

        >>> from lernpy import activations
        >>> print(activations.get("relu").latex, activations.get("sigmoid").latex)
        \max(z, 0) \frac{1}{1 + e^{-z}}
        """
        formula = self.formula("value")
        printed = Latex().write(formula).results[0] if formula else rf"\mathrm{{{self.name}}}(z)"
        return self.traits.latex or printed

    @cached_property
    def slope_words(self) -> str:
        """The slope as a book would write it; "" where that is too long, or always the same.

        >>> from lernpy import activations
        >>> [activations.get(name).slope_words for name in ("sigmoid", "relu", "identity", "gelu")]
        ['y × (1 − y)', '1 if z > 0, else 0', '', '']
        """
        formula = self.formula("slope")
        if formula is None or not formula.operations:
            return ""
        try:
            words = Book().write(formula).results[0]
        except CannotPrint:
            return ""
        return words if len(words) <= LONG else ""

    @cached_property
    def portable(self) -> Activation:
        """The same, with equal bits in every language: see `lernpy.functions.portable`."""
        twin, functions = portable.twin_of(self, "activation", "value", "slope")
        if functions:
            vars(twin).update(zip(("value", "slope"), functions, strict=True))
        entry: Activation = twin
        return entry

    @cached_property
    def steepest(self) -> float:
        """The largest size of the slope over -8 ... 8; the slope gate is drawn against it."""
        return max(abs(self.slope(z, self.value(z))) for z in STEPS) or 1.0

    @cached_property
    def is_flat(self) -> bool:
        """Whether its slope is 0 everywhere, so that no blame passes it.

        >>> from lernpy import activations
        >>> [name for name, entry in activations.ACTIVATIONS.items() if entry.is_flat]
        ['one', 'step']
        """
        asked = partial(tried, "activation", self.name)
        return not any(asked("slope", self.slope, z, asked("value", self.value, z)) for z in STEPS)

    @cached_property
    def rises(self) -> bool:
        """Whether it never falls, but for rounding.

        >>> from lernpy import activations
        >>> [name for name, entry in activations.ACTIVATIONS.items() if not entry.rises]
        ['gelu']
        """
        points = (-FAR, -40.0, *STEPS, 40.0, FAR)
        values = [tried("activation", self.name, "value", self.value, z) for z in points]
        return all(after >= before - ROUNDING for before, after in pairwise(values))

    @cached_property
    def range(self) -> tuple[float, float]:
        """The least and the most that it puts out, as far as that shows between -1000 and 1000.

        >>> from lernpy import activations
        >>> activations.get("tanh").range, activations.get("relu").range
        ((-1.0, 1.0), (0.0, inf))
        """
        values = [float(self.value(z)) for z in (-FAR, -40.0, *STEPS, 40.0, FAR)]
        low, high = min(values), max(values)
        return (low if low > -FAR / 100 else -inf), (high if high < FAR / 100 else inf)

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
        names = {value: "z", slope: "zy", delta: "zys"}[pick]
        return traced(pick, *names, exact=exact, products=self.maths == "portable")

    @cached_property
    def is_identity(self) -> bool:
        """Whether what comes in goes out, as it is, and blame comes back as it is."""
        value, slope = self.formula("value"), self.formula("slope")
        return bool(value and slope and value.results == ("z",) and slope.results == (1.0,))

    def over(self, m: Any) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
        """The pair for arrays: ``m`` is NumPy or CuPy."""
        value, slope = self.factory(m)
        return (arrays(value, 1), arrays(slope, 2)) if m is np else (value, slope)


SOFTMAX = Traits(short="soft", words="e^z / Σ e^z", latex=r"\frac{e^z}{\sum e^z}")
PRODUCT = Traits(short="×", words="the product of others", latex=r"\prod y")
ACTIVATIONS: Registry[Activation] = Registry("activation")


def activation(name: str, **traits: Any) -> Callable[[Callable[[Any], Any]], Activation]:
    """Put a factory into the table, and what else is known of it (see `Traits`).

    >>> from lernpy import activations
    >>> @activations.activation("square")
    ... def square(m):
    ...     return lambda z: z * z, lambda z, y: 2 * z
    >>> activations.check("square").ok
    True
    >>> activations.ACTIVATIONS.remove("square")
    """

    for trait in traits:
        if trait not in Traits.__annotations__:
            raise unknown("trait of an activation", trait, Traits.__annotations__)

    def enter(factory: Callable[[Any], Any]) -> Activation:
        entry = Activation(name, factory, Traits(**traits))
        ACTIVATIONS.add(name, entry)
        return entry

    return enter


def get(name: Any, maths: str = "fast") -> Any:
    """The entry of that name; an entry, or a softmax group, is returned as it is."""
    if isinstance(name, str) and name == "softmax":
        raise UnknownNameError(
            "softmax is no activation of one neuron but of a group that shares one whole: "
            "say output_activation='softmax', or softmax=[['y1', 'y2']] in from_edges"
        )
    if hasattr(name, "slope"):
        exactly(Activation, name)
        return name
    return portable.of(ACTIVATIONS[name], maths)


def traits_of(name: str) -> Traits:
    """What is known of an activation of that name; of softmax and products, too; nothing of a name unknown."""
    if name in ("softmax", "product"):
        return SOFTMAX if name == "softmax" else PRODUCT
    entry = ACTIVATIONS.get(name)
    return TRAITS if entry is None else entry.traits


def why_shut(name: str, always: bool = False) -> str:
    """The word for a neuron whose slope is next to nothing: for one sample, or `always`.

    >>> why_shut("relu"), why_shut("relu", always=True), why_shut("sigmoid")
    ('off', 'dead', 'saturated')
    """
    word = traits_of(name).shut
    return "dead" if always and word == "off" else word


def short(name: str) -> str:
    """At most five letters for a name.

    >>> short("leaky_relu"), short("tanh"), short("something"), short("softmax")
    ('leaky', 'tanh', 'some.', 'soft')
    """
    return traits_of(name).short or (name if len(name) <= 5 else f"{name[:4]}.")


def check(name: str | Activation, tolerance: float = 1e-5) -> SlopeReport:
    """Compare the slope of an entry with nudges of its value, from -50 to 50.

    >>> from lernpy import activations
    >>> print(activations.check("sigmoid"))
    sigmoid: slope right at all of 103 points
    """
    entry: Activation = get(name)
    points = [i / 2 + 0.013 for i in range(-100, 101, 2)] + [-0.3, 0.2]
    return compare_slopes(
        entry.name, entry.value, lambda z: entry.slope(z, entry.value(z)), points, tolerance
    )


@activation("identity", short="id", words="z")
def identity(m):
    """z itself: the neuron only sums."""
    return lambda z: z, lambda z, y: m.where(z == z, 1.0, 1.0)  # an array like z


@activation("one", words="1")
def one(m):
    """Always 1, whatever comes in: the bias neuron's activation."""
    return lambda z: m.where(z == z, 1.0, 1.0), lambda z, y: m.where(z == z, 0.0, 0.0)


@activation("step", shut="flat", words="1 if z > 0, else 0")
def step(m):
    """1 above zero, else 0. Its slope is 0 everywhere, so no blame passes: nothing can be learned."""
    return lambda z: m.where(z > 0, 1.0, 0.0), lambda z, y: m.where(z == z, 0.0, 0.0)


@activation(
    "sigmoid",
    short="sig",
    words="1 / (1 + e^−z)",
    latex=r"\frac{1}{1 + e^{-z}}",
)
def sigmoid(m):
    """1 / (1 + e^-z), between 0 and 1; written with tanh, which cannot overflow."""
    return lambda z: 0.5 * m.tanh(0.5 * z) + 0.5, lambda z, y: y * (1 - y) + TINY


@activation("tanh", words="(e^z − e^−z) / (e^z + e^−z)")
def tanh(m):
    """The hyperbolic tangent, between -1 and 1."""
    return lambda z: m.tanh(z), lambda z, y: 1 - y * y + TINY


@activation("relu", shut="off", start="he_normal", words="max(z, 0)")
def relu(m):
    """z above zero, else 0; slope 0 at the kink."""
    return lambda z: m.maximum(z, 0.0), lambda z, y: m.where(z > 0, 1.0, 0.0)


@activation(
    "leaky_relu", shut="off", start="he_normal", short="leaky", words="z if z > 0, else z / 100"
)
def leaky_relu(m):
    """z, and a hundredth of it below zero."""
    return lambda z: m.maximum(z, 0.01 * z), lambda z, y: m.where(z > 0, 1.0, 0.01)


@activation("elu", start="he_normal", words="z if z > 0, else e^z − 1")
def elu(m):
    """z above zero, e^z - 1 below (Clevert, Unterthiner and Hochreiter 2015, with alpha = 1)."""
    return (
        lambda z: m.where(z > 0, z, m.exp(m.minimum(z, 0.0)) - 1.0),
        lambda z, y: m.where(z > 0, 1.0, m.exp(m.minimum(z, 0.0))),
    )


@activation(
    "softplus",
    shut="off",
    start="he_normal",
    words="ln(1 + e^z)",
    latex=r"\ln(1 + e^z)",
)
def softplus(m):
    """ln(1 + e^z): a ReLU without the kink. Its slope is the sigmoid."""
    return (
        lambda z: m.maximum(z, 0.0) + m.log1p(m.exp(-m.abs(z))),
        lambda z, y: 0.5 * m.tanh(0.5 * z) + 0.5,
    )


@activation(
    "gelu",
    shut="off",
    start="he_normal",
    words="z × (share of a normal distribution below z)",
)
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
