"""The blame of every weight is the slope that a nudge of it finds: any graph, by arithmetic of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from strategies import Case, cases, near_a_kink

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "relu", "leaky_relu")
NUDGE = 1e-5


@settings(max_examples=200)
@given(case=cases(activations=SMOOTH, most=3, penalty=False))
def test_blame_is_what_a_nudge_finds(case: Case) -> None:
    """(loss(w + h) - loss(w - h)) / 2h, the loss from the table and the outputs alone."""
    network, inputs, targets = case
    assume(not near_a_kink(network, inputs, targets))
    value = network.loss.over(np)[0]
    share = network.loss.share(len(network.outputs))

    def loss() -> float:
        return float(value(network.predict(inputs), targets).sum() * share / len(inputs))

    for weight in network.weights:
        weight.reset()
    for sample, target in zip(inputs, targets, strict=True):
        network.collect(sample, target)
    blames = [weight.sensitivity / len(inputs) for weight in network.weights]
    for weight, blame in zip(network.weights, blames, strict=True):
        here = weight.value
        weight.value = here + NUDGE
        above = loss()
        weight.value = here - NUDGE
        below = loss()
        weight.value = here
        size = max(1.0, abs(blame), abs(above))
        assert (above - below) / (2 * NUDGE) == pytest.approx(blame, abs=2e-5 * size)
