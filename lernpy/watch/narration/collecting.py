"""What a neuron has collected on the way back, and from whom."""

from __future__ import annotations

from typing import Any

from lernpy.neuron import Neuron
from lernpy.watch.replay import Replay


def kind_of(run: Replay, neuron: Neuron) -> str:
    """Whether it is a bias, an input, or a neuron that sums."""
    if neuron.activation.name == "one":
        return "bias"
    return "input" if neuron in run.structure.inputs else "neuron"


def collected(run: Replay, neuron: Neuron) -> dict[str, Any]:
    """The blame from the loss, from links and from products."""
    asked = None
    if neuron in run.structure.outputs:
        index = run.network.outputs.index(neuron)
        asked = run.notes.asked[index] if run.notes.asked else None
    blames = [(link.output_neuron.name, link.blame) for link in run.structure.outgoing[neuron]]
    for product in run.structure.multiplied.get(neuron, ()):
        handed = zip(product.factors, product.blames, strict=True)
        blames += [(product.neuron.name, blame) for factor, blame in handed if factor is neuron]
    return {
        "name": neuron.name,
        "kind": kind_of(run, neuron),
        "sensitivity": neuron.sensitivity,
        "blames": blames,
        "asked": asked,
    }
