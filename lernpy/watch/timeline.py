"""A program: which samples, in which batches, and what each step of them is. Pure arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

PHASES = ("reset", "feed", "forward", "cost", "backward", "update")


class Sample(NamedTuple):
    """One lesson: what is fed, what is expected, how much it counts, whether the weights move after it."""

    inputs: tuple[float, ...]
    targets: tuple[float, ...]
    fresh: bool = False  # a batch begins that forgets unfinished samples
    last: bool = True  # an update follows
    epoch: int = 0
    sample_weight: float = 1.0


def same_sample(one: Sample, other: Sample) -> bool:
    """Whether their losses can be compared: the same inputs and targets, of the same weight."""
    return one[:2] == other[:2] and one.sample_weight == other.sample_weight


class Place(NamedTuple):
    """What a step is: in which sample and phase, and the how-manieth part of that phase."""

    sample: int
    phase: str
    nth: int


class Program:
    """Samples one after the other; each is reset, feed, parts forward, cost, parts backward, update.

    Position p is the moment when p steps are done.

    >>> program = Program(parts=7)
    >>> program.extend([Sample((1.0,), (1.0,))])
    >>> len(program), program.locate(0).phase, program.locate(9).phase
    (18, 'reset', 'cost')
    """

    def __init__(self, parts: int) -> None:
        self.parts = parts
        self.samples: list[Sample] = []
        self.starts = [0]  # where each sample begins; the last entry is the end

    def __len__(self) -> int:
        return self.starts[-1]

    def extend(self, samples: Iterable[Sample]) -> None:
        """More samples behind these."""
        for sample in samples:
            self.samples.append(sample)
            self.starts.append(self.starts[-1] + self.steps_in(sample))

    def steps_in(self, sample: Sample) -> int:
        return 2 * self.parts + 3 + sample.last

    def cut(self, position: int) -> None:
        """Forget all steps from `position` on; the sample there keeps its first steps."""
        if position < len(self):
            sample = self.sample_at(position)
            keep = sample + (position > self.starts[sample])
            del self.samples[keep:], self.starts[keep:]
            self.starts.append(position)

    def whole(self, sample: int) -> bool:
        """Whether a sample has all its steps."""
        length = self.starts[sample + 1] - self.starts[sample]
        return length == self.steps_in(self.samples[sample])

    def sample_at(self, position: int) -> int:
        """The sample that the step after this position belongs to (at the end: the last one)."""
        return min(bisect_right(self.starts, position), len(self.samples)) - 1

    def locate(self, position: int) -> Place:
        """What the step is that leads on from this position."""
        sample = self.sample_at(position)
        nth = position - self.starts[sample]
        if nth < 2:
            return Place(sample, PHASES[nth], 0)
        if (nth := nth - 2) < self.parts:
            return Place(sample, "forward", nth)
        if (nth := nth - self.parts) == 0:
            return Place(sample, "cost", 0)
        if (nth := nth - 1) < self.parts:
            return Place(sample, "backward", nth)
        return Place(sample, "update", 0)

    def replace(self, sample: int, **changes: tuple[float, ...]) -> None:
        """Other inputs or targets for a sample."""
        self.samples[sample] = self.samples[sample]._replace(**changes)  # type: ignore[arg-type]
