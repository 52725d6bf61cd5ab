"""Total inputs and outputs of every neuron for a batch: a forward pass that keeps all it finds."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.arrays.arrays import NUMPY
from lernpy.engine.arrays.entries import Bend
from lernpy.engine.plan import Plan, Stage


class Activity:
    """The forward pass of one plan; neurons are rows, samples are columns."""

    def __init__(self, plan: Plan, dtype: Any) -> None:
        self.plan = plan
        self.dtype = dtype
        self.inputs = [Bend(run, NUMPY) for run in plan.input_runs]
        self.stages = [(stage, [Bend(run, NUMPY) for run in stage.runs]) for stage in plan.stages]

    def of(self, inputs: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n_neurons, n_samples) total inputs and outputs, by slot."""
        plan = self.plan
        z = np.zeros((plan.n_neurons, len(inputs)), self.dtype)
        y = np.ones_like(z)  # a bias says 1
        z[: plan.n_inputs] = inputs.T
        self._activate(self.inputs, z, y)
        held = weights.astype(self.dtype)[plan.weight]
        for stage, bends in self.stages:
            self._pull(stage, held, z, y)
            self._activate(bends, z, y)
        return z, y

    def _activate(self, bends: list[Bend], z: np.ndarray, y: np.ndarray) -> None:
        for bend in bends:
            bend.forward(z[bend.rows], y[bend.rows])

    def _pull(self, stage: Stage, held: np.ndarray, z: np.ndarray, y: np.ndarray) -> None:
        """By one product where most neurons are linked with most sources, else target by target."""
        start, source = self.plan.start, self.plan.source
        links = slice(start[stage.low], start[stage.high])
        known, column = np.unique(source[links], return_inverse=True)
        rows = stage.high - stage.low
        if rows * len(known) <= 4 * len(column):
            matrix = np.zeros((rows, len(known)), self.dtype)
            matrix[self.plan.target[links] - stage.low, column] = held[links]
            z[stage.low : stage.high] = matrix @ y[known]
            return
        for slot in range(stage.low, stage.high):
            links = slice(start[slot], start[slot + 1])
            z[slot] = held[links] @ y[source[links]]
