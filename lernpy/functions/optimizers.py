"""Optimisers: how a weight moves, once it knows its gradient.

A rule is pure: ``step(value, gradient, rate, memory) -> (value, memory)``. What it remembers of a
weight (`memory`, a tuple of numbers) comes in and goes out, and lives on the weight. The formulas
and default options are those of PyTorch's optimisers of the same names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import Any, NoReturn

import numpy as np

from lernpy.errors import LernpyError
from lernpy.functions import portable
from lernpy.functions.formula import Formula, trace, traced
from lernpy.functions.maths import PROBE, scalar
from lernpy.registry import Registry, Settled, exactly
from lernpy.text import counted

Memory = tuple[Any, ...]
Step = Callable[[Any, Any, Any, Memory], tuple[Any, Memory]]


class FixedOptions(dict[str, float]):
    """The options of an optimiser, by name: to be read."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise LernpyError(
            "the options of an optimizer are not replaced; write entry.with_options(...), "
            "or network.optimizer = (name, {option: value})"
        )

    __setitem__ = __delitem__ = __ior__ = update = setdefault = _refuse
    pop = popitem = clear = _refuse


class Optimizer(Settled):
    """A named rule with its options, its default learning rate and a fresh weight's memory.

    >>> from lernpy import optimizers
    >>> optimizers.get("sgd").step(1.0, 0.5, 0.1, ())
    (0.95, ())
    """

    def __init__(
        self,
        name: str,
        factory: Callable[..., Step],
        rate: float,
        memory: Callable[[float], Memory],
        options: Mapping[str, float],
        remembers: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.remembers = remembers
        self.factory = factory
        self.rate = rate
        self.memory = memory
        self.options = FixedOptions(options)
        self._step = factory(scalar, **self.options)
        self.step: Step = self._from_fresh if memory(rate) else self._step
        self.__doc__ = factory.__doc__
        self._check_memory()

    def __repr__(self) -> str:
        return f"<optimizer {self.name} {self.options or ''}>".replace(" >", ">")

    def __reduce__(self) -> Any:
        return get, ((self.name, dict(self.options)),)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Optimizer)
            and (self.name, self.options) == (other.name, other.options)
            and self.factory is other.factory
        )

    def __hash__(self) -> int:
        return hash(self.name)

    def _from_fresh(self, value: Any, gradient: Any, rate: Any, memory: Memory) -> Any:
        return self._step(value, gradient, rate, memory or self.memory(rate))

    def with_options(self, /, **options: float) -> Optimizer:
        """The same rule with other options, for example ``adam.with_options(beta1=0.8)``."""
        unknown = sorted(set(options) - set(self.options))
        if unknown:
            known = f"It has: {', '.join(self.options)}" if self.options else "It has none"
            raise LernpyError(f"{self.name} has no option {unknown[0]!r}. {known}")
        chosen = {**self.options, **options}
        changed = Optimizer(self.name, self.factory, self.rate, self.memory, chosen, self.remembers)
        changed._try()
        return changed

    def _check_memory(self) -> None:
        """A step hands on as many memories as it got; what else it does wrong, it says itself."""
        fresh = after = self.memory(self.rate)
        with suppress(Exception):
            after = tuple(self.step(0.5, 0.1, self.rate, ())[1])
        if len(after) != len(fresh):
            raise LernpyError(
                f"a step of {self.name} returns {counted(len(after), 'memory')}, but a fresh weight has "
                f"{len(fresh)}; return (value, memory) with as many as came in"
            )

    def _try(self) -> None:
        """Take a few steps: options such as beta1=1 would divide by zero."""
        try:
            value, memory = 0.5, ()
            for gradient in (0.0, 1.0, -1.0):
                value, memory = self.step(value, gradient, 0.1, memory)
            works = math.isfinite(value) and all(map(math.isfinite, memory))
        except (TypeError, ValueError, ArithmeticError):
            works = False
        if not works:
            listed = ", ".join(f"{key}={value!r}" for key, value in self.options.items())
            raise LernpyError(f"{self.name} takes no step to a finite number with {listed}")

    @cache  # noqa: B019 (entries are few, and stay)
    def formula(self, named_options: bool = False) -> Formula | None:
        """The step of (value, gradient, rate, memory0, memory1, ...) as operations.

        The results are the new value and each new memory. With `named_options` the options are further
        parameters, by their names, so that the code does for all their values. None if the step has to
        be called.

        >>> from lernpy import optimizers
        >>> print(optimizers.get("momentum").formula())
        v1 = multiply(0.9, memory0)
        v2 = add(v1, gradient)
        v3 = multiply(rate, v2)
        v4 = subtract(value, v3)
        -> v4, v2
        """

        memory = [f"memory{at}" for at in range(len(self.memory(0.1)))]
        names = list(self.options) if named_options else []

        def pick(m: Any) -> Callable[..., Any]:
            def step(value: Any, gradient: Any, rate: Any, *rest: Any) -> Any:
                held, chosen = rest[: len(memory)], rest[len(memory) :]
                options = dict(zip(names, chosen, strict=True)) or self.options
                moved, after = self.factory(m, **options)(value, gradient, rate, held)
                return (moved, *after)

            return step

        return traced(pick, "value", "gradient", "rate", *memory, *names)

    @property
    def portable(self) -> Optimizer:
        """This, if it is made of operations that every language rounds alike; else it is refused."""
        formula = self.formula()
        if formula is None or not formula.is_portable:
            portable.refuse_entry("optimizer", self)
        return self

    @property
    def is_gentle(self) -> bool:
        """Whether a gradient of next to nothing moves a weight by next to nothing."""
        formula = self.formula()
        return formula is not None and formula.is_gentle

    @cached_property
    def is_plain(self) -> bool:
        """Whether a step is the rate times the gradient and nothing else: an engine adds that at once.

        >>> from lernpy import optimizers
        >>> [name for name in optimizers.OPTIMIZERS if optimizers.get(name).is_plain]
        ['sgd']
        """
        return self.formula() == trace(
            lambda m: lambda value, gradient, rate: value - rate * gradient,
            *("value", "gradient", "rate"),
        )

    @property
    def counters(self) -> tuple[int, ...]:
        """Which of the memories only count steps: they come from nothing but themselves.

        >>> from lernpy import optimizers
        >>> optimizers.get("adam").counters
        (2, 3)
        """
        formula = self.formula()
        if formula is None:
            return ()
        memory = enumerate(formula.results[1:])
        return tuple(at for at, new in memory if formula.sources(new) == {f"memory{at}"})

    def told(self, names: Mapping[str, str], results: Sequence[str]) -> list[str]:
        """The step as people write it, a line for each memory and one for the weight; [] where it cannot.

        >>> from lernpy import optimizers
        >>> optimizers.get("momentum").told({"value": "w", "gradient": "g", "memory0": "v"}, ["w", "v"])
        ['v = 0.9 × v + g', 'w = w − rate × v']
        """
        from lernpy.functions.printing.infix import CannotPrint
        from lernpy.functions.printing.words import Words

        formula = self.formula()
        if formula is None:
            return []
        try:
            return Words().steps(formula, names, results)
        except CannotPrint:
            return []

    def over(self, m: Any) -> Step:
        """The rule for arrays of weights; its memory is a tuple of arrays."""
        step = self.factory(m, **self.options)
        return step if m is not np or self._takes_arrays(step) else self._one_by_one

    def _takes_arrays(self, step: Step) -> bool:
        """Whether some steps of several weights at once are those of each alone."""
        values, *gradients = PROBE
        memory = tuple(np.full(len(values), x) for x in self.memory(0.1))
        alone: list[tuple[Any, Memory]] = [(value, ()) for value in values.tolist()]
        try:
            with np.errstate(all="ignore"):
                for gradient in gradients:
                    values, memory = step(values, gradient, 0.1, memory)
                    alone = [
                        self.step(value, slope, 0.1, rest)
                        for (value, rest), slope in zip(alone, gradient.tolist(), strict=True)
                    ]
            columns = [np.broadcast_to(column, len(alone)) for column in (values, *memory)]
        except (TypeError, ValueError, AttributeError, ArithmeticError):
            return False
        rows = [(value, *rest) for value, rest in alone]
        return np.allclose(np.transpose(columns), rows, equal_nan=True)

    def _one_by_one(self, value: Any, gradient: Any, rate: Any, memory: Memory) -> Any:
        """A rule written for single numbers, over arrays: right, if slow."""

        def one(value: Any, gradient: Any, rate: Any, *memory: Any) -> Any:
            moved, after = self._step(value, gradient, rate, memory)
            return (moved, *after) if memory else moved

        rule = np.vectorize(one, otypes=[float] * (1 + len(memory)))
        results = rule(value, gradient, rate, *memory)
        return (results[0], results[1:]) if memory else (results, ())


