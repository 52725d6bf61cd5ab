"""A network: neurons and links in one order. Forward it is read to the end, backward it is read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy import held, shares, subclasses, wiring
from lernpy.checks import finite, not_negative
from lernpy.errors import LernpyError
from lernpy.functions import losses, moving, optimizers, portable
from lernpy.functions.losses import Loss
from lernpy.functions.maths import scalar
from lernpy.functions.optimizers import Optimizer
from lernpy.kept import lesson_kept
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.samples import numbers, rows_of, samples_of
from lernpy.text import counted
from lernpy.weight import Weight
from lernpy.wired import Wired

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.data import Card


penalty_of = moving.penalty(scalar)


class Network(Wired):
    """Neurons and links, wired into a graph without loops, with a loss, an optimiser and a rate.

    Made by the builders (`lernpy.layered`, `lernpy.from_edges`, ...); softmax groups come along
    with their members.

    ``maths="portable"`` takes tanh, exp and the logarithms that are built from + - * / alone. Then the
    objects, engine="python", compiled straight lines (engine="jit", small nets) and what is printed as
    Python, JavaScript or C learn with the same bits on every machine; auto takes objects or python. It is
    slower: in plain Python a tanh takes some thirty times as long, a lesson of XOR in straight lines twice,
    that of the objects hardly longer. NumPy and larger compiled nets round in their own ways.

    >>> from lernpy import layered
    >>> network = layered([2, 3, 1], seed=0)
    >>> network.learn([0, 1], [1]) > network.learn([0, 1], [1])
    True
    """

    __slots__ = (
        *("_loss", "_optimizer", "_learning_rate", "_l1", "_l2", "_penalised", "_share", "_named"),
        *("_seed", "_card", "samples", "noted", "_maths", "__weakref__"),
    )
    seed: int | None = held.holding("seed", held.seed_or_none)
    card: Card | None = held.holding("card", held.card_or_none)  # in its file: scaling, classes
    maths: str = held.wired("maths", 'lernpy.layered(..., maths="portable"), or "fast"')

    def __init__(
        self,
        neurons: Iterable[Neuron],
        links: Iterable[Link],
        inputs: Sequence[Neuron],
        outputs: Sequence[Neuron],
        *,
        loss: str | Loss = "squared_error",
        optimizer: str | Optimizer = "sgd",
        learning_rate: float | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        seed: int | None = None,
        maths: str = "fast",
    ) -> None:
        self._maths = maths
        self._inputs = held.PARTS["inputs"](wiring.parts(Neuron, "inputs", inputs))
        self._outputs = held.PARTS["outputs"](wiring.parts(Neuron, "outputs", outputs))
        self._loss = portable.of(losses.get(loss), maths)
        self._optimizer = portable.of(optimizers.get(optimizer), maths)
        self.learning_rate = learning_rate
        self.l1 = l1
        self.l2 = l2
        self._seed = held.seed_or_none(seed)
        self._card: Card | None = None
        self.version = 0  # goes up with every change of the wiring
        self.samples = 0  # how many were learned from since the last update
        self.noted: Any = None  # how far its lesson is, by whoever does it step by step: `progress`
        self._penalised: list[Weight] | None = None  # made when somebody asks
        self._wire(wiring.parts(Neuron, "neurons", neurons), wiring.parts(Link, "links", links))
        for group in self._groups:
            group.maths = portable.scalar if maths == "portable" else scalar

    def _wire(self, neurons: Sequence[Neuron], links: Sequence[Link]) -> None:
        super()._wire(neurons, links)
        self._penalised = None
        held.fit_maths(self)
        self._named = held.who_is_what(self)
        self._follow_loss()

    # ---- one lesson -----------------------------------------------------------------------------

    def learn(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """One whole lesson with one sample: forward, backward, update. Returns the loss."""
        try:
            self.reset()
            self.feed(inputs)
            for part in self._order:
                part.propagate()
            loss = self.expect(targets)
            for part in reversed(self._order):
                part.backpropagate()
            self.update()
            return loss
        except held.FAILURES:  # as `held.naming` does, which would take its time in each lesson
            held.check(self)
            raise

    def reset(self) -> None:
        """Forget the last sample; at the start of a batch the weights forget their blame, too."""
        if self.samples:
            for part in self._order:
                part.reset()
            return
        for unit, neuron, name, activation in self._named:  # one loop: a look at each takes time
            if neuron.name is not name or neuron.activation is not activation:
                held.check(self)  # which refuses it by name, or knows it from now on
            if unit is not None:
                unit.reset()
        for unit, field, parts in self._made_of:
            if getattr(unit, field) is not parts:
                held.check(self)
        for link, weight, start, end in self._held:
            if (
                link.weight is not weight
                or link.input_neuron is not start
                or link.output_neuron is not end
            ):
                held.check(self)  # which names the link that was given something else
            link.reset()
            weight.reset()

    def feed(self, inputs: ArrayLike) -> None:
        """Hand each input neuron its value."""
        for neuron, value in zip(self._inputs, numbers("input", self._inputs, inputs)):
            neuron.input(value)

    def expect(self, targets: ArrayLike, sample_weight: float = 1.0) -> float:
        """Tell each output neuron its blame for missing its target. Returns the loss, penalty included."""
        outputs, judge = self._outputs, self._loss
        values = numbers("output", outputs, targets)
        if judge.of_shares:
            self.as_targets(values)
        share, stable = sample_weight * self._share, judge.stable
        total = 0.0
        for neuron, target in zip(outputs, values):
            if stable and neuron.activation.name in stable:
                loss, slope = self._judged_early(neuron, target)
            else:
                loss, slope = judge.value(neuron.output, target), judge.slope(neuron.output, target)
            neuron.submit_sensitivity(share * slope)
            total += loss
        self.samples += 1
        loss = share * total
        return loss + self.penalty() if self._l1 or self._l2 else loss

    def as_targets(self, values: ArrayLike) -> list[float]:
        """The targets of one sample as numbers; refused where the loss has no value for them.

        >>> import lernpy
        >>> lernpy.layered([2, 1], loss="binary_cross_entropy").as_targets([2])
        Traceback (most recent call last):
        lernpy.errors.DataError: the targets go from 2 to 2, but binary_cross_entropy is defined for 0 to 1 \
