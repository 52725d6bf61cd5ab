"""A moment of a trace as a screen of text, for a given width and height. Pure: nothing is printed."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isnan

import numpy as np

from lernpy.frame import Frame
from lernpy.neuron import Neuron
from lernpy.text import listed
from lernpy.watch.narration.step import Step, View
from lernpy.watch.narration.terms import show
from lernpy.watch.terminal.characters import Canvas, cut, to_ascii, wrap
from lernpy.watch.terminal.drawing import compact, network_sheet
from lernpy.watch.timeline import LEVELS, PHASES
from lernpy.watch.trace import Trace

Tidy = Callable[[str], str]  # words a text for the terminal at hand
MOST_WEIGHTS = 80
BARS = "▁▂▃▄▅▆▇█"
HELP = """\
→ or Page Down  on by one move            ← or Page Up back by one move
Shift →         on by a generation        Shift ←      back by a generation
↓               smaller moves             ↑            larger moves
Home            before the first step     End          the last step
/               run until ... (a part, phase=backward, sign-flip, delta<1e-3,
                slope<0.01, loss-rose, nan)
Space           on to the same again      Backspace    back to it
W               whose fault? The next heaviest path of blame
?               this help                 q            leave

Upper lane: the signal runs to the outputs. Lower lane: blame runs back.
Blame = dLoss / d output; + means: raising it raises the loss. It is not a pie:
what all paths bring adds up. A dot: not computed yet. Faint dashes: other links.
In time a column is a step: [3] is the cell of step 3, folded, with the sum of its blame."""


def screen_text(
    trace: Trace,
    width: int = 80,
    height: int = 24,
    *,
    level: str = "link",
    message: str = "",
    help: bool = False,
    ascii: bool = False,
) -> Canvas:
    """The present moment: where we are, the network, the formulas, the sentence, what changed.

    With `ascii` the texts are worded for ASCII; give it to `Canvas.text` or `Canvas.ansi`, too.
    """
    canvas = Canvas(width, height)
    if help:
        for row, line in enumerate(HELP.split("\n")[: height - 1]):
            canvas.write(0, row, cut(to_ascii(line) if ascii else line, width))
        canvas.write(0, height - 1, cut(message or "any key: back to the network", width), "dim")
        return canvas
    step, frame = trace.move(level), trace.frame
    tidy: Tidy = to_ascii if ascii else str
    panel = [*_panel(step, frame, width, tidy), *_notes(trace, width, tidy)]
    head = 2 if height >= 12 else 1
    foot = 1 if height >= 6 else 0
    room = height - head - foot
    drawn = max(room - len(panel) - 1, min(7, room // 2)) if room >= 6 else 0
    drawn = min(drawn, _enough(frame))
    _head(canvas, trace, step, head, width)
    canvas.paste(network_sheet(frame, step, width, drawn), 0, head)
    row = head + drawn + (1 if drawn and room - drawn > len(panel) else 0)
    for text, style in _cut(panel, height - foot - row):
        canvas.write(0, row, text, style)
        row += 1
    if foot:
        _foot(canvas, level, message, height - 1, width, ascii)
    return canvas


def _enough(frame: Frame) -> int:
    """The rows that the largest generation would like to have."""
    largest = int(np.bincount(frame.generation).max()) if len(frame.names) else 0
    return min(5 * largest, 40)


def _cut(panel: list[tuple[str, str]], rows: int) -> list[tuple[str, str]]:
    """As much as there is room for; what is left out is hinted at."""
    if len(panel) <= rows:
        return panel
    return [*panel[: max(rows - 1, 0)], ("…", "dim")] if rows > 0 else []


# ---- above --------------------------------------------------------------------------------------


def _head(canvas: Canvas, trace: Trace, step: Step | None, rows: int, width: int) -> None:
    where = step.where if step else "before the first step"
    title = f"{trace.title} · " if trace.title else ""
    count = f"{trace.cursor}/{max(len(trace), trace.cursor)}"
    canvas.write(0, 0, cut(f"{title}{where}", width - len(count) - 1), "bold")
    canvas.write(width - len(count), 0, count, "dim")
    if rows > 1:
        _phases(canvas, step, width)
        _losses(canvas, trace, width)


def _phases(canvas: Canvas, step: Step | None, width: int) -> None:
    x = 0
    if width < sum(len(phase) + 3 for phase in PHASES):
        return
    for phase in PHASES:
        now = step is not None and step.phase == phase
        canvas.write(x, 1, f"[{phase}]" if now else f" {phase} ", "focus" if now else "dim")
        x += len(phase) + 3


def _losses(canvas: Canvas, trace: Trace, width: int) -> None:
    """The losses of the samples as bars, the present one marked; only where there are several."""
    losses = trace.losses
    room = min(width - sum(len(phase) + 3 for phase in PHASES) - 8, 40)
    if trace.samples < 2 or room < 6:
        return
    start = max(min(trace.sample - room // 2, len(losses) - room), 0)
    shown = losses[start : start + room]
    known = [loss for loss in losses if loss is not None and isfinite(loss)]
    largest = max(known, default=1.0) or 1.0
    x = width - len(shown)
    canvas.write(x - 5, 1, "loss", "dim")
    for column, loss in enumerate(shown):
        now = start + column == trace.sample
        canvas.write(x + column, 1, _bar(loss, largest), "focus" if now else "")


def _bar(loss: float | None, largest: float) -> str:
    if loss is None:
        return "·"
    return BARS[int(7 * loss / largest)] if isfinite(loss) else "!"


# ---- below --------------------------------------------------------------------------------------


def _panel(step: Step | None, frame: Frame, width: int, tidy: Tidy) -> list[tuple[str, str]]:
    """Formulas, sentences, what changed."""
    if step is None:
        return [(tidy("Nothing has happened yet. Press → for the first step."), "")]
    lines: list[tuple[str, str]] = []
    for view in step.main_views:
        lines += _view(view, width, tidy)
    if step.phase == "update":
        return [*lines, *_weights(step, width)]
    for text in [*_changed(step), *_pie(step, frame)]:
        lines += [(line, "dim") for line in wrap(tidy(text), width)]
    return lines


def _notes(trace: Trace, width: int, tidy: Tidy) -> list[tuple[str, str]]:
    """The speaker note that holds here."""
    notes = [str(note["say"]) for note in trace.script if note["at"] <= trace.cursor]
    return [(line, "bold") for line in wrap(tidy(f"note: {notes[-1]}"), width)] if notes else []


def _view(view: View, width: int, tidy: Tidy) -> list[tuple[str, str]]:
    head, style = f"{view.name}: ", "dim" if view.quiet else ""
    formula = tidy(_formula(view))
    lines = [
        (f"{' ' * len(head) if row else head}{line}", style or "bold")
        for row, line in enumerate(wrap(formula, width - len(head)) if formula else [])
    ]
    sentence = tidy(view.sentence)
    if not lines:
        return [(line, style) for line in wrap(head + sentence, width)]
    return lines + [(f"  {line}", style) for line in wrap(sentence, width - 2)]


def _formula(view: View) -> str:
    """Symbols and numbers in one line: z = w·y + w·y = 0.1 + 0.2 = 0.3."""
    symbols, numbers = view.symbols.text, view.numbers.text
    left, equals, right = numbers.partition(" = ")
    if not numbers or numbers == symbols or " = " not in symbols:
        return symbols if not numbers or " → " in symbols else numbers
    same = equals and symbols.partition(" = ")[0] == left
    return f"{symbols} = {right}" if same else f"{symbols}; {numbers}"


def _changed(step: Step) -> list[str]:
    moved = [
        f"{name} {show(step.before.get(name))} → {show(value)}"
        for name, value in step.after.items()
        if step.before.get(name) != value
    ]
    more = f"; … {len(moved) - 6} more" if len(moved) > 6 else ""
    return [f"changed: {'; '.join(moved[:6])}{more}"] if moved else []


def _weights(step: Step, width: int) -> list[tuple[str, str]]:
    """Old, step, new of each weight (of very many: where most happened), in columns."""
    rows = [(name, old or 0.0, step.after[name] or 0.0) for name, old in step.before.items()]
    if len(rows) > MOST_WEIGHTS:
        rows.sort(key=lambda row: -abs(row[2] - row[1]))
    longest = min(max((len(name) for name, _, _ in rows), default=6), 24)
    columns = max(min((width + 3) // (longest + 30), len(rows)), 1)
    cells = [_weight(*row, longest) for row in rows[:MOST_WEIGHTS]]
    height = -(-len(cells) // columns)
    head = f"{'weight':<{longest}} {'old':>8} {'step':>8} {'new':>8}"
    lines = ["   ".join([head] * columns)]
    lines += ["   ".join(cells[row::height]) for row in range(height)]
    return [(line, "" if row else "dim") for row, line in enumerate(lines)]


def _weight(name: str, old: float, new: float, longest: int) -> str:
    moved = compact(new - old, signed=True) if new != old else "stays"
    return f"{cut(name, longest):<{longest}} {compact(old):>8} {moved:>8} {compact(new):>8}"


def _pie(step: Step, frame: Frame) -> list[str]:
    """What blame the generation ahead got and what it handed back, once both are known."""
    if step.phase != "backward" or not isinstance(step.part, Neuron):
        return []
    here = int(frame.generation[frame.index(step.part.name)])
    for generation in range(here + 1, frame.n_generations):
        got, gave = frame.balance(generation)
        if not (isnan(got) or isnan(gave)):
            names = [frame.names[i] for i in np.flatnonzero(frame.generation == generation)]
            return [
                f"not a pie: {listed(names, 6, last='and')} got {show(got)} of blame in all "
                f"and handed back {show(gave)} to those who use it"
            ]
    return []


def _foot(canvas: Canvas, level: str, message: str, row: int, width: int, ascii: bool) -> None:
    if message:
        canvas.write(0, row, cut(message, width), "bold")
        return
    keys = [("←/→ step  ↑/↓ by ", "dim")]
    keys += [
        (f"[{name}]" if name == level else f" {name} ", "bold" if name == level else "dim")
        for name in LEVELS
        if width >= 92 or name == level
    ]
    x = 0
    for text, style in [*keys, ("  / until  ? help  q quit", "dim")]:
        text = to_ascii(text) if ascii else text
        canvas.write(x, row, text, style)
        x += len(text)