OPTIMIZERS: Registry[Optimizer] = Registry("optimizer")


def optimizer(
    name: str,
    rate: float,
    memory: Callable[[float], Memory] = lambda rate: (),
    remembers: tuple[str, ...] = (),
    **options: float,
) -> Callable[[Callable[..., Step]], Optimizer]:
    """Put a rule into the table: its default rate, a fresh weight's memory, its options.

    `remembers` are the letters of what it remembers, for the formulas that are shown.

    >>> from lernpy import optimizers
    >>> @optimizers.optimizer("sign_only", rate=0.01)
    ... def sign_only(m):
    ...     return lambda value, gradient, rate, memory: (value - rate * m.sign(gradient), memory)
    >>> optimizers.get("sign_only").step(1.0, -7.0, 0.5, ())
    (1.5, ())
    >>> optimizers.OPTIMIZERS.remove("sign_only")
    """

    def enter(factory: Callable[..., Step]) -> Optimizer:
        entry = Optimizer(name, factory, rate, memory, options, remembers)
        OPTIMIZERS.add(name, entry)
        return entry

    return enter


def get(name: str | Optimizer | tuple[str, Mapping[str, float]]) -> Optimizer:
    """The entry of that name, or of a pair (name, options); an entry is returned as it is."""
    if isinstance(name, Optimizer):
        exactly(Optimizer, name)
        return name
    if isinstance(name, tuple):
        if len(name) != 2 or not isinstance(name[1], Mapping):
            raise LernpyError(
                "an optimizer with options is a pair such as ('adam', {'beta1': 0.8}), "
                f"not {name!r:.60}"
            )
        return OPTIMIZERS[name[0]].with_options(**name[1])
    return OPTIMIZERS[name]


