"""Accuracy, confusion, R squared: small tables one can count."""

from __future__ import annotations

import numpy as np
import pytest

import lernpy
from lernpy.training.metrics import accuracy, confusion_matrix, evaluate, r_squared

ONE_HOT = np.eye(3)


def test_the_largest_output_is_the_guess():
    outputs = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.35, 0.25]])
    assert accuracy(outputs, ONE_HOT[[0, 2, 1]]) == pytest.approx(2 / 3)


def test_confusion_has_a_row_for_each_truth():
    outputs = ONE_HOT[[0, 0, 1, 2, 2]]
    truth = ONE_HOT[[0, 1, 1, 2, 0]]
    assert confusion_matrix(outputs, truth, 3).tolist() == [[1, 0, 1], [1, 1, 0], [0, 0, 1]]


def test_r_squared_of_the_mean_is_zero_and_of_the_truth_one():
    truth = np.array([[1.0], [2.0], [6.0]])
    assert r_squared(np.full((3, 1), 3.0), truth) == 0
    assert r_squared(truth, truth) == 1
    assert r_squared(np.ones((2, 1)), np.ones((2, 1))) == 1


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -7.7, 1e300])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_r_squared_of_constant_targets_is_zero(value, size):
    """Their mean is not always what they are, in the last bit."""
    truth = np.full((size, 2), value)
    assert r_squared(truth + 1e-3 * (1 + abs(value)), truth) == 0


def test_evaluate_explains_numbers_by_r_squared():
    """y = 2 x misses 1 by 1 and nothing else; the targets 1, 4, 7 lie 3, 0, 3 from their mean."""
    network = lernpy.from_edges([("x", "y", 2.0)], ["x"], ["y"], output_activation="identity")
    found = evaluate(network, ([[1.0], [2.0], [3.5]], [[1.0], [4.0], [7.0]]))
    assert (found.accuracy, found.confusion) == (None, None)
    assert found.r2 == pytest.approx(1 - 1 / 18)
    assert str(found) == "loss 0.166667, R^2 0.9444, MAE 0.3333, RMSE 0.5774"


def test_evaluate_lists_what_came_out_wrong():
    """A net that always says 0.5 or more says class 1: wrong for both zeros of xor."""
    network = lernpy.layered([2, 1], init="zeros")
    found = evaluate(network, lernpy.data.load("xor"))
    assert found.accuracy == 0.5
    assert [(miss.sample, miss.truth, miss.guess) for miss in found.wrong] == [
        (1, "0", "1"),
        (4, "0", "1"),
    ]
    assert found.confusion.tolist() == [[0, 2], [0, 2]]
    assert found.loss == 0.125


def test_the_loss_of_an_evaluation_leaves_the_penalty_out():
    network = lernpy.layered([2, 1], seed=0, l2=10.0)
    plain = lernpy.layered([2, 1], seed=0)
    xor = lernpy.data.load("xor")
    assert evaluate(network, xor).loss == evaluate(plain, xor).loss
