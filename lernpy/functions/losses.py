"""Losses: how wrong an output is, and which way it should move."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from lernpy.functions import activations, portable
from lernpy.functions.activations import Activation
from lernpy.functions.formula import GENTLE, Formula, trace, traced
from lernpy.functions.maths import TINY, arrays, scalar
from lernpy.functions.probe import SlopeReport, compare_slopes, tried, value_and_slope
from lernpy.registry import Registry, Settled, exactly, unknown

Factory = Callable[[Any], Any]


class Loss(Settled):
    """A named loss of one output y against its target t, and its slope dLoss/dy.

    The loss of a sample is the sum over the outputs, or their mean where `mean` is true; the loss
    of a batch is the mean over its samples. `from_total` holds, by name of the output's activation,
    forms of the value that cannot saturate: for ``sigmoid`` a function of the total input and the
    target, for ``softmax`` of the logarithm of the probability and the target.
    `from_rest` : the slope as a function of y, 1 - y and the target, for a loss that grows without bound
    towards y = 1, too; a softmax group then hands in a 1 - y that is exact, and the form for ``softmax``
    takes ln y - ln(1 - y) in place of the logarithm, as the one for ``sigmoid`` does.
    `words` : value and slope as a book would write them

    >>> from lernpy import losses
    >>> losses.get("squared_error").value(0.5, 1.0), losses.get("squared_error").slope(0.5, 1.0)
    (0.125, -0.5)
    """

    maths = "fast"

    def __init__(
        self,
        name: str,
        factory: Factory,
        mean: bool = False,
        from_total: Mapping[str, Factory] | None = None,
        words: tuple[str, str] = ("", ""),
        from_rest: Factory | None = None,
    ) -> None:
        self.name = name
        self.factory = factory
        self.mean = mean
        self.words = words
        self.from_total = dict(from_total or {})
        value, slope = value_and_slope("loss", name, factory, "y, t")
        for y in (0.25, 0.75):
            tried("loss", name, "value", value, y, 1.0)
            tried("loss", name, "slope", slope, y, 1.0)
        self.value: Callable[[float, float], float] = value
        self.slope: Callable[[float, float], float] = slope
        self.stable: dict[str, Callable[[float, float], float]] = {
            name: form(scalar) for name, form in self.from_total.items()
        }
        self.from_rest = from_rest
        self.rest_slope: Callable[[float, float, float], float] | None = (
            from_rest(scalar) if from_rest else None
        )
        self.__doc__ = factory.__doc__

    def __repr__(self) -> str:
        return f"<loss {self.name}>"

    def __reduce__(self) -> Any:
        return get, (self.name, self.maths)

    @cached_property
    def portable(self) -> Loss:
        """The same, with equal bits in every language: see `lernpy.functions.portable`."""
        rest = ["rest_slope"] if self.from_rest else []
        names = ("value", "slope", *rest, *self.from_total)
        twin, functions = portable.twin_of(self, "loss", *names)
        if functions:
            made = dict(zip(names, functions, strict=True))
            vars(twin).update(
                value=made["value"],
                slope=made["slope"],
                rest_slope=made.get("rest_slope"),
                stable={name: made[name] for name in self.from_total},
            )
        entry: Loss = twin
        return entry

    def share(self, n_outputs: int) -> float:
        """What each output's loss is multiplied by: 1, or one over the number of outputs."""
        return 1.0 / n_outputs if self.mean else 1.0

    @cached_property
    def of_shares(self) -> bool:
        """Whether it has no value for outputs outside: it is made for shares, from 0 to 1."""
        try:
            outside = [self.value(y, t) for y in (-0.5, 1.5) for t in (0.0, 1.0)]
        except (ArithmeticError, ValueError):
            return True
        return any(map(math.isnan, outside))

    @cache  # noqa: B019 (entries are few, and stay)
    def formula(self, which: str) -> Formula | None:
        """The ``value`` or ``slope`` of (y, t), or a stable form of (z, t) by its name, as operations.

        ``rest_slope`` is that of (y, rest, t). None if it has to be called.
        """
        products = self.maths == "portable"
        if which == "rest_slope":
            assert self.from_rest is not None
            return traced(self.from_rest, "y", "rest", "t", products=products)
        if which in self.from_total:
            return traced(self.from_total[which], "z", "t", products=products)
        return traced(lambda m: self.factory(m)[which == "slope"], "y", "t", products=products)

    @property
    def is_gentle(self) -> bool:
        """Whether its slope does not grow without bound: there a slope of TINY is as good as 0."""
        formula = self.formula("slope")
        return formula is not None and {o.name for o in formula.operations} <= {*GENTLE, "sign"}

    @cached_property
    def cancels_shares(self) -> bool:
        """Whether its slope times the output is -t: then the delta of a share is y Σt - t, exactly.

        >>> from lernpy import losses
        >>> [name for name in losses.LOSSES if losses.get(name).cancels_shares]
        ['cross_entropy']
        """

        def pick(m: Any) -> Callable[[Any, Any], Any]:
            slope = self.factory(m)[1]
            return lambda y, t: slope(y, t) * (y + TINY)

        opposite = trace(lambda m: lambda y, t: -t, "y", "t")
        return traced(pick, "y", "t", cancels=True) == opposite

    def over(self, m: Any) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
        """Value and slope for arrays: ``m`` is NumPy or CuPy."""
        value, slope = self.factory(m)
        return (arrays(value, 2), arrays(slope, 2)) if m is np else (value, slope)

    def rest_slope_over(self, m: Any) -> Callable[[Any, Any, Any], Any]:
        """`rest_slope` for arrays."""
        assert self.from_rest is not None
        return arrays(self.from_rest(m), 3) if m is np else self.from_rest(m)

    def stable_over(self, m: Any, activation: str) -> Callable[[Any, Any], Any] | None:
        """The value from the total input (softmax: see `from_rest`), if there is such a form."""
        form = self.from_total.get(activation)
        if form is None:
            return None
        return arrays(form(m), 2) if m is np else form(m)


