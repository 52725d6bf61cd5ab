"""engine="python": bit for bit what the objects do, faster."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Case, cases

import lernpy
from lernpy.engine import make, python
from lernpy.engine.python import PythonEngine
from lernpy.engine.sweep import Sweep
from lernpy.engine.unrolled import Unrolled
from lernpy.errors import LernpyError
from lernpy.functions import optimizers


def state(network: lernpy.Network) -> list[tuple[float, tuple[float, ...]]]:
    return [(weight.value, weight.memory) for weight in network.weights]


def equal(ours: object, theirs: object) -> bool:
    """Equal to the last bit; NaN equals NaN."""
    return repr(ours) == repr(theirs)


@pytest.mark.parametrize("few_links", [python.FEW_LINKS, 0])
@settings(max_examples=150)
@given(
    case=cases(optimizers=tuple(optimizers.OPTIMIZERS)),
    weighed=st.booleans(),
    zeros=st.booleans(),
)
def test_bit_for_bit(few_links: int, case: Case, weighed: bool, zeros: bool) -> None:
    """Losses, weights, memories, gradients and outputs; written out, and row by row."""
    network, x, t = case
    network.learning_rate = 0.05
    if zeros:
        x = x * (np.abs(x) > 1.0)
    sample_weight = np.linspace(0.5, 2.0, len(x)) if weighed else None
    twin = network.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(python, "FEW_LINKS", few_links)
        engine = PythonEngine(twin)
    assert isinstance(engine.body, Unrolled if few_links else Sweep)

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


def test_zeros_are_skipped_only_while_that_is_exact() -> None:
    """0 times infinity is not 0: a network that has blown up must show it."""
    network = lernpy.layered([30, 20, 3], seed=0)
    network.links["x1", "h1"].weight.value = float("inf")
    engine = PythonEngine(network.copy())
    assert isinstance(engine.body, Sweep)
    x, t = np.zeros((1, 30)), np.zeros((1, 3))

    assert np.isnan(network.learn_batch(x, t))
    assert np.isnan(engine.learn_batch(x, t))


def test_zeros_are_to_blame_where_blame_is_infinite() -> None:
    """The same on the way back: the slope 2 (y - t) overflows, and x1 = 0 had a part in it."""
    network = lernpy.layered(
        [30, 20, 3], "identity", "identity", loss="mean_squared_error", init="zeros"
    )
    engine = PythonEngine(network.copy())
    assert isinstance(engine.body, Sweep)
    x, t = np.zeros((1, 30)), np.full((1, 3), 1e308)

    assert network.learn_batch(x, t) == engine.learn_batch(x, t) == np.inf
    blames = [weight.sensitivity for weight in network.weights]
    assert np.isnan(blames).any() and np.isinf(blames).any()
    np.testing.assert_array_equal(engine.gradients, blames)


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
