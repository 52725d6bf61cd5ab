"""The tables as lines of NumPy calls that write in place; an entry that has none is called as it is.

In a line z is the total input, y the output, q the slope, s the sensitivity, d the delta, t the target;
u is for what is needed only here. All are arrays (neurons, samples).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.numpy.script import Script
from lernpy.engine.plan import Run
from lernpy.functions import activations, losses
from lernpy.functions.activations import Activation
from lernpy.functions.losses import Loss

VALUES: dict[Activation, tuple[str, ...]] = {
    activations.sigmoid: (
        "multiply({z}, half, {u})",
        "tanh({u}, {y})",
        "multiply({y}, half, {u})",
        "add({u}, half, {y})",
    ),
    activations.tanh: ("tanh({z}, {y})",),
    activations.relu: ("maximum({z}, zero, out={y})",),
    activations.leaky_relu: ("multiply({z}, hundredth, {u})", "maximum({z}, {u}, out={y})"),
}
SLOPES: dict[Activation, tuple[str, ...]] = {
    activations.sigmoid: ("subtract(one, {y}, {u})", "multiply({u}, {y}, {q})"),
    activations.tanh: ("multiply({y}, {y}, {u})", "subtract(one, {u}, {q})"),
    activations.relu: ("greater({y}, zero, {q})",),
}
EXACT: dict[Activation, tuple[str, ...]] = {  # the same, never 0
    activations.sigmoid: (
        "subtract(one, {y}, {q})",
        "multiply({q}, {y}, {u})",
        "add({u}, tiny, {q})",
    ),
    activations.tanh: (
        "multiply({y}, {y}, {q})",
        "subtract(one, {q}, {u})",
        "add({u}, tiny, {q})",
    ),
}
SEEDS: dict[Loss, tuple[tuple[str, ...], float]] = {  # lines, and what is left to multiply by
    losses.squared_error: (("subtract({y}, {t}, {s})",), 1.0),
    losses.mean_squared_error: (("subtract({y}, {t}, {s})",), 2.0),
    losses.mean_absolute_error: (("subtract({y}, {t}, {s})", "sign({s}, {s})"), 1.0),
    losses.huber: (
        (
            "subtract({y}, {t}, {s})",
            "minimum({s}, one, out={s})",
            "maximum({s}, minus_one, out={s})",
        ),
        1.0,
    ),
}
BOUNDED = set(SEEDS)
"""Losses whose slope does not grow without bound: there a slope of TINY is as good as 0."""


def other(script: Script, name: str) -> str:
    """Another place for the same numbers, if there is but one: NumPy takes three times as long to
    write one number to where it read it."""
    here: np.ndarray = script.objects[name]
    return name if here.size > 1 else script.bind(f"{name}_too", np.empty_like(here))


def is_identity(run: Run) -> bool:
    return run.activation is activations.identity


def value_lines(script: Script, run: Run, z: str, y: str) -> list[str]:
    """y from z, for one run of neurons."""
    if run.is_group:
        return _softmax(script, z, y)
    entry: Any = run.activation
    if entry is activations.identity:
        return [] if z == y else [f"copyto({y}, {z})"]
    if entry in VALUES:
        u = other(script, y)
        return [line.format(z=z, y=y, u=u) for line in VALUES[entry]]
    value = script.bind("value", entry.over(np)[0])
    return [f"copyto({y}, {value}({z}))"]


def _softmax(script: Script, z: str, y: str) -> list[str]:
    shape, dtype = script.objects[y].shape, script.objects[y].dtype
    largest = script.bind("largest", np.empty((1, shape[1]), dtype))
    flat = script.bind("largest_flat", script.objects[largest][0])
    whole = script.bind("whole", np.empty((1, shape[1]), dtype))
    summed = script.dot("ones", np.ones((1, shape[0]), dtype))
    top = script.bind("top", np.maximum.reduce)
    return [
        f"{top}({z}, 0, None, {flat})",
        f"subtract({z}, {largest}, {y})",
        f"exp({y}, {y})",
        f"{summed}({y}, {whole})",
        f"divide({y}, {whole}, {y})",
    ]


def slope_lines(script: Script, run: Run, z: str, y: str, q: str, exact: bool) -> list[str]:
    """q, the slope, for one run of neurons; `exact`: never 0 where the table's is not."""
    entry: Any = run.activation
    if entry in SLOPES:
        lines = EXACT[entry] if exact and entry in EXACT else SLOPES[entry]
        u = other(script, q)
        return [line.format(z=z, y=y, q=q, u=u) for line in lines]
    slope = script.bind("slope", entry.over(np)[1])
    return [f"copyto({q}, {slope}({z}, {y}))"]


def delta_lines(
    script: Script, run: Run, z: str, y: str, q: str, s: str, d: str, exact: bool
) -> list[str]:
    """d from s: the slope's share of the blame; q is scratch."""
    if run.is_group:
        return _softmax_delta(script, y, q, s, d)
    if is_identity(run):
        return [] if s == d else [f"copyto({d}, {s})"]
    return [*slope_lines(script, run, z, y, q, exact), f"multiply({q}, {s}, {d})"]


def _softmax_delta(script: Script, y: str, q: str, s: str, d: str) -> list[str]:
    shape, dtype = script.objects[y].shape, script.objects[y].dtype
    whole = script.bind("blames", np.empty((1, shape[1]), dtype))
    summed = script.dot("ones", np.ones((1, shape[0]), dtype))
    return [
        f"add({y}, tiny, {q})",
        f"multiply({q}, {s}, {q})",
        f"{summed}({q}, {whole})",
        f"multiply({y}, {whole}, {d})",
        f"subtract({q}, {d}, {d})",
    ]


def seed_lines(script: Script, loss: Loss, y: str, t: str, s: str) -> tuple[list[str], float]:
    """s, the loss's blame for each output, and the factor that is still missing in it."""
    if loss in SEEDS:
        lines, factor = SEEDS[loss]
        return [line.format(y=y, t=t, s=s) for line in lines], factor
    slope = script.bind("loss_slope", loss.over(np)[1])
    return [f"copyto({s}, {slope}({y}, {t}))"], 1.0


def direct_lines(script: Script, loss: Loss, run: Run, y: str, t: str, d: str) -> list[str] | None:
    """Delta at once where loss and activation cancel: y - t, exact however far they saturate."""
    if loss is losses.binary_cross_entropy and run.activation is activations.sigmoid:
        return [f"subtract({y}, {t}, {d})"]
    if loss is losses.cross_entropy and run.is_group:
        shape, dtype = script.objects[d].shape, script.objects[d].dtype
        whole = script.bind("targets", np.empty((1, shape[1]), dtype))
        summed = script.dot("ones", np.ones((1, shape[0]), dtype))
        return [
            f"{summed}({t}, {whole})",
            f"multiply({y}, {whole}, {d})",
            f"subtract({d}, {t}, {d})",
        ]
    return None
