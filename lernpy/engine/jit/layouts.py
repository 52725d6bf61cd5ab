"""Where the numbers of one network lie in each kind of program, and which functions that program needs."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.aligned import BYTES, aligned
from lernpy.engine.jit import kernels, layers, machine, printed, straight, wires
from lernpy.engine.jit.entries import Entries, activations_of
from lernpy.engine.jit.printed import Variant
from lernpy.product import Product

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan

Learner = machine.MachineCode
"""Takes the fields of `kernels.Curriculum` and `kernels.Moves`."""
Answerer = Callable[[np.ndarray, np.ndarray, int, np.ndarray, np.ndarray], Any]
"""Takes inputs, an order of rows and how many these are, weights, and where to write the answers."""


def mostly_zero(X: np.ndarray) -> bool:
    """Whether leaving inputs out that are 0 would pay, by the first samples."""
    some = X[:64]
    return X.shape[1] >= 16 and 5 * int(np.count_nonzero(some)) < 2 * some.size


class Arrangement:
    """A kind of program for one plan. `index` : (n_weights,), where each weight lies in `size` numbers."""

    what = ""

    def __init__(self, plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> None:
        self.plan = plan
        self.entries = entries
        self.dtype = dtype
        self.lanes = BYTES // dtype.itemsize
        self.index = np.arange(plan.n_weights)
        self.size = plan.n_weights
        self.activations = activations_of(plan)

    def options(self, batch: int, plain: bool, X: np.ndarray) -> dict[str, Any]:
        """Which variant suits a batch size and inputs; `plain`: an update is only w -= rate * g."""
        return {"online": batch == 1}

    def learner(self, options: Variant) -> Learner:
        """The function that learns whole epochs."""
        raise NotImplementedError

    def answerer(self) -> Answerer:
        """The function that predicts."""
        raise NotImplementedError

    def code_of(self, activation: Any) -> int:
        """The number by which compiled code knows an activation; softmax is below 0."""
        if isinstance(activation, Product):
            return wires.PRODUCT
        return -1 if activation.name == "softmax" else self.activations.index(activation)

    def _kernels(self, options: Variant | None, *functions: Any) -> np.ndarray:
        """Addresses, in the order of `kernels.KERNELS`; without options only what predicting takes."""
        entries, kind = self.entries, self.dtype.name
        codes = {f.__name__: machine.kernel(f, kind) for f in functions}
        if any(segment.is_group for segment in self.plan.segments):
            up, down = kernels.softmax, kernels.softmax_down
            if entries.loss.from_rest:
                up, down = kernels.softmax_apart, kernels.softmax_down_apart
            codes["softmax"] = machine.kernel(up, kind)
            codes["softmax_down"] = machine.kernel(down, kind)
        if options:
            codes["judge"] = self._printed(printed.judge(entries), "judge")
            codes["move_all"] = self._printed(printed.move_all(entries, options), "move_all")
        addresses = [codes[n].address if n in codes else 0 for n in kernels.KERNELS]
        for activation in self.activations:
            text = printed.elementwise(entries, activation)
            addresses.append(self._printed(text, "values").address)
            addresses.append(self._printed(text, "deltas").address if options else 0)
        return np.array(addresses, np.int64)

    def _printed(self, text: str, name: str) -> machine.MachineCode:
        entries = self.entries
        return machine.printed(text, name, self.dtype.name, entries.own, entries.portable)


class Straight(Arrangement):
    """One name for every number: for small nets."""

    what = "straight code"

    def learner(self, options: Variant) -> Learner:
        return self._printed(straight.source(self.plan, self.entries, options), "run")

    def answerer(self) -> Answerer:
        return self._printed(straight.source(self.plan, self.entries, Variant()), "answer")


class Matrices(Arrangement):
    """Layers as padded matrices.

    A layer's weights lie as (sources, targets), the targets padded to whole vectors, the bias as the
    last row. Of each layer `shape` has a row: its size, its padded size, where its weights start, where
    its numbers start in a buffer, where its transposed weights start, the number of its activation,
    whether it has a bias. Row 0 describes the inputs, and has the form of the loss for an activation.
    """

    what = "layers as matrices"

    def __init__(self, plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> None:
        super().__init__(plan, entries, dtype)
        shape = np.zeros((len(plan.layers) + 1, layers.COLUMNS), np.int64)
        last = plan.layers[-1].stage.segments[0].activation
        shape[0, :2] = plan.n_inputs, self._padded(plan.n_inputs)
        shape[0, 5] = printed.form_of(entries, last)
        weights = numbers = turned = 0
        for row, layer in enumerate(plan.layers, 1):
            n_targets, n_columns = layer.weight.shape
            padded = self._padded(n_targets)
            code = self.code_of(layer.stage.segments[0].activation)
            shape[row] = n_targets, padded, weights, numbers, turned, code, layer.bias
            sources, targets = np.arange(n_columns), np.arange(n_targets)
            self.index[layer.weight] = weights + sources[None, :] * padded + targets[:, None]
            weights += n_columns * padded
            numbers += layers.CHUNK * padded
            turned += n_targets * int(shape[row - 1, 1])
        self.shape, self.size = shape, weights
        self._numbers, self._turned = numbers, turned

    def _padded(self, size: int) -> int:
        return -(-size // self.lanes) * self.lanes

    def options(self, batch: int, plain: bool, X: np.ndarray) -> dict[str, Any]:
        online = batch == 1
        return {"online": online, "at_once": online and plain, "sparse": mostly_zero(X)}

    def learner(self, options: Variant) -> Learner:
        online = options.online
        functions: list[Any] = [kernels.gather, kernels.outer] if online else [kernels.multiply]
        if options.sparse:
            rows = [kernels.gather_rows, kernels.outer_rows]
            functions += [kernels.not_zero] if online else rows
        learn = layers.learn_one_by_one if online else layers.learn
        net = self._net(self._kernels(options, *functions), options)
        return machine.kernel(learn, self.dtype.name).ending(*net)

    def answerer(self) -> Answerer:
        net = self._net(self._kernels(None, kernels.multiply), Variant())
        return machine.kernel(layers.answer, self.dtype.name).ending(*net)

    def _net(self, kernels: np.ndarray, options: Variant) -> layers.Tiles:
        """The layers, with room for a chunk of samples."""
        n, chunk, dtype = self.plan.n_inputs, layers.CHUNK, self.dtype
        Z, Y, S, D = (aligned(self._numbers, dtype) for _ in "ZYSD")
        picked, counts = np.zeros(chunk * (n + 8), np.int64), np.zeros(chunk, np.int64)
        every = np.arange(self.shape[:, 0].max())
        turned, dense = aligned(self._turned, dtype), aligned(chunk * n, dtype)
        how = self.entries.share, options.sparse, options.at_once
        rest = np.zeros(chunk), turned, dense, picked, counts, every
        return layers.Tiles(*how, kernels, self.shape, len(self.shape), Z, Y, S, D, *rest)


class LinkLists(Arrangement):
    """Any wiring, link by link over whole vectors of samples."""

    what = "link by link"

    def __init__(self, plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> None:
        super().__init__(plan, entries, dtype)
        ahead = plan.ahead
        lists = plan.weight, plan.source, plan.start
        ahead_lists = plan.weight[ahead], plan.target[ahead], plan.ahead_start
        self._links = tuple(np.ascontiguousarray(row, np.int64) for row in lists)
        self._ahead = tuple(np.ascontiguousarray(row, np.int64) for row in ahead_lists)
        self._segments = np.array(
            [(r.low, r.high, self.code_of(r.activation)) for r in plan.segments], np.int64
        )
        low_of = {slot: r.low for r in plan.segments for slot in range(r.low, r.high)}
        ends = plan.outputs.tolist()
        forms = [printed.form_of(entries, plan.neurons[slot].activation) for slot in ends]
        self._outputs = np.array(
            [(slot, form, low_of[slot]) for slot, form in zip(ends, forms, strict=True)], np.int64
        )
        counts = [len(plan.factors.get(slot, ())) for slot in range(plan.n_neurons)]
        factor = [f for slot in sorted(plan.factors) for f in plan.factors[slot]]
        once = sorted(set(factor))
        rows = factor, [0, *np.cumsum(counts).tolist()], once
        self._factors = *(np.array(row, np.int64) for row in rows), len(once)
        self._is_blamed = np.zeros(plan.n_neurons, np.int64)
        self._is_blamed[[*plan.outputs, *once]] = 1

    def options(self, batch: int, plain: bool, X: np.ndarray) -> dict[str, Any]:
        return {"width": self.lanes if batch <= self.lanes else max(32, self.lanes)}

    def learner(self, options: Variant) -> Learner:
        net = self._net(self._kernels(options, wires.sums, wires.collect), options)
        return machine.kernel(wires.learn, self.dtype.name).ending(*net)

    def answerer(self) -> Answerer:
        net = self._net(self._kernels(None, wires.sums), Variant())
        return machine.kernel(wires.answer, self.dtype.name).ending(*net)

    def _net(self, kernels: np.ndarray, options: Variant) -> wires.Edges:
        """The wiring, with room for `width` samples; a bias's output is always 1."""
        plan, width = self.plan, options.width
        Z, Y, S, D = (aligned(plan.n_neurons * width, self.dtype) for _ in "ZYSD")
        Y[plan.n_inputs * width : plan.n_fixed * width] = 1.0
        lists = *self._links, *self._ahead, self._is_blamed, np.zeros(plan.n_neurons, np.int64)
        ends = *self._factors, self._outputs, len(self._outputs), plan.n_inputs
        numbers = Z, Y, S, D, np.zeros(plan.n_neurons * width)
        segments = self._segments, len(self._segments)
        return wires.Edges._make(
            (self.entries.share, kernels, *lists, *segments, *ends, width, *numbers)
        )


def layout_of(plan: Plan, entries: Entries, dtype: np.dtype[Any]) -> Arrangement | None:
    """The kind of program that suits the plan; None where there is none."""
    if (plan.outputs < plan.n_fixed).any():
        return None  # an input or a bias that is an output as well
    if straight.suits(plan, entries):
        return Straight(plan, entries, dtype)
    entries.portable = False  # the others add up in an order of their own
    alike = plan.layers and all(len(layer.stage.segments) == 1 for layer in plan.layers)
    if alike and all(map(_calm, activations_of(plan))):
        return Matrices(plan, entries, dtype)
    return LinkLists(plan, entries, dtype)


def _calm(activation: Any) -> bool:
    """Whether padding, which is all zeros, stays that on the way back: at 0 the slope is finite."""
    try:
        return isfinite(activation.slope(0.0, activation.value(0.0)))
    except (ArithmeticError, ValueError):
        return False
