"""What is known at a moment of a lesson: by the steps that are done, never by looking for zeros."""

from __future__ import annotations

import numpy as np

from lernpy.frame import Frame
from lernpy.watch.replay import Run
from lernpy.watch.timeline import Place, Program


def frame(run: Run, title: str = "") -> Frame:
    """The present moment of a run."""
    program = run.program
    if not program.samples:
        return Frame.of(run.network, masks(run), title=title)
    sample = program.sample_at(max(run.at - 1, 0))
    fed = _done(program, run.at)[0]
    notes = run.notes
    return Frame.of(
        run.network,
        masks(run),
        input_values=program.samples[sample].inputs if fed else None,
        targets=program.samples[sample].targets,
        loss=notes.loss,
        before=notes.before or None,
        title=" · ".join(filter(None, (title, _where(program, run.at)))),
    )


def _where(program: Program, position: int) -> str:
    if position == 0:
        return "before the first step"
    place = program.locate(position - 1)
    many = len(program.samples) > 1
    return (f"sample {place.sample + 1} of {len(program.samples)}, " if many else "") + place.phase


def _done(program: Program, position: int) -> tuple[bool, int, bool, int]:
    """Whether fed, how many parts propagated, whether the cost is known, how many parts went back."""
    if position == 0:
        return False, 0, False, 0
    place: Place = program.locate(position - 1)
    parts = program.parts
    if place.phase in ("reset", "feed"):
        return place.phase == "feed", 0, False, 0
    if place.phase == "forward":
        return True, place.nth + 1, False, 0
    if place.phase == "backward":
        return True, parts, True, place.nth + 1
    return True, parts, True, 0 if place.phase == "cost" else parts


def masks(run: Run) -> dict[str, np.ndarray]:
    """By quantity, a mask of bool over neurons, links or weights."""
    fed, forward, costed, backward = _done(run.program, run.at)
    structure, network = run.structure, run.network
    neurons = list(network.neurons.values())
    links = network.links.values()
    first_back = len(structure.order) - backward  # parts from here on have gone back
    at = np.array([structure.at[neuron] for neuron in neurons], int)
    link_at = np.array([structure.at[link] for link in links], int)
    is_input = np.array([neuron in structure.inputs for neuron in neurons], bool)
    asked = [n in structure.outputs and not structure.outgoing[n] for n in neurons]
    kept = [structure.at[structure.holders[weight][-1]] >= first_back for weight in network.weights]
    return {
        "total_input": (at < forward) | (is_input & fed),
        "output": at < forward,
        "signal": link_at < forward,
        "sensitivity": (at >= first_back) | (np.array(asked, bool) & costed),
        "delta": at >= first_back,
        "blame": link_at >= first_back,
        "gradient": np.array(kept, bool) | _earlier(run, costed),
    }


def _earlier(run: Run, costed: bool) -> bool:
    """Whether samples before this one left blame on the weights (since the last update)."""
    return run.network.samples > (1 if costed else 0)
