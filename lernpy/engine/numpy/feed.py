"""Samples on their way into a mirror: gathered a few batches at a time, never the whole data at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.base import Samples
from lernpy.engine.plan import Plan, Segment

SMALL = 1 << 19  # numbers; data of this size is made ready once, larger data batch by batch


class Feed:
    """Inputs and targets to gather from; with a column of ones if the engine wants one."""

    def __init__(
        self,
        samples: Samples,
        segments: tuple[Segment, ...],
        ones: bool,
        dtype: Any,
    ) -> None:
        inputs, targets, sample_weight = samples
        self.sample_weight = None if sample_weight is None else sample_weight.astype(dtype)
        self.segments = bent(segments)
        self.targets = np.ascontiguousarray(targets, dtype)
        self.width = inputs.shape[1]
        small = inputs.size <= SMALL
        as_it_is = inputs.dtype == dtype and inputs.flags.c_contiguous
        self.ready = small or (as_it_is and not ones and not self.segments)
        self.inputs = self._made_ready(inputs, ones, dtype) if small else inputs

    def _made_ready(self, inputs: np.ndarray, ones: bool, dtype: Any) -> np.ndarray:
        ready = np.ones((len(inputs), self.width + ones), dtype)
        ready[:, : self.width] = inputs
        _bend(ready, self.segments)
        return ready

    def gather(self, order: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> None:
        """The samples of these indices into the places for them."""
        self.targets.take(order, 0, targets, "clip")
        if self.ready:
            self.inputs.take(order, 0, inputs, "clip")
        else:
            inputs[..., : self.width] = self.inputs.take(order, 0, mode="clip")
            _bend(inputs, self.segments)


def squashed(plan: Plan, inputs: np.ndarray) -> np.ndarray:
    """Inputs as the input neurons put them out; a copy if any of them does more than pass them on."""
    segments = bent(plan.input_segments)
    if segments:
        inputs = inputs.astype(float)
        _bend(inputs, segments)
    return inputs


def bent(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments of input neurons that do not just pass on what comes in."""
    return tuple(segment for segment in segments if not segment.is_identity)


def _bend(inputs: np.ndarray, segments: tuple[Segment, ...]) -> None:
    for segment in segments:
        value = segment.activation.over(np)[0]  # type: ignore[union-attr]
        inputs[..., segment.low : segment.high] = value(inputs[..., segment.low : segment.high])
