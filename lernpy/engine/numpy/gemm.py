"""``matrix -= left.dot(right)`` in one go, which NumPy has no call for.

Its OpenBLAS has one (gemm with alpha = -1 and beta = 1), and it is reached through `ctypes`. For a large
matrix that saves writing the product down and reading it again: a third of a step where batches are
small. Where NumPy came without OpenBLAS, `find` returns None and the step takes the two calls.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from lernpy.engine import blas

ROW_MAJOR, AS_IT_IS, TRANSPOSED = (ctypes.c_int(code) for code in (101, 111, 112))
NUMBERS = {"float64": ("d", ctypes.c_double), "float32": ("s", ctypes.c_float)}
WORTH_IT = 6000
"""Numbers in the matrix from which on the detour through `ctypes` (one microsecond) pays."""

Arguments = tuple[Any, ...]


class Gemm:
    """The function of one BLAS for one kind of number.

    Called with ``gemm(*before, pointer, *after)``, where the pointer is that of `right`, so that
    one may put in another array of the same shape.
    """

    def __init__(self, function: Any, dtype: Any, integer: Any) -> None:
        self.call: Callable[..., None] = function
        self.call.restype = None
        self.number = NUMBERS[np.dtype(dtype).name][1]
        self.integer = integer

    def arguments(
        self, matrix: np.ndarray, left: np.ndarray, right: np.ndarray
    ) -> tuple[Arguments, Arguments]:
        """What stands before and after the pointer of `right`; all three must stay where they are."""
        rows, columns = matrix.shape
        plain = right.flags.c_contiguous
        stride = (right if plain else right.T).shape[1]
        sizes = (self.integer(size) for size in (rows, columns, left.shape[1]))
        before = (
            *(ROW_MAJOR, AS_IT_IS, AS_IT_IS if plain else TRANSPOSED, *sizes, self.number(-1.0)),
            *(pointer(left), self.integer(left.shape[1])),
        )
        after = (self.integer(stride), self.number(1.0), pointer(matrix), self.integer(columns))
        return before, after


def pointer(array: np.ndarray) -> ctypes.c_void_p:
    """Where the numbers are."""
    return ctypes.c_void_p(array.ctypes.data)


@cache
def find(dtype: Any) -> Gemm | None:
    """The function for numbers of this kind, if there is one and it calculates right."""
    kind = np.dtype(dtype)
    for name, integer in (
        ("scipy_cblas_{}gemm64_", ctypes.c_int64),
        ("cblas_{}gemm", ctypes.c_int),
    ):
        function = blas.symbol(name.format(NUMBERS[kind.name][0]))
        if function is not None:
            gemm = Gemm(function, kind, integer)
            return gemm if _is_right(gemm, kind) else None
    return None


def _is_right(gemm: Gemm, dtype: np.dtype[Any]) -> bool:
    left, right = np.arange(6.0, dtype=dtype).reshape(2, 3), np.ones((3, 4), dtype)
    for other in (right, np.ascontiguousarray(right.T).T):
        matrix = np.full((2, 4), 20.0, dtype)
        before, after = gemm.arguments(matrix, left, other)
        gemm.call(*before, pointer(other), *after)
        if not np.array_equal(matrix, 20.0 - left.dot(right)):
            return False
    return True
