"""Lessons that the tests of the player play: XOR, two-two-two, skip links with a softmax group, digits."""

from __future__ import annotations

from functools import cache
from typing import Any

import lernpy
from lernpy import data
from lernpy.watch import Trace, slow_motion

XOR = ([[0, 1], [1, 1], [1, 0], [0, 0]], [[1], [0], [1], [0]])


@cache
def xor(times: int = 3, optimizer: str = "sgd") -> dict[str, Any]:
    network = lernpy.layered(
        [2, 3, 1], activation="tanh", seed=1, learning_rate=0.5, optimizer=optimizer
    )
    lesson = slow_motion(network, *XOR, epochs=times)
    trace = Trace.record(lesson, title="XOR")
    trace.script = [
        {"at": 0, "say": "Ask: which way will y1 go?"},
        {"at": 20, "say": "Now blame turns up."},
    ]
    return trace.to_json()


@cache
def two_two_two() -> dict[str, Any]:
    lesson = slow_motion(lernpy.build.two_two_two(), [0.05, 0.10], [0.01, 0.99])
    return Trace.record(lesson, title="Two, two, two").to_json()


@cache
def skips() -> dict[str, Any]:
    """Links across generations, five activations, two softmax neurons that feed on, cross-entropy."""
    edges = [
        *(("x1", "a"), ("x2", "a"), ("bias", "a"), ("x1", "b"), ("a", "b"), ("a", "c")),
        *(("b", "c"), ("bias", "c"), ("x2", "y1"), ("c", "y1"), ("c", "y2"), ("b", "y2")),
        *(("c", "y3"), ("x1", "y3")),
    ]
    network = lernpy.from_edges(
        edges,
        ["x1", "x2"],
        ["y1", "y2", "y3"],
        activations={"a": "leaky_relu", "b": "gelu", "c": "softplus"},
        output_activation="softmax",
        loss="cross_entropy",
        l2=0.01,
        learning_rate=0.2,
        seed=3,
    )
    rows = [[0.5, -0.8], [1.0, 0.3], [-0.4, 0.9]]
    lesson = slow_motion(network, rows, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    return Trace.record(lesson, title="Skip links").to_json()


@cache
def digits() -> dict[str, Any]:
    samples = data.load("digits")
    network = lernpy.layered(
        [64, 16, 10],
        activation="tanh",
        output_activation="softmax",
        loss="cross_entropy",
        learning_rate=0.1,
        seed=0,
    )
    rows = samples.inputs[:4] / samples.maximum
    trace = Trace.record(slow_motion(network, rows, samples.targets[:4]), title="Digits")
    trace.image = samples.image
    return trace.to_json()


@cache
def many_links() -> dict[str, Any]:
    """784-15-10, one image."""
    network = lernpy.layered(
        [784, 15, 10], output_activation="softmax", loss="cross_entropy", seed=0
    )
    image = [(i % 28 + i // 28) / 54 for i in range(784)]
    trace = Trace.record(slow_motion(network, image, [1.0] + [0.0] * 9), title="784-15-10")
    trace.image = (28, 28)
    return trace.to_json()


@cache
def iris() -> dict[str, Any]:
    """Three flowers, one of each kind, in a net that has had twenty epochs."""
    flowers = data.load("iris")
    network = lernpy.layered([4, 5, 3], output_activation="softmax", loss="cross_entropy", seed=0)
    lernpy.train(network, flowers, 20, scale="standard", learning_rate=0.1)
    assert network.card is not None
    inputs, targets = network.card.prepare(flowers)
    return Trace.record(slow_motion(network, inputs[::50], targets[::50]), title="Iris").to_json()


@cache
def six_layers() -> dict[str, Any]:
    network = lernpy.layered([2, 4, 4, 4, 4, 4, 4, 1], activation="sigmoid", seed=1)
    return Trace.record(slow_motion(network, [0.3, -0.5], [1]), title="Six layers").to_json()


PAGES = {"xor": xor, "two-two-two": two_two_two, "skips": skips, "digits": digits}
MEASURED = {**PAGES, "iris": iris, "six layers": six_layers}
