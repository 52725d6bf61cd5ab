"""Optimisers: steps worked by hand, scalar against arrays bit for bit, rules of one's own."""

from __future__ import annotations

import pickle
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy.errors import LernpyError
from lernpy.functions import optimizers
from lernpy.functions.optimizers import OPTIMIZERS, Optimizer

finite = st.floats(-1e6, 1e6)


def run(rule: str | Optimizer, *gradients: float, rate: float, start: float = 1.0) -> list[float]:
    """Where a weight is after each of these gradients."""
    step = optimizers.get(rule).step
    value, memory = start, ()
    found = []
    for gradient in gradients:
        value, memory = step(value, gradient, rate, memory)
        found.append(value)
    return found


def test_the_table_is_complete():
    assert list(OPTIMIZERS) == [
        *("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "rprop")
    ]


# ---- by hand ------------------------------------------------------------------------------------


def test_sgd():
    assert run("sgd", 2.0, -4.0, rate=0.1) == pytest.approx([0.8, 1.2])


def test_momentum():
    """v = 1, 1.9, 2.71: a ball that gathers speed."""
    assert run("momentum", 1.0, 1.0, 1.0, rate=0.1) == pytest.approx([0.9, 0.71, 0.439])


def test_momentum_rolls_on_without_a_gradient():
    assert run("momentum", 1.0, 0.0, rate=0.1) == pytest.approx([0.9, 0.81])


def test_momentum_zero_is_sgd():
    rule = optimizers.get("momentum").with_options(momentum=0.0)

    assert run(rule, 2.0, -4.0, rate=0.1) == run("sgd", 2.0, -4.0, rate=0.1)


def test_nesterov():
    """v = 1, 1.9; steps g + 0.9 v = 1.9, 2.71."""
    assert run("nesterov", 1.0, 1.0, rate=0.1) == pytest.approx([0.81, 0.539])


def test_adagrad():
    """3, then 4: the sums of squares are 9 and 25, so the steps are 3/3 and 4/5 of the rate."""
    assert run("adagrad", 3.0, 4.0, rate=0.1) == pytest.approx([0.9, 0.82])


def test_rmsprop():
    """Gradient 10: the mean square is 1, the step 10 rates; then 1.99, the step 10/sqrt(1.99)."""
    steps = [0.01 * 10, 0.01 * 10 / sqrt(1.99)]

    assert run("rmsprop", 10.0, 10.0, rate=0.01) == pytest.approx(
        [1 - steps[0], 1 - steps[0] - steps[1]], abs=1e-8
    )


def test_adam_steps_by_its_rate_while_the_gradient_stays():
    """Freed of their start at 0, both means are the gradient's: step 1, whatever its size."""
    for gradient in (5.0, -0.01):
        values = run("adam", *[gradient] * 3, rate=0.1)
        sign = 1 if gradient > 0 else -1
        assert values == pytest.approx([1 - 0.1 * sign, 1 - 0.2 * sign, 1 - 0.3 * sign], abs=1e-6)


def test_adam_by_hand():
    """1, then -1: m = 0.9·0.1 - 0.1 = -0.01, freed by 1 - 0.81; v is 1 both times."""
    first, second = run("adam", 1.0, -1.0, rate=0.1)

    assert first == pytest.approx(0.9, abs=1e-8)
    assert second == pytest.approx(0.9 + 0.1 * 0.01 / 0.19, abs=1e-8)


def test_adam_keeps_the_products_of_its_decays():
    step = optimizers.get("adam").step

    _, memory = step(1.0, 1.0, 0.1, ())
    _, memory = step(1.0, 1.0, 0.1, memory)

    assert memory[2:] == pytest.approx((0.81, 0.998001))


def test_rprop():
    """Only signs count. Same sign: 0.1, then 0.12; a flip: half the step and wait once; then go."""
    values = run("rprop", 5.0, 0.001, -3.0, -3.0, rate=0.1)

    assert values == pytest.approx([0.9, 0.78, 0.78, 0.84])


def test_rprop_stays_within_its_smallest_and_largest_step():
    rule = optimizers.get("rprop").with_options(largest=0.11, smallest=0.1)

    assert run(rule, 1.0, 1.0, 1.0, rate=0.1, start=0.0) == pytest.approx([-0.1, -0.21, -0.32])
    assert run(rule, 1.0, -1.0, -1.0, rate=0.1, start=0.0) == pytest.approx([-0.1, -0.1, 0.0])


def test_rprop_does_not_move_without_a_gradient():
    assert run("rprop", 0.0, 0.0, rate=0.1) == [1.0, 1.0]


def test_rate_zero_is_no_default():
    for name in OPTIMIZERS:
        if name != "rprop":  # there the rate is the first step, and the smallest is 1e-6
            assert run(name, 3.0, -2.0, rate=0.0) == [1.0, 1.0], name


def test_defaults_are_those_of_pytorch():
    found = {name: (entry.rate, entry.options) for name, entry in OPTIMIZERS.items()}

    assert found == {
        "sgd": (0.1, {}),
        "momentum": (0.01, {"momentum": 0.9}),
        "nesterov": (0.01, {"momentum": 0.9}),
        "adagrad": (0.01, {"epsilon": 1e-10}),
        "rmsprop": (0.01, {"decay": 0.99, "epsilon": 1e-8}),
        "adam": (0.001, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        "rprop": (0.01, {"shrink": 0.5, "grow": 1.2, "smallest": 1e-6, "largest": 50.0}),
    }


# ---- scalar and arrays --------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
@given(
    starts=st.lists(finite, min_size=1, max_size=5),
    rate=st.floats(0.0, 2.0),
    data=st.data(),
)
def test_one_by_one_or_all_at_once_bit_for_bit(
    name: str, starts: list[float], rate: float, data: st.DataObject
):
    rule = optimizers.get(name)
    together = rule.over(np)
    memory = tuple(np.full(len(starts), x) for x in rule.memory(rate))
    array = np.array(starts)
    alone = [(value, ()) for value in starts]

    for _ in range(4):
        gradients = data.draw(st.lists(finite, min_size=len(starts), max_size=len(starts)))
        array, memory = together(array, np.array(gradients), rate, memory)
        alone = [
            rule.step(value, gradient, rate, before)
            for (value, before), gradient in zip(alone, gradients, strict=True)
        ]

    assert array.tolist() == [value for value, _ in alone]
    for place, column in enumerate(memory):
        assert column.tolist() == [after[place] for _, after in alone]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_array_form_is_taken_as_it_stands(name: str):
    """No entry of the table is so written that arrays would go number by number."""
    rule = optimizers.get(name)

    assert rule.over(np) != rule._one_by_one


# ---- options ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("adam", {"beta": 0.9}, "adam has no option 'beta'. It has: beta1, beta2, epsilon"),
        ("sgd", {"momentum": 0.9}, "sgd has no option 'momentum'. It has none"),
        ("adam", {"beta1": 1.0}, "adam takes no step to a finite number with beta1=1.0"),
        ("adagrad", {"epsilon": 0.0}, "adagrad takes no step to a finite number with epsilon=0.0"),
        ("momentum", {"momentum": float("nan")}, "momentum takes no step to a finite number"),
        ("momentum", {"momentum": "much"}, "momentum takes no step to a finite number"),
    ],
)
def test_wrong_options(name: str, options: dict, sentence: str):
    with pytest.raises(LernpyError) as error:
        optimizers.get((name, options))

    assert sentence in str(error.value)


