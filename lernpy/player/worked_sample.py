"""The numbers of a worksheet: the first sample that a trace has recorded link by link."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from lernpy.frame import NEURON
from lernpy.functions import activations, softmax
from lernpy.functions.losses import LOSSES
from lernpy.player.spots import unroll
from lernpy.watch.file.blocks import Block


class Worked(NamedTuple):
    """The first sample that is recorded link by link, in numbers."""

    sample: int  # its index
    sample_weight: float
    rate: float
    recorded: list[int]  # the neurons whose numbers are asked
    inputs: np.ndarray
    targets: np.ndarray
    loss: float
    neurons: dict[str, np.ndarray]  # quantity -> (n_neurons,), NaN where it was not recorded
    links: np.ndarray  # (n_links, 3): from, to, index of the weight
    weights: np.ndarray
    moved: np.ndarray | None  # the weights after the update, where the trace tells

    @property
    def gradients(self) -> np.ndarray:
        """(n_weights,) what all links of each brought in this sample."""
        start, end, weight = self.links.T
        gradient = np.zeros(len(self.weights))
        brought = self.neurons["output"][start] * self.neurons["delta"][end]
        np.add.at(gradient, weight, brought)
        return gradient


def values_of(block: Block | Mapping[str, Any]) -> np.ndarray:
    """A block of a trace as an array."""
    if isinstance(block, Block):
        return block.values
    raw = np.frombuffer(b64decode(block["data"]), dtype=np.dtype(block["dtype"]).newbyteorder("<"))
    array = raw.reshape(block["shape"]).astype(float)
    return array / block["scale"] if "scale" in block else array


def first_worked(header: Mapping[str, Any]) -> Worked | None:
    """The first sample of a trace that is recorded link by link; None where its weights are not known."""
    network, samples, detail = header["network"], header["samples"], header["detail"]
    if not detail["samples"] or samples["cut"] or header["edits"]:
        return None
    which = detail["samples"][0]
    if which and detail["weights_at"] is None:
        return None
    weights = values_of(detail["weights_at"])[0] if which else values_of(network["weights"])
    neurons, links = _neurons(header, which), unroll(network)
    lesson = Worked(
        which,
        _of(samples.get("importance") or 1.0, which),
        _of(samples["rate"], which),
        samples["recorded"],
        values_of(samples["inputs"])[which],
        values_of(samples["targets"])[which],
        float(values_of(samples["loss"])[which]),
        neurons,
        links,
        weights,
        weights + values_of(detail["steps"])[0] if detail["steps"] else None,
    )
    if lesson.moved is None and samples["batches"][0][0] == 1:
        lesson = lesson._replace(moved=_derived(header, lesson))
    return lesson


def _neurons(header: Mapping[str, Any], which: int) -> dict[str, np.ndarray]:
    network, samples = header["network"], header["samples"]
    known = {name: np.full(len(network["names"]), np.nan) for name in NEURON}
    known["output"][network["inputs"]] = values_of(samples["inputs"])[which]
    known["output"][network["biases"]] = 1.0
    for name in NEURON:
        if samples[name] is not None:
            known[name][samples["recorded"]] = values_of(samples[name])[which]
    for unit in [unit for generation in network["generations"] for unit in generation]:
        _follow(network, samples, known, [unit] if unit >= 0 else network["groups"][-1 - unit])
    return known


def _follow(
    network: Mapping[str, Any],
    samples: Mapping[str, Any],
    known: dict[str, np.ndarray],
    neurons: list[int],
) -> None:
    """Outputs and deltas of a neuron, or of a softmax group, where the trace leaves them out."""
    if samples["output"] is not None or neurons[0] not in samples["recorded"]:
        return
    z, s = (known[name][neurons] for name in ("total_input", "sensitivity"))
    name = network["activations"][network["activation"][neurons[0]]]["name"]
    if name == "softmax":
        totals, blames = softmax.rows(z), softmax.rows(s)
        *y, _ = softmax.shares(np, totals)
        loss = LOSSES.get(network["loss"])
        if loss and loss.from_rest and not set(neurons).isdisjoint(network["outputs"]):
            d = softmax.mixed_apart(np, totals, y, blames)
        else:
            d = softmax.mixed(np, y, blames)
    else:
        value, slope = activations.get(name).over(np)
        y = value(z)
        d = s * slope(z, y)
    known["output"][neurons], known["delta"][neurons] = y, d


def _derived(header: Mapping[str, Any], lesson: Worked) -> np.ndarray | None:
    """One plain step down, where neither penalty nor rule says otherwise."""
    network = header["network"]
    if network["l1"] or network["l2"] or network["rules"]:
        return None
    gradient = lesson.gradients
    gradient[network["frozen"]] = 0.0
    return np.asarray(lesson.weights - lesson.rate * gradient)


def _of(values: Any, which: int) -> float:
    """A number of each sample, or one of all."""
    return float(values_of(values)[which] if isinstance(values, (Block, dict)) else values)
