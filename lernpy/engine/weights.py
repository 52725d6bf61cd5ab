"""All weights of a mirror: out of the network, through an update, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.numpy.lines import move_of
from lernpy.functions import moving
from lernpy.weight import FREE, Rule

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan
    from lernpy.functions.optimizers import Optimizer
    from lernpy.network import Network
    from lernpy.weight import Weight


let = moving.ruled(np)


class Weights:
    """Values, memory and rules of the weights, in the order of the engine that made this.

    `values` : (n_weights,), the engine's own vector, changed in place
    `order` : (n_weights,), which of the network's weights stands where
    """

    def __init__(self, plan: Plan, order: np.ndarray, values: np.ndarray) -> None:
        self.held: list[Weight] = [plan.weights[index] for index in order.tolist()]
        self.values = values
        self.penalised = plan.penalised[order].astype(values.dtype)
        self._how: tuple[Any, ...] = ()

    # ---- in and out -----------------------------------------------------------------------------

    def load(self, network: Network) -> None:
        """Take over values, memories and rules, and how the network learns."""
        self.entry: Optimizer = network.optimizer
        self.l1, self.l2 = network.l1, network.l2
        self.values[...] = [weight.value for weight in self.held]
        self._load_rules([weight.rule for weight in self.held])
        columns = self._memory([weight.memory for weight in self.held])
        how = self.entry, self.l1, self.l2, [column.shape for column in columns]
        if how != self._how:
            self._how, self.memory = how, columns
            pulls = [share * self.penalised if share else None for share in (self.l1, self.l2)]
            pulls = pulls if self.l1 or self.l2 else []
            self.move = move_of(self.entry, self.values, self.memory, pulls)
        for column, numbers in zip(self.memory, columns, strict=True):
            column[...] = numbers  # the same arrays again: the lines of `move` know them
        self.moved = False

    def _load_rules(self, rules: Sequence[Rule]) -> None:
        special = [] if rules.count(FREE) == len(rules) else _special(rules)
        self.frozen = np.array([index for index in special if rules[index].frozen], np.intp)
        self.kept = self.values[self.frozen]
        free = [index for index in special if not rules[index].frozen]
        self.ruled = np.array(free, np.intp)
        rates, lows, highs = ([getattr(rules[p], name) for p in free] for name in Rule._fields[1:])
        dtype = self.values.dtype
        self.rules = [np.array(numbers, dtype) for numbers in (rates, lows, highs)]

    def _memory(self, memories: Sequence[tuple[Any, ...]]) -> list[np.ndarray]:
        """What the optimiser remembers, a column for each of its numbers."""
        start = self.entry.memory(0.0)
        size = max(len(start), max(map(len, memories)) if any(memories) else 0)
        blank = start + (0.0,) * (size - len(start))
        rows = np.array([memory or blank for memory in memories], float) if size else None
        self.fresh = np.array([not memory for memory in memories]) if start else None
        return [] if rows is None else [self._column(*pair) for pair in enumerate(rows.T)]

    def _column(self, index: int, numbers: np.ndarray) -> np.ndarray:
        """One memory of all weights; a mere counter, alike for all that can move, as one number."""
        if index not in self.entry.counters:
            return numbers.astype(self.values.dtype)
        movable = np.delete(numbers, self.frozen)
        if len(movable) and (movable == movable[0]).all():
            return movable[:1].copy()
        return numbers.copy()

    def store(self) -> None:
        """Write values and memories back; the frozen and the unmoved keep theirs."""
        if not self.moved:
            return
        values = self.values.tolist()
        columns = [np.broadcast_to(column, len(values)).tolist() for column in self.memory]
        if not (columns or len(self.frozen)):
            for weight, value in zip(self.held, values, strict=True):
                weight.value = value
            return
        write_back(self.held, values, columns)

    # ---- one update -----------------------------------------------------------------------------

    @property
    def plain(self) -> bool:
        """Whether an update is nothing but ``values -= rate * gradient``."""
        return self.entry.is_plain and not (
            len(self.frozen) or len(self.ruled) or self.l1 or self.l2
        )

    def begin(self, rate: float) -> None:
        """Before the first update: a fresh memory may depend on the rate."""
        self.moved = True
        if self.fresh is not None:
            for column, start in zip(self.memory, self.entry.memory(rate), strict=True):
                if len(column) == len(self.fresh):
                    column[self.fresh] = start
            self.fresh = None

    def update(self, gradient: np.ndarray, rate: np.ndarray) -> None:
        """Move every weight as its optimiser proposes and its rule allows; uses the gradient up."""
        before = self.values[self.ruled] if len(self.ruled) else None
        self.move(gradient, rate)
        if before is not None:
            proposed = self.values[self.ruled]
            (self.values[self.ruled],) = let((before,), (proposed,), 0.0, *self.rules)
        if len(self.frozen):
            self.values[self.frozen] = self.kept

    def penalty(self) -> float:
        """l1 sum |w| + l2/2 sum w^2 over the weights that are no bias's."""
        if not (self.l1 or self.l2):
            return 0.0
        reached = self.values * self.penalised
        return float(self.l1 * np.abs(reached).sum() + self.l2 / 2 * reached.dot(reached))


def _special(rules: Sequence[Rule]) -> list[int]:
    return [index for index, rule in enumerate(rules) if rule is not FREE and rule != FREE]


# ---- for engines that keep their weights in another way ------------------------------------------


def memories_of(weights: Sequence[Weight], entry: Optimizer) -> tuple[np.ndarray, np.ndarray]:
    """(n_memory, n_weights) what the optimiser remembers, and (n_weights,) where that is nothing yet.

    Where it is nothing stands what it would start with at a rate of 0.
    """
    start = entry.memory(0.0)
    fresh = np.array([not weight.memory for weight in weights], bool)
    if not start:
        return np.empty((0, len(weights))), fresh
    return np.array([weight.memory or start for weight in weights], float).T, fresh


def rules_of(weights: Sequence[Weight]) -> np.ndarray | None:
    """(4, n_weights): frozen, rate, low, high of each weight; None if all may move freely."""
    rules = [weight.rule for weight in weights]
    if rules.count(FREE) == len(rules):
        return None
    return np.array(rules, float).T


def write_back(
    weights: Sequence[Weight], values: Sequence[float], columns: Sequence[Sequence[float]]
) -> None:
    """Values, and memories by columns, into the weights; the frozen keep theirs."""
    memories: Iterable[tuple[float, ...]] = zip(*columns, strict=True) if columns else repeat(())
    for weight, value, memory in zip(weights, values, memories, strict=False):
        if not weight.rule.frozen:
            weight.value, weight.memory = value, memory
