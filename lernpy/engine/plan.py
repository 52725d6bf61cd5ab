"""A plan: the network as flat arrays of indices, for whatever engine wants to calculate on arrays.

Neurons get *slots*: first the inputs (as declared), then the biases, then one generation after the
other. So a neuron's sources all have smaller slots, and a generation is a slice. Within a generation
equal activations stand side by side, and so do the members of a softmax group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from lernpy.functions.activations import Activation
from lernpy.group import Group
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.structure import structure_of
from lernpy.wiring import Unit, many_objects, members

if TYPE_CHECKING:
    from lernpy.network import Network
    from lernpy.weight import Weight

Ints = np.ndarray


@dataclass(frozen=True)
class Segment:
    """Neighbouring slots ``low <= slot < high`` with one activation; a group is one segment."""

    low: int
    high: int
    activation: Activation | Group | Product  # of products the first

    @property
    def is_group(self) -> bool:
        return isinstance(self.activation, Group)

    @property
    def is_identity(self) -> bool:
        """Whether what comes in goes out."""
        return isinstance(self.activation, Activation) and self.activation.is_identity

    @property
    def is_apart(self) -> bool:
        """Whether it is a group whose loss asks for the rests of its shares."""
        return self.activation.apart


@dataclass(frozen=True)
class Stage:
    """One generation after the inputs and biases: a slice of slots, and its segments.

    The products of a generation are a stage of their own, to which no links lead; all have as many factors.
    """

    low: int
    high: int
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        return self.high - self.low

    @property
    def is_product(self) -> bool:
        return isinstance(self.segments[0].activation, Product)


@dataclass(frozen=True)
class Layer:
    """A stage each of whose neurons is linked with all of the stage before, and with one bias or none.

    `weight` : (n_targets, n_sources), or one more column, the last, for the bias: indices of weights
    """

    stage: Stage
    first: int  # slot of the first source
    bias: bool
    weight: Ints


@dataclass(frozen=True)
class Plan:
    """What the engines compile from.

    Links are listed by target slot (among equal targets in the order of the forward pass): those of
    slot s are ``start[s]:start[s + 1]``. `ahead` lists the same links by source slot:
    ``ahead[ahead_start[s]:ahead_start[s + 1]]`` are the positions, in that first list, of the links
    that leave s.

    >>> import lernpy
    >>> plan = Plan.of(lernpy.layered([2, 3, 1], seed=0))
    >>> plan.n_neurons, plan.n_links, plan.n_weights, plan.n_inputs, plan.n_fixed
    (7, 13, 13, 2, 3)
    >>> plan.source[plan.start[3] : plan.start[4]].tolist()
    [0, 1, 2]
    >>> [layer.weight.shape for layer in plan.layers]
    [(3, 3), (1, 4)]
    """

    neurons: tuple[Neuron, ...]  # by slot
    weights: tuple[Weight, ...]  # those of the network, in its order
    n_inputs: int
    n_fixed: int  # inputs and biases: slots that no link leads to
    input_segments: tuple[Segment, ...]  # an input may squash
    stages: tuple[Stage, ...]
    outputs: Ints  # (n_outputs,) slots, in declared order
    source: Ints  # (n_links,) slots
    target: Ints  # (n_links,) slots
    weight: Ints  # (n_links,) indices of weights
    link: Ints  # (n_links,) indices into network.links
    factors: dict[int, tuple[int, ...]]  # of each product, by slots; in the network's order

    @property
    def n_neurons(self) -> int:
        return len(self.neurons)

    @property
    def n_links(self) -> int:
        return len(self.source)

    @property
    def n_weights(self) -> int:
        return len(self.weights)

    @property
    def n_outputs(self) -> int:
        return len(self.outputs)

    @cached_property
    def start(self) -> Ints:
        """(n_neurons + 1,)"""
        return _starts(self.target, self.n_neurons)

    @cached_property
    def ahead(self) -> Ints:
        """(n_links,)"""
        return np.argsort(self.source, kind="stable")

    @cached_property
    def ahead_start(self) -> Ints:
        """(n_neurons + 1,)"""
        return _starts(self.source[self.ahead], self.n_neurons)

    def is_bias(self, slots: Ints) -> Ints:
        """(n,) bool, of each of these."""
        return (slots >= self.n_inputs) & (slots < self.n_fixed)

    @cached_property
    def penalised(self) -> Ints:
        """(n_weights,) bool: those that L1 and L2 reach, none of whose links starts at a bias."""
        reached = np.ones(self.n_weights, bool)
        reached[self.weight[self.is_bias(self.source)]] = False
        return reached

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Those of all stages; the inputs' left out."""
        return tuple(segment for stage in self.stages for segment in stage.segments)

    def factor_columns(self, stage: Stage) -> list[Ints]:
        """The slots of the first factors of a stage of products, those of the second, and so on."""
        rows = [self.factors[slot] for slot in range(stage.low, stage.high)]
        return [_ints(list(column)) for column in zip(*rows, strict=True)]

    @property
    def shared(self) -> bool:
        """Whether a weight is held by several links."""
        return self.n_weights < self.n_links

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """For each output the name of its activation; "" for an input or a bias, which have no total input."""
        slots = self.outputs.tolist()
        return tuple(self.neurons[s].activation.name if s >= self.n_fixed else "" for s in slots)

    @property
    def groups_apart(self) -> list[tuple[Segment, tuple[Ints, Ints]]]:
        """Each group whose loss asks for rests; where in it its outputs are, and their positions."""
        return [(group, self._ends_in(group)) for group in self.segments if group.is_apart]

    def _ends_in(self, group: Segment) -> tuple[Ints, Ints]:
        positions = np.flatnonzero((self.outputs >= group.low) & (self.outputs < group.high))
        return self.outputs[positions] - group.low, positions

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """() unless the whole network is in layers, each fully linked with the one before."""
        return _layers(self)

    @staticmethod
    def of(network: Network) -> Plan:
        """Compiled, linear in the number of links; kept until the wiring changes."""
        wiring = wiring_of(network)
        made, plan = _plans.get(network, (None, None))
        if plan is None or made != wiring:
            with many_objects():
                plan = _compile(network)
            _plans[network] = wiring, plan
        return plan


