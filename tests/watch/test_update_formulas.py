"""The update tells the formula of the optimiser and what it remembers, with the numbers that are there."""

from __future__ import annotations

import re

import pytest

import lernpy
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.watch.narration.terms import show

REMEMBERING = [name for name, rule in OPTIMIZERS.items() if rule.memory(0.1)]


@pytest.mark.parametrize("optimizer", REMEMBERING)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_is_what_is_remembered(optimizer: str, seed: int):
    network = lernpy.layered([2, 1], seed=seed, optimizer=optimizer, l2=0.01)
    for lesson in range(2):
        *_, step = lernpy.slow_motion(network, [0.5, 1], [lesson])
        told = [view for view in step.views if view.name == "remembers"]
        assert len(told) == len(network.weights)
        for view, weight in zip(told, network.weights, strict=True):
            ends = [part.rpartition(" = ")[2] for part in view.numbers.text.split("; ")]
            assert ends == [*map(show, weight.memory), show(weight.value)]
            letters = [part.partition(" = ")[0] for part in view.symbols.text.split("; ")]
            assert letters == [*network.optimizer.remembers, "w"]


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_the_formula_with_numbers_comes_to_its_result(optimizer: str):
    """Calculated from the printed numbers alone; they have four figures."""
    network = lernpy.layered([2, 1], seed=1, optimizer=optimizer)
    network.learn([0.5, 1], [1])
    *_, step = lernpy.slow_motion(network, [0.5, 1], [0])
    for view in step.views:
        if view.name == "remembers":
            for part in view.numbers.text.split("; "):
                _, formula, result = part.split(" = ")
                code = re.sub(r"√\(", "sqrt(", formula).replace("×", "*").replace("−", "-")
                value = eval(code, {"sqrt": lambda x: x**0.5})
                assert value == pytest.approx(float(result), rel=0.02, abs=2e-4)


def test_sgd_and_frozen_weights_remember_nothing():
    network = lernpy.layered([2, 1], seed=0)
    *_, step = lernpy.slow_motion(network, [0, 1], [1])
    assert "remembers" not in [view.name for view in step.views]
    network.optimizer = "adam"
    network.weights[0].freeze()
    *_, step = lernpy.slow_motion(network, [0, 1], [1])
    assert [view.name for view in step.views].count("remembers") == len(network.weights) - 1


@pytest.mark.parametrize("seed", range(4))
def test_every_weight_in_a_formula_has_its_name(seed: int):
    network = lernpy.build.random_dag(seed, hidden=3)
    inputs, targets = [0.5] * len(network.inputs), [0.25] * len(network.outputs)
    for step in lernpy.slow_motion(network, inputs, targets):
        for view in step.views:
            if view.name in ("carries", "sums", "hands back", "moves", "stays"):
                assert not re.search(r"(?<![\w])w(?![\w(])", view.symbols.text), view.symbols.text
