"""Networks in time: a cell, repeated step by step, with the same weights in each of them.

What comes out is a network as any other: h1 in the third step is a neuron called ``h1@3``, and the links
of all steps hold the weights of the cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import NamedTuple

from lernpy import held, subclasses
from lernpy.build import arguments
from lernpy.checks import finite, is_hashable, whole, yes
from lernpy.errors import WiringError
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.registry import unknown
from lernpy.samples import check_network
from lernpy.text import STEP_SIGN, in_step, shown
from lernpy.weight import Rule, Weight
from lernpy.wiring import many_objects

MOST_STEPS = 100_000
FIXED = Rule(frozen=True)
Start = float | str | Mapping[str, float | str] | None
ON = "on"  # the input that says whether a step is there


class Cell(NamedTuple):
    """A network for one step, and which of its inputs hold what a neuron put out in the step before."""

    network: Network
    state: Mapping[str, str]


def unroll(
    cell: Network | Cell,
    steps: int,
    *,
    feed: Sequence[str] | None = None,
    state: Mapping[str, str] | None = None,
    start: Start = 0.0,
    read: str = "every",
    shorter: bool = False,
) -> Network:
    """A cell, repeated over time: an ordinary network, whose links hold the weights of the cell.

    Parameters
    ----------
    cell : a network for one step, or one of the builders' (`elman`, ...), which know their state
    steps : how many there are, from 1 on
    feed : the cell's inputs that get a value in each step (default: all that are no state); any other
        input is one for all the steps
    state : for each input that remembers, which neuron it had the output of, one step ago:
        ``{"before": "h"}``. It may name another such input: ``{"before": "h", "long_ago": "before"}``
    start : what a state is before the first step: a number; "learned"; "input", to state it with each
        sample (blame stops there: that truncates a long sequence, see `windows`); or these by the
        names of the neurons: ``{"h": 0.5}``
    read : whether the cell's outputs are read in "every" step, or in the "last" alone
    shorter : whether sequences may be shorter. They then stand at the end; an input ``on@3`` takes the
        bias's part and is 0 where a step is absent: the cell sleeps, and the step counts nothing

    Raises
    ------
    WiringError
        On a state without a start, or that goes round in circles; where a cell cannot sleep.

    >>> import lernpy
    >>> edges = [("x", "h"), ("before", "h"), ("bias", "h"), ("h", "y"), ("bias", "y")]
    >>> cell = lernpy.from_edges(edges, ["x", "before"], ["y"], activation="tanh", seed=0)
    >>> network = unroll(cell, 3, state={"before": "h"})
    >>> [neuron.name for neuron in network.inputs], [link.name for link in network.incoming("h@2")]
    (['x@1', 'x@2', 'x@3'], ['x@2 -> h@2', 'h@1 -> h@2', 'bias -> h@2'])
    >>> len(network.links), len(network.weights), len(cell.weights)
    (16, 6, 5)
    >>> network.links["h@1", "h@2"].weight is cell.links["before", "h"].weight
    True
    """
    if isinstance(cell, Cell):
        if state is not None and not isinstance(state, Mapping):
            raise WiringError(f'a state is written as {{"before": "h"}}, not {shown(state)}')
        state = {**cell.state, **(state or {})}
        cell = cell.network
    check_network(cell)
    if type(cell) is not subclasses.ours(cell):
        raise WiringError(
            f"the cell {subclasses.rule_of(cell)}, which does not unroll; write it for the unrolled network"
        )
    shorter = yes("shorter", shorter)
    if not isinstance(read, str) or read not in ("every", "last"):
        raise WiringError(f'outputs are read in "every" step or in the "last", not {shown(read)}')
    steps = whole("number of steps", steps, 1, MOST_STEPS)
    delays = _delays(cell, state)
    fed = _fed(cell, feed, delays)
    with many_objects():
        return _Unrolled(cell, steps, delays, fed, _starts(delays, start), shorter).network(read)


class Delay(NamedTuple):
    """What a state remembers: the output of a neuron, some steps ago."""

    neuron: str
    steps: int


def _delays(cell: Network, state: object) -> dict[str, Delay]:
    """For each state of the cell which neuron it is, and how long ago."""
    if not isinstance(state, Mapping) or not state:
        raise WiringError(
            "a cell needs a state, or its steps know nothing of each other: "
            f'write state={{"before": "h"}}, not {shown(state)}'
        )
    inputs = [neuron.name for neuron in cell.inputs]
    for name in cell.neurons:
        if STEP_SIGN in name:
            raise WiringError(
                f"the neuron {name!r} has {STEP_SIGN} in its name, as steps have; rename it"
            )
    for before, name in state.items():
        if before not in inputs:
            raise unknown("input of the cell", before, inputs)
        if not is_hashable(name) or name not in cell.neurons:
            raise unknown("neuron", name, cell.neurons)
        if cell.neurons[name] in cell.biases:
            raise WiringError(
                f"the state {before!r} is the bias, which never changes; leave it out"
            )
    delays = {before: _delay(before, state) for before in state}
    seen: dict[Delay, str] = {}
    for before, delay in delays.items():
        if delay in seen:
            raise WiringError(
                f"the states {seen[delay]!r} and {before!r} remember the same, {delay.neuron!r} of one step; "
                "leave one out"
            )
        seen[delay] = before
    return delays


def _delay(before: str, state: Mapping[str, str]) -> Delay:
    path = [before]
    while path[-1] in state:
        path.append(state[path[-1]])
        if path[-1] in path[:-1]:
            raise WiringError(
                f"the state {before!r} goes round in circles ({' -> '.join(path)}) and never comes to a "
                "neuron that is calculated; name one"
            )
    return Delay(path[-1], len(path) - 1)


def _fed(cell: Network, feed: Sequence[str] | None, delays: Mapping[str, Delay]) -> list[str]:
    """The inputs that get a value in each step."""
    free = [neuron.name for neuron in cell.inputs if neuron.name not in delays]
    if feed is None:
        return free
    for name in (names := arguments.name_list("inputs to feed", feed)):
        if name in delays:
            raise WiringError(
                f"{name!r} is a state, which the step before feeds; leave it out of feed"
            )
        if name not in free:
            raise unknown("input of the cell", name, free)
    return [name for name in free if name in names]


def _starts(delays: Mapping[str, Delay], start: Start) -> dict[str, float | str]:
    """What each state is before the first step, by the neuron that it remembers."""
    names = dict.fromkeys(delay.neuron for delay in delays.values())
    if isinstance(start, Mapping):
        for name in start:
            if name not in names:
                raise unknown("state", name, names)
    values = start if isinstance(start, Mapping) else dict.fromkeys(names, start)
    for name in names:
        if values.get(name) is None:
            raise WiringError(f"the state {name!r} has no start; write start={{{name!r}: 0.0}}")
    return {name: _start(name, values[name]) for name in names}


def _start(name: str, value: object) -> float | str:
    if isinstance(value, str):
        if value not in ("learned", "input"):
            raise WiringError(
                f'the start of {name!r} is a number, "learned" or "input", not {value!r}'
            )
        return value
    return finite(f"start of {name!r}", value)


class _Unrolled:
    """The neurons and links of all steps, while they are made."""

    def __init__(
        self,
        cell: Network,
        steps: int,
        delays: Mapping[str, Delay],
        fed: Sequence[str],
        starts: Mapping[str, float | str],
        shorter: bool,
    ) -> None:
        self.cell, self.steps, self.delays, self.starts = cell, steps, delays, starts
        self.fed, self.shorter = fed, shorter
        self.biases = dict.fromkeys(neuron.name for neuron in cell.biases)
        own = {neuron.name for neuron in cell.inputs} - {*delays, *fed}
        self.held = [neuron.name for neuron in cell.inputs if neuron.name in own]
        self.neurons: dict[str, Neuron] = {}
        self.links: list[Link] = []
        self.inputs: list[Neuron] = []
        if shorter:
            self._check_sleep()
        self._before_the_first()
        for step in range(1, steps + 1):
            self._make(step)

    def _check_sleep(self) -> None:
        """Whether nothing moves, and nothing is learned, before a sequence has begun."""
        awake = [name for name, start in self.starts.items() if start != 0.0]
        if awake or self.held:
            name = (awake or self.held)[0]
            why = "does not start at 0" if awake else "says the same in all steps"
            raise WiringError(
                f"sequences cannot be shorter, as {name!r} {why}: absent steps would count"
            )
        asleep = _outputs_at_rest(self.cell)
        carry = {link.input_neuron.name for link in self.cell.links.values()} - set(self.biases)
        for name in (*self.starts, *carry):
            if asleep[name] != 0.0:
                raise WiringError(
                    f"sequences cannot be shorter, as {name!r} puts out {asleep[name]:g} where nothing "
                    "comes in: absent steps would count; take an activation that is 0 at 0, as tanh is"
                )

    def _before_the_first(self) -> None:
        """What all steps have in common: biases, inputs that are held, and the states' starts."""
        for name in self.biases if not self.shorter else ():
            self._add(name, self.cell.neurons[name])
        for name in self.held:
            self._add(name, self.cell.neurons[name])
        longest: dict[str, int] = {}
        for delay in self.delays.values():
            longest[delay.neuron] = max(delay.steps, longest.get(delay.neuron, 0))
        for name, count in longest.items():
            for step in range(1 - count, 1):
                self._add_start(name, step)

    def _add_start(self, name: str, step: int) -> None:
        """A state before the first step: an input, or what a bias says, times a weight."""
        start = self.starts[name]
        neuron = self._add(in_step(name, step), Neuron(name))
        if start == "input":
            self.inputs.append(neuron)
            return
        weight = Weight() if start == "learned" else Weight(float(start), FIXED)
        bias = self.neurons.get("bias") or self._add("bias", Neuron("bias", "one"))
        self.links.append(Link(bias, neuron, weight))

    def _add(self, name: str, like: Neuron) -> Neuron:
        neuron = self.neurons[name] = copy(like)
        neuron.name = name
        neuron.reset()
        return neuron

    def _make(self, step: int) -> None:
        """One step: the neurons of the cell, their groups, their links."""
        shared = {*self.delays, *self.biases, *self.held}
        for name, neuron in self.cell.neurons.items():
            if name not in shared:
                self._add(in_step(name, step), neuron)
        self.inputs += [self.neurons[in_step(name, step)] for name in self.fed]
        if self.shorter:
            self.inputs.append(self._add(in_step(ON, step), Neuron(ON)))
        for group in self.cell.groups:
            self._make_group(group, step)
        for product in self.cell.products:
            factors = [self.at(factor.name, step) for factor in product.factors]
            self._product(product, self.at(product.neuron.name, step), factors)
        for link in self.cell.links.values():
            twin = copy(link)
            twin.input_neuron = self.at(link.input_neuron.name, step)
            twin.output_neuron = self.at(link.output_neuron.name, step)
            twin.reset()
            self.links.append(twin)

    def _make_group(self, group: Group, step: int) -> None:
        twin = copy(group)
        twin.members = tuple(self.at(member.name, step) for member in group.members)
        for member in twin.members:
            member.activation = twin

    @staticmethod
    def _product(like: Product, neuron: Neuron, factors: Sequence[Neuron]) -> None:
        neuron.activation = twin = copy(like)
        twin.neuron, twin.factors = neuron, tuple(factors)

    def at(self, name: str, step: int) -> Neuron:
        """The neuron that stands for one of the cell in a step."""
        if name in self.delays:
            neuron, ago = self.delays[name]
            return self.neurons[in_step(neuron, step - ago)]
        if name in self.biases:
            return self.neurons[in_step(ON, step) if self.shorter else name]
        return self.neurons[name if name in self.held else in_step(name, step)]

    def network(self, read: str) -> Network:
        """The network of all steps, without what no output hears of."""
        steps = range(1, self.steps + 1) if read == "every" else [self.steps]
        outputs = [self.at(neuron.name, step) for step in steps for neuron in self.cell.outputs]
        inputs = [*self.inputs, *(self.neurons[name] for name in self.held)]
        used = _heard({*outputs, *self._carried()}, self.links)
        cell = self.cell
        remembered = len(cell.optimizer.memory(0.0))
        for weight in cell.weights:  # another optimiser may have moved them in another network
            if len(weight.memory) not in (0, remembered):
                weight.memory = ()
        return Network(
            [n for n in self.neurons.values() if n in used or n in inputs],
            [link for link in self.links if link.output_neuron in used],
            inputs,
            outputs,
            loss=cell.loss,
            optimizer=cell.optimizer,
            learning_rate=cell.own_rate,
            l1=cell.l1,
            l2=cell.l2,
            seed=cell.seed,
            maths=cell.maths,
        )

    def _carried(self) -> list[Neuron]:
        """What a next window starts with, where starts are stated."""
        delays = [delay for delay in self.delays.values() if self.starts[delay.neuron] == "input"]
        steps = [(delay.neuron, self.steps + 1 - delay.steps) for delay in delays]
        return [self.neurons[in_step(name, step)] for name, step in steps]


def _heard(outputs: set[Neuron], links: Iterable[Link]) -> set[Neuron]:
    """The outputs, and all neurons from which a path leads to one of them."""
    behind: dict[Neuron, list[Neuron]] = {}
    for link in links:
        behind.setdefault(link.output_neuron, []).append(link.input_neuron)
    used, waiting = set(outputs), list(outputs)
    while waiting:
        neuron = waiting.pop()
        kin = _kin(neuron.activation)
        fresh = {*behind.get(neuron, ()), *kin} - used
        used |= fresh
        waiting += fresh
    return used


def _kin(kind: object) -> tuple[Neuron, ...]:
    """Who takes part in what a neuron puts out, without a link."""
    if isinstance(kind, Product):
        return kind.factors
    return kind.members if isinstance(kind, Group) else ()


def _outputs_at_rest(cell: Network) -> dict[str, float]:
    """What each neuron of a cell puts out where all inputs, and the biases, are 0."""
    twin = cell.copy()
    for link in twin.links.values():
        if link.input_neuron in twin.biases:
            link.weight = Weight()
    with held.sure_of(twin):
        twin.answer([0.0] * len(twin.inputs))
    return {name: neuron.output for name, neuron in twin.neurons.items()}


__all__ = ["Cell", "unroll"]
