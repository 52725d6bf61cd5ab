"""Checkpoints: a run written down so that going on from it gives the same bits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lernpy import files, storage
from lernpy.checks import Fields, is_finite
from lernpy.errors import FileFormatError, LernpyError
from lernpy.network import Network
from lernpy.text import counted, listed
from lernpy.training.history import MOST_EPOCHS, History
from lernpy.training.patience import State, restore, weights_of
from lernpy.training.settings import Folder

if TYPE_CHECKING:
    from lernpy.training.run import Run

FORMAT, VERSION = "lernpy-checkpoint", 1
MAY_CHANGE = {"epochs"}  # a run may be resumed for longer, all else must be as it was


class Checkpoints:
    """The folder of one run: it writes only where all checkpoints are its own, or those that it
    goes on from, so that two runs cannot interleave."""

    def __init__(self, folder: Folder, resume: bool) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise LernpyError(
                f"the checkpoint folder {folder} cannot be made: {storage.reason(error)}"
            ) from error
        storage.check_path(self.folder / "epoch-000001.json")
        earlier = all_in(folder)
        if earlier and not resume:
            raise LernpyError(
                f"{folder} has {counted(len(earlier), 'checkpoint')} of an earlier run, up to epoch "
                f"{max(earlier)}; resume it, or name another folder"
            )
        self.own = set(map(_identity, earlier.values()))
        self.touched = 0  # when this run last wrote to the folder

    def write(self, run: Run) -> Path:
        """Write the run as it is after its last epoch; older checkpoints stay beside it."""
        self._check_alone()
        path = self.folder / f"epoch-{len(run.history):06d}.json"
        storage.write_json(path, json.dumps(_content(run), allow_nan=False))
        self.own.add(_identity(path))
        self.touched = os.stat(self.folder).st_mtime_ns
        return path

    def _check_alone(self) -> None:
        if os.path.isdir(self.folder) and os.stat(self.folder).st_mtime_ns != self.touched:
            for path in all_in(self.folder).values():
                if _identity(path) not in self.own:
                    raise LernpyError(
                        f"another run has written {path}; let each write to a folder of its own"
                    )


def _identity(path: Path) -> tuple[str, int, int]:
    """What tells a file from another one that has taken its name."""
    try:
        facts = os.lstat(path)
    except OSError:  # it has gone
        return path.name, 0, 0
    return path.name, facts.st_ino, facts.st_mtime_ns


def _content(run: Run) -> dict[str, Any]:
    best = run.patience
    return {
        "format": FORMAT,
        "version": VERSION,
        "epoch": len(run.history),
        "settings": run.summary,
        "random": run.rng.bit_generator.state,
        "patience": {
            "loss": best.loss if best.best is not None else None,
            "number": best.number,
            "waited": best.waited,
            "best": None if best.best is None else [[v, list(m)] for v, m in best.best],
        },
        "history": run.history.to_json(),
        "network": files.to_json(run.network),
    }


def newest(folder: Folder) -> Path:
    """The checkpoint of the latest epoch in a folder."""
    paths = all_in(folder)
    if not paths:
        raise LernpyError(
            f"{folder} has no checkpoint (epoch-*.json); train with --checkpoint first"
        )
    return paths[max(paths)]


def all_in(folder: Folder) -> dict[int, Path]:
    """The checkpoints in a folder by their epoch; other files do not count."""
    paths = Path(folder).glob("epoch-*.json") if os.path.isdir(folder) else ()
    return {int(path.stem[6:]): path for path in paths if path.stem[6:].isdecimal()}


def after_epoch(folder: Folder, epoch: int | None) -> Path:
    """The checkpoint after that epoch; None: the newest."""
    last, paths = newest(folder), all_in(folder)
    if epoch is not None and epoch not in paths:
        raise LernpyError(
            f"{folder} has no checkpoint after epoch {epoch}; there are: {listed(sorted(paths), 20)}"
        )
    return last if epoch is None else paths[epoch]


def read(path: str | Path) -> tuple[Network, History, Fields]:
    """Network, history and the rest of a checkpoint.

    Raises
    ------
    FileFormatError
        If it is cut off, of another version, or malformed; the place is named.
    """
    file = Fields(storage.read_json(path), f"{path}: ")
    file.check_format(FORMAT, VERSION)
    network = files.from_json(file["network"], file.at("network"))
    history = History.from_json(file["history"], file.at("history"))
    if not history.rows:
        raise FileFormatError(f"{path} has no epoch in its history; is it cut off?")
    if file["epoch"] != len(history):
        raise file.wrong("epoch", f"{len(history)}, as many as its history has,")
    for key in ("settings", "random", "patience"):
        file.fields(key)
    return network, history, file


def resume(run: Run) -> None:
    """Put a fresh run where its newest checkpoint stood; without one it starts from the beginning."""
    folder = run.settings.checkpoint
    if folder is None or not all_in(folder):
        return
    path = newest(folder)
    network, history, file = read(path)
    _same_settings(run, file["settings"], path)
    _take_over(run.network, network, path)
    try:
        run.rng.bit_generator.state = file["random"]
    except (TypeError, ValueError, KeyError, OverflowError):
        raise file.wrong("random", "the state of a random generator") from None
    _patience(run, file.fields("patience"))
    run.history.rows = history.rows
    run._earlier = history.rows[-1].seconds


def _same_settings(run: Run, before: dict[str, Any], path: Path) -> None:
    now = run.summary
    if run.settings.seed is None and isinstance(before.get("seed"), int):
        raise LernpyError(f"{path} was trained with seed {before['seed']}; resume with that seed")
    for key, value in now.items():
        if key not in MAY_CHANGE and before.get(key) != value:
            raise LernpyError(
                f"{path} was trained with {key} {before.get(key)!r}, not {value!r}; "
                "resume with the same, or start in another folder"
            )


def _take_over(network: Network, saved: Network, path: Path) -> None:
    """Values, memories and rules of the saved weights, if it is the same wiring."""
    if list(network.links) != list(saved.links) or len(network.weights) != len(saved.weights):
        raise LernpyError(
            f"{path} has a network of {counted(len(saved.neurons), 'neuron')} and "
            f"{counted(len(saved.links), 'link')}, wired in another way than this one; "
            "resume with the network it was trained with"
        )
    restore(network, weights_of(saved))
    for weight, other in zip(network.weights, saved.weights, strict=True):
        weight.rule = other.rule


def _patience(run: Run, fields: Fields) -> None:
    patience = run.patience
    patience.number = fields.whole("number", 0, MOST_EPOCHS)
    patience.waited = fields.whole("waited", 0, MOST_EPOCHS)
    patience.version = run.network.version
    if fields["best"] is not None:
        patience.loss, patience.best = fields.number("loss"), _best(run.network, fields)


def _best(network: Network, fields: Fields) -> State:
    rows = fields.rows("best", _is_state, "a list of [value, [memory]]")
    if len(rows) != len(network.weights):
        raise fields.wrong("best", f"a list of {len(network.weights)}, one for each weight,")
    return [(float(value), tuple(map(float, memory))) for value, memory in rows]


def _is_state(row: list[Any]) -> bool:
    return (
        len(row) == 2
        and is_finite(row[0])
        and isinstance(row[1], list)
        and all(map(is_finite, row[1]))
    )
