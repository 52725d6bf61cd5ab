"""A network in layers as plain matrix products: the lines of one step.

Neurons are rows, samples are columns. Each layer is one matrix (n_targets, n_sources + 1); its last
column is the bias's and meets a row of ones below the sources' outputs. Only where the inputs are
many the bias has a vector of its own, since the row of ones would cost a copy of the data.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from lernpy.engine.aligned import aligned
from lernpy.engine.numpy import lines
from lernpy.engine.numpy.gemm import WORTH_IT, Gemm, find, pointer
from lernpy.engine.numpy.script import Script
from lernpy.engine.plan import Layer, Plan, Segment
from lernpy.functions.losses import Loss

FEW_INPUTS = 64


class Layers:
    """All weights in one vector, layer after layer; `order` says which weight stands where."""

    def __init__(self, plan: Plan, dtype: Any) -> None:
        self.plan = plan
        self.dtype = dtype
        first = plan.layers[0]
        self.ones_in_data = first.bias and plan.n_inputs <= FEW_INPUTS
        self.vector = first.bias and not self.ones_in_data  # the first bias has its own vector
        pieces = [layer.weight.ravel() for layer in plan.layers]
        if self.vector:
            pieces[:1] = [first.weight[:, :-1].ravel(), first.weight[:, -1]]
        self.order = np.concatenate(pieces)
        self.values = aligned(len(self.order), dtype)
        self.gradient = aligned(len(self.order), dtype)

    def matrices(self, flat: np.ndarray) -> list[np.ndarray]:
        """Each layer's matrix, as a window on the vector of all weights (or of all gradients)."""
        matrices, low = [], 0
        for index, layer in enumerate(self.plan.layers):
            rows, columns = layer.weight.shape
            columns -= self.vector and index == 0
            matrices.append(flat[low : low + rows * columns].reshape(rows, columns))
            low += layer.weight.size
        return matrices

    def bias_vector(self, flat: np.ndarray) -> np.ndarray:
        """The window on the first layer's biases, where they have a vector of their own."""
        rows, columns = self.plan.layers[0].weight.shape
        return flat[rows * (columns - 1) : rows * columns]

    # ---- the lines ------------------------------------------------------------------------------

    def write(
        self, script: Script, batch: int, loss: Loss, exact: bool, learn: bool, plain: bool
    ) -> None:
        """One step for `batch` samples.

        The loop hands in ``x`` (batch, inputs), ``xt``, its transpose, ``at``, its address, ``t``,
        the targets, and ``y`` and ``z``, the places for outputs and their total inputs, all
        (outputs, batch); and ``share``, by which each sample's blame is multiplied.

        `exact` : slopes that saturate must not become 0
        `learn` : backward, too
        `plain` : and subtract from each weight what it is to blame for
        """
        step = _Step(self, script, batch, find(self.dtype) if plain else None)
        step.forward()
        if learn:
            step.seed(loss, exact)
            step.backward(exact)
        if plain:
            step.subtract()


