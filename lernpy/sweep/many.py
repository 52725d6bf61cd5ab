"""Train many nets at once, and drop from the work what is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import numpy as np

from lernpy.checks import finite, is_list, whole
from lernpy.engine.arrays.many import Many
from lernpy.engine.arrays.nets import Nets, check_alike, features_of
from lernpy.engine.base import NetsEngine
from lernpy.engine.calls import by_call, not_portable
from lernpy.errors import LernpyError, missing
from lernpy.functions import schedules
from lernpy.functions.optimizers import Optimizer
from lernpy.network import Network
from lernpy.registry import unknown
from lernpy.samples import check_network
from lernpy.sweep import slices
from lernpy.sweep.grid import grid, optimizer_and_amounts
from lernpy.sweep.result import Slice, Sweep
from lernpy.text import shown
from lernpy.training.prepare import prepare, refuse_hopeless
from lernpy.training.ranges import check_ranges
from lernpy.training.settings import Settings, check_builder

ENGINES = "numpy", "jit", "cupy"
NUMBERS = 1 << 18  # in the buffers of the nets that learn together: they are to stay in the cache
INDICES = 4_000_000  # of samples, drawn at once
CHUNK_SECONDS = 0.2
PER_LINK = 6e-9  # seconds that NumPy takes for a link of one net and one sample, measured on XOR
DEVICE_NUMBERS = 1 << 27  # the same on a graphics card: a gigabyte
COMPILING = 3.0  # seconds of NumPy's from which on compiled code pays


def train_many(
    build: Callable[[int], Network],
    data: Any,
    seeds: Iterable[int] = range(1000),
    *,
    epochs: int,
    batch_size: int | None = None,
    learning_rate: float | Sequence[float] | None = None,
    optimizer: Any = None,
    l1: float | Sequence[float] | None = None,
    l2: float | Sequence[float] | None = None,
    settings: Mapping[str, Any] | None = None,
    schedule: Any = "constant",
    shuffle: bool = True,
    scale: str = "none",
    class_weights: Any = None,
    target_loss: float | None = None,
    early_stop: int | None = None,
    engine: str = "auto",
    n_jobs: int | None = None,
    cluster: str | None = None,
    table: str | os.PathLike[str] | None = None,
    score: Callable[[Network], float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Train one net for each seed and setting, all at once. Each becomes what it becomes alone.

    Parameters
    ----------
    build : a function from a seed to a fresh network; all must have the same wiring
    data : a `Dataset`, or a pair (inputs, targets)
    epochs, batch_size, schedule, shuffle, scale, class_weights : as in `lernpy.train`, whose batch
        size is 32 where here it is all samples (None)
    learning_rate, optimizer, l1, l2 : one value, or several, of which every combination is tried
    settings : more of the kind, such as options of the optimiser: ``{"momentum": [0.5, 0.9]}``
    target_loss : a net is done, and has converged, when an epoch's loss is at most that
    early_stop : a net is done after so many epochs without a better loss; it gets its best weights
    engine : "numpy", "jit", "cupy", or "auto": jit where numba is installed and the work is long enough
        to pay for compiling, else numpy
    n_jobs : processes that learn at the same time, each a slice of the nets (with joblib); -1: one for
        each core. Inside ``joblib.parallel_config("dask")`` they are those of the cluster
    cluster : the address of a scheduler of Dask in their place
    table : a file that grows as slices end, as `Sweep.to_csv` writes it; the same call goes on after a kill
    score : a function of a trained network, whose value is kept in `Sweep.scores`
    progress : is told how many nets are done, and of how many

    Returns
    -------
    A `Sweep`: the table of the nets, the losses of each, and the nets themselves.

    >>> import lernpy
    >>> xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> sweep = lernpy.train_many(
    ...     lambda seed: lernpy.layered([2, 3, 1], activation="tanh", seed=seed),
    ...     xor, seeds=range(20), epochs=1000, learning_rate=[0.01, 1.0], target_loss=0.01,
    ...     engine="numpy")
    >>> [row["success"] for row in sweep.success()]
    [0.0, 0.95]
    """
    many = {"learning_rate": learning_rate, "optimizer": optimizer, "l1": l1, "l2": l2}
    combinations = grid(**_together(many, {} if settings is None else settings))
    check_builder("train_many", build)
    seeds = _seeds(seeds)
    how = Settings(
        epochs=epochs,
        batch_size=batch_size,
        schedule=schedule,
        shuffle=shuffle,
        scale=scale,
        class_weights=class_weights,
        early_stop=early_stop,
    )
    if target_loss is not None:
        target_loss = finite("target loss", target_loss)
    sweep = Sweep(build, seeds, combinations, how, target_loss, _known(engine))
    for name, function in (("score", score), ("progress", progress)):
        if function is not None and not callable(function):
            raise LernpyError(f"{name} is a function, not {shown(function)}")
    work = Work(sweep, data, score)
    if n_jobs is None and cluster is None and table is None and progress is None:
        work.finish()
    else:
        slices.in_slices(work, _learned, n_jobs, cluster, table, progress)
    return sweep


