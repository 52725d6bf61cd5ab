"""The loops over epochs, batches and layers, as text: they call kernels by address and know no table entry.

So they are compiled once for all nets. The addresses come as an array, in the order of `LAYERS`,
`ONE_BY_ONE` or `WIRES`, after the common ones of `COMMON`; then, for each activation, those of its
values and its deltas.
"""

from __future__ import annotations

CHUNK = 64  # samples whose numbers are kept at a time
COMMON = "softmax", "softmax_down", "cost", "judge", "move_all"
LAYERS = "inputs_up", "inputs_down", "layer_up", "layer_down", "bias_down", "turn"
ONE_BY_ONE = "one_up", "one_down", "one_moves"
WIRES = "feed", "sums", "collect"

_HEAD = """
@njit(**FUSED, cache=CACHE)
def run(X, T, sample_weight, orders, batch, rates, w, m, rules, penalised, l1, l2, o, gradient, losses, share,
        kernels, """

_ACTIVATE = """
@njit(**FUSED)
def activate(kernels, size, padded, z0, code, rows, Z, Y, logs):
    if code < 0:
        for b in range(rows):
            logs[b] = call(kernels[softmax], (Z, z0 + b * padded, Y, z0 + b * padded, 1, size))
    else:
        call(kernels[values + 2 * code], (Z, Y, z0, z0 + rows * padded))
"""

_UP = """
@njit(**FUSED)
def up(X, order, low, rows, sparse, w, kernels, shape, buffers):
    Z, Y, S, D, logs, turned, gathered, found, counts = buffers
    for layer in range(1, shape.shape[0]):
        size, padded, w0, z0, t0, code, bias = shape[layer]
        n, y0 = shape[layer - 1, 0], shape[layer - 1, 3]
        if layer == 1:
            call(kernels[inputs_up], (X, n, order, low, rows, sparse, w, w0, padded, bias, Z, z0, gathered,
                                      found, counts))
        else:
            call(kernels[layer_up], (rows, n, padded, w, w0, bias, Y, y0, Z, z0))
        activate(kernels, size, padded, z0, code, rows, Z, Y, logs)
"""

_LEARN = """
@njit(**FREE)
def mostly_zero(X):
    n = min(X.shape[0], 64)
    count = 0
    for r in range(n):
        for i in range(X.shape[1]):
            count += X[r, i] != 0.0
    return X.shape[1] >= 16 and 5 * count < 2 * n * X.shape[1]

@njit(**FUSED)
def slope_down(kernels, size, padded, z0, code, rows, Z, Y, S, D):
    if code < 0:
        for b in range(rows):
            place = z0 + b * padded
            call(kernels[softmax_down], (Y, place, S, place, D, place, 1, size))
    else:
        call(kernels[values + 2 * code + 1], (Z, Y, S, D, z0, z0 + rows * padded))
"""

_DOWN = """
@njit(**FUSED)
def down(X, order, low, rows, sparse, kernels, shape, buffers, gradient, new):
    Z, Y, S, D, logs, turned, gathered, found, counts = buffers
    for layer in range(shape.shape[0] - 1, 0, -1):
        size, padded, w0, z0, t0, code, bias = shape[layer]
        n, y0 = shape[layer - 1, 0], shape[layer - 1, 3]
        slope_down(kernels, size, padded, z0, code, rows, Z, Y, S, D)
        if layer == 1:
            call(kernels[inputs_down], (X, n, order, low, rows, sparse, D, z0, gradient, w0, padded,
                                        gathered, found, counts, new))
        else:
            call(kernels[layer_down], (rows, n, size, padded, turned, t0, Y, y0, D, z0, S, gradient, w0,
                                       new))
        if bias:
            call(kernels[bias_down], (rows, padded, D, z0, gradient, w0 + n * padded))
"""

