"""Many nets of one wiring at once on arrays: the nets lie on the last axis, any wiring, any device.

One operation moves a number of every net; a link costs the same few calls for one net as for a
thousand. Links from one source to neighbouring targets go together (a `Fan`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from lernpy.engine.arrays.arrays import NUMPY, Arrays
from lernpy.engine.arrays.entries import Bend, Mover, ends_of
from lernpy.engine.arrays.nets import WATCHED, Nets
from lernpy.engine.base import Goal, NetsEngine, quietly
from lernpy.engine.numpy.feed import squashed
from lernpy.engine.plan import Plan


class Fan(NamedTuple):
    """Links from one source to the neighbouring slots `targets`; their weights are the rows `links`."""

    source: int
    targets: slice
    links: slice


class Stage(NamedTuple):
    """One generation: how its neurons bend, and its links.

    Links from inputs and biases that reach all its neurons are also one matrix product, as long as all
    nets see the same samples: those of `fixed` are the sources, `block` the rows of the weights.
    """

    rows: slice
    bends: list[Bend]
    fixed: np.ndarray
    there: Any
    block: slice
    fans: list[Fan]


class Many(NetsEngine):
    """Lets nets learn from one data set; their numbers are the columns of `nets`.

    >>> import lernpy
    >>> networks = [lernpy.layered([2, 3, 1], seed=seed) for seed in range(5)]
    >>> nets = Nets(networks, np.full(5, 0.1))
    >>> many = Many(nets, np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0], [0.0]]), np.ones(2))
    >>> many.learn(np.arange(2)[None, :, None], 2, np.ones(3)).shape
    (3, 5)
    """

    def __init__(
        self,
        nets: Nets,
        inputs: np.ndarray,
        targets: np.ndarray,
        sample_weight: np.ndarray,
        arrays: Arrays = NUMPY,
    ) -> None:
        self.nets, self.arrays, self.m = nets, arrays, arrays.m
        self.plan = plan = nets.plan
        self.n = plan.n_weights
        data = squashed(plan, inputs), targets, sample_weight
        self.data = [arrays.take(np.asarray(array, float)) for array in data]
        self._rows = np.empty((0, 1), int)
        self._kept: tuple[Any, Any, Any] = (None, None, None)
        self._compile(plan)
        places = np.arange(self.n) if plan.shared else self.held
        penalised = arrays.take(plan.penalised[places].astype(float)[:, None])
        rules = [arrays.take(row[places, None]) for row in nets.rules] if nets.ruled else None
        self.mover = Mover(nets.optimizer, rules, penalised, arrays)
        self.share = nets.loss.share(plan.n_outputs)
        self._even = self.share == 1.0 and bool((sample_weight == 1.0).all())
        self.load()

    def _compile(self, plan: Plan) -> None:
        stage = np.searchsorted([s.low for s in plan.stages], plan.target, side="right")
        parts: list[np.ndarray] = []
        self.stages = []
        for number, (low, high, runs) in enumerate(
            ((s.low, s.high, s.runs) for s in plan.stages), 1
        ):
            links = np.flatnonzero(stage == number)
            fixed, of_fixed, others = _split(plan, links, high - low)
            at = sum(map(len, parts))
            parts += [of_fixed, others]
            block = slice(at, at + len(of_fixed))
            fans = [
                Fan(int(source), slice(low, high), slice(at + k, block.stop, len(fixed)))
                for k, source in enumerate(fixed.tolist())
            ]
            fans += _fans(plan.source[others], plan.target[others], block.stop)
            bends = [Bend(run, self.arrays) for run in runs]
            there = self.arrays.take(fixed)
            self.stages.append(Stage(slice(low, high), bends, fixed, there, block, fans))
        self.held = plan.weight[np.concatenate(parts)]
        self.ends = ends_of(plan, self.nets.loss, self.arrays)
        first: dict[int, int] = {}
        self.again = [
            (weight, link)
            for link, weight in enumerate(self.held.tolist())
            if first.setdefault(weight, link) != link
        ]
        self.first = self.arrays.take(np.array([first[k] for k in range(self.n)]))
        self.held_there = self.arrays.take(self.held)

    # ---- in and out -----------------------------------------------------------------------------

    def load(self) -> None:
        """Bring the numbers of the nets to where the calculation is, each link's weight in its place."""
        nets, take = self.nets, self.arrays.take
        self.state, self.watch = take(nets.state[self.rows]), take(nets.watch)
        self.rates, self.l1, self.l2 = take(nets.rates), take(nets.l1), take(nets.l2)
        self.w, *self.memory = [
            self.state[low : low + self.n] for low in range(0, nets.learned, self.n)
        ]
        self._batch = -1
        self._all_alive = self.arrays is NUMPY and bool(nets.alive.all())

    def store(self) -> None:
        """And back."""
        self.nets.state[self.rows] = self.arrays.give(self.state)
        self.nets.watch[...] = self.arrays.give(self.watch)

    @property
    def rows(self) -> np.ndarray:
        """Where in `nets.state` our rows come from."""
        blocks = np.arange(0, len(self.nets.state), self.n)[:, None]
        places = np.arange(self.n) if self.plan.shared else self.held
        return np.asarray((blocks + places).ravel())

    def _room(self, batch: int) -> None:
        """Buffers: a row of (batch, nets) for each neuron, and room for a fan of the widest stage."""
        if batch == self._batch:
            return
        self._batch = batch
        shape = (self.plan.n_neurons, batch, self.w.shape[1])
        self.z, self.y, self.s, self.d = (self.m.zeros(shape) for _ in range(4))
        widest = max(stage.rows.stop - stage.rows.start for stage in self.stages)
        self.scratch = self.m.zeros((widest, *shape[1:]))
        self.sums = self.m.zeros((len(self.held), shape[2]))
        self.y[self.plan.n_inputs : self.plan.n_fixed] = 1.0
        self._fed: Any = None
        self._said: list[Any] = []

    # ---- learning -------------------------------------------------------------------------------

    def _learn(self, orders: np.ndarray, batch: int, factors: np.ndarray, goal: Goal) -> np.ndarray:
        losses = self.m.full((len(factors), self.w.shape[1]), np.nan)
        for epoch, factor in enumerate(factors.tolist()):
            order = orders[epoch if len(orders) > 1 else 0]
            losses[epoch] = self._look(self._epoch(order, batch, factor), goal)
        self.store()
        return self.arrays.give(losses)

    def _epoch(self, order: np.ndarray, batch: int, factor: float) -> Any:
        total: Any = 0.0
        for low in range(0, len(order), batch):
            rows = order[low : low + batch]
            total = total + self._step(*self._gathered(rows), factor)
        return total / len(order)

    def _gathered(self, rows: np.ndarray) -> tuple[Any, Any, Any]:
        """Inputs (n_inputs, batch, 1 or nets), targets alike, sample weights (batch, 1 or nets)."""
        if rows.shape[1] == 1 and np.array_equal(self._rows, rows):
            return self._kept
        self._kept = self._of(self.arrays.take(rows))
        self._rows = rows
        return self._kept

    def _of(self, rows: Any) -> tuple[Any, Any, Any]:
        """The same from indices on the device."""
        x, t, weight = (array[rows] for array in self.data)
        axes = (2, 0, 1)
        weighed = None if self._even else weight * self.share
        return x.transpose(axes), t.transpose(axes), weighed

    def _step(self, x: Any, t: Any, share: Any, factor: float) -> Any:
        """One update of all nets; returns (nets,): the sum of the losses of the batch, before it."""
        count = x.shape[1]
        self._room(count)
        links = self.w[self.held_there] if self.plan.shared else self.w
        logs = self._forward(links, x)
        loss = self._judge(t, share, logs)
        self._backward(links)
        gradient = self._gradient()
        gradient /= count
        if self.nets.regularised:
            loss = loss + count * self.mover.penalty(self.w, self.l1, self.l2)
            gradient = self.mover.pull(gradient, self.w, self.l1, self.l2)
        alive = None if self._all_alive else self.watch[0] != 0.0
        self.mover.move(self.w, self.memory, gradient, factor * self.rates, alive)
        return loss

    def _forward(self, links: Any, x: Any) -> dict[int, Any]:
        m, z, y = self.m, self.z, self.y
        self._feed(x)
        logs: dict[int, Any] = {}
        for stage, said in zip(self.stages, self._said, strict=True):
            done = self._begin(stage, said, links)
            for source, targets, at in stage.fans[done:]:
                part = self.scratch[: targets.stop - targets.start]
                m.multiply(links[at, None], y[source], out=part)
                m.add(z[targets], part, out=z[targets])
            for bend in stage.bends:
                log_sum = bend.forward(z[bend.rows], y[bend.rows])
                logs.update(dict.fromkeys(range(bend.rows.start, bend.rows.stop), log_sum))
        return logs

    def _feed(self, x: Any) -> None:
        """The inputs into the first rows; what fixed sources say if all nets see the same samples.

        `_said`: for each stage (batch, n_fixed)
        """
        if x is self._fed:
            return
        self.y[: self.plan.n_inputs] = x
        alike = x.shape[2] == 1
        self._said = [
            self.y[..., 0][stage.there].T if alike and len(stage.fixed) else None
            for stage in self.stages
        ]
        self._fed = x

    def _begin(self, stage: Stage, said: Any, links: Any) -> int:
        """The first total inputs of a stage; returns how many of its fans are in them."""
        z = self.z[stage.rows]
        if said is not None:
            block = links[stage.block].reshape(len(z), len(stage.fixed), -1)
            self.arrays.product(said, block, out=z)
            return len(stage.fixed)
        source, targets, at = stage.fans[0]
        if targets == stage.rows:
            self.m.multiply(links[at, None], self.y[source], out=z)
            return 1
        z[...] = 0.0
        return 0

    def _judge(self, t: Any, share: Any, logs: dict[int, Any]) -> Any:
        total: Any = 0.0
        self.s[self.plan.n_fixed :] = 0.0
        for place, (slot, judge) in enumerate(self.ends):
            z, y = self.z[slot], self.y[slot]
            value = judge.value(z, y, logs.get(slot), t[place])
            total = total + self._weighed(value, share).sum(axis=0)
            self.s[slot] = self._weighed(judge.slope(y, t[place]), share)
        return total

    @staticmethod
    def _weighed(values: Any, share: Any) -> Any:
        return values if share is None else values * share

    def _backward(self, links: Any) -> None:
        for stage, said in zip(reversed(self.stages), reversed(self._said), strict=True):
            for bend in stage.bends:
                rows = bend.rows
                bend.backward(self.z[rows], self.y[rows], self.s[rows], self.d[rows])
            done = 0
            if said is not None:
                d = self.d[stage.rows]
                block = self.sums[stage.block].reshape(len(d), len(stage.fixed), -1)
                self.arrays.product(said.T, d, out=block)
                done = len(stage.fixed)
            for source, targets, at in stage.fans[done:]:
                self._hand_back(links, source, targets, at)
                self._collect(source, targets, at)

    def _hand_back(self, links: Any, source: int, targets: slice, at: slice) -> None:
        """The blame of one fan, added to the source's sensitivity."""
        if source < self.plan.n_fixed:
            return
        part = self.scratch[: targets.stop - targets.start]
        self.m.multiply(links[at, None], self.d[targets], out=part)
        blame = part[0] if len(part) == 1 else part.sum(axis=0)
        self.m.add(self.s[source], blame, out=self.s[source])

    def _collect(self, source: int, targets: slice, at: slice) -> None:
        """The gradients of one fan."""
        part = self.d[targets]
        if not self.plan.n_inputs <= source < self.plan.n_fixed:
            part = self.scratch[: targets.stop - targets.start]
            self.m.multiply(self.d[targets], self.y[source], out=part)
        part.sum(axis=1, out=self.sums[at])

    def _gradient(self) -> Any:
        """From links to weights: a shared one sums."""
        if not self.plan.shared:
            return self.sums
        gradient = self.sums[self.first]
        for weight, link in self.again:
            gradient[weight] += self.sums[link]
        return gradient

    @quietly
    def answer(self) -> np.ndarray:
        """(n_outputs, n_samples, n_nets): what every net says of every sample."""
        everything = np.arange(len(self.data[0]))[:, None]
        x, _, _ = self._gathered(everything)
        self._room(x.shape[1])
        self._forward(self.w[self.held_there] if self.plan.shared else self.w, x)
        return self.arrays.give(self.y[self.arrays.take(self.plan.outputs)])

    # ---- who goes on ----------------------------------------------------------------------------

    def _look(self, loss: Any, goal: Goal) -> Any:
        """After an epoch: who is done, who blew up; keep the best (or the last good) weights."""
        m, learned = self.m, self.nets.learned
        target, patience = goal
        rows = [self.watch[row] for row in range(len(WATCHED))]
        alive, epochs, best, best_epoch, waited, blown_up, reached = rows
        fine = m.isfinite(loss + 0.0 * self.w.sum(axis=0))
        if self._all_alive and target == -np.inf and patience < 0 and bool(fine.all()):
            epochs += 1.0
            self.state[learned:] = self.state[:learned]
            return loss
        was = alive != 0.0
        good = was & fine
        epochs += was
        better = good & (loss < best) if patience >= 0 else good
        m.copyto(best, loss, where=better)
        m.copyto(best_epoch, epochs, where=better)
        waited[...] = m.where(better, 0.0, waited + good)
        blown_up[...] = m.where(was & ~good, 1.0, blown_up)
        there = good & (loss <= target)
        m.copyto(reached, epochs, where=there)
        on = good & ~there
        if patience >= 0:
            on = on & (waited < patience)
        alive[...] = on
        m.copyto(self.state[learned:], self.state[:learned], where=better)
        self._all_alive = self.arrays is NUMPY and bool(on.all())
        return m.where(good, loss, np.nan)


def _split(plan: Plan, links: np.ndarray, targets: int) -> tuple[np.ndarray, ...]:
    """Links of a stage: the inputs and biases that reach all of it, their links, and all others."""
    source, target = plan.source[links], plan.target[links]
    known, counts = np.unique(source, return_counts=True)
    fixed = known[(known < plan.n_fixed) & (counts == targets)]
    among = np.isin(source, fixed)
    by_target = links[among][np.lexsort((source[among], target[among]))]
    by_source = links[~among][np.lexsort((target[~among], source[~among]))]
    return fixed, by_target, by_source


def _fans(source: np.ndarray, target: np.ndarray, at: int) -> list[Fan]:
    """Links that lie side by side (from `at` on), have one source and neighbouring targets."""
    breaks = np.flatnonzero((np.diff(source) != 0) | (np.diff(target) != 1)) + 1
    edges = [0, *breaks.tolist(), len(source)] if len(source) else []
    return [
        Fan(int(source[a]), slice(int(target[a]), int(target[b - 1]) + 1), slice(at + a, at + b))
        for a, b in pairwise(edges)
    ]
