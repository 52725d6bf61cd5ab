"""What is asked of an entry is looked up in the entry, not in a list of names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import activations, losses, optimizers
from lernpy.errors import LernpyError, TrainingError
from lernpy.functions.activations import ACTIVATIONS, Activation
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.interop.monotonic import hold_monotonic
from lernpy.training.advice import advise
from lernpy.training.recipe import Recipe

XOR = lernpy.data.load("xor")
Pair = tuple[Callable[..., Any], Callable[..., Any]]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Put an entry into the table for one test; one of that name that is there already is replaced."""
    monkeypatch.setattr(ACTIVATIONS, "_entries", dict(ACTIVATIONS._entries))

    def put(name: str, factory: Callable[[Any], Pair]) -> str:
        activations.activation(name)(factory)
        return name

    yield put


def rising(m: Any) -> Pair:  # z / (1 + |z|)
    return lambda z: z / (1.0 + m.abs(z)), lambda z, y: 1.0 / (1.0 + m.abs(z)) ** 2


def falling(m: Any) -> Pair:
    return lambda z: m.maximum(-z, 0.0), lambda z, y: m.where(z < 0, -1.0, 0.0)


def stairs(m: Any) -> Pair:  # a step down, without a slope
    return lambda z: m.where(z > 0, 0.0, 1.0), lambda z, y: m.where(z == z, 0.0, 0.0)


def sloping_step(m: Any) -> Pair:
    return lambda z: m.where(z > 0, 1.0, 0.0), lambda z, y: m.where(m.abs(z) < 1, 0.5, 0.0)


def between(m: Any) -> Pair:  # 0 and 1
    return lambda z: 0.5 + 0.5 * z / (1.0 + m.abs(z)), lambda z, y: 0.5 / (1.0 + m.abs(z)) ** 2


# ---- monotonic -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"one"}))
def test_what_rises_is_what_never_falls(name: str) -> None:
    z = np.linspace(-20, 20, 100_001)
    value = ACTIVATIONS[name].over(np)[0]
    assert ACTIVATIONS[name].rises == bool((np.diff(value(z)) >= -1e-12).all())


def test_an_own_entry_that_rises_may_be_held_monotonic(enter: Callable[..., str]) -> None:
    network = lernpy.layered([2, 3, 1], enter("own", rising), seed=0)
    hold_monotonic(network, [1, 0])
    assert min(network.links["x1", f"h{n}"].weight.value for n in (1, 2, 3)) >= 0


@pytest.mark.parametrize("factory", [falling, stairs])
def test_what_falls_is_refused_under_any_name(
    enter: Callable[..., str], factory: Callable[[Any], Pair]
) -> None:
    network = lernpy.layered([2, 3, 1], enter("relu", factory), seed=0)
    with pytest.raises(LernpyError, match="has relu, which does not always rise"):
        hold_monotonic(network, [1, 0])


# ---- hopeless --------------------------------------------------------------------------------------


def test_what_is_flat_is_refused_under_any_name(enter: Callable[..., str]) -> None:
    network = lernpy.layered([2, 3, 1], enter("stairs", stairs), seed=0)
    with pytest.raises(TrainingError, match="'h1' has the activation stairs, whose slope is 0"):
        lernpy.train(network, XOR, 1)


def test_a_step_with_a_slope_learns(enter: Callable[..., str]) -> None:
    """As those do who learn through a threshold with the slope of a ramp."""
    network = lernpy.layered([2, 3, 1], enter("step", sloping_step), seed=0)
    before = [weight.value for weight in network.weights]
    lernpy.train(network, XOR, 3, seed=0)
    assert [weight.value for weight in network.weights] != before


# ---- losses ----------------------------------------------------------------------------------------


def test_the_loss_for_classes_follows_the_outputs(enter: Callable[..., str]) -> None:
    """Outputs between 0 and 1 are asked yes or no, whatever they are called."""
    assert losses.usual_for(enter("own", between)) == "binary_cross_entropy"
    assert losses.usual_for(enter("sigmoid", rising)) == "squared_error"
    assert losses.usual_for("tanh") == losses.usual_for("relu") == "squared_error"


def test_a_recipe_has_the_loss_of_its_outputs() -> None:
    assert Recipe().loss == losses.usual_for(Recipe().output_activation)


# ---- optimisers ------------------------------------------------------------------------------------


def test_who_looks_at_signs_is_advised_to_take_whole_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(OPTIMIZERS, "_entries", dict(OPTIMIZERS._entries))

    @optimizers.optimizer("signs", rate=0.01)
    def signs(m: Any) -> Any:
        return lambda value, gradient, rate, memory: (value - rate * m.sign(gradient), memory)

    for name, is_advised in (("signs", True), ("rprop", True), ("adam", False)):
        run = lernpy.epochs(lernpy.layered([2, 3, 1], seed=0), XOR, 2, batch_size=2, optimizer=name)
        run.finish()
        reasons = [one.why for one in advise(run) if "the sign of a whole gradient" in one.why]
        assert bool(reasons) == is_advised
        assert all(reason.startswith(f"{name} looks at") for reason in reasons)


# ---- words -----------------------------------------------------------------------------------------


def test_what_is_told_of_a_kink_is_what_the_table_has(enter: Callable[..., str]) -> None:
    """A leaky_relu with a slope of 0.3, and nothing of a kink where there is none."""

    def leaky(m: Any) -> Pair:
        return lambda z: m.maximum(z, 0.3 * z), lambda z, y: m.where(z > 0, 1.0, 0.3)

    network = lernpy.layered([2, 3, 1], enter("leaky_relu", leaky), seed=0)
    assert "At its kink leaky_relu has the slope 0.3." in str(lernpy.explain(network))
    assert "kink" not in str(lernpy.explain(lernpy.layered([2, 3, 1], "tanh", seed=0)))


def test_the_help_names_the_initialiser_of_each_activation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lernpy.cli import main

    entry = Activation("tanh", ACTIVATIONS["tanh"].factory, activations.Traits(start="normal"))
    monkeypatch.setitem(ACTIVATIONS._entries, "tanh", entry)
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert (
        "normal before tanh; he_normal before relu, leaky_relu, elu, softplus, gelu; else" in text
    )
