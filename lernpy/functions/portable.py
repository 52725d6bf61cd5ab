"""e^x, tanh and logarithms from + - * / and comparisons alone, so that every language gives the same bits.

Libraries round these differently in the last place; the four operations, and the square root, are
rounded alike everywhere (IEEE 754). The functions here are right to about two units in the last place.
They are formulas like any other, printed wherever they are needed. In plain Python they take some thirty
times as long as the functions of `math`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import factorial, inf, nan
from typing import Any, NoReturn, TypeVar

from lernpy.checks import is_one_of
from lernpy.errors import LernpyError
from lernpy.functions.formula import PORTABLE, Formula, trace
from lernpy.functions.maths import Scalar
from lernpy.functions.printing.infix import CannotPrint, Infix
from lernpy.functions.printing.python import NAMES, Python
from lernpy.registry import unknown

ROUND = 6755399441055744.0  # 1.5 * 2**52: what is added to it, is rounded to a whole number
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
"""Their sum is ln 2; the first has so few digits that its product with a whole number is exact."""
HALVINGS = (512.0, 512.0, 256.0, 128.0, 64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0)
Entry = TypeVar("Entry")
MATHS = ("fast", "portable")
LARGEST = 1.7976931348623157e308


def _power_and_rest(x: Any) -> tuple[Any, Any]:
    """n and e^r - 1 for x = n ln 2 + r with a whole n and |r| <= ln 2 / 2, from the series of e^r."""
    n = (x * LOG2_E + ROUND) - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    series = 1 / factorial(13)
    for k in range(12, 1, -1):
        series = 1 / factorial(k) + r * series
    return n, r + r * r * series


def _digit(n: Any, m: Any, base: float) -> tuple[Any, Any]:
    """The whole number nearest to n / 8, and base to the rest: from -4 to 4."""
    higher = (n * 0.125 + ROUND) - ROUND
    return higher, _chosen(m, n - 8.0 * higher, -4, [base**k for k in range(-4, 5)])


def _chosen(m: Any, n: Any, first: int, numbers: list[float]) -> Any:
    """The number for n = first, first + 1, ..."""
    if len(numbers) == 1:
        return numbers[0]
    half = len(numbers) // 2
    lower, upper = numbers[:half], numbers[half:]
    return m.where(
        n < first + half, _chosen(m, n, first, lower), _chosen(m, n, first + half, upper)
    )


def exp(m: Any) -> Callable[[Any], Any]:
    """e^x = 2^n e^r; infinity above 709.78."""

    def value(x: Any) -> Any:
        n, rest = _power_and_rest(m.minimum(m.maximum(x, -746.0), 710.0))
        y = 1.0 + rest
        for base in (2.0, 2.0**8, 2.0**64):
            n, power = _digit(n, m, base)
            y = y * power
        half = _chosen(m, n, -3, [2.0 ** (256 * k) for k in range(-3, 4)])
        y = y * half * half
        return m.where(x > 709.782712893384, inf, m.where(x < -745.1332191019412, 0.0, y))

    return value


def tanh(m: Any) -> Callable[[Any], Any]:
    """-e / (2 + e) with e = e^-2|x| - 1 = 2^n (e^r - 1) + (2^n - 1)."""

    def value(x: Any) -> Any:
        n, rest = _power_and_rest(-2.0 * m.minimum(m.abs(x), 20.0))
        n, power = _digit(n, m, 2.0)
        power = power * _chosen(m, n, -7, [2.0 ** (8 * k) for k in range(-7, 1)])
        less = power * rest + (power - 1.0)
        y = less / (2.0 + less)
        return m.where(x < 0, y, 0.0 - y)

    return value


def log(m: Any) -> Callable[[Any], Any]:
    """ln x = n ln 2 + ln v with v near 1, and ln v = 2 (s + s^3/3 + s^5/5 + ...), s = (v - 1) / (v + 1)."""

    def value(x: Any) -> Any:
        v = m.where(x > 0, x, 1.0)
        n, is_less = 0.0, v < 1
        for power in HALVINGS:
            nearer = v * m.where(is_less, 2.0**power, 2.0**-power)
            is_in = (nearer < 1) == is_less
            v, n = m.where(is_in, nearer, v), m.where(is_in, n + power, n)
        n = m.where(is_less, -n, n)
        above, below = v > 1.4142135623730951, v < 0.7071067811865476
        v = m.where(above, v * 0.5, m.where(below, v * 2.0, v))
        n = m.where(above, n + 1.0, m.where(below, n - 1.0, n))
        f = v - 1.0
        s = f / (2.0 + f)
        square, series = s * s, 2 / 23
        for k in range(21, 1, -2):
            series = 2 / k + square * series
        y = n * LN2_HIGH + ((f - s * (f - square * series)) + n * LN2_LOW)
        return m.where(x > 0, m.where(x > LARGEST, inf, y), m.where(x == 0, -inf, nan))

    return value


def log1p(m: Any) -> Callable[[Any], Any]:
    """ln(1 + x), with what the sum has lost put back."""

    def value(x: Any) -> Any:
        u = 1.0 + x
        is_usual = (u > 0) & (u <= LARGEST)
        lost = (x - (u - 1.0)) / m.where(is_usual, u, 1.0)
        return m.where(is_usual, m.log(u) + lost, m.log(u))

    return value


FACTORIES = dict(zip(PORTABLE, (exp, tanh, log, log1p), strict=True))


@cache
def operations(name: str) -> Formula:
    """One of them as operations on x."""
    return trace(FACTORIES[name], "x")


def definitions(language: Infix, lines: Sequence[str] = PORTABLE) -> list[str]:
    """As functions of that language, under the names that it calls them by: those that the lines need."""
    text = " ".join(lines)
    needed = [name for name in PORTABLE if name in text]
    return [language.function(f"portable_{name}", operations(name)) for name in needed]


@cache
def namespace() -> dict[str, Any]:
    """What plain Python needs around a formula printed with ``Python(portable=True)``."""
    space = dict(NAMES)
    exec("\n".join(definitions(Python(portable=True))), space)
    return {name: thing for name, thing in space.items() if not name.startswith("__")}


def as_function(formula: Formula, name: str) -> Callable[..., Any]:
    """The formula as a function of Python's numbers."""
    space = dict(namespace())
    exec(Python(portable=True).function("function", formula), space)
    function: Callable[..., Any] = space["function"]
    function.__name__ = function.__qualname__ = name
    return function


