"""A layered net's lessons: products of padded matrices, for whole batches or for one sample at a time.

The functions here are compiled, once for all nets. What table entries have a part in they call by address
(see `kernels`).
"""

from __future__ import annotations

from typing import NamedTuple

from lernpy.engine.jit import kernels
from lernpy.engine.jit.kernels import Curriculum, Moves, add_row, clear, inner, start, transpose
from lernpy.engine.jit.machine import Doubles, Indices, Numbers, call, fused, lanes

CHUNK = 64  # samples whose numbers are kept at a time
COLUMNS = 7  # of `shape`


class Tiles(NamedTuple):
    """Where a layered net's numbers lie; `layouts.Matrices` makes it."""

    share: float  # of an output in the loss
    sparse: bool  # inputs that are 0 are left out
    at_once: bool  # one by one: an update is no more than w -= rate * gradient
    kernels: Indices  # addresses, in the order of `kernels.KERNELS`
    shape: Indices  # (n_layers, 7): see `layer_of`; the row of the inputs has the form of the loss
    n_layers: int  # the inputs count
    Z: Numbers  # total inputs: for each layer (CHUNK, padded size)
    Y: Numbers  # outputs
    S: Numbers  # blame
    D: Numbers  # deltas
    logs: Doubles  # (CHUNK,) of softmax's sums
    turned: Numbers  # the weights of layers 2, 3, ..., transposed
    dense: Numbers  # (CHUNK, n_inputs) the inputs in order
    picked: Indices  # which inputs of each sample are not 0, one after the other
    counts: Indices  # (CHUNK,) how many these are
    every: Indices  # 0, 1, 2, ...


@fused
def layer_of(net: Tiles, k: int) -> tuple[int, int, int, int, int, int]:
    """size, padded size; where its weights, its numbers, its transposed weights start; has it a bias?"""
    at, shape = COLUMNS * k, net.shape
    return shape[at], shape[at + 1], shape[at + 2], shape[at + 3], shape[at + 4], shape[at + 6]


@fused
def activate(net: Tiles, k: int, rows: int) -> None:
    """Outputs from total inputs; of a softmax also the logarithms of its sums."""
    size, padded, _, z0, _, _ = layer_of(net, k)
    code = net.shape[COLUMNS * k + 5]
    if code < 0:
        for b in range(rows):
            at = z0 + b * padded
            net.logs[b] = call(net.kernels[kernels.SOFTMAX], (net.Z, net.Y, net.D, at, 1, size))
    else:
        call(net.kernels[kernels.VALUES + 2 * code], (net.Z, net.Y, z0, z0 + rows * padded))


@fused
def slope_down(net: Tiles, k: int, rows: int) -> None:
    """Deltas from blame."""
    size, padded, _, z0, _, _ = layer_of(net, k)
    code = net.shape[COLUMNS * k + 5]
    if code < 0:
        for b in range(rows):
            at = z0 + b * padded
            call(net.kernels[kernels.SOFTMAX_DOWN], (net.Y, net.S, net.D, at, 1, size))
    else:
        four = net.Z, net.Y, net.S, net.D
        call(net.kernels[kernels.DELTAS + 2 * code], (four, z0, z0 + rows * padded))


@fused
def judge(data: Curriculum, net: Tiles, low: int, rows: int) -> float:
    """The loss of the samples orders[low : low + rows], and the outputs' blame."""
    size, padded, _, z0, _, _ = layer_of(net, net.n_layers - 1)
    total, form = 0.0, net.shape[5]
    for j in range(size):
        which = form, z0 + j, padded, rows, data.orders, low, data.T, j, size
        numbers = net.Z, net.Y, net.S, net.logs, 0
        total += call(net.kernels[kernels.JUDGE], (which, net.share, data.sample_weight, numbers))
    return total


# ---- many samples at a time ----------------------------------------------------------------------


@fused
def up(X: Numbers, orders: Indices, w: Numbers, net: Tiles, low: int, rows: int) -> None:
    """The outputs of all layers for the samples orders[low : low + rows]."""
    Z, multiply = net.Z, net.kernels[kernels.MULTIPLY]
    for k in range(1, net.n_layers):
        _, padded, w0, z0, _, bias = layer_of(net, k)
        n, below, _, y0, _, _ = layer_of(net, k - 1)
        vectors, goal = padded // lanes(Z), (w, w0, padded, Z, z0, padded, False)
        for b in range(rows):
            start(w, w0 + n * padded, bias, Z, z0 + b * padded, padded)
        if k > 1:
            call(multiply, (rows, n, vectors, net.Y, y0, below, 1, goal))
        elif net.sparse:
            inputs = X, n, orders, low, rows, net.picked, net.counts
            call(net.kernels[kernels.GATHER_ROWS], (inputs, w, w0, Z, z0, padded))
        else:
            for b in range(rows):
                x0 = orders[low + b] * n
                for i in range(n):
                    net.dense[b * n + i] = X[x0 + i]
            call(multiply, (rows, n, vectors, net.dense, 0, n, 1, goal))
        activate(net, k, rows)


