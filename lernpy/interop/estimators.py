"""Estimators of scikit-learn: fit and predict as there, and a network of lernpy inside to look into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, Self

import numpy as np

from lernpy.errors import missing

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import NotFittedError  # noqa: F401  (of the same age as validate_data)
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError:
    raise missing("lernpy.sklearn", "scikit-learn", "'scikit-learn>=1.6'") from None

from lernpy import engine
from lernpy.build import draw_weights
from lernpy.data import Card, Scaling
from lernpy.data.columns import Column
from lernpy.errors import LernpyError
from lernpy.functions import losses
from lernpy.interop.monotonic import hold_monotonic
from lernpy.interop.wirings import build_for
from lernpy.network import Network
from lernpy.training.history import History
from lernpy.training.patience import Patience
from lernpy.training.rows import Epoch, Rows
from lernpy.watch import Paths, SlowMotion, paths, slow_motion

SEEDS = 1 << 31
CHUNK = 50  # epochs at once where nobody looks between


class _Net(BaseEstimator):  # type: ignore[misc]
    """What both estimators have: `_encoded` says what a target is to the outputs."""

    loss: str | None
    network_: Network
    history_: History

    def __init__(
        self,
        hidden: Sequence[int] = (16,),
        *,
        graph: Any = None,
        activation: str = "tanh",
        optimizer: Any = "adam",
        learning_rate: float = 0.01,
        loss: str | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        batch_size: int | None = 32,
        epochs: int = 300,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 20,
        monotonic_cst: Any = None,
        warm_start: bool = False,
        engine: str = "auto",
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.graph = graph
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.loss = loss
        self.l1 = l1
        self.l2 = l2
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.monotonic_cst = monotonic_cst
        self.warm_start = warm_start
        self.engine = engine
        self.random_state = random_state

    # ---- learning -------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from all samples.

        Parameters
        ----------
        X : (n_samples, n_features)
        y : (n_samples,)
        sample_weight : (n_samples,); a weight of 2 is a row that is there twice
        """
        goes_on = self.warm_start and hasattr(self, "network_")
        X, targets, weight = self._checked(X, y, sample_weight, reset=True)
        random = check_random_state(self.random_state)
        if not goes_on or self._shape(X, targets) != self._shape_:
            self._build(X, targets, random)
        self._learn(X, targets, weight, random, self.epochs)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any) -> Self:
        is_first = not hasattr(self, "network_")
        X, targets, weight = self._checked(X, y, sample_weight, reset=is_first)
        random = check_random_state(self.random_state)
        if is_first:
            self._build(X, targets, random)
        self._learn(X, targets, weight, random, 1, look=False)
        return self

    def _checked(self, X: Any, y: Any, sample_weight: Any, reset: bool) -> Any:
        X, y = validate_data(
            self, X, y, reset=reset, dtype=np.float64, multi_output=True, y_numeric=self._numeric
        )
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        if weight is not None and (weight < 0).any():
            raise ValueError("Negative values in data passed to `sample_weight`")
        if weight is not None and not weight.any():
            raise ValueError("Sample weights must contain at least one non-zero number.")
        return X, self._encoded(y, reset), weight

    def _shape(self, X: np.ndarray, targets: np.ndarray) -> tuple[int, int]:
        return X.shape[1], targets.shape[1]

    def _build(self, X: np.ndarray, targets: np.ndarray, random: Any) -> None:
        names = [str(name) for name in getattr(self, "feature_names_in_", ())]
        loss, output = self._ends(targets)
        how = {"loss": self.loss or loss, "optimizer": self.optimizer, "l1": self.l1, "l2": self.l2}
        how["learning_rate"] = self.learning_rate
        with _as_value_errors():
            network = build_for(self.graph, names or X.shape[1], self.hidden, targets.shape[1],
                            self.activation, output, how)  # fmt: skip
            draw_weights(network, int(random.randint(SEEDS)))
            if self.monotonic_cst is not None:
                hold_monotonic(network, self.monotonic_cst, names)
        network.card = self._card(network, names)
        self.network_, self._shape_ = network, self._shape(X, targets)
        self._rows, self.n_iter_ = Rows(), 0

    def _card(self, network: Network, names: list[str]) -> Card:
        inputs = tuple(names or (neuron.name for neuron in network.inputs))
        outputs = tuple(neuron.name for neuron in network.outputs)
        classes = tuple(map(str, getattr(self, "classes_", ())))
        return Card(
            data={},
            task="classification" if classes else "regression",
            columns=tuple(Column(name) for name in inputs),
            input_names=inputs,
            output_names=classes if len(classes) == len(outputs) else outputs,
            classes=classes,
            image=None,
            scaling=Scaling.none(len(inputs)),
            target_scaling=Scaling.none(len(outputs)),
        )

    def _learn(
        self,
        X: np.ndarray,
        targets: np.ndarray,
        weight: Any,
        random: Any,
        epochs: int,
        look: bool = True,
    ) -> None:
        """Epochs on an engine; with early stopping, some samples are set aside and watched."""
        rows, watched = np.arange(len(X)), np.arange(0)
        if self.early_stopping and look:
            order = random.permutation(len(X))
            count = max(1, min(len(X) - 1, round(self.validation_fraction * len(X))))
            rows, watched = np.sort(order[count:]), order[:count]
        batch = len(rows) if self.batch_size is None else min(self.batch_size, len(rows))
        train = X[rows], targets[rows], None if weight is None else weight[rows]
        made = engine.make(self.network_, self.engine, batch_size=batch)
        patience = Patience(self.n_iter_no_change if len(watched) else None)
        started, done = perf_counter(), 0
        while done < epochs and not patience.over:
            count = 1 if len(watched) else min(CHUNK, epochs - done)
            with _as_value_errors():
                losses = np.array(list(_epochs(made, train, batch, count, random)))
            seconds = np.full(count, perf_counter() - started)
            if len(watched):
                made.store()
                loss = made.loss_of(X[watched], targets[watched])
                row = Epoch(
                    self.n_iter_ + 1, float(losses[0]), float(loss), seconds=float(seconds[0])
                )
                self._rows.append(row)
                patience.look(self.network_, row)
            else:
                rates = np.full(count, self.network_.learning_rate)
                self._rows.add(self.n_iter_ + 1, losses, rates, seconds)
            done, self.n_iter_ = done + count, self.n_iter_ + count
            if not np.isfinite(losses).all():
                raise ValueError("the loss is no longer finite; take a smaller learning_rate")
        made.store()
        if patience.holds(self.network_):
            patience.restore(self.network_)
        why = "no better validation loss" if patience.over else f"all {epochs} epochs done"
        self.history_ = History(self._rows, 0, made.name, stopped=why)
        self.loss_ = float(self._rows[-1].loss)

    # ---- asking ---------------------------------------------------------------------------------

    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return engine.make(self.network_, "numpy").predict(X)

    def step(self, x: Any, y: Any) -> SlowMotion:
        """One lesson with one sample, a part's verb at a time, on a twin of the network.

        Parameters
        ----------
        x : (n_features,)
        y : its class, or its numbers
        """
        return slow_motion(*self._lesson(x, y))

    def paths(self, x: Any, y: Any, k: int = 10) -> list[Paths]:
        """The blame of each input for missing this target, along its `k` largest paths."""
        network, inputs, targets = self._lesson(x, y)
        network.learn(inputs, targets)
        return [paths(network, neuron, k) for neuron in network.inputs]

    def _lesson(self, x: Any, y: Any) -> tuple[Network, np.ndarray, np.ndarray]:
        check_is_fitted(self)
        X = validate_data(self, [np.asarray(x, float)], reset=False, dtype=np.float64)
        return self.network_.copy(), X[0], self._encoded(np.asarray([y]), reset=False)[0]

    def _repr_html_inner(self) -> str:
        """What scikit-learn shows in a notebook, and the network once there is one."""
        from lernpy.notebook.display import html_network

        shown: str = super()._repr_html_inner()
        return shown + (html_network(self.network_) if hasattr(self, "network_") else "")

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")


