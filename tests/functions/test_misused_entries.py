"""What is no entry is refused by its name where it is entered, with what it must be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lernpy import activations, losses, optimizers
from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS, Activation
from lernpy.functions.losses import LOSSES, Loss
from lernpy.functions.optimizers import OPTIMIZERS

TABLES = {
    "activation": (activations.activation, ACTIVATIONS),
    "loss": (losses.loss, LOSSES),
    "optimizer": (lambda name, **more: optimizers.optimizer(name, rate=0.1, **more), OPTIMIZERS),
}
ANSWERS = {"None": None, "'a'": "a", "an array of shape (2,)": np.ones(2), "a list of 1": [1.0]}
ANY = lambda *numbers: 0.5  # noqa: E731


def refused(kind: str, factory: Any, name: Any = "wobble", **traits: Any) -> str:
    """What is said of it; nothing has come into the table."""
    enter, table = TABLES[kind]
    before = list(table)
    with pytest.raises(LernpyError) as error:
        enter(name, **traits)(factory)
    assert list(table) == before
    return str(error.value)


@pytest.mark.parametrize("kind", ["activation", "loss"])
@pytest.mark.parametrize("part", ["value", "slope"])
@pytest.mark.parametrize(("words", "answer"), ANSWERS.items(), ids=ANSWERS)
def test_an_answer_that_is_no_number(kind: str, part: str, words: str, answer: Any) -> None:
    pair = {"value": ANY, "slope": ANY, part: lambda *numbers: answer}
    said = refused(kind, lambda m: (pair["value"], pair["slope"]))
    assert f"the {kind} 'wobble' has {part}(" in said
    assert said.endswith(f"= {words}; it must be a number for each number")


@pytest.mark.parametrize("cls", [Activation, Loss])
def test_a_private_one_is_looked_at_alike(cls: Any) -> None:
    with pytest.raises(LernpyError, match="'wobble' has value"):
        cls("wobble", lambda m: (lambda *numbers: None, ANY))


def test_a_branch_that_returns_nothing_is_seen() -> None:
    """The usual slip: one side of an `if` without a return."""

    def value(z: float) -> Any:
        if z > 0:
            return z
        return None

    assert "value(-0.5) = None" in refused("activation", lambda m: (value, ANY))


@pytest.mark.parametrize("kind", ["activation", "loss"])
@pytest.mark.parametrize(
    ("factory", "words"),
    [
        (lambda m: m.tanh, "gives one function; it must give two, value("),
        (lambda m: None, "gives None; it must give two"),
        (lambda m: (1, 2), "gives (1, 2); it must give two"),
        (lambda: (ANY, ANY), "cannot be called with a set of maths"),
        (5, "cannot be called with a set of maths: 'int' object is not callable"),
    ],
    ids=["one", "none", "numbers", "no argument", "no function"],
)
def test_a_factory_that_makes_no_pair(kind: str, factory: Any, words: str) -> None:
    assert f"the factory of the {kind} 'wobble' {words}" in refused(kind, factory)


@pytest.mark.parametrize("kind", ["activation", "loss"])
def test_functions_of_other_arguments(kind: str) -> None:
    said = refused(kind, lambda m: (lambda: 1.0, ANY))
    assert f"the {kind} 'wobble' cannot be asked for value(" in said


@pytest.mark.parametrize(("kind", "near"), [("activation", "words"), ("loss", "words")])
def test_a_trait_that_is_none(kind: str, near: str) -> None:
    said = refused(kind, lambda m: (ANY, ANY), word="z")
    assert "is called 'word'. Did you mean 'words'? Known:" in said and near in said


@pytest.mark.parametrize("kind", TABLES)
def test_a_name_that_is_none(kind: str) -> None:
    def factory(m: Any) -> Any:
        return (ANY, ANY) if kind != "optimizer" else lambda *numbers: (0.5, ())

    assert f"the name of the {kind} is 5; give it a name in quotes" in refused(kind, factory, 5)


@pytest.mark.parametrize("undefined", [lambda z: 1 / z, lambda z: z**0.5, lambda z: np.float32(z)])
def test_what_is_not_defined_everywhere_is_an_entry(undefined: Any) -> None:
    """As numbers of NumPy are numbers."""
    assert not Activation("wobble", lambda m: (undefined, ANY)).is_flat


def test_a_function_that_the_maths_lack_is_answered_with_those_it_has() -> None:
    words = r"m has no arctan, but abs, exp, .*, where; np.arctan works, too"
    with pytest.raises(LernpyError, match=words):
        Activation("mine", lambda m: (lambda z: m.arctan(z), lambda z, y: 1.0 / (1.0 + z * z)))
