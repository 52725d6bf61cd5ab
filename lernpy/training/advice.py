"""Why does it not learn? What can be seen in a run that has ended, and what to try next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lernpy import engine as engines
from lernpy import subclasses
from lernpy.engine import Mirror
from lernpy.errors import LernpyError
from lernpy.group import Group
from lernpy.neuron import Neuron
from lernpy.text import listed, shown, visible
from lernpy.training.history import History
from lernpy.training.metrics import Evaluation, evaluate_arrays, guesses
from lernpy.training.ranges import can_be_silent, is_bounded, range_of
from lernpy.training.run import Run

GOOD_ACCURACY, GOOD_R2 = 0.9, 0.8  # on the training data; from there on nothing is the matter
FAR = 20.0  # inputs beyond that saturate neurons whose weights start near 1
LITTLE_LEFT = 0.05  # of the first epoch's loss: where nothing else was measured, it has learned
MOST_LOOKED_AT = 1000  # samples that are looked at neuron by neuron
FLAT = 0.02  # of its steepest slope: a neuron so flat passes hardly any blame


class Advice(NamedTuple):
    """One reason, and the settings to try (names as `lernpy.train` and `layered` have them)."""

    why: str
    change: dict[str, Any]

    def __str__(self) -> str:
        wanted = ", ".join(f"{name}={value!r}" for name, value in self.change.items())
        return visible(f"{self.why}. Try {wanted}" if wanted else self.why)


class Course(NamedTuple):
    """How the loss went: all that is known of a run of which only the history is there."""

    losses: np.ndarray  # (n_epochs,)
    rate: float
    limit: int | None  # epochs that were asked for
    gave_up: bool  # early stopping ended it


@dataclass
class Case:
    """A run that has ended, and what its network does with the training data."""

    run: Run
    trained: Evaluation
    tested: Evaluation | None = None

    @property
    def network(self) -> Any:
        return self.run.network

    @property
    def inputs(self) -> np.ndarray:
        """(n_samples, n_inputs) as the input neurons see them."""
        return self.run.data.train[0]

    @property
    def targets(self) -> np.ndarray:
        """(n_samples, n_outputs)."""
        return self.run.data.train[1]

    @cached_property
    def outputs(self) -> np.ndarray:
        """(n_samples, n_outputs) of the weights as they are now: the best may have been restored."""
        return engines.make(self.network).predict(self.inputs)

    @cached_property
    def course(self) -> Course:
        losses, settings = self.run.history["loss"], self.run.settings
        return Course(losses, self.network.learning_rate, settings.epochs, self.run.patience.over)

    @cached_property
    def hidden(self) -> list[Neuron]:
        """The neurons between inputs and outputs."""
        ends = {*self.network.inputs, *self.network.outputs, *self.network.biases}
        return [neuron for neuron in self.network.neurons.values() if neuron not in ends]

    @cached_property
    def activity(self) -> tuple[np.ndarray, np.ndarray]:
        """Output and share of the steepest slope, each (n_samples, n_hidden), for some samples."""
        some = np.linspace(0, len(self.inputs) - 1, min(len(self.inputs), MOST_LOOKED_AT)).astype(
            int
        )
        index = {name: i for i, name in enumerate(self.network.neurons)}
        columns = [index[neuron.name] for neuron in self.hidden]
        totals, outputs = Mirror(self.network).activity(self.inputs[some])
        pairs = zip(self.hidden, totals.T[columns], outputs.T[columns], strict=True)
        slopes = [_steepness(neuron, z, y) for neuron, z, y in pairs]
        return outputs[:, columns], np.array(slopes).T.reshape(len(some), -1)


def _steepness(neuron: Neuron, total_inputs: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """(n_samples,) how steep the activation is where the neuron was, 1 where it is steepest."""
    kind: Any = neuron.activation
    if isinstance(kind, Group):  # it mixes, it has no slope of its own
        return np.ones(len(outputs))
    return np.asarray(np.abs(kind.over(np)[1](total_inputs, outputs)) / kind.steepest)


def advise(run: Run | History, tested: Evaluation | None = None) -> list[Advice]:
    """What may be the matter with a run that has ended, the surest first; empty if nothing is.

    Parameters
    ----------
    run : what `lernpy.epochs` returned, after its last epoch; or what `lernpy.train` returned, a
        history: it shows how the loss went, and nothing of the network
    tested : how it does on samples that it has not seen, if that is known

    >>> import lernpy
    >>> run = lernpy.epochs(
    ...     lernpy.layered([2, 3, 1], "tanh", init="zeros"), lernpy.data.load("xor"), 50, seed=0)
    >>> history = run.finish()
    >>> print(lernpy.advise(run)[0])
    all hidden neurons do the same, as they started alike: they share one fate. Try init='glorot_uniform'
    """
    if isinstance(run, History):
        return _of_history(run)
    if not isinstance(run, Run):
        raise LernpyError(
            f"advise needs what lernpy.epochs or lernpy.train returned, not {shown(run)}"
        )
    if not run.history.rows or run.history.interrupted:
        return []
    card = run.data.card
    trained = evaluate_arrays(run.network, *run.data.train, card=card)
    case = Case(run, trained, tested)
    for checks in TIERS if is_poor(trained.accuracy, trained.r2) else (GOOD,):
        reasons = [advice for check in checks for advice in check(case)]
        if reasons:
            return reasons
    return []


def is_poor(accuracy: float | None, r2: float | None) -> bool:
    """Whether it has not even learned what it was shown."""
    if accuracy is not None:
        return accuracy < GOOD_ACCURACY
    return r2 is not None and r2 < GOOD_R2


def _of_history(history: History) -> list[Advice]:
    """From the numbers of the epochs alone."""
    if not history.rows or history.interrupted:
        return []
    last = history.rows[-1]
    known = last.accuracy is not None or last.r2 is not None
    if known and not is_poor(last.accuracy, last.r2):
        words = _apart(last.accuracy, last.validation_accuracy, last.r2, last.validation_r2)
        return [Advice(words, {"l2": 0.001})] if words else []
    if not known and last.loss < LITTLE_LEFT * history.rows[0].loss:
        return []
    gave_up = not history.stopped.startswith("all ")
    course = Course(history["loss"], last.rate, len(history), gave_up)
    return [*_jumps(course)] or [*_still_falling(course)]


Check = Callable[[Case], Iterator[Advice]]


# ---- the settings -------------------------------------------------------------------------------


def _rate_zero(case: Case) -> Iterator[Advice]:
    if case.network.learning_rate == 0:
        rate = case.network.optimizer.rate
        yield Advice("the learning rate is 0, so no weight moves", {"learning_rate": rate})


def _frozen(case: Case) -> Iterator[Advice]:
    if all(weight.frozen for weight in case.network.weights):
        yield Advice("every weight is frozen; thaw some", {})


def _small_batches_for_rprop(case: Case) -> Iterator[Advice]:
    name, size = case.network.optimizer.name, case.run.batch_size
    if name == "rprop" and size < len(case.inputs):
        why = f"rprop looks at the sign of a whole gradient, not of {size} of {len(case.inputs):,} samples"
        yield Advice(why, {"batch_size": "all"})


def _penalty(case: Case) -> Iterator[Advice]:
    network, penalty = case.network, case.network.penalty()
    amounts = {name: getattr(network, name) for name in ("l1", "l2") if getattr(network, name)}
    sizes = [abs(weight.value) for weight in network.penalised]
    if amounts and (penalty > case.trained.loss or max(sizes, default=1.0) < 0.1):
        listing = ", ".join(f"{name} {amount:g}" for name, amount in amounts.items())
        why = f"the penalty ({listing}) outweighs what there is to learn and pulls the weights to 0"
        yield Advice(why, {name: _rounded(amount / 100) for name, amount in amounts.items()})


def _rounded(number: float) -> float:
    return float(f"{number:.2g}")


def _no_bias(case: Case) -> Iterator[Advice]:
    """Without one every border goes through the origin: XOR has none such."""
    if not case.network.biases:
        why = "no neuron has a bias, so each says the same (0 or 1/2) when all inputs are 0"
        yield Advice(why, {"bias": True})


def _straight(case: Case) -> Iterator[Advice]:
    if not case.hidden:
        yield Advice("without hidden neurons it can draw straight borders only", {"layers": [16]})
    elif all(neuron.activation.name == "identity" for neuron in case.hidden):
        yield Advice(
            "hidden neurons that only sum add nothing: all together they are one matrix",
            {"activation": "tanh"},
        )


# ---- the data -----------------------------------------------------------------------------------


def _far_inputs(case: Case) -> Iterator[Advice]:
    sizes = np.abs(case.inputs).max(axis=0)
    worst = int(sizes.argmax())
    if sizes[worst] > FAR and case.run.data.card.scaling.kind in ("none", "image"):
        name = case.run.data.card.input_names[worst]
        why = f"the input {name!r} reaches {sizes[worst]:.4g}; numbers far from 1 drown all others"
        yield Advice(why, {"scale": "standard"})


def _far_targets(case: Case) -> Iterator[Advice]:
    low, high = float(case.targets.min()), float(case.targets.max())
    for neuron in case.network.outputs:
        least, most = range_of(neuron.activation)
        if low < least or high > most:
            can = f"{least:.4g} to {most:.4g}" if most < np.inf else f"{least:.4g} and more"
            kind = neuron.activation.name
            why = f"the targets go from {low:.4g} to {high:.4g}, but {kind} puts out {can} only"
            yield Advice(why, {"output_activation": "identity"})
            return
    if max(-low, high) > FAR and case.run.data.card.target_scaling.kind == "none":
        yield Advice(
            f"the targets reach {max(-low, high):.4g}, a long way to go", {"scale": "standard"}
        )


def _no_difference(case: Case) -> Iterator[Advice]:
    """Equal inputs with unequal targets: no network can tell them apart."""
    if case.inputs.size > 2_000_000:
        return
    _, which = np.unique(case.inputs, axis=0, return_inverse=True)
    which = which.reshape(-1)
    _, pairs = np.unique(np.column_stack([which, case.targets]), axis=0, return_index=True)
    several = np.bincount(which[pairs]) > 1
    doubtful = int(several[which].sum())
    if doubtful > 0.1 * len(which):
        share = doubtful / len(which)
        yield Advice(
            f"{doubtful:,} of {len(which):,} samples ({share:.0%}) have the same inputs as others with "
            "other targets, and no net can tell these apart: they need more columns",
            {},
        )


# ---- the course of the loss ---------------------------------------------------------------------


def _jumps(course: Course) -> Iterator[Advice]:
    losses = course.losses[-max(5, len(course.losses) // 3) :]
    if len(course.losses) < 5:
        return
    ups = float(np.mean(np.diff(losses) > 0))
    grew = losses[-1] > 1.2 * course.losses[0]
    if grew or (ups > 0.25 and losses.max() > 1.3 * losses.min()):
        how = "is higher than at the start" if grew else "jumps up and down"
        late = f"{losses.min():.3g} to {losses.max():.3g} of late"
        why = f"the loss {how} ({late}): the learning rate {course.rate:g} is too large"
        yield Advice(why, {"learning_rate": _rounded(course.rate / 10)})


def _still_falling(course: Course) -> Iterator[Advice]:
    """It would go on falling: for longer, or with larger steps if it does so in a straight line."""
    losses, limit = course.losses, course.limit
    part = len(losses) // 10
    if limit is None or course.gave_up:
        return
    if part < 1:
        yield Advice(f"so few epochs ({len(losses)}) say little", {"epochs": 10 * limit})
        return
    first, last = losses[0] - losses[part], losses[-1 - part] - losses[-1]
    if losses[-1] > 0.9 * losses[0] and 0 < first < 2 * last:
        why = f"the loss falls, but slowly: the learning rate {course.rate:g} is too small"
        yield Advice(why, {"learning_rate": _rounded(10 * course.rate)})
    elif last > 0.02 * losses[-1]:
        why = f"the loss was still falling when it stopped, after {len(losses):,} epochs"
        yield Advice(why, {"epochs": 3 * limit})


# ---- the neurons --------------------------------------------------------------------------------


def _alike(case: Case) -> Iterator[Advice]:
    if len(case.hidden) < 2 or subclasses.described(case.network):
        return
    outputs, slopes = case.activity
    if (outputs == outputs[:, :1]).all() and slopes.mean() > FLAT:
        yield Advice(
            "all hidden neurons do the same, as they started alike: they share one fate",
            {"init": "glorot_uniform"},
        )


def _dead_output(case: Case) -> Iterator[Advice]:
    for neuron, column in zip(case.network.outputs, case.outputs.T, strict=True):
        if can_be_silent(neuron) and not column.any():
            why = f"the output {neuron.name} is 0 for every sample, so no blame passes it"
            yield Advice(
                why, {"output_activation": "sigmoid" if case.trained.classes else "identity"}
            )
            return


def _silent(case: Case) -> Iterator[Advice]:
    if subclasses.described(case.network):  # only the objects know what they do
        return
    for what, change, can in (
        ("are dead (0 for every sample)", "leaky_relu", can_be_silent),
        ("are saturated (so flat that hardly any blame passes)", "relu", is_bounded),
    ):
        chosen = [i for i, neuron in enumerate(case.hidden) if can(neuron)]
        shut = [i for i in chosen if (case.activity[1][:, i] < FLAT).mean() > 0.9]
        if len(shut) > 0.6 * len(case.hidden):
            names = listed([case.hidden[i].name for i in shut], 6)
            why = f"{len(shut)} of {len(case.hidden)} hidden neurons {what}: {names}"
            rate = _rounded(case.network.learning_rate / 10)
            yield Advice(why, {"activation": change, "learning_rate": rate})


# ---- the answers --------------------------------------------------------------------------------


def _never_said(case: Case) -> Iterator[Advice]:
    """A class that is rare costs little when it is missed."""
    classes = case.trained.classes
    if not classes or case.run.settings.class_weights is not None:
        return
    truth = np.bincount(guesses(case.targets), minlength=len(classes))
    guess = np.bincount(guesses(case.outputs), minlength=len(classes))
    never = [classes[i] for i in np.flatnonzero((truth > 0) & (guess == 0))]
    if never and truth.min() < 0.5 * truth.max():
        why = f"it never says {listed(never, 4)}: what is rare costs little when it is missed"
        yield Advice(why, {"class_weights": "balanced"})


def _by_heart(case: Case) -> Iterator[Advice]:
    """Far better on what it has seen than on what it has not."""
    seen, unseen = case.trained, case.tested
    if unseen is None:
        return
    why = _apart(seen.accuracy, unseen.accuracy, seen.r2, unseen.r2)
    if not why:
        return
    words = [column.name for column in case.run.data.card.columns if _is_name(case, column)]
    if words:
        leave = f"nearly all different: leave it out (FILE:ignore={words[0]})"
        yield Advice(f"{why}. The words of column {words[0]!r} are {leave}", {})
        return
    yield Advice(why, {"l2": _rounded(10 * case.network.l2) or 0.001})


def _apart(
    accuracy: float | None, unseen_accuracy: float | None, r2: float | None, unseen_r2: float | None
) -> str:
    """How much better it is on what it has seen; nothing where that is little."""
    here, there = (r2, unseen_r2) if accuracy is None else (accuracy, unseen_accuracy)
    if here is None or there is None or here - there < 0.1:
        return ""
    kind = "R^2" if accuracy is None else "accuracy"
    return (
        f"it has learned by heart: {kind} {here:.2f} on what it has seen, {there:.2f} on the rest"
    )


def _is_name(case: Case, column: Any) -> bool:
    return len(column.kinds) > max(10, len(case.inputs) // 2)


def _stuck(case: Case) -> Iterator[Advice]:
    rate = case.network.learning_rate
    yield Advice(
        "the loss hardly moves any more; perhaps a larger net, another start, or another learning "
        f"rate than {rate:g}",
        {"layers": [32, 32], "seed": case.run.seed + 1},
    )


TIERS: tuple[
    tuple[Check, ...], ...
] = (  # where one of them knows something, the next are not asked
    (_rate_zero, _frozen, _small_batches_for_rprop, _far_targets, _far_inputs, _no_difference),
    (_alike, _dead_output, _straight, _no_bias, _penalty, lambda case: _jumps(case.course)),
    (_silent, lambda case: _still_falling(case.course), _never_said, _by_heart),
    (_stuck,),
)
GOOD: tuple[Check, ...] = (_never_said, _by_heart)
