"""Numbers as users give them."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

import lernpy
from lernpy.checks import finite, not_negative, whole
from lernpy.errors import LernpyError, ShapeError
from lernpy.samples import numbers, rows_of, samples_of

X = [lernpy.Neuron("x1"), lernpy.Neuron("x2")]


@pytest.mark.parametrize(
    "given", [[1, 2], (1.0, 2.0), np.array([1, 2]), np.array([1, 2], np.float32), [True, "2"]]
)
def test_one_python_float_for_each_neuron(given: object):
    found = numbers("input", X, given)  # type: ignore[arg-type]

    assert found == [1.0, 2.0]
    assert {type(value) for value in found} == {float}


def test_a_single_number_is_enough_for_a_single_neuron():
    assert numbers("output", X[:1], 3) == [3.0]
    assert numbers("output", X[:1], np.float64(3)) == [3.0]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([1], "the network has 2 input neurons, but the sample has 1 value"),
        ([1, 2, 3], "the network has 2 input neurons, but the sample has 3 values"),
        ("12", "the network has 2 input neurons, but the sample has 1 value"),
        ([1, "a"], "input 'x2' got 'a', which is not a number"),
        ([[1], 2], "input 'x1' got [1], which is not a number"),
        ([1, 2j], "input 'x2' got 2j, which is not a number"),
        ([1.0, nan], "input 'x2' got nan, which is not a number"),
        (np.array([nan, 1.0]), "input 'x1' got nan, which is not a number"),
        ([1, "a" * 500], "input 'x2' got 'aaaaaaaa"),
    ],
)
def test_a_wrong_sample(given: object, sentence: str):
    with pytest.raises(ShapeError) as error:
        numbers("input", X, given)  # type: ignore[arg-type]

    assert sentence in str(error.value)
    assert len(str(error.value)) < 120


def test_a_wrong_target_is_called_a_target():
    with pytest.raises(ShapeError, match="2 output neurons, but the target has 1 value"):
        numbers("output", X, [1])


class Table:
    """As a data frame is: it has a length and columns, and turns into an array."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, column: str) -> object:
        raise KeyError(column)

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.array([[1.0, 2.0], [3.0, 4.0]])


def test_rows_of_lists_arrays_and_tables():
    assert rows_of([[1, 2], [3, 4]], 2) == [[1, 2], [3, 4]]
    assert np.array_equal(rows_of(np.eye(2), 2), np.eye(2))
    assert np.array_equal(rows_of(Table(), 2), [[1.0, 2.0], [3.0, 4.0]])
    assert lernpy.layered([2, 1], seed=0).predict(Table()).shape == (2, 1)


def test_a_generator_is_no_batch():
    with pytest.raises(ShapeError, match="a batch is a list of samples; got one sample"):
        rows_of((x for x in [[1, 2]]), 2)


def test_samples_have_importance_one():
    net = lernpy.layered([1, 1])
    assert samples_of(net, [[1], [2]], [[3], [4]]) == [([1], [3], 1.0), ([2], [4], 1.0)]
    assert samples_of(net, [[1]], [[3]], np.array([0.5])) == [([1], [3], 0.5)]


def test_settings_are_checked():
    assert not_negative("l1", 0) == 0.0
    assert finite("weight", np.float32(0.5)) == 0.5
    assert finite("weight", Fraction(1, 2)) == 0.5
    assert [whole("seed", value) for value in (np.int64(3), 3.0, 3e0, np.float32(3))] == [3] * 4
    for check, wrong in (
        (not_negative, -1),
        (finite, "x"),
        (finite, None),
        (finite, "1"),
        (finite, True),
        (finite, np.array([1.0])),
        (finite, np.ma.masked),
        (finite, 1j),
        (finite, inf),
        (whole, 1.5),
        (whole, inf),
        (whole, "1"),
        (whole, True),
        (whole, -1),
    ):
        with pytest.raises(LernpyError, match=r"^the size is .*; it must be "):
            check("size", wrong)  # type: ignore[operator]


# ---- one sample, several samples: the same forms everywhere --------------------------------------

