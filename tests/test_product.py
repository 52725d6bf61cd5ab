"""A product: outputs multiplied, blame by the other factors; exact where one is 0."""

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError, WiringError
from lernpy.product import Product


def gated(**settings):
    """y = 2 x1 · x2."""
    return lernpy.from_edges(
        [("x1", "a", 2.0), ("x2", "b", 1.0)],
        ["x1", "x2"],
        ["y"],
        activation="identity",
        products={"y": ["a", "b"]},
        **settings,
    )


def test_outputs_are_multiplied_and_blame_is_times_the_others():
    network = gated()
    assert network.predict([[3, 5]]).tolist() == [[30]]
    network.collect([3, 5], [29])  # y misses by 1
    assert network.neurons["a"].delta == 5 and network.neurons["b"].delta == 6
    assert network.links["x1", "a"].weight.sensitivity == 3 * 5


def test_it_is_exact_where_a_factor_is_0():
    network = gated()
    network.collect([0, 5], [-1])
    assert network.neurons["a"].delta == 5 and network.neurons["b"].delta == 0


def test_a_factor_may_come_twice():
    """y = x x: the slope is 2 x."""
    network = lernpy.from_edges([], ["x"], ["y"], products={"y": ["x", "x"]})
    assert network.predict([[3]]).tolist() == [[9]]
    network.collect([3], [8])
    assert network.neurons["x"].sensitivity == 6


def test_it_stands_in_the_order_in_place_of_its_neuron():
    network = gated()
    [product] = network.products
    assert repr(product) == "<product y = a × b>"
    assert network.order[-1] is product and network.neurons["y"].activation is product
    assert list(network.graph.pred["y"]) == ["a", "b"]
    assert len(network.links) == 2 and ("a", "y") not in network.links
    assert network.incoming("y") == [] and network.outgoing("a") == []


def test_a_twin_has_its_own():
    network = gated()
    twin = network.copy()
    assert twin.products[0].neuron is twin.neurons["y"] is not network.neurons["y"]
    assert twin.predict([[3, 5]]).tolist() == [[30]]


def test_it_goes_on_to_other_neurons_and_feeds_softmax():
    network = lernpy.build.random_dag(3, products=True)
    assert network.products
    assert lernpy.check_gradients(
        network, np.ones(len(network.inputs)), np.zeros(len(network.outputs))
    ).ok


WRONG = {
    "of nothing": (
        lambda: lernpy.from_edges([], ["x"], ["y"], products={"y": []}),
        "'y' is a product of nothing; name its factors",
    ),
    "a link into it": (
        lambda: lernpy.from_edges([("x", "y")], ["x"], ["y"], products={"y": ["x"]}),
        "the link x -> y leads into a product",
    ),
    "a loop": (
        lambda: lernpy.from_edges(
            [("y", "h"), ("x", "h")], ["x"], ["y"], products={"y": ["h", "x"]}
        ),
        "the links form a loop",
    ),
    "an input": (
        lambda: lernpy.from_edges([("x", "y")], ["x", "z"], ["y"], products={"z": ["x"]}),
        "leads into the input 'z'",
    ),
    "by no name": (
        lambda: lernpy.from_edges([], ["x"], ["y"], products=[["y", "x"]]),
        "products are by name",
    ),
    "a word": (
        lambda: lernpy.from_edges([], ["x"], ["y"], products={"y": "x"}),
        "the factors of a product are a list of names",
    ),
    "connected": (lambda: gated().connect("x1", "y"), "the link x1 -> y leads into a product"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_in_one_line(name):
    act, words = WRONG[name]
    with pytest.raises(LernpyError) as refused:
        act()
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_a_product_of_a_neuron_elsewhere_is_refused():
    x, y, other = lernpy.Neuron("x"), lernpy.Neuron("y"), lernpy.Neuron("other")
    Product(y, [x, other])
    with pytest.raises(WiringError, match="'other' is a factor of the product 'y', but not in"):
        lernpy.Network([x, y], [], [x], [y])


def test_what_is_changed_by_hand_is_noticed():
    network = gated()
    network.neurons["y"].activation = lernpy.activations.get("tanh")
    with pytest.raises(LernpyError, match="y is a product no more"):
        network.predict([[1, 1]])
