"""An ONNX model as a network: Gemm, MatMul, Add and element-wise activations; ours come back bit for bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lernpy import files, storage
from lernpy.build import from_edges
from lernpy.errors import FileFormatError
from lernpy.functions import losses
from lernpy.interop.operators import read_as
from lernpy.interop.to_onnx import WHOLE, _onnx, digest
from lernpy.network import Network
from lernpy.text import listed

MOST = 1 << 22  # links that are read
ACTIVATIONS = {kind: name for name, kind in WHOLE.items()}
PARAMETERS: dict[
    str, tuple[str, str, Any, Any]
] = {  # name, attribute, its default, what it must be
    "LeakyRelu": ("leaky_relu", "alpha", 0.01, 0.01),
    "Elu": ("elu", "alpha", 1.0, 1.0),
    "Gelu": ("gelu", "approximate", b"none", b"tanh"),
    "Softplus": ("softplus", "", None, None),
}
AS_IT_IS = ("Identity", "Cast", "Dropout", "Flatten", "Reshape")


class Tally:
    """One number of a tensor: a neuron's output, or a sum that has not met its activation yet."""

    def __init__(
        self, terms: Mapping[int, float], bias: float = 0.0, has_bias: bool = False
    ) -> None:
        self.terms, self.bias, self.has_bias = dict(terms), bias, has_bias

    def times(self, factor: float) -> Tally:
        terms = {neuron: weight * factor for neuron, weight in self.terms.items()}
        return Tally(terms, self.bias * factor, self.has_bias)

    def plus(self, other: Tally) -> Tally:
        terms = dict(self.terms)
        for neuron, weight in other.terms.items():
            terms[neuron] = terms.get(neuron, 0.0) + weight
        return Tally(terms, self.bias + other.bias, self.has_bias or other.has_bias)


class Output(Tally):
    """A neuron's output as it is."""

    def __init__(self, neuron: int) -> None:
        super().__init__({neuron: 1.0})
        self.neuron = neuron


def from_onnx(content: bytes, name: str = "the model") -> Network:
    """The network of an ONNX model; `name` stands in errors.

    What lernpy wrote, and nobody changed, comes back whole: links, weights, optimiser, card.

    Raises
    ------
    FileFormatError
        If it is no ONNX model, or has a node that no network of lernpy can be; the node is named.
    """
    onnx = _onnx()
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf has its own, in several packages
        raise FileFormatError(f"{name} is no ONNX model: {error}") from None
    facts = {prop.key: prop.value for prop in model.metadata_props}
    if "lernpy.network" in facts and facts.get("lernpy.graph") == digest(model):
        return files.from_json(storage.parse_json(facts["lernpy.network"], name), name)
    return _Reading(onnx, model.graph, name).network()