@optimizer("sgd", rate=0.1)
def sgd(m):
    """Plain gradient descent: a step against the gradient."""
    return lambda value, gradient, rate, memory: (value - rate * gradient, memory)


@optimizer("momentum", rate=0.01, memory=lambda rate: (0.0,), remembers=("v",), momentum=0.9)
def momentum(m, momentum):
    """A heavy ball: v = momentum v + g, step rate v (Polyak 1964)."""

    def step(value, gradient, rate, memory):
        velocity = momentum * memory[0] + gradient
        return value - rate * velocity, (velocity,)

    return step


@optimizer("nesterov", rate=0.01, memory=lambda rate: (0.0,), remembers=("v",), momentum=0.9)
def nesterov(m, momentum):
    """Momentum that looks ahead: step rate (g + momentum v) (Nesterov 1983; Sutskever 2013)."""

    def step(value, gradient, rate, memory):
        velocity = momentum * memory[0] + gradient
        return value - rate * (gradient + momentum * velocity), (velocity,)

    return step


@optimizer("adagrad", rate=0.01, memory=lambda rate: (0.0,), remembers=("sum",), epsilon=1e-10)
def adagrad(m, epsilon):
    """Steps shrink with all the gradients so far (Duchi, Hazan and Singer 2011)."""

    def step(value, gradient, rate, memory):
        total = memory[0] + gradient * gradient
        return value - rate * gradient / (m.sqrt(total) + epsilon), (total,)

    return step


@optimizer(
    "rmsprop", rate=0.01, memory=lambda rate: (0.0,), remembers=("mean",), decay=0.99, epsilon=1e-8
)
def rmsprop(m, decay, epsilon):
    """Steps shrink with the recent size of the gradient (Tieleman and Hinton 2012)."""

    def step(value, gradient, rate, memory):
        square = decay * memory[0] + (1.0 - decay) * gradient * gradient
        return value - rate * gradient / (m.sqrt(square) + epsilon), (square,)

    return step


@optimizer(
    "adam",
    rate=0.001,
    memory=lambda rate: (0.0, 0.0, 1.0, 1.0),
    remembers=("m", "v", "p1", "p2"),
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
)
def adam(m, beta1, beta2, epsilon):
    """Momentum over the recent size of the gradient, both freed of their start at 0 (Kingma and Ba 2015).

    The memory is the mean of the gradients, the mean of their squares, and the products
    beta1^t, beta2^t of the steps so far.
    """

    def step(value, gradient, rate, memory):
        mean, square, left1, left2 = memory
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        left1, left2 = beta1 * left1, beta2 * left2
        size = m.sqrt(square) / m.sqrt(1.0 - left2) + epsilon
        return value - rate / (1.0 - left1) * mean / size, (mean, square, left1, left2)

    return step


@optimizer(
    "rprop",
    rate=0.01,
    memory=lambda rate: (0.0, rate),
    remembers=("before", "size"),
    shrink=0.5,
    grow=1.2,
    smallest=1e-6,
    largest=50.0,
)
def rprop(m, shrink, grow, smallest, largest):
    """Only the sign of the gradient counts; each weight has a step of its own (iRprop-, Igel and Huesken 2000).

    The step grows while the sign stays and shrinks when it flips; after a flip the weight waits
    once. The rate is the first step. Made for full batches.
    """

    def step(value, gradient, rate, memory):
        before, size = memory
        agree = gradient * before
        factor = m.where(agree > 0, grow, m.where(agree < 0, shrink, 1.0))
        size = m.minimum(m.maximum(size * factor, smallest), largest)
        gradient = m.where(agree < 0, 0.0, gradient)
        return value - m.sign(gradient) * size, (gradient, size)

    return step
