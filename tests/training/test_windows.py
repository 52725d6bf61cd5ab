"""Truncation: a long sequence, window by window; the state goes on, the blame stays."""

import numpy as np
import pytest

import lernpy
from lernpy.errors import ShapeError
from lernpy.training import windows


def test_the_state_goes_on_from_window_to_window():
    """At rate 0 the losses of four windows are the loss of the whole."""
    x, t = np.random.default_rng(0).normal(size=(2, 12, 1))
    cell = lernpy.build.elman([1, 3, 1], seed=0, learning_rate=0.0)
    parts = list(windows(lernpy.unroll(cell, 3, start="input"), x, t))
    assert [window.first for window in parts] == [0, 3, 6, 9]
    whole = lernpy.unroll(cell, 12).learn(x.ravel(), t.ravel())
    assert sum(window.loss for window in parts) == pytest.approx(whole, rel=1e-12)


def test_blame_stops_at_the_start_of_a_window():
    """The second window moves the weights as if its start were a mere input."""
    x, t = np.random.default_rng(1).normal(size=(2, 6, 1))
    cell = lernpy.build.elman([1, 2, 1], seed=1, learning_rate=0.1)
    network = lernpy.unroll(cell, 3, start="input")
    twin = network.copy()
    list(windows(network, x, t))
    twin.learn([0, 0, *x[:3, 0]], t[:3, 0])
    state = [twin.neurons[name].output for name in ("h1@3", "h2@3")]
    twin.learn([*state, *x[3:, 0]], t[3:, 0])
    assert [w.value for w in network.weights] == [w.value for w in twin.weights]


def test_the_last_target_of_a_window_is_asked_where_the_last_step_is_read():
    cell = lernpy.build.elman([1, 2, 1], seed=1)
    network = lernpy.unroll(cell, 2, start="input", read="last")
    assert len(list(windows(network, np.ones((4, 1)), np.ones((4, 1))))) == 2


@pytest.mark.parametrize(
    ("x", "t", "words"),
    [
        (np.ones((0, 1)), np.ones((0, 1)), "there are 0 steps of inputs"),
        (np.ones((5, 1)), np.ones((5, 1)), "a multiple of the network's 2 steps"),
        (np.ones((4, 1)), np.ones((2, 1)), "4 steps of inputs and 2 of targets"),
        (np.ones((4, 2)), np.ones((4, 1)), "1 value a step, not an array of shape (4, 2)"),
    ],
)
def test_a_sequence_that_does_not_fit_is_refused(x, t, words):
    network = lernpy.unroll(lernpy.build.elman([1, 2, 1], seed=1), 2, start="input")
    with pytest.raises(ShapeError) as refused:
        list(windows(network, x, t))
    assert words in str(refused.value)


def test_a_state_that_is_not_stated_cannot_be_carried():
    network = lernpy.unroll(lernpy.build.elman([1, 2, 1], seed=1), 2)
    with pytest.raises(ShapeError, match="no state can be carried over"):
        list(windows(network, np.ones((4, 1)), np.ones((4, 1))))
