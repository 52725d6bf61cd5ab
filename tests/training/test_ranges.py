"""Losses that exist between 0 and 1 only: what can leave that is refused before anything moves."""

from __future__ import annotations

from math import isfinite

import networkx as nx
import numpy as np
import pytest

import lernpy
from lernpy.engine import make
from lernpy.errors import LernpyError
from lernpy.functions import activations, losses
from lernpy.group import Group
from lernpy.shares import range_of

KINDS = [name for name in activations.ACTIVATIONS if name not in ("one", "step")]
OF_SHARES = ("binary_cross_entropy", "cross_entropy")
DATA = ([[0.0, 0.5], [1.0, -0.5]], [[0.0], [1.0]])


def values(network):
    return [weight.value for weight in network.weights]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", losses.LOSSES)
def test_an_output_that_can_leave_the_range_of_the_loss_is_refused(kind, loss):
    """Whatever passes keeps a loss of at least 0, however far its total inputs go."""
    network = lernpy.layered([2, 3, 1], output_activation=kind, seed=0)
    before = values(network)
    outputs = [activations.get(kind).value(z) for z in np.linspace(-60, 60, 241)]
    leaves = loss in OF_SHARES and not all(0 <= y <= 1 for y in outputs)
    if leaves:
        with pytest.raises(LernpyError, match=rf"output 'y1' \({kind}\) can leave .* take sigmoid"):
            lernpy.train(network, DATA, 3, loss=loss)
        with pytest.raises(LernpyError, match="can leave 0 to 1"):
            lernpy.train_many(
                lambda seed: lernpy.layered([2, 3, 1], output_activation=kind, loss=loss, seed=seed),
                DATA, range(2), epochs=3, engine="numpy",
            )  # fmt: skip
        assert values(network) == before and network.loss.name == "squared_error"
        return
    history = lernpy.train(network, DATA, 3, loss=loss, seed=0)
    assert all(isfinite(row.loss) and row.loss >= 0 for row in history.rows)


@pytest.mark.parametrize("loss", OF_SHARES)
@pytest.mark.parametrize(
    ("targets", "how"),
    [
        ([[-1.0], [0.5]], {}),
        ([[0.0], [1.5]], {}),
        ([[3.0], [5.0]], {"scale": "standard"}),
        ([[0.2], [1.0]], {"validation": ([[0.0, 0.0]], [[-1.0]])}),
    ],
)
def test_targets_outside_the_range_of_the_loss_are_refused(loss, targets, how):
    network = lernpy.layered([2, 3, 1], loss=loss, seed=0)
    before = values(network)
    data = lernpy.Dataset.of((DATA[0], targets), "regression")

    with pytest.raises(
        LernpyError, match=r"the targets go from .* only; take the loss squared_error"
    ):
        lernpy.train(network, data, 5, **how)

    assert values(network) == before


