"""The one file that knows numba: how functions become machine code, and what is said to it directly.

A function that is compiled says in its annotations what it takes: whole numbers (``int``), fractions
(``float``) and arrays, of which it gets the address. So it can be called from other compiled code by
its address, and need not be compiled together with it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.core.errors import NumbaError
from numba.core.registry import cpu_target
from numba.extending import intrinsic as _intrinsic

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
intrinsic: Any = _intrinsic  # what it makes has the arguments of its function but the first
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
    decorator: Any = njit  # typed without these two
    made = decorator(**how, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    resolve = made.get_call_template
    made.get_call_template = lambda args, kws: resolve(tuple(map(types.unliteral, args)), kws)
    return made  # type: ignore[no-any-return]


class MachineCode:
    """Machine code of one function: to be called with arrays and numbers, or by its `address`."""

    def __init__(self, function: Callable[..., Any], kind: str, library: Any, symbol: str) -> None:
        self.linked, self.symbol = library, symbol
        self.address: int = library.get_pointer_to_function(symbol)
        arrays = {"Numbers": np.dtype(kind), "Doubles": np.dtype(float), "Indices": np.dtype("i8")}
        takes, gives = _kinds(function)
        self._dtypes = [arrays.get(name) for name in takes]
        simple: dict[str, Any] = {"None": None, "float": ctypes.c_double, "int": ctypes.c_int64}
        simple["bool"] = ctypes.c_int64
        kinds = [simple.get(name, ctypes.c_void_p) for name in takes]
        function_type: Any = ctypes.CFUNCTYPE
        self._call = function_type(simple[gives], *kinds)(self.address)

        self._last: list[Any] = []
        self._kept: list[Any] = []  # what the addresses among them belong to

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*_plain(arguments, self._dtypes), *self._last)

    def ending(self, *last: Any) -> MachineCode:
        """The function with its last arguments set: to look up an address takes a microsecond."""
        count = len(self._dtypes) - len(last)
        code = copy(self)
        code._dtypes = self._dtypes[:count]
        code._last = [*_plain(last, self._dtypes[count:]), *self._last]
        code._kept = [*last, *self._kept]
        return code


def _plain(arguments: Sequence[Any], dtypes: Sequence[np.dtype[Any] | None]) -> list[Any]:
    """Addresses in place of arrays, once it is sure that the code may read there."""
    plain = []
    for argument, dtype in zip(arguments, dtypes, strict=True):
        if dtype is None:
            plain.append(argument)
        elif argument.dtype == dtype and argument.flags.c_contiguous:
            plain.append(_address(argument))
        else:
            raise TypeError(f"compiled code takes {dtype} in a row, not {argument.dtype}")
    return plain


def _address(array: Any) -> int:
    """Where the numbers are: by their buffer, in a third of the time that NumPy takes to say."""
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    except (TypeError, ValueError):  # read-only, or empty
        return int(array.ctypes.data)


def _kinds(function: Callable[..., Any]) -> tuple[list[str], str]:
    """What a function takes and gives, by its annotations; a tuple with names stands for its fields."""
    *takes, gives = function.__annotations__.values()
    return [kind for name in takes for kind in _fields(function, name)], gives


def _fields(function: Callable[..., Any], name: str) -> list[str]:
    kinds = getattr(_record(function, name), "__annotations__", {"": name}).values()
    return [getattr(kind, "__forward_arg__", kind) for kind in kinds]


def _record(function: Callable[..., Any], name: str) -> Any:
    """The class of that name if it is a tuple with names."""
    record = function.__globals__.get(name)
    return record if hasattr(record, "_fields") else None


def _flat(function: Callable[..., Any]) -> Any:
    """The same function, with the fields of its tuples as arguments of their own."""
    decorator: Any = njit
    space = {"function": decorator(inline="always", **FUSED)(function)}
    names: list[str] = []
    arguments: list[str] = []
    for kind in list(function.__annotations__.values())[:-1]:
        new = [f"a{len(names) + i}" for i in range(len(_fields(function, kind)))]
        names += new
        record = _record(function, kind)
        arguments.append(f"{kind}({', '.join(new)})" if record else new[0])
        space[kind] = record
    text = f"def flat({', '.join(names)}):\n    return function({', '.join(arguments)})"
    exec(text, space)
    return space["flat"]


def target() -> str:
    """The machine that code is made for."""
    return " ".join(cpu_target.target_context.codegen().magic_tuple())


def compiled(function: Callable[..., Any], kind: str, exact: bool = False) -> MachineCode:
    """Compiled now, for numbers of that kind; `exact`: rounded as it stands."""
    pointers: Any = types.CPointer
    known: dict[str, Any] = {"int": types.int64, "bool": types.int64, "float": types.float64}
    known |= {"Numbers": pointers(getattr(types, kind)), "Doubles": pointers(types.float64)}
    known |= {"Indices": pointers(types.int64), "None": types.void}
    takes, gives = _kinds(function)
    signature = known[gives](*(known[name] for name in takes))
    simple = len(takes) == len(function.__annotations__) - 1
    how = STRICT if exact else FUSED
    made: Any = cfunc(signature, **how)(function if simple else _flat(function))
    return MachineCode(function, kind, made._library, made.native_name)


def packed(code: MachineCode) -> tuple[str, str, bytes, bytes]:
    """What is kept of compiled code: two names, machine code, and its text for the linker."""
    name, _, (instructions, text) = code.linked.serialize_using_object_code()
    return name, code.symbol, instructions, text


def unpacked(
    function: Callable[..., Any], kind: str, pack: tuple[str, str, bytes, bytes]
) -> MachineCode:
    """The code again, in a later process."""
    name, symbol, *data = pack
    context = cpu_target.target_context
    context.refresh()  # or it may not know yet what code of numba's own is called
    library = context.codegen().unserialize_library((name, "object", (*data,)))
    return MachineCode(function, kind, library, symbol)


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
def distinct(typing):  # type: ignore[no-untyped-def]
    """Said in a function: its arrays do not overlap, so that loops need not check."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        for argument in b.function.args[2:]:  # after those for the result and for an exception
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def call(typing, address, arguments):  # type: ignore[no-untyped-def]
    """Call a function by its address: arrays go as they are, numbers as int64 or float64.

    A tuple among the arguments stands for what is in it.
    """

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        values = list(_leaves(context, b, arguments, args[1]))
        kind = ir.FunctionType(ir.DoubleType(), [value.type for value in values])
        return b.call(b.inttoptr(args[0], kind.as_pointer()), values)

    return types.float64(types.int64, arguments), write


def _leaves(context: Any, b: Any, kind: Any, value: Any) -> Iterator[Any]:
    """The values in a tuple of tuples, as wide as a function takes them."""
    if isinstance(kind, types.BaseTuple):
        inside: Any = kind  # untyped in numba
        for index, inner in enumerate(inside):
            yield from _leaves(context, b, inner, b.extract_value(value, index))
    elif isinstance(kind, types.CPointer):
        yield value
    else:
        wide = types.float64 if isinstance(kind, types.Float) else types.int64
        yield context.cast(b, value, kind, wide)


def _written(signature: Any, numbers: Any, body: Callable[..., Any]) -> tuple[Any, Any]:
    """An intrinsic's type and what writes it: `body` gets a `Vectors` for that array's numbers."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        kind = numbers.dtype
        writer = vectors.Vectors(ir, b, context.get_data_type(kind), kind.bitwidth // 8)
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
        return vectors.pick(w, table(w.b, "positions", vectors.ones_of(ir)), *args)

    n = types.int64
    return _written(types.int64(x, n, n, picked, n), x, body)
