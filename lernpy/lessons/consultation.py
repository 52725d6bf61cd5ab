"""What a diagnosis means, in a lesson's words, and which lesson is about it; both runs in one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from lernpy.text import listed
from lernpy.training.case import Advice
from lernpy.training.doctor import Diagnosis, Outcome

CURVE, PLANE = 1, 2  # inputs, of which a picture can show what the net says


class Meaning(NamedTuple):
    """A sentence as the lesson would say it; the number of the lesson, or None."""

    words: str
    lesson: int | None


MEANINGS: Mapping[str, Meaning] = {  # by what an advice says, the first that fits
    "rate is 0": Meaning("The step is the rate times the gradient; with 0 nothing moves.", 1),
    "too large": Meaning("A slope holds only nearby; too long a step lands on the other side.", 1),
    "too small": Meaning("The direction is right, but the steps are too short to get anywhere.", 0),
    "few epochs": Meaning("Each epoch is one small step; a few of them are no learning.", 0),
    "still falling": Meaning("It was on its way and was stopped.", 0),
    "frozen": Meaning("A frozen weight collects blame and stays; all are frozen.", 1),
    "do the same": Meaning(
        "Neurons that start alike get the same blame for ever: nothing tells them apart.", 6
    ),
    "straight borders": Meaning("Without hidden neurons the border is a straight line.", 0),
    "one matrix": Meaning("Sums of sums are sums: without a bend many layers are one.", 9),
    "has a bias": Meaning(
        "The bias moves the border away from the origin; it is a link like any other.", 9
    ),
    "outweighs": Meaning("The penalty is part of the loss; here it is most of it.", 7),
    "far from 1": Meaning("A gradient is output times delta: large inputs make huge steps.", 1),
    "a long way": Meaning(
        "Blame begins with the error, and this one is thousands of times too large.", 1
    ),
    "puts out": Meaning("No weight can make a squashing output leave its range.", 7),
    "dead": Meaning(
        "Where the gate is shut for every sample, no blame passes and nothing is learned.", 7
    ),
    "saturated": Meaning("Where an activation is flat, hardly any blame passes its gate.", 7),
    "is 0 for every sample": Meaning("A ReLU that is off for all samples passes no blame.", 7),
    "ever says": Meaning("The loss is a sum over samples; a few of them weigh little in it.", 7),
    "by heart": Meaning("What it says of new samples has to be looked at separately.", 8),
    "never asks": Meaning(
        "The loss is where blame begins, and this one never blames a wrong 1.", 7
    ),
    "not defined": Meaning(
        "This loss needs a share between 0 and 1, which such an output is not.", 7
    ),
    "defined for 0 to 1": Meaning("This loss needs targets between 0 and 1.", 7),
    "by chance": Meaning(
        "A net can only find what is there: neighbours should agree more often.", 8
    ),
    "same inputs": Meaning("Where the inputs are equal, every net says the same.", 8),
    "same in every sample": Meaning("What never changes explains no difference.", 8),
    "a copy of": Meaning("The same number twice adds a weight and no knowledge.", 8),
    "sign of a whole": Meaning("The sign of a few samples' gradient is noise.", 1),
    "hardly moves": Meaning(
        "It sits where all slopes are near 0; another start may sit elsewhere.", 6
    ),
}


def meaning_of(advice: Advice) -> Meaning:
    """
    >>> meaning_of(Advice("every weight is frozen; thaw some", {})).lesson
    1
    """
    for words, meaning in MEANINGS.items():
        if words in advice.why:
            return meaning
    return Meaning("", None)


def report(diagnosis: Diagnosis) -> list[str]:
    """The diagnosis as lines: what is wrong, what it means, what was tried, and both runs."""
    before, tried, after = diagnosis.before, diagnosis.tried, diagnosis.after
    if tried is None:
        return [f"nothing is the matter: {_figures(before)}"]
    meaning = meaning_of(tried)
    lines = [f"found: {tried.why}"]
    if meaning.words:
        lines.append(f"that is: {meaning.words}" + _pointer(meaning))
    if after is None:
        lines.append("no setting mends that; the first run: " + _figures(before))
    else:
        lines.append(f"tried: {changed(tried)}")
        lines += _table(before, after)
        lines.append("mended" if diagnosis.mended else "not mended by that alone")
    rest = before.advice[1:] if diagnosis.mended or after is None else after.advice
    lines += [f"also: {advice}" for advice in rest]
    return lines


def _pointer(meaning: Meaning) -> str:
    return "" if meaning.lesson is None else f" (lernpy lesson {meaning.lesson})"


def changed(advice: Advice) -> str:
    """The change as it is typed.

    >>> changed(Advice("", {"learning_rate": 0.1, "layers": [16]}))
    '--learning-rate 0.1 --layers 16'
    """
    return " ".join(
        f"--{name.replace('_', '-')} {_typed(value)}" for name, value in advice.change.items()
    )


def _typed(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return listed(value, 99).replace(" ", "")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(before: Outcome, after: Outcome) -> list[str]:
    """Loss after some epochs and the figures, both runs side by side."""
    rows = [("", "as it was", "with the change")]
    for share in (0.0, 0.1, 0.5, 1.0):
        name = f"loss after {share:.0%}" if share else "loss of the first epoch"
        rows.append((name, _loss_at(before, share), _loss_at(after, share)))
    rows.append(("seen", _judged(before.seen), _judged(after.seen)))
    if before.unseen or after.unseen:
        rows.append(("not seen", _judged(before.unseen), _judged(after.unseen)))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _loss_at(outcome: Outcome, share: float) -> str:
    losses = outcome.losses
    return f"{losses[round(share * (len(losses) - 1))]:.4g}" if len(losses) else "refused"


def _judged(evaluation: Any) -> str:
    if evaluation is None:
        return "–"
    if evaluation.accuracy is not None:
        return f"accuracy {evaluation.accuracy:.1%}"
    return (
        f"R^2 {evaluation.r2:.3f}" if evaluation.r2 is not None else f"loss {evaluation.loss:.4g}"
    )


def _figures(outcome: Outcome) -> str:
    if outcome.refused:
        return "refused"
    unseen = f"; not seen: {_judged(outcome.unseen)}" if outcome.unseen else ""
    return f"{_judged(outcome.seen)}{unseen}"


def drawing_of(diagnosis: Diagnosis, **style: Any) -> Any:
    """Both runs: their losses above; below, with one or two inputs, what each net says."""
    from lernpy import plot
    from lernpy.plot.canvas import Look, figure

    look = Look.of(**style)
    pairs = (("as it was", diagnosis.before), ("with the change", diagnosis.after))
    done = [(name, one, one.run) for name, one in pairs if one is not None and one.run is not None]
    inputs = done[0][2].data.train[0].shape[1] if done else 0
    has_picture = inputs in (CURVE, PLANE)
    held = figure((9.0, 8.0 if has_picture else 4.0), look)
    axes = held.subplots(1 + has_picture, max(len(done), 1), squeeze=False)
    for index, (name, outcome, run) in enumerate(done):
        plot.history(run.history, axes[0][index], title=f"{name}: {_figures(outcome)}", **style)
        if inputs == PLANE:
            plot.boundary(run.network, outcome.data, axes[1][index], title=name, **style)
        elif inputs == CURVE:
            plot.fit(run.network, outcome.data, axes[1][index], title=name, **style)
    return axes
