"""The compiled engine: whole epochs in one loop of machine code, made for this network."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from lernpy.engine.aligned import aligned
from lernpy.engine.base import Engine, Samples
from lernpy.engine.calls import by_call, not_portable
from lernpy.engine.jit import kernels, machine
from lernpy.engine.jit.entries import CannotWrite, Entries
from lernpy.engine.jit.layouts import Answerer, Arrangement, Learner, layout_of
from lernpy.engine.jit.printed import Variant
from lernpy.engine.numpy.feed import bent, squashed
from lernpy.engine.numpy.mirror import Mirror
from lernpy.engine.plan import Plan, wiring_of
from lernpy.engine.weights import memories_of, rules_of, write_back
from lernpy.weight import FREE

if TYPE_CHECKING:
    from lernpy.network import Network

T = TypeVar("T")


def or_by_numpy(method: Callable[..., T]) -> Callable[..., T]:
    """By compiled code; once that cannot be made, by the method of the same name of the mirror."""

    @wraps(method)
    def run(self: JitEngine, *args: Any) -> T:
        if self._instead is None:
            try:
                return method(self, *args)
            except CannotWrite as reason:
                self._leave(str(reason))
        result: T = getattr(self._instead, method.__name__)(*args)
        return result

    return run


class JitEngine(Engine):
    """Learns and predicts what the network does, compiled by numba.

    What cannot be compiled (an entry of the user's that numba does not take) is left to NumPy, and
    `explanation` says so. The first use of a combination of activations, loss and optimiser takes a few
    seconds (`compile_seconds`); after that it is taken from the user's cache folder.
    """

    name = "jit"

    def __init__(self, network: Network, dtype: Any = "float64") -> None:
        self.compile_seconds = 0.0
        self.kept = True  # whether all compiled code so far came from the disk
        self._learns: tuple[Any, ...] = ()
        self._learners: dict[Variant, Learner] = {}
        self._loaded: dict[Variant, Learner] = {}  # the same with the weights that were loaded
        self._answerer: Answerer | None = None
        self._instead: Mirror | None = None
        self.reason = ""
        super().__init__(network, dtype)

    @property
    def explanation(self) -> str:
        if self._instead is not None:
            return f"{self._instead.explanation} (jit: {self.reason})"
        how = "from the cache" if self.kept else "compiled"
        took = f", {how} in {self.compile_seconds:.1f} s" if self.compile_seconds else ""
        what = f"jit, {self.layout.what}: {self.plan.n_weights} weights{took}"
        promise = "" if self.entries.portable else not_portable(self.network)
        return f"{what}{by_call(self.network)}{promise}"

    @property
    def gradients(self) -> np.ndarray:
        if self._instead is not None:
            return self._instead.gradients
        return np.asarray(self._gradient[self.layout.index], float)

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
        self._loaded.clear()

    def _plan(self, learns: tuple[Any, ...]) -> None:
        network = self.network
        self._learns = learns
        self.plan = Plan.of(network)
        self._learners, self._answerer = {}, None
        self._instead, self.reason, self._moved = None, "", False
        rules = network.loss, network.optimizer
        exact = (
            network.maths == "portable"
            and self.dtype == float
            and not bent(self.plan.input_segments)
        )
        self.entries = Entries(*rules, self.plan.n_outputs, exact)
        layout = layout_of(self.plan, self.entries, self.dtype)
        if layout is None:
            self._leave("an input that is an output is calculated by numpy")
        else:
            self.layout: Arrangement = layout

    def _leave(self, reason: str) -> None:
        """What cannot be compiled is left to NumPy, which goes on with the numbers as they are now."""
        weights = self.network.weights
        before = [(weight.value, weight.memory) for weight in weights]
        self._store()
        self.reason, self._instead = reason, Mirror(self.network, self.dtype)
        self._instead.weights.moved = self._moved
        for weight, (value, memory) in zip(weights, before, strict=True):
            weight.value, weight.memory = value, memory

    def _load_values(self) -> None:
        index, size = self.layout.index, self.layout.size
        self.w = aligned(size, self.dtype)
        self.w[index] = [weight.value for weight in self.plan.weights]
        self._gradient = aligned(size, self.dtype)
        memories, self._fresh = memories_of(self.plan.weights, self.network.optimizer)
        start = self.network.optimizer.memory(0.0)
        self.m = aligned((len(start), size), self.dtype)
        self.m[:] = np.array(start)[:, None]
        self.m[:, index] = memories
        self._moved = False

    def _load_rules(self) -> None:
        index, size = self.layout.index, self.layout.size
        rules = rules_of(self.plan.weights)
        self._ruled = rules is not None
        self._rules = np.zeros((4, size if self._ruled else 0))
        if rules is not None:
            self._rules[:] = np.array(FREE)[:, None]
            self._rules[:, index] = rules
        self._regularised = bool(self.network.l1 or self.network.l2)
        self._penalised = np.zeros(size if self._regularised else 0)
        if self._regularised:
            self._penalised[index] = self.plan.penalised

    def _store(self) -> None:
        if self._instead is not None:
            self._instead._store()
        elif self._moved:
            index = self.layout.index
            write_back(self.plan.weights, self.w[index].tolist(), self.m[:, index].tolist())

    # ---- learning -------------------------------------------------------------------------------

    @or_by_numpy
    def _run_batch(self, samples: Samples, rate: float) -> float:
        order = np.arange(len(samples.targets))[None]
        data = self._lessons(samples, order, len(order[0]), np.array([rate]))
        return float(self._run(data, at_once=False)[0])

    @or_by_numpy
    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        return self._run(self._lessons(samples, orders, size, rates), at_once=True)

    def _lessons(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> kernels.Curriculum:
        x, t = self._inputs(samples.inputs), np.ascontiguousarray(samples.targets, self.dtype)
        weighed = samples.sample_weight
        weighed = np.ones(len(t)) if weighed is None else np.ascontiguousarray(weighed)
        orders = np.ascontiguousarray(orders, np.int64)
        rates, losses = np.ascontiguousarray(rates), np.zeros(len(rates))
        n_epochs, n = orders.shape
        return kernels.Curriculum(x, t, weighed, orders, n_epochs, n, size, rates, losses)

    def _inputs(self, inputs: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(squashed(self.plan, inputs), self.dtype)

    def _run(self, data: kernels.Curriculum, at_once: bool) -> np.ndarray:
        """The losses of epochs; `at_once`: each sample's update may go straight into the weights."""
        options = self._options(data, at_once)
        learn = self._loaded.get(options)
        if learn is None:
            weights = self._weights(float(self.network.l1), float(self.network.l2))
            learn = self._loaded[options] = self._learner(options).ending(*weights)
        if not self._moved and len(self.m):  # the first step of some weight, perhaps
            start = np.array(self.network.optimizer.memory(float(data.rates[0])))[:, None]
            self.m[:, self.layout.index[self._fresh]] = start
        self._moved = True
        learn(*data)
        self._gradient /= data.n - (data.n - 1) // data.batch * data.batch  # the last batch's size
        return data.losses

    def _weights(self, l1: float, l2: float) -> kernels.Moves:
        options = np.array([*self.network.optimizer.options.values(), 0.0], float)
        how = self._rules, self._penalised, l1, l2, options
        return kernels.Moves(self.w, len(self.w), self.m, *how, self._gradient)

    def _options(self, data: kernels.Curriculum, at_once: bool) -> Variant:
        """The variant for such inputs and this batch size."""
        plain = self.network.optimizer.is_plain and not (self._ruled or self._regularised)
        chosen = self.layout.options(data.batch if at_once else max(2, data.batch), plain, data.X)
        return Variant(ruled=self._ruled, regularised=self._regularised, **chosen)

    def _learner(self, options: Variant) -> Learner:
        """Compiled (or found on the disk) at its first use."""
        if options not in self._learners:
            self._learners[options] = self._compiled(lambda: self.layout.learner(options))
        return self._learners[options]

    def _compiled(self, make: Callable[[], T]) -> T:
        start, before = time.perf_counter(), machine.compilations()
        try:
            function = make()
        except Exception as error:
            raise refusal(error, self.entries) from None
        self.kept &= machine.compilations() == before
        self.compile_seconds += time.perf_counter() - start
        return function

    # ---- asking ---------------------------------------------------------------------------------

    @or_by_numpy
    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        if self._answerer is None:
            self._answerer = self._compiled(self.layout.answerer)
        x, answers = self._inputs(inputs), np.empty((len(inputs), self.plan.n_outputs))
        self._answerer(x, np.arange(len(x)), len(x), self.w, answers)
        return answers

    @or_by_numpy
    def _mean_loss(self, samples: Samples) -> float:
        """The loss of one batch whose update is not kept."""
        order = np.arange(len(samples.targets))[None]
        data = self._lessons(samples, order, len(order[0]), np.zeros(1))
        learn = self._learner(self._options(data, at_once=False))
        before = self.w.copy(), self.m.copy(), self._gradient.copy()
        learn(*data, *self._weights(0.0, 0.0))
        self.w[:], self.m[:], self._gradient[:] = before
        return float(data.losses[0])


def refusal(error: Exception, entries: Entries) -> Exception:
    """What to raise for it: numba has many ways of saying no to what a user wrote."""
    if not (entries.own or isinstance(error, machine.CannotCompile)):
        return error
    suspects = dict.fromkeys(name.split("_", 1)[1] for name in entries.own)
    return CannotWrite(f"numba cannot compile {', '.join(suspects) or 'this network'}")
