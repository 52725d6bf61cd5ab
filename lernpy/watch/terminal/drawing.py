"""The network as a small drawing of characters: neurons by generation, and the links in question
with two lanes, signal above and running to the outputs, blame below and running back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from lernpy.frame import Frame
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.product import Product
from lernpy.watch.narration.step import Step
from lernpy.watch.terminal import in_time
from lernpy.watch.terminal.characters import Canvas, cut
from lernpy.wiring import members

NAME, VALUE = 6, 8  # characters of a neuron's name, of a number
CELL = NAME + 1 + VALUE
TARGET = 10  # for what is expected, right of the last generation
GAP = 5  # columns between two generations, at least
FAINT = 60  # up to that many links are drawn even when nothing happens on them
Point = tuple[int, int]
FAN = 14  # up to that many lanes are drawn for one neuron


@dataclass
class Focus:
    """What the present step is about."""

    neurons: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    backward: bool = False


def focus_of(frame: Frame, step: Step | None) -> Focus:
    """The neurons that a step is about, and the links that it reads or moves."""
    if step is None:
        return Focus()
    backward = step.phase == "backward"
    if isinstance(step.part, Link):
        ends = [frame.index(end.name) for end in (step.part.input_neuron, step.part.output_neuron)]
        link = np.flatnonzero((frame.links == ends).all(axis=1))
        return Focus(ends, link.tolist(), backward)
    if isinstance(step.part, (Neuron, Group, Product)):
        neurons = [frame.index(member.name) for member in members(step.part)]
        column = frame.links[:, 0 if backward else 1]
        return Focus(neurons, np.flatnonzero(np.isin(column, neurons)).tolist(), backward)
    ends_of = {"feed": frame.inputs, "cost": frame.outputs}
    return Focus(list(ends_of.get(step.phase, ())))


def network_sheet(frame: Frame, step: Step | None, width: int, height: int) -> Canvas:
    """The network in so many columns and rows."""
    canvas = Canvas(width, height)
    if width < CELL or height < 2 or not frame.names:
        return canvas
    focus = focus_of(frame, step)
    frame, focus.neurons, focus.links = in_time.in_columns(frame, focus.neurons, focus.links)
    cells = _cells(frame, focus, width, height)
    _faint(canvas, frame, cells, focus)
    _lanes(canvas, frame, cells, focus)
    for neuron, (x, y) in cells.at.items():
        _cell(canvas, frame, neuron, x, y, neuron in focus.neurons)
    _targets(canvas, frame, cells)
    for x, y, text in cells.remarks:
        canvas.write(x, y, text, "dim")
    return canvas


def _targets(canvas: Canvas, frame: Frame, cells: Grid) -> None:
    """What is expected of the outputs, beside those that have nothing to their right."""
    if frame.targets is None:
        return
    for neuron, target in zip(frame.outputs, frame.targets.tolist(), strict=True):
        x, y = cells.at.get(neuron, (-1, -1))
        if neuron in cells.at and x == max(column for column, _ in cells.at.values()):
            canvas.write(x + CELL + 1, y, f"t {compact(target)}", "dim")


@dataclass
class Grid:
    """Where each neuron stands, and remarks about those that are left out."""

    at: dict[int, Point]
    remarks: list[tuple[int, int, str]]


def _cells(frame: Frame, focus: Focus, width: int, height: int) -> Grid:
    shown = _generations(frame, focus, width)
    at: dict[int, Point] = {}
    remarks: list[tuple[int, int, str]] = []
    room = (width - TARGET - CELL * len(shown)) // max(len(shown) - 1, 1)
    gap = min(room, 28)
    left = max((width - TARGET - CELL * len(shown) - gap * (len(shown) - 1)) // 2, 1)
    values = np.nan_to_num(np.abs(frame.blame if focus.backward else frame.signal))
    ends = [
        end
        for k in sorted(focus.links, key=lambda k: -values[k])
        for end in frame.links[k].tolist()
    ]
    for column, generation in enumerate(shown):
        x = left + column * (CELL + gap)
        neurons = in_time.from_top(frame, np.flatnonzero(frame.generation == generation).tolist())
        step = 3 if 3 * len(neurons) - 1 <= height else 2
        slots = (height + step - 2) // step
        kept = _kept(neurons, [*focus.neurons, *ends], slots)
        more, gaps = len(neurons) - len(kept), len(kept) - 1
        spread = step if more or not gaps else min(max((height - 2) // gaps, step), 5)
        top = max((height - spread * gaps - 2 - bool(more)) // 2, 0)
        for row, neuron in enumerate(kept):
            at[neuron] = (x, top + row * spread)
        if more:
            remarks.append((x, top + len(kept) * spread, f"⋮ {more} more"))
        if column and generation - shown[column - 1] > 1:
            remarks.append((x - 2, 0, "…"))
    return Grid(at, remarks)


def _generations(frame: Frame, focus: Focus, width: int) -> list[int]:
    """As many generations as fit, those in question and their neighbours first."""
    count = max((width - TARGET + GAP) // (CELL + GAP), 1)
    if frame.n_generations <= count:
        return list(range(frame.n_generations))
    wanted = [int(frame.generation[neuron]) for neuron in focus.neurons]
    wanted += [int(frame.generation[end]) for k in focus.links[:1] for end in frame.links[k]]
    centre = wanted[0] if wanted else 0
    near = sorted(range(frame.n_generations), key=lambda g: (g not in wanted, abs(g - centre)))
    return sorted(near[:count])


def _kept(neurons: Sequence[int], wanted: Sequence[int], slots: int) -> list[int]:
    """As many neurons as there is room for, those in question first, in their order."""
    if len(neurons) <= slots:
        return list(neurons)
    first = [neuron for neuron in dict.fromkeys(wanted) if neuron in set(neurons)]
    chosen = [*first, *(neuron for neuron in neurons if neuron not in set(first))]
    return sorted(chosen[: max(slots - 1, 1)], key=list(neurons).index)


# ---- links --------------------------------------------------------------------------------------


def _faint(canvas: Canvas, frame: Frame, cells: Grid, focus: Focus) -> None:
    if len(frame.links) > FAINT:
        return
    for link, (start, end) in enumerate(frame.links.tolist()):
        if link not in focus.links and start in cells.at and end in cells.at:
            x0, y0 = cells.at[start]
            x1, y1 = cells.at[end]
            canvas.line((x0 + CELL + 1, y0), (x1 - 2, y1), "dim", "faint")


def _lanes(canvas: Canvas, frame: Frame, cells: Grid, focus: Focus) -> None:
    """The lanes of the links in question: those with the largest numbers, where there are many."""
    values = frame.blame if focus.backward else frame.signal
    seen = [k for k in focus.links if all(end in cells.at for end in frame.links[k].tolist())]
    seen = sorted(seen, key=lambda k: -abs(np.nan_to_num(values[k])))[:FAN]
    for link in sorted(seen):
        start, end = frame.links[link].tolist()
        (x0, y0), (x1, y1) = cells.at[start], cells.at[end]
        left, right = x0 + CELL + 1, x1 - 2
        alone = len(seen) == 1
        for below, quantity, share in ((0, "signal", 0.4), (1, "blame", 0.62)):
            if alone or below == focus.backward:
                value = frame.value(quantity, link)
                lane = (left, y0 + below), (right, y1 + below)
                _lane(canvas, *lane, value, forward=not below)
                if alone:
                    _label(canvas, *lane, value, share)


def _lane(canvas: Canvas, start: Point, end: Point, value: float | None, forward: bool) -> None:
    """One lane; the head and the sign stand at the receiving end."""
    if value is None:
        canvas.line(start, end, "dim", "unknown")
        return
    style = sign_style(value)
    canvas.line(start, end, style, "dashed" if value < 0 else "solid")
    sign = "-" if value < 0 else "+" if value > 0 else "0" if value == 0 else "?"
    x, y = end if forward else start
    canvas.write(x - 1 if forward else x, y, f"{sign}▶" if forward else f"◀{sign}", style)


def _label(canvas: Canvas, start: Point, end: Point, value: float | None, share: float) -> None:
    """The number on its lane, if there is room for it."""
    text, length = f" {compact(value)} ", end[0] - start[0]
    if value is None or length < len(text) + 6:
        return
    row = round(start[1] + (end[1] - start[1]) * share)
    canvas.write(start[0] + round(length * share - len(text) / 2), row, text, sign_style(value))


# ---- neurons ------------------------------------------------------------------------------------


def _cell(canvas: Canvas, frame: Frame, neuron: int, x: int, y: int, focused: bool) -> None:
    """Above: name and output. Below: its blame."""
    canvas.write(x - 1, y, "●" if focused else " ", "bold" if focused else "")
    for row in (y, y + 1):
        canvas.write(x, row, " " * (NAME + 1))
    canvas.write(x, y, cut(frame.names[neuron], NAME), "focus" if focused else "bold")
    canvas.write(x, y + 1, cut(frame.label(neuron).more(frame.names[neuron]), NAME), "dim")
    output, blame = frame.value("output", neuron), frame.value("sensitivity", neuron)
    canvas.write(x + NAME + 1, y, f"{compact(output):>{VALUE}}", sign_style(output))
    text = compact(blame, signed=True)
    canvas.write(x + NAME + 1, y + 1, f"{text:>{VALUE}}", sign_style(blame))


def compact(value: float | None, signed: bool = False) -> str:
    """A number in at most eight characters; a dot where it is not known yet.

    >>> compact(0.59327), compact(-0.000123, signed=True), compact(None), compact(12345.6)
    ('0.5933', '-1.2e-04', '·', '1.2e+04')
    """
    if value is None:
        return "·"
    if not isfinite(value):
        return f"{value:+}".replace("+nan", "nan")
    small = 1e-3 <= abs(value) < 9999 or value == 0
    return format(value + 0.0, ("+" if signed and value else "") + (".4f" if small else ".1e"))[
        :VALUE
    ]


def sign_style(value: float | None) -> str:
    """The style of a number by its sign."""
    if value is None:
        return "dim"
    return "plus" if value > 0 else "minus" if value < 0 else ""
