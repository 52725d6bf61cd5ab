"""Numbers as users give them: one for each neuron, rows of them, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.errors import LernpyError, ShapeError
from lernpy.held import check
from lernpy.neuron import Neuron
from lernpy.text import counted, shortened, shown

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.network import Network


def numbers(kind: str, neurons: Sequence[Neuron], values: Any) -> list[float]:
    """One Python float for each of these neurons, or an error that says what is wrong."""
    if type(values) is list and len(values) == len(neurons):
        for value in values:
            if type(value) is not float or value != value:
                break
        else:
            return values  # as it is: this is asked twice for each sample
    return _converted(kind, neurons, values)


def _converted(kind: str, neurons: Sequence[Neuron], values: Any) -> list[float]:
    row: Any = values
    if hasattr(values, "__array__"):  # a frame, a column of one; where a mask is, it stays
        row = (values if isinstance(values, np.ndarray) else np.asarray(values)).tolist()
    if isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
        row = [row]
    if isinstance(row, (list, tuple)) and row and all(map(is_sample, row)):
        if len(row) == 1:
            return numbers(kind, neurons, _flat(kind, row[0]))  # a batch of one is that one
        if len(neurons) != 1 or len(row[0]) != 1:
            raise ShapeError(
                f"this takes one sample, but the {kind}s are a list of {len(row)}; "
                "network.learn_batch and lernpy.train take several"
            )
    if len(row) != len(neurons):
        sample = "sample" if kind == "input" else "target"
        raise ShapeError(
            f"the network has {counted(len(neurons), f'{kind} neuron')}, "
            f"but the {sample} has {counted(len(row), 'value')}"
        )
    return [_number(kind, *pair) for pair in zip(neurons, row, strict=True)]


def _number(kind: str, neuron: Neuron, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = nan
    if number != number:
        raise ShapeError(
            f"{kind} {neuron.name!r} got {value!r:.60}, which is not a number"
        ) from None
    return number


def _flat(kind: str, values: Any) -> Any:
    """A sample as it is; what holds samples is none."""
    if is_sample(values) and len(values) and is_sample(as_list(values)[0]):
        raise ShapeError(f"the {kind}s have more than the 2 dimensions (samples, values)")
    return values


def rows_of(inputs: Any, width: int, kind: str = "input") -> Sequence[Any]:
    """The samples of a batch; a single sample where a batch belongs is an error.

    Where a sample has one value (`width`), it may stand without the list around it.
    """
    rows = as_list(inputs)
    alone = isinstance(rows, np.ndarray) and rows.ndim == 0
    if alone or (len(rows) and width != 1 and not is_sample(rows[0])):
        values = [inputs] if width == 1 and alone else np.asarray(rows, object).tolist()
        form = "[...]" if alone and width != 1 else shortened(str(values), 60, "...")
        got = " ".join(f"{inputs!r:.60}".split())
        raise ShapeError(f"a batch is a list of samples; got one sample, {got}. Write [{form}]")
    for row in rows if not isinstance(rows, np.ndarray) or rows.ndim > 2 else ():
        if not (type(row) is list and row and type(row[0]) is float):  # as most are
            _flat(kind, row)
    samples: Sequence[Any] = rows
    return samples


def as_list(values: Any) -> Any:
    """Lists as they are; a frame, say, as the array that it turns into."""
    return values if isinstance(values, (list, tuple)) else np.asarray(values)


def is_several(values: Any) -> bool:
    """Whether these are samples, and not one."""
    rows = as_list(values)
    return is_sample(rows) and (not len(rows) or is_sample(rows[0]))


def is_sample(value: object) -> bool:
    """Whether this holds several values, or could: a list, an array with a dimension."""
    is_one = isinstance(value, (str, bytes)) or getattr(value, "ndim", 1) == 0
    return hasattr(value, "__len__") and not is_one


def is_alone(inputs: Any, width: int) -> bool:
    """Whether this is one sample without a list around it; values one by one are one each (`width` 1)."""
    return not is_sample(inputs) or (width != 1 and not is_several(inputs))


def samples_of(
    network: Network, inputs: ArrayLike, targets: ArrayLike, sample_weight: ArrayLike | None = None
) -> list[tuple[Any, Any, float]]:
    """Inputs, targets and weight of each sample (1 unless given), at least one sample.

    One sample may stand without the list around it, one target without the list around its number.

    >>> import lernpy
    >>> network = lernpy.layered([2, 1])
    >>> samples_of(network, [0, 1], 1), samples_of(network, [[0, 1], [1, 1]], [1, 0])
    ([([0, 1], 1, 1.0)], [([0, 1], 1, 1.0), ([1, 1], 0, 1.0)])
    """
    width = len(network.inputs)
    alone = is_alone(inputs, width)
    xs: Any = [inputs] if alone and (width == 1 or is_sample(inputs)) else rows_of(inputs, width)
    ts: Any = [targets]
    if alone or (len(xs) == 1 and not is_several(targets)):
        pass  # one target, of one value or of several
    elif not is_sample(as_list(targets)):
        raise ShapeError(
            f"there are {len(xs)} samples, but one target, {shown(targets)}; write [...]"
        )
    else:
        ts = rows_of(targets, 1, "target")
    if len(xs) != len(ts):
        raise ShapeError(f"there are {len(xs)} samples, but {len(ts)} targets; give each its own")
    if not len(xs):
        raise ShapeError("the batch is empty; give it at least one sample")
    shares = [1.0] * len(xs) if sample_weight is None else _shares(sample_weight)
    if len(shares) != len(xs):
        raise ShapeError(f"there are {len(xs)} samples, but the weights of {len(shares)}")
    return list(zip(xs, ts, shares, strict=True))


def _shares(sample_weight: ArrayLike) -> list[float]:
    try:
        shares: list[float] = np.ravel(sample_weight).astype(float, casting="same_kind").tolist()
    except (TypeError, ValueError, OverflowError):
        raise ShapeError(
            f"the sample weights are a list of numbers, one for each sample, not {shown(sample_weight)}"
        ) from None
    return shares


def check_network(thing: object) -> None:
    """Refuse what is no network where one is needed, and a network with something in it that is none."""
    if not hasattr(thing, "order"):
        raise LernpyError(
            f"this needs a network, not {shown(thing)}; build one, for example lernpy.layered([2, 3, 1])"
        )
    check(thing)  # type: ignore[arg-type]
