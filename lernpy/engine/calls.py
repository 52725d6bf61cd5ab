"""Which table entries of a network are printed as lines of an engine, and which have to be called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lernpy.group import Group
from lernpy.text import listed

if TYPE_CHECKING:
    from lernpy.network import Network


def by_call(network: Network) -> str:
    """The end of an engine's explanation; nothing where every entry is printed.

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
    odd = [entry.name for entry in entries(network) if not all(_formulas(network, entry))]
    called = list(dict.fromkeys(odd))
    return f"; {listed(called)} by call, which is slower ({_why(called)})" if called else ""


def not_portable(network: Network) -> str:
    """The end of the explanation of an engine that keeps no portable bits."""
    return "; rounds in its own way, not portably" if network.maths == "portable" else ""


def _why(called: list[str]) -> str:
    return f"{'it' if len(called) == 1 else 'they'} cannot be written as a formula"


def entries(network: Network) -> list[Any]:
    """Activations, loss and optimiser, each once; softmax groups left out."""
    kinds = [neuron.activation for neuron in network.neurons.values()]
    single = [kind for kind in kinds if not isinstance(kind, Group)]
    return list(dict.fromkeys([*single, network.loss, network.optimizer]))


def _formulas(network: Network, entry: Any) -> Iterator[Any]:
    if entry is network.optimizer:
        return iter([entry.formula()])
    return (entry.formula(which) for which in ("value", "slope"))
