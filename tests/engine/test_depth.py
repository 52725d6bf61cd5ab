"""A deep net costs what its links cost: the work of every engine grows with the depth, not its square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import lernpy
from lernpy import Network, engine
from lernpy.engine.numpy.script import MOST_CELLS, Script


def chain(length: int) -> Network:
    """So many neurons in a row."""
    names = [f"n{i}" for i in range(length)]
    edges = list(pairwise(names))
    return lernpy.from_edges(edges, [names[0]], [names[-1]], activation="tanh", seed=0)


def calls(work: Callable[[], Any]) -> int:
    """How many functions are called, of Python and of C, to generators' turns."""
    count = 0

    def tell(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tell)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", ["graph", "numpy"])
def test_the_work_of_a_chain_is_linear_in_its_depth(name: str) -> None:
    """The first answer and the first lesson, compiling included, of 2,000 and of 16,000 neurons."""
    counts = []
    for length in (2_000, 16_000):
        mirror = engine.make(chain(length), name, "float64", 1)

        def work(mirror: Any = mirror) -> None:
            mirror.predict([[0.5]])
            mirror.learn_batch([[0.5]], [[0.1]])

        counts.append(calls(work))
    assert counts[1] < 8.5 * counts[0]


def test_a_long_script_encloses_no_names() -> None:
    """Python's compiler takes the square of the number of names that a function encloses."""
    script = Script.of_arrays()
    names = [script.bind("total", np.zeros(1)) for _ in range(MOST_CELLS)]
    script.add(*(f"add({name}, {script.number(1.0, float)}, {name})" for name in names))
    run = script.function("run()")
    run()
    assert run.__closure__ is None
    assert all(script.objects[name][0] == 1.0 for name in names)


def test_a_deep_chain_learns_as_its_objects_do() -> None:
    """Of so many names that the script takes them from its globals."""
    network = chain(600)
    mirror = lernpy.Mirror(network)
    for x, t in ((0.5, 0.1), (-0.5, 0.2)):
        assert mirror.learn_batch([[x]], [[t]]) == pytest.approx(
            network.copy().learn_batch([[x]], [[t]]), rel=1e-12
        )
        network.learn_batch([[x]], [[t]])
    assert mirror.predict([[0.3]]) == pytest.approx(network.predict([[0.3]]), rel=1e-12)
