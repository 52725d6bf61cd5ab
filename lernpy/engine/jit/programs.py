"""Where the numbers of one network lie in each kind of compiled program, and that program's parts."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.jit import blocks, cache, drivers, kernels, straight
from lernpy.engine.jit.entries import Entries, distinct
from lernpy.engine.jit.text import Options

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan

BYTES = 64  # of a vector
Part = tuple[Callable[..., Any], tuple[Any, ...]]  # a function, and its last arguments


def zeros(shape: int | tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """Zeros that begin at a line of the cache: a vector that lies across two lines takes twice as long."""
    count = int(np.prod(shape))
    room = np.zeros(count + BYTES // dtype.itemsize, dtype)
    first = -room.ctypes.data % BYTES // dtype.itemsize
    return room[first : first + count].reshape(shape)


class Layout:
    """A kind of program for one plan. `place` : (n_weights,), where each weight lies in `size` numbers."""

    what = ""

    def __init__(self, plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> None:
        self.plan = plan
        self.entries = entries
        self.dtype = dtype
        self.lanes = BYTES // dtype.itemsize
        self.place = np.arange(plan.n_weights)
        self.size = plan.n_weights
        self.activations = distinct(plan)

    def options(self, batch: int, plain: bool) -> dict[str, Any]:
        """Which variant suits this batch size; `plain`: an update is no more than w -= rate * g."""
        return {"online": batch == 1}

    def learner(self, options: Options) -> Part:
        """The function that learns whole epochs."""
        raise NotImplementedError

    def answerer(self) -> Part:
        """The function that predicts: for inputs, an order of rows and weights."""
        raise NotImplementedError

    def code_of(self, activation: Any) -> int:
        """The number by which compiled code knows an activation."""
        return -1 if activation.name == "softmax" else self.activations.index(activation)

    def _kernels(self, options: Options, own: str, names: tuple[str, ...]) -> np.ndarray:
        """Addresses: the kernels of all programs, then those of this one (`own`, their text)."""
        kind, entries = self.dtype.name, self.entries
        texts = [
            kernels.common(kind),
            own,
            blocks.judge(entries, kind),
            blocks.moves(entries, options, kind),
        ]
        functions: dict[str, Any] = {}
        for text in texts:
            functions |= self._load(text)
        found = [functions[name] for name in (*drivers.COMMON, *names)]
        for activation in self.activations:
            pair = self._load(blocks.elementwise(entries, activation, kind))
            found += [pair["values"], pair["deltas"]]
        return np.array([function.address for function in found], np.int64)

    def _load(self, text: str) -> dict[str, Any]:
        own = self.entries.own
        return cache.load(text, {name: own[name] for name in own if f"{name}(" in text})


class Straight(Layout):
    """One name for every number: for small nets."""

    what = "straight code"

    def _functions(self, options: Options) -> dict[str, Any]:
        return self._load(straight.source(self.plan, self.entries, options))

    def learner(self, options: Options) -> Part:
        return self._functions(options)["run"], ()

    def answerer(self) -> Part:
        return self._functions(Options())["answer"], ()


class Layers(Layout):
    """Layers as padded matrices.

    A layer's weights lie as (sources, targets), the targets padded to whole vectors, the bias as the
    last row. Of each layer `shape` has a row: its size, its padded size, where its weights start, where
    its numbers start in a buffer, where its transposed weights start, the number of its activation,
    whether it has a bias. Row 0 describes the inputs, and has the form of the loss for an activation.
    """

    what = "layers as matrices"

    def __init__(self, plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> None:
        super().__init__(plan, entries, dtype)
        shape = np.zeros((len(plan.layers) + 1, 7), np.int64)
        last = plan.layers[-1].stage.runs[0].activation
        shape[0, :2] = plan.n_inputs, self._padded(plan.n_inputs)
        shape[0, 5] = blocks.form_of(entries, last)
        weights = numbers = turned = 0
        for row, layer in enumerate(plan.layers, 1):
            n_targets, n_columns = layer.weight.shape
            padded = self._padded(n_targets)
            code = self.code_of(layer.stage.runs[0].activation)
            shape[row] = n_targets, padded, weights, numbers, turned, code, layer.bias
            sources, targets = np.arange(n_columns), np.arange(n_targets)
            self.place[layer.weight] = weights + sources[None, :] * padded + targets[:, None]
            weights += n_columns * padded
            numbers += drivers.CHUNK * padded
            turned += n_targets * int(shape[row - 1, 1])
        self.shape, self.size = shape, weights
        self._numbers, self._turned = numbers, turned

    def _padded(self, size: int) -> int:
        return -(-size // self.lanes) * self.lanes

    def options(self, batch: int, plain: bool) -> dict[str, Any]:
        return {"online": batch == 1, "at_once": batch == 1 and plain}

    def learner(self, options: Options) -> Part:
        if not options.online:
            return self._part(drivers.LEARN_LAYERS, "run", options)
        text = kernels.online(self.dtype.name, self.lanes, options.at_once)
        addresses = self._kernels(options, text, drivers.ONE_BY_ONE)
        found = np.zeros(self.plan.n_inputs + 8, np.int64)
        buffers = (*self._buffers(), found, np.arange(self.shape[:, 0].max()))
        run = cache.load(drivers.LEARN_ONE_BY_ONE, {})["run"]
        return run, (addresses, self.shape, buffers, options.at_once)

    def answerer(self) -> Part:
        return self._part(drivers.ANSWER_LAYERS, "answer", Options())

    def _part(self, text: str, name: str, options: Options) -> Part:
        own = kernels.batch(self.dtype.name, self.lanes)
        addresses = self._kernels(options, own, drivers.LAYERS)
        inputs, chunk = self.plan.n_inputs, drivers.CHUNK
        turned, gathered = zeros(self._turned, self.dtype), zeros(chunk * inputs, self.dtype)
        found, counts = np.zeros(chunk * (inputs + 8), np.int64), np.zeros(chunk, np.int64)
        buffers = (*self._buffers(), turned, gathered, found, counts)
        return cache.load(text, {})[name], (addresses, self.shape, buffers)

    def _buffers(self) -> tuple[np.ndarray, ...]:
        numbers = [zeros(self._numbers, self.dtype) for _ in "ZYSD"]
        return (*numbers, np.zeros(drivers.CHUNK))


class Wires(Layout):
    """Any wiring, link by link over whole vectors of samples."""

    what = "link by link"

    def __init__(self, plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> None:
        super().__init__(plan, entries, dtype)
        ahead = plan.ahead
        links = (plan.weight, plan.source, plan.weight[ahead], plan.target[ahead])
        self._links = tuple(np.ascontiguousarray(row, np.int64) for row in links)
        self._start = plan.start.astype(np.int64)
        self._ahead_start = plan.ahead_start.astype(np.int64)
        runs = [run for stage in plan.stages for run in stage.runs]
        self._runs = np.array([(r.low, r.high, self.code_of(r.activation)) for r in runs], np.int64)
        low_of = {slot: run.low for run in runs for slot in range(run.low, run.high)}
        ends = plan.outputs.tolist()
        forms = [blocks.form_of(entries, plan.neurons[slot].activation) for slot in ends]
        rows = [(slot, form, low_of[slot]) for slot, form in zip(ends, forms, strict=True)]
        self._outputs = np.array(rows, np.int64)
        self._nothing = np.zeros(plan.n_neurons, np.int64)
        self._is_output = self._nothing.copy()
        self._is_output[plan.outputs] = 1

    def options(self, batch: int, plain: bool) -> dict[str, Any]:
        return {"width": self.lanes if batch <= self.lanes else max(32, self.lanes)}

    def _addresses(self, options: Options) -> np.ndarray:
        text = kernels.wires(self.dtype.name, self.lanes, options.width)
        return self._kernels(options, text, drivers.WIRES)

    def _buffers(self, width: int) -> tuple[np.ndarray, ...]:
        numbers = [zeros(self.plan.n_neurons * width, self.dtype) for _ in "ZYSD"]
        numbers[1][self.plan.n_inputs * width : self.plan.n_fixed * width] = 1.0
        return (*numbers, np.zeros(self.plan.n_neurons * width))

    def learner(self, options: Options) -> Part:
        lists = self._links, self._start, self._ahead_start, self._runs
        ends = self._outputs, self._is_output, self._nothing
        rest = options.width, self._buffers(options.width)
        run = cache.load(drivers.LEARN_WIRES, {})["run"]
        return run, (self._addresses(options), *lists, *ends, *rest)

    def answerer(self) -> Part:
        lists = self._links, self._start, self._runs, self._outputs, self._nothing
        width = Options().width
        rest = width, self._buffers(width)
        answer = cache.load(drivers.ANSWER_WIRES, {})["answer"]
        return answer, (self._addresses(Options()), *lists, *rest)


def layout_of(plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> Layout | None:
    """The kind of program that suits the plan; None where there is none."""
    if (plan.outputs < plan.n_fixed).any():
        return None  # an input or a bias that is an output as well
    if straight.suits(plan, entries):
        return Straight(plan, entries, dtype)
    alike = plan.layers and all(len(layer.stage.runs) == 1 for layer in plan.layers)
    if alike and all(map(_calm, distinct(plan))):
        return Layers(plan, entries, dtype)
    return Wires(plan, entries, dtype)


def _calm(activation: Any) -> bool:
    """Whether padding, which is all zeros, stays that on the way back: at 0 the slope is finite."""
    try:
        return isfinite(activation.slope(0.0, activation.value(0.0)))
    except (ArithmeticError, ValueError):
        return False
