"""An operator of others stands for an entry of ours only where both compute the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

import lernpy
from lernpy import activations, files
from lernpy.__main__ import main
from lernpy.errors import LernpyError
from lernpy.functions import softmax
from lernpy.functions.activations import ACTIVATIONS, Activation
from lernpy.group import Group
from lernpy.interop import operators, to_torch
from lernpy.interop.exporting import export
from lernpy.interop.from_onnx import ACTIVATIONS as READ
from lernpy.interop.from_onnx import from_onnx
from lernpy.interop.operators import FINGERPRINTS, fingerprint_of, is_usual
from lernpy.interop.to_onnx import WHOLE, check_onnx, to_onnx
from lernpy.interop.vector import vector_of

torch = pytest.importorskip("torch")
SHARING = [0.5, -1.0]  # the other two of three that share one whole


@pytest.fixture(params=sorted(FINGERPRINTS))
def changed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An entry of the table that computes something else than its name says: 0.8 of it and 0.1."""
    name = request.param
    if name == "softmax":
        usual, propagate = softmax._shares, Group.propagate

        def halved(group: Group) -> None:
            for member in group.members:
                member.total_input *= 0.5
            propagate(group)

        monkeypatch.setattr(softmax, "_shares", lambda m, z: usual(m, 0.5 * z))
        monkeypatch.setattr(Group, "propagate", halved)
    else:
        usual = ACTIVATIONS[name].factory

        def other(m: Any) -> Any:
            value, slope = usual(m)
            return lambda z: 0.8 * value(z) + 0.1, lambda z, y: 0.8 * slope(z, (y - 0.1) / 0.8)

        monkeypatch.setitem(ACTIVATIONS._entries, name, Activation(name, other))
    yield name


def network(name: str) -> lernpy.Network:
    if name == "softmax":
        return lernpy.layered([2, 3, 3], "tanh", "softmax", loss="cross_entropy", seed=0)
    return lernpy.layered([2, 3, 1], name, "identity" if name != "identity" else "tanh", seed=0)


def by_onnx(kind: str) -> Callable[[float], float]:
    """One node of ONNX as a function of a number."""
    ends = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, ["n", "k"]) for n in "xy"]
    graph = helper.make_graph([helper.make_node(kind, ["x"], ["y"])], "g", ends[:1], ends[1:])
    node = ReferenceEvaluator(helper.make_model(graph))
    others = SHARING if kind == "Softmax" else []

    def run(z: float) -> float:
        with np.errstate(all="ignore"):
            return float(node.run(None, {"x": np.array([[z, *others]])})[0][0, 0])

    return run


def by_torch(text: str) -> Callable[[float], float]:
    others = SHARING if "softmax" in text else []
    known = {"torch": torch, "F": torch.nn.functional}

    def run(z: float) -> float:
        x = torch.tensor([[z, *others]], dtype=torch.float64)
        return float(eval(text.format("x"), {**known, "x": x})[0, 0])

    return run


@pytest.mark.parametrize("name", [*WHOLE, "softmax"])
def test_what_a_node_of_onnx_computes_has_the_fingerprint_of_its_name(name: str) -> None:
    assert fingerprint_of(by_onnx(WHOLE.get(name, "Softmax"))) == pytest.approx(
        FINGERPRINTS[name], rel=1e-12
    )


@pytest.mark.parametrize("name", sorted(to_torch.OWN))
def test_what_torch_computes_has_the_fingerprint_of_its_name(name: str) -> None:
    assert fingerprint_of(by_torch(to_torch.OWN[name])) == pytest.approx(
        FINGERPRINTS[name], rel=1e-12
    )


def test_our_entries_are_the_usual_ones() -> None:
    assert all(is_usual(ACTIVATIONS[name]) for name in FINGERPRINTS if name != "softmax")
    assert set(to_torch.OWN) == set(FINGERPRINTS) and set(WHOLE) < set(FINGERPRINTS)


def test_no_two_names_have_one_fingerprint() -> None:
    assert len({round(value, 6) for value in FINGERPRINTS.values()}) == len(FINGERPRINTS)


