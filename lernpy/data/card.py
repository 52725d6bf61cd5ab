"""The card: what lies beside a network in its file, so that it can be asked in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lernpy.checks import Fields, is_plain
from lernpy.data.alignment import align
from lernpy.data.arrays import table_of
from lernpy.data.columns import Column, Note, encode_rows
from lernpy.data.dataset import ABSENT, Dataset
from lernpy.data.scaling import Scaling
from lernpy.data.sequences import ON, step_outputs, steps_of
from lernpy.data.targets import TASKS
from lernpy.errors import DataError, FileFormatError, ShapeError
from lernpy.text import counted, step_of

FILLS = ("mean", "most-frequent", ABSENT)


@dataclass(frozen=True, eq=False)
class Card:
    """What a network learned from: names, kinds, classes, scaling, settings; never the samples.

    Attributes
    ----------
    data : how to load the data again (`Dataset.source`)
    task, columns, input_names, output_names, classes, image : as in `Dataset`
    scaling : of the inputs; kind "none" where they are taken as they are
    target_scaling : of the targets; other than "none" in regression only
    training : the settings of the training, plain values
    missing, fill : how missing inputs are filled, and with what, (n_inputs,); None: they are refused
    notes : what each column of a table was taken for, and why

    >>> from lernpy.data import load
    >>> fruit = load("fruit")
    >>> card = Card.of(fruit, scaling="standard")
    >>> card.encode([[150, "red", "smooth", "medium"]]).shape
    (1, 10)
    >>> answers, confidence = card.decode([[0.9, 0.0, 0.1]])
    >>> answers[0], float(confidence[0])
    ('apple', 0.9)
    """

    data: dict[str, Any]
    task: str
    columns: tuple[Column, ...]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    classes: tuple[str, ...]
    image: tuple[int, int] | None
    scaling: Scaling
    target_scaling: Scaling
    training: dict[str, Any] = field(default_factory=dict)
    missing: str = ""
    fill: np.ndarray | None = None
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(
        cls,
        dataset: Dataset | tuple[ArrayLike, ArrayLike],
        scaling: Scaling | str | None = None,
        target_scaling: Scaling | str | None = None,
        training: dict[str, Any] | None = None,
    ) -> Card:
        """The card of a data set.

        Parameters
        ----------
        dataset : the training part: a scaling given by name is fitted to it
        scaling, target_scaling : fitted already, or the name of a kind; None leaves the values
        """
        dataset = Dataset.of(dataset)
        fill = filling(dataset) if dataset.missing not in ("", ABSENT) else None
        if fill is not None:
            dataset = replace(dataset, inputs=_filled(dataset.inputs, fill))
        fitted = _fitted_inputs(dataset, scaling)
        if dataset.missing == ABSENT:
            fill = fitted.shift  # what is scaled to 0, so that the cell of an absent step sleeps
        return cls(
            dataset.source,
            dataset.task,
            dataset.columns,
            dataset.input_names,
            dataset.output_names,
            dataset.classes,
            dataset.image,
            fitted,
            _fitted_targets(dataset, target_scaling),
            training or {},
            dataset.missing,
            fill,
            dataset.notes,
        )

    def encode(self, rows: Sequence[Sequence[object]] | np.ndarray) -> np.ndarray:
        """(n_samples, n_inputs) scaled inputs for raw rows: one number or word for each column.

        Raises
        ------
        ShapeError
            If a row has too many or too few values.
        DataError
            If a value is no finite number, or a kind that was never seen in training.
        """
        return self.scale(self._raw(rows))

    def scale(self, inputs: np.ndarray) -> np.ndarray:
        """(n_samples, n_inputs) raw inputs as the neurons take them: gaps filled, then scaled."""
        return self.scaling.apply(inputs if self.fill is None else _filled(inputs, self.fill))

    def scale_targets(self, targets: np.ndarray) -> np.ndarray:
        """(n_samples, n_outputs) raw targets as outputs are asked for them: 0 where a step is absent."""
        return self.target_scaling.apply(_filled(targets, self.target_scaling.shift))

    @property
    def may_be_asleep(self) -> bool:
        """Whether some step may be absent in which an output is asked."""
        steps = len(self.output_names) // len(step_outputs(self.output_names))
        return self.missing == ABSENT and 1 < steps == sum(self._flags)

    @property
    def _flags(self) -> list[bool]:
        """Which inputs say that a step is there."""
        return [step_of(name)[0] == ON for name in self.input_names]

    @property
    def asks_each_step(self) -> bool:
        """Whether these are sequences with outputs in each step."""
        return len(step_outputs(self.output_names)) < len(self.output_names)

    def judged(self, inputs: np.ndarray, *tables: np.ndarray) -> list[np.ndarray]:
        """Tables of outputs, (n_samples, n_outputs), with a row for all that is judged at once.

        That is a sample, or where each step has outputs a step, if it is there: `inputs` say so.

        >>> card = Card.of(Dataset("d", [[0, 0]], [[3, 4]], output_names=("y@1", "y@2")))
        >>> [rows.tolist() for rows in card.judged(np.zeros((1, 2)), np.array([[5, 6]]))]
        [[[5], [6]]]
        """
        if not self.asks_each_step:
            return list(tables)
        width = len(step_outputs(self.output_names))
        there = self.there(inputs).reshape(-1, width)[:, 0]
        return [table.reshape(-1, width)[there] for table in tables]

    def there(self, inputs: np.ndarray) -> np.ndarray:
        """(n_samples, n_outputs) bool: whether these inputs have the step that an output is of."""
        outputs = len(self.output_names)
        if not self.may_be_asleep:
            return np.ones((len(inputs), outputs), bool)
        steps = inputs[:, self._flags] > 0
        return np.repeat(steps, outputs // steps.shape[1], axis=1)

    def _raw(self, rows: Sequence[Sequence[object]] | np.ndarray) -> np.ndarray:
        if isinstance(rows, np.ndarray) and rows.dtype.kind in "uif" and self._only_numbers(rows):
            return rows
        return encode_rows(self.columns, rows, gaps=bool(self.missing))

    def _only_numbers(self, rows: np.ndarray) -> bool:
        """Whether an array can be taken whole; what is wrong in it, the slow way names."""
        plain = rows.ndim == 2 and rows.shape[1] == len(self.columns) == len(self.input_names)
        return plain and bool(np.isfinite(rows).all())

    def decode(self, outputs: ArrayLike) -> tuple[list[str] | np.ndarray, np.ndarray | None]:
        """What the network's outputs mean, and how sure it is.

        Parameters
        ----------
        outputs : (n_samples, n_outputs), or one sample's (n_outputs,)

        Returns
        -------
        Classification: the class names and the confidence of each, (n_samples,) in [0, 1]: the
        largest output; with one output p the larger of p and 1 - p.
        Regression: the numbers in the data's own units, (n_samples, n_outputs), and None.
        Percentages: fractions, (n_samples, n_outputs), and None.
        """
        values = table_of(np.atleast_2d(outputs), "the outputs")
        if values.shape[1] != len(self.output_names):
            raise ShapeError(
                f"the network has {counted(len(self.output_names), 'output')}, "
                f"but got {counted(values.shape[1], 'value')}"
            )
        if not self.classes:
            return self.target_scaling.invert(values), None
        chances = np.hstack([1 - values, values]) if values.shape[1] == 1 else values
        # the last of equal ones where there are two: p = 1/2 is the second class, as in `labels`
        best = (values[:, 0] >= 0.5).astype(int) if values.shape[1] == 1 else chances.argmax(axis=1)
        confidence = np.clip(chances[np.arange(len(best)), best], 0.0, 1.0)
        return [self.classes[i] for i in best.tolist()], confidence

    def prepare(self, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
        """Scaled inputs and targets of any data set with this card's columns and classes.

        The data may have its columns in another order, fewer kinds or fewer classes; what was
        never seen in training is an error that names it.
        """
        fitting = align(dataset, self)
        if self.fill is None and fitting.missing and np.isnan(fitting.inputs).any():
            raise DataError(
                f"{dataset.name} has missing cells, but the network learned from data without any"
            )
        return self.scale(fitting.inputs), self.scale_targets(fitting.targets)

    def to_json(self) -> dict[str, Any]:
        """Plain values; a column of numbers is written as its name."""
        return {
            "data": self.data,
            "task": self.task,
            "columns": [_column_json(c) for c in self.columns],
            "input_names": list(self.input_names),
            "output_names": list(self.output_names),
            "classes": list(self.classes),
            "image": list(self.image) if self.image else None,
            "scaling": self.scaling.to_json(),
            "target_scaling": self.target_scaling.to_json(),
            "training": self.training,
            **(
                {"missing": self.missing, "fill": _plain(self.fill)}
                if self.fill is not None
                else {}
            ),
            **({"notes": [list(note) for note in self.notes]} if self.notes else {}),
        }

    @classmethod
    def from_json(cls, values: object, path: str = "card") -> Card:
        """What `to_json` wrote; `path` names it in errors.

        Raises
        ------
        FileFormatError
            If anything is missing, of the wrong type or size, or does not fit the rest.
        """
        fields = Fields(values, path)
        input_names, output_names = _names(fields, "input_names"), _names(fields, "output_names")
        return cls(
            fields.plain("data"),
            fields.choice("task", TASKS),
            _columns(fields, len(input_names)),
            input_names,
            output_names,
            _classes(fields, len(output_names)),
            _image(fields, len(input_names)),
            _scaling(fields, "scaling", len(input_names)),
            _scaling(fields, "target_scaling", len(output_names)),
            fields.plain("training"),
            fields.choice("missing", FILLS) if "missing" in fields else "",
            fields.numbers("fill", len(input_names)) if "missing" in fields else None,
            _notes(fields) if "notes" in fields else (),
        )

    def __post_init__(self) -> None:
        for name in ("data", "training"):
            if not is_plain(getattr(self, name)):
                raise DataError(f"the card's {name} must be plain values that fit into a JSON file")


def _fitted_inputs(dataset: Dataset, scaling: Scaling | str | None) -> Scaling:
    if isinstance(scaling, str):
        steps = max(1, steps_of(dataset.columns))
        width = dataset.inputs.shape[1] // steps  # all steps are scaled alike
        flags = [
            step_of(column.name)[0] == ON for column in dataset.columns for _ in column.input_names
        ]
        leave = (dataset.one_hot | (np.array(flags) & (steps > 1)))[:width]
        rows = dataset.inputs.reshape(-1, width)
        present = rows[~np.isnan(rows).any(axis=1)] if dataset.missing == ABSENT else rows
        one = Scaling.fit(scaling, present, dataset.maximum, leave=leave)
        return Scaling(one.kind, np.tile(one.shift, steps), np.tile(one.scale, steps))
    return Scaling.none(dataset.inputs.shape[1]) if scaling is None else scaling


def _fitted_targets(dataset: Dataset, scaling: Scaling | str | None) -> Scaling:
    if scaling is None or (isinstance(scaling, str) and scaling == "none"):
        return Scaling.none(dataset.targets.shape[1])
    if dataset.task != "regression":
        raise DataError(f"{dataset.name}: only the targets of a regression can be scaled")
    if isinstance(scaling, str):
        names, targets = dataset.output_names, dataset.targets
        width = len(step_outputs(names)) if dataset.missing == ABSENT else len(names)
        rows, steps = targets.reshape(-1, width), len(names) // width
        one = Scaling.fit(scaling, rows[~np.isnan(rows).any(axis=1)], dataset.maximum)
        return Scaling(one.kind, np.tile(one.shift, steps), np.tile(one.scale, steps))
    return scaling


def _names(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(fields.texts(key, once=True))


def _columns(fields: Fields, n_inputs: int) -> tuple[Column, ...]:
    columns = tuple(
        _column(item, f"{fields.at('columns')}[{i}]")
        for i, item in enumerate(fields.items("columns"))
    )
    if len({column.name for column in columns}) != len(columns):
        raise fields.wrong("columns", "a list of columns with names that all differ")
    if sum(len(column.input_names) for column in columns) != n_inputs or not columns:
        raise fields.wrong("columns", f"columns that make the {n_inputs} inputs named")
    return columns


def _column(item: object, path: str) -> Column:
    if isinstance(item, str):
        return Column(item)
    fields = Fields(item, path)
    known = {key: fields.text(key) for key in ("unit", "date") if key in fields}
    kinds = _names(fields, "kinds") if not known or "kinds" in fields else ()
    return Column(fields.text("name"), kinds, **known)


def _column_json(column: Column) -> dict[str, Any] | str:
    """A column of plain numbers is its name."""
    facts = {"kinds": list(column.kinds), "unit": column.unit, "date": column.date}
    known = {key: value for key, value in facts.items() if value}
    return {"name": column.name, **known} if known else column.name


def _notes(fields: Fields) -> tuple[Note, ...]:
    def right(row: list[Any]) -> bool:
        return len(row) == 3 and all(isinstance(word, str) for word in row)

    return tuple(Note(*row) for row in fields.rows("notes", right, "lists of column, role and why"))


def filling(dataset: Dataset) -> np.ndarray:
    """(n_inputs,) what stands for a missing input: the mean or most frequent value, the commonest kind.

    >>> gappy = Dataset("d", [[1, 0], [np.nan, 1], [4, 1]], [1, 2, 3], missing="mean")
    >>> filling(gappy).tolist()
    [2.5, 0.6666666666666666]
    """
    fill, at = np.zeros(dataset.inputs.shape[1]), 0
    for column in dataset.columns:
        block = dataset.inputs[:, at : at + len(column.input_names)]
        known = block[~np.isnan(block).any(axis=1)]
        fill[at : at + block.shape[1]] = _usual(known, dataset.missing, bool(column.kinds))
        at += block.shape[1]
    return fill


def _usual(known: np.ndarray, missing: str, is_category: bool) -> np.ndarray:
    if len(known) == 0:
        return np.zeros(known.shape[1])
    if missing == "mean" and not is_category:
        return np.asarray(known.mean(axis=0))
    rows, counts = np.unique(known, axis=0, return_counts=True)
    return np.asarray(rows[::-1][counts[::-1].argmax()])


def _filled(inputs: np.ndarray, fill: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(inputs), fill, inputs) if inputs.dtype.kind == "f" else inputs


def _plain(values: np.ndarray | None) -> list[float] | None:
    return None if values is None else [float(value) for value in values]


def _classes(fields: Fields, n_outputs: int) -> tuple[str, ...]:
    classes = _names(fields, "classes")
    if n_outputs == 0:
        raise fields.wrong("output_names", "at least one name")
    if fields["task"] != "classification":
        if classes:
            raise fields.wrong("classes", "empty, as the task is no classification")
    elif len(classes) < 2 or not (len(classes) == n_outputs or (len(classes), n_outputs) == (2, 1)):
        raise fields.wrong("classes", f"the names of the classes of {n_outputs} outputs")
    return classes


def _image(fields: Fields, n_inputs: int) -> tuple[int, int] | None:
    value = fields.get("image")
    if value is None:
        return None
    whole = isinstance(value, list) and all(type(v) is int and v > 0 for v in value)
    if not whole or len(value) != 2 or value[0] * value[1] != n_inputs:
        raise fields.wrong(
            "image", f"null or the height and width of an image of {n_inputs} pixels"
        )
    return value[0], value[1]


def _scaling(fields: Fields, key: str, size: int) -> Scaling:
    if fields.get(key) is None:
        return Scaling.none(size)
    scaling = Scaling.from_json(fields[key], fields.at(key))
    if len(scaling) != size:
        raise FileFormatError(f"{fields.at(key)} has {len(scaling)} columns, not {size}")
    return scaling
