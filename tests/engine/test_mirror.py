"""The NumPy mirror: its three ways of calculating, float32, memory, and what a program looks like."""

from __future__ import annotations

import multiprocessing
import os
import tracemalloc
from ctypes import CFUNCTYPE

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import Case, cases

import lernpy
from lernpy.engine import make
from lernpy.engine.numpy import gemm, layers, mirror, sparse
from lernpy.engine.numpy.gemm import find
from lernpy.engine.numpy.layers import FEW_INPUTS, Layers
from lernpy.engine.numpy.sparse import Sparse
from lernpy.engine.numpy.wires import Wires
from lernpy.errors import LernpyError, ShapeError
from lernpy.functions import activations, losses, optimizers

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def values(network: lernpy.Network) -> np.ndarray:
    return np.array([weight.value for weight in network.weights])


def test_each_wiring_gets_the_form_that_suits_it() -> None:
    in_layers = lernpy.layered([3, 4, 2], seed=0)
    skipping = lernpy.layered([3, 4, 2], skip=True, seed=0)
    thin = lernpy.build.random_dag(0, hidden=500, links=900)

    assert isinstance(lernpy.Mirror(in_layers).body, Layers)
    assert type(lernpy.Mirror(skipping).body) is Wires
    assert isinstance(lernpy.Mirror(thin).body, Sparse)


@settings(max_examples=60)
@given(case=cases(optimizers=tuple(optimizers.OPTIMIZERS)), block=st.sampled_from([1, 4, 1 << 18]))
def test_link_by_link_is_as_right_as_a_matrix(case: Case, block: int) -> None:
    network, x, t = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mirror, "form_for", lambda plan: Sparse)
        patch.setattr(sparse, "BLOCK", block)
        found = lernpy.Mirror(network.copy())
        assert isinstance(found.body, Sparse)
        answers, loss = found.predict(x), found.learn_batch(x, t)
    expected = network.predict(x)
    np.testing.assert_allclose(answers, expected, rtol=1e-12, atol=1e-12)
    expected_loss = network.learn_batch(x, t)
    assert abs(loss - expected_loss) <= 1e-12 * max(1.0, abs(expected_loss))
    blames = np.array([weight.sensitivity / len(x) for weight in network.weights])
    np.testing.assert_allclose(found.gradients, blames, rtol=1e-12, atol=1e-12)


def test_link_by_link_no_blame_is_left_over_from_the_batch_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is handed back to an output or to a dead end: there the last batch's blame must go."""
    monkeypatch.setattr(mirror, "form_for", lambda plan: Sparse)
    edges = [("x", "h", 0.5), ("x", "dead", 0.3), ("h", "y", 1.0), ("x", "y", -0.2)]
    network = lernpy.from_edges(edges, ["x"], ["y"], learning_rate=0.5)
    found = lernpy.Mirror(network.copy())
    for _ in range(3):
        loss = network.learn_batch([[1.0], [2.0]], [[0.5], [0.25]])
        assert found.learn_batch([[1.0], [2.0]], [[0.5], [0.25]]) == pytest.approx(loss, abs=1e-15)
        blames = [weight.sensitivity / 2 for weight in network.weights]
        np.testing.assert_allclose(found.gradients, blames, atol=1e-15)


@pytest.mark.parametrize("inputs", [FEW_INPUTS, FEW_INPUTS + 1])
@pytest.mark.parametrize("loss", list(losses.LOSSES))
@pytest.mark.parametrize("kind", [n for n in activations.ACTIVATIONS if n not in ("one", "step")])
def test_layers_with_every_activation_and_loss(inputs: int, loss: str, kind: str) -> None:
    """Few inputs have a column of ones for the bias, many do not; both learn what the graph learns."""
    last = "softmax" if kind == "tanh" else "sigmoid"
    network = lernpy.layered([inputs, 3, 4, 2], kind, last, loss=loss, seed=1, learning_rate=0.1)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(5, inputs)), rng.uniform(0.1, 0.9, (5, 2))
    found = lernpy.Mirror(network.copy())

    for _ in range(3):
        assert found.learn_batch(x, t) == pytest.approx(network.learn_batch(x, t), abs=1e-12)
    found.store()
    np.testing.assert_allclose(values(found.network), values(network), rtol=0, atol=1e-12)


