"""The network that recorded steps came from: while it is there, it is where the trace is."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.watch.narration.step import Step
from lernpy.watch.recording import Tape
from lernpy.watch.snapshot import State


class Mover:
    """Holds a network without keeping it alive, and carries numbers between it and a tape.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> tape, mover = Tape(network.copy()), Mover(network)
    >>> network.weights[0].value = 0.75
    >>> mover.notice(tape)  # what somebody changed by hand is an edit of the tape
    >>> tape.present() == State.of(network)
    True
    """

    def __init__(self, network: Network | None) -> None:
        self._there: Callable[[], Network | None] = (
            weakref.ref(network) if network is not None else lambda: None
        )
        self._version = network.version if network is not None else 0
        self._kinds = _kinds(network) if network is not None else []

    @property
    def network(self) -> Network | None:
        """The network, if it is still there."""
        return self._there()

    def notice(self, tape: Tape) -> None:
        """Whatever was changed by hand since the last move is an edit at the tape's position."""
        network = self.network
        if network is None:
            return
        self._check(network)
        found = State.of(network)
        if found != tape.present():
            tape.edit(found)

    def _check(self, network: Network) -> None:
        """Numbers may change, the structure may not."""
        if network.version != self._version:
            raise LernpyError(
                "the wiring of the network changed since this trace was begun; record another one"
            )
        if _kinds(network) != self._kinds:
            raise LernpyError(
                "the activation of a neuron changed since this trace was begun; record another one"
            )

    def show(self, tape: Tape) -> None:
        """Let the network be where the tape is."""
        network = self.network
        if network is not None:
            tape.present().write(network)

    def placed(self, step: Step, tape: Tape) -> Step:
        """A step of the tape's own network as a step of the network that is there."""
        network, part = self.network, step.part
        if network is None:
            return step
        if isinstance(part, Network):
            return step.placed(network)
        return step.placed(network.order[tape.run.structure.at[part]])


def _kinds(network: Network) -> list[Any]:
    return [neuron.activation.name for neuron in network.neurons.values()]