def _together(many: dict[str, Any], settings: Any) -> dict[str, Any]:
    """The values of all settings by name, each named once."""
    if not isinstance(settings, Mapping):
        raise LernpyError(
            f"the settings are {shown(settings)}; give values by name, such as "
            "{'momentum': [0.5, 0.9]}"
        )
    for name in settings:
        if many.get(name) is not None:
            raise LernpyError(f"{name} is there twice, once among the settings; leave one out")
    return {**many, **settings}


def _seeds(seeds: Any) -> list[int]:
    if not is_list(seeds):
        raise LernpyError(f"the seeds are {shown(seeds)}; give several, such as range(10)")
    numbers = [whole("seed", seed, 0) for seed in seeds]
    if not numbers:
        raise LernpyError("the sweep has no seeds; give at least one: seeds=range(10)")
    return numbers


def _known(name: str) -> str:
    """The engine of that name, if what it needs is there."""
    if not isinstance(name, str) or name not in ("auto", *ENGINES):
        raise unknown("engine for many nets", name, ["auto", *ENGINES])
    has_numba = find_spec("numba") is not None
    if name == "jit" and not has_numba:
        raise missing("the engine jit", "numba")
    return "numpy" if name == "auto" and not has_numba else name


def _learned(common: slices.Common, columns: range) -> Slice:
    """A slice from its start to its end, in whatever process this is."""
    settings, how = slices.settings_of(common), (common.how, common.target_loss, common.engine)
    sweep = Sweep(common.build, common.seeds, settings, *how)
    Work(sweep, common.data, common.score, columns).finish()
    if sweep.interrupted:
        raise KeyboardInterrupt
    return sweep.piece(columns)


