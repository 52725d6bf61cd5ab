"""The step of an optimiser as people write it: what it remembers, then the weight; names or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from lernpy.functions.formula import Formula, Operation
from lernpy.functions.maths import TINY
from lernpy.functions.printing.infix import (
    ATOM,
    CHOICE,
    PRODUCT,
    SIGN,
    SIGNS,
    SUM,
    Form,
    Infix,
    Text,
    _Writing,
)
from lernpy.text import number


class Words(Infix):
    """Signs of books, four figures.

    >>> from lernpy import optimizers
    >>> names = {"value": "w", "gradient": "g", "memory0": "v"}
    >>> Words().steps(optimizers.get("momentum").formula(), names, ["w", "v"])
    ['v = 0.9 × v + g', 'w = w − rate × v']
    >>> numbers = {"value": "0.5", "gradient": "(-0.2)", "rate": "0.1", "memory0": "0.1"}
    >>> Words().steps(optimizers.get("momentum").formula(), numbers, ["w", "(-0.11)"])
    ['(-0.11) = 0.9 × 0.1 + (-0.2)', 'w = 0.5 − 0.1 × (-0.11)']
    """

    names_twice = False
    forms: ClassVar = {
        **SIGNS,
        "subtract": Form("{0} − {1}", SUM, (SUM, PRODUCT)),
        "multiply": Form("{0} × {1}", PRODUCT, (PRODUCT, SIGN)),
        "add": Form("{0} + {1}", SUM, (SUM, SUM)),
        "where": Form("{1} if {0}, else {2}", CHOICE, (CHOICE, SUM, SUM)),
        "maximum": Form("max({0}, {1})"),
        "minimum": Form("min({0}, {1})"),
        "sqrt": Form("√({0})"),
        "absolute": Form("|{0}|"),
    }
    functions: ClassVar = {name: name for name in ("sign", "exp", "log", "tanh")}

    def number(self, value: float) -> str:
        return number(value)

    def steps(
        self, formula: Formula, names: Mapping[str, str], results: Sequence[str]
    ) -> list[str]:
        """A line for each memory, then one for the weight, in which the memories have their names.

        In the order in which they are worked out: a memory that another line needs as it was comes later.
        """
        writing = _Writing(self, formula, names, lambda: "")
        writing.texts = {name: Text(names.get(name, name), ATOM) for name in formula.parameters}
        memory = dict(zip(formula.results[1:], results[1:], strict=True))
        lines = {}
        for operation in formula.operations:
            form = self.form(operation)
            parts = [writing._argument(form, at, x) for at, x in enumerate(operation.arguments)]
            text = Text(form.text.format(*parts), form.tight)
            if operation.result in memory:
                lines[operation.result] = f"{memory[operation.result]} = {text.text}"
                text = Text(memory[operation.result], ATOM)
            writing.texts[operation.result] = text
        last = f"{results[0]} = {writing._text(formula.results[0]).text}"
        return [*lines.values(), last]


class Book(Words):
    """As a book has it: the TINY that keeps a slope from 0 is left out, equal factors are a square.

    >>> from lernpy import activations
    >>> Book().write(activations.get("tanh").formula("slope")).results
    ['1 − y²']
    """

    def form(self, operation: Operation) -> Form:
        if operation.name == "add" and TINY in operation.arguments:
            return Form("{0}" if operation.arguments[1] == TINY else "{1}", SUM)
        first, *rest = operation.arguments
        if operation.name == "multiply" and first in rest:
            return Form("{0}²", PRODUCT, (ATOM, CHOICE))
        return super().form(operation)