def wiring_of(network: Network) -> tuple[int, tuple[object, ...]]:
    """What a plan is made from; a plan made from another one no longer fits."""
    return network.version, tuple(neuron.activation for neuron in network.neurons.values())


_plans: WeakKeyDictionary[Network, tuple[tuple[object, ...], Plan]] = WeakKeyDictionary()


def _compile(network: Network) -> Plan:
    neurons, stages = _slots(network)
    slot_of = {neuron: slot for slot, neuron in enumerate(neurons)}
    links = network.links.values()
    sources = _ints([slot_of[link.input_neuron] for link in links])
    targets = _ints([slot_of[link.output_neuron] for link in links])
    by_target = np.argsort(targets, kind="stable")
    return Plan(
        neurons=tuple(neurons),
        weights=tuple(network.weights),
        n_inputs=len(network.inputs),
        n_fixed=len(network.inputs) + len(network.biases),
        input_segments=_segments(network.inputs, 0),
        stages=stages,
        outputs=_ints([slot_of[neuron] for neuron in network.outputs]),
        source=sources[by_target],
        target=targets[by_target],
        weight=structure_of(network).link_weight[by_target],
        link=by_target,
        factors={
            slot_of[product.neuron]: tuple(slot_of[factor] for factor in product.factors)
            for product in network.products
        },
    )


def _ints(values: list[int]) -> Ints:
    return np.array(values, np.intp)


def _starts(slots: Ints, n_neurons: int) -> Ints:
    """Where the links of each slot begin, in a list that is sorted by slot."""
    return np.searchsorted(slots, np.arange(n_neurons + 1))


