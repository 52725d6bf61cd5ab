"""Arrays of what a user hands over: real numbers, in rows of one length."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lernpy.errors import DataError, ShapeError


def array_of(values: ArrayLike, what: str) -> np.ndarray:
    """An array of whatever is given; rows of different lengths and complex numbers are refused."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise DataError(f"{what} must be rows of numbers, all of one length") from None
    if array.dtype.kind == "c":
        raise DataError(f"{what} must be real numbers, not {array.dtype}")
    return array


def table_of(values: ArrayLike, what: str, keep_bytes: bool = False) -> np.ndarray:
    """Two-dimensional float64 (or uint8, if `keep_bytes`); one dimension becomes one column."""
    table = array_of(values, what)
    try:
        if not (keep_bytes and table.dtype == np.uint8):
            with np.errstate(over="ignore"):  # what is too large is infinite, and refused as that
                table = table.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"{what} must be rows of numbers, all of one length") from None
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2:
        raise ShapeError(f"{what} must have 2 dimensions (samples, values), not {table.ndim}")
    return table