COLUMN = pytest.importorskip("pandas").Series
FRAME = pytest.importorskip("pandas").DataFrame
ONE = {  # by inputs and outputs of a network, the forms of one sample
    (2, 1): [
        ([0, 1], 1),
        ([0, 1], [1]),
        ([0, 1], [[1]]),
        ([[0, 1]], [1]),
        ([[0, 1]], [[1]]),
        ((0, 1), (1,)),
        ([[0, 1]], 1),
        (COLUMN([0, 1]), COLUMN([1])),
        (COLUMN([0, 1]), 1),
        (FRAME([[0, 1]]), FRAME([[1]])),
        (FRAME([[0, 1]]), COLUMN([1])),
        (FRAME([[0, 1]]), 1),
    ],
    (2, 2): [
        ([0, 1], [1, 0]),
        ([[0, 1]], [[1, 0]]),
        ([0, 1], [[1, 0]]),
        ((0, 1), (1, 0)),
        (COLUMN([0, 1]), COLUMN([1, 0])),
        (FRAME([[0, 1]]), FRAME([[1, 0]])),
    ],
    (1, 1): [(0.5, 1), (0.5, [1]), ([0.5], 1), ([0.5], [1]), ([[0.5]], [[1]]), (COLUMN([0.5]), 1)],
    (1, 2): [(0.5, [1, 0]), ([0.5], [1, 0]), ([[0.5]], [[1, 0]]), (COLUMN([0.5]), (1, 0))],
}
SEVERAL = {
    (2, 1): [
        ([[0, 1], [1, 1]], [1, 0]),
        ([[0, 1], [1, 1]], [[1], [0]]),
        (((0, 1), (1, 1)), (1, 0)),
        (FRAME([[0, 1], [1, 1]]), COLUMN([1, 0])),
        (FRAME([[0, 1], [1, 1]]), FRAME([1, 0])),
    ],
    (2, 2): [([[0, 1], [1, 1]], [[1, 0], [0, 1]])],
    (1, 1): [
        ([0, 1, 2], [1, 0, 1]),
        ([[0], [1], [2]], [[1], [0], [1]]),
        (COLUMN([0, 1, 2]), [1, 0, 1]),
        (FRAME([0, 1, 2]), FRAME([1, 0, 1])),
    ],
}
TAKES_ONE = {
    "learn": lambda net, x, t: net.learn(x, t),
    "collect": lambda net, x, t: (net.collect(x, t), net.update()),
}
TAKES = {
    "slow_motion": lambda net, x, t: list(lernpy.slow_motion(net, x, t)),
    "Stepper": lambda net, x, t: lernpy.Stepper(net, x, t).run_to("phase=update"),
    "learn_batch": lambda net, x, t: net.learn_batch(x, t),
    "check_gradients": lambda net, x, t: lernpy.check_gradients(net, x, t),
    "check_parity": lambda net, x, t: lernpy.check_parity(net, x, t, updates=1),
    "train": lambda net, x, t: lernpy.train(net, (x, t), 1, shuffle=False),
    "evaluate": lambda net, x, t: lernpy.evaluate(net, (x, t)),
}


def forms(by_sizes: dict) -> list:
    """Sizes of a network and its samples in some form; lists and numbers as arrays, too."""
    pairs = [(sizes, x, t) for sizes, pairs in by_sizes.items() for x, t in pairs]
    arrays = [(s, np.array(x), np.array(t)) for s, x, t in pairs if isinstance(x, (list, float))]
    return pairs + arrays


def net_of(sizes: tuple[int, int]) -> lernpy.Network:
    return lernpy.layered([sizes[0], 3, sizes[1]], seed=0)


def weights_of(network: lernpy.Network) -> list[float]:
    return [weight.value for weight in network.weights]


@pytest.mark.parametrize("name", [*TAKES, *TAKES_ONE])
@pytest.mark.parametrize(("sizes", "inputs", "targets"), forms(ONE))
def test_one_sample_is_taken_in_every_form(name: str, sizes: tuple[int, int], inputs, targets):
    take = (TAKES | TAKES_ONE)[name]
    network, plain = net_of(sizes), net_of(sizes)
    take(network, inputs, targets)
    take(plain, [[0, 1] if sizes[0] == 2 else [0.5]], [[1, 0][: sizes[1]]])
    assert weights_of(network) == weights_of(plain)


