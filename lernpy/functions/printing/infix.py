"""What languages with infix operators share: when an operation gets a name, and when brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from typing import ClassVar, NamedTuple

from lernpy.functions.formula import (
    ALIKE,
    COMPARISONS,
    PORTABLE,
    TRUTHS,
    Formula,
    Operand,
    Operation,
)

CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
"""How tightly an expression holds together."""


class Form(NamedTuple):
    """How an operation is written: the text, how tight it is, how tight each argument must be.

    An argument that stands in the text twice is given a name before.
    """

    text: str
    tight: int = ATOM
    arguments: tuple[int, ...] = (CHOICE, CHOICE, CHOICE)


class Text(NamedTuple):
    """An expression as written so far."""

    text: str
    tight: int


class Code(NamedTuple):
    """Lines that give names to what is used twice, and an expression for each result."""

    lines: list[str]
    results: list[str]


SIGNS = {
    "add": Form("{0} + {1}", SUM, (SUM, PRODUCT)),
    "subtract": Form("{0} - {1}", SUM, (SUM, PRODUCT)),
    "multiply": Form("{0} * {1}", PRODUCT, (PRODUCT, SIGN)),
    "divide": Form("{0} / {1}", PRODUCT, (PRODUCT, SIGN)),
    "negative": Form("-{0}", SIGN, (POWER,)),
    **{
        name: Form(f"{{0}} {sign} {{1}}", COMPARISON, (SUM, SUM))
        for name, sign in zip(COMPARISONS, (">", ">=", "<", "<=", "==", "!="), strict=True)
    },
}


class CannotPrint(Exception):
    """The language has no such function, or none with the same bits."""


class Infix:
    """A language; `forms` says how it writes what is its own.

    >>> from lernpy.functions.formula import trace
    >>> from lernpy.functions.printing.python import Python
    >>> gate = trace(lambda m: lambda z: (z + 1) * m.maximum(z - 1, 0), "z")
    >>> code = Python().write(gate, {"z": "total[3]"})
    >>> print("; ".join(code.lines))
    v1 = total[3] - 1.0
    >>> code.results
    ['(total[3] + 1.0) * (0.0 if v1 <= 0.0 else v1)']
    """

    forms: ClassVar[Mapping[str, Form]] = {}
    functions: ClassVar[Mapping[str, str]] = {}
    names_twice: ClassVar[bool] = True  # whether what is used twice gets a name

    def __init__(self, portable: bool = False) -> None:
        """`portable` : call ``portable_tanh`` and the like (see `lernpy.functions.portable`)."""
        self.portable = portable

    def number(self, value: float) -> str:
        """A plain number that reads back exactly."""
        return repr(value)

    def truth(self, value: bool) -> str:
        return str(value)

    def assign(self, name: str, expression: str, is_truth: bool) -> str:
        """A line that gives the expression a name."""
        return f"{name} = {expression}"

    def function(self, name: str, formula: Formula) -> str:
        """A whole function of the formula's parameters."""
        raise NotImplementedError

    def write(
        self,
        formula: Formula,
        names: Mapping[str, str] | None = None,
        fresh: Callable[[], str] | None = None,
    ) -> Code:
        """The formula as lines and results.

        names : what the parameters are called in the code around, if otherwise
        fresh : gives a new name each time it is called; v1, v2, ... without
        """
        fresh = fresh or numbered("v").__next__
        return _Writing(self, self.prepared(formula), names or {}, fresh).code()

    def prepared(self, formula: Formula) -> Formula:
        """The formula as this language wants it."""
        return formula

    def form(self, operation: Operation) -> Form:
        name = operation.name
        if self.portable and name in PORTABLE:
            return Form(f"portable_{name}({{0}})")
        form = self.forms.get(name) or SIGNS.get(name)
        if form is None and name in self.functions:
            arguments = ", ".join(f"{{{at}}}" for at in range(len(operation.arguments)))
            form = Form(f"{self.functions[name]}({arguments})")
        if form is None or (self.portable and name not in ALIKE):
            raise CannotPrint(f"{type(self).__name__} has no {name}")
        return form


class _Writing:
    """One formula on its way to text."""

    def __init__(
        self, language: Infix, formula: Formula, names: Mapping[str, str], fresh: Callable[[], str]
    ) -> None:
        self.language, self.formula, self.fresh = language, formula, fresh
        self.lines: list[str] = []
        self.texts = {name: _parameter(names.get(name, name)) for name in formula.parameters}
        self.truths = {o.result for o in formula.operations if o.name in TRUTHS}
        self.uses = formula.uses

    def code(self) -> Code:
        for operation in self.formula.operations:
            form = self.language.form(operation)
            parts = [self._argument(form, at, x) for at, x in enumerate(operation.arguments)]
            text = Text(form.text.format(*parts), form.tight)
            self.texts[operation.result] = text
            if self.language.names_twice and self.uses[operation.result] > 1:
                self._name(operation.result)
        return Code(self.lines, [self._text(result).text for result in self.formula.results])

    def _argument(self, form: Form, at: int, operand: Operand) -> str:
        twice = self.language.names_twice and form.text.count(f"{{{at}}}") > 1
        if twice and isinstance(operand, str) and self._text(operand).tight < ATOM:
            self._name(operand)
        text = self._text(operand)
        return text.text if text.tight >= form.arguments[at] else f"({text.text})"

    def _name(self, operand: str) -> None:
        name = self.fresh()
        line = self.language.assign(name, self.texts[operand].text, operand in self.truths)
        self.lines.append(line)
        self.texts[operand] = Text(name, ATOM)

    def _text(self, operand: Operand) -> Text:
        if isinstance(operand, str):
            return self.texts[operand]
        if isinstance(operand, bool):
            return Text(self.language.truth(operand), ATOM)
        text = self.language.number(operand)
        return Text(text, SIGN if text.startswith("-") else ATOM)


@lru_cache(4096)
def _parameter(text: str) -> Text:
    return Text(text, ATOM if re.fullmatch(r"[\w.\[\]\\{}]+", text) else CHOICE)


def numbered(stem: str) -> Iterator[str]:
    """stem1, stem2, ..."""
    return (f"{stem}{at}" for at in count(1))


def block(head: str, *lines: str) -> list[str]:
    """A line that ends in a colon, and what belongs to it, four blanks further in."""
    return [head, *(f"    {line}" for line in lines)]


def bracketed(expression: str) -> str:
    """In brackets, unless it is a name, a number or one call."""
    return expression if re.fullmatch(r"[\w.\[\]]+", expression) else f"({expression})"
