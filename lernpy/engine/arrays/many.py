"""Many nets of one wiring at once: they lie on the last axis; any wiring, any device."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.arrays.backend import NUMPY, Arrays
from lernpy.engine.arrays.nets import WATCHED, Nets
from lernpy.engine.arrays.passes import Buffers, Passes, Recorder
from lernpy.engine.base import Goal, NetsEngine, quietly
from lernpy.engine.numpy.feed import squashed


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
        plan = nets.plan
        data = squashed(plan, inputs), targets, sample_weight
        self.data = [arrays.take(np.asarray(array, float)) for array in data]
        self.passes = Passes(plan, arrays, nets=len(nets), fans=True)
        self.passes.learns(nets.loss, nets.optimizer, nets.rules if nets.ruled else None)
        self.share = nets.loss.share(plan.n_outputs)
        self._even = self.share == 1.0 and bool((sample_weight == 1.0).all())
        self.load()

    # ---- in and out -----------------------------------------------------------------------------

    def load(self) -> None:
        """Bring the numbers of the nets to where the calculation is, each weight in its row."""
        nets, take, n = self.nets, self.arrays.take, self.nets.plan.n_weights
        self.state, self.watch = take(nets.state[self.rows]), take(nets.watch)
        self.rates, l1, l2 = take(nets.rates), take(nets.l1), take(nets.l2)
        self.penalty = (l1, l2) if nets.regularised else None
        self.w, *self.memory = [self.state[low : low + n] for low in range(0, nets.learned, n)]
        self.factor = self.m.zeros(())
        self._rooms: dict[int, Buffers] = {}
        self._gathered: tuple[Any, Any] = (np.empty((0, 1), int), None)
        self._step = Recorder(self.passes, [self.state], self._on_device)
        self._all_alive = self.arrays is NUMPY and bool(nets.alive.all())

    def store(self) -> None:
        """And back."""
        self.nets.state[self.rows] = self.arrays.give(self.state)
        self.nets.watch[...] = self.arrays.give(self.watch)

    @property
    def rows(self) -> np.ndarray:
        """Where in `nets.state` our rows come from."""
        blocks = np.arange(0, len(self.nets.state), self.nets.plan.n_weights)[:, None]
        return np.asarray((blocks + self.passes.order).ravel())

    def _room(self, batch: int) -> Buffers:
        """Those for a full batch and for a short one are kept."""
        if batch not in self._rooms:
            if len(self._rooms) > 1:
                self._rooms.clear()
            self._rooms[batch] = Buffers(self.passes, batch)
        return self._rooms[batch]

    # ---- learning -------------------------------------------------------------------------------

    def _learn(self, orders: np.ndarray, batch: int, factors: np.ndarray, goal: Goal) -> np.ndarray:
        losses = self.m.full((len(factors), self.w.shape[1]), np.nan)
        for epoch, factor in enumerate(factors.tolist()):
            order = orders[epoch if len(orders) > 1 else 0]
            losses[epoch] = self._look(self._epoch(order, batch, factor), goal)
        self.store()
        return self.arrays.give(losses)

    def _epoch(self, order: np.ndarray, batch: int, factor: float) -> Any:
        self.factor[...] = factor
        there = order if self.arrays is NUMPY else self.arrays.take(order)
        learn = self._on_numpy if self.arrays is NUMPY else self._step
        total: Any = 0.0
        for low in range(0, len(order), batch):
            total = total + learn(there[low : low + batch])
        return total / len(order)

    def _on_numpy(self, rows: np.ndarray) -> Any:
        """(nets,): the sum of the losses of these samples, before the update that they make."""
        alive = None if self._all_alive else self.watch[0] != 0.0
        return self._update(self._room(len(rows)), self._samples(rows), alive)

    def _on_device(self, count: int) -> Any:
        """The same as a step to be recorded, with buffers of its own."""
        room = Buffers(self.passes, count)
        return lambda rows: self._update(room, self._of(rows), self.watch[0] != 0.0)

    def _update(self, room: Buffers, samples: tuple[Any, Any, Any], alive: Any) -> Any:
        weights, rate = (self.w, self.memory), self.factor * self.rates
        return self.passes.step(room, weights, samples, rate, self.penalty, alive)

    def _samples(self, rows: np.ndarray) -> tuple[Any, Any, Any]:
        """Those of `_of`; the same ones again where all nets see the same samples as before."""
        before, samples = self._gathered
        if not (rows.shape[1] == 1 and np.array_equal(before, rows)):
            samples = self._of(self.arrays.take(rows))
            self._gathered = rows, samples
        return samples  # type: ignore[no-any-return]

    def _of(self, rows: Any) -> tuple[Any, Any, Any]:
        """Inputs (n_inputs, batch, 1 or nets), targets alike, sample weights (batch, 1 or nets)."""
        x, t, weight = (array[rows] for array in self.data)
        axes = (2, 0, 1)
        weighed = None if self._even else weight * self.share
        return x.transpose(axes), t.transpose(axes), weighed

    @quietly
    def answer(self) -> np.ndarray:
        """(n_outputs, n_samples, n_nets): what every net says of every sample."""
        x, _, _ = self._samples(np.arange(len(self.data[0]))[:, None])
        room = self._room(x.shape[1])
        self.passes.forward(room, self.passes.links(self.w), x)
        return self.arrays.give(room.y[self.arrays.take(self.nets.plan.outputs)])

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
