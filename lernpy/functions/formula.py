"""A formula written down: a table entry is called with names instead of numbers, and notes what it does.

``factory(m)`` of an entry works for numbers and for arrays alike, so it also works for `Term`s: each
operator and each function of `m` notes one `Operation`. Printers (`lernpy.functions.printing`) write the
list in the language of their choice.

>>> formula = trace(lambda m: lambda z: 0.5 * m.tanh(0.5 * z) + 0.5, "z")
>>> print(formula)
v1 = multiply(0.5, z)
v2 = tanh(v1)
v3 = multiply(0.5, v2)
v4 = add(v3, 0.5)
-> v4
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from lernpy.functions.maths import TINY, scalar

Operand = str | float | bool
"""The name of a parameter or of an earlier result, or a plain number."""

OPERATORS = {  # NumPy's names, which operations go by; Python's methods
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "truediv",
    "power": "pow",
    "logical_and": "and",
    "logical_or": "or",
}
COMPARISONS = {
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "equal": "eq",
    "not_equal": "ne",
}
CHOICES = {"where": 3, "maximum": 2, "minimum": 2}
FUNCTIONS = (  # of one number
    *("negative", "logical_not", "absolute", "sign", "sqrt", "exp", "log", "log1p", "tanh"),
    *("expm1", "sin", "cos", "tan", "arctan", "sinh", "cosh", "arcsinh", "floor", "ceil"),
)
NEUTRAL = {"maximum": -math.inf, "minimum": math.inf}
TRUTHS = {*COMPARISONS, "logical_and", "logical_or", "logical_not"}
"""Operations whose result is true or false."""
ARITY = {
    **dict.fromkeys((*OPERATORS, *COMPARISONS), 2),
    **CHOICES,
    **dict.fromkeys(FUNCTIONS, 1),
}
TOGETHER = ("largest", "whole")
"""Functions of one number of each member of a group: the largest, and the sum."""
ALIASES = {"abs": "absolute", "fabs": "absolute", "true_divide": "divide", "float_power": "power"}
PORTABLE = ("exp", "tanh", "log", "log1p")
"""Functions that `lernpy.functions.portable` builds from the operations below."""
GENTLE = {"add", "subtract", "multiply", "negative", "absolute", "maximum", "minimum"}
ROUNDED_ALIKE = {
    *(*OPERATORS, *TRUTHS, "where", "negative", "absolute", "sqrt", "square", "reciprocal")
} - {"power"}
ALIKE = {*ROUNDED_ALIKE, "maximum", "minimum", "sign"}
"""Operations that give the same bits in every language: by IEEE 754; and as printed here."""


class CannotTrace(Exception):
    """The entry does something with its numbers that cannot be noted, such as ``if z > 0``."""


class Operation(NamedTuple):
    """One step: the function by NumPy's name, what it takes, and the name of what it gives."""

    name: str
    arguments: tuple[Operand, ...]
    result: str

    def __str__(self) -> str:
        return f"{self.result} = {self.name}({', '.join(map(str, self.arguments))})"


class Formula(NamedTuple):
    """Parameters, the operations in order (equal ones noted once), and what comes out.

    `by_numpy` : whether a function of NumPy's was called by its own name (``np.exp(z)``, not
    ``m.exp(z)``): for single numbers, its last bit may differ from that of Python's ``math``
    """

    parameters: tuple[str, ...]
    operations: tuple[Operation, ...]
    results: tuple[Operand, ...]
    by_numpy: bool = False

    def __str__(self) -> str:
        return "\n".join([*map(str, self.operations), f"-> {', '.join(map(str, self.results))}"])

    @property
    def uses(self) -> dict[str, int]:
        """How often each name is taken, the results included."""
        counts: dict[str, int] = {}
        taken = [a for operation in self.operations for a in operation.arguments]
        for operand in (*taken, *self.results):
            if isinstance(operand, str):
                counts[operand] = counts.get(operand, 0) + 1
        return counts

    @property
    def is_portable(self) -> bool:
        """Whether its operations give the same bits in every language as they stand."""
        return {operation.name for operation in self.operations} <= ALIKE

    @property
    def is_gentle(self) -> bool:
        """Whether it makes much of little nowhere: next to nothing stays next to nothing."""
        return {operation.name for operation in self.operations} <= GENTLE

    def sources(self, operand: Operand) -> set[Operand]:
        """The parameters that it comes from."""
        made = {operation.result: operation.arguments for operation in self.operations}
        if operand in made:
            return {x for argument in made[str(operand)] for x in self.sources(argument)}
        return {operand} & set(self.parameters)


class Term:
    """A number that is not there yet; using it notes an operation."""

    __slots__ = ("_tracer", "name")
    __hash__ = None  # type: ignore[assignment]  # terms are equal only when they run

    def __init__(self, tracer: Tracer, name: str) -> None:
        self._tracer = tracer
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def _refuse(self, *_: Any) -> NoReturn:
        raise CannotTrace(f"{self.name} is a name, not yet a number")

    __bool__ = __float__ = __int__ = __index__ = __len__ = __iter__ = _refuse

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            self._refuse()
        name = ALIASES.get(ufunc.__name__, ufunc.__name__)
        self._tracer.by_numpy |= name not in ROUNDED_ALIKE
        return self._tracer.call(name, *inputs)

    def __neg__(self) -> Any:
        return self._tracer.call("negative", self)

    def __pos__(self) -> Term:
        return self

    def __abs__(self) -> Any:
        return self._tracer.call("absolute", self)

    def __invert__(self) -> Any:
        return self._tracer.call("logical_not", self)


