"""Rows of numbers as base64, and runs of equal things: how a trace stays small."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from math import prod
from typing import Any

import numpy as np

from lernpy.checks import Fields, misfit
from lernpy.errors import FileFormatError

KINDS = {"float32": "<f4", "float64": "<f8", "uint8": "u1"}
SCALES = (1, 16, 255)  # of numbers that fit a byte: yes and no, digits of 8 x 8, of 28 x 28
SMALL = 20_000  # numbers; up to that many are written without loss
LONGEST = 1 << 31  # letters of base64


@dataclass(frozen=True, eq=False)
class Block:
    """An array as a file keeps it: rounded to its dtype; bytes are divided by `scale`."""

    stored: np.ndarray
    scale: int | None = None

    @property
    def values(self) -> np.ndarray:
        """The numbers as whoever reads the file gets them, float64."""
        return self.stored.astype(float) / (self.scale or 1)

    def as_json(self) -> dict[str, Any]:
        """
        >>> pack([[0.0, 1.0]], "float32").as_json()
        {'dtype': 'float32', 'shape': [1, 2], 'data': 'AAAAAAAAgD8='}
        """
        data = base64.b64encode(self.stored.tobytes()).decode()
        block = {"dtype": self.stored.dtype.name, "shape": list(self.stored.shape), "data": data}
        return block if self.scale is None else {**block, "scale": self.scale}


def pack(values: Any, dtype: str = "float64") -> Block:
    """An array as a block."""
    return Block(np.ascontiguousarray(values, KINDS[dtype]))


def pack_smallest(values: Any) -> Block:
    """An array as a block of the smallest kind that loses nothing (of many numbers: float32)."""
    array = np.asarray(values, float)
    for scale in SCALES:
        scaled = np.rint(array * scale)
        fits = scaled.size and scaled.min() >= 0 and scaled.max() <= 255
        if fits and np.array_equal(scaled / scale, array):
            return Block(scaled.astype("u1"), scale)
    with np.errstate(over="ignore"):
        exact = np.array_equal(array.astype(np.float32).astype(float), array)
    return pack(array, "float32" if exact or array.size > SMALL else "float64")


def encoded(content: Any) -> Any:
    """The contents of a trace with every block as JSON knows it."""
    if isinstance(content, dict):
        return {key: encoded(value) for key, value in content.items()}
    return content.as_json() if isinstance(content, Block) else content


def unpack(fields: Fields, key: str, *shape: int, finite: bool = True) -> np.ndarray:
    """The array of a block, as float64; it must have this shape."""
    block = fields.fields(key)
    kind = KINDS[block.choice("dtype", tuple(KINDS))]
    stated = block.indices("shape", LONGEST)
    if stated != list(shape):
        raise misfit(block.at("shape"), f"{stated!s:.60}", str(list(shape)))
    size = prod(shape) * np.dtype(kind).itemsize
    try:
        data = base64.b64decode(block.text("data", LONGEST), validate=True)
    except (ValueError, binascii.Error):
        raise block.wrong("data", "base64") from None
    if len(data) != size:
        raise FileFormatError(f"{block.at('data')} has {len(data)} bytes; its shape needs {size}")
    array = np.frombuffer(data, kind).reshape(shape).astype(float)
    if kind == "u1":
        array /= block.number("scale", 1e-6, 1e6)
    if finite and not np.isfinite(array).all():
        raise FileFormatError(f"{block.where} has a number that is NaN or infinite")
    return array


def link_runs(ends: Sequence[Sequence[int]]) -> list[list[int]]:
    """Links as runs [u, how many u, v, how many v].

    >>> link_runs([(0, 2), (0, 3), (1, 2), (1, 3), (1, 5)])
    [[0, 1, 2, 2], [1, 1, 2, 2], [1, 1, 5, 1]]
    >>> link_runs([(0, 2), (0, 3), (1, 2), (1, 3), (4, 5)])
    [[0, 2, 2, 2], [4, 1, 5, 1]]
    """
    rows: list[list[int]] = []
    for u, v in ends:
        if rows and rows[-1][0] == u and rows[-1][2] + rows[-1][3] == v:
            rows[-1][3] += 1
        else:
            rows.append([u, 1, v, 1])
    alone = {u for u, group in groupby(rows, key=lambda row: row[0]) if len(list(group)) == 1}
    runs: list[list[int]] = []
    for u, _, v, count in rows:
        last = runs[-1] if runs else None
        joins = last and last[0] + last[1] == u and last[2:] == [v, count]
        if last and joins and u in alone and last[0] in alone:
            last[1] += 1
        else:
            runs.append([u, 1, v, count])
    return runs


def link_ends(runs: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """The ends of the links, one by one, from their runs.

    >>> list(link_ends([[0, 1, 2, 2], [1, 1, 5, 1]]))
    [(0, 2), (0, 3), (1, 5)]
    """
    for u, nu, v, nv in runs:
        yield from product(range(u, u + nu), range(v, v + nv))


def runs_of(things: Sequence[Any]) -> list[tuple[Any, int]]:
    """Equal neighbours counted: [a, a, b] -> [(a, 2), (b, 1)]."""
    return [(thing, len(list(group))) for thing, group in groupby(things)]
