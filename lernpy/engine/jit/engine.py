"""The compiled engine: whole epochs in one loop of machine code, made for this network."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from lernpy.engine.base import Engine, Samples
from lernpy.engine.jit import machine
from lernpy.engine.jit.entries import Entries
from lernpy.engine.jit.formula import CannotWrite
from lernpy.engine.jit.programs import Layout, Part, layout_of, zeros
from lernpy.engine.jit.text import Options
from lernpy.engine.numpy.feed import squashed
from lernpy.engine.numpy.mirror import Mirror
from lernpy.engine.plan import Plan, wiring_of
from lernpy.engine.weights import memories_of, rules_of, write_back
from lernpy.functions import optimizers
from lernpy.weight import FREE

if TYPE_CHECKING:
    from lernpy.network import Network

T = TypeVar("T")


class JitEngine(Engine):
    """Learns and predicts what the network does, compiled by numba.

    What cannot be compiled (an entry of the user's that numba does not take) is left to NumPy, and
    `explanation` says so. The first use of a combination of activations, loss and optimiser takes a few
    seconds (`compile_seconds`); after that it is taken from the user's cache folder.
    """

    name = "jit"

    def __init__(self, network: Network, dtype: Any = "float64") -> None:
        super().__init__(network, dtype)
        self.compile_seconds = 0.0
        self.kept = True  # whether all compiled code so far was found on the disk
        self._learns: tuple[Any, ...] = ()
        self._parts: dict[Options | None, Part] = {}
        self._instead: Mirror | None = None
        self.reason = ""
        self.load()

    @property
    def explanation(self) -> str:
        if self._instead is not None:
            return f"{self._instead.explanation} (jit: {self.reason})"
        how = "from the cache" if self.kept else "compiled"
        took = f", {how} in {self.compile_seconds:.1f} s" if self.compile_seconds else ""
        return f"jit, {self.layout.what}: {self.plan.n_weights} weights{took}"

    @property
    def gradients(self) -> np.ndarray:
        if self._instead is not None:
            return self._instead.gradients
        return np.asarray(self._gradient[self.layout.place], float)

    @property
    def values(self) -> np.ndarray:
        return self.w if self._instead is None else self._instead.values

    # ---- in and out -----------------------------------------------------------------------------

    def _load(self) -> None:
        learns = self.network.loss, self.network.optimizer, wiring_of(self.network)
        if learns != self._learns:
            self._plan(learns)
        if self._instead is not None:
            self._instead.load()
            return
        self._load_values()
        self._load_rules()

    def _plan(self, learns: tuple[Any, ...]) -> None:
        network = self.network
        self._learns = learns
        self.plan = Plan.of(network)
        self._parts = {}
        self._instead, self.reason, self._moved = None, "", False
        maths = machine.maths()
        self.entries = Entries(network.loss, network.optimizer, self.plan.n_outputs, maths)
        found = layout_of(self.plan, self.entries, self.dtype)
        if found is None:
            self._leave("an input that is an output is calculated by numpy")
        else:
            self.layout: Layout = found

    def _leave(self, reason: str) -> None:
        """What cannot be compiled is left to NumPy, which goes on with the numbers as they are now."""
        weights = self.network.weights
        before = [(weight.value, weight.memory) for weight in weights]
        self.store()
        self.reason, self._instead = reason, Mirror(self.network, self.dtype)
        self._instead.weights.moved = self._moved
        for weight, (value, memory) in zip(weights, before, strict=True):
            weight.value, weight.memory = value, memory

    def _load_values(self) -> None:
        place, size = self.layout.place, self.layout.size
        self.w = zeros(size, self.dtype)
        self.w[place] = [weight.value for weight in self.plan.weights]
        self._gradient = zeros(size, self.dtype)
        memories, self._fresh = memories_of(self.plan.weights, self.network.optimizer)
        start = self.network.optimizer.memory(0.0)
        self.m = zeros((len(start), size), self.dtype)
        self.m[:] = np.array(start)[:, None]
        self.m[:, place] = memories
        self._moved = False

    def _load_rules(self) -> None:
        place, size = self.layout.place, self.layout.size
        rules = rules_of(self.plan.weights)
        self._ruled = rules is not None
        self._rules = np.zeros((4, size if self._ruled else 0))
        if rules is not None:
            self._rules[:] = np.array(FREE)[:, None]
            self._rules[:, place] = rules
        self._regularised = bool(self.network.l1 or self.network.l2)
        self._penalised = np.zeros(size if self._regularised else 0)
        if self._regularised:
            self._penalised[place] = self.plan.penalised

    def store(self) -> None:
        if self._instead is not None:
            self._instead.store()
        elif self._moved:
            place = self.layout.place
            write_back(self.plan.weights, self.w[place].tolist(), self.m[:, place].tolist())

    # ---- learning -------------------------------------------------------------------------------

    def _run_batch(self, samples: Samples, rate: float) -> float:
        count = len(samples.targets)
        order, rates = np.arange(count)[None], np.array([rate])

        def compiled() -> float:
            return float(self._run(self._arrays(samples, order, count, rates), at_once=False)[0])

        return self._either(compiled, lambda mirror: mirror._run_batch(samples, rate))

    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        return self._either(
            lambda: self._run(self._arrays(samples, orders, size, rates), at_once=True),
            lambda mirror: mirror._run_epochs(samples, orders, size, rates),
        )

    def _either(self, compiled: Callable[[], T], instead: Callable[[Mirror], T]) -> T:
        """By compiled code; once that cannot be made, by NumPy."""
        if self._instead is None:
            try:
                return compiled()
            except CannotWrite as reason:
                self._leave(str(reason))
        assert self._instead is not None
        return instead(self._instead)

    def _arrays(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> list[Any]:
        """The first arguments of compiled code."""
        x, t = self._inputs(samples.inputs), np.ascontiguousarray(samples.targets, self.dtype)
        weighed = np.ones(len(t)) if samples.sample_weight is None else samples.sample_weight
        numbers = np.ascontiguousarray(weighed), np.ascontiguousarray(orders, np.int64)
        return [x, t, *numbers, size, np.ascontiguousarray(rates)]

    def _inputs(self, inputs: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(squashed(self.plan, inputs), self.dtype)

    def _run(self, arrays: list[Any], at_once: bool) -> np.ndarray:
        """The losses of epochs; `at_once`: each sample's update may go straight into the weights."""
        run, rest = self._learner(arrays, at_once)
        rates = arrays[-1]
        if self._fresh.any() and len(self.m):
            start = np.array(self.network.optimizer.memory(float(rates[0])))[:, None]
            self.m[:, self.layout.place[self._fresh]] = start
        self._fresh[:] = False
        self._moved = True
        losses = np.zeros(len(rates))
        run(*self._arguments(arrays, losses), *rest)
        return losses

    def _arguments(
        self, arrays: list[Any], losses: np.ndarray, pull: tuple[float, float] | None = None
    ) -> tuple[Any, ...]:
        options = np.array([*self.network.optimizer.options.values(), 0.0], float)
        l1, l2 = pull or (float(self.network.l1), float(self.network.l2))
        how = (self._rules, self._penalised, l1, l2, options)
        return (*arrays, self.w, self.m, *how, self._gradient, losses, self.entries.share)

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
        except Exception as error:
            raise refusal(error, self.entries) from None
        self.compile_seconds += time.perf_counter() - start
        return function, rest

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        return self._either(
            lambda: self._answers(self._inputs(inputs)), lambda mirror: mirror._outputs(inputs)
        )

    def _answers(self, x: np.ndarray) -> np.ndarray:
        order = np.arange(len(x))
        answers = np.empty((len(x), self.plan.n_outputs))
        if None not in self._parts:
            self._parts[None] = self._compiled(lambda: self._answerer(answers), (x, order, self.w))
        function, rest = self._parts[None]
        function(x, order, self.w, *rest[:-1], answers)
        return answers

    def _mean_loss(self, samples: Samples) -> float:
        return self._either(
            lambda: self._loss_alone(samples), lambda mirror: mirror._mean_loss(samples)
        )

    def _loss_alone(self, samples: Samples) -> float:
        """The loss of one batch whose update is not kept."""
        count = len(samples.targets)
        arrays = self._arrays(samples, np.arange(count)[None], count, np.zeros(1))
        function, rest = self._learner(arrays, at_once=False)
        kept = self.w.copy(), self.m.copy(), self._gradient.copy()
        losses = np.zeros(1)
        function(*self._arguments(arrays, losses, (0.0, 0.0)), *rest)
        self.w[:], self.m[:], self._gradient[:] = kept
        return float(losses[0])

    def _answerer(self, answers: np.ndarray) -> Part:
        function, rest = self.layout.answerer()
        return function, (*rest, answers)


def refusal(error: Exception, entries: Entries) -> Exception:
    """What to raise for it: numba has many ways of saying no to what a user wrote."""
    if not (entries.own or isinstance(error, machine.CannotCompile)):
        return error
    suspects = dict.fromkeys(name.split("_", 1)[1] for name in entries.own)
    return CannotWrite(f"numba cannot compile {', '.join(suspects) or 'this network'}")
