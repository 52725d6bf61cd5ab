"""Samples on their way into a mirror: gathered a few batches at a time, never the whole data at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.plan import Run
from lernpy.errors import ShapeError
from lernpy.samples import rows_of

SMALL = 1 << 19  # numbers; data of this size is made ready once, larger data batch by batch


def table(kind: str, width: int, values: Any, dtype: Any = None) -> np.ndarray:
    """(n_samples, width) numbers, or an error that says what is wrong."""
    try:
        found = np.asarray(values) if dtype is None else np.asarray(values, dtype)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.ndim == 1:
        rows_of(values)
    if found.ndim != 2 or found.dtype.kind not in "fiub":
        raise ShapeError(f"{kind}s must be a table of numbers, one row for each sample")
    if found.shape[1] != width:
        sample = "sample" if kind == "input" else "target"
        raise ShapeError(
            f"the network has {width} {kind} neuron{'s' * (width != 1)}, "
            f"but the {sample} has {found.shape[1]} value{'s' * (found.shape[1] != 1)}"
        )
    return found


class Samples:
    """Inputs and targets to gather from; with a column of ones if the engine wants one."""

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        runs: tuple[Run, ...],
        ones: bool,
        dtype: Any,
        importance: Any = None,
    ) -> None:
        self.importance = self._weighed(importance, len(targets), dtype)
        self.runs = tuple(run for run in runs if run.activation.name != "identity")
        self.targets = np.ascontiguousarray(targets, dtype)
        self.width = inputs.shape[1]
        small = inputs.size <= SMALL
        as_it_is = inputs.dtype == dtype and inputs.flags.c_contiguous
        self.ready = small or (as_it_is and not ones and not self.runs)
        self.inputs = self._made_ready(inputs, ones, dtype) if small else inputs

    def _weighed(self, importance: Any, count: int, dtype: Any) -> np.ndarray | None:
        if importance is None:
            return None
        found = np.asarray(importance, dtype)
        if found.shape != (count,):
            raise ShapeError(f"there are {count} samples, but {found.size} importances")
        return found

    def _made_ready(self, inputs: np.ndarray, ones: bool, dtype: Any) -> np.ndarray:
        ready = np.ones((len(inputs), self.width + ones), dtype)
        ready[:, : self.width] = inputs
        self._squash(ready)
        return ready

    def _squash(self, ready: np.ndarray) -> None:
        """Input neurons that do not just sum."""
        for run in self.runs:
            value = run.activation.over(np)[0]  # type: ignore[union-attr]
            ready[..., run.low : run.high] = value(ready[..., run.low : run.high])

    def gather(self, order: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> None:
        """The samples of these indices into the places for them."""
        self.targets.take(order, 0, targets, "clip")
        if self.ready:
            self.inputs.take(order, 0, inputs, "clip")
        else:
            inputs[..., : self.width] = self.inputs.take(order, 0)
            self._squash(inputs)
