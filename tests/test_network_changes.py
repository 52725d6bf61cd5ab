"""Changes of a network: optimiser and rate, wiring, twins."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise

import pytest

import lernpy
from lernpy import build
from lernpy.errors import LernpyError, WiringError
from lernpy.link import Link
from lernpy.network import Network
from lernpy.weight import Rule, Weight


def xor(**settings: object) -> Network:
    return lernpy.layered([2, 3, 1], seed=0, **settings)  # type: ignore[arg-type]


def numbers(network: Network) -> list[object]:
    """All that a lesson may change."""
    return [
        *((n.total_input, n.output, n.sensitivity, n.delta) for n in network.neurons.values()),
        *((link.signal, link.blame) for link in network.links.values()),
        *((w.value, w.sensitivity, w.memory, w.rule) for w in network.weights),
    ]


# ---- optimiser and rate -------------------------------------------------------------------------


def test_the_rate_is_the_optimisers_own_unless_given():
    network = xor()
    assert network.learning_rate == 0.1

    network.optimizer = "adam"
    assert network.learning_rate == 0.001
    network.learning_rate = 0.5
    network.optimizer = "sgd"
    assert network.learning_rate == 0.5
    network.learning_rate = None
    assert network.learning_rate == 0.1


def test_another_optimiser_cannot_read_the_old_ones_notes():
    network = xor(optimizer="momentum")
    network.learn([0, 1], [1])
    assert all(w.memory for w in network.weights)

    network.optimizer = ("momentum", {"momentum": 0.9})  # the same one
    assert all(w.memory for w in network.weights)
    network.optimizer = ("momentum", {"momentum": 0.5})
    assert not any(w.memory for w in network.weights)


# ---- changes of the wiring ----------------------------------------------------------------------


def test_tie():
    """Two links share the first one's weight; it learns from both."""
    edges = [("x1", "y", 3.0), ("x2", "y", 5.0)]
    network = lernpy.from_edges(
        edges, ["x1", "x2"], ["y"], activation="identity", learning_rate=0.1
    )
    version = network.version

    shared = network.tie(("x1", "y"), network.links["x2", "y"])

    assert network.weights == [shared]
    assert shared.value == 3.0
    assert network.version > version
    network.learn([1, 2], [8])  # 3 + 6 = 9: an error of 1, blamed on both
    assert shared.sensitivity == 1.0 + 2.0
    assert network.links["x2", "y"].weight.value == pytest.approx(3.0 - 0.1 * 3.0)


def test_prune():
    network = xor()
    version = network.version

    network.prune(("x1", "h1"), network.links["h2", "y1"])

    assert ("x1", "h1") not in network.links
    assert len(network.links) == len(network.weights) == 11
    assert network.version > version
    assert network.learn([0, 1], [1]) > 0


def test_connect():
    network = xor()

    link = network.connect("x1", "y1", 0.25)

    assert network.links["x1", "y1"] is link
    assert link.weight.value == 0.25
    assert link in network.order and link.weight in network.weights


def test_connect_with_a_shared_weight():
    network = xor()
    weight = network.links["x1", "h1"].weight

    network.connect("x1", "y1", weight)

    assert network.links["x1", "y1"].weight is weight
    assert len(network.weights) == 13 and len(network.links) == 14


def test_a_new_link_may_deepen_the_network():
    network = xor()

    network.connect("h1", "h2")

    names = [[unit.name for unit in generation] for generation in network.generations]
    assert names == [["x1", "x2", "bias"], ["h1", "h3"], ["h2"], ["y1"]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda n: n.connect("y1", "h1"), "the links form a loop (h1 -> y1 -> h1)"),
        (lambda n: n.connect("h1", "h1"), "the links form a loop (h1 -> h1)"),
        (lambda n: n.connect("h1", "x1"), "leads into the input 'x1'"),
        (lambda n: n.connect("h1", "bias"), "leads into the bias 'bias'"),
        (lambda n: n.connect("x1", "h1"), "the link x1 -> h1 is there twice"),
        (lambda n: n.connect("x1", "h11"), "no neuron is called 'h11'. Did you mean 'h1'?"),
        (lambda n: n.connect("x1", "y1", "heavy"), "the weight is 'heavy'; it must be a number"),
        (lambda n: n.connect("x1", "y1", float("nan")), "the weight is nan; it must be a finite"),
        (
            lambda n: n.prune(*[(f"h{i}", "y1") for i in (1, 2, 3)], ("bias", "y1")),
            "'y1' cannot be",
        ),
        (lambda n: n.prune(("x1", "h1"), ("x1", "h9")), "no neuron is called 'h9'"),
        (lambda n: n.prune(xor().links["x1", "h1"]), "belongs to another network"),
        (lambda n: n.tie(("x1", "h1"), ("x1", "y1")), "no link is called 'x1 -> y1'"),
        (lambda n: n.tie(), "there is nothing to tie"),
    ],
)
def test_a_refused_change_leaves_everything_as_it_was(
    change: Callable[[Network], object], sentence: str
):
    network, untouched = xor(), xor()
    order, graph, version = network.order, network.graph, network.version

    with pytest.raises(LernpyError) as error:
        change(network)

    assert sentence in str(error.value)
    assert network.order is order and network.graph is graph and network.version == version
    network.learn([0, 1], [1])
    untouched.learn([0, 1], [1])
    assert numbers(network) == numbers(untouched)


