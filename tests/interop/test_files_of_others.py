"""safetensors, Keras, scikit-learn, skops and graphs, in and out; and what is refused, by name."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from leaving import SOME, random_net

import lernpy
from lernpy import files
from lernpy.cli import main
from lernpy.errors import FileFormatError, LernpyError
from lernpy.interop.exporting import FORMATS, export
from lernpy.interop.from_keras import from_keras
from lernpy.interop.from_sklearn import from_sklearn
from lernpy.interop.importing import import_network
from lernpy.interop.safetensors import from_safetensors, tensors, to_safetensors
from lernpy.interop.vector import answers_of, vector_of
from lernpy.network import Network

# ---- safetensors --------------------------------------------------------------------------------


def test_safetensors_there_and_back() -> None:
    for seed in SOME:
        network = random_net(seed)
        assert files.to_json(from_safetensors(to_safetensors(network))) == files.to_json(network)
    network = lernpy.layered([3, 4, 2], seed=0, bias=False)
    assert files.to_json(from_safetensors(to_safetensors(network))) == files.to_json(network)


def test_edited_tensors_are_believed() -> None:
    network = lernpy.layered([2, 1], seed=0)
    content = to_safetensors(network)
    value = np.float64(network.links["x1", "y1"].weight.value).tobytes()
    changed = from_safetensors(content.replace(value, np.float64(0.75).tobytes()))
    assert changed.links["x1", "y1"].weight.value == 0.75


def header(**tensors: object) -> bytes:
    text = json.dumps(tensors).encode()
    return len(text).to_bytes(8, "little") + text + b"\0" * 16


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no safetensors file"),
        (b"\xff" * 40, "no safetensors file"),
        (header(a={"dtype": "I64", "shape": [2], "data_offsets": [0, 16]}), "a.dtype is 'I64'"),
        (header(a={"dtype": "F64", "shape": [3], "data_offsets": [0, 16]}), "room for 3 numbers"),
        (
            header(a={"dtype": "F64", "shape": [2], "data_offsets": [8, 99]}),
            "data_offsets is a list of 2",
        ),
        (
            header(a={"dtype": "F64", "shape": [-1, -2], "data_offsets": [0, 16]}),
            "shape is a list of 2",
        ),
        (
            header(a={"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}),
            "has 'a'; lernpy reads a stack",
        ),
    ],
)
def test_broken_safetensors_are_named(content: bytes, says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        from_safetensors(content, "m")


# ---- Keras --------------------------------------------------------------------------------------


def keras_file(layers: list[dict], arrays: dict[str, np.ndarray]) -> bytes:
    """As Keras 3 writes it."""
    h5py = pytest.importorskip("h5py")
    weights, archive = io.BytesIO(), io.BytesIO()
    with h5py.File(weights, "w") as file:
        for path, array in arrays.items():
            file[path] = array
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("metadata.json", '{"keras_version": "3.9.0"}')
        made.writestr(
            "config.json", json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
        )
        made.writestr("model.weights.h5", weights.getvalue())
    return archive.getvalue()


def dense(name: str, activation: str, **more: object) -> dict:
    return {"class_name": "Dense", "config": {"name": name, "activation": activation, **more}}


ARRAYS = {
    "layers/dense/vars/0": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32),
    "layers/dense/vars/1": np.array([0.5, -0.5, 0.25], np.float32),
    "layers/dense_1/vars/0": np.array([[1.0], [0.5], [-1.0]], np.float32),
}


def test_a_keras_stack_comes_in(tmp_path: Path) -> None:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "in"}},
        dense("first", "linear"),
        {"class_name": "Activation", "config": {"name": "act", "activation": "tanh"}},
        dense("last", "sigmoid"),
    ]
    path = tmp_path / "m.keras"
    path.write_bytes(keras_file(layers, ARRAYS))
    network = import_network(path)
    x = np.array([[0.1, -0.2]])
    hidden = np.tanh(x @ ARRAYS["layers/dense/vars/0"] + ARRAYS["layers/dense/vars/1"])
    total = hidden @ ARRAYS["layers/dense_1/vars/0"]
    np.testing.assert_allclose(network.predict(x), 1 / (1 + np.exp(-total)), atol=1e-12)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        (
            [
                dense("a", "relu"),
                {"class_name": "Dropout", "config": {"name": "drop"}},
                {"class_name": "BatchNormalization", "config": {"name": "norm"}},
            ],
            r"drop \(Dropout\), norm \(BatchNormalization\); Dropout: it does nothing .* fold",
        ),
        ([{"class_name": "Conv2D", "config": {"name": "c"}}], r"c \(Conv2D\)"),
        ([dense("a", "gelu")], "the activation of a is 'gelu'"),
        ([dense("a", "softmax"), dense("b", "relu")], "a softmax inside"),
        ([], "no Dense layer"),
    ],
)
def test_layers_that_lernpy_has_not_are_all_named(layers: list[dict], says: str) -> None:
    with pytest.raises(FileFormatError, match=says):
        from_keras(keras_file(layers, ARRAYS), "m.keras")


def test_a_keras_file_that_is_none() -> None:
    with pytest.raises(FileFormatError, match=r"m is no \.keras file"):
        from_keras(b"no zip", "m")
    with pytest.raises(FileFormatError, match=r"weights of far are not where Keras 3 puts them"):
        from_keras(keras_file([dense("far", "relu")], {"elsewhere": np.zeros(2)}), "m")


@pytest.mark.profile
@pytest.mark.filterwarnings("ignore")  # Keras and NumPy have words with each other
def test_a_real_keras_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(5), keras.layers.ReLU(),
         keras.layers.Dense(2, "softmax")]
    )  # fmt: skip
    path = tmp_path / "m.keras"
    model.save(path)
    x = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(
        import_network(path).predict(x), np.array(model(x).detach()), atol=1e-6
    )


# ---- scikit-learn -------------------------------------------------------------------------------


def iris() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("scaler", [None, "StandardScaler", "MinMaxScaler"])
@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "identity"])
def test_perceptrons_come_in(scaler: str | None, activation: str, tmp_path: Path) -> None:
    from sklearn import preprocessing
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from skops.io import dump

    X, y = iris()
    steps = [getattr(preprocessing, scaler)()] if scaler else []
    for mlp, target in ((MLPClassifier, y), (MLPRegressor, X[:, 2:]), (MLPClassifier, y > 0)):
        how = {"hidden_layer_sizes": (5, 4), "activation": activation, "max_iter": 20}
        model = make_pipeline(*steps, mlp(random_state=0, **how))
        model.fit(X, target)
        dump(model, tmp_path / "m.skops")
        network = import_network(tmp_path / "m.skops")
        theirs = getattr(model, "predict" if mlp is MLPRegressor else "predict_proba")(X)
        theirs = theirs[:, -len(network.outputs) :]
        np.testing.assert_allclose(answers_of(network, X), theirs, atol=1e-12)
        if mlp is MLPClassifier:
            assert lernpy.predict(network, X[:9]).answers == [str(c) for c in model.predict(X[:9])]


def test_other_estimators_are_refused_by_name() -> None:
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline

    with pytest.raises(LernpyError, match="LinearRegression is no multilayer perceptron"):
        from_sklearn(LinearRegression())
    with pytest.raises(LernpyError, match="MLPRegressor is not fitted"):
        from_sklearn(MLPRegressor())
    X, y = iris()
    model = make_pipeline(PCA(2), MLPRegressor(hidden_layer_sizes=(2,), max_iter=500, tol=1.0)).fit(
        X, y
    )
    with pytest.raises(LernpyError, match="before the perceptron, not PCA"):
        from_sklearn(model)


def test_what_skops_does_not_trust_is_refused(tmp_path: Path) -> None:
    from skops.io import dump

    dump(nx.DiGraph(), tmp_path / "m.skops")
    with pytest.raises(LernpyError, match=r"networkx\.\S+, which is not scikit-learn's"):
        import_network(tmp_path / "m.skops")
    (tmp_path / "n.skops").write_bytes(b"nothing")
    with pytest.raises(LernpyError, match="could not be read as a skops file"):
        import_network(tmp_path / "n.skops")


class Trap:
    """A pickle that would make a folder when it is opened."""

    def __reduce__(self):
        return os.mkdir, ("sprung",)


@pytest.mark.parametrize("ending", [".pt", ".pth", ".ckpt", ".pkl", ".joblib"])
def test_a_pickle_is_refused_unread(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(f"m{ending}").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(FileFormatError, match="is a pickle, which can run anything"):
        import_network(f"m{ending}")
    assert not Path("sprung").exists()


# ---- graphs -------------------------------------------------------------------------------------


def equal(one: Network, other: Network) -> bool:
    """But for the optimiser's memory and the card, which a graph does not carry."""
    facts = [files.to_json(network) for network in (one, other)]
    for values in facts:
        values.pop("seed"), values.pop("card")
        values["nodes"].sort(key=lambda node: node["id"])
    return facts[0] == facts[1]