@pytest.mark.parametrize("wrong", [("adam",), ("adam", 3), ("adam", {}, {})])
def test_no_pair_of_name_and_options(wrong: tuple):
    with pytest.raises(LernpyError, match="with options is a pair such as"):
        optimizers.get(wrong)


def test_an_option_called_self_is_only_unknown():
    with pytest.raises(LernpyError, match="no option 'self'"):
        optimizers.get(("adam", {"self": 1.0}))


def test_entries_are_equal_by_name_options_and_formula():
    adam = optimizers.get("adam")

    assert adam == adam.with_options(beta1=0.9)
    assert adam != adam.with_options(beta1=0.8)
    assert adam != optimizers.get("sgd")
    assert adam != "adam"
    assert len({adam, adam.with_options(beta1=0.9)}) == 1
    assert repr(adam.with_options(beta1=0.8)).startswith("<optimizer adam {'beta1': 0.8,")
    assert repr(optimizers.get("sgd")) == "<optimizer sgd>"
    assert pickle.loads(pickle.dumps(adam.with_options(beta1=0.8))) == adam.with_options(beta1=0.8)


# ---- a rule of one's own ------------------------------------------------------------------------


def test_a_rule_for_single_numbers_is_enough():
    """It remembers the last gradient and goes twice as far while the sign stays."""
    try:

        @optimizers.optimizer("bold", rate=0.1, memory=lambda rate: (0.0,), boldness=2.0)
        def bold(m, boldness):
            def step(value, gradient, rate, memory):
                factor = boldness if gradient * memory[0] > 0 else 1.0
                return value - factor * rate * gradient, (gradient,)

            return step

        assert run("bold", 1.0, 1.0, -1.0, rate=0.1) == pytest.approx([0.9, 0.7, 0.8])
        together = bold.over(np)
        value, memory = together(np.array([1.0, 1.0]), np.array([1.0, 2.0]), 0.1, (np.zeros(2),))
        value, memory = together(value, np.array([1.0, -2.0]), 0.1, memory)
        assert value.tolist() == pytest.approx([0.7, 1.0])
        assert memory[0].tolist() == [1.0, -2.0]

        network = lernpy.layered([2, 3, 1], optimizer=("bold", {"boldness": 1.5}), seed=0)
        assert network.learn([0, 1], [1]) > network.learn([0, 1], [1])
        assert network.learning_rate == 0.1
    finally:
        OPTIMIZERS.remove("bold")
