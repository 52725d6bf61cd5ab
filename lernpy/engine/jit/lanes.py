"""Code for many small nets of one wiring: each lane of a vector is a net, and a block of nets learns alone.

All numbers of a block lie in one array, so that the compiler sees at once that nothing overlaps:
weights and memory, a copy of those of the best (or else the last good) epoch, what is watched, the
gradients, the loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lernpy.engine.jit.straight import Sample
from lernpy.engine.jit.text import Options, indented, move_call, move_function, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lernpy.engine.jit.entries import Entries
    from lernpy.engine.plan import Plan

LANES = 32
WATCHED = 7
"""Rows of ``watch``, a number for each net: whether it still learns, epochs done, best loss, its epoch,
epochs since, whether its numbers blew up, the epoch in which it reached the target (0: not yet)."""

HEAD = """
@njit(**FUSED, cache=CACHE)
def run(X, T, importance, orders, batch, factors, rates, state, watch, rules, penalised, l1s, l2s, o,
        losses, target, patience):
    S = np.zeros(SIZE)
    n = orders.shape[1]
    for block in range(state.shape[1] // LANES):
        first = block * LANES
        for i in range(LANES):
            for k in range(STATE):
                S[k * LANES + i] = state[k, first + i]
            for k in range(WATCHED):
                S[WATCH + k * LANES + i] = watch[k, first + i]
        for e in range(factors.shape[0]):
            S[LOSS:LOSS + LANES] = 0.0
            row = e if orders.shape[0] > 1 else 0
            for low in range(0, n, batch):
                count = min(batch, n - low)
                S[GRADIENTS:GRADIENTS + N * LANES] = 0.0
                for q in range(low, low + count):
                    lesson(S, X, T, importance, orders[row, q], first)
                step(S, 1.0 / count, count, factors[e], rates, first, rules, penalised, l1s, l2s, o)
            if look(S, losses[e], n, first, target, patience) == 0:
                break
        for i in range(LANES):
            for k in range(STATE):
                state[k, first + i] = S[k * LANES + i]
            for k in range(WATCHED):
                watch[k, first + i] = S[WATCH + k * LANES + i]

@njit(**STRICT)
def look(S, losses, n, first, target, patience):
    for i in range(LANES):
        S[CHECK + i] = S[LOSS + i] * 0.0
    for k in range(N):
        for i in range(LANES):
            S[CHECK + i] += S[k * LANES + i] * 0.0
    living = 0.0
    for i in range(LANES):
        loss = S[LOSS + i] / n
        alive = S[WATCH + i] != 0.0
        good = alive and S[CHECK + i] == 0.0
        epochs = S[WATCH + LANES + i] + (1.0 if alive else 0.0)
        better = good and (patience < 0 or loss < S[WATCH + 2 * LANES + i])
        waited = 0.0 if better else S[WATCH + 4 * LANES + i] + (1.0 if good else 0.0)
        there = good and loss <= target
        S[CHECK + i] = 1.0 if better else 0.0
        S[WATCH + LANES + i] = epochs
        S[WATCH + 2 * LANES + i] = loss if better else S[WATCH + 2 * LANES + i]
        S[WATCH + 3 * LANES + i] = epochs if better else S[WATCH + 3 * LANES + i]
        S[WATCH + 4 * LANES + i] = waited
        S[WATCH + 5 * LANES + i] = 1.0 if alive and not good else S[WATCH + 5 * LANES + i]
        S[WATCH + 6 * LANES + i] = epochs if there else S[WATCH + 6 * LANES + i]
        on = 1.0 if good and not there and not (patience >= 0 and waited >= patience) else 0.0
        S[WATCH + i] = on
        losses[first + i] = loss if good else losses[first + i]
        living += on
    for k in range(LEARNED):
        for i in range(LANES):
            S[KEPT + k * LANES + i] = S[k * LANES + i] if S[CHECK + i] != 0.0 else S[KEPT + k * LANES + i]
    return living
"""


def source(plan: Plan, entries: Entries, options: Options) -> str:
    """The module: ``run`` lets all nets learn for some epochs, as long as each is alive."""
    n, learned = plan.n_weights, plan.n_weights * (1 + entries.n_memory)
    sizes = {"KEPT": learned, "WATCH": learned, "GRADIENTS": WATCHED, "LOSS": n, "CHECK": 1}
    places, size = {}, 0
    for name, before in sizes.items():
        size += before
        places[name] = size * LANES
    numbers = {"SIZE": (size + 1) * LANES, "LANES": LANES, "N": n, "LEARNED": learned}
    numbers |= {"STATE": 2 * learned, "WATCHED": WATCHED, **places}
    return "\n".join(
        [
            *(f"{name} = {value}" for name, value in numbers.items()),
            move_function(entries, options),
            *_lesson(plan, Sample(plan, entries), options.own_order),
            *_step(entries, options, n),
            HEAD,
        ]
    )


def _lesson(plan: Plan, sample: Sample, own: bool) -> list[str]:
    inputs = [f"x{i} = X[r, {i}]" for i in range(plan.n_inputs)]
    targets = [f"t{j} = T[r, {j}]" for j in range(plan.n_outputs)]
    take = [*inputs, *targets, "imp = importance[r]"]
    weights = [f"w{k} = S[{k * LANES} + i]" for k in range(plan.n_weights)]
    gradients = [
        f"S[GRADIENTS + {k * LANES} + i] += {text}"
        for k, text in enumerate(sample.gradients)
        if text != "0.0"
    ]
    body = [*weights, *sample.lines, *gradients, f"S[LOSS + i] += {sample.loss}"]
    lane = ["for i in range(LANES):"]
    if own:
        lines = [*lane, *indented(["r = order[first + i]", *take, *body])]
    else:
        lines = ["r = order[0]", *take, *lane, *indented(body)]
    head = "def lesson(S, X, T, importance, order, first):"
    return ["@njit(**FUSED)", head, *indented(lines)]


def _step(entries: Entries, options: Options, n: int) -> list[str]:
    memory = names("m", entries.n_memory)
    places = [f"S[{(j + 1) * n * LANES} + k * LANES + i]" for j in range(len(memory))]
    call = move_call(entries, options, "v", "g", memory, "k")
    lane = [
        "rate = factor * rates[first + i]",
        *(["l1 = l1s[first + i]", "l2 = l2s[first + i]"] if options.regularised else []),
        "v = S[k * LANES + i]",
        "g = S[GRADIENTS + k * LANES + i] * inverse",
        "old = v",
        *(f"{name} = {place}" for name, place in zip(memory, places, strict=True)),
        call,
        "alive = S[WATCH + i] != 0.0",
        "S[k * LANES + i] = v if alive else old",
        *(f"{place} = {name}" for name, place in zip(memory, places, strict=True)),
    ]
    penalty: Sequence[str] = ()
    if options.regularised:
        size = "S[k * LANES + i]"
        penalty = [
            "for k in range(N):",
            *indented(["for i in range(LANES):"]),
            *indented(
                indented(
                    [
                        f"cost = l1s[first + i] * abs({size}) + 0.5 * l2s[first + i] * {size} * {size}",
                        "S[LOSS + i] += count * penalised[k] * cost",
                    ]
                )
            ),
        ]
    return [
        "@njit(**STRICT)",
        "def step(S, inverse, count, factor, rates, first, rules, penalised, l1s, l2s, o):",
        *indented([f"o{i} = o[{i}]" for i in range(len(entries.options))]),
        *indented(["size = N", *penalty]),
        *indented(["for k in range(N):", *indented(["for i in range(LANES):", *indented(lane)])]),
    ]
