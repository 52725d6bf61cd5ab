"""Things by name, with near misses."""

from __future__ import annotations

import pytest

from lernpy.errors import LernpyError, UnknownNameError
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
    assert str(unknown("fruit", 5, [])) == "no fruit is called '5'. There is none"
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
