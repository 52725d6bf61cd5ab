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
from lernpy.engine.plan import Ints, Plan, Stage, in_turns
from lernpy.functions.formula import Formula
from lernpy.functions.losses import Loss
from lernpy.group import Group
from lernpy.product import Product

BUFFERS = ("total", "output", "slope", "sensitivity", "delta")
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

    def rows(self, stem: str, low: int, high: int) -> str:
        """The name of some rows of a buffer."""
        name = f"{stem}_{low}_{high}"
        return name if name in self.script.objects else self._bind(name, stem, low, high)

    def _bind(self, name: str, stem: str, low: int, high: int) -> str:
        return self.script.bind(name, getattr(self, stem)[low:high])

    # ---- forward --------------------------------------------------------------------------------

    def forward(self, loss: Loss) -> None:
        self.fill()
        self.script.add(f"copyto({self.rows('output', 0, self.plan.n_inputs)}, xt)")
        for stage in self.plan.stages:
            if stage.is_product:
                self.multiply(stage)
                continue
            self.pull(stage)
            for segment in stage.segments:
                z, y = (
                    self.rows("total", segment.low, segment.high),
                    self.rows("output", segment.low, segment.high),
                )
                self.script.add(
                    *lines.value_lines(self.script, segment, z, y, "softmax" in loss.stable)
                )
        self._hand_out("y", self.output)
        if loss.stable:
            self._hand_out("z", self.total)
            for group, ends in self.plan.groups_apart:
                z, y = (self.rows(stem, group.low, group.high) for stem in BUFFERS[:2])
                self.script.add(*lines.lead_lines(self.script, ends, z, y))

    def multiply(self, stage: Stage) -> None:
        """A stage of products: column by column their factors' outputs."""
        first, *others = self.plan.factor_columns(stage)
        z, y = (self.rows(stem, stage.low, stage.high) for stem in BUFFERS[:2])
        self._take(first, y)
        self._times(others, y)
        self.script.add(f"copyto({z}, {y})")

    def _take(self, slots: Ints, into: str) -> None:
        take = self.script.bind("output_take", self.output.take)
        self.script.add(f"{take}({self.script.bind('factors', slots)}, 0, {into}, 'clip')")

    def _times(self, columns: list[Ints], into: str) -> None:
        """Multiply these rows by the outputs of some slots."""
        other = self.script.bind("other", np.empty_like(self.script.objects[into]))
        for slots in columns:
            self._take(slots, other)
            self.script.add(f"multiply({into}, {other}, {into})")

    def hand_to_factors(self, stage: Stage) -> None:
        """The blame of products, for each factor times the others, to be added to what it gets else."""
        columns, script = self.plan.factor_columns(stage), self.script
        s, d = (
            self.rows("sensitivity", stage.low, stage.high),
            self.rows("delta", stage.low, stage.high),
        )
        script.add(f"copyto({d}, {s})")
        handed = script.bind("handed", self.handed)
        for at, slots in enumerate(columns):
            blame = script.bind("blame", np.empty_like(script.objects[d]))
            script.add(f"copyto({blame}, {d})")
            self._times(columns[:at] + columns[at + 1 :], blame)
            for turn in in_turns(slots):
                rows = f"{blame}[{script.bind('turn', turn)}]"
                script.add(f"{handed}[{script.bind('factors', slots[turn])}] += {rows}")

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
        source = self.plan.source[self.plan.start[stage.low] : self.plan.start[stage.high]]
        low, high = int(source.min()), int(source.max()) + 1
        fixed = self.plan.n_fixed
        window = self.wires.matrix[stage.low - fixed : stage.high - fixed, low:high]
        pull = self.script.dot(f"pull_{stage.low}", window)
        total = self.rows("total", stage.low, stage.high)
        self.script.add(f"{pull}({self.rows('output', low, high)}, {total})")

    def _hand_out(self, name: str, buffer: np.ndarray) -> None:
        outputs = self.plan.outputs
        if (np.diff(outputs) == 1).all():
            window = buffer[outputs[0] : outputs[-1] + 1]
            self.script.add(f"copyto({name}, {self.script.bind(f'{name}_from', window)})")
        else:
            take = self.script.bind(f"{name}_take", buffer.take)
            self.script.add(f"{take}({self.script.bind('outputs', outputs)}, 0, {name})")

    # ---- backward -------------------------------------------------------------------------------

    def seed(self, loss: Loss) -> None:
        self.seeds = np.empty((self.plan.n_outputs, self.batch), self.wires.dtype)
        s = self.script.bind("seeds", self.seeds)
        self.script.add(*lines.seed_lines(self.script, loss, "y", "t", s))
        for group, ends in self.plan.groups_apart:
            y = self.rows("output", group.low, group.high)
            self.script.add(*lines.rest_seed_lines(self.script, loss, ends, y, s))

    def backward(self, exact: bool) -> None:
        slope = self._common_slope(exact)
        if slope:
            z, y, q = (
                self.rows(stem, self.plan.n_fixed, self.plan.n_neurons) for stem in BUFFERS[:3]
            )
            self.script.add(*lines.slope_lines(self.script, slope, z, y, q))
        factors = {slot for slots in self.plan.factors.values() for slot in slots}
        if factors:
            self.handed = np.zeros_like(self.delta)
            zero = self.script.number(0.0, self.wires.dtype)
            self.script.add(f"copyto({self.script.bind('handed', self.handed)}, {zero})")
        for stage in reversed(self.plan.stages):
            self.push_back(stage)
            self._add_seeds(stage)
            if not factors.isdisjoint(range(stage.low, stage.high)):
                s, handed = (
                    self.rows(stem, stage.low, stage.high) for stem in ("sensitivity", "handed")
                )
                self.script.add(f"add({s}, {handed}, {s})")
            if stage.is_product:
                self.hand_to_factors(stage)
            elif slope:
                q, s, d = (self.rows(stem, stage.low, stage.high) for stem in BUFFERS[2:])
                self.script.add(f"multiply({q}, {s}, {d})")
            else:
                self._deltas(stage, exact)

    def _common_slope(self, exact: bool) -> Formula | None:
        """Where several stages have one activation that bends: all slopes are calculated at once."""
        kinds = {segment.activation for segment in self.plan.segments}
        kind: Any = kinds.pop()
        if kinds or isinstance(kind, (Group, Product)) or len(self.plan.stages) < 2:
            return None
        slope: Formula | None = kind.formula("slope", exact)
        return slope if slope and slope.operations else None

    def _deltas(self, stage: Stage, exact: bool) -> None:
        for segment in stage.segments:
            z, y, _, s, d = (self.rows(stem, segment.low, segment.high) for stem in BUFFERS)
            self.script.add(*lines.delta_lines(self.script, segment, z, y, s, d, exact))

    def push_back(self, stage: Stage) -> None:
        """A stage's sensitivities from all deltas ahead; rows that nobody pulls from stay 0."""
        plan, fixed = self.plan, self.plan.n_fixed
        ahead = plan.ahead[plan.ahead_start[stage.low] : plan.ahead_start[stage.high]]
        s = self.rows("sensitivity", stage.low, stage.high)
        if not len(ahead):
            self.script.add(f"copyto({s}, {self.script.number(0.0, self.wires.dtype)})")
            return
        target = plan.target[ahead]
        low, high = int(target.min()), int(target.max()) + 1
        window = self.wires.matrix[low - fixed : high - fixed, stage.low : stage.high].T
        back = self.script.dot(f"back_{stage.low}", window)
        self.script.add(f"{back}({self.rows('delta', low, high)}, {s})")

    def _add_seeds(self, stage: Stage) -> None:
        """The loss's blame for the outputs in this stage adds to what the links handed back."""
        for index, slot in enumerate(self.plan.outputs.tolist()):
            if stage.low <= slot < stage.high:
                s = self.rows("sensitivity", slot, slot + 1)
                seed = self.rows("seeds", index, index + 1)
                self.script.add(f"add({s}, {seed}, {s})")

    def gradient(self) -> None:
        """delta times output for each link: a product for each panel of rows, then pick."""
        script, plan = self.script, self.plan
        panels = self._panels()
        windows = [self._window(low, high) for low, high in panels]
        sizes = [
            (high - low) * (last - first)
            for (low, high), (first, last) in zip(panels, windows, strict=True)
        ]
        flat = np.empty(sum(sizes), self.wires.dtype)
        pick = np.empty(plan.n_links, np.intp)
        offset = 0
        for (low, high), (first, last), size in zip(panels, windows, sizes, strict=True):
            window = flat[offset : offset + size].reshape(high - low, last - first)
            product = script.dot(f"delta_{low}", self.delta[low:high])
            sources = script.bind(f"sources_{low}", self.output[first:last].T)
            script.add(f"{product}({sources}, {script.bind(f'gradient_{low}', window)})")
            links = slice(plan.start[low], plan.start[high])
            row, column = plan.target[links] - low, plan.source[links] - first
            pick[links] = offset + row * (last - first) + column
            offset += size
        self.collect(script.bind("products", flat), script.bind("pick", pick))

    def collect(self, flat: str, pick: str) -> None:
        """From products to weights: one each, or the sum over the links that share it."""
        script, plan = self.script, self.plan
        gradient = script.bind("gradient", self.wires.gradient)
        if plan.shared:
            summed = script.bind("bincount", np.bincount)
            held = script.bind("held", plan.weight)
            script.add(f"copyto({gradient}, {summed}({held}, {flat}[{pick}], {plan.n_weights}))")
        else:
            take = script.bind("products_take", script.objects[flat].take)
            script.add(f"{take}({pick}, 0, {gradient}, 'clip')")

    def _panels(self) -> list[tuple[int, int]]:
        """Neighbouring stages together, until a panel holds its share of the rows."""
        share = (self.plan.n_neurons - self.plan.n_fixed) / PANELS
        panels: list[tuple[int, int]] = []
        for stage in self.plan.stages:
            if panels and panels[-1][1] - panels[-1][0] + stage.high - stage.low <= share:
                panels[-1] = (panels[-1][0], stage.high)
            else:
                panels.append((stage.low, stage.high))
        starts = self.plan.start
        return [(low, high) for low, high in panels if starts[low] < starts[high]]

    def _window(self, low: int, high: int) -> tuple[int, int]:
        source = self.plan.source[self.plan.start[low] : self.plan.start[high]]
        return int(source.min()), int(source.max()) + 1
