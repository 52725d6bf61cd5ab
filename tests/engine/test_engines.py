"""What every engine must do: the same tests, once for each. A new engine joins by its name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import exp

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import Case, cases, near_a_kink

import lernpy
from lernpy.engine import Engine, make
from lernpy.errors import LernpyError, ShapeError
from lernpy.functions import activations, losses, optimizers
from lernpy.network import Network
from lernpy.weight import Rule

ENGINES = ["graph", "python", "numpy", "jit"]
SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "gelu", "elu")
SMOOTH_LOSSES = tuple(name for name in losses.LOSSES if name != "mean_absolute_error")
MAGNIFYING = ("adagrad", "adam", "rmsprop", "rprop")  # of a gradient that is mere round-off
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)


@pytest.fixture(params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def values(network: Network) -> np.ndarray:
    return np.array([weight.value for weight in network.weights])


def gradients(network: Network, samples: int) -> np.ndarray:
    return np.array([weight.sensitivity / samples for weight in network.weights])


def far(a: np.ndarray, b: np.ndarray) -> float:
    """The largest distance, in units of the number itself where it is large."""
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(a)), initial=0.0))


# ---- laws over random networks -------------------------------------------------------------------


@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=60)
@given(case=cases())
def test_gradients_loss_and_outputs_are_the_networks(name: str, case: Case) -> None:
    network, x, t = case
    assume(not near_a_kink(network, x, t, 1e-9))
    engine = make(network.copy(), name)

    assert far(network.predict(x), engine.predict(x)) <= 1e-12
    loss = network.learn_batch(x, t)
    assert engine.loss_of(x, t) + network.copy().penalty() >= 0.0
    assert abs(engine.learn_batch(x, t) - loss) <= 1e-12 * max(1.0, abs(loss))
    assert far(gradients(network, len(x)), engine.gradients) <= 1e-12


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("optimizer", list(optimizers.OPTIMIZERS))
@settings(max_examples=25)
@given(data=st.data())
def test_twenty_updates_go_the_same_way(name: str, optimizer: str, data: st.DataObject) -> None:
    kinds = {"activations": SMOOTH, "losses": SMOOTH_LOSSES, "optimizers": (optimizer,)}
    network, x, t = data.draw(cases(**kinds))
    network.learning_rate = data.draw(st.sampled_from([0.0, 0.01, 0.05]))
    sample_weight = data.draw(st.sampled_from([None, np.linspace(0.5, 2.0, len(x))]))
    twin = network.copy()
    engine = make(twin, name)

    for _ in range(20):
        loss = network.learn_batch(x, t, sample_weight)
        mirrored = engine.learn_batch(x, t, sample_weight)
        assume(np.isfinite(loss) and abs(loss) < 1e3)
        if optimizer in MAGNIFYING:
            blames = gradients(network, len(x))
            assume(((abs(blames) > 1e-7) | ((blames == 0) & (engine.gradients == 0))).all())
        assert abs(loss - mirrored) <= 1e-9 * max(1.0, abs(loss))
    engine.store()

    assert far(values(network), values(twin)) <= 1e-9
    for ours, theirs in zip(network.weights, twin.weights, strict=True):
        assert len(ours.memory) == len(theirs.memory)
        assert far(np.array(ours.memory), np.array(theirs.memory)) <= 1e-9


@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=20)
@given(case=cases(), size=st.integers(1, 8), seed=st.integers(0, 99))
def test_epochs_are_batches_in_the_order_given(name: str, case: Case, size: int, seed: int) -> None:
    """Short last batches, batches larger than the data, one sample, a rate for each epoch."""
    network, x, t = case
    orders = np.random.default_rng(seed).permuted(np.tile(np.arange(len(x)), (3, 1)), axis=1)
    rates = [0.01, 0.01, 0.002]
    sample_weight = np.linspace(1.0, 2.0, len(x))
    first, second = (make(twin, name) for twin in (network.copy(), network.copy()))

    losses = first.learn_epochs(x, t, orders, size, rates, sample_weight)
    expected = []
    for order, rate in zip(orders, rates, strict=True):
        batches = [order[a : a + size] for a in range(0, len(x), size)]
        means = [second.learn_batch(x[b], t[b], sample_weight[b], rate) * len(b) for b in batches]
        expected.append(sum(means) / len(x))
    assume(np.isfinite(expected).all() and max(map(abs, expected)) < 1e3)

    assert far(np.array(expected), losses) <= 1e-10
    for engine in (first, second):
        engine.store()
    assert far(values(first.network), values(second.network)) <= 1e-10  # type: ignore[attr-defined]


# ---- small stories -------------------------------------------------------------------------------


def test_the_golden_example(name: str) -> None:
    network = lernpy.build.two_two_two()
    engine = make(network, name)

    assert round(engine.learn_batch([[0.05, 0.10]], [[0.01, 0.99]]), 9) == 0.298371109
    engine.store()
    assert round(network.links["x1", "h1"].weight.value, 9) == 0.149780716
    assert network.links["bias", "h1"].weight.value == 0.35


def test_lernmi_squashes_its_inputs(name: str) -> None:
    network = lernpy.build.lernmi([2, 3, 1])
    twin = network.copy()
    engine = make(twin, name)

    for x, t in zip(*XOR, strict=True):
        network.learn(x, t)
    engine.learn_epochs(*XOR, np.arange(4)[None], 1, [0.1])
    engine.store()
    assert far(values(network), values(twin)) <= 1e-15


def test_numbers_may_be_numpys_own(name: str) -> None:
    """A value, a bound and a rate from an array, with a penalty that asks for the sign."""
    network = lernpy.layered([2, 3, 1], l1=0.01, seed=0)
    for weight, value in zip(network.weights, np.linspace(-1.0, 1.0, 13), strict=True):
        weight.value, weight.rule = value, Rule(low=np.float64(-0.9))
    twin = network.copy()
    engine = make(twin, name)

    for _ in range(3):
        network.learn_batch(*XOR, rate=np.float64(0.5))
        engine.learn_batch(*XOR, rate=np.float64(0.5))
    engine.store()
    assert far(values(network), values(twin)) <= 1e-14


def test_what_is_no_network_and_what_are_no_numbers(name: str) -> None:
    with pytest.raises(LernpyError, match="this needs a network, not 'xor'"):
        make("xor", name)  # type: ignore[arg-type]
    engine = make(lernpy.layered([2, 3, 1], seed=0), name)
    with pytest.raises(ShapeError, match="the sample weights must be numbers, not"):
        engine.learn_batch(*XOR, sample_weight=["much"] * 4)
    with pytest.raises(ShapeError, match="the rates must be numbers, not"):
        engine.learn_epochs(*XOR, np.arange(4)[None], 2, ["fast"])


def test_a_stable_form_for_single_numbers(name: str) -> None:
    """The user's form of the loss asks ``if``."""

    def of_total(m: object) -> object:
        return lambda z, t: (z if z > 0 else 0.0) - t * z

    @losses.loss("test_single", from_total={"sigmoid": of_total})
    def single(m):  # type: ignore[no-untyped-def]
        return lambda y, t: (y - t) ** 2, lambda y, t: 2 * (y - t)

    network = lernpy.layered([2, 3, 1], loss="test_single", seed=0)
    losses.LOSSES.remove("test_single")
    expected = network.copy().learn_batch(*XOR)
    assert make(network, name).learn_batch(*XOR) == pytest.approx(expected, rel=1e-13)


