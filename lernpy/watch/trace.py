"""A trace: lessons that were recorded, to be walked through forward and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.network import Network
from lernpy.text import counted
from lernpy.watch import known
from lernpy.watch.conditions import Condition, as_condition
from lernpy.watch.follower import Mover
from lernpy.watch.narration.step import Step
from lernpy.watch.prepared import Prepared
from lernpy.watch.recording import Tape
from lernpy.watch.slow import SlowMotion, change_targets
from lernpy.watch.snapshot import Edit, State, same

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Trace(Prepared):
    """Recorded lessons, with a cursor. Position p is the moment when p steps are done.

    Moving the cursor moves the network that the steps came from, if that is still there: every
    number of it becomes what it was. What is changed by hand between two moves holds from there
    on; the future that was recorded is discarded, and the lesson goes on with the new numbers.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> trace = Trace.record(lernpy.slow_motion(network, [1], [1]))
    >>> trace
    <trace: 1 sample, 18 steps, at 18>
    >>> trace.goto(0)
    >>> round(network.links["h", "y"].weight.value, 4), trace.forward("phase").phase
    (-1.0, 'reset')
    >>> print(trace.until("phase=cost"))
    10/18 cost: loss = 0.2202; s(y) = -0.6636
    """

    def __init__(self, network: Network, title: str = "") -> None:
        self._start(Tape(network.copy()), Mover(network), title)

    def _start(self, tape: Tape, mover: Mover, title: str) -> None:
        self._tape = tape
        self._mover = mover
        self._step: Step | None = None  # that led here, once somebody asked for it
        self._prepare(title)

    # ---- recording ------------------------------------------------------------------------------

    @classmethod
    def record(cls, steps: Iterable[Step], title: str = "") -> Trace:
        """Do all the steps (of `slow_motion`) and keep them.

        >>> import lernpy
        >>> network = lernpy.build.by_hand()
        >>> Trace.record(lernpy.slow_motion(network, [1], [1], epochs=3), title="By hand")
        <trace 'By hand': 3 samples, 54 steps, at 54>
        """
        if isinstance(steps, SlowMotion):
            trace = cls(steps.network, title)
            trace.extend(steps)
            return trace
        following = iter(steps)
        first = next(following, None)
        if first is None:
            raise LernpyError("there is no step to record; give slow_motion(network, x, t)")
        trace = cls(first.source.network, title)
        trace.begin(first.source)
        trace.extend(following)
        return trace

    def extend(self, steps: Iterable[Step]) -> None:
        """Record more lessons of the same network, from the cursor on.

        >>> import lernpy
        >>> network = lernpy.build.by_hand()
        >>> trace = Trace.record(lernpy.slow_motion(network, [1], [1]))
        >>> trace.extend(lernpy.slow_motion(network, [0.5], [0]))
        >>> trace.samples, len(trace)
        (2, 36)
        """
        if isinstance(steps, SlowMotion) and steps.trace is None:
            self.begin(steps)
            self.goto(len(self._tape.program))
            return
        for step in steps:
            if step.source.trace is not self:
                self.begin(step.source)

    def begin(self, lesson: SlowMotion) -> None:
        """Take a lesson over without doing it: `forward` does its steps, or `next(lesson)`."""
        self._check(lesson)
        done, before = lesson.run.at, lesson.before
        if done and before is not None:
            if before != self._tape.present():
                self._tape.edit(before)
        else:
            self._mover.notice(self._tape)
        self._tape.cut()
        self._tape.keep()
        start = self._tape.at
        samples = self._tape.program.samples
        epoch = samples[-1].epoch + 1 if samples else 0
        self._tape.program.extend(
            sample._replace(epoch=sample.epoch + epoch) for sample in lesson.program.samples
        )
        self._tape.seek(start + done)
        self._step = None
        if done > 1:
            self._same_so_far(lesson)
        lesson.lead(self, start)

    def _check(self, lesson: SlowMotion) -> None:
        if lesson.network is not self.network:
            raise LernpyError("a trace has lessons of one network; record the other one apart")
        if lesson.trace is not None:
            raise LernpyError("this lesson is recorded already; start another slow_motion")

    def _same_so_far(self, lesson: SlowMotion) -> None:
        """Steps done before the recording are done again here; the numbers must come out alike."""
        live, here = State.of(lesson.network), self._tape.present()
        if not (same(live.neurons, here.neurons) and same(live.links, here.links)):
            raise LernpyError(
                f"{lesson.run.at} steps of this lesson were done before the recording began, and "
                "something was changed meanwhile; record it from its start"
            )

    # ---- moving ---------------------------------------------------------------------------------

    def forward(self, level: str = "link") -> Step | None:
        """On by one step, or to the end of the present neuron, generation, phase, sample or epoch.

        Returns the step that is done last, or None at the end.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> trace.goto(2)  # reset and feed are done
        >>> trace.forward().name, trace.forward("neuron").name, trace.forward("sample").phase
        ('x', 'x -> h', 'update')
        """
        self._mover.notice(self._tape)
        tape = self._tape
        if tape.at >= len(tape.program):
            return None
        stop = tape.run.structure.next_stop(tape.program, tape.at, level)
        if stop > tape.at + 1:
            tape.seek(stop - 1)
        self._step = tape.once()
        self._mover.show(self._tape)
        return self.step

    def back(self, level: str = "link") -> Step | None:
        """Back by one step, or to where `forward` of this level would have stopped before.

        Returns the step that led to where the cursor is then, or None at the start.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> trace.back().name, trace.back("phase").phase, trace.cursor
        ('x', 'cost', 10)
        """
        self._mover.notice(self._tape)
        if self.cursor:
            self._go(self._tape.run.structure.last_stop(self._tape.program, self.cursor, level))
        return self.step

    def goto(self, position: int) -> None:
        """To any position: 0 is before the first step, -1 the end of what is recorded."""
        self._mover.notice(self._tape)
        wanted = position + len(self) + 1 if position < 0 else position
        if not 0 <= wanted <= len(self._tape.program):
            raise LernpyError(
                f"the trace has {len(self)} steps; there is no position {position} in it"
            )
        self._go(wanted)

    def _go(self, position: int) -> None:
        if position != self.cursor:
            self._tape.seek(position)
            self._step = None
            self._mover.show(self._tape)

    def until(
        self, condition: str | Condition | Callable[[Step], bool], back: bool = False
    ) -> Step | None:
        """On to the next step for which the condition holds (text as in `parse_condition`).

        Returns that step; None, at the end, if there is none. With `back`: back to the last such
        step before the present one; None, and nothing moves, if there is none.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> step = trace.until("h->y", back=True)
        >>> step.index, step.phase
        (12, 'backward')
        """
        holds = as_condition(condition, self._tape.run.structure)
        self._mover.notice(self._tape)
        return self._back_until(holds) if back else self._on_until(holds)

    def _on_until(self, holds: Callable[[Step], bool]) -> Step | None:
        found = False
        while not found and self.cursor < len(self._tape.program):
            self._step = self._tape.once()
            found = holds(self._step)
        self._mover.show(self._tape)
        return self.step if found else None

    def _back_until(self, holds: Callable[[Step], bool]) -> Step | None:
        found = [step.index for step in self.steps(0, max(self.cursor - 1, 0)) if holds(step)]
        if not found:
            return None
        self._go(found[-1])
        return self.step

    # ---- what there is to see -------------------------------------------------------------------

    @property
    def network(self) -> Network | None:
        """The network that the steps came from, if it is still there; it moves with the cursor."""
        return self._mover.network

    @property
    def cursor(self) -> int:
        """The position: how many steps are done."""
        return self._tape.at

    @property
    def step(self) -> Step | None:
        """The step that led to the present moment; None before the first."""
        if self._step is None and self.cursor:
            self._mover.notice(self._tape)
            self._step = self._tape.step_here()
        return self._mover.placed(self._step, self._tape) if self._step else None

    @property
    def frame(self) -> Frame:
        """All numbers of the present moment; what is not computed yet is NaN."""
        self._mover.notice(self._tape)
        return known.frame(self._tape.run, self.title)

    def steps(self, start: int = 0, stop: int | None = None) -> Iterator[Step]:
        """The recorded steps between two positions, one after the other; the cursor stays."""
        walker = self.tape()
        walker.seek(start)
        end = len(self) if stop is None else min(stop, len(self))
        while walker.at < end:
            yield walker.once()

    def frames(self, positions: Iterable[int]) -> Iterator[Frame]:
        """Frames of other moments; the cursor stays."""
        walker = self.tape()
        for position in positions:
            walker.seek(position)
            yield known.frame(walker.run, self.title)

    def stops(self, level: str) -> list[int]:
        """The recorded positions at which `forward(level)` stops, the start included.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1], epochs=2))
        >>> trace.stops("phase"), trace.stops("epoch")
        ([0, 1, 2, 9, 10, 17, 18, 19, 20, 27, 28, 35, 36], [0, 18, 36])
        """
        found = [0]
        program, structure = self._tape.program, self._tape.run.structure
        while found[-1] < len(self):
            found.append(min(structure.next_stop(program, found[-1], level), len(self)))
        return found

    def __len__(self) -> int:
        return self._tape.end

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self._tape.program.samples)

    @property
    def sample(self) -> int:
        """Which sample the present moment belongs to, from 0."""
        return self._tape.program.sample_at(max(self.cursor - 1, 0)) if self.samples else 0

    @property
    def losses(self) -> list[float | None]:
        """The loss of each sample; None where it is not computed yet."""
        return [self._tape.run.losses.get(sample) for sample in range(self.samples)]

    @property
    def targets(self) -> tuple[float, ...]:
        """What is expected of the present sample. May be changed until the cost is computed."""
        return self._tape.program.samples[self._tape.run.sample].targets

    @targets.setter
    def targets(self, targets: ArrayLike) -> None:
        self._mover.notice(self._tape)
        change_targets(self._tape.run, targets)
        self._tape.discard()
        self._tape.keep()

    @property
    def edits(self) -> list[Edit]:
        """What was changed by hand, and when."""
        self._mover.notice(self._tape)
        return self._tape.edits()

    def __repr__(self) -> str:
        samples = counted(self.samples, "sample")
        title = f" '{self.title}'" if self.title else ""
        return f"<trace{title}: {samples}, {len(self)} steps, at {self.cursor}>"

    # ---- files ----------------------------------------------------------------------------------

    def save(
        self,
        path: str | PathLike[str],
        *,
        detail: int | Iterable[int] = 12,
        dtype: str | None = None,
    ) -> None:
        """Write the trace as a file of format lernpy-trace/1 (see FORMAT.md in lernpy/watch).

        Parameters
        ----------
        detail : how many samples the page shows link by link, or which
        dtype : of the recorded quantities: float32, float64, or None (by their number)
        """
        from lernpy.watch.file import writing

        writing.save(self, path, detail=detail, dtype=dtype)

    def to_json(
        self, *, detail: int | Iterable[int] = 12, dtype: str | None = None
    ) -> dict[str, Any]:
        """What `save` writes, as a dict."""
        from lernpy.watch.file import writing

        return writing.to_json(self, detail=detail, dtype=dtype)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Trace:
        """Read what `save` wrote. The trace has no network to move, only its cursor (at 0).

        Raises
        ------
        FileFormatError
            If the file is of another version, cut off, altered, or no trace; names the place.
        """
        from lernpy.watch.file import reading

        return reading.load(path)

    @classmethod
    def of_tape(cls, tape: Tape, title: str = "") -> Trace:
        """A trace whose network is not there."""
        trace = object.__new__(cls)
        trace._start(tape, Mover(None), title)
        return trace

    def tape(self) -> Tape:
        """A copy of the record, to be walked through on its own."""
        self._mover.notice(self._tape)
        return self._tape.fork()
