"""Numbers at the ends of what there is: no warning comes, and a figure is right or said to be unknown."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy import plot
from lernpy.errors import LernpyError
from lernpy.training.columns_advice import neighbours_agree
from lernpy.training.metrics import r_squared, root_mean_square, unit_of

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
ELSEWHERE = {
    "pixels",
    "under_over",
    "sweep",
    "functions",
    "history",
}  # not of this net and these data
KINDS = [name for name in plot.KINDS if name not in ELSEWHERE]


@pytest.fixture(autouse=True)
def strict() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize(
    ("activation", "size"),
    [
        *(("tanh", 1e-310), ("tanh", 1e155), ("tanh", 1e300), ("sigmoid", 1e200)),
        *(("identity", 1e100), ("identity", 1e300), ("relu", 1e155)),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_any_finite_weights_is_drawn_or_refused_by_name(
    kind: str, activation: str, size: float
) -> None:
    last = "identity" if activation == "identity" else "sigmoid"
    network, other = (lernpy.layered([2, 3, 1], activation, last, seed=seed) for seed in (0, 1))
    for weight in network.weights:
        weight.value *= size
    more = {"other": other} if kind == "compare" else {}
    try:
        drawn = plot.render(kind, network=network, data=XOR, **more)
        (drawn._fig if kind == "flow" else drawn).canvas.draw()
    except LernpyError as error:
        if size > 1:
            assert re.search("nothing to draw|must be a finite number|needs finite", str(error))
        else:
            assert kind == "paths" and "no blame came here" in str(error)


@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e200, 1e250])
def test_figures_of_a_regression_are_right_at_any_size(size: float) -> None:
    """Scaled to 0 ... 1 it is the same task: so is R², and errors are in units of the targets."""
    x = np.linspace(-1, 1, 12)[:, None]

    def judged(size: float) -> tuple[Any, Any]:
        network = lernpy.layered([1, 3, 1], "tanh", "identity", seed=0)
        lernpy.train(network, (x, x * size), 3, scale="minmax", seed=0)
        return lernpy.evaluate(network, (x, x * size)), plot.fit(network, (x, x * size))

    (one, _), (other, axes) = judged(1.0), judged(size)
    assert other.r2 == pytest.approx(one.r2, rel=1e-6)
    assert other.rmse / size == pytest.approx(one.rmse, rel=1e-6)
    assert f"±{other.rmse:.3g}" in np.ravel(axes)[1].get_title(loc="left")


@given(st.integers(-900, 900), st.integers(0, 50))
def test_squares_are_taken_in_a_unit_that_changes_no_bit(power: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    outputs, targets, unit = rng.normal(size=(40, 2)), rng.normal(size=(40, 2)), 2.0**power
    assert r_squared(outputs * unit, targets * unit) == r_squared(outputs, targets)
    assert root_mean_square(outputs * unit) == root_mean_square(outputs) * unit
    agree = neighbours_agree(outputs * unit, targets * unit)
    assert agree == neighbours_agree(outputs, targets)
    plain = 1 - ((outputs - targets) ** 2).sum(0) / ((targets - targets.mean(0)) ** 2).sum(0)
    assert r_squared(outputs, targets) == float(plain.mean())
    assert (np.abs(targets) / unit_of(targets)).max() < 2


def test_a_gradient_that_is_not_known_is_not_a_number() -> None:
    network = lernpy.layered([2, 3, 1], "identity", "identity", seed=0)
    for weight in network.weights:
        weight.value *= 1e200
    assert "gradient unknown" in str(lernpy.missed(network, XOR)[0])
