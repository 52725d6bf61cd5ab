"""Many nets at once: each becomes what it becomes alone."""

from __future__ import annotations

import csv
import io
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lernpy
from lernpy import Link, Neuron, Weight, activations, build, optimizers
from lernpy.errors import LernpyError, UnknownNameError, WiringError
from lernpy.network import Network
from lernpy.sweep import Sweep, grid, train_many
from lernpy.weight import Rule

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)
LARGE = 1e3  # of a loss: where a rate is too high, the last digits grow as the weights do
VAST = 1e100  # of a loss: the last digits decide whether such a net still ends at a number
SMOOTH = ("identity", "sigmoid", "tanh", "softplus")
ENGINES = [
    "numpy",
    pytest.param("jit", marks=pytest.mark.skipif(find_spec("numba") is None, reason="needs numba")),
]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def xor_net(seed: int, **how: object) -> Network:
    return lernpy.layered([2, 3, 1], activation="tanh", seed=seed, **how)


def alone(network: Network, data: object, **how: object) -> lernpy.History:
    return lernpy.train(network, data, engine="numpy", **how)


def values(network: Network) -> np.ndarray:
    return np.array([weight.value for weight in network.weights])


def far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(a)), initial=0.0))


def each_is_as_alone(sweep: Sweep, data: object, **how: object) -> None:
    """Losses, epochs, weights and memories of every net; one that blows up does so alone, too."""
    for net in range(len(sweep)):
        seed = sweep.seeds[net % len(sweep.seeds)]
        network = sweep.build(seed)
        setting = dict(sweep.setting(net))
        options = {k: setting.pop(k) for k in list(setting) if k in network.optimizer.options}
        if options:
            network.optimizer = network.optimizer.with_options(**options)
        how_alone = {"seed": seed, **how, **setting}
        try:
            history = alone(network, data, **how_alone)
        except LernpyError as error:
            assert str(error).startswith("epoch ")
            assert sweep.blown_up[net] or np.nanmax(sweep.losses[:, net]) > VAST
            continue
        if sweep.blown_up[net]:
            assert max(history["loss"]) > VAST
            continue
        assert len(history) == sweep.epochs[net]
        if max(history["loss"]) > LARGE:
            continue
        assert far(history["loss"], sweep.history(net)["loss"]) <= 1e-9
        ours = sweep.network(net)
        assert far(values(network), values(ours)) <= 1e-9
        for mine, theirs in zip(network.weights, ours.weights, strict=True):
            assert far(np.array(mine.memory), np.array(theirs.memory)) <= 1e-9


# ---- as alone ------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    optimizer=st.sampled_from(["sgd", "momentum", "nesterov"]),
    batch=st.sampled_from([None, 1, 4, 7]),
    pull=st.sampled_from([None, [0.0, 0.01]]),
)
def test_any_wiring_learns_as_alone(
    seed: int, optimizer: str, batch: int | None, pull: object
) -> None:
    """Random wirings with shared, frozen, slowed and bounded weights and softmax groups."""

    def one(number: int) -> Network:
        network = build.random_dag(seed, activations=SMOOTH, optimizer=optimizer)
        rng = np.random.default_rng(number)
        for weight in network.weights:
            if weight.rule == Rule():
                weight.value = float(rng.normal())
        return network

    rng = np.random.default_rng(seed)
    first = one(0)
    data = rng.normal(size=(7, len(first.inputs))), rng.random((7, len(first.outputs)))
    how = {"epochs": 4, "batch_size": batch}
    sweep = train_many(
        one, data, range(3), learning_rate=[0.01, 0.05], l2=pull, engine="numpy", **how
    )
    each_is_as_alone(sweep, data, **how)


@pytest.mark.parametrize("optimizer", list(optimizers.OPTIMIZERS))
def test_every_optimizer(optimizer: str) -> None:
    some_are_as_alone("numpy", optimizer)


@pytest.mark.skipif(find_spec("numba") is None, reason="needs numba: pip install numba")
def test_lanes_with_memory() -> None:
    some_are_as_alone("jit", "adam")


