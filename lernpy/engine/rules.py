"""Optimisers over the vector of all weights, in place; an entry without such a form runs as it is.

The order of the operations is that of the table's formulas, so equal gradients give equal bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lernpy.functions import optimizers
from lernpy.functions.optimizers import Optimizer

add, subtract, multiply, divide, sqrt = np.add, np.subtract, np.multiply, np.divide, np.sqrt
Move = Callable[[np.ndarray, np.ndarray], None]
"""``move(gradient, rate)``: values and memory change in place; the gradient is used up."""


class Numbers:
    """Numbers as arrays of no dimensions: a NumPy call takes them three times as fast as Python's."""

    def __init__(self, dtype: Any, **numbers: float) -> None:
        for name, number in numbers.items():
            setattr(self, name, np.array(number, dtype))

    def __getattr__(self, name: str) -> np.ndarray:
        raise AttributeError(name)


def sgd(value: np.ndarray, memory: list[np.ndarray]) -> Move:
    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        multiply(gradient, rate, gradient)
        subtract(value, gradient, value)

    return move


def momentum(value: np.ndarray, memory: list[np.ndarray], momentum: float) -> Move:
    (velocity,) = memory
    n = Numbers(value.dtype, momentum=momentum)

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        multiply(velocity, n.momentum, velocity)
        add(velocity, gradient, velocity)
        multiply(velocity, rate, gradient)
        subtract(value, gradient, value)

    return move


def nesterov(value: np.ndarray, memory: list[np.ndarray], momentum: float) -> Move:
    (velocity,) = memory
    n = Numbers(value.dtype, momentum=momentum)
    scratch = np.empty_like(value)

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        multiply(velocity, n.momentum, velocity)
        add(velocity, gradient, velocity)
        multiply(velocity, n.momentum, scratch)
        add(gradient, scratch, gradient)
        multiply(gradient, rate, gradient)
        subtract(value, gradient, value)

    return move


def adagrad(value: np.ndarray, memory: list[np.ndarray], epsilon: float) -> Move:
    (total,) = memory
    n = Numbers(value.dtype, epsilon=epsilon)
    scratch = np.empty_like(value)

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        multiply(gradient, gradient, scratch)
        add(total, scratch, total)
        sqrt(total, scratch)
        add(scratch, n.epsilon, scratch)
        multiply(gradient, rate, gradient)
        divide(gradient, scratch, gradient)
        subtract(value, gradient, value)

    return move


def rmsprop(value: np.ndarray, memory: list[np.ndarray], decay: float, epsilon: float) -> Move:
    (square,) = memory
    n = Numbers(value.dtype, decay=decay, rest=1.0 - decay, epsilon=epsilon)
    scratch = np.empty_like(value)

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        multiply(square, n.decay, square)
        multiply(gradient, n.rest, scratch)
        multiply(scratch, gradient, scratch)
        add(square, scratch, square)
        sqrt(square, scratch)
        add(scratch, n.epsilon, scratch)
        multiply(gradient, rate, gradient)
        divide(gradient, scratch, gradient)
        subtract(value, gradient, value)

    return move


def adam(
    value: np.ndarray, memory: list[np.ndarray], beta1: float, beta2: float, epsilon: float
) -> Move:
    mean, square, left1, left2 = memory
    n = Numbers(
        value.dtype,
        beta1=beta1,
        rest1=1.0 - beta1,
        beta2=beta2,
        rest2=1.0 - beta2,
        epsilon=epsilon,
    )
    count = Numbers(left1.dtype, one=1.0, beta1=beta1, beta2=beta2)  # in float64: 1 - 0.999 cancels
    scratch, step = np.empty_like(value), np.empty_like(value)
    root, share = np.empty(left2.shape, value.dtype), np.empty(left1.shape, value.dtype)

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        multiply(mean, n.beta1, mean)
        multiply(gradient, n.rest1, scratch)
        add(mean, scratch, mean)
        multiply(square, n.beta2, square)
        multiply(gradient, n.rest2, scratch)
        multiply(scratch, gradient, scratch)
        add(square, scratch, square)
        multiply(left1, count.beta1, left1)
        multiply(left2, count.beta2, left2)
        sqrt(square, scratch)
        subtract(count.one, left2, root)
        divide(scratch, sqrt(root, root), scratch)
        add(scratch, n.epsilon, scratch)
        divide(rate, subtract(count.one, left1, share), share)
        multiply(mean, share, step)
        divide(step, scratch, step)
        subtract(value, step, value)

    return move


IN_PLACE: dict[Any, Callable[..., Move]] = {
    optimizers.sgd.factory: sgd,
    optimizers.momentum.factory: momentum,
    optimizers.nesterov.factory: nesterov,
    optimizers.adagrad.factory: adagrad,
    optimizers.rmsprop.factory: rmsprop,
    optimizers.adam.factory: adam,
}
COUNTERS = {optimizers.adam.factory: (2, 3)}
"""Places in the memory that only count steps: one number will do where all weights have the same."""


def move_of(entry: Optimizer, value: np.ndarray, memory: list[np.ndarray]) -> Move:
    """The rule of this optimiser on these arrays."""
    if entry.factory in IN_PLACE:
        return IN_PLACE[entry.factory](value, memory, **entry.options)
    step = entry.over(np)

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        moved, after = step(value, gradient, float(rate), tuple(memory))
        value[...] = moved
        for array, numbers in zip(memory, after, strict=True):
            array[...] = numbers

    return move
