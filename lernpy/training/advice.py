"""Why does it not learn? What can be seen in a run that has ended, and what to try next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lernpy import subclasses
from lernpy.errors import LernpyError
from lernpy.functions.optimizers import Optimizer
from lernpy.text import listed, shown
from lernpy.training.case import Advice, Case, Course
from lernpy.training.columns_advice import ABOUT_DATA
from lernpy.training.history import History
from lernpy.training.metrics import Evaluation, evaluate_arrays, guesses
from lernpy.training.ranges import can_be_silent, is_bounded
from lernpy.training.reasons import why
from lernpy.training.run import Run

GOOD_ACCURACY, GOOD_R2 = 0.9, 0.8  # on the training data; from there on nothing is the matter
LITTLE_LEFT = 0.05  # of the first epoch's loss: where nothing else was measured, it has learned
SELDOM = 0.25  # a class said for fewer than so many of its samples
FADED = 0.001  # of the last hidden layer's blame
FLAT = 0.02  # of its steepest slope: a neuron so flat passes hardly any blame
UNSEEN = (
    "the loss hardly moves any more; a history shows nothing of the network that could say why, "
    "but lernpy.advise(run) looks into it, with run = lernpy.epochs(...) and run.finish()"
)


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
    return [*_jumps(course)] or [*_still_falling(course)] or [Advice(UNSEEN, {})]


Check = Callable[[Case], Iterator[Advice]]


# ---- the settings -------------------------------------------------------------------------------


def _rate_zero(case: Case) -> Iterator[Advice]:
    if case.network.learning_rate == 0:
        rate = case.network.optimizer.rate
        yield Advice(why("rate zero"), {"learning_rate": rate})


def _frozen(case: Case) -> Iterator[Advice]:
    if all(weight.frozen for weight in case.network.weights):
        yield Advice(why("frozen"), {})


def _goes_by_signs(optimizer: Optimizer) -> bool:
    """Whether a small gradient moves a fresh weight as far as a large one."""
    small, large = (optimizer.step(0.0, gradient, 0.1, ())[0] for gradient in (1e-3, 1e3))
    return bool(small == large)


def _small_batches_for_signs(case: Case) -> Iterator[Advice]:
    optimizer, size = case.network.optimizer, case.run.batch_size
    if _goes_by_signs(optimizer) and size < len(case.inputs):
        of = f"{size} of {len(case.inputs):,} samples"
        reason = f"{optimizer.name} looks at the sign of a whole gradient, not of {of}"
        yield Advice(reason, {"batch_size": "all"})


def _one_sided(case: Case) -> Iterator[Advice]:
    """Cross-entropy over a single output asks it for 1 and for nothing else."""
    if case.network.loss.name == "cross_entropy" and len(case.network.outputs) == 1:
        reason = "cross_entropy never asks a single output to be 0"
        yield Advice(reason, {"loss": "binary_cross_entropy"})


def _penalty(case: Case) -> Iterator[Advice]:
    network, penalty = case.network, case.network.penalty()
    amounts = {name: getattr(network, name) for name in ("l1", "l2") if getattr(network, name)}
    sizes = [abs(weight.value) for weight in network.penalised]
    if amounts and (penalty > case.trained.loss or max(sizes, default=1.0) < 0.1):
        listing = ", ".join(f"{name} {amount:g}" for name, amount in amounts.items())
        lower = {name: _rounded(amount / 100) for name, amount in amounts.items()}
        yield Advice(why("penalty", amounts=listing), lower)


def _rounded(number: float) -> float:
    return float(f"{number:.2g}")


def _no_bias(case: Case) -> Iterator[Advice]:
    """Without one every border goes through the origin: XOR has none such."""
    if not case.network.biases:
        yield Advice(why("no bias"), {"bias": True})


def _straight(case: Case) -> Iterator[Advice]:
    if not case.hidden:
        yield Advice(why("straight"), {"layers": [16]})
    elif all(neuron.activation.name == "identity" for neuron in case.hidden):
        yield Advice(why("one matrix"), {"activation": "tanh"})


# ---- the course of the loss ---------------------------------------------------------------------


def _jumps(course: Course) -> Iterator[Advice]:
    losses = course.losses[-max(5, len(course.losses) // 3) :]
    if len(course.losses) < 5:
        return
    ups = float(np.mean(np.diff(losses) > 0))
    grew = losses[-1] > 1.2 * course.losses[0]
    if grew or (ups > 0.25 and losses.max() > 1.3 * losses.min()):
        late = {"low": f"{losses.min():.3g}", "high": f"{losses.max():.3g}"}
        reason = why("grew" if grew else "jumps", rate=f"{course.rate:g}", **late)
        yield Advice(reason, {"learning_rate": _towards(course, course.rate / 10)})


def _towards(course: Course, rate: float) -> float:
    """This rate, or the optimiser's own where that lies the same way and far beyond."""
    beyond = (course.usual or rate) / rate
    far = beyond >= 30 if rate > course.rate else 0 < beyond <= 1 / 30
    return course.usual if course.usual and far else _rounded(rate)