def of(entry: Entry, maths: str) -> Entry:
    """A table entry for a network with these maths, "fast" or "portable"."""
    if not is_one_of(maths, MATHS):
        raise unknown("set of maths", maths, MATHS)
    any_entry: Any = entry
    return any_entry.portable if maths == "portable" else getattr(entry, "fast", entry)


def twin_of(entry: Any, kind: str, *which: str) -> tuple[Any, list[Callable[..., Any]]]:
    """A portable twin of an entry, and its formulas of these names as functions.

    The entry itself, and no functions, where every language rounds them alike as they stand.
    """
    formulas = [entry.formula(name) for name in which]
    if entry.maths == "portable" or all(formula and formula.is_portable for formula in formulas):
        return entry, []
    twin = object.__new__(type(entry))
    twin.__dict__.update(entry.__dict__, maths="portable", fast=entry)
    formulas = [twin.formula(name) for name in which]
    try:
        return twin, [as_function(formula, entry.name) for formula in formulas]
    except (CannotPrint, AttributeError):
        refuse_entry(kind, entry)


def refuse_entry(kind: str, entry: Any) -> NoReturn:
    raise LernpyError(
        f"the {kind} {entry.name} has no portable form: it is not made of operations that can be written "
        "down, whole powers, tanh, exp, log, log1p and sqrt; take maths='fast'"
    )


class Portable(Scalar):
    """The maths of one number, with the functions above."""

    def __getattribute__(self, name: str) -> Any:
        return (
            namespace()[f"portable_{name}"] if name in PORTABLE else super().__getattribute__(name)
        )


scalar = Portable()
