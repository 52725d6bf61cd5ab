"""Pieces of code that all compiled programs share: the step of a weight, the penalty, indentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lernpy.engine.jit.formula import Lines

if TYPE_CHECKING:
    from lernpy.engine.jit.entries import Entries


@dataclass(frozen=True)
class Options:
    """What decides which lines are written."""

    online: bool = False  # one sample a batch
    at_once: bool = False  # online, and an update is no more than w -= rate * gradient
    ruled: bool = False  # some weight is frozen, slowed or bounded
    regularised: bool = False  # L1 or L2
    kind: str = "float64"
    width: int = 32  # samples side by side


def indented(*blocks: Sequence[str]) -> list[str]:
    return ["    " + line for block in blocks for line in block]


def names(stem: str, count: int) -> list[str]:
    return [f"{stem}{place}" for place in range(count)]


RULES = ("frozen", "slowed", "lowest", "highest")


def _parameters(entries: Entries, options: Options) -> list[str]:
    return [
        *("w", "g", "rate", *names("m", entries.n_memory)),
        *(RULES if options.ruled else ()),
        *(("reached", "l1", "l2") if options.regularised else ()),
        *names("o", len(entries.options)),
    ]


def move_function(entries: Entries, options: Options) -> str:
    """``move``: one weight's step, penalty and rule included; rounded exactly as in the table."""
    lines = Lines()
    gradient = "g"
    if options.regularised:
        sign = lines.note("1.0 if w > 0.0 else (-1.0 if w < 0.0 else 0.0)")
        gradient = lines.note(f"g + reached * (l1 * {sign} + l2 * w)").text
    memory = names("m", entries.n_memory)
    given = names("o", len(entries.options))
    value, after = entries.step(lines, "w", gradient, "rate", memory, given)
    if options.ruled:
        slow = lines.note(f"w + slowed * ({value} - w)")
        value = lines.note(f"{value} if slowed == 1.0 else {slow}").text
        value = lines.note(f"lowest if {value} < lowest else {value}").text
        value = lines.note(f"highest if {value} > highest else {value}").text
        value = lines.note(f"w if frozen > 0.0 else {value}").text
        after = [
            lines.note(f"{old} if frozen > 0.0 else {new}").text
            for old, new in zip(memory, after, strict=True)
        ]
    result = ", ".join([value, *after])
    return "\n".join(
        [
            "@njit(**STRICT)",
            f"def move({', '.join(_parameters(entries, options))}):",
            *indented([*lines, f"return {result}"]),
        ]
    )


def move_call(
    entries: Entries,
    options: Options,
    w: str,
    g: str,
    memory: Sequence[str],
    place: str,
) -> str:
    """A line that calls ``move`` for one weight; `place` is its index among rules and penalties."""
    given = [w, g, "rate", *memory]
    if options.ruled:
        given += [f"rules[{_row(row, place)}]" for row in range(len(RULES))]
    if options.regularised:
        given += [f"penalised[{place}]", "l1", "l2"]
    given += names("o", len(entries.options))
    return f"{', '.join([w, *memory])} = move({', '.join(given)})"


def _row(row: int, place: str) -> str:
    """The rules lie one after the other, each for all weights; straight code has them as a table."""
    return f"{row} * size + {place}" if place == "k" else f"{row}, {place}"


def penalty(options: Options, n: int) -> list[str]:
    """``cost``: the penalty of the weights w0, w1, ... as they are before the update."""
    if not options.regularised:
        return []
    lines = ["sizes = 0.0", "squares = 0.0"]
    for k in range(n):
        lines.append(f"sizes += penalised[{k}] * abs(w{k})")
        lines.append(f"squares += penalised[{k}] * w{k} * w{k}")
    return [*lines, "cost = l1 * sizes + 0.5 * l2 * squares"]
