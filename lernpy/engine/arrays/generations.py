"""How the links of one generation carry: as a matrix (one net), or in fans (many nets)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import mul
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy.engine import plan as plans
from lernpy.engine.arrays.backend import Arrays
from lernpy.engine.arrays.entries import Bend

if TYPE_CHECKING:
    from lernpy.engine.arrays.passes import Buffers
    from lernpy.engine.plan import Plan


class Generation(ABC):
    """One generation: how its neurons bend, and how its links carry.

    `order` : (n,) its links, in the order in which they stand in the rows `links`
    `size` : multiplications for one sample in its matrix product
    `widest_fan` : targets of a link's source at most, where links carry in fans
    """

    size = 0
    widest_fan = 0

    def __init__(self, plan: Plan, arrays: Arrays, stage: plans.Stage) -> None:
        self.plan, self.arrays = plan, arrays
        self.rows = slice(stage.low, stage.high)
        self.links = slice(int(plan.start[stage.low]), int(plan.start[stage.high]))
        self.order = np.arange(self.links.start, self.links.stop)
        self.bends = [Bend(span, arrays) for span in stage.segments if not stage.is_product]

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

    def __init__(self, plan: Plan, arrays: Arrays, stage: plans.Stage) -> None:
        super().__init__(plan, arrays, stage)
        self.order = _sorted(self.order, plan.source, plan.target)
        sources, column = np.unique(plan.source[self.order], return_inverse=True)
        self.shape = stage.size, len(sources)
        self.size = self.shape[0] * self.shape[1]
        index = (plan.target[self.order] - stage.low) * self.shape[1] + column
        self.index = None if len(index) == self.size else arrays.take(index)
        moved = np.flatnonzero(sources >= plan.n_fixed)  # nobody blames inputs and biases
        self.sources, self.moved = self._chosen(sources), self._chosen(moved)
        self.blamed = self._chosen(sources[moved])

    def _chosen(self, slots: np.ndarray) -> Any:
        """A slice where they are neighbours, else a list on the device; None where there are none."""
        return plans.neighbours(slots) or (self.arrays.take(slots) if len(slots) else None)

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


class Multiply(Generation):
    """Products: no links; the outputs of their factors are multiplied, column by column."""

    def __init__(self, plan: Plan, arrays: Arrays, stage: plans.Stage) -> None:
        super().__init__(plan, arrays, stage)
        columns = plan.factor_columns(stage)
        self.columns = [arrays.take(column) for column in columns]
        self.turns = [
            [(arrays.take(turn), arrays.take(column[turn])) for turn in plans.in_turns(column)]
            for column in columns
        ]

    def pull(self, room: Buffers, links: Any, known: Any) -> None:
        room.y[self.rows] = room.z[self.rows] = self._times(room, self.columns)

    def push(self, room: Buffers, links: Any, known: Any) -> None:
        delta = room.d[self.rows] = room.s[self.rows]
        for at, turns in enumerate(self.turns):
            others = self.columns[:at] + self.columns[at + 1 :]
            blame = delta * self._times(room, others) if others else delta
            for turn, slots in turns:
                room.s[slots] = room.s[slots] + blame[turn]

    def _times(self, room: Buffers, columns: Sequence[Any]) -> Any:
        return reduce(mul, (room.y[column] for column in columns))


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

    def __init__(self, plan: Plan, arrays: Arrays, stage: plans.Stage) -> None:
        super().__init__(plan, arrays, stage)
        links, first = self.order, self.links.start
        sources, counts = np.unique(plan.source[links], return_counts=True)
        fixed = sources[(sources < plan.n_fixed) & (counts == stage.size)]
        among = np.isin(plan.source[links], fixed)
        by_target = _sorted(links[among], plan.source, plan.target)
        others = _sorted(links[~among], plan.target, plan.source)
        self.order = np.concatenate([by_target, others])
        self.block = slice(first, first + len(by_target))
        self.fixed, self.n_fixed = arrays.take(fixed), len(fixed)
        self.size, self.widest_fan = stage.size * len(fixed), stage.size
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
