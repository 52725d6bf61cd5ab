"""What table entries have a part in, as kernels: activations and slopes, the loss, the step of the weights.

Each entry is a module of its own, so that a new optimiser, say, leaves the activations compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lernpy.engine.jit.formula import Lines
from lernpy.engine.jit.text import Options, indented, move_call, move_function, names

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries


def elementwise(entries: Entries, activation: Any, kind: str) -> str:
    """``values`` (Y from Z) and ``deltas`` (D from S) of one activation, for a range of places."""
    lines = Lines()
    y = entries.value(lines, activation, "z")
    value = ["z = Z[i]", *lines, f"Y[i] = {y}"]
    lines = Lines()
    d = entries.delta(lines, activation, "z", "y", "s")
    delta = ["z = Z[i]", "y = Y[i]", "s = S[i]", *lines, f"D[i] = {d}"]
    return "\n".join(
        [
            f'@kernel("a a n n", {kind!r}, CACHE)',
            "def values(Z, Y, low, high):",
            *indented(["distinct()", "for i in range(low, high):", *indented(value), "return 0.0"]),
            f'@kernel("a a a a n n", {kind!r}, CACHE)',
            "def deltas(Z, Y, S, D, low, high):",
            *indented(["distinct()", "for i in range(low, high):", *indented(delta), "return 0.0"]),
        ]
    )


def form_of(entries: Entries, activation: Any) -> int:
    """Which form of the loss's value an output with this activation takes: 0 for the plain one."""
    forms = list(entries.loss.from_total)
    return 1 + forms.index(activation.name) if activation.name in forms else 0


def judge(entries: Entries, kind: str) -> str:
    """``judge``: the loss of one output over several samples, and its blame into S.

    The numbers of sample b stand at ``z0 + b * step``, its target at ``order[low + b] * width + t0``.
    """
    cases = []
    for form, name in enumerate(["", *entries.loss.from_total]):
        lines = Lines()
        slope = entries.loss_slope(lines, "y", "t")
        loss = entries.loss_value(lines, name, "z", "y", "log_sum", "t")
        body = [
            *("r = order[low + b]", "t = T[r * width + t0]", "imp = sample_weight[r] * share"),
            *("z = Z[z0 + b * step]", "y = Y[z0 + b * step]", "log_sum = logs[log0 + b]"),
            *lines,
            *(f"total += imp * {loss}", f"S[z0 + b * step] = imp * {slope}"),
        ]
        cases += [f"if form == {form}:", *indented(["for b in range(count):", *indented(body)])]
    head = (
        "form, z0, step, count, order, low, T, t0, width, share, sample_weight, Z, Y, S, logs, log0"
    )
    return "\n".join(
        [
            f'@kernel("n n n n i n a n n f d a a a d n", {kind!r}, CACHE)',
            f"def judge({head}):",
            *indented(["total = 0.0", *cases, "return total"]),
        ]
    )


def moves(entries: Entries, options: Options, kind: str) -> str:
    """``move_all``: the step of every weight."""
    memory = names("m", entries.n_memory)
    head = "w, m, size, gradient, inverse, rate, rules, penalised, l1, l2, o"
    body = [
        "distinct()",
        *(f"o{i} = o[{i}]" for i in range(len(entries.options))),
        "for k in range(size):",
        *indented(["v = w[k]", "g = gradient[k] * inverse"]),
        *indented([f"{name} = m[{j} * size + k]" for j, name in enumerate(memory)]),
        *indented([move_call(entries, options, "v", "g", memory, "k"), "w[k] = v"]),
        *indented([f"m[{j} * size + k] = {name}" for j, name in enumerate(memory)]),
        "return 0.0",
    ]
    return "\n".join(
        [
            move_function(entries, options),
            f'@kernel("a a n a f f d d f f d", {kind!r}, CACHE)',
            f"def move_all({head}):",
            *indented(body),
        ]
    )
