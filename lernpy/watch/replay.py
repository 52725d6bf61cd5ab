"""A replay: a network that does the steps of a timeline, and what is known at each moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.network import Network
from lernpy.progress import Progress, masks
from lernpy.structure import structure_of
from lernpy.watch.timeline import Timeline
from lernpy.wiring import Part

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Notes(NamedTuple):
    """What a lesson knows beside the network's own numbers."""

    loss: float | None = None  # of the sample, once the cost is known
    asked: tuple[float, ...] = ()  # dLoss / d output of each output neuron
    before: tuple[float, ...] = ()  # the weights before the update, once they moved


class Replay:
    """Does the steps of a timeline on a network, one by one or many at once.

    The equations are the parts' own: a replay only says whose turn it is.
    """

    def __init__(self, network: Network, timeline: Timeline) -> None:
        self.network = network
        self.timeline = timeline
        self.structure = structure_of(network)
        self.at = 0
        self.notes = Notes()
        self.losses: dict[int, float] = {}  # by sample

    @property
    def sample(self) -> int:
        """The sample of the next step (at the end: the last one)."""
        return self.timeline.sample_at(self.at)

    @property
    def begun(self) -> bool:
        """Whether a batch is in progress: blame is collected, or about to be, for the next update."""
        return self.at > 0 and self.timeline.locate(self.at - 1).phase != "update"

    @property
    def part(self) -> Part | None:
        """The part that acts in the next step, if one does."""
        _, phase, nth = self.timeline.locate(self.at)
        orders = {"forward": self.structure.order, "backward": self.structure.back}
        return orders[phase][nth] if phase in orders else None

    def advance(self, to: int) -> None:
        """Do all steps up to this position."""
        while self.at < to:
            self.at += self._do(to - self.at)

    def _do(self, most: int) -> int:
        """Do the next step, or as many as the phase still has; how many were done."""
        sample, phase, nth = self.timeline.locate(self.at)
        if phase == "forward":
            parts = self.structure.order[nth : nth + most]
            for part in parts:
                part.propagate()
            return len(parts)
        if phase == "backward":
            parts = self.structure.back[nth : nth + most]
            for part in parts:
                part.backpropagate()
            return len(parts)
        verbs = {"reset": self._reset, "feed": self._feed, "cost": self._cost}
        verbs.get(phase, self._update)(sample)
        return 1

    def _reset(self, sample: int) -> None:
        self.notes = Notes()
        if self.timeline.samples[sample].fresh:
            self.network.samples = 0
        self.network.reset()

    def _feed(self, sample: int) -> None:
        self.network.feed(self.timeline.samples[sample].inputs)

    def _cost(self, sample: int) -> None:
        outputs = self.network.outputs
        before = [neuron.sensitivity for neuron in outputs]
        lesson = self.timeline.samples[sample]
        loss = self.network.expect(lesson.targets, lesson.sample_weight)
        asked = tuple(neuron.sensitivity - old for neuron, old in zip(outputs, before, strict=True))
        self.notes = self.notes._replace(loss=loss, asked=asked)
        self.losses[sample] = loss

    def _update(self, sample: int) -> None:
        before = tuple(weight.value for weight in self.network.weights)
        self.network.update()
        self.notes = self.notes._replace(before=before)

    def expect(self, targets: ArrayLike) -> None:
        """Other targets for the present sample; they may change until the cost is computed."""
        done = self.at >= len(self.timeline)
        if done or self.timeline.locate(self.at).phase in ("backward", "update"):
            raise LernpyError(
                "the targets of this sample were already used: its loss is known. "
                "Change them before the cost step"
            )
        self.timeline.expect(self.sample, tuple(self.network.as_targets(targets)))

    def seen_before(self, sample: int) -> float | None:
        """The loss of this same sample when it was learned the last time."""
        samples = self.timeline.samples
        earlier = (i for i in reversed(range(sample)) if samples[i].same_as(samples[sample]))
        return self.losses.get(next(earlier, -1))

    # ---- what is known --------------------------------------------------------------------------

    @property
    def progress(self) -> Progress:
        if self.at == 0:
            return Progress()
        sample, phase, _ = self.timeline.locate(self.at - 1)
        done, begins = self.at - self.timeline.starts[sample], self.timeline.begins
        forward = min(max(done - begins["forward"], 0), self.timeline.parts)
        backward = min(max(done - begins["backward"], 0), self.timeline.parts)
        return Progress(phase != "reset", forward, done > begins["cost"], backward)

    def masks(self) -> dict[str, np.ndarray]:
        """By quantity, which of the numbers of the present moment are known."""
        return masks(self.network, self.progress)

    def frame(self, title: str = "") -> Frame:
        """The present moment; what is not computed yet is NaN."""
        timeline, notes = self.timeline, self.notes
        if not timeline.samples:
            return Frame.of(self.network, self.masks(), title=title)
        sample = timeline.samples[timeline.sample_at(max(self.at - 1, 0))]
        return Frame.of(
            self.network,
            self.masks(),
            input_values=sample.inputs if self.progress.fed else None,
            targets=sample.targets,
            loss=notes.loss,
            before=notes.before or None,
            title=" · ".join(filter(None, (title, self._where()))),
        )

    def _where(self) -> str:
        if self.at == 0:
            return "before the first step"
        sample, phase, _ = self.timeline.locate(self.at - 1)
        count = len(self.timeline.samples)
        return f"sample {sample + 1} of {count}, {phase}" if count > 1 else phase
