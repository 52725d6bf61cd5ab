"""The tables as lines of NumPy calls that write in place; an entry that cannot be printed is called.

In a line z is the total input, y the output, s the sensitivity, d the delta, t the target. All are arrays
(neurons, samples).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from lernpy.engine.numpy.script import Script
from lernpy.engine.plan import Ints, Segment
from lernpy.functions import moving, softmax
from lernpy.functions.formula import Formula, trace, traced
from lernpy.functions.losses import Loss
from lernpy.functions.optimizers import Optimizer
from lernpy.functions.printing import numpy as printing
from lernpy.functions.printing.infix import CannotPrint
from lernpy.functions.printing.numpy import COUNT, FINE, ROW, TRUTH

Move = Callable[[np.ndarray, np.ndarray], None]
"""``move(gradient, rate)``: values and memory change in place; the gradient is used up."""


class Scratch:
    """Numbers and scratch for lines over arrays of one shape, and for small ones beside them."""

    def __init__(self, script: Script, like: np.ndarray, small: tuple[int, ...] = ()) -> None:
        self.script = script
        self.dtype = like.dtype
        self.shapes = {FINE: small, COUNT: small, ROW: like.shape[1:]}
        self.shape = like.shape
        self.in_place = like.size > 1
        """Whether a call may write where it reads: NumPy takes three times as long to do so with one
        number."""

    def number(self, value: float, kind: str) -> str:
        return self.script.number(value, np.float64 if kind == FINE else self.dtype)

    def together(self, name: str, array: str, out: str) -> str:
        if name == "largest":
            return f"{self.script.once('top', np.maximum.reduce)}({array}, 0, None, {out})"
        return f"{self.script.dot('ones', np.ones(self.shape[0], self.dtype))}({array}, {out})"

    def scratch(self, kind: str, index: int) -> str:
        dtype = {FINE: np.dtype(float), TRUTH: np.dtype(bool)}.get(kind, self.dtype)
        return self.script.scratch(self.shapes.get(kind, self.shape), dtype, f"{kind}{index}")

    def write(
        self,
        formula: Formula,
        into: Sequence[str],
        names: Mapping[str, str] | None = None,
        **options: Any,
    ) -> list[str]:
        """The formula's lines (see `printing.numpy.write`)."""
        return printing.write(formula, names or {}, into, self, in_place=self.in_place, **options)


def other(script: Script, name: str) -> str:
    """Another place for the same numbers, if there is but one (see `Scratch.in_place`)."""
    here: np.ndarray = script.objects[name]
    return name if here.size > 1 else script.bind(f"{name}_too", np.empty_like(here))


def written(script: Script, formula: Formula, into: Sequence[str], **names: str) -> list[str]:
    """A formula's lines, over arrays of the shape of those that they fill; `names` of its parameters."""
    return Scratch(script, script.objects[into[0]]).write(formula, into, names)


def value_lines(
    script: Script, segment: Segment, z: str, y: str, logarithms: bool = False
) -> list[str]:
    """y from z, for one segment of neurons; with `logarithms` a group leaves ln y in place of z."""
    if segment.is_group:
        return _softmax(script, z, y, logarithms and not segment.is_apart)
    entry: Any = segment.activation
    formula = entry.formula("value")
    if formula:
        return written(script, formula, [y], z=z)
    value = script.bind("value", entry.over(np)[0])
    return [f"copyto({y}, {value}({z}))"]


def _softmax(script: Script, z: str, y: str, logarithms: bool) -> list[str]:
    def pick(m: Any) -> Callable[..., Any]:
        def share(z: Any) -> Any:
            shares, log_sum = softmax.shares(m, z)
            return (shares, z - log_sum) if logarithms else shares

        return share

    return written(script, trace(pick, "z"), [y, z][: 1 + logarithms], z=z)


def delta_lines(
    script: Script, segment: Segment, z: str, y: str, s: str, d: str, exact: bool
) -> list[str]:
    """d from s: the slope's share of the blame."""
    if segment.is_apart:
        return [f"copyto({d}, {script.once('mixed_apart', mixed_apart)}({z}, {y}, {s}))"]
    if segment.is_group:
        return written(script, softmax.group_formula("mixed"), [d], p=y, s=s)
    entry: Any = segment.activation
    formula = entry.formula("delta", exact)
    if formula:
        return written(script, formula, [d], z=z, y=y, s=s)
    slope = script.bind("slope", entry.over(np)[1])
    return [f"multiply({slope}({z}, {y}), {s}, {d})"]


mixed_apart = partial(softmax.mixed_apart, np)
rests = partial(softmax.rests, np)
leads = partial(softmax.leads, np)


