"""`lernpy.explain` tells what holds for this network, and nothing that does not."""

from __future__ import annotations

import pytest
from recorded import some_network

import lernpy
from lernpy import LernpyError


def test_the_worked_example_in_words() -> None:
    told = str(lernpy.explain(lernpy.build.two_two_two()))
    for sentence in (
        "A network of 7 neurons and 12 links",
        "Inputs: x1 and x2. Outputs: y1 and y2.",
        "3 generations: x1, x2, bias | h1, h2 | y1, y2.",
        "h1, h2, y1 and y2 put out sigmoid of the sum",
        "bias is a bias neuron: always 1, with 4 ordinary links",
        "squared_error: 1/2 (y - t)^2",
        "The sum over 2 outputs, with no further factor.",
        "sgd, learning rate 0.5",
        "bias -> h1, bias -> h2, bias -> y1 and bias -> y2 are frozen",
        "Blame is no pie",
    ):
        assert sentence in told
    assert "Penalty" not in told
    assert "softmax" not in told


@pytest.mark.parametrize("maths", ["fast", "portable"])
def test_portable_maths_and_their_price_are_named(maths: str) -> None:
    told = str(lernpy.explain(lernpy.layered([2, 3, 1], seed=0, maths=maths)))
    assert ("the same bits on every machine; in plain Python that takes longer" in told) == (
        maths == "portable"
    )


def test_everything_special_is_named() -> None:
    edges = [("x", "h"), ("x", "a"), ("h", "a"), ("h", "b"), ("a", "y"), ("x", "y")]
    network = lernpy.from_edges(
        edges, ["x"], ["a", "b", "y"], softmax=[["a", "b"]], loss="mean_squared_error",
        optimizer="adam", l2=0.1, seed=0, activations={"x": "tanh"},
    )  # fmt: skip
    network.tie(("x", "h"), ("h", "b"))
    rule = network.links["a", "y"].weight.rule
    network.links["a", "y"].weight.rule = rule._replace(rate=0.5, low=-1.0)
    told = str(lernpy.explain(network))
    for sentence in (
        "a and b are a softmax group",
        "x squashes what is put in",
        "There is no bias.",
        "2 links skip a generation: x -> a and x -> y.",
        "a: an output with links onward",
        "The mean over 3 outputs: each one's loss counts × 0.3333.",
        "adam, learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-08",
        "Penalty 0.1 / 2 · sum w² over 5 weights",
        "x -> h and h -> b share one weight",
        "a -> y: its steps are multiplied by 0.5 and it stays between -1 and infinity.",
    ):
        assert sentence in told


def test_what_lies_beside_the_network_is_told() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    network.card = lernpy.Card.of(lernpy.data.load("spiral"), scaling="standard")
    told = str(lernpy.explain(network))
    assert "Data: spiral, classification." in told
    assert "Inputs are scaled to mean 0 and standard deviation 1" in told
    assert "One output: 0 means the first" in told


@pytest.mark.parametrize("seed", range(20))
def test_every_network_can_be_told_about(seed: int) -> None:
    told = lernpy.explain(some_network(seed))
    assert told.text == str(told)
    assert "None" not in told.text
    assert told.html.count("<li>") == told.html.count("</li>")
    assert all(line.endswith(".") for _, said in told.sections for line in said)


def test_only_networks_can_be_told_about() -> None:
    with pytest.raises(LernpyError, match="tells about a network, not about 3"):
        lernpy.explain(3)  # type: ignore[arg-type]
