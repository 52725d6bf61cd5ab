"""What a network computes and how it learns, in words: `lernpy.explain(network)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from lernpy import held, subclasses
from lernpy.errors import LernpyError
from lernpy.functions.activations import Activation
from lernpy.labels import labels_of
from lernpy.network import Network
from lernpy.structure import structure_of
from lernpy.text import counted, listed
from lernpy.text import number as show
from lernpy.weight import FREE, Rule
from lernpy.wiring import members


@dataclass(frozen=True)
class Explanation:
    """Sentences under headings; prints as text, shows as HTML."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]  # heading, sentences

    def __str__(self) -> str:
        lines = [self.title]
        for heading, sentences in self.sections:
            lines += ["", heading, *(f"  {sentence}" for sentence in sentences)]
        return "\n".join(lines)

    @property
    def text(self) -> str:
        return str(self)

    @property
    def html(self) -> str:
        parts = [f"<h3>{escape(self.title)}</h3>"]
        for heading, sentences in self.sections:
            items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
            parts.append(f"<h4>{escape(heading)}</h4><ul>{items}</ul>")
        return f'<div class="lernpy-explanation">{"".join(parts)}</div>'


def explain(network: Network) -> Explanation:
    """In words: what a network computes, what loss it is trained with, how its weights move.

    >>> import lernpy
    >>> print(explain(lernpy.build.by_hand()))  # doctest: +ELLIPSIS
    A network of 4 neurons and 3 links
    <BLANKLINE>
    What it computes
      Input: x. Output: y.
      3 generations: x, bias | h | y.
    ...
    """
    if not isinstance(network, Network):
        raise LernpyError(f"explain(network) tells about a network, not about {network!r}")
    held.check(network)
    maths = [PORTABLE] if network.maths == "portable" else []
    sections = [
        ("What it computes", _computes(network)),
        ("What it is trained for", _loss(network)),
        ("How its weights move", _update(network)),
        ("What is special about its weights", _weights(network)),
        ("What goes by a class of its own", _own_parts(network)),
        ("What it learned from", _card(network)),
        ("Conventions", (*CONVENTIONS, *maths, *_kinks(network))),
    ]
    title = f"A network of {counted(len(network.neurons), 'neuron')} and {counted(len(network.links), 'link')}"
    return Explanation(
        title, tuple((head, tuple(sentences)) for head, sentences in sections if sentences)
    )


CONVENTIONS = (
    "Order: every neuron, then its outgoing links, so that a neuron is complete before it speaks; "
    "the backward pass reads the same list from its end.",
    "Blame (sensitivity) is dLoss / d output; + means: raising it raises the loss. Blame is no "
    "pie that is divided up: what all paths hand back adds up.",
    "All blame of a pass is collected with the old weights; only then do the weights move.",
    "The reported loss is the trained loss, penalty included, as it was before the update.",
)
PORTABLE = (
    "Its maths is portable: tanh, exp and logarithms of + - * / alone, so that it learns with the same bits "
    "on every machine; in plain Python that takes longer."
)


def _kinks(network: Network) -> Iterator[str]:
    """The slopes of its activations where they bend sharply."""
    for entry in dict.fromkeys(neuron.activation for neuron in network.neurons.values()):
        if isinstance(entry, Activation):
            below, at, above = (entry.slope(z, entry.value(z)) for z in (-1e-9, 0.0, 1e-9))
            if abs(above - below) > 1e-3:
                yield f"At its kink {entry.name} has the slope {show(at)}."


def _listed(names: Iterable[object], most: int = 6) -> str:
    return listed(names, most, last="and")


def _who(names: Sequence[str], does: str, do: str, most: int = 6) -> str:
    """The names, and what one of them does, or several do."""
    return f"{_listed(names, most)} {does if len(names) == 1 else do}"


def _about(entry: object) -> str:
    """What the first line of an entry's docstring says of it."""
    line = (entry.__doc__ or "").strip().split("\n")[0].rstrip(".")
    return f": {line}" if line else ""


def _computes(network: Network) -> list[str]:
    inputs = [neuron.name for neuron in network.inputs]
    outputs = [neuron.name for neuron in network.outputs]
    sentences = [
        f"Input{'s' * (len(inputs) > 1)}: {_listed(inputs)}. "
        f"Output{'s' * (len(outputs) > 1)}: {_listed(outputs)}.",
        _generations(network),
        *_activations(network),
    ]
    squashing = [n.name for n in network.inputs if n.activation.name != "identity"]
    if squashing:
        sentences.append(f"{_who(squashing, 'squashes', 'squash')} what is put in, though input.")
    return [*sentences, _biases(network), *_groups(network), *_skips(network)]


def _generations(network: Network) -> str:
    names = []
    for units in network.generations[:6]:
        inside = [member.name for unit in units for member in members(unit)]
        names.append(", ".join(inside) if len(inside) <= 6 else counted(len(inside), "neuron"))
    more = len(network.generations) - len(names)
    names += [f"{more} more"] if more else []
    return f"{counted(len(network.generations), 'generation')}: {' | '.join(names)}."


def _activations(network: Network) -> list[str]:
    apart = {*network.inputs, *network.biases}
    kinds: dict[str, list[str]] = {}
    for neuron in network.neurons.values():
        if neuron not in apart and neuron.activation.name not in ("softmax", "product"):
            kinds.setdefault(neuron.activation.name, []).append(neuron.name)
    sentences = [
        f"{_who(names, 'puts', 'put')} out {kind} of the sum"
        f"{_about(network.neurons[names[0]].activation)}."
        for kind, names in kinds.items()
    ]
    return sentences + _products(network)


