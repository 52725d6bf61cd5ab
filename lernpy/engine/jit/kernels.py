"""What lessons over arrays are made of: products, sums of chosen rows, turning, softmax.

All are compiled into the programs of `layers` and `wires`. An array comes as its address: in `a` one begins
at `a0`, and goes on by steps such as `am`; rows are padded to whole vectors.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from lernpy.engine.jit.machine import (
    Doubles,
    Indices,
    Numbers,
    call,
    dot_of,
    exp_,
    free,
    fused,
    gather_of,
    lanes,
    outer_of,
    pick,
    strict,
    tile_of,
)
from lernpy.functions.maths import TINY

KERNELS = (  # what programs call by address, where they need it
    *("judge", "move_all", "softmax", "softmax_down"),
    *("multiply", "gather", "outer", "not_zero", "gather_rows", "outer_rows", "sums", "collect"),
)
JUDGE, MOVE_ALL, SOFTMAX, SOFTMAX_DOWN, MULTIPLY, GATHER, OUTER, NOT_ZERO = range(8)
GATHER_ROWS, OUTER_ROWS, SUMS, COLLECT = range(8, 12)
VALUES, DELTAS = range(12, 14)  # of activation 0; those of number c are 2 c further


class Curriculum(NamedTuple):
    """What is learned, and in which order."""

    X: Numbers  # (n_samples, n_inputs)
    T: Numbers  # (n_samples, n_outputs)
    sample_weight: Doubles  # (n_samples,)
    orders: Indices  # (n_epochs, n) which sample comes when
    n_epochs: int
    n: int
    batch: int
    rates: Doubles  # (n_epochs,)
    losses: Doubles  # (n_epochs,) are written


class Moves(NamedTuple):
    """What moves, and how."""

    w: Numbers  # (size,)
    size: int
    m: Numbers  # (n_memory, size)
    rules: Doubles  # (4, size): frozen, rate, low, high; or nothing
    penalised: Doubles  # (size,) 0 or 1; or nothing
    l1: float
    l2: float
    options: Doubles  # of the optimiser
    gradient: Numbers  # (size,) is written: of the last batch, summed over its samples


@fused
def move_weights(kernels: Indices, weights: Moves, count: int, rate: float) -> float:
    """Moves all weights after a batch; returns its penalty, as large as its samples' losses are."""
    w, size, m, rules, penalised, l1, l2, options, gradient = weights
    how = rules, penalised, l1, l2, options
    penalty: float = call(kernels[MOVE_ALL], (w, m, size, gradient, 1.0 / count, rate, how))
    return count * penalty


tile82, tile81, tile12, tile11 = (tile_of(m, v) for m in (8, 1) for v in (2, 1))
gather4, gather2, gather1 = (gather_of(v) for v in (4, 2, 1))
outer4, outer2, outer1 = (outer_of(v) for v in (4, 2, 1))
dot4, dot2, dot1 = (dot_of(v) for v in (4, 2, 1))


def multiply(
    rows: int,
    count: int,
    vectors: int,
    a: Numbers,
    a0: int,
    am: int,
    ak: int,
    x: Numbers,
    x0: int,
    xk: int,
    c: Numbers,
    c0: int,
    cm: int,
    fresh: bool,
) -> None:
    """c[m, j] (+)= sum over k of a[m, k] x[k, j]: tiles of 8 rows and 2 vectors, 256 of k at a time."""
    for k0 in range(0, count, 256):
        n = min(256, count - k0)
        new = bool(fresh) and k0 == 0
        for v in range(0, vectors, 2):
            two = v + 2 <= vectors
            xv, cv = x0 + k0 * xk + v * lanes(x), c0 + v * lanes(x)
            m = 0
            while m + 8 <= rows:
                if two:
                    tile82(a, a0 + m * am + k0 * ak, am, ak, x, xv, xk, c, cv + m * cm, cm, n, new)
                else:
                    tile81(a, a0 + m * am + k0 * ak, am, ak, x, xv, xk, c, cv + m * cm, cm, n, new)
                m += 8
            while m < rows:
                if two:
                    tile12(a, a0 + m * am + k0 * ak, am, ak, x, xv, xk, c, cv + m * cm, cm, n, new)
                else:
                    tile11(a, a0 + m * am + k0 * ak, am, ak, x, xv, xk, c, cv + m * cm, cm, n, new)
                m += 1


