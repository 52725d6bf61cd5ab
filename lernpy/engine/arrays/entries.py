"""The table entries of one network for arrays of any module: values, slopes, losses, the step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.arrays.backend import Arrays
from lernpy.engine.numpy.lines import filler
from lernpy.errors import LernpyError
from lernpy.functions import moving, softmax

if TYPE_CHECKING:
    from lernpy.engine.plan import Segment
    from lernpy.functions.losses import Loss
    from lernpy.functions.optimizers import Optimizer


class Bend:
    """What one segment of neurons does with its total inputs, on the way there and back.

    Arrays are (neurons, ...): all further axes are samples or nets.
    """

    def __init__(self, segment: Segment, arrays: Arrays) -> None:
        self.rows = slice(segment.low, segment.high)
        self.m = arrays.m
        self.segment, self.is_group = segment, segment.is_group
        entry: Any = segment.activation
        self.is_identity = segment.is_identity
        if not segment.is_group:
            _refuse_single_numbers("activation", entry, arrays)
            value, slope = entry.over(arrays.maths)
            self._value = arrays.fuse(value, f"{entry.name}_value")
            self._delta = arrays.fuse(lambda z, y, s: s * slope(z, y), f"{entry.name}_delta")
        formula = None if segment.is_group or arrays.m is not np else entry.formula("value")
        self._fill = filler(formula) if formula else None

    def forward(self, z: Any, y: Any) -> Any:
        """Fills y; a group returns the logarithm of the sum of all e^z, others None."""
        if self.is_group:
            y[...], log_sum = softmax.shares(self.m, z)
            return log_sum
        if self._fill:
            self._fill(z, y)
        else:
            y[...] = z if self.is_identity else self._value(z)
        return None

    def backward(self, z: Any, y: Any, s: Any, d: Any) -> None:
        """Fills d from s."""
        if self.segment.is_apart:
            d[...] = softmax.mixed_apart(self.m, z, y, s)
        elif self.is_group:
            d[...] = softmax.mixed(self.m, y, s)
        elif self.is_identity:
            d[...] = s
        else:
            d[...] = self._delta(z, y, s)


class Judge:
    """The loss of some outputs that stand together and have one activation."""

    def __init__(self, loss: Loss, name: str, arrays: Arrays) -> None:
        apart = [loss.rest_slope_over(np)] if loss.from_rest else []
        _refuse_single_numbers("loss", loss, arrays, loss.stable_over(np, name), *apart)
        value, slope = loss.over(arrays.maths)
        form = loss.stable_over(arrays.maths, name)
        self._slope = arrays.fuse(slope, f"{loss.name}_slope")
        if apart:
            self._rest_slope = arrays.fuse(
                loss.rest_slope_over(arrays.maths), f"{loss.name}_rest_slope"
            )
        self._is_group, self._stable = name == "softmax", form is not None
        self._value = arrays.fuse(form or value, f"{loss.name}_value")

    def value(self, z: Any, y: Any, log_sum: Any, t: Any, lead: Any = None) -> Any:
        """From the total input where the loss knows such a form."""
        if not self._stable:
            return self._value(y, t)
        if lead is not None:
            return self._value(lead, t)
        return self._value(z - log_sum if self._is_group else z, t)

    def slope(self, y: Any, t: Any, rest: Any = None) -> Any:
        """From the rest of a share, too, where the loss asks for it."""
        return self._slope(y, t) if rest is None else self._rest_slope(y, rest, t)


class Mover:
    """The step of all weights: penalty, rule, and what the optimiser proposes.

    The arrays are (n_weights, ...); rates and penalties are numbers, or arrays of the last axes.
    `rules` : frozen, rate, low, high of each weight; None if all may move freely
    """

    def __init__(self, optimizer: Optimizer, rules: Any, penalised: Any, arrays: Arrays) -> None:
        _refuse_single_numbers("optimizer", optimizer, arrays)
        self.m = arrays.m
        self.n_memory = len(optimizer.memory(0.1))
        self.rules = () if rules is None else tuple(rules)
        self.penalised = penalised
        move = moving.moved(arrays.maths, optimizer.over(arrays.maths))

        def flat(value: Any, gradient: Any, rate: Any, *rest: Any) -> Any:
            memory, rest = rest[: self.n_memory], rest[self.n_memory :]
            penalty, rule = rest[: -len(self.rules) or None], rest[len(rest) - len(self.rules) :]
            after = move(value, gradient, rate, *memory, penalty=penalty, rule=rule)
            return after if self.n_memory else after[0]

        self.step = arrays.fuse(flat, optimizer.name)

    def penalty(self, w: Any, l1: Any, l2: Any) -> Any:
        """(...): l1 sum |w| + l2/2 sum w^2 over the weights that are no bias's."""
        return moving.penalty(self.m)(self.penalised * l1, self.penalised * l2, w).sum(axis=0)

    def move(
        self,
        w: Any,
        memory: list[Any],
        gradient: Any,
        rate: Any,
        penalty: Any = (),
        where: Any = None,
    ) -> None:
        """Moves w and memory in place; only `where` it is true, if that is given."""
        pull = [self.penalised * share for share in penalty]
        results = self.step(w, gradient, rate, *memory, *pull, *self.rules)
        after = results if self.n_memory else (results,)
        for old, new in zip([w, *memory], after, strict=True):
            old[...] = new if where is None else self.m.where(where, new, old)


def _refuse_single_numbers(kind: str, entry: Any, arrays: Arrays, *forms: Any) -> None:
    """On a device nothing goes number by number, as it may with NumPy."""
    if arrays.m is np:
        return
    over = entry.over(np)
    forms = (*over, *forms) if isinstance(over, tuple) else (over, *forms)
    if any(isinstance(f, np.vectorize) or getattr(f, "__self__", None) is entry for f in forms):
        raise LernpyError(
            f"the {kind} {entry.name} takes single numbers only; train it with engine='numpy'"
        )