def rest_seed_lines(
    script: Script, loss: Loss, group: tuple[Ints, Ints], y: str, s: str
) -> list[str]:
    """The blame for those of a group's members that are outputs: which they are, and which outputs."""
    members, positions = group
    slope = loss.rest_slope_over(np)

    def seed(y: np.ndarray, t: np.ndarray, share: np.ndarray) -> np.ndarray:
        asked: np.ndarray = slope(y[members], rests(y)[members], t[positions]) * share
        return asked

    return [
        f"{s}[{script.bind('positions', positions)}] = {script.bind('seed', seed)}({y}, t, share)"
    ]


def lead_lines(script: Script, group: tuple[Ints, Ints], z: str, y: str) -> list[str]:
    """The leads of the outputs in a group, into the total inputs that are handed out."""
    members, positions = (script.bind("members", rows) for rows in group)
    lead = script.once("leads", leads)
    return [f"z[{positions}] = {lead}({z}, {y})[{members}]"]


def seed_lines(script: Script, loss: Loss, y: str, t: str, s: str) -> list[str]:
    """s, the loss's blame for each output, times ``share``."""
    formula = traced(lambda m: lambda y, t, share: loss.factory(m)[1](y, t) * share, *SEED)
    if formula:
        return written(script, formula, [s], y=y, t=t)
    slope = script.bind("loss_slope", loss.over(np)[1])
    return [f"multiply({slope}({y}, {t}), share, {s})"]


SEED = "y", "t", "share"


def last_lines(
    script: Script, loss: Loss, segment: Segment, z: str, y: str, t: str, d: str, exact: bool
) -> list[str] | None:
    """The last layer's delta at once; what cancels between loss and slope is never calculated.

    So y - t of cross-entropy with softmax, and of its binary form with sigmoid, is exact however far
    they saturate. None if one of the two has to be called.
    """
    if segment.is_group:
        return _softmax_last(script, y, t, d) if loss.cancels_shares else None
    entry: Any = segment.activation

    def pick(m: Any) -> Callable[..., Any]:
        slope_of_loss, slope = loss.factory(m)[1], entry.factory(m)[1]
        return lambda z, y, t, share: slope_of_loss(y, t) * slope(z, y) * share

    formula = traced(pick, "z", *SEED, cancels=True, exact=exact)
    return formula and written(script, formula, [d], z=z, y=y, t=t)


def _softmax_last(script: Script, y: str, t: str, d: str) -> list[str]:
    shape, dtype = script.objects[d].shape, script.objects[d].dtype
    whole = script.bind("targets", np.empty((1, shape[1]), dtype))
    summed = script.dot("ones", np.ones((1, shape[0]), dtype))
    return [
        f"{summed}({t}, {whole})",
        f"multiply({y}, {whole}, {d})",
        f"subtract({d}, {t}, {d})",
        f"multiply({d}, share, {d})",
    ]


def filler(formula: Formula) -> Callable[..., None]:
    """A function of the formula's arrays and one more, which it fills; scratch is kept by shape."""
    made: dict[Any, Callable[..., None]] = {}

    def fill(*arrays: np.ndarray) -> None:
        out = arrays[-1]
        key = out.shape, out.dtype
        if key not in made:
            script = Script.of_arrays()
            script.add(*Scratch(script, out).write(formula, ["out"]))
            made[key] = script.function(f"fill({', '.join(formula.parameters)}, out)")
        made[key](*arrays)

    return fill


def move_of(
    entry: Optimizer,
    value: np.ndarray,
    memory: Sequence[np.ndarray],
    penalty: Sequence[np.ndarray | None] = (),
) -> Move:
    """The step of this optimiser on these arrays; equal gradients give the bits of the table's rule.

    `penalty` : l1 and l2 as they reach each weight; None where there is none
    """
    pull = dict(zip(moving.PENALTY, penalty, strict=False))
    reaching = {name: array for name, array in pull.items() if array is not None}
    formula = moving.move_formula(entry, tuple(name if name in reaching else None for name in pull))
    if formula:
        with suppress(CannotPrint):
            return _printed_move(formula, entry.counters, value, memory, reaching)
    step = moving.moved(np, entry.over(np))

    def move(gradient: np.ndarray, rate: np.ndarray) -> None:
        after = step(value, gradient, float(rate), *memory, penalty=penalty)
        for array, numbers in zip((value, *memory), after, strict=True):
            array[...] = numbers

    return move


def _printed_move(
    formula: Formula,
    counters: Sequence[int],
    value: np.ndarray,
    memory: Sequence[np.ndarray],
    reaching: Mapping[str, np.ndarray],
) -> Move:
    script = Script.of_arrays()
    held = [script.bind(f"memory{at}", array) for at, array in enumerate(memory)]
    for name, array in {"value": value, **reaching}.items():
        script.bind(name, array)
    small = np.broadcast_shapes(*(memory[at].shape for at in counters))
    counts = ["rate", *(held[at] for at in counters)]
    room = Scratch(script, value, small)
    script.add(*room.write(formula, ["value", *held], spare=["gradient"], counts=counts))
    return script.function("move(gradient, rate)")