class _Step:
    """Buffers and lines for one number of samples."""

    def __init__(self, layers: Layers, script: Script, batch: int, gemm: Gemm | None) -> None:
        self.layers = layers
        self.script = script
        self.batch = batch
        self.gemm = gemm
        self.waiting: list[tuple[int, int]] = []  # parts of the vector that have yet to move
        self.weights = layers.matrices(layers.values)
        self.gradients = layers.matrices(layers.gradient)
        plan = layers.plan
        self.starts = [0, *accumulate(layer.weight.size for layer in plan.layers)]
        self.inputs = [np.empty((0, 0))]  # of each layer, but the first gets the data
        for before, layer in pairwise(plan.layers):  # with a row of ones for the bias
            shape = before.stage.size + layer.bias, batch
            self.inputs.append(aligned(shape, layers.dtype, 1.0))
        self.total: list[str] = []
        self.output: list[str] = []
        for index, layer in enumerate(plan.layers[:-1]):
            self._hidden(index, layer)
        self._last(plan.layers[-1])
        self.back: list[str] = []  # what is handed back to a layer, and to the bias beside it
        self.blame: list[str] = []  # the same without the bias, and then the layer's delta
        self.delta: list[str] = []
        for index in range(len(plan.layers)):
            self._room_for_blame(index)

    def _room_for_blame(self, index: int) -> None:
        layers = self.layers.plan.layers
        rows = layers[index].stage.size
        bias = index + 1 < len(layers) and layers[index + 1].bias
        room = aligned((rows + bias, self.batch), self.layers.dtype)
        self.back.append(self.script.bind(f"back{index + 1}", room))
        self.blame.append(self.script.bind(f"blame{index + 1}", room[:rows]))
        if self._delta_is_gradient(index):
            biases = self.layers.bias_vector(self.layers.gradient)
            self.delta.append(self.script.bind("gradient_of_biases", biases[:, None]))
        else:
            self.delta.append(lines.other(self.script, self.blame[-1]))

    def _delta_is_gradient(self, index: int) -> bool:
        """One sample: the first layer's delta is what its biases are to blame for."""
        return self.layers.vector and index == 0 and self.batch == 1

    def _hidden(self, index: int, layer: Layer) -> None:
        """Outputs are the next layer's inputs; where nothing bends, they are the totals, too."""
        output = self.inputs[index + 1][: layer.stage.size]
        name = self.script.bind(f"output{index + 1}", output)
        linear = all(segment.is_identity for segment in layer.stage.segments)
        self.output.append(name)
        self.total.append(
            name if linear else self.script.bind(f"total{index + 1}", np.empty_like(output))
        )

    def _last(self, layer: Layer) -> None:
        """Outputs go where the loop says; where activations differ, by way of a buffer."""
        self.mixed = len(layer.stage.segments) > 1
        names = ("total", "output") if self.mixed else ("z", "y")
        shape = layer.stage.size, self.batch
        for held, name in zip((self.total, self.output), names, strict=True):
            held.append(self.script.bind(name, np.empty(shape, self.layers.dtype)))

    def _windows(self, index: int, segment: Segment, *names: str) -> list[str]:
        """The rows of a segment in buffers of its layer."""
        low = self.layers.plan.layers[index].stage.low
        return [self.script.rows(name, segment.low - low, segment.high - low) for name in names]

    def forward(self) -> None:
        script = self.script
        for index, layer in enumerate(self.layers.plan.layers):
            source = script.bind(f"input{index + 1}", self.inputs[index]) if index else "xt"
            total = self.total[index]
            script.add(
                f"{script.dot(f'weights{index + 1}', self.weights[index])}({source}, {total})"
            )
            if self.layers.vector and not index:
                bias = script.bind("biases", self.layers.bias_vector(self.layers.values)[:, None])
                script.add(f"add({total}, {bias}, {total})")
            for segment in layer.stage.segments:
                z, y = self._windows(index, segment, total, self.output[index])
                script.add(*lines.value_lines(script, segment, z, y))
        if self.mixed:
            script.add(f"copyto(z, {self.total[-1]})", f"copyto(y, {self.output[-1]})")

    def seed(self, loss: Loss, exact: bool) -> None:
        """The last layer's delta."""
        script, stage = self.script, self.layers.plan.layers[-1].stage
        blame, delta = self.blame[-1], self.delta[-1]
        if len(stage.segments) == 1:
            last = lines.last_lines(script, loss, stage.segments[0], "z", "y", "t", delta, exact)
            if last:
                script.add(*last)
                return
        script.add(*lines.seed_lines(script, loss, "y", "t", blame))
        for group, ends in self.layers.plan.groups_apart:
            (y,) = self._windows(-1, group, self.output[-1])
            script.add(*lines.rest_seed_lines(script, loss, ends, y, blame))
        self._delta(-1, exact)

    def _delta(self, index: int, exact: bool) -> None:
        """From the blame for a layer's outputs to the blame for its total inputs."""
        names = self.total[index], self.output[index], self.blame[index], self.delta[index]
        for segment in self.layers.plan.layers[index].stage.segments:
            z, y, s, d = self._windows(index, segment, *names)
            self.script.add(*lines.delta_lines(self.script, segment, z, y, s, d, exact))

    def backward(self, exact: bool) -> None:
        script = self.script
        for index in reversed(range(len(self.layers.plan.layers))):
            if index:
                back = script.dot(f"weights{index + 1}_t", self.weights[index].T)
                script.add(f"{back}({self.delta[index]}, {self.back[index - 1]})")
                self._delta(index - 1, exact)
            self._gradient(index)

    def _gradient(self, index: int) -> None:
        """What each weight of a layer is to blame for; a large matrix moves by it at once."""
        script, matrix = self.script, self.weights[index]
        low = self.starts[index]
        delta = script.dot(f"delta{index + 1}", script.objects[self.delta[index]])
        if self.gemm and matrix.size >= WORTH_IT:
            self._move(index, self.gemm)
        else:
            gradient = script.bind(f"gradient{index + 1}", self.gradients[index])
            source = script.bind(f"input{index + 1}_t", self.inputs[index].T) if index else "x"
            script.add(f"{delta}({source}, {gradient})")
            self.waiting.append((low, low + matrix.size))
        if self.layers.vector and not index:
            ones = script.bind("ones", np.ones(self.batch, self.layers.dtype))
            bias = self.layers.bias_vector(self.layers.gradient)
            if not self._delta_is_gradient(index):
                script.add(f"{delta}({ones}, {script.bind('gradient_of_biases', bias)})")
            self.waiting.append((low + matrix.size, low + matrix.size + len(bias)))

    def _move(self, index: int, gemm: Gemm) -> None:
        """The matrix moves now: what went back through it is through."""
        script, matrix = self.script, self.weights[index]
        example = np.empty((self.batch, matrix.shape[1]), matrix.dtype)
        source = self.inputs[index].T if index else example
        parts = gemm.arguments(matrix, script.objects[self.delta[index]], source)
        before, after = (script.bind(f"move{index + 1}", part) for part in parts)
        at = script.bind(f"input{index + 1}_at", pointer(source)) if index else "at"
        script.add(f"{script.once('gemm', gemm.call)}(*{before}, {at}, *{after})")

    def subtract(self) -> None:
        """Whatever has not moved yet moves, neighbours together."""
        parts: list[tuple[int, int]] = []
        for low, high in sorted(self.waiting):
            if parts and parts[-1][1] == low:
                low = parts.pop()[0]
            parts.append((low, high))
        for low, high in parts:
            weights = self.script.bind("weights", self.layers.values[low:high])
            gradients = self.script.bind("gradients", self.layers.gradient[low:high])
            self.script.add(f"subtract({weights}, {gradients}, {weights})")