def some_are_as_alone(engine: str, optimizer: str) -> None:
    """35 nets at two rates: more than one vector has lanes, and no whole number of vectors."""
    how = {"epochs": 12, "batch_size": None, "optimizer": optimizer}
    sweep = train_many(xor_net, XOR, range(35), learning_rate=[0.01, 0.1], engine=engine, **how)
    for net in (0, 1, 34, 35, 69):
        network = sweep.build(sweep.seeds[net % 35])
        history = alone(network, XOR, seed=net % 35, **{**how, **sweep.setting(net)})
        assert far(history["loss"], sweep.losses[:, net]) <= 1e-9
        assert far(values(network), values(sweep.network(net))) <= 1e-9


def test_shuffled_batches_are_drawn_for_each_seed(engine: str) -> None:
    how = {"epochs": 6, "batch_size": 3, "class_weights": None}
    sweep = train_many(xor_net, XOR, range(3), learning_rate=0.3, engine=engine, **how)
    each_is_as_alone(sweep, XOR, **how)


def test_larger_nets_by_compiled_code() -> None:
    pytest.importorskip("numba", reason="numba is not installed: pip install numba")
    rng = np.random.default_rng(0)
    data = rng.normal(size=(12, 9)), rng.random((12, 4))
    how = {"epochs": 5, "batch_size": 5, "optimizer": "adam", "early_stop": 2}

    def one(seed: int) -> Network:
        return lernpy.layered([9, 12, 4], seed=seed)

    sweep = train_many(one, data, range(3), learning_rate=[0.001, 0.5], engine="jit", **how)
    each_is_as_alone(sweep, data, **how)


def test_options_of_the_optimizer_are_settings() -> None:
    sweep = train_many(
        lambda seed: xor_net(seed, optimizer="momentum"),
        XOR,
        range(3),
        epochs=6,
        learning_rate=[0.1, 0.2],
        settings={"momentum": [0.0, 0.5]},
        engine="numpy",
    )
    each_is_as_alone(sweep, XOR, epochs=6, batch_size=None)
    assert [row["momentum"] for row in sweep.success()] == [0.0, 0.5, 0.0, 0.5]


def test_schedules_and_penalties() -> None:
    how = {"epochs": 8, "batch_size": None, "schedule": "cosine"}
    sweep = train_many(
        xor_net, XOR, range(2), l1=[0.0, 0.01], l2=0.02, optimizer="rprop", engine="numpy", **how
    )
    each_is_as_alone(sweep, XOR, **how)


def test_an_optimizer_for_single_numbers() -> None:
    @optimizers.optimizer("test_careful", rate=0.1, memory=lambda rate: (1.0,))
    def careful(m):
        def step(value, gradient, rate, memory):
            care = memory[0] * 0.9 if gradient > 0 else memory[0]
            return value - rate * care * gradient, (care,)

        return step

    sweep = train_many(xor_net, XOR, range(2), epochs=3, optimizer="test_careful", engine="numpy")
    each_is_as_alone(sweep, XOR, epochs=3, batch_size=None)
    optimizers.OPTIMIZERS.remove("test_careful")


@pytest.mark.parametrize("hidden", [3, 50])
def test_frozen_weights_are_each_nets_own(hidden: int, engine: str) -> None:
    """Drawn from the seed, and never moved; in small nets and in large ones."""

    def one(seed: int) -> Network:
        network = lernpy.layered([2, hidden, 1], "tanh", optimizer="adam", seed=seed)
        for weight in network.weights[: 2 * hidden]:
            weight.freeze()
        return network

    sweep = train_many(one, XOR, range(3), epochs=6, engine=engine)
    each_is_as_alone(sweep, XOR, epochs=6, batch_size=None)


@pytest.mark.skipif(find_spec("numba") is None, reason="needs numba: pip install numba")
@pytest.mark.parametrize("hidden", [3, 50])
def test_what_cannot_be_compiled_is_left_to_numpy(hidden: int) -> None:
    def value(z: float) -> float:
        try:
            return {True: z}[z > 0]
        except KeyError:
            return 0.5 * z

    kind = activations.Activation("own", lambda m: (value, lambda z, y: 1.0 if z > 0 else 0.5))

    def one(seed: int) -> Network:
        network = lernpy.layered([2, hidden, 1], "tanh", seed=seed)
        for name in list(network.neurons):
            if name.startswith("h"):
                network.neurons[name].activation = kind
        return network

    sweep = train_many(one, XOR, range(3), epochs=6, engine="jit")
    each_is_as_alone(sweep, XOR, epochs=6, batch_size=None)
    assert sweep.engine.startswith(
        "numpy (jit: numba cannot compile own); own by call, which is slower"
    )