def test_rate_0_moves_nothing(name: str) -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    before = values(network)
    engine = make(network, name)

    engine.learn_batch(*XOR, rate=0.0)
    engine.learn_epochs(*XOR, np.arange(4)[None], 3, [0.0])
    engine.store()
    assert (values(network) == before).all()


@pytest.mark.parametrize("total", [1000.0, -1000.0])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_sigmoid_saturates_without_losing_its_blame(name: str, total: float, target: float) -> None:
    """delta = p - t, and the loss grows with the total input: 0 or 1000."""
    edges = [("x", "y", total), ("bias", "y", 0.0)]
    network = lernpy.from_edges(edges, ["x"], ["y"], loss="binary_cross_entropy")
    engine = make(network, name)
    p = 1.0 if total > 0 else 0.0

    loss = engine.learn_batch([[1.0]], [[target]])
    assert loss == (0.0 if p == target else 1000.0)
    assert engine.gradients.tolist() == [p - target, p - target]


@pytest.mark.parametrize("onward", [False, True])
def test_softmax_saturates_without_losing_its_blame(name: str, onward: bool) -> None:
    edges = [("x", "y1", 1000.0), ("x", "y2", -1000.0), ("x", "y3", 0.0)]
    if onward:
        edges.append(("y1", "z", 0.0))
    network = lernpy.from_edges(
        edges,
        ["x"],
        ["y1", "y2", "y3"],
        softmax=[["y1", "y2", "y3"]],
        loss="cross_entropy",
    )
    engine = make(network, name)

    loss = engine.learn_batch([[1.0]], [[0.0, 1.0, 0.0]])
    assert loss == 2000.0
    by_link = dict(zip(network.weights, engine.gradients.tolist(), strict=True))
    found = [by_link[network.links["x", end].weight] for end in ("y1", "y2", "y3")]
    assert found == [1.0, -1.0, 0.0]


