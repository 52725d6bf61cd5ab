"""The table entries that one network uses, each as lines of code; what cannot be written is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lernpy.engine.jit import machine
from lernpy.engine.writer import Writer
from lernpy.functions.activations import Activation
from lernpy.functions.printing.python import Numba

if TYPE_CHECKING:
    from lernpy.engine.plan import Plan
    from lernpy.functions.losses import Loss
    from lernpy.functions.optimizers import Optimizer


class CannotWrite(Exception):
    """The network needs something that cannot be compiled."""


class Entries:
    """One network's loss and optimiser, and what of its entries goes along with the code.

    `own` : functions that have to be compiled as they are, by the name they go by in the code
    `portable` : whether all is rounded as the objects round it (see `lernpy.functions.portable`)
    """

    def __init__(
        self,
        loss: Loss,
        optimizer: Optimizer,
        n_outputs: int,
        portable: bool = False,
    ) -> None:
        self.portable = portable
        self.loss = loss
        self.optimizer = optimizer
        self.n_outputs = n_outputs
        self.own: dict[str, Callable[..., Any]] = {}
        self.n_memory = len(optimizer.memory(0.1))
        self.options = tuple(optimizer.options)

    @property
    def forms(self) -> list[str]:
        """The names of activations for which the loss has forms of its own."""
        rest = ["softmax"] if self.loss.from_rest else []
        return list(dict.fromkeys([*self.loss.from_total, *rest]))

    @property
    def share(self) -> float:
        return self.loss.share(self.n_outputs)

    def called(self, entry: Any, which: str) -> str:
        """The name of a function that goes along: ``value``, ``slope``, a form of a loss or a ``step``."""
        if which == "step":
            return self._own(which, entry.factory(machine.maths(), **entry.options))
        forms = getattr(entry, "from_total", {})
        forms = {**forms, "rest_slope": getattr(entry, "from_rest", None)}
        factory = forms.get(which, entry.factory)(machine.maths())
        function = factory if which in forms else factory[which == "slope"]
        return self._own(entry.name, function)

    def _own(self, stem: str, function: Callable[..., Any]) -> str:
        """The function goes along with the code; the same one once."""
        for name, known in self.own.items():
            if machine.essence(known) == machine.essence(function):
                return name
        name = f"own{len(self.own)}_{''.join(c if c.isalnum() else '_' for c in stem)}"
        self.own[name] = function
        return name


class NumbaWriter(Writer):
    """Lines to be compiled, which add up without a 0.0 before if they may.

    >>> from lernpy import activations, losses, optimizers
    >>> lines = NumbaWriter(Entries(losses.get("squared_error"), optimizers.get("sgd"), 1))
    >>> lines.entry(activations.get("softplus"), "value", "total")
    '(0.0 if 0.0 > total else total) + math.log1p(exp_(-abs(total)))'
    """

    def __init__(self, entries: Entries) -> None:
        super().__init__(Numba(portable=entries.portable))
        self.entries = entries
        self.zero = Writer.zero if entries.portable else ""

    def called(self, entry: Any, which: str) -> str:
        return self.entries.called(entry, which)


def activations_of(plan: Plan) -> list[Any]:
    """The activations of a plan's neurons, each once; inputs and groups left out."""
    kinds = dict.fromkeys(segment.activation for segment in plan.segments)
    return [kind for kind in kinds if isinstance(kind, Activation)]
