"""Networks: lessons, batches, penalties, changes of the wiring, twins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import lernpy
from lernpy.errors import LernpyError, ShapeError
from lernpy.network import Network

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

    loss = network.learn_batch([[3], [1]], [[6], [2]], sample_weight=[2, 0])

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
        (lambda n: n.learn_batch(X, T, [1, 2]), "4 samples, but the weights of 2"),
        (
            lambda n: n.learn_batch(X, T, ["a"] * 4),
            "the sample weights are a list of numbers, one for",
        ),
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
        ({"loss": 7}, "no loss is called 7"),
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