def test_edits_between_load_and_load_are_honoured(name: str) -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    engine = make(network, name)

    def both_agree() -> None:
        twin = network.copy()
        engine.load()
        assert abs(engine.learn_batch(*XOR) - twin.learn_batch(*XOR)) < 1e-14
        engine.learn_epochs(*XOR, np.arange(4)[None], 4, [network.learning_rate])
        twin.learn_batch(*XOR)
        engine.store()
        assert far(values(network), values(twin)) < 1e-14

    both_agree()
    network.weights[0].value = 2.0
    both_agree()
    network.weights[1].freeze()
    network.weights[2].rule = Rule(rate=0.5, low=-0.1, high=0.1)
    both_agree()
    network.loss = "binary_cross_entropy"
    both_agree()
    network.optimizer = "adam"
    network.learning_rate = 0.02
    both_agree()
    network.optimizer = ("momentum", {"momentum": 0.5})
    both_agree()
    network.l1, network.l2 = 0.01, 0.1
    both_agree()
    network.connect("x1", "y1", 0.3)
    both_agree()
    network.tie(("x1", "h1"), ("x2", "h2"))
    both_agree()
    network.prune(("x2", "h1"))
    both_agree()
    network.neurons["h3"].activation = activations.get("tanh")
    both_agree()


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "rprop", "sgd"])
def test_a_frozen_weight_keeps_value_and_memory(name: str, optimizer: str) -> None:
    network = lernpy.layered([2, 3, 1], seed=0, optimizer=optimizer, l2=0.1)
    network.learn_batch(*XOR)
    kept, free = network.weights[0], network.weights[1]
    network.weights[2].memory = ()
    network.weights[2].freeze()
    kept.freeze()
    before = [(weight.value, weight.memory) for weight in (kept, network.weights[2])]
    engine = make(network, name)

    engine.learn_batch(*XOR)
    engine.learn_epochs(*XOR, np.arange(4)[None], 2, [0.1])
    engine.store()
    assert [(weight.value, weight.memory) for weight in (kept, network.weights[2])] == before
    assert free.value != values(lernpy.layered([2, 3, 1], seed=0))[1]


@pytest.mark.parametrize("optimizer", list(optimizers.OPTIMIZERS))
def test_the_object_graph_goes_on_where_the_engine_stopped(name: str, optimizer: str) -> None:
    """Values and memories come back as Python's numbers."""
    network = lernpy.layered([2, 3, 1], seed=1, optimizer=optimizer)
    twin = network.copy()
    engine = make(twin, name)

    for _ in range(3):
        network.learn_batch(*XOR)
        engine.learn_batch(*XOR)
    engine.store()
    for weight in twin.weights:
        assert type(weight.value) is float
        assert all(type(number) is float for number in weight.memory)
    for _ in range(3):
        network.learn_batch(*XOR)
        twin.learn_batch(*XOR)
    assert far(values(network), values(twin)) <= 1e-12


def test_storing_what_never_learned_changes_nothing(name: str) -> None:
    network = lernpy.layered([2, 3, 1], seed=0, optimizer="adam")
    before = values(network)
    engine = make(network, name)
    engine.predict(XOR[0])
    engine.store()

    assert (values(network) == before).all()
    assert all(weight.memory == () for weight in network.weights)


