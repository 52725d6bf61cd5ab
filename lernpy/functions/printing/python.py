"""Formulas as Python: plain, with the functions of `math`, and as numba compiles it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from lernpy.functions.formula import Formula, Operation, needed
from lernpy.functions.printing.infix import (
    AND,
    ATOM,
    CHOICE,
    COMPARISON,
    NOT,
    OR,
    POWER,
    SIGN,
    CannotPrint,
    Code,
    Form,
    Infix,
)

NAMES: dict[str, Any] = {
    name: getattr(math, name) for name in ("tanh", "exp", "log", "log1p", "sqrt", "inf", "nan")
}
"""What plain Python needs around it: ``from math import tanh, exp, ...``"""

COMMON = {
    "where": Form("{1} if {0} else {2}", CHOICE, (OR, OR, CHOICE)),
    "logical_and": Form("{0} and {1}", AND, (NOT, NOT)),
    "logical_or": Form("{0} or {1}", OR, (AND, AND)),
    "logical_not": Form("not {0}", NOT, (COMPARISON,)),
    "power": Form("{0} ** {1}", POWER, (ATOM, SIGN)),
    "absolute": Form("abs({0})"),
}


def function(head: str, code: Code) -> str:
    """A function of one return."""
    return "\n".join([f"def {head}:", *(f"    {line}" for line in returning(code))])


def returning(code: Code) -> list[str]:
    return [*code.lines, f"return {', '.join(code.results)}"]


class Python(Infix):
    """Plain Python; gives the bits that the table entry gives when it is called with numbers.

    >>> from lernpy import activations
    >>> print(Python().function("softplus", activations.get("softplus").formula("value")))
    def softplus(z):
        v1 = -abs(z)
        v2 = inf if v1 > 709.782712893384 else exp(v1)
        return (0.0 if z <= 0.0 else z) + (log1p(v2) if v2 > -1.0 else -inf if v2 == -1.0 else nan)
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **COMMON,
        "exp": Form("inf if {0} > 709.782712893384 else exp({0})", CHOICE),
        "log": Form("log({0}) if {0} > 0.0 else -inf if {0} == 0.0 else nan", CHOICE),
        "log1p": Form("log1p({0}) if {0} > -1.0 else -inf if {0} == -1.0 else nan", CHOICE),
        "sqrt": Form("sqrt({0}) if {0} >= 0.0 else nan", CHOICE),
        "sign": Form("1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else {0} * 0.0", CHOICE),
    }
    functions: ClassVar[Mapping[str, str]] = {"tanh": "tanh"}

    def number(self, value: float) -> str:
        return repr(value)  # inf and nan are names of `math`

    def form(self, operation: Operation) -> Form:
        if operation.name in LARGER:
            return larger(operation)
        return super().form(operation)

    def prepared(self, formula: Formula) -> Formula:
        if formula.by_numpy and not self.portable:
            raise CannotPrint("NumPy's own functions differ from those of math in the last bit")
        return formula

    def function(self, name: str, formula: Formula) -> str:
        return function(f"{name}({', '.join(formula.parameters)})", self.write(formula))


LARGER = {"maximum": (">", "<="), "minimum": ("<", ">=")}


def larger(operation: Operation) -> Form:
    """NaN if either is NaN; one comparison is enough where one of the two is a plain number."""
    sign, other = LARGER[operation.name]
    first, second = (isinstance(operand, str) for operand in operation.arguments)
    if not first:
        return Form(f"{{0}} if {{0}} {sign} {{1}} else {{1}}", CHOICE)
    if not second:
        return Form(f"{{1}} if {{0}} {other} {{1}} else {{0}}", CHOICE)
    return Form(f"{{0}} if {{0}} {sign} {{1}} or {{0}} != {{0}} else {{1}}", CHOICE)


class Numba(Infix):
    """Python for numba's compiler: e^x and tanh are the engine's own; what is not a number stays so."""

    forms: ClassVar[Mapping[str, Form]] = {
        **COMMON,
        "sign": Form("1.0 if {0} > 0.0 else (-1.0 if {0} < 0.0 else {0} * 0.0)", CHOICE),
        "logical_not": Form("not {0}", NOT, (COMPARISON,)),
    }
    functions: ClassVar[Mapping[str, str]] = {
        "exp": "exp_",
        "tanh of half": "tanh_of_half_",
        "half of 1 and tanh of half": "half_of_1_and_tanh_of_half_",
        **{name: f"math.{name}" for name in ("log", "log1p", "expm1", "sqrt", "sin", "cos", "tan")},
        **{name: f"math.{name}" for name in ("sinh", "cosh", "floor", "ceil")},
        "arctan": "math.atan",
        "arcsinh": "math.asinh",
    }

    def prepared(self, formula: Formula) -> Formula:
        return formula if self.portable else _halved_at_once(_of_halves(formula))

    def number(self, value: float) -> str:
        text = repr(value)
        return f"math.{text}" if text in ("inf", "nan") else text.replace("-inf", "-math.inf")

    def form(self, operation: Operation) -> Form:
        if operation.name in LARGER:
            return larger(operation) if self.portable else _larger_of_numba(operation)
        return super().form(operation)

    def function(self, name: str, formula: Formula) -> str:
        return function(f"{name}({', '.join(formula.parameters)})", self.write(formula))


def _of_halves(formula: Formula) -> Formula:
    """tanh(x) by way of 2x, which is at hand where x is half of something, as in the sigmoid."""
    made = {operation.result: operation for operation in formula.operations}
    operations = []
    for operation in formula.operations:
        if operation.name == "tanh":
            (half,) = operation.arguments
            whole = made.get(str(half), operation)
            if whole.name == "multiply" and whole.arguments[0] == 0.5:
                twice = whole.arguments[1]
            else:
                twice = f"{operation.result} twice"
                operations.append(Operation("multiply", (2.0, half), twice))
            operation = Operation("tanh of half", (twice,), operation.result)
        operations.append(operation)
    return formula._replace(operations=needed(operations, formula.results))


def _halved_at_once(formula: Formula) -> Formula:
    """0.5 tanh(x / 2) + 0.5 as one function, which divides and is done."""
    made = {operation.result: operation for operation in formula.operations}
    operations = []
    for operation in formula.operations:
        half = made.get(str(operation.arguments[0]), operation)
        tanh = made.get(str(half.arguments[-1]), operation)
        steps = operation.name, half.name, tanh.name
        numbers = operation.arguments[-1], half.arguments[0]
        if steps == ("add", "multiply", "tanh of half") and numbers == (0.5, 0.5):
            operation = tanh._replace(name="half of 1 and tanh of half", result=operation.result)
        operations.append(operation)
    return formula._replace(operations=needed(operations, formula.results))


def _larger_of_numba(operation: Operation) -> Form:
    sign = LARGER[operation.name][0]
    first, second = (isinstance(operand, str) for operand in operation.arguments)
    if first and second:
        kept = f"({{0}} if {{0}} {sign} {{1}} else {{1}})"
        return Form(f"{kept} if {{0}} == {{0}} else {{0}}", CHOICE)
    number, term = ("{1}", "{0}") if first else ("{0}", "{1}")
    return Form(f"{number} if {number} {sign} {term} else {term}", CHOICE)
