"""A weight: one number that learns. Links hold it; links that share it learn together."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

Step = Callable[[float, float, float, tuple[Any, ...]], tuple[float, tuple[Any, ...]]]


class Rule(NamedTuple):
    """How a weight may move. ``Rule(low=0.0)`` keeps it positive, ``Rule(rate=0.1)`` slow."""

    frozen: bool = False  # collects blame, does not move
    rate: float = 1.0  # multiplies each proposed step
    low: float = -inf  # bounds, applied after the step
    high: float = inf


FREE = Rule()


class Weight:
    """A value, the blame it has collected, what the optimiser remembers of it, and its rule.

    >>> weight = Weight(0.5)
    >>> weight.submit_sensitivity(2.0)
    >>> weight.sensitivity
    2.0
    """

    __slots__ = ("memory", "rule", "sensitivity", "value")

    def __init__(self, value: float = 0.0, rule: Rule = FREE) -> None:
        self.value = value
        self.sensitivity = 0.0  # dLoss / d value, summed over links and samples since the update
        self.memory: tuple[Any, ...] = ()  # what the optimiser remembers
        self.rule = rule

    def submit_sensitivity(self, sensitivity: float) -> None:
        """Collect the blame that one link found for one sample."""
        self.sensitivity += sensitivity

    def update(self, step: Step, gradient: float, rate: float) -> None:
        """Move as the optimiser's step proposes and as the rule allows."""
        rule = self.rule
        if rule.frozen:
            return
        proposed, self.memory = step(self.value, gradient, rate, self.memory)
        if rule.rate != 1.0:
            proposed = self.value + rule.rate * (proposed - self.value)
        self.value = proposed if rule is FREE else min(max(proposed, rule.low), rule.high)

    def reset(self) -> None:
        """Forget the blame collected so far."""
        self.sensitivity = 0.0

    @property
    def frozen(self) -> bool:
        return self.rule.frozen

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        self.rule = self.rule._replace(frozen=frozen)

    def freeze(self) -> None:
        """Stay where you are: go on collecting blame, but do not move."""
        self.frozen = True

    def thaw(self) -> None:
        """Move again."""
        self.frozen = False

    def __repr__(self) -> str:
        return f"<weight {self.value:g}{', frozen' if self.frozen else ''}>"
