"""The plan: what the engines compile from says what the graph says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy import Link, Network, Neuron, Weight, activations
from lernpy.engine.plan import Plan


@given(seed=st.integers(0, 10_000))
def test_sources_come_first_and_every_link_is_there(seed: int) -> None:
    network = lernpy.build.random_dag(seed)
    plan = Plan.of(network)
    links = network.links.values()

    assert (plan.source < plan.target).all()
    for place, index in enumerate(plan.link):
        link = links[index]
        assert plan.neurons[plan.source[place]] is link.input_neuron
        assert plan.neurons[plan.target[place]] is link.output_neuron
        assert network.weights[plan.weight[place]] is link.weight
        assert plan.start[plan.target[place]] <= place < plan.start[plan.target[place] + 1]
    assert [plan.neurons[slot] for slot in plan.outputs] == network.outputs
    assert list(plan.neurons[: plan.n_inputs]) == network.inputs
    for slot in range(plan.n_neurons):
        ahead = plan.ahead[plan.ahead_start[slot] : plan.ahead_start[slot + 1]]
        assert (plan.source[ahead] == slot).all()


@given(seed=st.integers(0, 10_000))
def test_runs_cover_each_stage_and_keep_groups_together(seed: int) -> None:
    plan = Plan.of(lernpy.build.random_dag(seed))

    for stage in plan.stages:
        covered = [slot for run in stage.segments for slot in range(run.low, run.high)]
        assert covered == list(range(stage.low, stage.high))
        for run in stage.segments:
            assert all(
                plan.neurons[s].activation is run.activation for s in range(run.low, run.high)
            )
            if run.is_group:
                assert set(run.activation.members) == set(plan.neurons[run.low : run.high])


def test_links_with_one_target_stand_in_the_order_of_the_forward_pass() -> None:
    """Then every engine sums in the order in which the network does."""
    plan = Plan.of(lernpy.layered([20, 10, 5], seed=0, skip=True))

    for slot in range(plan.n_neurons):
        ending = plan.link[plan.start[slot] : plan.start[slot + 1]]
        assert ending.tolist() == sorted(ending)
    assert (np.diff(plan.start[plan.n_fixed :]) > 10).all()


def test_neurons_of_one_kind_stand_together() -> None:
    """tanh, relu, tanh: calculated as two tanh and one relu."""
    network = lernpy.layered([2, 3, 1], "tanh", seed=0)
    network.neurons["h2"].activation = activations.get("relu")
    hidden, _ = Plan.of(network).stages

    assert [segment.high - segment.low for segment in hidden.segments] == [2, 1]


def test_layers_are_seen_as_matrices() -> None:
    network = lernpy.layered([3, 4, 2], output_activation="softmax", seed=0)
    hidden, output = Plan.of(network).layers

    assert hidden.weight.shape == (4, 4)
    assert output.weight.shape == (2, 5)
    for row, name in enumerate(["h1", "h2", "h3", "h4"]):
        held = [network.weights[place] for place in hidden.weight[row]]
        sources = ["x1", "x2", "x3", "bias"]
        assert held == [network.links[source, name].weight for source in sources]


@pytest.mark.parametrize("change", ["prune", "skip", "tie", "feed onward"])
def test_what_is_no_plain_layers_has_none(change: str) -> None:
    network = lernpy.layered([2, 3, 2], seed=0)
    if change == "prune":
        network.prune(("x1", "h2"))
    elif change == "skip":
        network.connect("x1", "y1")
    elif change == "tie":
        network.tie(("x1", "h1"), ("x2", "h1"))
    else:
        network.connect("y1", "y2")

    assert Plan.of(network).layers == ()


def test_two_biases_for_one_neuron_and_none_for_another_are_no_layer() -> None:
    """Four links each on average, but y1 has three and y2 five, the first of which is a bias's."""
    b1, b2 = Neuron("b1", "one"), Neuron("b2", "one")
    xs, ys = [Neuron(f"x{i}") for i in range(3)], [Neuron("y1", "tanh"), Neuron("y2", "tanh")]
    pairs = [(b1, ys[1]), *((x, y) for x in xs for y in ys), (b2, ys[1])]
    links = [Link(*ends, Weight(0.1 * place)) for place, ends in enumerate(pairs)]
    network = Network([b1, *xs, b2, *ys], links, xs, ys)

    assert Plan.of(network).layers == ()
    x = [[0.1, 0.2, 0.3]]
    np.testing.assert_allclose(lernpy.Mirror(network).predict(x), network.predict(x), rtol=1e-14)


def test_one_bias_neuron_for_each_layer_is_in_layers() -> None:
    assert len(Plan.of(lernpy.build.lernmi([2, 3, 1])).layers) == 2


def test_penalised_leaves_biases_out() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    plan = Plan.of(network)

    reached = {network.weights[place] for place in np.flatnonzero(plan.penalised)}
    assert reached == set(network.penalised)
    assert plan.penalised.sum() == 9
