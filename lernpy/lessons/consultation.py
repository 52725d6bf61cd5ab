"""What a diagnosis means, in a lesson's words, and which lesson is about it; both runs in one picture."""

from __future__ import annotations

from typing import Any

from lernpy.text import listed
from lernpy.training.case import Advice
from lernpy.training.doctor import Diagnosis, Outcome
from lernpy.training.reasons import Meaning, meaning_of

CURVE, PLANE = 1, 2  # inputs, of which a picture can show what the net says


def report(diagnosis: Diagnosis) -> list[str]:
    """The diagnosis as lines: what is wrong, what it means, what was tried, and both runs."""
    before, tried, after = diagnosis.before, diagnosis.tried, diagnosis.after
    if tried is None:
        return [f"nothing is the matter: {_figures(before)}"]
    meaning = meaning_of(tried.why)
    lines = [f"found: {tried.why}"]
    if meaning.words:
        lines.append(f"that is: {meaning.words}" + _pointer(meaning))
    if after is None:
        lines.append("no setting mends that; the first run: " + _figures(before))
    else:
        lines.append(f"tried: {changed(tried)}")
        lines += _table(before, after)
        lines.append(_verdict(diagnosis, after))
    rest = before.advice[1:] if diagnosis.mended or after is None else after.advice
    lines += [f"also: {advice}" for advice in rest]
    return lines


def _verdict(diagnosis: Diagnosis, after: Outcome) -> str:
    """Whether it is mended; who leaves out what is not needed may lose a little by it, which is said."""
    if not diagnosis.mended:
        return "not mended by that alone"
    old, new = (_judged(run.unseen or run.seen) for run in (diagnosis.before, after))
    if after.score >= diagnosis.before.score or old == new:
        return "mended"
    return f"that is gone; it answers a little worse for it: {new}, before {old}"


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
    inputs = [run.data.train[0].shape[1] for *_, run in done]  # advice may leave a column out
    has_picture = not {CURVE, PLANE}.isdisjoint(inputs)
    held = figure((9.0, 8.0 if has_picture else 4.0), look)
    axes = held.subplots(1 + has_picture, max(len(done), 1), squeeze=False)
    for index, (name, outcome, run) in enumerate(done):
        plot.history(run.history, axes[0][index], title=f"{name}: {_figures(outcome)}", **style)
        if inputs[index] == PLANE:
            plot.boundary(run.network, outcome.data, axes[1][index], title=name, **style)
        elif inputs[index] == CURVE:
            plot.fit(run.network, outcome.data, axes[1][index], title=name, **style)
        elif has_picture:
            axes[1][index].set_axis_off()
    return axes
