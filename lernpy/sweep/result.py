"""What became of many nets: a table with a row for each, the losses, and the nets themselves."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy import storage
from lernpy.engine.arrays.many import Many
from lernpy.engine.arrays.nets import Nets
from lernpy.errors import DataError, LernpyError
from lernpy.functions import schedules
from lernpy.network import Network
from lernpy.sweep.grid import named, optimizer_and_amounts
from lernpy.training.history import History
from lernpy.training.metrics import accuracy
from lernpy.training.rows import Rows

if TYPE_CHECKING:
    from lernpy.training.prepare import Prepared
    from lernpy.training.settings import Settings


JUDGED = 1 << 22  # numbers in each buffer when nets are asked for their answers
RESULTS = ("seed", "epochs", "loss", "converged", "reached", "blown_up", "accuracy")  # of each net


MEASURED = "epochs", "reached", "converged", "blown_up", "accuracy", "scores"


class Slice(NamedTuple):
    """A slice of a sweep: the nets of these columns, and what became of them."""

    columns: range
    numbers: dict[str, np.ndarray]  # by the names of `MEASURED`, (n_columns,) each
    losses: list[tuple[int, list[int], np.ndarray]]  # from which epoch on, of which columns
    kept: list[tuple[list[int], Nets]]  # the nets; none where only the table has been kept
    engine: str


class Sweep:
    """The nets of `train_many`, one for each setting and seed: those of the first setting come first.

    Attributes
    ----------
    epochs : (n_nets,) how many epochs each learned
    converged : (n_nets,) whether it reached the target loss
    reached : (n_nets,) the epoch in which it did; 0 where it did not
    blown_up : (n_nets,) whether its numbers became infinite; it keeps its last good weights
    accuracy : (n_nets,) share of right guesses in the end, NaN where the data has no classes
    scores : (n_nets,) what `score` of `train_many` says of each, else NaN
    seconds : for all of them together
    interrupted : whether Ctrl-C ended it
    """

    def __init__(
        self,
        build: Callable[[int], Network],
        seeds: list[int],
        settings: list[dict[str, Any]],
        how: Settings,
        target_loss: float | None,
        engine: str,
    ) -> None:
        self.build, self.seeds, self.settings = build, seeds, settings
        self.how, self.target_loss, self.engine = how, target_loss, engine
        self.names = list(dict.fromkeys(name for setting in settings for name in setting))
        count = len(seeds) * len(settings)
        self._losses = np.full((0, count), np.nan)
        self._parts: list[tuple[int, list[int], np.ndarray]] = []  # what is not in it yet
        self.epochs, self.reached = np.zeros(count, int), np.zeros(count, int)
        self.converged, self.blown_up = np.zeros(count, bool), np.zeros(count, bool)
        self.accuracy, self.scores = np.full(count, np.nan), np.full(count, np.nan)
        self.seconds, self.interrupted = 0.0, False
        self._kept: list[tuple[list[int], Nets]] = []
        self._where: dict[int, tuple[Nets, int]] = {}

    def __len__(self) -> int:
        return len(self.epochs)

    # ---- while it runs --------------------------------------------------------------------------

    def record(self, done: int, columns: list[int], losses: np.ndarray) -> None:
        """The losses of some epochs of some nets."""
        self._parts.append((done, columns, losses))

    @property
    def losses(self) -> np.ndarray:
        """(n_epochs, n_nets), NaN where a net was done already."""
        epochs = max((done + len(losses) for done, _, losses in self._parts), default=0)
        if epochs > len(self._losses):
            more = np.full((epochs - len(self._losses), len(self)), np.nan)
            self._losses = np.concatenate([self._losses, more])
        for done, columns, losses in self._parts:
            self._losses[done : done + len(losses), columns] = losses
        self._parts.clear()
        return self._losses

    def keep(self, columns: list[int], nets: Nets) -> None:
        """The numbers of nets that are done."""
        _, epochs, _, _, _, blown_up, reached = nets.watch
        self.epochs[columns], self.reached[columns] = epochs, reached
        self.blown_up[columns], self.converged[columns] = blown_up != 0, reached != 0
        self._kept.append((columns, nets))
        self._where.update((column, (nets, row)) for row, column in enumerate(columns))

    def judge(self, data: Prepared) -> None:
        """Accuracy of all nets on what they learned from."""
        if data.card.task != "classification":
            return
        inputs, targets = data.train
        for columns, nets in self._kept:
            size = max(1, JUDGED // (len(nets.plan.neurons) * len(inputs)))
            for low in range(0, len(nets), size):
                rows = np.arange(low, min(low + size, len(nets)))
                answers = Many(self._final(nets, rows), inputs, targets, np.ones(len(inputs)))
                for row, net in zip(rows, answers.answer().transpose(2, 0, 1), strict=True):
                    self.accuracy[columns[row]] = accuracy(net.T, targets)

    def _final(self, nets: Nets, rows: np.ndarray) -> Nets:
        """Some of the nets, with the weights that they get in the end."""
        final = nets.part(rows)
        best = self._takes_best(final)
        final.state[: nets.learned, best] = final.state[nets.learned :, best]
        return final

    def _takes_best(self, nets: Nets) -> np.ndarray:
        """Which nets get the weights of their best epoch: those that blew up; all with early stopping."""
        early = self.how.early_stop is not None
        return np.asarray((nets.watch[5] != 0) | (early & (nets.watch[6] == 0)))

    # ---- in slices ------------------------------------------------------------------------------

    def piece(self, columns: range) -> Slice:
        """What is known of these nets, when nothing of the others is."""
        numbers = {name: getattr(self, name)[columns] for name in MEASURED}
        return Slice(columns, numbers, self._parts, self._kept, self.engine)

    def take(self, piece: Slice) -> None:
        """What another process, or an earlier run, has found."""
        for name, values in piece.numbers.items():
            getattr(self, name)[piece.columns] = values
        self._parts += piece.losses
        for columns, nets in piece.kept:
            self._kept.append((columns, nets))
            self._where.update((column, (nets, row)) for row, column in enumerate(columns))
        self.engine = piece.engine or self.engine

    # ---- afterwards -----------------------------------------------------------------------------

    def setting(self, net: int) -> dict[str, Any]:
        """Rate, optimiser and what else was chosen for this net."""
        return self.settings[self._number(net) // len(self.seeds)]

    def _number(self, net: int) -> int:
        """An index as of a list; a negative one counts from the end."""
        try:
            return range(len(self))[net]
        except (IndexError, TypeError):
            raise LernpyError(
                f"no net has the index {net!r:.60}; there are {len(self)}, so 0 to {len(self) - 1}"
            ) from None

    def network(self, net: int) -> Network:
        """The trained network at that index.

        >>> import lernpy
        >>> xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
        >>> sweep = lernpy.train_many(
        ...     lambda seed: lernpy.layered([2, 3, 1], "tanh", seed=seed), xor, range(3), epochs=500,
        ...     learning_rate=1.0, engine="numpy")
        >>> sweep.network(2).predict([[0, 1]]).round().tolist()
        [[1.0]]
        """
        net = self._number(net)
        if net not in self._where and self.epochs[net]:
            raise LernpyError(
                f"net {net} was trained before this run, of which only the table was kept; train its "
                f"seed, {self.seeds[net % len(self.seeds)]}, again"
            )
        network = self.build(self.seeds[net % len(self.seeds)])
        optimizer, amounts = optimizer_and_amounts(self.setting(net), network.optimizer)
        network.optimizer = optimizer
        for name, amount in amounts.items():
            setattr(network, name, amount)
        if net in self._where:
            nets, row = self._where[net]
            nets.write(row, network, bool(self._takes_best(nets)[row]))
        return network

    def history(self, net: int) -> History:
        """The epochs of one net, as `lernpy.train` gives them; the time of all, divided evenly."""
        net = self._number(net)
        losses = self.losses[: self.epochs[net], net]
        schedule = schedules.get(self.how.schedule)
        factors = schedules.factors(schedule, 0, len(losses), self.how.epochs or 1)
        rates = self.network(net).learning_rate * factors
        seconds = self.seconds / max(1, int(self.epochs.sum())) * np.arange(1, len(losses) + 1)
        rows = Rows()
        rows.add(1, losses, rates, seconds)
        why = "target loss reached" if self.converged[net] else "stopped"
        return History(rows, self.seeds[net % len(self.seeds)], self.engine, stopped=why)

    def rows(self) -> list[dict[str, Any]]:
        """A row for each net: seed, settings, how long, how well."""
        return self._rows(range(len(self)))

    def _rows(self, nets: Iterable[int]) -> list[dict[str, Any]]:
        nets = list(nets)
        return [
            self._row(net, loss) for net, loss in zip(nets, self.last_losses(nets), strict=True)
        ]

    def _row(self, net: int, loss: float | None) -> dict[str, Any]:
        right = self.accuracy[net]
        return {
            "seed": self.seeds[net % len(self.seeds)],
            **named(self.setting(net), self.names),
            "epochs": int(self.epochs[net]),
            "loss": loss,
            "converged": bool(self.converged[net]),
            "reached": int(self.reached[net]) or None,
            "blown_up": bool(self.blown_up[net]),
            "accuracy": None if np.isnan(right) else float(right),
        }

    def last_losses(self, nets: Iterable[int]) -> list[float | None]:
        """Each net's loss in its last epoch; None where it has blown up, or has learned nothing yet."""
        losses, epochs = self.losses, self.epochs
        last = [losses[epochs[net] - 1, net] if epochs[net] else np.nan for net in nets]
        return [float(loss) if np.isfinite(loss) else None for loss in last]

    def success(self) -> list[dict[str, Any]]:
        """A row for each setting: how many of its nets converged, and how soon.

        `success` is the share of nets that reached the target loss; without a target, of those that
        guess every sample right; without classes either, of those whose numbers stayed finite.
        """
        count, last = len(self.seeds), self.last_losses(range(len(self)))
        parts = [slice(index * count, (index + 1) * count) for index in range(len(self.settings))]
        return [
            self._summary(setting, part, last[part])
            for setting, part in zip(self.settings, parts, strict=True)
        ]

    def _summary(
        self, setting: dict[str, Any], part: slice, losses: list[float | None]
    ) -> dict[str, Any]:
        reached = self.reached[part][self.converged[part]]
        finite = [loss for loss in losses if loss is not None]
        return {
            **named(setting, self.names),
            "nets": len(self.seeds),
            "success": float(self._successes()[part].mean()),
            "median_epochs": float(np.median(reached)) if len(reached) else None,
            "median_loss": median(finite) if finite else None,
            "blown_up": int(self.blown_up[part].sum()),
        }

    def _successes(self) -> np.ndarray:
        if self.target_loss is not None:
            return self.converged
        if not np.isnan(self.accuracy).all():
            return np.asarray(self.accuracy == 1.0)
        return np.asarray(~self.blown_up)

    def to_csv(
        self, path: str | os.PathLike[str] | None = None, nets: Iterable[int] | None = None
    ) -> str:
        """The table of the nets, or of some of them, as CSV text, also written to `path` if given."""
        text = io.StringIO()
        rows = self._rows(range(len(self)) if nets is None else nets)
        writer = csv.DictWriter(text, list(self._row(0, None)), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _cell(value) for name, value in row.items()})
        if path is not None:
            storage.write_text(path, text.getvalue())
        return text.getvalue()

    def __str__(self) -> str:
        share = self._successes().mean()
        return (
            f"{len(self):,} nets, {share:.0%} successful, in {self.seconds:.2f} s ({self.engine})"
        )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


