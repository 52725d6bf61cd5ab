"""Entries of one's own: every engine learns with them what the objects learn, and says what it calls."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import activations, losses, optimizers
from lernpy.engine import make
from lernpy.network import Network
from lernpy.sweep import train_many

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="needs numba")
JIT = pytest.param("jit", marks=needs_numba)

# ---- a formula each ------------------------------------------------------------------------------


def bumpy(m):
    """Asks NumPy by its own name; a formula nevertheless."""
    return lambda z: z * np.exp(-z * z), lambda z, y: (1.0 - 2.0 * z * z) * np.exp(-z * z)


def fourth(m):
    return lambda y, t: 0.25 * (y - t) ** 4, lambda y, t: (y - t) ** 3


def hasty(m):
    """Remembers how far it went, and goes on a little."""

    def step(value, gradient, rate, memory):
        way = 0.5 * memory[0] - rate * m.tanh(gradient)
        return value + way, (way,)

    return step


# ---- what cannot be written as one ---------------------------------------------------------------


def kinked(m):
    """Asks for the sign of one number."""
    return lambda z: z if z > 0 else 0.25 * z, lambda z, y: 1.0 if z > 0 else 0.25


def by_sum(m):
    """Of one number the sum is that number; of many it is another."""
    return lambda y, t: np.sum((y - t) ** 2), lambda y, t: 2.0 * np.sum(y - t)


def by_no_axis(m):
    """A sum that no compiler knows."""
    return lambda y, t: np.sum((y - t) ** 2, axis=()), lambda y, t: 2.0 * np.sum(y - t, axis=())


def summed(m):
    return (
        lambda z: z / (1.0 + np.sum(z * z)),
        lambda z, y: (1.0 - np.sum(z * z)) / (1.0 + np.sum(z * z)) ** 2,
    )


def normed(m):
    """Steps of one length, which the length of one number is, and its memory is of that, too."""

    def step(value, gradient, rate, memory):
        return value - rate * gradient / (0.1 + np.max(memory[0])), (np.linalg.norm(gradient),)

    return step


def lopsided(m):
    """Twice as bad above the target."""
    return (
        lambda y, t: (y - t) ** 2 * (2.0 if y > t else 1.0),
        lambda y, t: 2.0 * (y - t) * (2.0 if y > t else 1.0),
    )


def cautious(m):
    def step(value, gradient, rate, memory):
        care = 0.9 * memory[0] if abs(gradient) < 0.1 else memory[0]
        return value - rate * care * gradient, (care,)

    return step


Kinds = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]
CALLED = "; {} by call, which is slower ({} cannot be written as a formula)"
TRACED: Kinds = bumpy, fourth, hasty
WITH_IF: Kinds = kinked, lopsided, cautious
WITH_SUM: Kinds = bumpy, by_sum, hasty
NO_AXIS: Kinds = bumpy, by_no_axis, hasty
ALL_SUMS: Kinds = summed, by_sum, normed
WITHOUT_NUMPY = CALLED.replace(")", " without NumPy)")
IN_PYTHON = {  # whose last bits are not NumPy's
    TRACED: WITHOUT_NUMPY.format("bumpy", "it"),
    WITH_SUM: WITHOUT_NUMPY.format("bumpy, by_sum", "they"),
    NO_AXIS: WITHOUT_NUMPY.format("bumpy, by_no_axis", "they"),
}
CASES = [
    pytest.param(TRACED, "", id="traced"),
    pytest.param(WITH_IF, CALLED.format("kinked, lopsided, cautious", "they"), id="if"),
    pytest.param(WITH_SUM, CALLED.format("by_sum", "it"), id="np.sum"),
    pytest.param(NO_AXIS, CALLED.format("by_no_axis", "it"), id="axis=()"),
    pytest.param(ALL_SUMS, CALLED.format("summed, by_sum, normed", "they"), id="sums everywhere"),
]


def network_of(kinds: Kinds, seed: int = 0) -> Network:
    """2-3-1 with a hidden neuron of a kind from the tables between two of its own."""
    activation, loss, optimizer = kinds
    network = lernpy.layered(
        [2, 3, 1],
        *("tanh", "identity"),
        seed=seed,
        loss=losses.Loss(loss.__name__, loss),
        optimizer=optimizers.Optimizer(optimizer.__name__, optimizer, 0.1, lambda rate: (1.0,), {}),
    )
    for name in ("h1", "h3"):
        network.neurons[name].activation = activations.Activation(activation.__name__, activation)
    return network


def numbers(network: Network) -> np.ndarray:
    return np.array([(weight.value, *weight.memory) for weight in network.weights])


@pytest.mark.parametrize(("kinds", "called"), CASES)
@pytest.mark.parametrize("name", ["graph", "python", "numpy", JIT])
def test_every_engine_learns_what_the_objects_learn(name: str, kinds: Kinds, called: str) -> None:
    network = network_of(kinds)
    engine = make(network.copy(), name)

    for inputs, targets in ((XOR[0], XOR[1]), (XOR[0][:1], XOR[1][:1]), (XOR[0][1:], XOR[1][1:])):
        expected = network.learn_batch(inputs, targets)
        assert engine.learn_batch(inputs, targets) == pytest.approx(expected, abs=1e-12)
    engine.store()

    np.testing.assert_allclose(numbers(engine.network), numbers(network), rtol=0, atol=1e-12)
    np.testing.assert_allclose(engine.predict(XOR[0]), network.predict(XOR[0]), rtol=0, atol=1e-12)
    alone = [network.copy().collect(*sample) for sample in zip(*XOR, strict=True)]
    assert lernpy.evaluate(engine.network, XOR).loss == pytest.approx(np.mean(alone), abs=1e-12)
    if name == "python":
        called = IN_PYTHON.get(kinds, called)
    if name != "graph":  # which calls everything
        assert called in engine.explanation
        assert bool(called) == ("by call" in engine.explanation)


@pytest.mark.parametrize(("kinds", "called"), CASES)
@pytest.mark.parametrize("name", ["numpy", JIT])
def test_many_nets_learn_what_each_learns_alone(name: str, kinds: Kinds, called: str) -> None:
    how: dict[str, Any] = {"epochs": 5, "batch_size": None}
    sweep = train_many(lambda seed: network_of(kinds, seed), XOR, range(3), engine=name, **how)

    for net in range(3):
        trained = sweep.network(net)
        alone = network_of(kinds, net)
        lernpy.train(alone, XOR, engine="graph", seed=0, **how)
        np.testing.assert_allclose(numbers(trained), numbers(alone), rtol=0, atol=1e-12)
    assert called in sweep.engine or sweep.engine.startswith("numpy (jit: numba cannot compile ")
