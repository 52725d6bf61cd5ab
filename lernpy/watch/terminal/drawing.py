"""The network as a small drawing of characters: neurons by generation, and the links in question
with two lanes, signal above and running to the outputs, blame below and running back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan

import numpy as np

from lernpy.frame import Frame
from lernpy.group import Group
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.watch.narration.step import Step
from lernpy.watch.terminal.canvas import Canvas, fitted
from lernpy.wiring import members

NAME, VALUE = 6, 8  # characters of a neuron's name, of a number
CELL = NAME + 1 + VALUE
TARGET = 10  # for what is expected, right of the last generation
GAP = 5  # columns between two generations, at least
FAINT = 60  # up to that many links are drawn even when nothing happens on them
FAN = 14  # up to that many lanes are drawn for one neuron


@dataclass
class Focus:
    """What the present step is about."""

    neurons: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    backward: bool = False

    @property
    def forward(self) -> bool:
        return bool(self.links) and not self.backward


def focus_of(frame: Frame, step: Step | None) -> Focus:
    """The neurons that a step is about, and the links that it reads or moves."""
    if step is None:
        return Focus()
    backward = step.phase == "backward"
    place = {name: index for index, name in enumerate(frame.names)}
    if isinstance(step.part, Link):
        ends = place[step.part.input_neuron.name], place[step.part.output_neuron.name]
        link = np.flatnonzero((frame.links == ends).all(axis=1))
        return Focus(list(ends), link.tolist(), backward)
    if step.phase in ("forward", "backward"):
        unit = step.part
        neurons = [
            place[m.name] for m in (members(unit) if isinstance(unit, (Neuron, Group)) else ())
        ]
        column = frame.links[:, 0 if backward else 1]
        return Focus(neurons, np.flatnonzero(np.isin(column, neurons)).tolist(), backward)
    ends_of = {"feed": frame.inputs, "cost": frame.outputs}
    return Focus(list(ends_of.get(step.phase, ())))


def draw(frame: Frame, step: Step | None, width: int, height: int) -> Canvas:
    """The network in so many columns and rows."""
    canvas = Canvas(width, height)
    if width < CELL or height < 2 or not frame.names:
        return canvas
    focus = focus_of(frame, step)
    places = _places(frame, focus, width, height)
    _faint(canvas, frame, places, focus)
    _lanes(canvas, frame, places, focus)
    for neuron, (x, y) in places.cells.items():
        _cell(canvas, frame, neuron, x, y, neuron in focus.neurons)
    _targets(canvas, frame, places)
    for x, y, text in places.remarks:
        canvas.write(x, y, text, "dim")
    return canvas


def _targets(canvas: Canvas, frame: Frame, places: Places) -> None:
    """What is expected of the outputs, beside those that have nothing to their right."""
    if frame.targets is None:
        return
    for neuron, target in zip(frame.outputs, frame.targets.tolist(), strict=True):
        x, y = places.cells.get(neuron, (-1, -1))
        if neuron in places.cells and x == max(column for column, _ in places.cells.values()):
            canvas.write(x + CELL + 1, y, f"t {figure(target)}", "dim")


@dataclass
class Places:
    """Where each neuron stands, and what is said about those that are left out."""

    cells: dict[int, tuple[int, int]]
    remarks: list[tuple[int, int, str]]


def _places(frame: Frame, focus: Focus, width: int, height: int) -> Places:
    shown = _generations(frame, focus, width)
    cells: dict[int, tuple[int, int]] = {}
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
        neurons = np.flatnonzero(frame.generation == generation).tolist()
        step = 3 if 3 * len(neurons) - 1 <= height else 2
        slots = (height + step - 2) // step
        kept = _kept(neurons, [*focus.neurons, *ends], slots)
        spread = min(max((height - 2) // max(len(kept) - 1, 1), step), 5) if len(kept) > 1 else step
        if len(neurons) > len(kept):
            spread = step
        top = max((height - spread * (len(kept) - 1) - 2 - (len(neurons) > len(kept))) // 2, 0)
        for row, neuron in enumerate(kept):
            cells[neuron] = (x, top + row * spread)
        if len(neurons) > len(kept):
            remarks.append((x, top + len(kept) * spread, f"⋮ {len(neurons) - len(kept)} more"))
        if column and generation - shown[column - 1] > 1:
            remarks.append((x - 2, 0, "…"))
    return Places(cells, remarks)


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
    return sorted(chosen[: max(slots - 1, 1)])


# ---- links --------------------------------------------------------------------------------------


def _faint(canvas: Canvas, frame: Frame, places: Places, focus: Focus) -> None:
    if len(frame.links) > FAINT:
        return
    for link, (start, end) in enumerate(frame.links.tolist()):
        if link not in focus.links and start in places.cells and end in places.cells:
            x0, y0 = places.cells[start]
            x1, y1 = places.cells[end]
            canvas.line((x0 + CELL + 1, y0), (x1 - 2, y1), "dim", "faint")


def _lanes(canvas: Canvas, frame: Frame, places: Places, focus: Focus) -> None:
    """The lanes of the links in question: those with the largest numbers, where there are many."""
    values = frame.blame if focus.backward else frame.signal
    seen = [k for k in focus.links if all(end in places.cells for end in frame.links[k].tolist())]
    seen = sorted(seen, key=lambda k: -abs(np.nan_to_num(values[k])))[:FAN]
    for link in sorted(seen):
        start, end = frame.links[link].tolist()
        (x0, y0), (x1, y1) = places.cells[start], places.cells[end]
        left, right = x0 + CELL + 1, x1 - 2
        alone = len(seen) == 1
        upper, lower = ((left, y0), (right, y1)), ((left, y0 + 1), (right, y1 + 1))
        if alone or not focus.backward:
            _lane(canvas, *upper, float(frame.signal[link]), True)
        if alone or focus.backward:
            _lane(canvas, *lower, float(frame.blame[link]), False)
        if alone:
            _label(canvas, *upper, float(frame.signal[link]), 0.4)
            _label(canvas, *lower, float(frame.blame[link]), 0.62)


Place = tuple[int, int]


def _lane(canvas: Canvas, start: Place, end: Place, value: float, forward: bool) -> None:
    """One lane; the head and the sign stand at the receiving end."""
    if isnan(value):
        canvas.line(start, end, "dim", "faint")
        return
    style = sign_style(value)
    canvas.line(start, end, style, "dashed" if value < 0 else "solid")
    sign = "-" if value < 0 else "+" if value > 0 else "0"
    x, y = end if forward else start
    canvas.write(x - 1 if forward else x, y, f"{sign}▶" if forward else f"◀{sign}", style)


def _label(canvas: Canvas, start: Place, end: Place, value: float, share: float) -> None:
    """The number on its lane, if there is room for it."""
    text, length = f" {figure(value)} ", end[0] - start[0]
    if isnan(value) or length < len(text) + 6:
        return
    row = round(start[1] + (end[1] - start[1]) * share)
    canvas.write(start[0] + round(length * share - len(text) / 2), row, text, sign_style(value))


# ---- neurons ------------------------------------------------------------------------------------


def _cell(canvas: Canvas, frame: Frame, neuron: int, x: int, y: int, focused: bool) -> None:
    """Above: name and output. Below: its blame."""
    name = fitted(frame.names[neuron], NAME)
    mark = "●" if focused else " "
    canvas.write(x - 1, y, mark, "bold" if focused else "")
    canvas.write(x, y, " " * (NAME + 1))
    canvas.write(x, y, name, "focus" if focused else "bold")
    output, blame = float(frame.output[neuron]), float(frame.sensitivity[neuron])
    canvas.write(x, y + 1, " " * (NAME + 1))
    canvas.write(x + NAME + 1, y, f"{figure(output):>{VALUE}}", sign_style(output))
    said = figure(blame, signed=True)
    canvas.write(x + NAME + 1, y + 1, f"{said:>{VALUE}}", sign_style(blame))


def figure(value: float, signed: bool = False) -> str:
    """A number in at most eight characters; a dot where it is not known yet.

    >>> figure(0.59327), figure(-0.000123, signed=True), figure(float("nan")), figure(12345.6)
    ('0.5933', '-1.2e-04', '·', '1.2e+04')
    """
    if isnan(value):
        return "·"
    if not isfinite(value):
        return f"{value:+}"
    small = 1e-3 <= abs(value) < 9999 or value == 0
    return format(value, ("+" if signed and value else "") + (".4f" if small else ".1e"))[:VALUE]


def sign_style(value: float) -> str:
    """The style of a number by its sign."""
    if isnan(value):
        return "dim"
    return "plus" if value > 0 else "minus" if value < 0 else ""
