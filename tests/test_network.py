"""Networks: lessons, batches, penalties, changes of the wiring, twins."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

import lernpy
from lernpy import build
from lernpy.errors import LernpyError, ShapeError, WiringError
from lernpy.link import Link
from lernpy.network import Network
from lernpy.weight import Rule, Weight

X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
T = [[0.0], [1.0], [1.0], [0.0]]


def xor(**settings: object) -> Network:
    return lernpy.layered([2, 3, 1], seed=0, **settings)  # type: ignore[arg-type]


def line(**settings: object) -> Network:
    """y = 2 x + 1, learned so far."""
    edges = [("x", "y", 2.0), ("bias", "y", 1.0)]
    return lernpy.from_edges(edges, ["x"], ["y"], activation="identity", **settings)  # type: ignore[arg-type]


def numbers(network: Network) -> list[object]:
    """All that a lesson may change."""
    return [
        *((n.total_input, n.output, n.sensitivity, n.delta) for n in network.neurons.values()),
        *((link.signal, link.blame) for link in network.links.values()),
        *((w.value, w.sensitivity, w.memory, w.rule) for w in network.weights),
    ]


# ---- one lesson ---------------------------------------------------------------------------------


def test_a_lesson_is_the_list_read_forward_and_back():
    network, by_steps = xor(), xor()

    loss = network.learn([0, 1], [1])

    by_steps.reset()
    by_steps.feed([0, 1])
    for part in by_steps.order:
        part.propagate()
    assert by_steps.expect([1]) == loss
    for part in reversed(by_steps.order):
        part.backpropagate()
    by_steps.update()
    assert numbers(by_steps) == numbers(network)


def test_a_lesson_in_the_head():
    """y = 2·3 + 1 = 7 instead of 6: loss 1/2, both blames 1·(3, 1), rate 0.1."""
    network = line(learning_rate=0.1)

    assert network.learn([3], [6]) == 0.5

    assert [w.value for w in network.weights] == pytest.approx([2.0 - 0.3, 1.0 - 0.1])


def test_the_loss_falls():
    network = xor(learning_rate=0.5)

    losses = [network.learn_batch(X, T) for _ in range(300)]

    assert losses[-1] < losses[0]


def test_a_batch_is_the_mean_of_its_samples():
    """Samples 3 -> 6 and 1 -> 3: the errors are 1 and 0, so the mean blames are (3, 1) / 2."""
    network = line(learning_rate=0.1)

    assert network.learn_batch([[3], [1]], [[6], [3]]) == 0.25

    assert [w.value for w in network.weights] == pytest.approx([2.0 - 0.15, 1.0 - 0.05])
    assert [w.sensitivity for w in network.weights] == [3.0, 1.0]  # summed, until the next batch


def test_a_short_last_batch_is_divided_by_its_own_size():
    network, alone = line(), line()
    network.learn_batch([[3], [1]], [[6], [3]])
    for weight, other in zip(alone.weights, network.weights, strict=True):
        weight.value = other.value

    network.learn_batch([[5]], [[0]])
    alone.learn([5], [0])

    assert [w.value for w in network.weights] == [w.value for w in alone.weights]


def test_collecting_by_hand_and_updating_once():
    """`update` divides by what was learned since the last one, whoever called the parts."""
    network, batch = xor(), xor()

    for x, t in zip(X, T, strict=True):
        network.reset()
        network.feed(x)
        for part in network.order:
            part.propagate()
        network.expect(t)
        for part in reversed(network.order):
            part.backpropagate()
    network.update()
    batch.learn_batch(X, T)

    assert [w.value for w in network.weights] == [w.value for w in batch.weights]


def test_importance_weighs_a_sample():
    """Importance 2 counts a sample twice in the sum, and still as one of two."""
    network = line(learning_rate=0.1)

    loss = network.learn_batch([[3], [1]], [[6], [2]], importance=[2, 0])

    assert loss == (2 * 0.5 + 0) / 2
    assert [w.sensitivity for w in network.weights] == [6.0, 2.0]


def test_rate_zero_learns_nothing():
    network = xor(learning_rate=0.0)
    before = [w.value for w in network.weights]

    network.learn([0, 1], [1])
    network.learn_batch(X, T, rate=0.0)

    assert network.learning_rate == 0.0
    assert [w.value for w in network.weights] == before


def test_predict_changes_no_weight_and_gives_a_row_for_each_sample():
    network = xor()
    before = [(w.value, w.sensitivity) for w in network.weights]

    outputs = network.predict(np.array(X))

    assert outputs.shape == (4, 1)
    assert outputs.dtype == np.float64
    assert network.predict([]).shape == (0, 1)
    assert [(w.value, w.sensitivity) for w in network.weights] == before


def test_an_update_needs_a_sample():
    with pytest.raises(LernpyError, match="nothing to update"):
        xor().update()


def test_what_was_left_of_a_refused_batch_does_not_leak():
    network, fresh = xor(), xor()

    with pytest.raises(ShapeError):
        network.learn_batch([[0, 1], [1, 1, 1]], [[1], [0]])
    network.learn([0, 1], [1])
    fresh.learn([0, 1], [1])

    assert numbers(network) == numbers(fresh)


# ---- wrong samples ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lesson", "sentence"),
    [
        (lambda n: n.learn([1, 2, 3], [1]), "has 2 input neurons, but the sample has 3 values"),
        (lambda n: n.learn([1, 2], [1, 0]), "has 1 output neuron, but the target has 2 values"),
        (lambda n: n.learn([1, "two"], [1]), "input 'x2' got 'two', which is not a number"),
        (lambda n: n.learn([1, None], [1]), "input 'x2' got None, which is not a number"),
        (lambda n: n.learn([1, 10**400], [1]), "input 'x2' got 1000"),
        (lambda n: n.learn(5, [1]), "has 2 input neurons, but the sample has 1 value"),
        (lambda n: n.predict([1, 2]), "a batch is a list of samples; got one sample, [1, 2]"),
        (lambda n: n.predict(np.array([1.0, 2.0])), "a batch is a list of samples"),
        (lambda n: n.predict(7), "a batch is a list of samples; got one sample, 7"),
        (lambda n: n.predict("ab"), "a batch is a list of samples; got one sample, 'ab'"),
        (lambda n: n.learn_batch([], []), "the batch is empty; give it at least one sample"),
        (lambda n: n.learn_batch(X, T[:3]), "there are 4 samples, but 3 targets"),
        (lambda n: n.learn_batch(X, T, [1, 2]), "4 samples, but the importance of 2"),
    ],
)
def test_a_wrong_sample_is_refused_in_one_sentence(
    lesson: Callable[[Network], object], sentence: str
):
    network = xor()
    before = [w.value for w in network.weights]

    with pytest.raises(ShapeError) as error:
        lesson(network)

    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert [w.value for w in network.weights] == before


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"learning_rate": -0.1}, "the learning rate is -0.1; it must be 0 or more"),
        ({"learning_rate": "fast"}, "the learning rate is 'fast'; it must be a number"),
        ({"learning_rate": float("nan")}, "the learning rate is nan; it must be a finite number"),
        ({"l1": -1}, "the l1 is -1; it must be 0 or more"),
        ({"l2": float("inf")}, "the l2 is inf"),
        ({"l2": 10**400}, "the l2 is 1000"),
        ({"loss": "squared"}, "no loss is called 'squared'. Did you mean 'squared_error'?"),
        ({"loss": 7}, "no loss is called '7'"),
        ({"optimizer": "adan"}, "no optimizer is called 'adan'. Did you mean 'adam'?"),
        ({"optimizer": ("adam", {"beta": 1})}, "adam has no option 'beta'. It has: beta1, beta2"),
        ({"optimizer": ("adam", {"beta1": 1.0})}, "adam takes no step to a finite number with"),
    ],
)
def test_a_wrong_setting(settings: dict[str, object], sentence: str):
    with pytest.raises(LernpyError) as error:
        xor(**settings)

    assert sentence in str(error.value)


# ---- losses over several outputs ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "expected"), [("squared_error", 2.5), ("mean_squared_error", 2.5)]
)
def test_sum_and_half_against_mean(loss: str, expected: float):
    """Errors 1 and 2: the half sum of squares is 5/2, and so is the mean of squares."""
    network = lernpy.from_edges(
        [("x", "a", 1.0), ("x", "b", 2.0)], ["x"], ["a", "b"], activation="identity", loss=loss
    )

    assert network.learn([1], [0, 0]) == expected


def test_the_loss_of_a_mean_is_blamed_by_its_share():
    network = lernpy.from_edges(
        [("x", "a", 1.0), ("x", "b", 2.0)],
        ["x"],
        ["a", "b"],
        activation="identity",
        loss="mean_absolute_error",
    )

    assert network.learn([1], [0, 5]) == (1 + 3) / 2
    assert [network.neurons[name].sensitivity for name in "ab"] == [0.5, -0.5]


# ---- penalties ----------------------------------------------------------------------------------


def test_l2_pulls_every_weight_but_the_biases():
    """Weight 2, bias 1, both blameless: l2 = 0.1 costs 0.1/2·4 and pulls with 0.2."""
    network = line(l2=0.1, learning_rate=0.5)

    assert network.learn([3], [7]) == pytest.approx(0.2)

    assert [w.value for w in network.weights] == pytest.approx([2.0 - 0.5 * 0.2, 1.0])
    assert [w.sensitivity for w in network.weights] == [0.0, 0.0]  # no part of the blame


def test_l1_pulls_by_the_sign_and_not_at_zero():
    network = line(l1=0.1, learning_rate=0.5)
    weight = network.links["x", "y"].weight

    assert network.learn([0], [1]) == pytest.approx(0.2)
    assert weight.value == pytest.approx(2.0 - 0.05)
    weight.value = 0.0
    network.learn([0], [1])
    assert weight.value == 0.0


def test_the_penalty_does_not_grow_with_the_batch():
    once, often = line(l2=0.1), line(l2=0.1)

    assert once.learn_batch([[3]], [[7]]) == pytest.approx(often.learn_batch([[3]] * 5, [[7]] * 5))

    assert [w.value for w in once.weights] == pytest.approx([w.value for w in often.weights])


def test_a_shared_weight_is_penalised_once_and_exempt_if_one_link_starts_at_a_bias():
    edges = [("x1", "y", 3.0), ("x2", "y", 5.0), ("bias", "y", 7.0)]
    network = lernpy.from_edges(edges, ["x1", "x2"], ["y"], l2=2.0)

    network.tie(("x1", "y"), ("x2", "y"))
    assert network.penalty() == 9.0
    network.tie(("bias", "y"), ("x2", "y"))
    assert network.penalised == [network.links["x1", "y"].weight]


def test_adam_sees_the_pull():
    """Coupled: with no blame at all, adam makes of the pull a whole step of its rate."""
    network = line(l2=1e-3, optimizer="adam", learning_rate=0.01)

    network.learn([3], [7])

    assert network.links["x", "y"].weight.value == pytest.approx(2.0 - 0.01, abs=1e-5)


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

    assert repr(network) == "<network: 2 inputs, 1 outputs, 7 neurons, 13 links, 13 weights>"
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
