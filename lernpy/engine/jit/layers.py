"""A layered net's lessons: products of padded matrices, for whole batches or for one sample at a time.

The functions here are compiled, once for all nets. What table entries have a part in they call by address
(see `parts`); where a net's numbers lie they read from `shape`, a row for each layer (see `layouts.Layers`).
"""

from __future__ import annotations

from typing import TypeAlias

from lernpy.engine.jit.machine import Doubles, Indices, Numbers, call, fused, lanes
from lernpy.engine.jit.parts import (
    DELTAS,
    GATHER,
    JUDGE,
    MOVE_ALL,
    MULTIPLY,
    NOT_ZERO,
    OUTER,
    SOFTMAX,
    SOFTMAX_DOWN,
    VALUES,
    add_row,
    clear,
    divide,
    inner,
    start,
    turn,
)

CHUNK = 64  # samples whose numbers are kept at a time
COLUMNS = 7  # of `shape`
Four: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]  # Z, Y, S, D: chunks of padded rows


@fused
def layer_of(shape: Indices, k: int) -> tuple[int, int, int, int, int, int, int]:
    """size, padded size, starts of the weights, the numbers, the transposed weights; activation, bias."""
    at = COLUMNS * k
    first = shape[at], shape[at + 1], shape[at + 2], shape[at + 3]
    return *first, shape[at + 4], shape[at + 5], shape[at + 6]


@fused
def activate(
    kernels: Indices,
    size: int,
    padded: int,
    z0: int,
    code: int,
    rows: int,
    four: Four,
    logs: Doubles,
) -> None:
    """Outputs from total inputs; of a softmax also the logarithms of its sums."""
    Z, Y, _, _ = four
    if code < 0:
        for b in range(rows):
            first = z0 + b * padded
            logs[b] = call(kernels[SOFTMAX], (Z, first, Y, first, 1, size))
    else:
        call(kernels[VALUES + 2 * code], (Z, Y, z0, z0 + rows * padded))


@fused
def slope_down(
    kernels: Indices, size: int, padded: int, z0: int, code: int, rows: int, four: Four
) -> None:
    """Deltas from blame."""
    Z, Y, S, D = four
    if code < 0:
        for b in range(rows):
            first = z0 + b * padded
            call(kernels[SOFTMAX_DOWN], (Y, first, S, first, D, first, 1, size))
    else:
        call(kernels[DELTAS + 2 * code], (Z, Y, S, D, z0, z0 + rows * padded))


# ---- many samples at a time ----------------------------------------------------------------------


@fused
def up(
    X: Numbers,
    orders: Indices,
    low: int,
    rows: int,
    sparse: int,
    w: Numbers,
    kernels: Indices,
    shape: Indices,
    n_layers: int,
    four: Four,
    logs: Doubles,
    dense: Numbers,
    picked: Indices,
    counts: Indices,
) -> None:
    """The outputs of all layers for the samples orders[low : low + rows]."""
    Z, Y, _, _ = four
    for k in range(1, n_layers):
        size, padded, w0, z0, _, code, bias = layer_of(shape, k)
        n, below, _, y0, _, _, _ = layer_of(shape, k - 1)
        vectors = padded // lanes(Z)
        for b in range(rows):
            start(w, w0 + n * padded, bias, Z, z0 + b * padded, padded)
        if k > 1:
            call(
                kernels[MULTIPLY],
                (rows, n, vectors, Y, y0, below, 1, w, w0, padded, Z, z0, padded, False),
            )
        elif sparse:
            for b in range(rows):
                x0, at = orders[low + b] * n, b * (n + 8)
                counts[b] = int(call(kernels[NOT_ZERO], (X, x0, n, picked, at)))
                end, first = at + counts[b], z0 + b * padded
                call(
                    kernels[GATHER],
                    (X, x0, picked, w, w0, padded, picked, at, end, Z, first, vectors, False),
                )
        else:
            for b in range(rows):
                x0 = orders[low + b] * n
                for i in range(n):
                    dense[b * n + i] = X[x0 + i]
            call(
                kernels[MULTIPLY],
                (rows, n, vectors, dense, 0, n, 1, w, w0, padded, Z, z0, padded, False),
            )
        activate(kernels, size, padded, z0, code, rows, four, logs)