def test_inputs_that_squash_and_are_outputs_too(engine: str) -> None:
    def one(seed: int) -> Network:
        x, y = Neuron("x", "sigmoid"), Neuron("y", "sigmoid")
        links = [Link(x, y, Weight(0.5 + seed))]
        return Network([x, y], links, [x], [x, y], loss="binary_cross_entropy")

    data = [[0.7], [-2.0]], [[1.0, 0.0], [0.0, 1.0]]
    sweep = train_many(one, data, range(2), epochs=3, engine=engine)
    each_is_as_alone(sweep, data, epochs=3, batch_size=None)


def test_lernmi_nets(engine: str) -> None:
    sweep = train_many(lambda seed: build.lernmi([2, 3, 1]), XOR, range(2), epochs=5, engine=engine)
    each_is_as_alone(sweep, XOR, epochs=5, batch_size=None)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_history_of_a_net_has_its_rates_and_its_share_of_the_time(schedule: str) -> None:
    def one(seed: int) -> Network:
        return lernpy.layered([2, 3, 1], "tanh", seed=seed)

    how = {"epochs": 6, "schedule": schedule}
    sweep = train_many(one, XOR, range(2), learning_rate=[0.5, 1.0], engine="numpy", **how)
    for net in range(4):
        alone = one(net % 2)
        rate = sweep.setting(net)["learning_rate"]
        expected = lernpy.train(alone, XOR, batch_size=None, learning_rate=rate, **how)
        history = sweep.history(net)
        assert history["rate"] == pytest.approx(expected["rate"])
        assert history["loss"] == pytest.approx(expected["loss"])
        assert (np.diff(history["seconds"]) > 0).all() and history["seconds"][0] > 0
    total = sum(sweep.history(net)["seconds"][-1] for net in range(4))
    assert total == pytest.approx(sweep.seconds)


# ---- who is done ---------------------------------------------------------------------------------


def test_a_net_is_done_at_its_target(engine: str) -> None:
    how = {"epochs": 2000, "batch_size": None, "learning_rate": 1.0}
    sweep = train_many(xor_net, XOR, range(40), target_loss=0.01, engine=engine, **how)

    assert sweep.converged.sum() >= 35
    for net in np.flatnonzero(sweep.converged)[:3].tolist():
        network, reached = xor_net(net), int(sweep.reached[net])
        history = alone(network, XOR, seed=net, **{**how, "epochs": reached})
        assert history["loss"][-1] <= 0.01 < history["loss"][-2]
        assert far(values(network), values(sweep.network(net))) <= 1e-9
        assert np.isnan(sweep.losses[reached:, net]).all()
    assert (sweep.epochs[~sweep.converged] == 2000).all()


def test_early_stopping_gives_the_best_weights(engine: str) -> None:
    """With a rate that makes the loss jump about."""
    how = {"epochs": 300, "batch_size": None, "early_stop": 3, "learning_rate": 40.0}
    sweep = train_many(xor_net, XOR, range(8), engine=engine, **how)

    assert (sweep.epochs < 300).sum() >= 4
    each_is_as_alone(sweep, XOR, **how)


def test_a_net_that_blows_up_keeps_its_last_good_weights(engine: str) -> None:
    def one(seed: int) -> Network:
        return lernpy.layered([2, 3, 1], "identity", "identity", seed=seed)

    sweep = train_many(one, XOR, range(3), epochs=3000, learning_rate=[0.1, 9.0], engine=engine)
    assert sweep.blown_up.tolist() == [False] * 3 + [True] * 3
    good = int(sweep.epochs[4]) - 1
    network = one(1)
    alone(network, XOR, epochs=good, batch_size=None, learning_rate=9.0, seed=1)
    assert far(values(network), values(sweep.network(4))) <= 1e-6
    assert [row["blown_up"] for row in sweep.success()] == [0, 3]
    assert [row["loss"] for row in sweep.rows()[3:]] == [None] * 3
    assert sweep.success()[1]["median_loss"] is None


# ---- the result ----------------------------------------------------------------------------------