LOSSES: Registry[Loss] = Registry("loss")


def loss(name: str, **traits: Any) -> Callable[[Factory], Loss]:
    """Put a factory into the table, and what else is known of it (see `Loss`).

    >>> from lernpy import losses
    >>> @losses.loss("fourth_power")
    ... def fourth_power(m):
    ...     return lambda y, t: (y - t) ** 4, lambda y, t: 4 * (y - t) ** 3
    >>> losses.check("fourth_power").ok
    True
    >>> losses.LOSSES.remove("fourth_power")
    """

    known = ("mean", "from_total", "words", "from_rest")
    for trait in traits:
        if trait not in known:
            raise unknown("trait of a loss", trait, known)

    def enter(factory: Factory) -> Loss:
        entry = Loss(name, factory, **traits)
        LOSSES.add(name, entry)
        return entry

    return enter


def get(name: str | Loss, maths: str = "fast") -> Loss:
    """The entry of that name; an entry is returned as it is."""
    exactly(Loss, name)
    entry: Loss = name if isinstance(name, Loss) else portable.of(LOSSES[name], maths)
    return entry


def usual_for(output: str | Activation) -> str:
    """The loss that goes with an output activation: softmax gives shares, others a yes-or-no, or numbers.

    >>> from lernpy import losses
    >>> losses.usual_for("softmax"), losses.usual_for("sigmoid"), losses.usual_for("identity")
    ('cross_entropy', 'binary_cross_entropy', 'squared_error')
    """
    if output == "softmax":
        return "cross_entropy"
    low, high = activations.get(output).range
    return "binary_cross_entropy" if low >= 0.0 and high <= 1.0 else "squared_error"


def check(name: str | Loss, tolerance: float = 1e-5) -> SlopeReport:
    """Compare the slope of an entry with nudges of its value, for outputs between 0 and 1.

    >>> from lernpy import losses
    >>> print(losses.check("binary_cross_entropy"))
    binary_cross_entropy: slope right at all of 27 points
    """
    entry = get(name)
    outputs = [0.02, 0.11, 0.23, 0.37, 0.51, 0.64, 0.76, 0.88, 0.97]
    reports = [
        compare_slopes(
            entry.name,
            lambda y, t=target: entry.value(y, t),  # type: ignore[misc]
            lambda y, t=target: entry.slope(y, t),  # type: ignore[misc]
            outputs,
            tolerance,
        )
        for target in (0.0, 0.3, 1.0)
    ]
    worst = next((report for report in reports if not report.ok), reports[0])
    return worst._replace(points=sum(report.points for report in reports))


@loss("squared_error", words=("½ (y − t)²", "y − t"))
def squared_error(m):
    """1/2 (y - t)^2, summed over the outputs; its slope is simply y - t."""
    return lambda y, t: 0.5 * (y - t) * (y - t), lambda y, t: y - t


@loss("mean_squared_error", mean=True, words=("(y − t)² / n", "2 (y − t) / n"))
def mean_squared_error(m):
    """(y - t)^2, averaged over the outputs."""
    return lambda y, t: (y - t) * (y - t), lambda y, t: 2.0 * (y - t)


@loss("mean_absolute_error", mean=True, words=("|y − t| / n", "sign(y − t) / n"))
def mean_absolute_error(m):
    """|y - t|, averaged over the outputs; slope 0 where they are equal."""
    return lambda y, t: m.abs(y - t), lambda y, t: m.sign(y - t)


@loss("huber", words=("½ (y − t)², straight beyond 1", "y − t, at most 1"))
def huber(m):
    """Squared near the target, straight beyond a distance of 1 (Huber 1964); summed over the outputs."""

    def value(y, t):
        distance = m.abs(y - t)
        near = m.minimum(distance, 1.0)
        return near * (distance - 0.5 * near)

    return value, lambda y, t: m.maximum(m.minimum(y - t, 1.0), -1.0)


def _bce_of_sigmoid(m):
    return lambda z, t: m.maximum(z, 0.0) - t * z + m.log1p(m.exp(-m.abs(z)))


def _bce_of_rest(m):
    return lambda y, rest, t: (1.0 - t) / (rest + TINY) - t / (y + TINY)


@loss(
    "binary_cross_entropy",
    from_total={"sigmoid": _bce_of_sigmoid, "softmax": _bce_of_sigmoid},
    from_rest=_bce_of_rest,
    words=("(−t ln y − (1 − t) ln(1 − y))", "(y − t) / (y (1 − y))"),
)
def binary_cross_entropy(m):
    """-t ln y - (1 - t) ln(1 - y), summed over the outputs: each output is a yes-or-no of its own."""
    return (
        lambda y, t: -t * m.log(y + TINY) - (1.0 - t) * m.log(1.0 - y + TINY),
        lambda y, t: (y - t) / (y * (1 - y) + TINY),
    )


def _ce_of_sigmoid(m):
    return lambda z, t: t * (m.maximum(-z, 0.0) + m.log1p(m.exp(-m.abs(z))))


def _ce_of_softmax(m):
    return lambda log_p, t: -t * log_p


@loss(
    "cross_entropy",
    from_total={"sigmoid": _ce_of_sigmoid, "softmax": _ce_of_softmax},
    words=("−t ln y", "−t / y"),
)
def cross_entropy(m):
    """-t ln y, summed over the outputs: the surprise at the right answer; made for softmax."""
    return lambda y, t: -t * m.log(y + TINY), lambda y, t: -t / (y + TINY)