@fused
def down(
    X: Numbers,
    orders: Indices,
    low: int,
    rows: int,
    sparse: int,
    kernels: Indices,
    shape: Indices,
    n_layers: int,
    four: Four,
    turned: Numbers,
    dense: Numbers,
    picked: Indices,
    counts: Indices,
    gradient: Numbers,
    new: bool,
) -> None:
    """Blame back through all layers, and what it says of the weights into `gradient`."""
    Z, Y, S, D = four
    for k in range(n_layers - 1, 0, -1):
        size, padded, w0, z0, t0, code, bias = layer_of(shape, k)
        n, below, _, y0, _, _, _ = layer_of(shape, k - 1)
        vectors = padded // lanes(Z)
        slope_down(kernels, size, padded, z0, code, rows, four)
        if k > 1:
            wide = below // lanes(Z)
            call(
                kernels[MULTIPLY],
                (rows, size, wide, D, z0, padded, 1, turned, t0, below, S, y0, below, True),
            )
            call(
                kernels[MULTIPLY],
                (n, rows, vectors, Y, y0, 1, below, D, z0, padded, gradient, w0, padded, new),
            )
        elif sparse:
            for b in range(rows):
                x0, at, d0 = orders[low + b] * n, b * (n + 8), z0 + b * padded
                end = at + counts[b]
                call(
                    kernels[OUTER],
                    (X, x0, picked, at, end, D, d0, gradient, w0, padded, vectors, 1.0),
                )
        else:
            call(
                kernels[MULTIPLY],
                (n, rows, vectors, dense, 0, 1, n, D, z0, padded, gradient, w0, padded, new),
            )
        if bias:
            for b in range(rows):
                add_row(gradient, w0 + n * padded, D, z0 + b * padded, padded, 1.0)


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
    sparse: int,
    kernels: Indices,
    shape: Indices,
    n_layers: int,
    Z: Numbers,
    Y: Numbers,
    S: Numbers,
    D: Numbers,
    logs: Doubles,
    turned: Numbers,
    dense: Numbers,
    picked: Indices,
    counts: Indices,
) -> None:
    """Whole epochs, batch by batch; leaves each epoch's loss and the last batch's mean gradient."""
    four = (Z, Y, S, D)
    size, padded, _, z0, _, _, _ = layer_of(shape, n_layers - 1)
    form = shape[5]
    for e in range(n_epochs):
        total = 0.0
        for first in range(e * n, e * n + n, batch):
            count = min(batch, e * n + n - first)
            for k in range(2, n_layers):
                i, below, _, _, _, _, _ = layer_of(shape, k - 1)
                j, wide, w0, _, t0, _, _ = layer_of(shape, k)
                turn(i, j, w, w0, wide, turned, t0, below)
            clear(gradient, 0, n_weights)
            for low in range(first, first + count, CHUNK):
                rows = min(CHUNK, first + count - low)
                up(
                    X,
                    orders,
                    low,
                    rows,
                    sparse,
                    w,
                    kernels,
                    shape,
                    n_layers,
                    four,
                    logs,
                    dense,
                    picked,
                    counts,
                )
                for j in range(size):
                    total += call(
                        kernels[JUDGE],
                        (
                            form,
                            z0 + j,
                            padded,
                            rows,
                            orders,
                            low,
                            T,
                            j,
                            size,
                            share,
                            sample_weight,
                            Z,
                            Y,
                            S,
                            logs,
                            0,
                        ),
                    )
                down(
                    X,
                    orders,
                    low,
                    rows,
                    sparse,
                    kernels,
                    shape,
                    n_layers,
                    four,
                    turned,
                    dense,
                    picked,
                    counts,
                    gradient,
                    low == first,
                )
            total += count * call(
                kernels[MOVE_ALL],
                (w, m, n_weights, gradient, 1.0 / count, rates[e], rules, penalised, l1, l2, o),
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
    shape: Indices,
    n_layers: int,
    Z: Numbers,
    Y: Numbers,
    S: Numbers,
    D: Numbers,
    logs: Doubles,
    turned: Numbers,
    dense: Numbers,
    picked: Indices,
    counts: Indices,
) -> None:
    """The outputs for n samples."""
    four = (Z, Y, S, D)
    size, padded, _, z0, _, _, _ = layer_of(shape, n_layers - 1)
    for low in range(0, n, CHUNK):
        rows = min(CHUNK, n - low)
        up(X, orders, low, rows, 0, w, kernels, shape, n_layers, four, logs, dense, picked, counts)
        for b in range(rows):
            for j in range(size):
                answers[(low + b) * size + j] = Y[z0 + b * padded + j]


