"""Things by name, with near misses."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

import lernpy
from lernpy.errors import LernpyError, UnknownNameError
from lernpy.functions import activations, losses, optimizers
from lernpy.functions.activations import Activation
from lernpy.functions.losses import Loss
from lernpy.functions.optimizers import Optimizer
from lernpy.registry import Named, Registry, unknown
from lernpy.text import near_miss

FRUIT = Named("fruit", {"Apple": 1, "banana": 2})


def test_entries_keep_their_order():
    assert list(FRUIT) == ["Apple", "banana"]
    assert FRUIT["banana"] == 2
    assert len(FRUIT) == 2
    assert repr(FRUIT) == "<2 fruits: Apple, banana>"


def test_a_near_miss_is_suggested_whatever_its_case():
    with pytest.raises(UnknownNameError) as error:
        FRUIT["aple"]

    assert str(error.value) == (
        "no fruit is called 'aple'. Did you mean 'Apple'? Known: Apple, banana"
    )


def test_a_far_miss_is_not():
    assert str(unknown("fruit", "spoon", FRUIT)) == (
        "no fruit is called 'spoon'. Known: Apple, banana"
    )
    assert str(unknown("fruit", 5, [])) == "no fruit is called 5. There is none"
    assert near_miss("spoon", FRUIT) == ""


def test_a_table_is_a_mapping():
    """`in` and `get` ask; only `[]` demands."""
    assert "apple" not in FRUIT and "Apple" in FRUIT
    assert FRUIT.get("spoon") is None
    assert FRUIT.get("spoon", 7) == 7
    assert dict(FRUIT) == {"Apple": 1, "banana": 2}
    with pytest.raises(KeyError):
        FRUIT["spoon"]
    with pytest.raises(LernpyError):
        FRUIT[["spoon"]]  # type: ignore[index]


def test_a_registry_grows_and_shrinks():
    colours = Registry[int]("colour")

    colours.add("blue", 1)
    colours.add("blue", 2)
    assert colours["blue"] == 2
    colours.remove("blue")
    assert "blue" not in colours


def test_a_long_table_is_listed_short():
    message = str(unknown("neuron", "nobody", [f"n{i:03}" for i in range(500)]))

    assert message.endswith("n022, n023, ...")


def test_a_near_miss_takes_no_seconds():
    names = [f"neuron number {i}" for i in range(200_000)]

    message = str(unknown("neuron", "x" * 100_000, names))  # hours, if each were compared

    assert "Known: neuron number 0," in message and "Did you mean" not in message


ENTRIES = [activations.get("tanh"), losses.get("binary_cross_entropy"), optimizers.get("adam")]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_what_an_entry_has_is_not_replaced(entry: Any):
    """The objects would take it, and the engines what the factory gives."""
    before = {name: value for name, value in vars(entry).items() if name != "__doc__"}
    for name in before:
        with pytest.raises(LernpyError, match=f"the {name} of <.*> is not replaced; make another"):
            setattr(entry, name, None)
    assert all(getattr(entry, name) is value for name, value in before.items())


@pytest.mark.parametrize(
    "edit",
    [
        lambda options: options.update(beta1=0.5),
        lambda options: options.pop("beta1"),
        lambda options: options.clear(),
        lambda options: options.__setitem__("beta1", 0.5),
    ],
)
def test_nor_are_the_options_of_an_optimizer(edit: Any):
    entry = optimizers.get("adam")
    with pytest.raises(LernpyError, match=r"the options of an optimizer are not replaced; write"):
        edit(entry.options)
    assert json.loads(json.dumps(entry.options)) == entry.options
    assert pickle.loads(pickle.dumps(entry)) == copy.deepcopy(entry) == entry


@pytest.mark.parametrize("kind", [Activation, Loss, Optimizer])
def test_an_entry_of_a_class_of_its_own_is_refused_wherever_it_comes_in(kind: type):
    own = type("Own", (kind,), {})
    more = (0.1, lambda rate: (), {}) if kind is Optimizer else ()
    entry = own("mine", lambda m: (lambda z, t=0: z, lambda z, y: 1.0), *more)
    what = kind.__name__.lower()
    with pytest.raises(LernpyError, match=rf"<{what} mine> has a class of its own \(Own\)"):
        lernpy.layered([2, 3, 1], **{what: entry})
    network = lernpy.layered([2, 3, 1], seed=0)
    with pytest.raises(LernpyError, match="has a class of its own"):
        if kind is Activation:
            network.neurons["h1"].activation = entry
            network.predict([[0, 1]])
        else:
            setattr(network, what, entry)


def test_a_step_hands_on_as_many_memories_as_it_got():
    def forgetful(m: Any) -> Any:
        return lambda value, gradient, rate, memory: (value - rate * gradient, ())

    with pytest.raises(
        LernpyError, match="a step of short returns 0 memories, but a fresh weight has 2"
    ):
        Optimizer("short", forgetful, 0.1, lambda rate: (0.0, 1.0), {})
