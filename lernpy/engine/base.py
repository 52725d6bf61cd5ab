"""What every engine offers, told once: the interface, the checks of what is handed in, the words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, ParamSpec, TypeVar

import numpy as np

from lernpy import shares, subclasses
from lernpy.checks import Bound, finite, whole
from lernpy.errors import LernpyError, ShapeError
from lernpy.progress import learned_elsewhere
from lernpy.samples import check_network, rows_of
from lernpy.text import counted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from lernpy.engine.arrays.nets import Nets
    from lernpy.network import Network


P = ParamSpec("P")
R = TypeVar("R")


def quietly(function: Callable[P, R]) -> Callable[P, R]:
    """The same without NumPy's warnings: what is not finite shows itself in the numbers."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return run


class Samples(NamedTuple):
    """Samples that were checked: their shapes fit the network and each other."""

    inputs: np.ndarray  # (n_samples, n_inputs)
    targets: np.ndarray  # (n_samples, n_outputs)
    sample_weight: np.ndarray | None  # (n_samples,)

    def part(self, rows: np.ndarray) -> Samples:
        """Those of these indices."""
        weights = self.sample_weight
        return Samples(
            self.inputs[rows], self.targets[rows], None if weights is None else weights[rows]
        )


class Engine(Bound, ABC):
    """Learns and predicts what its network does; its numbers run ahead between `load` and `store`.

    An engine fills in `explanation`, `values`, `gradients`, `_load`, `_store`, `_run_epochs`, `_outputs` and
    `_mean_loss`; what these get is checked already, and whatever overflows in them does so without a
    warning. It is loaded when it is made: an `__init__` of its own calls this one last.
    """

    instead = "copy or pickle its network, and make another from that"
    name: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]] = ("float64", "float32")  # of numbers that it calculates with
    runs_subclasses: ClassVar[bool] = False  # parts with a class of the user's own, too

    def __init__(self, network: Network, dtype: Any = "float64") -> None:
        check_network(network)
        self.network = network
        self.dtype = self._kind(dtype)
        self.load()

    def _kind(self, dtype: Any) -> np.dtype[Any]:
        try:
            kind: np.dtype[Any] | None = np.dtype(dtype)
        except (TypeError, ValueError):
            kind = None
        if kind is None or kind.name not in self.kinds:
            raise LernpyError(
                f"the engine {self.name} calculates in {' or '.join(self.kinds)} only, not in {dtype}"
            )
        return kind

    @property
    @abstractmethod
    def explanation(self) -> str:
        """In words: which engine, how it runs, how many weights."""

    @property
    @abstractmethod
    def values(self) -> np.ndarray:
        """All weights as they are now, in an order of the engine's own."""

    @property
    @abstractmethod
    def gradients(self) -> np.ndarray:
        """(n_weights,), in the order of `network.weights`: the mean blame of each weight in the last
        `learn_batch`, penalty left out."""

    @quietly
    def load(self) -> None:
        """Take over the network's numbers and how it learns; compile anew if its wiring changed."""
        if not self.runs_subclasses:
            subclasses.refuse(self.network)
        self._load()

    @abstractmethod
    def _load(self) -> None:
        """That of `load`."""

    def store(self) -> None:
        """Write values and memories back into the network's weights."""
        self._store()
        learned_elsewhere(self.network)

    @abstractmethod
    def _store(self) -> None:
        """That of `store`."""

    # ---- learning -------------------------------------------------------------------------------

    @quietly
    def learn_batch(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        sample_weight: ArrayLike | None = None,
        rate: float | None = None,
    ) -> float:
        """One update from several samples: see `Network.learn_batch`. Then `gradients` can be read."""
        samples = self._samples(inputs, targets, sample_weight)
        rate = self.network.learning_rate if rate is None else finite("rate", rate)
        return self._run_batch(samples, rate)

    @quietly
    def learn_epochs(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        orders: ArrayLike,
        batch_size: int,
        rates: ArrayLike,
        sample_weight: ArrayLike | None = None,
    ) -> np.ndarray:
        """Many epochs in one go.

        Parameters
        ----------
        inputs : (n_samples, n_inputs)
        targets : (n_samples, n_outputs)
        orders : (n_epochs, n), the indices of the samples of each epoch
        batch_size : how many samples make one update; the last batch may be shorter
        rates : (n_epochs,), the learning rate of each epoch
        sample_weight : (n_samples,)

        Returns
        -------
        (n_epochs,): the mean loss of each epoch, each batch's as it was before its update
        """
        samples = self._samples(inputs, targets, sample_weight)
        rates = vector("rate", rates)
        orders = _order_table(orders, len(samples.targets), rates)
        size = min(whole("batch size", batch_size, 1), orders.shape[1])
        return self._run_epochs(samples, orders, size, rates) if len(rates) else np.empty(0)

    def _run_batch(self, samples: Samples, rate: float) -> float:
        """One update from all samples; an epoch of one batch, unless an engine has a shorter way."""
        count = len(samples.targets)
        return float(self._run_epochs(samples, np.arange(count)[None], count, np.array([rate]))[0])

    @abstractmethod
    def _run_epochs(
        self, samples: Samples, orders: np.ndarray, size: int, rates: np.ndarray
    ) -> np.ndarray:
        """The epochs of `learn_epochs`, at least one; 1 <= size <= n."""

    # ---- asking ---------------------------------------------------------------------------------

    @quietly
    def predict(self, inputs: ArrayLike) -> np.ndarray:
        """(n_samples, n_outputs), outputs for a batch of samples: see `Network.predict`."""
        return self._outputs(sample_table("input", len(self.network.inputs), inputs))

    @quietly
    def loss_of(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """The mean loss over the samples, penalty left out; nothing is learned."""
        return self._mean_loss(self._samples(inputs, targets))

    @abstractmethod
    def _outputs(self, inputs: np.ndarray) -> np.ndarray:
        """(n_samples, n_outputs) for (n_samples, n_inputs); there may be no samples at all."""

    @abstractmethod
    def _mean_loss(self, samples: Samples) -> float:
        """That of `loss_of`."""

    def _samples(self, inputs: Any, targets: Any, sample_weight: Any = None) -> Samples:
        """Inputs, targets and sample weights as arrays, or an error that says what does not fit."""
        x = sample_table("input", len(self.network.inputs), inputs)
        t = sample_table("output", len(self.network.outputs), targets)
        if len(x) != len(t):
            raise ShapeError(f"there are {len(x)} samples, but {len(t)} targets; give each its own")
        if not len(x):
            raise ShapeError("the batch is empty; give it at least one sample")
        if self.network.loss.of_shares:
            shares.check_outputs(self.network.loss, self.network.outputs)
            shares.check_targets(self.network.loss, float(t.min()), float(t.max()))
        if sample_weight is None:
            return Samples(x, t, None)
        weighed = vector("sample weight", sample_weight)
        if weighed.shape != (len(x),):
            raise ShapeError(f"there are {len(x)} samples, but {weighed.size} sample weights")
        return Samples(x, t, weighed)

    def __repr__(self) -> str:
        return f"<engine ({self.explanation}) of {self.network!r}>"


class NetsEngine(ABC):
    """Lets many nets of one wiring learn from one data set; their numbers are the columns of `nets`.

    An engine fills in `_learn`; `learn` changes the numbers in place.
    """

    nets: Nets
    reason = ""  # why NumPy does what compiled code was asked for

    @quietly
    def learn(
        self,
        orders: np.ndarray,
        batch: int,
        factors: np.ndarray,
        target: float = -np.inf,
        patience: int | None = None,
    ) -> np.ndarray:
        """Some epochs, as long as each net is alive.

        Parameters
        ----------
        orders : (n_epochs or 1, n, 1 or n_nets) indices of samples: for each net, or for all
        factors : (n_epochs,) of the learning rates
        target : a net is done when its loss is there
        patience : a net is done after so many epochs without a better loss

        Returns
        -------
        (n_epochs, n_nets) losses; NaN where a net did not learn any more
        """
        goal = Goal(float(target), -1 if patience is None else patience)
        return self._learn(orders, batch, factors, goal)

    @abstractmethod
    def _learn(self, orders: np.ndarray, batch: int, factors: np.ndarray, goal: Goal) -> np.ndarray:
        """That of `learn`."""


class Goal(NamedTuple):
    """When a net is done: its loss is at most `target`, or was not better for `patience` epochs."""

    target: float
    patience: int  # negative: there is no end to it


def epoch_mean(losses: list[float], size: int, count: int) -> float:
    """The mean over the samples, from the means over batches of `size`, the last of which may be short."""
    *full, last = losses
    return (sum(full) * size + last * (count - size * len(full))) / count


def sample_table(kind: str, width: int, values: Any) -> np.ndarray:
    """(n_samples, width) numbers, or an error that says what is wrong."""
    try:
        rows = np.asarray(values)
    except (TypeError, ValueError):
        rows = np.empty(0)
    if rows.ndim < 2:
        rows_of(values, width)
        rows = rows.reshape(len(rows), -1) if len(rows) else rows
    if rows.ndim != 2 or rows.dtype.kind not in "fiub":
        raise ShapeError(f"{kind}s must be a table of numbers, one row for each sample")
    if rows.shape[1] != width:
        sample = "sample" if kind == "input" else "target"
        raise ShapeError(
            f"the network has {counted(width, f'{kind} neuron')}, "
            f"but the {sample} has {counted(rows.shape[1], 'value')}"
        )
    return rows


def vector(kind: str, values: Any) -> np.ndarray:
    """Numbers in a row, or an error that names them."""
    try:
        return np.asarray(values).astype(float, casting="same_kind")
    except (TypeError, ValueError, OverflowError):
        raise ShapeError(f"the {kind}s must be numbers, not {values!r:.60}") from None


def _order_table(values: ArrayLike, count: int, rates: np.ndarray) -> np.ndarray:
    """(n_epochs, n) indices: compiled code would read beyond the samples, and NumPy take the last instead."""
    try:
        orders = np.asarray(values)
    except ValueError:  # rows of unequal length
        orders = np.empty(0)
    if orders.ndim != 2 or not orders.shape[1] or orders.dtype.kind not in "iu":
        raise ShapeError("the orders must be a table of indices, one row for each epoch")
    if rates.shape != (len(orders),):
        raise ShapeError(f"there are orders for {len(orders)} epochs, but {rates.size} rates")
    if orders.size and not (orders.min() >= 0 and orders.max() < count):
        raise ShapeError(f"an order names samples beyond the {count} that there are")
    return orders