class Work:
    """One sweep, or some columns of it: groups of nets with one optimiser, in blocks that fit the cache."""

    def __init__(
        self,
        sweep: Sweep,
        data: Any,
        score: Callable[[Network], float] | None = None,
        columns: range | None = None,
    ) -> None:
        self.sweep, self.how, self.source, self.score = sweep, sweep.how, data, score
        self.columns = range(len(sweep)) if columns is None else columns
        how = self.how
        first = sweep.build(sweep.seeds[0])
        check_network(first)
        self.networks = {sweep.seeds[0]: first}
        refuse_hopeless(first)
        self.data = prepare(first, data, how, 0)
        check_ranges(first, first.loss, self.data)
        self.n = len(self.data.train[0])
        self.batch = min(how.batch_size or self.n, self.n)
        sample_weight = self.data.sample_weight
        self.sample_weight = np.ones(self.n) if sample_weight is None else sample_weight
        self.own_orders = how.shuffle and self.batch < self.n
        if sweep.engine == "auto":
            sweep.engine = "jit" if self._seconds(first) > COMPILING else "numpy"
        self.kind = sweep.engine
        self.arrays = None
        if self.kind == "cupy":
            from lernpy.engine.arrays.backend import device

            self.arrays = device()

    def _seconds(self, network: Network) -> float:
        """What NumPy will take, about, if no net is done early."""
        lessons = len(self.sweep) * (self.how.epochs or 0) * self.n
        return PER_LINK * lessons * len(network.links)

    def finish(self) -> None:
        """All groups; Ctrl-C keeps what is there."""
        started = perf_counter()
        try:
            self._start()
            for optimizer, columns in self._groups():
                for block in self._blocks(columns):
                    self._learn(optimizer, block)
        except KeyboardInterrupt:
            self.sweep.interrupted = True
        self.sweep.seconds = perf_counter() - started
        self.sweep.judge(self.data)
        if self.score is not None:
            for column in self.columns:
                self.sweep.scores[column] = slices.answer_of(
                    "score", self.score, self.sweep.network(column)
                )

    def _start(self) -> None:
        """Build every seed's net once; all must be alike."""
        sweep, features = self.sweep, features_of(self._first())
        wanted = {self._seed(column) for column in self.columns}
        for number, seed in enumerate(sweep.seeds):
            if seed in wanted and seed not in self.networks:
                self.networks[seed] = network = sweep.build(seed)
                check_network(network)
                check_alike(features, network, number)
        default = self._first().optimizer
        self.settings = [optimizer_and_amounts(setting, default) for setting in sweep.settings]

    def _groups(self) -> list[tuple[Optimizer, list[int]]]:
        """Nets that share an optimiser with all its options."""
        count = len(self.sweep.seeds)
        groups: list[tuple[Optimizer, list[int]]] = []
        for index, (optimizer, _) in enumerate(self.settings):
            own = range(index * count, (index + 1) * count)
            columns = [column for column in own if column in self.columns]
            known = next((group for group in groups if group[0] == optimizer), None)
            if known:
                known[1].extend(columns)
            elif columns:
                groups.append((optimizer, columns))
        return groups

    def _blocks(self, columns: list[int]) -> list[list[int]]:
        if self.kind == "jit":
            return [columns]
        numbers = NUMBERS if self.kind == "numpy" else DEVICE_NUMBERS
        size = max(8, numbers // (4 * len(self._first().neurons) * self.batch))
        return [columns[low : low + size] for low in range(0, len(columns), size)]

    def _learn(self, optimizer: Optimizer, columns: list[int]) -> None:
        """A block of nets to its end; those that are done leave at the end of a chunk of epochs."""
        self.ends = by_call(self._first(), optimizer) + not_portable(self._first())
        self.sweep.engine = self.kind + self.ends
        nets = self._nets(optimizer, columns)
        orders = _Orders(self.n, [self._seed(column) for column in columns], self.own_orders)
        try:
            self._learn_all(nets, orders, columns)
        finally:  # Ctrl-C, too, keeps what they have learned so far
            self.sweep.keep(columns, nets)

    def _learn_all(self, nets: Nets, orders: _Orders, columns: list[int]) -> None:
        sweep, epochs = self.sweep, self.how.epochs or 0
        active, done, chunk = np.arange(len(columns)), 0, 8
        part = nets.part(active)
        engine = self._engine(part)
        while done < epochs and len(active):
            count = min(chunk, epochs - done, max(1, INDICES // orders.size(len(active))))
            started = perf_counter()
            losses = self._chunk(engine, orders.draw(count, active), done, count)
            sweep.record(done, [columns[index] for index in active], losses)
            nets.put(active, part)
            done += count
            if perf_counter() - started < CHUNK_SECONDS / 2:
                chunk *= 2
            if not part.alive.all():
                active = active[part.alive]
                part = nets.part(active)
                engine = self._engine(part) if len(active) else engine

    def _chunk(self, engine: NetsEngine, orders: np.ndarray, done: int, count: int) -> np.ndarray:
        """The losses of some epochs."""
        target = self.sweep.target_loss
        goal = -np.inf if target is None else target
        factors = self._factors(done, count)
        losses = engine.learn(orders, self.batch, factors, goal, self.how.early_stop)
        if engine.reason:
            self.sweep.engine = f"numpy (jit: {engine.reason}){self.ends}"
        return losses

    def _nets(self, optimizer: Optimizer, columns: list[int]) -> Nets:
        networks = [self.networks[self._seed(column)] for column in columns]
        chosen = [self.settings[column // len(self.sweep.seeds)][1] for column in columns]

        def amounts(name: str) -> np.ndarray:
            pairs = zip(chosen, networks, strict=True)
            return np.array([own.get(name, getattr(network, name)) for own, network in pairs])

        rates = [
            own["learning_rate"] if "learning_rate" in own else _rate(network, optimizer)
            for own, network in zip(chosen, networks, strict=True)
        ]
        factor = float(self._factors(0, 1)[0])
        pull = amounts("l1"), amounts("l2")
        return Nets(networks, np.array(rates), optimizer, *pull, factor)

    def _seed(self, column: int) -> int:
        return self.sweep.seeds[column % len(self.sweep.seeds)]

    def _factors(self, done: int, count: int) -> np.ndarray:
        schedule = schedules.get(self.how.schedule)
        return schedules.factors(schedule, done, count, self.how.epochs or 1)

    def _engine(self, nets: Nets) -> NetsEngine:
        """What lets these nets learn."""
        work = (nets, *self.data.train, self.sample_weight)
        if self.arrays is not None:
            return Many(*work, self.arrays)
        if self.kind != "jit":
            return Many(*work)
        from lernpy.engine.jit.many import Lanes, OneByOne, suits

        return Lanes(*work) if suits(nets) else OneByOne(*work, self._first())

    def _first(self) -> Network:
        return self.networks[self.sweep.seeds[0]]


class _Orders:
    """The order of the samples in each epoch, drawn as `lernpy.train` draws it for each seed."""

    def __init__(self, n: int, seeds: list[int], own: bool) -> None:
        self.n, self.own = n, own
        self.unique = sorted(set(seeds)) if own else []
        self.column = np.searchsorted(self.unique, seeds)
        self.generators = [np.random.default_rng(seed) for seed in self.unique]

    def size(self, nets: int) -> int:
        """How many indices an epoch takes."""
        return self.n * max(nets, len(self.unique))

    def draw(self, epochs: int, active: np.ndarray) -> np.ndarray:
        """(epochs, n, n_nets), or (1, n, 1) where one order does for all."""
        if not self.own:
            return np.arange(self.n)[None, :, None]
        drawn = np.empty((epochs, self.n, len(self.unique)), np.int64)
        wanted = set(self.column[active].tolist())
        for index, generator in enumerate(self.generators):
            if index in wanted:
                rows = np.tile(np.arange(self.n), (epochs, 1))
                drawn[:, :, index] = generator.permuted(rows, axis=1)
        return drawn[:, :, self.column[active]]


def _rate(network: Network, optimizer: Optimizer) -> float:
    """The network's learning rate under this optimiser: its own, or the optimiser's default."""
    return optimizer.rate if network.own_rate is None else network.own_rate
