"""The mirror on a graphics card: the data goes there once, the numbers come back when somebody looks.

Written for any module of arrays (see `lernpy.engine.arrays`); only the engine's name is CuPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy.engine.arrays import Arrays, device
from lernpy.engine.choose import plural
from lernpy.engine.entries import Bend, Judge, Mover
from lernpy.engine.feed import table
from lernpy.engine.many import squashed
from lernpy.engine.plan import Plan, Stage, wiring_of
from lernpy.engine.rules import COUNTERS
from lernpy.errors import LernpyError, ShapeError
from lernpy.weight import FREE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.network import Network

MOST_PREDICTED = 1 << 24  # numbers in the buffers of one block of predictions


class Block(NamedTuple):
    """One generation's links as a dense matrix (targets, sources); holes are zeros.

    `place` : where each link stands in the matrix; None where there is no hole
    `moved` : which columns have sources that are to be blamed (no inputs, no biases)
    """

    rows: slice
    bends: list[Bend]
    sources: Any
    links: slice
    place: Any
    moved: Any
    blamed: Any
    shape: tuple[int, int]


class CupyEngine:
    """Learns and predicts what the network does, on an NVIDIA GPU. The interface is that of `Mirror`."""

    name = "cupy"

    def __init__(
        self, network: Network, dtype: Any = "float64", arrays: Arrays | None = None
    ) -> None:
        self.arrays = device() if arrays is None else arrays
        self.m = self.arrays.m
        self.network = network
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float64, np.float32):
            raise LernpyError(f"a mirror calculates in float64 or float32, not in {self.dtype}")
        self._wiring: tuple[Any, ...] = ()
        self.load()

    @property
    def explanation(self) -> str:
        """What this engine makes of the network."""
        return f"{self.arrays.name}: {plural(self.plan.n_weights, 'weight')}"

    @property
    def values(self) -> np.ndarray:
        """All weights as they are now, in an order of the engine's own."""
        return self.arrays.give(self.w[:, 0])

    @property
    def gradients(self) -> np.ndarray:
        """(n_weights,), the mean blame of each weight in the last `learn_batch`, penalty left out."""
        found = np.empty(self.plan.n_weights)
        found[self.order] = self.arrays.give(self._gradient[:, 0])
        return found

    # ---- in and out -----------------------------------------------------------------------------

    def load(self) -> None:
        """Take over the network's numbers and how it learns; compile anew if its wiring changed."""
        network = self.network
        if self._wiring != wiring_of(network):
            self.plan, self._wiring = Plan.of(network), wiring_of(network)
            self._arrange(self.plan)
        self.held = [self.plan.weights[place] for place in self.order.tolist()]
        self.w = self._there([weight.value for weight in self.held])
        self._gradient = self.m.zeros_like(self.w)
        self._load_memory()
        self._load_entries()
        self._moved = False
        self._steps: dict[Any, Callable[[], None]] = {}

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

    def _load_memory(self) -> None:
        start = self.network.optimizer.memory(0.0)
        counters = COUNTERS.get(self.network.optimizer.factory, ())
        self._fresh = np.array([not weight.memory for weight in self.held], bool)
        rows = np.array([weight.memory or start for weight in self.held], float).reshape(
            len(self.held), len(start)
        )
        kinds = [np.float64 if place in counters else self.dtype for place in range(len(start))]
        self.memory = [
            self.arrays.take(column.astype(kind)[:, None])
            for column, kind in zip(rows.T, kinds, strict=True)
        ]

    def _load_entries(self) -> None:
        network, plan, arrays = self.network, self.plan, self.arrays
        self.blocks = [self._block(stage) for stage in plan.stages]
        ends = [(int(slot), plan.neurons[int(slot)].activation.name) for slot in plan.outputs]
        judges = {name: Judge(network.loss, name, len(ends), arrays) for _, name in ends}
        self.ends = [(slot, judges[name]) for slot, name in ends]
        self.share = network.loss.share(len(ends))
        self.l1, self.l2 = network.l1, network.l2
        rules = [weight.rule for weight in self.held]
        ruled = any(rule is not FREE and rule != FREE for rule in rules)
        self._frozen = np.array([rule.frozen for rule in rules], bool)
        rows = np.array([list(map(float, rule)) for rule in rules]).T
        there = [self._there(row) for row in rows] if ruled else None
        penalised = self._there(plan.penalised[self.order].astype(float))
        self.mover = Mover(network.optimizer, there, ruled, penalised, arrays)

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
            self._places(moved),
            self._places(known[moved]),
            shape,
        )

    def _places(self, found: np.ndarray) -> Any:
        """A slice where they are neighbours, else a list on the device."""
        if len(found) and (np.diff(found) == 1).all():
            return slice(int(found[0]), int(found[-1]) + 1)
        return self.arrays.take(found) if len(found) else slice(0, 0)

    def _there(self, numbers: Any) -> Any:
        """A column of numbers on the device."""
        return self.arrays.take(np.asarray(numbers, self.dtype)[:, None])

    def store(self) -> None:
        """Write values and memories back into the network's weights."""
        if not self._moved:
            return
        give = self.arrays.give
        columns = [give(column)[:, 0].tolist() for column in (self.w, *self.memory)]
        for weight, frozen, row in zip(
            self.held, self._frozen, zip(*columns, strict=True), strict=True
        ):
            if not frozen:
                weight.value, weight.memory = row[0], tuple(row[1:])

    # ---- learning -------------------------------------------------------------------------------

    def learn_batch(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        importance: ArrayLike | None = None,
        rate: float | None = None,
    ) -> float:
        """One update from several samples: see `Network.learn_batch`. Then `gradients` can be read."""
        count = len(table("input", self.plan.n_inputs, inputs))
        rate = self.network.learning_rate if rate is None else rate
        order = np.arange(count)[None]
        return float(self.learn_epochs(inputs, targets, order, count, [rate], importance)[0])

    def learn_epochs(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        orders: np.ndarray,
        batch_size: int,
        rates: ArrayLike,
        importance: ArrayLike | None = None,
    ) -> np.ndarray:
        """Many epochs in one go: see `Mirror.learn_epochs`. Nothing comes back before the losses."""
        self._bring(inputs, targets, importance)
        count = orders.shape[1]
        size = max(1, min(int(batch_size), count))
        rates = np.asarray(rates, float)
        self._begin(rates)
        there = self.arrays.take(np.asarray(orders, np.int64))
        losses = self.m.zeros(len(rates))
        for epoch, rate in enumerate(rates.tolist()):
            self.rate[...] = rate
            for low in range(0, count, size):
                self._learn(there[epoch, low : low + size])
                losses[epoch] += self.loss
        found: np.ndarray = self.arrays.give(losses) / count
        return found

    def _bring(self, inputs: ArrayLike, targets: ArrayLike, importance: ArrayLike | None) -> None:
        """The samples, to the device."""
        x = table("input", self.plan.n_inputs, inputs)
        t = table("output", self.plan.n_outputs, targets)
        if len(x) != len(t):
            raise ShapeError(f"there are {len(x)} samples, but {len(t)} targets; give each its own")
        if not len(x):
            raise ShapeError("the batch is empty; give it at least one sample")
        weighed = np.ones(len(x)) if importance is None else np.asarray(importance, float)
        if weighed.shape != (len(x),):
            raise ShapeError(f"there are {len(x)} samples, but {weighed.size} importances")
        take, dtype = self.arrays.take, self.dtype
        if any(run.activation.name != "identity" for run in self.plan.input_runs):
            x = squashed(self.plan, x)
        self.x, self.t = take(np.asarray(x, dtype)), take(np.asarray(t, dtype))
        self.weighed = take((weighed * self.share).astype(dtype))
        self._steps = {}  # what was recorded reads the arrays of before

    def _begin(self, rates: np.ndarray) -> None:
        """Fresh memories may depend on the rate."""
        self._moved = True
        self.rate, self.loss = self.m.zeros((), self.dtype), self.m.zeros(())
        if self._fresh.any() and len(rates):
            fresh = self.arrays.take(self._fresh[:, None])
            start = self.network.optimizer.memory(float(rates[0]))
            for column, number in zip(self.memory, start, strict=True):
                column[...] = self.m.where(fresh, number, column)
        self._fresh[:] = False

    def _learn(self, rows: Any) -> None:
        """One step; the second of a size is recorded, where the device can, and then only repeated."""
        count = len(rows)
        if count not in self._steps:
            self.rows = {**getattr(self, "rows", {}), count: self.m.zeros(count, np.int64)}
            self.rows[count][...] = rows
            self._steps[count] = self._recorded(count)
        self.rows[count][...] = rows
        self._steps[count]()

    def _recorded(self, count: int) -> Callable[[], None]:
        kept = [array.copy() for array in (self.w, *self.memory)]
        step = self.arrays.repeat(lambda: self._step(count))
        for array, numbers in zip((self.w, *self.memory), kept, strict=True):
            array[...] = numbers
        return step

    def _step(self, count: int) -> None:
        rows = self.rows[count]
        links = self._links()
        z, y, logs = self._forward(links, self.x[rows].T)
        loss, s = self._judge(z, y, logs, self.t[rows].T, self.weighed[rows])
        gradient = self._gradients(links, z, y, s) / count
        self._gradient[...] = gradient
        if self.l1 or self.l2:
            loss = loss + count * self.mover.penalty(self.w, self.l1, self.l2).sum()
            gradient = self.mover.pull(gradient, self.w, self.l1, self.l2)
        self.mover.move(self.w, self.memory, gradient, self.rate)
        self.loss[...] = loss

    def _links(self) -> list[Any]:
        """The matrix of each generation."""
        flat = self.w[self.held_by, 0] if self.plan.shared else self.w[:, 0]
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
            z[block.rows] = m.matmul(matrix, y[block.sources])
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
        m = self.m
        d = m.zeros_like(s)
        found = m.zeros(self.plan.n_links, self.dtype)
        for block, matrix in zip(reversed(self.blocks), reversed(links), strict=True):
            for bend in block.bends:
                rows = bend.rows
                bend.backward(z[rows], y[rows], s[rows], d[rows])
            delta = d[block.rows]
            s[block.blamed] = s[block.blamed] + m.matmul(matrix[:, block.moved].T, delta)
            products = m.matmul(delta, y[block.sources].T).reshape(-1)
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

    def predict(self, inputs: ArrayLike) -> np.ndarray:
        """Outputs for a batch of samples: see `Network.predict`."""
        x = table("input", self.plan.n_inputs, inputs)
        if len(x):
            self._bring(x, np.zeros((len(x), self.plan.n_outputs)), None)
        answers = np.empty((len(x), self.plan.n_outputs))
        block = max(1, MOST_PREDICTED // self.plan.n_neurons)
        for low in range(0, len(x), block):
            _, y, _ = self._forward(self._links(), self.x[low : low + block].T)
            answers[low : low + block] = self.arrays.give(y[self._ends()]).T
        return answers

    def _ends(self) -> Any:
        return self._places(self.plan.outputs)

    def loss_of(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """The mean loss over the samples, penalty left out."""
        self._bring(inputs, targets, None)
        block = max(1, MOST_PREDICTED // self.plan.n_neurons)
        total: Any = self.m.zeros(())
        for low in range(0, len(self.x), block):
            rows = slice(low, low + block)
            found = self._forward(self._links(), self.x[rows].T)
            total = total + self._judge(*found, self.t[rows].T, self.weighed[rows])[0]
        return float(self.arrays.give(total)) / len(self.x)

    def __repr__(self) -> str:
        return f"<mirror ({self.explanation}) of {self.network!r}>"


def _most(plan: Plan) -> int:
    """How many links the most shared weight has; 0 where none is shared."""
    return int(np.bincount(plan.weight).max()) if plan.shared else 0
