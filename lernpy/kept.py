"""The lesson that a network holds: read as one value, and kept while it is asked something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from lernpy import subclasses

if TYPE_CHECKING:
    from lernpy.network import Network

of_neuron = attrgetter("total_input", "output", "sensitivity", "delta")


class LessonNumbers(NamedTuple):
    """All numbers that the verbs of a lesson write, the weights' values apart."""

    neurons: list[tuple[float, ...]]
    signals: list[float]
    blames: list[float]
    log_sums: list[float]
    gradients: list[float]
    samples: int


def lesson_numbers(network: Network) -> LessonNumbers:
    """What a network holds of its lesson; equal as long as no verb was done and no number set.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> before = lesson_numbers(network)
    >>> network.neurons["h"].input(0.5)
    >>> lesson_numbers(network) == before
    False
    """
    links = network.links.values()
    return LessonNumbers(
        list(map(of_neuron, network.neurons.values())),
        [link.signal for link in links],
        [link.blame for link in links],
        [group.log_sum for group in network.groups],
        [weight.sensitivity for weight in network.weights],
        network.samples,
    )


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
    lesson, own = lesson_numbers(network), subclasses.own_numbers(network)
    try:
        yield
    finally:
        for neuron, held in zip(network.neurons.values(), lesson.neurons, strict=True):
            neuron.total_input, neuron.output, neuron.sensitivity, neuron.delta = held
        links = network.links.values()
        for link, signal, blame in zip(links, lesson.signals, lesson.blames, strict=True):
            link.signal = signal
            link.blame = blame
        for group, log_sum in zip(network.groups, lesson.log_sums, strict=True):
            group.log_sum = log_sum
        subclasses.put_numbers(network, own)
