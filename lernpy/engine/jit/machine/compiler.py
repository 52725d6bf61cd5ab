"""The one file that knows numba: how functions become machine code, and what is said to it directly.

A function that is compiled says in its annotations what it takes: whole numbers (``int``), fractions
(``float``) and arrays, of which it gets the address. So it can be called from other compiled code by
its address, and need not be compiled together with it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.core.errors import NumbaError
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from lernpy.engine.jit.machine import vectors

Numbers: TypeAlias = np.ndarray  # of the kind that the network learns in: float64 or float32
Doubles: TypeAlias = np.ndarray  # float64, whatever the network learns in
Indices: TypeAlias = np.ndarray  # int64

VERSION = numba.__version__
CannotCompile = NumbaError
STRICT: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": False}
FUSED: dict[str, Any] = {**STRICT, "fastmath": {"contract"}}
FREE: dict[str, Any] = {**STRICT, "fastmath": {"contract", "reassoc", "nsz"}}

ir: Any = cgutils.__dict__["ir"]  # llvmlite's, as numba has it
INT = ir.IntType(64)
F = TypeVar("F", bound=Callable[..., Any])

# ---- functions -----------------------------------------------------------------------------------


def own(function: F) -> F:
    """A function that Python and compiled code may call, rounded as it stands."""
    made: F = njit(**STRICT)(function)
    return made


def strict(function: F) -> F:
    """A part of compiled code, rounded as it stands."""
    return _part(function, STRICT)


def fused(function: F) -> F:
    """A part of compiled code; a product and a sum may be rounded as one."""
    return _part(function, FUSED)


def free(function: F) -> F:
    """A part of compiled code; sums may be taken in any order, too."""
    return _part(function, FREE)


def _part(function: F, how: dict[str, Any]) -> F:
    """Compiled where it is called from, once for each kind of number: not for each constant anew."""
    made: Any = njit(**how, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    resolve = made.get_call_template
    made.get_call_template = lambda args, kws: resolve(tuple(map(types.unliteral, args)), kws)
    return made  # type: ignore[no-any-return]


class Code:
    """Machine code of one function: to be called with arrays and numbers, or by its `address`."""

    def __init__(self, function: Callable[..., Any], kind: str, library: Any, symbol: str) -> None:
        self.library, self.symbol = library, symbol
        self.address: int = library.get_pointer_to_function(symbol)
        arrays = {"Numbers": np.dtype(kind), "Doubles": np.dtype(float), "Indices": np.dtype("i8")}
        *takes, gives = _annotations(function)
        self._dtypes = [arrays.get(name) for name in takes]
        simple = {
            "int": ctypes.c_int64,
            "bool": ctypes.c_int64,
            "float": ctypes.c_double,
            "None": None,
        }
        kinds = [simple.get(name, ctypes.c_void_p) for name in takes]
        self._call = ctypes.CFUNCTYPE(simple[gives], *kinds)(self.address)

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*map(_plain, arguments, self._dtypes))

    def ending(self, *last: Any) -> Callable[..., Any]:
        """The function with its last arguments set."""
        count = len(self._dtypes) - len(last)
        dtypes, ready = self._dtypes[:count], [*map(_plain, last, self._dtypes[count:])]

        def run(*first: Any, kept: Any = last) -> Any:
            return self._call(*map(_plain, first, dtypes), *ready)

        return run


def _plain(argument: Any, dtype: np.dtype[Any] | None) -> Any:
    """An array's address, once it is sure that the code may read there."""
    if dtype is None:
        return argument
    if argument.dtype != dtype or not argument.flags.c_contiguous:
        raise TypeError(f"compiled code takes {dtype} in a row, not {argument.dtype}")
    return argument.ctypes.data


def _annotations(function: Callable[..., Any]) -> list[str]:
    """What a function takes, and last what it gives."""
    return list(function.__annotations__.values())


def target() -> str:
    """The machine that code is made for."""
    return " ".join(cpu_target.target_context.codegen().magic_tuple())


def compiled(function: Callable[..., Any], kind: str) -> Code:
    """Compiled now, for numbers of that kind."""
    pointers: Any = types.CPointer
    known: dict[str, Any] = {"int": types.int64, "float": types.float64, "None": types.void}
    known["bool"] = types.int64
    known |= {"Numbers": pointers(getattr(types, kind)), "Doubles": pointers(types.float64)}
    known["Indices"] = pointers(types.int64)
    *takes, gives = (known[name] for name in _annotations(function))
    made: Any = cfunc(gives(*takes), **FUSED)(function)
    return Code(function, kind, made._library, made.native_name)


