"""The compiled engine: whole epochs in one loop of machine code, made for this network."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.engine.feed import table
from lernpy.engine.jit import machine
from lernpy.engine.jit.entries import Entries
from lernpy.engine.jit.formula import CannotWrite
from lernpy.engine.jit.layout import Layout, Part, layout_of
from lernpy.engine.jit.text import Options
from lernpy.engine.mirror import Mirror
from lernpy.engine.plan import Plan, wiring_of
from lernpy.errors import LernpyError, ShapeError
from lernpy.functions import optimizers
from lernpy.weight import FREE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.network import Network


class JitEngine:
    """Learns and predicts what the network does, compiled by numba.

    What cannot be compiled (an entry of the user's that numba does not take) is left to NumPy, and
    `explanation` says so. The first use of a combination of activations, loss and optimiser takes a few
    seconds (`compile_seconds`); after that it is taken from the user's cache folder. The interface is
    that of `lernpy.Mirror`.
    """

    name = "jit"

    def __init__(self, network: Network, dtype: Any = "float64") -> None:
        self.network = network
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float64, np.float32):
            raise LernpyError(f"a mirror calculates in float64 or float32, not in {self.dtype}")
        self.compile_seconds = 0.0
        self.kept = True  # whether all compiled code so far was found on the disk
        self._version = -1
        self._parts: dict[Options | None, Part] = {}
        self._instead: Mirror | None = None
        self._reason = ""
        self.load()

    @property
    def explanation(self) -> str:
        """What this engine makes of the network, and what compiling took."""
        if self._instead is not None:
            return f"{self._instead.explanation} (jit: {self._reason})"
        how = "from the cache" if self.kept else "compiled"
        took = f", {how} in {self.compile_seconds:.1f} s" if self.compile_seconds else ""
        return f"jit, {self.layout.what}: {self.plan.n_weights} weights{took}"

    @property
    def gradients(self) -> np.ndarray:
        """(n_weights,), the mean blame of each weight in the last `learn_batch`, penalty left out."""
        if self._instead is not None:
            return self._instead.gradients
        return np.asarray(self._gradient[self.layout.place], float)

    @property
    def values(self) -> np.ndarray:
        """All weights as they are now, in an order of the engine's own."""
        return self.w if self._instead is None else self._instead.values

    # ---- in and out -----------------------------------------------------------------------------

    def load(self) -> None:
        """Take over the network's numbers and how it learns; compile anew if its wiring changed."""
        network = self.network
        learns = self._learns_by()
        if self._version != network.version or learns != self._learns:
            self._plan(learns)
        if self._instead is not None:
            self._instead.load()
            return
        self._load_values()
        self._load_rules()

    def _learns_by(self) -> tuple[Any, ...]:
        return self.network.loss, self.network.optimizer, wiring_of(self.network)

    def _plan(self, learns: tuple[Any, ...]) -> None:
        network = self.network
        self._version, self._learns = network.version, learns
        self.plan = Plan.of(network)
        self._parts = {}
        self._instead = None
        scalars = machine.scalars()
        self.entries = Entries(network.loss, network.optimizer, self.plan.n_outputs, scalars)
        found = layout_of(self.plan, self.entries, self.dtype)
        if found is None:
            self._leave("an input that is an output is calculated by numpy")
        else:
            self.layout: Layout = found

    def _leave(self, reason: str) -> None:
        """What cannot be compiled is left to NumPy."""
        self._reason = reason
        self._instead = Mirror(self.network, self.dtype)

    def _load_values(self) -> None:
        place, size = self.layout.place, self.layout.size
        self.w = np.zeros(size, self.dtype)
        self.w[place] = [weight.value for weight in self.plan.weights]
        self._gradient = np.zeros(size, self.dtype)
        memories = [weight.memory for weight in self.plan.weights]
        self._fresh = np.array([not memory for memory in memories])
        start = self.network.optimizer.memory(0.0)
        self.m = np.zeros((len(start), size), self.dtype)
        self.m[:] = np.array(start)[:, None]
        if start:
            self.m[:, place] = np.array([memory or start for memory in memories]).T
        self._moved = False

    def _load_rules(self) -> None:
        place, size = self.layout.place, self.layout.size
        rules = [weight.rule for weight in self.plan.weights]
        self._ruled = any(rule is not FREE and rule != FREE for rule in rules)
        self._frozen = np.array([rule.frozen for rule in rules], bool)
        self._rules = np.zeros((4, size if self._ruled else 0))
        if self._ruled:
            self._rules[:] = np.array([0.0, 1.0, -np.inf, np.inf])[:, None]
            self._rules[:, place] = np.array([list(map(float, rule)) for rule in rules]).T
        self._regularised = bool(self.network.l1 or self.network.l2)
        self._penalised = np.zeros(size if self._regularised else 0)
        if self._regularised:
            self._penalised[place] = self.plan.penalised

    def store(self) -> None:
        """Write values and memories back into the network's weights."""
        if self._instead is not None:
            self._instead.store()
        elif self._moved:
            place = self.layout.place
            columns = self.m[:, place].tolist()
            memories = zip(*columns, strict=True) if columns else repeat(())
            values = self.w[place].tolist()
            frozen = self._frozen.tolist()
            for weight, value, memory, stays in zip(  # `memories` may go on for ever
                self.plan.weights, values, memories, frozen, strict=False
            ):
                if not stays:
                    weight.value, weight.memory = value, memory

    # ---- learning -------------------------------------------------------------------------------

    def learn_batch(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        importance: ArrayLike | None = None,
        rate: float | None = None,
    ) -> float:
        """One update from several samples: see `Network.learn_batch`. Then `gradients` can be read."""
        count = len(table("input", self.plan.n_inputs, inputs))
        rate = self.network.learning_rate if rate is None else rate
        order = np.arange(count)[None]
        return float(self._learn(inputs, targets, order, count, [rate], importance, False)[0])

    def learn_epochs(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        orders: np.ndarray,
        batch_size: int,
        rates: ArrayLike,
        importance: ArrayLike | None = None,
    ) -> np.ndarray:
        """Many epochs in one go: see `Mirror.learn_epochs`."""
        return self._learn(inputs, targets, orders, batch_size, rates, importance, True)

    def _learn(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        orders: np.ndarray,
        batch: int,
        rates: ArrayLike,
        importance: ArrayLike | None,
        at_once: bool,
    ) -> np.ndarray:
        if self._instead is None:
            arrays = self._arrays(inputs, targets, orders, batch, rates, importance)
            try:
                part = self._learner(arrays, at_once)
                return self._run(part, arrays)
            except CannotWrite as reason:
                self._leave(str(reason))
        assert self._instead is not None
        if at_once:
            return self._instead.learn_epochs(inputs, targets, orders, batch, rates, importance)
        rate = float(np.asarray(rates)[0])
        return np.array([self._instead.learn_batch(inputs, targets, importance, rate)])

    def _arrays(
        self, inputs: Any, targets: Any, orders: Any, batch: int, rates: Any, importance: Any
    ) -> list[Any]:
        x, t = self._inputs(inputs), self._table("output", self.plan.n_outputs, targets)
        if len(x) != len(t):
            raise ShapeError(f"there are {len(x)} samples, but {len(t)} targets; give each its own")
        if not len(x):
            raise ShapeError("the batch is empty; give it at least one sample")
        weighed = np.ones(len(x)) if importance is None else np.ascontiguousarray(importance, float)
        if weighed.shape != (len(x),):
            raise ShapeError(f"there are {len(x)} samples, but {weighed.size} importances")
        orders = np.ascontiguousarray(orders, np.int64)
        if orders.size and not (orders.min() >= 0 and orders.max() < len(x)):
            raise ShapeError(f"an order names samples beyond the {len(x)} that there are")
        rates = np.ascontiguousarray(rates, float)
        return [x, t, weighed, orders, max(1, min(int(batch), orders.shape[1])), rates]

    def _inputs(self, values: Any) -> np.ndarray:
        x = self._table("input", self.plan.n_inputs, values)
        runs = [run for run in self.plan.input_runs if run.activation.name != "identity"]
        if runs:
            x = x.copy()
        for run in runs:
            part = x[:, run.low : run.high].astype(float)
            x[:, run.low : run.high] = run.activation.over(np)[0](part)  # type: ignore[union-attr]
        return x

    def _table(self, kind: str, width: int, values: Any) -> np.ndarray:
        return np.ascontiguousarray(table(kind, width, values), self.dtype)

    def _run(self, part: Part, arrays: list[Any]) -> np.ndarray:
        rates = arrays[5]
        if self._fresh.any() and len(self.m) and len(rates):
            start = np.array(self.network.optimizer.memory(float(rates[0])))[:, None]
            self.m[:, self.layout.place[self._fresh]] = start
        self._fresh[:] = False
        self._moved = True
        losses = np.zeros(len(rates))
        run, rest = part
        run(*self._arguments(arrays, losses), *rest)
        return losses

    def _arguments(
        self, arrays: list[Any], losses: np.ndarray, pull: tuple[float, float] | None = None
    ) -> tuple[Any, ...]:
        options = np.array([*self.network.optimizer.options.values(), 0.0], float)
        pull = pull or (float(self.network.l1), float(self.network.l2))
        rest: tuple[Any, ...] = (
            self._rules,
            self._penalised,
            *pull,
            options,
            self._gradient,
            losses,
        )
        rest = (*rest, self.entries.share)
        return (*arrays, self.w, self.m, *rest)

    def _learner(self, arrays: list[Any], at_once: bool) -> Part:
        """The variant for this batch size, compiled (or found on the disk) at its first use."""
        plain = self.network.optimizer.factory is optimizers.sgd.factory
        plain = plain and not (self._ruled or self._regularised)
        chosen = self.layout.options(arrays[4] if at_once else max(2, arrays[4]), plain)
        options = Options(ruled=self._ruled, regularised=self._regularised, **chosen)
        if options not in self._parts:
            arguments = self._arguments(arrays, np.zeros(0))
            self._parts[options] = self._compiled(lambda: self.layout.learner(options), arguments)
        return self._parts[options]

    def _compiled(self, make: Callable[[], Part], arguments: tuple[Any, ...]) -> Part:
        start = time.perf_counter()
        try:
            function, rest = make()
            self.kept &= machine.prepare(function, (*arguments, *rest))
        except Exception as error:  # numba has many ways of saying no to what a user wrote
            if not (self.entries.own or isinstance(error, machine.CannotCompile)):
                raise
            raise CannotWrite(f"numba cannot compile {self._suspects()}") from None
        self.compile_seconds += time.perf_counter() - start
        return function, rest

    def _suspects(self) -> str:
        """The entries that were to be compiled as they are."""
        return ", ".join(name.split("_", 1)[1] for name in self.entries.own) or "this network"

    # ---- asking ---------------------------------------------------------------------------------

    def predict(self, inputs: ArrayLike) -> np.ndarray:
        """Outputs for a batch of samples: see `Network.predict`."""
        if self._instead is None:
            try:
                return self._answer(self._inputs(inputs))
            except CannotWrite as reason:
                self._leave(str(reason))
        assert self._instead is not None
        return self._instead.predict(inputs)

    def _answer(self, x: np.ndarray) -> np.ndarray:
        order = np.arange(len(x))
        answers = np.empty((len(x), self.plan.n_outputs))
        if None not in self._parts:
            self._parts[None] = self._compiled(lambda: self._answerer(answers), (x, order, self.w))
        function, rest = self._parts[None]
        function(x, order, self.w, *rest[:-1], answers)
        return answers

    def loss_of(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """The mean loss over the samples, penalty left out: that of one batch, whose update is not kept."""
        if self._instead is None:
            count = len(table("input", self.plan.n_inputs, inputs))
            arrays = self._arrays(inputs, targets, np.arange(count)[None], count, [0.0], None)
            try:
                function, rest = self._learner(arrays, False)
                kept = self.w.copy(), self.m.copy(), self._gradient.copy()
                losses = np.zeros(1)
                function(*self._arguments(arrays, losses, (0.0, 0.0)), *rest)
                self.w[:], self.m[:], self._gradient[:] = kept
                return float(losses[0])
            except CannotWrite as reason:
                self._leave(str(reason))
        assert self._instead is not None
        return self._instead.loss_of(inputs, targets)

    def _answerer(self, answers: np.ndarray) -> Part:
        function, rest = self.layout.answerer()
        return function, (*rest, answers)

    def __repr__(self) -> str:
        return f"<mirror ({self.explanation}) of {self.network!r}>"