USES = {
    "learn": lambda n, t: n.learn([0.5, 1.0], t),
    "collect": lambda n, t: n.collect([0.5, 1.0], t),
    "learn_batch": lambda n, t: n.learn_batch([[0.5, 1.0]], [t]),
    "slow_motion": lambda n, t: lernpy.slow_motion(n, [0.5, 1.0], t),
    "Stepper": lambda n, t: lernpy.Stepper(n, [0.5, 1.0], t),
    "check_gradients": lambda n, t: lernpy.check_gradients(n, [[0.5, 1.0]], [t]),
    "Mirror": lambda n, t: lernpy.Mirror(n).learn_batch([[0.5, 1.0]], [t]),
    "python": lambda n, t: make(n, "python").learn_batch([[0.5, 1.0]], [t]),
    "evaluate": lambda n, t: lernpy.evaluate(n, ([[0.5, 1.0]], [t])),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("loss", OF_SHARES)
@pytest.mark.parametrize(
    ("kind", "targets", "words"),
    [
        ("sigmoid", [50.0, 0.5], "the targets go from .* to 50, but"),
        ("sigmoid", [0.5, -0.1], "the targets go from -0.1 to "),
        ("identity", [0.5, 0.5], "the output 'y1' .identity. can leave 0 to 1"),
        ("softmax", [1.5, 0.5], "the targets go from .* to 1.5, but"),
    ],
)
def test_whoever_judges_refuses_what_the_loss_has_no_value_for(use, loss, kind, targets, words):
    network = lernpy.layered([2, 3, 2], output_activation=kind, loss=loss, seed=0)
    before = values(network)
    with pytest.raises(LernpyError, match=words):
        USES[use](network, targets)
    assert values(network) == before
    if kind != "identity":
        USES[use](network, [1.0, 0.0])


def test_a_loss_of_ones_own_is_asked_where_it_exists():
    try:
        losses.loss("log_odds")(
            lambda m: (
                lambda y, t: (m.log(y) - m.log(1 - y)) * (0.5 - t),
                lambda y, t: (0.5 - t) / (y * (1 - y)),
            )
        )
        assert losses.get("log_odds").of_shares
        with pytest.raises(LernpyError, match="where log_odds is not defined"):
            lernpy.train(lernpy.layered([2, 1], output_activation="relu"), DATA, 1, loss="log_odds")
    finally:
        losses.LOSSES.remove("log_odds")
    assert {name for name in losses.LOSSES if losses.get(name).of_shares} == set(OF_SHARES)


def test_an_activation_of_ones_own_is_asked_what_it_puts_out():
    """It need not say so: half a sigmoid is taken by a cross-entropy, twice a sigmoid is not."""
    try:
        for name, factor in (("half", 0.5), ("twice", 2.0)):
            activations.activation(name)(
                lambda m, factor=factor: (
                    lambda z: factor / (1 + m.exp(-z)),
                    lambda z, y: y * (1 - y / factor),
                )
            )
        half, twice = (lernpy.layered([2, 1], output_activation=n) for n in ("half", "twice"))
        assert len(lernpy.train(half, DATA, 3, loss="binary_cross_entropy")) == 3
        with pytest.raises(LernpyError, match=r"\(twice\) can leave 0 to 1"):
            lernpy.train(twice, DATA, 3, loss="binary_cross_entropy")
    finally:
        activations.ACTIVATIONS.remove("half")
        activations.ACTIVATIONS.remove("twice")


def test_the_range_of_an_activation():
    assert range_of(activations.get("sigmoid")) == (0, 1)
    assert range_of(activations.get("identity")) == (-np.inf, np.inf)
    low, high = range_of(activations.get("gelu"))
    assert -0.2 < low < -0.16 and high == np.inf


def test_a_softmax_of_one_is_refused_by_builders_and_by_training():
    """It would always say 1. A hand-made one can be shown, not trained."""
    graph = nx.DiGraph([("x", "y")])
    graph.nodes["y"]["activation"] = "softmax"
    for build in (
        lambda: lernpy.layered([2, 3, 1], output_activation="softmax"),
        lambda: lernpy.from_edges([("x", "y")], ["x"], ["y"], softmax=[["y"]]),
        lambda: lernpy.from_edges([("x", "y")], ["x"], ["y"], output_activation="softmax"),
        lambda: lernpy.from_networkx(graph, ["x"], ["y"]),
    ):
        with pytest.raises(LernpyError, match=r"alone in its softmax group, .* take sigmoid"):
            build()
    x, y = lernpy.Neuron("x"), lernpy.Neuron("y")
    Group([y])
    network = lernpy.Network([x, y], [lernpy.Link(x, y, lernpy.Weight(0.5))], [x], [y])
    assert network.predict([[3.0]]).tolist() == [[1.0]]
    with pytest.raises(LernpyError, match="'y' is alone in its softmax group"):
        lernpy.train(network, ([[0.0]], [[1.0]]), 1)
