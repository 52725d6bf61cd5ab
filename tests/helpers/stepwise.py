"""A cell gone through step by step by torch, which unrolls nothing: unrolled networks are held against it."""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from types import SimpleNamespace
from typing import Any

import numpy as np

import lernpy
from lernpy.build import Cell
from lernpy.group import Group
from lernpy.link import Link
from lernpy.product import Product


def random_cell(seed: int) -> tuple[Cell, int]:
    """A random cell with products, softmax groups and states that reach back one step or two; and steps."""
    rng = np.random.default_rng(seed)
    network = lernpy.build.random_dag(seed, inputs=3, hidden=4, products=True, frozen=False)
    fixed = {neuron.name for neuron in (*network.inputs, *network.biases)}
    names = [name for name in network.neurons if name not in fixed]
    first = str(rng.choice(names))
    others = [name for name in (*names, "x1", "x2") if name != first]
    state = {"x2": first, "x3": str(rng.choice(others))}
    return Cell(network, state), 1 + seed % 12


def learn(
    cell: Cell, steps: int, inputs: np.ndarray, targets: np.ndarray
) -> tuple[float, list[float]]:
    """The loss of one sequence (half the squared errors of all steps), and what each weight is to blame for."""
    import torch

    def double(value: Any) -> Any:
        return torch.as_tensor(value, dtype=torch.float64)

    maths = SimpleNamespace(
        **{
            name: getattr(torch, name)
            for name in ("tanh", "exp", "log", "log1p", "abs", "erf", "sqrt")
        },
        where=lambda test, a, b: torch.where(test, double(a), double(b)),
        maximum=lambda a, b: torch.maximum(double(a), double(b)),
        minimum=lambda a, b: torch.minimum(double(a), double(b)),
        sign=torch.sign,
    )
    network = cell.network
    weights = {weight: double(weight.value).requires_grad_() for weight in network.weights}
    past: list[dict[str, Any]] = []

    def remembered(name: str, ago: int = 1) -> Any:
        step = len(past) - ago
        if cell.state[name] in cell.state:
            return remembered(cell.state[name], ago + 1)
        return past[step][cell.state[name]] if step >= 0 else double(0.0)

    loss = double(0.0)
    for x, wanted in zip(inputs, targets, strict=True):
        total = {name: double(0.0) for name in network.neurons}
        output: dict[str, Any] = {}
        for part in network.order:
            if isinstance(part, Link):
                signal = weights[part.weight] * output[part.input_neuron.name]
                total[part.output_neuron.name] = total[part.output_neuron.name] + signal
            elif isinstance(part, Group):
                names = [member.name for member in part.members]
                shares = torch.softmax(torch.stack([total[name] for name in names]), 0)
                output.update(zip(names, shares, strict=True))
            elif isinstance(part, Product):
                output[part.neuron.name] = reduce(mul, (output[f.name] for f in part.factors))
            elif part.name in cell.state:
                output[part.name] = remembered(part.name)
            elif part in network.inputs:
                output[part.name] = double(x)
            elif part in network.biases:
                output[part.name] = double(1.0)
            else:
                output[part.name] = part.activation.factory(maths)[0](total[part.name])
        past.append(output)
        missed = (output[n.name] - double(t) for n, t in zip(network.outputs, wanted, strict=True))
        loss = loss + reduce(add, (0.5 * one * one for one in missed))
    loss.backward()
    blames = [0.0 if w.grad is None else float(w.grad) for w in weights.values()]
    return float(loss.detach()), blames
