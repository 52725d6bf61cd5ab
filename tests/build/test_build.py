"""Builders: layers, edges, networkx graphs, random networks, and how weights start."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from strategies import OPTIMIZERS, networks

import lernpy
from lernpy import build
from lernpy.errors import LernpyError, WiringError
from lernpy.network import Network
from lernpy.weight import Rule


def values(network: Network) -> list[float]:
    return [weight.value for weight in network.weights]


# ---- layers -------------------------------------------------------------------------------------


def test_layers_are_named():
    network = lernpy.layered([2, 3, 1], seed=0)

    assert list(network.neurons) == ["x1", "x2", "bias", "h1", "h2", "h3", "y1"]
    assert [neuron.activation.name for neuron in network.neurons.values()] == [
        *("identity", "identity", "one", "sigmoid", "sigmoid", "sigmoid", "sigmoid")
    ]


def test_several_hidden_layers_are_told_apart():
    network = lernpy.layered([1, 2, 2, 1], ["tanh", "relu"], "identity", bias=False, seed=0)

    assert list(network.neurons) == ["x1", "h1_1", "h1_2", "h2_1", "h2_2", "y1"]
    kinds = [network.neurons[name].activation.name for name in ("h1_1", "h2_1", "y1")]
    assert kinds == ["tanh", "relu", "identity"]
    assert network.biases == []


def test_skip_links_go_from_every_layer_to_all_later_ones():
    network = lernpy.layered([2, 3, 2, 1], skip=True, bias=False, seed=0)

    assert len(network.links) == 2 * (3 + 2 + 1) + 3 * (2 + 1) + 2 * 1
    assert ("x1", "y1") in network.links


def test_softmax_outputs_are_one_group():
    network = lernpy.layered([2, 3, 4], output_activation="softmax", seed=0)

    assert [len(group.members) for group in network.groups] == [4]
    assert network.predict([[0.3, -2.0]]).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ([2], "the layers are [2]; give at least inputs and outputs"),
        ([], "the layers are []"),
        ([2, 0, 1], "layer 2 of 3 has 0 neurons; give each layer a whole number of them"),
        ([2, -1, 1], "layer 2 of 3 has -1 neurons"),
        ([2, 1.5, 1], "layer 2 of 3 has 1.5 neurons"),
        ([2, "3", 1], "layer 2 of 3 has '3' neurons"),
        ([True, 1], "layer 1 of 2 has True neurons"),
    ],
)
def test_wrong_layers(sizes: list[int], sentence: str):
    with pytest.raises(WiringError) as error:
        lernpy.layered(sizes)

    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("build_it", "sentence"),
    [
        (lambda: lernpy.layered([2, 2, 2, 1], ["tanh"]), "2 hidden layers, but 1 activation;"),
        (lambda: lernpy.layered([2, 1], seed=-1), "the seed is -1; it must be a whole number"),
        (lambda: lernpy.layered([2, 1], seed="x"), "the seed is 'x'"),
        (lambda: lernpy.layered([2, 1], init="he"), "no initializer is called 'he'"),
        (lambda: lernpy.layered([2, 2, 1], "softmax"), "softmax is no activation of one neuron"),
        (lambda: build.lernmi([2]), "give at least inputs and outputs"),
        (lambda: build.lernmi([2, 0]), "layer 2 of 2 has 0 neurons"),
        (lambda: build.lernmi("ab"), "the layers are a list of sizes such as [2, 3, 1], not 'ab'"),
        (lambda: build.lernmi([1.5, 2]), "layer 1 of 2 has 1.5 neurons"),
        (
            lambda: lernpy.layered([2, 1], learningrate=1),
            "no argument of layered is called 'learningrate'. Did you mean 'learning_rate'?",
        ),
        (
            lambda: lernpy.layered([2, 2, 1], activations="tanh"),
            "no argument of layered is called 'activations'. Did you mean 'activation'?",
        ),
        (
            lambda: lernpy.from_edges([("x", "y")], ["x"], ["y"], bias="b"),
            "no argument of from_edges is called 'bias'. Did you mean 'biases'?",
        ),
        (
            lambda: lernpy.from_networkx(nx.DiGraph(), optimiser="adam"),
            "no argument of from_networkx is called 'optimiser'. Did you mean 'optimizer'?",
        ),
        (lambda: lernpy.from_networkx([("x", "y")]), "takes a graph of networkx, not a list of 1"),
        (lambda: lernpy.to_networkx(None), "this needs a network, not None"),
        (lambda: build.draw_weights(None), "this needs a network, not None"),
        (
            lambda: build.random_dag(0, inputs=0),
            "the number of inputs is 0; it must be a whole number from 1",
        ),
        (lambda: build.random_dag(0, hidden=-1), "the number of hidden neurons is -1"),
        (lambda: build.random_dag(0, links="x"), "the number of links is 'x'"),
        (lambda: build.random_dag(0, activations="tanh"), "write activations=['tanh']"),
    ],
)
def test_wrong_arguments(build_it: Callable[[], Network], sentence: str):
    with pytest.raises(LernpyError) as error:
        build_it()

    assert sentence in str(error.value)


def test_numpys_whole_numbers_are_whole_numbers():
    network = lernpy.layered(np.array([2, 3, 1]), seed=np.int64(5))

    assert len(network.weights) == 13
    assert type(network.seed) is int


# ---- how weights start --------------------------------------------------------------------------


def test_equal_seeds_equal_weights():
    assert values(lernpy.layered([3, 4, 2], seed=5)) == values(lernpy.layered([3, 4, 2], seed=5))
    assert values(lernpy.layered([3, 4, 2], seed=5)) != values(lernpy.layered([3, 4, 2], seed=6))


def test_a_seed_nobody_chose_is_written_down():
    network = lernpy.layered([3, 4, 2])

    assert values(lernpy.layered([3, 4, 2], seed=network.seed)) == values(network)


def test_biases_start_at_zero():
    network = lernpy.layered([3, 4, 2], seed=0)

    from_bias = [link.weight.value for (u, _), link in network.links.items() if u == "bias"]
    assert from_bias == [0.0] * 6


def test_default_starts_know_the_fans_without_the_bias():
    """He before ReLU: spread sqrt(2/100). Glorot before sigmoid: at most sqrt(6/(50 + 10))."""
    network = lernpy.layered([100, 50, 10], "relu", seed=0)

    first = [link.weight.value for (u, _), link in network.links.items() if u.startswith("x")]
    last = [link.weight.value for (u, _), link in network.links.items() if u.startswith("h")]
    assert np.std(first) == pytest.approx(sqrt(2 / 100), rel=0.05)
    assert max(map(abs, last)) <= sqrt(6 / 60) < 1.03 * max(map(abs, last))


def test_zeros_are_a_choice():
    assert not any(values(lernpy.layered([2, 3, 1], init="zeros", seed=0)))


def test_drawing_anew_spares_the_frozen_and_keeps_bounds():
    network = lernpy.layered([2, 3, 1], seed=0, optimizer="momentum")
    network.learn([0, 1], [1])
    frozen, bounded = network.links["x1", "h1"].weight, network.links["x2", "h1"].weight
    frozen.value = 9.0
    frozen.freeze()
    bounded.rule = Rule(low=3.0)

    build.draw_weights(network, seed=1)

    assert frozen.value == 9.0 and frozen.memory
    assert bounded.value == 3.0
    assert not any(w.memory for w in network.weights if w is not frozen)


def test_a_shared_weight_is_drawn_once_as_its_first_link_would_have_it():
    """x2 -> y1 learns as x1 -> y1 does: two links, one weight, one number drawn."""
    network = lernpy.layered([2, 1], bias=False, seed=0)
    network.tie(("x1", "y1"), ("x2", "y1"))
    asked = []

    def init(rng, fan_in, fan_out, size):
        asked.append(size)
        return np.full(size, 0.25)

    build.draw_weights(network, seed=0, init=init)

    assert sum(asked) == len(network.weights) == 1
    assert network.weights[0].value == 0.25


# ---- edges --------------------------------------------------------------------------------------


def test_a_bias_is_a_source_of_that_name():
    network = lernpy.from_edges([("x", "h"), ("bias", "h"), ("h", "y")], ["x"], ["y"], seed=0)

    assert [bias.name for bias in network.biases] == ["bias"]


def test_other_biases_must_be_named():
    edges = [("x", "y"), ("one", "y")]

    with pytest.raises(WiringError, match="the neuron 'one' cannot be reached"):
        lernpy.from_edges(edges, ["x"], ["y"])
    assert lernpy.from_edges(edges, ["x"], ["y"], biases=["one"]).biases[0].name == "one"


def test_each_neuron_its_activation():
    network = lernpy.from_edges(
        [("x", "h"), ("h", "g"), ("g", "y")],
        ["x"],
        ["y"],
        activation="tanh",
        output_activation="identity",
        activations={"g": "relu", "x": "sigmoid"},
    )

    kinds = {name: neuron.activation.name for name, neuron in network.neurons.items()}
    assert kinds == {"x": "sigmoid", "h": "tanh", "g": "relu", "y": "identity"}


@pytest.mark.parametrize(
    ("edges", "options", "sentence"),
    [
        (["xy"], {}, "a link is a pair (from, to) or (from, to, weight), not 'xy'"),
        ([("x",)], {}, "a link is a pair"),
        ([("x", "y", 1, 2)], {}, "a link is a pair"),
        ([("x", 5)], {}, "a link joins two names; got ('x', 5)"),
        ([("x", ""), ("x", "y")], {}, "the name of a neuron has 0 characters"),
        ([("x", "y", "w")], {}, "the weight of x -> y is 'w'; it must be a number"),
        ([("x", "y", float("nan"))], {}, "the weight of x -> y is nan; it must be a finite number"),
        ([("x", "y", 10**400)], {}, "the weight of x -> y is 1000"),
        ([("x", "y")], {"activations": {"z": "relu"}}, "no neuron is called 'z'"),
        ([("x", "y")], {"softmax": [["y", "z"]]}, "no neuron is called 'z'"),
        ([("x", "y")], {"softmax": [["y", "y"]]}, "a softmax group names a neuron twice"),
        ([("x", "y"), ("x", "z")], {"softmax": [["y", "z"]] * 2}, "'y' is in two softmax groups"),
        ([("x", "y")], {"softmax": [["y"]]}, "'y' is alone in its softmax group"),
        ([("x", "y")], {"softmax": ["y"]}, "groups of names: write softmax=[['y']]"),
        ([("x", "y")], {"softmax": "y"}, "softmax is a list of groups of names, not 'y'"),
        ([("x", "y")], {"activations": "tanh"}, "are by name: {'h': 'tanh'}, not 'tanh'"),
        ([("x", "y")], {"biases": None}, "the biases are a list of names, not None"),
        ([("x", "y")], {"biases": [["b"]]}, "a list of names, but one is a list of 1"),
        ([3], {}, "a link is a pair (from, to) or (from, to, weight), not 3"),
        (None, {}, "the links are a list of pairs (from, to), not None"),
    ],
)
def test_wrong_edges(edges: list, options: dict, sentence: str):
    with pytest.raises(LernpyError) as error:
        lernpy.from_edges(edges, ["x"], ["y"], **options)

    assert sentence in str(error.value)


# ---- networkx -----------------------------------------------------------------------------------


def same(a: Network, b: Network) -> None:
    """Equal in all that a graph carries: order, numbers, rules, who shares what, settings."""
    assert [str(part) for part in a.order] == [str(part) for part in b.order]
    assert [(w.value, w.rule) for w in a.weights] == [(w.value, w.rule) for w in b.weights]
    shares = [[net.weights.index(link.weight) for link in net.links.values()] for net in (a, b)]
    assert shares[0] == shares[1]
    for name in ("inputs", "outputs"):
        assert [n.name for n in getattr(a, name)] == [n.name for n in getattr(b, name)]
    for name in ("loss", "optimizer", "learning_rate", "l1", "l2"):
        assert getattr(a, name) == getattr(b, name)


@given(networks(optimizers=OPTIMIZERS))
def test_to_networkx_and_back(network: Network):
    same(lernpy.from_networkx(lernpy.to_networkx(network)), network)


@given(network=networks(optimizers=OPTIMIZERS))
def test_graphml_keeps_it_all(network: Network, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("graphs") / "net.graphml"

    nx.write_graphml(lernpy.to_networkx(network), path)

    same(lernpy.from_networkx(nx.read_graphml(path)), network)


def test_options_of_the_optimiser_and_bounds_pass_through_graphml(tmp_path: Path):
    network = lernpy.layered([2, 3, 1], seed=0, optimizer=("adam", {"beta1": 0.8}), l1=0.1)
    network.weights[0].rule = Rule(True, 0.5, -1.0, inf)

    nx.write_graphml(lernpy.to_networkx(network), tmp_path / "net.graphml")
    again = lernpy.from_networkx(nx.read_graphml(tmp_path / "net.graphml"))

    same(again, network)
    assert again.optimizer.options["beta1"] == 0.8
    assert again.weights[0].rule == Rule(True, 0.5, -1.0, inf)


def test_a_plain_graph_starts_at_random():
    graph = nx.DiGraph([("x", "h"), ("h", "y"), ("bias", "y")])

    network = lernpy.from_networkx(graph, inputs=["x"], outputs=["y"], activation="tanh", seed=1)

    assert [n.activation.name for n in network.neurons.values()] == [
        *("identity", "tanh", "tanh", "one")
    ]
    assert values(network)[0] != 0.0


def test_names_become_text():
    graph = nx.DiGraph([(1, 2), (2, 3)])

    network = lernpy.from_networkx(graph, inputs=[1], outputs=[3], seed=0)

    assert list(network.neurons) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("graph", "sentence"),
    [
        (nx.Graph([("x", "y")]), "a network needs a directed graph"),
        (nx.MultiDiGraph([("x", "y")]), "with one edge a pair"),
        (nx.DiGraph([("x", "h"), ("h", "g"), ("g", "h"), ("h", "y")]), "form a loop (g -> h -> g)"),
        (nx.DiGraph([("x", "y"), (1, "y"), ("1", "y")]), "two nodes have the same name as text"),
        (nx.DiGraph([("a", "y")]), "the graph has no node 'x'"),
        (nx.DiGraph([("x", "y", {"weight": "w"})]), "the weight of x -> y is 'w'"),
        (nx.DiGraph([("x", "y", {"low": "w"})]), "the low of x -> y is 'w'"),
        (nx.DiGraph([("x", "y", {"low": 2, "high": 1})]), "low of x -> y is 2, which is above its"),
        (nx.DiGraph([("x", "y", {"frozen": "false"})]), "frozen of x -> y is 'false'; it must be"),
    ],
)
def test_wrong_graphs(graph: nx.Graph, sentence: str):
    with pytest.raises(LernpyError) as error:
        lernpy.from_networkx(graph, inputs=["x"], outputs=["y"])

    assert sentence in str(error.value)


def test_who_is_an_input_must_be_said():
    with pytest.raises(WiringError, match="no node of the graph is declared as input"):
        lernpy.from_networkx(nx.DiGraph([("x", "y")]))
    with pytest.raises(WiringError, match=r"a list of names: write inputs=\['in1'\]"):
        lernpy.from_networkx(nx.DiGraph([("in1", "y")]), inputs="in1", outputs=["y"])
    graph = nx.DiGraph([("x1", "y"), ("x2", "y")])
    nx.set_node_attributes(graph, {"x1": 1, "x2": "first"}, "input")
    with pytest.raises(LernpyError, match="position of input x2 is 'first'; it must be a number"):
        lernpy.from_networkx(graph, outputs=["y"])


# ---- random networks ----------------------------------------------------------------------------


def test_random_networks_are_every_kind():
    """Within the first hundred seeds there is one of each."""
    some = [build.random_dag(seed) for seed in range(100)]

    assert any(net.groups for net in some)
    assert any(net.biases for net in some)
    assert any(len(net.weights) < len(net.links) for net in some)
    assert any(weight.frozen for net in some for weight in net.weights)
    assert any(net.graph.succ[out.name] for net in some for out in net.outputs)
    assert {len(net.outputs) for net in some} == {1, 2, 3}
    same(some[7], build.random_dag(7))


def test_a_random_network_of_a_size():
    network = build.random_dag(0, inputs=20, hidden=170, outputs=10, links=2_000)

    assert len(network.inputs) == 20 and len(network.outputs) == 10
    assert len(network.links) == pytest.approx(2_000, rel=0.1)


def test_an_activation_that_is_no_name_is_named():
    with pytest.raises(LernpyError, match="no activation is called 3"):
        lernpy.layered([2, 3, 1], activation=3)


def test_names_are_given_in_lists():
    """A word alone would be taken letter by letter."""
    for wrong in ({"inputs": "x1"}, {"outputs": "y"}, {"biases": "b1"}):
        given = {"inputs": ["x1"], "outputs": ["y"], **wrong}
        ((kind, name),) = wrong.items()
        with pytest.raises(
            LernpyError, match=rf"the {kind} are a list of names: write {kind}=\['{name}'"
        ):
            lernpy.from_edges([("x1", "y")], **given)
    with pytest.raises(LernpyError, match="write activations="):
        lernpy.from_edges([("x", "y")], ["x"], ["y"], activation={"y": "tanh"})
    with pytest.raises(LernpyError, match="the seed is 'a'; it must be a whole number"):
        lernpy.build.random_dag("a")


@pytest.mark.parametrize("name", build.EXAMPLES)
def test_a_worked_example_has_a_sample_that_fits_it(name: str) -> None:
    network, inputs, targets = build.EXAMPLES[name]()

    assert network.learn(inputs, targets) > 0
    assert all(np.isfinite(neuron.delta) for neuron in network.neurons.values())