@pytest.mark.parametrize("output", ["identity", "relu", "leaky_relu", "gelu", "tanh", "softplus"])
def test_outputs_of_every_kind(output: str) -> None:
    network = lernpy.layered([2, 3, 2], "tanh", output, seed=0)
    x, t = np.array(XOR[0]), np.array([[0.5, -1.0]] * 4)
    found = lernpy.Mirror(network.copy())

    assert found.learn_batch(x, t) == pytest.approx(network.learn_batch(x, t), abs=1e-14)
    found.store()
    np.testing.assert_allclose(values(found.network), values(network), rtol=0, atol=1e-14)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("inputs", [64, 120])
def test_large_matrices_move_at_once(
    monkeypatch: pytest.MonkeyPatch, batch: int, fused: bool, inputs: int
) -> None:
    """With one BLAS call, or with NumPy's two where there is no such BLAS: the same learning."""
    if not fused:
        monkeypatch.setattr(layers, "find", lambda dtype: None)
    network = lernpy.layered([inputs, 110, 70, 3], seed=0, learning_rate=0.5)
    rng = np.random.default_rng(0)
    x, t = rng.random((7, inputs)), rng.random((7, 3))
    found = lernpy.Mirror(network.copy())
    program = found.program(batch)
    assert ("gemm(" in program) == (fused and find("float64") is not None)

    loss = found.learn_epochs(x, t, np.arange(7)[None], batch, [0.5])[0]
    losses = [
        network.learn_batch(x[a : a + batch], t[a : a + batch]) * len(x[a : a + batch])
        for a in range(0, 7, batch)
    ]
    assert loss == pytest.approx(sum(losses) / 7, rel=1e-12)
    found.store()
    np.testing.assert_allclose(values(found.network), values(network), rtol=0, atol=1e-13)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_blas_that_calculates_wrong_is_not_used(
    monkeypatch: pytest.MonkeyPatch, dtype: str
) -> None:
    gemm.find.cache_clear()
    monkeypatch.setattr(gemm.blas, "symbol", lambda name: CFUNCTYPE(None)(lambda: None))
    assert find(dtype) is None
    gemm.find.cache_clear()


@pytest.mark.parametrize(("dtype", "letter"), [("float64", "d"), ("float32", "s")])
def test_a_blas_that_is_there_is_used(dtype: str, letter: str) -> None:
    names = f"scipy_cblas_{letter}gemm64_", f"cblas_{letter}gemm"
    there = any(gemm.blas.symbol(name) is not None for name in names)

    assert (find(dtype) is not None) == there


@pytest.mark.parametrize("kinds", [("identity", "softplus"), ("gelu", "identity")])
def test_hidden_neurons_that_differ_in_kind_keep_their_own_totals(kinds: tuple[str, str]) -> None:
    """Where nothing bends, output and total are one buffer; a neighbour that bends needs both."""
    network = lernpy.layered([2, 2, 1], seed=0)
    for name, kind in zip(("h1", "h2"), kinds, strict=True):
        network.neurons[name].activation = activations.get(kind)
    x, t = np.array(XOR[0]), np.array(XOR[1])
    found = lernpy.Mirror(network.copy())

    assert isinstance(found.body, Layers)
    assert found.learn_batch(x, t) == pytest.approx(network.learn_batch(x, t), abs=1e-14)
    np.testing.assert_allclose(
        found.gradients, [w.sensitivity / 4 for w in network.weights], atol=1e-14
    )


def test_outputs_that_differ_in_kind_are_in_layers_too() -> None:
    network = lernpy.layered([2, 3, 3], seed=0)
    network.neurons["y2"].activation = activations.get("tanh")
    network.neurons["y3"].activation = activations.get("tanh")
    x, t = np.array(XOR[0]), np.array([[0.5, -0.5, 0.1]] * 4)
    found = lernpy.Mirror(network.copy())

    assert isinstance(found.body, Layers)
    assert found.learn_batch(x, t) == pytest.approx(network.learn_batch(x, t), abs=1e-14)
    np.testing.assert_allclose(
        found.gradients, [w.sensitivity / 4 for w in network.weights], atol=1e-14
    )


@settings(max_examples=40)
@given(
    case=cases(
        activations=("identity", "sigmoid", "tanh", "softplus", "gelu"),
        losses=("squared_error", "cross_entropy", "binary_cross_entropy", "huber"),
        optimizers=("sgd", "momentum", "adam"),
    )
)
def test_float32_is_near(case: Case) -> None:
    network, x, t = case
    network.learning_rate = 0.01
    found = lernpy.Mirror(network.copy(), dtype="float32")

    for _ in range(20):
        loss = network.learn_batch(x, t)
        near = found.learn_batch(x, t)
        assume(abs(loss) < 10.0 and all(abs(w.sensitivity) > 1e-3 for w in network.weights))
        assert abs(loss - near) <= 1e-4 * max(1.0, abs(loss))
    found.store()
    assert found.predict(x).dtype == np.float64
    far = np.abs(values(network) - values(found.network)) / np.maximum(1.0, np.abs(values(network)))
    assert far.max() <= 1e-4


