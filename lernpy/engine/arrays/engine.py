"""The mirror on a graphics card: the data goes there once, the numbers come back when somebody looks.

Written for any module of arrays (see `lernpy.engine.arrays.backend`); only the engine's name is CuPy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.arrays.backend import Arrays, device
from lernpy.engine.arrays.passes import Buffers, Passes, Recorder
from lernpy.engine.base import Engine, Samples
from lernpy.engine.calls import by_call, not_portable
from lernpy.engine.numpy.feed import squashed
from lernpy.engine.plan import Plan, wiring_of
from lernpy.engine.weights import memories_of, rules_of, write_back
from lernpy.text import counted

if TYPE_CHECKING:
    from lernpy.network import Network

MOST_PREDICTED = 1 << 24  # numbers in the buffers of one block of predictions


class CupyEngine(Engine):
    """Learns and predicts what the network does, on an NVIDIA GPU."""

    name = "cupy"

    def __init__(
        self, network: Network, dtype: Any = "float64", arrays: Arrays | None = None
    ) -> None:
        self.arrays = device() if arrays is None else arrays
        self.m = self.arrays.m
        self._wiring: tuple[Any, ...] = ()
        self._learns: tuple[Any, ...] = ()
        super().__init__(network, dtype)

    @property
    def explanation(self) -> str:
        refused = self.arrays.refused
        how = f", no CUDA graphs ({refused})" if refused else ""
        weights = counted(self.plan.n_weights, "weight")
        return (
            f"{self.arrays.name}: {weights}{how}{by_call(self.network)}{not_portable(self.network)}"
        )

    @property
    def values(self) -> np.ndarray:
        return self.arrays.give(self.w[:, 0])

    @property
    def gradients(self) -> np.ndarray:
        gradients = np.empty(self.plan.n_weights)
        gradients[self.passes.order] = self.arrays.give(self._gradient[:, 0])
        return gradients

    # ---- in and out -----------------------------------------------------------------------------

    def _load(self) -> None:
        """A recorded step goes on with the arrays that it knows, as long as it is the same step."""
        network = self.network
        if self._wiring != wiring_of(network):
            self._wiring, self._learns = wiring_of(network), ()
            self._compile(Plan.of(network))
        rules = rules_of(self.plan.weights)
        frozen = None if rules is None else rules.tolist()
        learns = (network.loss, network.optimizer, network.l1, network.l2, frozen)
        if learns != self._learns:
            self._learns = learns
            self._load_entries(rules)
        self._load_numbers()

    def _compile(self, plan: Plan) -> None:
        self.plan, self.passes = plan, Passes(plan, self.arrays, self.dtype)
        self.held = [plan.weights[index] for index in self.passes.order.tolist()]
        self.rate = self.m.zeros((), self.dtype)
        self.w, self._gradient = (self.m.zeros((plan.n_weights, 1), self.dtype) for _ in range(2))
        self._data: tuple[Any, ...] = ()

    def _load_entries(self, rules: np.ndarray | None) -> None:
        network, plan = self.network, self.plan
        self.passes.learns(network.loss, network.optimizer, rules)
        self.share = network.loss.share(plan.n_outputs)
        self.penalty = (network.l1, network.l2) if network.l1 or network.l2 else None
        counters = network.optimizer.counters
        self.memory = [
            self.m.zeros((plan.n_weights, 1), np.float64 if index in counters else self.dtype)
            for index in range(len(network.optimizer.memory(0.0)))
        ]
        self._forget()

    def _forget(self) -> None:
        """Steps that were recorded are others from now on."""
        self._step = Recorder(self.passes, [self.w, *self.memory], self._step_of)

    def _load_numbers(self) -> None:
        memories, self._fresh = memories_of(self.held, self.network.optimizer)
        self.w[...] = self.passes.column([weight.value for weight in self.plan.weights])
        for column, numbers in zip(self.memory, memories, strict=True):
            column[...] = self.arrays.take(numbers[:, None])
        self._moved = False

    def _store(self) -> None:
        if self._moved:
            give = self.arrays.give
            values, *memories = (give(array)[:, 0].tolist() for array in (self.w, *self.memory))
            write_back(self.held, values, memories)

    # ---- learning -------------------------------------------------------------------------------

    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        """Nothing comes back before the losses."""
        self._bring(samples)
        self._begin(float(rates[0]))
        count = orders.shape[1]
        there = self.arrays.take(orders.astype(np.int64))
        losses = self.m.zeros(len(rates))
        for epoch, rate in enumerate(rates.tolist()):
            self.rate[...] = rate
            for low in range(0, count, size):
                losses[epoch] += self._step(there[epoch, low : low + size])[0]
        means: np.ndarray = self.arrays.give(losses) / count
        return means

    def _bring(self, samples: Samples) -> None:
        """The samples for recorded steps, which read the same arrays again."""
        new = self._brought(samples)
        old = self._data
        if [array.shape for array in new] == [array.shape for array in old]:
            for array, numbers in zip(old, new, strict=True):
                array[...] = numbers
        else:
            self._data = new
            self._forget()

    def _brought(self, samples: Samples) -> tuple[Any, Any, Any]:
        """Inputs, targets and what each sample counts, to the device; samples on the second axis."""
        x, t, sample_weight = samples
        weighed = (np.ones(len(x)) if sample_weight is None else sample_weight) * self.share
        numbers = squashed(self.plan, x).T, t.T, weighed
        x, t, weighed = (
            self.arrays.take(np.asarray(array, self.dtype)[..., None]) for array in numbers
        )
        return x, t, weighed

    def _begin(self, rate: float) -> None:
        """Fresh memories may depend on the rate."""
        self._moved = True
        if self._fresh.any():
            fresh = self.arrays.take(self._fresh[:, None])
            start = self.network.optimizer.memory(rate)
            for column, number in zip(self.memory, start, strict=True):
                column[...] = self.m.where(fresh, number, column)
        self._fresh[:] = False

    def _step_of(self, count: int) -> Any:
        """The step of so many samples, by their indices."""
        room = Buffers(self.passes, count)

        def step(rows: Any) -> Any:
            x, t, weighed = self._data
            samples, weights = (x[:, rows], t[:, rows], weighed[rows]), (self.w, self.memory)
            loss = self.passes.step(room, weights, samples, self.rate, self.penalty)
            self._gradient[...] = room.mean
            return loss

        return step

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        answers = np.empty((len(inputs), self.plan.n_outputs))
        nothing = np.zeros((len(inputs), 0))
        outputs = self.arrays.take(self.plan.outputs)
        for rows, room, _ in self._forward(self._brought(Samples(inputs, nothing, None))):
            answers[rows] = self.arrays.give(room.y[outputs, :, 0]).T
        return answers

    def _mean_loss(self, samples: Samples) -> float:
        data = _, t, weighed = self._brought(samples)
        total: Any = self.m.zeros(1)
        for rows, room, logs in self._forward(data):
            total = total + self.passes.judge(room, logs, t[:, rows], weighed[rows])
        return float(self.arrays.give(total)[0]) / len(samples.inputs)

    def _forward(
        self, data: tuple[Any, Any, Any]
    ) -> Iterator[tuple[slice, Buffers, dict[int, Any]]]:
        """Block by block, as many samples as fit the device."""
        x, count = data[0], data[0].shape[1]
        block = max(1, MOST_PREDICTED // self.plan.n_neurons)
        links = self.passes.links(self.w)
        for low in range(0, count, block):
            rows = slice(low, min(low + block, count))
            room = Buffers(self.passes, rows.stop - low)
            yield rows, room, self.passes.forward(room, links, x[:, rows])
