"""Slow motion: one lesson, or several, step by step. A step has happened when it is yielded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lernpy import subclasses
from lernpy.checks import finite, whole
from lernpy.errors import LernpyError
from lernpy.link import Link
from lernpy.network import Network
from lernpy.progress import State, is_left_beside, note, note_link, state_of
from lernpy.samples import check_network, numbers, samples_of
from lernpy.structure import structure_of
from lernpy.text import nth
from lernpy.watch.narration.facts import watch
from lernpy.watch.narration.step import Step
from lernpy.watch.replay import Replay
from lernpy.watch.snapshot import Snapshot
from lernpy.watch.timeline import Sample, Timeline

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.watch.trace import Trace


WIDE = 1000
"""So many links, from which on a link's step looks at its own numbers and those of its ends alone."""

Row = tuple[tuple[float, ...], tuple[float, ...], float]  # inputs, targets, sample_weight


def slow_motion(
    network: Network,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    batch_size: int | None = None,
    epochs: int = 1,
    sample_weight: ArrayLike | None = None,
) -> SlowMotion:
    """The twin of `Network.learn`, one part's verb at a time.

    Parameters
    ----------
    inputs : (n_inputs,) one sample, or (n_samples, n_inputs) several, one lesson after the other
    targets : (n_outputs,), or (n_samples, n_outputs); a number does for one output
    batch_size : None: an update after every sample, as `learn` does it. A number: an update after
        so many samples, as `learn_batch` does it (the last batch may be shorter)
    epochs : how many times to go through the samples
    sample_weight : how much each sample's loss counts, (n_samples,), or a number for one sample
        (1 unless given); as `learn_batch` and `Network.expect` take it

    Returns
    -------
    An iterator of `Step`; each has happened when it is yielded. Leaves exactly the numbers that
    `learn` leaves. What is changed between two steps (a weight, a rate, freezing) holds for the
    rest; `lesson.targets = ...` changes the targets of the present sample until they are used.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> for step in slow_motion(network, [1], [1]):
    ...     if step.phase == "cost":
    ...         print(step)
    10/18 cost: loss = ½ (0.3364 − 1)² = 0.2202; s(y) = -0.6636
    """
    check_network(network)
    subclasses.refuse_verbs(
        network,
        ["learn", "learn_batch", "collect"],
        "which slow motion does not call; what reset, feed, expect and update of its own do is shown",
    )
    timeline = Timeline(structure_of(network))
    rows = _rows(network, inputs, targets, sample_weight)
    for epoch in range(whole("number of epochs", epochs, 1)):
        timeline.extend(_batched(rows, batch_size, epoch))
    return SlowMotion(network, timeline)


def _rows(network: Network, inputs: Any, targets: Any, sample_weight: Any) -> list[Row]:
    """The samples as tuples of floats; wrong ones are refused before anything happens."""
    return [
        (
            tuple(numbers("input", network.inputs, x)),
            tuple(network.as_targets(t)),
            finite(f"weight of {nth('sample', index)}", share),
        )
        for index, (x, t, share) in enumerate(samples_of(network, inputs, targets, sample_weight))
    ]


def _batched(rows: Sequence[Row], size: int | None, epoch: int) -> Iterator[Sample]:
    length = 1 if size is None else whole("batch size", size, 1)
    for index, (inputs, targets, sample_weight) in enumerate(rows):
        first = index % length == 0
        last = (index + 1) % length == 0 or index + 1 == len(rows)
        yield Sample(inputs, targets, first and size is not None, last, epoch, sample_weight)


class SlowMotion(Iterator[Step]):
    """What `slow_motion` returns: lessons in progress."""

    def __init__(self, network: Network, timeline: Timeline) -> None:
        self.network = network
        self.timeline = timeline
        self.replay = Replay(network, timeline)
        self.trace: Trace | None = None  # who records these lessons, if anyone; it leads then
        self.before: Snapshot | None = None  # all numbers as they were before the first step
        self._left: State | None = None  # of the network, after the last step
        self._offset = 0  # where the lessons begin in the trace

    def __iter__(self) -> SlowMotion:
        return self

    def __next__(self) -> Step:
        if self.trace is not None:
            return self._led(self.trace)
        if self.replay.at >= len(self.timeline):
            raise StopIteration
        if self.network.order is not self.replay.structure.order:
            raise LernpyError(
                "the wiring changed in the middle of a lesson; start slow_motion anew"
            )
        link = self._link_alone()
        if self.replay.at == 0:
            self.before = Snapshot.of(self.network)
        elif self.replay.begun and not self._is_as_left(link):
            raise LernpyError(
                "the numbers of this lesson were changed in the network, as by a verb or another lesson "
                "in the middle of this one; start slow_motion anew, or go through it with "
                "lernpy.Stepper, which keeps its numbers"
            )
        step, progress = watch(self.replay, self), self.replay.progress
        if link and self._left:
            self._left = note_link(self.network, self._left, progress, link)
        else:
            self._left = note(self.network, progress)
        return step

    def _link_alone(self) -> Link | None:
        """In a wide network, the link of the next step: to read all numbers before each would take minutes."""
        part = self.replay.part if len(self.replay.structure.links) >= WIDE else None
        return part if isinstance(part, Link) else None

    def _is_as_left(self, link: Link | None) -> bool:
        if self._left is None:
            return False
        if link:
            return is_left_beside(self.network, self._left, link)
        return state_of(self.network) == self._left

    def _led(self, trace: Trace) -> Step:
        step = trace.forward() if trace.cursor < self._offset + len(self.timeline) else None
        if step is None:
            raise StopIteration
        return replace(step, source=self)

    def lead(self, trace: Trace, offset: int) -> None:
        """From now on a trace goes through these lessons."""
        self.trace, self._offset = trace, offset

    def __len__(self) -> int:
        return len(self.timeline)

    @property
    def targets(self) -> tuple[float, ...]:
        """What is expected of the present sample. May be changed until the cost is computed."""
        if self.trace is not None:
            return self.trace.targets
        return self.timeline.samples[self.replay.sample].targets

    @targets.setter
    def targets(self, targets: ArrayLike) -> None:
        if self.trace is not None:
            self.trace.targets = targets
        else:
            self.replay.expect(targets)

    def __repr__(self) -> str:
        return f"<slow motion: {self.replay.at} of {len(self.timeline)} steps done>"
