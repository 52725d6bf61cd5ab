"""Formulas as JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lernpy.functions.formula import FUNCTIONS, Formula, Operation
from lernpy.functions.printing.infix import AND, ATOM, CHOICE, NOT, OR, SIGN, Form, Infix
from lernpy.functions.printing.python import LARGER, larger

NAMES = {"absolute": "abs", "arctan": "atan", "arcsinh": "asinh"}
CHOOSE = {
    "where": Form("{0} ? {1} : {2}", CHOICE, (OR, OR, CHOICE)),
    "sign": Form("{0} > 0 ? 1 : {0} < 0 ? -1 : {0} * 0", CHOICE),
    "logical_and": Form("{0} && {1}", AND, (NOT, NOT)),
    "logical_or": Form("{0} || {1}", OR, (AND, AND)),
    "logical_not": Form("!{0}", SIGN, (ATOM,)),
}


def chosen(form: Form) -> Form:
    """A choice as JavaScript and C write it, from Python's ``a if c else b``."""
    kept, _, rest = form.text.partition(" if ")
    condition, _, other = rest.partition(" else ")
    return Form(f"{condition.replace(' or ', ' || ')} ? {kept} : {other}", CHOICE)


class JavaScript(Infix):
    """JavaScript, without a name that has to be imported.

    >>> from lernpy import activations
    >>> print(JavaScript().function("elu", activations.get("elu").formula("value")))
    function elu(z) {
      return z > 0 ? z : Math.exp(z >= 0 ? 0 : z) - 1;
    }
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **CHOOSE,
        "power": Form("{0} ** {1}", SIGN, (ATOM, SIGN)),
        "exp": Form("Math.exp({0})"),
    }
    functions: ClassVar[Mapping[str, str]] = {
        name: f"Math.{NAMES.get(name, name)}" for name in FUNCTIONS[2:]
    }

    def number(self, value: float) -> str:
        text = repr(value).removesuffix(".0")
        return text.replace("inf", "Infinity").replace("nan", "NaN")

    def truth(self, value: bool) -> str:
        return str(value).lower()

    def assign(self, name: str, expression: str, is_truth: bool) -> str:
        return f"const {name} = {expression};"

    def form(self, operation: Operation) -> Form:
        if operation.name in LARGER:
            return chosen(larger(operation))
        return super().form(operation)

    def function(self, name: str, formula: Formula) -> str:
        code = self.write(formula)
        results = ", ".join(code.results)
        results = results if len(code.results) == 1 else f"[{results}]"
        lines = [f"  {line}" for line in (*code.lines, f"return {results};")]
        return "\n".join([f"function {name}({', '.join(formula.parameters)}) {{", *lines, "}"])
