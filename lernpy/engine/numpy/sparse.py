"""A wiring with few links for its neurons: the lines of one step, link by link.

Each link takes its source's outputs times its weight; what ends at one neuron is summed. Links stand
side by side by target on the way forward and by source on the way back, a block of them at a time, so
that memory grows with the neurons and not with the links.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lernpy.engine.numpy.script import Script
from lernpy.engine.numpy.wires import Wires, WiresStep
from lernpy.engine.plan import Ints, Plan, Stage

BLOCK = 1 << 18  # numbers in the scratch for one block of links
WASTE = 64  # a matrix may be this many times as large as its links


def is_sparse(plan: Plan) -> bool:
    """Whether a matrix of all sources and targets would be mostly holes."""
    return (plan.n_neurons - plan.n_fixed) * plan.n_neurons > WASTE * plan.n_links


class Sparse(Wires):
    """Like `Wires`, without a matrix."""

    def prepare(self) -> None:
        self.held = np.empty(self.plan.n_links, self.dtype)  # each link's weight
        self.held_ahead = np.empty_like(self.held)  # the same, by source

    def step(self, script: Script, batch: int) -> SparseStep:
        return SparseStep(self, script, batch)


class SparseStep(WiresStep):
    """Lines for one number of samples."""

    wires: Sparse

    def fill(self) -> None:
        script, plan = self.script, self.plan
        values = script.bind("values", self.wires.values)
        weight = plan.weight if plan.shared else np.arange(plan.n_links)
        script.take(values, weight, script.bind("held", self.wires.held))
        script.take(values, weight[plan.ahead], script.bind("ahead", self.wires.held_ahead))
        longest = max(np.diff(plan.start).max(), np.diff(plan.ahead_start).max())
        self.block = max(BLOCK // self.batch, int(longest))
        self.scratch = np.empty((min(self.block, plan.n_links), self.batch), self.wires.dtype)
        self.other = np.empty_like(self.scratch)

    def pull(self, stage: Stage) -> None:
        script = self.script
        for low, high in _blocks(self.plan.start, stage.low, stage.high, self.block):
            links = slice(self.plan.start[low], self.plan.start[high])
            self._sums(
                *("output", self.plan.source[links], self.wires.held[links]),
                self.plan.start[low:high] - links.start,
                script.rows("total", low, high),
            )

    def _sums(self, stem: str, slots: Ints, held: np.ndarray, starts: Ints, into: str) -> None:
        """Into each row the sum over its links of weight times what the slot at the other end has."""
        script = self.script
        brought = self._gather(stem, slots, self.scratch)
        weights = script.bind("weights", held[:, None])
        summed = script.bind("summed", np.add.reduceat)
        script.add(
            f"multiply({brought}, {weights}, {brought})",
            f"{summed}({brought}, {script.bind('starts', starts)}, 0, None, {into})",
        )

    def _gather(self, stem: str, slots: Ints, scratch: np.ndarray) -> str:
        buffer = self.script.bind("brought", scratch[: len(slots)])
        self.script.take(stem, slots, buffer)
        return buffer

    def push_back(self, stage: Stage) -> None:
        plan = self.plan
        starts = plan.ahead_start
        if (np.diff(starts[stage.low : stage.high + 1]) == 0).any():
            self.clear(*self.windows(stage, "sensitivity"))
        for low, high in _full(starts, stage.low, stage.high):
            for first, last in _blocks(starts, low, high, self.block):
                links = slice(starts[first], starts[last])
                self._sums(
                    *("delta", plan.target[plan.ahead[links]], self.wires.held_ahead[links]),
                    starts[first:last] - links.start,
                    self.script.rows("sensitivity", first, last),
                )

    def gradient(self) -> None:
        script, plan = self.script, self.plan
        products = script.bind("products", np.empty(plan.n_links, self.wires.dtype))
        along = script.bind("einsum", np.einsum)
        for first in range(0, plan.n_links, len(self.scratch)):
            links = slice(first, min(first + len(self.scratch), plan.n_links))
            outputs = self._gather("output", plan.source[links], self.scratch)
            deltas = self._gather("delta", plan.target[links], self.other)
            into = script.rows(products, links.start, links.stop)
            script.add(f"{along}('ij,ij->i', {outputs}, {deltas}, out={into})")
        self.collect(np.arange(plan.n_links))


def _blocks(starts: Ints, low: int, high: int, block: int) -> Iterator[tuple[int, int]]:
    """Slices of slots with at most `block` links, or one slot if that has more."""
    while low < high:
        end = int(np.searchsorted(starts, starts[low] + block, side="right")) - 1
        end = min(max(end, low + 1), high)
        yield low, end
        low = end


def _full(starts: Ints, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Slices of neighbouring slots each of which has links."""
    has = np.diff(starts[low : high + 1]) > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], has, [False]]).astype(int)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield low + first, low + last
