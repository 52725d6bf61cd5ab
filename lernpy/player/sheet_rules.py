"""What a worksheet prints so that all its answers follow: the loss, the slopes, how a weight moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from lernpy.functions.activations import ACTIVATIONS, SOFTMAX
from lernpy.functions.formula import traced
from lernpy.functions.losses import LOSSES
from lernpy.functions.moving import penalty, pulled
from lernpy.functions.optimizers import OPTIMIZERS, Optimizer
from lernpy.functions.printing.words import Words
from lernpy.player.worked_sample import Worked, values_of
from lernpy.text import MINUS, counted, listed, number

MOVES = "New weight = "
MANY_DIGITS = 7  # of what stands in a formula: it may be subtracted from 1


class Rules(NamedTuple):
    """The sentences, and of each weight what the optimiser remembered before the update."""

    sentences: list[str]
    letters: tuple[str, ...]  # of the memories: m, v, ...
    memory: np.ndarray  # (n_weights, n_letters)
    moves: bool  # whether the new weights follow from what is printed

    def memory_of(self, weight: int) -> list[float]:
        """What was remembered of one weight."""
        remembered: list[float] = self.memory[weight].tolist() if self.letters else []
        return remembered


def printed_rules(
    header: Mapping[str, Any], lesson: Worked, rows: Sequence[int], neurons: Sequence[int]
) -> Rules:
    """All that the answers of a worksheet with these links and neurons follow from."""
    network = header["network"]
    rule = _optimizer(network)
    moves, why = _how_it_moves(header, lesson, rule)
    letters = rule.remembers if moves and rule else ()
    memory = _memory(network, rule, lesson.rate) if letters and rule else np.empty((0, 0))
    sentences = [*_loss(network, lesson), *_functions(network, neurons)]
    if moves:
        sentences += [*_gradient(network), *moves, *_exceptions(network, lesson, rows)]
    else:
        sentences.append(f"{MOVES}not asked here: {why}")
    return Rules([f"{one}." for one in sentences], letters, memory, bool(moves))


def _optimizer(network: Mapping[str, Any]) -> Optimizer | None:
    entry = OPTIMIZERS.get(network["optimizer"]["name"])
    return entry and entry.with_options(**network["optimizer"]["options"])


def _loss(network: Mapping[str, Any], lesson: Worked) -> Iterator[str]:
    """Loss, penalty, and what the loss asks of an output."""
    count, entry = len(network["outputs"]), LOSSES.get(network["loss"])
    words, slope = (
        one.replace("/ n", f"/ {count}") for one in (entry.words if entry else ("", ""))
    )
    counts = "" if lesson.sample_weight == 1 else f"{_exact(lesson.sample_weight)} × "
    l1, l2 = network["l1"], network["l2"]
    plus = " + penalty" if l1 or l2 else ""
    yield f"Loss: {network['loss']} {counts}{'Σ ' * (count > 1)}{words}{plus}".rstrip()
    if plus:
        free = lesson.weights[sorted(set(range(len(lesson.weights))) - _exempt(network, lesson))]
        size = penalty(np)(l1, l2, *free) if len(free) else 0.0
        terms = [f"{_exact(l1)} × Σ |w|"] * bool(l1) + [f"{_exact(l2 / 2)} × Σ w²"] * bool(l2)
        yield f"Penalty: {' + '.join(terms)} = {number(size)}, biases left out"
    if slope:
        yield f"The loss asks of an output {counts}{f'({slope})' if counts else slope}"


def _functions(network: Mapping[str, Any], neurons: Sequence[int]) -> Iterator[str]:
    """f and its slope, of the neurons that are worked out."""
    kinds = [network["activations"][kind]["name"] for kind in network["activation"]]
    for kind in dict.fromkeys(kinds[v] for v in neurons):
        entry = ACTIVATIONS.get(kind)
        if kind == "softmax":
            yield f"softmax: f(z) = {SOFTMAX.words}, δ = y × (s − Σ y·s)"
        elif entry and entry.traits.words:
            slope = entry.slope_words or ("1" if kind == "identity" else "")
            yield f"{kind}: f(z) = {entry.traits.words}" + (f", f′ = {slope}" if slope else "")


def _how_it_moves(
    header: Mapping[str, Any], lesson: Worked, rule: Optimizer | None
) -> tuple[list[str], str]:
    """The optimiser's step in words; or nothing, and why it cannot be worked out here."""
    network = header["network"]
    size = _batch(header, lesson.sample)
    if size > 1:
        return [], f"the weights move after a batch of {counted(size, 'sample')}"
    if not lesson.sample and network["unfinished"]:
        return [], "the weights had collected blame before"
    if rule is None:
        return [], f"{network['optimizer']['name']} is a rule of its own"
    if lesson.sample and rule.remembers:
        return [], f"{rule.name} remembers the samples before"
    names = {f"memory{at}": f"old {letter}" for at, letter in enumerate(rule.remembers)}
    names |= {"value": "w", "gradient": _letter(network), "rate": _exact(lesson.rate)}
    steps = rule.told(names, ["", *rule.remembers])
    if not steps:
        return [], f"the formula of {rule.name} cannot be written"
    *kept, last = steps
    return [*kept, MOVES + last.partition(" = ")[2]], ""


