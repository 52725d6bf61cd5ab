"""From neurons and links to an order, and what is no network."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest

import lernpy
from lernpy.errors import LernpyError, UnknownNameError, WiringError
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.weight import Weight


def wire(pairs: str, inputs: str = "x", outputs: str = "y", **options: object) -> Network:
    """``wire("x>h h>y")``: a network from pairs of names."""
    edges = [pair.split(">") for pair in pairs.split()]
    return lernpy.from_edges(edges, inputs.split(), outputs.split(), seed=0, **options)  # type: ignore[arg-type]


def said(network: Network) -> list[str]:
    """The order, in words."""
    return [
        f"{part.input_neuron.name}>{part.output_neuron.name}"
        if isinstance(part, Link)
        else "+".join(member.name for member in part.members)
        if isinstance(part, Group)
        else part.name
        for part in network.order
    ]


# ---- the order ----------------------------------------------------------------------------------


def test_each_neuron_then_its_outgoing_links():
    network = wire("x>h x>y h>y")

    assert said(network) == ["x", "x>h", "x>y", "h", "h>y", "y"]


def test_by_longest_path_and_within_a_generation_as_declared():
    """b is as far from x as a is, although a link leads past it; c waits for both."""
    network = wire("x>b x>a b>c a>c x>c c>y")

    names = [[unit.name for unit in generation] for generation in network.generations]
    assert names == [["x"], ["b", "a"], ["c"], ["y"]]


def test_the_order_of_the_links_given_does_not_matter():
    assert wire("h>y x>h").predict([[0.3]]).shape == (1, 1)
    assert said(wire("h>y x>h")) == ["x", "x>h", "h", "h>y", "y"]


def test_a_group_stands_in_place_of_its_members():
    network = wire("x>a x>b a>z b>z", outputs="a b z", softmax=[["a", "b"]])

    assert said(network) == ["x", "x>a", "x>b", "a+b", "a>z", "b>z", "z"]


def test_inputs_and_outputs_keep_the_declared_order():
    network = wire("c>y a>z b>y b>z a>y", inputs="c a b", outputs="z y")

    assert [neuron.name for neuron in network.inputs] == ["c", "a", "b"]
    assert [neuron.name for neuron in network.outputs] == ["z", "y"]


def test_an_output_may_feed_onward():
    """y is an output and on the way to z: blame of the loss and of the link adds."""
    network = wire("x>y y>z", outputs="y z", activation="identity")

    network.learn([1.0], [0.0, 0.0])

    y, z = network.neurons["y"], network.neurons["z"]
    assert y.sensitivity == network.links["y", "z"].blame + y.output
    assert z.sensitivity == z.output


def test_a_long_chain_needs_no_recursion():
    names = [f"n{i}" for i in range(5_000)]

    network = lernpy.from_edges(list(pairwise(names)), ["n0"], ["n4999"], seed=0)

    assert len(network.generations) == 5_000


# ---- loops --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "loop"),
    [
        ("x>h1 h1>h2 h2>h1 h2>y", "h1 -> h2 -> h1"),
        ("x>h h>h h>y", "h -> h"),
        ("x>a a>b b>c c>a c>d d>y", "a -> b -> c -> a"),
    ],
)
def test_a_loop_is_named(pairs: str, loop: str):
    with pytest.raises(WiringError, match=rf"form a loop \({loop}\); remove one of them"):
        wire(pairs)


def test_neurons_behind_a_loop_are_not_blamed():
    """Only a and b go round; c and y merely wait for them."""
    with pytest.raises(WiringError) as error:
        wire("x>a a>b b>a b>c c>y")

    assert "(a -> b -> a)" in str(error.value)


def test_a_path_between_members_of_a_group_is_a_loop():
    with pytest.raises(WiringError, match=r"softmax\(a, b\) -> h -> softmax\(a, b\)"):
        wire("x>a x>b a>h h>b", outputs="a b", softmax=[["a", "b"]])


def test_a_long_loop_is_told_short():
    names = [f"n{i:02}" for i in range(40)]
    ring = [("x", "n00"), *zip(names, [*names[1:], "n00"], strict=True), ("n39", "y")]

    with pytest.raises(WiringError, match=r"-> \.\.\. ->") as error:
        lernpy.from_edges(ring, ["x"], ["y"])

    assert len(str(error.value)) < 160


# ---- what is no network -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "inputs", "outputs", "sentence"),
    [
        ("x>y h>y", "x", "y", "the neuron 'h' cannot be reached: no link leads to it"),
        ("x>y y>x", "x", "y", "the link y -> x leads into the input 'x'; remove it"),
        ("x>bias bias>y", "x", "y", "the link x -> bias leads into the bias 'bias'; remove it"),
        ("x>y x>y", "x", "y", "the link x -> y is there twice"),
        ("x>y", "x", "y y", "output 'y' is declared twice; name it once"),
        ("x>y", "x x", "y", "input 'x' is declared twice; name it once"),
        ("x>y", "", "y", "the network has no input neuron; declare at least one"),
        ("x>y", "x", "", "the network has no output neuron; declare at least one"),
        ("x>y", "x", "z", "no neuron is called 'z'"),
        ("x>y bias>y", "x bias", "y", "'bias' is an input and cannot be a bias"),
    ],
)
def test_what_is_no_network_is_refused_with_the_reason(
    pairs: str, inputs: str, outputs: str, sentence: str
):
    with pytest.raises(LernpyError) as error:
        wire(pairs, inputs, outputs)

    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_two_neurons_of_one_name():
    x, y, twin = Neuron("x"), Neuron("y"), Neuron("y")

    with pytest.raises(WiringError, match="two neurons are called 'y'; rename one of them"):
        Network([x, y, twin], [Link(x, y, Weight())], [x], [y])


def test_a_neuron_of_another_network_is_not_taken_for_its_namesake():
    """It would carry numbers that nobody reads."""
    x, y, stranger = Neuron("x"), Neuron("y"), Neuron("x")

    with pytest.raises(WiringError, match="joins a neuron that is not of this network"):
        Network([x, y], [Link(stranger, y, Weight())], [x], [y])
    with pytest.raises(WiringError, match="another network's neuron"):
        Network([x, y], [Link(x, y, Weight())], [stranger], [y])


def test_groups_must_be_whole():
    x, a, b, c = (Neuron(name) for name in "xabc")
    links = [Link(x, a, Weight()), Link(x, b, Weight())]

    Group([a, b, c])
    with pytest.raises(WiringError, match="'c' is in a softmax group with 'a', but not in the net"):
        Network([x, a, b], links, [x], [a, b])
    Group([b, c])  # b has left a
    with pytest.raises(WiringError, match=r"'[abc]' (has left its softmax|is in a softmax)"):
        Network([x, a, b, c], [*links, Link(x, c, Weight())], [x], [a, b])


def test_a_group_from_which_a_member_was_taken():
    x, a, b = (Neuron(name) for name in "xab")
    Group([a, b])
    Group([b])

    with pytest.raises(WiringError, match="'b' has left its softmax group with 'a'"):
        Network([x, a, b], [Link(x, a, Weight()), Link(x, b, Weight())], [x], [a, b])


def test_an_input_is_no_share():
    with pytest.raises(WiringError, match="the input 'x' cannot be in a softmax group"):
        wire("x>y", softmax=[["x", "y"]])


# ---- the graph and the links by name ------------------------------------------------------------


def test_the_graph_carries_the_objects_and_networkx_can_work_on_it():
    network = wire("x>h h>y x>y")

    assert network.graph.nodes["h"]["neuron"] is network.neurons["h"]
    assert network.graph.edges["x", "y"]["link"] is network.links["x", "y"]
    assert nx.dag_longest_path(network.graph) == ["x", "h", "y"]


def test_the_graph_is_frozen():
    with pytest.raises(nx.NetworkXError):
        wire("x>y").graph.add_edge("y", "x")


def test_what_an_algorithm_writes_on_the_graph_disturbs_nobody():
    network = wire("x>y bias>y")
    network.l2 = 0.1
    nx.set_edge_attributes(network.graph, "red", "colour")

    network.learn([1.0], [0.0])

    assert network.penalised == [network.links["x", "y"].weight]


def test_links_by_the_names_of_their_ends():
    network = wire("x>h h>y x>y")

    assert list(network.links) == [("x", "h"), ("x", "y"), ("h", "y")]
    assert [link.output_neuron.name for link in network.links.values()] == ["h", "y", "y"]
    assert len(network.links) == 3
    assert ("x", "h") in network.links
    assert ("h", "x") not in network.links
    assert "xh" not in network.links
    assert network.links.get(("h", "x")) is None
    assert repr(network.links) == "<3 links>"


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        (("x", "hh"), "no neuron is called 'hh'. Did you mean 'h'?"),
        (("h", "x"), "no link is called 'h -> x'. Did you mean 'h -> y'?"),
        ("x", "a link is named by its two ends"),
        (("x", "h", "y"), "a link is named by its two ends"),
        (([], {}), "no neuron is called an empty list"),
    ],
)
def test_a_wrong_link_name(ends: object, sentence: str):
    with pytest.raises(LernpyError) as error:
        wire("x>h h>y x>y").links[ends]  # type: ignore[index]

    assert sentence in str(error.value)


@pytest.mark.parametrize("wrong", ["relu", None, 3, lernpy.optimizers.get("adam"), object()])
def test_what_is_no_activation_is_refused_where_the_network_is_made(wrong: object):
    x, h = Neuron("x"), Neuron("h")
    h.activation = wrong  # type: ignore[assignment]
    with pytest.raises(WiringError, match=r"the activation of h is .*; write lernpy.Neuron\(\"h\""):
        Network([x, h], [Link(x, h, Weight(0.5))], [x], [h])


def test_a_wrong_neuron_name_is_found_at_once_also_in_a_large_network():
    network = lernpy.layered([2_000, 20, 2_000], seed=0)

    with pytest.raises(UnknownNameError, match="Did you mean 'h3'"):
        network.neurons["hh3"]
    with pytest.raises(UnknownNameError, match="no link is called 'x5 -> y5'"):
        network.links["x5", "y5"]
    assert network.neurons.get("nobody") is None


def test_whether_a_link_is_there_can_be_asked_of_anything():
    links = lernpy.build.by_hand().links
    assert ("x", "h") in links
    for ends in (("h", "x"), ("x", "nobody"), (["x"], "h"), ("x", {}), ("x",), "xh", None, 3):
        assert ends not in links
