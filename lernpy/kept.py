"""The lesson that a network holds is kept while it is asked something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING

from lernpy import subclasses

if TYPE_CHECKING:
    from lernpy.network import Network

numbers_of = attrgetter("total_input", "output", "sensitivity", "delta")


@contextmanager
def lesson_kept(network: Network) -> Iterator[None]:
    """Whatever the neurons, links and groups hold is put back at the end.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> loss = network.learn([1], [1])
    >>> with lesson_kept(network):
    ...     network.reset()
    >>> round(network.neurons["y"].delta, 4)
    -0.1481
    """
    neurons, links, groups = network.neurons.values(), network.links.values(), network.groups
    numbers = list(map(numbers_of, neurons))
    signals, blames = [link.signal for link in links], [link.blame for link in links]
    log_sums, own = [group.log_sum for group in groups], subclasses.own_numbers(network)
    try:
        yield
    finally:
        for neuron, held in zip(neurons, numbers, strict=True):
            neuron.total_input, neuron.output, neuron.sensitivity, neuron.delta = held
        for link, signal, blame in zip(links, signals, blames, strict=True):
            link.signal = signal
            link.blame = blame
        for group, log_sum in zip(groups, log_sums, strict=True):
            group.log_sum = log_sum
        subclasses.put_numbers(network, own)
