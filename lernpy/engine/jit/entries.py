"""The table entries that one network uses, each as lines of code; what cannot be written is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.jit.names import CannotWrite, Names

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan
    from lernpy.functions.formula import Formula
    from lernpy.functions.losses import Loss
    from lernpy.functions.optimizers import Optimizer


class Entries:
    """Writes the formulas of one network's activations, loss and optimiser.

    `own` : functions that have to be compiled as they are, by the name they go by in the code
    """

    def __init__(
        self, loss: Loss, optimizer: Optimizer, n_outputs: int, scalars: ModuleType | None = None
    ) -> None:
        self.loss = loss
        self.optimizer = optimizer
        self.n_outputs = n_outputs
        self.own: dict[str, Callable[..., Any]] = {}
        self._scalars = scalars  # the maths of single numbers, for entries that cannot be written
        self.n_memory = len(optimizer.memory(0.1))
        self.options = tuple(optimizer.options)

    # ---- activations ----------------------------------------------------------------------------

    def value(self, lines: Names, activation: Any, z: str) -> str:
        """Writes y = f(z); returns the name of y."""
        formula = activation.formula("value")
        return self._write(lines, formula, {"z": z}, activation, lambda pair: pair[0])

    def delta(self, lines: Names, activation: Any, z: str, y: str, s: str) -> str:
        """Writes delta = s f'(z); returns its name."""
        formula = activation.formula("delta")
        if formula:
            return lines.name(formula, {"z": z, "y": y, "s": s})[0]
        slope = self._write(lines, None, {"z": z, "y": y}, activation, lambda pair: pair[1])
        return lines.note(f"{s} * {slope}").text

    # ---- the loss -------------------------------------------------------------------------------

    def loss_value(self, lines: Names, name: str, z: str, y: str, log_sum: str, t: str) -> str:
        """Writes the loss of an output whose activation has that name.

        From the total input where the loss knows such a form.
        """
        loss, form = self.loss, self.loss.from_total.get(name)
        if form is None:
            ends = {"y": y, "t": t}
            return self._write(lines, loss.formula("value"), ends, loss, lambda pair: pair[0])
        if name == "softmax":
            z = lines.note(f"{z} - {log_sum}").text
        return self._write(lines, loss.formula(name), {"z": z, "t": t}, form, lambda f: f)

    def loss_slope(self, lines: Names, name: str, z: str, y: str, t: str) -> str:
        """Its slope; of a softmax whose loss asks for the rest, z is the lead."""
        loss = self.loss
        if name == "softmax" and loss.from_rest:
            rest = lines.note(f"1.0 / (1.0 + exp_({z}))").text
            values = {"y": y, "rest": rest, "t": t}
            formula = loss.formula("rest_slope")
            return self._write(lines, formula, values, loss.from_rest, lambda slope: slope)
        ends = {"y": y, "t": t}
        return self._write(lines, loss.formula("slope"), ends, loss, lambda pair: pair[1])

    @property
    def forms(self) -> list[str]:
        """The names of activations for which the loss has forms of its own."""
        rest = ["softmax"] if self.loss.from_rest else []
        return list(dict.fromkeys([*self.loss.from_total, *rest]))

    @property
    def share(self) -> float:
        return self.loss.share(self.n_outputs)

    # ---- the optimiser --------------------------------------------------------------------------

    def step(
        self, lines: Names, w: str, g: str, rate: str, memory: Sequence[str], options: Sequence[str]
    ) -> tuple[str, list[str]]:
        """Writes one step; returns the names of the proposed weight and of the new memory."""
        rule = self.optimizer
        formula = rule.formula(named_options=True) or rule.formula()
        if formula is None:
            return self._called_step(lines, w, g, rate, memory)
        values = [w, g, rate, *memory, *options][: len(formula.parameters)]
        value, *after = lines.name(formula, dict(zip(formula.parameters, values, strict=True)))
        return value, after

    def _called_step(
        self, lines: Names, w: str, g: str, rate: str, memory: Sequence[str]
    ) -> tuple[str, list[str]]:
        name = self._own("step", self.optimizer.factory(self._maths(), **self.optimizer.options))
        held = "".join(f"{text}, " for text in memory)
        pair = lines.note(f"{name}({w}, {g}, {rate}, ({held}))")
        value, after = lines.note(f"{pair}[0]"), lines.note(f"{pair}[1]")
        return value.text, [lines.note(f"{after}[{i}]").text for i in range(len(memory))]

    # ---- how ------------------------------------------------------------------------------------

    def _write(
        self,
        lines: Names,
        formula: Formula | None,
        names: Mapping[str, str],
        entry: Any,
        pick: Callable[[Any], Any],
    ) -> str:
        """The formula's lines, or a call of the entry; returns the name of the result."""
        if formula:
            return lines.name(formula, names)[0]
        factory = getattr(entry, "factory", entry)
        name = self._own(getattr(entry, "name", "form"), pick(factory(self._maths())))
        return lines.note(f"{name}({', '.join(names.values())})").text

    def called(self, entry: Any, which: str) -> str:
        """The name of a function that goes along with the code: ``value``, ``slope`` or a form of a loss."""
        forms = getattr(entry, "from_total", {})
        forms = {**forms, "rest_slope": getattr(entry, "from_rest", None)}
        factory = forms.get(which, entry.factory)(self._maths())
        function = factory if which in forms else factory[which == "slope"]
        return self._own(entry.name, function)

    def _own(self, stem: str, function: Callable[..., Any]) -> str:
        """The function goes along with the code; the same one once."""
        for name, known in self.own.items():
            if essence(known) == essence(function):
                return name
        name = f"own{len(self.own)}_{''.join(c if c.isalnum() else '_' for c in stem)}"
        self.own[name] = function
        return name

    def _maths(self) -> Any:
        if self._scalars is None:
            raise CannotWrite("there is no compiler at hand")
        return self._scalars


def essence(function: Callable[..., Any]) -> str:
    """What tells a function from another: its code, and what that finds around it when it is compiled."""
    code: Any = getattr(function, "__code__", None)
    if code is None:
        return str(id(function))
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    around = getattr(function, "__globals__", {})
    globals_ = [around[name] for name in code.co_names if name in around]
    near = [*cells, *globals_, *(getattr(function, "__defaults__", None) or ())]
    numbers = int, float, str, np.number, np.bool_, type(None)
    texts = (repr(thing) if isinstance(thing, numbers) else str(id(thing)) for thing in near)
    return " ".join([str(id(code)), *texts])


def activations_of(plan: Plan) -> list[Any]:
    """The activations of a plan's neurons, each once; inputs and groups left out."""
    segments = [
        segment for stage in plan.stages for segment in stage.segments if not segment.is_group
    ]
    return list(dict.fromkeys(segment.activation for segment in segments))


__all__ = ["Entries", "activations_of"]
