"""The passes of a lesson on arrays of any module: forward, judge, backward, update.

All arrays of numbers are (neurons, batch, nets), those of weights (weights, nets); one network is one net.
How a generation's links carry is a `Generation`: as a matrix (one net), or in fans (many nets).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy.engine import plan as plans
from lernpy.engine.arrays.backend import Arrays
from lernpy.engine.arrays.entries import Bend, Judge, Mover
from lernpy.functions import softmax

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan
    from lernpy.functions.losses import Loss


class Buffers:
    """Buffers for one size of batch."""

    def __init__(self, passes: Passes, batch: int) -> None:
        m, plan = passes.arrays.m, passes.plan
        shape = batch, passes.nets
        full = plan.n_neurons, *shape
        self.z, self.y, self.s, self.d = (m.zeros(full, passes.dtype) for _ in range(4))
        self.y[plan.n_inputs : plan.n_fixed] = 1.0
        self.gradient = m.zeros((plan.n_links, passes.nets), passes.dtype)
        widest = max((stage.widest_fan for stage in passes.stages), default=0)
        self.scratch = m.zeros((widest, *shape), passes.dtype)
        self.mean: Any = None  # (n_weights, nets) gradient of the last step
        self.fed: Any = None  # the inputs that are in `y` already
        self.known: dict[int, Any] = {}  # by stage, what it knows of its sources beforehand


class Passes:
    """The passes of one plan. Links stand in the order of the stages.

    `held` : (n_links,) the index of each link's weight. Weights stand in the order of the links (`order`
        says which is where), unless some are shared
    """

    def __init__(
        self, plan: Plan, arrays: Arrays, dtype: Any = float, nets: int = 1, fans: bool = False
    ) -> None:
        self.plan, self.arrays, self.dtype, self.nets = plan, arrays, np.dtype(dtype), nets
        number = np.searchsorted([stage.low for stage in plan.stages], plan.target, side="right")
        self.stages: list[Generation] = []
        links: list[np.ndarray] = []
        for index, stage in enumerate(plan.stages):
            kind = Fans if fans else Matrix
            made = kind(
                plan, arrays, stage, np.flatnonzero(number == index + 1), sum(map(len, links))
            )
            self.stages.append(made)
            links.append(made.order)
        self.held = plan.weight[np.concatenate(links)]
        self.order = np.arange(plan.n_weights) if plan.shared else self.held
        self._held = arrays.take(self.held)
        most = int(np.bincount(self.held).max()) if plan.shared else 0
        self._rounds = [self._round(turn) for turn in range(most)]

    def _round(self, turn: int) -> tuple[Any, Any]:
        """The weights that more than `turn` links hold, and for each its link of that number."""
        by_weight = np.argsort(self.held, kind="stable")
        starts = np.searchsorted(self.held[by_weight], np.arange(self.plan.n_weights))
        counts = np.bincount(self.held, minlength=self.plan.n_weights)
        weights = np.flatnonzero(counts > turn)
        links = by_weight[starts[weights] + turn]
        return self.arrays.take(weights), self.arrays.take(links)

    def learns(self, loss: Loss, mover: Mover) -> None:
        """How the outputs are judged and the weights move."""
        judges = {name: Judge(loss, name, self.arrays) for name in set(self.plan.ends)}
        ends = zip(self.plan.outputs.tolist(), self.plan.ends, strict=True)
        self.ends = [(slot, judges[name]) for slot, name in ends]
        self.mover = mover
        self.groups_apart = [group for group, _ in self.plan.groups_apart]

    def largest(self, batch: int) -> int:
        """Multiplications in the largest matrix product of a step of so many samples."""
        return max(stage.size for stage in self.stages) * batch * self.nets

    # ---- the passes -----------------------------------------------------------------------------

    def step(
        self,
        room: Buffers,
        weights: tuple[Any, list[Any]],
        samples: tuple[Any, Any, Any],
        rate: Any,
        penalty: tuple[Any, Any] | None,
        alive: Any = None,
    ) -> Any:
        """One update; returns (nets,), the sum of the losses of the batch before it.

        `weights` : values and memories, (n_weights, nets) each, which change in place
        `samples` : inputs (n_inputs, batch, 1 or nets), targets alike, what each sample counts
        `penalty` : l1 and l2
        """
        (w, memory), (x, t, share) = weights, samples
        links = self.links(w)
        logs = self.forward(room, links, x)
        loss = self.judge(room, logs, t, share)
        self.backward(room, links)
        gradient = self.summed(room.gradient)
        gradient /= x.shape[1]
        room.mean = gradient
        if penalty:
            loss = loss + x.shape[1] * self.mover.penalty(w, *penalty)
        self.mover.move(w, memory, gradient, rate, penalty or (), alive)
        return loss

    def links(self, w: Any) -> Any:
        """(n_links, nets)"""
        return w[self._held] if self.plan.shared else w

    def forward(self, room: Buffers, links: Any, x: Any) -> dict[int, Any]:
        """Total inputs and outputs; returns, by slot, the logarithm of a group's whole."""
        if x is not room.fed:
            room.y[: self.plan.n_inputs] = x
            room.fed = x
            room.known = {index: stage.known(room, x) for index, stage in enumerate(self.stages)}
        logs: dict[int, Any] = {}
        for index, stage in enumerate(self.stages):
            stage.pull(room, links, room.known[index])
            for bend in stage.bends:
                log_sum = bend.forward(room.z[bend.rows], room.y[bend.rows])
                logs.update(dict.fromkeys(range(bend.rows.start, bend.rows.stop), log_sum))
        return logs

    def judge(self, room: Buffers, logs: dict[int, Any], t: Any, share: Any) -> Any:
        """(nets,) the sum of the losses; what is asked of the outputs goes to `room.s`."""
        total: Any = 0.0
        room.s[self.plan.n_fixed :] = 0.0
        apart = self._apart(room)
        for index, (slot, judge) in enumerate(self.ends):
            lead, rest = apart.get(slot, (None, None))
            value = judge.value(room.z[slot], room.y[slot], logs.get(slot), t[index], lead)
            total = total + _weighed(value, share).sum(axis=0)
            room.s[slot] = _weighed(judge.slope(room.y[slot], t[index], rest), share)
        return total

    def _apart(self, room: Buffers) -> dict[int, tuple[Any, Any]]:
        """By slot lead and rest of the shares whose loss asks for them."""
        m = self.arrays.m
        apart: dict[int, tuple[Any, Any]] = {}
        for group in self.groups_apart:
            z, y = (numbers[group.low : group.high] for numbers in (room.z, room.y))
            pairs = zip(
                *map(softmax.rows, (softmax.leads(m, z, y), softmax.rests(m, y))), strict=True
            )
            apart.update(zip(range(group.low, group.high), pairs, strict=True))
        return apart

    def backward(self, room: Buffers, links: Any) -> None:
        """Each link's gradient, the sum over the batch."""
        for index, stage in reversed(list(enumerate(self.stages))):
            for bend in stage.bends:
                rows = bend.rows
                bend.backward(room.z[rows], room.y[rows], room.s[rows], room.d[rows])
            stage.push(room, links, room.known[index])

    def summed(self, gradient: Any) -> Any:
        """From links to weights: a shared one sums."""
        if not self.plan.shared:
            return gradient
        sums = gradient[self._rounds[0][1]]
        for weights, links in self._rounds[1:]:
            sums[weights] = sums[weights] + gradient[links]
        return sums


