"""A state: every number of a network at one moment, and the way back to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lernpy import subclasses
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.weight import Rule

NEURON = ("total_input", "output", "sensitivity", "delta")
LINK = ("signal", "blame")
WEIGHT = ("value", "sensitivity")
SETTINGS = ("loss", "optimizer", "learning_rate", "l1", "l2", "samples")


class Edit(NamedTuple):
    """One number that somebody changed by hand: what it belongs to, which, and what it became."""

    at: int  # the position in the trace
    what: str  # weight, neuron, link, group, network, own (a part with a class of the user's own)
    which: int  # the how-manieth of its kind
    name: str
    value: Any


@dataclass(frozen=True, eq=False)
class State:
    """All that can move: neurons, links, groups, weights with memory and rule, and the settings."""

    neurons: np.ndarray  # (n_neurons, 4)
    links: np.ndarray  # (n_links, 2)
    log_sums: np.ndarray  # (n_groups,)
    weights: np.ndarray  # (n_weights, 2)
    memories: list[tuple[Any, ...]]
    rules: list[Rule]
    settings: dict[str, Any]
    own: list[dict[str, Any]]  # what parts with a class of the user's own keep beside these

    @classmethod
    def of(cls, network: Network) -> State:
        """Read everything."""
        return cls(
            _table(list(network.neurons.values()), NEURON),
            _table(network.links.values(), LINK),
            _table(network.groups, ("log_sum",))[:, 0],
            _table(network.weights, WEIGHT),
            [weight.memory for weight in network.weights],
            [weight.rule for weight in network.weights],
            {
                **{name: getattr(network, name) for name in SETTINGS},
                "learning_rate": network._learning_rate,
            },
            subclasses.numbers(network),
        )

    def write(self, network: Network) -> None:
        """Put everything back. The settings first: another optimiser would clear the memory."""
        for name, value in self.settings.items():
            setattr(network, name, value)
        _put(list(network.neurons.values()), NEURON, self.neurons)
        _put(network.links.values(), LINK, self.links)
        _put(network.groups, ("log_sum",), self.log_sums[:, None])
        _put(network.weights, WEIGHT, self.weights)
        for weight, memory, rule in zip(network.weights, self.memories, self.rules, strict=True):
            weight.memory, weight.rule = memory, rule
        subclasses.put_numbers(network, self.own)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and next(self.edits_to(other), None) is None

    __hash__ = None  # type: ignore[assignment]

    @property
    def rate(self) -> float:
        """The rate that holds: the one that was set, or the optimiser's own."""
        chosen = self.settings["learning_rate"]
        return float(self.settings["optimizer"].rate if chosen is None else chosen)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        remembered = len(self.memories[0]) if self.memories else 0
        floats = self.neurons.size + self.links.size + self.weights.size
        return 8 * floats + len(self.rules) * (16 + 40 * remembered)

    def edits_to(self, other: State, at: int = 0) -> Iterator[Edit]:
        """What somebody must have changed to make the other state of this one."""
        for name in ("loss", "optimizer", "l1", "l2", "samples"):
            if other.settings[name] != self.settings[name]:
                yield Edit(at, "network", 0, name, other.settings[name])
        if other.rate != self.rate:
            yield Edit(at, "network", 0, "learning_rate", other.rate)
        tables: tuple[tuple[str, tuple[str, ...], np.ndarray, np.ndarray], ...] = (
            ("neuron", NEURON, self.neurons, other.neurons),
            ("link", LINK, self.links, other.links),
            ("group", ("log_sum",), self.log_sums[:, None], other.log_sums[:, None]),
            ("weight", WEIGHT, self.weights, other.weights),
        )
        for what, names, old, new in tables:
            for index, column in np.argwhere((old != new) & ~(np.isnan(old) & np.isnan(new))):
                value = float(new[index, column])
                yield Edit(at, what, int(index), names[int(column)], value)
        if self.rules != other.rules:
            yield from self._rule_edits(other, at)
        if self.memories != other.memories:
            yield from self._memory_edits(other, at)
        if self.own:
            yield from self._own_edits(other, at)

    def _rule_edits(self, other: State, at: int) -> Iterator[Edit]:
        for index, (old, new) in enumerate(zip(self.rules, other.rules, strict=True)):
            for name in Rule._fields:
                if getattr(old, name) != getattr(new, name):
                    yield Edit(at, "weight", index, name, getattr(new, name))

    def _memory_edits(self, other: State, at: int) -> Iterator[Edit]:
        for index, (old, new) in enumerate(zip(self.memories, other.memories, strict=True)):
            if old != new and repr(old) != repr(new):  # NaN differs from itself, but not in print
                yield Edit(at, "weight", index, "memory", new)

    def _own_edits(self, other: State, at: int) -> Iterator[Edit]:
        for index, (old, new) in enumerate(zip(self.own, other.own, strict=True)):
            for name, value in new.items():
                if not same(np.asarray(old.get(name)), np.asarray(value)):
                    yield Edit(at, "own", index, name, value)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays hold the same numbers; NaN is NaN."""
    floats = a.dtype.kind == b.dtype.kind == "f"
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=floats)


def apply(network: Network, edit: Edit) -> None:
    """Do to a network what somebody did by hand."""
    name, value = edit.name, edit.value
    if edit.what == "network":
        setattr(network, name, value)
        return
    if edit.what == "own":
        others: list[dict[str, Any]] = [{}] * edit.which
        subclasses.put_numbers(network, [*others, {name: value}])
        return
    things: dict[str, Any] = {
        "weight": network.weights,
        "neuron": list(network.neurons.values()),
        "link": network.links.values(),
        "group": network.groups,
    }
    thing = things[edit.what][edit.which]
    if name in Rule._fields:
        thing.rule = thing.rule._replace(**{name: value})
    else:
        setattr(thing, name, value)


def _table(things: list[Any], names: tuple[str, ...]) -> np.ndarray:
    columns = [[getattr(thing, name) for thing in things] for name in names]
    try:
        return np.array(columns, float).T
    except (TypeError, ValueError):
        for thing in things:
            for name in names:
                _check(thing, name)
        raise


def _check(thing: Any, name: str) -> None:
    try:
        float(getattr(thing, name))
    except (TypeError, ValueError):
        raise LernpyError(
            f"{thing!r} has {name} {getattr(thing, name)!r}; give it a number"
        ) from None


def _put(things: list[Any], names: tuple[str, ...], table: np.ndarray) -> None:
    for name, column in zip(names, table.T.tolist(), strict=True):
        for thing, value in zip(things, column, strict=True):
            setattr(thing, name, value)
