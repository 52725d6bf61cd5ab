"""A run: a network and a program, with a finger on the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.watch.structure import Structure
from lernpy.watch.timeline import Program, same_sample


class Notes(NamedTuple):
    """What a lesson knows beside the network's own numbers."""

    loss: float | None = None  # of the sample, once the cost is known
    asked: tuple[float, ...] = ()  # dLoss / d output of each output neuron
    before: tuple[float, ...] = ()  # the weights before the update, once they moved
    fed: bool = False


class Run:
    """Does the steps of a program on a network, one by one or many at once.

    The equations are the parts' own: a run only says whose turn it is.
    """

    def __init__(
        self, network: Network, program: Program, structure: Structure | None = None
    ) -> None:
        self.network = network
        self.program = program
        self.structure = structure or Structure(network)
        self.at = 0
        self.notes = Notes()
        self.losses: dict[int, float] = {}  # by sample

    @property
    def sample(self) -> int:
        """The sample of the next step (at the end: the last one)."""
        return self.program.sample_at(self.at)

    def advance(self, to: int) -> None:
        """Do all steps up to this position."""
        while self.at < to:
            self.at += self._do(to - self.at)

    def _do(self, most: int) -> int:
        """Do the next step, or as many as the phase still has; how many were done."""
        sample, phase, nth = self.program.locate(self.at)
        if phase == "forward":
            return self._forward(self.structure.order[nth : nth + most])
        if phase == "backward":
            return self._backward(self.structure.back[nth : nth + most])
        {"reset": self._reset, "feed": self._feed, "cost": self._cost, "update": self._update}[
            phase
        ](sample)
        return 1

    def _reset(self, sample: int) -> None:
        self.notes = Notes()
        if self.program.samples[sample].fresh:
            self.network.samples = 0
        self.network.reset()

    def _feed(self, sample: int) -> None:
        self.network.feed(self.program.samples[sample].inputs)
        self.notes = self.notes._replace(fed=True)

    def _forward(self, parts: Sequence[Neuron | Group | Link]) -> int:
        for part in parts:
            part.propagate()
        return len(parts)

    def _cost(self, sample: int) -> None:
        outputs = self.network.outputs
        before = [neuron.sensitivity for neuron in outputs]
        lesson = self.program.samples[sample]
        loss = self.network.expect(lesson.targets, lesson.sample_weight)
        asked = tuple(neuron.sensitivity - old for neuron, old in zip(outputs, before, strict=True))
        self.notes = self.notes._replace(loss=loss, asked=asked)
        self.losses[sample] = loss

    def _backward(self, parts: Sequence[Neuron | Group | Link]) -> int:
        for part in parts:
            part.backpropagate()
        return len(parts)

    def _update(self, sample: int) -> None:
        before = tuple(weight.value for weight in self.network.weights)
        self.network.update()
        self.notes = self.notes._replace(before=before)

    def seen_before(self, sample: int) -> float | None:
        """The loss of this same sample when it was learned the last time."""
        samples = self.program.samples
        for earlier in range(sample - 1, -1, -1):
            if same_sample(samples[earlier], samples[sample]):
                return self.losses.get(earlier)
        return None