def _letter(network: Mapping[str, Any]) -> str:
    plain = network["optimizer"]["name"] == "sgd" and not (network["l1"] or network["l2"])
    return "gradient" if plain else "g"


def _gradient(network: Mapping[str, Any]) -> Iterator[str]:
    """What the optimiser takes for the gradient, where that is more than the link's own."""
    pull = {name: _exact(network[name]) for name in ("l1", "l2") if network[name]}
    formula = pull and traced(
        lambda m: (
            lambda gradient, value, *amounts: pulled(m)(
                gradient, value, **dict(zip(pull, amounts, strict=True))
            )
        ),
        *("gradient", "value", *pull),
    )
    if formula:
        names = {"gradient": "gradient", "value": "w", **pull}
        yield f"{Words().steps(formula, names, ['g'])[0]}; of a bias g = gradient"
    elif _letter(network) == "g":
        yield "g = gradient"


def _exceptions(network: Mapping[str, Any], lesson: Worked, rows: Sequence[int]) -> Iterator[str]:
    """Weights of the rows that are frozen, shared, or have a rule of their own."""
    names, holders = network["names"], lesson.links[:, 2]
    rules = {row[0]: row[1:] for row in network["rules"]}
    for start, end, weight in lesson.links[list(rows)].tolist():
        name = f"{names[start]} → {names[end]}"
        if weight in network["frozen"]:
            yield f"{name} is frozen: new weight = w"
            continue
        if (holders == weight).sum() > 1:
            whole = number(lesson.gradients[weight], MANY_DIGITS, minus=MINUS)
            yield f"{name} shares its weight: all gradients of that are {whole}"
        rate, low, high = rules.get(weight, (1.0, None, None))
        parts = [f"{_exact(rate)} of that step"] if rate != 1 else []
        parts += [f"no lower than {_exact(low)}"] if low is not None and isfinite(low) else []
        parts += [f"no higher than {_exact(high)}"] if high is not None and isfinite(high) else []
        if parts:
            yield f"{name} moves {listed(parts)}"


def _exempt(network: Mapping[str, Any], lesson: Worked) -> set[int]:
    """The weights that no penalty reaches: a link of theirs starts at a bias."""
    return {w for start, _, w in lesson.links.tolist() if start in network["biases"]}


def _batch(header: Mapping[str, Any], sample: int) -> int:
    """How many samples the batch has that this one is in."""
    end = 0
    for size, times, _ in header["samples"]["batches"]:
        end += size * times
        if sample < end:
            return int(size)
    return 1


def _memory(network: Mapping[str, Any], rule: Optimizer, rate: float) -> np.ndarray:
    """(n_weights, n_letters) at the start of the trace; what was never moved starts afresh."""
    memory = np.tile(rule.memory(rate), (network["n_weights"], 1))
    kept = network["memory"]
    if kept is not None:
        memory[kept["weights"]] = values_of(kept["values"])
    return np.asarray(memory)


def _exact(value: float) -> str:
    return number(value, MANY_DIGITS, minus=MINUS)
