"""Formulas: what is noted, what is left out, and what cannot be written down."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lernpy.functions import activations, losses, moving, optimizers
from lernpy.functions.formula import CannotTrace, trace, traced


def test_equal_operations_are_noted_once():
    """gelu's slope takes its tanh three times."""
    formula = activations.get("gelu").formula("slope")

    assert [o.name for o in formula.operations].count("tanh") == 1
    assert formula.uses["v7"] == 1


def test_what_no_result_needs_is_left_out():
    def wasteful(m):
        def value(z):
            m.exp(z)
            return z + 1

        return value

    assert [o.name for o in trace(wasteful, "z").operations] == ["add"]


def test_a_product_with_one_is_none():
    identity, one = activations.get("identity"), activations.get("one")

    assert identity.formula("value").results == ("z",)
    assert identity.formula("slope").results == (1.0,)
    assert identity.formula("delta").results == ("s",)
    assert one.formula("value").results == (1.0,)


def test_a_product_with_zero_stays_a_product():
    """It is 0 of what is finite, and NaN of what is not; so say the objects, and so do the lines."""
    formula = trace(lambda m: lambda z: 0.0 * z + z * 0.0, "z")

    assert str(formula) == "v1 = multiply(0.0, z)\nv2 = multiply(z, 0.0)\nv3 = add(v1, v2)\n-> v3"


def test_a_quotient_and_its_divisor_cancel_where_wanted():
    """The slope of binary cross-entropy times that of the sigmoid is y - t."""
    loss, sigmoid = losses.get("binary_cross_entropy"), activations.get("sigmoid")

    def delta(m):
        return lambda z, y, t: loss.factory(m)[1](y, t) * sigmoid.factory(m)[1](z, y)

    assert str(trace(delta, "z", "y", "t", cancels=True)) == "v1 = subtract(y, t)\n-> v1"
    assert len(trace(delta, "z", "y", "t").operations) == 6


def test_options_as_names_or_as_numbers():
    momentum = optimizers.get(("momentum", {"momentum": 0.5}))

    assert moving.move_formula(momentum, named_options=True).parameters == (
        *("value", "gradient", "rate", "memory0", "momentum"),
    )
    assert momentum.formula().operations[0].arguments == (0.5, "memory0")


@pytest.mark.parametrize(
    "value",
    [
        lambda z: z if z > 0 else 0.0,
        lambda z: max(z, 0.0),
        lambda z: math.exp(z),
        lambda z: z * np.sum(z),
        lambda z: 1.0 if 0 < z < 1 else 0.0,
        lambda z: "z",
        lambda z: np.array([1.0, 2.0]) * z,
        lambda z: np.hypot(z, z),
        lambda z: sum(z),
    ],
)
def test_what_cannot_be_written_down_is_recognised(value):
    assert traced(lambda m: value, "z") is None
    with pytest.raises((CannotTrace, TypeError)):
        trace(lambda m: value, "z")


def test_functions_by_the_names_of_numpy():
    formula = trace(lambda m: lambda z: np.square(z) + m.reciprocal(z) - np.abs(z) + np.sin(z), "z")

    assert [o.name for o in formula.operations] == [
        *("multiply", "divide", "add", "absolute", "subtract", "sin", "add"),
    ]
    assert formula.by_numpy  # for the sine; the others are the same everywhere
    assert not trace(lambda m: lambda z: np.square(z) + np.abs(z), "z").by_numpy


def test_plain_numbers_are_calculated_at_once():
    formula = trace(lambda m: lambda z: z * m.sqrt(4.0) + m.pi - m.pi, "z")

    assert formula.operations[0].arguments == ("z", 2.0)
