"""What the data call the inputs and outputs of a network: its card knows names, units and raw values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lernpy.neuron import Neuron
from lernpy.text import number

if TYPE_CHECKING:
    from lernpy.data import Card
    from lernpy.network import Network


class Label(NamedTuple):
    """What the data call a neuron ("": nothing), and how its value becomes one of the data.

    >>> area = Label("area", "m²", shift=70.0, scale=20.0)
    >>> area.beside("x1"), area.raw(0.5), area.told(0.5)
    ('x1 (area)', 80.0, '80 m²')
    """

    called: str = ""
    unit: str = ""
    shift: float = 0.0
    scale: float = 1.0

    def raw(self, value: float) -> float:
        """The value in the units of the data."""
        return value * self.scale + self.shift

    @property
    def is_scaled(self) -> bool:
        """Whether the data have another number than the neuron."""
        return (self.shift, self.scale) != (0.0, 1.0)

    def told(self, value: float, minus: str = "-") -> str:
        """The raw value with its unit."""
        words = number(self.raw(value), minus=minus)
        return f"{words} {self.unit}".rstrip()

    def more(self, name: str) -> str:
        """What the data call a neuron of this name, where it says more ("y" of "y1", a pixel do not)."""
        same = self.called in (name, name.rstrip("0123456789"))
        return "" if same or PIXEL.fullmatch(self.called) else self.called

    def beside(self, name: str) -> str:
        """The neuron's name, and that of the data where it says more."""
        return f"{name} ({self.more(name)})" if self.more(name) else name


NONE = Label()
PIXEL = re.compile(r"r\d+c\d+")  # see `data.dataset.pixel_names`


def labels_of(network: Network) -> dict[Neuron, Label]:
    """The labels of those inputs and outputs for which the card has some.

    >>> import lernpy
    >>> network = lernpy.layered([4, 3], output_activation="softmax", seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1, scale="minmax", loss="cross_entropy")
    >>> labels = labels_of(network)
    >>> labels[network.inputs[2]].called, labels[network.outputs[0]].called
    ('petal_length', 'setosa')
    >>> round(labels[network.inputs[0]].raw(0.0), 3)
    4.3
    """
    if network.card is None:
        return {}
    sides = card_labels(network.card, len(network.inputs), len(network.outputs))
    neurons = (*network.inputs, *network.outputs)
    return dict(zip(neurons, (*sides[0], *sides[1]), strict=True))


def card_labels(card: Card, inputs: int, outputs: int) -> tuple[list[Label], list[Label]]:
    """The labels of so many inputs and outputs, in order."""
    units = [column.unit for column in card.columns for _ in column.input_names]
    one_per_class = len(card.classes) == outputs
    names = card.classes if one_per_class else card.output_names
    return (
        _side(inputs, card.input_names, units, card.scaling),
        _side(outputs, names, (), card.target_scaling),
    )


def _side(count: int, names: Sequence[str], units: Sequence[str], scaling: Any) -> list[Label]:
    """Of what does not fit the neurons nothing is said."""
    names = names if len(names) == count else [""] * count
    units = units if len(units) == count else [""] * count
    fits = len(scaling) == count
    shifts = scaling.shift.tolist() if fits else [0.0] * count
    scales = scaling.scale.tolist() if fits else [1.0] * count
    return [Label(*label) for label in zip(names, units, shifts, scales, strict=True)]


def neuron_called(network: Network, name: str) -> Neuron | None:
    """The input or output that the data, or a picture's label, call so; blanks and case do not matter.

    >>> import lernpy
    >>> network = lernpy.layered([4, 3], seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1)
    >>> neuron_called(network, "Petal length")
    <neuron x3, identity>
    >>> neuron_called(network, "x3 (petal_length)")
    <neuron x3, identity>
    """
    known = {
        neuron: (label.called, label.beside(neuron.name))
        for neuron, label in labels_of(network).items()
        if label.called
    }
    for kind in (0, 1):
        exact = [neuron for neuron, words in known.items() if words[kind] == name]
        if exact:
            return exact[0] if len(exact) == 1 else None
    near = [n for n, words in known.items() if _plain(name) in map(_plain, words)]
    return near[0] if len(near) == 1 else None


def neuron_named(network: Network, name: str) -> Neuron | None:
    """The neuron of that name, else the one that the data, or a picture's label, call so."""
    return network.neurons.get(name) or neuron_called(network, name)


def parted(text: str, *signs: str) -> Iterator[tuple[str, str]]:
    """Every way to read two names from a text with a sign between them: a name may have it, too.

    >>> list(parted("a, b,c", ","))
    [('a', 'b,c'), ('a, b', 'c')]
    """
    for sign in signs:
        parts = text.split(sign)
        for at in range(1, len(parts)):
            yield sign.join(parts[:at]).strip(), sign.join(parts[at:]).strip()


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()
