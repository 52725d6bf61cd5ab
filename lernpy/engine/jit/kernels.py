"""The kernels that no table entry has a part in, as text: compiled once for all nets.

Their arguments are numbers and pointers (n: a whole number, a: an array, i: indices, d: of float64),
so that a program calls them by address and need not be compiled together with them.
"""

from __future__ import annotations

SOFTMAX = """
@kernel("a n a n n n", KIND, CACHE)
def softmax(Z, z0, Y, y0, step, count):
    largest = Z[z0]
    for j in range(1, count):
        z = Z[z0 + j * step]
        largest = z if z > largest or z != z else largest
    whole = 0.0
    for j in range(count):
        power = exp_(Z[z0 + j * step] - largest)
        Y[y0 + j * step] = power
        whole += power
    for j in range(count):
        Y[y0 + j * step] /= whole
    return largest + math.log(whole)

@kernel("a n a n a n n n", KIND, CACHE)
def softmax_down(Y, y0, S, s0, D, d0, step, count):
    whole = 0.0
    for j in range(count):
        part = (Y[y0 + j * step] + TINY) * S[s0 + j * step]
        D[d0 + j * step] = part
        whole += part
    for j in range(count):
        D[d0 + j * step] -= Y[y0 + j * step] * whole
    return 0.0
"""

WIRES = """
@kernel("a n i n n a", KIND, CACHE)
def feed(X, n, orders, low, count, Y):
    for b in range(WIDTH):  # beyond the last sample the first again: its numbers are as good as any
        r = orders[low + b if b < count else low] * n
        for i in range(n):
            Y[i * WIDTH + b] = X[r + i]
    return 0.0

@kernel("a i a i i n n a i", KIND, CACHE)
def sums(w, at, Y, row, start, low, high, Z, add):
    for slot in range(low, high):
        GATHER(w, 0, at, Y, 0, WIDTH, row, start[slot], start[slot + 1], Z, slot * WIDTH, add[slot] == 0)
    return 0.0

@kernel("i i i n n n a a a", KIND, CACHE)
def collect(weight, source, start, low, high, count, Y, D, gradient):
    for slot in range(low, high):
        for b in range(count, WIDTH):
            D[slot * WIDTH + b] = 0.0
        for k in range(start[slot], start[slot + 1]):
            gradient[weight[k]] += inner(Y, source[k] * WIDTH, D, slot * WIDTH)
    return 0.0
"""

INNER = """
@typed("a n a n", KIND, CACHE, FREE)
def inner(Y, y0, D, d0):
    total = 0.0
    for b in range(WIDTH):
        total += Y[y0 + b] * D[d0 + b]
    return total
"""

ROWS = """
@typed("a n n i n", KIND, CACHE, FREE)
def not_zero(X, x0, n, found, at):
    count = at
    whole = n - n % 8
    for i in range(0, whole, 8):
        count += pick(X, x0, i, found, count)
    for i in range(whole, n):
        found[count] = i
        count += X[x0 + i] != 0.0
    return count - at

@typed("a n n a n n", KIND, CACHE, FUSED)
def start(w, w0, bias, Z, z0, padded):
    if bias:
        for j in range(padded):
            Z[z0 + j] = w[w0 + j]
    else:
        for j in range(padded):
            Z[z0 + j] = 0.0
    return 0.0

@typed("a n i n n a n n a n n", KIND, CACHE, FUSED)
def gather(a, a0, row, low, high, x, x0, xk, c, c0, vectors):
    v = 0
    while v < vectors:
        if vectors - v >= 4:
            gather4(a, a0, row, x, x0 + v * LANES, xk, row, low, high, c, c0 + v * LANES, False)
            v += 4
        elif vectors - v >= 2:
            gather2(a, a0, row, x, x0 + v * LANES, xk, row, low, high, c, c0 + v * LANES, False)
            v += 2
        else:
            gather1(a, a0, row, x, x0 + v * LANES, xk, row, low, high, c, c0 + v * LANES, False)
            v += 1
    return 0.0

@typed("a n i n n a n a n n n f", KIND, CACHE, FUSED)
def OUTER(a, a0, row, low, high, x, x0, c, c0, ck, vectors, rate):
    v = 0
    while v < vectors:
        if vectors - v >= 4:
            OUTER4(a, a0, row, low, high, x, x0 + v * LANES, c, c0 + v * LANES, ck, rate)
            v += 4
        elif vectors - v >= 2:
            OUTER2(a, a0, row, low, high, x, x0 + v * LANES, c, c0 + v * LANES, ck, rate)
            v += 2
        else:
            OUTER1(a, a0, row, low, high, x, x0 + v * LANES, c, c0 + v * LANES, ck, rate)
            v += 1
    return 0.0

"""

TILES = """
@typed("n n n a n n n a n n a n n n", KIND, CACHE, FUSED)
def multiply(rows, count, vectors, a, a0, am, ak, x, x0, xk, c, c0, cm, fresh):
    for k0 in range(0, count, 256):
        n = min(256, count - k0)
        new = fresh != 0 and k0 == 0
        for v in range(0, vectors, 2):
            two = v + 2 <= vectors
            xv, cv = x0 + k0 * xk + v * LANES, c0 + v * LANES
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
    return 0.0

"""

