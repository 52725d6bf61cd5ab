"""Any wiring as one dense matrix with holes: the lines of one step.

Row and column are slots; a generation pulls what it needs from the outputs before it with one
product, and one product per panel of rows finds the gradient of all weights. Neurons are rows,
samples are columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lernpy.engine.aligned import aligned
from lernpy.engine.numpy import lines
from lernpy.engine.numpy.script import Script
from lernpy.engine.plan import Ints, Plan, Segment, Stage, in_turns, neighbours
from lernpy.functions.formula import Formula
from lernpy.functions.losses import Loss
from lernpy.group import Group
from lernpy.product import Product

PANELS = 5  # of rows, for the gradient: more calls, fewer numbers that nobody asked for


class Wires:
    """Weights in the order of the plan's links, or of the network's weights where some are shared."""

    ones_in_data = False

    def __init__(self, plan: Plan, dtype: Any) -> None:
        self.plan = plan
        self.dtype = dtype
        self.order = np.arange(plan.n_weights) if plan.shared else plan.weight
        self.values = aligned(plan.n_weights, dtype)
        self.gradient = aligned(plan.n_weights, dtype)
        self.prepare()

    def prepare(self) -> None:
        """The matrix (targets, sources), and where in it each link's weight stands."""
        plan = self.plan
        self.matrix = aligned((plan.n_neurons - plan.n_fixed, plan.n_neurons), self.dtype)
        self.cells = (plan.target - plan.n_fixed) * plan.n_neurons + plan.source

    def write(
        self, script: Script, batch: int, loss: Loss, exact: bool, learn: bool, plain: bool
    ) -> None:
        """One step for `batch` samples (see `Layers.write`)."""
        step = self.step(script, batch)
        step.forward(loss)
        if learn:
            step.seed(loss)
            step.backward(exact)
            step.gradient()
        if plain:
            values = script.bind("values", self.values)
            gradient = script.bind("gradient", self.gradient)
            script.add(f"subtract({values}, {gradient}, {values})")

    def step(self, script: Script, batch: int) -> WiresStep:
        return WiresStep(self, script, batch)


