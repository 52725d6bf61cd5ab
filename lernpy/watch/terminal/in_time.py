"""A network in time as characters: a column is a step; the cell that the lesson is at is open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lernpy import layout
from lernpy.folding import Folded, Folding
from lernpy.frame import Frame
from lernpy.text import step_of


def in_columns(
    frame: Frame, neurons: list[int], links: list[int]
) -> tuple[Frame, list[int], list[int]]:
    """The frame as it is drawn, a generation for each column, and what is in question in it."""
    if not layout.is_in_time(frame.names):
        return frame, neurons, links
    own = (step_of(frame.names[index])[1] for index in neurons)
    steps = {step for step in own if step is not None}
    folding = Folding(frame, unfold=[max(steps)] if 0 < len(steps) < 3 else [])
    folded = folding.fold(frame)
    shown = dict.fromkeys(folding.home[index] for index in neurons if index in folding.home)
    lines = dict.fromkeys(line for line in map(folding.line, links) if line is not None)
    names = [_box(name) if n in folded.cells else name for n, name in enumerate(folded.names)]
    drawn = replace(folded, generation=_columns(folded), names=tuple(names))
    return drawn, [*shown], [*lines]


def _box(name: str) -> str:
    """
    >>> _box("step 12"), _box("start")
    ('[12]', 'start')
    """
    return f"[{name.removeprefix('step ')}]" if " " in name else name


def _columns(frame: Folded) -> np.ndarray:
    """(n,) the column of each neuron: what stands less than half a column apart is in one."""
    xs = np.array([x for x, _ in frame.at])
    order = np.argsort(xs, kind="stable")
    breaks = np.concatenate([[0], np.diff(xs[order]) > 0.25])
    columns = np.empty(len(xs), int)
    columns[order] = np.cumsum(breaks)
    return columns


def from_top(frame: Frame, neurons: list[int]) -> list[int]:
    """The neurons of a column as they stand; of biases, which have a copy each, none."""
    if not isinstance(frame, Folded):
        return neurons
    return sorted(set(neurons) - set(frame.biases), key=lambda index: -frame.at[index][1])
