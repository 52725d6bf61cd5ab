"""Which table entries of a network are printed as lines of an engine, and which have to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lernpy.functions.activations import Activation
from lernpy.text import listed

if TYPE_CHECKING:
    from lernpy.functions.optimizers import Optimizer
    from lernpy.network import Network


def by_call(network: Network, optimizer: Optimizer | None = None) -> str:
    """The end of an engine's explanation; nothing where every entry is printed.

    optimizer : another than the network's own

    >>> import lernpy
    >>> from lernpy.functions.activations import Activation
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> by_call(network)
    ''
    >>> network.neurons["h1"].activation = Activation("kinked", lambda m: (
    ...     lambda z: z if z > 0 else 0.0, lambda z, y: 1.0 if z > 0 else 0.0))
    >>> by_call(network)
    '; kinked by call, which is slower (it cannot be written as a formula)'
    """
    kinds = dict.fromkeys(neuron.activation for neuron in network.neurons.values())
    pairs: list[Any] = [*(kind for kind in kinds if isinstance(kind, Activation)), network.loss]
    odd = [entry.name for entry in pairs if not all(map(entry.formula, ("value", "slope")))]
    step = optimizer or network.optimizer
    if not step.formula():
        odd.append(step.name)
    if not odd:
        return ""
    called = list(dict.fromkeys(odd))
    it = "it" if len(called) == 1 else "they"
    return f"; {listed(called)} by call, which is slower ({it} cannot be written as a formula)"


def not_portable(network: Network) -> str:
    """The end of the explanation of an engine that keeps no portable bits."""
    return "; rounds in its own way, not portably" if network.maths == "portable" else ""
