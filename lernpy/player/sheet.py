"""A lesson on paper: a worksheet of one page with blanks, and the answers on a page of its own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lernpy.errors import LernpyError
from lernpy.frame import NEURON
from lernpy.labels import NONE, Label
from lernpy.player.sheet_rules import MANY_DIGITS, Rules, printed_rules
from lernpy.player.spots import spots_of
from lernpy.player.worked_sample import Worked, first_worked
from lernpy.registry import one_of
from lernpy.text import MINUS, counted, number

MOST_NEURONS, MOST_LINKS = 9, 12  # so many rows fit on one page, with the drawing above them
MOST_DRAWN = 60  # links of a network that is drawn
WIDE, HIGH, EDGE, ROUND = 640, 190, 40, 15  # of the drawing, in its own units
NEURON_HEADS = (
    *("neuron", "activation f", "total input<br>z = Σ w · y", "output<br>y = f(z)"),
    *("blame s<br>= what arrives", "δ = s · f′(z)"),
)
LINK_HEADS = ("signal<br>w · y", "hands back<br>w · δ", "gradient<br>y · δ", "new weight")
EXAMPLE = "lp-example"  # the class of the row that is filled in
CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'"
PAPER = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def paper(title: str, style: str, body: str) -> str:
    """A page of HTML to be printed: it runs no script and asks for nothing from anywhere.

    >>> "script" in paper("Sheet", "p { color: black; }", "<p>Name ____</p>")
    False
    """
    policy = f"{CLOSED}; style-src 'unsafe-inline'"  # a drawing has styles on its lines
    return PAPER.format(policy=policy, title=html.escape(title), style=style, body=body)


def sheet(header: Mapping[str, Any], labels: Sequence[Label | None] = ()) -> str:
    """Worksheet and answer key of a trace, or nothing where its weights are not known.

    labels : what the data call each neuron; without them its name alone
    """
    sections = _sections(header, labels, ())
    return f'<div class="lp-sheet">{"".join(sections)}</div>' if sections else ""


def sheets(
    header: Mapping[str, Any],
    labels: Sequence[Label | None] = (),
    style: str = "",
    links: Sequence[str] = (),
) -> tuple[str, str]:
    """Worksheet and answer key as two pages of HTML, each of one page of paper.

    `links` : names of those that get a row ("h1 -> y1"); unless given, those with the largest gradients
    """
    sections = _sections(header, labels, links)
    if not sections:
        raise LernpyError(
            "a worksheet needs a whole sample whose weights are known; record it from its start"
        )
    look = f"@page {{ size: A4; margin: 12mm; }} {style}"
    worksheet, key = (
        paper(header["title"] or "A lesson", look, f'<div class="lp-sheet">{one}</div>')
        for one in sections
    )
    return worksheet, key


def _sections(
    header: Mapping[str, Any], labels: Sequence[Label | None], links: Sequence[str]
) -> list[str]:
    lesson = first_worked(header)
    if lesson is None:
        return []
    rows = _chosen(header, lesson, links)
    return [_page(header, lesson, labels, rows, title, title == TITLES[1]) for title in TITLES]


TITLES = ("worksheet", "answer key")


def _chosen(header: Mapping[str, Any], lesson: Worked, wanted: Sequence[str]) -> list[int]:
    """The links that get a row, in the order of the lesson: those named, else the largest gradients."""
    names = header["network"]["names"]
    known = {f"{names[u]} -> {names[v]}": i for i, (u, v, _) in enumerate(lesson.links)}
    if wanted:
        chosen = [" -> ".join(map(str.strip, re.split("->|→", one, maxsplit=1))) for one in wanted]
        if len(chosen) > MOST_LINKS:
            raise LernpyError(f"a page has room for {MOST_LINKS} links, not for {len(chosen)}")
        return sorted(known[one_of("link", name, known)] for name in chosen)
    output, delta = lesson.neurons["output"], lesson.neurons["delta"]
    sizes = [-abs(output[u] * delta[v]) for u, v, _ in lesson.links]
    return sorted(np.argsort(sizes, kind="stable")[:MOST_LINKS].tolist())


def four_digits(number: float) -> str:
    """Four digits; an empty cell for what nobody computed."""
    return "" if np.isnan(number) else f"{number + 0.0:.4g}".replace("-", "−")


def _page(
    header: Mapping[str, Any],
    lesson: Worked,
    labels: Sequence[Label | None],
    rows: Sequence[int],
    title: str,
    is_key: bool,
) -> str:
    network = header["network"]
    names = [html.escape(name) for name in network["names"]]
    known = [label or NONE for label in labels] or [NONE] * len(names)
    fed = ", ".join(_assigned(network["names"], known, network["inputs"], lesson.inputs))
    wanted = ", ".join(_assigned(network["names"], known, network["outputs"], lesson.targets))
    neurons = _ends_first(header, lesson, rows)
    rules = printed_rules(header, lesson, rows, neurons)
    blank = "____________"
    return f"""<section>