def test_graphml_there_and_back(tmp_path: Path) -> None:
    for seed in SOME:
        network = random_net(seed)
        network.learning_rate = network.learning_rate
        export(network, tmp_path / "net.graphml", check=True)
        assert equal(import_network(tmp_path / "net.graphml"), network), seed


def test_other_graph_files_come_in(tmp_path: Path) -> None:
    network = lernpy.build.two_two_two()
    graph = lernpy.to_networkx(network)
    nx.write_gexf(graph, tmp_path / "g.gexf")
    (tmp_path / "g.json").write_text(json.dumps(nx.node_link_data(graph, edges="links")))
    (tmp_path / "h.json").write_text(json.dumps(nx.node_link_data(graph, edges="edges")))
    x = [[0.05, 0.1]]
    for name in ("g.gexf", "g.json", "h.json"):
        assert import_network(tmp_path / name).predict(x).tolist() == network.predict(x).tolist(), (
            name
        )
    nx.write_weighted_edgelist(graph, tmp_path / "g.edges")
    biases = [name for name, node in graph.nodes.items() if node["activation"] == "one"]
    again = import_network(tmp_path / "g.edges", inputs=["x1", "x2", *biases], outputs=["y1", "y2"])
    np.testing.assert_allclose(
        again.predict([[0.05, 0.1, *[1.0] * len(biases)]]), network.predict(x)
    )
    lernpy.save(network, tmp_path / "n.json")
    assert equal(import_network(tmp_path / "n.json"), network)


