"""A trace: lessons that were recorded, to be walked through forward and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from lernpy import storage
from lernpy.checks import Bound, is_list, whole
from lernpy.errors import LernpyError
from lernpy.frame import Frame
from lernpy.network import Network
from lernpy.structure import Structure
from lernpy.text import counted
from lernpy.watch.annotations import Annotated
from lernpy.watch.conditions import Condition, as_condition
from lernpy.watch.file import reading, writing
from lernpy.watch.file.blocks import encoded
from lernpy.watch.narration.spans import as_one
from lernpy.watch.narration.step import Step
from lernpy.watch.recording import Recording
from lernpy.watch.slow import SlowMotion
from lernpy.watch.snapshot import Edit

MOST_TOLD = 2_000  # steps of one move that are told together; of more the last

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Trace(Annotated, Bound):
    """Recorded lessons, with a cursor. Position p is the moment when p steps are done.

    Moving the cursor moves the network that the steps came from, if that is still there: every
    number of it becomes what it was. A weight or a setting that is changed by hand between two moves
    holds from there on; the future that was recorded is discarded, and the lesson goes on with it.
    The numbers of the neurons and links are the lesson's own: if others are there (`learn`, another
    stepper, a verb by hand), it goes on with those that it left, and its next step says so.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> trace = Trace.record(lernpy.slow_motion(network, [1], [1]))
    >>> trace
    <trace: 1 sample, 18 steps, at 18>
    >>> trace.goto(0)
    >>> round(network.links["h", "y"].weight.value, 4), trace.forward("phase").phase
    (-1.0, 'reset')
    >>> print(trace.until("phase=cost"))
    10/18 cost: loss = ½ (0.3364 − 1)² = 0.2202; s(y) = -0.6636
    """

    instead = "keep it with trace.save(path) and Trace.load(path)"

    def __init__(self, network: Network, title: str = "") -> None:
        self._start(Recording(network.copy(), network), title)

    def _start(self, recording: Recording, title: str) -> None:
        self._recording = recording
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
        following = iter(steps) if is_list(steps) else iter(())
        first = next(following, None)
        if not isinstance(first, Step):
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
            self.goto(len(self._recording.timeline))
            return
        for step in steps:
            if step.source.trace is not self:
                self.begin(step.source)

    def begin(self, lesson: SlowMotion) -> None:
        """Take a lesson over without doing it: `forward` does its steps, or `next(lesson)`."""
        if lesson.network is not self.network:
            raise LernpyError("a trace has lessons of one network; record the other one apart")
        if lesson.trace is not None:
            raise LernpyError("this lesson is recorded already; start another slow_motion")
        start = self._recording.take(lesson)
        self._step = None
        lesson.lead(self, start)

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
        recording = self._recording
        recording.notice()
        if recording.at >= len(recording.timeline):
            return None
        stop = recording.timeline.next_stop(recording.at, level)
        recording.seek(stop - 1)
        self._step = recording.once()
        recording.show()
        return self.step

    def back(self, level: str = "link") -> Step | None:
        """Back by one step, or to where `forward` of this level would have stopped before.

        Returns the step that led to where the cursor is then, or None at the start.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> trace.back().name, trace.back("phase").phase, trace.cursor
        ('x', 'cost', 10)
        """
        self._recording.notice()
        if self.cursor:
            self._go(self._recording.timeline.last_stop(self.cursor, level))
        return self.step

    def move(self, level: str = "link") -> Step | None:
        """What led to the present moment as one move of that level: its steps told together.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> trace.goto(14)
        >>> step = trace.back("generation")
        >>> trace.move("generation").sentence
        'Blame went from y to h along 1 link, most of it, 0.1481, to h.'
        """
        step, start = self.step, self._recording.timeline.last_stop(self.cursor, level)
        if step is None or self.cursor - start > MOST_TOLD:
            return step
        return as_one([*self.steps(start, self.cursor - 1), step])

    def goto(self, position: int) -> None:
        """To any position: 0 is before the first step, -1 the end of what is recorded."""
        self._recording.notice()
        position = whole("position", position, -len(self) - 1)
        wanted = position + len(self) + 1 if position < 0 else position
        if not 0 <= wanted <= len(self._recording.timeline):
            raise LernpyError(
                f"the trace has {len(self)} steps; there is no position {position} in it"
            )
        self._go(wanted)

    def _go(self, position: int) -> None:
        if position != self.cursor:
            self._recording.seek(position)
            self._step = None
            self._recording.show()

    def until(
        self,
        condition: str | Condition | Callable[[Step], bool] | Sequence[str],
        back: bool = False,
    ) -> Step | None:
        """On to the next step for which the condition holds (text as in `parse_condition`), or the
        first of several conditions.

        Returns that step; None, at the end, if there is none. With `back`: back to the last such
        step before the present one; None, and nothing moves, if there is none.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
        >>> step = trace.until("h->y", back=True)
        >>> step.index, step.phase
        (12, 'backward')
        """
        holds = as_condition(condition, self.structure)
        self._recording.notice()
        if back:
            return self._back_until(holds)
        happens = False
        while not happens and self.cursor < len(self._recording.timeline):
            self._step = self._recording.once()
            happens = holds(self._step)
        self._recording.show()
        return self.step if happens else None

    def _back_until(self, holds: Callable[[Step], bool]) -> Step | None:
        earlier = [step.index for step in self.steps(0, max(self.cursor - 1, 0)) if holds(step)]
        if not earlier:
            return None
        self._go(earlier[-1])
        return self.step

    # ---- what there is to see -------------------------------------------------------------------

    @property
    def network(self) -> Network | None:
        """The network that the steps came from, if it is still there; it moves with the cursor."""
        return self._recording.source

    @property
    def structure(self) -> Structure:
        """Of the recording's own twin of the network."""
        return self._recording.replay.structure

    @property
    def cursor(self) -> int:
        """The position: how many steps are done."""
        return self._recording.at

    @property
    def step(self) -> Step | None:
        """The step that led to the present moment; None before the first."""
        if self._step is None and self.cursor:
            self._recording.notice()
            self._step = self._recording.step_here()
        if self._step and self._recording.remark:
            self._step = replace(self._step, remark=self._recording.remark)
            self._recording.remark = ""
        return self._recording.placed(self._step) if self._step else None

    @property
    def frame(self) -> Frame:
        """All numbers of the present moment; what is not computed yet is NaN."""
        self._recording.notice()
        return self._recording.replay.frame(self.title)

    def steps(self, start: int = 0, stop: int | None = None) -> Iterator[Step]:
        """The recorded steps between two positions, one after the other; the cursor stays."""
        walker = self.recording()
        walker.seek(start)
        end = len(self) if stop is None else min(stop, len(self))
        while walker.at < end:
            yield walker.once()

    def moves(self, level: str = "link") -> Iterator[list[Step]]:
        """The recorded steps, move by move of that level; the cursor stays."""
        steps = self.steps()
        for start, stop in pairwise(self.stops(level)):
            yield list(islice(steps, stop - start))

    def frames(self, positions: Iterable[int]) -> Iterator[Frame]:
        """Frames of other moments; the cursor stays."""
        walker = self.recording()
        for position in positions:
            walker.seek(position)
            yield walker.replay.frame(self.title)

    def stops(self, level: str) -> list[int]:
        """The recorded positions at which `forward(level)` stops, the start included.

        >>> import lernpy
        >>> trace = Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1], epochs=2))
        >>> trace.stops("phase"), trace.stops("epoch")
        ([0, 1, 2, 9, 10, 17, 18, 19, 20, 27, 28, 35, 36], [0, 18, 36])
        """
        stops = [0]
        while stops[-1] < len(self):
            stops.append(min(self._recording.timeline.next_stop(stops[-1], level), len(self)))
        return stops

    def __len__(self) -> int:
        return self._recording.end

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self._recording.timeline.samples)

    @property
    def sample(self) -> int:
        """Which sample the present moment belongs to: its index in `losses`."""
        return self._recording.timeline.sample_at(max(self.cursor - 1, 0)) if self.samples else 0

    @property
    def losses(self) -> list[float | None]:
        """The loss of each sample; None where it is not computed yet."""
        return [self._recording.replay.losses.get(sample) for sample in range(self.samples)]

    @property
    def targets(self) -> tuple[float, ...]:
        """What is expected of the present sample. May be changed until the cost is computed."""
        return self._recording.timeline.samples[self._recording.replay.sample].targets

    @targets.setter
    def targets(self, targets: ArrayLike) -> None:
        self._recording.notice()
        self._recording.replay.expect(targets)
        self._recording.discard()
        self._recording.keep()

    @property
    def edits(self) -> list[Edit]:
        """What was changed by hand, and when."""
        self._recording.notice()
        return self._recording.edits()

    def __repr__(self) -> str:
        samples = counted(self.samples, "sample")
        title = f" '{self.title}'" if self.title else ""
        return f"<trace{title}: {samples}, {len(self)} steps, at {self.cursor}>"

    # ---- files ----------------------------------------------------------------------------------

    def contents(
        self, *, detail: int | Iterable[int] = 12, dtype: str | None = None
    ) -> dict[str, Any]:
        """What goes into a file, with arrays (`watch.file.blocks.Block`) in place of base64.

        Parameters
        ----------
        detail : how many samples the page shows link by link, or which (1 is the first)
        dtype : of the recorded quantities: float32, float64, or None (by their number)
        """
        self._recording.notice()
        prepared = {name: getattr(self, name) for name in reading.PREPARED}
        return writing.contents(self._recording, prepared, detail, dtype)

    def to_json(
        self, *, detail: int | Iterable[int] = 12, dtype: str | None = None
    ) -> dict[str, Any]:
        """What `save` writes, as a dict."""
        content: dict[str, Any] = encoded(self.contents(detail=detail, dtype=dtype))
        return content

    def save(
        self,
        path: str | PathLike[str],
        *,
        detail: int | Iterable[int] = 12,
        dtype: str | None = None,
    ) -> None:
        """Write the trace as a file of format lernpy-trace/1 (see FORMAT.md in lernpy/watch)."""
        storage.write_text(path, writing.as_text(self.contents(detail=detail, dtype=dtype)))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Trace:
        """Read what `save` wrote. The trace has no network to move, only its cursor (at 0).

        Raises
        ------
        FileFormatError
            If the file is of another version, cut off, altered, or no trace; names the place.
        """
        return cls.from_json(storage.read_json(path), fspath(path))

    @classmethod
    def from_json(cls, content: Any, where: str = "the trace") -> Trace:
        """A trace from what `to_json` gives; `where` is how errors call it."""
        recording, prepared = reading.read(content, where)
        trace = object.__new__(cls)
        trace._start(recording, prepared["title"])
        trace.__dict__.update(prepared)
        return trace

    def recording(self) -> Recording:
        """A copy of the record, to be walked through on its own."""
        self._recording.notice()
        return self._recording.fork()
