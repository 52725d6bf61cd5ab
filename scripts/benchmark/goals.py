"""The goals, each with what was measured: a list to read, and the rows of the README's table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmark.workloads import Goal

Row = dict[str, Any]  # one workload, as `bench.compare` makes it

COLUMNS = ("torch", "torch.compile", "sklearn"), ("jax", "c")
TITLES = {
    "torch": "PyTorch",
    "torch.compile": "torch.compile",
    "sklearn": "scikit-learn",
    "jax": "JAX (jit + scan)",
    "c": "C, sizes fixed",
}
LEGEND = "In parentheses the goal; *italic*: nine tenths of it reached; **bold**: less than that."


def judged(goals: Sequence[Goal], medians: dict[str, float]) -> list[Row]:
    """What each goal came to; `ratio` and `verdict` are None where nothing was measured.

    >>> judged([("jit", "c", 2.0)], {"jit": 9.0, "c": 5.0})[0]["verdict"]
    'nine tenths'
    """
    found = []
    for ours, peer, goal in goals:
        measured = ours in medians and peer in medians
        ratio = medians[ours] / medians[peer] if measured else None
        words = {"engine": ours, "peer": peer, "ratio": ratio, "goal": goal}
        found.append({**words, "verdict": verdict(ratio, goal)})
    return found


def verdict(ratio: float | None, goal: float | None) -> str | None:
    if ratio is None or goal is None:
        return None
    return "reached" if ratio >= goal else "nine tenths" if ratio >= 0.9 * goal else "MISSED"


def listed(rows: Sequence[Row]) -> list[str]:
    """All goals, a line for each, and a line that counts them."""
    lines = [f"{'workload':<10}{'engine / peer':<24}{'ratio':>8}{'goal':>8}"]
    for row in rows:
        for each in row["goals"]:
            pair = f"{each['engine']} / {each['peer']}"
            goal = "" if each["goal"] is None else f"{each['goal']:g}"
            ratio = "" if each["ratio"] is None else short(each["ratio"])
            said = each["verdict"] or ("not measured" if not ratio else "no goal")
            lines.append(f"{row['name']:<10}{pair:<24}{ratio:>8}{goal:>8}  {said}")
    said = [each["verdict"] for row in rows for each in row["goals"] if each["goal"] is not None]
    counts = [(said.count(word), word) for word in ("reached", "nine tenths", "MISSED")]
    words = [f"{count} {word}" for count, word in [*counts, (said.count(None), "not measured")]]
    return [*lines, f"{len(said)} goals: {', '.join(words)}"]


def markdown(rows: Sequence[Row]) -> list[str]:
    """The README's table, and a small one for what goes number by number."""
    plain, compiled = COLUMNS
    heads = ["workload", "numpy, samples/s", *(f"÷ {TITLES[peer]}" for peer in plain)]
    heads += ["jit, samples/s", *(f"÷ {TITLES[peer]}" for peer in compiled)]
    lines = table(heads, [cells(row, ("numpy", *plain), ("jit", *compiled)) for row in rows])
    singly = [row for row in rows if {"python", "learn"} & set(rates(row))]
    if singly:
        heads = ["workload", "python, samples/s", "÷ micrograd"]
        heads += ["network.learn, samples/s", "÷ its bare verbs", "÷ micrograd"]
        blocks = ("python", "micrograd"), ("learn", "verbs", "micrograd")
        lines += ["", *table(heads, [cells(row, *blocks) for row in singly])]
    return [*lines, "", f"{LEGEND} {spread(rows)}"]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = "|" + "---|" * len(heads)
    return [joined(heads), line, *map(joined, rows)]


def joined(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def cells(row: Row, *blocks: tuple[str, ...]) -> list[str]:
    """One workload: for each block an engine's rate, and its ratio to each peer."""
    found = [f"{row['name'][:2]} {row['about']}" if row["name"][0] == "W" else row["about"]]
    for engine, *peers in blocks:
        rate = rates(row).get(engine)
        found.append("–" if rate is None else quantity(rate))
        found += [cell(row, engine, peer) for peer in peers]
    return found


def cell(row: Row, engine: str, peer: str) -> str:
    """The ratio of this engine, and after it that of any other that was held against this peer."""
    goals = [each for each in row["goals"] if each["peer"] == peer and each["ratio"] is not None]
    mine = [marked(each) for each in goals if each["engine"] == engine]
    others = [f"{each['engine']} {marked(each)}" for each in goals if each["engine"] != engine]
    others = others if peer != "micrograd" else []  # it has a column for each
    return "; ".join(mine + others) or "–"


def marked(goal: Row) -> str:
    ratio = short(goal["ratio"])
    around = {"MISSED": "**", "nine tenths": "*"}.get(goal["verdict"] or "", "")
    return f"{around}{ratio}{around}" + (f" ({goal['goal']:g})" if goal["goal"] else "")


def rates(row: Row) -> dict[str, float]:
    return {each["name"]: each["median"] for each in row["runners"]}


def spread(rows: Sequence[Row]) -> str:
    """How far the turns of one runner lay apart, at worst."""
    widths = [
        ((each["highest"] - each["lowest"]) / each["median"] / 2, each["name"], row["name"])
        for row in rows
        for each in row["runners"]
    ]
    if not widths:
        return ""
    width, name, workload = max(widths)
    return f"Widest spread of the turns: ±{width:.0%} ({name}, {workload})."


def short(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 2 else f"{ratio:.2f}"


def quantity(rate: float) -> str:
    """Three digits of it.

    >>> [quantity(rate) for rate in (2.95, 74_321, 159_400, 1_437_000, 12_810_000)]
    ['2.95', '74.3k', '159k', '1.44M', '12.8M']
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if rate >= 0.9995 * size:
            return f"{rate / size:.3g}{letter}"
    return f"{rate:.3g}"
