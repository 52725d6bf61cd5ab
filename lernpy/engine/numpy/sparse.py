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
        self.targets = plan.target[plan.ahead]
        longest = max(np.diff(plan.start).max(), np.diff(plan.ahead_start).max())
        self.block = max(BLOCK // self.batch, int(longest))
        self.scratch = np.empty((min(self.block, plan.n_links), self.batch), self.wires.dtype)
        self.other = np.empty_like(self.scratch)

    def pull(self, stage: Stage) -> None:
        plan = self.plan
        self._sum(stage, plan.start, "output", plan.source, self.wires.held, "total")

    def push_back(self, stage: Stage) -> None:
        starts = self.plan.ahead_start
        if (np.diff(starts[stage.low : stage.high + 1]) == 0).any():
            self.clear(*self.windows(stage, "sensitivity"))
        self._sum(stage, starts, "delta", self.targets, self.wires.held_ahead, "sensitivity")

    def _sum(
        self, stage: Stage, starts: Ints, stem: str, slots: Ints, held: np.ndarray, into: str
    ) -> None:
        """Into each row of a stage the sum over its links: weight times what is at the other end."""
        script = self.script
        summed = script.bind("summed", np.add.reduceat)
        for low, high in _blocks(starts, stage, self.block):
            links = slice(starts[low], starts[high])
            brought = self._gather(stem, slots[links], self.scratch)
            weights = script.bind("weights", held[links, None])
            begin = script.bind("starts", starts[low:high] - links.start)
            script.add(
                f"multiply({brought}, {weights}, {brought})",
                f"{summed}({brought}, {begin}, 0, None, {script.rows(into, low, high)})",
            )

    def _gather(self, stem: str, slots: Ints, scratch: np.ndarray) -> str:
        buffer = self.script.bind("brought", scratch[: len(slots)])
        self.script.take(stem, slots, buffer)
        return buffer

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


def _blocks(starts: Ints, stage: Stage, block: int) -> Iterator[tuple[int, int]]:
    """Slices of a stage's slots that have links, at most `block` of these or those of one slot."""
    has = np.diff(starts[stage.low : stage.high + 1]) > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], has, [False]]).astype(int)))
    for low, high in (edges.reshape(-1, 2) + stage.low).tolist():
        while low < high:
            end = int(np.searchsorted(starts, starts[low] + block, side="right")) - 1
            end = min(max(end, low + 1), high)
            yield low, end
            low = end
