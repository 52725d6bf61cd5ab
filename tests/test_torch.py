"""Any graph against PyTorch: outputs, losses, blame, gradients, and the weights after many updates.

Runs where torch is installed (see ``conftest.py``); elsewhere ``test_nudges.py`` is the oracle.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import lernpy
from lernpy import build
from lernpy.group import Group

ACTIVATIONS: dict[str, Any] = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "elu": F.elu,
    "softplus": F.softplus,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
}
LOSSES: dict[str, Any] = {
    "squared_error": lambda y, t: 0.5 * ((y - t) ** 2).sum(),
    "mean_squared_error": lambda y, t: ((y - t) ** 2).mean(),
    "mean_absolute_error": lambda y, t: (y - t).abs().mean(),
    "huber": lambda y, t: F.huber_loss(y, t, reduction="sum"),
    "cross_entropy": lambda y, t: -(t * torch.log(y)).sum(),
    "binary_cross_entropy": lambda y, t: F.binary_cross_entropy(y, t, reduction="sum"),
}
SHARES = {"cross_entropy", "binary_cross_entropy"}
OPTIMIZERS: dict[str, Any] = {
    "sgd": lambda p: torch.optim.SGD(p, 0.05),
    "momentum": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, 0.05),
    "rmsprop": lambda p: torch.optim.RMSprop(p, 0.05),
    "adagrad": lambda p: torch.optim.Adagrad(p, 0.05),
}


class Twin:
    """The same graph in torch, built from the links alone."""

    def __init__(self, network: lernpy.Network) -> None:
        self.network = network
        self.values = [
            torch.tensor(weight.value, dtype=torch.float64, requires_grad=True)
            for weight in network.weights
        ]
        self._weight = dict(zip(network.weights, self.values, strict=True))

    def lesson(self, inputs: Any, targets: Any) -> torch.Tensor:
        """The loss of one sample; `totals` and `outputs` are those of each neuron."""
        self.fed = dict(zip(self.network.inputs, inputs, strict=True))
        self.totals: dict[Any, torch.Tensor] = {}
        self.outputs: dict[Any, torch.Tensor] = {}
        answer = torch.stack([self.output(neuron) for neuron in self.network.outputs])
        wanted = torch.tensor(targets, dtype=torch.float64)
        return LOSSES[self.network.loss.name](answer, wanted)

    def total(self, neuron: Any) -> torch.Tensor:
        if neuron not in self.totals:
            terms = [
                self._weight[link.weight] * self.output(link.input_neuron)
                for link in self.network.links.values()
                if link.output_neuron is neuron
            ]
            start = torch.tensor(self.fed.get(neuron, 0.0), dtype=torch.float64)
            self.totals[neuron] = sum(terms, start.requires_grad_())
        return self.totals[neuron]

    def output(self, neuron: Any) -> torch.Tensor:
        kind = neuron.activation
        if neuron not in self.outputs:
            if isinstance(kind, Group):
                shares = torch.softmax(torch.stack([self.total(m) for m in kind.members]), 0)
                self.outputs.update(zip(kind.members, shares, strict=True))
            elif kind.name == "one":
                self.outputs[neuron] = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
            else:
                self.outputs[neuron] = ACTIVATIONS[kind.name](self.total(neuron))
        return self.outputs[neuron]


def some_graph(seed: int, **how: Any) -> lernpy.Network:
    """Any wiring, activations and loss that torch has; a loss of shares where all outputs are shares."""
    names = tuple(ACTIVATIONS)
    network = build.random_dag(seed, activations=names, **how)
    kinds = {neuron.activation.name for neuron in network.outputs}
    fit = [name for name in LOSSES if name not in SHARES or kinds <= {"sigmoid", "softmax"}]
    network.loss = random.Random(seed).choice(fit)
    return network


def samples(network: lernpy.Network, seed: int, count: int) -> tuple[list[Any], list[Any]]:
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(count, len(network.inputs)))
    return inputs.tolist(), rng.uniform(size=(count, len(network.outputs))).tolist()


def slope_of(loss: torch.Tensor, number: torch.Tensor) -> float:
    if not number.requires_grad:
        return 0.0
    (slope,) = torch.autograd.grad(loss, number, retain_graph=True, allow_unused=True)
    return 0.0 if slope is None else float(slope)


@pytest.mark.parametrize("seed", range(200))
def test_one_lesson_of_any_graph(seed: int) -> None:
    network = some_graph(seed)
    (inputs,), (targets,) = samples(network, seed, 1)
    twin = Twin(network)
    loss = twin.lesson(inputs, targets)

    assert network.collect(inputs, targets) == pytest.approx(
        float(loss.detach()), rel=1e-11, abs=1e-12
    )

    loss.backward(retain_graph=True)
    for weight, value in zip(network.weights, twin.values, strict=True):
        slope = 0.0 if value.grad is None else float(value.grad)
        assert weight.sensitivity == pytest.approx(slope, rel=1e-9, abs=1e-11)
    for neuron in network.neurons.values():
        if neuron not in twin.outputs:
            continue  # it leads to no output
        output = float(twin.outputs[neuron].detach())
        assert neuron.output == pytest.approx(output, rel=1e-11, abs=1e-13)
        blame = slope_of(loss, twin.outputs[neuron])
        assert neuron.sensitivity == pytest.approx(blame, rel=1e-9, abs=1e-11)
        if neuron in twin.totals:
            delta = slope_of(loss, twin.totals[neuron])
            assert neuron.delta == pytest.approx(delta, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("seed", range(4))
def test_twenty_updates_of_any_graph(seed: int, optimizer: str) -> None:
    """In batches of three; adagrad and rmsprop magnify round-off, hence the looser bound."""
    network = some_graph(seed, frozen=False)
    network.optimizer, network.learning_rate = optimizer, 0.05
    twin = Twin(network)
    steps = OPTIMIZERS[optimizer](twin.values)
    for at in range(20):
        inputs, targets = samples(network, 1000 * seed + at, 3)
        network.learn_batch(inputs, targets)
        steps.zero_grad()
        (sum(twin.lesson(x, t) for x, t in zip(inputs, targets, strict=True)) / 3).backward()
        for value in twin.values:
            value.grad = torch.zeros_like(value) if value.grad is None else value.grad
        steps.step()
    ours = np.array([weight.value for weight in network.weights])
    theirs = np.array([float(value.detach()) for value in twin.values])
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)