def test_float32_saturates_without_nan() -> None:
    edges = [("x", "y1", 1000.0), ("x", "y2", -1000.0)]
    network = lernpy.from_edges(edges, ["x"], ["y1", "y2"], softmax=[["y1", "y2"]])
    network.loss = "cross_entropy"
    found = lernpy.Mirror(network, "float32")

    assert found.learn_batch([[1.0]], [[0.0, 1.0]]) == 2000.0
    assert found.gradients.tolist() == [1.0, -1.0]


def test_other_numbers_are_refused() -> None:
    with pytest.raises(LernpyError, match="float64 or float32 only, not in int32"):
        lernpy.Mirror(lernpy.layered([2, 1], seed=0), dtype="int32")


def test_large_data_is_gathered_batch_by_batch() -> None:
    """An epoch over 8 million numbers allocates less than a tenth of them."""
    rng = np.random.default_rng(0)
    x, t = rng.random((10_000, 800)), rng.random((10_000, 3))
    found = lernpy.Mirror(lernpy.layered([800, 4, 3], seed=0))
    orders = rng.permutation(10_000)[None]

    tracemalloc.start()
    found.learn_epochs(x, t, orders, 32, [0.1])
    found.predict(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < x.nbytes / 10


@pytest.mark.parametrize("count", [7, 601])
@pytest.mark.parametrize("penalty", [0.0, 0.01])
def test_a_short_batch_ends_each_epoch(count: int, penalty: float) -> None:
    """Few steps: many epochs are gathered at once; many steps: not even one."""
    rng = np.random.default_rng(0)
    x, t, sample_weight = rng.random((count, 3)), rng.random((count, 2)), rng.random(count)
    orders = rng.permuted(np.tile(np.arange(count), (5, 1)), axis=1)
    rates = [0.5, 0.5, 0.5, 0.2, 0.2]
    network = lernpy.layered([3, 4, 2], seed=0, l2=penalty)
    ours, graph = (make(network.copy(), name) for name in ("numpy", "graph"))

    found = ours.learn_epochs(x, t, orders, 2, rates, sample_weight)
    expected = graph.learn_epochs(x, t, orders, 2, rates, sample_weight)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    graph.store()
    ours.store()
    np.testing.assert_allclose(values(ours.network), values(graph.network), rtol=1e-11)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "bool"])
def test_data_of_any_kind_of_number(dtype: str) -> None:
    rng = np.random.default_rng(0)
    x = (rng.random((900, 700)) * 3).astype(dtype)
    t = rng.random((900, 2))
    network = lernpy.layered([700, 3, 2], seed=0)
    loss = lernpy.Mirror(network.copy()).learn_epochs(x, t, np.arange(900)[None], 100, [0.1])[0]

    plain = lernpy.Mirror(network.copy())
    assert loss == plain.learn_epochs(x.astype(float), t, np.arange(900)[None], 100, [0.1])[0]


def test_many_predictions_are_the_same_as_few() -> None:
    rng = np.random.default_rng(0)
    x = rng.random((1000, 3))
    found = lernpy.Mirror(lernpy.layered([3, 4, 2], seed=0))
    few = np.concatenate([found.predict(part) for part in np.array_split(x, 7)])

    np.testing.assert_allclose(found.predict(x), few, rtol=1e-14)
    assert found.predict(np.zeros((0, 3))).shape == (0, 2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_much_data_is_predicted_to_the_last_sample(dtype: str) -> None:
    """Too large to be made ready at once, and no multiple of a block."""
    x = np.random.default_rng(0).random((270_001, 2))
    found = lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0), dtype)

    outputs = found.predict(x)
    np.testing.assert_allclose(outputs[-3:], found.predict(x[-3:]), rtol=1e-6)
    assert found.loss_of(x, outputs) < 1e-12
    assert found.loss_of(x, outputs - 2.0) == pytest.approx(2.0)  # half of two times two


