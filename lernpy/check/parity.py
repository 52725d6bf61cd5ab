"""Let the object graph and an engine learn the same lessons side by side, and compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy import engine as engines
from lernpy import subclasses
from lernpy.check.report import Finding, ParityReport, names_of
from lernpy.checks import whole
from lernpy.errors import LernpyError
from lernpy.functions.optimizers import Optimizer
from lernpy.group import Group
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.samples import check_network, numbers, samples_of
from lernpy.text import shown
from lernpy.weight import Weight

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NEAR, FAR = 1e-12, 1e-9
ALLOWED = {"float64": (NEAR, FAR), "float32": (1e-4, 1e-4)}  # of gradients, of weights
MOST_UPDATES = 100_000
MERE_ROUND_OFF = 1e-9
A_HAIR, A_JUMP = 1e-9, 1e-3
BLOWN_UP = 1e6  # a gradient beyond this makes of the last bits what it likes


def check_parity(
    network: Network,
    inputs: ArrayLike,
    targets: ArrayLike,
    engine: str = "numpy",
    updates: int = 20,
    dtype: str = "float64",
) -> ParityReport:
    """Hold an engine against the object graph: the first gradients, then the weights it learns.

    Copies of the network learn the whole batch `updates` times, those of the engine by `learn_batch` and
    by `learn_epochs`, which is what trains. Allowed are
    ``|a - b| <= 1e-12 max(1, |a|)`` for gradients and ``1e-9 max(1, |a|)`` for weights (float32:
    1e-4). An optimiser that magnifies tiny gradients (adam, rprop, ...) is followed only until a
    gradient is mere round-off, and a network that blows up only while its numbers mean something; the
    report says so. The network itself stays as it is.

    Parameters
    ----------
    inputs : (n_samples, n_inputs)
    targets : (n_samples, n_outputs)
    engine : its name, or ``"auto"``

    Returns
    -------
    A report that names the worst weight; it says `ok`, prints as a few lines and raises nothing.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> lernpy.check_parity(network, [[0, 1], [1, 1]], [[1], [0]]).ok
    True
    """
    check_network(network)
    subclasses.refuse(network, f"{subclasses.ONLY_GRAPH}, so there is nothing to compare it with")
    rows = [
        (numbers("input", network.inputs, x), numbers("output", network.outputs, t))
        for x, t, _ in samples_of(network, inputs, targets)
    ]
    xs, ts = zip(*rows, strict=True)
    updates = whole("number of updates", updates, 1, MOST_UPDATES)
    if not isinstance(engine, str):
        raise LernpyError(f"the engine is {shown(engine)}; give its name")
    graph = network.copy()
    mirror, trainer = (engines.make(network.copy(), engine, dtype) for _ in range(2))
    race = _Race(graph, names_of(graph), *ALLOWED[np.dtype(dtype).name])
    epoch = np.arange(len(rows))[None], len(rows), [graph.learning_rate]
    for update in range(1, updates + 1):
        race.start(update)
        graph.learn_batch(xs, ts)
        mirror.learn_batch(xs, ts)
        trainer.learn_epochs(xs, ts, *epoch)
        moved = []
        for each in (mirror, trainer):
            each.store()
            moved.append([weight.value for weight in each.network.weights])
        race.judge(len(rows), mirror.gradients, moved)
        if race.over(rows):
            break
    return ParityReport(mirror.name, race.gradient, race.weight, race.update, race.note)


class _Race:
    """What was compared so far: the graph's numbers, and an engine's in the same order."""

    def __init__(
        self, graph: Network, names: Mapping[Weight, str], near: float, far: float
    ) -> None:
        self.graph = graph
        self.names = [names[weight] for weight in graph.weights]
        self.near, self.far = near, far
        self.magnifies = _magnifies(graph.optimizer)
        self.gradient: Finding | None = None
        self.weight: Finding | None = None
        self.update = 0  # the last one that was compared
        self.note = self.blown_up = ""

    def start(self, update: int) -> None:
        """Before an update: note where the weights are."""
        self.now = update
        self.values = [weight.value for weight in self.graph.weights]
        self.pulls = np.array([self.graph.pull(weight) for weight in self.graph.weights])

    def judge(self, samples: int, gradients: ArrayLike, values: Sequence[list[float]]) -> None:
        """After it: compare the gradients (once) and the weights."""
        ours = np.array([weight.sensitivity for weight in self.graph.weights]) / samples
        others = np.asarray(gradients, dtype=float)
        self.blurred = self._blurred(ours, others)
        beyond = np.flatnonzero(~(np.abs(ours) < BLOWN_UP))
        self.blown_up = self.blown_up or (self.names[beyond[0]] if len(beyond) else "")
        self.gradients = self._worst("gradient", ours, others, self.near)
        moved = np.array([weight.value for weight in self.graph.weights])
        each = [self._worst("weight", moved, np.asarray(others), self.far) for others in values]
        self.weights = max(filter(None, each), key=lambda finding: finding.error, default=None)

    def over(self, rows: Sequence[tuple[Any, Any]]) -> bool:
        """Keep the findings of this update, unless they say nothing; whether to stop here."""
        first = self.gradient is None  # later ones differ as far as the weights may
        new = [finding for finding in (self.gradients if first else None, self.weights) if finding]
        if any(not finding.ok for finding in new) and (kink := self._kink(rows)):
            self.note = f"followed no further: in update {self.now} {kink} is at a kink"
            return True
        if not first and any(not finding.ok for finding in new) and self.blown_up:
            self.note = (
                f"followed no further: by update {self.now} the gradient of {self.blown_up} has blown up, "
                "and round-off with it"
            )
            return True
        self.gradient = self.gradient or self.gradients
        if self.blurred:
            self.note = (
                f"followed no further: in update {self.now} the gradient of {self.blurred} is "
                f"mere round-off, which {self.graph.optimizer.name} magnifies"
            )
            return True
        if self.weights and (self.weight is None or self.weights.error > self.weight.error):
            self.weight = self.weights
        self.update = self.now
        return any(not finding.ok for finding in new)

    def _worst(
        self, what: str, ours: np.ndarray, others: np.ndarray, allowed: float
    ) -> Finding | None:
        if not len(ours):
            return None
        with np.errstate(all="ignore"):
            error = np.abs(ours - others) / (allowed * np.maximum(1.0, np.abs(ours)))
        same = (ours == others) | (np.isnan(ours) & np.isnan(others))
        error = np.where(same, 0.0, np.where(np.isnan(error), inf, error))
        worst = int(error.argmax())
        return Finding(
            self.names[worst],
            float(ours[worst]),
            float(others[worst]),
            float(error[worst]),
            what,
            self.now if what == "weight" else 0,
        )

    def _blurred(self, ours: np.ndarray, others: np.ndarray) -> str:
        """The weight whose gradient is so small that only round-off is left of it, if that matters."""
        if not self.magnifies:
            return ""
        a, b = ours + self.pulls, others + self.pulls
        apart = np.abs(a - b)
        blurred = apart > self.near / NEAR * MERE_ROUND_OFF * np.maximum(np.abs(a), np.abs(b))
        blurred &= apart <= self.near * np.maximum(1.0, np.abs(ours))
        free = np.array([not weight.frozen for weight in self.graph.weights])
        indices = np.flatnonzero(blurred & free)
        return self.names[indices[0]] if len(indices) else ""

    def _kink(self, rows: Sequence[tuple[Any, Any]]) -> str:
        """Who was a hair off a kink before the update: there, round-off decides the slope."""
        there = self.graph.copy()
        for weight, value in zip(there.weights, self.values, strict=True):
            weight.value = value
        for inputs, targets in rows:
            outputs = there.predict([inputs])[0].tolist()
            for neuron in there.neurons.values():
                if not isinstance(neuron.activation, Group) and _bends(neuron):
                    return f"the neuron {neuron.name}"
            for output, target in zip(outputs, targets, strict=True):
                if output != target and _jumps(there, output, target):
                    return "the loss"
        return ""


def _bends(neuron: Neuron) -> bool:
    """Whether the slope of the activation jumps near where the neuron is (0 itself is no accident)."""
    kind = neuron.activation
    low, high = neuron.total_input - A_HAIR, neuron.total_input + A_HAIR
    if neuron.total_input == 0.0:
        return False
    return bool(abs(kind.slope(high, kind.value(high)) - kind.slope(low, kind.value(low))) > A_JUMP)


def _jumps(network: Network, output: float, target: float) -> bool:
    """Whether the slope of the loss jumps at this output."""
    slope = network.loss.slope
    return bool(abs(slope(output + A_HAIR, target) - slope(output - A_HAIR, target)) > A_JUMP)


def _magnifies(optimizer: Optimizer) -> bool:
    """Whether a tiny gradient makes more than a tiny step, as with adam."""
    return bool(abs(optimizer.step(0.0, 1e-13, 1.0, ())[0]) > 1e-6)
