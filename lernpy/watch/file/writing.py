"""Traces as files: see FORMAT.md."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator
from math import inf, isfinite, isnan, nan
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy import storage, subclasses
from lernpy._version import __version__
from lernpy.errors import LernpyError
from lernpy.functions.losses import Loss
from lernpy.functions.optimizers import Optimizer
from lernpy.group import Group
from lernpy.network import Network
from lernpy.watch import known, questions
from lernpy.watch.file.blocks import link_runs, pack, pack_smallest, runs_of
from lernpy.watch.file.fields import Fields
from lernpy.watch.recording import Tape
from lernpy.watch.snapshot import NEURON, Edit
from lernpy.watch.timeline import Sample
from lernpy.weight import Rule

if TYPE_CHECKING:
    from lernpy.watch.trace import Trace

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


def save(
    trace: Trace, path: str | PathLike[str], detail: int | Iterable[int], dtype: str | None
) -> None:
    content = to_json(trace, detail=detail, dtype=dtype)
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    storage.write_text(path, text.replace(',"', ',\n"') + "\n")


def to_json(trace: Trace, detail: int | Iterable[int], dtype: str | None) -> dict[str, Any]:
    tape = trace.tape()
    if not tape.end:
        raise LernpyError("nothing is recorded yet; record slow_motion(network, x, t) first")
    beside = {
        "script": [dict(note) for note in trace.script],
        "gates": [dict(gate) for gate in trace.gates],
        "breakpoints": list(trace.breakpoints),
    }
    subclasses.refuse(
        tape.run.network, "a trace file plays lernpy's own parts only; show the steps in Python"
    )
    weights = len(tape.run.network.weights)
    questions.check(Fields(beside, "the trace"), tape.run.structure, weights, len(tape.program))
    recording = Recording(tape, detail, dtype)
    return {
        "format": FORMAT,
        "versions": {"lernpy": __version__, "python": platform.python_version()},
        "title": trace.title,
        "dtype": recording.dtype,
        "units": UNITS,
        "network": recording.network(),
        **recording.content(),
        "edits": [_edit(edit) for edit in recording.edits],
        "image": list(trace.image) if trace.image else None,
        "classes": list(trace.classes),
        "positions": [list(place) for place in trace.positions] if trace.positions else None,
        **beside,
    }


class Recording:
    """What of a tape goes into a file. The tape is moved; give a fork of it."""

    def __init__(self, tape: Tape, detail: int | Iterable[int], dtype: str | None) -> None:
        self.tape = tape
        starts = tape.program.starts
        self.count = sum(start < tape.end for start in starts[:-1])
        self.ends = [min(end, tape.end) for end in starts[1 : self.count + 1]]
        self.detail = self._chosen(detail)
        self.edits = tape.edits()
        tape.seek(0)
        self.start = tape.first_state()
        self.recorded = self._recorded(tape.run.network)
        self.dtype = dtype or self._fitting()
        if self.dtype not in ("float32", "float64"):
            raise LernpyError(f"a trace is written as float32 or float64, not {dtype!r}")
        if not np.isfinite(self.start.weights).all():
            raise LernpyError("a weight is NaN or infinite at the start of the trace; nothing "
                              "can be computed from it")  # fmt: skip

    def _chosen(self, detail: int | Iterable[int]) -> list[int]:
        if isinstance(detail, int):
            return list(range(min(max(detail, 0), self.count)))
        chosen = sorted({int(sample) for sample in detail})
        for sample in chosen:
            if not 0 <= sample < self.count:
                raise LernpyError(f"the trace has {self.count} samples; there is no {sample}")
        return chosen

    def _recorded(self, network: Network) -> list[int]:
        plain = {
            neuron.name for neuron in network.inputs if neuron.activation.name == "identity"
        } | {neuron.name for neuron in network.biases}
        return [place for place, name in enumerate(network.neurons) if name not in plain]

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
    def derived(self) -> bool:
        return self.plain and len(self.detail) * len(self.start.weights) > MANY_STEPS

    @property
    def left_out(self) -> tuple[str, ...]:
        """What follows exactly from the sums, by known functions; a long trace leaves it out."""
        kinds = {neuron.activation.name for neuron in self.tape.run.network.neurons.values()}
        touched = {edit.what for edit in self.edits} - {"weight", "network"}
        follows = self.dtype == "float32" and kinds <= KNOWN and not touched
        return ("output", "delta") if follows else ()

    # ---- the header -----------------------------------------------------------------------------

    def network(self) -> dict[str, Any]:
        network, settings = self.tape.run.network, self.start.settings
        neurons = list(network.neurons.values())
        place = {neuron: index for index, neuron in enumerate(neurons)}
        kinds = list(dict.fromkeys(neuron.activation.name for neuron in neurons))
        steepest = {n.activation.name: getattr(n.activation, "steepest", None) for n in neurons}
        groups = {group: -1 - index for index, group in enumerate(network.groups)}
        links = network.links.values()
        weight_at = {weight: index for index, weight in enumerate(network.weights)}
        weight_of = [weight_at[link.weight] for link in links]
        many = self.plain and self.dtype == "float32" and len(weight_at) > MANY_WEIGHTS
        return {
            "names": [neuron.name for neuron in neurons],
            "activations": [{"name": kind, "steepest": steepest[kind]} for kind in kinds],
            "activation": [kinds.index(neuron.activation.name) for neuron in neurons],
            "inputs": [place[neuron] for neuron in network.inputs],
            "outputs": [place[neuron] for neuron in network.outputs],
            "biases": [place[neuron] for neuron in network.biases],
            "groups": [[place[member] for member in group.members] for group in groups],
            "generations": [
                [groups[unit] if isinstance(unit, Group) else place[unit] for unit in units]
                for units in network.generations
            ],
            "links": link_runs([(place[k.input_neuron], place[k.output_neuron]) for k in links]),
            "weight_of": None if weight_of == list(range(len(links))) else weight_of,
            "n_links": len(links),
            "n_weights": len(weight_at),
            "weights": pack(self.start.weights[:, 0], "float32" if many else "float64"),
            **_rules(self.start.rules),
            "memory": _memory(self.start.memories),
            "gradients": pack(self.start.weights[:, 1]) if settings["samples"] else None,
            "unfinished": settings["samples"],
            "loss": settings["loss"].name,
            "share": settings["loss"].share(len(network.outputs)),
            "optimizer": _optimizer(settings["optimizer"]),
            "learning_rate": self.start.rate,
            "l1": settings["l1"],
            "l2": settings["l2"],
            "seed": network.seed,
            **({} if network.maths == "fast" else {"maths": network.maths}),
        }

    # ---- the samples ----------------------------------------------------------------------------

    def content(self) -> dict[str, Any]:
        """The samples, and those in detail."""
        rows = list(self._rows())
        chosen = set(self.detail)
        apart = not self.plain and self.detail != list(range(len(self.detail)))
        steps = [row["step"] for k, row in enumerate(rows) if k in chosen]
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
        program = self.tape.program
        samples = _closed(program.samples[: self.count])
        rates = [row["rate"] for row in rows]
        shares = [sample.sample_weight for sample in samples]
        size = (self.count, len(self.recorded))
        return {
            "count": self.count,
            "batches": _batches(samples),
            "epochs": _epochs(samples),
            "cut": [
                [k, self.ends[k] - program.starts[k]]
                for k, sample in enumerate(samples)
                if self.ends[k] - program.starts[k] < program.steps_in(sample)
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
        tape, starts = self.tape, self.tape.program.starts
        chosen = set(self.detail)
        for sample in range(self.count):
            row: dict[str, Any] = {}
            if sample in chosen and not self.derived:
                tape.seek(starts[sample])
                row["weights"] = tape.present().weights[:, 0]
            tape.bare(self.ends[sample])
            row.update(self._ending(tape))
            yield row

    def _ending(self, tape: Tape) -> dict[str, Any]:
        now, notes = tape.present(), tape.run.notes
        masks = known.masks(tape.run)
        values = {
            name: np.where(masks[name], now.neurons[:, column], nan)[self.recorded]
            for column, name in enumerate(NEURON)
        }
        moved = now.weights[:, 0] - notes.before if notes.before else 0.0 * now.weights[:, 0]
        loss = nan if notes.loss is None else notes.loss
        return {**values, "loss": loss, "rate": tape.run.network.learning_rate, "step": moved}


def _closed(samples: list[Sample]) -> list[Sample]:
    """Every batch ends in an update, also one that was broken off (its last sample is cut then)."""
    following = [*samples[1:], None]
    return [
        sample._replace(last=sample.last or after is None or after.fresh)
        for sample, after in zip(samples, following, strict=True)
    ]


def _batches(samples: list[Sample]) -> list[list[Any]]:
    """Sizes of the batches, in runs."""
    found: list[tuple[int, bool]] = []
    size, fresh = 0, False
    for sample in samples:
        fresh = sample.fresh if not size else fresh
        size += 1
        if sample.last:
            found.append((size, fresh))
            size = 0
    return [[size, times, fresh] for (size, fresh), times in runs_of(found)]


def _epochs(samples: list[Sample]) -> list[list[int]]:
    sizes = [size for _, size in runs_of([sample.epoch for sample in samples])]
    return [[size, times] for size, times in runs_of(sizes)]


def _rules(rules: list[Rule]) -> dict[str, Any]:
    return {
        "frozen": [index for index, rule in enumerate(rules) if rule.frozen],
        "rules": [
            [index, rule.rate, _bound(rule.low), _bound(rule.high)]
            for index, rule in enumerate(rules)
            if rule._replace(frozen=False) != Rule()
        ],
    }


def _bound(value: float) -> float | None:
    return value if isfinite(value) else None


def _memory(memories: list[tuple[Any, ...]]) -> dict[str, Any] | None:
    """What the optimiser remembered; all weights that remember anything remember alike."""
    full = [index for index, memory in enumerate(memories) if memory]
    if not full:
        return None
    if len({len(memories[index]) for index in full}) > 1:
        raise LernpyError("this optimiser's memory differs from weight to weight; "
                          "a trace of it cannot be written")  # fmt: skip
    return {"weights": full, "values": pack([memories[index] for index in full])}


def _optimizer(optimizer: Optimizer) -> dict[str, Any]:
    return {"name": optimizer.name, "options": dict(optimizer.options)}


def _edit(edit: Edit) -> dict[str, Any]:
    value = edit.value
    if isinstance(value, Loss):
        value = value.name
    elif isinstance(value, Optimizer):
        value = _optimizer(value)
    elif edit.name in ("low", "high"):
        value = _bound(value)
    elif isinstance(value, tuple):
        value = [_plain(number) for number in value]
    elif isinstance(value, float):
        value = _plain(value)
    return {
        "at": edit.at,
        "what": edit.what,
        "index": edit.which,
        "name": edit.name,
        "value": value,
    }


def _plain(value: Any) -> float | str:
    """A number, or the name of what JSON has no number for."""
    number = float(value)
    if isfinite(number):
        return number
    return "nan" if isnan(number) else ("inf" if number == inf else "-inf")
