"""Many nets by compiled code: small ones in the lanes of vectors, larger ones one after the other."""

from __future__ import annotations

import numpy as np

from lernpy.engine.aligned import aligned
from lernpy.engine.arrays.many import Many
from lernpy.engine.arrays.nets import Nets
from lernpy.engine.base import Goal, NetsEngine
from lernpy.engine.jit import lanes, machine
from lernpy.engine.jit.engine import JitEngine, refusal
from lernpy.engine.jit.entries import CannotWrite, Entries
from lernpy.engine.jit.printed import Variant
from lernpy.engine.numpy.feed import squashed
from lernpy.network import Network


class Lanes(NetsEngine):
    """Small nets: as many at once as a vector has lanes."""

    def __init__(
        self, nets: Nets, inputs: np.ndarray, targets: np.ndarray, sample_weight: np.ndarray
    ) -> None:
        self.nets = nets
        self.samples = inputs, targets, sample_weight
        data = squashed(nets.plan, inputs), targets, sample_weight
        self.data = tuple(np.ascontiguousarray(array, float) for array in data)
        plan = nets.plan
        self.entries = Entries(nets.loss, nets.optimizer, plan.n_outputs)
        if not suits(nets):
            raise CannotWrite("the net is too large for straight code")

    def _learn(self, orders: np.ndarray, batch: int, factors: np.ndarray, goal: Goal) -> np.ndarray:
        try:
            kernels = self._kernels(orders.shape[2] > 1)
        except CannotWrite as reason:
            self.reason = str(reason)
            return Many(self.nets, *self.samples)._learn(orders, batch, factors, goal)
        return self._run(kernels, orders, batch, factors, goal)

    def _run(
        self,
        kernels: np.ndarray,
        orders: np.ndarray,
        batch: int,
        factors: np.ndarray,
        goal: Goal,
    ) -> np.ndarray:
        nets, count = self.nets, len(self.nets)
        spare = -count % lanes.BLOCK
        state, watch, rates, l1, l2 = (
            np.ascontiguousarray(np.pad(rows, [(0, 0)] * (rows.ndim - 1) + [(0, spare)]))
            for rows in (nets.state, nets.watch, nets.rates, nets.l1, nets.l2)
        )
        if orders.shape[2] > 1:
            orders = np.pad(orders, [(0, 0), (0, 0), (0, spare)])
        orders = np.ascontiguousarray(orders, np.int64)
        losses = np.full((len(factors), count + spare), np.nan)
        rules = np.ascontiguousarray(nets.rules, float)
        penalised = nets.plan.penalised.astype(float) if nets.regularised else np.zeros(0)
        settings = np.array([*nets.optimizer.options.values(), 0.0], float)
        begin, n_lanes = lanes.begin_of(nets.plan), count + spare
        S = aligned((begin + len(state) + lanes.WATCHED) * lanes.BLOCK, np.dtype(float))
        how = *orders.shape, batch, np.ascontiguousarray(factors), len(factors), rates
        pull = rules, penalised, len(penalised), l1, l2, settings
        sizes = nets.plan.n_weights, begin, count, n_lanes
        moved = state, len(state), watch, *pull, losses, *goal
        learn = machine.kernel(lanes.learn, "float64")
        learn(*self.data, orders, *how, *moved, *sizes, kernels, S)
        nets.state[...], nets.watch[...] = state[:, :count], watch[:, :count]
        return losses[:, :count]

    def _kernels(self, own: bool) -> np.ndarray:
        """Addresses of what knows the wiring, the optimiser, and how many numbers there are."""
        nets, entries = self.nets, self.entries
        options = Variant(ruled=nets.ruled, regularised=nets.regularised)
        lesson = lanes.lesson(nets.plan, entries, own)
        step = lanes.step(nets.plan, entries, options)
        try:
            codes = [
                machine.printed(lesson, "lesson", "float64", entries.own),
                machine.printed(step, "step", "float64", entries.own),
                machine.kernel(lanes.look_of(nets.plan, entries), "float64"),
            ]
        except Exception as error:
            raise refusal(error, entries) from None
        return np.array([code.address for code in codes], np.int64)


def suits(nets: Nets) -> bool:
    """Whether the nets are small enough for lanes."""
    plan = nets.plan
    return bool((plan.outputs >= plan.n_fixed).all() and plan.n_links <= lanes.MOST_LINKS)


class OneByOne(NetsEngine):
    """Larger nets: each learns alone, all by the same compiled code."""

    def __init__(
        self,
        nets: Nets,
        inputs: np.ndarray,
        targets: np.ndarray,
        sample_weight: np.ndarray,
        network: Network,
    ) -> None:
        self.nets = nets
        self.data = inputs, targets
        self.sample_weight = None if (sample_weight == 1.0).all() else sample_weight
        self.network = network.copy()
        self.network.optimizer = nets.optimizer
        self.engine = JitEngine(self.network)

    def _learn(self, orders: np.ndarray, batch: int, factors: np.ndarray, goal: Goal) -> np.ndarray:
        losses = np.full((len(factors), len(self.nets)), np.nan)
        for net in np.flatnonzero(self.nets.alive).tolist():
            own = orders[:, :, net if orders.shape[2] > 1 else 0]
            self._bring(net)
            for epoch, factor in enumerate(factors.tolist()):
                order = own[epoch if len(own) > 1 else 0]
                rates = np.array([factor * self.nets.rates[net]])
                learn, weighed = self.engine.learn_epochs, self.sample_weight
                losses[epoch, net] = learn(*self.data, order[None], batch, rates, weighed)[0]
                if not self._look(net, losses[epoch], goal):
                    break
            self._take(net, 0)
        return losses

    @property
    def reason(self) -> str:  # type: ignore[override]
        return self.engine.reason

    def _bring(self, net: int) -> None:
        """The numbers of one net into the engine, through the network; those of the frozen, too."""
        n, learned = self.nets.plan.n_weights, self.nets.learned
        rows = self.nets.state[:learned, net].reshape(-1, n).T.tolist()
        for weight, (value, *memory) in zip(self.network.weights, rows, strict=True):
            weight.value, weight.memory = value, tuple(memory)
        self.network.l1, self.network.l2 = float(self.nets.l1[net]), float(self.nets.l2[net])
        self.engine.load()

    def _take(self, net: int, offset: int) -> None:
        """And back, to the rows from `offset` on."""
        self.engine.store()
        weights = self.network.weights
        rows = np.array([(weight.value, *weight.memory) for weight in weights], float).T
        self.nets.state[offset : offset + self.nets.learned, net] = rows.ravel()

    def _look(self, net: int, losses: np.ndarray, goal: Goal) -> bool:
        """After an epoch of one net: whether it goes on."""
        watch, loss = self.nets.watch[:, net], float(losses[net])
        watch[1] += 1.0
        if not (np.isfinite(loss) and np.isfinite(self.engine.values).all()):
            losses[net], watch[0], watch[5] = np.nan, 0.0, 1.0
            return False
        if goal.patience < 0 or loss < watch[2]:
            watch[2], watch[3], watch[4] = loss, watch[1], 0.0
            self._take(net, self.nets.learned)
        else:
            watch[4] += 1.0
        if loss <= goal.target:
            watch[0], watch[6] = 0.0, watch[1]
        elif 0 <= goal.patience <= watch[4]:
            watch[0] = 0.0
        return bool(watch[0])
