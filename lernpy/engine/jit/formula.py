"""A formula written down: table entries are called with names instead of numbers, and note what they do.

``factory(m)`` of an entry works for numbers and for arrays alike, so it also works for `Term`s:
each operator writes one line of Python, and the lines are what gets compiled.

>>> lines = Lines()
>>> z = lines.name("z")
>>> print(0.5 * lines.maths.tanh(0.5 * z) + 0.5)
v4
>>> print("; ".join(lines))
v1 = 0.5 * z; v2 = tanh_(v1); v3 = 0.5 * v2; v4 = v3 + 0.5
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from lernpy.functions.maths import scalar

FUNCTIONS = {  # by NumPy's names; what the compiled code calls them
    "tanh": "tanh_",
    "exp": "exp_",
    "log": "math.log",
    "log1p": "math.log1p",
    "expm1": "math.expm1",
    "sqrt": "math.sqrt",
    "sin": "math.sin",
    "cos": "math.cos",
    "tan": "math.tan",
    "arctan": "math.atan",
    "sinh": "math.sinh",
    "cosh": "math.cosh",
    "arcsinh": "math.asinh",
    "floor": "math.floor",
    "ceil": "math.ceil",
    "absolute": "abs",
    "abs": "abs",
    "fabs": "abs",
}


class CannotWrite(Exception):
    """The entry does something with its numbers that cannot be noted, such as ``if z > 0``."""


class Term:
    """A name in the code to come; using it in a formula writes a line."""

    __slots__ = ("lines", "text")
    __hash__ = None  # type: ignore[assignment]  # terms are equal only when they run

    def __init__(self, lines: Lines, text: str) -> None:
        self.lines = lines
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _refuse(self, *_: Any) -> NoReturn:
        raise CannotWrite(f"{self.text} is a name, not yet a number")

    __bool__ = __float__ = __int__ = __index__ = __len__ = __iter__ = _refuse

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            self._refuse()
        return self.lines.maths.call(ufunc.__name__, inputs)

    def __neg__(self) -> Term:
        return self.lines.note(f"-{self.text}")

    def __pos__(self) -> Term:
        return self

    def __abs__(self) -> Term:
        return self.lines.note(f"abs({self.text})")

    def __invert__(self) -> Term:
        return self.lines.note(f"not {self.text}")

    def __pow__(self, power: Any) -> Term:
        whole = isinstance(power, int | float) and power == int(power) and abs(power) < 16
        return self.lines.note(f"{self.text} ** {int(power) if whole else atom(power)}")

    def __rpow__(self, base: Any) -> Term:
        return self.lines.note(f"{atom(base)} ** {self.text}")


def _operator(symbol: str) -> tuple[Callable[..., Term], Callable[..., Term]]:
    def forward(self: Term, other: Any) -> Term:
        return self.lines.note(f"{self.text} {symbol} {atom(other)}")

    def backward(self: Term, other: Any) -> Term:
        return self.lines.note(f"{atom(other)} {symbol} {self.text}")

    return forward, backward


for _name, _symbol in {"add": "+", "sub": "-", "mul": "*", "truediv": "/"}.items():
    _forward, _backward = _operator(_symbol)
    setattr(Term, f"__{_name}__", _forward)
    setattr(Term, f"__r{_name}__", _backward)
for _name, _symbol in {
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}.items():
    setattr(Term, f"__{_name}__", _operator(_symbol)[0])
for _name, _symbol in {"and": "and", "or": "or"}.items():
    _forward, _backward = _operator(_symbol)
    setattr(Term, f"__{_name}__", _forward)
    setattr(Term, f"__r{_name}__", _backward)


def atom(value: Any) -> str:
    """A term's name, or a number written so that it reads back exactly."""
    if isinstance(value, Term):
        return value.text
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if not isinstance(value, int | float | np.integer | np.floating):
        raise CannotWrite(f"{value!r} is neither a number nor a name")
    number = float(value)
    if math.isnan(number):
        return "math.nan"
    if math.isinf(number):
        return "math.inf" if number > 0 else "(-math.inf)"
    return repr(number) if number >= 0 else f"({number!r})"


