"""The network's own way of learning, sample by sample in plain Python, without the objects' detours.

Equal, bit for bit, to `Network.learn_batch`: in losses, in weights and in what optimisers remember.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.base import Engine, Samples, epoch_mean
from lernpy.engine.numpy.feed import SMALL
from lernpy.engine.plan import wiring_of
from lernpy.engine.sweep import Sweep
from lernpy.engine.unrolled import Unrolled
from lernpy.functions import optimizers
from lernpy.text import counted
from lernpy.weight import FREE, Weight

if TYPE_CHECKING:
    from lernpy.network import Network

FEW_LINKS = 400
"""Up to so many links a function is written for the network; compiling it takes some 50 ms."""


class PythonEngine(Engine):
    """Learns as the network does, link by link, in Python's own numbers.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> twin = network.copy()
    >>> engine = PythonEngine(network)
    >>> engine.learn_batch([[0, 1]], [[1]]) == twin.learn([0, 1], [1])
    True
    >>> engine.store()
    >>> [weight.value for weight in network.weights] == [weight.value for weight in twin.weights]
    True
    """

    name = "python"
    kinds = ("float64",)

    def __init__(self, network: Network, dtype: Any = "float64") -> None:
        super().__init__(network, dtype)
        self._key: tuple[Any, ...] = ()
        self.load()

    @property
    def explanation(self) -> str:
        form = "written out" if isinstance(self.body, Unrolled) else "row by row"
        return f"python, {form}: {counted(len(self.w), 'weight')}"

    @property
    def values(self) -> np.ndarray:
        return np.array(self.w)

    @property
    def gradients(self) -> np.ndarray:
        return self._gradients

    # ---- in and out -----------------------------------------------------------------------------

    def _load(self) -> None:
        network = self.network
        key = wiring_of(network), network.loss
        if key != self._key:
            small = len(network.links) <= FEW_LINKS
            self.body: Unrolled | Sweep = Unrolled(network) if small else Sweep(network)
            reached = set(network.penalised)
            self.reached = [weight in reached for weight in network.weights]
            self.penalised = [at for at, is_reached in enumerate(self.reached) if is_reached]
            self._gradients = np.zeros(len(network.weights))
        self._key = key
        self.shadows = [Weight(weight.value, weight.rule) for weight in network.weights]
        for shadow, weight in zip(self.shadows, network.weights, strict=True):
            shadow.memory = weight.memory
        self.w = [float(shadow.value) for shadow in self.shadows]
        self.l1, self.l2 = network.l1, network.l2
        self.step = network.optimizer.step
        self.plain = (
            network.optimizer.factory is optimizers.sgd.factory
            and not (self.l1 or self.l2)
            and all(shadow.rule is FREE for shadow in self.shadows)
        )

    def store(self) -> None:
        rows = zip(self.network.weights, self.shadows, self.w, strict=True)
        for weight, shadow, value in rows:
            if not shadow.frozen:
                weight.value, weight.memory = value, shadow.memory

    # ---- learning -------------------------------------------------------------------------------

    def _run_batch(self, samples: Samples, rate: float) -> float:
        x, t, weighed = _lists(samples)
        return self._learn(x, t, weighed, [range(len(samples.targets))], rate)[0]

    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        x, t, weighed = _lists(samples)
        losses = []
        for order, rate in zip(orders, rates.tolist(), strict=True):
            if size == 1 and self.plain and weighed is None:
                found = self.body.online(x, t, order.tolist(), rate, self.w)
            else:
                batches = [order[a : a + size].tolist() for a in range(0, len(order), size)]
                found = self._learn(x, t, weighed, batches, rate)
            losses.append(epoch_mean(found, size, len(order)))
        return np.array(losses)

    def _learn(
        self, x: Any, t: Any, sample_weight: Any, batches: Iterable[Sequence[int]], rate: float
    ) -> list[float]:
        def update(values: list[float], blames: Sequence[float], samples: int) -> None:
            self.blames, self.samples = blames, samples
            if self.plain:
                values[:] = [w - rate * (g / samples) for w, g in zip(values, blames, strict=True)]
            else:
                self._update(values, blames, samples, rate)

        losses = self.body.learn(x, t, sample_weight, batches, self.w, update, self._penalty)
        self._gradients[:] = self.blames
        self._gradients /= self.samples
        return losses

    def _update(
        self, values: list[float], blames: Sequence[float], samples: int, rate: float
    ) -> None:
        """Each weight moves by its own rule, as `Network.update` has it."""
        rows = zip(self.shadows, values, blames, self.reached, strict=True)
        for place, (shadow, value, blame, reached) in enumerate(rows):
            shadow.value = value
            gradient = blame / samples + (self._pull(value) if reached else 0.0)
            shadow.update(self.step, gradient, rate)
            values[place] = shadow.value

    def _pull(self, value: float) -> float:
        if not (self.l1 or self.l2):
            return 0.0
        return self.l1 * (float(value > 0) - float(value < 0)) + self.l2 * value

    def _penalty(self, values: list[float]) -> float:
        if not (self.l1 or self.l2):
            return 0.0
        reached = [values[place] for place in self.penalised]
        return self.l1 * sum(map(abs, reached)) + self.l2 / 2 * sum(w * w for w in reached)

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        answers = self.body.answer(Rows.of(inputs), self.w)
        return np.array(answers).reshape(-1, len(self.network.outputs))

    def _mean_loss(self, samples: Samples) -> float:
        x, t, _ = _lists(samples)
        everything = [range(len(samples.targets))]
        return self.body.learn(x, t, None, everything, self.w, _nothing, _free)[0]


def _lists(samples: Samples) -> tuple[Any, Any, list[float] | None]:
    """Rows and sample weights as Python's numbers."""
    x, t, sample_weight = samples
    return Rows.of(x), Rows.of(t), None if sample_weight is None else sample_weight.tolist()


def _nothing(values: list[float], blames: Sequence[float], samples: int) -> None:
    """No update."""


def _free(values: list[float]) -> float:
    """No penalty."""
    return 0.0


class Rows:
    """The rows of a large table as lists of Python's numbers, each made when it is asked for."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @classmethod
    def of(cls, values: np.ndarray) -> Any:
        """A small table at once."""
        return values.astype(float).tolist() if values.size <= SMALL else cls(values)

    def __getitem__(self, at: int) -> list[float]:
        row: list[float] = self.values[at].astype(float).tolist()
        return row

    def __iter__(self) -> Iterator[list[float]]:
        return (self[at] for at in range(len(self.values)))
