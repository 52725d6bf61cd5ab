"""Rows of numbers as base64, and runs of equal things: how a trace stays small."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from itertools import groupby
from math import isfinite, prod
from typing import Any

import numpy as np

from lernpy.errors import FileFormatError

KINDS = {"float32": "<f4", "float64": "<f8", "uint8": "u1"}
SCALES = (1, 16, 255)  # of numbers that fit a byte: yes and no, digits of 8 x 8, of 28 x 28
SMALL = 20_000  # numbers; up to that many are written without loss


def pack(values: Any, dtype: str = "float64") -> dict[str, Any]:
    """An array as a block."""
    array = np.ascontiguousarray(values, KINDS[dtype])
    data = base64.b64encode(array.tobytes()).decode()
    return {"dtype": dtype, "shape": list(array.shape), "data": data}


def pack_smallest(values: Any) -> dict[str, Any]:
    """An array as a block of the smallest kind that loses nothing (of many numbers: float32)."""
    array = np.asarray(values, float)
    for scale in SCALES:
        scaled = np.rint(array * scale)
        fits = scaled.size and scaled.min() >= 0 and scaled.max() <= 255
        if fits and np.array_equal(scaled / scale, array):
            return {**pack(scaled, "uint8"), "scale": scale}
    with np.errstate(over="ignore"):
        exact = np.array_equal(array.astype(np.float32).astype(float), array)
    return pack(array, "float32" if exact or array.size > SMALL else "float64")


def unpack(block: Any, place: str, shape: Sequence[int | None], finite: bool = True) -> np.ndarray:
    """The array of a block, as float64; `shape` says how it must be (None: any length)."""
    if not isinstance(block, dict):
        raise FileFormatError(f"{place} is no block of numbers")
    dtype, given, data = (block.get(key) for key in ("dtype", "shape", "data"))
    if not isinstance(dtype, str) or dtype not in KINDS:
        raise FileFormatError(f"{place}.dtype is {dtype!r}; known are {', '.join(KINDS)}")
    if not isinstance(given, list) or not _fits(given, shape):
        wanted = " x ".join("n" if n is None else str(n) for n in shape)
        raise FileFormatError(f"{place}.shape is {_short(given)}; {wanted} numbers belong here")
    array = _decode(data, KINDS[dtype], given, place)
    if dtype == "uint8":
        array = array / _scale(block.get("scale"), place)
    if finite and not np.isfinite(array).all():
        raise FileFormatError(f"{place} has a number that is NaN or infinite")
    return array


def _fits(given: list[Any], shape: Sequence[int | None]) -> bool:
    whole = all(type(n) is int and 0 <= n <= 1 << 31 for n in given)
    return (
        whole
        and len(given) == len(shape)
        and all(want in (None, n) for n, want in zip(given, shape, strict=True))
    )


def _decode(data: Any, kind: str, shape: list[int], place: str) -> np.ndarray:
    try:
        if not isinstance(data, str):
            raise TypeError
        content = base64.b64decode(data, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise FileFormatError(f"{place}.data is no base64") from None
    size = prod(shape) * np.dtype(kind).itemsize
    if len(content) != size:
        raise FileFormatError(f"{place}.data has {len(content)} bytes; its shape needs {size}")
    return np.frombuffer(content, kind).reshape(shape).astype(float)


def _scale(scale: Any, place: str) -> float:
    if isinstance(scale, bool) or not isinstance(scale, (int, float)):
        raise FileFormatError(f"{place}.scale is {_short(scale)}; bytes need a number to divide by")
    if not isfinite(scale) or not 1e-6 <= scale <= 1e6:
        raise FileFormatError(f"{place}.scale is {_short(scale)}; that is no sensible scale")
    return float(scale)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def link_runs(ends: Sequence[tuple[int, int]]) -> list[list[int]]:
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


def runs_of(things: Sequence[Any]) -> list[tuple[Any, int]]:
    """Equal neighbours counted: [a, a, b] -> [(a, 2), (b, 1)]."""
    return [(thing, len(list(group))) for thing, group in groupby(things)]