def _products(network: Network) -> list[str]:
    products = [repr(product).strip("<>").partition(" ")[2] for product in network.products]
    if not products:
        return []
    return [
        f"{_who(products, 'is a product', 'are products', 4)}: outputs multiplied, without a weight; "
        "each factor is blamed times the others."
    ]


def _biases(network: Network) -> str:
    if not network.biases:
        return "There is no bias."
    names = [bias.name for bias in network.biases]
    reached = sum(len(network.graph.succ[name]) for name in names)
    return (
        f"{_who(names, 'is a bias neuron', 'are bias neurons')}: always 1, with "
        f"{counted(reached, 'ordinary link')}; no input, and no penalty reaches these weights."
    )


def _groups(network: Network) -> list[str]:
    return [
        f"{_listed([member.name for member in group.members])} are a softmax group: their outputs "
        "are shares of one whole, p = e^z / sum of all e^z, so the blame of each mixes that of all."
        for group in network.groups
    ]


def _skips(network: Network) -> list[str]:
    structure = structure_of(network)
    generation = structure.generation
    skips = [
        link.name
        for link in structure.links
        if link.input_neuron not in structure.biases
        and generation[link.output_neuron] - generation[link.input_neuron] > 1
    ]
    onward = [out.name for out in network.outputs if network.graph.succ[out.name]]
    sentences = []
    if skips:
        verb = "skip" if len(skips) > 1 else "skips"
        sentences.append(f"{counted(len(skips), 'link')} {verb} a generation: {_listed(skips)}.")
    if onward:
        sentences.append(f"{_listed(onward)}: an output with links onward; "
                    "its blame from the loss and from these links adds.")  # fmt: skip
    return sentences


def _loss(network: Network) -> list[str]:
    loss, outputs = network.loss, counted(len(network.outputs), "output")
    share = show(loss.share(len(network.outputs)))
    sentences = [
        f"{loss.name}{_about(loss)}.",
        f"The mean over {outputs}: each one's loss counts × {share}."
        if loss.mean
        else f"The sum over {outputs}, with no further factor.",
        "Of several samples the mean is taken.",
    ]
    stable = sorted({n.activation.name for n in network.outputs} & set(loss.stable))
    if stable:
        sentences.append(f"With {_listed(stable)} its value is computed from the sums, "
                    "so that it does not saturate.")  # fmt: skip
    return sentences


def _update(network: Network) -> list[str]:
    rule = network.optimizer
    options = "".join(f", {name} {show(value)}" for name, value in rule.options.items())
    sentences = [
        f"{rule.name}, learning rate {show(network.learning_rate)}{options}{_about(rule)}.",
        "The gradient of a weight is the sum over its links and the samples since the last "
        "update, divided once by the number of these samples.",
    ]
    if network.l1 or network.l2:
        terms = [f"{show(network.l1)} · sum |w|"] * bool(network.l1)
        terms += [f"{show(network.l2)} / 2 · sum w²"] * bool(network.l2)
        sentences.append(
            f"Penalty {' + '.join(terms)} over {counted(len(network.penalised), 'weight')}, "
            "each counted once, those of the biases left out; it does not depend on the batch size."
        )
    return sentences


SCALINGS = {
    "standard": "mean 0 and standard deviation 1",
    "minmax": "the range from 0 to 1",
    "image": "shares of the brightest value",
}


def _card(network: Network) -> list[str]:
    """What lies beside the network in its file."""
    card = network.card
    if card is None:
        return []
    sentences = [f"Data: {card.data['name']}, {card.task}."] if "name" in card.data else []
    labels = labels_of(network).items()
    named = [label.beside(neuron.name) for neuron, label in labels if label.more(neuron.name)]
    if named:
        sentences.append(f"Names in the data: {_listed(named, 12)}.")
    if card.classes:
        one = " One output: 0 means the first, 1 the second." if len(network.outputs) == 1 else ""
        sentences.append(f"Classes: {_listed(card.classes, 12)}.{one}")
    for what, scaling in (("Inputs", card.scaling), ("Targets", card.target_scaling)):
        if scaling.kind in SCALINGS:
            sentences.append(
                f"{what} are scaled to {SCALINGS[scaling.kind]} before the network sees them; its own "
                "methods take scaled numbers, lernpy.predict and the command line scale for you."
            )
    return sentences


def _weights(network: Network) -> list[str]:
    holders = {
        weight: [link.name for link in links]
        for weight, links in structure_of(network).holders.items()
    }
    shared = [names for names in holders.values() if len(names) > 1]
    sentences = [
        f"{_listed(names)} share one weight; it sums what they submit." for names in shared[:10]
    ]
    frozen = [names[0] for weight, names in holders.items() if weight.frozen]
    if frozen:
        sentences.append(
            f"{_who(frozen, 'is', 'are')} frozen: blame is collected, the weight stays."
        )
    ruled = [weight for weight in holders if weight.rule._replace(frozen=False) != FREE]
    return sentences + [f"{holders[weight][0]}: {_rule(weight.rule)}." for weight in ruled[:10]]


def _own_parts(network: Network) -> list[str]:
    parts = list(subclasses.own_parts(network))
    sentences = [f"{subclasses.part_name(network, p)} {subclasses.rule_of(p)}." for p in parts[:10]]
    return [*sentences, *([f"So do {len(parts) - 10} others."] if len(parts) > 10 else [])]


def _rule(rule: Rule) -> str:
    sentences = [f"its steps are multiplied by {show(rule.rate)}"] if rule.rate != 1 else []
    if (rule.low, rule.high) != (FREE.low, FREE.high):
        sentences.append(f"it stays between {show(rule.low)} and {show(rule.high)}")
    return " and ".join(sentences)
