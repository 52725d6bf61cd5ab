"""Time is just more neurons: a cell, repeated, is a network as any other, and its numbers are torch's."""

import numpy as np
import pytest

import lernpy
from lernpy.build import Cell, elman, unroll
from lernpy.errors import LernpyError, WiringError


def one_neuron(**settings) -> Cell:
    """h = 0.5 x + 2 h of the step before, y = h: to be followed in the head."""
    edges = [("x", "h", 0.5), ("before", "h", 2.0), ("h", "y", 1.0)]
    network = lernpy.from_edges(
        edges, ["x", "before"], ["y"], activation="identity", seed=0, **settings
    )
    return Cell(network, {"before": "h"})


def test_a_step_takes_what_the_step_before_left():
    """Fed 2, 0, 4: h is 1, then 2 x 1, then 2 x 2 + 2."""
    assert unroll(one_neuron(), 3).predict([[2, 0, 4]]).tolist() == [[1, 2, 6]]


def test_blame_of_all_steps_meets_in_the_one_weight():
    """Only the last output misses, by 1: the blame is 1 at h@3, 2 at h@2, 4 at h@1."""
    network = unroll(one_neuron(), 3, read="last")
    network.collect([2, 0, 4], [5])
    assert [network.neurons[f"h@{step}"].delta for step in (1, 2, 3)] == [4, 2, 1]
    weight = network.links["x@1", "h@1"].weight
    assert weight.sensitivity == 2 * 4 + 0 * 2 + 4 * 1


def test_the_weights_are_those_of_the_cell_so_what_is_learned_can_be_unrolled_further():
    cell = one_neuron()
    unroll(cell, 3).learn([2, 0, 4], [0, 0, 0])
    learned = unroll(cell, 5)
    assert learned.weights[1] in cell.network.weights
    assert cell.network.links["x", "h"].weight.value != 0.5


def test_what_another_optimiser_remembers_is_no_hindrance():
    cell = one_neuron()
    slow = {"epochs": 3, "learning_rate": 1e-6}
    lernpy.train(unroll(cell, 3), ([[2, 0, 4]], [[0] * 3]), optimizer="adam", **slow)
    lernpy.train(unroll(cell, 5), ([[2, 0, 4, 1, 1]], [[0] * 5]), optimizer="momentum", **slow)
    loss = lernpy.evaluate(unroll(cell, 2), ([[1, 1]], [[0, 0]])).loss
    assert loss == pytest.approx(1.25, rel=0.1)  # (0.5 ** 2 + 1.5 ** 2) / 2


def test_one_step_alone_is_the_cell_that_starts():
    cell = one_neuron()
    network = unroll(cell, 1, start=3.0)
    assert network.predict([[2]]) == cell.network.predict([[2, 3]])


def test_a_start_is_a_number_learned_or_stated():
    cell = one_neuron()
    assert unroll(cell, 2, start={"h": 1.0}).predict([[0, 0]]).tolist() == [[2, 4]]
    stated = unroll(cell, 2, start="input")
    assert [neuron.name for neuron in stated.inputs] == ["h@0", "x@1", "x@2"]
    assert stated.predict([[1, 0, 0]]).tolist() == [[2, 4]]
    learned = unroll(cell, 2, start="learned")
    learned.learn([0, 0], [1, 1])
    assert learned.links["bias", "h@0"].weight.value > 0
    fixed = unroll(cell, 2, start=1.0)
    fixed.learn([0, 0], [1, 1])
    assert fixed.links["bias", "h@0"].weight.value == 1.0


def test_an_input_that_is_not_fed_says_the_same_in_all_steps():
    edges = [("x", "h", 1.0), ("always", "h", 1.0), ("before", "h", 1.0), ("h", "y", 1.0)]
    cell = lernpy.from_edges(edges, ["x", "always", "before"], ["y"], activation="identity")
    network = unroll(cell, 2, feed=["x"], state={"before": "h"})
    assert [neuron.name for neuron in network.inputs] == ["x@1", "x@2", "always"]
    assert network.predict([[1, 2, 10]]).tolist() == [[11, 23]]


def test_a_state_may_reach_farther_back():
    """y = h of two steps ago; a state may remember an input, too."""
    edges = [("x", "h", 1.0), ("before", "h", 0.0), ("long_ago", "y", 1.0), ("x_before", "y", 10.0)]
    cell = lernpy.from_edges(
        edges, ["x", "before", "long_ago", "x_before"], ["y"], activation="identity"
    )
    state = {"before": "h", "long_ago": "before", "x_before": "x"}
    network = unroll(cell, 4, state=state)
    assert network.predict([[1, 2, 3, 4]]).tolist() == [[0, 10, 21, 32]]


def test_what_no_output_hears_of_is_left_out():
    network = unroll(one_neuron(), 3, read="last")
    assert "y@3" in network.neurons and "y@2" not in network.neurons


