"""Formulas as C99, with ``<math.h>``; to keep the bits, compile with ``-ffp-contract=off``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from lernpy.functions.formula import FUNCTIONS, Formula, Operation
from lernpy.functions.printing.infix import Form, Infix
from lernpy.functions.printing.javascript import CHOOSE, chosen
from lernpy.functions.printing.python import LARGER, larger

NAMES = {"absolute": "fabs", "arctan": "atan", "arcsinh": "asinh"}


class C(Infix):
    """C99.

    >>> from lernpy import activations
    >>> print(C().function("sigmoid", activations.get("sigmoid").formula("value")))
    double sigmoid(double z) {
        return 0x1p-1 * tanh(0x1p-1 * z) + 0x1p-1;
    }
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **CHOOSE,
        "sign": chosen(Form("1.0 if {0} > 0.0 else {0} < 0.0 ? -1.0 : {0} * 0.0")),
    }
    functions: ClassVar[Mapping[str, str]] = {
        **{name: NAMES.get(name, name) for name in FUNCTIONS[2:]},
        "power": "pow",
    }

    def number(self, value: float) -> str:
        """In base 16, which loses nothing."""
        if math.isnan(value):
            return "NAN"
        if math.isinf(value):
            return "INFINITY" if value > 0 else "-INFINITY"
        digits, _, exponent = value.hex().partition("p")
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
        return f"{digits}p{exponent}"

    def truth(self, value: bool) -> str:
        return str(int(value))

    def assign(self, name: str, expression: str, is_truth: bool) -> str:
        return f"const {'int' if is_truth else 'double'} {name} = {expression};"

    def form(self, operation: Operation) -> Form:
        if operation.name in LARGER:
            return chosen(larger(operation))
        return super().form(operation)

    def function(self, name: str, formula: Formula) -> str:
        """Several results go to where the pointers ``out0``, ``out1``, ... say."""
        code = self.write(formula)
        outs = [f"out{at}" for at in range(len(code.results))] if len(code.results) > 1 else []
        pairs = zip(outs, code.results, strict=False)
        last = [f"*{out} = {text};" for out, text in pairs] or [f"return {code.results[0]};"]
        used = formula.uses
        idle = [f"(void){name};" for name in formula.parameters if name not in used]
        parameters = [f"double {name}" for name in formula.parameters]
        parameters += [f"double *{out}" for out in outs]
        lines = [f"    {line}" for line in (*idle, *code.lines, *last)]
        kind = "void" if outs else "double"
        return "\n".join([f"{kind} {name}({', '.join(parameters)}) {{", *lines, "}"])
