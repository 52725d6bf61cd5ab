"""The tables of an exported program: the network as numbers, under the names of `looped`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lernpy.functions import activations
from lernpy.functions.losses import Loss
from lernpy.functions.moving import RULE
from lernpy.group import Group
from lernpy.interop.vector import Vector, scalings
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import structure_of
from lernpy.weight import FREE
from lernpy.wiring import members


class Asking(NamedTuple):
    """How the loss is asked of an output."""

    which: str  # of the loss's formulas: its value
    grouped: bool  # the value is of what the group knows of the output
    apart: bool  # the slope is of the rest, too


class Numbering:
    """A network's neurons in the order of the forward pass, and all that is said of them by number."""

    def __init__(self, network: Network, vector: Vector, learns: bool) -> None:
        self.network, self.vector, self.learns = network, vector, learns
        units = [unit for generation in network.generations for unit in generation]
        self.neurons = [member for unit in units for member in members(unit)]
        self.index = {neuron: number for number, neuron in enumerate(self.neurons)}
        plain = [n for n in self.neurons if not isinstance(n.activation, Group)]
        self.activations = list(dict.fromkeys(map(_entry, plain)))
        self.forms = list(dict.fromkeys(self._form(neuron) for neuron in network.outputs))
        self.sizes = sorted({len(group.members) for group in network.groups})
        self.remembered = len(network.optimizer.memory(0.1))

    def _form(self, neuron: Neuron) -> Asking:
        loss: Loss = self.network.loss
        stable = neuron.activation.name in loss.from_total
        grouped = isinstance(neuron.activation, Group)
        apart = bool(neuron.activation.apart)
        return Asking(neuron.activation.name if stable else "value", stable and grouped, apart)

    def kind(self, neuron: Neuron) -> int:
        is_member = isinstance(neuron.activation, Group)
        return 0 if is_member else self.activations.index(_entry(neuron))

    def tables(self) -> tuple[dict[str, bool], dict[str, Any]]:
        """The flags, and the numbers."""
        network, rules = self.network, self._rules()
        inner, outer = scalings(network)
        fill = None if network.card is None else network.card.fill
        fresh = not any(weight.memory for weight in network.weights)
        flags = {
            "GROUPED": bool(network.groups),
            "MULTIPLIED": bool(network.products),
            "LEARNS": self.learns,
            "PENALISED": bool(network.l1 or network.l2),
            "FRESH": fresh,
            "REMEMBERS": bool(self.remembered),
            "SHARED": len(network.weights) < len(network.links),
            "FILLED": fill is not None,
            "SHIFTED": bool(inner.shift.any()),
            "SCALED": bool((inner.scale != 1).any()),
            "T_SHIFTED": bool(outer.shift.any()),
            "T_SCALED": bool((outer.scale != 1).any()),
        }
        numbers = {
            "NEURONS": len(self.neurons),
            "INPUTS": len(network.inputs),
            "OUTPUTS": len(network.outputs),
            "WEIGHTS": len(network.weights),
            "MEMORIES": self.remembered,
            "ROWS": len(self.vector.inputs),
            "INPUT": [self.index[neuron] for neuron in network.inputs],
            "OUTPUT": [self.index[neuron] for neuron in network.outputs],
            "KIND": [self.kind(neuron) for neuron in self.neurons],
            "SIZE": [len(getattr(n.activation, "members", " ")) for n in self.neurons],
            "FORM": [self.forms.index(self._form(neuron)) for neuron in network.outputs],
            **self._links(),
            **self._factors(),
            "START": [float(weight.value) for weight in network.weights],
            "MEMORY": self._memory(fresh),
            **rules,
            "FILL": [] if fill is None else fill.tolist(),
            "SHIFT": inner.shift.tolist(),
            "SCALE": inner.scale.tolist(),
            "T_SHIFT": outer.shift.tolist(),
            "T_SCALE": outer.scale.tolist(),
            "SHARE": float(network.loss.share(len(network.outputs))),
            "L1": float(network.l1),
            "L2": float(network.l2),
            "RATE": float(network.learning_rate),
            **{
                f"TEST_{short}": getattr(self.vector, name).tolist()
                for short, name in TESTED.items()
            },
        }
        return flags, numbers

    def _links(self) -> dict[str, list[int]]:
        links, number = self.network.links.values(), structure_of(self.network).weight_index
        counts = np.zeros(len(self.neurons) + 1, int)
        for link in links:
            counts[self.index[link.input_neuron] + 1] += 1
        return {
            "LINK": np.cumsum(counts).tolist(),
            "TARGET": [self.index[link.output_neuron] for link in links],
            "WEIGHT": [number[link.weight] for link in links],
        }

    def _factors(self) -> dict[str, list[int]]:
        rows = [getattr(neuron.activation, "factors", ()) for neuron in self.neurons]
        return {
            "PRODUCT": [0, *np.cumsum(list(map(len, rows))).tolist()],
            "FACTOR": [self.index[factor] for row in rows for factor in row],
        }

    def _memory(self, fresh: bool) -> list[float]:
        """What is remembered of one weight, where it is alike for all, else of each."""
        start = self.network.optimizer.memory(self.network.learning_rate)
        if fresh:
            return list(map(float, start))
        return [float(x) for weight in self.network.weights for x in weight.memory or start]

    @property
    def ruled(self) -> bool:
        """Whether some weight may not move as it likes."""
        return any(weight.rule != FREE for weight in self.network.weights)

    def _rules(self) -> dict[str, list[Any]]:
        """The different rules, and which one each weight has; whether the penalty reaches it is one more."""
        network = self.network
        reached = set(network.penalised) if network.l1 or network.l2 else set()
        kinds = [(*map(float, weight.rule), float(weight in reached)) for weight in network.weights]
        known = list(dict.fromkeys(kinds))
        columns = zip((*map(str.upper, RULE), "REACHED"), zip(*known, strict=True), strict=True)
        number = {kind: index for index, kind in enumerate(known)}
        return {
            "RULE": [number[kind] for kind in kinds],
            **{name: list(row) for name, row in columns},
        }


def _entry(neuron: Neuron) -> Any:
    """What makes an output of a total input; that of a product is taken as it is."""
    kind = neuron.activation
    return activations.get("identity") if isinstance(kind, Product) else kind


TESTED = {"X": "inputs", "T": "targets", "Y": "outputs", "LOSS": "losses", "AFTER": "after"}
