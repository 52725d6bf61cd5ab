"""The objects themselves: neurons, links and groups, parts with a class of the user's own included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lernpy import held, subclasses
from lernpy.engine.base import Engine, Samples, epoch_mean
from lernpy.text import counted

if TYPE_CHECKING:
    pass


class GraphEngine(Engine):
    """`Network.learn_batch`, run by a twin of the network that `store` hands back.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> engine = GraphEngine(network)
    >>> engine.learn_batch([[0, 1]], [[1]]) == network.copy().learn([0, 1], [1])
    True
    """

    name = "graph"
    kinds = ("float64",)
    runs_subclasses = True

    @property
    def explanation(self) -> str:
        own = subclasses.described(self.network)
        return (
            f"graph, the objects themselves{own and f', as {own}'}: "
            f"{counted(len(self.twin.weights), 'weight')}"
        )

    @property
    def values(self) -> np.ndarray:
        return np.array([weight.value for weight in self.twin.weights])

    @property
    def gradients(self) -> np.ndarray:
        return self._gradients

    def _load(self) -> None:
        self.twin = self.network.copy()
        self._gradients = np.zeros(len(self.twin.weights))

    def _store(self) -> None:
        for weight, twin in zip(self.network.weights, self.twin.weights, strict=True):
            if not twin.frozen:
                weight.value, weight.memory = twin.value, twin.memory
        subclasses.put_numbers(self.network, subclasses.own_numbers(self.twin))

    def _check_learn(self) -> None:
        if "learn_batch" not in subclasses.overridden(self.twin):
            subclasses.refuse_verbs(
                self.twin, ["learn"], "which training does not call; write collect or learn_batch"
            )

    def _run_batch(self, samples: Samples, rate: float) -> float:
        self._check_learn()
        loss = self.twin.learn_batch(*samples, rate=rate)
        blames = [weight.sensitivity for weight in self.twin.weights]
        self._gradients = np.array(blames) / len(samples.targets)
        return loss

    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        self._check_learn()
        losses = []
        for order, rate in zip(orders, rates.tolist(), strict=True):
            batches = (samples.part(order[a : a + size]) for a in range(0, len(order), size))
            means = [self.twin.learn_batch(*batch, rate=rate) for batch in batches]
            losses.append(epoch_mean(means, size, len(order)))
        return np.array(losses)

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        return self.twin.predict(inputs)

    def _mean_loss(self, samples: Samples) -> float:
        asked = self.twin.copy()
        asked.l1 = asked.l2 = total = 0.0
        with held.sure_of(asked):
            for inputs, targets in zip(samples.inputs, samples.targets, strict=True):
                asked.answer(inputs)
                total += asked.expect(targets)
        return total / len(samples.targets)
