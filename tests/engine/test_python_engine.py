"""engine="python": bit for bit what the objects do, faster."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Case, cases

import lernpy
from lernpy.engine import make
from lernpy.engine.python import PythonEngine
from lernpy.errors import LernpyError
from lernpy.functions import optimizers
from lernpy.weight import Rule


def state(network: lernpy.Network) -> list[tuple[float, tuple[float, ...]]]:
    return [(weight.value, weight.memory) for weight in network.weights]


def equal(ours: object, theirs: object) -> bool:
    """Equal to the last bit; NaN equals NaN."""
    return repr(ours) == repr(theirs)


@settings(max_examples=200)
@given(
    case=cases(optimizers=tuple(optimizers.OPTIMIZERS)),
    weighed=st.booleans(),
    zeros=st.booleans(),
)
def test_bit_for_bit(case: Case, weighed: bool, zeros: bool) -> None:
    """Losses, weights, memories, gradients and outputs."""
    network, x, t = case
    network.learning_rate = 0.05
    if zeros:
        x = x * (np.abs(x) > 1.0)
    sample_weight = np.linspace(0.5, 2.0, len(x)) if weighed else None
    twin = network.copy()
    engine = PythonEngine(twin)

    for _ in range(5):
        loss = network.learn_batch(x, t, sample_weight)
        assert equal(engine.learn_batch(x, t, sample_weight), loss)
        blames = [weight.sensitivity / len(x) for weight in network.weights]
        np.testing.assert_array_equal(engine.gradients, blames)
    engine.learn_epochs(x, t, np.arange(len(x))[None], 1, [0.05])
    for sample, target in zip(x, t, strict=True):
        network.learn(sample, target)
    engine.store()
    np.testing.assert_array_equal(
        np.array([w.value for w in network.weights]), np.array([w.value for w in twin.weights])
    )
    assert equal([m for _, m in state(network)], [m for _, m in state(twin)])
    np.testing.assert_array_equal(engine.predict(x), network.predict(x))


def test_a_weight_of_rate_zero_goes_with_the_objects_beyond_all_numbers() -> None:
    """Found by chance: 0 times a step that is infinite is no number, and the lines said the old weight."""
    network = lernpy.layered([1, 1], "identity", "identity", bias=False, seed=0, learning_rate=1.0)
    network.weights[0].rule = Rule(rate=0.0)
    twin = network.copy()

    for x in (3.0, 1e200):
        network.learn([x], [0.0])
        engine = PythonEngine(twin)
        engine.learn_epochs([[x]], [[0.0]], np.zeros((1, 1), int), 1, [1.0])
        engine.store()
        assert equal(state(twin), state(network))
    assert np.isnan(network.weights[0].value)


def test_products_hand_back_in_the_order_of_the_network() -> None:
    """Found by chance: y is a factor of two products, which the plan had in another order."""
    edges = [("x", "h"), ("x", "y"), ("h", "y"), ("y", "z"), ("p", "z"), ("q", "z")]
    network = lernpy.from_edges(
        edges, ["x"], ["z", "y"], products={"p": ["h", "y", "x"], "q": ["y", "y"]}, seed=0
    )
    rng = np.random.default_rng(0)
    for _ in range(200):
        for weight in network.weights:
            weight.value = rng.normal()
        x, t = rng.normal(size=(1, 1)), rng.normal(size=(1, 2))
        engine = PythonEngine(network.copy())
        engine.learn_batch(x, t)
        network.learn_batch(x, t)
        assert engine.gradients.tolist() == [weight.sensitivity for weight in network.weights]


def test_a_network_of_many_links_is_refused() -> None:
    network = lernpy.layered([250, 20, 1], seed=0)
    with pytest.raises(LernpyError, match=r"has 5,041\. Take engine='numpy' or 'jit'"):
        make(network, "python")


def test_large_tables_are_read_row_by_row() -> None:
    rng = np.random.default_rng(0)
    x, t = rng.random((700, 800)), rng.random((700, 1))
    network = lernpy.layered([800, 1], seed=0)
    twin = network.copy()
    engine = make(twin, "python")
    order = rng.permutation(700)[None, :5]

    engine.learn_epochs(x, t, order, 2, [0.1])
    for batch in (order[0, :2], order[0, 2:4], order[0, 4:]):
        network.learn_batch(x[batch], t[batch], rate=0.1)
    engine.store()
    assert state(twin) == state(network)


def test_float32_is_refused() -> None:
    with pytest.raises(LernpyError, match="float64 only"):
        make(lernpy.layered([2, 1], seed=0), "python", "float32")
