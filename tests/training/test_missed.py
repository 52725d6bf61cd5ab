"""The link that is missed most: what it would be to blame for is known before it is there."""

import sys

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError

XOR = lernpy.data.load("xor")


def straight():
    """y = x1, and x2 is not heard."""
    edges = [("x1", "y", 1.0)]
    return lernpy.from_edges(edges, ["x1", "x2"], ["y"], activation="identity", learning_rate=0.1)


def test_the_blame_it_would_carry_is_output_times_delta():
    """Targets x2 = 1 and 3 with x1 = 0: delta is -1 and -3, the mean of x2 delta is -(1 + 9) / 2."""
    network = straight()
    [link] = lernpy.missed(network, ([[0, 1], [0, 3]], [1, 3]))
    assert (link.name, link.gradient, link.gain) == ("x2 -> y", -5.0, pytest.approx(0.1 * 25))
    assert str(link) == "x2 -> y: gradient -5, first step gains 2.5"


def test_only_forward_pairs_without_a_link_can_be_missed():
    network = lernpy.layered([2, 2, 1], seed=0)
    names = [link.name for link in lernpy.missed(network, XOR, top=100)]
    assert sorted(names) == ["h1 -> h2", "x1 -> y1", "x2 -> y1"]
    assert len(lernpy.missed(network, XOR, top=2)) == 2


def test_a_link_within_a_softmax_group_is_none():
    network = lernpy.layered([2, 3], output_activation="softmax", seed=0)
    assert lernpy.missed(network, ([[0, 1]], [[1, 0, 0]])) == []


def test_nothing_is_learned_by_asking():
    network = lernpy.layered([2, 3, 1], seed=0)
    before = [weight.value for weight in network.weights]
    lernpy.missed(network, XOR)
    assert [weight.value for weight in network.weights] == before and network.samples == 0


def measured(network, data, link, rate) -> float:
    """By how much the loss falls where that link alone makes its first step, for each unit of rate."""
    twin = network.copy()
    weight = twin.connect(link.input_name, link.output_name).weight
    before = lernpy.Mirror(twin).loss_of(*data)
    weight.value = -rate * link.gradient
    return (before - lernpy.Mirror(twin).loss_of(*data)) / rate


@pytest.mark.parametrize("block", range(10))
def test_the_gain_of_the_first_step_is_what_was_said(block):
    """200 random networks; what is measured at two small rates is carried on to a rate of 0."""
    asked = 0
    for seed in range(20 * block, 20 * block + 20):
        rng = np.random.default_rng(seed)
        network = lernpy.build.random_dag(seed, hidden=5)
        data = (
            rng.normal(size=(6, len(network.inputs))),
            rng.uniform(size=(6, len(network.outputs))),
        )
        for link in lernpy.missed(network, data, top=1, rate=1.0):
            if abs(link.gradient) > 1e-3:
                rate = min(1e-3, 1e-4 / abs(link.gradient))
                gain = 2 * measured(network, data, link, rate / 2) - measured(
                    network, data, link, rate
                )
                assert link.gain == pytest.approx(gain, rel=1e-6), f"seed {seed}, {link}"
                asked += 1
    assert asked >= 15


def test_to_grow_is_to_add_them_with_weight_0_and_to_train_on():
    network = straight()
    data = ([[1, 0], [0, 1], [1, 1]], [1, 1, 2])
    loss = lernpy.evaluate(network, data).loss
    history = lernpy.grow(network, data, epochs=50, learning_rate=0.3, seed=0)
    assert history.rows[0].loss <= loss
    assert network.links["x2", "y"].weight.value == pytest.approx(1, abs=0.01)