def _epochs(
    made: engine.Engine, train: Any, batch: int, count: int, random: Any
) -> Iterator[float]:
    """The loss of each epoch; a batch divides by the sum of its weights."""
    X, targets, weight = train
    n, rate = len(X), made.network.learning_rate
    whole = batch >= n
    if weight is None or whole:
        orders = [np.arange(n) if whole else random.permutation(n) for _ in range(count)]
        share = None if weight is None else weight * (n / weight.sum())
        rates = np.full(count, rate)
        yield from made.learn_epochs(X, targets, np.array(orders), batch, rates, share)
        return
    for _ in range(count):
        order, total = random.permutation(n), 0.0
        for low in range(0, n, batch):
            rows = order[low : low + batch]
            held = float(weight[rows].sum())
            if held > 0:
                share = weight[rows] * (len(rows) / held)
                total += held * made.learn_batch(X[rows], targets[rows], share)
        yield total / float(weight.sum())


class _as_value_errors:
    """What lernpy has to say of a parameter, as scikit-learn says it."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, LernpyError) and not isinstance(error, ValueError):
            raise ValueError(str(error)) from error


class NetClassifier(ClassifierMixin, _Net):  # type: ignore[misc]
    """A network that says which class.

    Parameters
    ----------
    hidden : sizes of the hidden layers
    graph : any wiring in their place: a `Network`, a networkx graph, or a list of links
    activation, optimizer, learning_rate, loss, l1, l2 : as lernpy has them; the loss is cross-entropy
    batch_size : samples for each update; None: all
    epochs : passes over the samples
    early_stopping, validation_fraction, n_iter_no_change : stop when the loss of samples set aside
        gets no better for so many epochs; the best weights are kept
    monotonic_cst : (n_features,) 1, -1 or 0: whether more of a feature makes the second class likelier
        or less likely, kept so by bounds of weights; two classes only
    warm_start : whether `fit` goes on from where it is
    engine : see `lernpy.engine.make`
    random_state : of the first weights and of the order of samples

    Attributes
    ----------
    network_ : the `lernpy.Network`
    history_ : the `lernpy.History` of the epochs
    classes_, n_features_in_, feature_names_in_, n_iter_ : as in scikit-learn

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> net = NetClassifier(hidden=(8,), random_state=0).fit(X, y)
    >>> net.score(X, y) > 0.95, net.network_
    (True, <network: 4 inputs, 3 outputs, 16 neurons, 67 links, 67 weights>)
    >>> next(iter(net.step(X[0], y[0]))).line.partition(":")[0]
    '1/166 reset'
    """

    _numeric = False

    def _encoded(self, y: np.ndarray, reset: bool) -> np.ndarray:
        if y.ndim == 2 and y.shape[1] == 1:
            y = _column(y)
        if y.ndim != 1:
            raise ValueError(f"y has the shape {y.shape}; a class for each sample is (n_samples,)")
        if reset:
            check_classification_targets(y)
            self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(f"NetClassifier needs two classes or more; y has one class: {y[0]!r}")
        index = np.minimum(np.searchsorted(self.classes_, y), len(self.classes_) - 1)
        if (self.classes_[index] != y).any():
            strange = y[self.classes_[index] != y][0]
            raise ValueError(f"y has the class {strange!r}, which is not among {self.classes_}")
        return (
            index[:, None].astype(float)
            if len(self.classes_) == 2
            else np.eye(len(self.classes_))[index]
        )

    def _ends(self, targets: np.ndarray) -> tuple[str, str]:
        output = "sigmoid" if targets.shape[1] == 1 else "softmax"
        return losses.usual_for(output), output

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """One epoch; the first call names all classes that will come."""
        if not hasattr(self, "network_"):
            if classes is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            self.classes_ = np.unique(classes)
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"`classes={classes!r}` are not those of the first call: {self.classes_}"
            )
        return self._partial_fit(X, y, sample_weight)

    def predict_proba(self, X: Any) -> np.ndarray:
        """(n_samples, n_classes) how likely each class is."""
        outputs = self._outputs(X)
        if outputs.shape[1] == 1:
            return np.hstack([1.0 - outputs, outputs])
        return np.asarray(outputs / outputs.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> np.ndarray:
        """(n_samples,) the likeliest class."""
        chosen = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[chosen])


class NetRegressor(RegressorMixin, _Net):  # type: ignore[misc]
    """A network that says numbers; the parameters are those of `NetClassifier`, the loss is squared error.

    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 40)[:, None]
    >>> net = NetRegressor(hidden=(), epochs=200, learning_rate=0.05, random_state=0).fit(X, 2 * X[:, 0])
    >>> net.predict([[0.5]]).round(2).tolist()
    [1.0]
    """

    _numeric = True

    def _encoded(self, y: np.ndarray, reset: bool) -> np.ndarray:
        if y.ndim == 2 and y.shape[1] == 1:
            y = _column(y)
        if reset:
            self._is_column = y.ndim == 1
        return np.asarray(y, float).reshape(len(y), -1)

    def _ends(self, targets: np.ndarray) -> tuple[str, str]:
        return losses.usual_for("identity"), "identity"

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch."""
        return self._partial_fit(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """(n_samples,), or (n_samples, n_outputs)."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._is_column else outputs


def _column(y: np.ndarray) -> np.ndarray:
    from sklearn.utils import column_or_1d

    return np.asarray(column_or_1d(y, warn=True))