class _Reading:
    def __init__(self, onnx: Any, graph: Any, name: str) -> None:
        self.onnx, self.graph, self.name = onnx, graph, name
        self.constants: dict[str, np.ndarray] = {}
        self.tensors: dict[str, list[Tally]] = {}
        self.kinds: list[str] = []  # of the neurons, the inputs first
        self.sums: list[Tally] = []
        self.layer: list[int] = []
        self.groups: list[list[int]] = []
        for tensor in graph.initializer:
            if tensor.external_data:
                raise FileFormatError(
                    f"{name} keeps its weights in other files; save it as one file"
                )
            self.constants[tensor.name] = onnx.numpy_helper.to_array(tensor)

    def network(self) -> Network:
        inputs = [end for end in self.graph.input if end.name not in self.constants]
        if len(inputs) != 1 or len(self.graph.output) != 1:
            raise FileFormatError(
                f"{self.name} has {len(inputs)} inputs and {len(self.graph.output)} outputs; "
                "lernpy reads models of one table in and one table out"
            )
        self.n_inputs = self._width(inputs[0])
        self.tensors[inputs[0].name] = [
            self._neuron("identity", Tally({})) for _ in range(self.n_inputs)
        ]
        for node in self.graph.node:
            self._read(node)
        last = self.graph.output[0].name
        if last not in self.tensors:
            raise FileFormatError(f"{self.name}: nothing makes its output {last!r}")
        return self._made([self._settled(column).neuron for column in self.tensors[last]])

    def _width(self, end: Any) -> int:
        shape = [d.dim_value for d in end.type.tensor_type.shape.dim]
        width = int(np.prod(shape[1:])) if len(shape) > 1 else 0
        if not 0 < width <= MOST:
            raise FileFormatError(
                f"{self.name}: the input {end.name!r} has the shape {shape}; a table (samples, inputs) is read"
            )
        return width

    # ---- nodes ----------------------------------------------------------------------------------

    def _read(self, node: Any) -> None:
        if node.op_type == "Constant":
            value = self._attributes(node).get("value")
            if value is None:
                raise self._refused(node, "a constant that is no tensor")
            self.constants[node.output[0]] = self.onnx.numpy_helper.to_array(value)
            return
        if all(name in self.constants for name in node.input):
            raise self._refused(node, "constants alone")
        made = self._made_by(node)
        for name, columns in zip(node.output, made, strict=False):
            self.tensors[name] = columns

    def _made_by(self, node: Any) -> list[list[Tally]]:
        kind, attributes = node.op_type, self._attributes(node)
        if kind in AS_IT_IS:
            return [self._tensor(node, 0)]
        if kind in ("Gemm", "MatMul"):
            return [self._product(node, attributes)]
        if kind in ("Add", "Sub", "Mul", "Div"):
            return [self._affine(node)]
        if kind == "Concat":
            return [[c for at in range(len(node.input)) for c in self._tensor(node, at)]]
        if kind == "Gather":
            columns = self._tensor(node, 0)
            return [[columns[at] for at in self._constant(node, 1).ravel().tolist()]]
        if kind == "Slice":
            first, after = (int(self._constant(node, at).ravel()[0]) for at in (1, 2))
            return [self._tensor(node, 0)[first:after]]
        if kind == "Softmax":
            members = [self._neuron("identity", c) for c in self._tensor(node, 0)]
            self.groups.append([member.neuron for member in members])
            return [list(members)]
        return [
            [self._neuron(self._activation(node, attributes), c) for c in self._tensor(node, 0)]
        ]

    def _activation(self, node: Any, attributes: Mapping[str, Any]) -> str:
        if node.op_type in ACTIVATIONS:
            return read_as(ACTIVATIONS[node.op_type])
        if node.op_type not in PARAMETERS:
            known = [*ACTIVATIONS, *PARAMETERS, "Softmax", "Gemm", "MatMul", "Add"]
            raise self._refused(node, f"lernpy reads {listed(sorted(known), most=20)}")
        name, attribute, usual, wanted = PARAMETERS[node.op_type]
        value = attributes.get(attribute, usual)
        if value != wanted and not (isinstance(value, float) and abs(value - wanted) < 1e-6):
            raise self._refused(node, f"its {attribute} is {value}, that of {name} is {wanted}")
        return read_as(name)

    def _product(self, node: Any, attributes: Mapping[str, Any]) -> list[Tally]:
        sources = [self._factor(column) for column in self._tensor(node, 0)]
        matrix = self._constant(node, 1).astype(float)
        if attributes.get("transB"):
            matrix = matrix.T
        if attributes.get("transA") or matrix.ndim != 2 or len(matrix) != len(sources):
            raise self._refused(node, f"{len(sources)} columns times an array of {matrix.shape}")
        if matrix.size > MOST:
            raise self._refused(node, f"more than {MOST:,} links")
        matrix = matrix * attributes.get("alpha", 1.0)
        columns = [self._sum(sources, row) for row in matrix.T]
        if len(node.input) > 2 and node.input[2]:
            bias = self._constant(node, 2).astype(float) * attributes.get("beta", 1.0)
            columns = self._added(node, columns, bias)
        return columns

    def _sum(self, sources: Sequence[Tally], weights: np.ndarray) -> Tally:
        total = Tally({})
        for source, weight in zip(sources, weights.tolist(), strict=True):
            total = total.plus(source.times(weight))
        return total

    def _factor(self, column: Tally) -> Tally:
        """What a matrix may take as it is: an output, perhaps scaled; a sum becomes a neuron."""
        return column if len(column.terms) == 1 else self._settled(column)

    def _affine(self, node: Any) -> list[Tally]:
        """Plus, minus, times or divided by numbers; the sum of two tensors."""
        kind, names = node.op_type, list(node.input)
        if kind in ("Add", "Mul") and names[0] in self.constants:
            names.reverse()
        if names[0] in self.constants:
            raise self._refused(node, "a number less, or divided by, what is calculated")
        columns = self.tensors[names[0]]
        if names[1] in self.constants:
            values = self.constants[names[1]].astype(float)
            if kind in ("Add", "Sub"):
                return self._added(node, columns, values if kind == "Add" else -values)
            factors = np.broadcast_to(values.ravel(), len(columns)).tolist()
            pairs = zip(columns, factors, strict=True)
            return [c.times(f if kind == "Mul" else 1.0 / f) for c, f in pairs]
        others = self.tensors.get(names[1], [])
        if kind not in ("Add", "Sub") or len(others) != len(columns):
            raise self._refused(node, "two tensors can only be added")
        sign = 1.0 if kind == "Add" else -1.0
        return [a.plus(b.times(sign)) for a, b in zip(columns, others, strict=True)]

    def _added(self, node: Any, columns: Sequence[Tally], values: np.ndarray) -> list[Tally]:
        try:
            numbers = np.broadcast_to(values.ravel(), len(columns)).tolist()
        except ValueError:
            raise self._refused(
                node, f"{len(columns)} columns plus {values.size} numbers"
            ) from None
        return [c.plus(Tally({}, n, True)) for c, n in zip(columns, numbers, strict=True)]

    # ---- what they take -------------------------------------------------------------------------

    def _attributes(self, node: Any) -> dict[str, Any]:
        return {a.name: self.onnx.helper.get_attribute_value(a) for a in node.attribute}

    def _tensor(self, node: Any, at: int) -> list[Tally]:
        name = node.input[at]
        if name not in self.tensors:
            raise self._refused(node, f"its input {name!r} is no result of what was read before")
        return self.tensors[name]

    def _constant(self, node: Any, at: int) -> np.ndarray:
        if at >= len(node.input) or node.input[at] not in self.constants:
            raise self._refused(node, f"its input {at + 1} must be a constant")
        return self.constants[node.input[at]]

    def _refused(self, node: Any, why: str) -> FileFormatError:
        called = f"the node {node.name!r}" if node.name else "a node"
        return FileFormatError(f"{self.name}: {called} is a {node.op_type}; {why}")

    # ---- neurons --------------------------------------------------------------------------------

    def _neuron(self, kind: str, total: Tally) -> Output:
        self.kinds.append(kind)
        self.sums.append(total)
        before = [self.layer[source] for source in total.terms]
        self.layer.append(1 + max(before, default=-1))
        return Output(len(self.kinds) - 1)

    def _settled(self, column: Tally) -> Output:
        return column if isinstance(column, Output) else self._neuron("identity", column)

    def _made(self, outputs: list[int]) -> Network:
        if len(set(outputs)) < len(outputs):
            raise FileFormatError(
                f"{self.name} puts one number out twice; lernpy names each output once"
            )
        names = self._names(outputs)
        edges = [
            (names[source], names[neuron], weight)
            for neuron, total in enumerate(self.sums)
            for source, weight in total.terms.items()
        ]
        edges += [
            ("bias", names[n], total.bias) for n, total in enumerate(self.sums) if total.has_bias
        ]
        kinds = {names[n]: kind for n, kind in enumerate(self.kinds) if n >= self.n_inputs}
        inputs = names[: self.n_inputs]
        groups = [[names[neuron] for neuron in group] for group in self.groups]
        is_shares = bool(groups) and set(outputs) == set(self.groups[-1])
        how: dict[str, Any] = {"loss": losses.usual_for("softmax")} if is_shares else {}
        return from_edges(
            edges, inputs, [names[n] for n in outputs], activations=kinds, softmax=groups, **how
        )

    def _names(self, outputs: list[int]) -> list[str]:
        """x1, ...; h1, ..., or h1_1, ... where there are several layers; y1, ..."""
        position = {neuron: at for at, neuron in enumerate(outputs, 1)}
        hidden = {self.layer[n] for n in range(self.n_inputs, len(self.kinds)) if n not in position}
        counts: dict[int, int] = {}
        names = [f"x{at + 1}" for at in range(self.n_inputs)]
        for neuron in range(self.n_inputs, len(self.kinds)):
            layer = self.layer[neuron]
            if neuron in position:
                names.append(f"y{position[neuron]}")
                continue
            counts[layer] = counts.get(layer, 0) + 1
            names.append(f"h{counts[layer]}" if len(hidden) == 1 else f"h{layer}_{counts[layer]}")
        return names
