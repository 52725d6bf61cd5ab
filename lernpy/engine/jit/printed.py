"""What is printed from table entries: activations and slopes, the loss, the step of the weights.

Each kernel is a text of its own, so that a new optimiser, say, leaves the activations compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lernpy.engine.jit.names import Names
from lernpy.functions.printing.infix import indented

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries

RULES = ("frozen", "slowed", "lowest", "highest")


@dataclass(frozen=True)
class Variant:
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
    lines = Names()
    y = entries.value(lines, activation, "z")
    value = ["z = Z[i]", *lines, f"Y[i] = {y}"]
    lines = Names()
    d = entries.delta(lines, activation, "z", "y", "s")
    delta = ["z = Z[i]", "y = Y[i]", "s = S[i]", *lines, f"D[i] = {d}"]
    return "\n".join(
        [
            "def values(Z: Numbers, Y: Numbers, low: int, high: int) -> float:",
            *indented(["distinct()", "for i in range(low, high):", *indented(value), "return 0.0"]),
            "def deltas(Z: Numbers, Y: Numbers, S: Numbers, D: Numbers, low: int, high: int) -> float:",
            *indented(["distinct()", "for i in range(low, high):", *indented(delta), "return 0.0"]),
        ]
    )


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
        lines = Names()
        slope = entries.loss_slope(lines, name, "z", "y", "t")
        loss = entries.loss_value(lines, name, "z", "y", "log_sum", "t")
        body = [
            *("r = order[low + b]", "t = T[r * width + t0]", "imp = sample_weight[r] * share"),
            *("z = Z[z0 + b * step]", "y = Y[z0 + b * step]", "log_sum = logs[log0 + b]"),
            *lines,
            *(f"total += imp * {loss}", f"S[z0 + b * step] = imp * {slope}"),
        ]
        cases += [f"if form == {form}:", *indented(["for b in range(count):", *indented(body)])]
    return "\n".join(
        [
            "def judge(form: int, z0: int, step: int, count: int, order: Indices, low: int,",
            "          T: Numbers, t0: int, width: int, share: float, sample_weight: Doubles,",
            "          Z: Numbers, Y: Numbers, S: Numbers, logs: Doubles, log0: int) -> float:",
            *indented(["total = 0.0", *cases, "return total"]),
        ]
    )


# ---- the step ------------------------------------------------------------------------------------


def _parameters(entries: Entries, options: Variant) -> list[str]:
    return [
        *("w", "g", "rate", *stems("m", entries.n_memory)),
        *(RULES if options.ruled else ()),
        *(("reached", "l1", "l2") if options.regularised else ()),
        *stems("o", len(entries.options)),
    ]


def move_function(entries: Entries, options: Variant) -> str:
    """``move``: one weight's step, penalty and rule included; rounded exactly as in the table."""
    lines = Names()
    gradient = "g"
    if options.regularised:
        sign = lines.note("1.0 if w > 0.0 else (-1.0 if w < 0.0 else 0.0)")
        gradient = lines.note(f"g + reached * (l1 * {sign} + l2 * w)").text
    memory = stems("m", entries.n_memory)
    settings = stems("o", len(entries.options))
    value, after = entries.step(lines, "w", gradient, "rate", memory, settings)
    if options.ruled:
        slow = lines.note(f"w + slowed * ({value} - w)")
        value = lines.note(f"{value} if slowed == 1.0 else {slow}").text
        value = lines.note(f"lowest if {value} < lowest else {value}").text
        value = lines.note(f"highest if {value} > highest else {value}").text
        value = lines.note(f"w if frozen > 0.0 else {value}").text
        after = [
            lines.note(f"{old} if frozen > 0.0 else {new}").text
            for old, new in zip(memory, after, strict=True)
        ]
    result = ", ".join([value, *after])
    return "\n".join(
        [
            "@strict",
            f"def move({', '.join(_parameters(entries, options))}):",
            *indented([*lines, f"return {result}"]),
        ]
    )


def move_call(
    entries: Entries, options: Variant, w: str, g: str, memory: Sequence[str], index: str
) -> str:
    """A line that calls ``move`` for one weight; `index` is its own among rules and penalties."""
    arguments = [w, g, "rate", *memory]
    if options.ruled:
        arguments += [f"rules[{row} * size + {index}]" for row in range(len(RULES))]
    if options.regularised:
        arguments += [f"penalised[{index}]", "l1", "l2"]
    arguments += stems("o", len(entries.options))
    return f"{', '.join([w, *memory])} = move({', '.join(arguments)})"


def penalty(weights: Sequence[tuple[str, str]]) -> list[str]:
    """``cost``: the penalty of weights, each with its index, as they are before the update."""
    lines = ["sizes = 0.0", "squares = 0.0"]
    for w, index in weights:
        lines.append(f"sizes += penalised[{index}] * abs({w})")
        lines.append(f"squares += penalised[{index}] * {w} * {w}")
    return [*lines, "cost = l1 * sizes + 0.5 * l2 * squares"]


def move_all(entries: Entries, options: Variant) -> str:
    """``move_all``: the step of every weight; returns the penalty before it."""
    memory = stems("m", entries.n_memory)
    sums = penalty([("w[k]", "k")])
    cost = [*sums[:2], "for k in range(size):", *indented(sums[2:-1]), sums[-1]]
    body = [
        "distinct()",
        *(cost if options.regularised else ["cost = 0.0"]),
        *(f"o{i} = o[{i}]" for i in range(len(entries.options))),
        "for k in range(size):",
        *indented(["v = w[k]", "g = gradient[k] * inverse"]),
        *indented([f"{name} = m[{j} * size + k]" for j, name in enumerate(memory)]),
        *indented([move_call(entries, options, "v", "g", memory, "k"), "w[k] = v"]),
        *indented([f"m[{j} * size + k] = {name}" for j, name in enumerate(memory)]),
        "return cost",
    ]
    return "\n".join(
        [
            move_function(entries, options),
            "def move_all(w: Numbers, m: Numbers, size: int, gradient: Numbers, inverse: float,",
            "             rate: float, rules: Doubles, penalised: Doubles, l1: float, l2: float,",
            "             o: Doubles) -> float:",
            *indented(body),
        ]
    )
