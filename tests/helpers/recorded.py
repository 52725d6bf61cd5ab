"""Random networks with samples, and all the numbers of a network, for the tests of traces."""

from __future__ import annotations

from typing import Any

import numpy as np
from strategies import squash_outputs

import lernpy
from lernpy import Network

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "rprop")
LOSSES = ("squared_error", "mean_squared_error", "huber", "cross_entropy", "mean_absolute_error")


def some_network(seed: int) -> Network:
    """Any wiring, optimiser, loss and penalty, by seed; the outputs suit the loss."""
    network = lernpy.build.random_dag(
        seed,
        optimizer=OPTIMIZERS[seed % len(OPTIMIZERS)],
        loss=LOSSES[seed // 2 % len(LOSSES)],
        l1=(0.0, 0.01)[seed % 3 == 0],
        l2=(0.0, 0.1)[seed % 4 == 0],
        products=seed % 3 == 1,
        activations=("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "step", "identity"),
    )
    if network.loss.of_shares:
        squash_outputs(network)
    return network


def some_samples(network: Network, seed: int, count: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(count, len(network.inputs))),
        rng.uniform(0, 1, size=(count, len(network.outputs))),
    )


def every_number(network: Network) -> dict[str, Any]:
    """Whatever can move in a network; compares exactly, NaN included."""
    return {
        "neurons": [
            repr((n.name, n.total_input, n.output, n.sensitivity, n.delta))
            for n in network.neurons.values()
        ],
        "links": [repr((link.signal, link.blame)) for link in network.links.values()],
        "log_sums": [repr(group.log_sum) for group in network.groups],
        "weights": [repr((w.value, w.sensitivity, w.memory, w.rule)) for w in network.weights],
        "settings": repr(
            (
                network.samples,
                network.learning_rate,
                network.optimizer,
                network.loss,
                network.l1,
                network.l2,
            )
        ),
    }