def test_a_program_is_kept_while_nothing_changes_how_it_learns() -> None:
    """Whoever asks for epochs one by one has it written once."""
    network = lernpy.layered([2, 3, 1], seed=0)
    found = lernpy.Mirror(network)
    found.learn_batch(*XOR)
    kept = found._program("learn", 4, False)

    network.links["x1", "h1"].weight.value = 0.5
    found.load()
    assert found._program("learn", 4, False) is kept
    network.links["x1", "h1"].weight.freeze()
    found.load()
    assert found._program("learn", 4, False) is not kept


def test_a_program_can_be_read() -> None:
    """The step of a tiny network: two products forward, one back, two for the gradients."""
    found = lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0))
    lines = found.program(batch=4).split("\n")

    assert sum("_dot(" in line for line in lines) == 5
    assert lines[-1].strip() == "subtract(weights, gradients, weights)"


def _learn_in_child(queue: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    queue.put(lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0)).learn_batch(*XOR))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_can_learn() -> None:
    found = lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0))
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[float] = context.Queue()
    child = context.Process(target=_learn_in_child, args=(queue,))
    child.start()
    loss = queue.get(timeout=60)
    child.join(60)

    assert loss == found.learn_batch(*XOR)


def test_what_saturates_keeps_its_slope_where_somebody_divides_by_it() -> None:
    """Plain descent on squares leaves TINY out; adam and cross-entropy keep it."""
    plain = lernpy.layered([2, 3, 1], seed=0)
    divides = lernpy.layered([2, 3, 1], seed=0, optimizer="adam")

    assert "tiny" not in lernpy.Mirror(plain).program(4)
    assert "tiny" in lernpy.Mirror(divides).program(4)


# ---- activity ------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(case=cases(), few=st.booleans())
def test_activity_is_what_the_objects_find(case: Case, few: bool) -> None:
    """Total inputs and outputs of every neuron, in the order of `network.neurons`."""
    network, x, _ = case
    x = x[:1] if few else x
    totals, outputs = lernpy.Mirror(network.copy()).activity(x)
    assert totals.shape == outputs.shape == (len(x), len(network.neurons))
    for sample, total, output in zip(x, totals, outputs, strict=True):
        network.answer(sample)
        expected = [[n.total_input, n.output] for n in network.neurons.values()]
        found = np.transpose([total, output])
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_activity_takes_other_weights_and_the_present_ones() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    mirror = lernpy.Mirror(network)
    before = mirror.activity(XOR[0])[1]
    network.weights[0].value += 1.0  # nobody has to load it

    after = mirror.activity(XOR[0])[1]
    assert (after != before).any()
    again = mirror.activity(XOR[0], weights=values(lernpy.layered([2, 3, 1], seed=0)))[1]
    assert (again == before).all()
    network.prune(("x1", "h1"))
    assert mirror.activity(XOR[0])[1].shape == before.shape


@settings(max_examples=60)
@given(case=cases(), shift=st.floats(-1, 1))
def test_the_loss_with_other_weights_is_that_of_a_network_which_has_them(
    case: Case, shift: float
) -> None:
    network, x, t = case
    other = network.copy()
    for weight in other.weights:
        weight.value += shift
    mirror = lernpy.Mirror(network)
    own = mirror.values.tolist()

    assert mirror.loss_with(x, t, values(other)) == lernpy.Mirror(other).loss_of(x, t)
    assert mirror.values.tolist() == own


def test_activity_of_a_thin_wiring_and_of_no_samples() -> None:
    network = lernpy.build.random_dag(0, hidden=500, links=900)
    mirror = lernpy.Mirror(network)
    x = np.random.default_rng(0).normal(size=(3, len(network.inputs)))
    _, outputs = mirror.activity(x)
    places = [list(network.neurons).index(neuron.name) for neuron in network.outputs]
    np.testing.assert_allclose(outputs[:, places], network.predict(x), rtol=1e-12, atol=1e-12)
    assert mirror.activity(np.empty((0, len(network.inputs))))[0].shape == (0, len(network.neurons))


def test_activity_refuses_what_does_not_fit() -> None:
    mirror = lernpy.Mirror(lernpy.layered([2, 3, 1], seed=0))
    with pytest.raises(ShapeError, match="has 2 input neurons, but the sample has 3 values"):
        mirror.activity([[1, 2, 3]])
    with pytest.raises(ShapeError, match="has 13 weights, but the vector has 2 values"):
        mirror.activity([[1, 2]], weights=[1, 2])
    with pytest.raises(ShapeError, match="the weights must be numbers, not 'many'"):
        mirror.activity([[1, 2]], weights="many")  # type: ignore[arg-type]
