"""Hypothesis strategies: random networks of every kind, and samples that suit them.

@given(cases())
def test_a_law(case):
    network, inputs, targets = case
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from lernpy import build
from lernpy.functions import activations, losses, optimizers
from lernpy.network import Network

KINKED = ("relu", "leaky_relu", "step")
ACTIVATIONS = tuple(name for name in activations.ACTIVATIONS if name != "one")
LOSSES = tuple(losses.LOSSES)
OPTIMIZERS = tuple(optimizers.OPTIMIZERS)
OF_SHARES = ("binary_cross_entropy", "cross_entropy")  # defined for outputs between 0 and 1

Case = tuple[Network, np.ndarray, np.ndarray]


@st.composite
def networks(
    draw: st.DrawFn,
    activations: Sequence[str] = ACTIVATIONS,
    losses: Sequence[str] = LOSSES,
    optimizers: Sequence[str] = ("sgd",),
    softmax: bool | None = None,
    tied: bool = True,
    frozen: bool = True,
    penalty: bool = True,
) -> Network:
    """Any wiring: biases, several outputs, outputs that feed onward, softmax groups, shared and
    frozen weights, rates and bounds; the outputs suit the loss. Shrinks to small networks."""
    loss = draw(st.sampled_from(losses))
    network = build.random_dag(
        draw(st.integers(0, 2**20)),
        inputs=draw(st.integers(1, 4)),
        hidden=draw(st.integers(0, 7)),
        outputs=draw(st.integers(1, 3)),
        activations=tuple(draw(st.lists(st.sampled_from(activations), min_size=1, max_size=4))),
        softmax=draw(st.booleans()) if softmax is None else softmax,
        products=draw(st.booleans()),
        tied=tied,
        frozen=frozen,
        loss=loss,
        optimizer=draw(st.sampled_from(optimizers)),
        l1=draw(st.sampled_from([0.0, 0.0, 0.01])) if penalty else 0.0,
        l2=draw(st.sampled_from([0.0, 0.0, 0.02])) if penalty else 0.0,
    )
    if loss in OF_SHARES:
        squash_outputs(network)
    return network


def squash_outputs(network: Network) -> None:
    """Make every output that is in no group a sigmoid, for losses that want shares."""
    for neuron in network.outputs:
        if neuron.activation.name != "softmax":
            neuron.activation = activations.get("sigmoid", network.maths)


@st.composite
def samples(draw: st.DrawFn, network: Network, least: int = 1, most: int = 6) -> tuple:
    """(n, n_inputs) values of moderate size and (n, n_outputs) targets that suit the loss."""
    count = draw(st.integers(least, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    inputs = np.round(rng.uniform(-2.0, 2.0, (count, len(network.inputs))), 3)
    targets = rng.uniform(0.0, 1.0, (count, len(network.outputs)))
    if network.loss.name not in OF_SHARES and draw(st.booleans()):
        targets = 4.0 * targets - 2.0
    elif draw(st.booleans()):
        targets = np.round(targets)
    return inputs, np.round(targets, 3)


@st.composite
def cases(draw: st.DrawFn, least: int = 1, most: int = 6, **kinds: object) -> Case:
    """A network with samples: (network, inputs, targets)."""
    network = draw(networks(**kinds))  # type: ignore[arg-type]
    inputs, targets = draw(samples(network, least, most))
    return network, inputs, targets


def near_a_kink(
    network: Network, inputs: np.ndarray, targets: np.ndarray, by: float = 1e-3
) -> bool:
    """Whether a nudge of a weight might cross the kink of an activation or of the loss."""
    for sample, target in zip(inputs, targets, strict=True):
        outputs = np.array(network.answer(sample))
        for neuron in network.neurons.values():
            if neuron.activation.name in KINKED and abs(neuron.total_input) < by:
                return True
        if network.loss.name == "mean_absolute_error" and (abs(outputs - target) < by).any():
            return True
    return False