# ---- the table of a sweep, read back from its file ------------------------------------------------


def read_results(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The rows of a CSV file that `Sweep.to_csv` wrote, or of any with a column success.

    Returns
    -------
    Rows for `lernpy.plot.sweep`, one for each setting: what was varied, and success (the share of
    nets, by the rule of `Sweep.success`: target loss reached, else every sample right, else finite).

    Raises
    ------
    DataError
        If it has neither a column success nor those of a sweep.
    """
    try:
        text = storage.read_bytes(path).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise DataError(f"{path} is no table in UTF-8") from None
    columns = list(rows[0]) if rows else []
    if "success" in columns:
        return [{**row, "success": _share(path, row["success"])} for row in rows]
    if not {"reached", "blown_up", "accuracy"} <= set(columns):
        raise DataError(
            f"{path} is no table of a sweep: it has no column success; make one: "
            "lernpy sweep DATA -o table.csv"
        )
    varied = [name for name in columns if name not in RESULTS]
    settings: dict[tuple[str, ...], list[bool]] = {}
    for row, success in zip(rows, _row_successes(rows), strict=True):
        settings.setdefault(tuple(row[name] for name in varied), []).append(success)
    return [
        {**dict(zip(varied, values, strict=True)), "success": sum(nets) / len(nets)}
        for values, nets in settings.items()
    ]


def _row_successes(rows: list[dict[str, str]]) -> list[bool]:
    """For each net whether it succeeded, by the rule of `Sweep.success`."""
    if any(row["reached"] for row in rows):
        return [bool(row["reached"]) for row in rows]
    if any(row["accuracy"] for row in rows):
        return [row["accuracy"] == "1.0" for row in rows]
    return [row["blown_up"] == "0" for row in rows]


def _share(path: str | os.PathLike[str], text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        raise DataError(f"{path}, column 'success': {text!r} is not a number") from None
