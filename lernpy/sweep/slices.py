"""A sweep in slices: each is learned by one process, and the table grows as they end.

How the nets are divided depends on their number alone, so that one process, eight, and a cluster give the
same table, byte for byte, also after some of them were killed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import isnan
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lernpy import files, storage
from lernpy.checks import Fields
from lernpy.data import Dataset
from lernpy.errors import FileFormatError, LernpyError
from lernpy.functions.optimizers import Optimizer
from lernpy.sweep.grid import at_rate
from lernpy.sweep.result import MEASURED, Slice, Sweep
from lernpy.text import counted
from lernpy.training.jobs import results_of

if TYPE_CHECKING:
    from lernpy.network import Network
    from lernpy.sweep.many import Work

LEAST, MOST = 8, 2000  # nets of a slice
NUMBERS = 1 << 17  # in the buffers of a slice: enough that NumPy's calls are paid for
FORMAT, VERSION = "lernpy-sweep", 1
PART = ".part"
PAUSE = 10.0  # times what writing the table takes, at least, lie between two writings


class Common(NamedTuple):
    """What every slice needs to know; optimisers with their rates, which their names do not tell."""

    build: Callable[[int], Network]
    seeds: list[int]
    settings: list[dict[str, Any]]
    rates: list[float | None]
    how: Any
    target_loss: float | None
    engine: str
    data: Any
    score: Callable[[Network], float] | None


def in_slices(
    work: Work,
    learned: Callable[[Common, range], Slice],
    n_jobs: int | None,
    cluster: str | None,
    table: str | os.PathLike[str] | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """All slices that are not in the table yet, each by ``learned(common, columns)`` in some process.

    Ctrl-C keeps those that have ended.
    """
    sweep, started = work.sweep, perf_counter()
    pieces = _slices(len(sweep), len(work.networks[sweep.seeds[0]].neurons) * work.batch)
    journal = None if table is None else Journal(table, sweep, _signature(work))
    done = set() if journal is None else {piece.columns for piece in journal.pieces()}
    waiting = [piece for piece in pieces if piece not in done]
    count = len(sweep) - sum(map(len, waiting))
    results = results_of(learned, _common(work), waiting, n_jobs, cluster)
    try:
        for _, piece in results:
            sweep.take(piece)
            count += len(piece.columns)
            if journal is not None:
                journal.add(piece)
            if progress is not None:
                answer_of("progress", progress, count, len(sweep))
    except KeyboardInterrupt:
        sweep.interrupted = True
    sweep.seconds = perf_counter() - started
    if journal is not None and not sweep.interrupted:
        journal.close()


def _slices(count: int, size: int) -> list[range]:
    """Neighbouring columns, by how many there are and how large a net and its batch are: nothing else.

    They are even, and a multiple of eight where there are many, so that two workers, or eight, end together.

    >>> [len(piece) for piece in _slices(1500, 7 * 4)], len(_slices(10_000, 7 * 4))
    ([750, 750], 8)
    """
    most = min(MOST, max(LEAST, NUMBERS // (4 * size)))
    parts = -(-count // most)
    step = 8 if parts > 4 else min(parts, 2)
    parts = min(count, max(1, round(parts / step)) * step)
    ends = [number * count // parts for number in range(parts + 1)]
    return [range(*pair) for pair in pairwise(ends)]


def _common(work: Work) -> Common:
    sweep = work.sweep
    entries = [setting.get("optimizer") for setting in sweep.settings]
    rates = [entry.rate if isinstance(entry, Optimizer) else None for entry in entries]
    how = sweep.settings, rates, sweep.how, sweep.target_loss, sweep.engine
    return Common(sweep.build, sweep.seeds, *how, work.source, work.score)


def settings_of(common: Common) -> list[dict[str, Any]]:
    """The settings with the rates of their optimisers."""
    settings = [dict(setting) for setting in common.settings]
    for setting, rate in zip(settings, common.rates, strict=True):
        if rate is not None:
            setting["optimizer"] = at_rate(setting["optimizer"], rate)
    return settings


def answer_of(name: str, function: Callable[..., Any], *arguments: Any) -> float:
    """What a function of the user's gives, as a number (None: NaN); what it cannot do is told by its name."""
    try:
        answer = function(*arguments)
        return float("nan") if answer is None else float(answer)
    except (TypeError, ValueError) as error:
        raise LernpyError(
            f"{name} is called with {counted(len(arguments), 'argument')} and gives a number or nothing; "
            f"this one does not ({error})"
        ) from error


# ---- the table while it grows --------------------------------------------------------------------


