"""Printed formulas give what their table entries give, in every language."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from printed import LANGUAGES, Example, examples

from lernpy.functions import activations, optimizers
from lernpy.functions.formula import Formula, trace
from lernpy.functions.maths import scalar
from lernpy.functions.printing import numpy as in_place
from lernpy.functions.printing.c import C
from lernpy.functions.printing.infix import CannotPrint
from lernpy.functions.printing.javascript import JavaScript
from lernpy.functions.printing.latex import Latex
from lernpy.functions.printing.python import NAMES, Numba, Python


def is_exact(formula: Formula, language: str) -> bool:
    """Python calls the functions of the entry itself; elsewhere + - * / and sqrt are the same."""
    return language == "python" or formula.is_portable


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_runs_as_printed(language: str, tmp_path: Path):
    tried = examples()

    for example, found in zip(tried, LANGUAGES[language](tried, tmp_path), strict=True):
        expected, found = np.array(example.expected()), np.array(found)
        if is_exact(example.formula, language):
            assert np.array_equal(found, expected), example.name
        else:
            assert np.allclose(found, expected, rtol=4e-15, atol=4e-15), example.name


def mixed(a, b, where=scalar.where):
    """Differences of differences, quotients of quotients, and a choice inside a sum."""
    return (
        *(a - (b - a), a / (b / a), (a + b) * a, -(a + b) * b),
        *(1 + where((a > b) | (b > 3), a + 1, b), (-a) ** 2, (a + b) ** 2),
    )


@pytest.mark.parametrize("language", ["python", "node", "c"])
def test_brackets_keep_the_order(language: str, tmp_path: Path):
    formula = trace(lambda m: lambda a, b: mixed(a, b, m.where), "a", "b")
    example = Example("mixed", formula, mixed, [(5.0, 2.0), (-1.5, 2.5), (0.5, 4.0)])

    assert LANGUAGES[language]([example], tmp_path) == [example.expected()]


def test_numbers_read_back_exactly():
    tenth, tiny, large = 0.1, 5e-324, 1.7976931348623157e308

    for number in (tenth, tiny, large, -0.5, 1e-8):
        assert float(Python().number(number)) == number
        assert float(JavaScript().number(number)) == number
        assert float.fromhex(C().number(number)) == number
    assert C().number(float("-inf")) == "-INFINITY"
    assert JavaScript().number(float("inf")) == "Infinity"
    assert Numba().number(float("-inf")) == "-math.inf"


def test_latex_reads_as_in_a_book():
    slope = activations.get("tanh").formula("slope")
    adagrad = optimizers.get("adagrad").formula()
    names = {"value": "w", "gradient": "g", "rate": r"\eta", "memory0": "s"}

    assert Latex().write(slope).results == ["1 - y^2"]
    moved, total = Latex().write(adagrad, names).results
    assert total == "s + g^2"
    assert moved == r"w - \frac{\eta \, g}{\sqrt{s + g^2} + 10^{-10}}"


def test_what_numpy_was_asked_for_stays_with_numpy():
    """np.exp and math.exp may differ in the last bit, so plain Python must not print one as the other."""
    formula = trace(lambda m: lambda z: np.exp(z), "z")

    assert formula.by_numpy
    assert JavaScript().write(formula).results == ["Math.exp(z)"]
    with pytest.raises(CannotPrint):
        Python().write(formula)


class Names:
    """A room that only names."""

    def number(self, value: float, kind: str) -> str:
        return f"{value:g}"

    def scratch(self, kind: str, index: int) -> str:
        return f"{kind}{index}"


def lines(formula: Formula, into: list[str], **options) -> list[str]:
    return in_place.write(formula, {}, into, Names(), **options)


def test_calls_write_where_their_result_belongs():
    sigmoid = activations.get("sigmoid").formula("value")

    assert lines(sigmoid, ["y"]) == [
        *("multiply(0.5, z, y)", "tanh(y, y)", "multiply(0.5, y, y)", "add(y, 0.5, y)"),
    ]
    assert lines(sigmoid, ["y"], in_place=False) == [
        *("multiply(0.5, z, full0)", "tanh(full0, y)"),
        *("multiply(0.5, y, full0)", "add(full0, 0.5, y)"),
    ]


def test_calls_use_up_what_is_spare_and_keep_what_is_not():
    sgd = optimizers.get("sgd").formula()

    spent = lines(sgd, ["value"], spare=["gradient"], counts=["rate"])
    kept = lines(sgd, ["value"], counts=["rate"])

    assert spent == ["multiply(rate, gradient, gradient)", "subtract(value, gradient, value)"]
    assert kept == ["multiply(rate, gradient, full0)", "subtract(value, full0, value)"]


def test_results_that_change_places_are_refused():
    swap = trace(lambda m: lambda a, b: (b, a), "a", "b")

    with pytest.raises(CannotPrint):
        lines(swap, ["a", "b"])


def test_a_choice_between_one_and_zero_is_a_comparison():
    assert lines(activations.get("relu").formula("slope"), ["q"]) == ["greater(z, 0, q)"]


def test_what_is_copied_at_the_end_is_not_overwritten_before():
    """Not in place, adam's counters are made beside their arrays; neither may stand in the other's."""
    adam = optimizers.get("adam").formula()
    memory = ["memory0", "memory1", "memory2", "memory3"]
    options = {"spare": ["gradient"], "counts": ["rate", *memory[2:]], "in_place": False}

    written = lines(adam, ["value", *memory], **options)

    copies = [line for line in written if line.startswith("copyto")]
    assert len(copies) >= 2
    assert not any(f", {name})" in line for line in copies for name in ("value", *memory))


@pytest.mark.parametrize("entry", [*activations.ACTIVATIONS.values()], ids=lambda entry: entry.name)
@pytest.mark.parametrize("z", [np.inf, -np.inf, np.nan, 1e308, -1e308])
def test_an_entry_and_its_formula_agree_where_numbers_end(entry, z: float):
    """A constant stays what it is at infinity: 0 times infinity would be no number."""
    value, slope = (in_python(entry.formula(which)) for which in ("value", "slope"))
    y = outcome(entry.value, z)
    assert same(y, outcome(value, z))
    if isinstance(y, float):
        assert same(outcome(entry.slope, z, y), outcome(slope, z, y))
    if entry.name in ("identity", "one", "step"):
        assert entry.slope(z, 0.0) == (1.0 if entry.name == "identity" else 0.0)


def in_python(formula):
    """The formula as a function of plain Python."""
    space = dict(NAMES)
    exec(Python().function("function", formula), space)
    return space["function"]


def outcome(function, *arguments):
    try:
        return float(function(*arguments))
    except ArithmeticError as error:
        return type(error)


def same(first, second) -> bool:
    return first == second or (first != first and second != second)
