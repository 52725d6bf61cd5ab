"""A tape: what was done to a network, kept so that every moment of it can be had again.

Kept are whole states at the start of each sample and where somebody changed something. Any other
moment is reached from the state before it by doing the steps again: the parts are deterministic,
so the numbers are the same to the last bit.
"""

from __future__ import annotations

from bisect import bisect_right, insort

from lernpy.network import Network
from lernpy.watch.narration.facts import watch
from lernpy.watch.narration.step import Step
from lernpy.watch.replay import Notes, Run
from lernpy.watch.snapshot import Edit, State
from lernpy.watch.timeline import Program

MOST = 200_000_000  # bytes for states; beyond that, those of every other sample go


class Tape:
    """A network of its own, a program, and the states on the way."""

    def __init__(self, network: Network) -> None:
        self.run = Run(network, Program(len(network.order)))
        self.end = 0  # so many steps are recorded
        self.edited: set[int] = set()
        self._states: dict[int, tuple[State, Notes]] = {}
        self._marks: list[int] = []  # their positions, in order
        self._now: State | None = None
        self._bare = False  # whether what somebody changed at this very position is left out
        self.keep()

    @property
    def at(self) -> int:
        return self.run.at

    @property
    def program(self) -> Program:
        return self.run.program

    def present(self) -> State:
        """The state at the present position."""
        if self._now is None:
            self._now = State.of(self.run.network)
        return self._now

    # ---- recording ------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep the present state, to come back to."""
        if self.at not in self._states:
            insort(self._marks, self.at)
        self._states[self.at] = (self.present(), self.run.notes)
        if len(self._marks) % 16 == 0 and self.present().size * len(self._marks) > MOST:
            self._thin()

    def _thin(self) -> None:
        for mark in self._marks[1:-1:2]:
            if mark not in self.edited:
                del self._states[mark]
        self._marks = sorted(self._states)

    def edit(self, state: State) -> None:
        """Somebody changed something here: it holds from now on, and what came after is forgotten."""
        self.discard()
        state.write(self.run.network)
        self._now = state
        self.edited.add(self.at)
        self.keep()

    def discard(self) -> None:
        """Forget what was recorded after the present position."""
        self.end = self.at
        for late in self._marks[bisect_right(self._marks, self.at) :]:
            del self._states[late]
        self._marks = sorted(self._states)
        self.edited = {position for position in self.edited if position <= self.at}
        starts, to_cost = self.program.starts, self.program.parts + 3
        self.run.losses = {
            sample: loss
            for sample, loss in self.run.losses.items()
            if starts[sample] + to_cost <= self.at
        }

    def cut(self) -> None:
        """Forget also what was still to come."""
        self.discard()
        self.program.cut(self.at)

    # ---- moving ---------------------------------------------------------------------------------

    def seek(self, position: int) -> None:
        """To a position: from the nearest state before it, or simply on from here."""
        index = bisect_right(self._marks, position) - 1
        mark = self._marks[index]
        if position < self.at or mark > self.at or self._bare:
            self._restore(mark)
        while self.at < position:
            self._leave_mark()
            following = self.program.starts[self.run.sample + 1]
            self.run.advance(min(position, following))
            self._arrived()

    def once(self) -> Step:
        """One step on; what happened."""
        self._leave_mark()
        step = watch(self.run)
        self._arrived()
        if self.at in self.edited:
            self._restore(self.at)
        return step

    def step_here(self) -> Step:
        """Do the step again that led here, and tell it."""
        self.seek(self.at - 1)
        return self.once()

    def _leave_mark(self) -> None:
        """On new ground keep the state in which each sample begins."""
        if self.at >= self.end and self.at == self.program.starts[self.run.sample]:
            self.keep()

    def _arrived(self) -> None:
        self._now = None
        self.end = max(self.end, self.at)

    def _restore(self, mark: int) -> None:
        state, notes = self._states[mark]
        state.write(self.run.network)
        self.run.at, self.run.notes, self._now = mark, notes, state
        self._bare = False

    # ---- looking back ---------------------------------------------------------------------------

    def fork(self) -> Tape:
        """The same tape with a network and a position of its own."""
        other = object.__new__(Tape)
        other.__dict__.update(self.__dict__)
        other.run = Run(self.run.network.copy(), self.program)
        other.run.at, other.run.notes = self.at, self.run.notes
        other.run.losses = dict(self.run.losses)
        other.edited = set(self.edited)
        other._states, other._marks = dict(self._states), list(self._marks)
        return other

    def edits(self) -> list[Edit]:
        """What was changed by hand, and when. (On the first position it is simply the start.)"""
        walker = self.fork()
        found: list[Edit] = []
        for position in sorted(self.edited - {0}):
            walker.bare(position)
            found += walker.present().edits_to(self._states[position][0], position)
        return found

    def bare(self, position: int) -> None:
        """To a position, as it was before anybody changed something there."""
        if position:
            self.seek(position - 1)
            self.run.advance(position)
            self._now, self._bare = None, True

    def first_state(self) -> State:
        """The state at position 0."""
        return self._states[0][0]
