"""Traces from files: every number is checked, and the lessons are done again to see that they fit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise
from math import prod
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy import storage
from lernpy.errors import FileFormatError, LernpyError
from lernpy.watch import known, questions
from lernpy.watch.file.fields import Fields, is_number, is_whole, shorten
from lernpy.watch.file.network import edit_of, network_of
from lernpy.watch.file.writing import FORMAT, KNOWN
from lernpy.watch.recording import Tape
from lernpy.watch.snapshot import NEURON, State, apply
from lernpy.watch.timeline import Sample

if TYPE_CHECKING:
    from lernpy.watch.trace import Trace

MOST_STEPS = 50_000_000
TOLERANCE = {("float64", "float64"): 1e-6, ("float32", "float64"): 1e-4}
LOOSE = 1e-2  # where the start weights themselves were rounded


def load(path: str | PathLike[str]) -> Trace:
    content = storage.read_json(path)
    return from_json(content, fspath(path))


def from_json(content: Any, place: str = "the trace") -> Trace:
    """A trace from what `Trace.to_json` gives."""
    try:
        return _read(Fields(content, f"{place}: "), place)
    except FileFormatError:
        raise
    except LernpyError as error:
        raise FileFormatError(f"{place}: {error}") from error
    except (OverflowError, ZeroDivisionError) as error:
        raise FileFormatError(f"{place}: its numbers cannot be computed with ({error})") from error


def _read(header: Fields, place: str) -> Trace:
    from lernpy.watch.trace import Trace

    _version(header, place)
    tape = Tape(network_of(header.fields("network")))
    samples = header.fields("samples")
    count = samples.whole("count", 1, MOST_STEPS)
    tape.program.extend(_samples(samples, tape, count))
    ends = _cut(samples, tape)
    if len(tape.program) > MOST_STEPS:
        raise FileFormatError(f"{place} has {len(tape.program):,} steps, more than can be replayed")
    _replay(header, tape, ends)
    trace = Trace.of_tape(tape, header.text("title"))
    _extras(header, trace, len(tape.program))
    tape.seek(0)
    return trace


def _version(header: Fields, place: str) -> None:
    given = header["format"]
    if not isinstance(given, str) or not given.startswith("lernpy-trace/"):
        raise FileFormatError(f"{place} is no trace of lernpy: its format is {shorten(given)}")
    if given != FORMAT:
        raise FileFormatError(
            f"{place} has the format {shorten(given)}; this lernpy reads {FORMAT}"
        )


# ---- the samples ------------------------------------------------------------------------------


def _samples(samples: Fields, tape: Tape, count: int) -> list[Sample]:
    network = tape.run.network
    inputs = samples.block("inputs", count, len(network.inputs)).tolist()
    targets = samples.block("targets", count, len(network.outputs)).tolist()
    given = samples.data.get("importance") is not None
    shares = samples.block("importance", count).tolist() if given else [1.0] * count
    runs = samples.rows("batches", _is_batch, "runs [size, times, fresh]")
    flags = [
        (fresh and nth == 0, nth == size - 1)
        for size, fresh in _unrolled(runs, count)
        for nth in range(size)
    ]
    runs = samples.rows("epochs", _is_run, "runs [size, times]")
    sizes = [size for size, _ in _unrolled(runs, count)]
    epochs = [epoch for epoch, size in enumerate(sizes) for _ in range(size)]
    for key, found in (("batches", flags), ("epochs", epochs)):
        if len(found) != count:
            raise samples.wrong(key, f"runs that make {count} samples")
    return [
        Sample(tuple(x), tuple(t), fresh, last, epoch, share)
        for x, t, (fresh, last), epoch, share in zip(
            inputs, targets, flags, epochs, shares, strict=True
        )
    ]


def _is_batch(row: list[Any]) -> bool:
    return len(row) == 3 and _is_run(row[:2]) and type(row[2]) is bool


def _is_run(row: list[Any]) -> bool:
    return len(row) == 2 and all(is_whole(number, 1, MOST_STEPS) for number in row)


def _unrolled(runs: Sequence[list[Any]], count: int) -> list[tuple[int, bool]]:
    """(size, fresh) one by one; none of them larger, and not more of them, than `count` allows."""
    every = (
        (min(size, count + 1), bool(rest and rest[0]))
        for size, times, *rest in runs
        for _ in range(times)
    )
    found, total = [], 0
    for size, fresh in islice(every, count + 1):
        found.append((size, fresh))
        total += size
        if total > count:
            break
    return found


def _cut(samples: Fields, tape: Tape) -> list[int]:
    """Shorten the samples that were broken off; where each sample ends."""
    rows = samples.rows("cut", lambda row: len(row) == 2, "pairs [sample, number of steps]")
    program = tape.program
    wanted: dict[int, int] = {}
    for sample, length in rows:
        if not is_whole(sample, 0, len(program.samples) - 1):
            raise samples.wrong("cut", "the index of a sample")
        if not is_whole(length, 1, program.steps_in(program.samples[sample]) - 1):
            raise samples.wrong("cut", "fewer steps than the sample has")
        wanted[sample] = length
    starts = [0]
    for place, sample in enumerate(program.samples):
        starts.append(starts[-1] + wanted.get(place, program.steps_in(sample)))
    program.starts = starts
    return starts[1:]


# ---- doing the lessons again --------------------------------------------------------------------


def _replay(header: Fields, tape: Tape, ends: list[int]) -> None:
    samples, dtype = header.fields("samples"), header.choice("dtype", ("float32", "float64"))
    network = header.fields("network")
    weights = Fields(network["weights"], network.at("weights"))["dtype"]
    check = Check(header, samples, tape, TOLERANCE.get((dtype, weights), LOOSE))
    edits = _edits(header, tape)
    for sample, end in enumerate(ends):
        while edits and edits[0][0] < end:
            position = edits[0][0]
            tape.seek(position)
            while edits and edits[0][0] == position:
                apply(tape.run.network, edits.pop(0)[1])
            tape.edit(State.of(tape.run.network))
        tape.seek(end)
        check.sample(sample)
    if edits:
        tape.seek(edits[0][0])
        for _, edit in edits:
            apply(tape.run.network, edit)
        tape.edit(State.of(tape.run.network))


def _edits(header: Fields, tape: Tape) -> list[tuple[int, Any]]:
    found = [edit_of(fields, tape.run.network) for fields in header.each("edits")]
    for edit, following in pairwise(found):
        if following.at < edit.at:
            raise header.wrong("edits", "edits in the order of their positions")
    for edit in found:
        if not 0 <= edit.at <= len(tape.program):
            raise header.wrong("edits", f"positions from 0 to {len(tape.program)}")
    return [(edit.at, edit) for edit in found]


class Check:
    """What was recorded, held against what the network computes."""

    def __init__(self, header: Fields, samples: Fields, tape: Tape, tolerance: float) -> None:
        network = tape.run.network
        self.tape, self.tolerance, self.place = tape, tolerance, header.place
        count, weights = len(tape.program.samples), len(network.weights)
        self.recorded = samples.places("recorded", len(network.neurons), once=True)
        self.names = [list(network.neurons)[place] for place in self.recorded]
        size = (count, len(self.recorded))
        self.rows = {
            name: samples.block(name, *size, finite=False)
            for name in NEURON
            if not self._follows(samples, name)
        }
        self.loss = samples.block("loss", count, finite=False)
        if isinstance(samples["rate"], dict):
            samples.block("rate", count)
        else:
            samples.number("rate", 0.0)
        detail = header.fields("detail")
        self.detail = detail.places("samples", count, once=True)
        if self.detail != sorted(self.detail):
            raise detail.wrong("samples", "samples in ascending order")
        detail.choice("updates", ("recorded", "derived"))
        for key in ("steps", "weights_at"):
            if detail[key] is not None:
                detail.block(key, len(self.detail), weights, finite=False)

    def _follows(self, samples: Fields, name: str) -> bool:
        """Whether a quantity is rightly left out: it follows from the sums by known functions."""
        if samples[name] is not None:
            return False
        kinds = {n.activation.name for n in self.tape.run.network.neurons.values()}
        if name not in ("output", "delta") or not kinds <= KNOWN:
            raise samples.wrong(name, "a block of numbers")
        return True

    def sample(self, sample: int) -> None:
        """Compare what stands there at the end of a sample."""
        run, now = self.tape.run, self.tape.present()
        masks = known.masks(run)
        for name, rows in self.rows.items():
            column = NEURON.index(name)
            found = np.where(masks[name], now.neurons[:, column], np.nan)[self.recorded]
            self._same(sample, name, rows[sample], found)
        loss = np.nan if run.notes.loss is None else run.notes.loss
        self._same(sample, "loss", self.loss[sample : sample + 1], np.array([loss]))

    def _same(self, sample: int, name: str, recorded: np.ndarray, found: np.ndarray) -> None:
        with np.errstate(invalid="ignore", over="ignore"):
            near = np.abs(recorded - found) <= self.tolerance * np.maximum(1.0, np.abs(found))
            huge = np.isinf(recorded) & (np.abs(found) > 3e38)  # float32 knows no larger numbers
        same = near | (recorded == found) | (np.isnan(recorded) & np.isnan(found)) | huge
        if not same.all():
            place = int(np.flatnonzero(~same)[0])
            whose = f" of {self.names[place]}" if name != "loss" else ""
            raise FileFormatError(
                f"{self.place}sample {sample}: the {name}{whose} is recorded as "
                f"{recorded[place]:.6g}, but its network computes {found[place]:.6g}; "
                "the file was altered or is damaged"
            )


# ---- what lies beside ---------------------------------------------------------------------------


def _extras(header: Fields, trace: Trace, steps: int) -> None:
    trace.image = _image(header, len(trace.tape().run.network.inputs))
    trace.classes = tuple(header.texts("classes"))
    trace.positions = _positions(header, len(trace.tape().run.network.neurons))
    run = trace.tape().run
    questions.check(header, run.structure, len(run.network.weights), steps)
    trace.script = header.listing("script")
    trace.gates = header.listing("gates")
    trace.breakpoints = header.texts("breakpoints")


def _image(header: Fields, inputs: int) -> tuple[int, int] | None:
    image = header["image"]
    if image is None:
        return None
    size = header.listing("image")
    if len(size) != 2 or not all(is_whole(n, 1, inputs) for n in size) or prod(size) != inputs:
        raise header.wrong("image", f"rows and columns of {inputs} inputs")
    return size[0], size[1]


def _positions(header: Fields, neurons: int) -> list[tuple[float, float]] | None:
    if header["positions"] is None:
        return None
    rows = header.rows(
        "positions", lambda row: len(row) == 2 and all(map(is_number, row)), "pairs [x, y]"
    )
    if len(rows) != neurons:
        raise header.wrong("positions", f"a place for each of {neurons} neurons")
    return [(float(x), float(y)) for x, y in rows]
