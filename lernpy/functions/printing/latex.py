r"""Formulas as LaTeX, to be put between ``\(`` and ``\)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lernpy.functions.formula import Formula, Operation
from lernpy.functions.maths import TINY
from lernpy.functions.printing.infix import (
    ATOM,
    CHOICE,
    COMPARISON,
    OR,
    PRODUCT,
    SUM,
    Form,
    Infix,
)


class Latex(Infix):
    r"""LaTeX for people: the TINY that keeps a slope from 0 is left out, equal factors are a square.

    >>> from lernpy import activations
    >>> print(Latex().write(activations.get("sigmoid").formula("slope")).results[0])
    y \, (1 - y)
    """

    names_twice: ClassVar[bool] = False
    forms: ClassVar[Mapping[str, Form]] = {
        "multiply": Form(r"{0} \, {1}", PRODUCT, (PRODUCT, PRODUCT)),
        "divide": Form(r"\frac{{{0}}}{{{1}}}"),
        "power": Form("{0}^{{{1}}}", PRODUCT, (ATOM, CHOICE)),
        "exp": Form("e^{{{0}}}", PRODUCT),
        "sqrt": Form(r"\sqrt{{{0}}}"),
        "log": Form(r"\ln({0})"),
        "log1p": Form(r"\ln(1 + {0})", ATOM, (SUM,)),
        "absolute": Form("|{0}|"),
        "where": Form(r"\begin{{cases}}{1} & {0} \\ {2} & \text{{else}}\end{{cases}}"),
        "maximum": Form(r"\max({0}, {1})"),
        "minimum": Form(r"\min({0}, {1})"),
        "sign": Form(r"\operatorname{{sgn}}({0})"),
        "greater_equal": Form(r"{0} \ge {1}", COMPARISON, (SUM, SUM)),
        "less_equal": Form(r"{0} \le {1}", COMPARISON, (SUM, SUM)),
        "not_equal": Form(r"{0} \ne {1}", COMPARISON, (SUM, SUM)),
        "equal": Form("{0} = {1}", COMPARISON, (SUM, SUM)),
        "logical_and": Form(r"{0} \wedge {1}", CHOICE, (OR, OR)),
        "logical_or": Form(r"{0} \vee {1}", CHOICE, (OR, OR)),
        "logical_not": Form(r"\neg {0}", CHOICE, (ATOM,)),
        "floor": Form(r"\lfloor {0} \rfloor"),
        "ceil": Form(r"\lceil {0} \rceil"),
        "expm1": Form("e^{{{0}}} - 1", SUM),
    }
    functions: ClassVar[Mapping[str, str]] = {
        name: rf"\{name}" for name in ("tanh", "sin", "cos", "tan", "sinh", "cosh", "arctan")
    } | {"arcsinh": r"\operatorname{{arsinh}}"}

    def number(self, value: float) -> str:
        digits, _, exponent = f"{value:.6g}".partition("e")
        if not exponent:
            return digits.replace("inf", r"\infty")
        power = f"10^{{{int(exponent)}}}"
        return power if digits == "1" else rf"{digits} \cdot {power}"

    def form(self, operation: Operation) -> Form:
        if operation.name == "add" and TINY in operation.arguments:
            return Form("{0}" if operation.arguments[1] == TINY else "{1}", SUM)
        first, *rest = operation.arguments
        if operation.name == "multiply" and first in rest:
            return Form("{0}^2", PRODUCT, (ATOM, CHOICE))
        return super().form(operation)

    def function(self, name: str, formula: Formula) -> str:
        results = ", ".join(self.write(formula).results)
        return rf"\operatorname{{{name}}}({', '.join(formula.parameters)}) = {results}"