@fused
def gather(
    a: Numbers,
    a0: int,
    at: Indices,
    x: Numbers,
    x0: int,
    xk: int,
    row: Indices,
    low: int,
    high: int,
    c: Numbers,
    c0: int,
    vectors: int,
    fresh: bool,
) -> None:
    """c[j] (+)= sum over low <= k < high of a[at[k]] x[row[k], j]"""
    v = 0
    while v < vectors:
        xv, cv = x0 + v * lanes(x), c0 + v * lanes(x)
        if vectors - v >= 4:
            gather4(a, a0, at, x, xv, xk, row, low, high, c, cv, bool(fresh))
            v += 4
        elif vectors - v >= 2:
            gather2(a, a0, at, x, xv, xk, row, low, high, c, cv, bool(fresh))
            v += 2
        else:
            gather1(a, a0, at, x, xv, xk, row, low, high, c, cv, bool(fresh))
            v += 1


@fused
def outer(
    a: Numbers,
    a0: int,
    at: Indices,
    low: int,
    high: int,
    x: Numbers,
    x0: int,
    c: Numbers,
    c0: int,
    ck: int,
    vectors: int,
    scale: float,
) -> None:
    """c[at[k], j] += a[at[k]] scale x[j] for low <= k < high"""
    v = 0
    while v < vectors:
        xv, cv = x0 + v * lanes(x), c0 + v * lanes(x)
        if vectors - v >= 4:
            outer4(a, a0, at, low, high, x, xv, c, cv, ck, scale)
            v += 4
        elif vectors - v >= 2:
            outer2(a, a0, at, low, high, x, xv, c, cv, ck, scale)
            v += 2
        else:
            outer1(a, a0, at, low, high, x, xv, c, cv, ck, scale)
            v += 1


@fused
def dot(a: Numbers, a0: int, x: Numbers, x0: int, vectors: int) -> float:
    """The sum of a[j] x[j] over 4, 2 or 1 vectors."""
    if vectors == 4:
        return float(dot4(a, a0, x, x0))
    if vectors == 2:
        return float(dot2(a, a0, x, x0))
    return float(dot1(a, a0, x, x0))


@free
def inner(a: Numbers, a0: int, x: Numbers, x0: int, size: int) -> float:
    """The sum of a[j] x[j]."""
    total = 0.0
    for j in range(size):
        total += a[a0 + j] * x[x0 + j]
    return total


@fused
def not_zero(x: Numbers, x0: int, n: int, picked: Indices, at: int) -> float:
    """Writes which of n numbers are not 0, from picked[at] on; returns how many these are."""
    count = at
    whole = n - n % 8
    for i in range(0, whole, 8):
        count += pick(x, x0, i, picked, count)
    for i in range(whole, n):
        picked[count] = i
        count += x[x0 + i] != 0.0
    return float(count - at)


class Chosen(NamedTuple):
    """Rows of inputs of which only those that are not 0 are looked at."""

    X: Numbers  # (n_samples, n)
    n: int
    orders: Indices  # of the samples; from `low` on, `rows` of them
    low: int
    rows: int
    picked: Indices  # the inputs that are not 0, n + 8 to a row
    counts: Indices  # how many these are


def gather_rows(some: Chosen, w: Numbers, w0: int, z: Numbers, z0: int, padded: int) -> None:
    """Each row's z[j] += sum over i of x[i] w[i, j], for those x that are not 0; notes which these are."""
    x, n, orders, low, rows, picked, counts = some
    for b in range(rows):
        x0, at, zb = orders[low + b] * n, b * (n + 8), z0 + b * padded
        counts[b] = int(not_zero(x, x0, n, picked, at))
        high, vectors = at + counts[b], padded // lanes(w)
        gather(x, x0, picked, w, w0, padded, picked, at, high, z, zb, vectors, False)


