"""A lesson as straight lines: a name for every number, a line for every operation, no look-ups left.

One writer for all languages: it knows the wiring, the formulas come from the tables. In the lines x is an
input, t a target, z a total input, y an output, d a delta, w a weight and g what it is to blame for;
neurons go by their slot in the plan. All sums run in the order of `network.order`, forward and back, so
that every number has the bits of `Network.learn_batch` where the language rounds as Python does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy.engine.plan import Plan
from lernpy.engine.writer import Writer, of_many
from lernpy.functions import moving, portable
from lernpy.functions.printing.c import C
from lernpy.functions.printing.infix import Infix, bracketed
from lernpy.functions.printing.javascript import JavaScript
from lernpy.weight import FREE

if TYPE_CHECKING:
    from lernpy.engine.plan import Segment
    from lernpy.functions.losses import Loss
    from lernpy.network import Network
    from lernpy.weight import Weight


class Lesson:
    r"""The lines of one lesson, forward, expect and backward, written by `writer`.

    `squash` : whether the inputs' own activations are part of it
    `weighted` : whether the sample counts ``weight`` times

    >>> import lernpy
    >>> from lernpy.engine.plan import Plan
    >>> from lernpy.functions.printing.python import Python
    >>> network = lernpy.build.by_hand()
    >>> lesson = Lesson(Plan.of(network), network.loss, Writer(Python()))
    >>> print(*lesson.writer.lines, sep="\n")
    z0 = 0.0 + x0
    z2 = 0.0 + w0 * z0 + w1
    y2 = 0.5 * tanh(0.5 * z2) + 0.5
    z3 = 0.0 + w2 * y2
    y3 = 0.5 * tanh(0.5 * z3) + 0.5
    v1 = y3 - t0
    d3 = (0.0 + (y3 - t0)) * (y3 * (1.0 - y3) + 1.2e-38)
    d2 = (0.0 + w2 * d3) * (y2 * (1.0 - y2) + 1.2e-38)
    >>> lesson.loss, lesson.gradients
    ('0.0 + 0.5 * v1 * v1', [['d2 * z0'], ['d2'], ['d3 * y2']])
    """

    def __init__(
        self,
        plan: Plan,
        loss: Loss,
        writer: Writer,
        *,
        squash: bool = True,
        weighted: bool = False,
        weight: Callable[[int], str] = "w{}".format,
        target: Callable[[int], str] = "t{}".format,
    ) -> None:
        self.plan, self.loss_entry, self.writer = plan, loss, writer
        self.weight, self.target = weight, target  # what they are called, by their indices
        self.z: dict[int, str] = {}
        self.y: dict[int, str] = {}
        self.d: dict[int, str] = {}
        self.asked: dict[int, str] = {}  # by the loss, of each output
        self.log_sum: dict[int, str] = {}
        self.rest: dict[int, str] = {}  # of the members whose loss asks for it
        self.lead: dict[int, str] = {}
        self._multiplied: dict[int, list[tuple[int, int]]] = {}
        """By slot the products that it is a factor of, the last first, and the position in each."""
        for slot in reversed(plan.factors):
            for at, factor in enumerate(plan.factors[slot]):
                self._multiplied.setdefault(factor, []).append((slot, at))
        self._forward(squash)
        self.outputs = [self.y[slot] for slot in plan.outputs.tolist()]
        self.forward = list(writer.lines)  # as far as a prediction goes
        self.loss = self._expect(weighted)
        self._backward()
        self.gradients = self._gradients()

    @property
    def sums(self) -> list[str]:
        """The same as one expression for each weight."""
        return [" + ".join(terms) for terms in self.gradients]

    # ---- forward --------------------------------------------------------------------------------

    def _forward(self, squash: bool) -> None:
        plan = self.plan
        for slot in range(plan.n_inputs):
            self.z[slot] = self.y[slot] = f"x{slot}"
        self.y.update((slot, "1.0") for slot in range(plan.n_inputs, plan.n_fixed))
        for segment in plan.input_segments if squash else ():
            for slot in range(segment.low, segment.high):
                self.z[slot] = self.writer.name(f"z{slot}", f"{self.writer.zero}x{slot}")
                self._activate(segment, slot)
        for segment in plan.segments:
            slots = range(segment.low, segment.high)
            for slot in slots:
                brought = self._product(slot) if slot in plan.factors else self._sum(slot)
                self.z[slot] = self.writer.name(f"z{slot}", brought)
            if segment.is_group:
                self._share(segment)
            else:
                for slot in slots:
                    self._activate(segment, slot)

    def _sum(self, slot: int) -> str:
        """What the links bring, in their order."""
        links = range(int(self.plan.start[slot]), int(self.plan.start[slot + 1]))
        terms = [
            self._weight(link) + self._times(self.y[int(self.plan.source[link])]) for link in links
        ]
        return self.writer.zero + " + ".join(terms) if terms else "0.0"

    def _product(self, slot: int) -> str:
        return " * ".join(self.y[factor] for factor in self.plan.factors[slot])

    def _weight(self, link: int) -> str:
        return self.weight(int(self.plan.weight[link]))

    @staticmethod
    def _times(output: str) -> str:
        return "" if output == "1.0" else f" * {output}"

    def _activate(self, segment: Segment, slot: int) -> None:
        if slot in self.plan.factors:
            self.y[slot] = self.z[slot]
            return
        value = self.writer.entry(segment.activation, "value", self.z[slot])
        self.y[slot] = value if value.isidentifier() else self.writer.name(f"y{slot}", value)

    def _share(self, segment: Segment) -> None:
        members = self._members(segment)
        names = [f"y{slot}" for slot in members]
        log_sum = f"log{segment.low}"
        self.writer.group("shares", [*names, log_sum], [self.z[slot] for slot in members])
        self.y.update(zip(members, names, strict=True))
        self.log_sum.update(dict.fromkeys(members, log_sum))

    def _members(self, segment: Segment) -> list[int]:
        """The slots of a group, in its own order: so it adds up."""
        slots = {self.plan.neurons[slot]: slot for slot in range(segment.low, segment.high)}
        return [slots[member] for member in segment.activation.members]  # type: ignore[union-attr]

    # ---- the loss -------------------------------------------------------------------------------

    def _expect(self, weighted: bool) -> str:
        """An expression for the loss; notes what it asks of each output."""
        writer, loss, outputs = self.writer, self.loss_entry, self.plan.outputs.tolist()
        factor = self.writer.printer.number(loss.share(len(outputs)))
        share = "" if loss.share(len(outputs)) == 1.0 else factor
        if weighted:
            share = writer.name("share", f"weight * {share}") if share else "weight"
        times = f"{share} * " if share else ""
        self._set_apart()
        values = [self._loss_of(*pair) for pair in enumerate(outputs)]
        total = writer.zero + " + ".join(map(bracketed, values) if len(values) > 1 else values)
        for index, slot in enumerate(outputs):
            rest = [self.rest[slot]] if slot in self.rest else []
            which = "rest_slope" if rest else "slope"
            slope = writer.entry(loss, which, self.y[slot], *rest, self.target(index))
            self.asked[slot] = f"{times}{bracketed(slope)}"
        return f"{times}({total})" if times else total

    def _set_apart(self) -> None:
        """The rests and leads of groups, where the loss asks for them."""
        for segment in self.plan.segments:
            if segment.is_apart:
                members = self._members(segment)
                z, y = ([numbers[slot] for slot in members] for numbers in (self.z, self.y))
                for which, row, held in (("rests", [y], self.rest), ("leads", [z, y], self.lead)):
                    names = [f"{which[:-1]}{slot}" for slot in members]
                    self.writer.group(which, names, *row)
                    held.update(zip(members, names, strict=True))

    def _loss_of(self, index: int, slot: int) -> str:
        """From the total input where the loss knows such a form."""
        kind, target = self.plan.neurons[slot].activation.name, self.target(index)
        if kind not in self.loss_entry.from_total:
            return self.writer.entry(self.loss_entry, "value", self.y[slot], target)
        total = self.lead.get(slot, self.z[slot])
        if slot in self.log_sum and slot not in self.lead:
            total = self.writer.note(f"{total} - {self.log_sum[slot]}")
        return self.writer.entry(self.loss_entry, kind, total, target)

    # ---- backward -------------------------------------------------------------------------------

    def _backward(self) -> None:
        for segment in reversed(self.plan.segments):
            slots = range(segment.low, segment.high)
            blame = {slot: self._blame(slot) for slot in slots}
            if segment.is_group:
                members = self._members(segment)
                deltas = [f"d{slot}" for slot in members]
                rows = [[numbers[slot] for slot in members] for numbers in (self.z, self.y, blame)]
                if segment.is_apart:
                    self.writer.group("mixed_apart", deltas, *rows)
                else:
                    self.writer.group("mixed", deltas, *rows[1:])
                self.d.update(zip(members, deltas, strict=True))
            else:
                for slot in slots:
                    self.d[slot] = self._delta(segment.activation, slot, blame[slot])

    def _blame(self, slot: int) -> str:
        """What the loss asks, what products and links hand back: the last in the order first."""
        plan = self.plan
        ahead = plan.ahead[plan.ahead_start[slot] : plan.ahead_start[slot + 1]]
        links = ahead[np.argsort(-plan.link[ahead])].tolist()
        terms = [self.asked[slot]] if slot in self.asked else []
        terms += [self._handed(*product) for product in self._multiplied.get(slot, ())]
        terms += [f"{self._weight(link)} * {self.d[int(plan.target[link])]}" for link in links]
        return self.writer.zero + " + ".join(terms) if terms else "0.0"

    def _handed(self, slot: int, at: int) -> str:
        """To one factor of a product: the delta times all the other factors."""
        factors = self.plan.factors[slot]
        others = [self.y[other] for other in (*factors[:at], *factors[at + 1 :])]
        return " * ".join([self.d[slot], *others])

    def _delta(self, activation: Any, slot: int, blame: str) -> str:
        if slot in self.plan.factors:
            return blame if blame.isidentifier() else self.writer.name(f"d{slot}", blame)
        z, y = self.z[slot], self.y[slot]
        delta = self.writer.delta(activation, z, y, blame)
        return delta if delta.isidentifier() else self.writer.name(f"d{slot}", delta)

    def _gradients(self) -> list[list[str]]:
        """For each weight what its links find, the last link first."""
        plan = self.plan
        terms: list[list[str]] = [[] for _ in range(plan.n_weights)]
        for link in np.argsort(-plan.link).tolist():
            delta, output = self.d[int(plan.target[link])], self.y[int(plan.source[link])]
            terms[int(plan.weight[link])].append(delta + self._times(output))
        return terms


# ---- whole programs in other languages ----------------------------------------------------------


class LessonLines(NamedTuple):
    """``answer`` and ``learn`` of one network, by their lines: what they calculate, and what they give.

    Weights are ``w[k]`` in the order of `network.weights`, memories ``m[k * size + j]``; inputs ``x[i]``,
    targets ``t[j]``. ``learn`` is one lesson as `network.learn` has it and moves weights and memories.
    """

    answer: list[str]
    outputs: list[str]
    learn: list[str]
    loss: str


def program(network: Network, printer: Infix) -> LessonLines:
    """The lines for a network in a printer's language.

    Raises
    ------
    LernpyError
        If an entry cannot be printed there.
    """
    plan, writer = Plan.of(network), Writer(printer)
    for index in range(plan.n_inputs):
        writer.name(f"x{index}", f"x[{index}]")
    targets = "t[{}]".format
    lesson = Lesson(plan, network.loss, writer, weight="w[{}]".format, target=targets)
    loss = lesson.loss
    pulled = plan.penalised if network.l1 or network.l2 else np.zeros(plan.n_weights, bool)
    if pulled.any():
        for name in ("l1", "l2"):
            writer.name(name, printer.number(float(getattr(network, name))))
        reached = [f"w[{k}]" for k in np.flatnonzero(pulled).tolist()]
        cost = writer.formula(of_many(moving.penalty, 2 + len(reached)), "l1", "l2", *reached)[0]
        loss = writer.name("whole", f"{loss} + {cost}")
    size = len(network.optimizer.memory(0.1))
    moves = []
    for k, (weight, terms) in enumerate(zip(plan.weights, lesson.gradients, strict=True)):
        if not weight.rule.frozen:
            gradient = writer.name(f"g{k}", writer.zero + " + ".join(terms))
            held = [f"w[{k}]", *(f"m[{k * size + index}]" for index in range(size))]
            pull = moving.PENALTY if pulled[k] else ()
            how = network.optimizer, held[0], gradient, held[1:], pull, plain_rule(weight)
            moves += list(zip(held, map(writer.note, writer.moved(*how)), strict=True))
    learn = [*writer.lines, *(f"{index} = {name};" for index, name in moves)]
    return LessonLines(lesson.forward, lesson.outputs, learn, loss)


def plain_rule(weight: Weight) -> tuple[float, ...]:
    """The rule as plain numbers; nothing where it lets everything through."""
    return () if weight.rule == FREE else tuple(map(float, weight.rule))


def javascript(network: Network) -> str:
    """``answer(w, x)`` and ``learn(w, m, x, t, rate)`` in JavaScript; ``learn`` returns the loss.

    >>> import lernpy
    >>> print(javascript(lernpy.build.by_hand()).partition("function learn")[0].rstrip())
    function answer(w, x) {
      const x0 = x[0];
      const z0 = 0.0 + x0;
      const z2 = 0.0 + w[0] * z0 + w[1];
      const y2 = 0.5 * Math.tanh(0.5 * z2) + 0.5;
      const z3 = 0.0 + w[2] * y2;
      const y3 = 0.5 * Math.tanh(0.5 * z3) + 0.5;
      return [y3];
    }
    """
    printer = JavaScript(portable=network.maths == "portable")
    written = program(network, printer)
    outputs = f"return [{', '.join(written.outputs)}];"
    answer = _function("function answer(w, x)", written.answer, outputs)
    loss = f"return {written.loss};"
    learn = _function("function learn(w, m, x, t, rate)", written.learn, loss)
    return _joined(printer, answer, learn)


def c99(network: Network) -> str:
    """The same in C: ``answer(w, x, y)`` fills y. Compile with ``-ffp-contract=off`` to keep the bits."""
    printer = C(portable=network.maths == "portable")
    written = program(network, printer)
    outputs = [f"y[{index}] = {name};" for index, name in enumerate(written.outputs)]
    head = "void answer(const double *w, const double *x, double *y)"
    answer = _function(head, written.answer, *outputs)
    head = "double learn(double *w, double *m, const double *x, const double *t, double rate)"
    lines = ["(void)m;", "(void)rate;", *written.learn]  # which they may not use
    return _joined(printer, answer, _function(head, lines, f"return {written.loss};"))


def _joined(printer: Infix, *functions: Sequence[str]) -> str:
    helpers = portable.definitions(printer) if printer.portable else []
    return "\n".join(chain(helpers, *functions))


def _function(head: str, lines: Sequence[str], *last: str) -> list[str]:
    """A function of these lines, without those whose result nothing after them takes."""
    kept, words = [*reversed(last)], set(re.findall(r"\w+", " ".join(last)))
    for line in reversed(lines):
        made = re.match(r"const (?:double |int )?(\w+) = ", line)
        if made is None or made[1] in words:
            kept.append(line)
            words.update(re.findall(r"\w+", line))
    return [f"{head} {{", *(f"  {line}" for line in reversed(kept)), "}"]
