"""A lesson on paper: a worksheet of one page with blanks, and the answers on a page of its own."""

from __future__ import annotations

import html
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lernpy.errors import LernpyError
from lernpy.functions import activations, softmax
from lernpy.functions.losses import LOSSES
from lernpy.labels import NONE, Label
from lernpy.player.places import places, unroll
from lernpy.registry import one_of
from lernpy.text import MINUS, counted
from lernpy.watch.file.blocks import Block

MOST_NEURONS, MOST_LINKS = 9, 12  # so many rows fit on one page, with the drawing above them
MOST_DRAWN = 60  # links of a network that is drawn
WIDE, HIGH, EDGE, ROUND = 640, 190, 40, 15  # of the drawing, in its own units
QUANTITIES = ("total_input", "output", "sensitivity", "delta")
NEURON_HEADS = (
    *("neuron", "activation f", "total input<br>z = Σ w · y", "output<br>y = f(z)"),
    *("blame s<br>= what arrives", "δ = s · f′(z)"),
)
LINK_HEADS = (
    *(
        "link",
        "weight w",
        "signal<br>w · y",
        "hands back<br>w · δ",
        "gradient<br>y · δ",
        "new weight",
    ),
)
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


class Worked(NamedTuple):
    """The first sample that is recorded link by link, in numbers."""

    inputs: np.ndarray
    targets: np.ndarray
    loss: float
    neurons: dict[str, np.ndarray]  # quantity -> (n_neurons,), NaN where it was not recorded
    links: np.ndarray  # (n_links, 3): from, to, index of the weight
    weights: np.ndarray
    moved: np.ndarray | None  # the weights after the update, where the trace tells


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
    lesson = _lesson(header)
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
        chosen = [one.replace("->", " -> ").replace("  ", " ").strip() for one in wanted]
        if len(chosen) > MOST_LINKS:
            raise LernpyError(f"a page has room for {MOST_LINKS} links, not for {len(chosen)}")
        return sorted(known[one_of("link", name, known)] for name in chosen)
    output, delta = lesson.neurons["output"], lesson.neurons["delta"]
    sizes = [-abs(output[u] * delta[v]) for u, v, _ in lesson.links]
    return sorted(np.argsort(sizes, kind="stable")[:MOST_LINKS].tolist())


def values_of(block: Block | Mapping[str, Any]) -> np.ndarray:
    """A block of a trace as an array."""
    if isinstance(block, Block):
        return block.values
    raw = np.frombuffer(b64decode(block["data"]), dtype=np.dtype(block["dtype"]).newbyteorder("<"))
    array = raw.reshape(block["shape"]).astype(float)
    return array / block["scale"] if "scale" in block else array


def four_digits(number: float) -> str:
    """Four digits; an empty cell for what nobody computed."""
    return "" if np.isnan(number) else f"{number + 0.0:.4g}".replace("-", "−")


def _lesson(header: Mapping[str, Any]) -> Worked | None:
    network, samples, detail = header["network"], header["samples"], header["detail"]
    if not detail["samples"] or samples["cut"] or header["edits"]:
        return None
    which = detail["samples"][0]
    if which and detail["weights_at"] is None:
        return None
    weights = values_of(detail["weights_at"])[0] if which else values_of(network["weights"])
    neurons, links = _neurons(header, which), unroll(network)
    lesson = Worked(
        values_of(samples["inputs"])[which],
        values_of(samples["targets"])[which],
        float(values_of(samples["loss"])[which]),
        neurons,
        links,
        weights,
        weights + values_of(detail["steps"])[0] if detail["steps"] else None,
    )
    if lesson.moved is None and samples["batches"][0][0] == 1:
        lesson = lesson._replace(moved=_derived(header, lesson, which))
    return lesson


def _neurons(header: Mapping[str, Any], which: int) -> dict[str, np.ndarray]:
    network, samples = header["network"], header["samples"]
    known = {name: np.full(len(network["names"]), np.nan) for name in QUANTITIES}
    known["output"][network["inputs"]] = values_of(samples["inputs"])[which]
    known["output"][network["biases"]] = 1.0
    for name in QUANTITIES:
        if samples[name] is not None:
            known[name][samples["recorded"]] = values_of(samples[name])[which]
    for unit in [unit for generation in network["generations"] for unit in generation]:
        _follow(network, samples, known, [unit] if unit >= 0 else network["groups"][-1 - unit])
    return known


