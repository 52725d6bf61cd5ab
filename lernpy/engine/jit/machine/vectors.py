"""Instructions for whole vectors, which a compiler would not find by itself.

A tile of a matrix product held in registers, a sum of rows picked by a list, an outer product, and
the positions of the numbers that are not zero. All widths are whole vectors of 64 bytes; rows are padded
to that. What writes instructions (`b`, a builder, and `ir`, the words of LLVM) is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lernpy.engine.aligned import BYTES

FUSE = ("contract",)
POSITIONS = [([i for i in range(8) if bits >> i & 1] + [0] * 8)[:8] for bits in range(256)]
Body = Callable[[Any, list[Any]], list[Any]]


class Vectors:
    """Writes loads, stores and sums of vectors, for one kind of number of `size` bytes."""

    def __init__(self, ir: Any, builder: Any, element: Any, size: int) -> None:
        self.ir, self.b = ir, builder
        self.element, self.size = element, size
        self.lanes = BYTES // size
        self.vector = ir.VectorType(element, self.lanes)
        self.zero = ir.Constant(self.vector, [0.0] * self.lanes)

    def whole(self, number: int) -> Any:
        return self.ir.IntType(64)(number)

    def at(self, pointer: Any, offset: Any) -> Any:
        """The address of a number, so many after the first."""
        return self.b.gep(pointer, [offset])

    def number(self, pointer: Any, offset: Any) -> Any:
        return self.b.load(self.at(pointer, offset))

    def _vector(self, pointer: Any, offset: Any, v: int) -> Any:
        first = self.b.add(offset, self.whole(v * self.lanes)) if v else offset
        return self.b.bitcast(self.at(pointer, first), self.vector.as_pointer())

    def load(self, pointer: Any, offset: Any, v: int) -> Any:
        """The vector of that number, from the offset on."""
        loaded = self.b.load(self._vector(pointer, offset, v))
        loaded.align = self.size
        return loaded

    def store(self, value: Any, pointer: Any, offset: Any, v: int) -> None:
        self.b.store(value, self._vector(pointer, offset, v)).align = self.size

    def spread(self, number: Any, lanes: int = 0) -> Any:
        """One number in all lanes."""
        lanes, index = lanes or self.lanes, self.ir.IntType(32)
        empty = self.ir.Constant(self.ir.VectorType(number.type, lanes), self.ir.Undefined)
        one = self.b.insert_element(empty, number, index(0))
        first = self.ir.Constant(self.ir.VectorType(index, lanes), [0] * lanes)
        return self.b.shuffle_vector(one, empty, first)

    def part(self, vector: Any, first: int, lanes: int) -> Any:
        """So many lanes of a vector."""
        kind = self.ir.VectorType(self.ir.IntType(32), lanes)
        chosen = self.ir.Constant(kind, list(range(first, first + lanes)))
        return self.b.shuffle_vector(vector, vector, chosen)

    def fma(self, total: Any, a: Any, v: Any) -> Any:
        return self.b.fadd(total, self.b.fmul(a, v, flags=FUSE), flags=FUSE)

    def loop(self, low: Any, high: Any, step: int, values: Sequence[Any], body: Body) -> list[Any]:
        """for k in range(low, high, step): values = body(k, values)"""
        b = self.b
        before = b.block
        inside, after = b.append_basic_block("inside"), b.append_basic_block("after")
        b.cbranch(b.icmp_signed("<", low, high), inside, after)
        b.position_at_end(inside)
        k = b.phi(self.ir.IntType(64))
        held = [b.phi(value.type) for value in values]
        new = body(k, held)
        following, end = b.add(k, self.whole(step)), b.block
        _meet([k, *held], [low, *values], before)
        _meet([k, *held], [following, *new], end)
        b.cbranch(b.icmp_signed("<", following, high), inside, after)
        b.position_at_end(after)
        result = [b.phi(value.type) for value in values]
        _meet(result, values, before)
        _meet(result, new, end)
        return result


def _meet(phis: Sequence[Any], values: Sequence[Any], block: Any) -> None:
    """What the numbers are if one comes from this block."""
    for phi, value in zip(phis, values, strict=True):
        phi.add_incoming(value, block)


# ---- what kernels are made of; a, x, c, ... are pointers, a0, x0, c0, ... where to begin there -------


def tile(w: Vectors, rows: int, vectors: int, *args: Any) -> None:
    """c[c0 + m cm + j] (+)= sum over k of a[a0 + m am + k ak] x[x0 + k xk + j]"""
    a, a0, am, ak, x, x0, xk, c, c0, cm, count, fresh = args
    b, a, x, c = w.b, w.at(a, a0), w.at(x, x0), w.at(c, c0)
    cells = [(m, b.mul(w.whole(m), cm), v) for m in range(rows) for v in range(vectors)]
    totals = [b.select(fresh, w.zero, w.load(c, row, v)) for _, row, v in cells]

    def add(k: Any, totals: list[Any]) -> list[Any]:
        xs = [w.load(x, b.mul(k, xk), v) for v in range(vectors)]
        at = b.mul(k, ak)
        each = [w.spread(w.number(a, b.add(at, b.mul(w.whole(m), am)))) for m in range(rows)]
        pairs = zip(totals, cells, strict=True)
        return [w.fma(total, each[m], xs[v]) for total, (m, _, v) in pairs]

    totals = w.loop(w.whole(0), count, 1, totals, add)
    for total, (_, row, v) in zip(totals, cells, strict=True):
        w.store(total, c, row, v)


def gather(w: Vectors, vectors: int, *args: Any) -> None:
    """c[c0 + j] (+)= sum over low <= k < high of a[a0 + at[k]] x[x0 + row[k] xk + j]"""
    a, a0, at, x, x0, xk, row, low, high, c, c0, fresh = args
    b, a, x, c = w.b, w.at(a, a0), w.at(x, x0), w.at(c, c0)

    def add(k: Any, totals: list[Any]) -> list[Any]:
        number = w.spread(w.number(a, w.number(at, k)))
        first = b.mul(w.number(row, k), xk)
        return [w.fma(t, number, w.load(x, first, v)) for v, t in enumerate(totals)]

    totals = [b.select(fresh, w.zero, w.load(c, w.whole(0), v)) for v in range(vectors)]
    totals, low = _several(w, low, high, totals, add)
    for v, total in enumerate(w.loop(low, high, 1, totals, add)):
        w.store(total, c, w.whole(0), v)


def _several(
    w: Vectors, low: Any, high: Any, totals: list[Any], add: Body
) -> tuple[list[Any], Any]:
    """Few sums would wait for each other: several rows at a time, as far as that goes."""
    b, vectors = w.b, len(totals)
    turns = max(1, 4 // vectors)
    if turns == 1:
        return totals, low

    def add_several(k: Any, totals: list[Any]) -> list[Any]:
        parts = [totals[u * vectors : (u + 1) * vectors] for u in range(turns)]
        return [t for u, part in enumerate(parts) for t in add(b.add(k, w.whole(u)), part)]

    whole = b.sub(high, b.srem(b.sub(high, low), w.whole(turns)))
    totals = [*totals, *[w.zero] * (vectors * (turns - 1))]
    totals = w.loop(low, whole, turns, totals, add_several)
    while len(totals) > vectors:
        half = len(totals) // 2
        totals = [b.fadd(p, q) for p, q in zip(totals[:half], totals[half:], strict=True)]
    return totals, b.select(b.icmp_signed(">", whole, low), whole, low)


def outer(w: Vectors, vectors: int, *args: Any) -> None:
    """c[c0 + at[k] ck + j] += a[a0 + at[k]] scale x[x0 + j]"""
    a, a0, at, low, high, x, x0, c, c0, ck, scale = args
    b, a, x, c = w.b, w.at(a, a0), w.at(x, x0), w.at(c, c0)
    factor = w.spread(scale if scale.type == w.element else b.fptrunc(scale, w.element))
    xs = [b.fmul(factor, w.load(x, w.whole(0), v)) for v in range(vectors)]

    def move(k: Any, _: list[Any]) -> list[Any]:
        i = w.number(at, k)
        number, first = w.spread(w.number(a, i)), b.mul(i, ck)
        for v, x in enumerate(xs):
            w.store(w.fma(w.load(c, first, v), number, x), c, first, v)
        return []

    w.loop(low, high, 1, [], move)


def dot(w: Vectors, vectors: int, *args: Any) -> Any:
    """sum over j of a[a0 + j] x[x0 + j]"""
    a, a0, x, x0 = args
    b, a, x = w.b, w.at(a, a0), w.at(x, x0)
    pairs = [(w.load(a, w.whole(0), v), w.load(x, w.whole(0), v)) for v in range(vectors)]
    total = b.fmul(*pairs[0])
    for pair in pairs[1:]:
        total = w.fma(total, *pair)
    lanes = w.lanes
    while lanes > 1:
        lanes //= 2
        total = b.fadd(w.part(total, 0, lanes), w.part(total, lanes, lanes))
    return b.extract_element(total, w.ir.IntType(32)(0))


def pick(w: Vectors, table: Any, x: Any, x0: Any, i: Any, picked: Any, at: Any) -> Any:
    """Append to picked, from `at` on, which of x[x0 + i : x0 + i + 8] are not zero; returns how many.

    Without a branch: the comparison's eight bits look up the positions, and all eight are written.
    """
    b, ir, int64 = w.b, w.ir, w.ir.IntType(64)
    vector, eight = ir.VectorType(w.element, 8), ir.VectorType(int64, 8)
    loaded = b.load(b.bitcast(w.at(x, b.add(x0, i)), vector.as_pointer()))
    loaded.align = w.size
    differs = b.fcmp_unordered("!=", loaded, ir.Constant(vector, [0.0] * 8))
    bits = b.bitcast(differs, ir.IntType(8))
    row = b.load(b.gep(table, [w.whole(0), b.zext(bits, int64)]))
    goal = b.bitcast(w.at(picked, at), eight.as_pointer())
    b.store(b.add(w.spread(i, 8), b.zext(row, eight)), goal).align = 8
    return b.zext(b.ctpop(bits), int64)


def ones_of(ir: Any) -> Any:
    """For eight bits, where the ones are, as a constant."""
    row = ir.VectorType(ir.IntType(8), 8)
    return ir.Constant(ir.ArrayType(row, len(POSITIONS)), POSITIONS)