@pytest.mark.parametrize("change", ["a trifle", "one point", "far away"])
@pytest.mark.parametrize("name", sorted(set(FINGERPRINTS) - {"softmax"}))
def test_a_small_change_is_seen(name: str, change: str) -> None:
    usual = ACTIVATIONS[name].value
    other = {
        "a trifle": lambda z: usual(z) + 1e-7,
        "one point": lambda z: 0.25 if z == 0 else usual(z),
        "far away": lambda z: usual(z) if z < 500 else usual(z) + 1e-3,
    }[change]
    assert not is_usual(Activation(name, lambda m: (other, lambda z, y: 1.0)))


def test_onnx_follows_the_table(changed: str) -> None:
    net = network(changed)
    content, vector = to_onnx(net), vector_of(net)
    assert check_onnx(content, vector) <= 1e-12


def test_torch_follows_the_table(changed: str) -> None:
    space: dict[str, Any] = {"__name__": "exported"}
    exec(to_torch.to_torch(network(changed)), space)
    assert space["test"]() <= 1e-12


@pytest.mark.parametrize("kind", sorted(set(READ) - {"Identity"}))
def test_a_node_of_others_is_not_read_as_an_entry_that_differs(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, ["n", 1]) for n in "xy"]
    graph = helper.make_graph([helper.make_node(kind, ["x"], ["y"])], "g", ends[:1], ends[1:])
    content = helper.make_model(graph).SerializeToString()
    assert from_onnx(content).predict([[0.3]])[0, 0] == pytest.approx(by_onnx(kind)(0.3))
    name = READ[kind]
    other = Activation(name, lambda m: (lambda z: 0.5 * z + 0.1, lambda z, y: 0.5))
    monkeypatch.setitem(ACTIVATIONS._entries, name, other)
    with pytest.raises(LernpyError, match=f"the activation '{name}' in the table is not what"):
        from_onnx(content)


def save(net: lernpy.Network, folder: Path) -> None:
    files.save(net, folder / "net.json")


WRITERS: dict[str, Callable[[lernpy.Network, Path], object]] = {
    "save": save,
    "onnx": lambda net, folder: export(net, folder / "net.onnx"),
    "graphml": lambda net, folder: export(net, folder / "net.graphml"),
    "torch": lambda net, folder: export(net, folder / "net.pt.py"),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(
    ("name", "says"), [("sigmoid", "is not what its table has"), ("own", "is in no table")]
)
def test_a_private_entry_is_refused_by_all(
    write: Callable[..., object], name: str, says: str, tmp_path: Path
) -> None:
    """A file could not name it, and what reads it would take it for another."""
    net = lernpy.layered([2, 3, 1], seed=0)
    factory = activations.get("softplus").factory
    net.neurons["h1"].activation = Activation(name, factory)
    with pytest.raises(LernpyError, match=f"the activation '{name}' {says}"):
        write(net, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_check_fails_where_the_difference_is_no_rounding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fingerprint of a tanh that is another is forged, so that the node stands for it."""
    usual = ACTIVATIONS["tanh"].factory
    other = Activation("tanh", lambda m: (lambda z: usual(m)[0](0.9 * z), usual(m)[1]))
    monkeypatch.setitem(ACTIVATIONS._entries, "tanh", other)
    monkeypatch.setitem(operators.FINGERPRINTS, "tanh", fingerprint_of(other.value))
    files.save(lernpy.layered([2, 3, 1], "tanh", seed=0), tmp_path / "net.json")
    for ending in ("onnx", "pt.py"):
        output = tmp_path / f"net.{ending}"
        status = main(["export", str(tmp_path / "net.json"), "-o", str(output), "--check"])
        assert status == 1 and not output.exists()
        assert "is not written: it would not say what the network says" in capsys.readouterr().err


@pytest.mark.parametrize("single", [False, True])
def test_a_check_passes_where_it_is_rounding(tmp_path: Path, single: bool) -> None:
    net = lernpy.layered([4, 30, 30, 30, 3], "gelu", "softmax", loss="cross_entropy", seed=0)
    made = export(net, tmp_path / "net.onnx", check=True, single=single)
    assert made.difference is not None and made.difference < 1e-5
