"""Seven mistakes in backpropagation, each the object graph with one rule changed.

`apply` gives the same network with such a rule. It can be stepped, played and trained by the objects
(``engine="graph"``); no fast engine pretends to do it. The gradient check shows where it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from lernpy.build import layered
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron
from lernpy.registry import Registry
from lernpy.samples import check_network
from lernpy.training import train

SKETCHED = {  # per cent solved, of a sketch with 30 seeds, before the rules were written down
    "right": 87,
    "updated weights": 83,
    "one path": 83,
    "pie": 87,
    "not cleared": 80,
    "slope forgotten": 0,
    "sign flipped": 0,
}
XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


@dataclass(frozen=True)
class Mistake:
    """A rule that is wrong: what it does, which belief it shows, and who follows it.

    `made` gives, for a network, the class of its neurons and the class of its links.
    """

    name: str
    about: str
    belief: str
    made: Callable[[Network], tuple[type[Neuron], type[Link]]]


MISTAKES: Registry[Mistake] = Registry("mistake")


def mistake(
    name: str, belief: str
) -> Callable[[Callable[[Network], type[Neuron] | type[Link]]], Mistake]:
    """Put a rule into the table: a function from a network to a subclass of `Neuron` or `Link`."""

    def enter(factory: Callable[[Network], type[Neuron] | type[Link]]) -> Mistake:
        def made(network: Network) -> tuple[type[Neuron], type[Link]]:
            changed = factory(network)
            return (Neuron, changed) if issubclass(changed, Link) else (changed, Link)

        entry = Mistake(name, (factory.__doc__ or "").strip(), belief, made)
        MISTAKES.add(name, entry)
        return entry

    return enter


def apply(network: Network, name: str) -> Network:
    """A twin of the network that learns by a wrong rule; the network stays as it is.

    Raises
    ------
    UnknownNameError
        If no mistake is called that; the known ones are listed.

    >>> import lernpy
    >>> wrong = apply(lernpy.build.by_hand(), "slope forgotten")
    >>> wrong.learn([1], [1]) == lernpy.build.by_hand().learn([1], [1])
    True
    >>> wrong.neurons["y"].delta == wrong.neurons["y"].sensitivity
    True
    """
    check_network(network)
    entry = MISTAKES[name]
    twin = network.copy()
    twin.__class__ = type("Mistaken", (Mistaken,), {"__slots__": (), "mistake": entry})
    assert isinstance(twin, Mistaken)
    twin.follow()
    return twin


class Mistaken(Network):
    """A network whose parts follow a wrong rule; so do its copies, and links that are added to it."""

    __slots__ = ()
    mistake: ClassVar[Mistake]

    def follow(self) -> None:
        neuron_class, link_class = self.mistake.made(self)
        for neuron in self.neurons.values():
            neuron.__class__ = neuron_class
        for link in self.links.values():
            link.__class__ = link_class

    def _wire(self, neurons: Sequence[Neuron], links: Sequence[Link]) -> None:
        super()._wire(neurons, links)
        self.follow()


# ---- the seven -----------------------------------------------------------------------------------


@mistake("updated weights", "M3: updated weights carry the blame")
def updated_weights(network: Network) -> type[Link]:
    """Each weight moves at once, so it is the new weight that hands the blame back."""

    class UpdatedLink(Link):
        __slots__ = ()

        def backpropagate(self) -> None:
            super().backpropagate()
            handed = self.blame
            self.blame = self._moved() * self.output_neuron.delta
            self.input_neuron.submit_sensitivity(self.blame - handed)

        def _moved(self) -> float:
            weight, gradient = self.weight, self.input_neuron.output * self.output_neuron.delta
            if weight.frozen:
                return weight.value
            gradient += network.pull(weight)
            step, rate = network.optimizer.step, network.learning_rate
            moved: float = step(weight.value, gradient, rate, weight.memory)[0]
            return moved

    return UpdatedLink


@mistake("one path", "M2: one path is enough; M8: overwrite instead of add")
def one_path(network: Network) -> type[Neuron]:
    """A neuron keeps the blame that came last and forgets what came along its other links."""

    class OnePathNeuron(Neuron):
        __slots__ = ()

        def submit_sensitivity(self, sensitivity: float) -> None:
            self.sensitivity = sensitivity

    return OnePathNeuron


@mistake("pie", "M1: blame is a pie")
def pie(network: Network) -> type[Link]:
    """A neuron's blame is divided up among its links by the size of their weights; a bias gets none."""
    whole: dict[Neuron, list[Link]] = {}
    biases = set(network.biases)
    for link in network.links.values():
        if link.input_neuron not in biases:
            whole.setdefault(link.output_neuron, []).append(link)

    class PieLink(Link):
        __slots__ = ()

        def backpropagate(self) -> None:
            target = self.output_neuron
            self.blame = self._share() * target.sensitivity
            self.input_neuron.submit_sensitivity(self.blame)
            self.weight.submit_sensitivity(self.input_neuron.output * target.delta)

        def _share(self) -> float:
            if self.input_neuron in biases:
                return 0.0
            total = sum(abs(link.weight.value) for link in whole[self.output_neuron])
            return abs(self.weight.value) / total if total else 0.0

    return PieLink


