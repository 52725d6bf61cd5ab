"""Nudge a weight a little both ways and see how the loss answers: that must be its blame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy.check.report import Finding, GradientReport, names_of
from lernpy.checks import not_negative, whole
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.samples import check_network, samples_of
from lernpy.structure import structure_of
from lernpy.weight import Weight
from lernpy.wiring import Part, members

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Row = tuple[Any, Any]

NUDGE = 1e-5
ROUND_OFF = 1e-9  # of a loss of 1, divided by a nudge: some hundred times what is usual
LEAST_WEIGHTS = 10
MOST_WEIGHTS = 300
MOST_WORK = 4_000_000  # propagations; about two seconds


def check_gradients(
    network: Network,
    inputs: ArrayLike,
    targets: ArrayLike,
    tolerance: float = 1e-5,
    most: int = MOST_WEIGHTS,
    seed: int = 0,
) -> GradientReport:
    """Hold the blame of each weight against the slope of the loss, measured by nudging the weight.

    Works on the object graph, over all the samples; frozen weights are checked, too, and a shared
    weight is nudged on all its links at once. The penalty (l1, l2) is left out, as it is no part of
    ``weight.sensitivity``. Afterwards every number is as it was.

    Parameters
    ----------
    inputs : (n_samples, n_inputs)
    targets : (n_samples, n_outputs)
    tolerance : the relative distance that is allowed
    most : of a large network so many weights are drawn (fewer, if it is very large)

    Returns
    -------
    A report that names the worst weight; it says `ok`, prints as a few lines and raises nothing.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> report = lernpy.check_gradients(network, [[0, 1], [1, 1]], [[1], [0]])
    >>> report.ok, report.checked
    (True, 13)
    """
    check_network(network)
    rows = [(x, t) for x, t, _ in samples_of(network, inputs, targets)]
    tolerance = not_negative("tolerance", tolerance)
    most, seed = whole("number of weights to check", most, 1), whole("seed", seed)
    with unchanged(network):
        network.l1 = network.l2 = 0.0
        nudges = _drawn(network, len(rows), most, seed)
        loss, blames = _blames(network, rows, nudges)
        slopes = _slopes(network, rows, nudges)
    names = names_of(network)
    findings = [
        _compare(names[nudge.weight], blame, slope, tolerance, loss)
        for nudge, blame, slope in zip(nudges, blames, slopes, strict=True)
    ]
    return GradientReport(
        max((finding for finding, _ in findings), key=lambda finding: finding.error, default=None),
        sum(not finding.ok for finding, _ in findings),
        len(findings),
        len(network.weights),
        len(rows),
        sum(kink for _, kink in findings),
        seed,
    )


@contextmanager
def unchanged(network: Network) -> Iterator[None]:
    """Whatever numbers change in here are put back at the end."""
    fields: list[tuple[Any, str]] = [(network, name) for name in ("l1", "l2", "samples")]
    fields += [(group, "log_sum") for group in network.groups]
    for things, kind in (
        (network.neurons.values(), Neuron),
        (network.links.values(), Link),
        (network.weights, Weight),
    ):
        fields += [(thing, name) for thing in things for name in kind.__slots__]
    before = [getattr(thing, name) for thing, name in fields]
    try:
        yield
    finally:
        for (thing, name), value in zip(fields, before, strict=True):
            setattr(thing, name, value)


# ---- which weights, and what depends on them ----------------------------------------------------


class Nudge(NamedTuple):
    """A weight, and the parts that must propagate again when it changes."""

    weight: Weight
    parts: list[Part]


def _drawn(network: Network, samples: int, most: int, seed: int) -> list[Nudge]:
    """All weights; of a large network some, from every generation alike, in the network's order."""
    structure = structure_of(network)
    links = structure.holders
    shuffled = np.random.default_rng(seed).permutation(len(links))
    seen: dict[int, int] = {}
    rank = {}
    for weight in (network.weights[index] for index in shuffled):
        generation = structure.generation[links[weight][0].output_neuron]
        rank[weight] = seen[generation] = seen.get(generation, 0) + 1
    known: dict[frozenset[Neuron], list[Part]] = {}
    chosen: dict[Weight, Nudge] = {}
    work = 0
    for weight in sorted(rank, key=rank.__getitem__)[:most]:
        ends = frozenset(link.output_neuron for link in links[weight])
        if ends not in known:
            known[ends] = _behind(network, ends)
        work += 3 * samples * len(known[ends])
        if work > MOST_WORK and len(chosen) >= LEAST_WEIGHTS:
            break
        chosen[weight] = Nudge(weight, known[ends])
    return [chosen[weight] for weight in network.weights if weight in chosen]


def _behind(network: Network, ends: frozenset[Neuron]) -> list[Part]:
    """These neurons, all that depend on them, and every link that leads to one of these."""
    reached = set(ends)
    for part in network.order:
        if isinstance(part, Link):
            if part.input_neuron in reached:
                reached.add(part.output_neuron)
        elif not reached.isdisjoint(part.factors if isinstance(part, Product) else members(part)):
            reached.update(members(part))
    return [
        part
        for part in network.order
        if not reached.isdisjoint(
            (part.output_neuron,) if isinstance(part, Link) else members(part)
        )
    ]


# ---- both numbers -------------------------------------------------------------------------------


def _blames(
    network: Network, rows: Sequence[Row], nudges: Sequence[Nudge]
) -> tuple[float, list[float]]:
    """The mean loss, and each weight's mean blame, by a forward and a backward pass."""
    network.samples = 0
    loss = 0.0
    for inputs, targets in rows:
        loss += _forward(network, inputs, targets)
        for part in reversed(network.order):
            part.backpropagate()
    return loss / len(rows), [nudge.weight.sensitivity / len(rows) for nudge in nudges]


def _forward(network: Network, inputs: Any, targets: Any) -> float:
    network.reset()
    network.feed(inputs)
    for part in network.order:
        part.propagate()
    return network.expect(targets)


def _slopes(
    network: Network, rows: Sequence[Row], nudges: Sequence[Nudge]
) -> list[tuple[float, float]]:
    """The slope of the mean loss to the left and to the right of each weight."""
    slopes = np.zeros((len(nudges), 2))
    for inputs, targets in rows:
        here = _forward(network, inputs, targets)
        for index, nudge in enumerate(nudges):
            for side, by in enumerate((-NUDGE, NUDGE)):
                slopes[index, side] += _slope(network, nudge, by, targets, here)
            _again(nudge.parts)
    return [(left, right) for left, right in (slopes / len(rows)).tolist()]


def _slope(network: Network, nudge: Nudge, by: float, targets: Any, here: float) -> float:
    value = nudge.weight.value
    nudge.weight.value = value + by
    _again(nudge.parts)
    moved = nudge.weight.value - value  # what the float could do of it
    nudge.weight.value = value
    return (network.expect(targets) - here) / moved if moved else 0.0


def _again(parts: Sequence[Part]) -> None:
    for part in parts:
        part.reset()
    for part in parts:
        part.propagate()


def _compare(
    name: str, blame: float, slopes: tuple[float, float], tolerance: float, loss: float
) -> tuple[Finding, bool]:
    """Both numbers, how far apart, and whether the weight stands at a kink."""
    left, right = slopes
    measured = 0.5 * left + 0.5 * right
    allowed = tolerance * max(abs(blame), abs(measured)) + ROUND_OFF * max(1.0, abs(loss))
    error = abs(blame - measured) / allowed
    kink = error > 1.0 and min(slopes) - allowed <= blame <= max(slopes) + allowed
    return Finding(name, blame, measured, 0.0 if kink else error if error == error else inf), kink
