"""A tiny net's lessons as straight lines of Python, without the objects' detours.

Equal, bit for bit, to `Network.learn_batch`: in losses, in weights and in what optimisers remember.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from lernpy.engine.base import Engine, Samples, epoch_mean
from lernpy.engine.calls import by_call
from lernpy.engine.lesson import Lesson, plain_rule
from lernpy.engine.numpy.feed import SMALL
from lernpy.engine.numpy.script import Script
from lernpy.engine.plan import Plan, wiring_of
from lernpy.engine.writer import Writer
from lernpy.errors import LernpyError
from lernpy.functions import moving, portable
from lernpy.functions.maths import scalar
from lernpy.functions.printing.infix import block
from lernpy.functions.printing.python import NAMES, Python
from lernpy.text import counted

if TYPE_CHECKING:
    from lernpy.network import Network

MOST_LINKS = 5000
"""A line for each link, there and back: compiling so many takes about a second."""


class PythonEngine(Engine):
    """Learns as the network does, link by link, in Python's own numbers.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> twin = network.copy()
    >>> engine = PythonEngine(network)
    >>> engine.learn_batch([[0, 1]], [[1]]) == twin.learn([0, 1], [1])
    True
    >>> engine.store()
    >>> [weight.value for weight in network.weights] == [weight.value for weight in twin.weights]
    True
    """

    name = "python"
    kinds = ("float64",)

    @property
    def explanation(self) -> str:
        called = by_call(self.network, in_python=True)
        return f"python, straight lines: {counted(len(self.w), 'weight')}{called}"

    @property
    def values(self) -> np.ndarray:
        return np.array(self.w)

    @property
    def gradients(self) -> np.ndarray:
        return np.array(self.g)

    # ---- in and out -----------------------------------------------------------------------------

    def _load(self) -> None:
        network, weights = self.network, self.network.weights
        if len(network.links) > MOST_LINKS:
            raise LernpyError(
                f"the engine python writes a line for each link, of {MOST_LINKS:,} at most; this network "
                f"has {len(network.links):,}. Take engine='numpy' or 'jit'"
            )
        rules = tuple(weight.rule for weight in weights)
        pulled = bool(network.l1 or network.l2)
        learns = (wiring_of(network), network.loss, network.optimizer, rules, pulled)
        self._lines = Functions.of(network, learns)
        self.w = [float(weight.value) for weight in weights]
        self.g = [0.0] * len(weights)
        start = network.optimizer.memory(0.0)
        self._fresh = [k for k, weight in enumerate(weights) if start and not weight.memory]
        self.m = (
            [number for weight in weights for number in weight.memory or start] if start else []
        )
        self._moved = False

    def _store(self) -> None:
        if not self._moved:
            return
        weights = self.network.weights
        size = len(self.m) // len(weights) if weights else 0
        for index, weight in enumerate(weights):
            if not weight.frozen:
                weight.value = self.w[index]
                weight.memory = tuple(self.m[index * size : (index + 1) * size])

    def _begin(self, rate: float) -> None:
        """A memory that is still empty may depend on the rate."""
        self._moved = True
        if self._fresh:
            start = self.network.optimizer.memory(rate)
            for index in self._fresh:
                self.m[index * len(start) : (index + 1) * len(start)] = start
        self._fresh = []

    # ---- learning -------------------------------------------------------------------------------

    def _run_batch(self, samples: Samples, rate: float) -> float:
        return self._learn("learn", _lists(samples), [range(len(samples.targets))], rate)[0]

    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        data, losses = _lists(samples), []
        for order, rate in zip(orders.tolist(), rates.tolist(), strict=True):
            if size == 1:
                means = self._learn("online", data, order, rate)
            else:
                batches = [order[a : a + size] for a in range(0, len(order), size)]
                means = self._learn("learn", data, batches, rate)
            losses.append(epoch_mean(means, size, len(order)))
        return np.array(losses)

    def _learn(self, kind: str, data: Any, batches: Sequence[Any], rate: float) -> list[float]:
        """The mean loss of each batch, or of each sample."""
        self._begin(rate)
        run = self._lines.function(kind, data[2] is not None)
        l1, l2 = self.network.l1, self.network.l2
        losses: list[float] = run(data, batches, rate, l1, l2, self.w, self.m, self.g)
        return losses

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        answers = self._lines.function("answer")(Lists.of(inputs), self.w)
        return np.array(answers).reshape(-1, len(self.network.outputs))

    def _mean_loss(self, samples: Samples) -> float:
        """By a step of which nothing is kept, and without the penalty."""
        everything = [range(len(samples.targets))]
        data = _lists(samples._replace(sample_weight=None))
        learn = self._lines.function("learn")
        losses = learn(data, everything, 0.0, 0.0, 0.0, [*self.w], [*self.m], [*self.g])
        return float(losses[0])


class PythonWriter(Writer):
    """Plain Python; what cannot be printed is called by a name."""

    def __init__(self, maths: str) -> None:
        super().__init__(Python(portable=maths == "portable"))
        names = portable.namespace() if self.printer.portable else NAMES
        self.script = Script(**names)

    def called(self, entry: Any, which: str) -> str:
        function = getattr(entry, which, None) or entry.stable[which]
        return self.script.once(f"{which}_of_{''.join(filter(str.isalnum, entry.name))}", function)


class Functions:
    """The functions written for one network; each is made when it is asked for.

    ``answer(rows, w)`` gives the outputs for each sample; ``learn(data, batches, rate, l1, l2, w, m, g)``
    the mean loss of each batch, whose update changes weights, memories and gradients in place; ``online``
    is the same for single samples, in `batches` by their indices, and leaves the gradients out.
    """

    @staticmethod
    def of(network: Network, learns: tuple[Any, ...]) -> Functions:
        """Those of a network, kept until it is wired or learns in another way."""
        kept, lines = _lines.get(network, (None, None))
        if lines is None or kept != learns:
            lines = Functions(network, pulled=learns[-1])
            _lines[network] = learns, lines
        return lines

    def __init__(self, network: Network, pulled: bool) -> None:
        self.plan = Plan.of(network)
        self.loss, self.optimizer = network.loss, network.optimizer
        self.maths = network.maths
        self.pulled = self.plan.penalised.tolist() if pulled else [False] * self.plan.n_weights
        self._made: dict[tuple[str, bool], Callable[..., Any]] = {}

    def function(self, kind: str, weighted: bool = False) -> Callable[..., Any]:
        key = kind, weighted
        if key not in self._made:
            writer = PythonWriter(self.maths)
            lesson = Lesson(self.plan, self.loss, writer, weighted=weighted)
            writer.script.lines = (
                self._answer(lesson) if kind == "answer" else self._learn(*key, lesson, writer)
            )
            head = "rows, w" if kind == "answer" else "data, batches, rate, l1, l2, w, m, g"
            self._made[key] = writer.script.function(f"{kind}({head})")
        return self._made[key]

    @property
    def _w(self) -> str:
        return _row(f"w{k}" for k in range(self.plan.n_weights))

    def _memory(self, k: int) -> list[str]:
        return [f"m{k}_{at}" for at in range(len(self.optimizer.memory(0.1)))]

    def _answer(self, lesson: Lesson) -> list[str]:
        x = _row(f"x{slot}" for slot in range(self.plan.n_inputs))
        each = [f"{x} = row", *lesson.forward, f"answers.append(({_row(lesson.outputs)}))"]
        loop = block("for row in rows:", *each)
        return [f"{self._w} = w", "answers = []", *loop, "return answers"]

    def _learn(self, kind: str, weighted: bool, lesson: Lesson, writer: PythonWriter) -> list[str]:
        online = kind == "online"
        sample = [*self._sample(weighted), *writer.lines]
        loss = f"{lesson.loss} + cost" if any(self.pulled) else lesson.loss
        if online:
            moves = self._moves(writer, [self._blame(terms) for terms in lesson.gradients])
            each = [*sample, f"losses.append({loss})", *moves]
        else:
            sums = [f"g{k} = {' + '.join([f'g{k}', *t])}" for k, t in enumerate(lesson.gradients)]
            gradients = [f"g{k} / samples" for k in range(self.plan.n_weights)]
            moves = self._moves(writer, gradients)
            clear = [f"g{k} = 0.0" for k in range(self.plan.n_weights)]
            each = ["samples, each = len(batch), []", *clear]
            each += block("for at in batch:", *sample, f"each.append({loss})", *sums)
            each += ["losses.append(sum(each) / samples)"]
            each += [f"g[:] = {_row(gradients)}", *moves] if gradients else moves
        memory = [name for k in range(self.plan.n_weights) for name in self._memory(k)]
        unpack = [f"{_row(memory)} = m"] if memory else []
        back = [f"m[:] = {_row(memory)}"] if memory else []
        begin = ["x, t, weights = data", f"{self._w} = w", *unpack, "losses = []"]
        head = f"for {'at' if online else 'batch'} in batches:"
        loop = block(head, *self._cost(writer), *each)
        return [*begin, *loop, f"w[:] = {self._w}", *back, "return losses"]

    def _sample(self, weighted: bool) -> list[str]:
        x = _row(f"x{slot}" for slot in range(self.plan.n_inputs))
        t = _row(f"t{index}" for index in range(self.plan.n_outputs))
        return [f"{x} = x[at]", f"{t} = t[at]", *(["weight = weights[at]"] if weighted else [])]

    def _cost(self, writer: PythonWriter) -> list[str]:
        """The penalty, before the update."""
        reached = [f"w{k}" for k, pulled in enumerate(self.pulled) if pulled]
        penalty = writer.script.once("penalty", moving.penalty(scalar)) if reached else ""
        return [f"cost = {penalty}(l1, l2, {', '.join(reached)})"] if reached else []

    def _blame(self, terms: list[str]) -> str:
        """Of one sample; only who remembers it could tell -0.0 from 0.0."""
        zero = ["0.0"] if self.optimizer.memory(0.1) else []
        return " + ".join([*zero, *terms])

    def _moves(self, writer: Writer, gradients: list[str]) -> list[str]:
        """The update of every weight that may move."""
        writer.lines = []
        for k, (weight, gradient) in enumerate(zip(self.plan.weights, gradients, strict=True)):
            if weight.rule.frozen:
                continue
            name, memory = f"w{k}", self._memory(k)
            pull = moving.PENALTY if self.pulled[k] else ()
            after = writer.moved(self.optimizer, name, gradient, memory, pull, plain_rule(weight))
            writer.lines.append(f"{', '.join([name, *memory])} = {', '.join(after)}")
        return writer.lines


_lines: WeakKeyDictionary[Network, tuple[tuple[Any, ...], Functions]] = WeakKeyDictionary()


def _row(names: Iterable[str]) -> str:
    """``a, b, `` as Python packs and unpacks."""
    return "".join(f"{name}, " for name in names).rstrip(" ")


def _lists(samples: Samples) -> tuple[Any, Any, list[float] | None]:
    """Rows and sample weights as Python's numbers."""
    x, t, sample_weight = samples
    return Lists.of(x), Lists.of(t), None if sample_weight is None else sample_weight.tolist()


class Lists:
    """The rows of a large table as lists of Python's numbers, each made when it is asked for."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @classmethod
    def of(cls, values: np.ndarray) -> Any:
        """A small table at once."""
        return values.astype(float).tolist() if values.size <= SMALL else cls(values)

    def __getitem__(self, at: int) -> list[float]:
        row: list[float] = self.values[at].astype(float).tolist()
        return row

    def __iter__(self) -> Iterator[list[float]]:
        return (self[at] for at in range(len(self.values)))
