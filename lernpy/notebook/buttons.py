"""What the buttons of a live player do to a network."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any

from lernpy import checks, player
from lernpy.build import draw_weights
from lernpy.data import Card, Dataset
from lernpy.errors import LernpyError
from lernpy.text import nth, shown
from lernpy.training import train
from lernpy.training.prepare import check_fit
from lernpy.training.settings import checked
from lernpy.watch import Trace, slow_motion

if TYPE_CHECKING:
    from lernpy.network import Network


MOST_EPOCHS = 100_000  # of one press: whoever waits for it cannot press anything else


class Buttons:
    """What the buttons of a live player do to a network. Knows no notebook.

    >>> import lernpy
    >>> lessons = Buttons(lernpy.layered([2, 3, 1], seed=0), ([[0, 1], [1, 1]], [[1], [0]]))
    >>> lessons.do({"kind": "freeze", "weight": 0, "value": True}), lessons.network.weights[0].frozen
    ('frozen', True)
    >>> lessons.do({"kind": "reset"}), lessons.network.weights[0].frozen
    ('the weights of the start, as seed 0 draws them', False)
    """

    def __init__(self, network: Network, data: Any, title: str = "", **settings: Any) -> None:
        dataset = Dataset.of(data)
        check_fit(network, dataset)
        self.network = network
        self.image = dataset.image
        self._card = Card.of(dataset)  # of a network that has none: it knows the names, too
        scaled = network.card.prepare(dataset) if network.card else None
        self.inputs, self.targets = scaled or (dataset.inputs, dataset.targets)
        self.title = checks.text("title", title) or "Live"
        self.settings = {"batch_size": 1, "seed": 0, **settings}
        checked(self.settings, several="live", epochs=1)
        self.sample = 0
        self._start = [(weight.value, weight.memory, weight.rule) for weight in network.weights]
        self._seeds = _is_drawn(network)
        self._wiring = network.version

    def trace(self) -> dict[str, Any]:
        """The lesson to come, as a trace: it happens to a copy."""
        twin = self.network.copy()
        twin.samples, twin.card = 0, twin.card or self._card
        x, t = self.inputs[self.sample], self.targets[self.sample]
        trace = Trace.record(slow_motion(twin, x, t), title=self.title)
        trace.image = self.image
        return trace.to_json()

    def state(self) -> tuple[Any, ...]:
        """All that the page shows and Python may change."""
        network = self.network
        weights = tuple((weight.value, weight.rule, weight.memory) for weight in network.weights)
        named = (network.loss.name, repr(network.optimizer), network.learning_rate)
        return (network.version, self.sample, *named, network.l1, network.l2, weights)

    def do(self, message: Any) -> str:
        """What the page asks for. Returns what there is to say about it."""
        wanted = dict(message) if isinstance(message, dict) else {}
        actions: dict[str, Callable[..., str]] = {
            "learn": self.learn,
            "train": self.train,
            "reset": self.reset,
            "set": self.set,
            "freeze": self.freeze,
        }
        action = actions.get(str(wanted.pop("kind", "")), _nothing)
        try:
            signature(action).bind(**wanted)
        except TypeError as error:
            raise LernpyError(f"the page asked for something unknown: {shown(message)}") from error
        return action(**wanted)

    def learn(self) -> str:
        """The lesson that is shown, for good; then the next sample."""
        loss = self.network.learn(self.inputs[self.sample], self.targets[self.sample])
        which = nth("sample", self.sample)
        news = f"learned {which} of {len(self.inputs)}, loss {loss:.4g}"
        self.sample = (self.sample + 1) % len(self.inputs)
        return news

    def train(self, epochs: Any = 1) -> str:
        """Epochs on the mirror, with the settings that `live` was given."""
        epochs = checks.whole("number of epochs", epochs, 1, MOST_EPOCHS)
        card = self.network.card
        try:
            history = train(
                self.network, (self.inputs, self.targets), epochs=epochs, **self.settings
            )
        finally:
            self.network.card = card
        return f"{epochs} epochs on the {history.engine} engine, loss {history.loss:.4g}"

    def reset(self) -> str:
        """The weights of the start, what the optimiser remembered, and the first sample."""
        if self.network.version != self._wiring:
            raise LernpyError("the wiring changed since the lesson began; call live again")
        for weight, start in zip(self.network.weights, self._start, strict=True):
            weight.value, weight.memory, weight.rule = start
        self.network.samples = 0  # an unfinished batch is forgotten
        self.sample = 0
        drawn = f", as seed {self.network.seed} draws them" if self._seeds else ""
        return f"the weights of the start{drawn}"

    def set(self, weight: Any = None, value: Any = None) -> str:
        """Give a weight another value."""
        chosen = self._weight(weight)
        chosen.value = checks.finite("weight", value)
        return f"weight set to {chosen.value:.6g}"

    def freeze(self, weight: Any = None, value: Any = True) -> str:
        """Freeze a weight, or let it move again."""
        chosen = self._weight(weight)
        if not isinstance(value, bool):
            raise LernpyError(f"a weight is frozen or not, true or false, not {shown(value)}")
        chosen.frozen = value
        return "frozen" if value else "free to move"

    def _weight(self, index: Any) -> Any:
        weights = self.network.weights
        return weights[checks.whole("number of the weight", index, 0, len(weights) - 1)]

    def traits(self) -> dict[str, Any]:
        """What the player asks its model for."""
        return player.traits(self.trace())


def _is_drawn(network: Network) -> bool:
    """Whether the weights are those that the network's seed draws."""
    if network.seed is None:
        return False
    twin = network.copy()
    draw_weights(twin, network.seed)
    return [w.value for w in twin.weights] == [w.value for w in network.weights]


def _nothing(known: None) -> str:
    """What no button asks for: it can be called with no message."""
    return ""