<h2>{html.escape(header["title"] or "A lesson")}: {title}</h2>
{"" if is_key else f"<p>Name {blank * 2} Date {blank}</p>"}
<p>Put in: {fed}. Targets: {wanted}. {_spans(rules)}</p>
{_drawing(header, lesson, rows)}
{_table(NEURON_HEADS, _neuron_rows(header, lesson, names, neurons), 2, is_key)}
{_table(_link_heads(rules), _link_rows(lesson, names, rows, rules), 2 + len(rules.letters), is_key)}
<p>Loss of this sample: {four_digits(lesson.loss) if is_key else blank}. {_left(lesson, rows)}</p>
</section>"""


def _spans(rules: Rules) -> str:
    return " ".join(f"<span>{html.escape(sentence)}</span>" for sentence in rules.sentences)


def _left(lesson: Worked, rows: Sequence[int]) -> str:
    more = len(lesson.links) - len(rows)
    return f"{counted(more, 'more link')}: see the page." if more else ""


def _ends_first(header: Mapping[str, Any], lesson: Worked, rows: Sequence[int]) -> list[int]:
    """The neurons that get a row: of those recorded first the ends of the chosen links."""
    ends = {int(end) for row in rows for end in lesson.links[row, :2]}
    recorded = header["samples"]["recorded"]
    chosen = [v for v in recorded if v in ends] + [v for v in recorded if v not in ends]
    return sorted(chosen[:MOST_NEURONS])


def _assigned(
    names: Sequence[str], labels: Sequence[Label], which: Sequence[int], values: np.ndarray
) -> list[str]:
    """Each neuron with its value; with what the data call it, and the raw value where it is scaled."""
    pairs = [
        html.escape(f"{labels[i].beside(names[i])} = {four_digits(v)}")
        + html.escape(f" ({labels[i].told(v, MINUS)})" if labels[i].is_scaled else "")
        for i, v in zip(which, values.tolist(), strict=True)
    ]
    return pairs if len(pairs) <= 10 else [*pairs[:10], f"… ({len(pairs)} in all)"]


def _neuron_rows(
    header: Mapping[str, Any], lesson: Worked, names: Sequence[str], neurons: Sequence[int]
) -> Iterable[list[str]]:
    network = header["network"]
    for index in neurons:
        activation = network["activations"][network["activation"][index]]["name"]
        numbers = [four_digits(lesson.neurons[name][index]) for name in NEURON]
        yield [names[index], html.escape(activation), *numbers]


def _link_heads(rules: Rules) -> Sequence[str]:
    """With a column for each of what the optimiser remembered."""
    return ("link", "weight w", *(f"old {letter}" for letter in rules.letters), *LINK_HEADS)


def _link_rows(
    lesson: Worked, names: Sequence[str], rows: Sequence[int], rules: Rules
) -> Iterable[list[str]]:
    output, delta = lesson.neurons["output"], lesson.neurons["delta"]
    for start, end, w in lesson.links[list(rows)]:
        weight = lesson.weights[w]
        moved = lesson.moved[w] if rules.moves and lesson.moved is not None else np.nan
        before = [number(one, MANY_DIGITS, minus=MINUS) for one in rules.memory_of(w)]
        answers = [weight * output[start], weight * delta[end], output[start] * delta[end], moved]
        cells = [four_digits(weight), *before, *map(four_digits, answers)]
        yield [f"{names[start]} → {names[end]}", *cells]


def _table(heads: Sequence[str], rows: Iterable[list[str]], known: int, is_key: bool) -> str:
    """Rows of cells; on the worksheet the first row is an example, and of the others much is blank."""
    lines = []
    for index, row in enumerate(rows):
        shown = row if is_key or not index else [*row[:known], *[""] * (len(row) - known)]
        mark = "" if is_key or index else f' class="{EXAMPLE}"'
        lines.append(f"<tr{mark}>" + "".join(f"<td>{cell}</td>" for cell in shown) + "</tr>")
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in heads) + "</tr>"
    return f"<table>{head}{''.join(lines)}</table>"


def _drawing(header: Mapping[str, Any], lesson: Worked, rows: Sequence[int]) -> str:
    """The network, the links of the rows in bold; none where it would be a thicket."""
    if len(lesson.links) > MOST_DRAWN:
        return ""
    network = header["network"]
    where = [
        (EDGE + (WIDE - 2 * EDGE) * x, EDGE / 2 + (HIGH - EDGE) * y)
        for x, y in spots_of(network, header.get("positions"))["positions"]
    ]
    lines = [
        '<path d="M{:.0f},{:.0f}L{:.0f},{:.0f}" stroke-width="{}"/>'.format(
            *where[start], *where[end], 1.4 if number in rows else 0.4
        )
        for number, (start, end, _) in enumerate(lesson.links)
    ]
    circles = [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{ROUND}"/><text x="{x:.0f}" y="{y + 4:.0f}">'
        f"{html.escape(name[:5])}</text>"
        for name, (x, y) in zip(network["names"], where, strict=True)
    ]
    return f'<svg viewBox="0 0 {WIDE} {HIGH}">{"".join([*lines, *circles])}</svg>'
