"""The mirror on a graphics card: the data goes there once, the numbers come back when somebody looks.

Written for any module of arrays (see `lernpy.engine.arrays.arrays`); only the engine's name is CuPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy.engine.arrays.arrays import Arrays, device
from lernpy.engine.arrays.entries import Bend, Mover, ends_of
from lernpy.engine.base import Engine, Samples
from lernpy.engine.numpy.feed import squashed
from lernpy.engine.plan import Plan, Stage, wiring_of
from lernpy.engine.weights import memories_of, rules_of, write_back
from lernpy.text import counted

if TYPE_CHECKING:
    from lernpy.network import Network

MOST_PREDICTED = 1 << 24  # numbers in the buffers of one block of predictions


class Block(NamedTuple):
    """One generation's links as a dense matrix (targets, sources); holes are zeros.

    `place` : where each link stands in the matrix; None where there is no hole
    `moved` : which columns have sources that are to be blamed (no inputs, no biases), `blamed` their
        slots; None where there are none
    """

    rows: slice
    bends: list[Bend]
    sources: Any
    links: slice
    place: Any
    moved: Any
    blamed: Any
    shape: tuple[int, int]


class CupyEngine(Engine):
    """Learns and predicts what the network does, on an NVIDIA GPU."""

    name = "cupy"

    def __init__(
        self, network: Network, dtype: Any = "float64", arrays: Arrays | None = None
    ) -> None:
        super().__init__(network, dtype)
        self.arrays = device() if arrays is None else arrays
        self.m = self.arrays.m
        self._wiring: tuple[Any, ...] = ()
        self._learns: tuple[Any, ...] = ()
        self.load()

    @property
    def explanation(self) -> str:
        refused = self.arrays.refused
        how = f", no CUDA graphs ({refused})" if refused else ""
        return f"{self.arrays.name}: {counted(self.plan.n_weights, 'weight')}{how}"

    @property
    def values(self) -> np.ndarray:
        return self.arrays.give(self.w[:, 0])

    @property
    def gradients(self) -> np.ndarray:
        found = np.empty(self.plan.n_weights)
        found[self.order] = self.arrays.give(self._gradient[:, 0])
        return found

    # ---- in and out -----------------------------------------------------------------------------

    def _load(self) -> None:
        """A recorded step goes on with the arrays that it knows, as long as it is the same step."""
        network = self.network
        if self._wiring != wiring_of(network):
            self._wiring, self._learns = wiring_of(network), ()
            self._compile(Plan.of(network))
        rules = rules_of(self.held)
        said = None if rules is None else rules.tolist()
        learns = (network.loss, network.optimizer, network.l1, network.l2, said)
        if learns != self._learns:
            self._learns = learns
            self._load_entries(rules)
        self._load_numbers()

    def _compile(self, plan: Plan) -> None:
        self.plan = plan
        self._arrange(plan)
        self.held = [plan.weights[place] for place in self.order.tolist()]
        self.blocks = [self._block(stage) for stage in plan.stages]
        self.largest = max(block.shape[0] * block.shape[1] for block in self.blocks)
        self.rate, self.loss = self.m.zeros((), self.dtype), self.m.zeros(())
        self.w, self._gradient = (self._there(np.zeros(plan.n_weights)) for _ in range(2))
        self._samples_there: tuple[Any, ...] = ()

    def _arrange(self, plan: Plan) -> None:
        """Links by target, then source, so that a stage without holes is a matrix as it stands."""
        by_source = np.lexsort((plan.source, plan.target))
        self.by_source = by_source
        self.order = np.arange(plan.n_weights) if plan.shared else plan.weight[by_source]
        self.held_by = self.arrays.take(plan.weight[by_source])
        self.rounds = [self._round(plan.weight[by_source], turn) for turn in range(_most(plan))]

    def _round(self, held: np.ndarray, turn: int) -> tuple[Any, Any]:
        """The weights that more than `turn` links hold, and for each its link of that number."""
        by_weight = np.argsort(held, kind="stable")
        starts = np.searchsorted(held[by_weight], np.arange(self.plan.n_weights))
        counts = np.bincount(held, minlength=self.plan.n_weights)
        weights = np.flatnonzero(counts > turn)
        return self.arrays.take(weights), self.arrays.take(by_weight[starts[weights] + turn])

    def _load_entries(self, rules: np.ndarray | None) -> None:
        network, plan, arrays = self.network, self.plan, self.arrays
        self.ends = ends_of(plan, network.loss, arrays)
        self.share = network.loss.share(plan.n_outputs)
        self.l1, self.l2 = network.l1, network.l2
        there = None if rules is None else [self._there(row) for row in rules]
        penalised = self._there(plan.penalised[self.order])
        self.mover = Mover(network.optimizer, there, penalised, arrays)
        counters = network.optimizer.counters
        self.memory = [
            self.m.zeros((plan.n_weights, 1), np.float64 if place in counters else self.dtype)
            for place in range(len(network.optimizer.memory(0.0)))
        ]
        self._forget()

    def _forget(self) -> None:
        """Steps that were recorded are others from now on."""
        self._steps: dict[int, Callable[[], None]] = {}
        self._rows: dict[int, Any] = {}

    def _load_numbers(self) -> None:
        memories, self._fresh = memories_of(self.held, self.network.optimizer)
        self.w[...] = self._there([weight.value for weight in self.held])
        for column, numbers in zip(self.memory, memories, strict=True):
            column[...] = self.arrays.take(numbers[:, None])
        self._moved = False

    def _block(self, stage: Stage) -> Block:
        plan, take = self.plan, self.arrays.take
        links = slice(int(plan.start[stage.low]), int(plan.start[stage.high]))
        source = plan.source[self.by_source[links]]
        target = plan.target[self.by_source[links]]
        known, column = np.unique(source, return_inverse=True)
        shape = stage.high - stage.low, len(known)
        place = (target - stage.low) * shape[1] + column
        full = len(place) == shape[0] * shape[1]
        moved = np.flatnonzero(known >= plan.n_fixed)
        return Block(
            slice(stage.low, stage.high),
            [Bend(run, self.arrays) for run in stage.runs],
            self._places(known),
            links,
            None if full else take(place),
            self._places(moved) if len(moved) else None,
            self._places(known[moved]) if len(moved) else None,
            shape,
        )

    def _places(self, found: np.ndarray) -> Any:
        """A slice where they are neighbours, else a list on the device."""
        if (np.diff(found) == 1).all():
            return slice(int(found[0]), int(found[-1]) + 1)
        return self.arrays.take(found)

    def _there(self, numbers: Any) -> Any:
        """A column of numbers on the device."""
        return self.arrays.take(np.asarray(numbers, self.dtype)[:, None])

    def store(self) -> None:
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
                self._learn(there[epoch, low : low + size])
                losses[epoch] += self.loss
        found: np.ndarray = self.arrays.give(losses) / count
        return found

    def _bring(self, samples: Samples) -> None:
        """The samples for recorded steps, which read the same arrays again."""
        new = self._brought(samples)
        old = self._samples_there
        if [array.shape for array in new] == [array.shape for array in old]:
            for array, numbers in zip(old, new, strict=True):
                array[...] = numbers
        else:
            self._samples_there = new
            self._forget()

    def _brought(self, samples: Samples) -> tuple[Any, Any, Any]:
        """Inputs, targets and what each sample counts, to the device."""
        x, t, sample_weight = samples
        weighed = (np.ones(len(x)) if sample_weight is None else sample_weight) * self.share
        numbers = squashed(self.plan, x), t, weighed
        x, t, weighed = (self.arrays.take(np.asarray(array, self.dtype)) for array in numbers)
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

    def _learn(self, rows: Any) -> None:
        """One step; recorded at the first of its size, where the device can, and then only repeated."""
        count = len(rows)
        if count not in self._steps:
            self._rows[count] = self.m.zeros(count, np.int64)
            self._rows[count][...] = rows
            self._steps[count] = self._recorded(count)
        self._rows[count][...] = rows
        self._steps[count]()

    def _recorded(self, count: int) -> Callable[[], None]:
        """Recording may run the step once; that leaves no trace."""
        changing = self.w, *self.memory
        kept = [array.copy() for array in changing]
        step = self.arrays.repeat(lambda: self._step(count), count * self.largest)
        for array, numbers in zip(changing, kept, strict=True):
            array[...] = numbers
        return step

    def _step(self, count: int) -> None:
        rows, (x, t, weighed) = self._rows[count], self._samples_there
        links = self._links()
        z, y, logs = self._forward(links, x[rows].T)
        loss, s = self._judge(z, y, logs, t[rows].T, weighed[rows])
        gradient = self._gradients(links, z, y, s) / count
        self._gradient[...] = gradient
        if self.l1 or self.l2:
            loss = loss + count * self.mover.penalty(self.w, self.l1, self.l2).sum()
            gradient = self.mover.pull(gradient, self.w, self.l1, self.l2)
        self.mover.move(self.w, self.memory, gradient, self.rate)
        self.loss[...] = loss

    def _links(self) -> list[Any]:
        """The matrix of each generation."""
        flat = self.w[:, 0]
        if self.plan.shared:
            flat = flat[self.held_by]
        return [self._matrix(block, flat) for block in self.blocks]

    def _matrix(self, block: Block, flat: Any) -> Any:
        if block.place is None:
            return flat[block.links].reshape(block.shape)
        matrix = self.m.zeros(block.shape[0] * block.shape[1], self.dtype)
        matrix[block.place] = flat[block.links]
        return matrix.reshape(block.shape)

    def _forward(self, links: list[Any], x: Any) -> tuple[Any, Any, dict[int, Any]]:
        """Total inputs and outputs (n_neurons, batch) from inputs (n_inputs, batch)."""
        m, plan = self.m, self.plan
        z = m.zeros((plan.n_neurons, x.shape[1]), self.dtype)
        y = m.ones((plan.n_neurons, x.shape[1]), self.dtype)
        y[: plan.n_inputs] = x
        logs: dict[int, Any] = {}
        for block, matrix in zip(self.blocks, links, strict=True):
            z[block.rows] = self.arrays.product(matrix, y[block.sources])
            for bend in block.bends:
                log_sum = bend.forward(z[bend.rows], y[bend.rows])
                logs.update(dict.fromkeys(range(bend.rows.start, bend.rows.stop), log_sum))
        return z, y, logs

    def _judge(self, z: Any, y: Any, logs: dict[int, Any], t: Any, share: Any) -> tuple[Any, Any]:
        """The loss, a number; sensitivities (n_neurons, batch), so far those of the outputs."""
        s = self.m.zeros_like(y)
        total: Any = 0.0
        for place, (slot, judge) in enumerate(self.ends):
            total = total + (share * judge.value(z[slot], y[slot], logs.get(slot), t[place])).sum()
            s[slot] = share * judge.slope(y[slot], t[place])
        return total, s

    def _gradients(self, links: list[Any], z: Any, y: Any, s: Any) -> Any:
        """(n_weights, 1): the sum over the batch."""
        m, product = self.m, self.arrays.product
        d = m.zeros_like(s)
        found = m.zeros(self.plan.n_links, self.dtype)
        for block, matrix in zip(reversed(self.blocks), reversed(links), strict=True):
            for bend in block.bends:
                rows = bend.rows
                bend.backward(z[rows], y[rows], s[rows], d[rows])
            delta = d[block.rows]
            if block.moved is not None:
                s[block.blamed] = s[block.blamed] + product(matrix[:, block.moved].T, delta)
            products = product(delta, y[block.sources].T).reshape(-1)
            found[block.links] = products if block.place is None else products[block.place]
        return self._summed(found)[:, None]

    def _summed(self, found: Any) -> Any:
        """From links to weights: a shared one sums."""
        if not self.plan.shared:
            return found
        sums = self.m.zeros(self.plan.n_weights, self.dtype)
        for weights, links in self.rounds:
            sums[weights] = sums[weights] + found[links]
        return sums

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        answers = np.empty((len(inputs), self.plan.n_outputs))
        x = self.arrays.take(np.asarray(squashed(self.plan, inputs), self.dtype))
        links, ends = self._links(), self._places(self.plan.outputs)
        for rows in self._in_parts(len(inputs)):
            _, y, _ = self._forward(links, x[rows].T)
            answers[rows] = self.arrays.give(y[ends]).T
        return answers

    def _mean_loss(self, samples: Samples) -> float:
        x, t, weighed = self._brought(samples)
        links = self._links()
        total: Any = self.m.zeros(())
        for rows in self._in_parts(len(samples.inputs)):
            found = self._forward(links, x[rows].T)
            total = total + self._judge(*found, t[rows].T, weighed[rows])[0]
        return float(self.arrays.give(total)) / len(samples.inputs)

    def _in_parts(self, count: int) -> Iterator[slice]:
        """Samples whose buffers fit the device."""
        block = max(1, MOST_PREDICTED // self.plan.n_neurons)
        return (slice(low, low + block) for low in range(0, count, block))


def _most(plan: Plan) -> int:
    """How many links the most shared weight has; 0 where none is shared."""
    return int(np.bincount(plan.weight).max()) if plan.shared else 0
