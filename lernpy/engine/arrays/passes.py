"""The passes of a lesson on arrays of any module: forward, judge, backward, update.

All arrays of numbers are (neurons, batch, nets), those of weights (weights, nets); one network is one net.
How a generation's links carry is said in `generations`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine import plan as plans
from lernpy.engine.arrays.backend import Arrays
from lernpy.engine.arrays.entries import Judge, Mover
from lernpy.engine.arrays.generations import Fans, Generation, Matrix, Multiply
from lernpy.functions import softmax

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan
    from lernpy.functions.losses import Loss
    from lernpy.functions.optimizers import Optimizer


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
        self.stages: list[Generation] = []
        for stage in plan.stages:
            kind = Multiply if stage.is_product else Fans if fans else Matrix
            self.stages.append(kind(plan, arrays, stage))
        self.held = plan.weight[np.concatenate([stage.order for stage in self.stages])]
        self.order = np.arange(plan.n_weights) if plan.shared else self.held
        self._held = arrays.take(self.held)
        turns = plans.in_turns(self.held) if plan.shared else []
        self._turns = [(arrays.take(self.held[turn]), arrays.take(turn)) for turn in turns]

    def column(self, numbers: Any) -> Any:
        """(n_weights, 1), numbers in the order of the network's weights brought to where these stand."""
        return self.arrays.take(np.asarray(numbers, self.dtype)[self.order, None])

    def learns(self, loss: Loss, optimizer: Optimizer, rules: np.ndarray | None) -> None:
        """How the outputs are judged and the weights move; `rules` as `weights.rules_of` has them."""
        judges = {name: Judge(loss, name, self.arrays) for name in set(self.plan.ends)}
        ends = zip(self.plan.outputs.tolist(), self.plan.ends, strict=True)
        self.ends = [(slot, judges[name]) for slot, name in ends]
        brought = None if rules is None else [self.column(row) for row in rules]
        self.mover = Mover(optimizer, brought, self.column(self.plan.penalised), self.arrays)
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
        sums = self.arrays.m.zeros((self.plan.n_weights, self.nets), self.dtype)
        (weights, links), *more = self._turns
        sums[weights] = gradient[links]
        for weights, links in more:
            sums[weights] = sums[weights] + gradient[links]
        return sums


def _weighed(values: Any, share: Any) -> Any:
    return values if share is None else values * share


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
