"""Sequences: what came before has to be kept, and for how long."""

from __future__ import annotations

import numpy as np

from lernpy.data.builtin.catalogue import MOST, bounded, built_in
from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset
from lernpy.data.sequences import columns_of
from lernpy.text import in_step

MOST_STEPS = 1000


def _start(name: str, n: int, steps: int, seed: int) -> np.random.Generator:
    bounded(n, 4, MOST, f"{name}: n")
    bounded(steps, 1, MOST_STEPS, f"{name}: steps")
    bounded(seed, 0, 2**63 - 1, f"{name}: seed")
    return np.random.default_rng(seed)


@built_in("echo")
def echo(n: int = 300, steps: int = 8, delay: int = 2, seed: int = 0) -> Dataset:
    """Say again what was heard `delay` steps ago, and 0 before there was anything.

    Values: uniform in [-1, 1]. One input and one output in each step.
    """
    rng = _start("echo", n, steps, seed)
    bounded(delay, 0, steps - 1, "echo: delay")
    heard = rng.uniform(-1, 1, (n, steps))
    again = np.hstack([np.zeros((n, delay)), heard[:, : steps - delay]])
    return Dataset(
        "echo",
        heard,
        again,
        columns=columns_of([Column("x")], steps, False),
        output_names=tuple(in_step("y", step) for step in range(1, steps + 1)),
        about=f"{n} sequences of {steps} steps: each value again, {delay} steps later.",
    )


@built_in("adding")
def adding(n: int = 1000, steps: int = 8, seed: int = 0) -> Dataset:
    """Two numbers of a sequence are marked; in the end their sum is asked.

    In each step a value, uniform in [0, 1], and a mark: 1 at one step of the first half and at one of
    the second, each with equal chance, else 0. Who always says 1 has a mean squared error of 1/6.
    S. Hochreiter, J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997).
    """
    rng = _start("adding", n, steps, seed)
    bounded(steps, 2, MOST_STEPS, "adding: steps")
    values, marks = rng.uniform(0, 1, (n, steps)), np.zeros((n, steps))
    rows, half = np.arange(n), steps // 2
    marks[rows, rng.integers(0, half, n)] = 1
    marks[rows, rng.integers(half, steps, n)] = 1
    return Dataset(
        "adding",
        np.stack([values, marks], axis=2).reshape(n, -1),
        (values * marks).sum(axis=1)[:, None],
        columns=columns_of([Column("value"), Column("mark")], steps, False),
        output_names=("sum",),
        about=f"{n} sequences of {steps} steps: the sum of the two values that are marked.",
    )


@built_in("parity_over_time")
def parity_over_time(n: int = 256, steps: int = 6, seed: int = 0) -> Dataset:
    """Bits, one after the other: was the number of ones so far odd? Asked in each step.

    Each bit is 0 or 1 with equal chance.
    """
    rng = _start("parity_over_time", n, steps, seed)
    bits = rng.integers(0, 2, (n, steps))
    return Dataset(
        "parity_over_time",
        bits.astype(np.float64),
        (bits.cumsum(axis=1) % 2).astype(np.float64),
        columns=columns_of([Column("bit")], steps, False),
        output_names=tuple(in_step("odd", step) for step in range(1, steps + 1)),
        task="percentages",
        about=f"{n} sequences of {steps} bits: 1 where an odd number of them was 1 so far.",
    )
