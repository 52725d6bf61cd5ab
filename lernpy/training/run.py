"""A training run: ask for an epoch and it trains one. To pause, stop asking; to stop, break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any, NoReturn, Unpack

import numpy as np

from lernpy import engine as engines
from lernpy import held, subclasses
from lernpy.build import fresh_seed
from lernpy.checks import Bound, not_negative
from lernpy.errors import LernpyError, TrainingError
from lernpy.functions import schedules
from lernpy.network import Network
from lernpy.samples import check_network
from lernpy.text import visible
from lernpy.training import checkpoint
from lernpy.training.failure import all_finite, first_failure, first_infinite
from lernpy.training.history import Epoch, History
from lernpy.training.metrics import measure
from lernpy.training.patience import Patience, State, restore, unless_refused, weights_of
from lernpy.training.prepare import prepare, refuse_hopeless
from lernpy.training.ranges import check_ranges
from lernpy.training.rows import Rows
from lernpy.training.settings import Options, Settings, checked, with_settings

Numbers = tuple[State, list[dict[str, Any]]]

CHUNK_SECONDS = 0.25  # so long an unwatched run trains between two write-backs
CALM = 1e4  # where no input, weight or loss is larger, nothing that is remembered can overflow
CHUNK_NUMBERS = 4_000_000  # so many sample indices are drawn at once


class Run(Bound):
    """One training run; iterating over it trains and yields an `Epoch` after each epoch.

    Between two epochs the network is the truth: its weights are current, and what is changed there
    (a value, a freeze, a rate, the wiring) holds from the next epoch on.
    """

    instead = "train with checkpoint=folder, and go on with resume=True"

    def __init__(self, network: Network, data: Any, settings: Settings) -> None:
        _check(network)
        self.network = network
        self.settings = settings
        self.seed = fresh_seed() if settings.seed is None else settings.seed
        self.data = prepare(network, data, settings, self.seed)
        check_ranges(network, settings.loss or network.loss, self.data)
        self.checkpoints = (
            None
            if settings.checkpoint is None
            else checkpoint.Checkpoints(settings.checkpoint, settings.resume)
        )
        with unless_refused(network):
            self._start()

    def _start(self) -> None:
        """What is asked of the network stays on it; from here on it can be trained."""
        network, settings = self.network, self.settings
        settings.apply(network)
        network.card = self.data.card
        network.card = replace(self.data.card, training=self.summary)
        with held.sure_of(network):
            self.engine = engines.make(network, settings.engine, settings.dtype, self.batch_size)
        self.rng = np.random.default_rng(self.seed)
        self.patience = Patience(settings.early_stop)
        self.history = History(
            seed=self.seed, engine=self.engine.name, explanation=self.engine.explanation
        )
        inputs = self.data.train[0]
        self.largest = max(float(inputs.max(initial=0)), -float(inputs.min(initial=0)))  # in size
        self._earlier = 0.0  # seconds before a resume
        self._learned: tuple[np.ndarray, np.ndarray] | None = None  # losses, rates: not yet kept
        if settings.resume:
            checkpoint.resume(self)
        self._started = perf_counter()

    # ---- asking -------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Epoch]:
        """Train epoch by epoch. Exhausted, it has restored the best weights if it stopped early."""
        while self._goes_on():
            yield self._train(1)
        self._finish()

    def finish(self) -> History:
        """Train to the end, many epochs at a time where nobody looks."""
        return self._to_the_end(load=True)

    def _to_the_end(self, load: bool) -> History:
        """`load` : whether the network may have changed since the engine was made."""
        try:
            while self._goes_on():
                self._train(self._chunk(), load)
                load = False  # between two chunks nobody looks
            self._finish()
        except KeyboardInterrupt:
            self.interrupt()
        return self.history

    def interrupt(self) -> None:
        """Keep what the last whole epoch has learned and say where it stopped."""
        if self._learned is not None:  # Ctrl-C came while it was being written back
            self._keep()
        self.history.interrupted = True
        self.history.stopped = f"stopped by Ctrl-C after epoch {len(self.history)}"
        self._keep_history()
        if self.checkpoints and self.history.rows:
            self.checkpoints.write(self)

    def _goes_on(self) -> bool:
        limit = self.settings.epochs
        return not self.patience.over and (limit is None or len(self.history) < limit)

    def _finish(self) -> None:
        done, best = len(self.history), self.patience
        self.history.explanation = self.engine.explanation
        kept = f", weights of epoch {best.number} restored" if best.number != done else ""
        if best.over:
            why = f"no better loss for {best.waited} epochs: stopped after epoch {done}"
        else:
            why = f"all {done} epochs done"
        self.history.stopped = why + (kept if best.holds(self.network) else "")
        if self.checkpoints and self.history.rows:
            self.checkpoints.write(self)  # the last epoch's weights: a longer run goes on from them
        best.restore(self.network)
        self._keep_history()

    def _keep_history(self) -> None:
        """On the network's card, so that its file can show how it learned."""
        card = self.network.card
        if self.history.rows and card is not None:
            training = {**card.training, **self.summary, "history": self.history.kept()}
            self.network.card = replace(card, training=training)

    # ---- training -----------------------------------------------------------------------------

    @property
    def summary(self) -> dict[str, Any]:
        """What a file tells of this run."""
        samples = {"samples": len(self.data.train[0])}
        return {**self.settings.as_json(self.network, self.seed), **samples}

    @property
    def batch_size(self) -> int:
        everything = len(self.data.train[0])
        return min(self.settings.batch_size or everything, everything)

    def _chunk(self) -> int:
        """How many epochs may pass before somebody has to look."""
        settings, done = self.settings, len(self.history)
        if self.data.validation or settings.metrics or settings.early_stop is not None:
            return 1
        if done == 0:
            return 1
        row = self.history.rows[-1]
        each = max((row.seconds - self._earlier) / done, 1e-7)
        most = [int(CHUNK_SECONDS / each), CHUNK_NUMBERS // len(self.data.train[0])]
        if settings.epochs is not None:
            most.append(settings.epochs - done)
        if self.checkpoints:
            most.append(settings.every - done % settings.every)
        return max(1, min(most))

    def _train(self, count: int, load: bool = True) -> Epoch:
        """Train `count` epochs, write back, measure; the rows are in the history already."""
        if load:
            self.engine.load()
        drawn = self.rng.bit_generator.state
        try:
            orders, rates = self._orders(count), self._rates(count)
            losses = self._learn(orders, rates)
        except KeyboardInterrupt:
            self.rng.bit_generator.state = drawn  # what was drawn is drawn again after a resume
            raise
        failed = self._first_bad(losses)
        if failed is not None:
            self._fail(failed, orders, rates)
        self._learned = losses, rates
        return self._keep()

    def _keep(self) -> Epoch:
        """Write back what was learned, and note it; may be begun again after Ctrl-C."""
        assert self._learned is not None
        self.engine.store()
        return self._record(*self._learned)

    def _learn(self, orders: np.ndarray, rates: np.ndarray) -> np.ndarray:
        return self.engine.learn_epochs(
            *self.data.train, orders, self.batch_size, rates, self.data.sample_weight
        )

    def _orders(self, count: int) -> np.ndarray:
        """(count, n_samples) the order of the samples in each epoch: the same draws in any engine."""
        orders = np.tile(np.arange(len(self.data.train[0])), (count, 1))
        return self.rng.permuted(orders, axis=1, out=orders) if self.settings.shuffle else orders

    def _rates(self, count: int) -> np.ndarray:
        schedule, done = schedules.get(self.settings.schedule), len(self.history)
        if schedule is schedules.constant:
            return np.full(count, self.network.learning_rate)
        factors = schedules.factors(schedule, done, count, self.settings.epochs or 1)
        return self.network.learning_rate * factors

    def _record(self, losses: np.ndarray, rates: np.ndarray) -> Epoch:
        """Note the epochs, the last of them with all that can be measured now."""
        rows = self.rows
        before = rows[-1].seconds if rows else self._earlier
        seconds = self._earlier + perf_counter() - self._started
        times = np.linspace(before, seconds, len(losses) + 1)[1:]
        numbers = {"rate": float(rates[-1]), "seconds": float(times[-1]), **self._measured()}
        rows.add(len(rows) + 1, losses[:-1], rates[:-1], times[:-1])
        row = Epoch(len(rows) + 1, float(losses[-1]), **numbers)
        rows.append(row)
        self._learned = None
        self.patience.look(self.network, row)
        if self.checkpoints and row.number % self.settings.every == 0:
            self.checkpoints.write(self)
        return row

    @property
    def rows(self) -> Rows:
        """The epochs so far."""
        if not isinstance(self.history.rows, Rows):  # somebody put a list there
            self.history.rows = Rows(self.history.rows)
        return self.history.rows

    def _measured(self) -> dict[str, Any]:
        """Validation loss and the metrics of the weights as they are now."""
        measured: dict[str, Any] = {}
        if self.settings.metrics:
            measured["accuracy"], measured["r2"] = self._judged(*self.data.train)
        if self.data.validation:
            inputs, targets = self.data.validation
            measured["validation_loss"] = self.engine.loss_of(inputs, targets)
            measured["validation_accuracy"], measured["validation_r2"] = self._judged(
                inputs, targets
            )
        return measured

    def _judged(self, inputs: np.ndarray, targets: np.ndarray) -> tuple[float | None, float | None]:
        card = self.data.card
        return measure(card, *card.judged(inputs, self.engine.predict(inputs), targets))

    # ---- when numbers blow up -----------------------------------------------------------------

    def _first_bad(self, losses: np.ndarray) -> int | None:
        """The first of these epochs whose loss is not finite; the last, where only weights are not."""
        bad = np.flatnonzero(~np.isfinite(losses))
        if len(bad):
            return int(bad[0])
        values = self.engine.values
        largest = max(np.abs(values).max(initial=0), np.abs(losses).max(), self.largest)
        if np.isfinite(values).all() and (largest < CALM or self._remembers_finite()):
            return None
        return len(losses) - 1

    def _remembers_finite(self) -> bool:
        """Whether what the optimiser remembers is finite, too; writes back and takes it back."""
        start = self._numbers()
        self.engine.store()
        finite = all_finite(self.network)
        self._put_back(*start)
        return finite

    def _fail(self, index: int, orders: np.ndarray, rates: np.ndarray) -> NoReturn:
        """Keep the last finite epoch's weights, find out what broke, and stop."""
        index = self._learn_finite(index, orders, rates)
        batches = np.split(orders[index], range(self.batch_size, orders.shape[1], self.batch_size))
        dtype, rate = self.settings.dtype, float(rates[index])
        why = first_failure(self.network, self.engine.name, dtype, self.data, batches, rate)
        number = len(self.history) + 1
        kept = f"the weights of epoch {number - 1}" if number > 1 else "the weights it started with"
        self.history.stopped = visible(f"epoch {number}: {why}; {kept} are kept")
        self._keep_history()
        move = "Try a smaller learning rate, or scaled data (scale)"
        error = TrainingError(f"{self.history.stopped}. {move}")
        error.history = self.history  # type: ignore[attr-defined]
        raise error

    def _learn_finite(self, most: int, orders: np.ndarray, rates: np.ndarray) -> int:
        """Learn again as many epochs, up to `most`, as leave every number finite; how many.

        A loss may be finite for epochs after a weight was not: a sigmoid of infinity is 1.
        """
        start = self._numbers()  # from before this chunk: nothing was written back
        good, bad, count = 0, most + 1, most
        while bad - good > 1:
            self._learn_again(start, orders[:count], rates[:count])
            good, bad = (count, bad) if all_finite(self.network) else (good, count)
            count = (good + bad) // 2
        losses = self._learn_again(start, orders[:good], rates[:good])
        if good:
            self._record(losses, rates[:good])
        return good

    def _learn_again(self, start: Numbers, orders: np.ndarray, rates: np.ndarray) -> np.ndarray:
        self._put_back(*start)
        self.engine.load()
        losses = self._learn(orders, rates)
        self.engine.store()
        return losses

    def _numbers(self) -> Numbers:
        """All numbers that learn: those of our weights, and of parts with a class of the user's own."""
        return weights_of(self.network), subclasses.own_numbers(self.network)

    def _put_back(self, state: State, own: list[dict[str, Any]]) -> None:
        restore(self.network, state)
        subclasses.put_numbers(self.network, own)


def with_end(network: Network, data: Any, settings: Settings) -> Run:
    """A run that ends by itself."""
    if settings.epochs is None and settings.early_stop is None:
        raise LernpyError("train needs an end: a number of epochs, or early_stop")
    return Run(network, data, settings)


def _check(network: Network) -> None:
    """Refuse what no training can start from."""
    check_network(network)
    refuse_hopeless(network)
    for name in ("l1", "l2"):
        not_negative(f"{name} of the network", getattr(network, name))
    if not all_finite(network):
        raise LernpyError(f"{first_infinite(network)}; set it to a finite number")


@with_settings
def epochs(
    network: Network,
    data: Any,
    epochs: int | None = None,
    *,
    seed: int | None = None,
    **settings: Unpack[Options],
) -> Run:
    """Train epoch by epoch: iterate, look, and break when you like.

    Parameters
    ----------
    network : is trained in place
    data : a `Dataset`, or a pair (inputs, targets)
    epochs : how many at most; None goes on until you break
    seed : of the order of the samples; None: a fresh one, recorded in the history

    Returns
    -------
    A `Run`: iterating over it yields an `Epoch` after each epoch; its `history` is the table.

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], activation="tanh", seed=0, learning_rate=1.0)
    >>> xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> for epoch in lernpy.epochs(network, xor, batch_size=None, seed=0):
    ...     if epoch.loss < 0.01:
    ...         break
    >>> network.predict([[0, 1]]).round().tolist()
    [[1.0]]
    """
    return Run(network, data, checked(settings, epochs=epochs, seed=seed))


@with_settings
def train(
    network: Network,
    data: Any,
    epochs: int = 100,
    *,
    seed: int | None = None,
    **settings: Unpack[Options],
) -> History:
    """Train to the end and return the table of the epochs.

    Like `epochs`, but nobody looks between: many epochs may pass before the objects are written
    back. Ctrl-C keeps what the last whole epoch has learned (``history.interrupted`` is true).

    >>> import lernpy
    >>> network = lernpy.layered([2, 3, 1], activation="tanh", seed=0)
    >>> xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> history = lernpy.train(network, xor, epochs=200, optimizer="adam", learning_rate=0.1, seed=0)
    >>> len(history), history.stopped
    (200, 'all 200 epochs done')

    Raises
    ------
    TrainingError
        If a number is no longer finite: it names the first link and sample; the weights of the
        last good epoch stay. Also for a step activation, through which nothing can be learned.
    """
    chosen = checked(settings, epochs=epochs, seed=seed)
    return with_end(network, data, chosen)._to_the_end(load=chosen.resume)