BATCH = """
@kernel("a n i n n n a n n n a n a i i", KIND, CACHE)
def inputs_up(X, n, orders, low, rows, sparse, w, w0, padded, bias, Z, z0, gathered, found, counts):
    for b in range(rows):
        r = orders[low + b] * n
        start(w, w0 + n * padded, bias, Z, z0 + b * padded, padded)
        if sparse != 0:
            at = b * (n + 8)
            counts[b] = not_zero(X, r, n, found, at)
            gather(X, r, found, at, at + counts[b], w, w0, padded, Z, z0 + b * padded, padded // LANES)
        else:
            for i in range(n):
                gathered[b * n + i] = X[r + i]
    if sparse == 0:
        multiply(rows, n, padded // LANES, gathered, 0, n, 1, w, w0, padded, Z, z0, padded, 0)
    return 0.0

@kernel("a n i n n n a n a n n a i i n", KIND, CACHE)
def inputs_down(X, n, orders, low, rows, sparse, D, d0, gradient, w0, padded, gathered, found, counts, new):
    if sparse != 0:
        for b in range(rows):
            at = b * (n + 8)
            OUTER(X, orders[low + b] * n, found, at, at + counts[b], D, d0 + b * padded, gradient, w0,
                  padded, padded // LANES, 0.0)
    else:
        multiply(n, rows, padded // LANES, gathered, 0, 1, n, D, d0, padded, gradient, w0, padded, new)
    return 0.0

@kernel("n n n a n n a n a n", KIND, CACHE)
def layer_up(rows, n, padded, w, w0, bias, Y, y0, Z, z0):
    below = -(-n // LANES) * LANES
    for b in range(rows):
        start(w, w0 + n * padded, bias, Z, z0 + b * padded, padded)
    multiply(rows, n, padded // LANES, Y, y0, below, 1, w, w0, padded, Z, z0, padded, 0)
    return 0.0

@kernel("n n n n a n a n a n a a n n", KIND, CACHE)
def layer_down(rows, n, size, padded, turned, t0, Y, y0, D, d0, S, gradient, w0, new):
    below = -(-n // LANES) * LANES
    multiply(rows, size, below // LANES, D, d0, padded, 1, turned, t0, below, S, y0, below, 1)
    multiply(n, rows, padded // LANES, Y, y0, 1, below, D, d0, padded, gradient, w0, padded, new)
    return 0.0

@kernel("n n a n a n", KIND, CACHE)
def bias_down(rows, padded, D, d0, gradient, w0):
    for b in range(rows):
        for j in range(padded):
            gradient[w0 + j] += D[d0 + b * padded + j]
    return 0.0

@kernel("n n n a n a n", KIND, CACHE)
def turn(n, size, padded, w, w0, turned, t0):
    below = -(-n // LANES) * LANES
    for j in range(size):
        for i in range(n):
            turned[t0 + j * below + i] = w[w0 + i * padded + j]
    return 0.0
"""

ONLINE = """
@kernel("a n n i n i a n n n a n", KIND, CACHE)
def one_up(x, x0, n, every, sparse, found, w, w0, padded, bias, Z, z0):
    start(w, w0 + n * padded, bias, Z, z0, padded)
    if sparse != 0:
        count = not_zero(x, x0, n, found, 0)
        gather(x, x0, found, 0, count, w, w0, padded, Z, z0, padded // LANES)
        return float(count)
    gather(x, x0, every, 0, n, w, w0, padded, Z, z0, padded // LANES)
    return float(n)

@typed("a n a n n", KIND, CACHE, FREE)
def inner(w, w0, D, d0, size):
    total = 0.0
    for j in range(size):
        total += w[w0 + j] * D[d0 + j]
    return total

@kernel("n n n a n a n a n", KIND, CACHE)
def one_down(n, size, padded, w, w0, D, d0, S, s0):
    for i in range(n):
        S[s0 + i] = inner(w, w0 + i * padded, D, d0, size)
    return 0.0

@typed("a n a n n f", KIND, CACHE, STRICT)
def move_bias(c, c0, D, d0, padded, rate):
    for j in range(padded):
        c[c0 + j] DESCENT D[d0 + j]
    return 0.0

@kernel("a n n i n n a n n a n f", KIND, CACHE)
def one_moves(x, x0, n, row, count, bias, c, c0, padded, D, d0, rate):
    OUTER(x, x0, row, 0, count, D, d0, c, c0, padded, padded // LANES, rate)
    if bias:
        move_bias(c, c0 + n * padded, D, d0, padded, rate)
    return 0.0
"""


COST = """
@kernel("a n d f f", KIND, CACHE)
def cost(w, size, penalised, l1, l2):
    sizes, squares = 0.0, 0.0
    for k in range(size):
        sizes += penalised[k] * abs(w[k])
        squares += penalised[k] * w[k] * w[k]
    return l1 * sizes + 0.5 * l2 * squares
"""


def _filled(text: str, kind: str, lanes: int, **names: str) -> str:
    for name, value in {"KIND": repr(kind), "LANES": str(lanes), **names}.items():
        text = text.replace(name, value)
    return text


def common(kind: str) -> str:
    """softmax, softmax_down, cost."""
    return _filled(SOFTMAX + COST, kind, 0)


def wires(kind: str, lanes: int, width: int) -> str:
    """feed, sums, collect: for samples side by side."""
    gather = f"gather{width // lanes}"
    return _filled(INNER + WIRES, kind, lanes, WIDTH=str(width), GATHER=gather)


def batch(kind: str, lanes: int) -> str:
    """inputs_up, inputs_down, layer_up, layer_down, bias_down, turn."""
    return _filled(ROWS + TILES + BATCH, kind, lanes, OUTER="outer")


def online(kind: str, lanes: int, at_once: bool) -> str:
    """one_up, one_down, one_moves."""
    how = (
        {"OUTER": "descend", "DESCENT": "-= rate *"}
        if at_once
        else {"OUTER": "outer", "DESCENT": "+="}
    )
    return _filled(ROWS + ONLINE, kind, lanes, **how)
