"""What can be pickled comes back with the same numbers; what cannot says what to do instead."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import lernpy

DATA = [[0, 1], [1, 1]], [[1], [0]]


def net() -> lernpy.Network:
    return lernpy.layered([2, 3, 1], seed=0)


BOUND: dict[str, Callable[[], Any]] = {
    "Trace": lambda: lernpy.Trace.record(lernpy.slow_motion(net(), [0, 1], [1])),
    "Stepper": lambda: lernpy.Stepper(net(), [0, 1], [1]),
    "Mirror": lambda: lernpy.Mirror(net()),
    "Run": lambda: lernpy.epochs(net(), DATA, 2),
}


@pytest.mark.parametrize("name", BOUND)
@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_what_is_bound_to_a_network_is_not_pickled_and_says_so(name: str, way: Any) -> None:
    with pytest.raises(TypeError, match=rf"a {name} is neither pickled nor copied; \w+ "):
        way(BOUND[name]())


@pytest.mark.parametrize(
    "make",
    [
        net,
        lambda: lernpy.train(net(), DATA, 2),
        lambda: lernpy.Dataset.of(DATA),
        lambda: lernpy.Frame.of(net()),
        lambda: lernpy.Settings(epochs=2),
    ],
)
def test_what_is_plain_data_comes_back(make: Callable[[], Any]) -> None:
    thing = make()
    twin = pickle.loads(pickle.dumps(thing))
    assert type(twin) is type(thing) and repr(twin) == repr(thing)
    if isinstance(thing, lernpy.Network):
        assert twin.predict(DATA[0]).tolist() == thing.predict(DATA[0]).tolist()
