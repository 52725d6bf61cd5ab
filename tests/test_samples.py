"""Numbers as users give them."""

from __future__ import annotations

from fractions import Fraction
from math import inf

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
        ([[1], 2], "input 'x1' got a list of 1, which is not a number"),
        ([1, 2j], "input 'x2' got 2j, which is not a number"),
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
    assert rows_of([[1, 2], [3, 4]]) == [[1, 2], [3, 4]]
    assert np.array_equal(rows_of(np.eye(2)), np.eye(2))
    assert np.array_equal(rows_of(Table()), [[1.0, 2.0], [3.0, 4.0]])
    assert lernpy.layered([2, 1], seed=0).predict(Table()).shape == (2, 1)


def test_a_generator_is_no_batch():
    with pytest.raises(ShapeError, match="a batch is a list of samples; got one sample"):
        rows_of(x for x in [[1, 2]])


def test_samples_have_importance_one():
    assert samples_of([[1], [2]], [[3], [4]]) == [([1], [3], 1.0), ([2], [4], 1.0)]
    assert samples_of([[1]], [[3]], np.array([0.5])) == [([1], [3], 0.5)]


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