def _follow(
    network: Mapping[str, Any],
    samples: Mapping[str, Any],
    known: dict[str, np.ndarray],
    neurons: list[int],
) -> None:
    """Outputs and deltas of a neuron, or of a softmax group, where the trace leaves them out."""
    if samples["output"] is not None or neurons[0] not in samples["recorded"]:
        return
    z, s = (known[name][neurons] for name in ("total_input", "sensitivity"))
    name = network["activations"][network["activation"][neurons[0]]]["name"]
    if name == "softmax":
        totals, blames = softmax.rows(z), softmax.rows(s)
        *y, _ = softmax.shares(np, totals)
        loss = LOSSES.get(network["loss"])
        if loss and loss.from_rest and not set(neurons).isdisjoint(network["outputs"]):
            d = softmax.mixed_apart(np, totals, y, blames)
        else:
            d = softmax.mixed(np, y, blames)
    else:
        value, slope = activations.get(name).over(np)
        y = value(z)
        d = s * slope(z, y)
    known["output"][neurons], known["delta"][neurons] = y, d


def _derived(header: Mapping[str, Any], lesson: Worked, which: int) -> np.ndarray | None:
    """One plain step down, where neither penalty nor rule says otherwise."""
    network = header["network"]
    if network["l1"] or network["l2"] or network["rules"]:
        return None
    start, end, weight = lesson.links.T
    gradient = np.zeros(len(lesson.weights))
    np.add.at(gradient, weight, lesson.neurons["output"][start] * lesson.neurons["delta"][end])
    gradient[network["frozen"]] = 0.0
    rate = header["samples"]["rate"]
    step = (float(values_of(rate)[which]) if isinstance(rate, (Block, dict)) else rate) * gradient
    moved: np.ndarray = lesson.weights - step
    return moved


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
    rate = header["samples"]["rate"]
    words = LOSSES[network["loss"]].words[0] if network["loss"] in LOSSES else ""
    rule = f"Loss: {network['loss']} {words}. " + (
        ""
        if isinstance(rate, (Block, dict))
        else f"New weight = w − {four_digits(rate)} · gradient."
    )
    neurons = _ends_first(header, lesson, rows)
    blank = "____________"
    return f"""<section>
<h2>{html.escape(header["title"] or "A lesson")}: {title}</h2>
{"" if is_key else f"<p>Name {blank * 2} Date {blank}</p>"}
<p>Put in: {fed}. Targets: {wanted}. {html.escape(rule)}</p>
{_drawing(header, lesson, rows)}
{_table(NEURON_HEADS, _neuron_rows(header, lesson, names, neurons), 2, is_key)}
{_table(LINK_HEADS, _link_rows(lesson, names, rows), 2, is_key)}
<p>Loss of this sample: {four_digits(lesson.loss) if is_key else blank}. {_left(lesson, rows)}</p>
</section>"""


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
        numbers = [four_digits(lesson.neurons[name][index]) for name in QUANTITIES]
        yield [names[index], html.escape(activation), *numbers]


def _link_rows(lesson: Worked, names: Sequence[str], rows: Sequence[int]) -> Iterable[list[str]]:
    output, delta = lesson.neurons["output"], lesson.neurons["delta"]
    for start, end, w in lesson.links[list(rows)]:
        weight = lesson.weights[w]
        moved = np.nan if lesson.moved is None else lesson.moved[w]
        answers = [weight * output[start], weight * delta[end], output[start] * delta[end], moved]
        yield [f"{names[start]} → {names[end]}", *map(four_digits, [weight, *answers])]


def _table(heads: Sequence[str], rows: Iterable[list[str]], known: int, is_key: bool) -> str:
    """Rows of cells; on the worksheet the first row is an example, and of the others much is blank."""
    lines = []
    for number, row in enumerate(rows):
        shown = row if is_key or not number else [*row[:known], *[""] * (len(row) - known)]
        mark = "" if is_key or number else f' class="{EXAMPLE}"'
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
        for x, y in places(network, header.get("positions"))["positions"]
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