only; take the loss squared_error, or bring them there (scale='minmax')
        """
        targets = numbers("output", self._outputs, values)
        if self._loss.of_shares:
            shares.check_outputs(self._loss, self._outputs)
            shares.check_targets(self._loss, min(targets), max(targets))
        return targets

    def update(self, rate: float | None = None) -> None:
        """Move every weight by its mean blame over the samples since the last update."""
        samples = self.samples
        if samples == 0:
            raise LernpyError("nothing to update: no sample was learned since the last update")
        rate = self.learning_rate if rate is None else finite("rate", rate)
        step = self._optimizer.step
        if self._l1 or self._l2:
            for weight in self._weights:
                weight.update(step, weight.sensitivity / samples + self.pull(weight), rate)
        elif samples > 1:
            for weight in self._weights:
                weight.update(step, weight.sensitivity / samples, rate)
        else:  # which takes no dividing
            for weight in self._weights:
                weight.update(step, weight.sensitivity, rate)
        self.samples = 0

    def _judged_early(self, neuron: Neuron, target: float) -> tuple[float, float]:
        """The loss of one output, from its total input, since it may have saturated; and its slope.

        With the rest of a share where 1 - p would cancel.
        """
        loss, kind, output = self._loss, neuron.activation, neuron.output
        stable = loss.stable[kind.name]
        if not kind.apart:
            value = stable(neuron.total_input - kind.log_sum, target)
            return value, loss.slope(output, target)
        value = stable(kind.lead(neuron), target)
        if loss.rest_slope is None:
            return value, loss.slope(output, target)
        return value, loss.rest_slope(output, kind.rest(neuron), target)

    # ---- many samples ---------------------------------------------------------------------------

    @held.naming
    def learn_batch(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        sample_weight: ArrayLike | None = None,
        rate: float | None = None,
    ) -> float:
        """One update from several samples, each with its weight (1 unless stated).

        Parameters
        ----------
        inputs : (n_samples, n_inputs)
        targets : (n_samples, n_outputs)
        sample_weight : (n_samples,)

        Returns
        -------
        The mean loss over the samples, penalty included, as it was before the update.
        """
        rows = samples_of(self, inputs, targets, sample_weight)
        self.samples = 0
        try:
            loss = sum(self.collect(*row) for row in rows)
        except LernpyError:
            self.samples = 0  # a refused sample leaves nothing half collected
            raise
        self.update(rate)
        return loss / len(rows)

    @held.naming
    def collect(self, inputs: ArrayLike, targets: ArrayLike, sample_weight: float = 1.0) -> float:
        """A lesson without the update: the weights collect blame and stay. Returns the loss."""
        sample_weight = finite("sample weight", sample_weight)
        self.reset()
        self.feed(inputs)
        for part in self.order:
            part.propagate()
        loss = self.expect(targets, sample_weight)
        for part in reversed(self.order):
            part.backpropagate()
        return loss

    def predict(self, inputs: ArrayLike) -> np.ndarray:
        """Outputs for a batch of samples; a lesson that the network is in the middle of stays as it is.

        Parameters
        ----------
        inputs : (n_samples, n_inputs)

        Returns
        -------
        (n_samples, n_outputs)
        """
        held.check(self)
        with lesson_kept(self), held.sure_of(self):
            outputs = [self.answer(row) for row in rows_of(inputs, len(self.inputs))]
        return np.array(outputs).reshape(-1, len(self.outputs))

    def answer(self, inputs: ArrayLike) -> list[float]:
        """The outputs for one sample, by a forward pass through the objects."""
        held.check(self)
        for part in self.order:
            part.reset()
        self.feed(inputs)
        for part in self.order:
            part.propagate()
        return [neuron.output for neuron in self.outputs]

    # ---- how it learns --------------------------------------------------------------------------

    @property
    def loss(self) -> Loss:
        return self._loss

    @loss.setter
    def loss(self, loss: str | Loss) -> None:
        self._loss = portable.of(losses.get(loss), self.maths)
        self._follow_loss()

    def _follow_loss(self) -> None:
        """What each output counts for, and which groups are asked for the rests of their shares."""
        self._share = self._loss.share(len(self._outputs))
        for group in self.groups:
            asked = not set(self.outputs).isdisjoint(group.members)
            group.apart = self._loss.from_rest is not None and asked

    @property
    def optimizer(self) -> Optimizer:
        return self._optimizer

    @optimizer.setter
    def optimizer(self, optimizer: str | Optimizer | tuple[str, Mapping[str, float]]) -> None:
        """Another optimiser cannot read the old one's notes: every weight's memory is cleared."""
        chosen = portable.of(optimizers.get(optimizer), self.maths)
        if chosen != self._optimizer:
            for weight in self.weights:
                weight.memory = ()
        self._optimizer = chosen

    @property
    def learning_rate(self) -> float:
        """The step size; the optimiser's own default unless one was given."""
        return self._optimizer.rate if self._learning_rate is None else self._learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float | None) -> None:
        self._learning_rate = None if rate is None else not_negative("learning rate", rate)

    @property
    def own_rate(self) -> float | None:
        """The learning rate that was set; None where the optimiser's default holds."""
        return self._learning_rate

    @property
    def l1(self) -> float:
        """How much of the sum of all sizes of weights is added to the loss."""
        return self._l1

    @l1.setter
    def l1(self, l1: float) -> None:
        self._l1 = not_negative("l1", l1)

    @property
    def l2(self) -> float:
        """How much of half the sum of all squares of weights is added to the loss."""
        return self._l2

    @l2.setter
    def l2(self, l2: float) -> None:
        self._l2 = not_negative("l2", l2)

    def penalty(self) -> float:
        """l1 sum |w| + l2/2 sum w^2, each weight once, those of the biases left out."""
        if not (self._l1 or self._l2):
            return 0.0
        values = [weight.value for weight in self.penalised]
        return penalty_of(self._l1, self._l2, *values) if values else 0.0

    def pull(self, weight: Weight) -> float:
        """The slope of the penalty at this weight: l1 sign(w) + l2 w, and 0 for a bias."""
        if not (self._l1 or self._l2) or weight in self._exempt:
            return 0.0
        return self._l1 * scalar.sign(weight.value) + self._l2 * weight.value

    @property
    def penalised(self) -> list[Weight]:
        """The weights that L1 and L2 reach."""
        if self._penalised is None:
            self._penalised = [weight for weight in self.weights if weight not in self._exempt]
        return self._penalised

    def copy(self) -> Network:
        """A twin with the same numbers and classes, that lives on its own."""
        held.check(self)
        twin = copy(self)
        twins, links = subclasses.twins(self, twin)
        twin._inputs = held.PARTS["inputs"]([twins[neuron] for neuron in self.inputs])
        twin._outputs = held.PARTS["outputs"]([twins[neuron] for neuron in self.outputs])
        twin.version = 0
        twin._wire([twins[neuron] for neuron in self.neurons.values()], links)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.copy()

    def __repr__(self) -> str:
        kinds = ("inputs", "outputs", "neurons", "links", "weights")
        sizes = (counted(len(getattr(self, kind)), kind[:-1]) for kind in kinds)
        return f"<network: {', '.join(sizes)}>"
