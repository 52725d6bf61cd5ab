"""A stand-in for CuPy and a graphics card, as strict as the real ones: `Device` runs on it as it stands.

Arrays that NumPy must not touch: whatever would bring a number back by itself (``__array__``,
``float``, ``bool``, iteration, a mask as an index) raises, and so does mixing with NumPy's arrays.
`bytes_in` and `bytes_out` count what `take` and `give` carry.

What was read in the sources of CuPy 14 is kept here as a rule:

* a recording does not run anything (until it is launched, what it calculates is NaN), and refuses
  cuBLAS, copies from and to the host, and waiting;
* streams do not wait for each other by themselves;
* a fused function gets placeholders without a shape, needs a name that C takes, and calculates in 16
  bits where nothing but plain numbers and truth values meet;
* ``where`` wants an array as its condition; reductions know no ``where`` and no ``initial``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from lernpy.engine.arrays.backend import Device

NAMES = (
    *(
        "abs",
        "absolute",
        "add",
        "copyto",
        "exp",
        "full",
        "isfinite",
        "log",
        "log1p",
        "matmul",
        "maximum",
    ),
    *("minimum", "multiply", "ones", "sign", "sqrt", "tanh", "where", "zeros", "zeros_like"),
)
"""What lernpy uses of CuPy; each was looked up there, with its arguments."""


class LeftTheDevice(AssertionError):
    """A number was about to leave the device by itself."""


class Wrong(AssertionError):
    """CuPy, or CUDA, would not do that."""


class FakeArray(NDArrayOperatorsMixin):
    """Numbers on the device."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: np.ndarray, gpu: Gpu) -> None:
        self._data, self._gpu = data, gpu

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise LeftTheDevice("an array of the device was asked for its numbers")

    __array__ = __float__ = __int__ = __bool__ = __index__ = __iter__ = tolist = item = _refuse

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return self._gpu.call(getattr(ufunc, method), *inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._gpu.call(function, *args, **kwargs)

    def __getitem__(self, index: Any) -> FakeArray:
        place = self._place(index)
        return self._gpu.call(lambda data: data[place], self)  # type: ignore[no-any-return]

    def __setitem__(self, index: Any, value: Any) -> None:
        place, number = self._place(index), bare(value)
        self._gpu.change(lambda: self._data.__setitem__(place, number))

    def _place(self, index: Any) -> tuple[Any, ...]:
        """With a dot-dot-dot one number is a view, too, as it is in CuPy."""
        if self._gpu.fusing and index is not Ellipsis:
            raise Wrong("a fused function has no places of arrays")
        parts = index if isinstance(index, tuple) else (index,)
        if any(isinstance(part, FakeArray) and part.dtype == bool for part in parts):
            raise LeftTheDevice("how many are true in a mask is known to the device alone")
        found = tuple(bare(part) for part in parts)
        return found if any(part is Ellipsis for part in parts) else (*found, Ellipsis)

    def _known(self) -> np.ndarray:
        if self._gpu.fusing:
            raise Wrong("a fused function does not know the shape of its arrays")
        return self._data

    def __len__(self) -> int:
        return len(self._known())

    @property
    def shape(self) -> tuple[int, ...]:
        return self._known().shape

    @property
    def dtype(self) -> Any:
        return self._data.dtype

    @property
    def ndim(self) -> int:
        return self._known().ndim

    @property
    def size(self) -> int:
        return self._known().size

    @property
    def T(self) -> FakeArray:
        return FakeArray(self._known().T, self._gpu)

    def astype(self, dtype: Any) -> Any:
        return self._gpu.call(lambda data: data.astype(dtype), self)

    def copy(self) -> Any:
        return self._gpu.call(np.copy, self)

    def _method(name: str) -> Callable[..., Any]:  # type: ignore[misc]
        def method(self: FakeArray, *args: Any, **kwargs: Any) -> Any:
            if kwargs.keys() & {"where", "initial"}:
                raise TypeError(f"{name}() got an unexpected keyword argument")
            self._known()
            return self._gpu.call(
                lambda d, *a, **k: getattr(d, name)(*a, **k), self, *args, **kwargs
            )

        return method

    sum, max, all, any, reshape, transpose = map(
        _method, ("sum", "max", "all", "any", "reshape", "transpose")
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


class Gpu:
    """What is going on: which stream works, what it has not finished, what is being recorded."""

    def __init__(self) -> None:
        self.stream: FakeStream | None = None
        self.unfinished: set[FakeStream | None] = set()
        self.tape: list[Callable[[], Any]] | None = None
        self.fusing = False

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A function of NumPy's on what is inside."""
        given = self._in_16_bits([bare(value) for value in args])
        named = {name: bare(value) for name, value in kwargs.items()}

        def run() -> Any:
            return function(*given, **named)

        if function is np.copyto or named.get("out") is not None:
            self.change(run)
            out = args[0] if function is np.copyto else kwargs["out"]
            return out[0] if isinstance(out, tuple) else out
        self._in_order()
        found = run()
        if not isinstance(found, np.ndarray | np.generic):
            return found
        return FakeArray(self._noted(np.asarray(found), run, given), self)

    def change(self, run: Callable[[], Any]) -> None:
        """What changes an array that is there is done now, or noted."""
        self._in_order()
        if self.tape is None:
            run()
        else:
            self.tape.append(run)

    def _noted(self, found: np.ndarray, run: Callable[[], Any], given: list[Any]) -> np.ndarray:
        """In a recording a new array has its place, but no numbers yet; a view is one at once."""
        arrays = [value for value in given if isinstance(value, np.ndarray)]
        if self.tape is None or any(np.may_share_memory(found, array) for array in arrays):
            return found
        place = np.full_like(found, np.nan if found.dtype.kind == "f" else 0)
        self.tape.append(lambda: np.copyto(place, run()))
        return place

    def _in_order(self) -> None:
        if self.unfinished - {self.stream}:
            raise Wrong("another stream has not finished, and nobody waited for it")
        if self.tape is None:
            self.unfinished.add(self.stream)

    def _in_16_bits(self, given: list[Any]) -> list[Any]:
        """Fused, plain numbers take the smallest kind that the arrays beside them allow."""
        kinds = {value.dtype.kind for value in given if isinstance(value, np.ndarray)}
        if not self.fusing or kinds - {"b"}:
            return given
        return [np.float16(value) if isinstance(value, float) else value for value in given]

    def wait(self, *streams: FakeStream | None) -> None:
        if self.tape is not None:
            raise RuntimeError("cudaErrorStreamCaptureUnsupported: nothing can wait in a recording")
        self.unfinished -= set(streams)


class FakeStream:
    """A stream of CUDA; what it records is a list of calls."""

    def __init__(self, gpu: Gpu, non_blocking: bool = False) -> None:
        self.gpu, self.non_blocking = gpu, non_blocking

    def __enter__(self) -> FakeStream:
        self.before, self.gpu.stream = self.gpu.stream, self
        return self

    def __exit__(self, *_: Any) -> None:
        self.gpu.stream = self.before

    def synchronize(self) -> None:
        self.gpu.wait(self)

    def begin_capture(self) -> None:
        if self.gpu.tape is not None or self.gpu.stream is not self or not self.non_blocking:
            raise RuntimeError("cudaErrorIllegalState")
        self.gpu.tape = []

    def end_capture(self) -> SimpleNamespace:
        if self.gpu.tape is None:
            raise RuntimeError("cudaErrorIllegalState")
        tape, self.gpu.tape = self.gpu.tape, None

        def launch() -> None:
            for run in tape:
                self.gpu.change(run)

        return SimpleNamespace(launch=launch)


class FakeCupy:
    """CuPy's names."""

    pi, e, inf, nan, newaxis = np.pi, np.e, np.inf, np.nan, None

    def __init__(self) -> None:
        self.gpu = gpu = Gpu()
        self.kernels: list[str] = []
        everything = SimpleNamespace(
            synchronize=lambda: gpu.wait(*gpu.unfinished),
        )
        self.cuda = SimpleNamespace(
            Stream=lambda non_blocking=False: FakeStream(gpu, non_blocking),
            MemoryPool=lambda: SimpleNamespace(malloc=lambda size: None),
            Device=lambda: everything,
            using_allocator=self._using_allocator,
        )

    @contextmanager
    def _using_allocator(self, allocator: Callable[[int], Any]) -> Iterator[None]:
        assert callable(allocator)
        yield

    def array(self, values: Any) -> FakeArray:
        self._host()
        return FakeArray(np.array(values), self.gpu)

    def asnumpy(self, array: FakeArray) -> np.ndarray:
        self._host()
        self.gpu._in_order()
        self.gpu.wait(self.gpu.stream)
        return array._data.copy()

    def _host(self) -> None:
        if self.gpu.tape is not None:
            raise RuntimeError("cudaErrorStreamCaptureUnsupported: a copy from or to the host")

    def ReductionKernel(self, *texts: str) -> Callable[..., Any]:
        self._name(texts[6])
        assert texts[:6] == ("T x, T y", "T z", "x * y", "a + b", "z = a", "0")

        def sum_of_products(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
            assert a.dtype == b.dtype, "T is one kind of number"
            return np.asarray((a * b).sum(axis=axis))

        def call(a: FakeArray, b: FakeArray, out: FakeArray | None, axis: int) -> Any:
            if out is None:
                return self.gpu.call(sum_of_products, a, b, axis)
            assert out.dtype == a.dtype, "T is one kind of number"
            out[...] = self.gpu.call(sum_of_products, a, b, axis)
            return out

        return call

    def fuse(self, kernel_name: str | None = None) -> Callable[..., Any]:
        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            self._name(kernel_name or function.__name__)

            def fused(*args: Any) -> Any:
                assert all(isinstance(value, FakeArray | int | float) for value in args)
                self.gpu.fusing = True
                try:
                    return function(*args)
                finally:
                    self.gpu.fusing = False

            return fused

        return decorate

    def _name(self, name: str) -> None:
        if not re.fullmatch("[a-zA-Z_][a-zA-Z_0-9]*", name):
            raise ValueError(f'Invalid kernel name: "{name}"')
        self.kernels.append(name)

    def where(self, condition: FakeArray, a: Any, b: Any) -> Any:
        if not self.gpu.fusing:
            condition = condition.astype(bool)
        return self.gpu.call(np.where, condition, a, b)

    def matmul(self, a: FakeArray, b: FakeArray, out: FakeArray | None = None) -> Any:
        if self.gpu.tape is not None:
            raise NotImplementedError(
                "calling cuBLAS API during stream capture is currently unsupported"
            )
        return self.gpu.call(np.matmul, a, b, **({} if out is None else {"out": out}))

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise Wrong(f"look up whether CuPy has {name}, and with which arguments")
        found = getattr(np, name)
        return lambda *args, **kwargs: self.gpu.call(found, *args, **kwargs)


class FakeDevice(Device):
    """Counts what goes there and what comes back, and how many steps were recorded."""

    def __init__(self) -> None:
        super().__init__(FakeCupy())
        self.name = "fake"
        self.bytes_in = self.bytes_out = self.recorded = 0

    def take(self, values: Any) -> Any:
        found = super().take(values)
        self.bytes_in += found._data.nbytes
        return found

    def give(self, array: FakeArray) -> np.ndarray:
        self.bytes_out += array._data.nbytes
        return super().give(array)

    def _recorded(self, step: Callable[[], None]) -> Callable[[], None]:
        found = super()._recorded(step)
        self.recorded += 1
        return found