def _operator(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def forward(self: Term, other: Any) -> Any:
        return self._tracer.call(name, self, other)

    def backward(self: Term, other: Any) -> Any:
        return self._tracer.call(name, other, self)

    return forward, backward


for _name, _method in {**OPERATORS, **COMPARISONS}.items():
    _forward, _backward = _operator(_name)
    setattr(Term, f"__{_method}__", _forward)
    if _name in OPERATORS:
        setattr(Term, f"__r{_method}__", _backward)


class Tracer:
    """The set of maths that notes what is done with it; plain numbers are calculated at once."""

    pi, e, inf, nan = math.pi, math.e, math.inf, math.nan

    def __init__(self, cancels: bool = False, exact: bool = True, products: bool = False) -> None:
        self.operations: list[Operation] = []
        self.by_numpy = False
        self._cancels, self._exact, self._products = cancels, exact, products
        self._known: dict[str, Term] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.call(name, *arguments)

    def call(self, name: str, *arguments: Any) -> Any:
        """One function by NumPy's name."""
        name = ALIASES.get(name, name)
        if not any(isinstance(argument, Term) for argument in arguments):
            return getattr(scalar if hasattr(scalar, name) else np, name)(*arguments)
        if name == "square":
            return self.call("multiply", *arguments, *arguments)
        if name == "reciprocal":
            return self.call("divide", 1.0, *arguments)
        if name == "power" and self._products:
            return self._product(*arguments)
        if ARITY.get(name, 1 if name in TOGETHER else 0) != len(arguments):
            raise CannotTrace(f"{name} of {len(arguments)} is not among the functions that print")
        operands = tuple(map(operand_of, arguments))
        shorter = self._shortened(name, operands)
        return self._note(name, operands) if shorter is None else shorter

    def _product(self, base: Any, power: Any) -> Any:
        """A whole power as products; what is no whole number from 1 to 64 stays out."""
        if power not in range(1, 65):
            raise CannotTrace(f"a power of {power} is no product")
        half = self._product(base, power // 2) if power > 1 else None
        square = base if half is None else half * half
        return square * base if half is not None and power % 2 else square

    def _shortened(self, name: str, operands: tuple[Operand, ...]) -> Any:
        """What needs no operation: a product with 1, a choice that is none, the larger of x and -inf.

        Where wanted, a / b * b and a + TINY, too. A product with 0 is not 0 where x is infinite.
        """
        if name == "add" and TINY in operands and not self._exact:
            return self._term(operands[operands[0] == TINY])
        if name == "where" and isinstance(operands[0], bool):
            return self._term(operands[1] if operands[0] else operands[2])
        if name == "where" and operands[1] == operands[2]:
            return self._term(operands[1])
        if operands[0] == NEUTRAL.get(name):
            return self._term(operands[1])
        if name != "multiply":
            return None
        for first, other in (operands, operands[::-1]):
            if not isinstance(first, str):
                return self._term(other) if first == 1 else None
            made = next((o for o in self.operations if o.result == first), None)
            if self._cancels and made and made.name == "divide" and made.arguments[1] == other:
                return self._term(made.arguments[0])
        return None

    def _term(self, operand: Operand) -> Any:
        return Term(self, operand) if isinstance(operand, str) else operand

    def _note(self, name: str, operands: tuple[Operand, ...]) -> Term:
        key = f"{name} {operands!r}"
        if key not in self._known:
            result = f"v{len(self.operations) + 1}"
            self.operations.append(Operation(name, operands, result))
            self._known[key] = Term(self, result)
        return self._known[key]


def operand_of(value: Any) -> Operand:
    """A term's name, or a plain number as Python's."""
    if isinstance(value, Term):
        return value.name
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.integer | np.floating):
        return float(value)
    raise CannotTrace(f"{value!r:.60} is neither a number nor a name")


def trace(pick: Callable[[Any], Any], *parameters: str, **how: bool) -> Formula:
    """What ``pick(m)``, a function of that many numbers, does; several results come as a tuple.

    `cancels` : write a for a / b * b, which saves two operations and rounds less
    `exact` : keep the TINY that is added lest a slope becomes 0; nobody can tell where neither the loss
    nor the optimiser divides by next to nothing
    `products` : write whole powers as products, which round alike everywhere

    Raises
    ------
    CannotTrace
        If it asks for the value of a number (``if z > 0``, ``math.exp(z)``), or calls a function that
        is not of one number (``np.sum``).
    """
    m = Tracer(**how)
    outcome = pick(m)(*(Term(m, name) for name in parameters))
    results = tuple(map(operand_of, outcome if isinstance(outcome, tuple) else (outcome,)))
    return Formula(parameters, needed(m.operations, results), results, m.by_numpy)


def needed(operations: Sequence[Operation], results: Sequence[Operand]) -> tuple[Operation, ...]:
    """Those that a result depends on."""
    wanted, kept = set(results), []
    for operation in reversed(operations):
        if operation.result in wanted:
            wanted.update(operation.arguments)
            kept.append(operation)
    return tuple(reversed(kept))


def traced(pick: Callable[[Any], Any], *parameters: str, **how: bool) -> Formula | None:
    """The formula; None where it has to stay a call.

    >>> print(traced(lambda m: lambda z: 1.0 if z > 0 else 0.0, "z"))
    None
    """
    try:
        return trace(pick, *parameters, **how)
    except (CannotTrace, TypeError, AttributeError, ValueError, ArithmeticError):
        return None
