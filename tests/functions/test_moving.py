"""How a weight moves, told once: the formula says what the objects do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy.functions import moving, optimizers
from lernpy.functions.maths import scalar
from lernpy.functions.printing.javascript import JavaScript
from lernpy.functions.printing.python import NAMES, Python
from lernpy.weight import Rule

numbers = st.floats(-3, 3)
shares = st.sampled_from([0.0, 0.01, 1.0])


@given(
    *(st.sampled_from([*optimizers.OPTIMIZERS]), numbers, numbers, shares, shares),
    st.builds(Rule, st.booleans(), st.sampled_from([0.0, 0.3, 1.0]), st.just(-1.0), st.just(0.5)),
)
def test_the_formula_moves_a_weight_as_the_objects_do(name, value, gradient, l1, l2, rule):
    network = lernpy.layered([1, 1], bias=False, optimizer=name, l1=l1, l2=l2, seed=0)
    (weight,) = network.weights
    weight.value, weight.rule = value, rule
    rate = network.learning_rate
    start = network.optimizer.memory(rate)
    move = moving.moved(scalar, network.optimizer.step)
    expected = move(value, gradient, rate, *start, penalty=(l1, l2), rule=rule)

    weight.sensitivity, network.samples = gradient, 1
    cost = network.penalty()
    network.update()

    assert (weight.value, *(weight.memory or start)) == expected
    assert cost == moving.penalty(scalar)(l1, l2, value)


@pytest.mark.parametrize("name", [*optimizers.OPTIMIZERS])
def test_all_of_it_can_be_printed(name):
    """Penalty, step and rule as one function of numbers; the same numbers as when it is called."""
    entry = optimizers.get(name)
    memory = entry.memory(0.1)
    formula = moving.move_formula(entry, moving.PENALTY, moving.RULE)
    space = dict(NAMES)
    exec(Python().function("move", formula), space)
    numbers = 0.4, -0.3, 0.1, *memory, 0.01, 0.1, 0.0, 0.5, -math.inf, 0.5
    expected = moving.moved(scalar, entry.step)(
        *(0.4, -0.3, 0.1, *memory), penalty=(0.01, 0.1), rule=(0.0, 0.5, -math.inf, 0.5)
    )

    results = space["move"](*numbers)

    assert (results if memory else (results,)) == expected
    assert "function move(value, gradient, rate" in JavaScript().function("move", formula)


def test_what_a_rule_leaves_alone_is_not_printed():
    free = moving.move_formula(optimizers.get("sgd"), (), (False, 1.0, -math.inf, math.inf))

    assert free.operations == moving.move_formula(optimizers.get("sgd")).operations


def test_a_step_that_has_to_be_called_has_no_formula():
    @optimizers.optimizer("nervous", rate=0.1)
    def nervous(m):
        return lambda value, gradient, rate, memory: (
            value - (rate if gradient > 0 else -rate),
            memory,
        )

    optimizers.OPTIMIZERS.remove("nervous")

    assert moving.move_formula(nervous, moving.PENALTY) is None