@fused
def down(data: Curriculum, gradient: Numbers, net: Tiles, low: int, rows: int, new: bool) -> None:
    """Blame back through all layers, and what it says of the weights into `gradient`."""
    D, multiply = net.D, net.kernels[kernels.MULTIPLY]
    for k in range(net.n_layers - 1, 0, -1):
        size, padded, w0, z0, t0, bias = layer_of(net, k)
        n, below, _, y0, _, _ = layer_of(net, k - 1)
        vectors, goal = padded // lanes(D), (D, z0, padded, gradient, w0, padded, new)
        slope_down(net, k, rows)
        if k > 1:
            blame = (net.turned, t0, below, net.S, y0, below, True)
            call(multiply, (rows, size, below // lanes(D), D, z0, padded, 1, blame))
            call(multiply, (n, rows, vectors, net.Y, y0, 1, below, goal))
        elif net.sparse:
            inputs = data.X, n, data.orders, low, rows, net.picked, net.counts
            call(net.kernels[kernels.OUTER_ROWS], (inputs, D, z0, gradient, w0, padded))
        else:
            call(multiply, (n, rows, vectors, net.dense, 0, 1, n, goal))
        if bias:
            for b in range(rows):
                add_row(gradient, w0 + n * padded, D, z0 + b * padded, padded, 1.0)


def learn(data: Curriculum, weights: Moves, net: Tiles) -> None:
    """Whole epochs, batch by batch; leaves each epoch's loss and the last batch's gradient, summed."""
    n, batch, w, gradient = data.n, data.batch, weights.w, weights.gradient
    for e in range(data.n_epochs):
        total = 0.0
        for first in range(e * n, e * n + n, batch):
            count = min(batch, e * n + n - first)
            for k in range(2, net.n_layers):
                size, padded, w0, _, t0, _ = layer_of(net, k)
                transpose(w, w0, net.shape[COLUMNS * (k - 1)], size, padded, net.turned, t0)
            clear(gradient, 0, weights.size)
            for low in range(first, first + count, CHUNK):
                rows = min(CHUNK, first + count - low)
                up(data.X, data.orders, w, net, low, rows)
                total += judge(data, net, low, rows)
                down(data, gradient, net, low, rows, low == first)
            total += kernels.move_weights(net.kernels, weights, count, data.rates[e])
        data.losses[e] = total / n


def answer(X: Numbers, orders: Indices, n: int, w: Numbers, answers: Doubles, net: Tiles) -> None:
    """The outputs for n samples."""
    size, padded, _, z0, _, _ = layer_of(net, net.n_layers - 1)
    for low in range(0, n, CHUNK):
        rows = min(CHUNK, n - low)
        up(X, orders, w, net, low, rows)
        for b in range(rows):
            for j in range(size):
                answers[(low + b) * size + j] = net.Y[z0 + b * padded + j]


# ---- one sample at a time ------------------------------------------------------------------------


@fused
def up_one(data: Curriculum, w: Numbers, net: Tiles, x0: int, row: Indices, count: int) -> None:
    """The outputs of all layers for one sample, of whose inputs `count` are looked at."""
    for k in range(1, net.n_layers):
        _, padded, w0, z0, _, bias = layer_of(net, k)
        n, _, _, y0, _, _ = layer_of(net, k - 1)
        start(w, w0 + n * padded, bias, net.Z, z0, padded)
        goal = net.Z, z0, padded // lanes(w), False
        gather = net.kernels[kernels.GATHER]
        if k == 1:
            call(gather, (data.X, x0, row, w, w0, padded, row, 0, count, goal))
        else:
            call(gather, (net.Y, y0, net.every, w, w0, padded, net.every, 0, n, goal))
        activate(net, k, 1)


@fused
def down_one(
    data: Curriculum,
    w: Numbers,
    net: Tiles,
    x0: int,
    row: Indices,
    count: int,
    moved: Numbers,
    scale: float,
) -> None:
    """Its blame back; what that says of the weights goes into `moved`, `scale` times."""
    for k in range(net.n_layers - 1, 0, -1):
        size, padded, w0, z0, _, bias = layer_of(net, k)
        n, _, _, y0, _, _ = layer_of(net, k - 1)
        slope_down(net, k, 1)
        goal = net.D, z0, moved, w0, padded, padded // lanes(w), scale
        outer = net.kernels[kernels.OUTER]
        if k == 1:
            call(outer, (data.X, x0, row, 0, count, goal))
        else:
            for i in range(n):
                net.S[y0 + i] = inner(w, w0 + i * padded, net.D, z0, size)
            call(outer, (net.Y, y0, net.every, 0, n, goal))
        if bias:
            add_row(moved, w0 + n * padded, net.D, z0, padded, scale)


def learn_one_by_one(data: Curriculum, weights: Moves, net: Tiles) -> None:
    """Whole epochs in batches of one."""
    n, inputs = data.n, net.shape[0]
    w, gradient = weights.w, weights.gradient
    row = net.picked if net.sparse else net.every
    for e in range(data.n_epochs):
        total, rate = 0.0, data.rates[e]
        for q in range(e * n, e * n + n):
            x0, count = data.orders[q] * inputs, inputs
            if net.sparse:
                inputs_of_sample = (data.X, x0, inputs, net.picked, 0)
                count = int(call(net.kernels[kernels.NOT_ZERO], inputs_of_sample))
            up_one(data, w, net, x0, row, count)
            total += judge(data, net, q, 1)
            if net.at_once:
                down_one(data, w, net, x0, row, count, w, -rate)
            else:
                clear(gradient, 0, weights.size)
                down_one(data, w, net, x0, row, count, gradient, 1.0)
                total += kernels.move_weights(net.kernels, weights, 1, rate)
        data.losses[e] = total / n