@pytest.mark.parametrize("ending", ["graphml", "gexf", "json"])
@pytest.mark.parametrize("seed", SOME)
def test_what_a_graph_file_does_not_tell_is_named(
    seed: int, ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What differs from the network is named, with what stands there now; all else is equal."""
    network, path, out = random_net(seed), tmp_path / f"g.{ending}", tmp_path / "n.json"
    network.optimizer, network.l2 = "adam", 0.125
    graph = lernpy.to_networkx(network)
    if ending == "json":
        path.write_text(json.dumps(nx.node_link_data(graph, edges="links")))
    else:
        getattr(nx, f"write_{ending}")(graph, path)
    assert main(["import", str(path), "-o", str(out)]) == 0
    printed, made = capsys.readouterr().out, lernpy.load(out)
    assert ("does not tell is as usual" in printed) == (ending == "gexf")
    if ending == "gexf":
        assert "loss squared_error, optimizer sgd, learning_rate 0.1, l1 0, l2 0" in printed
        for setting in ("loss", "optimizer", "l1", "l2"):
            setattr(made, setting, getattr(network, setting))
    made.learning_rate = network.learning_rate = 0.5
    assert equal(made, network)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("g.edges", "a h\nh y\nb h", r"does not say which nodes are inputs; say --inputs a,b,"),
        ("g.edges", "a b c d", "g.edges, line 1: 'a b c d' is no link"),
        ("g.edges", "a b c", "line 1: 'c' is no weight"),
        ("g.graphml", '<!DOCTYPE x [<!ENTITY a "b">]><graphml/>', "defines entities of its own"),
        ("g.graphml", "<graphml", "is no such graph"),
        ("g.json", '{"nodes": 3}', "is no node-link graph"),
        ("g.json", "{", "no JSON"),
        ("g.foo", "", r"lernpy imports files that end in \.onnx"),
    ],
)
def test_broken_graphs_are_named(name: str, content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(LernpyError, match=says):
        import_network(tmp_path / name)


# ---- the commands -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("net") / "net.json"
    network = lernpy.layered([4, 4, 3], "tanh", "softmax", loss="cross_entropy", seed=0)
    lernpy.train(network, lernpy.data.load("iris"), 3, seed=0, scale="standard", optimizer="adam")
    lernpy.save(network, path)
    return path


def test_every_ending_is_written(net: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("torch")
    for ending, form in FORMATS.items():
        check = ["--check"] if form.check else []
        assert main(["export", str(net), "-o", str(tmp_path / f"out{ending}"), *check]) == 0, ending
        said = capsys.readouterr().out
        assert ("checked: the largest difference is" in said) == bool(check)
        assert ("left behind" in said) == (form.carries < FORMATS[".onnx"].carries - {"words"}), (
            said
        )
        assert (tmp_path / f"out{ending}").stat().st_size > 100
    mermaid = (tmp_path / "out.mmd").read_text()
    assert mermaid.startswith("flowchart LR") and mermaid.count("-->") == 35
    elements = json.loads((tmp_path / "out.cyjs").read_text())["elements"]
    assert len(elements["nodes"]) == 12 and len(elements["edges"]) == 35


@pytest.mark.parametrize("ending", [".onnx", ".safetensors"])
def test_what_carries_all_comes_back_byte_by_byte(ending: str, net: Path, tmp_path: Path) -> None:
    there, back = tmp_path / f"net{ending}", tmp_path / "back.json"
    assert main(["export", str(net), "-o", str(there)]) == 0
    assert main(["import", str(there), "-o", str(back)]) == 0
    assert back.read_bytes() == net.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["-o", "x.foo"], 2, "lernpy writes files that end in .onnx"),
        (["-o", "x.onnx", "--no-learn"], 1, "--no-learn is for .py, .js and .h, not for .onnx"),
        (
            ["-o", "x.js", "--float32"],
            1,
            "--float32 is for .onnx, .h and .safetensors, not for .js",
        ),
        (["-o", "x.dot", "--check"], 1, ".dot is a drawing, which nothing can run"),
        (["-o", "no/such/x.h"], 1, "the folder"),
    ],
)
def test_wrong_exports(
    arguments: list, status: int, says: str, net: Path, tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        assert main(["export", str(net), *arguments]) == status
    except SystemExit as stopped:
        assert stopped.code == status
    assert says in capsys.readouterr().err
    assert not list(tmp_path.glob("x.*"))


def test_a_vector_is_of_the_datas_size(net: Path) -> None:
    network = lernpy.load(net)
    vector = vector_of(network)
    assert vector.inputs[:, 0].min() > 4 and (vector.outputs.sum(axis=1) - 1 < 1e-12).all()
    assert tensors(to_safetensors(network))[1]["lernpy.vector"]
