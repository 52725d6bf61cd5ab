"""A network as readable source of torch: a module, a line for each generation, parameters by their links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from lernpy import files, subclasses
from lernpy._version import __version__
from lernpy.engine.plan import Plan, Segment, Stage
from lernpy.errors import LernpyError
from lernpy.functions.formula import FUNCTIONS, Formula, Operation
from lernpy.functions.printing.infix import ATOM, CannotPrint, Form, Infix
from lernpy.functions.printing.python import COMMON, LARGER
from lernpy.functions.softmax import group_formula
from lernpy.interop.operators import is_usual
from lernpy.interop.vector import Vector, scalings, vector_of
from lernpy.network import Network
from lernpy.structure import structure_of
from lernpy.text import listed

OWN = {  # what torch calls it; all with the slopes of lernpy
    "identity": "{}",
    "sigmoid": "torch.sigmoid({})",
    "tanh": "torch.tanh({})",
    "relu": "torch.relu({})",
    "leaky_relu": "F.leaky_relu({}, 0.01)",
    "elu": "F.elu({})",
    "gelu": 'F.gelu({}, approximate="tanh")',
    "softplus": "torch.logaddexp({0}, torch.zeros_like({0}))",
    "step": "({0} > 0).to({0}.dtype)",
    "softmax": "torch.softmax({}, 1)",
}


class Torch(Infix):
    """Formulas as torch has them, for whole tensors."""

    forms: ClassVar[Mapping[str, Form]] = {
        **{name: form for name, form in COMMON.items() if name == "power"},
        "where": Form("torch.where({0}, {1}, {2})"),
        "logical_and": Form("({0} & {1})", ATOM, (ATOM, ATOM)),
        "logical_or": Form("({0} | {1})", ATOM, (ATOM, ATOM)),
        "logical_not": Form("~{0}", ATOM, (ATOM,)),
        "largest": Form("{0}.amax(1, keepdim=True)", ATOM, (ATOM,)),
        "whole": Form("{0}.sum(1, keepdim=True)", ATOM, (ATOM,)),
    }
    functions: ClassVar[Mapping[str, str]] = {
        name: f"torch.{name.replace('absolute', 'abs').replace('arc', 'a')}"
        for name in FUNCTIONS[2:]
    }

    def form(self, operation: Operation) -> Form:
        if operation.name == "where" and not any(
            isinstance(x, str) for x in operation.arguments[1:]
        ):
            return Form("torch.where({0}, {1}, torch.tensor({2}, dtype=torch.float64))")
        if operation.name not in LARGER:
            return super().form(operation)
        bound = "min" if operation.name == "maximum" else "max"
        first, second = (isinstance(operand, str) for operand in operation.arguments)
        if first and second:
            return Form(f"torch.{operation.name}({{0}}, {{1}})")
        return Form(f"torch.clamp({{{int(second)}}}, {bound}={{{int(first)}}})")


FRAME = '''

def sums(y, w, links, size):
    """What links (source, weight, target) bring to `size` neurons, for all samples at once."""
    return y.new_zeros(len(y), size).index_add(1, links[2], y[:, links[0]] * w[links[1]])


class Net(nn.Module):
    """Raw inputs (n, {n_inputs}) to outputs (n, {n_outputs}), scaling inside; each weight by its link."""

    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterDict()
        for name, value in WEIGHTS.items():
            value = torch.tensor(value, dtype=torch.float64)
            self.weights[name] = nn.Parameter(value, requires_grad=name not in FROZEN)
        for number, links in LINKS.items():
            self.register_buffer(f"links_{{number}}", torch.tensor(links).reshape(3, -1))

    def forward(self, x):
        return {unscaled}

    def inside(self, x):
        """From scaled inputs to scaled outputs."""
        w = torch.stack([self.weights[name] for name in WEIGHTS])
{lines}
        return y[:, {outputs}]

    def loss(self, x, t):
        """The mean loss of some samples; without penalties."""
        y, t = self.inside({scaled}), {target}
{loss}


def test():
    """The largest difference from the numbers that lernpy had."""
    net = Net()
    x, t = torch.tensor(TEST_X, dtype=torch.float64), torch.tensor(TEST_T, dtype=torch.float64)
    y = torch.tensor(TEST_Y, dtype=torch.float64)
    first = abs(net.loss(x[:1], t[:1]).item() + PENALTY - TEST_LOSS)
    return max((net(x) - y).abs().max().item(), first)


if __name__ == "__main__":
    assert test() <= 1e-12, test()
'''


def to_torch(network: Network, vector: Vector | None = None) -> str:
    """The source of a module ``Net``; run by itself, it holds itself against its test vector.

    >>> import lernpy
    >>> text = to_torch(lernpy.build.by_hand())
    >>> print(*(line for line in text.splitlines() if "sums(y, w" in line and "def" not in line), sep="\\n")
            y = torch.cat([y, torch.sigmoid(sums(y, w, self.links_1, 1))], 1)  # h
            y = torch.cat([y, torch.sigmoid(sums(y, w, self.links_2, 1))], 1)  # y
    """
    subclasses.refuse(network, "torch's source holds only lernpy's own classes")
    files.check_entries(network)
    return _Source(network, vector or vector_of(network)).text()


class _Source:
    def __init__(self, network: Network, vector: Vector) -> None:
        self.network, self.vector, self.plan = network, vector, Plan.of(network)
        self.printer = Torch()

    def text(self) -> str:
        plan, network, (inner, outer) = self.plan, self.network, scalings(self.network)
        value = self._formula(network.loss.formula("value"), network.loss.name, "y", "t")
        total = f"({value[1]}).sum(1).mean()"
        share = network.loss.share(plan.n_outputs)
        total = total if share == 1.0 else f"{share!r} * {total}"
        answer = f"self.inside({_affine('x', inner.shift, inner.scale)})"
        frame = FRAME.format(
            n_inputs=plan.n_inputs,
            n_outputs=plan.n_outputs,
            unscaled=_inverse(answer, outer.shift, outer.scale),
            lines="\n".join(f"        {line}" for line in self._lines()),
            outputs=plan.outputs.tolist(),
            scaled=_affine("x", inner.shift, inner.scale),
            target=_affine("t", outer.shift, outer.scale),
            loss="\n".join(f"        {line}" for line in (*value[0], f"return {total}")),
        )
        head = [
            f'"""Written by lernpy {__version__}: {network!r}; {network.loss.name}.',
            "",
            f"In training, lernpy takes {network.optimizer.name} with a rate of {network.learning_rate:g}.",
            '"""',
            *("", "import torch", "import torch.nn.functional as F", "from torch import nn", ""),
            *self._tables(),
        ]
        return "\n".join(head) + "\n" + frame

    def _tables(self) -> list[str]:
        network, vector, names = self.network, self.vector, self._names()
        values = {name: weight.value for name, weight in zip(names, network.weights, strict=True)}
        frozen = {n for n, weight in zip(names, network.weights, strict=True) if weight.frozen}
        links = {number: self._links(stage) for number, stage in enumerate(self.plan.stages, 1)}
        return [
            "WEIGHTS = {",
            *(f"    {name!r}: {value!r}," for name, value in values.items()),
            "}",
            f"FROZEN = {sorted(frozen)!r}",
            f"LINKS = {links!r}  # by generation: sources, weights, targets",
            f"TEST_X, TEST_T = {vector.inputs.tolist()!r}, {vector.targets.tolist()!r}",
            f"TEST_Y, TEST_LOSS = {vector.outputs.tolist()!r}, {float(vector.losses[0])!r}",
            f"PENALTY = {network.penalty()!r}  # of l1 and l2, which torch's optimisers have as they like",
        ]

    def _names(self) -> list[str]:
        """A name for each weight: that of its link, or the first of several; torch allows no point."""
        holders = structure_of(self.network).holders
        return [holders[weight][0].name.replace(".", "·") for weight in self.network.weights]

    def _links(self, stage: Stage) -> list[list[int]]:
        plan = self.plan
        links = slice(int(plan.start[stage.low]), int(plan.start[stage.high]))
        columns = plan.source[links], plan.weight[links], plan.target[links] - stage.low
        return [column.tolist() for column in columns]

    # ---- generations ----------------------------------------------------------------------------

    def _lines(self) -> list[str]:
        plan = self.plan
        lines = self._joined(plan.input_segments, "x", 0, plan.n_inputs, [])
        if plan.n_fixed > plan.n_inputs:
            lines.append(
                f"y = torch.cat([y, y.new_ones(len(y), {plan.n_fixed - plan.n_inputs})], 1)"
            )
        for number, stage in enumerate(plan.stages, 1):
            if stage.is_product:
                factors = (f"y[:, {column.tolist()}]" for column in plan.factor_columns(stage))
                lines.append(f"y = torch.cat([y, {' * '.join(factors)}], 1)  # products")
                continue
            total = f"sums(y, w, self.links_{number}, {stage.size})"
            names = listed((plan.neurons[s].name for s in range(stage.low, stage.high)), most=8)
            made = self._joined(stage.segments, total, stage.low, stage.high, ["y"])
            lines += [*made[:-1], f"{made[-1]}  # {' '.join(names.split())}"]
        return lines

    def _joined(
        self, segments: tuple[Segment, ...], total: str, low: int, high: int, before: list[str]
    ) -> list[str]:
        """The lines that put a generation's outputs beside those of all before."""
        lines: list[str] = []
        if len(segments) > 1 or not (_own(segments[0].activation) or "").count("{}"):
            lines, total = [f"z = {total}"], "z"
        parts = []
        for segment in segments:
            whole = (segment.low, segment.high) == (low, high)
            part = total if whole else f"z[:, {segment.low - low}:{segment.high - low}]"
            more, part = self._activated(segment, part)
            lines += more
            parts.append(part)
        return [*lines, f"y = torch.cat([{', '.join([*before, *parts])}], 1)"]

    def _activated(self, segment: Segment, total: str) -> tuple[list[str], str]:
        entry: Any = segment.activation
        if own := _own(entry):
            return [], own.format(total)
        formula = group_formula("shares") if segment.is_group else entry.formula("value")
        lines, result = self._formula(formula, entry.name, "z")
        return [f"z = {total}", *lines], result

    def _formula(self, formula: Formula | None, name: str, *names: str) -> tuple[list[str], str]:
        try:
            if formula is None:
                raise CannotPrint
            code = self.printer.write(formula, dict(zip(formula.parameters, names, strict=True)))
        except CannotPrint:
            raise LernpyError(f"{name} cannot be written with the functions of torch") from None
        return code.lines, code.results[0]


def _own(entry: Any) -> str | None:
    """What torch has for this entry, if it computes the same."""
    return OWN.get(entry.name) if is_usual(entry) else None


def _affine(name: str, shift: np.ndarray, scale: np.ndarray) -> str:
    text = f"({name} - {_row(shift)})" if shift.any() else name
    return f"{text} / {_row(scale)}" if (scale != 1).any() else text


def _inverse(name: str, shift: np.ndarray, scale: np.ndarray) -> str:
    text = f"{name} * {_row(scale)}" if (scale != 1).any() else name
    return f"{text} + {_row(shift)}" if shift.any() else text


def _row(values: Any) -> str:
    return f"torch.tensor({values.tolist()!r}, dtype=torch.float64)"