def packed(code: Code) -> tuple[str, str, bytes, bytes]:
    """What is kept of compiled code: two names, machine code, and its text for the linker."""
    name, _, (instructions, text) = code.library.serialize_using_object_code()
    return name, code.symbol, instructions, text


def unpacked(function: Callable[..., Any], kind: str, pack: tuple[str, str, bytes, bytes]) -> Code:
    """The code again, in a later process."""
    name, symbol, *data = pack
    context = cpu_target.target_context
    context.refresh()  # or it may not know yet what code of numba's own is called
    library = context.codegen().unserialize_library((name, "object", (*data,)))
    return Code(function, kind, library, symbol)


# ---- words of compiled code ----------------------------------------------------------------------


@intrinsic
def as_float(typing, bits):  # type: ignore[no-untyped-def]
    """The number with these 64 bits."""
    return types.float64(types.int64), lambda context, b, sig, args: b.bitcast(
        args[0], ir.DoubleType()
    )


@intrinsic
def as_bits(typing, number):  # type: ignore[no-untyped-def]
    """The 64 bits of a number."""
    return types.int64(types.float64), lambda context, b, sig, args: b.bitcast(args[0], INT)


@intrinsic
def distinct(typing: Any) -> Any:
    """Said in a function: its arrays do not overlap, so that loops need not check."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        for argument in b.function.args[2:]:  # after those for the result and for an exception
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def call(typing: Any, address: Any, arguments: Any) -> Any:
    """Call a function by its address: arrays go as they are, numbers as int64 or float64."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        values = []
        for index, kind in enumerate(arguments.types):
            value = b.extract_value(args[1], index)
            if not isinstance(kind, types.CPointer):
                wide = types.float64 if isinstance(kind, types.Float) else types.int64
                value = context.cast(b, value, kind, wide)
            values.append(value)
        kind = ir.FunctionType(ir.DoubleType(), [value.type for value in values])
        return b.call(b.inttoptr(args[0], kind.as_pointer()), values)

    return types.float64(types.int64, arguments), write


def _written(signature: Any, numbers: Any, body: Callable[..., Any]) -> tuple[Any, Any]:
    """An intrinsic's type and what writes it: `body` gets a `Writer` for that array's numbers."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        kind = numbers.dtype
        writer = vectors.Writer(ir, b, context.get_data_type(kind), kind.bitwidth // 8)
        result = body(writer, *args)
        return context.get_dummy_value() if result is None else result

    return signature, write


@intrinsic
def lanes(typing, x):  # type: ignore[no-untyped-def]
    """How many numbers of this array make a vector."""
    return _written(types.int64(x), x, lambda w, _: w.whole(w.lanes))


def tile_of(rows: int, wide: int) -> Any:
    """`vectors.tile` for so many rows, so many vectors wide."""

    @intrinsic
    def tile(typing, a, a0, am, ak, x, x0, xk, c, c0, cm, count, fresh):  # type: ignore[no-untyped-def]
        n = types.int64
        signature = types.void(a, n, n, n, x, n, n, c, n, n, n, types.boolean)
        return _written(signature, c, lambda w, *args: vectors.tile(w, rows, wide, *args))

    return tile


def gather_of(wide: int) -> Any:
    """`vectors.gather` for so many vectors."""

    @intrinsic
    def gather(typing, a, a0, at, x, x0, xk, row, low, high, c, c0, fresh):  # type: ignore[no-untyped-def]
        n = types.int64
        signature = types.void(a, n, at, x, n, n, row, n, n, c, n, types.boolean)
        return _written(signature, c, lambda w, *args: vectors.gather(w, wide, *args))

    return gather


def outer_of(wide: int) -> Any:
    """`vectors.outer` for so many vectors."""

    @intrinsic
    def outer(typing, a, a0, at, low, high, x, x0, c, c0, ck, scale):  # type: ignore[no-untyped-def]
        n = types.int64
        signature = types.void(a, n, at, n, n, x, n, c, n, n, types.float64)
        return _written(signature, c, lambda w, *args: vectors.outer(w, wide, *args))

    return outer


def dot_of(wide: int) -> Any:
    """`vectors.dot` for so many vectors."""

    @intrinsic
    def dot(typing, a, a0, x, x0):  # type: ignore[no-untyped-def]
        n = types.int64
        return _written(a.dtype(a, n, x, n), a, lambda w, *args: vectors.dot(w, wide, *args))

    return dot


@intrinsic
def pick(typing, x, x0, i, picked, at):  # type: ignore[no-untyped-def]
    """`vectors.pick`"""

    def body(w: Any, *args: Any) -> Any:
        table: Any = cgutils.global_constant  # untyped in numba
        return vectors.pick(w, table(w.b, "positions", vectors.positions(ir)), *args)

    n = types.int64
    return _written(types.int64(x, n, n, picked, n), x, body)
