"""A large network swept neuron by neuron: each hands its output to a whole row of links at once.

The sums run in the order of `network.order`, so every number has the bits that
`Network.learn_batch` would give it. An output of 0 hands nothing on and its links are not to blame,
so both are skipped; only once a number has grown beyond all bounds (0 times infinity is not 0) is
nothing skipped any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

from lernpy.functions import activations
from lernpy.functions.maths import TINY, Scalar, scalar
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.wiring import members

if TYPE_CHECKING:
    from lernpy.network import Network

HUGE = 1e100


def shares(totals: Sequence[float], maths: Scalar = scalar) -> tuple[list[float], float]:
    """What `Group.propagate` finds: the shares, and the logarithm of the whole."""
    largest = max(totals)
    powers = [maths.exp(total - largest) for total in totals]
    whole = reduce(add, powers)
    return [power / whole for power in powers], largest + maths.log(whole) if whole > 0 else whole


def mixed(outputs: Sequence[float], sensitivities: Sequence[float]) -> list[float]:
    """What `Group.backpropagate` finds: the deltas."""
    blames = [(y + TINY) * s for y, s in zip(outputs, sensitivities, strict=True)]
    whole = reduce(add, blames)
    return [blame - y * whole for blame, y in zip(blames, outputs, strict=True)]


class Kind(NamedTuple):
    """Neighbours with one activation, or one softmax group."""

    low: int
    high: int
    entry: Any


class Fan(NamedTuple):
    """Neighbours that are linked with the same neurons, in the same order."""

    low: int
    high: int
    targets: list[int]
    window: slice | None  # the targets as a slice, if they are neighbours


class Sweep:
    """Three functions for any network: `answer`, `online`, `learn`.

    Neurons have slots in the order of the forward pass. `w` is the list of all weights, in the
    order of `network.weights`; ``rows[slot]`` are those of the links that leave a slot.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.neurons = [n for unit in self._units() for n in members(unit)]
        slot = {neuron: at for at, neuron in enumerate(self.neurons)}
        place = {weight: at for at, weight in enumerate(network.weights)}
        self.inputs = [slot[neuron] for neuron in network.inputs]
        self.outputs = [slot[neuron] for neuron in network.outputs]
        self.targets: list[list[int]] = [[] for _ in self.neurons]
        self.held: list[list[int]] = [[] for _ in self.neurons]
        for link in network.links.values():
            source = slot[link.input_neuron]
            self.targets[source].append(slot[link.output_neuron])
            self.held[source].append(place[link.weight])
        self.shared = len(place) < len(network.links)
        self.generations = self._generations()
        self.forms = self._loss_forms()

    def _units(self) -> Iterable[Neuron | Group]:
        return (part for part in self.network.order if not isinstance(part, Link))

    def _generations(self) -> list[tuple[list[Kind], list[Fan]]]:
        found, low = [], 0
        for generation in self.network.generations:
            kinds: list[Kind] = []
            start = low
            for unit in generation:
                high = low + len(members(unit))
                entry = unit if isinstance(unit, Group) else unit.activation
                if kinds and kinds[-1].entry is entry:
                    kinds[-1] = Kind(kinds[-1].low, high, entry)
                else:
                    kinds.append(Kind(low, high, entry))
                low = high
            found.append((kinds, self._fans(start, low)))
        return found

    def _fans(self, low: int, high: int) -> list[Fan]:
        fans: list[Fan] = []
        for slot in range(low, high):
            targets = self.targets[slot]
            if fans and fans[-1].high == slot and fans[-1].targets == targets:
                fans[-1] = fans[-1]._replace(high=slot + 1)
            elif targets:
                side_by_side = targets == list(range(targets[0], targets[-1] + 1))
                window = slice(targets[0], targets[-1] + 1) if side_by_side else None
                fans.append(Fan(slot, slot + 1, targets, window))
        return fans

    def _loss_forms(self) -> list[Callable[[float, float, float, float], float]]:
        """For each output its loss, of y, z, the logarithm of its group's whole, and the target."""
        loss = self.network.loss

        def form(stable: Any) -> Callable[[float, float, float, float], float]:
            if stable is None:
                return lambda y, z, whole, t: loss.value(y, t)
            return lambda y, z, whole, t: float(stable(z - whole, t))

        names = [neuron.activation.name for neuron in self.network.outputs]
        return [form(loss.stable.get(name)) for name in names]

    # ---- the three functions --------------------------------------------------------------------

    def answer(self, rows: Iterable[Any], w: list[float]) -> list[tuple[float, ...]]:
        """The outputs for each sample."""
        self._begin(w)
        answers = []
        for row in rows:
            self._forward(row)
            answers.append(tuple(self.y[slot] for slot in self.outputs))
        return answers

    def online(self, x: Any, t: Any, order: Any, rate: float, w: list[float]) -> list[float]:
        """Sample by sample, plain gradient descent: the loss of each; `w` moves."""
        self._begin(w)
        share = self.network.loss.share(len(self.outputs))
        losses = []
        for at in order:
            self._forward(x[at])
            losses.append(self._expect(t[at], share))
            self._backward(rate)
            if self.shared:
                blames = self._blames()
                w[:] = [value - rate * blame for value, blame in zip(w, blames, strict=True)]
                self._begin(w)
        self._end(w)
        return losses

    def learn(
        self,
        x: Any,
        t: Any,
        sample_weight: Any,
        batches: Any,
        w: list[float],
        update: Any,
        penalty: Any,
    ) -> list[float]:
        """The mean loss of each batch; after each, ``update(w, blames, samples)`` moves `w`."""
        share = self.network.loss.share(len(self.outputs))
        losses = []
        for batch in batches:
            self._begin(w)
            cost = penalty(w)
            found = []
            for at in batch:
                self._forward(x[at])
                here = share if sample_weight is None else sample_weight[at] * share
                found.append(self._expect(t[at], here) + cost)
                self._backward(None)
            losses.append(sum(found) / len(batch))
            update(w, self._blames(), len(batch))
        return losses

    # ---- weights --------------------------------------------------------------------------------

    def _begin(self, w: list[float]) -> None:
        """The weights as rows; no blame yet."""
        self.rows = [[w[place] for place in held] for held in self.held]
        self.blames = [[0.0] * len(held) for held in self.held]
        self.summed = [0.0] * len(w)  # the same by weight, where weights are shared
        self.thorough = not all(-HUGE < value < HUGE for value in w)

    def _end(self, w: list[float]) -> None:
        for row, held in zip(self.rows, self.held, strict=True):
            for value, place in zip(row, held, strict=True):
                w[place] = value

    def _blames(self) -> list[float]:
        if not self.shared:
            self.summed[:] = [0.0] * len(self.summed)
            for row, held in zip(self.blames, self.held, strict=True):
                for blame, place in zip(row, held, strict=True):
                    self.summed[place] = blame
        return self.summed

    # ---- one sample -----------------------------------------------------------------------------

    def _forward(self, inputs: Sequence[float]) -> None:
        z = self.z = [0.0] * len(self.neurons)
        self.y = [0.0] * len(self.neurons)
        self.live: dict[int, list[tuple[int, float]]] = {}  # by fan, the sources that are not 0
        self.whole = [0.0] * len(self.neurons)  # the logarithm of a group's whole
        for slot, value in zip(self.inputs, inputs, strict=True):
            z[slot] += value
        for kinds, fans in self.generations:
            for kind in kinds:
                self._activate(kind)
            for fan in fans:
                self._hand_on(fan)

    def _activate(self, kind: Kind) -> None:
        low, high, entry = kind
        if isinstance(entry, Group):
            self.y[low:high], whole = shares(self.z[low:high], entry.maths)
            self.whole[low:high] = [whole] * (high - low)
        elif entry is activations.identity:
            self.y[low:high] = self.z[low:high]
        else:
            value = entry.value
            self.y[low:high] = [value(z) for z in self.z[low:high]]

    def _hand_on(self, fan: Fan) -> None:
        z, rows, thorough = self.z, self.rows, self.thorough
        low, high, targets, window = fan
        total = z[window] if window else [z[target] for target in targets]
        live = [(slot, y) for slot, y in enumerate(self.y[low:high], low) if y or thorough]
        self.live[low] = live
        for slot, y in live:
            pairs = zip(total, rows[slot])  # noqa: B905 (equal lengths; asking costs time here)
            total = [so_far + w * y for so_far, w in pairs]
        if window:
            z[window] = total
        else:
            for target, value in zip(targets, total, strict=True):
                z[target] = value

    def _expect(self, targets: Sequence[float], share: float) -> float:
        loss, y, z, whole = self.network.loss, self.y, self.z, self.whole
        s = self.s = [0.0] * len(self.neurons)
        total = 0.0
        for slot, t, form in zip(self.outputs, targets, self.forms, strict=True):
            total += form(y[slot], z[slot], whole[slot], t)
            s[slot] += share * loss.slope(y[slot], t)
        return share * total

    def _backward(self, rate: float | None) -> None:
        """All deltas; weights move at once if a rate is given, else their blame is collected."""
        self.d = [0.0] * len(self.neurons)
        for place in reversed(range(len(self.generations))):
            kinds, fans = self.generations[place]
            for fan in reversed(fans):
                self._hand_back(fan, rate, given=place == 0)
            if place:
                for kind in kinds:
                    self._deltas(kind)

    def _deltas(self, kind: Kind) -> None:
        low, high, entry = kind
        y, s = self.y[low:high], self.s[low:high]
        if isinstance(entry, Group):
            self.d[low:high] = mixed(y, s)
        else:
            slope, z = entry.slope, self.z[low:high]
            self.d[low:high] = [b * slope(*zy) for b, *zy in zip(s, z, y, strict=True)]

    def _hand_back(self, fan: Fan, rate: float | None, given: bool) -> None:
        """Blame for the sources (unless they are given), and for the weights of their links."""
        low, high, targets, window = fan
        deltas = self.d[window] if window else [self.d[target] for target in targets]
        if not (self.thorough or all(-HUGE < delta < HUGE for delta in deltas)):
            self.thorough = True
        live = list(enumerate(self.y[low:high], low)) if self.thorough else self.live[low]
        if not given:
            self._blame_sources(low, high, deltas[::-1])
        if self.shared:
            self._collect_shared(low, high, deltas[::-1])
        elif rate is None:
            self._collect(live, deltas)
        else:
            self._move(live, deltas, rate)

    def _blame_sources(self, low: int, high: int, backwards: list[float]) -> None:
        s, rows = self.s, self.rows
        for slot in range(low, high):
            blame = s[slot]
            for w, delta in zip(rows[slot][::-1], backwards, strict=True):
                blame += w * delta
            s[slot] = blame

    def _collect_shared(self, low: int, high: int, backwards: list[float]) -> None:
        summed, held = self.summed, self.held
        for slot in range(high - 1, low - 1, -1):
            y = self.y[slot]
            if y or self.thorough:
                for place, delta in zip(held[slot][::-1], backwards, strict=True):
                    summed[place] += y * delta

    def _collect(self, live: list[tuple[int, float]], deltas: list[float]) -> None:
        blames = self.blames
        for slot, y in live:
            pairs = zip(blames[slot], deltas)  # noqa: B905
            blames[slot] = [so_far + y * delta for so_far, delta in pairs]

    def _move(self, live: list[tuple[int, float]], deltas: list[float], rate: float) -> None:
        rows = self.rows
        for slot, y in live:
            pairs = zip(rows[slot], deltas)  # noqa: B905
            rows[slot] = [w - rate * (y * delta) for w, delta in pairs]
