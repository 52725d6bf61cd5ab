"""Lines of Python to be compiled, each of which gives a new name to one expression.

>>> from lernpy import activations
>>> lines = Names()
>>> lines.expressions(activations.get("softplus").formula("value"), {"z": "total"})
['(0.0 if 0.0 > total else total) + math.log1p(exp_(-abs(total)))']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lernpy.functions.formula import Formula
from lernpy.functions.printing.python import Numba


class CannotWrite(Exception):
    """The network needs something that cannot be compiled."""


class Name(str):
    """A name in the code to come."""

    __slots__ = ()

    @property
    def text(self) -> str:
        return str(self)


class Names:
    """The lines so far."""

    def __init__(self, prefix: str = "v") -> None:
        self._lines: list[str] = []
        self._prefix = prefix
        self._count = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def note(self, expression: str) -> Name:
        """A new name for what the expression gives."""
        name = self._fresh()
        self._lines.append(f"{name} = {expression}")
        return Name(name)

    def _fresh(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count}"

    def expressions(self, formula: Formula, names: Mapping[str, str]) -> list[str]:
        """Adds what the formula needs; returns an expression for each of its results."""
        code = Numba().write(formula, names, self._fresh)
        self._lines += code.lines
        return code.results

    def name(self, formula: Formula, names: Mapping[str, str]) -> list[str]:
        """The same, each result under a name or as a plain number."""
        results = self.expressions(formula, names)
        return [x if x.isidentifier() else self.note(x).text for x in results]
