"""Where the weights went, epoch by epoch: what a film over the epochs and a landscape need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from lernpy.checks import is_list, whole
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.samples import check_network
from lernpy.text import shown


class Journey(NamedTuple):
    """All weights at some epochs: `numbers` (k,), `weights` (k, n_weights); 0 is the start."""

    numbers: np.ndarray
    weights: np.ndarray


def journey(network: Network, epochs: Iterable[Any], frames: int = 200) -> Journey:
    """Let the network train by asking `epochs` for one after the other; note the weights of each.

    >>> import lernpy
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> data = ([[0, 1], [1, 1]], [[1], [0]])
    >>> journey(net, lernpy.epochs(net, data, epochs=5, seed=0)).numbers.tolist()
    [0, 1, 2, 3, 4, 5]
    """
    check_network(network)
    frames = whole("number of frames", frames, 1)
    notes = noted(epochs, lambda: _weights(network), frames, first=_weights(network))
    numbers = np.array([number for number, _ in notes])
    return Journey(numbers, np.array([weights for _, weights in notes]))


def journey_of(network: Network, epochs: Iterable[Any] | Journey, frames: int) -> Journey:
    """A journey as it is, thinned to `frames`; anything else trains the network."""
    if not isinstance(epochs, Journey):
        epochs = journey(network, epochs, frames)
    if not len(epochs.weights):
        raise LernpyError("this animation has no frames; train at least one epoch")
    if epochs.weights.shape[1] != len(network.weights):
        raise LernpyError(
            f"the journey has {epochs.weights.shape[1]} weights, "
            f"but the network has {len(network.weights)}"
        )
    chosen = np.unique(np.linspace(0, len(epochs.weights) - 1, max(frames, 1)).round().astype(int))
    return Journey(epochs.numbers[chosen], epochs.weights[chosen])


def noted(
    epochs: Iterable[Any], note: Callable[[], Any], frames: int, first: Any = None
) -> list[tuple[int, Any]]:
    """Ask for epoch after epoch and note something of each; at most about 2 * `frames` are kept.

    Nobody knows how many will come: when there are too many, every other one is forgotten, and from
    then on only every second (fourth, ...) is noted. The last one is always kept.
    """
    if not is_list(epochs):
        raise LernpyError(f"epochs are what lernpy.epochs gives, not {shown(epochs)}")
    notes = [] if first is None else [(0, first)]
    step, number, last = 1, 0, None
    for number, _ in enumerate(epochs, 1):
        last = None
        if number % step == 0:
            notes.append((number, note()))
        else:
            last = number
        if len(notes) > 2 * max(frames, 2):
            step *= 2
            notes = [pair for pair in notes if pair[0] % step == 0]
    if last is not None:
        notes.append((number, note()))
    if not number:
        raise LernpyError("this animation has no frames; train at least one epoch")
    return notes


def _weights(network: Network) -> np.ndarray:
    return np.array([weight.value for weight in network.weights], float)