# ---- one sample at a time ------------------------------------------------------------------------


@fused
def move(
    kernels: Indices,
    x: Numbers,
    x0: int,
    n: int,
    row: Indices,
    count: int,
    bias: int,
    c: Numbers,
    c0: int,
    padded: int,
    D: Numbers,
    d0: int,
    scale: float,
) -> None:
    """Adds `scale` times one sample's blame for the weights of a layer."""
    call(kernels[OUTER], (x, x0, row, 0, count, D, d0, c, c0, padded, padded // lanes(c), scale))
    if bias:
        add_row(c, c0 + n * padded, D, d0, padded, scale)


def learn_one_by_one(
    X: Numbers,
    T: Numbers,
    sample_weight: Doubles,
    orders: Indices,
    n_epochs: int,
    n: int,
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
    sparse: int,
    kernels: Indices,
    shape: Indices,
    n_layers: int,
    Z: Numbers,
    Y: Numbers,
    S: Numbers,
    D: Numbers,
    logs: Doubles,
    picked: Indices,
    every: Indices,
    at_once: int,
) -> None:
    """Whole epochs in batches of one; `at_once`: a step is no more than w -= rate * gradient."""
    four = (Z, Y, S, D)
    last, inputs, form = n_layers - 1, shape[0], shape[5]
    for e in range(n_epochs):
        total = 0.0
        for q in range(e * n, e * n + n):
            x0, count = orders[q] * inputs, inputs
            if sparse:
                count = int(call(kernels[NOT_ZERO], (X, x0, inputs, picked, 0)))
            row = picked if sparse else every
            if not at_once:
                clear(gradient, 0, n_weights)
            for k in range(1, n_layers):
                size, padded, w0, z0, _, code, bias = layer_of(shape, k)
                below, _, _, y0, _, _, _ = layer_of(shape, k - 1)
                vectors = padded // lanes(Z)
                start(w, w0 + below * padded, bias, Z, z0, padded)
                if k == 1:
                    call(
                        kernels[GATHER],
                        (X, x0, row, w, w0, padded, row, 0, count, Z, z0, vectors, False),
                    )
                else:
                    call(
                        kernels[GATHER],
                        (Y, y0, every, w, w0, padded, every, 0, below, Z, z0, vectors, False),
                    )
                activate(kernels, size, padded, z0, code, 1, four, logs)
            size, padded, _, z0, _, _, _ = layer_of(shape, last)
            for j in range(size):
                total += call(
                    kernels[JUDGE],
                    (
                        form,
                        z0 + j,
                        padded,
                        1,
                        orders,
                        q,
                        T,
                        j,
                        size,
                        share,
                        sample_weight,
                        Z,
                        Y,
                        S,
                        logs,
                        0,
                    ),
                )
            moved, scale = (w, -rates[e]) if at_once else (gradient, 1.0)
            for k in range(last, 0, -1):
                size, padded, w0, z0, _, code, bias = layer_of(shape, k)
                below, _, _, y0, _, _, _ = layer_of(shape, k - 1)
                slope_down(kernels, size, padded, z0, code, 1, four)
                if k == 1:
                    move(kernels, X, x0, inputs, row, count, bias, moved, w0, padded, D, z0, scale)
                    continue
                for i in range(below):
                    S[y0 + i] = inner(w, w0 + i * padded, D, z0, size)
                move(kernels, Y, y0, below, every, below, bias, moved, w0, padded, D, z0, scale)
            if not at_once:
                total += call(
                    kernels[MOVE_ALL],
                    (w, m, n_weights, gradient, 1.0, rates[e], rules, penalised, l1, l2, o),
                )
        losses[e] = total / n
