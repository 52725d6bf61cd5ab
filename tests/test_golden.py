"""Golden numbers: worked examples that many courses use, and those of Lernmi."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy import build
from lernpy.group import Group
from lernpy.neuron import Neuron

XOR = [((0, 0), (0,)), ((1, 0), (1,)), ((0, 1), (1,)), ((1, 1), (0,))]
LERNMI = json.loads((Path(__file__).parent / "data_lernmi_xor.json").read_text())


def test_two_two_two():
    """One step of the worked example, to all of its nine digits."""
    network = build.two_two_two()

    loss = network.learn([0.05, 0.10], [0.01, 0.99])

    ends = [(u, v) for v in ("h1", "h2") for u in ("x1", "x2")]
    ends += [(u, v) for v in ("y1", "y2") for u in ("h1", "h2")]
    assert f"{loss:.9f}" == "0.298371109"
    assert [round(network.links[pair].weight.value, 9) for pair in ends] == [
        *(0.149780716, 0.199561432, 0.249751144, 0.299502287),
        *(0.358916480, 0.408666186, 0.511301270, 0.561370121),
    ]
    assert network.links["bias", "h2"].weight.value == 0.35  # frozen
    assert network.links["bias", "y1"].weight.value == 0.60


def test_the_old_weights_carry_the_blame():
    """0.149817639 would mean that h1 -> y1 had moved before it handed the blame to h1."""
    network = build.two_two_two()

    network.learn([0.05, 0.10], [0.01, 0.99])

    assert abs(network.links["x1", "h1"].weight.value - 0.149817639) > 1e-5
    assert network.links["h1", "y1"].blame == 0.40 * network.neurons["y1"].delta


def test_by_hand():
    """x -> h -> y and a bias: every number of one lesson on one sheet of paper."""
    network = build.by_hand()

    network.learn([1], [1])

    h, y = network.neurons["h"], network.neurons["y"]
    found = [h.total_input, h.output, y.output, y.delta, h.sensitivity, h.delta]
    assert [round(number, 4) for number in found] == [0.75, 0.6792, 0.3364, -0.1481, 0.1481, 0.0323]
    assert [round(w.value, 4) for w in network.weights] == [0.4968, 0.2468, -0.9899]


def softmax_of(*totals: float) -> list[Neuron]:
    neurons = [Neuron(f"y{place}") for place in range(len(totals))]
    group = Group(neurons)
    for neuron, total in zip(neurons, totals, strict=True):
        neuron.input(total)
    group.propagate()
    return neurons


def test_softmax():
    """34, 32, 25: the difference counts, not the size."""
    neurons = softmax_of(34.0, 32.0, 25.0)

    assert [f"{neuron.output:.4f}" for neuron in neurons] == ["0.8807", "0.1192", "0.0001"]


def test_softmax_with_squared_error():
    """The middle one was right: the summed squares are 1.5515, our loss is half of it."""
    network = lernpy.from_edges(
        [("x", "a", 34.0), ("x", "b", 32.0), ("x", "c", 25.0)],
        ["x"],
        ["a", "b", "c"],
        output_activation="softmax",
    )

    loss = network.learn([1], [0, 1, 0])

    assert f"{2 * loss:.4f}" == "1.5515"
    assert f"{loss:.4f}" == "0.7757"


def test_the_digits_net_has_11935_weights():
    network = lernpy.layered([784, 15, 10], seed=0)

    assert len(network.weights) == len(network.links) == 11_935 == 785 * 15 + 16 * 10


def lernmi_weights(network: lernpy.Network) -> list[list[float]]:
    """Per pair of layers: for each input-side neuron, bias first, for each output-side neuron."""
    sides = [(["bias1", "x1", "x2"], ["h1", "h2", "h3"]), (["bias2", "h1", "h2", "h3"], ["y1"])]
    return [
        [network.links[source, target].weight.value for source in sources for target in targets]
        for sources, targets in sides
    ]


@pytest.mark.parametrize(
    ("passes", "key"), [(0, "start"), (1, "after_1_pass"), (1_000, "after_1000_passes")]
)
def test_lernmi(passes: int, key: str):
    """The preset learns XOR to the same numbers as Lernmi itself."""
    network = build.lernmi([2, 3, 1])

    for _ in range(passes):
        for inputs, targets in XOR:
            network.learn(inputs, targets)

    for found, golden in zip(lernmi_weights(network), LERNMI[key], strict=True):
        np.testing.assert_allclose(found, golden, rtol=0, atol=1e-12)


def test_the_golden_file_is_the_shared_one(shared: Path):
    assert json.loads((shared / "data" / "lernmi_xor.json").read_text()) == LERNMI


def test_without_bends_a_net_is_one_matrix():
    """Three layers of identity neurons say no more than the product of their matrices."""
    network = lernpy.layered([3, 5, 4, 2], "identity", "identity", bias=False, seed=1)
    matrices = [
        np.array([[network.links[u, v].weight.value for v in right] for u in left])
        for left, right in (
            (["x1", "x2", "x3"], [f"h1_{i}" for i in range(1, 6)]),
            ([f"h1_{i}" for i in range(1, 6)], [f"h2_{i}" for i in range(1, 5)]),
            ([f"h2_{i}" for i in range(1, 5)], ["y1", "y2"]),
        )
    ]
    inputs = np.random.default_rng(0).normal(size=(7, 3))

    outputs = network.predict(inputs)

    one = matrices[0] @ matrices[1] @ matrices[2]
    np.testing.assert_allclose(outputs, inputs @ one, rtol=0, atol=1e-13)


def test_one_neuron_finds_the_least_squares_line():
    """Identity and squared error: gradient descent ends where the normal equations do."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 20)
    y = 3.0 * x - 1.0 + rng.normal(0, 0.3, 20)
    network = lernpy.layered([1, 1], output_activation="identity", learning_rate=0.5, seed=0)

    for _ in range(400):
        network.learn_batch(x[:, None], y[:, None])

    slope, intercept = np.polyfit(x, y, 1)
    assert network.links["x1", "y1"].weight.value == pytest.approx(slope, abs=1e-12)
    assert network.links["bias", "y1"].weight.value == pytest.approx(intercept, abs=1e-12)