def _weighed(values: Any, share: Any) -> Any:
    return values if share is None else values * share


class Generation(ABC):
    """One generation: how its neurons bend, and how its links carry.

    `order` : (n,) its links, in the order in which they stand from `first` on
    `size` : multiplications for one sample in its matrix product
    `widest_fan` : targets of a link's source at most, where links carry in fans
    """

    order: np.ndarray
    size = 0
    widest_fan = 0

    def __init__(self, plan: Plan, arrays: Arrays, stage: plans.Stage) -> None:
        self.plan, self.arrays = plan, arrays
        self.rows = slice(stage.low, stage.high)
        self.bends = [Bend(span, arrays) for span in stage.segments]

    def known(self, room: Buffers, x: Any) -> Any:
        """What can be had from new inputs before anything is carried."""
        return None

    @abstractmethod
    def pull(self, room: Buffers, links: Any, known: Any) -> None:
        """The total inputs."""

    @abstractmethod
    def push(self, room: Buffers, links: Any, known: Any) -> None:
        """Blame to the sources, and the gradients of the links."""


class Matrix(Generation):
    """The links as a dense matrix (targets, sources); holes are zeros."""

    def __init__(
        self, plan: Plan, arrays: Arrays, stage: plans.Stage, links: np.ndarray, first: int
    ) -> None:
        super().__init__(plan, arrays, stage)
        self.order = links[np.lexsort((plan.source[links], plan.target[links]))]
        self.links = slice(first, first + len(links))
        sources, column = np.unique(plan.source[self.order], return_inverse=True)
        self.shape = stage.high - stage.low, len(sources)
        self.size = self.shape[0] * self.shape[1]
        index = (plan.target[self.order] - stage.low) * self.shape[1] + column
        self.index = None if len(index) == self.size else arrays.take(index)
        moved = np.flatnonzero(sources >= plan.n_fixed)  # nobody blames inputs and biases
        self.sources, self.moved = self._chosen(sources), self._chosen(moved)
        self.blamed = self._chosen(sources[moved])

    def _chosen(self, slots: np.ndarray) -> Any:
        """A slice where they are neighbours, else a list on the device; None where there are none."""
        if len(slots) and (np.diff(slots) == 1).all():
            return slice(int(slots[0]), int(slots[-1]) + 1)
        return self.arrays.take(slots) if len(slots) else None

    def pull(self, room: Buffers, links: Any, known: Any) -> None:
        flat = links[self.links, 0]
        if self.index is None:
            matrix = flat.reshape(self.shape)
        else:
            matrix = self.arrays.m.zeros(self.size, flat.dtype)
            matrix[self.index] = flat
            matrix = matrix.reshape(self.shape)
        self.matrix = matrix
        room.z[self.rows, :, 0] = self.arrays.product(matrix, room.y[self.sources, :, 0])

    def push(self, room: Buffers, links: Any, known: Any) -> None:
        product, delta = self.arrays.product, room.d[self.rows, :, 0]
        if self.moved is not None:
            blame = product(self.matrix[:, self.moved].T, delta)
            room.s[self.blamed, :, 0] = room.s[self.blamed, :, 0] + blame
        products = product(delta, room.y[self.sources, :, 0].T).reshape(-1)
        gradients = products if self.index is None else products[self.index]
        room.gradient[self.links, 0] = gradients


