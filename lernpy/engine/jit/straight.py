"""Code for a small net: one name for every number, one line for every operation, no loop over parts.

The weights stay in registers for whole epochs; that is what makes 2-3-1 faster than a loop in C over
arrays. `sample` writes one lesson; the nets of a sweep use the same lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lernpy.engine.jit.formula import Lines
from lernpy.engine.jit.printed import Options, indented, move_call, move_function, penalty

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries
    from lernpy.engine.plan import Plan, Run

MOST_LINKS = 64


def suits(plan: Plan, entries: Entries) -> bool:
    """Few links, and few numbers to remember for each."""
    return plan.n_links * (2 + entries.n_memory) <= 3 * MOST_LINKS


class Sample:
    """One lesson of a small net, forward and backward, as lines.

    They read x0, x1, ... (what the inputs put out), t0, ... (targets), w0, ... (weights) and ``imp``
    (sample_weight), and leave the loss in `loss` and each weight's gradient, a sum of products, in
    `gradients`.
    """

    def __init__(self, plan: Plan, entries: Entries) -> None:
        self.plan = plan
        self.entries = entries
        self.lines = Lines()
        self._z: dict[int, str] = {}
        self._y: dict[int, str] = {}
        self._log_sum: dict[int, str] = {}
        self._blame: dict[int, list[str]] = {}
        self._delta: dict[int, str] = {}
        self._forward()
        self.outputs = [self._y[int(slot)] for slot in plan.outputs]
        self.answer = list(self.lines)
        self._expect()
        self._backward()
        self.gradients = self._gradients()

    def _forward(self) -> None:
        self._y.update((slot, f"x{slot}") for slot in range(self.plan.n_inputs))
        self._y.update((slot, "1.0") for slot in range(self.plan.n_inputs, self.plan.n_fixed))
        for run in self._runs():
            for slot in range(run.low, run.high):
                self._z[slot] = self.lines.note(self._sum(slot)).text
            if run.is_group:
                self._softmax(run)
            else:
                for slot in range(run.low, run.high):
                    value = self.entries.value(self.lines, run.activation, self._z[slot])
                    self._y[slot] = value

    def _runs(self) -> list[Run]:
        return [run for stage in self.plan.stages for run in stage.runs]

    def _links(self, slot: int) -> range:
        return range(int(self.plan.start[slot]), int(self.plan.start[slot + 1]))

    def _sum(self, slot: int) -> str:
        plan = self.plan
        ends = [(f"w{plan.weight[k]}", self._y[int(plan.source[k])]) for k in self._links(slot)]
        return " + ".join(w if y == "1.0" else f"{w} * {y}" for w, y in ends) or "0.0"

    def _softmax(self, run: Run) -> None:
        slots = range(run.low, run.high)
        largest = self._z[run.low]
        for slot in slots[1:]:
            z = self._z[slot]
            largest = self.lines.note(f"{z} if {z} > {largest} else {largest}").text
        powers = [self.lines.note(f"exp_({self._z[slot]} - {largest})").text for slot in slots]
        whole = self.lines.note(" + ".join(powers)).text
        for slot, power in zip(slots, powers, strict=True):
            self._y[slot] = self.lines.note(f"{power} / {whole}").text
        log_sum = self.lines.note(f"{largest} + math.log({whole})").text
        self._log_sum.update(dict.fromkeys(slots, log_sum))

    def _expect(self) -> None:
        lines, entries = self.lines, self.entries
        share = "imp" if entries.share == 1.0 else lines.note(f"imp * {entries.share!r}").text
        losses = []
        for j, slot in enumerate(map(int, self.plan.outputs)):
            y, t = self._y[slot], f"t{j}"
            activation = self.plan.neurons[slot].activation
            z = self._z.get(slot, f"x{slot}")
            log_sum = self._log_sum.get(slot, "0.0")
            losses.append(entries.loss_value(lines, activation.name, z, y, log_sum, t))
            blame = lines.note(f"{share} * {entries.loss_slope(lines, y, t)}").text
            self._blame.setdefault(slot, []).append(blame)
        self.loss = lines.note(f"{share} * ({' + '.join(losses)})").text

    def _backward(self) -> None:
        for run in reversed(self._runs()):
            blames = {slot: self._sensitivity(slot) for slot in range(run.low, run.high)}
            if run.is_group:
                self._softmax_delta(blames)
            else:
                for slot, s in blames.items():
                    z, y = self._z[slot], self._y[slot]
                    self._delta[slot] = self.entries.delta(self.lines, run.activation, z, y, s)

    def _sensitivity(self, slot: int) -> str:
        plan = self.plan
        ahead = plan.ahead[int(plan.ahead_start[slot]) : int(plan.ahead_start[slot + 1])]
        terms = [f"w{plan.weight[k]} * {self._delta[int(plan.target[k])]}" for k in ahead]
        return self.lines.note(" + ".join([*self._blame.get(slot, []), *terms]) or "0.0").text

    def _softmax_delta(self, blames: dict[int, str]) -> None:
        lines = self.lines
        parts = {
            s: lines.note(f"({self._y[s]} + TINY) * {blame}").text for s, blame in blames.items()
        }
        whole = lines.note(" + ".join(parts.values())).text
        for slot, part in parts.items():
            self._delta[slot] = lines.note(f"{part} - {self._y[slot]} * {whole}").text

    def _gradients(self) -> list[str]:
        plan = self.plan
        sums: list[list[str]] = [[] for _ in range(plan.n_weights)]
        for k in range(plan.n_links):
            y, d = self._y[int(plan.source[k])], self._delta[int(plan.target[k])]
            sums[int(plan.weight[k])].append(d if y == "1.0" else f"{y} * {d}")
        return [" + ".join(terms) or "0.0" for terms in sums]


def source(plan: Plan, entries: Entries, options: Options) -> str:
    """The module: ``run`` learns whole epochs, ``answer`` predicts."""
    sample = Sample(plan, entries)
    n = plan.n_weights
    memory = {f"m{j}_{k}": f"m[{j * n + k}]" for k in range(n) for j in range(entries.n_memory)}
    begin = [
        *[f"o{i} = o[{i}]" for i in range(len(entries.options))],
        *[f"w{k} = w[{k}]" for k in range(n)],
        *[f"{name} = {cell}" for name, cell in memory.items()],
        *[f"g{k} = 0.0" for k in range(n)],
    ]
    end = [
        *[f"w[{k}] = w{k}" for k in range(n)],
        *[f"{cell} = {name}" for name, cell in memory.items()],
        *[f"gradient[{k}] = g{k}" for k in range(n)],
    ]
    return "\n".join(
        [
            move_function(entries, options),
            "def run(X: Numbers, T: Numbers, sample_weight: Doubles, orders: Indices, n_epochs: int,",
            "        n: int, batch: int, rates: Doubles, losses: Doubles, w: Numbers, size: int,",
            "        m: Numbers, rules: Doubles, penalised: Doubles, l1: float, l2: float, o: Doubles,",
            "        gradient: Numbers) -> None:",
            *indented(begin, _epochs(plan, entries, options, sample), end),
            *_answer(plan, sample),
        ]
    )


def _epochs(plan: Plan, entries: Entries, options: Options, sample: Sample) -> list[str]:
    """The loop over the epochs, and in it that over the batches."""
    n = plan.n_weights
    lesson = _lesson(plan, options, sample)
    step = _online(lesson) if options.online else _batch(lesson, n)
    moves = [line for k in range(n) for line in _move(entries, options, k)]
    after = [
        "total += loss + count * cost" if options.regularised else "total += loss",
        *([] if options.online else ["inverse = 1.0 / count"]),
        *moves,
    ]
    cost = penalty([(f"w{k}", str(k)) for k in range(n)]) if options.regularised else []
    each = ["rate = rates[e]", "total = 0.0", *step, *indented(cost, after)]
    return [
        "for e in range(n_epochs):",
        *indented(each, ["losses[e] = total / n"]),
    ]


def _lesson(plan: Plan, options: Options, sample: Sample) -> list[str]:
    """One sample there and back: its loss and gradients, taken over or added."""
    sign = "=" if options.online else "+="
    return [
        *[f"x{i} = X[r * {plan.n_inputs} + {i}]" for i in range(plan.n_inputs)],
        *[f"t{j} = T[r * {plan.n_outputs} + {j}]" for j in range(plan.n_outputs)],
        *["imp = sample_weight[r]", *sample.lines],
        *[f"g{k} {sign} {text}" for k, text in enumerate(sample.gradients)],
        f"loss {sign} {sample.loss}",
    ]


def _online(lesson: Sequence[str]) -> list[str]:
    return ["for q in range(n):", *indented(["r = orders[e * n + q]", *lesson])]


def _batch(lesson: Sequence[str], n: int) -> list[str]:
    clear = [f"g{k} = 0.0" for k in range(n)]
    start = ["count = min(batch, n - low)", "loss = 0.0", *clear]
    inner = ["for q in range(low, low + count):", *indented(["r = orders[e * n + q]", *lesson])]
    return ["for low in range(0, n, batch):", *indented([*start, *inner])]


def _move(entries: Entries, options: Options, k: int) -> list[str]:
    gradient = f"g{k}" if options.online else f"g{k} * inverse"
    memory = [f"m{j}_{k}" for j in range(entries.n_memory)]
    return [move_call(entries, options, f"w{k}", gradient, memory, str(k))]


def _answer(plan: Plan, sample: Sample) -> list[str]:
    weights = [f"w{k} = w[{k}]" for k in range(plan.n_weights)]
    take = [f"x{i} = X[order[q] * {plan.n_inputs} + {i}]" for i in range(plan.n_inputs)]
    give = [f"Y[q * {plan.n_outputs} + {j}] = {y}" for j, y in enumerate(sample.outputs)]
    rows = ["for q in range(n):", *indented([*take, *sample.answer, *give])]
    return [
        "def answer(X: Numbers, order: Indices, n: int, w: Numbers, Y: Doubles) -> None:",
        *indented([*weights, *rows]),
    ]