class WiresStep:
    """Buffers and lines for one number of samples; each buffer has a row for every slot."""

    def __init__(self, wires: Wires, script: Script, batch: int) -> None:
        self.wires = wires
        self.plan = wires.plan
        self.script = script
        self.batch = batch
        shape = (self.plan.n_neurons, batch)
        self.output = np.ones(shape, wires.dtype)  # a bias says 1 from the start
        self.total, self.sensitivity, self.delta, self.slope = (
            np.zeros(shape, wires.dtype) for _ in range(4)
        )
        for name in ("total", "output", "slope", "sensitivity", "delta"):
            script.bind(name, getattr(self, name))

    def windows(self, part: Stage | Segment, *buffers: str) -> list[str]:
        """The rows of a stage or a segment in some buffers."""
        return [self.script.rows(name, part.low, part.high) for name in buffers]

    # ---- forward --------------------------------------------------------------------------------

    def forward(self, loss: Loss) -> None:
        self.fill()
        self.script.add(f"copyto({self.script.rows('output', 0, self.plan.n_inputs)}, xt)")
        for stage in self.plan.stages:
            if stage.is_product:
                self.multiply(stage)
                continue
            self.pull(stage)
            for segment in stage.segments:
                z, y = self.windows(segment, "total", "output")
                logarithms = "softmax" in loss.stable
                self.script.add(*lines.value_lines(self.script, segment, z, y, logarithms))
        self._hand_out("y", "output")
        if loss.stable:
            self._hand_out("z", "total")
            for group, ends in self.plan.groups_apart:
                z, y = self.windows(group, "total", "output")
                self.script.add(*lines.lead_lines(self.script, ends, z, y))

    def multiply(self, stage: Stage) -> None:
        """A stage of products: column by column their factors' outputs."""
        first, *others = self.plan.factor_columns(stage)
        z, y = self.windows(stage, "total", "output")
        self.script.take("output", first, y)
        self._times(others, y)
        self.script.add(f"copyto({z}, {y})")

    def _times(self, columns: list[Ints], into: str) -> None:
        """Multiply these rows by the outputs of some slots."""
        other = self.script.bind("other", np.empty_like(self.script.objects[into]))
        for slots in columns:
            self.script.take("output", slots, other)
            self.script.add(f"multiply({into}, {other}, {into})")

    def hand_to_factors(self, stage: Stage) -> None:
        """The blame of products, for each factor times the others, to be added to what it gets else."""
        columns, script = self.plan.factor_columns(stage), self.script
        s, d = self.windows(stage, "sensitivity", "delta")
        script.add(f"copyto({d}, {s})")
        for at, slots in enumerate(columns):
            blame = script.bind("blame", np.empty_like(script.objects[d]))
            script.add(f"copyto({blame}, {d})")
            self._times(columns[:at] + columns[at + 1 :], blame)
            for turn in in_turns(slots):
                rows = f"{blame}[{script.bind('turn', turn)}]"
                script.add(f"handed[{script.bind('factors', slots[turn])}] += {rows}")

    def fill(self) -> None:
        """The weights to their places in the matrix."""
        script, plan = self.script, self.plan
        flat = script.bind("matrix", self.wires.matrix.reshape(-1))
        cells = script.bind("cells", self.wires.cells)
        values = script.bind("values", self.wires.values)
        held = f"{values}[{script.bind('held', plan.weight)}]" if plan.shared else values
        script.add(f"{flat}[{cells}] = {held}")

    def pull(self, stage: Stage) -> None:
        """A stage's total inputs from all outputs before."""
        low, high = self._window(stage.low, stage.high)
        fixed = self.plan.n_fixed
        window = self.wires.matrix[stage.low - fixed : stage.high - fixed, low:high]
        pull = self.script.dot(f"pull_{stage.low}", window)
        (total,) = self.windows(stage, "total")
        self.script.add(f"{pull}({self.script.rows('output', low, high)}, {total})")

    def _hand_out(self, name: str, buffer: str) -> None:
        if rows := neighbours(self.plan.outputs):
            self.script.add(f"copyto({name}, {self.script.rows(buffer, rows.start, rows.stop)})")
        else:
            self.script.take(buffer, self.plan.outputs, name)

    # ---- backward -------------------------------------------------------------------------------

    def seed(self, loss: Loss) -> None:
        seeds = np.empty((self.plan.n_outputs, self.batch), self.wires.dtype)
        s = self.script.bind("seeds", seeds)
        self.script.add(*lines.seed_lines(self.script, loss, "y", "t", s))
        for group, ends in self.plan.groups_apart:
            (y,) = self.windows(group, "output")
            self.script.add(*lines.rest_seed_lines(self.script, loss, ends, y, s))

    def backward(self, exact: bool) -> None:
        slope = self._common_slope(exact)
        if slope:
            span = self.plan.n_fixed, self.plan.n_neurons
            z, y, q = (self.script.rows(name, *span) for name in ("total", "output", "slope"))
            self.script.add(*lines.written(self.script, slope, [q], z=z, y=y))
        factors = {slot for slots in self.plan.factors.values() for slot in slots}
        if factors:
            self.clear(self.script.bind("handed", np.zeros_like(self.delta)))
        for stage in reversed(self.plan.stages):
            self.push_back(stage)
            self._add_seeds(stage)
            if not factors.isdisjoint(range(stage.low, stage.high)):
                s, handed = self.windows(stage, "sensitivity", "handed")
                self.script.add(f"add({s}, {handed}, {s})")
            if stage.is_product:
                self.hand_to_factors(stage)
            elif slope:
                q, s, d = self.windows(stage, "slope", "sensitivity", "delta")
                self.script.add(f"multiply({q}, {s}, {d})")
            else:
                for segment in stage.segments:
                    z, y = self.windows(segment, "total", "output")
                    s, d = self.windows(segment, "sensitivity", "delta")
                    self.script.add(*lines.delta_lines(self.script, segment, z, y, s, d, exact))

    def clear(self, buffer: str) -> None:
        self.script.add(f"copyto({buffer}, {self.script.number(0.0, self.wires.dtype)})")

    def _common_slope(self, exact: bool) -> Formula | None:
        """Where several stages have one activation that bends: all slopes are calculated at once."""
        kinds = {segment.activation for segment in self.plan.segments}
        kind: Any = kinds.pop()
        if kinds or isinstance(kind, (Group, Product)) or len(self.plan.stages) < 2:
            return None
        slope: Formula | None = kind.formula("slope", exact)
        return slope if slope and slope.operations else None

    def push_back(self, stage: Stage) -> None:
        """A stage's sensitivities from all deltas ahead; rows that nobody pulls from stay 0."""
        plan, fixed = self.plan, self.plan.n_fixed
        ahead = plan.ahead[plan.ahead_start[stage.low] : plan.ahead_start[stage.high]]
        (s,) = self.windows(stage, "sensitivity")
        if not len(ahead):
            self.clear(s)
            return
        target = plan.target[ahead]
        low, high = int(target.min()), int(target.max()) + 1
        window = self.wires.matrix[low - fixed : high - fixed, stage.low : stage.high].T
        back = self.script.dot(f"back_{stage.low}", window)
        self.script.add(f"{back}({self.script.rows('delta', low, high)}, {s})")

    def _add_seeds(self, stage: Stage) -> None:
        """The loss's blame for the outputs in this stage adds to what the links handed back."""
        for index, slot in enumerate(self.plan.outputs.tolist()):
            if stage.low <= slot < stage.high:
                s = self.script.rows("sensitivity", slot, slot + 1)
                seed = self.script.rows("seeds", index, index + 1)
                self.script.add(f"add({s}, {seed}, {s})")

    def gradient(self) -> None:
        """delta times output for each link: a product for each panel of rows, then pick."""
        script, plan = self.script, self.plan
        panels = [(low, high, *self._window(low, high)) for low, high in self._panels()]
        sizes = [(high - low) * (last - first) for low, high, first, last in panels]
        flat = np.empty(sum(sizes), self.wires.dtype)
        pick = np.empty(plan.n_links, np.intp)
        offset = 0
        for (low, high, first, last), size in zip(panels, sizes, strict=True):
            window = flat[offset : offset + size].reshape(high - low, last - first)
            product = script.dot(f"delta_{low}", self.delta[low:high])
            sources = script.bind(f"sources_{low}", self.output[first:last].T)
            script.add(f"{product}({sources}, {script.bind(f'gradient_{low}', window)})")
            links = slice(plan.start[low], plan.start[high])
            row, column = plan.target[links] - low, plan.source[links] - first
            pick[links] = offset + row * (last - first) + column
            offset += size
        script.bind("products", flat)
        self.collect(pick)

    def collect(self, pick: Ints) -> None:
        """From products to weights: one each, or the sum over the links that share it."""
        script, plan = self.script, self.plan
        gradient = script.bind("gradient", self.wires.gradient)
        if plan.shared:
            summed = script.bind("bincount", np.bincount)
            held = script.bind("held", plan.weight)
            picked = f"products[{script.bind('pick', pick)}]"
            script.add(f"copyto({gradient}, {summed}({held}, {picked}, {plan.n_weights}))")
        else:
            script.take("products", pick, gradient)

    def _panels(self) -> list[tuple[int, int]]:
        """Neighbouring stages together, until a panel holds its share of the rows."""
        share = (self.plan.n_neurons - self.plan.n_fixed) / PANELS
        panels: list[tuple[int, int]] = []
        for stage in self.plan.stages:
            if panels and panels[-1][1] - panels[-1][0] + stage.size <= share:
                panels[-1] = (panels[-1][0], stage.high)
            else:
                panels.append((stage.low, stage.high))
        starts = self.plan.start
        return [(low, high) for low, high in panels if starts[low] < starts[high]]

    def _window(self, low: int, high: int) -> tuple[int, int]:
        source = self.plan.source[self.plan.start[low] : self.plan.start[high]]
        return int(source.min()), int(source.max()) + 1