class Maths:
    """The names of NumPy that table entries use, for terms; plain numbers are calculated at once."""

    pi, e, inf, nan = math.pi, math.e, math.inf, math.nan

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.call(name, arguments)

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        """One function by NumPy's name."""
        if not any(isinstance(argument, Term) for argument in arguments):
            return getattr(scalar if hasattr(scalar, name) else np, name)(*arguments)
        special = getattr(self, f"_{name}", None) if name in SPECIAL else None
        if special:
            return special(*arguments)
        if name not in FUNCTIONS or len(arguments) != 1:
            raise CannotWrite(f"{name} is not among the functions that can be compiled")
        return self._lines.note(f"{FUNCTIONS[name]}({arguments[0]})")

    def _where(self, condition: Any, a: Any, b: Any) -> Term:
        return self._lines.note(f"{atom(a)} if {atom(condition)} else {atom(b)}")

    def _maximum(self, a: Any, b: Any) -> Term:
        return self._larger(a, b, ">")

    def _minimum(self, a: Any, b: Any) -> Term:
        return self._larger(a, b, "<")

    def _larger(self, a: Any, b: Any, sign: str) -> Term:
        """NaN if either is NaN, in one comparison where one of the two is a plain number."""
        if isinstance(b, Term) and isinstance(a, Term):
            kept = self._lines.note(f"{a} if {a} {sign} {b} else {b}")
            return self._lines.note(f"{kept} if {a} == {a} else {a}")
        number, term = (atom(b), a) if isinstance(a, Term) else (atom(a), b)
        return self._lines.note(f"{number} if {number} {sign} {term} else {term}")

    def _sign(self, a: Any) -> Term:
        below = self._lines.note(f"-1.0 if {a} < 0.0 else {a} * 0.0")
        return self._lines.note(f"1.0 if {a} > 0.0 else {below}")

    def _square(self, a: Any) -> Term:
        return self._lines.note(f"{a} * {a}")

    def _reciprocal(self, a: Any) -> Term:
        return self._lines.note(f"1.0 / {a}")

    def _negative(self, a: Any) -> Term:
        return self._lines.note(f"-{a}")

    def _binary(self, symbol: str, a: Any, b: Any) -> Term:
        return self._lines.note(f"{atom(a)} {symbol} {atom(b)}")

    def _add(self, a: Any, b: Any) -> Term:
        return self._binary("+", a, b)

    def _subtract(self, a: Any, b: Any) -> Term:
        return self._binary("-", a, b)

    def _multiply(self, a: Any, b: Any) -> Term:
        return self._binary("*", a, b)

    def _divide(self, a: Any, b: Any) -> Term:
        return self._binary("/", a, b)

    def _greater(self, a: Any, b: Any) -> Term:
        return self._binary(">", a, b)

    def _less(self, a: Any, b: Any) -> Term:
        return self._binary("<", a, b)

    def _power(self, a: Any, b: Any) -> Any:
        return a**b


SPECIAL = {
    name[1:]
    for name in vars(Maths)
    if name.startswith("_") and not name.startswith(("__", "_larger", "_binary"))
}


class Lines:
    """Lines of code, each of which gives a new name to one operation."""

    def __init__(self, prefix: str = "v") -> None:
        self._lines: list[str] = []
        self._prefix = prefix
        self._count = 0
        self.maths: Any = Maths(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def name(self, text: str) -> Term:
        """A name that the code around will have set."""
        return Term(self, text)

    def note(self, expression: str) -> Term:
        """A new name for what the expression gives."""
        self._count += 1
        self._lines.append(f"{self._prefix}{self._count} = {expression}")
        return Term(self, f"{self._prefix}{self._count}")

    def add(self, line: str) -> None:
        self._lines.append(line)

    def take(self) -> list[str]:
        """The lines so far; the next ones go to a new page, with names that go on."""
        taken, self._lines = self._lines, []
        return taken

    def replace(self, lines: list[str]) -> None:
        self._lines = lines
