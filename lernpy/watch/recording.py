"""A recording: what was done to a network, kept so that every moment of it can be had again.

Kept are snapshots at the start of each sample and where somebody changed something. Any other moment
is reached from the snapshot before it by doing the steps again: the parts are deterministic, so the
numbers are the same to the last bit.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right, insort
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.errors import LernpyError
from lernpy.frame import NEURON
from lernpy.network import Network
from lernpy.progress import note, state_of
from lernpy.structure import structure_of
from lernpy.watch.narration.facts import watch
from lernpy.watch.narration.step import Step
from lernpy.watch.replay import Notes, Replay
from lernpy.watch.snapshot import Edit, Snapshot, same
from lernpy.watch.timeline import Timeline

if TYPE_CHECKING:
    from lernpy.watch.slow import SlowMotion

MEANWHILE = (
    "Meanwhile the network was used otherwise: another lesson, or a verb by hand. This lesson keeps "
    "its own numbers, and goes on with the weights as they are now."
)
MOST = 200_000_000  # bytes for snapshots; beyond that, those of every other sample go


class Recording:
    """A network of its own, a timeline, and the snapshots on the way.

    Parameters
    ----------
    network : it is moved: give a copy
    source : the network that the steps came from. While it is there (it is not kept alive), it can
        be led to where the recording is, and what somebody changes in it is an edit
    """

    def __init__(self, network: Network, source: Network | None = None) -> None:
        self.replay = Replay(network, Timeline(structure_of(network)))
        self.end = 0  # so many steps are recorded
        self.edited: set[int] = set()
        self._snapshots: dict[int, tuple[Snapshot, Notes]] = {}
        self._marks: list[int] = []  # their positions, in order
        self._now: Snapshot | None = None
        self._bare = False  # whether what somebody changed at this very position is left out
        self._source: Callable[[], Network | None] = weakref.ref(source) if source else lambda: None
        self._version = source.version if source else 0
        self._kinds = _kinds(source) if source else []
        self._seen = state_of(source) if source else None  # as it was left, or last looked at
        self._away = False  # whether the source has the numbers of another lesson
        self.remark = ""  # about what came between, until somebody says it
        self.keep()

    @property
    def at(self) -> int:
        return self.replay.at

    @property
    def network(self) -> Network:
        return self.replay.network

    @property
    def timeline(self) -> Timeline:
        return self.replay.timeline

    def present(self) -> Snapshot:
        """The snapshot of the present position."""
        if self._now is None:
            self._now = Snapshot.of(self.network)
        return self._now

    def neurons(self) -> dict[str, np.ndarray]:
        """The quantities of all neurons at the present position, NaN where they are not known."""
        now, masks = self.present(), self.replay.masks()
        return {name: np.where(masks[name], now.column("neuron", name), np.nan) for name in NEURON}

    # ---- recording ------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep the present snapshot, to come back to."""
        if self.at not in self._snapshots:
            insort(self._marks, self.at)
        self._snapshots[self.at] = (self.present(), self.replay.notes)
        if len(self._marks) % 16 == 0 and self.present().size * len(self._marks) > MOST:
            self._thin()

    def _thin(self) -> None:
        for mark in self._marks[1:-1:2]:
            if mark not in self.edited:
                del self._snapshots[mark]
        self._marks = sorted(self._snapshots)

    def take(self, lesson: SlowMotion) -> int:
        """Take over a lesson of the source, with the steps that are done of it; where it begins."""
        if lesson.before is None:
            self.notice(whole=True)
        elif lesson.before != self.present():
            self.edit(lesson.before)
        self.cut()
        self.keep()
        start, done, samples = self.at, lesson.replay.at, self.timeline.samples
        epoch = samples[-1].epoch + 1 if samples else 0
        self.timeline.extend(
            sample._replace(epoch=sample.epoch + epoch) for sample in lesson.timeline.samples
        )
        self.seek(start + done)
        if done > 1:
            self._same_so_far(lesson)
        if done:
            self.follow()
        return start

    def _same_so_far(self, lesson: SlowMotion) -> None:
        """Steps done before the recording are done again here; the numbers must come out alike."""
        there, here = Snapshot.of(lesson.network).tables, self.present().tables
        if not all(same(there[kind], here[kind]) for kind in ("neuron", "link")):
            raise LernpyError(
                f"{lesson.replay.at} steps of this lesson were done before the recording began, and "
                "something was changed meanwhile; record it from its start"
            )

    def edit(self, snapshot: Snapshot) -> None:
        """Somebody changed something here: it holds from now on, and what came after is forgotten."""
        self.discard()
        snapshot.write(self.network)
        self._now = snapshot
        self.edited.add(self.at)
        self.keep()

    def discard(self) -> None:
        """Forget what was recorded after the present position."""
        self.end = self.at
        for late in self._marks[bisect_right(self._marks, self.at) :]:
            del self._snapshots[late]
        self._marks = sorted(self._snapshots)
        self.edited = {position for position in self.edited if position <= self.at}
        starts, costed = self.timeline.starts, self.timeline.begins["backward"]
        self.replay.losses = {
            sample: loss
            for sample, loss in self.replay.losses.items()
            if starts[sample] + costed <= self.at
        }

    def cut(self) -> None:
        """Forget also what was still to come."""
        self.discard()
        self.timeline.cut(self.at)

    # ---- moving ---------------------------------------------------------------------------------

    def seek(self, position: int) -> None:
        """To a position: from the nearest snapshot before it, or simply on from here."""
        mark = self._marks[bisect_right(self._marks, position) - 1]
        if position < self.at or mark > self.at or self._bare:
            self._restore(mark)
        while self.at < position:
            self._leave_mark()
            following = self.timeline.starts[self.replay.sample + 1]
            self.replay.advance(min(position, following))
            self._arrived()

    def once(self) -> Step:
        """One step on; what happened."""
        self._leave_mark()
        step = watch(self.replay)
        self._arrived()
        if self.at in self.edited:
            self._restore(self.at)
        return step

    def step_here(self) -> Step:
        """Do the step again that led here, and tell it."""
        self.seek(self.at - 1)
        return self.once()

    def bare(self, position: int) -> None:
        """To a position, as it was before anybody changed something there."""
        if position:
            self.seek(position - 1)
            self.replay.advance(position)
            self._now, self._bare = None, True

    def _leave_mark(self) -> None:
        """On new ground keep the snapshot with which each sample begins."""
        if self.at >= self.end and self.at == self.timeline.starts[self.replay.sample]:
            self.keep()

    def _arrived(self) -> None:
        self._now = None
        self.end = max(self.end, self.at)

    def _restore(self, mark: int) -> None:
        snapshot, notes = self._snapshots[mark]
        snapshot.write(self.network)
        self.replay.at, self.replay.notes, self._now = mark, notes, snapshot
        self._bare = False

    # ---- looking back ---------------------------------------------------------------------------

    def fork(self) -> Recording:
        """The same recording with a network and a position of its own, and no source."""
        other = copy(self)
        other.replay = Replay(self.network.copy(), self.timeline)
        other.replay.at, other.replay.notes = self.at, self.replay.notes
        other.replay.losses = dict(self.replay.losses)
        other.edited = set(self.edited)
        other._snapshots, other._marks = dict(self._snapshots), list(self._marks)
        other._source = lambda: None
        return other

    def edits(self) -> list[Edit]:
        """What was changed by hand, and when. (On the first position it is simply the start.)"""
        here = self.at
        edits: list[Edit] = []
        for position in sorted(self.edited - {0}):
            self.bare(position)
            edits += self.present().edits_to(self._snapshots[position][0], position)
        self.seek(here)
        return edits

    def first(self) -> Snapshot:
        """The snapshot of position 0."""
        return self._snapshots[0][0]

    # ---- the network that the steps came from -----------------------------------------------------

    @property
    def source(self) -> Network | None:
        """The network that the steps came from, if it is still there."""
        return self._source()

    def notice(self, whole: bool = False) -> None:
        """What somebody changed in the source since the last move is an edit, here and now.

        Weights and settings, that is, and what parts of the user's own keep. The numbers of the
        lesson are its own: if others are there (`learn`, another stepper, a verb by hand), it goes on
        with those that it left, and says so. With `whole`, at the beginning, all of it counts.
        """
        source = self.source
        if source is None:
            return
        self._check(source)
        snapshot = Snapshot.of(source)
        state = state_of(source)
        if state != self._seen and snapshot != self.present():
            self.remark = MEANWHILE if self.replay.begun else ""
            self._away = True
        self._seen = state
        if whole:
            self.remark = ""
        elif self._away:
            snapshot = snapshot.amid(self.present())
        if snapshot != self.present():
            self.edit(snapshot)

    def follow(self) -> None:
        """What the source did up to now is recorded here: it had no other lesson."""
        if (source := self.source) is not None:
            self._seen, self._away = note(source, self.replay.progress), False

    def _check(self, source: Network) -> None:
        """Numbers may change, the structure may not."""
        changed = "wiring of the network" if source.version != self._version else ""
        changed = changed or ("activation of a neuron" if _kinds(source) != self._kinds else "")
        if changed:
            raise LernpyError(
                f"the {changed} changed since this trace was begun; record another one"
            )

    def show(self) -> None:
        """Let the source be where the recording is."""
        source = self.source
        if source is not None:
            self.present().write(source)
            self.follow()

    def placed(self, step: Step) -> Step:
        """A step of the recording's own network as a step of the source."""
        source, part = self.source, step.part
        if source is None:
            return step
        if isinstance(part, Network):
            return replace(step, part=source)
        return replace(step, part=source.order[self.replay.structure.position[part]])


def _kinds(network: Network) -> list[Any]:
    return [neuron.activation.name for neuron in network.neurons.values()]
