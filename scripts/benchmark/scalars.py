"""micrograd: a graph of single numbers, built anew for each sample and gone through by recursion."""

from __future__ import annotations

import math
import sys
from random import shuffle as mix
from typing import Any

import numpy as np

from benchmark.runners import Absent, Runner


class Micrograd(Runner):
    """Its MLP as it is, but for the sigmoid, which it lacks: an operation of our own on its values."""

    name = "micrograd"
    work = 2**14

    def prepare(self) -> None:
        try:
            from micrograd.engine import Value
            from micrograd.nn import MLP
        except ImportError:
            raise Absent("micrograd is not installed") from None
        if not self.plan.layers or self.workload.batch != 1:
            raise Absent("micrograd stands beside layers that learn sample by sample")
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))  # it goes link by link
        self.value, sizes = Value, self.workload.sizes
        self.net = MLP(sizes[0], list(sizes[1:]))
        for layer, (matrix, bias) in zip(self.net.layers, self.matrices(), strict=True):
            for neuron, weights, start in zip(layer.neurons, matrix.T, bias, strict=True):
                neuron.nonlin = False
                neuron.b.data = float(start)
                for each, number in zip(neuron.w, weights.tolist(), strict=True):
                    each.data = number
        self.samples = list(zip(self.x.tolist(), self.t.tolist(), strict=True))

    def sigmoid(self, z: Any) -> Any:
        y = 1 / (1 + math.exp(-z.data))
        out = self.value(y, (z,), "sigmoid")

        def backward() -> None:
            z.grad += y * (1 - y) * out.grad

        out._backward = backward
        return out

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        samples = self.samples.copy()
        for _ in range(epochs):
            if shuffle:
                mix(samples)
            for x, t in samples:
                self.step(x, t)

    def step(self, x: list[Any], t: list[float]) -> None:
        for layer in self.net.layers:
            x = [self.sigmoid(neuron(x)) for neuron in layer.neurons]
        loss = sum(((y - wanted) ** 2 for y, wanted in zip(x, t, strict=True)), self.value(0.0))
        self.net.zero_grad()
        (loss * 0.5).backward()
        for each in self.net.parameters():
            each.data -= self.workload.rate * each.grad

    def weights(self) -> np.ndarray:
        layers = [
            (
                np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T,
                np.array([neuron.b.data for neuron in layer.neurons]),
            )
            for layer in self.net.layers
        ]
        return self.flat(layers)
