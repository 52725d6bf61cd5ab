"""The page on paper: one lesson as a worksheet with blanks, and on a sheet of its own the answers."""

from __future__ import annotations

import html
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lernpy.functions import activations, softmax
from lernpy.functions.losses import LOSSES
from lernpy.labels import NONE, Label
from lernpy.text import MINUS
from lernpy.watch.file.blocks import Block

MOST_ROWS = 40  # a worksheet is no telephone book
QUANTITIES = ("total_input", "output", "sensitivity", "delta")
NEURON_HEADS = ("neuron", "activation", "total input", "output", "blame", "delta")
LINK_HEADS = ("link", "weight", "signal", "blame handed back", "own gradient", "new weight")


class Worked(NamedTuple):
    """The first sample that is recorded link by link, in numbers."""

    inputs: np.ndarray
    targets: np.ndarray
    loss: float
    neurons: dict[str, np.ndarray]  # quantity -> (n_neurons,), NaN where it was not recorded
    links: np.ndarray  # (n_links, 3): from, to, index of the weight
    weights: np.ndarray
    moved: np.ndarray | None  # the weights after the update, where the trace tells


def sheet(header: Mapping[str, Any], labels: Sequence[Label | None] = ()) -> str:
    """Worksheet and answer key of a trace, or nothing where its weights are not known.

    labels : what the data call each neuron; without them its name alone
    """
    lesson = _lesson(header)
    if lesson is None:
        return ""
    pages = [
        _page(header, lesson, labels, "worksheet", lambda number: ""),
        _page(header, lesson, labels, "answer key", four_digits),
    ]
    return '<div class="lp-sheet">' + "\n".join(pages) + "</div>"


def unroll(network: Mapping[str, Any]) -> np.ndarray:
    """All links of a trace's network: from, to, index of the weight."""
    pairs = [
        (start, end)
        for u, nu, v, nv in network["links"]
        for start in range(u, u + nu)
        for end in range(v, v + nv)
    ]
    weight = network["weight_of"] or range(len(pairs))
    return np.array([(*pair, w) for pair, w in zip(pairs, weight, strict=True)]).reshape(-1, 3)


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
    title: str,
    fill: Callable[[float], str],
) -> str:
    network = header["network"]
    names = [html.escape(name) for name in network["names"]]
    known = [label or NONE for label in labels] or [NONE] * len(names)
    fed = ", ".join(_assigned(network["names"], known, network["inputs"], lesson.inputs))
    wanted = ", ".join(_assigned(network["names"], known, network["outputs"], lesson.targets))
    rate = header["samples"]["rate"]
    rule = f"Loss: {network['loss']}. " + (
        "" if isinstance(rate, (Block, dict)) else f"Learning rate {four_digits(rate)}."
    )
    return f"""<section>
<h2>{html.escape(header["title"] or "A lesson")}: {title}</h2>
<p>Put in: {fed}. Targets: {wanted}. {html.escape(rule)}</p>
<p>Loss of this sample: {fill(lesson.loss) or "____________"}</p>
{_table(NEURON_HEADS, _neuron_rows(header, lesson, names, fill))}
{_table(LINK_HEADS, _link_rows(lesson, names, fill))}
</section>"""


def _assigned(
    names: Sequence[str], labels: Sequence[Label], which: Sequence[int], values: np.ndarray
) -> list[str]:
    """Each neuron with its value; with what the data call it, and the raw value where it is scaled."""
    pairs = [
        html.escape(f"{labels[i].beside(names[i])} = {four_digits(v)}")
        + html.escape(f" ({labels[i].told(v, MINUS)})" if labels[i].is_scaled else "")
        for i, v in zip(which, values.tolist(), strict=True)
    ]
    return pairs if len(pairs) <= 16 else [*pairs[:16], f"… ({len(pairs)} in all)"]


def _neuron_rows(
    header: Mapping[str, Any], lesson: Worked, names: Sequence[str], fill: Callable[[float], str]
) -> Iterable[list[str]]:
    network = header["network"]
    for index in header["samples"]["recorded"]:
        activation = network["activations"][network["activation"][index]]["name"]
        numbers = [fill(lesson.neurons[name][index]) for name in QUANTITIES]
        yield [names[index], html.escape(activation), *numbers]


def _link_rows(
    lesson: Worked, names: Sequence[str], fill: Callable[[float], str]
) -> Iterable[list[str]]:
    output, delta = lesson.neurons["output"], lesson.neurons["delta"]
    for start, end, w in lesson.links:
        weight = lesson.weights[w]
        moved = np.nan if lesson.moved is None else lesson.moved[w]
        answers = [weight * output[start], weight * delta[end], output[start] * delta[end], moved]
        yield [f"{names[start]} → {names[end]}", four_digits(weight), *map(fill, answers)]


def _table(heads: Sequence[str], rows: Iterable[list[str]]) -> str:
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    more = len(lines) - MOST_ROWS
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in heads) + "</tr>"
    note = f"<p>{more} more rows are left out.</p>" if more > 0 else ""
    return f"<table>{head}{''.join(lines[:MOST_ROWS])}</table>{note}"