def test_the_table(tmp_path: Path) -> None:
    sweep = train_many(
        xor_net,
        XOR,
        range(3),
        epochs=400,
        learning_rate=[0.0, 1.0],
        target_loss=0.02,
        engine="numpy",
    )
    rows = list(csv.DictReader(io.StringIO(sweep.to_csv(tmp_path / "table.csv"))))
    assert (tmp_path / "table.csv").read_text() == sweep.to_csv()
    assert [row["seed"] for row in rows] == ["0", "1", "2"] * 2
    assert [row["learning_rate"] for row in rows] == ["0.0"] * 3 + ["1.0"] * 3
    assert rows[0]["reached"] == "" and rows[0]["epochs"] == "400" and rows[0]["converged"] == "0"
    assert rows[3]["converged"] == "1" and 0 < int(rows[3]["reached"]) < 400
    first, second = sweep.success()
    assert (first["success"], first["median_epochs"]) == (0.0, None)
    assert second["success"] == 1.0
    assert second["median_epochs"] == np.median(sweep.reached[3:])
    for found, part in ((first, rows[:3]), (second, rows[3:])):
        assert found["median_loss"] == np.median([float(row["loss"]) for row in part])
    assert "6 nets, 50% successful" in str(sweep)


def test_accuracy_is_that_of_the_final_weights() -> None:
    data = lernpy.data.load("iris")
    sweep = train_many(
        lambda seed: lernpy.layered([4, 5, 3], "tanh", "softmax", loss="cross_entropy", seed=seed),
        data,
        range(3),
        epochs=30,
        learning_rate=0.5,
        scale="standard",
        engine="numpy",
    )
    network = sweep.network(1)
    card = lernpy.Card.of(data, scaling="standard")
    answers = network.predict(card.prepare(data)[0])
    assert sweep.accuracy[1] == np.mean(answers.argmax(axis=1) == data.labels)
    assert sweep.accuracy.min() > 0.8


def test_accuracy_of_many_nets_is_asked_for_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once, a thousand nets on pictures would take gigabytes."""
    how = {"epochs": 300, "learning_rate": [0.1, 1.0], "engine": "numpy"}
    together = train_many(xor_net, lernpy.data.load("xor"), range(5), **how).accuracy
    monkeypatch.setattr("lernpy.sweep.result.JUDGED", 3 * 7 * 4)  # of 3 nets
    assert train_many(xor_net, lernpy.data.load("xor"), range(5), **how).accuracy.tolist() == (
        together.tolist()
    )


def test_ctrl_c_keeps_what_was_learned(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes in the third chunk of epochs: the first two, of 8 and 16, are there."""
    found = lernpy.train_many.__globals__["Work"]
    chunk, turns = found._chunk, iter(range(2))

    def until_pressed(self: object, *given: object) -> np.ndarray:
        if next(turns, None) is None:
            raise KeyboardInterrupt
        return chunk(self, *given)

    train_many(xor_net, XOR, range(3), epochs=1, engine=engine)  # compiled before the clock runs
    monkeypatch.setattr(found, "_chunk", until_pressed)
    sweep = train_many(xor_net, XOR, range(3), epochs=1000, engine=engine)
    assert sweep.interrupted
    assert sweep.epochs.tolist() == [24] * 3
    sweep.interrupted = False
    each_is_as_alone(sweep, XOR, epochs=24, batch_size=None)


def test_each_net_is_built_once() -> None:
    seeds: list[int] = []

    def one(seed: int) -> Network:
        seeds.append(seed)
        return xor_net(seed)

    train_many(one, XOR, [3, 1, 3], epochs=1, engine="numpy")
    assert seeds == [3, 1]


