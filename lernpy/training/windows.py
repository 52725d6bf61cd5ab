"""Sequences too long to unroll: learned window by window, the state carried over, the blame not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lernpy.data.arrays import table_of
from lernpy.errors import ShapeError
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.samples import check_network
from lernpy.text import counted, in_step, step_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Window(NamedTuple):
    """What one window of a sequence taught."""

    first: int  # its first step in the sequence, from 0
    loss: float


def windows(network: Network, inputs: ArrayLike, targets: ArrayLike) -> Iterator[Window]:
    """Learn from a long sequence, as many steps at once as the network has; then on to the next.

    The network is one of `lernpy.unroll(..., start="input")`: what its state is at the end of a window is
    stated at the start of the next one, where blame arrives and goes no further. So blame goes back through
    as many steps as the network has and not through the whole sequence: backpropagation is truncated.

    Parameters
    ----------
    inputs : (n_steps, n_inputs of a step)
    targets : (n_steps, n_outputs of a step); of each window only the last where the last alone is read

    Raises
    ------
    ShapeError
        If the sequence is empty, or no whole number of windows.

    >>> import lernpy
    >>> cell = lernpy.build.elman([1, 3, 1], seed=0)
    >>> network = lernpy.unroll(cell, 5, start="input")
    >>> wave = np.sin(np.arange(101.0))[:, None]
    >>> for epoch in range(30):
    ...     losses = [window.loss for window in windows(network, wave[:-1], wave[1:])]
    >>> len(losses), sum(losses) < 0.5
    (20, True)
    """
    check_network(network)
    steps = max(step or 0 for _, step in map(step_of, network.neurons))
    carried, asked = _carried(network, steps), len(network.outputs)
    read = len({step_of(output.name)[1] for output in network.outputs})  # in so many steps
    x = _table("inputs", inputs, (len(network.inputs) - len(carried)) // steps)
    t = _table("targets", targets, asked // read)
    if len(x) != len(t) or not len(x) or len(x) % steps:
        raise ShapeError(
            f"there are {counted(len(x), 'step')} of inputs and {len(t)} of targets; a sequence has as many "
            f"of both, and a multiple of the network's {counted(steps, 'step')}"
        )
    state = dict.fromkeys(carried, 0.0)
    for first in range(0, len(x), steps):
        now = slice(first, first + steps)
        loss = network.learn([*state.values(), *x[now].ravel()], t[now].ravel()[-asked:])
        yield Window(first, loss)
        state = {start: end.output for start, end in carried.items()}


def _carried(network: Network, steps: int) -> dict[Neuron, Neuron]:
    """For each start that is stated the neuron that holds it at the end."""
    carried = {}
    for neuron in network.inputs:
        name, step = step_of(neuron.name)
        if step is not None and step < 1:
            carried[neuron] = network.neurons[in_step(name, steps + step)]
    if not carried:
        raise ShapeError(
            'no state can be carried over; make the network by unroll(..., start="input")'
        )
    return carried


def _table(what: str, values: ArrayLike, width: int) -> np.ndarray:
    table = table_of(values, f"the {what}")
    if np.ma.is_masked(values) or not np.isfinite(table).all():
        raise ShapeError(f"the {what} have a value that is no finite number")
    if table.shape[1] != width:
        raise ShapeError(
            f"the {what} are a table, {counted(width, 'value')} a step, not an array of shape {table.shape}"
        )
    return table
