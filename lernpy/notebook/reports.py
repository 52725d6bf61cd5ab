"""What reports, data and settings look like in a notebook: plain tables, every word escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from lernpy import text
from lernpy.notebook.display import CELL, card, table
from lernpy.text import MINUS, counted, listed, nth, visible

MOST_ROWS = 12


def _number(value: Any) -> str:
    """A number as a cell shows it; what is no number as it is."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return text.number(float(value), 6, minus=MINUS, unknown="")
    return "" if value is None else str(value)


def _grid(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with a heading above each column; numbers stand to the right."""
    above = "".join(_cell("th", head, ";font-weight:600") for head in heads)
    body = "".join(f"<tr>{''.join(_value(value) for value in row)}</tr>" for row in rows)
    return f'<table style="border-collapse:collapse;margin:.4em 0"><tr>{above}</tr>{body}</table>'


def _value(value: Any) -> str:
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    return _cell("td", _number(value), ";text-align:right" if is_number else "")


def _cell(kind: str, words: str, style: str = "") -> str:
    return f'<{kind} style="{CELL}{style}">{escape(visible(words))}</{kind}>'


def _few(count: int, shown: int, what: str) -> str:
    """That there are more of them than are shown."""
    more = count - shown
    return f"<p>… and {counted(more, f'more {what}')}</p>" if more > 0 else ""


def _known(**values: Any) -> list[tuple[str, Any]]:
    """Rows of a table of facts; what is not known is left out."""
    return [
        (name.replace("_", " "), visible(_number(value)))
        for name, value in values.items()
        if value not in (None, "", ())
    ]


# ---- what is told of a network --------------------------------------------------------------------


def html_explanation(explanation: Any) -> str:
    parts = []
    for heading, sentences in explanation.sections:
        items = "".join(f"<li>{escape(visible(sentence))}</li>" for sentence in sentences)
        parts.append(f'<div style="margin-top:.5em">{escape(heading)}</div>')
        parts.append(f'<ul style="margin:.1em 0">{items}</ul>')
    return card(explanation.title, *parts)


def html_paths(paths: Any) -> str:
    rows = [
        (
            " ← ".join(path.names),
            " × ".join(_number(factor.value) for factor in path.factors),
            path.share,
        )
        for path in paths.top[:MOST_ROWS]
    ]
    left = paths.number - len(rows)
    if left:
        rows.append(
            (f"{left:,} more", "", paths.blame - sum(path.share for path in paths.top[:MOST_ROWS]))
        )
    title = f"blame {_number(paths.blame)} at {paths.at}, along {counted(paths.number, 'path')} that all add up"
    early = "" if paths.complete else "<p>The search ended early; other paths may be as large.</p>"
    return card(visible(title), _grid(("path", "factors, the loss first", "share"), rows), early)


def html_gradientreport(report: Any) -> str:
    return _report(report, (report.worst,), "by nudging it")


def html_parityreport(report: Any) -> str:
    return _report(report, (report.gradients, report.weights), f"engine {report.engine}")


def _report(report: Any, findings: Iterable[Any], other: str) -> str:
    first, *notes = (line.strip() for line in str(report).splitlines())
    rows = [
        (finding.what, finding.name, f"{finding.ours:.12g}", f"{finding.other:.12g}", finding.ok)
        for finding in findings
        if finding
    ]
    heads = ("furthest apart", "weight", "by its blame", other, "near enough")
    others = [note for note in notes if not any(row[1] in note for row in rows)]
    return card(
        visible(first), _grid(heads, rows), *(f"<p>{escape(visible(n))}</p>" for n in others)
    )


# ---- how it did -------------------------------------------------------------------------------------


def html_evaluation(evaluation: Any) -> str:
    figures = [
        (name, visible(_number(v))) for name, v in evaluation.figures.items() if v is not None
    ]
    parts = [table(figures)]
    if evaluation.confusion is not None and len(evaluation.classes) <= MOST_ROWS:
        rows = zip(evaluation.classes, evaluation.confusion.astype(int).tolist(), strict=True)
        heads = ("true, then guessed", *evaluation.classes)
        parts.append(_grid(heads, ((name, *counts) for name, counts in rows)))
    return card("evaluation", *parts)


def html_crossvalidation(validation: Any) -> str:
    names = [n for n in ("loss", "accuracy", "r2") if np.isfinite(validation[n]).all()]
    columns = [validation[name] for name in names]
    rows: list[tuple[Any, ...]] = [
        (nth("fold", i), *values) for i, values in enumerate(zip(*columns, strict=True))
    ]
    rows += [("mean", *(c.mean() for c in columns)), ("deviation", *(c.std() for c in columns))]
    return card(
        f"cross-validation: {counted(len(validation.folds), 'fold')}",
        _grid(("", *names), rows),
    )


def html_run(run: Any) -> str:
    done, limit = len(run.history), run.settings.epochs
    rows = _known(
        network=repr(run.network).strip("<>"),
        data=run.data.name,
        epochs=f"{done:,} of {limit:,}" if limit else f"{done:,}, no limit",
        loss=run.history.loss if done else "not yet",
        engine=run.engine.explanation,
        seed=run.seed,
        ended=run.history.stopped,
    )
    return card("training run", table(rows))


def html_sweep(sweep: Any) -> str:
    rows = sweep.rows()
    body = [list(row.values()) for row in rows[:MOST_ROWS]]
    heads = list(rows[0]) if rows else []
    return card(str(sweep), _grid(heads, body), _few(len(rows), len(body), "net"))


# ---- data ------------------------------------------------------------------------------------------


def html_dataset(dataset: Any) -> str:
    heads = ("", *dataset.input_names[:MOST_ROWS], *dataset.output_names[:MOST_ROWS])
    few = range(min(len(dataset), 5))
    rows = [
        (
            nth("sample", i),
            *(float(v) for v in dataset.inputs[i][:MOST_ROWS]),
            *(float(v) for v in dataset.targets[i][:MOST_ROWS]),
        )
        for i in few
    ]
    facts = _known(about=dataset.about, classes=listed(dataset.classes))
    cut = "<p>… and more columns</p>" if dataset.inputs.shape[1] > MOST_ROWS else ""
    title = f"{dataset.name}: {dataset.summary}"
    return card(
        visible(title),
        table(facts),
        _grid(heads, rows),
        _few(len(dataset), len(rows), "sample"),
        cut,
    )


def html_card(about: Any) -> str:
    facts = _known(
        data=about.data.get("name"),
        task=about.task,
        classes=listed(about.classes),
        outputs=listed(about.output_names),
        scaling_of_targets=about.target_scaling.kind if about.target_scaling.kind != "none" else "",
        missing=about.missing,
    )
    facts += [
        (name.replace("_", " "), visible(_number(value)))
        for name, value in about.training.items()
        if isinstance(value, (str, int, float)) and name != "history"
    ]
    rows = [
        (column.name, column.unit or "", listed(column.kinds) or "number", about.scaling.kind)
        for column in about.columns[:MOST_ROWS]
    ]
    columns = _grid(("column", "unit", "kinds", "scaling"), rows)
    return card(
        "what the network learned from",
        table(facts),
        columns,
        _few(len(about.columns), len(rows), "column"),
    )