def outer_rows(some: Chosen, d: Numbers, d0: int, c: Numbers, c0: int, padded: int) -> None:
    """c[i, j] += x[i] d[j] for each row, for those x that `gather_rows` has noted."""
    x, n, orders, low, rows, picked, counts = some
    for b in range(rows):
        x0, at, db = orders[low + b] * n, b * (n + 8), d0 + b * padded
        high, vectors = at + counts[b], padded // lanes(c)
        outer(x, x0, picked, at, high, d, db, c, c0, padded, vectors, 1.0)


@fused
def start(w: Numbers, w0: int, bias: int, z: Numbers, z0: int, padded: int) -> None:
    """The total inputs before any link: the bias's weights, or 0."""
    if bias:
        for j in range(padded):
            z[z0 + j] = w[w0 + j]
    else:
        for j in range(padded):
            z[z0 + j] = 0.0


@strict
def add_row(c: Numbers, c0: int, x: Numbers, x0: int, padded: int, scale: float) -> None:
    """c[j] += scale x[j]"""
    for j in range(padded):
        c[c0 + j] += scale * x[x0 + j]


@fused
def transpose(
    w: Numbers, w0: int, n: int, size: int, padded: int, turned: Numbers, t0: int
) -> None:
    """turned[j, i] = w[i, j]"""
    below = -(-n // lanes(w)) * lanes(w)
    for j in range(size):
        for i in range(n):
            turned[t0 + j * below + i] = w[w0 + i * padded + j]


@fused
def clear(c: Numbers, low: int, high: int) -> None:
    for k in range(low, high):
        c[k] = 0.0


# ---- softmax: a kernel, for many nets have none --------------------------------------------------


@fused
def softmax(Z: Numbers, Y: Numbers, D: Numbers, at: int, step: int, count: int) -> float:
    """The shares of `count` neurons, `step` apart; returns the logarithm of the sum of the powers."""
    largest = Z[at]
    for k in range(at + step, at + count * step, step):
        largest = Z[k] if Z[k] > largest or Z[k] != Z[k] else largest
    whole = 0.0
    for k in range(at, at + count * step, step):
        power = exp_(Z[k] - largest)
        Y[k] = power
        whole += power
    for k in range(at, at + count * step, step):
        Y[k] /= whole
    return float(largest + math.log(whole))


def softmax_down(Y: Numbers, S: Numbers, D: Numbers, at: int, step: int, count: int) -> float:
    """Their deltas, from the blame of each."""
    whole = 0.0
    for k in range(at, at + count * step, step):
        part = (Y[k] + TINY) * S[k]
        D[k] = part
        whole += part
    for k in range(at, at + count * step, step):
        D[k] -= Y[k] * whole
    return 0.0


def softmax_apart(Z: Numbers, Y: Numbers, D: Numbers, at: int, step: int, count: int) -> float:
    """The same where the loss asks for rests (see `lernpy.functions.softmax`).

    Leaves the leads in place of the total inputs, and in D the shares without the winner.
    """
    log_sum = softmax(Z, Y, D, at, step, count)
    largest, whole = -math.inf, 0.0
    for k in range(at, at + count * step, step):
        largest = Z[k] if Y[k] <= 0.5 and Z[k] > largest else largest
    for k in range(at, at + count * step, step):
        D[k] = exp_(Z[k] - largest) if Y[k] <= 0.5 else 0.0
        whole += D[k]
    log_others = largest + math.log(whole)
    for k in range(at, at + count * step, step):
        D[k] /= whole
        Z[k] -= log_sum + math.log1p(-Y[k]) if Y[k] <= 0.5 else log_others
    return 0.0


def softmax_down_apart(Y: Numbers, S: Numbers, D: Numbers, at: int, step: int, count: int) -> float:
    """Their deltas."""
    rest, handed, whole = TINY, 0.0, 0.0
    for k in range(at, at + count * step, step):
        rest += Y[k] if Y[k] <= 0.5 else 0.0
    for k in range(at, at + count * step, step):
        S[k] *= Y[k] + TINY
        if Y[k] > 0.5:
            S[k] *= rest
            handed = S[k]
        else:
            whole += S[k]
    for k in range(at, at + count * step, step):
        D[k] = S[k] - Y[k] * whole - D[k] * handed
    return 0.0
