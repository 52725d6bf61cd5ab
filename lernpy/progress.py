"""How far the lesson of a network is, and so which of its numbers are known: never by looking for zeros.

Whoever does a lesson step by step calls `note`; whoever shows numbers asks `progress_of` and `masks`.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from lernpy.network import Network
from lernpy.structure import structure_of


class Progress(NamedTuple):
    """What is done of a lesson."""

    fed: bool = False
    forward: int = 0  # so many parts, in order, have propagated
    costed: bool = False
    backward: int = 0  # so many parts, from the end of the order, have gone back


def note(network: Network, progress: Progress) -> None:
    """The lesson of this network is so far; it holds until the network has another one."""
    _notes[network] = network.passes, progress


def progress_of(network: Network) -> Progress | None:
    """How far the lesson of this network is, if anybody does it step by step."""
    passes, progress = _notes.get(network, (None, None))
    return progress if passes == network.passes else None


def learned_elsewhere(network: Network) -> None:
    """Whoever steps through a lesson of it shall notice; what is known of that lesson stays known.

    Its weights moved, and its neurons and links have seen nothing of it.
    """
    progress = progress_of(network)
    network.passes += 1
    if progress:
        note(network, progress)


def masks(network: Network, progress: Progress) -> dict[str, np.ndarray]:
    """By quantity, a mask of bool over neurons, links or weights: is it computed?"""
    structure = structure_of(network)
    position, neurons = structure.position, structure.neurons
    first_back = len(structure.order) - progress.backward  # parts from here on have gone back
    neuron_at = np.array([position[neuron] for neuron in neurons], int)
    link_at = np.array([position[link] for link in structure.links], int)
    last_link = np.array([position[links[-1]] for links in structure.holders.values()], int)
    is_input = np.array([neuron in structure.inputs for neuron in neurons], bool)
    onward = {n for n in neurons if structure.outgoing[n] or n in structure.multiplied}
    is_end = [neuron in structure.outputs and neuron not in onward for neuron in neurons]
    earlier = network.samples > progress.costed  # samples before this one left blame on the weights
    return {
        "total_input": (neuron_at < progress.forward) | (is_input & progress.fed),
        "output": neuron_at < progress.forward,
        "signal": link_at < progress.forward,
        "sensitivity": (neuron_at >= first_back) | (np.array(is_end, bool) & progress.costed),
        "delta": neuron_at >= first_back,
        "blame": link_at >= first_back,
        "gradient": (last_link >= first_back) | earlier,
    }


_notes: WeakKeyDictionary[Network, tuple[int, Progress]] = WeakKeyDictionary()