_RUN_LAYERS = f"""{_HEAD}shape, buffers):
    Z, Y, S, D, logs, turned, gathered, found, counts = buffers
    n = orders.shape[1]
    sparse = mostly_zero(X)
    size, padded, _, z0, _, code, _ = shape[shape.shape[0] - 1]
    for e in range(orders.shape[0]):
        total = 0.0
        for first in range(0, n, batch):
            count = min(batch, n - first)
            for layer in range(2, shape.shape[0]):
                call(kernels[turn], (shape[layer - 1, 0], shape[layer, 0], shape[layer, 1], w,
                                     shape[layer, 2], turned, shape[layer, 4]))
            gradient[:] = 0.0
            for low in range(first, first + count, CHUNK):
                rows = min(CHUNK, first + count - low)
                up(X, orders[e], low, rows, sparse, w, kernels, shape, buffers)
                for j in range(size):
                    total += call(kernels[judge], (shape[0, 5], z0 + j, padded, rows, orders[e], low, T, j,
                                                   size, share, sample_weight, Z, Y, S, logs, 0))
                down(X, orders[e], low, rows, sparse, kernels, shape, buffers, gradient, low == first)
            if penalised.size:
                total += count * call(kernels[cost], (w, w.size, penalised, l1, l2))
            call(kernels[move_all], (w, m, w.size, gradient, 1.0 / count, rates[e], rules, penalised, l1,
                                     l2, o))
        losses[e] = total / n
    last = n - (n - 1) // batch * batch
    for k in range(gradient.size):
        gradient[k] /= last
"""

_ANSWER_LAYERS = """
@njit(**FUSED, cache=CACHE)
def answer(X, order, w, kernels, shape, buffers, answers):
    Z, Y, S, D, logs, turned, gathered, found, counts = buffers
    size, padded, _, z0, _, code, _ = shape[shape.shape[0] - 1]
    for low in range(0, order.size, CHUNK):
        rows = min(CHUNK, order.size - low)
        up(X, order, low, rows, False, w, kernels, shape, buffers)
        for b in range(rows):
            for j in range(size):
                answers[low + b, j] = Y[z0 + b * padded + j]
"""

_RUN_ONE_BY_ONE = f"""{_HEAD}shape, buffers, at_once):
    Z, Y, S, D, logs, found, every = buffers
    inputs, n, last = X.shape[1], orders.shape[1], shape.shape[0] - 1
    sparse = mostly_zero(X)
    row = found if sparse else every
    moved = w if at_once else gradient
    for e in range(orders.shape[0]):
        total, rate = 0.0, rates[e]
        for q in range(n):
            if not at_once:
                gradient[:] = 0.0
            x0, count = orders[e, q] * inputs, 0
            for layer in range(1, last + 1):
                size, padded, w0, z0, t0, code, bias = shape[layer]
                below, y0 = shape[layer - 1, 0], shape[layer - 1, 3]
                if layer == 1:
                    count = int(call(kernels[one_up], (X, x0, inputs, every, sparse, found, w, w0, padded,
                                                       bias, Z, z0)))
                else:
                    call(kernels[one_up], (Y, y0, below, every, False, found, w, w0, padded, bias, Z, z0))
                activate(kernels, size, padded, z0, code, 1, Z, Y, logs)
            size, padded, w0, z0, t0, code, bias = shape[last]
            for j in range(size):
                total += call(kernels[judge], (shape[0, 5], z0 + j, padded, 1, orders[e], q, T, j, size, share,
                                               sample_weight, Z, Y, S, logs, 0))
            for layer in range(last, 0, -1):
                size, padded, w0, z0, t0, code, bias = shape[layer]
                below, y0 = shape[layer - 1, 0], shape[layer - 1, 3]
                slope_down(kernels, size, padded, z0, code, 1, Z, Y, S, D)
                if layer == 1:
                    call(kernels[one_moves], (X, x0, inputs, row, count, bias, moved, w0, padded, D, z0,
                                              rate))
                else:
                    call(kernels[one_down], (below, size, padded, w, w0, D, z0, S, y0))
                    call(kernels[one_moves], (Y, y0, below, every, below, bias, moved, w0, padded, D, z0,
                                              rate))
            if not at_once:
                if penalised.size:
                    total += call(kernels[cost], (w, w.size, penalised, l1, l2))
                call(kernels[move_all], (w, m, w.size, gradient, 1.0, rate, rules, penalised, l1, l2, o))
        losses[e] = total / n
"""

