"""The mirror: the network's own maths on NumPy arrays, many samples at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy.checks import whole
from lernpy.engine import blas, choose
from lernpy.engine.arrays.backend import NUMPY
from lernpy.engine.arrays.passes import Buffers, Passes
from lernpy.engine.base import Engine, Samples, quietly, sample_table, vector
from lernpy.engine.calls import by_call, not_portable
from lernpy.engine.numpy.feed import Feed, squashed
from lernpy.engine.numpy.layers import Layers
from lernpy.engine.numpy.program import Program
from lernpy.engine.numpy.sparse import Sparse, is_sparse
from lernpy.engine.numpy.wires import Wires
from lernpy.engine.plan import Plan, wiring_of
from lernpy.engine.weights import Weights
from lernpy.errors import ShapeError
from lernpy.text import counted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


USUAL_BATCH = 32  # what the explanation assumes until it is known
MOST_PROGRAMS = 8
MOST_PREDICTED = 1 << 17  # numbers in the widest buffer of one block of predictions


def form_for(plan: Plan) -> type[Layers] | type[Wires]:
    """How to calculate: in layers, with one matrix for all, or link by link."""
    return Layers if plan.layers else Sparse if is_sparse(plan) else Wires


class Mirror(Engine):
    """Learns and predicts what the network learns and predicts, at array speed.

    Between `load` and `store` the mirror's numbers run ahead of the network's.

    Parameters
    ----------
    network : mirrored as it stands; `load` takes over what has changed since
    dtype : "float64" or "float32"

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], seed=0)
    >>> mirror = lernpy.Mirror(network)
    >>> loss = mirror.learn_batch([[0, 1], [1, 1]], [[1], [0]])
    >>> loss == network.copy().learn_batch([[0, 1], [1, 1]], [[1], [0]])
    True
    >>> mirror.store()
    """

    name = "numpy"
    _wiring: tuple[Any, ...] = ()
    _learns: tuple[Any, ...] = ()

    @property
    def explanation(self) -> str:
        threads = counted(self.threads, "BLAS thread")
        weights = counted(self.plan.n_weights, "weight")
        return f"numpy, {threads}: {weights}{by_call(self.network)}{not_portable(self.network)}"

    @property
    def values(self) -> np.ndarray:
        return self.body.values

    @property
    def gradients(self) -> np.ndarray:
        return self._gradients

    # ---- in and out -----------------------------------------------------------------------------

    def _load(self) -> None:
        if self._wiring != wiring_of(self.network):
            self._compile()
        self.weights.load(self.network)
        entry = self.weights.entry
        learns = self.network.loss, entry.is_gentle, self.weights.plain, self._penalised()
        if learns != self._learns:
            self._programs.clear()
        self._learns = learns

    def _compile(self) -> None:
        self.plan = Plan.of(self.network)
        self.body: Layers | Wires = form_for(self.plan)(self.plan, self.dtype)
        self.weights = Weights(self.plan, self.body.order, self.body.values)
        self._gradients = np.zeros(self.plan.n_weights)
        self._programs: dict[tuple[str, int, bool], Program] = {}
        self._passes: Passes | None = None  # of `activity`, once somebody asks for it
        self._learns = ()
        self._wiring = wiring_of(self.network)
        self.threads = choose.blas_threads(self.plan, USUAL_BATCH)

    @contextmanager
    def _calculating(self, batch: int) -> Iterator[None]:
        """As many BLAS threads as pay for such a batch."""
        self.threads = choose.blas_threads(self.plan, batch)
        with blas.threads(self.threads):
            yield

    def _penalised(self) -> bool:
        return bool(self.network.l1 or self.network.l2)

    def _store(self) -> None:
        self.weights.store()

    # ---- learning -------------------------------------------------------------------------------

    def _run_batch(self, samples: Samples, rate: float) -> float:
        order = np.arange(len(samples.targets))[None]
        penalty = self.weights.penalty()
        program = self._program("gradient", order.size, samples.sample_weight is not None)
        with self._calculating(order.size):
            loss = program.run(self._feed(samples), order, rate)[0] + penalty
            self._gradients[self.body.order] = self.body.gradient
            self.weights.begin(rate)
            self.weights.update(self.body.gradient, np.array(rate, self.dtype))
        return float(loss)

    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        feed = self._feed(samples)
        learn = self._uneven if orders.shape[1] % size else self._even
        edges = [0, *(np.flatnonzero(np.diff(rates)) + 1).tolist(), len(rates)]
        losses = []
        with self._calculating(size):
            for first, end in pairwise(edges):  # epochs that follow each other at one rate
                rate = float(rates[first])
                self.weights.begin(rate)
                losses.append(learn(feed, orders[first:end], size, rate))
        return np.concatenate(losses)

    def _even(self, feed: Feed, orders: np.ndarray, size: int, rate: float) -> np.ndarray:
        """Epochs of full batches: all their steps are one run."""
        program = self._program("learn", size, feed.sample_weight is not None)
        losses = program.run(feed, orders.reshape(-1, size), rate)
        means: np.ndarray = losses.reshape(len(orders), -1).mean(axis=1)
        return means

    def _uneven(self, feed: Feed, orders: np.ndarray, size: int, rate: float) -> np.ndarray:
        """Epochs with a short batch at the end; as many as there is room for are gathered at once."""
        count, rest = divmod(orders.shape[1], size)
        weighted = feed.sample_weight is not None
        full = self._program("learn", size, weighted)
        short = self._program("learn", rest, weighted)
        room = min(full.room // count, short.room)
        means = []
        for first in range(0, len(orders), max(room, 1)):
            part = orders[first : first + max(room, 1)]
            batches, last = part[:, :-rest].reshape(-1, size), part[:, -rest:]
            steps = [(full, batches), (short, last)]
            if room:
                losses = self._in_turns(feed, steps, rate)
            else:
                losses = [program.run(feed, rows, rate) for program, rows in steps]
            sums = losses[0].reshape(len(part), -1).sum(axis=1) * size + losses[1] * rest
            means.append(sums / orders.shape[1])
        return np.concatenate(means)

    def _in_turns(
        self, feed: Feed, steps: list[tuple[Program, np.ndarray]], rate: float
    ) -> list[np.ndarray]:
        """Some full steps, then a short one, and so on."""
        for program, rows in steps:
            program.set(rate)
            program.gather(feed, rows)
        (full, batches), (short, last) = steps
        count = len(batches) // len(last)
        for epoch in range(len(last)):
            full.go(epoch * count, (epoch + 1) * count)
            short.go(epoch, epoch + 1)
        return [program.means(feed, rows) for program, rows in steps]

    def _program(self, kind: str, batch: int, weighted: bool) -> Program:
        """Made at the first use; the ones used last are kept."""
        key = kind, batch, weighted
        program = self._programs.pop(key, None)
        if program is None:
            program = Program(self.body, self.weights, self.network.loss, kind, batch, weighted)
        self._programs[key] = program
        if len(self._programs) > MOST_PROGRAMS:
            del self._programs[next(iter(self._programs))]
        return program

    def _feed(self, samples: Samples) -> Feed:
        return Feed(samples, self.plan.input_segments, self.body.ones_in_data, self.dtype)

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        answers = np.empty((len(inputs), self.plan.n_outputs))
        nothing = np.zeros(answers.shape)
        for first, last, program in self._answers(Samples(inputs, nothing, None)):
            answers[first:last] = program.outputs[0].T[: last - first]
        return answers

    def _mean_loss(self, samples: Samples) -> float:
        total = 0.0
        for first, last, program in self._answers(samples):
            total += float(program.each_loss()[:, : last - first].sum())
        return total / len(samples.targets)

    def _answers(self, samples: Samples) -> Iterator[tuple[int, int, Program]]:
        """Block by block: where it begins and ends, and the program that holds its outputs."""
        feed, count = self._feed(samples), len(samples.targets)
        most = max(1, MOST_PREDICTED // self.plan.n_neurons)
        block = 1 << min(max(count - 1, 0).bit_length(), most.bit_length() - 1)
        program = self._program("predict", block, False)
        for first in range(0, count, block):
            with self._calculating(block):  # past the end: the last sample again
                program.answer(feed, np.arange(first, first + block)[None])
                yield first, min(first + block, count), program

    @quietly
    def activity(
        self, inputs: ArrayLike, weights: ArrayLike | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Every neuron's total input and output for a batch of samples.

        Parameters
        ----------
        inputs : (n_samples, n_inputs)
        weights : (n_weights,) in the order of `network.weights`; the network's present ones unless given

        Returns
        -------
        Total inputs and outputs, (n_samples, n_neurons) each, in the order of `network.neurons`. A bias
        has a total input of 0 and puts out 1.

        Raises
        ------
        ShapeError
            If a sample or the vector of weights has the wrong number of values.

        >>> import lernpy
        >>> mirror = lernpy.Mirror(lernpy.build.by_hand())  # x -> h -> y, and a bias -> h
        >>> totals, outputs = mirror.activity([[1], [0]])
        >>> dict(zip(mirror.network.neurons, outputs[0].round(4).tolist()))
        {'x': 1.0, 'h': 0.6792, 'bias': 1.0, 'y': 0.3364}
        >>> mirror.activity([[1]], weights=[0, 0, 0])[1].tolist()
        [[1.0, 0.5, 1.0, 0.5]]
        """
        values = self._row(weights)
        x = sample_table("input", self.plan.n_inputs, inputs)
        if self._passes is None:
            self._passes = Passes(self.plan, NUMPY, self.dtype, fans=is_sparse(self.plan))
        passes = self._passes
        room = Buffers(passes, len(x))
        with self._calculating(len(x)):
            held = values[passes.order].astype(self.dtype)[:, None]
            passes.forward(room, passes.links(held), squashed(self.plan, x).T[..., None])
        room.z[: self.plan.n_inputs, :, 0] = x.T
        slot_of = {neuron: slot for slot, neuron in enumerate(self.plan.neurons)}
        slots = [slot_of[neuron] for neuron in self.network.neurons.values()]
        return room.z[slots, :, 0].T, room.y[slots, :, 0].T

    @quietly
    def loss_with(self, inputs: ArrayLike, targets: ArrayLike, weights: ArrayLike) -> float:
        """The mean loss over the samples with other weights, given as for `activity`; penalty left out.

        >>> import lernpy
        >>> mirror = lernpy.Mirror(lernpy.build.by_hand())
        >>> mirror.loss_with([[1]], [[1]], weights=[0, 0, 0]), mirror.values.tolist()
        (0.125, [0.5, 0.25, -1.0])
        """
        values, own = self._row(weights), self.body.values.copy()
        samples = self._samples(inputs, targets)
        try:
            self.body.values[...] = values[self.body.order]
            return self._mean_loss(samples)
        finally:
            self.body.values[...] = own

    def _row(self, weights: ArrayLike | None) -> np.ndarray:
        """(n_weights,) in the order of `network.weights`; None: the present ones."""
        if self._wiring != wiring_of(self.network):
            self.load()
        values = vector(
            "weight", [w.value for w in self.plan.weights] if weights is None else weights
        )
        if values.shape != (self.plan.n_weights,):
            raise ShapeError(
                f"the network has {counted(self.plan.n_weights, 'weight')}, "
                f"but the vector has {counted(values.size, 'value')}"
            )
        return values

    def program(self, batch: int) -> str:
        """The step of plain learning with so many samples, as the lines of NumPy that it is.

        >>> import lernpy
        >>> print(lernpy.Mirror(lernpy.layered([2, 1], "sigmoid", "identity", seed=0)).program(4))
        def run(turns):
            for x, xt, at, t, y, z, share in turns:
                weights1_dot(xt, z)
                copyto(y, z)
                subtract(y, t, blame1)
                multiply(blame1, share, blame1)
                delta1_dot(x, gradient1)
                subtract(weights, gradients, weights)
        """
        return self._program("learn", whole("number of samples", batch, 1), False).source
