"""Networks with products in the page that learns: numbers, files, edits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from page_engine import in_node, learned, numbers, plan_for, random_network

import lernpy
from lernpy import files

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
COUNT = 30
RUN = """
for (const { file, inputs, targets, order, size } of given) {
  const engine = engineOf(networkIn(JSON.stringify(file)), {});
  const data = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  learn(engine, data, order, 0, order.length, size);
  print({ weights: bits(engine.values), text: textOf(fileOf(engine)) });
}
"""


def networks(maths: str) -> list[lernpy.Network]:
    """Some with products, softmax groups, tied and frozen weights; those that have such maths."""
    made = []
    for seed in range(COUNT):
        file = files.to_json(random_network(seed, products=True))
        try:
            made.append(files.from_json({**file, "maths": maths}))
        except lernpy.LernpyError:
            continue
    assert len(made) > COUNT / 2 and all(network.products for network in made)
    return made


@pytest.mark.parametrize("maths", ["fast", "portable"])
def test_the_page_learns_what_the_objects_learn(maths: str, tmp_path: Path) -> None:
    """20 updates; with portable maths every bit. What the page saves Python loads."""
    plans = [plan_for(network, seed) for seed, network in enumerate(networks(maths))]
    pages = in_node(RUN, [plan.as_json() for plan in plans], tmp_path, maths)
    for plan, page in zip(plans, pages, strict=True):
        told, weights = learned(plan), numbers(page["weights"])
        if maths == "portable":
            assert weights.tobytes() == np.array(told.weights).tobytes(), plan
        elif not told.is_faint:
            assert np.allclose(weights, told.weights, rtol=1e-9, atol=1e-9), plan
        loaded = files.from_json(json.loads(page["text"]))
        assert [weight.value for weight in loaded.weights] == weights.tolist()
        assert [product.factors for product in loaded.products] != []


GATE = {
    "edges": [("x1", "a"), ("x2", "b"), ("bias", "a"), ("p", "y")],
    "products": {"p": ["a", "b"]},
}


def gate() -> dict[str, object]:
    edges, products = GATE["edges"], GATE["products"]
    return files.to_json(lernpy.from_edges(edges, ["x1", "x2"], ["y"], products=products, seed=1))


def node(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "activation": "product", **more}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"products": {}}, 'it lacks the factors of "p"'),
        ({"products": {"p": []}}, 'it lacks the factors of "p"'),
        ({"products": {"p": ["a", "z"]}}, 'its "products" names "z", which is no neuron of it'),
        (
            {"products": {"p": ["a"], "a": ["b"]}},
            'its "products" name "a", which is none',
        ),
        (
            {"products": {"p": ["a", "y"]}},
            "the links form a loop (p -> y -> p); remove one of them",
        ),
        ({"version": 1}, 'this page knows no activation "product".'),
        ({"version": 3}, "it has version 3 of the format; this page reads 1 and 2"),
    ],
    ids=str,
)
def test_products_that_are_none_are_refused(
    change: dict[str, object], told: str, tmp_path: Path
) -> None:
    source = "print(refusal(() => networkIn(given)))"
    assert in_node(source, json.dumps({**gate(), **change}), tmp_path) == [told]


EDITS = """
const drawing = { random: generator(5), starts: {} };
print([
  refusal(() => removeNeuron(given, "a")),
  refusal(() => connect(given, "x1", "p", drawing)),
  removeNeuron(connect(given, "a", "y", drawing), "p").version,
  setActivation(given, ["p", "a"], "relu").nodes.map(({ activation }) => activation),
]);
"""


def test_a_factor_stays_and_a_product_hears_no_links(tmp_path: Path) -> None:
    refused, product, version, kinds = in_node(EDITS, gate(), tmp_path)[0]
    assert refused == "a is a factor of p; it stays"
    assert product == "p hears no links: it is a product"
    assert version == 1
    assert kinds.count("product") == 1 and kinds.count("relu") == 1
