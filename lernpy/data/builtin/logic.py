"""Truth tables: the logic gates and parity."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from lernpy.data.builtin.catalogue import Maker, bounded, built_in
from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset

GATES: dict[str, tuple[int, Callable[..., int], str]] = {  # inputs, rule, in words
    "and": (2, lambda a, b: a & b, "1 where both inputs are 1"),
    "or": (2, lambda a, b: a | b, "1 where at least one input is 1"),
    "xor": (2, lambda a, b: a ^ b, "1 where exactly one input is 1: no straight line parts it"),
    "nand": (2, lambda a, b: 1 - (a & b), "0 where both inputs are 1"),
    "nor": (2, lambda a, b: 1 - (a | b), "1 where no input is 1"),
    "xnor": (2, lambda a, b: 1 - (a ^ b), "1 where both inputs are equal"),
    "implies": (2, lambda a, b: (1 - a) | b, "0 only where x1 is 1 and x2 is 0"),
    "not": (1, lambda a: 1 - a, "the other value"),
    "buffer": (1, lambda a: a, "the same value"),
}


def _table(name: str, bits: int, rule: Callable[..., int], about: str) -> Dataset:
    """Every row of 0 and 1, counted up, with what the rule says."""
    rows = list(product((0, 1), repeat=bits))
    return Dataset(
        name,
        np.array(rows, dtype=np.float64),
        np.array([[rule(*row)] for row in rows], dtype=np.float64),
        columns=tuple(Column(f"x{i}") for i in range(1, bits + 1)),
        output_names=("y",),
        classes=("0", "1"),
        task="classification",
        about=about,
    )


def _gate(name: str) -> Maker:
    bits, rule, words = GATES[name]

    def make() -> Dataset:
        about = f"The logic gate {name.upper()}, all {2**bits} rows of its truth table: {words}."
        return _table(name, bits, rule, about)

    return make


for _name in GATES:
    built_in(_name)(_gate(_name))


@built_in("parity")
def parity(n: int = 4) -> Dataset:
    """Is the number of ones among n bits odd? All 2**n rows; one changed bit changes the answer.

    >>> parity(2).targets.ravel().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    bounded(n, 1, 16, "parity: n")
    about = f"1 where an odd number of the {n} bits is 1; all {2**n} rows."
    return _table(f"parity{n}", n, lambda *bits: sum(bits) % 2, about)
