"""Which arrays to calculate on: NumPy's, or CuPy's on a graphics card. The one file that knows CuPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lernpy.errors import LernpyError


class Arrays:
    """A module of arrays, and how to bring numbers there and back.

    `m` : the module, NumPy or one that has its names
    """

    def __init__(self, name: str, m: Any) -> None:
        self.name = name
        self.m = m

    def take(self, values: Any) -> Any:
        """An array of NumPy's, brought to where the calculation is; always a copy."""
        return self.m.array(values)

    def give(self, array: Any) -> np.ndarray:
        """Back to NumPy."""
        return np.array(array)

    def fuse(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """One kernel instead of one for each operation, where the module can."""
        return function

    def repeat(self, step: Callable[[], None]) -> Callable[[], None]:
        """The same step on the same arrays, recorded once where the device can."""
        return step


NUMPY = Arrays("numpy", np)


class Device(Arrays):
    """CuPy's arrays, on the graphics card; elementwise formulas become one kernel each."""

    def __init__(self) -> None:
        import cupy

        super().__init__("cupy", cupy)

    def give(self, array: Any) -> np.ndarray:
        found: np.ndarray = self.m.asnumpy(array)
        return found

    def fuse(self, function: Callable[..., Any]) -> Callable[..., Any]:
        fused: Callable[..., Any] = self.m.fuse(function)
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

    def repeat(self, step: Callable[[], None]) -> Callable[[], None]:
        """A CUDA graph of the step, in memory of its own; the step as it is where it cannot be captured."""
        cuda = self.m.cuda
        stream, pool = cuda.Stream(non_blocking=True), cuda.MemoryPool()
        cuda.Device().synchronize()
        try:
            with stream, cuda.using_allocator(pool.malloc):
                step()  # compiles what there is to compile and fills the pool: capturing must do neither
                stream.begin_capture()
                try:
                    step()
                finally:
                    graph = stream.end_capture()
        except Exception:
            return step

        def launch() -> None:
            graph.launch(self.m.cuda.get_current_stream())

        launch.pool = pool  # type: ignore[attr-defined]  # alive as long as the graph
        return launch


def device() -> Device:
    """The graphics card, or one line that says what is missing."""
    try:
        import cupy
    except ImportError:
        raise LernpyError("the engine cupy needs cupy: pip install 'lernpy[gpu]'") from None
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise LernpyError(f"the engine cupy needs an NVIDIA GPU: {reason}") from None
    if not count:
        raise LernpyError("the engine cupy needs an NVIDIA GPU, and this machine has none")
    return Device()
