"""Many nets at once on a graphics card: what a step does is recorded, and then only repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lernpy.engine.many import Many

ROOM = "_batch", "z", "y", "s", "d", "scratch", "sums", "_fed", "_said"


class ManyOnDevice(Many):
    """The orders of an epoch go to the device at once; each size of batch has a recording and its buffers."""

    def load(self) -> None:
        super().load()
        self.factor = self.m.zeros(())
        self._rooms: dict[int, dict[str, Any]] = {}
        self._steps: dict[int, tuple[Callable[[], None], Any, Any]] = {}

    def _room(self, batch: int) -> None:
        if batch not in self._rooms:
            self._batch = -1
            super()._room(batch)
            self._rooms[batch] = {name: getattr(self, name) for name in ROOM}
        self.__dict__.update(self._rooms[batch])

    def _epoch(self, order: np.ndarray, batch: int, factor: float) -> Any:
        self.factor[...] = factor
        there = self.arrays.take(order)
        total: Any = 0.0
        for low in range(0, len(order), batch):
            total = total + self._losses(there[low : low + batch])
        return total / len(order)

    def _losses(self, rows: Any) -> Any:
        """(nets,): the sum over these samples, before the update that they make."""
        count = len(rows)
        if count not in self._steps:
            self._steps[count] = self._recorded(rows)
        step, place, losses = self._steps[count]
        place[...] = rows
        step()
        return losses

    def _recorded(self, rows: Any) -> tuple[Callable[[], None], Any, Any]:
        """A step, where it looks for its samples, and where it leaves the losses."""
        count = len(rows)
        self._room(count)
        place, losses = rows.copy(), self.m.zeros(self.w.shape[1])

        def step() -> None:
            losses[...] = self._step(*self._of(place), self.factor)

        kept = self.state.copy()
        found = self.arrays.repeat(step, self._largest(count))
        self.state[...] = kept
        return found, place, losses

    def _largest(self, count: int) -> int:
        """Multiplications in the largest product of a step of so many samples."""
        sizes: list[int] = [
            (stage.rows.stop - stage.rows.start) * len(stage.fixed) for stage in self.stages
        ]
        return max(sizes) * count * len(self.nets)
