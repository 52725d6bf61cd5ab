"""The objects themselves: `network.learn`, and its bare verbs in a plain loop."""

from __future__ import annotations

from random import shuffle as mix

import numpy as np

from benchmark.runners import Absent, Runner

Sample = tuple[list[float], list[float]]


class Learn(Runner):
    """`network.learn`, sample by sample."""

    name = "learn"
    work = 2**16

    def prepare(self) -> None:
        if self.workload.batch != 1:
            raise Absent("network.learn learns sample by sample")
        self.network.learning_rate = self.workload.rate
        self.samples = list(zip(self.x.tolist(), self.t.tolist(), strict=True))

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        samples = self.samples.copy()
        for _ in range(epochs):
            if shuffle:
                mix(samples)
            self.go_through(samples)

    def go_through(self, samples: list[Sample]) -> None:
        for x, t in samples:
            self.network.learn(x, t)

    def weights(self) -> np.ndarray:
        return np.array([weight.value for weight in self.network.weights])


class Verbs(Learn):
    """What `learn` does, without its checks: reset, input, propagate, submit, backpropagate, update."""

    name = "verbs"

    def go_through(self, samples: list[Sample]) -> None:
        network, rate, step = self.network, self.workload.rate, self.network.optimizer.step
        order, back, weights = network.order, network.order[::-1], network.weights
        inputs, outputs = network.inputs, network.outputs
        value, slope = network.loss.value, network.loss.slope
        for x, t in samples:
            for part in order:
                part.reset()
            for weight in weights:
                weight.reset()
            for neuron, number in zip(inputs, x):  # noqa: B905 (asking costs time)
                neuron.input(number)
            for part in order:
                part.propagate()
            self.loss = 0.0
            for neuron, number in zip(outputs, t):  # noqa: B905
                self.loss += value(neuron.output, number)
                neuron.submit_sensitivity(slope(neuron.output, number))
            for part in back:
                part.backpropagate()
            for weight in weights:
                weight.update(step, weight.sensitivity, rate)
