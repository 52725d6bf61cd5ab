"""Which table entries of a network are printed as lines of an engine, and which have to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lernpy.functions.activations import Activation
from lernpy.functions.optimizers import Optimizer
from lernpy.text import listed

if TYPE_CHECKING:
    from lernpy.network import Network


def by_call(network: Network, optimizer: Optimizer | None = None, in_python: bool = False) -> str:
    """The end of an engine's explanation; nothing where every entry is printed.

    optimizer : another than the network's own
    in_python : as plain Python, in which no function of NumPy's own is printed (``np.exp``, not ``m.exp``)

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
    used = *_activations(network), network.loss, optimizer or network.optimizer
    formulas = {entry: _formulas(entry) for entry in used}
    by_numpy = {entry for entry in used if in_python and _asks_numpy(formulas[entry])}
    odd = [e.name for e in used if not all(formulas[e]) or e in by_numpy]
    called = list(dict.fromkeys(odd))
    why = "it" if len(called) == 1 else "they"
    why += " cannot be written as a formula" + (" without NumPy" if by_numpy else "")
    return f"; {listed(called)} by call, which is slower ({why})" if called else ""


def _asks_numpy(formulas: list[Any]) -> bool:
    return any(formula and formula.by_numpy for formula in formulas)


def not_portable(network: Network) -> str:
    """The end of the explanation of an engine that keeps no portable bits."""
    return "; rounds in its own way, not portably" if network.maths == "portable" else ""


def _activations(network: Network) -> list[Any]:
    """Each once; softmax groups and products left out."""
    kinds = dict.fromkeys(neuron.activation for neuron in network.neurons.values())
    return [kind for kind in kinds if isinstance(kind, Activation)]


def _formulas(entry: Any) -> list[Any]:
    if isinstance(entry, Optimizer):
        return [entry.formula()]
    return [entry.formula(which) for which in ("value", "slope")]
