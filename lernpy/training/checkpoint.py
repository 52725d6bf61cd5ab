"""Checkpoints: a run written down so that going on from it gives the same bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lernpy import files, storage
from lernpy.errors import FileFormatError, LernpyError
from lernpy.network import Network
from lernpy.text import listed
from lernpy.training.history import History
from lernpy.training.patience import restore, weights_of

if TYPE_CHECKING:
    from lernpy.training.run import Run

FORMAT, VERSION = "lernpy-checkpoint", 1
MAY_CHANGE = {"epochs"}  # a run may be resumed for longer, all else must be as it was


def write(run: Run) -> Path:
    """Write the run as it is after its last epoch; older checkpoints stay beside it."""
    path = make(run.settings.checkpoint) / f"epoch-{len(run.history):06d}.json"
    best = run.patience
    content = {
        "format": FORMAT,
        "version": VERSION,
        "epoch": len(run.history),
        "settings": run.told,
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
    storage.write_json(path, json.dumps(content, allow_nan=False))
    return path


def make(folder: str | Path) -> Path:
    """The folder, made if it is not there: before the first epoch, lest the work be lost."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LernpyError(
            f"the checkpoint folder {folder} cannot be made: {error.strerror}"
        ) from error
    return Path(folder)


def newest(folder: str | Path) -> Path:
    """The checkpoint of the latest epoch in a folder."""
    found = all_in(folder)
    if not found:
        raise LernpyError(
            f"{folder} has no checkpoint (epoch-*.json); train with --checkpoint first"
        )
    return found[max(found)]


def all_in(folder: str | Path) -> dict[int, Path]:
    """The checkpoints in a folder by their epoch; other files do not count."""
    found = Path(folder).glob("epoch-*.json") if Path(folder).is_dir() else ()
    return {int(path.stem[6:]): path for path in found if path.stem[6:].isdecimal()}


def at(folder: str | Path, epoch: int | None) -> Path:
    """The checkpoint after that epoch; None: the newest."""
    last, found = newest(folder), all_in(folder)
    if epoch is not None and epoch not in found:
        there = listed([str(number) for number in sorted(found)], 20)
        raise LernpyError(f"{folder} has no checkpoint after epoch {epoch}; there are: {there}")
    return last if epoch is None else found[epoch]


def read(path: str | Path) -> tuple[Network, History, dict[str, Any]]:
    """Network, history and the rest of a checkpoint.

    Raises
    ------
    FileFormatError
        If it is cut off, of another version, or malformed; the place is named.
    """
    content = storage.read_json(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileFormatError(f"{path} is no checkpoint of lernpy")
    if content.get("version") != VERSION:
        raise FileFormatError(
            f"{path} has version {content.get('version')!r}; this lernpy reads {VERSION}"
        )
    network = files.from_json(content.get("network"), f"{path}: network")
    history = History.from_json(content.get("history"), f"{path}: history")
    if content.get("epoch") != len(history):
        raise FileFormatError(
            f"{path} is of epoch {content.get('epoch')!r}, its history of another"
        )
    for key in ("settings", "random", "patience"):
        if not isinstance(content.get(key), dict):
            raise FileFormatError(f"{path} has no {key}")
    return network, history, content


def resume(run: Run) -> None:
    """Put a fresh run where its newest checkpoint stood; without one it starts from the beginning."""
    folder = Path(run.settings.checkpoint)
    if not all_in(folder):
        return
    path = newest(folder)
    network, history, content = read(path)
    _same_settings(run, content["settings"], path)
    _take_over(run.network, network, path)
    try:
        run.rng.bit_generator.state = content["random"]
        _patience(run, content["patience"])
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise FileFormatError(
            f"{path}: its random or patience state is damaged ({error})"
        ) from error
    run.history.rows = history.rows
    run._earlier = history.rows[-1].seconds


def _same_settings(run: Run, before: dict[str, Any], path: Path) -> None:
    now = run.told
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
            f"{path} has a network of {len(saved.neurons)} neurons and {len(saved.links)} links, "
            "wired in another way than this one; resume with the network it was trained with"
        )
    restore(network, weights_of(saved))
    for weight, other in zip(network.weights, saved.weights, strict=True):
        weight.rule = other.rule


def _patience(run: Run, found: dict[str, Any]) -> None:
    best = found["best"]
    run.patience.number, run.patience.waited = int(found["number"]), int(found["waited"])
    run.patience.version = run.network.version
    if best is not None:
        run.patience.loss = float(found["loss"])
        run.patience.best = [(float(v), tuple(float(x) for x in m)) for v, m in best]
        if len(run.patience.best) != len(run.network.weights):
            raise ValueError("as many best weights as weights are needed")
        if not np.isfinite([v for v, _ in run.patience.best]).all():
            raise ValueError("a best weight is not finite")
