"""A network as an ONNX model: any wiring, scaling inside, and in its metadata all that ONNX has no word for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from lernpy import files
from lernpy._version import __version__
from lernpy.data import Scaling
from lernpy.engine.plan import Plan, Segment, Stage
from lernpy.errors import LernpyError, missing
from lernpy.functions.formula import Formula, Operation, traced
from lernpy.functions.softmax import group_formula
from lernpy.interop.operators import is_usual
from lernpy.interop.vector import Vector, furthest, scalings, vector_of
from lernpy.network import Network

OPSET, IR = 20, 10
SPARSE, LARGE = (
    0.1,
    10_000,
)  # below that share of links, in matrices of so many cells, one link by one
NAMES = {  # of operations
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "power": "Pow",
    "negative": "Neg",
    "absolute": "Abs",
    "sign": "Sign",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "tanh": "Tanh",
    "maximum": "Max",
    "minimum": "Min",
    "where": "Where",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "equal": "Equal",
    "logical_and": "And",
    "logical_or": "Or",
    "logical_not": "Not",
    "sin": "Sin",
    "cos": "Cos",
    "tan": "Tan",
    "arctan": "Atan",
    "sinh": "Sinh",
    "cosh": "Cosh",
    "arcsinh": "Asinh",
    "floor": "Floor",
    "ceil": "Ceil",
}
WHOLE = {"identity": "Identity", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu"}
"""Activations that every runtime has in both precisions; the others are written out, as are entries of these
names that compute something else."""
WITHIN = {"largest": "ReduceMax", "whole": "ReduceSum"}
"""Operations that take all members of a group together."""
REST = {
    "log1p": traced(
        lambda m: lambda x: m.where((1.0 + x) > 1.0, m.log(1.0 + x) * (x / ((1.0 + x) - 1.0)), x),
        "x",
    ),
    "expm1": traced(lambda m: lambda x: m.exp(x) - 1.0, "x"),
    "not_equal": traced(lambda m: lambda a, b: m.logical_not(a == b), "a", "b"),
}


def to_onnx(network: Network, *, single: bool = False, vector: Vector | None = None) -> bytes:
    """The bytes of an ONNX model with one input, ``inputs`` (n, n_inputs), and one output, ``outputs``.

    Parameters
    ----------
    single : whether it calculates in float32, not float64
    vector : what its metadata tell for a test; by chance where it is left out

    Raises
    ------
    LernpyError
        If the package onnx is not there, or an activation has no formula; it is named.
    """
    onnx = _onnx()
    graph = _Graph(network, np.float32 if single else np.float64)
    outputs = graph.write()
    dtype = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(graph.dtype))
    ends = [
        onnx.helper.make_tensor_value_info(name, dtype, ["n", size])
        for name, size in (("inputs", len(network.inputs)), (outputs, len(network.outputs)))
    ]
    made = onnx.helper.make_graph(graph.nodes, "lernpy", ends[:1], ends[1:], graph.constants)
    model = onnx.helper.make_model(
        made,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR,
        producer_name="lernpy",
        producer_version=__version__,
        doc_string=f"{network!r}, {network.loss.name}. Made by lernpy; its metadata hold the whole network.",
    )
    facts = _metadata(network, vector or vector_of(network, single=single))
    onnx.helper.set_model_props(model, {**facts, "lernpy.graph": digest(model)})
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def digest(model: Any) -> str:
    """A mark of the graph: whether it is still the one that the metadata tell of."""
    return hashlib.sha256(model.graph.SerializeToString(deterministic=True)).hexdigest()


def _onnx() -> Any:
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError:
        raise missing("ONNX", "onnx") from None
    return onnx


def _metadata(network: Network, vector: Vector) -> dict[str, str]:
    card = network.card
    names = {
        "inputs": [neuron.name for neuron in network.inputs]
        if card is None
        else list(card.input_names),
        "outputs": [neuron.name for neuron in network.outputs]
        if card is None
        else list(card.output_names),
        "classes": [] if card is None else list(card.classes),
    }
    return {
        "lernpy.network": files.to_text(files.to_json(network)),
        "lernpy.names": json.dumps(names),
        "lernpy.vector": json.dumps(vector.plain()),
        "lernpy.conventions": "raw inputs in the units of the data; scaling is inside; a row a sample",
    }


def check_onnx(content: bytes, vector: Vector) -> float:
    """The largest difference between what onnxruntime says and the test vector.

    Raises
    ------
    LernpyError
        If onnxruntime is not there, or does not run it.
    """
    try:
        import onnxruntime
    except ImportError:
        raise missing("the check of an ONNX model", "onnxruntime") from None
    try:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        kind = np.float32 if "float)" in session.get_inputs()[0].type else np.float64
        (outputs,) = session.run(None, {"inputs": vector.inputs.astype(kind)})
    except Exception as error:  # it has some twenty of its own
        raise LernpyError(
            f"onnxruntime does not run this model: {' '.join(str(error).split())[:200]}; "
            "it may run in float32 (single=True, --float32), or leave the check out"
        ) from None
    return furthest(vector.outputs, outputs)


class _Graph:
    """Nodes and constants, tensor by tensor; `pieces` says which slots of the plan a tensor holds."""

    def __init__(self, network: Network, dtype: Any) -> None:
        self.onnx, self.network, self.plan, self.dtype = _onnx(), network, Plan.of(network), dtype
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._known: dict[bytes, str] = {}
        self.pieces: list[tuple[int, int, str]] = []  # low, high, tensor

    def write(self) -> str:
        """All of it; the name of the tensor of the outputs."""
        inner, outer = scalings(self.network)
        self._inputs(self._scaled(inner))
        for stage in self.plan.stages:
            if stage.is_product:
                columns = map(
                    self._columns, map(np.ndarray.tolist, self.plan.factor_columns(stage))
                )
                product = reduce(lambda a, b: self.node("Mul", a, b), columns)
                self.pieces.append((stage.low, stage.high, product))
                continue
            self._pieces(stage.segments, self._totals(stage), stage.low, stage.high)
        return self._unscaled(self._columns(self.plan.outputs.tolist()), outer)

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    def constant(self, values: Any, dtype: Any = None) -> str:
        array = np.asarray(values, self.dtype if dtype is None else dtype)
        key = array.tobytes() + repr((array.dtype, array.shape)).encode()
        if key not in self._known:
            self._known[key] = name = f"constant_{len(self.constants)}"
            self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return self._known[key]

    # ---- the ends -------------------------------------------------------------------------------

    def _scaled(self, scaling: Scaling) -> str:
        tensor, card = "inputs", self.network.card
        if card is not None and card.fill is not None:
            is_gap = self.node("IsNaN", tensor)
            tensor = self.node("Where", is_gap, self.constant(card.fill), tensor)
        if scaling.shift.any():
            tensor = self.node("Sub", tensor, self.constant(scaling.shift))
        if (scaling.scale != 1).any():
            tensor = self.node("Div", tensor, self.constant(scaling.scale))
        return tensor

    def _inputs(self, tensor: str) -> None:
        self._pieces(self.plan.input_segments, tensor, 0, self.plan.n_inputs)

    def _unscaled(self, tensor: str, scaling: Scaling) -> str:
        if (scaling.scale != 1).any():
            tensor = self.node("Mul", tensor, self.constant(scaling.scale))
        if scaling.shift.any():
            tensor = self.node("Add", tensor, self.constant(scaling.shift))
        return self.node("Identity", tensor, output="outputs")

    # ---- a generation ---------------------------------------------------------------------------

    def _totals(self, stage: Stage) -> str:
        """The total inputs of a stage."""
        plan = self.plan
        links = slice(int(plan.start[stage.low]), int(plan.start[stage.high]))
        source, target = plan.source[links], plan.target[links] - stage.low
        weight = np.array([plan.weights[k].value for k in plan.weight[links].tolist()])
        is_bias = (source >= plan.n_inputs) & (source < plan.n_fixed)
        bias = np.zeros(stage.size)
        np.add.at(bias, target[is_bias], weight[is_bias])
        source, target, weight = (array[~is_bias] for array in (source, target, weight))
        slots = np.unique(source) if len(source) else np.array([0])
        cells = len(slots) * len(bias)
        if cells >= LARGE and len(source) < SPARSE * cells:
            return self._link_by_link(source, target, weight, bias)
        matrix = np.zeros((len(slots), len(bias)))
        np.add.at(matrix, (np.searchsorted(slots, source), target), weight)
        columns = self._columns(slots.tolist())
        return self.node("Gemm", columns, self.constant(matrix), self.constant(bias))

    def _link_by_link(
        self, source: np.ndarray, target: np.ndarray, weight: np.ndarray, bias: np.ndarray
    ) -> str:
        """Each link's signal, added up where it leads."""
        slots, index = np.unique(source, return_inverse=True)
        columns = self._columns(slots.tolist())
        signals = self.node("Gather", columns, self.constant(index, np.int64), axis=1)
        signals = self.node("Mul", signals, self.constant(weight))
        where = self.node(
            "Expand", self.constant(target[None], np.int64), self.node("Shape", signals)
        )
        batch = self.node("Shape", signals, end=1)
        size = self.node("Concat", batch, self.constant([len(bias)], np.int64), axis=0)
        start = self.node("Expand", self.constant(bias[None]), size)
        return self.node("ScatterElements", start, where, signals, axis=1, reduction="add")

    def _pieces(self, segments: Sequence[Segment], tensor: str, low: int, high: int) -> None:
        """A generation's outputs, one tensor for each activation."""
        for segment in segments:
            part = tensor
            if (segment.low, segment.high) != (low, high):
                bounds = [
                    self.constant([end - low], np.int64) for end in (segment.low, segment.high)
                ]
                part = self.node("Slice", tensor, *bounds, self.constant([1], np.int64))
            self.pieces.append((segment.low, segment.high, self._activated(segment, part)))

    def _columns(self, slots: Sequence[int]) -> str:
        """A tensor with the outputs of these neurons, biases left out or written as ones."""
        wanted, fixed = set(slots), range(self.plan.n_inputs, self.plan.n_fixed)
        if wanted & set(fixed) and not any(low == fixed.start for low, _, _ in self.pieces):
            first = self.node("Slice", "inputs", *(self.constant([n], np.int64) for n in (0, 1, 1)))
            ones = self.node("Mul", first, self.constant(np.zeros((1, len(fixed)))))
            ones = self.node("Add", ones, self.constant(1.0))
            self.pieces.append((fixed.start, fixed.stop, ones))
        used = [piece for piece in self.pieces if wanted & set(range(*piece[:2]))]
        held = [slot for low, high, _ in used for slot in range(low, high)]
        tensor = (
            used[0][2] if len(used) == 1 else self.node("Concat", *(p[2] for p in used), axis=1)
        )
        if held == list(slots):
            return tensor
        indices = [held.index(slot) for slot in slots]
        return self.node("Gather", tensor, self.constant(indices, np.int64), axis=1)

    # ---- activations ----------------------------------------------------------------------------

    def _activated(self, segment: Segment, tensor: str) -> str:
        entry: Any = segment.activation
        if is_usual(entry):
            if segment.is_group:
                return self.node("Softmax", tensor, axis=1)
            if entry.name == "identity":
                return tensor
            if entry.name in WHOLE:
                return self.node(WHOLE[entry.name], tensor)
        formula = group_formula("shares") if segment.is_group else entry.formula("value")
        if formula is None:
            raise LernpyError(
                f"{entry.name} has no formula, so that ONNX cannot have it: write it with the functions "
                "of m alone, without `if` and without NumPy's own"
            )
        return self._formula(formula, tensor)

    def _formula(self, formula: Formula, *tensors: str) -> str:
        names = dict(zip(formula.parameters, tensors, strict=True))

        def of(operand: Any) -> str:
            return names[operand] if isinstance(operand, str) else self.constant(operand)

        for operation in formula.operations:
            names[operation.result] = self._operation(operation, *map(of, operation.arguments))
        result = formula.results[0]
        if isinstance(result, str):
            return names[result]
        flat = self.node("Mul", tensors[0], self.constant(0.0))
        return self.node("Add", flat, self.constant(result))

    def _operation(self, operation: Operation, *tensors: str) -> str:
        if operation.name in NAMES:
            return self.node(NAMES[operation.name], *tensors)
        if operation.name in WITHIN:
            return self.node(WITHIN[operation.name], *tensors, self.constant([1], np.int64))
        formula = REST.get(operation.name)
        if formula is None:
            raise LernpyError(f"ONNX has no {operation.name}")
        return self._formula(formula, *tensors)
