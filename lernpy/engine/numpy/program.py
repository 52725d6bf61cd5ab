"""A program: the step of a mirror for one size of batch, with its buffers, over and over."""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.aligned import aligned
from lernpy.engine.numpy.feed import Feed
from lernpy.engine.numpy.gemm import pointer
from lernpy.engine.numpy.layers import Layers
from lernpy.engine.numpy.lines import leads
from lernpy.engine.numpy.script import Script
from lernpy.engine.numpy.wires import Wires
from lernpy.engine.plan import neighbours
from lernpy.engine.weights import Weights
from lernpy.functions import softmax
from lernpy.functions.losses import Loss
from lernpy.group import Group

CHUNK = 1 << 15  # numbers: the inputs of so many steps are gathered together, to stay in the cache
MOST_STEPS = 256


class Program:
    """Forward; with "gradient" also backward; with "learn" the update, too.

    `weighted` : whether each sample has a weight of its own
    """

    def __init__(
        self,
        body: Layers | Wires,
        weights: Weights,
        loss: Loss,
        kind: str,
        batch: int,
        weighted: bool,
    ) -> None:
        self.body, self.weights, self.loss = body, weights, loss
        self.batch, self.weighted = batch, weighted
        plan, dtype = body.plan, body.dtype
        width = plan.n_inputs + body.ones_in_data
        steps = min(max(1, CHUNK // (batch * width)), MOST_STEPS) if kind == "learn" else 1
        self.inputs = aligned((steps, batch, width), dtype, 1.0)
        self.targets = np.zeros((steps, batch, plan.n_outputs), dtype)
        self.outputs = np.zeros((steps, plan.n_outputs, batch), dtype)
        self.totals = np.zeros_like(self.outputs)
        self.sample_weight = np.ones((steps, 1, batch), dtype)
        self.share = np.array(1.0, dtype)
        self.rate = np.array(0.0, dtype)
        self.penalties: list[float] = []
        self.losses = LossOf(body, loss)
        self._compile(kind)

    def _compile(self, kind: str) -> None:
        self.script = script = Script.of_arrays()
        self.fused = kind == "learn" and self.weights.plain
        if kind == "learn" and (self.weights.l1 or self.weights.l2):
            note = script.bind("note", self.penalties.append)
            script.add(f"{note}({script.bind('penalty', self.weights.penalty)}())")
        exact = not (self.loss.is_gentle and self.weights.entry.is_gentle)
        self.body.write(script, self.batch, self.loss, exact, kind != "predict", self.fused)
        if kind == "learn" and not self.fused:
            gradient = script.bind("gradients", self.body.gradient)
            update = script.bind("update", self.weights.update)
            script.add(f"{update}({gradient}, {script.bind('rate', self.rate)})")
        turns = self._turns()
        script.objects.update(dict.fromkeys(turns))  # names of the loop, not of the script
        self.turns = list(zip(*turns.values(), strict=True))
        self.loop = f"for {', '.join(turns)} in turns"
        self.function = script.function("run(turns)", self.loop)

    def _turns(self) -> dict[str, Any]:
        """What changes from step to step: by name, one for each step that is gathered."""
        return {
            "x": self.inputs,
            "xt": self.inputs.transpose(0, 2, 1),
            "at": [pointer(part) for part in self.inputs],
            "t": self.targets.transpose(0, 2, 1),
            "y": self.outputs,
            "z": self.totals,
            "share": self.sample_weight if self.weighted else [self.share] * len(self.inputs),
        }

    @property
    def source(self) -> str:
        """The program as one reads it."""
        return self.script.source("run(turns)", self.loop)

    @property
    def room(self) -> int:
        """How many steps are gathered together."""
        return len(self.inputs)

    def run(self, feed: Feed, batches: np.ndarray, rate: float) -> np.ndarray:
        """One step for each row of `batches`, (n_steps, batch) indices of samples.

        Returns (n_steps,): the mean loss of each batch, before its update, penalty included.
        """
        self.set(rate)
        losses = np.empty(len(batches))
        for first in range(0, len(batches), self.room):
            part = batches[first : first + self.room]
            self.gather(feed, part)
            self.go(0, len(part))
            losses[first : first + len(part)] = self.means(feed, part)
        return losses

    def set(self, rate: float) -> None:
        """The learning rate of the steps to come."""
        share = self.loss.share(self.body.plan.n_outputs) / self.batch
        self.rate[...] = rate
        self.share[...] = share * rate if self.fused else share

    def gather(self, feed: Feed, part: np.ndarray) -> None:
        """The samples of as many steps as there is room for."""
        count = len(part)
        feed.gather(part, self.inputs[:count], self.targets[:count])
        if feed.sample_weight is not None:
            np.multiply(feed.sample_weight[part], self.share, self.sample_weight[:count, 0])

    def go(self, first: int, last: int) -> None:
        """These of the steps gathered."""
        whole = last - first == self.room
        self.function(self.turns if whole else self.turns[first:last])

    def means(self, feed: Feed, part: np.ndarray) -> np.ndarray:
        """The mean loss of each step gathered."""
        count = len(part)
        each = self.losses(self.outputs[:count], self.totals[:count], self.targets[:count])
        if feed.sample_weight is not None:
            each = each * feed.sample_weight[part][:, None, :]
        means: np.ndarray = each.reshape(count, -1).sum(axis=1) / self.batch
        if self.penalties:
            means += self.penalties
            self.penalties.clear()
        return means

    def answer(self, feed: Feed, order: np.ndarray) -> None:
        """Forward for the samples of these (1, batch) indices; the outputs are in `outputs`."""
        feed.gather(order, self.inputs, self.targets)
        self.function(self.turns)

    def each_loss(self) -> np.ndarray:
        """(n_outputs, batch): the loss of each output of each sample just answered."""
        each: np.ndarray = self.losses(self.outputs, self.totals, self.targets)[0]
        return each


class LossOf:
    """The loss of each output of each sample, from the total input where that does not saturate."""

    def __init__(self, body: Layers | Wires, loss: Loss) -> None:
        plan = body.plan
        self.share = loss.share(plan.n_outputs)
        self.value = loss.over(np)[0]
        self.stable = {name: loss.stable_over(np, name) for name in set(plan.ends)}
        rows: dict[Any, list[int]] = {}
        for at, (slot, name) in enumerate(zip(plan.outputs.tolist(), plan.ends, strict=True)):
            kind = plan.neurons[slot].activation if name == "softmax" else name
            rows.setdefault(kind, []).append(at)
        self.rows = {  # by activation or group
            kind: neighbours(np.array(each)) or each for kind, each in rows.items()
        }
        self.raw_softmax = isinstance(body, Layers)  # its z is not yet what the loss's form takes

    def __call__(self, outputs: Any, totals: Any, targets: Any) -> np.ndarray:
        """outputs, totals: (steps, n_outputs, batch); targets: (steps, batch, n_outputs)."""
        targets = targets.transpose(0, 2, 1)
        if not any(self.stable.values()):
            losses: np.ndarray = self.value(outputs, targets) * self.share
            return losses
        each = np.empty_like(outputs)
        for kind, rows in self.rows.items():
            y, z, t = (numbers[:, rows] for numbers in (outputs, totals, targets))
            form = self.stable[kind if isinstance(kind, str) else kind.name]
            each[:, rows] = form(self._total(kind, z, y), t) if form else self.value(y, t)
        shared: np.ndarray = each * self.share
        return shared

    def _total(self, kind: str | Group, total: np.ndarray, output: np.ndarray) -> np.ndarray:
        if isinstance(kind, str) or not self.raw_softmax:
            return total
        if kind.apart:
            lead = leads(*(numbers.transpose(1, 0, 2) for numbers in (total, output)))
            return np.transpose(lead, (1, 0, 2))
        log_sum = softmax.shares(np, total.transpose(1, 0, 2))[1]
        logarithms: np.ndarray = total - log_sum[:, None]
        return logarithms