@mistake("slope forgotten", "M12: the slope is forgotten")
def slope_forgotten(network: Network) -> type[Neuron]:
    """Blame for the output is taken for blame for the sum: the gate of the activation stands open."""

    class OpenNeuron(Neuron):
        __slots__ = ()

        def backpropagate(self) -> None:
            self.delta = self.sensitivity

    return OpenNeuron


@mistake("not cleared", "M8: what was collected is not cleared")
def not_cleared(network: Network) -> type[Neuron]:
    """A neuron does not forget: the blame of all samples before is still in its sum."""

    class MindfulNeuron(Neuron):
        __slots__ = ()

        def reset(self) -> None:
            kept = self.sensitivity
            super().reset()
            self.sensitivity = kept

    return MindfulNeuron


@mistake("sign flipped", "M4: the gradient has the other sign")
def sign_flipped(network: Network) -> type[Link]:
    """A weight's own blame is taken with the other sign: it walks uphill."""

    class UphillLink(Link):
        __slots__ = ()

        def backpropagate(self) -> None:
            delta = self.output_neuron.delta
            self.blame = self.weight.value * delta
            self.input_neuron.submit_sensitivity(self.blame)
            self.weight.submit_sensitivity(-self.input_neuron.output * delta)

    return UphillLink


@mistake("swapped", "M13: weight and value are swapped")
def swapped(network: Network) -> type[Link]:
    """The value goes back with the blame, and the weight is blamed for itself."""

    class SwappedLink(Link):
        __slots__ = ()

        def backpropagate(self) -> None:
            delta = self.output_neuron.delta
            self.blame = self.input_neuron.output * delta
            self.input_neuron.submit_sensitivity(self.blame)
            self.weight.submit_sensitivity(self.weight.value * delta)

    return SwappedLink


# ---- does it learn all the same? -----------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many nets solved XOR (each output on the right side of a half) with a rule."""

    name: str
    solved: int
    nets: int

    RIGHT: ClassVar[str] = "right"

    def __str__(self) -> str:
        return f"{self.name}: {self.solved} of {self.nets} solved ({self.solved / self.nets:.0%})"


def success(
    seeds: Iterable[int] = range(30),
    rate: float = 0.5,
    epochs: int = 2000,
    only: Iterable[str] | None = None,
) -> list[Count]:
    """Train XOR 2-3-1 (tanh, then sigmoid; online) by the right rule and by each wrong one.

    >>> [str(count) for count in success(range(2), epochs=3)][:1]
    ['right: 0 of 2 solved (0%)']
    """
    seeds = list(seeds)
    names = [Count.RIGHT, *MISTAKES] if only is None else list(only)
    return [
        Count(name, sum(_solves(name, seed, rate, epochs) for seed in seeds), len(seeds))
        for name in names
    ]


def _solves(name: str, seed: int, rate: float, epochs: int) -> bool:
    network = layered([2, 3, 1], activation="tanh", output_activation="sigmoid", seed=seed)
    if name != Count.RIGHT:
        network = apply(network, name)
    train(network, XOR, epochs, batch_size=1, learning_rate=rate, seed=seed, shuffle=True)
    inputs, targets = XOR
    return [output > 0.5 for (output,) in network.predict(inputs)] == [t > 0.5 for (t,) in targets]