def _slots(network: Network) -> tuple[list[Neuron], tuple[Stage, ...]]:
    """The neurons in the order of their slots, and the stages."""
    neurons = [*network.inputs, *network.biases]
    position = {neuron: index for index, neuron in enumerate(network.outputs)}
    stages = []
    for generation in network.generations[1:]:
        for _, units in groupby(sorted(generation, key=_n_factors), _n_factors):
            low = len(neurons)
            for unit in _side_by_side(units):
                neurons += sorted(members(unit), key=lambda one: position.get(one, len(position)))
            stages.append(Stage(low, len(neurons), _segments(neurons[low:], low)))
    return neurons, tuple(stages)


def _n_factors(unit: Unit) -> int:
    """0 of what sums."""
    return len(unit.factors) if isinstance(unit, Product) else 0


def _side_by_side(generation: Iterable[Unit]) -> list[Unit]:
    """Units of one kind together, the kinds in the order in which they first come up."""
    by_kind: dict[object, list[Unit]] = {}
    for unit in generation:
        by_kind.setdefault(_kind(unit), []).append(unit)
    return [unit for units in by_kind.values() for unit in units]


def _kind(unit: Unit) -> object:
    """What is alike within a segment: the activation or the group; all products are."""
    kind = unit.activation if isinstance(unit, Neuron) else unit
    return Product if isinstance(kind, Product) else kind


def _segments(neurons: Sequence[Neuron], low: int) -> tuple[Segment, ...]:
    """These neighbours, parted where one activation ends and the next begins."""
    segments = []
    for _, alike in groupby(neurons, _kind):
        first, *others = alike
        segments.append(Segment(low, low + 1 + len(others), first.activation))
        low = segments[-1].high
    return tuple(segments)


def _layers(plan: Plan) -> tuple[Layer, ...]:
    """Layer by layer, as long as each is fully linked with the one before; else nothing."""
    if plan.shared or not plan.stages or plan.factors:
        return ()
    last = plan.stages[-1]
    if not np.array_equal(plan.outputs, np.arange(last.low, last.high)):
        return ()
    layers: list[Layer] = []
    before = (0, plan.n_inputs)
    for stage in plan.stages:
        layer = _layer(plan, stage, *before)
        if layer is None:
            return ()
        layers.append(layer)
        before = (stage.low, stage.high)
    return tuple(layers)


def _layer(plan: Plan, stage: Stage, low: int, high: int) -> Layer | None:
    """The stage as one dense matrix over the slots low:high and perhaps a bias, if it is that."""
    links = slice(plan.start[stage.low], plan.start[stage.high])
    n_sources = high - low
    counts = np.diff(plan.start[stage.low : stage.high + 1])
    each = int(counts[0])
    bias = each == n_sources + 1
    if (counts != each).any() or not (bias or each == n_sources):
        return None
    source = plan.source[links].reshape(stage.size, each)
    weight = plan.weight[links].reshape(stage.size, each)
    is_bias = (source < low) | (source >= high)
    order = np.argsort(np.where(is_bias, high, source), axis=1, kind="stable")
    source = np.take_along_axis(source, order, axis=1)
    full = bool((source[:, :n_sources] == np.arange(low, high)).all())
    if not full or (bias and not plan.is_bias(source[:, -1]).all()):
        return None
    return Layer(stage, low, bias, np.take_along_axis(weight, order, axis=1))


def neighbours(slots: Ints) -> slice | None:
    """These slots as a slice, which copies nothing; None unless each follows the one before.

    >>> neighbours(np.array([4, 5, 6])), neighbours(np.array([4, 6]))
    (slice(4, 7, None), None)
    """
    alone = len(slots) > 0 and (np.diff(slots) == 1).all()
    return slice(int(slots[0]), int(slots[-1]) + 1) if alone else None


def in_turns(slots: Ints) -> list[Ints]:
    """The indices of a list in turns, none of which has a slot twice: so each can be added to at once.

    >>> [turn.tolist() for turn in in_turns(np.array([4, 7, 4, 4]))]
    [[0, 1], [2], [3]]
    """
    order = np.argsort(slots, kind="stable")
    first = np.searchsorted(slots[order], slots[order])
    turn = np.empty(len(slots), np.intp)
    turn[order] = np.arange(len(slots)) - first
    return [np.flatnonzero(turn == number) for number in range(int(turn.max(initial=-1)) + 1)]