def test_one_call_for_many_epochs_gives_the_bits_of_many_calls(name: str) -> None:
    rng = np.random.default_rng(0)
    x, t = rng.random((10, 3)), rng.random((10, 2))
    orders = rng.permuted(np.tile(np.arange(10), (6, 1)), axis=1)
    rates = [0.1, 0.1, 0.1, 0.05, 0.05, 0.01]
    network = lernpy.layered([3, 4, 2], seed=0, optimizer="adam", l2=0.01)
    at_once, one_by_one = make(network.copy(), name), make(network.copy(), name)

    for size in (1, 3, 5, 10):
        together = at_once.learn_epochs(x, t, orders, size, rates)
        alone = [
            float(one_by_one.learn_epochs(x, t, orders[i : i + 1], size, rates[i : i + 1])[0])
            for i in range(6)
        ]
        assert together.tolist() == alone
        assert np.array_equal(at_once.values, one_by_one.values)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [1e39, 1e160, 1e308])
@pytest.mark.parametrize("optimizer", list(optimizers.OPTIMIZERS))
def test_numbers_that_overflow_do_so_without_a_warning(
    name: str, optimizer: str, size: float, dtype: str
) -> None:
    """Warnings are errors in these tests; whatever one asks of a net that has blown up, it answers."""
    network = lernpy.layered([2, 3, 1], "relu", optimizer=optimizer, l1=0.1, l2=0.1, seed=0)
    for weight in network.weights:
        weight.value *= size
    if name in ("graph", "python") and dtype == "float32":
        return
    engine = make(network, name, dtype)
    order = np.arange(4)[None]

    engine.loss_of(*XOR)
    engine.predict(XOR[0] * size)
    engine.learn_batch(*XOR)
    engine.learn_epochs(*XOR, order, 3, [0.1])
    engine.store()
    engine.load()
    engine.learn_epochs(*XOR, order, 1, [1e300])
    assert network.penalty() > 0 or network.penalty() != network.penalty()


def test_nan_shows_itself_and_raises_nothing(name: str) -> None:
    for network in (lernpy.layered([2, 3, 1], seed=0), lernpy.build.random_dag(3, inputs=2)):
        network.weights[0].value = float("nan")
        engine = make(network, name)
        t = np.zeros((4, len(network.outputs)))

        assert np.isnan(engine.learn_batch(XOR[0], t))
        assert np.isnan(engine.learn_epochs(XOR[0], t, np.arange(4)[None], 2, [0.1])).all()
        assert np.isnan(engine.predict(XOR[0])).any()


@pytest.fixture
def homemade() -> Iterator[None]:
    """An activation, a loss and an optimiser written for single numbers alone."""

    @activations.activation("test_bump")
    def bump(m: object) -> object:
        def value(z: float) -> float:
            return exp(-z * z) if z < 0 else 2.0 - exp(-z * z)

        def slope(z: float, y: float) -> float:
            return (-2.0 if z < 0 else 2.0) * z * exp(-z * z)

        return value, slope

    @losses.loss("test_lopsided")
    def lopsided(m: object) -> object:
        def value(y: float, t: float) -> float:
            return (y - t) ** 2 * (3.0 if y > t else 1.0)

        def slope(y: float, t: float) -> float:
            return 2.0 * (y - t) * (3.0 if y > t else 1.0)

        return value, slope

    @optimizers.optimizer("test_cautious", rate=0.1, memory=lambda rate: (1.0,), least=0.5)
    def cautious(m: object, least: float) -> object:
        def step(value: float, gradient: float, rate: float, memory: tuple) -> tuple:
            care = max(least, memory[0] * 0.9) if gradient > 0 else memory[0]
            return value - rate * care * gradient, (care,)

        return step

    yield
    activations.ACTIVATIONS.remove("test_bump")
    losses.LOSSES.remove("test_lopsided")
    optimizers.OPTIMIZERS.remove("test_cautious")


