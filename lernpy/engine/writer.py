"""Lines of a program in some language: formulas of table entries, with a name for what is used again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lernpy.errors import LernpyError
from lernpy.functions import moving, softmax
from lernpy.functions.formula import Formula, trace
from lernpy.functions.printing.infix import CannotPrint, Infix, bracketed, numbered

if TYPE_CHECKING:
    from lernpy.functions.optimizers import Optimizer


class Writer:
    """Lines of a program in the language of a printer; what cannot be printed is called."""

    zero = "0.0 + "  # a neuron's sums start with it, which makes 0.0 of -0.0

    def __init__(self, printer: Infix) -> None:
        self.printer = printer
        self.lines: list[str] = []
        self.fresh = numbered("v").__next__

    def name(self, name: str, expression: str) -> str:
        """A line that gives the expression this name."""
        self.lines.append(self.printer.assign(name, expression, False))
        return name

    def note(self, expression: str) -> str:
        """A new name for what the expression gives."""
        return self.name(self.fresh(), expression)

    def formula(self, formula: Formula, *values: str) -> list[str]:
        """The lines that a formula needs; an expression for each of its results."""
        names = dict(zip(formula.parameters, values, strict=True))
        code = self.printer.write(formula, names, self.fresh)
        self.lines += code.lines
        return code.results

    def entry(self, entry: Any, which: str, *values: str) -> str:
        """A formula of a table entry (``value``, ``slope``, ...) at these values."""
        printed = self.printed(entry.formula(which), *values)
        return printed or f"{self.called(entry, which)}({', '.join(values)})"

    def printed(self, formula: Formula | None, *values: str) -> str | None:
        """A formula's result; None where there is none, or none in this language."""
        if formula is not None:
            with suppress(CannotPrint):
                return self.formula(formula, *values)[0]
        return None

    def called(self, entry: Any, which: str) -> str:
        """The name by which these lines call what cannot be printed."""
        raise LernpyError(
            f"{entry.name} has no formula in {type(self.printer).__name__}: write it with the "
            "functions of m alone, without `if` and without NumPy's own"
        )

    def delta(self, activation: Any, z: str, y: str, blame: str) -> str:
        """Blame for the total input, from that for the output."""
        delta = self.printed(activation.formula("delta"), z, y, blame)
        return delta or f"{bracketed(blame)} * {self.entry(activation, 'slope', z, y)}"

    # ---- what all members of a group, or all terms of a sum, take part in --------------------------

    def group(self, which: str, names: Sequence[str], *rows: Sequence[str]) -> None:
        """A function of `softmax` over rows of numbers, one for each member: its results get names."""

        def pick(m: Any) -> Callable[..., Any]:
            def function(*numbers: Any) -> Any:
                each = iter(numbers)
                lists = ([next(each) for _ in row] for row in rows)
                return tuple(softmax.FUNCTIONS[which](m, *lists))

            return function

        numbers = [number for row in rows for number in row]
        results = self.formula(of_many(pick, len(numbers)), *numbers)
        for name, expression in zip(names, results, strict=True):
            self.name(name, expression)

    # ---- the update ---------------------------------------------------------------------------------

    def moved(
        self,
        optimizer: Optimizer,
        weight: str,
        gradient: str,
        memory: Sequence[str],
        penalty: Sequence[str] = (),
        rule: Sequence[str | float] = (),
        options: Sequence[str] = (),
    ) -> list[str]:
        """The lines of a weight's move (see `moving.moved`); its value and each of its memories after it.

        `penalty`, `rule` : what l1 and l2, and the fields of its rule, are called; or plain numbers
        `options` : what the optimiser's options are called, if they are not to be plain numbers
        """
        if (penalty or memory) and not gradient.isidentifier():
            gradient = self.note(gradient)  # asked for more than once
        names = [name for name in (*penalty, *rule) if isinstance(name, str)]
        held = weight, gradient, "rate", *memory, *names
        how = tuple(penalty), tuple(rule)
        formula = moving.move_formula(optimizer, *how, bool(options))
        with suppress(CannotPrint):
            if formula:
                return self.formula(formula, *held, *options)
            if options:
                return self.moved(optimizer, weight, gradient, memory, *how)
        return self._called_step(optimizer, weight, gradient, memory, penalty, rule)

    def _called_step(
        self,
        optimizer: Optimizer,
        weight: str,
        gradient: str,
        memory: Sequence[str],
        penalty: Sequence[str],
        rule: Sequence[str | float],
    ) -> list[str]:
        """The same where the optimiser's own function has to be called."""
        if penalty:
            pull = trace(moving.pulled, "gradient", "value", *moving.PENALTY)
            gradient = self.note(self.formula(pull, gradient, weight, *penalty)[0])
        held = "".join(f"{name}, " for name in memory)
        step = self.called(optimizer, "step")
        after = self.note(f"{step}({weight}, {gradient}, rate, ({held}))")
        old = [weight, *memory]
        new = [f"{after}[0]", *(f"{after}[1][{at}]" for at in range(len(memory)))]
        if not rule:
            return new
        n, new = len(old), [*map(self.note, new)]
        fields = [x if isinstance(x, str) else self.printer.number(float(x)) for x in rule]
        numbers = [*old, *new, *fields]
        let = of_many(
            lambda m: lambda *x: moving.ruled(m)(x[:n], x[n : 2 * n], *x[2 * n :]), len(numbers)
        )
        return self.formula(let, *numbers)


def of_many(pick: Callable[[Any], Any], count: int) -> Formula:
    """A function of so many numbers as operations."""
    return trace(pick, *(f"a{at}" for at in range(count)))
