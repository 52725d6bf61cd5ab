"""What is printed from table entries: activations and slopes, the loss, the step of the weights.

Each kernel is a text of its own, so that a new optimiser, say, leaves the activations compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from lernpy.engine.jit.entries import NumbaWriter
from lernpy.engine.writer import of_many
from lernpy.functions import moving, softmax
from lernpy.functions.formula import trace
from lernpy.functions.printing.infix import block

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries
    from lernpy.functions.losses import Loss


class Variant(NamedTuple):
    """What decides which lines are printed, and which loops run them."""

    online: bool = False  # one sample a batch
    at_once: bool = False  # online, and an update is no more than w -= rate * gradient
    ruled: bool = False  # some weight is frozen, slowed or bounded
    regularised: bool = False  # L1 or L2
    sparse: bool = False  # inputs that are 0 are left out
    width: int = 32  # samples side by side


def stems(stem: str, count: int) -> list[str]:
    return [f"{stem}{index}" for index in range(count)]


# ---- activations, the loss -----------------------------------------------------------------------


def elementwise(entries: Entries, activation: Any) -> str:
    """``values`` (Y from Z) and ``deltas`` (D from S) of one activation, from `low` to `high`."""
    up, down = NumbaWriter(entries), NumbaWriter(entries)
    y, d = up.entry(activation, "value", "z"), down.delta(activation, "z", "y", "s")
    value = ["z = Z[i]", *up.lines, f"Y[i] = {y}"]
    delta = ["z = Z[i]", "y = Y[i]", "s = S[i]", *down.lines, f"D[i] = {d}"]
    values = "def values(Z: Numbers, Y: Numbers, low: int, high: int) -> float:"
    deltas = (
        "def deltas(Z: Numbers, Y: Numbers, S: Numbers, D: Numbers, low: int, high: int) -> float:"
    )
    return "\n".join([*_over_numbers(values, value), *_over_numbers(deltas, delta)])


def _over_numbers(head: str, each: Sequence[str]) -> list[str]:
    """A function that does the same with each number from `low` to `high`."""
    return block(head, "distinct()", *block("for i in range(low, high):", *each), "return 0.0")


def form_of(entries: Entries, activation: Any) -> int:
    """Which form of the loss's value an output with this activation takes: 0 for the plain one."""
    name, forms = activation.name, entries.forms
    return 1 + forms.index(name) if name in forms else 0


def judge(entries: Entries) -> str:
    """``judge``: the loss of one output over several samples, and its blame into S.

    The numbers of sample b stand at ``z0 + b * step``, its target at ``order[low + b] * width + t0``.
    """
    cases = []
    for form, name in enumerate(["", *entries.forms]):
        lines = NumbaWriter(entries)
        slope, loss = _slope_and_loss(lines, entries.loss, name)
        body = [
            *("r = order[low + b]", "t = T[r * width + t0]", "imp = sample_weight[r] * share"),
            *("z = Z[z0 + b * step]", "y = Y[z0 + b * step]", "log_sum = logs[log0 + b]"),
            *lines.lines,
            *(f"total += imp * ({loss})", f"S[z0 + b * step] = imp * ({slope})"),
        ]
        cases += block(f"if form == {form}:", *block("for b in range(count):", *body))
    head = (
        "def judge(form: int, z0: int, step: int, count: int, order: Indices, low: int,\n"
        "          T: Numbers, t0: int, width: int, share: float, sample_weight: Doubles,\n"
        "          Z: Numbers, Y: Numbers, S: Numbers, logs: Doubles, log0: int) -> float:"
    )
    return "\n".join(block(head, "total = 0.0", *cases, "return total"))


def _slope_and_loss(lines: NumbaWriter, loss: Loss, name: str) -> tuple[str, str]:
    """Of an output whose activation has that name; of a softmax whose loss asks for the rest, z is the lead."""
    if name == "softmax" and loss.from_rest:
        rest = lines.note(*lines.formula(trace(lambda m: partial(softmax.rest_at, m), "z"), "z"))
        slope = lines.entry(loss, "rest_slope", "y", rest, "t")
    else:
        slope = lines.entry(loss, "slope", "y", "t")
    if name not in loss.from_total:
        return slope, lines.entry(loss, "value", "y", "t")
    total = lines.note("z - log_sum") if name == "softmax" else "z"
    return slope, lines.entry(loss, name, total, "t")


# ---- the step ------------------------------------------------------------------------------------


def move_function(entries: Entries, options: Variant) -> str:
    """``move``: one weight's step, penalty and rule included; rounded exactly as in the table."""
    lines, memory = NumbaWriter(entries), stems("m", entries.n_memory)
    penalty = moving.PENALTY if options.regularised else ()
    rule = moving.RULE if options.ruled else ()
    settings = stems("o", len(entries.options))
    after = lines.moved(entries.optimizer, "w", "g", memory, penalty, rule, settings)
    parameters = ", ".join(["w", "g", "rate", *memory, *penalty, *rule, *settings])
    body = [*lines.lines, f"return {', '.join(after)}"]
    return "\n".join(block(f"@strict\ndef move({parameters}):", *body))


def move_call(
    entries: Entries, options: Variant, w: str, g: str, memory: Sequence[str], index: str
) -> str:
    """A line that calls ``move`` for one weight; `index` is its own among rules and penalties."""
    arguments = [w, g, "rate", *memory]
    if options.regularised:
        arguments += [f"penalised[{index}] * {name}" for name in moving.PENALTY]
    if options.ruled:
        arguments += [f"rules[{row} * size + {index}]" for row in range(len(moving.RULE))]
    arguments += stems("o", len(entries.options))
    return f"{', '.join([w, *memory])} = move({', '.join(arguments)})"


def penalty_lines(entries: Entries, w: str, index: str) -> list[str]:
    """Adds a weight's penalty to ``cost``; `index` is its own among the penalised."""
    lines = NumbaWriter(entries)
    shares = (f"penalised[{index}] * {name}" for name in moving.PENALTY)
    (cost,) = lines.formula(of_many(moving.penalty, 3), *shares, w)
    return [*lines.lines, f"cost += {cost}"]


def move_all(entries: Entries, options: Variant) -> str:
    """``move_all``: the step of every weight; returns the penalty before it."""
    memory = {name: f"m[{j} * size + k]" for j, name in enumerate(stems("m", entries.n_memory))}
    costs = block("for k in range(size):", *penalty_lines(entries, "w[k]", "k"))
    each = [
        *("v = w[k]", "g = gradient[k] * inverse"),
        *(f"{name} = {cell}" for name, cell in memory.items()),
        *(move_call(entries, options, "v", "g", [*memory], "k"), "w[k] = v"),
        *(f"{cell} = {name}" for name, cell in memory.items()),
    ]
    body = [
        "distinct()",
        *("cost = 0.0", *(costs if options.regularised else [])),
        *(f"o{i} = o[{i}]" for i in range(len(entries.options))),
        *(*block("for k in range(size):", *each), "return cost"),
    ]
    head = (
        "def move_all(w: Numbers, m: Numbers, size: int, gradient: Numbers, inverse: float,\n"
        "             rate: float, rules: Doubles, penalised: Doubles, l1: float, l2: float,\n"
        "             o: Doubles) -> float:"
    )
    return "\n".join([move_function(entries, options), *block(head, *body)])
