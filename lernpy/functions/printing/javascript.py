"""Formulas as JavaScript."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from lernpy.functions.formula import FUNCTIONS, TOGETHER, Formula, Operand, Operation
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

    def members(self, name: str, formula: Formula) -> str:
        """A function of arrays that hold a number of each member of a group, for such a formula.

        >>> from lernpy.functions.softmax import group_formula
        >>> print(JavaScript().members("mixed", group_formula("mixed")))
        function mixed(p, s) {
          const v1 = p.map((_, i) => p[i] + 1.2e-38);
          const v2 = v1.map((_, i) => v1[i] * s[i]);
          const v3 = v2.reduce((a, b) => a + b);
          const v4 = p.map((_, i) => p[i] * v3);
          const v5 = v2.map((_, i) => v2[i] - v4[i]);
          return v5;
        }
        """
        rows, lines = set(formula.parameters), []
        for operation in formula.operations:
            row = next((x for x in operation.arguments if x in rows), None)
            if operation.name in TOGETHER:
                text = (
                    f"Math.max(...{row})"
                    if operation.name == "largest"
                    else f"{row}.reduce((a, b) => a + b)"
                )
            else:
                parts = [self._of_one(operand, rows) for operand in operation.arguments]
                text = self.form(operation).text.format(*parts)
                if row is not None:
                    rows.add(operation.result)
                    text = f"{row}.map((_, i) => {text})"
            lines.append(f"const {operation.result} = {text};")
        lines.append(f"return {_results(list(map(str, formula.results)))};")
        return _function(name, formula, lines)

    def _of_one(self, operand: Operand, rows: Collection[str]) -> str:
        if not isinstance(operand, str):
            text = self.number(operand)
            return f"({text})" if text.startswith("-") else text
        return f"{operand}[i]" if operand in rows else operand

    def function(self, name: str, formula: Formula) -> str:
        code = self.write(formula)
        return _function(name, formula, [*code.lines, f"return {_results(code.results)};"])


def _results(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _function(name: str, formula: Formula, lines: Sequence[str]) -> str:
    body = [f"  {line}" for line in lines]
    return "\n".join([f"function {name}({', '.join(formula.parameters)}) {{", *body, "}"])
