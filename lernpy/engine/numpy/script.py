"""A script: lines of Python over named arrays, made for one network and compiled into one function.

A mirror of a small net spends its time on calls, not on numbers. So what is the same in every step
(which buffer, which matrix, which activation) is decided once, when the lines are written; what is
left are calls such as ``weights1_dot(output0, total1)``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from textwrap import indent
from types import CodeType
from typing import Any

import numpy as np

from lernpy.functions.formula import ARITY
from lernpy.functions.maths import TINY

FUNCTIONS = (*ARITY, "square", "copyto")
MOST_CELLS = 500
"""Names that a function encloses; Python's compiler takes the square of their number."""
NUMBERS = {0.0: "zero", 0.5: "half", 1.0: "one", -1.0: "minus_one", TINY: "tiny"}

BLANKS = "    "


class Script:
    """Lines, and the objects that they name.

    >>> script = Script.of_arrays()
    >>> total = script.bind("total", np.array([1.0, -2.0]))
    >>> script.add(f"multiply({total}, {script.number(0.5, float)}, {total})")
    >>> script.lines
    ['multiply(total, half, total)']
    >>> script.function("run()")()
    >>> script.objects[total].tolist()
    [0.5, -1.0]
    """

    def __init__(self, **objects: Any) -> None:
        self.lines: list[str] = []
        self.objects = objects
        self._names: dict[Any, str] = {}  # of numbers and scratch

    @classmethod
    def of_arrays(cls) -> Script:
        """A script that knows NumPy's functions by name."""
        return cls(**{name: getattr(np, name) for name in FUNCTIONS})

    def add(self, *lines: str) -> None:
        self.lines += lines

    def bind(self, stem: str, thing: Any) -> str:
        """A name for this object, in all lines of this script."""
        name = stem if stem not in self.objects else f"{stem}_{len(self.objects)}"
        self.objects[name] = thing
        return name

    def once(self, name: str, thing: Any) -> str:
        """The name of this object, bound at the first time."""
        return name if self.objects.get(name) is thing else self.bind(name, thing)

    def number(self, value: float, dtype: Any) -> str:
        """The name of an array without dimensions, which NumPy takes three times as fast as a number."""
        return self._shared((value, np.dtype(dtype)), NUMBERS.get(value, "number"), value, ())

    def scratch(self, shape: tuple[int, ...], dtype: Any, which: str) -> str:
        """The name of an array for what is needed only for a moment; the same for all who ask alike."""
        return self._shared((shape, np.dtype(dtype), which), "scratch", 0, shape)

    def _shared(self, key: Any, stem: str, value: float, shape: tuple[int, ...]) -> str:
        if key not in self._names:
            self._names[key] = self.bind(stem, np.full(shape, value, key[1]))
        return self._names[key]

    def rows(self, name: str, low: int, high: int) -> str:
        """The name of these rows of an array; its own where that is all."""
        whole: np.ndarray = self.objects[name]
        if (low, high) == (0, len(whole)):
            return name
        window = f"{name}_{low}_{high}"
        return window if window in self.objects else self.bind(window, whole[low:high])

    def take(self, name: str, slots: np.ndarray, into: str) -> None:
        """A line that takes these rows of an array into another."""
        take = self.bind(f"{name}_take", self.objects[name].take)
        self.add(f"{take}({self.bind('slots', slots)}, 0, {into}, 'clip')")

    def dot(self, stem: str, matrix: np.ndarray) -> str:
        """A name for ``matrix.dot``, which is called with the other matrix and the place for the result."""
        return self.bind(f"{stem}_dot", matrix.dot)

    def function(self, head: str, loop: str = "") -> Callable[..., Any]:
        """The lines as a function ``head``, run once for each turn of ``loop`` if one is given."""
        name, names = head.split("(")[0], ", ".join(self.objects)
        source = self.source(head, loop)
        if len(self.objects) <= MOST_CELLS:
            inner, head = indent(source, BLANKS), f"def make({names})"
            source = f"{head}:\n{inner}\n    return {name}\n"
        space: dict[str, Any] = dict(self.objects)
        exec(_compiled(source), space)
        made: Callable[..., Any] = space["make"](**self.objects) if "make" in space else space[name]
        return made

    def source(self, head: str, loop: str = "") -> str:
        """The lines as one reads them."""
        lines = "\n".join(self.lines or ["pass"])
        body = f"{loop}:\n{indent(lines, BLANKS)}" if loop else lines
        return f"def {head}:\n{indent(body, BLANKS)}"


@lru_cache(256)
def _compiled(text: str) -> CodeType:
    """Equal lines, which only name other objects, are compiled once."""
    return compile(text, "<lernpy script>", "exec")
