"""A small network as a piece of Python: a line for each neuron and each weight, no look-ups left.

The lines follow `network.order`, forward and back, and add up in its order, so every number has the
bits that `Network.learn_batch` would give it. In them x is an input, t a target, z a total input, y an
output, s a sensitivity, d a delta, w a weight and g what it is to blame for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import tanh
from typing import TYPE_CHECKING, Any

from lernpy.engine.numpy.script import Script
from lernpy.engine.sweep import mixed, shares
from lernpy.functions import activations, losses
from lernpy.functions.maths import TINY
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron

if TYPE_CHECKING:
    from lernpy.network import Network

INLINE: dict[Any, tuple[str, str]] = {  # value and slope, as the table has them
    activations.identity: ("{z}", "1.0"),
    activations.one: ("1.0", "0.0"),
    activations.sigmoid: ("0.5 * tanh(0.5 * {z}) + 0.5", "({y} * (1 - {y}) + TINY)"),
    activations.tanh: ("tanh({z})", "(1 - {y} * {y} + TINY)"),
}
INLINE_LOSS: dict[Any, tuple[str, str]] = {
    losses.squared_error: ("0.5 * ({y} - {t}) * ({y} - {t})", "({y} - {t})"),
    losses.mean_squared_error: ("({y} - {t}) * ({y} - {t})", "2.0 * ({y} - {t})"),
}
HEADS = {
    "answer": "answer(rows, w)",
    "online": "online(x, t, order, rate, w)",
    "learn": "learn(x, t, sample_weight, batches, w, update, penalty)",
}


class Unrolled:
    """Three functions made for one network (see `Sweep`, which has them too)."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slot = {neuron: at for at, neuron in enumerate(network.neurons.values())}
        self.place = {weight: at for at, weight in enumerate(network.weights)}
        self.inputs = [self.slot[neuron] for neuron in network.inputs]
        self.outputs = [self.slot[neuron] for neuron in network.outputs]
        self.count = len(self.place)
        self._made: dict[tuple[str, bool], Callable[..., Any]] = {}

    def answer(self, rows: Iterable[Any], w: list[float]) -> list[tuple[float, ...]]:
        """The outputs for each sample."""
        found: list[tuple[float, ...]] = self._function("answer", False)(rows, w)
        return found

    def online(self, x: Any, t: Any, order: Any, rate: float, w: list[float]) -> list[float]:
        """Sample by sample, plain gradient descent: the loss of each; `w` moves."""
        found: list[float] = self._function("online", False)(x, t, order, rate, w)
        return found

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
        run = self._function("learn", sample_weight is not None)
        found: list[float] = run(x, t, sample_weight, batches, w, update, penalty)
        return found

    # ---- the functions --------------------------------------------------------------------------

    def _function(self, kind: str, weighted: bool) -> Callable[..., Any]:
        key = kind, weighted
        if key not in self._made:
            self.script = Script(tanh=tanh, TINY=TINY, mixed=mixed)
            lines = getattr(self, f"_lines_of_{kind}")(weighted)
            self.script.lines = lines
            self._made[key] = self.script.function(HEADS[kind])
        return self._made[key]

    def _taken(self) -> list[str]:
        """The lines so far; the script goes on with none."""
        lines, self.script.lines = self.script.lines, []
        return lines

    def _lines_of_answer(self, weighted: bool) -> list[str]:
        self.script.add(f"{_names('x', self.inputs)} = row")
        self._forward()
        self.script.add(f"answers.append(({_names('y', self.outputs)}))")
        each = [f"    {line}" for line in self._taken()]
        return [f"{self._w} = w", "answers = []", "for row in rows:", *each, "return answers"]

    def _lines_of_online(self, weighted: bool) -> list[str]:
        self._lesson(weighted=False)
        self.script.add("losses.append(loss)")
        for place, terms in self._collected().items():
            blame = terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"
            self.script.add(f"w{place} -= rate * ({blame})")
        each = [f"    {line}" for line in self._taken()]
        back = [f"w[:] = {self._w}", "return losses"]
        return [f"{self._w} = w", "losses = []", "for at in order:", *each, *back]

    def _lines_of_learn(self, weighted: bool) -> list[str]:
        self._lesson(weighted)
        self.script.add("found.append(loss + cost)")
        for place, terms in self._collected().items():
            self.script.add(f"g{place} = {' + '.join([f'g{place}', *terms])}")
        each = [f"        {line}" for line in self._taken()]
        blames = _names("g", range(self.count))
        return [
            *("losses = []", "for batch in batches:", "    cost = penalty(w)", "    found = []"),
            *(f"    {self._w} = w", f"    {' = '.join(blames[:-1].split(', '))} = 0.0"),
            *("    for at in batch:", *each, f"    update(w, ({blames}), len(batch))"),
            *("    losses.append(sum(found) / len(batch))", "return losses"),
        ]

    @property
    def _w(self) -> str:
        return _names("w", range(self.count))

    def _lesson(self, weighted: bool) -> None:
        self.script.add(f"{_names('x', self.inputs)} = x[at]")
        self.script.add(f"{_names('t', range(len(self.outputs)))} = t[at]")
        self._forward()
        self._expect(weighted)
        self._backward()

    # ---- forward --------------------------------------------------------------------------------

    def _forward(self) -> None:
        """Total inputs and outputs; a neuron adds up what its links bring, in their order."""
        brought = {slot: ["0.0", f"x{slot}"] for slot in self.inputs}
        for part in self.network.order:
            if isinstance(part, Link):
                source, target = self.slot[part.input_neuron], self.slot[part.output_neuron]
                term = f"w{self.place[part.weight]}" + self._times_output(part.input_neuron, source)
                brought.setdefault(target, ["0.0"]).append(term)
                continue
            neurons = part.members if isinstance(part, Group) else (part,)
            for slot in (self.slot[neuron] for neuron in neurons):
                self.script.add(f"z{slot} = {' + '.join(brought.get(slot, ['0.0']))}")
            self._activate(part)

    def _times_output(self, neuron: Neuron, slot: int) -> str:
        return "" if neuron.activation is activations.one else f" * y{slot}"

    def _activate(self, part: Neuron | Group) -> None:
        if isinstance(part, Neuron):
            self.script.add(f"y{self.slot[part]} = {self._call(part, 'value')}")
        else:
            y, z = self._of(part, "y"), self._of(part, "z")
            self.script.add(f"({y}), {self._log_sum(part)} = {self._shares(part)}(({z}))")

    def _shares(self, group: Group) -> str:
        return self.script.once("shares", partial(shares, maths=group.maths))

    def _of(self, group: Group, letter: str) -> str:
        return _names(letter, [self.slot[member] for member in group.members])

    def _log_sum(self, group: Group) -> str:
        return f"log{self.slot[group.members[0]]}"

    def _call(self, neuron: Neuron, which: str) -> str:
        """The value or the slope of a neuron's activation, written out where that is known."""
        entry, slot = neuron.activation, self.slot[neuron]
        if entry in INLINE:
            return INLINE[entry][which == "slope"].format(z=f"z{slot}", y=f"y{slot}")
        name = self.script.once(f"{which}_of_{slot}", getattr(entry, which))
        return f"{name}(z{slot})" if which == "value" else f"{name}(z{slot}, y{slot})"

    # ---- the loss -------------------------------------------------------------------------------

    def _expect(self, weighted: bool) -> None:
        """The loss, and the blame that each output has from it."""
        loss = self.network.loss
        factor = repr(loss.share(len(self.outputs)))
        times = "share * " if weighted else "" if factor == "1.0" else f"{factor} * "
        if weighted:
            self.script.add(f"share = sample_weight[at] * {factor}")
        values = [self._loss_of(*pair) for pair in enumerate(self.network.outputs)]
        total = " + ".join(["0.0", *values])
        self.script.add(f"loss = {times}({total})" if times else f"loss = {total}")
        for place, slot in enumerate(self.outputs):
            self.script.add(f"s{slot} = {times}{self._loss_slope(place, slot)}")

    def _loss_of(self, place: int, neuron: Neuron) -> str:
        loss, slot, kind = self.network.loss, self.slot[neuron], neuron.activation
        if kind.name in loss.stable:
            stable = self.script.once(f"stable_{kind.name}", loss.stable[kind.name])
            less = f" - {self._log_sum(kind)}" if isinstance(kind, Group) else ""
            return f"{stable}(z{slot}{less}, t{place})"
        if loss in INLINE_LOSS:
            return INLINE_LOSS[loss][0].format(y=f"y{slot}", t=f"t{place}")
        return f"{self.script.once('loss_value', loss.value)}(y{slot}, t{place})"

    def _loss_slope(self, place: int, slot: int) -> str:
        loss = self.network.loss
        if loss in INLINE_LOSS:
            return INLINE_LOSS[loss][1].format(y=f"y{slot}", t=f"t{place}")
        return f"{self.script.once('loss_slope', loss.slope)}(y{slot}, t{place})"

    # ---- backward -------------------------------------------------------------------------------

    def _backward(self) -> None:
        """Deltas; a neuron adds up what its links hand back, the last link first."""
        back = {slot: ["0.0", f"s{slot}"] for slot in self.outputs}
        for part in reversed(self.network.order):
            if isinstance(part, Link):
                source, target = self.slot[part.input_neuron], self.slot[part.output_neuron]
                term = f"w{self.place[part.weight]} * d{target}"
                back.setdefault(source, ["0.0"]).append(term)
            elif isinstance(part, Group):
                for slot in (self.slot[member] for member in part.members):
                    self.script.add(f"s{slot} = {' + '.join(back.get(slot, ['0.0']))}")
                d, y, s = (self._of(part, letter) for letter in "dys")
                self.script.add(f"{d} = mixed(({y}), ({s}))")
            elif self.slot[part] not in self.inputs and part not in self.network.biases:
                blame, slope = (
                    " + ".join(back.get(self.slot[part], ["0.0"])),
                    self._call(part, "slope"),
                )
                self.script.add(f"d{self.slot[part]} = ({blame}) * {slope}")

    def _collected(self) -> dict[int, list[str]]:
        """For each weight what its links find, the last link first."""
        found: dict[int, list[str]] = {place: [] for place in range(self.count)}
        for part in reversed(self.network.order):
            if isinstance(part, Link):
                target = self.slot[part.output_neuron]
                times = self._times_output(part.input_neuron, self.slot[part.input_neuron])
                found[self.place[part.weight]].append(f"d{target}{times}")
        return found


def _names(letter: str, slots: Iterable[int]) -> str:
    return "".join(f"{letter}{slot}, " for slot in slots).rstrip(" ")
