"""How a weight moves: the pull of the penalty, the optimiser's step, the weight's own rule.

`Weight.update` says it for one object and one reader; every engine prints, or calls, what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from operator import add
from typing import Any

from lernpy.functions.formula import Formula, traced
from lernpy.functions.optimizers import Optimizer, Step

PENALTY = "l1", "l2"
RULE = "frozen", "slowed", "lowest", "highest"
"""The fields of `lernpy.weight.Rule`, as names in the lines."""


def pulled(m: Any) -> Callable[..., Any]:
    """The gradient with the slope of the penalty, l1 |w| + l2/2 w^2; what is None is not there."""

    def gradient_of(gradient: Any, value: Any, l1: Any = None, l2: Any = None) -> Any:
        sizes = [] if l1 is None else [l1 * m.sign(value)]
        squares = [] if l2 is None else [l2 * value]
        return gradient + reduce(add, sizes + squares)

    return gradient_of


def penalty(m: Any) -> Callable[..., Any]:
    """l1 sum |w| + l2/2 sum w^2 of some weights."""

    def cost(l1: Any, l2: Any, *weights: Any) -> Any:
        sizes = reduce(add, [m.abs(weight) for weight in weights])
        return l1 * sizes + l2 / 2 * reduce(add, [weight * weight for weight in weights])

    return cost


def ruled(m: Any) -> Callable[..., Any]:
    """What a rule lets through of (value, memory, ...): a share of the step, within bounds, or nothing."""

    def let(
        old: Sequence[Any], new: Sequence[Any], frozen: Any, slowed: Any, lowest: Any, highest: Any
    ) -> tuple[Any, ...]:
        value, proposed = old[0], new[0]
        proposed = m.where(slowed == 1.0, proposed, value + slowed * (proposed - value))
        within = m.minimum(highest, m.maximum(lowest, proposed))
        return tuple(
            m.where(frozen > 0.0, *pair) for pair in zip(old, (within, *new[1:]), strict=True)
        )

    return let


def moved(m: Any, step: Step) -> Callable[..., Any]:
    """The whole: value and memories after the step; `penalty` and `rule` where they are not empty.

    >>> from lernpy import optimizers
    >>> from lernpy.functions.maths import scalar
    >>> move = moved(scalar, optimizers.get("sgd").step)
    >>> move(1.0, 0.5, 0.1, penalty=(0.0, 1.0), rule=(False, 1.0, 0.9, 2.0))
    (0.9,)
    """

    def move(
        value: Any, gradient: Any, rate: Any, *memory: Any, penalty: Any = (), rule: Any = ()
    ) -> Any:
        if penalty:
            gradient = pulled(m)(gradient, value, *penalty)
        proposed, after = step(value, gradient, rate, memory)
        new = proposed, *after
        return ruled(m)((value, *memory), new, *rule) if rule else new

    return move


@cache
def move_formula(
    optimizer: Optimizer,
    penalty: Sequence[str | None] = (),
    rule: Sequence[str | float] = (),
    named_options: bool = False,
) -> Formula | None:
    """`moved` as operations; None if the optimiser's step has to be called.

    Its parameters are value, gradient, rate, each memory, then the names among `penalty` and `rule`, and
    with `named_options` the optimiser's options.

    >>> from lernpy import optimizers
    >>> print(move_formula(optimizers.get("sgd"), (None, "l2"), (False, 1.0, 0.0, float("inf"))))
    v1 = multiply(l2, value)
    v2 = add(gradient, v1)
    v3 = multiply(rate, v2)
    v4 = subtract(value, v3)
    v7 = maximum(0.0, v4)
    -> v7
    """
    memory = [f"memory{at}" for at in range(len(optimizer.memory(0.1)))]
    names = [name for name in (*penalty, *rule) if isinstance(name, str)]
    options = list(optimizer.options) if named_options else []

    def pick(m: Any) -> Callable[..., Any]:
        def move(value: Any, gradient: Any, rate: Any, *rest: Any) -> Any:
            held, known = rest[: len(memory)], dict(zip(names, rest[len(memory) :], strict=False))
            last = rest[len(memory) + len(names) :]
            chosen = dict(zip(options, last, strict=True)) or optimizer.options
            pull = [name and known[name] for name in penalty]
            let = [known[x] if isinstance(x, str) else x for x in rule]
            step = optimizer.factory(m, **chosen)
            return moved(m, step)(value, gradient, rate, *held, penalty=pull, rule=let)

        return move

    return traced(pick, "value", "gradient", "rate", *memory, *names, *options)
