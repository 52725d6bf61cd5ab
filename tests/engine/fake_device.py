"""A stand-in for a graphics card: arrays that NumPy must not touch, and a module of functions over them.

Whatever would bring a number back (``__array__``, ``float``, ``bool``, iteration) raises, and so does
mixing with NumPy's arrays. `bytes_in` and `bytes_out` count what `take` and `give` carry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from lernpy.engine.arrays import Arrays


class LeftTheDevice(AssertionError):
    """A number was about to leave the device by itself."""


class FakeArray(NDArrayOperatorsMixin):
    """Numbers on the device."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: np.ndarray) -> None:
        self._data = data

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise LeftTheDevice("an array of the device was asked for its numbers")

    __array__ = __float__ = __int__ = __bool__ = __index__ = __iter__ = tolist = item = _refuse

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return call(getattr(ufunc, method), *inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return call(function, *args, **kwargs)

    def __getitem__(self, index: Any) -> FakeArray:
        return FakeArray(np.asarray(self._data[bare(index)]))

    def __setitem__(self, index: Any, value: Any) -> None:
        self._data[bare(index)] = bare(value)

    def __len__(self) -> int:
        return len(self._data)

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    @property
    def dtype(self) -> Any:
        return self._data.dtype

    @property
    def size(self) -> int:
        return self._data.size

    @property
    def T(self) -> FakeArray:
        return FakeArray(self._data.T)

    def _method(name: str) -> Callable[..., Any]:  # type: ignore[misc]
        return lambda self, *args, **kwargs: call(getattr(self._data, name), *args, **kwargs)

    sum, max, all, any, copy, reshape, transpose, astype = map(
        _method, ("sum", "max", "all", "any", "copy", "reshape", "transpose", "astype")
    )


def bare(value: Any) -> Any:
    """What is inside; an array of NumPy's has no business here."""
    if isinstance(value, FakeArray):
        return value._data
    if isinstance(value, np.ndarray):
        raise LeftTheDevice("an array of NumPy's met one of the device")
    if isinstance(value, tuple | list):
        return type(value)(bare(part) for part in value)
    return value


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    given = [bare(value) for value in args]
    found = function(*given, **{name: bare(value) for name, value in kwargs.items()})
    return FakeArray(np.asarray(found)) if isinstance(found, np.ndarray | np.generic) else found


class FakeModule:
    """NumPy's functions, from device to device."""

    pi, e, inf, nan, newaxis = np.pi, np.e, np.inf, np.nan, None

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        return lambda *args, **kwargs: call(found, *args, **kwargs)


class FakeDevice(Arrays):
    """Counts what goes there and what comes back, and how many steps were recorded."""

    def __init__(self) -> None:
        super().__init__("fake", FakeModule())
        self.bytes_in = self.bytes_out = self.recorded = 0

    def take(self, values: Any) -> FakeArray:
        found = np.array(values)
        self.bytes_in += found.nbytes
        return FakeArray(found)

    def give(self, array: FakeArray) -> np.ndarray:
        self.bytes_out += array._data.nbytes
        return array._data.copy()

    def repeat(self, step: Callable[[], None]) -> Callable[[], None]:
        """As a graph is recorded: the step runs once beforehand."""
        self.recorded += 1
        step()
        return step
