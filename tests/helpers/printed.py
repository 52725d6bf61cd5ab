"""Runs printed formulas: in Python, on NumPy arrays, in node and as C; and which formulas there are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from lernpy.functions import activations, losses, portable
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.formula import Formula
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.functions.printing import numpy as in_place
from lernpy.functions.printing.c import C
from lernpy.functions.printing.infix import Infix
from lernpy.functions.printing.javascript import JavaScript
from lernpy.functions.printing.python import NAMES, Python

Results = list[list[tuple[float, ...]]]
WIDE = [-1000.0, -709.9, -50.0, -3.7, -1.0, -0.3, -1e-9, 0.0, 5e-324, 1e-3, 0.5, 2.2, 36.9, 1000.0]
SHARES = [0.0, 1e-300, 1e-12, 0.02, 0.5, 0.77, 1.0 - 1e-12, 1.0]
LOGARITHMS = [-1000.0, -40.0, -3.0, -0.7, -0.05]
GRADIENTS = [0.0, 0.3, 0.3, -2.0, 1e-9, 7.0, 0.0, -0.01]


class Example(NamedTuple):
    """A formula, what it must give, and where to try: tuples of what it takes."""

    name: str
    formula: Formula
    entry: Callable[..., Any]
    points: list[tuple[float, ...]]

    def expected(self) -> list[tuple[float, ...]]:
        return [_tuple(self.entry(*point)) for point in self.points]


def examples(maths: str = "fast") -> list[Example]:
    """Every entry of the three tables."""
    return [*_activations(maths), *_losses(maths), *_steps()]


def _activations(maths: str) -> Iterator[Example]:
    for entry in (activations.get(name, maths) for name in ACTIVATIONS):
        places = [(z, entry.value(z)) for z in WIDE]
        value, slope = entry.formula("value"), entry.formula("slope")
        yield Example(f"{entry.name}_value", value, entry.value, [(z,) for z in WIDE])
        yield Example(f"{entry.name}_slope", slope, entry.slope, places)


def _losses(maths: str) -> Iterator[Example]:
    shares = [(y, t) for y in SHARES for t in (0.0, 0.3, 1.0)]
    for entry in (losses.get(name, maths) for name in LOSSES):
        yield Example(f"{entry.name}_value", entry.formula("value"), entry.value, shares)
        yield Example(f"{entry.name}_slope", entry.formula("slope"), entry.slope, shares)
        for name, form in entry.stable.items():
            places = WIDE if name == "sigmoid" else LOGARITHMS
            points = [(z, t) for z in places for t in (0.0, 0.3, 1.0)]
            yield Example(f"{entry.name}_of_{name}", entry.formula(name), form, points)


def _steps() -> Iterator[Example]:
    for entry in OPTIMIZERS.values():
        points, value, memory = [], 0.5, entry.memory(0.1)
        for gradient in GRADIENTS:
            points.append((value, gradient, 0.1, *memory))
            value, memory = entry.step(value, gradient, 0.1, memory)

        def step(value: float, gradient: float, rate: float, *memory: float, entry=entry) -> Any:
            moved, after = entry.step(value, gradient, rate, memory)
            return (moved, *after)

        yield Example(f"{entry.name}_step", entry.formula(), step, points)


# ---- languages ----------------------------------------------------------------------------------


def in_python(examples: Sequence[Example], folder: Path, maths: str = "fast") -> Results:
    space = dict(NAMES)
    exec("\n".join(_texts(Python, examples, maths)), space)
    return [[_tuple(space[e.name](*point)) for point in e.points] for e in examples]


def _texts(language: type[Infix], examples: Sequence[Example], maths: str) -> list[str]:
    printer = language(portable=maths == "portable")
    helpers = portable.definitions(printer) if printer.portable else []
    return [*helpers, *(printer.function(e.name, e.formula) for e in examples)]


def in_numpy(examples: Sequence[Example], folder: Path) -> Results:
    return [_calls(example, in_place=True) for example in examples]


def in_two_places(examples: Sequence[Example], folder: Path) -> Results:
    return [_calls(example, in_place=False) for example in examples]


class Arrays:
    """A room for the lines: makes what they name."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.named = {name: getattr(np, name) for name in np.__all__}

    def number(self, value: float, kind: str) -> str:
        name = f"n{len(self.named)}"
        self.named[name] = np.array(value)
        return name

    def scratch(self, kind: str, index: int) -> str:
        name = f"{kind}{index}"
        self.named[name] = np.empty(self.size, bool if kind == in_place.TRUTH else float)
        return name