def _signature(work: Work) -> str:
    """A mark of all that decides what the nets become."""
    sweep, dataset = work.sweep, Dataset.of(work.source)
    common = _common(work)
    first = files.to_text(files.to_json(sweep.build(sweep.seeds[0])))
    facts = sweep.seeds, sweep.settings, common.rates, sweep.how, sweep.target_loss, sweep.engine
    mark = hashlib.sha256(repr((*facts, work.score is not None, first)).encode())
    for array in (dataset.inputs, dataset.targets):
        mark.update(np.ascontiguousarray(array).tobytes())
    return mark.hexdigest()


class Journal:
    """Beside the table, a line for each slice that has ended; a kill leaves whole lines, and one cut off."""

    def __init__(self, table: str | os.PathLike[str], sweep: Sweep, signature: str) -> None:
        storage.check_path(table)
        self.table, self.path, self.sweep = table, f"{os.fspath(table)}{PART}", sweep
        self.signature, self.known = signature, set[int]()
        self.next, self.size = 0.0, 0

    def pieces(self) -> list[Slice]:
        """What an earlier run of the same sweep has left; the sweep takes it."""
        pieces = list(self._read()) if os.path.exists(self.path) else []
        for piece in pieces:
            self.sweep.take(piece)
            self.known.update(piece.columns)
        with self._writing() as file:
            if self.size == 0:
                file.write(
                    self._line({"format": FORMAT, "version": VERSION, "sweep": self.signature})
                )
        return pieces

    def _read(self) -> Iterator[Slice]:
        lines = storage.read_bytes(self.path).splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self.size = sum(map(len, whole))
        for number, line in enumerate(whole, 1):
            where = f"{self.path}, line {number}"
            fields = Fields(storage.parse_json(line, where), f"{where}: ")
            if number == 1:
                fields.check_format(FORMAT, VERSION)
                if fields.text("sweep") != self.signature:
                    raise LernpyError(
                        f"{self.path} belongs to another sweep (other data, nets or settings); finish that, "
                        "remove the file, or name another table"
                    )
                continue
            yield self._piece(fields)

    def _piece(self, fields: Fields) -> Slice:
        low, high = fields.whole("from", 0, len(self.sweep)), fields.whole("to", 0, len(self.sweep))
        values = {name: _column(fields, name, high - low) for name in (*MEASURED, "loss")}
        losses = [
            (int(epochs) - 1, [low + at], np.array([[loss]]))
            for at, (epochs, loss) in enumerate(
                zip(values["epochs"], values.pop("loss"), strict=True)
            )
            if epochs > 0
        ]
        return Slice(range(low, high), values, losses, [], "")

    def add(self, piece: Slice) -> None:
        """A slice that has ended: into the journal at once, into the table every now and then."""
        low, high = piece.columns.start, piece.columns.stop
        line: dict[str, Any] = {"from": low, "to": high}
        for name, values in piece.numbers.items():
            line[name] = [_plain(value) for value in values.astype(float).tolist()]
        line["loss"] = self.sweep.last_losses(piece.columns)
        with self._writing() as file:
            file.write(self._line(line))
        self.known.update(piece.columns)
        if perf_counter() > self.next:
            started = perf_counter()
            self.sweep.to_csv(self.table, sorted(self.known))
            self.next = perf_counter() + PAUSE * (perf_counter() - started)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        """The journal, after its last whole line."""
        try:
            with open(self.path, "r+b" if os.path.exists(self.path) else "w+b") as file:
                file.truncate(self.size)
                file.seek(self.size)
                yield file
                file.flush()
                os.fsync(file.fileno())
                self.size = file.tell()
        except OSError as error:
            raise LernpyError(
                f"{self.path} could not be written: {storage.reason(error)}"
            ) from None

    @staticmethod
    def _line(values: dict[str, Any]) -> bytes:
        return json.dumps(values, separators=(",", ":")).encode() + b"\n"

    def close(self) -> None:
        """The whole table; the journal is needed no more."""
        self.sweep.to_csv(self.table)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)


def _plain(value: float) -> float | int | None:
    return (
        None if isnan(value) else int(value) if value.is_integer() and abs(value) < 1e15 else value
    )


def _column(fields: Fields, name: str, size: int) -> np.ndarray:
    values = fields.items(name)
    if len(values) != size or not all(v is None or isinstance(v, (int, float)) for v in values):
        raise FileFormatError(f"{fields.at(name)} is not a list of {size} numbers")
    return np.array([np.nan if v is None else v for v in values], float)
