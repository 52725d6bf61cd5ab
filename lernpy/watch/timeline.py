"""The timeline: which samples, in which batches, what each step of them is, and where moves stop."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from lernpy.errors import LernpyError
from lernpy.link import Link
from lernpy.structure import Structure
from lernpy.text import shown

PHASES = ("reset", "feed", "forward", "cost", "backward", "update")
LEVELS = ("link", "neuron", "generation", "phase", "sample", "epoch")
"""How far one move goes."""
BY_LINK, BY_NEURON = 200, 600  # so many steps of a lesson one walks through singly, or by neuron


def usual_level(steps: int) -> str:
    """How far one move goes at first: a lesson of many steps is taken in larger ones.

    >>> usual_level(44), usual_level(332), usual_level(2588)  # 2-3-1, 13-8-3, 64-16-10
    ('link', 'neuron', 'generation')
    """
    return "link" if steps <= BY_LINK else "neuron" if steps <= BY_NEURON else "generation"


def known_level(name: str) -> str:
    """The name of a level, or an error that lists them.

    >>> known_level("phase")
    'phase'
    """
    if not isinstance(name, str) or name not in LEVELS:
        raise LernpyError(f"no such move: {shown(name)}. Known: {', '.join(LEVELS)}")
    return name


class Sample(NamedTuple):
    """One lesson: what is fed, what is expected, how much it counts, whether the weights move after it."""

    inputs: tuple[float, ...]
    targets: tuple[float, ...]
    fresh: bool = False  # a batch begins that forgets unfinished samples
    last: bool = True  # an update follows
    epoch: int = 0
    sample_weight: float = 1.0

    def same_as(self, other: Sample) -> bool:
        """Whether their losses can be compared: equal inputs and targets, of equal weight."""
        return self[:2] == other[:2] and self.sample_weight == other.sample_weight


class Position(NamedTuple):
    """Where a step stands: in which sample and phase, and at which part of that phase."""

    sample: int
    phase: str
    nth: int


class Timeline:
    """Samples one after the other; each is reset, feed, parts forward, cost, parts backward, update.

    Position p is the moment when p steps are done.

    >>> import lernpy
    >>> from lernpy.structure import structure_of
    >>> timeline = Timeline(structure_of(lernpy.build.by_hand()))
    >>> timeline.extend([Sample((1.0,), (1.0,))])
    >>> len(timeline), timeline.locate(0).phase, timeline.locate(9).phase
    (18, 'reset', 'cost')
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.parts = parts = len(structure.order)
        self._begins = (0, 1, 2, 2 + parts, 3 + parts, 3 + 2 * parts)
        self.begins = dict(zip(PHASES, self._begins, strict=True))  # from where their sample starts
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
        return self.begins["update"] + sample.last

    def cut(self, position: int) -> None:
        """Forget all steps from `position` on; the sample there keeps its first steps."""
        if position < len(self):
            sample = self.sample_at(position)
            keep = sample + (position > self.starts[sample])
            del self.samples[keep:], self.starts[keep:]
            self.starts.append(position)

    def sample_at(self, position: int) -> int:
        """The sample that the step after this position belongs to (at the end: the last one)."""
        return min(bisect_right(self.starts, position), len(self.samples)) - 1

    def locate(self, position: int) -> Position:
        """What the step is that leads on from this position."""
        sample = self.sample_at(position)
        done = position - self.starts[sample]
        phase = PHASES[bisect_right(self._begins, done) - 1]
        return Position(sample, phase, done - self.begins[phase])

    def expect(self, sample: int, targets: tuple[float, ...]) -> None:
        """Other targets for a sample."""
        self.samples[sample] = self.samples[sample]._replace(targets=targets)

    # ---- moves ----------------------------------------------------------------------------------

    def next_stop(self, position: int, level: str) -> int:
        """The first stop behind a position."""
        stops = self._around(position, level)
        return stops[min(bisect_right(stops, position), len(stops) - 1)]

    def last_stop(self, position: int, level: str) -> int:
        """The last stop before a position."""
        if position == 0:
            return 0
        stops = self._around(position - 1, level)
        return stops[max(bisect_left(stops, position) - 1, 0)]

    def _around(self, position: int, level: str) -> list[int]:
        """The stops of the sample (for "epoch": of the epoch) that the next step belongs to."""
        known_level(level)
        first = last = self.sample_at(position)
        if level == "epoch":
            epoch = self.samples[first].epoch
            while first and self.samples[first - 1].epoch == epoch:
                first -= 1
            while last + 1 < len(self.samples) and self.samples[last + 1].epoch == epoch:
                last += 1
        start, end = self.starts[first], self.starts[last + 1]
        inner = [start + stop for stop in self._stops(level) if start + stop < end]
        return [start, *inner, end]

    def _stops(self, level: str) -> list[int]:
        """The steps of one sample after which a move of this level stops (the sample's end apart)."""
        if level in ("sample", "epoch"):
            return []
        starts, size = self._starts_of(level), self.parts
        forward = [self.begins["forward"] + end for end in (*starts[1:], size)]
        used = 0 if level == "link" else (*self._starts_of("generation"), size)[1]
        backward = [  # those before have no use for blame: one quiet step
            self.begins["update"] - start
            for start in reversed(starts)
            if start == 0 or start >= used
        ]
        return [1, 2, *forward, self.begins["backward"], *backward]

    def _starts_of(self, level: str) -> list[int]:
        """Where in the order the links, the units, the generations begin."""
        if level == "link":
            return list(range(self.parts))
        if level == "neuron":
            order = self.structure.order
            return [index for index, part in enumerate(order) if not isinstance(part, Link)]
        if level == "generation":
            return [self.structure.position[units[0]] for units in self.structure.generations]
        return [0]
