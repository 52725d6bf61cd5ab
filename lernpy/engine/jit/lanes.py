"""Code for many small nets of one wiring: each lane of a vector is a net, and a block of nets learns alone.

All numbers of a block lie in one array S, row after row, a column for each net, so that the compiler sees
at once that nothing overlaps: gradients, the loss, a scratch row, the samples, then the state of the nets
(weights and memory, the same of their best epoch) and what is watched. A lesson takes one vector of nets,
for its numbers stay in registers; what comes once in a batch takes the whole row, for the compiler
makes vectors only of loops that are long. Only `lesson` knows the wiring and only `step` the optimiser;
the rest is compiled once for all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lernpy.engine.jit.kernels import clear
from lernpy.engine.jit.machine import Doubles, Indices, call, distinct
from lernpy.engine.jit.printed import Variant, move_call, move_function, penalty_lines, stems
from lernpy.engine.jit.straight import lesson_of
from lernpy.functions.printing.infix import block

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries
    from lernpy.engine.plan import Plan

LANES = 8  # one vector of the widest kind: more would not fit the registers
BLOCK = 64  # nets: eight vectors, one row of S
MOST_LINKS = 128  # more take long to compile
WATCHED = 7  # rows of `lernpy.engine.arrays.nets.WATCHED`


class Field(NamedTuple):
    """What many nets learn, and from what."""

    X: Doubles  # (n_samples, n_inputs)
    T: Doubles  # (n_samples, n_outputs)
    sample_weight: Doubles  # (n_samples,)
    orders: Indices  # (n_orders, n, n_columns): for each epoch or for all, for each net or for all
    n_orders: int
    n: int
    n_columns: int
    batch: int
    factors: Doubles  # (n_epochs,) of the rates
    n_epochs: int
    rates: Doubles  # (n_columns of state,)
    state: Doubles  # (n_rows, whole blocks of nets)
    n_rows: int
    watch: Doubles  # (WATCHED, whole blocks of nets)
    rules: Doubles  # (4, n_weights), or nothing
    penalised: Doubles  # (n_penalised,)
    n_penalised: int
    l1: Doubles  # for each net
    l2: Doubles
    options: Doubles  # of the optimiser
    losses: Doubles  # (n_epochs, whole blocks of nets) are written
    target: float
    patience: int
    n_weights: int
    begin: int  # the row of S where the state of the nets begins
    n_nets: int
    n_lanes: int  # whole blocks of them
    kernels: Indices  # addresses of lesson, step, look
    S: Doubles


def learn(sweep: Field) -> None:
    """Whole epochs, block by block of nets."""
    S, n, begin, rows, total = sweep.S, sweep.n, sweep.begin, sweep.n_rows, sweep.n_lanes
    data, loss = (S, sweep.X, sweep.T, sweep.sample_weight, sweep.orders), sweep.n_weights * BLOCK
    pull = sweep.rules, sweep.penalised, sweep.n_penalised, sweep.l1, sweep.l2, sweep.options
    for first in range(0, total, BLOCK):
        used = min(sweep.n_nets - first, BLOCK)
        for i in range(BLOCK):
            for k in range(rows):
                S[(begin + k) * BLOCK + i] = sweep.state[k * total + first + i]
            for k in range(WATCHED):
                S[(begin + rows + k) * BLOCK + i] = sweep.watch[k * total + first + i]
        for e in range(sweep.n_epochs):
            row = e * n if sweep.n_orders > 1 else 0
            clear(S, loss, loss + BLOCK)
            for low in range(row, row + n, sweep.batch):
                count = min(sweep.batch, row + n - low)
                clear(S, 0, loss)
                for q in range(low, low + count):
                    at = q * sweep.n_columns + (first if sweep.n_columns > 1 else 0)
                    for lane in range(0, used, LANES):
                        call(sweep.kernels[0], (data, at, lane))
                step = S, count, sweep.factors[e], sweep.rates, first
                call(sweep.kernels[1], (step, pull))
            epoch = sweep.losses, e * total + first, n, sweep.target, sweep.patience
            if call(sweep.kernels[2], (S, epoch)) == 0.0:
                break
        for i in range(BLOCK):
            for k in range(rows):
                sweep.state[k * total + first + i] = S[(begin + k) * BLOCK + i]
            for k in range(WATCHED):
                sweep.watch[k * total + first + i] = S[(begin + rows + k) * BLOCK + i]


def look_of(plan: Plan, entries: Entries) -> Callable[..., float]:
    """`look` for nets of these sizes: the compiler has to see that rows of S do not overlap."""
    n_weights, begin = plan.n_weights, begin_of(plan)
    learned = n_weights * (1 + entries.n_memory)

    def look(S: Doubles, losses: Doubles, at: int, n: int, target: float, patience: int) -> float:
        """After an epoch: returns how many nets of a block go on; copies the state of those at their best."""
        distinct()
        total, check = n_weights * BLOCK, (n_weights + 1) * BLOCK
        W, watch = begin * BLOCK, (begin + 2 * learned) * BLOCK
        watch1, watch2, watch3 = watch + BLOCK, watch + 2 * BLOCK, watch + 3 * BLOCK
        watch4, watch5, watch6 = watch + 4 * BLOCK, watch + 5 * BLOCK, watch + 6 * BLOCK
        for i in range(BLOCK):
            S[check + i] = S[total + i] * 0.0
        for k in range(n_weights):
            for i in range(BLOCK):
                S[check + i] += S[W + k * BLOCK + i] * 0.0
        always = 1.0 if patience < 0 else 0.0
        limit = math.inf if patience < 0 else float(patience)
        for i in range(BLOCK):  # truth as 0 or 1: no branch, so that all lanes go together
            alive, epochs, best, when = S[watch + i], S[watch1 + i], S[watch2 + i], S[watch3 + i]
            waited, blown_up, reached = S[watch4 + i], S[watch5 + i], S[watch6 + i]
            before, loss = losses[at + i], S[total + i] / n
            good = alive * (1.0 if S[check + i] == 0.0 else 0.0)
            better = good * (1.0 if loss < best else always)
            there = good * (1.0 if loss <= target else 0.0)
            epochs += alive
            waited = (1.0 - better) * (waited + good)
            on = good * (1.0 - there) * (1.0 if waited < limit else 0.0)
            S[check + i] = better
            S[watch + i] = on
            S[watch1 + i] = epochs
            S[watch2 + i] = loss if better != 0.0 else best
            S[watch3 + i] = epochs if better != 0.0 else when
            S[watch4 + i] = waited
            S[watch5 + i] = 1.0 if good < alive else blown_up
            S[watch6 + i] = epochs if there != 0.0 else reached
            losses[at + i] = loss if good != 0.0 else before
        for k in range(learned):
            kept = (begin + learned + k) * BLOCK
            for i in range(BLOCK):
                new, old = S[W + k * BLOCK + i], S[kept + i]
                S[kept + i] = new if S[check + i] != 0.0 else old
        living = 0
        for i in range(BLOCK):
            living += 1 if S[watch + i] != 0.0 else 0
        return float(living)

    return look


def begin_of(plan: Plan) -> int:
    """The row where the state of the nets begins."""
    return plan.n_weights + 2 + plan.n_inputs + plan.n_outputs + 1


def lesson(plan: Plan, entries: Entries, own: bool) -> str:
    """One sample, for a vector of nets from `lane` on; `own`: each net has one of its own."""
    sample = lesson_of(plan, entries)
    n, n_inputs, n_outputs = plan.n_weights, plan.n_inputs, plan.n_outputs
    values = [f"x{i}" for i in range(n_inputs)] + [f"t{j}" for j in range(n_outputs)] + ["weight"]
    cells = [f"X[r * {n_inputs} + {i}]" for i in range(n_inputs)]
    cells += [f"T[r * {n_outputs} + {j}]" for j in range(n_outputs)] + ["sample_weight[r]"]
    rows = {name: (n + 2 + k) * BLOCK for k, name in enumerate(values)}
    begin = begin_of(plan)
    loop = f"for i in range(lane, lane + {LANES}):"
    if own:
        bring = [f"S[{rows[name]} + i] = {cell}" for name, cell in zip(values, cells, strict=True)]
        before = block(loop, "r = orders[at + i]", *bring)
        take = [f"{name} = S[{row} + i]" for name, row in rows.items()]
    else:
        before = ["r = orders[at]", *(f"{a} = {b}" for a, b in zip(values, cells, strict=True))]
        take = []
    weights = [f"w{k} = S[{(begin + k) * BLOCK} + i]" for k in range(n)]
    sums = [f"S[{k * BLOCK} + i] += {text}" for k, text in enumerate(sample.sums) if text != "0.0"]
    body = [*take, *weights, *sample.writer.lines, *sums, f"S[{n * BLOCK} + i] += {sample.loss}"]
    head = (
        "def lesson(S: Doubles, X: Doubles, T: Doubles, sample_weight: Doubles, orders: Indices,\n"
        "           at: int, lane: int) -> float:"
    )
    return "\n".join(block(head, "distinct()", *before, *block(loop, *body), "return 0.0"))


def step(plan: Plan, entries: Entries, options: Variant) -> str:
    """The update of all nets of a block; those that are done stay as they are."""
    size = plan.n_weights
    begin = begin_of(plan)
    names = stems("m", entries.n_memory)
    memory = {name: f"S[w + {j * size * BLOCK} + i]" for j, name in enumerate(names, 1)}
    row, columns = f"({begin} + k) * {BLOCK}", f"for i in range({BLOCK}):"
    lane = [
        "rate = factor * rates[first + i]",
        *(["l1 = l1s[first + i]", "l2 = l2s[first + i]"] if options.regularised else []),
        "v = S[w + i]",
        "old = v",
        f"g = S[k * {BLOCK} + i] * inverse",
        *(f"{name} = {cell}" for name, cell in memory.items()),
        move_call(entries, options, "v", "g", names, "k"),
        "v = v if S[alive + i] != 0.0 else old",
        "S[w + i] = v",
        *(f"{cell} = {name}" for name, cell in memory.items()),
    ]
    penalty = [
        "l1, l2, cost = l1s[first + i], l2s[first + i], 0.0",
        *penalty_lines(entries, "S[w + i]", "k"),
        "S[total + i] += count * cost",
    ]
    goal = f"w, total = {row}, {size * BLOCK}"
    penalties = block("for k in range(reach):", goal, *block(columns, *penalty))
    head = (
        "def step(S: Doubles, count: int, factor: float, rates: Doubles, first: int, rules: Doubles,\n"
        "         penalised: Doubles, reach: int, l1s: Doubles, l2s: Doubles, o: Doubles) -> float:"
    )
    body = [
        *(f"o{i} = o[{i}]" for i in range(len(entries.options))),
        *("distinct()", "inverse = 1.0 / count"),
        f"alive = {(begin + 2 * size * (1 + len(memory))) * BLOCK}",
        *(penalties if options.regularised else []),
        f"size = {size}",
        *block(f"for k in range({size}):", f"w = {row}", *block(columns, *lane)),
        "return 0.0",
    ]
    return "\n".join([move_function(entries, options), *block(head, *body)])