class Fan(NamedTuple):
    """Links from one source to the neighbouring slots `targets`; they are the rows `links`."""

    source: int
    targets: slice
    links: slice


class Fans(Generation):
    """One operation moves a number of every net: a link costs the same few calls for one as for a thousand.

    Links from inputs and biases that reach all neurons of the stage (`fixed`) are also one matrix product,
    as long as all nets see the same samples; their links are the rows `block`.
    """

    def __init__(
        self, plan: Plan, arrays: Arrays, stage: plans.Stage, links: np.ndarray, first: int
    ) -> None:
        super().__init__(plan, arrays, stage)
        targets = stage.high - stage.low
        sources, counts = np.unique(plan.source[links], return_counts=True)
        fixed = sources[(sources < plan.n_fixed) & (counts == targets)]
        among = np.isin(plan.source[links], fixed)
        by_target = _sorted(links[among], plan.source, plan.target)
        others = _sorted(links[~among], plan.target, plan.source)
        self.order = np.concatenate([by_target, others])
        self.block = slice(first, first + len(by_target))
        self.fixed, self.n_fixed = arrays.take(fixed), len(fixed)
        self.size, self.widest_fan = targets * len(fixed), targets
        fans = [
            Fan(source, self.rows, slice(first + index, self.block.stop, len(fixed)))
            for index, source in enumerate(fixed.tolist())
        ]
        self.fans = fans + _fans(plan.source[others], plan.target[others], self.block.stop)

    def known(self, room: Buffers, x: Any) -> Any:
        """(batch, n_fixed), if all nets see the same samples."""
        return room.y[..., 0][self.fixed].T if x.shape[2] == 1 and self.n_fixed else None

    def pull(self, room: Buffers, links: Any, known: Any) -> None:
        m, z, y = self.arrays.m, room.z, room.y
        done = self._begin(room, links, known)
        for source, targets, rows in self.fans[done:]:
            part = room.scratch[: targets.stop - targets.start]
            m.multiply(links[rows, None], y[source], out=part)
            m.add(z[targets], part, out=z[targets])

    def _begin(self, room: Buffers, links: Any, known: Any) -> int:
        """The first total inputs; returns how many fans are in them."""
        z = room.z[self.rows]
        if known is not None:
            block = links[self.block].reshape(len(z), self.n_fixed, -1)
            self.arrays.product(known, block, out=z)
            return self.n_fixed
        source, targets, rows = self.fans[0]
        if targets == self.rows:
            self.arrays.m.multiply(links[rows, None], room.y[source], out=z)
            return 1
        z[...] = 0.0
        return 0

    def push(self, room: Buffers, links: Any, known: Any) -> None:
        done = 0
        if known is not None:
            d = room.d[self.rows]
            block = room.gradient[self.block].reshape(len(d), self.n_fixed, -1)
            self.arrays.product(known.T, d, out=block)
            done = self.n_fixed
        for fan in self.fans[done:]:
            self._hand_back(room, links, *fan)
            self._collect(room, *fan)

    def _hand_back(
        self, room: Buffers, links: Any, source: int, targets: slice, rows: slice
    ) -> None:
        if source < self.plan.n_fixed:
            return
        m, part = self.arrays.m, room.scratch[: targets.stop - targets.start]
        m.multiply(links[rows, None], room.d[targets], out=part)
        blame = part[0] if len(part) == 1 else part.sum(axis=0)
        m.add(room.s[source], blame, out=room.s[source])

    def _collect(self, room: Buffers, source: int, targets: slice, rows: slice) -> None:
        part = room.d[targets]
        if not self.plan.n_inputs <= source < self.plan.n_fixed:
            part = room.scratch[: targets.stop - targets.start]
            self.arrays.m.multiply(room.d[targets], room.y[source], out=part)
        part.sum(axis=1, out=room.gradient[rows])