def test_to_shrink_is_to_take_what_is_needed_least():
    """x2 says what x1 says, but its weight is small; without x1 the loss is larger."""
    edges = [("x1", "y", 0.9), ("x2", "y", 0.1)]
    network = lernpy.from_edges(edges, ["x1", "x2"], ["y"], activation="identity")
    data = ([[1, 1], [2, 2]], [1, 2])
    assert lernpy.shrink(network, data) == ["x2 -> y"]
    with pytest.raises(LernpyError, match="0 links went, and no other can"):
        lernpy.shrink(network, data)


def test_a_link_that_shares_its_weight_goes_alone():
    edges = [("x1", "y", 1.0), ("x2", "y", 1.0), ("x3", "y", 0.5)]
    network = lernpy.from_edges(edges, ["x1", "x2", "x3"], ["y"], activation="identity")
    network.tie(("x1", "y"), ("x2", "y"))
    data = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 0, 0.5])
    assert lernpy.shrink(network, data) == ["x2 -> y"]
    assert network.links["x1", "y"].weight.value == 1.0


def test_more_than_there_are_cannot_be_added():
    network = straight()
    with pytest.raises(LernpyError, match="2 links shall be added, but only 1 pair"):
        lernpy.grow(network, ([[0, 1]], [1]), links=2)


@pytest.mark.parametrize("top", [0, -1, 1.5, "many"])
def test_how_many_is_a_whole_number(top):
    with pytest.raises(LernpyError, match="the number of links is"):
        lernpy.missed(straight(), ([[0, 1]], [1]), top=top)


def test_the_help_of_grow_names_the_settings() -> None:
    text = lernpy.grow.__doc__ or ""
    assert all(f"\n{name} : " in text for name in ("learning_rate", "engine", "batch_size"))


REFUSED = {
    "engine": "nope",
    "learning_rate": -1,
    "batchsize": 3,
    "dtype": "int8",
    "optimizer": ("adam", {"nope": 1}),
    "loss": "nope",
    "validation": ([[1, 2, 3]], [1]),
    "class_weights": {"nope": 1},
    "epochs": None,
    "resume": True,
    "schedule": lambda: 1,
}


@pytest.mark.parametrize("ask", [lernpy.grow, lernpy.train], ids=["grow", "train"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_the_network_as_it_was(ask, name):
    """Links, weights, what the optimiser remembers, settings and card; whatever else is asked for."""
    network = lernpy.from_edges([("x1", "y"), ("bias", "y")], ["x1", "x2"], ["y"], seed=0)
    network.optimizer = "momentum"
    network.learn([0, 1], [1])
    before = lernpy.files.to_json(network)
    asked = {"learning_rate": 0.5, "optimizer": "adam", "loss": "huber", "l1": 0.1, "epochs": 1}

    with pytest.raises(LernpyError):
        ask(network, XOR, **{**asked, name: REFUSED[name]})

    assert lernpy.files.to_json(network) == before


def test_a_missing_package_leaves_the_network_as_it_was(monkeypatch):
    """The engine is made last."""
    network, names = lernpy.layered([2, 3, 1], seed=0), {}
    before = lernpy.files.to_json(network)
    monkeypatch.setitem(sys.modules, "cupy", None)

    for ask in (lernpy.grow, lernpy.train):
        with pytest.raises(LernpyError) as error:
            ask(network, XOR, epochs=1, engine="cupy", optimizer="adam")
        names[ask] = str(error.value)
        assert lernpy.files.to_json(network) == before
    assert all("cupy" in words for words in names.values())


def test_a_resume_that_is_refused_leaves_the_network_as_it_was(tmp_path):
    network = lernpy.layered([2, 3, 1], seed=0)
    lernpy.train(network, XOR, 2, seed=0, checkpoint=tmp_path)
    before = lernpy.files.to_json(network)

    for ask in (lernpy.grow, lernpy.train):
        with pytest.raises(LernpyError, match=r"was trained with|wired in another way"):
            how = {"seed": 0, "checkpoint": tmp_path, "resume": True, "l2": 0.5}
            ask(network, XOR, epochs=4, **how)
        assert lernpy.files.to_json(network) == before