def _still_falling(course: Course) -> Iterator[Advice]:
    """It would go on falling: for longer, or with larger steps if it does so in a straight line."""
    losses, limit = course.losses, course.limit
    part = len(losses) // 10
    if limit is None or course.gave_up:
        return
    if part < 1:
        yield Advice(f"so few epochs ({len(losses)}) say little", {"epochs": 10 * limit})
        return
    part = max(part, min(5, len(losses) // 4))  # over fewer epochs a difference may be chance
    first, last = losses[0] - losses[part], losses[-1 - part] - losses[-1]
    if losses[-1] > 0.9 * losses[0] and 0 < first < 2 * last:
        reason = why("slow", rate=f"{course.rate:g}")
        yield Advice(reason, {"learning_rate": _towards(course, 10 * course.rate)})
    elif last > 0.02 * losses[-1]:
        reason = f"the loss was still falling when it stopped, after {len(losses):,} epochs"
        yield Advice(reason, {"epochs": 3 * limit})


# ---- the neurons --------------------------------------------------------------------------------


def _alike(case: Case) -> Iterator[Advice]:
    if len(case.hidden) < 2 or subclasses.described(case.network):
        return
    outputs, slopes = case.activity
    if (outputs == outputs[:, :1]).all() and slopes.mean() > FLAT:
        yield Advice(why("alike"), {"init": "glorot_uniform"})


def _dead_output(case: Case) -> Iterator[Advice]:
    for neuron, column in zip(case.network.outputs, case.outputs.T, strict=True):
        if can_be_silent(neuron) and not column.any():
            change = "sigmoid" if case.trained.classes else "identity"
            yield Advice(why("dead output", name=neuron.name), {"output_activation": change})
            return


def _silent(case: Case) -> Iterator[Advice]:
    if subclasses.described(case.network):  # only the objects know what they do
        return
    for what, change, can in (
        ("dead", "leaky_relu", can_be_silent),
        ("saturated", "relu", is_bounded),
    ):
        chosen = [i for i, neuron in enumerate(case.hidden) if can(neuron)]
        shut = [i for i in chosen if (case.activity[1][:, i] < FLAT).mean() > 0.9]
        if len(shut) > 0.6 * len(case.hidden):
            names = listed([case.hidden[i].name for i in shut], 6)
            reason = why(what, shut=len(shut), hidden=len(case.hidden), names=names)
            rate = _rounded(case.network.learning_rate / 10)
            yield Advice(reason, {"activation": change, "learning_rate": rate})


def _fading(case: Case) -> Iterator[Advice]:
    """Each slope on the way back makes blame smaller; through many layers hardly any comes."""
    blames = case.blames
    if len(blames) > 2 and blames[0] < FADED * blames[-1]:
        reason = why("fading", share=f"{blames[0] / blames[-1]:.1g}")
        yield Advice(reason, {"activation": "relu"})


# ---- the answers --------------------------------------------------------------------------------


def _seldom(case: Case) -> Iterator[Advice]:
    """A class that is rare costs little when it is missed."""
    classes = case.trained.classes
    if not classes or case.run.settings.class_weights is not None:
        return
    truth = np.bincount(guesses(case.targets), minlength=len(classes))
    guess = np.bincount(guesses(case.outputs), minlength=len(classes))
    never = [classes[i] for i in np.flatnonzero(guess < SELDOM * truth)]
    if never and truth.min() < 0.5 * truth.max():
        how = "hardly says" if guess[guess < SELDOM * truth].any() else "never says"
        yield Advice(why(how, names=listed(never, 4)), {"class_weights": "balanced"})


def _by_heart(case: Case) -> Iterator[Advice]:
    """Far better on what it has seen than on what it has not."""
    seen, unseen = case.trained, case.tested
    if unseen is None:
        return
    reason = _apart(seen.accuracy, unseen.accuracy, seen.r2, unseen.r2)
    if not reason:
        return
    words = [column.name for column in case.run.data.card.columns if _is_name(case, column)]
    if words:
        leave = f"nearly all different: leave it out (FILE:ignore={words[0]})"
        yield Advice(f"{reason}. The words of column {words[0]!r} are {leave}", {})
        return
    yield Advice(reason, {"l2": _rounded(max(10 * case.network.l2, _fitting_penalty(case)))})


def _fitting_penalty(case: Case) -> float:
    """The more columns for one sample the more, as in the recipe; three times as much, as it was needed."""
    samples, columns = map(int, case.inputs.shape)
    share = 0.8 if case.trained.classes else 2.0
    return share * min(columns, 16) / (samples + 30)


def _apart(
    accuracy: float | None, unseen_accuracy: float | None, r2: float | None, unseen_r2: float | None
) -> str:
    """How much better it is on what it has seen; nothing where that is little."""
    here, there = (r2, unseen_r2) if accuracy is None else (accuracy, unseen_accuracy)
    if here is None or there is None or here - there < 0.1:
        return ""
    measure = "R^2" if accuracy is None else "accuracy"
    return why("by heart", measure=measure, seen=f"{here:.2f}", unseen=f"{there:.2f}")


def _is_name(case: Case, column: Any) -> bool:
    return len(column.kinds) > max(10, len(case.inputs) // 2)


def _stuck(case: Case) -> Iterator[Advice]:
    reason = why("stuck", rate=f"{case.network.learning_rate:g}")
    yield Advice(reason, {"layers": [32, 32], "seed": case.run.seed + 1})


TIERS: tuple[
    tuple[Check, ...], ...
] = (  # where one of them knows something, the next are not asked
    (_rate_zero, _frozen, _small_batches_for_signs, _one_sided, *ABOUT_DATA),
    (_alike, _dead_output, _straight, _no_bias, _penalty, lambda case: _jumps(case.course)),
    (_silent, _fading, lambda case: _still_falling(case.course), _seldom, _by_heart),
    (_stuck,),
)
GOOD: tuple[Check, ...] = (_seldom, _by_heart)