_UP_WIRES = """
@njit(**FUSED)
def up(w, links, start, runs, nothing, width, kernels, Z, Y, logs):
    for q in range(runs.shape[0]):
        low, high, code = runs[q]
        call(kernels[sums], (w, links[0], Y, links[1], start, low, high, Z, nothing))
        if code < 0:
            for b in range(width):
                place = low * width + b
                logs[place] = call(kernels[softmax], (Z, place, Y, place, width, high - low))
        else:
            call(kernels[values + 2 * code], (Z, Y, low * width, high * width))
"""

_RUN_WIRES = f"""
@njit(**FUSED)
def down(w, links, start, ahead_start, runs, is_output, width, kernels, count, Z, Y, S, D, gradient):
    for q in range(runs.shape[0] - 1, -1, -1):
        low, high, code = runs[q]
        call(kernels[sums], (w, links[2], D, links[3], ahead_start, low, high, S, is_output))
        if code < 0:
            for b in range(width):
                place = low * width + b
                call(kernels[softmax_down], (Y, place, S, place, D, place, width, high - low))
        else:
            call(kernels[values + 2 * code + 1], (Z, Y, S, D, low * width, high * width))
        call(kernels[collect], (links[0], links[1], start, low, high, count, Y, D, gradient))
{_HEAD}links, start, ahead_start, runs, outputs, is_output, nothing, width, buffers):
    Z, Y, S, D, logs = buffers
    n = orders.shape[1]
    for e in range(orders.shape[0]):
        total = 0.0
        for first in range(0, n, batch):
            size = min(batch, n - first)
            gradient[:] = 0.0
            for low in range(first, first + size, width):
                count = min(width, first + size - low)
                call(kernels[feed], (X, X.shape[1], orders[e], low, count, Y))
                up(w, links, start, runs, nothing, width, kernels, Z, Y, logs)
                for j in range(outputs.shape[0]):
                    slot, form, group = outputs[j]
                    S[slot * width : (slot + 1) * width] = 0.0
                    total += call(kernels[judge], (form, slot * width, 1, count, orders[e], low, T, j,
                                                   outputs.shape[0], share, sample_weight, Z, Y, S, logs,
                                                   group * width))
                down(w, links, start, ahead_start, runs, is_output, width, kernels, count, Z, Y, S, D,
                     gradient)
            if penalised.size:
                total += size * call(kernels[cost], (w, w.size, penalised, l1, l2))
            call(kernels[move_all], (w, m, w.size, gradient, 1.0 / size, rates[e], rules, penalised, l1, l2,
                                     o))
        losses[e] = total / n
    last = n - (n - 1) // batch * batch
    for k in range(gradient.size):
        gradient[k] /= last
"""

_ANSWER_WIRES = """
@njit(**FUSED, cache=CACHE)
def answer(X, order, w, kernels, links, start, runs, outputs, nothing, width, buffers, answers):
    Z, Y, S, D, logs = buffers
    for low in range(0, order.size, width):
        count = min(width, order.size - low)
        call(kernels[feed], (X, X.shape[1], order, low, count, Y))
        up(w, links, start, runs, nothing, width, kernels, Z, Y, logs)
        for j in range(outputs.shape[0]):
            for b in range(count):
                answers[low + b, j] = Y[outputs[j, 0] * width + b]
"""


def _numbered(text: str, names: tuple[str, ...]) -> str:
    known = (*COMMON, *names, "values")
    numbers = [f"{name} = {place}" for place, name in enumerate(known)]
    return "\n".join([*numbers, f"CHUNK = {CHUNK}", text])


LEARN_LAYERS = _numbered(_ACTIVATE + _UP + _LEARN + _DOWN + _RUN_LAYERS, LAYERS)
LEARN_ONE_BY_ONE = _numbered(_ACTIVATE + _LEARN + _RUN_ONE_BY_ONE, ONE_BY_ONE)
LEARN_WIRES = _numbered(_UP_WIRES + _RUN_WIRES, WIRES)
ANSWER_LAYERS = _numbered(_ACTIVATE + _UP + _ANSWER_LAYERS, LAYERS)
ANSWER_WIRES = _numbered(_UP_WIRES + _ANSWER_WIRES, WIRES)
