"""Code for a small net: one name for every number, one line for every operation, no loop over parts.

The weights stay in registers for whole epochs; that is what makes 2-3-1 faster than a loop in C over
arrays. The nets of a sweep use the same lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lernpy.engine.jit.entries import NumbaWriter
from lernpy.engine.jit.printed import Variant, move_call, move_function, penalty_lines
from lernpy.engine.lesson import Lesson
from lernpy.functions import portable
from lernpy.functions.printing.infix import block
from lernpy.functions.printing.python import Numba

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries
    from lernpy.engine.plan import Plan

MOST_LINKS = 64


def suits(plan: Plan, entries: Entries) -> bool:
    """Few links, and few numbers to remember for each."""
    return plan.n_links * (2 + entries.n_memory) <= 3 * MOST_LINKS


def lesson_of(plan: Plan, entries: Entries) -> Lesson:
    """One lesson; its lines read what the inputs put out, and ``weight``, that of the sample."""
    return Lesson(plan, entries.loss, NumbaWriter(entries), squash=False, weighted=True)


def source(plan: Plan, entries: Entries, options: Variant) -> str:
    """The module: ``run`` learns whole epochs, ``answer`` predicts."""
    sample = lesson_of(plan, entries)
    n = plan.n_weights
    written = [*sample.writer.lines, *sample.outputs, *sample.sums, sample.loss]
    helpers = portable.definitions(Numba(portable=True), written if entries.portable else [])
    held = {f"w{k}": f"w[{k}]" for k in range(n)}
    held |= {f"m{j}_{k}": f"m[{j * n + k}]" for k in range(n) for j in range(entries.n_memory)}
    body = [
        *(f"o{i} = o[{i}]" for i in range(len(entries.options))),
        *(f"{name} = {cell}" for name, cell in held.items()),
        *(f"g{k} = 0.0" for k in range(n)),
        *_epochs(plan, entries, options, sample),
        *(f"{cell} = {name}" for name, cell in held.items()),
        *(f"gradient[{k}] = g{k}" for k in range(n)),
    ]
    head = (
        "def run(X: Numbers, T: Numbers, sample_weight: Doubles, orders: Indices, n_epochs: int,\n"
        "        n: int, batch: int, rates: Doubles, losses: Doubles, w: Numbers, size: int,\n"
        "        m: Numbers, rules: Doubles, penalised: Doubles, l1: float, l2: float, o: Doubles,\n"
        "        gradient: Numbers) -> None:"
    )
    helpers = [f"@strict\n{helper}" for helper in helpers]
    move = move_function(entries, options)
    return "\n".join([*helpers, move, *block(head, *body), *_answer(plan, sample)])


def _epochs(plan: Plan, entries: Entries, options: Variant, sample: Lesson) -> list[str]:
    """The loop over the epochs, and in it that over the batches."""
    n = plan.n_weights
    lesson = ["r = orders[e * n + q]", *_lesson(plan, entries, options, sample)]
    pulls = range(n if options.regularised else 0)
    pulled = "" if not options.regularised else " + cost" if options.online else " + count * cost"
    update = [
        "cost = 0.0",
        *(line for k in pulls for line in penalty_lines(entries, f"w{k}", str(k))),
        f"total += loss{pulled}",
        *([] if options.online else ["inverse = 1.0 / count"]),
        *(_move(entries, options, k) for k in range(n)),
    ]
    if options.online:
        steps = block("for q in range(n):", *lesson, *update)
    else:
        clear = ["count = min(batch, n - low)", "loss = 0.0", *(f"g{k} = 0.0" for k in range(n))]
        samples = block("for q in range(low, low + count):", *lesson)
        steps = block("for low in range(0, n, batch):", *clear, *samples, *update)
    each = ["rate = rates[e]", "total = 0.0", *steps, "losses[e] = total / n"]
    return block("for e in range(n_epochs):", *each)


def _lesson(plan: Plan, entries: Entries, options: Variant, sample: Lesson) -> list[str]:
    """One sample there and back: its loss and gradients, taken over or added."""
    sign = "=" if options.online else "+="
    sums = [f"g{k} {sign} {text}" for k, text in enumerate(sample.sums)]
    if entries.portable:  # one by one, as the links hand them over
        begin = ("0.0" if options.online else f"g{k}" for k in range(plan.n_weights))
        terms = zip(begin, sample.gradients, strict=True)
        sums = [f"g{k} = {' + '.join([first, *each])}" for k, (first, each) in enumerate(terms)]
    return [
        *[f"x{i} = X[r * {plan.n_inputs} + {i}]" for i in range(plan.n_inputs)],
        *[f"t{j} = T[r * {plan.n_outputs} + {j}]" for j in range(plan.n_outputs)],
        *["weight = sample_weight[r]", *sample.writer.lines],
        *sums,
        f"loss {sign} {sample.loss}",
    ]


def _move(entries: Entries, options: Variant, k: int) -> str:
    mean = f"g{k} / count" if entries.portable else f"g{k} * inverse"
    gradient = f"g{k}" if options.online else mean
    memory = [f"m{j}_{k}" for j in range(entries.n_memory)]
    return move_call(entries, options, f"w{k}", gradient, memory, str(k))


def _answer(plan: Plan, sample: Lesson) -> list[str]:
    weights = [f"w{k} = w[{k}]" for k in range(plan.n_weights)]
    take = [f"x{i} = X[order[q] * {plan.n_inputs} + {i}]" for i in range(plan.n_inputs)]
    give = [f"Y[q * {plan.n_outputs} + {j}] = {y}" for j, y in enumerate(sample.outputs)]
    rows = block("for q in range(n):", *take, *sample.forward, *give)
    head = "def answer(X: Numbers, order: Indices, n: int, w: Numbers, Y: Doubles) -> None:"
    return block(head, *weights, *rows)
