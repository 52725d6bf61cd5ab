"""Early stopping: remember the best epoch's weights, give up after too long without a better one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from lernpy.network import Network
from lernpy.training.history import Epoch

State = list[tuple[float, tuple[float, ...]]]  # value and memory of each weight


def weights_of(network: Network) -> State:
    """Value and memory of every weight, in order."""
    return [(weight.value, weight.memory) for weight in network.weights]


def restore(network: Network, state: State) -> None:
    """Put values and memories back; frozen weights, too, as they did not move."""
    for weight, (value, memory) in zip(network.weights, state, strict=True):
        weight.value, weight.memory = value, memory


@contextmanager
def unless_refused(network: Network) -> Iterator[None]:
    """A training that does not even start leaves nothing behind."""
    names = ("loss", "optimizer", "_learning_rate", "l1", "l2", "card")
    before, state = {name: getattr(network, name) for name in names}, weights_of(network)
    try:
        yield
    except BaseException:
        for name, value in before.items():
            setattr(network, name, value)
        restore(network, state)  # another optimiser clears what is remembered
        raise


class Patience:
    """Watches the loss; keeps the earliest best; says when to stop."""

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.loss = inf
        self.number = 0
        self.waited = 0
        self.best: State | None = None
        self.version: int | None = None

    def look(self, network: Network, epoch: Epoch) -> None:
        """Take note of one epoch, whose weights are in the network now."""
        if self.patience is None:
            return
        if network.version != self.version:  # another wiring: old weights would not fit
            self.version, self.loss = network.version, inf
        if epoch.watched < self.loss:
            self.loss, self.number, self.waited = epoch.watched, epoch.number, 0
            self.best = weights_of(network)
        else:
            self.waited += 1

    @property
    def over(self) -> bool:
        return self.patience is not None and self.waited >= self.patience

    def holds(self, network: Network) -> bool:
        """Whether there is a best epoch, of this wiring."""
        return self.best is not None and network.version == self.version

    def restore(self, network: Network) -> None:
        """Put the best epoch's weights back, if there are any."""
        if self.best is not None and self.holds(network):
            restore(network, self.best)