def _calls(example: Example, in_place: bool) -> list[tuple[float, ...]]:
    """Memories become what they were; a value is overwritten, a gradient used up."""
    formula, room = example.formula, Arrays(len(example.points))
    for name, column in zip(formula.parameters, np.array(example.points).T, strict=True):
        room.named[name] = column.copy()
    is_step = formula.parameters[0] == "value"
    held = [name for name in formula.parameters if name.startswith("memory")]
    into = ["value", *held] if is_step else ["result"]
    room.named["result"] = np.empty(room.size)
    spare = ("gradient",) if is_step else ()
    lines = in_place_lines(formula, into, room, spare, in_place)
    with np.errstate(all="ignore"):
        exec("\n".join(lines), room.named)
    return list(zip(*(room.named[name].tolist() for name in into), strict=True))


def in_place_lines(
    formula: Formula, into: Sequence[str], room: Any, spare: Sequence[str], in_place_too: bool
) -> list[str]:
    return in_place.write(formula, {}, into, room, spare=spare, in_place=in_place_too)


def in_node(examples: Sequence[Example], folder: Path, maths: str = "fast") -> Results:
    node = shutil.which("node") or pytest.skip("there is no node")
    calls = [_call(e.name, map(JavaScript().number, point)) for e in examples for point in e.points]
    texts = _texts(JavaScript, examples, maths)
    texts += ["const shown = x => Object.is(x, -0) ? '-0' : String(x);"]
    texts += [f"console.log([{call}].flat().map(shown).join(' '));" for call in calls]
    (folder / "formulas.js").write_text("\n".join(texts))
    found = subprocess.run([node, folder / "formulas.js"], capture_output=True, check=True)
    numbers = [_numbers(line, float) for line in found.stdout.decode().splitlines()]
    return _grouped(numbers, examples)


def in_c(examples: Sequence[Example], folder: Path, maths: str = "fast") -> Results:
    gcc = shutil.which("gcc") or pytest.skip("there is no gcc")
    main = [line for e in examples for point in e.points for line in _c_call(e, point)]
    text = [
        *("#include <math.h>", "#include <stdio.h>"),
        *_texts(C, examples, maths),
        *("int main(void) {", "double out[8];", *main, "return 0;", "}"),
    ]
    (folder / "formulas.c").write_text("\n".join(text))
    options = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic", "-ffp-contract=off"]
    subprocess.run(
        [gcc, *options, folder / "formulas.c", "-o", folder / "formulas", "-lm"], check=True
    )
    found = subprocess.run([folder / "formulas"], capture_output=True, check=True)
    numbers = [_numbers(line, float.fromhex) for line in found.stdout.decode().splitlines()]
    return _grouped(numbers, examples)


def _c_call(example: Example, point: Sequence[float]) -> list[str]:
    count = len(example.formula.results)
    given = [*map(C().number, point), *(f"out + {at}" for at in range(count) if count > 1)]
    call = _call(example.name, given)
    shown = (
        f'printf("{" ".join(["%a"] * count)}\\n", {", ".join(f"out[{i}]" for i in range(count))});'
    )
    return [f"{call};" if count > 1 else f"out[0] = {call};", shown]


def _call(name: str, arguments: Iterable[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def _numbers(line: str, read: Callable[[str], float]) -> tuple[float, ...]:
    return tuple(map(read, line.replace("Infinity", "inf").split()))


def _grouped(numbers: list[Any], examples: Sequence[Example]) -> list[list[Any]]:
    source = iter(numbers)
    return [[next(source) for _ in e.points] for e in examples]


def _tuple(found: Any) -> tuple[float, ...]:
    return found if isinstance(found, tuple) else (found,)


LANGUAGES = {
    "python": in_python,
    "numpy": in_numpy,
    "numpy in two places": in_two_places,
    "node": in_node,
    "c": in_c,
}