# ---- twins --------------------------------------------------------------------------------------


def test_a_twin_lives_on_its_own():
    network = build.random_dag(7, softmax=True, optimizer="adam", loss="huber", l2=0.01)
    inputs, targets = [0.1] * len(network.inputs), [0.5] * len(network.outputs)
    network.learn(inputs, targets)

    twin = network.copy()

    assert numbers(twin) == numbers(network)
    assert twin.learn(inputs, targets) == network.learn(inputs, targets)
    assert numbers(twin) == numbers(network)
    twin.learn(inputs, targets)
    assert numbers(twin) != numbers(network)


def test_a_twin_keeps_what_is_shared_and_what_is_set():
    network = xor(optimizer=("adam", {"beta1": 0.8}), l1=0.1, loss="huber")
    network.tie(("x1", "h1"), ("x2", "h1"))
    network.links["x1", "h2"].weight.rule = Rule(low=-1.0, rate=0.5)

    twin = copy.deepcopy(network)

    assert twin.links["x1", "h1"].weight is twin.links["x2", "h1"].weight
    assert twin.links["x1", "h1"].weight is not network.links["x1", "h1"].weight
    assert twin.links["x1", "h2"].weight.rule == Rule(low=-1.0, rate=0.5)
    assert (twin.optimizer, twin.l1, twin.loss, twin.seed) == (
        network.optimizer,
        0.1,
        network.loss,
        0,
    )
    twin.optimizer = "sgd"
    assert twin.learning_rate == 0.1  # "not given" was kept, too


def test_a_twin_in_the_middle_of_a_batch_ends_it_alike():
    network = xor()
    network.reset()
    network.feed([0, 1])
    for part in network.order:
        part.propagate()

    twin = network.copy()
    for each in (network, twin):
        each.expect([1])
        for part in reversed(each.order):
            part.backpropagate()
        each.update()

    assert numbers(twin) == numbers(network)


def test_a_twin_of_a_chain_of_5000():
    names = [f"n{i}" for i in range(5_000)]
    edges = [(a, b, 1.0) for a, b in pairwise(names)]
    network = lernpy.from_edges(edges, ["n0"], ["n4999"], activation="identity")

    twin = copy.deepcopy(network)

    assert twin.predict([[3.0]])[0, 0] == 3.0
    assert twin.learn([3.0], [2.0]) == 0.5
    assert network.weights[0].value == 1.0


# ---- the rest -----------------------------------------------------------------------------------


def test_a_network_shows_itself():
    network = xor()

    assert repr(network) == "<network: 2 inputs, 1 output, 7 neurons, 13 links, 13 weights>"
    assert repr(lernpy.layered([1, 2], bias=False, seed=0)).startswith(
        "<network: 1 input, 2 outputs,"
    )
    assert repr(network.neurons) == "<7 neurons: x1, x2, bias, h1, h2, h3, y1>"
    assert [bias.name for bias in network.biases] == ["bias"]
    assert network.groups == []


def test_from_objects():
    """The longest way: no builder at all."""
    x, y = lernpy.Neuron("x"), lernpy.Neuron("y")
    link = Link(x, y, Weight(0.5))

    network = Network([x, y], [link], [x], [y], learning_rate=1.0)

    assert network.learn([2], [0]) == 0.5
    assert link.weight.value == 0.5 - 2.0


def test_an_isolated_neuron_is_an_error():
    x, y, z = lernpy.Neuron("x"), lernpy.Neuron("y"), lernpy.Neuron("z")

    with pytest.raises(WiringError, match="'z' cannot be reached"):
        Network([x, y, z], [Link(x, y, Weight())], [x], [y])
