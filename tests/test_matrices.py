"""A network in layers as matrices and back; from a neuron to its links."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy import build
from lernpy.errors import LernpyError, ShapeError, WiringError

SIZES = st.lists(st.integers(1, 4), min_size=2, max_size=4)


@given(SIZES, st.booleans(), st.integers(0, 99))
def test_matrices_and_back(sizes: list[int], bias: bool, seed: int):
    network = lernpy.layered(sizes, "tanh", bias=bias, seed=seed)
    matrices = network.matrices()

    twin = lernpy.layered(sizes, "tanh", bias=bias, weights=matrices)

    assert [m.shape for m in matrices] == [(n + bias, m) for n, m in zip(sizes, sizes[1:])]  # noqa: B905, RUF007
    assert [w.value for w in twin.weights] == [w.value for w in network.weights]
    assert twin.predict(np.ones((2, sizes[0]))).tolist() == (
        network.predict(np.ones((2, sizes[0]))).tolist()
    )


@given(SIZES, st.integers(0, 99))
def test_a_forward_pass_is_a_product_of_matrices(sizes: list[int], seed: int):
    network = lernpy.layered(sizes, "tanh", output_activation="tanh", seed=seed)
    for weight in network.weights:
        weight.value += 0.1
    y = np.linspace(-1, 1, 3 * sizes[0]).reshape(3, -1)
    wanted = network.predict(y)
    for matrix in network.matrices():
        y = np.tanh(np.hstack([y, np.ones((3, 1))]) @ matrix)
    assert np.allclose(y, wanted, atol=1e-12)


def test_by_hand():
    assert [m.tolist() for m in build.by_hand().matrices()] == [[[0.5], [0.25]], [[-1.0]]]


def test_softmax_and_a_bias_for_each_layer_are_in_layers_too():
    network = lernpy.layered([2, 3], output_activation="softmax", seed=0)
    assert network.matrices()[0].shape == (3, 3)
    assert [m.shape for m in build.lernmi([2, 3, 1]).matrices()] == [(3, 3), (4, 1)]


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (lambda: lernpy.layered([2, 3, 1], skip=True, seed=0), "x1 -> y1 skips a layer"),
        (
            lambda: lernpy.from_edges(
                [("a", "h"), ("h", "y"), ("b", "g"), ("g", "y")], ["a", "b"], ["y"]
            ),
            "there is no link a -> g",
        ),
        (
            lambda: lernpy.from_edges([("a", "y"), ("y", "z")], ["a"], ["y", "z"]),
            "y makes the outputs no layer of their own",
        ),
        (
            lambda: lernpy.from_edges(
                [("a", "y"), ("b", "y"), ("c", "y")], ["a"], ["y"], biases=["b", "c"]
            ),
            "b and c are 2 biases of one layer",
        ),
    ],
)
def test_what_is_not_in_layers_is_refused_by_name(network, sentence: str):
    with pytest.raises(WiringError) as error:
        network().matrices()
    assert sentence in str(error.value) and "network.links has the weights of any" in str(
        error.value
    )


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([np.ones((3, 3))], "the layers take [(3, 3), (4, 1)]"),
        ([np.ones((2, 3)), np.ones((4, 1))], "matrices of shapes [(2, 3), (4, 1)]"),
        ([np.ones((3, 3)), [["a"]]], "weights[1] is a list of 1, which is no matrix of numbers"),
        ([np.ones((3, 3)), np.full((4, 1), np.nan)], "weights[1] has a number that is not finite"),
        (7, "the weights are a list of matrices"),
    ],
)
def test_wrong_matrices_are_refused(weights, sentence: str):
    with pytest.raises(LernpyError) as error:
        lernpy.layered([2, 3, 1], weights=weights)
    assert sentence in str(error.value)


def test_weights_in_place_of_a_start():
    with pytest.raises(WiringError, match="weights and init do not go together"):
        lernpy.layered([2, 1], weights=[np.ones((3, 1))], init="zeros")
    with pytest.raises(ShapeError):
        lernpy.layered([2, 1], weights=[np.ones((3, 2))])


@given(st.integers(0, 50))
def test_from_a_neuron_to_its_links(seed: int):
    """Every link is an incoming one of its end and an outgoing one of its start, and nowhere else."""
    network = build.random_dag(seed)
    for name in network.neurons:
        assert all(link.output_neuron.name == name for link in network.incoming(name))
        assert all(link.input_neuron.name == name for link in network.outgoing(name))
    for ways in (network.incoming, network.outgoing):
        assert {link for name in network.neurons for link in ways(name)} == {
            *network.links.values()
        }


def test_a_neuron_that_is_none():
    with pytest.raises(LernpyError, match=r"no neuron is called 'h9'\. Known: bias, h1"):
        lernpy.layered([2, 3, 1]).incoming("h9")
