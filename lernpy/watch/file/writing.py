"""What of a recording goes into a file: see FORMAT.md."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np

from lernpy import subclasses
from lernpy._version import __version__
from lernpy.checks import Fields, whole
from lernpy.errors import LernpyError
from lernpy.frame import NEURON
from lernpy.network import Network
from lernpy.structure import structure_of
from lernpy.watch import questions
from lernpy.watch.file.blocks import encoded, pack, pack_smallest, runs_of
from lernpy.watch.file.edits import edit_as_json
from lernpy.watch.file.network import network_as_json
from lernpy.watch.recording import Recording
from lernpy.watch.timeline import Sample

FORMAT = "lernpy-trace/1"
UNITS = {
    "total_input": "the sum of what the links brought",
    "output": "after the activation",
    "sensitivity": "dLoss / d output",
    "delta": "dLoss / d total_input",
    "signal": "weight x output",
    "blame": "weight x delta",
    "gradient": "dLoss / d weight, summed since the last update",
}
KNOWN = {  # activations whose outputs and slopes every reader of the format can compute
    *("identity", "one", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus"),
    *("gelu", "softmax"),
}
MANY_NUMBERS = 2_000  # more recorded quantities than that are written as float32
MANY_WEIGHTS = 4_096  # so are the start weights under plain sgd
MANY_STEPS = 50_000  # more weight steps than that are left to the page, under plain sgd


def as_text(contents: dict[str, Any]) -> str:
    """Contents as the text of a file, one key to a line."""
    text = json.dumps(encoded(contents), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace(',"', ',\n"') + "\n"


def contents(
    recording: Recording,
    prepared: Mapping[str, Any],
    detail: int | Iterable[int],
    dtype: str | None,
) -> dict[str, Any]:
    """The header and the arrays of a file. The recording is walked through, and led back."""
    if not recording.end:
        raise LernpyError("nothing is recorded yet; record slow_motion(network, x, t) first")
    beside = {
        "script": [dict(note) for note in prepared["script"]],
        "gates": [dict(gate) for gate in prepared["gates"]],
        "breakpoints": list(prepared["breakpoints"]),
    }
    subclasses.refuse(
        recording.network,
        "a trace file plays lernpy's own parts only; show the steps in Python",
    )
    structure = recording.replay.structure
    questions.check_script(Fields(beside, "the trace"), structure, len(recording.timeline))
    positions, image = prepared["positions"], prepared["image"]
    here = recording.at
    writer = Selection(recording, detail, dtype)
    try:
        return {
            "format": FORMAT,
            "versions": {"lernpy": __version__, "python": platform.python_version()},
            "title": prepared["title"],
            "dtype": writer.dtype,
            "units": UNITS,
            "network": network_as_json(recording.network, writer.start, writer.weight_dtype),
            **writer.lessons(),
            "edits": [edit_as_json(edit) for edit in writer.edits],
            "image": list(image) if image else None,
            "classes": list(prepared["classes"]),
            **_card(recording.network),
            "positions": [list(position) for position in positions] if positions else None,
            **beside,
        }
    finally:
        recording.seek(here)


def _card(network: Network) -> dict[str, Any]:
    """What the data call its inputs and outputs, and how they are scaled; not where the data lie."""
    if network.card is None:
        return {}
    return {"card": replace(network.card, data={}, training={}, notes=()).to_json()}


class Selection:
    """Which numbers of a recording are written, and how."""

    def __init__(
        self, recording: Recording, detail: int | Iterable[int], dtype: str | None
    ) -> None:
        self.recording = recording
        starts = recording.timeline.starts
        self.count = sum(start < recording.end for start in starts[:-1])
        self.ends = [min(end, recording.end) for end in starts[1 : self.count + 1]]
        self.detail = self._chosen(detail)
        self.edits = recording.edits()
        self.start = recording.first()
        self.recorded = self._recorded()
        self.dtype = dtype or self._fitting()
        if self.dtype not in ("float32", "float64"):
            raise LernpyError(f"a trace is written as float32 or float64, not {dtype!r}")
        if not np.isfinite(self.start.weights).all():
            raise LernpyError("a weight is NaN or infinite at the start of the trace; nothing "
                              "can be computed from it")  # fmt: skip

    def _chosen(self, detail: int | Iterable[int]) -> list[int]:
        if isinstance(detail, int):
            return list(range(min(max(detail, 0), self.count)))
        return sorted({whole("number of a sample", one, 1, self.count) - 1 for one in detail})

    def _recorded(self) -> list[int]:
        """All neurons but the biases and the inputs that do not squash."""
        network = self.recording.network
        plain = {n for n in network.inputs if n.activation.name == "identity"} | {*network.biases}
        index = structure_of(network).index
        return [index[neuron] for neuron in index if neuron not in plain]

    def _fitting(self) -> str:
        few = 4 * self.count * len(self.recorded) <= MANY_NUMBERS
        return "float64" if few else "float32"

    @property
    def plain(self) -> bool:
        """Whether it is sgd all the way: then a page can do every update itself."""
        used = [self.start.settings["optimizer"]]
        used += [edit.value for edit in self.edits if edit.name == "optimizer"]
        return all(rule.name == "sgd" for rule in used)

    @property
    def weight_dtype(self) -> str:
        many = self.plain and self.dtype == "float32" and len(self.start.weights) > MANY_WEIGHTS
        return "float32" if many else "float64"

    @property
    def derived(self) -> bool:
        return self.plain and len(self.detail) * len(self.start.weights) > MANY_STEPS

    @property
    def left_out(self) -> tuple[str, ...]:
        """What follows exactly from the sums, by known functions; a long trace leaves it out."""
        kinds = {neuron.activation.name for neuron in self.recording.network.neurons.values()}
        touched = {edit.what for edit in self.edits} - {"weight", "network"}
        follows = self.dtype == "float32" and kinds <= KNOWN and not touched
        return ("output", "delta") if follows else ()

    def lessons(self) -> dict[str, Any]:
        """The samples, and those in detail."""
        rows = list(self._rows())
        apart = not self.plain and self.detail != list(range(len(self.detail)))
        steps = [rows[sample]["step"] for sample in self.detail]
        before = [row["weights"] for row in rows if "weights" in row]
        size = (len(self.detail), len(self.start.weights))
        derived, dtype = self.derived, self.dtype
        detail = {
            "samples": self.detail,
            "updates": "derived" if derived else "recorded",
            "steps": None if derived else pack(np.reshape(steps, size), dtype),
            "weights_at": pack(np.reshape(before, size), dtype) if apart else None,
        }
        return {"samples": self._samples(rows), "detail": detail}

    def _samples(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        timeline = self.recording.timeline
        samples = _closed(timeline.samples[: self.count])
        lengths = [end - start for start, end in zip(timeline.starts, self.ends, strict=False)]
        rates = [row["rate"] for row in rows]
        shares = [sample.sample_weight for sample in samples]
        size = (self.count, len(self.recorded))
        return {
            "count": self.count,
            "batches": _batches(samples),
            "epochs": _epochs(samples),
            "cut": [
                [index, length]
                for index, (sample, length) in enumerate(zip(samples, lengths, strict=True))
                if length < timeline.steps_in(sample)
            ],
            "inputs": pack_smallest([sample.inputs for sample in samples]),
            "targets": pack_smallest([sample.targets for sample in samples]),
            "importance": None if set(shares) == {1.0} else pack(shares),
            "loss": pack([row["loss"] for row in rows], self.dtype),
            "rate": rates[0] if len(set(rates)) == 1 else pack(rates),
            "recorded": self.recorded,
            **{
                name: None
                if name in self.left_out
                else pack(np.reshape([row[name] for row in rows], size), self.dtype)
                for name in NEURON
            },
        }

    def _rows(self) -> Iterator[dict[str, Any]]:
        """Per sample: what stands on the neurons at its end, its loss, its rate, its step."""
        recording, chosen = self.recording, set(self.detail)
        for sample in range(self.count):
            row: dict[str, Any] = {}
            if sample in chosen and not self.derived:
                recording.seek(recording.timeline.starts[sample])
                row["weights"] = recording.present().weights
            recording.bare(self.ends[sample])
            weights, notes = recording.present().weights, recording.replay.notes
            row |= {name: values[self.recorded] for name, values in recording.neurons().items()}
            row["loss"] = nan if notes.loss is None else notes.loss
            row["rate"] = recording.network.learning_rate
            row["step"] = weights - (notes.before or weights)
            yield row


def _closed(samples: list[Sample]) -> list[Sample]:
    """Every batch ends in an update, also one that was broken off (its last sample is cut then)."""
    following = [*samples[1:], None]
    return [
        sample._replace(last=sample.last or after is None or after.fresh)
        for sample, after in zip(samples, following, strict=True)
    ]


def _batches(samples: list[Sample]) -> list[list[Any]]:
    """Sizes of the batches, in runs."""
    batches: list[tuple[int, bool]] = []
    size, fresh = 0, False
    for sample in samples:
        fresh = sample.fresh if not size else fresh
        size += 1
        if sample.last:
            batches.append((size, fresh))
            size = 0
    return [[size, times, fresh] for (size, fresh), times in runs_of(batches)]


def _epochs(samples: list[Sample]) -> list[list[int]]:
    sizes = [size for _, size in runs_of([sample.epoch for sample in samples])]
    return [[size, times] for size, times in runs_of(sizes)]
