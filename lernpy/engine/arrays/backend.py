"""Which arrays to calculate on: NumPy's, or CuPy's on a graphics card. The one file that knows CuPy."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from lernpy.errors import LernpyError, missing

MOST_RECORDED = 1 << 20
"""Multiplications in one product: up to here our own kernel is taken so that a step can be recorded.
A guess: it was not measured yet."""
TOO_LARGE = "products so large are cuBLAS's, which CuPy does not record"


class Arrays:
    """A module of arrays, and how to bring numbers there and back.

    `m` : the module, NumPy or one that has its names
    `maths` : the same for table entries
    `refused` : why steps are not recorded; empty as long as nothing speaks against it
    """

    refused = ""

    def __init__(self, name: str, m: Any, maths: Any = None) -> None:
        self.name = name
        self.m = m
        self.maths = maths or m

    def take(self, values: Any) -> Any:
        """An array of NumPy's, brought to where the calculation is; always a copy."""
        return self.m.array(values)

    def give(self, array: Any) -> np.ndarray:
        """Back to NumPy."""
        return np.array(array)

    def product(self, a: Any, b: Any, out: Any = None) -> Any:
        """Of two matrices, or of many: see `numpy.matmul`."""
        return self.m.matmul(a, b, out=out)

    def fuse(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """One kernel instead of one for each operation, where the module can."""
        return function

    def repeat(self, step: Callable[[], None], largest: int) -> Callable[[], None]:
        """The same step on the same arrays, recorded once where the device can.

        `largest` : multiplications in the largest of its products
        """
        return step


NUMPY = Arrays("numpy", np)


class DeviceMaths:
    """The maths of table entries on the device: CuPy's names, with NumPy's kinds of numbers.

    When CuPy fuses a choice between two plain numbers, it takes the smallest kind that holds any
    fraction: 0.01 would be rounded to 16 bits.
    """

    def __init__(self, m: Any) -> None:
        self._m = m

    def __getattr__(self, name: str) -> Any:
        return getattr(self._m, name)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(a, int | float) and isinstance(b, int | float):
            nothing = condition.astype(np.float64) * 0.0
            a, b = nothing + a, nothing + b
        return self._m.where(condition, a, b)


class Device(Arrays):
    """CuPy's arrays, on the graphics card; elementwise formulas become one kernel each."""

    def __init__(self, m: Any) -> None:
        super().__init__("cupy", m, DeviceMaths(m))
        self._recording = False
        self._product = m.ReductionKernel(
            "T x, T y", "T z", "x * y", "a + b", "z = a", "0", "lernpy_product"
        )

    def give(self, array: Any) -> np.ndarray:
        numbers: np.ndarray = self.m.asnumpy(array)
        return numbers

    def product(self, a: Any, b: Any, out: Any = None) -> Any:
        """By cuBLAS; in a recording, where CuPy refuses cuBLAS, by a kernel of our own."""
        if self._recording:
            along = max(a.ndim, b.ndim) - 1
            return self._product(a[..., None], b[..., None, :, :], out=out, axis=along)
        return self.m.matmul(a, b, out=out)

    def fuse(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """A kernel of that name; CuPy would name it after the function and refuses '<lambda>'."""
        kernel_name = "lernpy_" + re.sub(r"[^A-Za-z0-9]", "_", name)
        fused: Callable[..., Any] = self.m.fuse(kernel_name=kernel_name)(function)
        refused = False

        def call(*arguments: Any) -> Any:
            nonlocal refused
            if not refused:
                try:
                    return fused(*arguments)
                except Exception:  # a formula of the user's that is more than elementwise maths
                    refused = True
            return function(*arguments)

        return call

    def repeat(self, step: Callable[[], None], largest: int) -> Callable[[], None]:
        """A CUDA graph of the step. Once that went wrong, no other is tried: see `refused`."""
        if largest > MOST_RECORDED:
            self.refused = self.refused or TOO_LARGE
        if largest > MOST_RECORDED or self.refused not in ("", TOO_LARGE):
            return step
        try:
            return self._recorded(step)
        except Exception as error:
            self.refused = _line(error)
            return step

    def _recorded(self, step: Callable[[], None]) -> Callable[[], None]:
        """In memory of its own, on a stream of its own, which does not wait for the others nor they for it."""
        cuda = self.m.cuda
        stream, pool = cuda.Stream(non_blocking=True), cuda.MemoryPool()
        cuda.Device().synchronize()
        self._recording = True
        try:
            with stream, cuda.using_allocator(pool.malloc):
                step()  # compiles what there is to compile and fills the pool: recording must do neither
                stream.synchronize()
                return Launch(_captured(stream, step), pool)
        finally:
            self._recording = False
            stream.synchronize()


def _captured(stream: Any, step: Callable[[], None]) -> Any:
    """What the step would do, not done; whatever happens, the stream is an ordinary one again."""
    stream.begin_capture()
    try:
        step()
    except BaseException:
        with suppress(Exception):  # the first error is the one to tell of
            stream.end_capture()
        raise
    return stream.end_capture()


class Launch:
    """A step to be repeated by one launch; the pool holds the memory of what it calculates by the way."""

    def __init__(self, graph: Any, pool: Any) -> None:
        self.graph, self.pool = graph, pool

    def __call__(self) -> None:
        self.graph.launch()


def device() -> Device:
    """The graphics card, or one line that says what is missing."""
    try:
        import cupy
    except ModuleNotFoundError as error:
        if error.name != "cupy":
            raise
        raise missing("the engine cupy", "cupy", "'cupy-cuda12x[ctk]'") from None
    except ImportError as error:
        raise LernpyError(f"the engine cupy cannot import cupy: {_line(error)}") from None
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except Exception as error:
        raise LernpyError(f"the engine cupy needs an NVIDIA GPU: {_line(error)}") from None
    if not count:
        raise LernpyError("the engine cupy needs an NVIDIA GPU, and this machine has none")
    return _tried(Device(cupy))


def _tried(card: Device) -> Device:
    """CuPy finds the libraries of CUDA only when it needs them; here it needs the two that we do."""
    try:
        ones = card.take(np.ones((2, 2)))
        card.give(card.product(ones + ones, ones))
    except Exception as error:
        raise LernpyError(
            f"the engine cupy finds a GPU but no whole CUDA: {_line(error)}"
        ) from None
    return card


def _line(error: BaseException) -> str:
    """The first line of what an error says that has a word in it."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if re.search(r"\w", line)), type(error).__name__)