def test_the_grid_has_every_combination() -> None:
    rows = grid(learning_rate=[0.1, 1.0], l2=[0.0, 0.1], optimizer="sgd", l1=None)
    assert [tuple(row.values()) for row in rows] == [
        (rate, l2, "sgd") for rate in (0.1, 1.0) for l2 in (0.0, 0.1)
    ]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"seeds": []}, LernpyError, "no seeds"),
        ({"learning_rate": []}, LernpyError, "no value for learning_rate"),
        ({"learning_rate": [-1.0]}, LernpyError, "learning rate is -1"),
        (
            {"settings": {"momentun": [0.5]}, "optimizer": "momentum"},
            UnknownNameError,
            "'momentum'",
        ),
        ({"engine": "nunpy"}, UnknownNameError, "Did you mean 'numpy'"),
        ({"epochs": 0}, LernpyError, "epochs is 0"),
        ({"target_loss": "low"}, LernpyError, "the target loss is 'low'; it must be a number"),
        ({"target_loss": float("nan")}, LernpyError, "the target loss is nan"),
        ({"settings": "momentum"}, LernpyError, "the settings are 'momentum'; give values by name"),
        (
            {"learning_rate": 0.1, "settings": {"learning_rate": [0.2]}},
            LernpyError,
            "learning_rate is there twice",
        ),
    ],
)
def test_wrong_input(change: dict, error: type, words: str) -> None:
    given_ = {"seeds": range(2), "epochs": 1, "engine": "numpy", **change}
    with pytest.raises(error, match=words):
        train_many(xor_net, XOR, **given_)


@pytest.mark.parametrize("build", [None, xor_net(0), lambda: xor_net(0)])
def test_what_does_not_build_a_network_from_a_seed(build: object) -> None:
    with pytest.raises(LernpyError, match="needs a function from a seed to a fresh network"):
        train_many(build, XOR, range(2), epochs=1)


def test_what_builds_no_network() -> None:
    with pytest.raises(LernpyError, match="this needs a network, not 7"):
        train_many(lambda seed: 7, XOR, range(2), epochs=1)


@pytest.mark.parametrize("seeds", [3, "0:3", None])
def test_seeds_are_several(seeds: object) -> None:
    with pytest.raises(LernpyError, match=r"the seeds are .*; give several, such as range"):
        train_many(xor_net, XOR, seeds, epochs=1)


def test_nets_must_be_wired_alike() -> None:
    with pytest.raises(WiringError, match="net 1 has other neurons than net 0"):
        train_many(
            lambda seed: lernpy.layered([2, 3 + seed, 1], seed=seed), XOR, range(2), epochs=1
        )

    def bent(seed: int) -> Network:
        return lernpy.layered([2, 3, 1], activation=["tanh", "relu"][seed], seed=seed)

    with pytest.raises(WiringError, match="net 1 has other activations"):
        train_many(bent, XOR, range(2), epochs=1)

    def heavy(seed: int) -> Network:
        rule = optimizers.get("momentum").with_options(momentum=0.1 * seed)
        return xor_net(seed, optimizer=rule)

    with pytest.raises(WiringError, match="net 1 has other optimizer than net 0"):
        train_many(heavy, XOR, range(2), epochs=1)


def test_a_net_by_its_number() -> None:
    """Negative numbers count from the end; what is beyond is no net."""
    sweep = train_many(xor_net, XOR, range(3), epochs=30, learning_rate=1.0, engine="numpy")
    assert values(sweep.network(-1)).tolist() == values(sweep.network(2)).tolist()
    assert sweep.history(-1).seed == 2
    for use in (sweep.network, sweep.history, sweep.setting):
        with pytest.raises(LernpyError, match="no net has the index 3; there are 3, so 0 to 2"):
            use(3)


def test_the_nets_that_one_gave_stay_as_they_are() -> None:
    made: dict[int, Network] = {}

    def one(seed: int) -> Network:
        return made.setdefault(seed, xor_net(seed))

    train_many(one, XOR, range(2), epochs=3, learning_rate=1.0, engine="numpy")
    assert values(made[1]).tolist() == values(xor_net(1)).tolist()


@pytest.mark.skipif(find_spec("numba") is None, reason="needs numba: pip install numba")
def test_auto_compiles_only_what_takes_long() -> None:
    short = train_many(xor_net, XOR, range(2), epochs=2, engine="auto")
    long = train_many(xor_net, XOR, range(2), epochs=8_000_000, target_loss=10.0, engine="auto")
    assert (short.engine, long.engine) == ("numpy", "jit")
    assert long.epochs.tolist() == [1, 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_portable_bits_are_lost_with_a_word(engine: str) -> None:
    def build(seed: int) -> lernpy.Network:
        return lernpy.layered([2, 3, 1], "tanh", seed=seed, maths="portable")

    sweep = lernpy.train_many(build, XOR, range(2), epochs=2, engine=engine)
    assert sweep.engine == f"{engine}; rounds in its own way, not portably"
