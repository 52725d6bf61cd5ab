"""A network with every feature that a file keeps, and all that a file keeps of one."""

from __future__ import annotations

import numpy as np

import lernpy
from lernpy.data import Card, Dataset
from lernpy.network import Network
from lernpy.weight import Rule


def state(network: Network) -> object:
    """All that a file keeps, in the order in which it matters; floats by their bits."""
    places = {weight: place for place, weight in enumerate(network.weights)}
    return (
        [str(part) for part in network.order],
        [(name, n.activation.name) for name, n in network.neurons.items()],
        [places[link.weight] for link in network.links.values()],
        [(float(w.value).hex(), w.rule, w.memory) for w in network.weights],
        [[member.name for member in group.members] for group in network.groups],
        [[n.name for n in ends] for ends in (network.inputs, network.outputs)],
        (
            network.loss,
            network.optimizer,
            network._learning_rate,
            network.l1,
            network.l2,
            network.seed,
        ),
    )


def every_feature() -> Network:
    """Shared, frozen, slowed and bounded weights, a softmax group, options, memory, a card."""
    network = lernpy.from_edges(
        [
            ("x1", "h"),
            ("x2", "h"),
            ("bias", "h"),
            ("h", "a"),
            ("h", "b"),
            ("x1", "a"),
            ("a", "z"),
            ("h", "z"),
        ],
        ["x1", "x2"],
        ["b", "a", "z"],
        softmax=[["b", "a"]],
        activations={"h": "tanh"},
        optimizer=("adam", {"beta1": 0.8}),
        l1=0.001,
        l2=0.01,
        seed=4,
    )
    network.tie(("x1", "h"), ("x2", "h"))
    network.links["bias", "h"].weight.freeze()
    network.links["h", "b"].weight.rule = Rule(rate=0.5, low=-1.0)
    network.links["x1", "a"].weight.rule = Rule(high=2.0)
    network.learn([0.3, -1.0], [0.0, 1.0, 0.5])
    data = Dataset.of((np.array([[0.1, 2.0], [0.3, 5.0]]), np.array([[0, 1, 0.5], [1, 0, 0.5]])))
    network.card = Card.of(data, scaling="standard", training={"epochs": 20, "note": "é"})
    return network
