"""Networks with products as files: version 2, and only these."""

import networkx as nx
import pytest

import lernpy
from lernpy import files
from lernpy.errors import LernpyError


@pytest.mark.parametrize("seed", range(8))
def test_a_product_comes_back(seed, tmp_path):
    network = lernpy.build.random_dag(seed, products=True)
    lernpy.save(network, tmp_path / "net.json")
    again = lernpy.load(tmp_path / "net.json")
    inputs = [[0.5] * len(network.inputs)]
    assert again.predict(inputs).tolist() == network.predict(inputs).tolist()
    assert [repr(product) for product in again.products] == [repr(p) for p in network.products]


@pytest.mark.parametrize("seed", range(4))
def test_and_from_networkx(seed, tmp_path):
    network = lernpy.build.random_dag(seed, products=True)
    nx.write_graphml(lernpy.to_networkx(network), tmp_path / "net.graphml")
    again = lernpy.from_networkx(nx.read_graphml(tmp_path / "net.graphml"))
    inputs = [[0.5] * len(network.inputs)]
    assert again.predict(inputs) == pytest.approx(network.predict(inputs), rel=1e-12)


def test_the_version_is_2_where_a_product_is_and_1_elsewhere():
    assert files.to_json(lernpy.build.by_hand())["version"] == 1
    values = files.to_json(lernpy.build.random_dag(1, products=True))
    assert values["version"] == 2 and values["products"]


def values():
    network = lernpy.from_edges([("x", "a"), ("x", "b")], ["x"], ["y"], products={"y": ["a", "b"]})
    return files.to_json(network)


BROKEN = {
    "no list": (lambda v: v.pop("products"), "no activation is called 'product'"),
    "of nothing": (lambda v: v["products"].update(y=[]), "products.y is an empty list"),
    "of nobody": (lambda v: v["products"].update(y=["c"]), "no neuron is called that"),
    "of a sum": (lambda v: v["products"].update(a=["x"]), "no neuron of that name is a product"),
    "left out": (lambda v: v["products"].clear(), "lacks the factors of 'y'"),
    "in version 1": (lambda v: v.update(version=1), "has 'products', which is unknown"),
    "of the future": (lambda v: v.update(version=3), "reads version 1 and 2"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named(name):
    change, words = BROKEN[name]
    broken = values()
    change(broken)
    with pytest.raises(LernpyError) as refused:
        files.from_json(broken, "net.json")
    assert words in str(refused.value)
