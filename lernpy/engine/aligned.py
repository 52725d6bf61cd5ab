"""Room for numbers that begins at a line of the cache: a vector across two lines takes twice as long."""

from __future__ import annotations

from typing import Any

import numpy as np

BYTES = 64  # of a line, and of the widest vector


def aligned(shape: int | tuple[int, ...], dtype: Any, value: float = 0.0) -> np.ndarray:
    """An array of that shape, row after row, full of one value; it begins at a line of the cache.

    >>> aligned((2, 3), float, 1.0)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    >>> aligned(5, "float32").ctypes.data % BYTES
    0
    """
    kind, count = np.dtype(dtype), int(np.prod(shape))
    room = np.zeros(count + BYTES // kind.itemsize, kind)
    first = -room.ctypes.data % BYTES // kind.itemsize
    numbers = room[first : first + count].reshape(shape)
    if value:
        numbers[...] = value
    return numbers
