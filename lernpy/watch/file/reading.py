"""Traces from files: every number is checked, and the lessons are done again to see that they fit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby, islice, pairwise
from math import prod
from typing import Any

import numpy as np

from lernpy.checks import Fields, is_finite, is_whole
from lernpy.data import Card
from lernpy.errors import FileFormatError, LernpyError
from lernpy.files.writing import check_card
from lernpy.frame import NEURON
from lernpy.text import nth, shown
from lernpy.watch import questions
from lernpy.watch.file.blocks import unpack
from lernpy.watch.file.edits import edit_of
from lernpy.watch.file.network import network_of
from lernpy.watch.file.writing import FORMAT, KNOWN
from lernpy.watch.recording import Recording
from lernpy.watch.snapshot import Edit, Snapshot
from lernpy.watch.timeline import Sample

PREPARED = ("title", "script", "gates", "breakpoints", "image", "classes", "positions")
MOST_STEPS = 50_000_000
TOLERANCE = {("float64", "float64"): 1e-6, ("float32", "float64"): 1e-4}
LOOSE = 1e-2  # where the start weights themselves were rounded


def read(content: Any, where: str) -> tuple[Recording, dict[str, Any]]:
    """From the content of a file, called `where` in errors: the recording, and what stands beside."""
    try:
        return _read(Fields(content, f"{where}: "), where)
    except FileFormatError:
        raise
    except LernpyError as error:
        raise FileFormatError(f"{where}: {error}") from error
    except (OverflowError, ZeroDivisionError) as error:
        raise FileFormatError(f"{where}: its numbers cannot be computed with ({error})") from error


def _read(header: Fields, where: str) -> tuple[Recording, dict[str, Any]]:
    _version(header, where)
    network = network_of(header.fields("network"))
    if header.get("card") is not None:  # written since the data's own names are shown
        network.card = Card.from_json(header["card"], header.at("card"))
        check_card(network.card, network)
    recording = Recording(network)
    timeline, samples = recording.timeline, header.fields("samples")
    timeline.extend(_samples(samples, recording, samples.whole("count", 1, MOST_STEPS)))
    ends = _cut(samples, recording)
    if len(timeline) > MOST_STEPS:
        raise FileFormatError(f"{where} has {len(timeline):,} steps, more than can be replayed")
    _replay(header, recording, ends)
    recording.seek(0)
    return recording, _prepared(header, recording)


def _version(header: Fields, where: str) -> None:
    version = header["format"]
    if not isinstance(version, str) or not version.startswith("lernpy-trace/"):
        raise FileFormatError(f"{where} is no trace of lernpy: its format is {shown(version)}")
    if version != FORMAT:
        raise FileFormatError(
            f"{where} has the format {shown(version)}; this lernpy reads {FORMAT}"
        )


# ---- the samples ------------------------------------------------------------------------------


def _samples(samples: Fields, recording: Recording, count: int) -> Iterator[Sample]:
    network = recording.network
    inputs = unpack(samples, "inputs", count, len(network.inputs)).tolist()
    targets = unpack(samples, "targets", count, len(network.outputs)).tolist()
    weighted = samples.get("importance") is not None
    weights = unpack(samples, "importance", count).tolist() if weighted else [1.0] * count
    runs = samples.rows("batches", _is_batch, "runs [size, times, fresh]")
    flags = [
        (fresh and nth == 0, nth == size - 1)
        for size, fresh in _unrolled(runs, count)
        for nth in range(size)
    ]
    runs = samples.rows("epochs", _is_run, "runs [size, times]")
    sizes = [size for size, _ in _unrolled(runs, count)]
    epochs = [epoch for epoch, size in enumerate(sizes) for _ in range(size)]
    for key, every in (("batches", flags), ("epochs", epochs)):
        if len(every) != count:
            raise samples.wrong(key, f"runs that make {count} samples")
    for x, t, flag, epoch, weight in zip(inputs, targets, flags, epochs, weights, strict=True):
        yield Sample(tuple(x), tuple(t), *flag, epoch, weight)


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
    sizes, total = [], 0
    for size, fresh in islice(every, count + 1):
        sizes.append((size, fresh))
        total += size
        if total > count:
            break
    return sizes


def _cut(samples: Fields, recording: Recording) -> list[int]:
    """Shorten the samples that were broken off; where each sample ends."""
    rows = samples.rows("cut", lambda row: len(row) == 2, "pairs [sample, number of steps]")
    timeline = recording.timeline
    lengths = [timeline.steps_in(sample) for sample in timeline.samples]
    for sample, length in rows:
        if not is_whole(sample, 0, len(lengths) - 1):
            raise samples.wrong("cut", "the index of a sample")
        if not is_whole(length, 1, timeline.steps_in(timeline.samples[sample]) - 1):
            raise samples.wrong("cut", "fewer steps than the sample has")
        lengths[sample] = length
    timeline.starts = [0, *np.cumsum(lengths).tolist()]
    return timeline.starts[1:]


# ---- doing the lessons again --------------------------------------------------------------------


def _replay(header: Fields, recording: Recording, ends: list[int]) -> None:
    check = Check(header, recording)
    groups = groupby(_edits(header, recording), lambda edit: edit.at)
    edits = deque((position, list(group)) for position, group in groups)
    for sample, end in enumerate(ends):
        while edits and edits[0][0] < end:
            _edit(recording, *edits.popleft())
        recording.seek(end)
        check.sample(sample)
    for position, changes in edits:
        _edit(recording, position, changes)


def _edit(recording: Recording, position: int, edits: Sequence[Edit]) -> None:
    recording.seek(position)
    for edit in edits:
        edit.apply(recording.network)
    recording.edit(Snapshot.of(recording.network))


def _edits(header: Fields, recording: Recording) -> list[Edit]:
    edits = [edit_of(fields, recording.network) for fields in header.each("edits")]
    for edit, following in pairwise(edits):
        if following.at < edit.at:
            raise header.wrong("edits", "edits in the order of their positions")
    end = len(recording.timeline)
    if not all(0 <= edit.at <= end for edit in edits):
        raise header.wrong("edits", f"positions from 0 to {end}")
    return edits


class Check:
    """What was recorded, held against what the network computes."""

    def __init__(self, header: Fields, recording: Recording) -> None:
        self.recording, self.where = recording, header.where
        samples, detail = header.fields("samples"), header.fields("detail")
        network, count = recording.network, len(recording.timeline.samples)
        weights = header.fields("network").fields("weights")["dtype"]
        dtype = header.choice("dtype", ("float32", "float64"))
        self.tolerance = TOLERANCE.get((dtype, weights), LOOSE)
        self.recorded = samples.indices("recorded", len(network.neurons), once=True)
        self.names = [list(network.neurons)[index] for index in self.recorded]
        self.rows = {
            name: unpack(samples, name, count, len(self.recorded), finite=False)
            for name in NEURON
            if not self._follows(samples, name)
        }
        self.loss = unpack(samples, "loss", count, finite=False)
        if isinstance(samples["rate"], dict):
            unpack(samples, "rate", count)
        else:
            samples.number("rate", 0.0)
        chosen = detail.indices("samples", count, once=True)
        if chosen != sorted(chosen):
            raise detail.wrong("samples", "samples in ascending order")
        detail.choice("updates", ("recorded", "derived"))
        for key in ("steps", "weights_at"):
            if detail[key] is not None:
                unpack(detail, key, len(chosen), len(network.weights), finite=False)

    def _follows(self, samples: Fields, name: str) -> bool:
        """Whether a quantity is rightly left out: it follows from the sums by known functions."""
        if samples[name] is not None:
            return False
        kinds = {n.activation.name for n in self.recording.network.neurons.values()}
        if name not in ("output", "delta") or not kinds <= KNOWN:
            raise samples.wrong(name, "a block of numbers")
        return True

    def sample(self, sample: int) -> None:
        """Compare what stands there at the end of a sample."""
        computed = self.recording.neurons()
        for name, rows in self.rows.items():
            self._same(sample, name, rows[sample], computed[name][self.recorded])
        loss = self.recording.replay.notes.loss
        self._same(sample, "loss", self.loss[sample : sample + 1], np.array([loss], float))

    def _same(self, sample: int, name: str, recorded: np.ndarray, computed: np.ndarray) -> None:
        with np.errstate(invalid="ignore", over="ignore"):
            allowed = self.tolerance * np.maximum(1.0, np.abs(computed))
            near = np.abs(recorded - computed) <= allowed
            huge = np.isinf(recorded) & (np.abs(computed) > 3e38)  # float32 knows no larger ones
        unknown = np.isnan(recorded) & np.isnan(computed)
        wrong = np.flatnonzero(~(near | (recorded == computed) | unknown | huge))
        if len(wrong):
            index = int(wrong[0])
            whose = f" of {self.names[index]}" if name != "loss" else ""
            raise FileFormatError(
                f"{self.where}{nth('sample', sample)}: the {name}{whose} is recorded as "
                f"{recorded[index]:.6g}, but its network computes {computed[index]:.6g}; "
                "the file was altered or is damaged"
            )


# ---- what stands beside -------------------------------------------------------------------------


def _prepared(header: Fields, recording: Recording) -> dict[str, Any]:
    network = recording.network
    questions.check_script(header, recording.replay.structure, len(recording.timeline))
    return {
        "title": header.text("title"),
        "script": header.items("script"),
        "gates": header.items("gates"),
        "breakpoints": header.texts("breakpoints"),
        "image": _image(header, len(network.inputs)),
        "classes": tuple(header.texts("classes")),
        "positions": _positions(header, len(network.neurons)),
    }


def _image(header: Fields, inputs: int) -> tuple[int, int] | None:
    if header["image"] is None:
        return None
    size = header.items("image")
    if len(size) != 2 or not all(is_whole(n, 1, inputs) for n in size) or prod(size) != inputs:
        raise header.wrong("image", f"rows and columns of {inputs} inputs")
    return size[0], size[1]


def _positions(header: Fields, neurons: int) -> list[tuple[float, float]] | None:
    if header["positions"] is None:
        return None
    rows = header.rows(
        "positions", lambda row: len(row) == 2 and all(map(is_finite, row)), "pairs [x, y]"
    )
    if len(rows) != neurons:
        raise header.wrong("positions", f"a position for each of {neurons} neurons")
    return [(float(x), float(y)) for x, y in rows]