@pytest.mark.usefixtures("homemade")
def test_entries_of_the_users_own_work(name: str) -> None:
    how = {"loss": "test_lopsided", "optimizer": "test_cautious"}
    for network in (
        lernpy.layered([2, 3, 1], activation="test_bump", seed=0, **how),
        lernpy.build.random_dag(4, inputs=2, outputs=1, activations=("test_bump",), **how),
    ):
        twin = network.copy()
        engine = make(twin, name)
        for _ in range(5):
            loss = network.learn_batch(*XOR)
            assert abs(loss - engine.learn_batch(*XOR)) <= 1e-12
        engine.store()
        assert far(values(network), values(twin)) <= 1e-12
        assert network.weights[-1].memory == pytest.approx(twin.weights[-1].memory, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        ([[0, 1, 2]], [[1]], "the network has 2 input neurons, but the sample has 3 values"),
        ([[0, 1]], [[1, 2]], "the network has 1 output neuron, but the target has 2 values"),
        ([[0, 1], [1, 1]], [[1]], "there are 2 samples, but 1 targets; give each its own"),
        (np.zeros((0, 2)), np.zeros((0, 1)), "the batch is empty; give it at least one sample"),
    ],
)
def test_wrong_shapes_are_named(name: str, x: object, t: object, message: str) -> None:
    engine = make(lernpy.layered([2, 3, 1], seed=0), name)
    with pytest.raises(ShapeError, match=message.replace("(", r"\(")):
        engine.learn_batch(x, t)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("orders", "rates", "message"),
    [
        ([[0, 4]], [0.1], "an order names samples beyond the 4 that there are"),
        ([[0, -1]], [0.1], "an order names samples beyond the 4 that there are"),
        ([[0, 1]], [0.1, 0.2], "there are orders for 1 epochs, but 2 rates"),
        ([0, 1], [0.1], "the orders must be a table of indices, one row for each epoch"),
        ([[0.0, 1.0]], [0.1], "the orders must be a table of indices, one row for each epoch"),
        ([[]], [0.1], "the orders must be a table of indices, one row for each epoch"),
    ],
)
def test_wrong_orders_are_named(name: str, orders: object, rates: object, message: str) -> None:
    engine = make(lernpy.layered([2, 3, 1], seed=0), name)
    before = list(engine.values)
    with pytest.raises(ShapeError, match=message):
        engine.learn_epochs(*XOR, orders, 2, rates)  # type: ignore[arg-type]
    assert list(engine.values) == before


def test_each_sample_needs_its_importance(name: str) -> None:
    engine = make(lernpy.layered([2, 3, 1], seed=0), name)
    for learn in (
        lambda: engine.learn_batch(*XOR, [1.0, 2.0]),
        lambda: engine.learn_epochs(*XOR, np.arange(4)[None], 2, [0.1], [1.0, 2.0]),
    ):
        with pytest.raises(ShapeError, match="there are 4 samples, but 2 sample weights"):
            learn()


def test_no_epochs_change_nothing(name: str) -> None:
    """Not even what a fresh memory starts with, which depends on the rate of the first epoch."""
    network = lernpy.layered([2, 3, 1], optimizer="rprop", seed=0)
    engine = make(network, name)
    assert engine.learn_epochs(*XOR, np.empty((0, 4), int), 2, []).shape == (0,)
    engine.store()
    assert network.weights[0].memory == ()


def test_numbers_of_another_kind_are_refused(name: str) -> None:
    for kind in ("int32", "float16", "nonsense"):
        with pytest.raises(
            LernpyError, match=f"the engine {name} calculates in .*, not in {kind}$"
        ):
            make(lernpy.layered([2, 1], seed=0), name, kind)


def test_engines_in_two_threads_do_not_disturb_each_other(name: str) -> None:
    rng = np.random.default_rng(0)
    x, t = rng.random((64, 30)), rng.random((64, 5))
    orders = np.tile(np.arange(64), (30, 1))

    def learn(seed: int) -> tuple[list[float], list[float]]:
        engine: Engine = make(lernpy.layered([30, 20, 5], seed=seed), name)
        return engine.learn_epochs(x, t, orders[:5], 16, [0.1] * 5).tolist(), list(engine.values)

    alone = [learn(seed) for seed in range(4)]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(learn, range(4)))
    assert together == alone


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(LernpyError, match=r"no engine is called 'nunpy'. Did you mean 'numpy'"):
        make(lernpy.layered([2, 1], seed=0), "nunpy")
