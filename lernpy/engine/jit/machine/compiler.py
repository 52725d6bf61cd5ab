"""The one file that knows numba: how things are compiled, and what is said to the compiler directly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import numba
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.core.errors import NumbaError
from numba.extending import intrinsic

from lernpy.engine.jit.machine import vectors

VERSION = numba.__version__
CannotCompile = NumbaError
STRICT: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": False}
FUSED: dict[str, Any] = {**STRICT, "fastmath": {"contract"}}
FREE: dict[str, Any] = {**STRICT, "fastmath": {"contract", "reassoc", "nsz"}}

ir: Any = cgutils.__dict__["ir"]  # llvmlite's, as numba has it
INT = ir.IntType(64)


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
    """Said in a kernel: its arrays do not overlap, so that loops need not check."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        for argument in b.function.args[2:]:  # after the places of the result and of an exception
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), write


def pointer(context: Any, b: Any, kind: Any, value: Any) -> Any:
    """To the first number of an array; a pointer is one already."""
    return (
        context.make_array(kind)(context, b, value).data if isinstance(kind, types.Array) else value
    )


@intrinsic
def call(typing: Any, address: Any, arguments: Any) -> Any:
    """Call a kernel by its address: arrays go as pointers, all other numbers as they are."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        given = []
        for place, kind in enumerate(arguments.types):
            value = b.extract_value(args[1], place)
            if isinstance(kind, types.Array):
                value = pointer(context, b, kind, value)
            elif isinstance(kind, types.Float):
                value = context.cast(b, value, kind, types.float64)
            else:
                value = context.cast(b, value, kind, types.int64)
            given.append(value)
        kind = ir.FunctionType(ir.DoubleType(), [value.type for value in given])
        return b.call(b.inttoptr(args[0], kind.as_pointer()), given)

    return types.float64(types.int64, arguments), write


def kernel(kinds: str, element: str, keep: bool) -> Callable[[Any], Any]:
    """Compile a kernel at once. `kinds`: n a whole number, f a fraction, a an array, i one of indices."""
    made: Callable[[Any], Any] = cfunc(_signature(kinds, element), cache=keep, **FUSED)
    return made


def _signature(kinds: str, element: str) -> Any:
    arrays: dict[str, Any] = {"a": getattr(types, element), "i": types.int64, "d": types.float64}
    pointers: Any = types.CPointer
    letters: dict[str, Any] = {letter: pointers(kind) for letter, kind in arrays.items()}
    letters |= {"n": types.int64, "f": types.float64}
    return types.float64(*[letters[kind] for kind in kinds.split()])


def typed(kinds: str, element: str, keep: bool, how: dict[str, Any]) -> Callable[[Any], Any]:
    """Compile a part of a kernel, once: for numbers of any kind, known or not."""
    made: Callable[[Any], Any] = njit(_signature(kinds, element), cache=keep, **how)
    return made


def _written(signature: Any, numbers: Any, body: Callable[..., Any]) -> tuple[Any, Any]:
    """An intrinsic's type and what writes it: `body` gets a `Writer` for that array's numbers, and
    pointers in place of arrays."""

    def write(context: Any, b: Any, sig: Any, args: Any) -> Any:
        pairs = zip(signature.args, args, strict=True)
        given = [pointer(context, b, kind, value) for kind, value in pairs]
        kind = numbers.dtype
        writer = vectors.Writer(ir, b, context.get_data_type(kind), kind.bitwidth // 8)
        found = body(writer, *given)
        return context.get_dummy_value() if found is None else found

    return signature, write


def tile_of(rows: int, wide: int) -> Any:
    """`vectors.tile` for so many rows, so many vectors wide."""

    @intrinsic
    def tile(typing, a, a0, am, ak, x, x0, xk, c, c0, cm, count, fresh):  # type: ignore[no-untyped-def]
        n = types.int64
        signature = types.void(a, n, n, n, x, n, n, c, n, n, n, types.boolean)
        return _written(signature, c, lambda w, *given: vectors.tile(w, rows, wide, *given))

    return tile


def gather_of(wide: int) -> Any:
    """`vectors.gather` for so many vectors."""

    @intrinsic
    def gather(typing, a, a0, at, x, x0, xk, row, low, high, c, c0, fresh):  # type: ignore[no-untyped-def]
        n = types.int64
        signature = types.void(a, n, at, x, n, n, row, n, n, c, n, types.boolean)
        return _written(signature, c, lambda w, *given: vectors.gather(w, wide, *given))

    return gather


def outer_of(wide: int, descend: bool) -> Any:
    """`vectors.outer` for so many vectors."""

    @intrinsic
    def outer(typing, a, a0, at, low, high, x, x0, c, c0, ck, rate):  # type: ignore[no-untyped-def]
        n = types.int64
        signature = types.void(a, n, at, n, n, x, n, c, n, n, types.float64)
        return _written(signature, c, lambda w, *given: vectors.outer(w, wide, descend, *given))

    return outer


@intrinsic
def pick(typing, x, x0, i, found, at):  # type: ignore[no-untyped-def]
    """`vectors.pick`"""

    def body(w: Any, *given: Any) -> Any:
        table: Any = cgutils.global_constant  # untyped in numba
        return vectors.pick(w, table(w.b, "places", vectors.places(ir)), *given)

    n = types.int64
    return _written(types.int64(x, n, n, found, n), x, body)


F = TypeVar("F", bound=Callable[..., Any])


def fused(function: F) -> F:
    """A function of single numbers for compiled code; a product and a sum may be rounded as one."""
    made: F = njit(**FUSED)(function)
    return made


def compiled(function: F) -> F:
    """A function of single numbers for compiled code, rounded as it stands."""
    made: F = njit(**STRICT)(function)
    return made


def prepare(function: Any, arguments: Sequence[Any]) -> bool:
    """Compile for these arguments, or take what an earlier process kept; returns whether it was kept."""
    before = sum(function.stats.cache_hits.values())
    typeof: Any = numba.typeof
    with suppress(OSError):  # compiled, but there is no room to keep it
        function.compile(tuple(typeof(argument) for argument in arguments))
    return bool(sum(function.stats.cache_hits.values()) > before)
