"""A snapshot: every number of a network at one moment, and the way back to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from lernpy import frame, subclasses
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.weight import Rule

NUMBERS = {  # what moves, by kind of thing
    "neuron": frame.NEURON,
    "link": frame.LINK,
    "group": ("log_sum",),
    "weight": ("value", "sensitivity"),
}
SETTINGS = ("loss", "optimizer", "learning_rate", "l1", "l2", "samples")


class Edit(NamedTuple):
    """One number that somebody changed by hand: what it belongs to, which, and what it became."""

    at: int  # the position in the trace
    what: str  # weight, neuron, link, group, network, own (a part with a class of the user's own)
    which: int  # the index among its kind
    name: str
    value: Any

    def apply(self, network: Network) -> None:
        """Do it to a network."""
        if self.what == "own":
            others: list[dict[str, Any]] = [{}] * self.which
            subclasses.put_numbers(network, [*others, {self.name: self.value}])
            return
        thing: Any = network
        if self.what != "network":
            thing = things_of(network, self.what)[self.which]
        if self.name in Rule._fields:
            thing.rule = thing.rule._replace(**{self.name: self.value})
        else:
            setattr(thing, self.name, self.value)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that can move: neurons, links, groups, weights with memory and rule, and the settings."""

    tables: Mapping[str, np.ndarray]  # kind -> (how many, quantities of `NUMBERS`)
    memories: list[tuple[Any, ...]]
    rules: list[Rule]
    settings: dict[str, Any]
    own: list[dict[str, Any]]  # what parts with a class of the user's own keep beside these

    @classmethod
    def of(cls, network: Network) -> Snapshot:
        """Read everything."""
        settings = {name: getattr(network, name) for name in SETTINGS}
        return cls(
            {kind: _table(things_of(network, kind), names) for kind, names in NUMBERS.items()},
            [weight.memory for weight in network.weights],
            [weight.rule for weight in network.weights],
            {**settings, "learning_rate": network.own_rate},
            subclasses.own_numbers(network),
        )

    def write(self, network: Network) -> None:
        """Put everything back. The settings first: another optimiser would clear the memory."""
        for name, value in self.settings.items():
            setattr(network, name, value)
        for kind, names in NUMBERS.items():
            things = things_of(network, kind)
            for name, column in zip(names, self.tables[kind].T.tolist(), strict=True):
                for thing, value in zip(things, column, strict=True):
                    setattr(thing, name, value)
        for weight, memory, rule in zip(network.weights, self.memories, self.rules, strict=True):
            weight.memory, weight.rule = memory, rule
        subclasses.put_numbers(network, self.own)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and next(self.edits_to(other), None) is None

    __hash__ = None  # type: ignore[assignment]

    def amid(self, lesson: Snapshot) -> Snapshot:
        """The weights and settings of this one with the numbers of a lesson in progress."""
        weights = np.stack([self.weights, lesson.column("weight", "sensitivity")], axis=1)
        settings = {**self.settings, "samples": lesson.settings["samples"]}
        tables = {**lesson.tables, "weight": weights}
        return replace(self, tables=tables, settings=settings, own=lesson.own)

    def column(self, kind: str, name: str) -> np.ndarray:
        """One quantity of all neurons, links, groups or weights."""
        return self.tables[kind][:, NUMBERS[kind].index(name)]

    @property
    def weights(self) -> np.ndarray:
        return self.column("weight", "value")

    @property
    def rate(self) -> float:
        """The rate that holds: the one that was set, or the optimiser's own."""
        chosen = self.settings["learning_rate"]
        return float(self.settings["optimizer"].rate if chosen is None else chosen)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        remembered = len(self.memories[0]) if self.memories else 0
        floats = sum(table.size for table in self.tables.values())
        return 8 * floats + len(self.rules) * (16 + 40 * remembered)

    def edits_to(self, other: Snapshot, at: int = 0) -> Iterator[Edit]:
        """What somebody must have changed to make the other snapshot of this one."""
        for name in ("loss", "optimizer", "l1", "l2", "samples"):
            if other.settings[name] != self.settings[name]:
                yield Edit(at, "network", 0, name, other.settings[name])
        if other.rate != self.rate:
            yield Edit(at, "network", 0, "learning_rate", other.rate)
        for kind, names in NUMBERS.items():
            old, new = self.tables[kind], other.tables[kind]
            for index, column in np.argwhere((old != new) & ~(np.isnan(old) & np.isnan(new))):
                yield Edit(at, kind, int(index), names[column], float(new[index, column]))
        if self.rules != other.rules:
            yield from self._rule_edits(other, at)
        if self.memories != other.memories:
            yield from self._memory_edits(other, at)
        if self.own:
            yield from self._own_edits(other, at)

    def _rule_edits(self, other: Snapshot, at: int) -> Iterator[Edit]:
        for index, (old, new) in enumerate(zip(self.rules, other.rules, strict=True)):
            for name in Rule._fields:
                if getattr(old, name) != getattr(new, name):
                    yield Edit(at, "weight", index, name, getattr(new, name))

    def _memory_edits(self, other: Snapshot, at: int) -> Iterator[Edit]:
        for index, (old, new) in enumerate(zip(self.memories, other.memories, strict=True)):
            if old != new and repr(old) != repr(new):  # NaN differs from itself, but not in print
                yield Edit(at, "weight", index, "memory", new)

    def _own_edits(self, other: Snapshot, at: int) -> Iterator[Edit]:
        for index, (old, new) in enumerate(zip(self.own, other.own, strict=True)):
            for name, value in new.items():
                if not same(np.asarray(old.get(name)), np.asarray(value)):
                    yield Edit(at, "own", index, name, value)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays hold the same numbers; NaN is NaN."""
    floats = a.dtype.kind == b.dtype.kind == "f"
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=floats)


def things_of(network: Network, kind: str) -> list[Any]:
    """The neurons, links, groups or weights of a network, in its order."""
    if kind == "neuron":
        return list(network.neurons.values())
    if kind == "link":
        return list(network.links.values())
    return network.groups if kind == "group" else network.weights


def _table(things: list[Any], names: tuple[str, ...]) -> np.ndarray:
    columns = [[getattr(thing, name) for thing in things] for name in names]
    try:
        return np.array(columns, float).T
    except (TypeError, ValueError):
        for thing, name in product(things, names):
            _check(thing, name)
        raise


def _check(thing: Any, name: str) -> None:
    value = getattr(thing, name)
    try:
        float(value)
    except (TypeError, ValueError):
        raise LernpyError(f"{thing!r} has {name} {value!r}; give it a number") from None
