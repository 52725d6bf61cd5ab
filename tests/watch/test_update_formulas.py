"""The update tells the formula of the optimiser and what it remembers, with the numbers that are there."""

from __future__ import annotations

import re

import pytest
from worked import worked

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
            letters = [part.partition(" = ")[0] for part in view.symbols.text.split("; ")]
            letter_of = (*network.optimizer.remembers, "w")
            expected = map(show, (*weight.memory, weight.value))
            assert dict(zip(letters, ends, strict=True)) == dict(
                zip(letter_of, expected, strict=True)
            )
            assert letters[-1] == "w"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_line_by_line_the_formula_is_the_rule(optimizer: str):
    """Each line is worked out with what the lines before it have left, as it is read."""
    rule, rate = OPTIMIZERS[optimizer], 0.1
    names = {"value": "w", "gradient": "g", "rate": "rate"}
    names |= {f"memory{at}": letter for at, letter in enumerate(rule.remembers)}
    value, memory = 0.5, rule.memory(rate)
    known = {"w": value, "rate": rate, **dict(zip(rule.remembers, memory, strict=True))}
    for gradient in (0.3, 0.2, -0.1, -0.4, 0.5, 0.0, 0.1):
        value, memory = rule.step(value, gradient, rate, memory)
        known["g"] = gradient
        for line in rule.told(names, ["w", *rule.remembers]):
            letter, _, formula = line.partition(" = ")
            known[letter] = worked(formula, known)
        assert [known[letter] for letter in ("w", *rule.remembers)] == pytest.approx(
            [value, *memory]
        )


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
