"""Lessons of any wiring, link by link, each link for whole vectors of samples.

The functions here are compiled, once for all nets. `width` samples lie side by side: number b of neuron
`slot` at slot * width + b. What table entries have a part in is called by address (see `parts`).
"""

from __future__ import annotations

from lernpy.engine.jit.machine import Doubles, Indices, Numbers, call, fused, lanes
from lernpy.engine.jit.parts import (
    COLLECT,
    DELTAS,
    JUDGE,
    MOVE_ALL,
    SOFTMAX,
    SOFTMAX_DOWN,
    SUMS,
    VALUES,
    clear,
    divide,
    dot,
    gather,
)


@fused
def feed(
    X: Numbers, n_inputs: int, orders: Indices, low: int, count: int, Y: Numbers, width: int
) -> None:
    """The inputs of samples; beyond the last the first again: its numbers are as good as any."""
    for b in range(width):
        x0 = orders[low + b if b < count else low] * n_inputs
        for i in range(n_inputs):
            Y[i * width + b] = X[x0 + i]


def sums(
    w: Numbers,
    weight: Indices,
    row: Indices,
    start: Indices,
    low: int,
    high: int,
    Y: Numbers,
    Z: Numbers,
    added: Indices,
    width: int,
) -> None:
    """What the links bring to each slot: from behind or from ahead, to what is there where `added` says so."""
    vectors = width // lanes(Y)
    for slot in range(low, high):
        begin, end, fresh = start[slot], start[slot + 1], added[slot] == 0
        gather(w, 0, weight, Y, 0, width, row, begin, end, Z, slot * width, vectors, fresh)


def collect(
    weight: Indices,
    source: Indices,
    start: Indices,
    low: int,
    high: int,
    count: int,
    Y: Numbers,
    D: Numbers,
    gradient: Numbers,
    width: int,
) -> None:
    """The blame of each slot's links for their weights; what is beyond `count` samples does not count."""
    vectors = width // lanes(Y)
    for slot in range(low, high):
        d0 = slot * width
        clear(D, d0 + count, d0 + width)
        for k in range(start[slot], start[slot + 1]):
            gradient[weight[k]] += dot(Y, source[k] * width, D, d0, vectors)


@fused
def up(
    w: Numbers,
    weight: Indices,
    source: Indices,
    start: Indices,
    nothing: Indices,
    runs: Indices,
    n_runs: int,
    kernels: Indices,
    Z: Numbers,
    Y: Numbers,
    logs: Doubles,
    width: int,
) -> None:
    """Total inputs and outputs, run by run: neurons in a row with one activation, or a softmax."""
    for q in range(n_runs):
        low, high, code = runs[3 * q], runs[3 * q + 1], runs[3 * q + 2]
        call(kernels[SUMS], (w, weight, source, start, low, high, Y, Z, nothing, width))
        if code < 0:
            for at in range(low * width, low * width + width):
                logs[at] = call(kernels[SOFTMAX], (Z, at, Y, at, width, high - low))
        else:
            call(kernels[VALUES + 2 * code], (Z, Y, low * width, high * width))


@fused
def down(
    w: Numbers,
    weight: Indices,
    source: Indices,
    start: Indices,
    weight_ahead: Indices,
    target: Indices,
    start_ahead: Indices,
    is_output: Indices,
    runs: Indices,
    n_runs: int,
    kernels: Indices,
    count: int,
    Z: Numbers,
    Y: Numbers,
    S: Numbers,
    D: Numbers,
    width: int,
    gradient: Numbers,
) -> None:
    """Blame and deltas, run by run, and what they say of the weights into `gradient`."""
    for q in range(n_runs - 1, -1, -1):
        low, high, code = runs[3 * q], runs[3 * q + 1], runs[3 * q + 2]
        call(
            kernels[SUMS], (w, weight_ahead, target, start_ahead, low, high, D, S, is_output, width)
        )
        if code < 0:
            for at in range(low * width, low * width + width):
                call(kernels[SOFTMAX_DOWN], (Y, at, S, at, D, at, width, high - low))
        else:
            call(kernels[DELTAS + 2 * code], (Z, Y, S, D, low * width, high * width))
        call(kernels[COLLECT], (weight, source, start, low, high, count, Y, D, gradient, width))


def learn(
    X: Numbers,
    T: Numbers,
    sample_weight: Doubles,
    orders: Indices,
    n_epochs: int,
    n: int,
    batch: int,
    rates: Doubles,
    w: Numbers,
    n_weights: int,
    m: Numbers,
    rules: Doubles,
    penalised: Doubles,
    l1: float,
    l2: float,
    o: Doubles,
    gradient: Numbers,
    losses: Doubles,
    share: float,
    kernels: Indices,
    weight: Indices,
    source: Indices,
    start: Indices,
    weight_ahead: Indices,
    target: Indices,
    start_ahead: Indices,
    is_output: Indices,
    nothing: Indices,
    runs: Indices,
    n_runs: int,
    outputs: Indices,
    n_outputs: int,
    n_inputs: int,
    width: int,
    Z: Numbers,
    Y: Numbers,
    S: Numbers,
    D: Numbers,
    logs: Doubles,
) -> None:
    """Whole epochs, batch by batch; leaves each epoch's loss and the last batch's mean gradient."""
    for e in range(n_epochs):
        total = 0.0
        for first in range(e * n, e * n + n, batch):
            size = min(batch, e * n + n - first)
            clear(gradient, 0, n_weights)
            for low in range(first, first + size, width):
                count = min(width, first + size - low)
                feed(X, n_inputs, orders, low, count, Y, width)
                up(w, weight, source, start, nothing, runs, n_runs, kernels, Z, Y, logs, width)
                for j in range(n_outputs):
                    slot, form, group = outputs[3 * j], outputs[3 * j + 1], outputs[3 * j + 2]
                    clear(S, slot * width, slot * width + width)
                    total += call(
                        kernels[JUDGE],
                        (
                            form,
                            slot * width,
                            1,
                            count,
                            orders,
                            low,
                            T,
                            j,
                            n_outputs,
                            share,
                            sample_weight,
                            Z,
                            Y,
                            S,
                            logs,
                            group * width,
                        ),
                    )
                down(
                    w,
                    weight,
                    source,
                    start,
                    weight_ahead,
                    target,
                    start_ahead,
                    is_output,
                    runs,
                    n_runs,
                    kernels,
                    count,
                    Z,
                    Y,
                    S,
                    D,
                    width,
                    gradient,
                )
            total += size * call(
                kernels[MOVE_ALL],
                (w, m, n_weights, gradient, 1.0 / size, rates[e], rules, penalised, l1, l2, o),
            )
        losses[e] = total / n
    divide(gradient, n_weights, n - (n - 1) // batch * batch)


def answer(
    X: Numbers,
    orders: Indices,
    n: int,
    w: Numbers,
    answers: Doubles,
    kernels: Indices,
    weight: Indices,
    source: Indices,
    start: Indices,
    nothing: Indices,
    runs: Indices,
    n_runs: int,
    outputs: Indices,
    n_outputs: int,
    n_inputs: int,
    width: int,
    Z: Numbers,
    Y: Numbers,
    logs: Doubles,
) -> None:
    """The outputs for n samples."""
    for low in range(0, n, width):
        count = min(width, n - low)
        feed(X, n_inputs, orders, low, count, Y, width)
        up(w, weight, source, start, nothing, runs, n_runs, kernels, Z, Y, logs, width)
        for j in range(n_outputs):
            for b in range(count):
                answers[(low + b) * n_outputs + j] = Y[outputs[3 * j] * width + b]
