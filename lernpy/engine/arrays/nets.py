"""Many nets of one wiring, as arrays: a column for each net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy import subclasses
from lernpy.engine.plan import Plan
from lernpy.engine.weights import rules_of
from lernpy.errors import WiringError
from lernpy.structure import structure_of

if TYPE_CHECKING:
    from lernpy.functions.losses import Loss
    from lernpy.functions.optimizers import Optimizer
    from lernpy.network import Network

WATCHED = "alive", "epochs", "best", "best_epoch", "waited", "blown_up", "reached"


class Nets:
    """The numbers of N nets that share wiring, loss and optimiser.

    `state` : (2 * n_weights * (1 + n_memory), N): weights, then each memory; then the same of the best
        epoch so far (without early stopping: of the last one whose numbers were finite)
    `watch` : (7, N), see `WATCHED`
    `rates`, `l1`, `l2` : (N,); `factor` is what the first epoch makes of the rates. The optimiser and
        the penalties are those of the networks unless others are given
    """

    def __init__(
        self,
        networks: Sequence[Network],
        rates: np.ndarray,
        optimizer: Optimizer | None = None,
        l1: np.ndarray | None = None,
        l2: np.ndarray | None = None,
        factor: float = 1.0,
    ) -> None:
        first = networks[0]
        self.plan = Plan.of(first)
        self.loss: Loss = first.loss
        self.optimizer: Optimizer = optimizer or first.optimizer
        self.rates = np.asarray(rates, float)
        self.l1 = np.array([network.l1 for network in networks]) if l1 is None else l1
        self.l2 = np.array([network.l2 for network in networks]) if l2 is None else l2
        self.regularised = bool(self.l1.any() or self.l2.any())
        self._read(networks, factor)
        self.watch = np.zeros((len(WATCHED), len(networks)))
        self.watch[0], self.watch[2] = 1.0, np.inf
        rules = rules_of(first.weights)
        self.ruled = rules is not None
        self.rules = np.empty((4, 0)) if rules is None else rules

    def _read(self, networks: Sequence[Network], factor: float) -> None:
        """Weights and memories of the networks, which stay as they are."""
        n, start = self.plan.n_weights, self.optimizer.memory(0.0)
        self.learned = n * (1 + len(start))
        self.state = np.empty((2 * self.learned, len(networks)))
        for column, (network, rate) in enumerate(zip(networks, self.rates.tolist(), strict=True)):
            subclasses.refuse(network, "train such networks one by one, with engine='graph'")
            self.state[:n, column] = [weight.value for weight in network.weights]
            if start:
                fresh = self.optimizer.memory(factor * rate)
                known = network.optimizer == self.optimizer  # another cannot read these notes
                rows = [(known and weight.memory) or fresh for weight in network.weights]
                self.state[n : self.learned, column] = np.array(rows).T.ravel()
        self.state[self.learned :] = self.state[: self.learned]

    def __len__(self) -> int:
        return self.state.shape[1]

    @property
    def alive(self) -> np.ndarray:
        return np.asarray(self.watch[0] != 0)

    def part(self, chosen: np.ndarray) -> Nets:
        """The nets of these columns, with numbers of their own."""
        twin = object.__new__(Nets)
        twin.__dict__.update(self.__dict__)
        for name in ("state", "watch"):
            setattr(twin, name, np.ascontiguousarray(getattr(self, name)[:, chosen]))
        for name in ("rates", "l1", "l2"):
            setattr(twin, name, getattr(self, name)[chosen])
        return twin

    def put(self, chosen: np.ndarray, part: Nets) -> None:
        """The numbers of a part, back into these columns."""
        self.state[:, chosen] = part.state
        self.watch[:, chosen] = part.watch

    def write(self, column: int, network: Network, best: bool) -> None:
        """Weights and memories of one net into its network; `best`: those of the best epoch."""
        n, offset = self.plan.n_weights, self.learned if best else 0
        rows = self.state[offset : offset + self.learned, column].reshape(-1, n)
        for k, weight in enumerate(network.weights):
            if not weight.frozen:
                value, *memory = rows[:, k].tolist()
                weight.value, weight.memory = value, tuple(memory)


def check_alike(features: Mapping[str, Any], other: Network, number: int) -> None:
    """One wiring for all, or an error that names the first difference from the `features` of net 0."""
    theirs = features_of(other)
    if theirs == features:
        return
    what = next(what for what, ours in features.items() if theirs[what] != ours)
    raise WiringError(
        f"net {number} has other {what} than net 0; many nets at once need one wiring"
    )


def features_of(network: Network) -> dict[str, Any]:
    """In what nets that learn together are alike, by its name."""
    return {
        "neurons": list(network.neurons),
        "links": list(network.links),
        "activations": [neuron.activation.name for neuron in network.neurons.values()],
        "shared weights": _shared(network),
        "rules of the weights": [weight.rule for weight in network.weights],
        "loss": network.loss.name,
        "optimizer": (network.optimizer.name, network.optimizer.options),
    }


def _shared(network: Network) -> list[int]:
    """Which weight each link holds; nothing where each has its own, which is faster known."""
    shared = len(network.weights) < len(network.links)
    return structure_of(network).link_weight.tolist() if shared else []