def _sorted(links: np.ndarray, first: np.ndarray, then: np.ndarray) -> np.ndarray:
    """Links by the slot that `then` says, among equal ones by that of `first`."""
    return links[np.lexsort((first[links], then[links]))]


def _fans(source: np.ndarray, target: np.ndarray, first: int) -> list[Fan]:
    """Links that stand side by side (from `first` on), have one source and neighbouring targets."""
    breaks = np.flatnonzero((np.diff(source) != 0) | (np.diff(target) != 1)) + 1
    edges = [0, *breaks.tolist(), len(source)] if len(source) else []
    return [
        Fan(
            int(source[a]),
            slice(int(target[a]), int(target[b - 1]) + 1),
            slice(first + a, first + b),
        )
        for a, b in pairwise(edges)
    ]


class Recorder:
    """A step on the same arrays again and again: recorded at the first of its size, where the device can.

    `changing` : what a step changes; recording it may run it once, which leaves no trace
    `make` : for so many samples, the step of their indices, which returns the losses
    """

    def __init__(
        self, passes: Passes, changing: Sequence[Any], make: Callable[[int], Callable[[Any], Any]]
    ) -> None:
        self.passes, self.changing, self.make = passes, changing, make
        self._steps: dict[int, tuple[Callable[[], None], Any, Any]] = {}

    def __call__(self, rows: Any) -> Any:
        count = len(rows)
        if count not in self._steps:
            self._steps[count] = self._recorded(rows)
        step, here, losses = self._steps[count]
        here[...] = rows
        step()
        return losses

    def _recorded(self, rows: Any) -> tuple[Callable[[], None], Any, Any]:
        """A step, where it looks for its samples, and where it leaves the losses."""
        arrays, here = self.passes.arrays, rows.copy()
        losses, step = arrays.m.zeros(self.passes.nets), self.make(len(rows))

        def whole() -> None:
            losses[...] = step(here)

        kept = [array.copy() for array in self.changing]
        repeated = arrays.repeat(whole, self.passes.largest(len(rows)))
        for array, numbers in zip(self.changing, kept, strict=True):
            array[...] = numbers
        return repeated, here, losses
