"""ONNX: what onnxruntime says is what the objects say; ours come back bit for bit, others' by their nodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from leaving import SEEDS, random_net
from onnx import TensorProto, helper, numpy_helper

import lernpy
from lernpy import activations, files
from lernpy.errors import FileFormatError, LernpyError
from lernpy.interop.exporting import export
from lernpy.interop.from_onnx import from_onnx
from lernpy.interop.to_onnx import check_onnx, to_onnx
from lernpy.interop.vector import answers_of, vector_of


@SEEDS
@pytest.mark.parametrize(("single", "most"), [(False, 1e-12), (True, 1e-5)], ids=["64", "32"])
def test_onnxruntime_says_the_same(seeds: range, single: bool, most: float) -> None:
    for seed in seeds:
        network = random_net(seed)
        vector = vector_of(network)
        assert check_onnx(to_onnx(network, single=single, vector=vector), vector) <= most, seed


@SEEDS
def test_what_is_read_back_is_the_same_network(seeds: range) -> None:
    """Same links, same bits, same card and memory."""
    for seed in seeds:
        network = random_net(seed)
        network.learn([0.5] * len(network.inputs), [0.5] * len(network.outputs))
        assert files.to_json(from_onnx(to_onnx(network))) == files.to_json(network)


def test_a_sparse_generation_goes_link_by_link() -> None:
    rng = np.random.default_rng(0)
    edges = [(f"x{n % 200 + 1}", f"h{n}") for n in range(200)]
    edges += [(f"x{k + 1}", f"h{n}") for n in range(200) for k in rng.integers(0, 200, 3) if k != n]
    edges += [("bias", f"h{n}") for n in range(200)] + [(f"h{n}", "y") for n in range(200)]
    inputs = [f"x{n + 1}" for n in range(200)]
    network = lernpy.from_edges(
        list(dict.fromkeys(edges)), inputs, ["y"], activation="tanh", seed=0
    )
    content, vector = to_onnx(network), vector_of(network)
    kinds = [node.op_type for node in onnx.load_model_from_string(content).graph.node]
    assert "ScatterElements" in kinds
    assert check_onnx(content, vector) <= 1e-12


def bare(content: bytes, change: bool = False) -> bytes:
    """As somebody else would have written it."""
    model = onnx.load_model_from_string(content)
    if change:
        array = numpy_helper.to_array(model.graph.initializer[0]) * 2
        model.graph.initializer[0].CopyFrom(
            numpy_helper.from_array(array, model.graph.initializer[0].name)
        )
    else:
        del model.metadata_props[:]
    return model.SerializeToString()


def iris_net() -> lernpy.Network:
    network = lernpy.layered(
        [4, 5, 6, 3], ["relu", "tanh"], "softmax", loss="cross_entropy", seed=1
    )
    network.card = lernpy.Card.of(lernpy.data.load("iris"), scaling="standard")
    return network


def test_a_graph_of_others_is_read_by_its_nodes() -> None:
    network = iris_net()
    vector = vector_of(network)
    other = from_onnx(bare(to_onnx(network)))
    assert (len(other.links), other.loss.name) == (len(network.links), "cross_entropy")
    assert [n.activation.name for n in other.neurons.values()].count("relu") == 5
    np.testing.assert_allclose(other.predict(vector.inputs), vector.outputs, rtol=0, atol=1e-12)


def test_metadata_of_a_changed_graph_are_not_believed() -> None:
    network = lernpy.layered([2, 3, 1], seed=0)
    changed = bare(to_onnx(network), change=True)
    x = np.array([[0.3, -0.4]])
    assert abs(from_onnx(changed).predict(x) - network.predict(x)).max() > 1e-3
    assert check_onnx(changed, vector_of(from_onnx(changed))) <= 1e-12


def model(*nodes: onnx.NodeProto, width: int = 2, **constants: np.ndarray) -> bytes:
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size])
        for name, size in (("in", width), ("out", 1))
    ]
    held = [numpy_helper.from_array(np.asarray(v, np.float32), k) for k, v in constants.items()]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], held)
    return helper.make_model(graph).SerializeToString()


NODE = helper.make_node


def test_skips_and_products_with_a_bias_of_their_own() -> None:
    """MatMul, Add of numbers, Add of two tensors: out = tanh(in A + b) B + in C."""
    content = model(
        NODE("MatMul", ["in", "A"], ["u"]),
        NODE("Add", ["u", "b"], ["v"]),
        NODE("Tanh", ["v"], ["h"]),
        NODE("Gemm", ["h", "B"], ["w"], transB=1),
        NODE("MatMul", ["in", "C"], ["s"]),
        NODE("Add", ["w", "s"], ["out"]),
        A=[[1, 2], [3, 4]],
        b=[0.5, -0.5],
        B=[[2, -1]],
        C=[[1], [0.25]],
    )
    network = from_onnx(content)
    assert set(network.neurons) == {"x1", "x2", "h1", "h2", "y1", "bias"}
    x = np.array([[0.1, 0.2]])
    hidden = np.tanh(x @ [[1, 2], [3, 4]] + [0.5, -0.5])
    np.testing.assert_allclose(network.predict(x), hidden @ [[2], [-1]] + x @ [[1], [0.25]])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not a model", "m.onnx is no ONNX model"),
        (model(NODE("Conv", ["in", "W"], ["out"], "c"), W=np.ones((1, 2, 1))), "'c' is a Conv; lernpy"),
        (model(NODE("LeakyRelu", ["in"], ["out"], "l", alpha=0.3)), "its alpha is 0.3"),
        (model(NODE("MatMul", ["in", "A"], ["out"]), A=np.ones((3, 1))), "2 columns times an array of"),
        (model(NODE("Mul", ["in", "in"], ["out"], "square")), "'square' is a Mul; two tensors can only"),
        (model(NODE("Gelu", ["in"], ["out"], "g")), "approximate"),
    ],
)  # fmt: skip
def test_what_no_network_can_be_is_named(content: bytes, says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        from_onnx(content, "m.onnx")


def test_digits_from_scikit_learn_to_onnxruntime() -> None:
    """A perceptron of scikit-learn, trained on digits, one lesson stepped, and out: predictions to 1e-12."""
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from lernpy.interop.from_sklearn import from_sklearn

    X, y = load_digits(return_X_y=True)
    pipeline = make_pipeline(
        StandardScaler(), MLPClassifier((20,), max_iter=60, tol=1e-2, random_state=0)
    )
    pipeline.fit(X, y)
    network = from_sklearn(pipeline)
    np.testing.assert_allclose(
        answers_of(network, X[:50]), pipeline.predict_proba(X[:50]), atol=1e-12
    )
    sample, target = network.card.scaling.apply(X[:1])[0], np.eye(10)[y[0]]
    steps = list(lernpy.slow_motion(network, sample, target))
    assert "update" in steps[-1].line
    vector = vector_of(network)
    assert check_onnx(to_onnx(network, vector=vector), vector) <= 1e-12


def test_what_the_runtime_does_not_know_is_said(tmp_path: Path) -> None:
    @activations.activation("test_arctan")
    def arctan(m):  # type: ignore[no-untyped-def]
        return lambda z: np.arctan(z), lambda z, y: 1 / (1 + z * z)

    try:
        network = lernpy.layered([2, 2, 1], "test_arctan", seed=0)
        with pytest.raises(LernpyError, match="onnxruntime does not run this model"):
            export(network, tmp_path / "net.onnx", check=True)
        assert not list(tmp_path.iterdir())
    finally:
        activations.ACTIVATIONS.remove("test_arctan")