def test_a_softmax_group_is_there_in_each_step():
    edges = [("x", "a"), ("x", "b"), ("before", "a"), ("a", "y")]
    cell = lernpy.from_edges(edges, ["x", "before"], ["y"], softmax=[["a", "b"]], seed=1)
    network = unroll(cell, 2, state={"before": "a"}, read="last")
    assert [[member.name for member in group.members] for group in network.groups] == [
        ["a@1", "b@1"],
        ["a@2", "b@2"],
    ]
    assert lernpy.check_gradients(network, [0.3, -0.7], [0.2]).ok


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_an_absent_step_counts_nothing(seed, activation):
    """A sequence of three in a net of five learns what it learns in a net of three."""
    rng = np.random.default_rng(seed)
    cell = elman([2, 3, 1], activation, seed=seed)
    for weight in cell.network.weights:
        weight.value = rng.normal()
    x, t = rng.normal(size=(3, 2)), rng.normal(size=1)
    short, long = unroll(cell, 3, read="last"), unroll(cell, 5, read="last", shorter=True)
    loss = short.collect(x.ravel(), t)
    wanted = [weight.sensitivity for weight in cell.network.weights]
    padded = np.vstack([np.zeros((2, 3)), np.column_stack([x, np.ones(3)])])
    assert long.collect(padded.ravel(), t) == pytest.approx(loss, rel=1e-13)
    blamed = [weight.sensitivity for weight in cell.network.weights]
    assert blamed == pytest.approx(wanted, rel=1e-10, abs=1e-13)


def test_it_is_an_ordinary_network(tmp_path):
    """It trains in every engine, is saved, checked, copied, stepped through."""
    network = unroll(elman([1, 3, 1], seed=0), 4)
    data = np.random.default_rng(0).normal(size=(20, 4))
    assert lernpy.check_parity(network, data, np.roll(data, 1, 1)).ok
    assert lernpy.check_gradients(network, data[0], data[1]).ok
    lernpy.save(network, tmp_path / "time.json")
    again = lernpy.load(tmp_path / "time.json")
    assert len(again.weights) == len(network.weights) < len(network.links)
    assert again.predict(data).tolist() == network.predict(data).tolist()
    history = lernpy.train(network, (data, np.roll(data, 1, 1)), epochs=30, learning_rate=0.05)
    assert history.rows[-1].loss < history.rows[0].loss


WRONG = {
    "a loop inside one step": (
        lambda: lernpy.from_edges([("x", "h"), ("h", "h")], ["x"], ["h"]),
        "the links form a loop (h -> h)",
    ),
    "no state": (lambda: unroll(one_neuron().network, 3), "a cell needs a state"),
    "a state without a start": (
        lambda: unroll(one_neuron(), 3, start={}),
        "the state 'h' has no start; write start={'h': 0.0}",
    ),
    "no start at all": (lambda: unroll(one_neuron(), 3, start=None), "the state 'h' has no start"),
    "a start that is no number": (
        lambda: unroll(one_neuron(), 3, start="zero"),
        "the start of 'h' is a number, \"learned\" or \"input\", not 'zero'",
    ),
    "an unknown start": (lambda: unroll(one_neuron(), 3, start={"g": 0}), "no state is called 'g'"),
    "no steps": (
        lambda: unroll(one_neuron(), 0),
        "the number of steps is 0; it must be a whole number from 1 on",
    ),
    "a state of no input": (
        lambda: unroll(one_neuron().network, 3, state={"h": "x"}),
        "no input of the cell is called 'h'",
    ),
    "a state of nothing": (
        lambda: unroll(one_neuron().network, 3, state={"before": "k"}),
        "no neuron is called 'k'",
    ),
    "a circle": (
        lambda: unroll(one_neuron().network, 3, state={"before": "before"}),
        "the state 'before' goes round in circles (before -> before)",
    ),
    "two that remember the same": (
        lambda: unroll(
            lernpy.from_edges([("a", "h"), ("b", "h")], ["a", "b"], ["h"]),
            3,
            state={"a": "h", "b": "h"},
        ),
        "the states 'a' and 'b' remember the same, 'h' of one step",
    ),
    "a state that is fed": (
        lambda: unroll(one_neuron(), 3, feed=["x", "before"]),
        "'before' is a state, which the step before feeds",
    ),
    "read now and then": (lambda: unroll(one_neuron(), 3, read="first"), "outputs are read in"),
    "unrolled twice": (
        lambda: unroll(unroll(one_neuron(), 2), 2, state={"x@1": "h@2"}),
        "the neuron 'h@0' has @ in its name",
    ),
    "a sigmoid cannot sleep": (
        lambda: unroll(elman([1, 2, 1], "sigmoid"), 3, shorter=True),
        "sequences cannot be shorter, as 'h1' puts out 0.5 where nothing comes in",
    ),
    "a start that is not 0 cannot sleep": (
        lambda: unroll(one_neuron(), 3, start=1.0, shorter=True),
        "sequences cannot be shorter, as 'h' does not start at 0",
    ),
    "no hidden layer": (lambda: elman([1, 1]), "give inputs, hidden neurons and outputs"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_in_one_line(name):
    act, words = WRONG[name]
    with pytest.raises(LernpyError) as refused:
        act()
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_a_refusal_is_a_matter_of_wiring():
    with pytest.raises(WiringError):
        unroll(one_neuron(), 3, start=None)