@pytest.mark.parametrize("name", TAKES)
@pytest.mark.parametrize(("sizes", "inputs", "targets"), forms(SEVERAL))
def test_so_are_several(name: str, sizes: tuple[int, int], inputs, targets):
    network, plain = net_of(sizes), net_of(sizes)
    TAKES[name](network, inputs, targets)
    x = [[0], [1], [2]] if sizes[0] == 1 else [[0, 1], [1, 1]]
    t = {(2, 1): [[1], [0]], (2, 2): [[1, 0], [0, 1]], (1, 1): [[1], [0], [1]]}[sizes]
    TAKES[name](plain, x, t)
    assert weights_of(network) == weights_of(plain)


@pytest.mark.parametrize("name", [*TAKES, *TAKES_ONE])
@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        (np.ones((2, 1, 2)), [1, 0]),
        (np.ones((1, 1, 2)), [1]),
        ([[[0, 1]], [[1, 1]]], [1, 0]),
        ([[0, 1], [1, 1]], np.ones((2, 1, 1))),
        (FRAME([["a", "b"], [1, 2]]), [1, 0]),
        (0.5, 1),
    ],
)
def test_what_is_no_table_of_samples_is_refused_by_everybody(name: str, inputs, targets):
    network = net_of((2, 1))
    before = weights_of(network)
    if name == "train" and isinstance(inputs, FRAME):
        return  # which reads words as kinds
    with pytest.raises(LernpyError) as error:
        (TAKES | TAKES_ONE)[name](network, inputs, targets)
    assert "\n" not in str(error.value) and "text targets" not in str(error.value)
    assert weights_of(network) == before


@pytest.mark.parametrize(
    "ask", [lernpy.Network.predict, lernpy.predict, lambda n, x: lernpy.Mirror(n).predict(x)]
)
def test_values_one_by_one_are_samples_of_a_net_with_one_input(ask):
    network = net_of((1, 1))
    answers, expected = ask(network, [0, 1, 2]), ask(network, [[0], [1], [2]])
    assert np.array_equal(*(getattr(a, "outputs", a) for a in (answers, expected)))
    with pytest.raises(ShapeError, match=r"Write \[\[0\.5\]\]"):
        ask(network, 0.5)


def test_predict_takes_a_data_set_as_evaluate_does():
    iris = lernpy.data.load("iris")
    network = lernpy.layered([4, 3, 3], output_activation="softmax", seed=0)
    plain = lernpy.predict(network, iris).outputs
    assert np.array_equal(plain, lernpy.predict(network, iris.inputs).outputs)
    lernpy.train(network, iris, 5, scale="standard", seed=0)
    answers = lernpy.predict(network, iris).answers
    right = np.mean(
        [a == iris.classes[label] for a, label in zip(answers, iris.labels, strict=True)]
    )
    assert right == lernpy.evaluate(network, iris).accuracy
    with pytest.raises(ShapeError, match="2 input neurons, but iris has 4 inputs"):
        lernpy.predict(net_of((2, 3)), iris)


def test_the_form_that_a_refusal_names_works():
    network = lernpy.layered([2, 3, 1], seed=0)
    with pytest.raises(ShapeError, match=r"Write \[\[0, 1\]\]"):
        network.predict([0, 1])
    assert network.predict([[0, 1]]).shape == (1, 1)
    with pytest.raises(ShapeError, match=r"network\.learn_batch and lernpy\.train take several"):
        network.learn([[0, 1], [1, 1]], [1, 0])
    network.learn_batch([[0, 1], [1, 1]], [1, 0])


def test_names_of_another_type_are_answered_with_the_name_in_quotes():
    network = lernpy.from_edges([("0", "1")], ["0"], ["1"])
    with pytest.raises(lernpy.LernpyError, match="by its name in quotes: write '0', not 0"):
        network.neurons[0]
    with pytest.raises(lernpy.LernpyError, match=r"No link starts at 1$"):
        network.links["1", "0"]


def test_weights_of_classes_may_be_named_by_numbers():
    """Whole numbers are the classes '0' and '1' of a pair."""
    network, other = (lernpy.layered([2, 1], seed=0) for _ in range(2))
    data = ([[0, 0], [0, 1], [1, 1]], [0, 1, 1])
    lernpy.train(network, data, 2, class_weights={0: 2.0}, seed=0)
    lernpy.train(other, data, 2, class_weights={"0": 2.0}, seed=0)
    assert [w.value for w in network.weights] == [w.value for w in other.weights]
